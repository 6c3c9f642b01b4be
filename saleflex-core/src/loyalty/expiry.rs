//! Points not used in time.

use alloc::vec::Vec;

use chrono::NaiveDate;

use super::{
    Booked, Cause, ChangeKey, Lot, LoyaltyChange, Membership, Occasion, PointsKind,
    membership::{Draft, Rest},
};

/// Writes off what was not used by the local date of the occasion: one row a member and date. A day is the last one
/// points may be used on; the next one they are gone. Lifetime and tier stay, and so do points that an open document
/// holds, those that run out first, until it ends. Nothing where the date was done already.
pub fn expire(membership: &Membership, occasion: Occasion, booked: &dyn Booked) -> Vec<LoyaltyChange> {
    let date = occasion.at.local.date();
    let cause = Cause::Expiry { date };
    if booked.holds(&ChangeKey::Row(membership.customer, PointsKind::Expired, cause)) {
        return Vec::new();
    }
    let mut draft = Draft::of(membership, occasion);
    draft.book(PointsKind::Expired, -membership.over_on(date), cause, Rest::default());
    draft.changes
}

/// The points that expire next and their last day, for a receipt or a message.
pub fn next_to_expire(membership: &Membership, today: NaiveDate) -> Option<Lot> {
    let lots = membership.lots.open().iter();
    lots.copied().find(|lot| lot.expires.is_some_and(|last| last >= today))
}
