//! A line split in two earns what it earned whole, where what a campaign gives looks at units.
#![allow(clippy::wildcard_enum_match_arm, reason = "a benefit that is not named has no such law")]

use saleflex_core::{
    campaign::{Benefit, Campaign, CartLine, FineQuantity, Per, Reward},
    ids::LineNo,
    money::Money,
};

use super::{CASES, by_the_engine, by_the_slow_way, case, total};
use crate::generator::Numbers;
use crate::seeds;

/// What looks at units and not at lines: amounts a unit, prices, sets, free units, and shares of their whole.
fn is_per_unit(campaign: &Campaign) -> bool {
    let limits = &campaign.limits;
    match &campaign.benefit {
        Benefit::Off { per: Per::Document, .. }
        | Benefit::Tiers { .. }
        | Benefit::BuyGet { .. }
        | Benefit::PriceFor { .. }
        | Benefit::Bundle { .. }
        | Benefit::Gift { .. } => limits.per_line.is_none(),
        // A ceiling that ends within a line leaves its units unequal.
        Benefit::Off { reward: Reward::Amount(_), per: Per::Unit } | Benefit::FixedPrice { .. } => {
            limits.times_per_document.is_none()
                && limits.per_document.is_none()
                && limits.budget.is_none()
                && limits.per_line.is_none()
        }
        _ => false,
    }
}

/// A line in one part or two. They stand where the whole stood, so that ties go the same way. What has no price of whole
/// minor units a piece stays whole.
fn halved(line: &CartLine, numbers: &mut Numbers) -> Vec<CartLine> {
    let units = u32::try_from(line.quantity.whole()).unwrap();
    let price = line.total.whole().minor() / i64::from(units.max(1));
    let of_pieces = FineQuantity::pieces(units) == line.quantity;
    if !of_pieces || line.total != Money::from_minor(price * i64::from(units)).into() || !has_whole_cost(line)
    {
        return vec![CartLine { no: LineNo(line.no.0 * 10), ..line.clone() }];
    }
    let part = if numbers.below(2) == 0 { units } else { 1 + numbers.below(units) };
    let of = |place: u32, units: u32| CartLine {
        no: LineNo(line.no.0 * 10 + place),
        quantity: FineQuantity::pieces(units),
        total: Money::from_minor(price * i64::from(units)).into(),
        ..line.clone()
    };
    [(0, part), (1, units - part)]
        .into_iter()
        .filter(|part| part.1 > 0)
        .map(|(at, units)| of(at, units))
        .collect()
}

/// Whether what a piece cost is whole: a line keeps its cost rounded up to whole minor units, once.
fn has_whole_cost(line: &CartLine) -> bool {
    line.item.cost.is_none_or(|cost| cost == cost.whole().into())
}

#[test]
fn a_line_split_in_two_earns_what_it_earned_whole_where_benefits_are_per_unit() {
    let (mut split, mut discounted) = (0, 0);
    for seed in seeds(2 * CASES) {
        let (mut definitions, cart, mut numbers) = case(seed);
        definitions.retain(is_per_unit);
        let mut halves = cart.clone();
        halves.lines = cart.lines.iter().flat_map(|line| halved(line, &mut numbers)).collect();
        split += halves.lines.len() - cart.lines.len();
        let whole = by_the_engine(&definitions, &cart);
        let parts = by_the_engine(&definitions, &halves);
        assert_eq!(total(&parts.0), total(&whole.0), "seed {seed}: {definitions:#?}");
        assert_eq!(parts, by_the_slow_way(&definitions, &halves), "seed {seed}");
        discounted += usize::from(!whole.0.is_empty());
    }
    assert!(split > 2_000 && discounted > 1_500, "{split} lines split, {discounted} baskets discounted");
}
