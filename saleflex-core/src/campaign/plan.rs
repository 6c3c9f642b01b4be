//! Benefits in whole numbers, ready for a pass.

use alloc::vec::Vec;

use super::{
    benefit::{Benefit, BundlePart, BundlePrice, Choice, Per, ProductRow, Reward, Tier, TierBy},
    exact::{FINE, fine_percent},
    index::{ProductNo, TargetIndex, TargetNo},
    target::{Selector, Target},
};
use crate::{money::Money, quantity::Percent};

/// What a campaign does in a pass.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    Nothing,
    Off { cut: Cut, per: Per },
    Products { of: TargetNo, rows: Vec<PlanRow> },
    FixedPrice { price: i64 },
    Sets { parts: Vec<(TargetNo, i64)>, price: SetPrice },
    Tiers { by: TierBy, steps: Vec<(i64, Cut)> },
    BuyGet(BuyGet),
    Gift { of: TargetNo, quantity: i64 },
    Points { percent: Percent },
}

/// A reward in whole numbers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// Ten-thousandths of a percent, and the percentage as it is reported.
    Rate(i64, Percent),
    /// Fine amount.
    Amount(i64),
}

/// What a set costs.
#[derive(Clone, Copy, Debug)]
pub(super) enum SetPrice {
    Fixed(i64),
    Off(Cut),
}

/// A product row; rows of one product stand together in the order tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlanRow {
    pub(super) product: ProductNo,
    /// Range of the line's quantity, fine.
    pub(super) least: i64,
    pub(super) most: i64,
    pub(super) cut: Cut,
}

/// Buy so many, get so many cheaper.
#[derive(Clone, Copy, Debug)]
pub(super) struct BuyGet {
    pub(super) buy: i64,
    pub(super) get: i64,
    pub(super) rate: i64,
    /// Lines whose units count, among those of the campaign.
    pub(super) among: TargetNo,
    /// The lines of the units that get cheaper, where they are not the same.
    pub(super) of: Option<TargetNo>,
    pub(super) choice: Choice,
}

impl Cut {
    pub(super) fn of(reward: Reward) -> Option<Self> {
        match reward {
            Reward::Percent(percent) if !percent.is_zero() => {
                let shown = if percent > Percent::HUNDRED { Percent::HUNDRED } else { percent };
                Some(Self::Rate(fine_percent(percent), shown))
            }
            Reward::Amount(amount) if amount.is_positive() => {
                Some(Self::Amount(amount.minor().saturating_mul(FINE)))
            }
            Reward::Percent(_) | Reward::Amount(_) => None,
        }
    }

    pub(super) const fn rate(self) -> Option<Percent> {
        match self {
            Self::Rate(_, shown) => Some(shown),
            Self::Amount(_) => None,
        }
    }
}

impl Plan {
    pub(super) fn compile(benefit: &Benefit, own: TargetNo, targets: &mut TargetIndex) -> Self {
        let fine = |amount: Money| amount.minor().saturating_mul(FINE);
        match benefit {
            Benefit::Nothing
            | Benefit::PriceFor { quantity: 0, .. }
            | Benefit::Gift { quantity: 0, .. }
            | Benefit::BuyGet { buy: 0, .. }
            | Benefit::BuyGet { get: 0, .. } => Self::Nothing,
            Benefit::Off { reward, per } => {
                Cut::of(*reward).map_or(Self::Nothing, |cut| Self::Off { cut, per: *per })
            }
            Benefit::Products { rows, reward } => compile_rows(rows, *reward, targets),
            Benefit::FixedPrice { price } => Self::FixedPrice { price: fine(*price) },
            Benefit::PriceFor { quantity, price } => Self::Sets {
                parts: Vec::from([(own, i64::from(*quantity))]),
                price: SetPrice::Fixed(fine(*price)),
            },
            Benefit::Tiers { by, steps } => compile_tiers(*by, steps),
            Benefit::BuyGet { buy, get, percent, among, of, choice } => Self::BuyGet(BuyGet {
                buy: i64::from(*buy),
                get: i64::from(*get),
                rate: fine_percent(*percent),
                among: among.as_ref().map_or(own, |among| targets.add(among)),
                of: of.as_ref().map(|of| targets.add(of)),
                choice: *choice,
            }),
            Benefit::Bundle { parts, price } => compile_bundle(parts, *price, targets),
            Benefit::Gift { of, quantity } => {
                Self::Gift { of: targets.add(of), quantity: i64::from(*quantity) }
            }
            Benefit::Points { percent } => Self::Points { percent: *percent },
        }
    }
}

fn compile_rows(rows: &[ProductRow], common: Option<Reward>, targets: &mut TargetIndex) -> Plan {
    let of = Target::of(rows.iter().map(|row| Selector::Product(row.product)).collect());
    if of.include.is_empty() {
        return Plan::Nothing;
    }
    let of = targets.add(&of);
    let mut planned: Vec<PlanRow> = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(cut) = row.reward.or(common).and_then(Cut::of) else { continue };
        let fine = |count: i64| count.saturating_mul(FINE);
        planned.push(PlanRow {
            product: targets.product_no(row.product),
            least: row.least.map_or(i64::MIN, fine),
            most: row.most.map_or(i64::MAX, fine),
            cut,
        });
    }
    // Stable: rows of one product keep the order they are tried in.
    planned.sort_by_key(|row| row.product);
    Plan::Products { of, rows: planned }
}

fn compile_tiers(by: TierBy, steps: &[Tier]) -> Plan {
    let scale = match by {
        TierBy::Quantity => 1,
        TierBy::Value => FINE,
    };
    let steps =
        steps.iter().filter_map(|tier| Some((tier.from.saturating_mul(scale), Cut::of(tier.reward)?)));
    let mut steps: Vec<(i64, Cut)> = steps.collect();
    steps.sort_by_key(|step| step.0);
    Plan::Tiers { by, steps }
}

fn compile_bundle(parts: &[BundlePart], price: BundlePrice, targets: &mut TargetIndex) -> Plan {
    if parts.is_empty() || parts.iter().any(|part| part.quantity == 0) {
        return Plan::Nothing;
    }
    let price = match price {
        BundlePrice::Fixed(price) => SetPrice::Fixed(price.minor().saturating_mul(FINE)),
        BundlePrice::Off(reward) => match Cut::of(reward) {
            Some(cut) => SetPrice::Off(cut),
            None => return Plan::Nothing,
        },
    };
    let parts = parts.iter().map(|part| (targets.add(&part.of), i64::from(part.quantity))).collect();
    Plan::Sets { parts, price }
}
