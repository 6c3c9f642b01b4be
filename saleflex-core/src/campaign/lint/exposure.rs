//! How much a campaign could give away.

use alloc::{string::String, vec::Vec};

use super::{Fault, PricedItem, known::Known};
use crate::campaign::{
    benefit::{Benefit, BundlePrice, Per, ProductRow, Reward, Tier, TierBy},
    cart::CartItem,
    compile::CampaignSet,
    compiled::Compiled,
    coupon::{Coupon, CouponKind},
    definition::Campaign,
    exact::{FINE, fine_percent},
    proposal::Rank,
    target::Selector,
};
use crate::{money::Money, quantity::Percent};

/// A whole as a rate, see [`fine_percent`].
const WHOLE: i128 = 100 * FINE as i128;

pub(super) fn lint(set: &CampaignSet, rank: Rank, known: &Known<'_>, faults: &mut Vec<Fault>) {
    let campaign = set.campaign(rank);
    let target = set.compiled[rank.at()].target;
    let cheapest = known.items_of(target).map(|item| item.price).min();
    // Only what names its products needs a look at all that is sold.
    let names_products = matches!(campaign.benefit, Benefit::Products { .. });
    let is_free = may_be_free(campaign, cheapest)
        || names_products && known.sold.iter().any(|(item, _)| is_given_away(campaign, item));
    let is_gift = is_gift_for_all(campaign);
    if is_free {
        faults.push(Fault::FreeGoods);
    }
    let is_open = |coupon: &Coupon| {
        let is_for_all = matches!(coupon.kind, CouponKind::Public | CouponKind::MultiUse);
        is_for_all && coupon.uses.is_none() && coupon.end.is_none()
    };
    let of_this = known.coupons.iter().flat_map(|coupons| coupons.of_campaign(campaign.id));
    let has_open_coupon = campaign.takes_coupons() && of_this.into_iter().any(is_open);
    if (is_free || is_gift || has_open_coupon) && !is_limited(campaign) {
        faults.push(Fault::Unbounded);
    }
    lint_steps(campaign, faults);
    if campaign.limits.per_proposal.is_some() && gives_no_share(&campaign.benefit) {
        faults.push(Fault::CeilingIgnored);
    }
    faults.extend(known.items_of(target).find_map(|item| below_cost(set, rank, item)));
}

const fn is_limited(campaign: &Campaign) -> bool {
    let limits = &campaign.limits;
    campaign.window.end.is_some()
        || limits.uses.is_some()
        || limits.uses_per_day.is_some()
        || limits.budget.is_some()
}

fn has_price_floor(campaign: &Campaign) -> bool {
    campaign.limits.cost_floor || campaign.limits.lowest_price.is_some_and(Money::is_positive)
}

/// Whether the whole of what is bought may be given away. `cheapest` is the price of its cheapest goods, where some are known.
fn may_be_free(campaign: &Campaign, cheapest: Option<Money>) -> bool {
    if has_price_floor(campaign) {
        return false;
    }
    let least = campaign.limits.least_purchase.unwrap_or_default();
    let whole = |reward: &Reward| match reward {
        Reward::Percent(percent) => *percent >= Percent::HUNDRED,
        Reward::Amount(amount) => *amount >= least,
    };
    match &campaign.benefit {
        Benefit::Off { reward: Reward::Amount(amount), per: Per::Line | Per::Unit } => {
            cheapest.unwrap_or_else(|| least_unit_price(campaign)) <= *amount
        }
        Benefit::Off { reward, .. } => whole(reward),
        Benefit::Products { rows, reward } => {
            rows.iter().filter_map(|row| row.reward.or(*reward)).any(is_whole_percent)
        }
        Benefit::FixedPrice { price } | Benefit::PriceFor { price, .. } => price.is_zero(),
        Benefit::Tiers { by: TierBy::Quantity, steps } => steps.iter().any(|step| whole(&step.reward)),
        Benefit::Tiers { by: TierBy::Value, steps } => steps.iter().any(|step| match step.reward {
            Reward::Percent(percent) => percent >= Percent::HUNDRED,
            Reward::Amount(amount) => amount.minor() >= step.from.max(least.minor()),
        }),
        Benefit::Bundle { price, .. } => match price {
            BundlePrice::Fixed(price) => price.is_zero(),
            BundlePrice::Off(Reward::Percent(percent)) => *percent >= Percent::HUNDRED,
            BundlePrice::Off(Reward::Amount(_)) => true,
        },
        Benefit::Nothing | Benefit::BuyGet { .. } | Benefit::Gift { .. } | Benefit::Points { .. } => false,
    }
}

