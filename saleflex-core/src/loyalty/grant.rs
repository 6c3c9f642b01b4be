//! Points given besides sales: by a person, for a birthday, for bringing somebody.

use alloc::{string::String, vec::Vec};

use chrono::{Datelike, Days};

use super::{
    Booked, Cause, ChangeKey, LoyaltyChange, Membership, Occasion, PointsKind, Program,
    membership::{Draft, Rest},
    tier,
};
use crate::{ids::PointsGrantId, quantity::Points, time};

/// Points a person gives or takes. The reason stays with the grant: it may name a person, so no row carries it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    /// The decision; deciding once books once.
    pub id: PointsGrantId,
    /// Given above nothing, taken below.
    pub points: Points,
    /// A gift, or the correction of a mistake.
    pub is_correction: bool,
    /// Why, in words: 1–200 characters.
    pub reason: String,
}

/// Why points are not given.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GrantRefusal {
    /// No points, or more than [`Points::MAX`].
    #[error("give between 1 and {most} points")]
    OutOfRange {
        /// The most points one grant may move, [`Points::MAX`].
        most: Points,
    },
    /// The member would have, or owe, more than [`Points::MAX`].
    #[error("a member has at most {most} points")]
    TooMany {
        /// The most points a member has, [`Points::MAX`].
        most: Points,
    },
    /// A gift takes nothing.
    #[error("points are taken by a correction only")]
    NotAGift,
    /// No reason, or a long one.
    #[error("a reason of 1 to 200 characters is needed")]
    Reason,
    /// The membership is suspended or ended.
    #[error("the membership is not active")]
    Inactive,
    /// Nobody brings themselves.
    #[error("a member cannot bring themselves")]
    Itself,
    /// Who was a member before the other, or brought somebody, is no newcomer.
    #[error("who was a member before, or brought somebody, is no newcomer")]
    NoNewcomer,
}

/// Books points a person decided on. Nothing where the decision was booked already.
///
/// # Errors
/// A [`GrantRefusal`]; then nothing changes.
pub fn grant(
    membership: &Membership,
    grant: &Grant,
    program: &Program,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Result<Vec<LoyaltyChange>, GrantRefusal> {
    if grant.points.is_zero() || grant.points.bounded().is_err() {
        return Err(GrantRefusal::OutOfRange { most: Points::MAX });
    }
    if grant.points.is_negative() && !grant.is_correction {
        return Err(GrantRefusal::NotAGift);
    }
    if !(1..=200).contains(&grant.reason.trim().chars().count()) {
        return Err(GrantRefusal::Reason);
    }
    if !membership.is_active() {
        return Err(GrantRefusal::Inactive);
    }
    if membership.room_for(grant.points) != grant.points {
        return Err(GrantRefusal::TooMany { most: Points::MAX });
    }
    let kind = if grant.is_correction { PointsKind::Adjusted } else { PointsKind::Bonus };
    let cause = Cause::Manual { grant: grant.id };
    Ok(credit(membership, kind, grant.points, cause, program, occasion, booked))
}

/// The days after a birthday within which a missed gift is made up.
pub const BIRTHDAY_GRACE_DAYS: u64 = 7;

/// Gives a member the points of a birthday: on its day, or up to [`BIRTHDAY_GRACE_DAYS`] later where the day was
/// missed; once a calendar year. Nothing on other days and for those who were no members on the day.
pub fn birthday(
    membership: &Membership,
    born: chrono::NaiveDate,
    program: &Program,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Vec<LoyaltyChange> {
    let today = occasion.at.local.date();
    let is_due = |day: &chrono::NaiveDate| {
        let last = day.checked_add_days(Days::new(BIRTHDAY_GRACE_DAYS));
        *day <= today
            && last.is_none_or(|last| today <= last)
            && membership.enrolled_at.local.date() <= *day
            && *day > born
    };
    let days = [today.year(), today.year() - 1].into_iter().filter_map(|year| time::anniversary(born, year));
    let Some(day) = days.into_iter().find(is_due) else { return Vec::new() };
    if !membership.is_active() || !program.birthday.is_positive() {
        return Vec::new();
    }
    let cause = Cause::Birthday { year: day.year() };
    credit(membership, PointsKind::Birthday, program.birthday, cause, program, occasion, booked)
}

/// Gives both members their points when one brought a newcomer. Somebody is brought once, by whomever who was a member by
/// then; whoever brought somebody is brought by nobody any more, so that no circle of them pays.
///
/// # Errors
/// [`GrantRefusal::Itself`], [`GrantRefusal::Inactive`] and [`GrantRefusal::NoNewcomer`].
pub fn referral(
    by: &Membership,
    newcomer: &Membership,
    program: &Program,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Result<Vec<LoyaltyChange>, GrantRefusal> {
    if by.customer == newcomer.customer {
        return Err(GrantRefusal::Itself);
    }
    if !by.is_active() || !newcomer.is_active() {
        return Err(GrantRefusal::Inactive);
    }
    let cause = Cause::Referral { referred: newcomer.customer };
    if booked.was_brought(newcomer.customer) {
        return Ok(Vec::new());
    }
    if newcomer.enrolled_at.instant < by.enrolled_at.instant || booked.has_brought(newcomer.customer) {
        return Err(GrantRefusal::NoNewcomer);
    }
    let points = program.referral;
    let give = |membership: &Membership, points: Points| {
        credit(membership, PointsKind::Bonus, points.or_zero(), cause, program, occasion, booked)
    };
    let mut changes = give(by, points.referrer);
    changes.extend(give(newcomer, points.referred));
    Ok(changes)
}

/// Books points of a cause once, credits with the program's expiry, and looks at the tier.
fn credit(
    membership: &Membership,
    kind: PointsKind,
    points: Points,
    cause: Cause,
    program: &Program,
    occasion: Occasion,
    booked: &dyn Booked,
) -> Vec<LoyaltyChange> {
    if booked.holds(&ChangeKey::Row(membership.customer, kind, cause)) {
        return Vec::new();
    }
    let mut draft = Draft::of(membership, occasion).by(program);
    let expires = if points.is_positive() { program.expiry_of(draft.today()) } else { None };
    draft.book(kind, points, cause, Rest { receipt: None, expires });
    tier::reassign(&mut draft, &program.tiers, program.grace_days);
    draft.changes
}
