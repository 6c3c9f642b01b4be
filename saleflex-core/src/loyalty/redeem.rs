//! Turning points into a discount: how many of the points asked for a document can take, and what they come to.
//!
//! **Invariant:** points never pay more than what is due, more than the share of the basket the policy allows, or
//! more than the member has; their worth is rounded down, and no point is taken that adds nothing to it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::MemberStatus;
use crate::{
    money::{Currency, Money, Rounding},
    quantity::{Percent, Points, UnitPrice},
};

/// A program's rules of redeeming.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RedemptionPolicy {
    /// What one point is worth; nothing: points buy nothing.
    pub point_value: UnitPrice,
    /// The largest part of the basket that points may pay; none or nothing: all of it.
    pub max_basket_share: Option<Percent>,
    /// The fewest points that may be redeemed; nothing: no minimum.
    pub minimum: Points,
    /// Points are taken in multiples of this; below 1 counts as 1.
    pub step: Points,
    /// Whether fewer points than asked for may be taken.
    pub allow_partial: bool,
}

impl RedemptionPolicy {
    /// A program whose points buy nothing.
    pub const NOTHING: Self = Self {
        point_value: UnitPrice::ZERO,
        max_basket_share: None,
        minimum: Points::ZERO,
        step: Points::new(1),
        allow_partial: true,
    };

    /// The largest part of a basket that points may pay and what that comes to, rounded down; none where they may pay all of it.
    pub fn share_of(&self, total: Money, currency: &Currency) -> Option<(Percent, Money)> {
        let share = self.max_basket_share.filter(|share| !share.is_zero() && *share < Percent::HUNDRED)?;
        let part = currency.decimal(total) * share.decimal() / Decimal::ONE_HUNDRED;
        currency.round(part, Rounding::Down).ok().map(|part| (share, part))
    }

    /// What so many points are worth, rounded down, whatever a document takes of them; none where that is nothing, or more
    /// than an amount holds.
    pub fn worth_of(&self, points: Points, currency: &Currency) -> Option<Money> {
        let exact = Decimal::from(points.get()).checked_mul(self.point_value.decimal())?;
        currency.round(exact, Rounding::Down).ok().filter(|worth| worth.is_positive())
    }
}

/// Who would pay with points.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holder {
    /// Nobody is on the document.
    NoCustomer,
    /// The customer everyone is who gives no name.
    WalkIn,
    /// A customer without a membership.
    NoMembership,
    /// A member who is suspended or has left: the points wait until the membership is taken up again.
    MemberInactive {
        /// How the membership stands.
        status: MemberStatus,
    },
    /// A member whose program is missing or not active.
    ProgramInactive,
    /// A member.
    Member {
        /// Points not spent and not held by another document; those this document holds count as there.
        available: Points,
    },
}

/// What is asked, and the document it is asked of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RedemptionRequest {
    /// The points asked for.
    pub points: Points,
    /// Whether the document sells; points do not pay for anything else.
    pub is_sale: bool,
    /// Who would pay with them.
    pub holder: Holder,
    /// The document's total before document-level adjustments.
    pub total: Money,
    /// What is left to pay.
    pub due: Money,
    /// What the document redeems already.
    pub redeemed: Redemption,
}

/// Points and the discount they make.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Redemption {
    /// The points it costs.
    pub points: Points,
    /// What they are worth.
    pub amount: Money,
}

/// Why no points are redeemed. An answer for the cashier, not a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRedeemable {
    /// The number asked for is not above nothing.
    #[error("enter how many points to redeem")]
    InvalidPoints,
    /// The document does not sell.
    #[error("points pay for sales only")]
    NotASale,
    /// Nobody is on the document.
    #[error("points need a customer on the document")]
    NoCustomer,
    /// Nothing is left to pay.
    #[error("nothing is left to pay")]
    NothingDue,
    /// The customer is the anonymous one.
    #[error("a customer without a name has no points")]
    WalkIn,
    /// The customer is no member.
    #[error("the customer is no member")]
    NoMembership,
    /// The member is suspended or has left. The points stay and wait.
    #[error("the membership is not active: its points wait")]
    MemberInactive {
        /// How the membership stands.
        status: MemberStatus,
    },
    /// The program is not in force.
    #[error("the loyalty program is not active")]
    ProgramInactive,
    /// The program gives points no worth.
    #[error("points are worth nothing in this program")]
    NoPointValue,
    /// Fewer points can be taken than the program's minimum.
    #[error("{applicable} points could be taken, {minimum} is the least")]
    BelowMinimum {
        /// How many could be taken.
        applicable: Points,
        /// The fewest points that the program redeems.
        minimum: Points,
    },
    /// No points can be taken.
    #[error("no points can be taken")]
    NothingApplicable,
    /// Only part of what was asked can be taken, and the program takes all or none.
    #[error("only {applicable} of {asked} points could be taken")]
    PartialNotAllowed {
        /// How many were asked for.
        asked: Points,
        /// How many could be taken.
        applicable: Points,
    },
}

