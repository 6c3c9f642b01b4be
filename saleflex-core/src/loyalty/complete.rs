//! What a completed sale does to the membership.

use alloc::vec::Vec;

use super::{
    Booked, Cause, ChangeKey, LoyaltyChange, Membership, Occasion, PointsKind, Program,
    membership::{Draft, Rest},
    tier,
};
use crate::{
    ids::{CustomerId, DocumentId, DocumentNumber},
    money::Money,
    quantity::Points,
};

/// A completed sale.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CompletedSale {
    /// The id of the sale.
    pub document: DocumentId,
    /// The number people know it by.
    pub receipt: DocumentNumber,
    /// The customer on it.
    pub customer: CustomerId,
    /// What counts as spent.
    pub amount: Money,
    /// What it earns, as computed before it was completed.
    pub earned: Points,
    /// What it redeems.
    pub redeemed: Points,
}

/// Why a sale does not count for a membership: the caller mixed something up.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCounted {
    /// The membership is somebody else's.
    #[error("the document belongs to customer {customer}, the membership to another one")]
    WrongCustomer {
        /// Who is on the document.
        customer: CustomerId,
    },
    /// An amount or points below nothing: that is a refund's business.
    #[error("a sale cannot count for less than nothing")]
    Negative,
}

/// Counts a sale: spending, then the points redeemed, then those earned, then the tier, once. Nothing where it was
/// counted already.
///
/// # Errors
/// [`NotCounted`]; then nothing changes.
pub fn complete_sale(
    membership: &Membership,
    sale: &CompletedSale,
    program: &Program,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Result<Vec<LoyaltyChange>, NotCounted> {
    if sale.customer != membership.customer {
        return Err(NotCounted::WrongCustomer { customer: sale.customer });
    }
    if sale.amount.is_negative() || sale.earned.is_negative() || sale.redeemed.is_negative() {
        return Err(NotCounted::Negative);
    }
    if booked.holds(&ChangeKey::Sale(sale.document)) {
        return Ok(Vec::new());
    }
    let CompletedSale { document, receipt, customer, amount, .. } = *sale;
    let mut draft = Draft::of(membership, occasion).by(program);
    draft.make(LoyaltyChange::SaleCounted { customer, document, amount, at: occasion.at });
    let cause = Cause::Sale { document };
    let rest = Rest { receipt: Some(receipt), expires: None };
    draft.book(PointsKind::Redeemed, -sale.redeemed, cause, rest);
    let expires = program.expiry_of(draft.today());
    draft.book(PointsKind::Earned, sale.earned, cause, Rest { expires, ..rest });
    tier::reassign(&mut draft, &program.tiers, program.grace_days);
    Ok(draft.changes)
}