/// Whether an amount off a product is all of its price, or more.
fn is_given_away(campaign: &Campaign, sold: &PricedItem) -> bool {
    let Benefit::Products { rows, reward } = &campaign.benefit else { return false };
    let takes_all = |row: &ProductRow| {
        let units = row.least.unwrap_or(1).max(1);
        let Some(Reward::Amount(amount)) = row.reward.or(*reward) else { return false };
        Some(row.product) == sold.item.product && amount.minor() >= sold.price.minor().saturating_mul(units)
    };
    !has_price_floor(campaign) && rows.iter().any(takes_all)
}

fn is_whole_percent(reward: Reward) -> bool {
    matches!(reward, Reward::Percent(percent) if percent >= Percent::HUNDRED)
}

/// What a unit of the target costs at least, where the target says so.
fn least_unit_price(campaign: &Campaign) -> Money {
    let prices = campaign.target.include.iter().map(|selector| {
        if let Selector::UnitPrice { least, .. } = selector { least.unwrap_or_default() } else { Money::ZERO }
    });
    prices.min().unwrap_or_default()
}

/// Whether units are given for nothing to whoever takes them.
fn is_gift_for_all(campaign: &Campaign) -> bool {
    let is_gift = matches!(campaign.benefit, Benefit::Gift { .. });
    is_gift
        && campaign.limits.least_purchase.is_none()
        && campaign.condition.is_empty()
        && campaign.target.include.is_empty()
}

fn gives_no_share(benefit: &Benefit) -> bool {
    let is_amount = |reward: &Reward| matches!(reward, Reward::Amount(_));
    match benefit {
        Benefit::Off { reward, .. } => is_amount(reward),
        Benefit::Products { rows, reward } => {
            !rows.is_empty()
                && rows.iter().filter_map(|row| row.reward.or(*reward)).all(|reward| is_amount(&reward))
        }
        Benefit::Tiers { steps, .. } => !steps.is_empty() && steps.iter().all(|step| is_amount(&step.reward)),
        Benefit::FixedPrice { .. } => true,
        Benefit::Nothing
        | Benefit::PriceFor { .. }
        | Benefit::BuyGet { .. }
        | Benefit::Bundle { .. }
        | Benefit::Gift { .. }
        | Benefit::Points { .. } => false,
    }
}

fn lint_steps(campaign: &Campaign, faults: &mut Vec<Fault>) {
    let Benefit::Tiers { by, steps } = &campaign.benefit else { return };
    let mut rising: Vec<&Tier> = steps.iter().collect();
    rising.sort_by_key(|step| step.from);
    for pair in rising.windows(2) {
        let [before, step] = pair else { continue };
        let gives_no_more = match (before.reward, step.reward) {
            (Reward::Percent(one), Reward::Percent(other)) => other <= one,
            (Reward::Amount(one), Reward::Amount(other)) => other <= one,
            _ => false,
        };
        if gives_no_more {
            faults.push(Fault::StepGivesLess { from: step.from });
        }
    }
    let most = campaign.limits.most_purchase.filter(|_| *by == TierBy::Value);
    let above = rising.iter().filter(|step| most.is_some_and(|most| step.from > most.minor()));
    faults.extend(above.map(|step| Fault::StepNeverReached { from: step.from }));
}

/// Of an item of the campaign's target.
fn below_cost(set: &CampaignSet, rank: Rank, priced: &PricedItem) -> Option<Fault> {
    let cost = priced.item.cost?.fine();
    let price = priced.price.minor().checked_mul(FINE)?;
    let after = lowest_after(set, rank, &priced.item, price);
    (after < price.min(cost)).then(|| Fault::BelowCost {
        item: shown_item(&priced.item),
        price: shown_price(after),
        cost: shown_cost(cost),
    })
}

