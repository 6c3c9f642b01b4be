//! Rules of campaigns, named as the rule they keep.

use alloc::{sync::Arc, vec::Vec};

use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::{
    ids::{CampaignId, LineNo, ProductId},
    money::Money,
    quantity::Percent,
    time::Moment,
};

mod amounts;
mod benefits;
mod checks;
mod coupons;
mod eligibility;
mod incremental;
mod originals;
mod patterns;
mod properties;
mod stacking;
mod strict;

/// A campaign with this number as its identity, in force for everything.
pub(super) fn campaign(number: u128, code: &str, benefit: Benefit) -> Campaign {
    Campaign::new(CampaignId::new(Uuid::from_u128(number)), code, benefit)
}

pub(super) fn percent(text: &str) -> Percent {
    Percent::parse(text).unwrap()
}

pub(super) fn minor(minor: i64) -> Money {
    Money::from_minor(minor)
}

pub(super) fn off(rate: &str) -> Benefit {
    Benefit::Off { reward: Reward::Percent(percent(rate)), per: Per::Document }
}

/// Of three, the cheapest is free.
pub(super) fn cheapest_of_three() -> Benefit {
    let (percent, choice) = (Percent::HUNDRED, Choice::Cheapest);
    Benefit::BuyGet { buy: 2, get: 1, percent, among: None, of: None, choice }
}

pub(super) fn product(number: u128) -> ProductId {
    ProductId::new(Uuid::from_u128(number))
}

/// A line of a product: number, product, quantity, minor units.
pub(super) fn line(no: u32, of: u128, quantity: &str, total: i64) -> CartLine {
    CartLine {
        no: LineNo(no),
        item: Arc::new(CartItem { product: Some(product(of)), ..CartItem::default() }),
        quantity: FineQuantity::parse(quantity).unwrap(),
        total: minor(total).into(),
    }
}

pub(super) fn cart(lines: Vec<CartLine>) -> Cart {
    let context = Context::at(Moment::utc(DateTime::from_timestamp(1_772_636_400, 0).unwrap()));
    Cart { context, lines, tenders: Vec::new() }
}

/// The code, line and minor units of each proposal.
fn amounts(definitions: Vec<Campaign>, cart: &Cart) -> Vec<(String, Option<u32>, i64)> {
    let set = CampaignSet::compile(definitions).unwrap();
    let evaluation = set.evaluate(cart).unwrap();
    let of = |proposal: &Proposal| {
        let code = set.campaign(proposal.campaign).code.to_string();
        (code, proposal.line.map(|line| line.0), proposal.amount.minor())
    };
    evaluation.proposals.iter().map(of).collect()
}

fn total(definitions: Vec<Campaign>, cart: &Cart) -> i64 {
    amounts(definitions, cart).iter().map(|(_, _, amount)| amount).sum()
}

fn at(text: &str) -> Moment {
    Moment::utc(parse_local(text).unwrap().and_utc())
}