impl NotRedeemable {
    /// The stable code, for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidPoints => "INVALID_POINTS",
            Self::NotASale => "NOT_A_SALE",
            Self::NoCustomer => "NO_CUSTOMER",
            Self::NothingDue => "NOTHING_DUE",
            Self::WalkIn => "WALK_IN",
            Self::NoMembership => "NO_MEMBERSHIP",
            Self::MemberInactive { .. } => "MEMBER_INACTIVE",
            Self::ProgramInactive => "PROGRAM_INACTIVE",
            Self::NoPointValue => "NO_POINT_VALUE",
            Self::BelowMinimum { .. } => "BELOW_MINIMUM",
            Self::NothingApplicable => "NOTHING_APPLICABLE",
            Self::PartialNotAllowed { .. } => "PARTIAL_NOT_ALLOWED",
        }
    }
}

/// How many of the points asked for the document takes, and what they come to.
///
/// # Errors
/// The first reason why none are taken, in the order of [`NotRedeemable`]'s variants.
pub fn redeem(
    request: &RedemptionRequest,
    policy: &RedemptionPolicy,
    currency: &Currency,
) -> Result<Redemption, NotRedeemable> {
    if request.points.get() <= 0 {
        return Err(NotRedeemable::InvalidPoints);
    }
    if !request.is_sale {
        return Err(NotRedeemable::NotASale);
    }
    if request.holder == Holder::NoCustomer {
        return Err(NotRedeemable::NoCustomer);
    }
    if !request.due.is_positive() {
        return Err(NotRedeemable::NothingDue);
    }
    let available = match request.holder {
        Holder::NoCustomer | Holder::WalkIn => return Err(NotRedeemable::WalkIn),
        Holder::NoMembership => return Err(NotRedeemable::NoMembership),
        Holder::MemberInactive { status } => return Err(NotRedeemable::MemberInactive { status }),
        Holder::ProgramInactive => return Err(NotRedeemable::ProgramInactive),
        Holder::Member { available } => available.get().saturating_sub(request.redeemed.points.get()),
    };
    if policy.point_value.is_zero() {
        return Err(NotRedeemable::NoPointValue);
    }
    let step = policy.step.get().max(1);
    let wanted =
        request.points.get().min(available).min(points_within(cap(request, policy, currency), policy));
    let applicable = (wanted - wanted % step).max(0);
    let minimum = policy.minimum;
    let below = |applicable| Err(NotRedeemable::BelowMinimum { applicable, minimum });
    if applicable < minimum.get() {
        return below(Points::new(applicable));
    }
    let redemption = worth(applicable, step, policy, currency);
    if redemption.points.get() == 0 {
        return Err(NotRedeemable::NothingApplicable);
    }
    // The points that add nothing to their worth are not taken: what is left may be fewer than the least.
    if redemption.points < minimum {
        return below(redemption.points);
    }
    if !policy.allow_partial && redemption.points != request.points {
        return Err(NotRedeemable::PartialNotAllowed {
            asked: request.points,
            applicable: redemption.points,
        });
    }
    Ok(redemption)
}

/// The most that points may still pay, in major units: what is due, or what is left of the basket's share.
fn cap(request: &RedemptionRequest, policy: &RedemptionPolicy, currency: &Currency) -> Decimal {
    let due = currency.decimal(request.due);
    match policy.max_basket_share.filter(|share| !share.is_zero()) {
        Some(share) => {
            // The share is not rounded: 43 points of 0.50 fit into 21.825.
            let part = currency.decimal(request.total) * share.decimal() / Decimal::ONE_HUNDRED;
            due.min(part - currency.decimal(request.redeemed.amount))
        }
        None => due,
    }
}

fn points_within(cap: Decimal, policy: &RedemptionPolicy) -> i64 {
    // A point is worth at least 0.0001 and a cap is at most `Money::MAX`, so the quotient is far below `i64::MAX`.
    cap.checked_div(policy.point_value.decimal())
        .and_then(|points| i64::try_from(points.floor()).ok())
        .unwrap_or_default()
}

/// What `points` come to, rounded down, without the steps that add nothing to it.
fn worth(points: i64, step: i64, policy: &RedemptionPolicy, currency: &Currency) -> Redemption {
    let value = policy.point_value.decimal();
    let exact = Decimal::from(points) * value;
    let Ok(amount) = currency.round(exact, Rounding::Down) else { return Redemption::default() };
    let needed = (currency.decimal(amount) / value / Decimal::from(step)).ceil() * Decimal::from(step);
    let needed = i64::try_from(needed).map_or(points, |needed| needed.min(points));
    Redemption { points: Points::new(needed), amount }
}

#[cfg(test)]
mod tests;
