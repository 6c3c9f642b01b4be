//! Points after a refund: what the returned share had earned is taken back, what it had spent is given back.
//!
//! **Invariant:** shares are cumulative. Whatever the pieces and their order, the same is back when the same was
//! returned, and when everything is returned exactly what the sale earned and spent.

use alloc::vec::Vec;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Booked, Cause, ChangeKey, LoyaltyChange, Membership, NotCounted, Occasion, PointsKind, Program,
    membership::{Draft, Rest},
    tier,
};
use crate::{
    ids::{CustomerId, DocumentId, DocumentNumber},
    money::Money,
    quantity::Points,
};

/// What a refund does to points.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClawBack {
    /// Points stay as they are.
    None,
    /// All of them move with the first refund, however small.
    Full,
    /// They move with their share.
    #[default]
    Proportional,
}

/// A sale that goods come back from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SaleRecord {
    /// Its identity.
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

/// How much of a sale is back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refunded {
    /// With earlier refunds; none: this is the first.
    pub before: Option<Money>,
    /// With this one.
    pub now: Money,
    /// Whether nothing is left of the sale.
    pub is_whole: bool,
}

/// Points that move with a refund.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Reversal {
    /// Earned, and taken back.
    pub taken_back: Points,
    /// Spent, and given back.
    pub given_back: Points,
}

/// The points that move with a refund.
pub fn claw_back(policy: ClawBack, sale: &SaleRecord, refunded: &Refunded) -> Reversal {
    match policy {
        ClawBack::None => Reversal::default(),
        ClawBack::Full if refunded.before.is_some() => Reversal::default(),
        ClawBack::Full => Reversal { taken_back: sale.earned, given_back: sale.redeemed },
        ClawBack::Proportional => {
            let before = refunded.before.unwrap_or_default();
            let move_of = |points: Points| {
                let until = if refunded.is_whole {
                    points
                } else {
                    share(points, before + refunded.now, sale.amount)
                };
                until - share(points, before, sale.amount)
            };
            Reversal { taken_back: move_of(sale.earned), given_back: move_of(sale.redeemed) }
        }
    }
}

/// `points × part ÷ whole`, rounded down; a part beyond the whole is the whole.
fn share(points: Points, part: Money, whole: Money) -> Points {
    if !whole.is_positive() || !part.is_positive() {
        return Points::ZERO;
    }
    if part >= whole {
        return points;
    }
    let exact = i128::from(points.0) * i128::from(part.minor()) / i128::from(whole.minor());
    Points(i64::try_from(exact).unwrap_or(points.0))
}

/// A completed refund.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RefundRecord {
    /// Its identity.
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
    let mut draft = Draft::of(membership, occasion);
    // What comes back joins the lot that expires first; without one it is a lot of today.
    let oldest = membership.lots.open().first().map(|lot| lot.expires);
    let expires = oldest.unwrap_or_else(|| program.expiry_of(draft.today()));
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
