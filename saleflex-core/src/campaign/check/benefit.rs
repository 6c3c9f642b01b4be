//! What is wrong with what a campaign gives.

use alloc::{format, vec::Vec};

use super::{before, check_target, few, not_beside, out_of};
use crate::{
    campaign::{
        benefit::{Benefit, BundlePrice, Per, ProductRow, Reward, Tier},
        field::{FieldReason, Findings},
    },
    money::Money,
    quantity::Percent,
};

pub(super) fn check(found: &mut Findings, benefit: &Benefit) {
    match benefit {
        Benefit::Nothing => found.add("benefit", FieldReason::Missing),
        Benefit::Off { reward, per } => {
            check_reward(found, "benefit.off.reward", *reward);
            // A share of each unit is a share of the line, but for parts of a unit and what each rounds to.
            let is_of_units = matches!((reward, per), (Reward::Percent(_), Per::Unit));
            found.need(!is_of_units, "benefit.off.per", not_beside("benefit.off.reward.percent"));
        }
        Benefit::Products { rows, reward } => check_rows(found, rows, *reward),
        Benefit::FixedPrice { price } => not_negative(found, "benefit.fixed_price.price", *price),
        Benefit::PriceFor { quantity, price } => {
            positive(found, "benefit.price_for.quantity", *quantity);
            not_negative(found, "benefit.price_for.price", *price);
        }
        Benefit::Tiers { steps, .. } => check_steps(found, steps),
        Benefit::BuyGet { buy, get, percent, among, of, .. } => {
            positive(found, "benefit.buy_get.buy", *buy);
            positive(found, "benefit.buy_get.get", *get);
            rate(found, "benefit.buy_get.percent", *percent);
            for (name, target) in [("among", among), ("of", of)] {
                if let Some(target) = target {
                    check_target(found, &format!("benefit.buy_get.{name}"), target);
                }
            }
        }
        Benefit::Bundle { parts, price } => {
            let path = "benefit.bundle.parts";
            found.need(!parts.is_empty(), path, FieldReason::Missing);
            few(found, path, parts.len());
            for (at, part) in parts.iter().enumerate() {
                positive(found, &format!("{path}[{at}].quantity"), part.quantity);
                check_target(found, &format!("{path}[{at}].of"), &part.of);
            }
            match price {
                BundlePrice::Fixed(price) => not_negative(found, "benefit.bundle.price.fixed", *price),
                BundlePrice::Off(reward) => check_reward(found, "benefit.bundle.price.off", *reward),
            }
        }
        Benefit::Gift { of, quantity } => {
            positive(found, "benefit.gift.quantity", *quantity);
            check_target(found, "benefit.gift.of", of);
        }
        Benefit::Points { percent } => {
            found.need(!percent.is_zero(), "benefit.points.percent", FieldReason::TooSmall);
        }
    }
}

/// The field of a benefit that is given without being counted by the time.
pub(super) const fn uncounted(benefit: &Benefit) -> Option<&'static str> {
    match benefit {
        Benefit::Off { per: Per::Document, .. } => Some("benefit.off.per"),
        Benefit::Products { .. } => Some("benefit.products"),
        Benefit::FixedPrice { .. } => Some("benefit.fixed_price"),
        Benefit::Tiers { .. } => Some("benefit.tiers"),
        Benefit::Points { .. } => Some("benefit.points"),
        Benefit::Nothing
        | Benefit::Off { per: Per::Line | Per::Unit, .. }
        | Benefit::PriceFor { .. }
        | Benefit::BuyGet { .. }
        | Benefit::Bundle { .. }
        | Benefit::Gift { .. } => None,
    }
}

fn check_rows(found: &mut Findings, rows: &[ProductRow], common: Option<Reward>) {
    let path = "benefit.products.rows";
    found.need(!rows.is_empty(), path, FieldReason::Missing);
    few(found, path, rows.len());
    if let Some(reward) = common {
        check_reward(found, "benefit.products.reward", reward);
        let is_used = rows.is_empty() || rows.iter().any(|row| row.reward.is_none());
        found.need(is_used, "benefit.products.reward", not_beside(path));
    }
    for (at, row) in rows.iter().enumerate() {
        let field = |name: &str| format!("{path}[{at}].{name}");
        match row.reward {
            Some(reward) => check_reward(found, &field("reward"), reward),
            None => found.need(common.is_some(), field("reward"), FieldReason::Missing),
        }
        if let (Some(least), Some(most)) = (row.least, row.most) {
            found.need(least <= most, field("most"), before(&field("least")));
        }
    }
}

fn check_steps(found: &mut Findings, steps: &[Tier]) {
    let path = "benefit.tiers.steps";
    found.need(!steps.is_empty(), path, FieldReason::Missing);
    few(found, path, steps.len());
    for (at, step) in steps.iter().enumerate() {
        check_reward(found, &format!("{path}[{at}].reward"), step.reward);
        found.need(step.from > 0, format!("{path}[{at}].from"), FieldReason::TooSmall);
    }
    let mut from: Vec<(i64, usize)> = steps.iter().zip(0..).map(|(step, at)| (step.from, at)).collect();
    from.sort_unstable();
    for pair in from.windows(2) {
        if let [(first, one), (second, other)] = pair
            && first == second
        {
            let of = format!("{path}[{one}].from");
            found.add(format!("{path}[{other}].from"), FieldReason::Same { of });
        }
    }
}

fn check_reward(found: &mut Findings, path: &str, reward: Reward) {
    match reward {
        Reward::Percent(percent) => rate(found, &format!("{path}.percent"), percent),
        Reward::Amount(amount) => {
            found.need(amount.is_positive(), format!("{path}.amount"), FieldReason::TooSmall);
        }
    }
}

fn rate(found: &mut Findings, path: &str, rate: Percent) {
    let is_in = !rate.is_zero() && rate <= Percent::HUNDRED;
    found.need(is_in, path, out_of("0.0001", "100"));
}

fn positive(found: &mut Findings, path: &str, count: u32) {
    found.need(count > 0, path, FieldReason::TooSmall);
}

fn not_negative(found: &mut Findings, path: &str, amount: Money) {
    found.need(amount >= Money::ZERO, path, FieldReason::TooSmall);
}
