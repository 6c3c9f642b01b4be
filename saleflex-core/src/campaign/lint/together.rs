//! Prices below cost of what is priced together, or given for what is bought beside it.
//!
//! Of a set each thing bears its share of what the set saves. What is got for something else may be meant to cost less than
//! it did: it is doubtful where what must be bought for it does not earn as much.

use super::{
    Fault, PricedItem,
    exposure::{shown_cost, shown_item, shown_price},
    known::Known,
};
use crate::campaign::{
    compile::{CampaignSet, Compiled},
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
        let price = item.price.minor().checked_mul(FINE)?;
        Some(Sold { item, price, cost: item.item.cost.map(FineMoney::fine) })
    })
}

/// Beside the dearest others a set saves the most of each thing, and an amount off it beside the cheapest.
fn of_sets(
    compiled: &Compiled,
    parts: &[(TargetNo, i64)],
    price: SetPrice,
    known: &Known<'_>,
) -> Option<Fault> {
    let own = compiled.target;
    let prices = |of: TargetNo| sold(known, own, of).map(|sold| sold.price);
    let beside = |of: TargetNo| match price {
        SetPrice::Fixed(_) | SetPrice::Off(Cut::Rate(..)) => prices(of).max(),
        SetPrice::Off(Cut::Amount(_)) => prices(of).min(),
    };
    let others = parts.iter().map(|(of, quantity)| Some(i128::from(beside(*of)?) * i128::from(*quantity)));
    let others: i128 = others.sum::<Option<i128>>()?;
    parts.iter().find_map(|(of, _)| {
        let without_one = others - i128::from(beside(*of)?);
        sold(known, own, *of).find_map(|one| {
            let worth = without_one + i128::from(one.price);
            let off = match price {
                SetPrice::Fixed(price) => worth - i128::from(price),
                SetPrice::Off(Cut::Rate(rate, _)) => worth * i128::from(rate) / i128::from(WHOLE),
                SetPrice::Off(Cut::Amount(amount)) => i128::from(amount).min(worth),
            };
            let off = off.min(compiled.per_proposal.into()).max(0);
            let share = (off * i128::from(one.price)).checked_div(worth)?;
            one.below_cost(compiled, one.price - i64::try_from(share).ok()?, 0)
        })
    })
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
