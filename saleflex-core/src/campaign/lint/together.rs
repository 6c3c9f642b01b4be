//! Prices below cost of what is priced together, or given for what is bought beside it.
//!
//! Of a set each thing bears its share of what the set saves. What is got for something else may be meant to cost less than
//! it did: it is doubtful where what must be bought for it does not earn as much.

use alloc::vec::Vec;

use super::{
    Fault, PricedItem,
    exposure::{shown_cost, shown_item, shown_price},
    known::Known,
};
use crate::campaign::{
    compile::CampaignSet,
    compiled::Compiled,
    exact::{FINE, FineMoney, part},
    index::TargetNo,
    plan::{BuyGet, Cut, Plan, SetPrice},
    proposal::Rank,
    units::WHOLE,
};

/// The first thing sold that may go below its cost so.
pub(super) fn lint(set: &CampaignSet, rank: Rank, known: &Known<'_>) -> Option<Fault> {
    let compiled = &set.compiled[rank.at()];
    match &compiled.plan {
        Plan::Sets { parts, price } if parts.len() > 1 => of_sets(compiled, parts, *price, known),
        Plan::BuyGet(terms) => terms.of.and_then(|of| of_got(compiled, terms, of, known)),
        Plan::Gift { of, quantity } => of_gift(compiled, *of, *quantity, known),
        Plan::Sets { .. }
        | Plan::Nothing
        | Plan::Off { .. }
        | Plan::Products { .. }
        | Plan::FixedPrice { .. }
        | Plan::Tiers { .. }
        | Plan::Points { .. } => None,
    }
}

/// Fine prices: of a unit, and what it cost.
#[derive(Clone, Copy)]
struct Sold<'a> {
    item: &'a PricedItem,
    price: i64,
    cost: Option<i64>,
}

impl Sold<'_> {
    /// What it may go for where a campaign takes it down to a price, if that and what else is earned is below its cost.
    fn below_cost(&self, compiled: &Compiled, price: i64, earned: i64) -> Option<Fault> {
        let cost = self.cost?;
        let kept = if compiled.cost_floor { cost } else { 0 };
        let after = price.max(compiled.lowest_price.unwrap_or(0)).max(kept).min(self.price);
        (after.saturating_add(earned) < cost.min(self.price)).then(|| Fault::BelowCost {
            item: shown_item(&self.item.item),
            price: shown_price(after),
            cost: shown_cost(cost),
        })
    }
}

/// What is sold of both targets.
fn sold<'k, 'a>(
    known: &'k Known<'a>,
    one: TargetNo,
    other: TargetNo,
) -> impl Iterator<Item = Sold<'a>> + use<'k, 'a> {
    let of_both = known.sold.iter().filter(move |(_, of)| of.contains(&one) && of.contains(&other));
    of_both.filter_map(|(item, _)| {
        let price = item.price.minor().checked_mul(FINE).filter(|price| *price > 0)?;
        Some(Sold { item, price, cost: item.item.cost.map(FineMoney::fine) })
    })
}

/// The first thing that bears more of what a set saves than lies above its cost.
fn of_sets(
    compiled: &Compiled,
    parts: &[(TargetNo, i64)],
    price: SetPrice,
    known: &Known<'_>,
) -> Option<Fault> {
    let set = SetWorth::of(compiled, parts, price, known)?;
    parts.iter().zip(&set.without_one).find_map(|((of, _), without_one)| {
        sold(known, compiled.target, *of).find_map(|one| {
            one.below_cost(compiled, one.price - set.share(compiled, *without_one, one.price)?, 0)
        })
    })
}

/// What a set is worth beside one thing of it, to say what that thing bears: beside the dearest others a set saves the most of
/// each thing, and an amount off it beside the cheapest.
pub(super) struct SetWorth {
    price: SetPrice,
    /// By part: the target of its things, and what the others come to, fine.
    parts: Vec<TargetNo>,
    without_one: Vec<i128>,
}

