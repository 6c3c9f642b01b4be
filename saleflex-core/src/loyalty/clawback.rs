//! Points after a refund: what the returned share had earned is taken back, what it had spent is given back.
//!
//! **Invariant:** shares are cumulative: with each refund moves what is to be back by then, less what moved before. Whatever
//! the pieces, their order and the policy at each of them, no more is back than the sale earned and spent, and exactly that
//! when everything is returned.

use alloc::vec::Vec;

use chrono::NaiveDate;

use super::{
    Booked, Cause, ChangeKey, Lot, LoyaltyChange, Membership, NotCounted, Occasion, PointsKind, Program,
    membership::{Draft, Rest},
    tier,
};
use crate::{
    adjustment::{ClawBack, Refunded},
    ids::{CustomerId, DocumentId, DocumentNumber},
    money::Money,
    quantity::Points,
};

/// A sale that goods come back from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SaleRecord {
    /// The id of the sale.
    pub document: DocumentId,
    /// The number people know it by.
    pub receipt: DocumentNumber,
    /// The customer on it.
    pub customer: CustomerId,
    /// What it came to.
    pub amount: Money,
    /// What it earned.
    pub earned: Points,
    /// What it redeemed.
    pub redeemed: Points,
    /// The local date it was made on.
    pub sold: NaiveDate,
}

/// Points that move with a refund.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Reversal {
    /// Earned, and taken back.
    pub taken_back: Points,
    /// Spent, and given back.
    pub given_back: Points,
}

/// The points that move with a refund, where earlier refunds of the sale moved `already`.
pub fn claw_back(policy: ClawBack, sale: &SaleRecord, already: &Reversal, refunded: &Refunded) -> Reversal {
    let moved = |points, already| policy.moved(points, already, refunded, sale.amount);
    Reversal {
        taken_back: moved(sale.earned, already.taken_back),
        given_back: moved(sale.redeemed, already.given_back),
    }
}

/// A completed refund.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RefundRecord {
    /// The id of the return.
    pub document: DocumentId,
    /// How much of the sale is back with it.
    pub refunded: Refunded,
    /// The points that move: [`claw_back`]'s answer.
    pub reversal: Reversal,
}

/// Books a refund: points taken back, points given back, spending, tier. Points taken back may drive the balance below
/// nothing. Nothing where it was booked already.
///
/// # Errors
/// [`NotCounted`]; then nothing changes.
pub fn reverse_refund(
    membership: &Membership,
    sale: &SaleRecord,
    refund: &RefundRecord,
    program: &Program,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Result<Vec<LoyaltyChange>, NotCounted> {
    let customer = membership.customer;
    if sale.customer != customer {
        return Err(NotCounted::WrongCustomer { customer: sale.customer });
    }
    let Reversal { taken_back, given_back } = refund.reversal;
    if refund.refunded.now.is_negative() || taken_back.is_negative() || given_back.is_negative() {
        return Err(NotCounted::Negative);
    }
    if booked.holds(&ChangeKey::Refund(refund.document)) {
        return Ok(Vec::new());
    }
    let cause = Cause::Refund { document: refund.document, sale: sale.document };
    let rest = Rest { receipt: Some(sale.receipt), expires: None };
    let mut draft = Draft::of(membership, occasion).by(program);
    // What comes back joins the lot that expires first of those that may be used today; without one it is a lot of today.
    let today = draft.today();
    let is_usable = |lot: &&Lot| lot.expires.is_none_or(|last| last >= today);
    let oldest = membership.lots.open().iter().find(is_usable).map(|lot| lot.expires);
    let expires = oldest.unwrap_or_else(|| program.expiry_of(today));
    draft.book(PointsKind::Adjusted, -taken_back, cause, rest);
    draft.book(PointsKind::Refund, given_back, cause, Rest { expires, ..rest });
    draft.make(LoyaltyChange::SaleReturned {
        customer,
        document: refund.document,
        amount: refund.refunded.now,
        sold: sale.sold,
        is_whole: refund.refunded.is_whole,
    });
    tier::reassign(&mut draft, &program.tiers, program.grace_days);
    Ok(draft.changes)
}