/// Fine: to what a campaign takes a price down at most; never above it.
fn lowest_after(set: &CampaignSet, rank: Rank, item: &CartItem, price: i64) -> i64 {
    above_floor(&set.compiled[rank.at()], item, price, most_taken(set, rank, item, price))
}

/// Fine: what a campaign takes off a price at most, whatever its floor says.
pub(super) fn most_taken(set: &CampaignSet, rank: Rank, item: &CartItem, price: i64) -> i64 {
    i64::try_from(most_off(set.campaign(rank), item, price).max(0)).unwrap_or(i64::MAX)
}

/// Fine: a price less so much, as far as the floor of a campaign lets it fall; never above it.
pub(super) fn above_floor(compiled: &Compiled, item: &CartItem, price: i64, off: i64) -> i64 {
    let cost_floor = item.cost.map_or(0, |cost| if compiled.cost_floor { cost.fine() } else { 0 });
    let lowest = compiled.lowest_price.unwrap_or(0).max(cost_floor).max(0);
    price.saturating_sub(off).max(lowest).min(price)
}

/// An item by its first code.
pub(super) fn shown_item(item: &CartItem) -> String {
    item.codes.first().map_or_else(String::new, String::clone)
}

/// A price, rounded down.
pub(super) const fn shown_price(fine: i64) -> Money {
    Money::from_minor(fine / FINE)
}

/// What a unit cost, rounded up.
pub(super) const fn shown_cost(fine: i64) -> Money {
    Money::from_minor((fine + FINE - 1) / FINE)
}

/// Fine: the most that is taken of one unit at this price, on average over the units it takes.
fn most_off(campaign: &Campaign, item: &CartItem, price: i64) -> i128 {
    let (price, least) = (i128::from(price), campaign.limits.least_purchase.unwrap_or_default());
    let fine = |amount: Money| i128::from(amount.minor()) * i128::from(FINE);
    // It cuts shares and sets, and neither an amount nor the price of a unit (A4).
    let ceiling = campaign.limits.per_proposal.map_or(i128::MAX, fine);
    let of = |reward: Reward| match reward {
        Reward::Percent(percent) => (price * i128::from(fine_percent(percent)) / WHOLE).min(ceiling),
        Reward::Amount(amount) => fine(amount),
    };
    // Of a purchase that is just large enough, each thing bears its share of an amount.
    let of_purchase = |reward: Reward, least: Money| {
        let worth = price.max(fine(least));
        if matches!(reward, Reward::Amount(_)) && worth > 0 { of(reward) * price / worth } else { of(reward) }
    };
    let fixed = |amount: Money, units: u32| price - fine(amount) / i128::from(units.max(1));
    match &campaign.benefit {
        Benefit::Off { reward, per: Per::Document } => of_purchase(*reward, least),
        Benefit::Off { reward, .. } => of(*reward),
        Benefit::Products { rows, reward } => {
            let own = rows.iter().filter(|row| Some(row.product) == item.product);
            own.filter_map(|row| row.reward.or(*reward)).map(of).max().unwrap_or(0)
        }
        Benefit::FixedPrice { price } => fixed(*price, 1),
        Benefit::PriceFor { quantity, price } => fixed(*price, *quantity).min(ceiling),
        Benefit::Tiers { by, steps } => {
            let off = steps.iter().map(|step| match (by, step.reward) {
                (TierBy::Value, reward) => of_purchase(reward, least.max(Money::from_minor(step.from))),
                (TierBy::Quantity, Reward::Amount(_)) => of(step.reward) / i128::from(step.from.max(1)),
                (TierBy::Quantity, Reward::Percent(_)) => of(step.reward),
            });
            off.max().unwrap_or(0)
        }
        Benefit::BuyGet { buy, get, percent, of: None, .. } => {
            let units = i128::from(*buy) + i128::from(*get);
            of(Reward::Percent(*percent)) * i128::from(*get) / units.max(1)
        }
        Benefit::BuyGet { .. }
        | Benefit::Bundle { .. }
        | Benefit::Gift { .. }
        | Benefit::Points { .. }
        | Benefit::Nothing => 0,
    }
}