impl SetWorth {
    /// None where a part has no goods whose price is known.
    fn of(
        compiled: &Compiled,
        parts: &[(TargetNo, i64)],
        price: SetPrice,
        known: &Known<'_>,
    ) -> Option<Self> {
        let prices = |of: TargetNo| sold(known, compiled.target, of).map(|sold| sold.price);
        let beside = |of: TargetNo| match price {
            SetPrice::Fixed(_) | SetPrice::Off(Cut::Rate(..)) => prices(of).max(),
            SetPrice::Off(Cut::Amount(_)) => prices(of).min(),
        };
        let beside: Vec<i128> =
            parts.iter().map(|(of, _)| beside(*of).map(i128::from)).collect::<Option<_>>()?;
        let all: i128 =
            parts.iter().zip(&beside).map(|((_, quantity), one)| one * i128::from(*quantity)).sum();
        let without_one = beside.iter().map(|one| all - one).collect();
        Some(Self { price, parts: parts.iter().map(|(of, _)| *of).collect(), without_one })
    }

    /// Of a campaign that prices different things together.
    pub(super) fn of_campaign(compiled: &Compiled, known: &Known<'_>) -> Option<Self> {
        match &compiled.plan {
            Plan::Sets { parts, price } if parts.len() > 1 => Self::of(compiled, parts, *price, known),
            Plan::Sets { .. }
            | Plan::BuyGet(_)
            | Plan::FixedPrice { .. }
            | Plan::Gift { .. }
            | Plan::Nothing
            | Plan::Off { .. }
            | Plan::Points { .. }
            | Plan::Products { .. }
            | Plan::Tiers { .. } => None,
        }
    }

    /// Fine: the most that a thing of these targets bears at a price; nothing where it fits no part.
    pub(super) fn most_of(&self, compiled: &Compiled, targets: &[TargetNo], price: i64) -> i64 {
        let fitting = self.parts.iter().zip(&self.without_one).filter(|(of, _)| targets.contains(of));
        fitting.filter_map(|(_, others)| self.share(compiled, *others, price)).max().unwrap_or(0)
    }

    /// Fine: what a thing at a price bears of what the set saves beside others of this worth.
    fn share(&self, compiled: &Compiled, others: i128, price: i64) -> Option<i64> {
        let worth = others + i128::from(price);
        let off = match self.price {
            SetPrice::Fixed(price) => worth - i128::from(price),
            SetPrice::Off(Cut::Rate(rate, _)) => worth * i128::from(rate) / i128::from(WHOLE),
            SetPrice::Off(Cut::Amount(amount)) => i128::from(amount).min(worth),
        };
        let off = off.min(compiled.per_proposal.into()).max(0);
        i64::try_from((off * i128::from(price)).checked_div(worth)?).ok()
    }
}

/// Of what is got for something else.
fn of_got(compiled: &Compiled, terms: &BuyGet, of: TargetNo, known: &Known<'_>) -> Option<Fault> {
    let bought = sold(known, compiled.target, terms.among);
    let earned = bought.filter_map(|sold| Some((sold.price - sold.cost?).max(0))).min().unwrap_or(0);
    let earned = earned.saturating_mul(terms.buy) / terms.get;
    sold(known, of, of).find_map(|got| {
        let off = part(got.price, terms.rate).min(compiled.per_proposal);
        got.below_cost(compiled, got.price - off, earned)
    })
}

/// Of what is given from a purchase on: the least that the purchase earns.
fn of_gift(compiled: &Compiled, of: TargetNo, quantity: i64, known: &Known<'_>) -> Option<Fault> {
    let least = i128::from(compiled.least.unwrap_or(0).max(0));
    let bought = sold(known, compiled.target, compiled.target).filter(|sold| sold.price > 0);
    let earned = bought.filter_map(|sold| {
        let margin = i128::from((sold.price - sold.cost?).max(0));
        Some(least * margin / i128::from(sold.price))
    });
    let earned = earned.min().unwrap_or(0) / i128::from(quantity.max(1));
    let earned = i64::try_from(earned).unwrap_or(i64::MAX);
    sold(known, of, of).find_map(|gift| {
        let off = gift.price.min(compiled.per_proposal).min(compiled.per_document.saturating_mul(FINE));
        gift.below_cost(compiled, gift.price - off, earned)
    })
}
