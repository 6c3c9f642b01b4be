//! Gift cards and vouchers: what is left of those that were worth more than they paid, and what the shop owes on them.

use alloc::vec::Vec;

use super::sums::PrepaidTotals;
use crate::{
    document::Document,
    money::Money,
    tender::{Direction, PrepaidKind, Rest, Tender},
};

/// The rest of a voucher that was worth more than it paid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RestFigures {
    /// What kind of prepaid card it was.
    pub prepaid: PrepaidKind,
    /// What nobody gets.
    pub lost: Money,
    /// What was given back as a new voucher.
    pub renewed: Money,
}

/// What was left of the vouchers that pay a document.
pub(super) fn rests(document: &Document) -> Vec<RestFigures> {
    let figures = |(tender, rest): (&Tender, &Rest)| {
        let prepaid = PrepaidKind::of(tender)?;
        let (lost, renewed) = match rest {
            Rest::Lost { amount } => (*amount, Money::ZERO),
            Rest::NewVoucher { amount, .. } => (Money::ZERO, *amount),
        };
        Some(RestFigures { prepaid, lost, renewed })
    };
    // What is paid back stands among the refunds.
    document.rests().filter(|(tender, _)| tender.direction == Direction::In).filter_map(figures).collect()
}

impl PrepaidTotals {
    /// What the cards and vouchers that paid were worth, with their rests.
    pub fn redeemed(&self) -> Money {
        self.taken + self.renewed + self.lost
    }

    /// By how much less the shop owes on cards and vouchers: what was redeemed, less what it owes anew.
    pub fn no_longer_owed(&self) -> Money {
        self.redeemed() - self.renewed - self.refunds
    }
}
