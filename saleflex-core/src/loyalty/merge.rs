//! The points of two records of one person.

use alloc::vec::Vec;

use super::{
    Booked, Cause, ChangeKey, LoyaltyChange, MemberStatus, Membership, Occasion, PointsKind, Program,
    membership::{Draft, Rest},
    tier,
};
use crate::{ids::CustomerId, quantity::Points};

/// An open document holds points of the record that would go: finish or cancel it first.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{held} points are held by open documents")]
pub struct PointsStillHeld {
    /// How many points are held.
    pub held: Points,
}

/// Moves a membership to the record that stays: points lot by lot with their last days, what was bought, and points
/// ever credited, so that no figure is counted twice. Where the record that stays was no member, it becomes one, as the
/// other was: whoever was suspended, or left, is so still. Nothing where it was moved already. `program` is that of the record that stays, else of the one that goes.
///
/// # Errors
/// [`PointsStillHeld`]; then nothing changes.
pub fn merge_memberships(
    survivor: CustomerId,
    known: Option<&Membership>,
    absorbed: &Membership,
    program: &Program,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Result<Vec<LoyaltyChange>, PointsStillHeld> {
    if survivor == absorbed.customer || booked.holds(&ChangeKey::Merge(absorbed.customer)) {
        return Ok(Vec::new());
    }
    if absorbed.held().is_positive() {
        return Err(PointsStillHeld { held: absorbed.held() });
    }
    let mut from = Draft::of(absorbed, occasion);
    let cause = Cause::Merge { other: survivor, lot: 0 };
    from.book(PointsKind::Adjusted, -absorbed.balance(), cause, Rest::default());
    let newly = Membership::new(survivor, absorbed.program, occasion.at);
    let mut to = Draft::of(known.unwrap_or(&newly), occasion);
    to.changes = from.changes;
    if known.is_none() {
        to.changes.push(LoyaltyChange::Enrolled { customer: survivor, program: absorbed.program, occasion });
        let status = absorbed.status;
        if status != MemberStatus::Active {
            to.make(LoyaltyChange::StatusSet { customer: survivor, status, occasion });
        }
    }
    for (lot, moved) in (0..).zip(absorbed.lots.moved()) {
        let cause = Cause::Merge { other: absorbed.customer, lot };
        let rest = Rest { receipt: None, expires: moved.expires };
        to.book(PointsKind::Adjusted, moved.points, cause, rest);
    }
    to.make(LoyaltyChange::HistoryMoved {
        from: absorbed.customer,
        to: survivor,
        spending: absorbed.spending,
        lifetime: absorbed.lifetime,
    });
    tier::reassign(&mut to, &program.tiers, program.grace_days);
    if known.is_none() {
        tier::begin(&mut to, &program.tiers);
    }
    Ok(to.changes)
}
