//! Points that an open document holds, so that nobody spends them twice, and what a changed basket leaves of them.

use super::{
    LoyaltyChange, Membership, NotRedeemable, Redemption, RedemptionPolicy, RedemptionRequest, redeem,
};
use crate::{ids::DocumentId, money::Currency, quantity::Points};

/// Why points are not held.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HoldRefusal {
    /// The membership is suspended or ended.
    #[error("the membership is not active")]
    Inactive,
    /// Other documents hold the rest, or it is spent.
    #[error("{available} points are available, {asked} were asked for")]
    NotEnough {
        /// How many were asked for.
        asked: Points,
        /// How many there are for this document.
        available: Points,
    },
}

/// Holds so many points for a document, instead of those it held before. None where it holds them already.
///
/// # Errors
/// A [`HoldRefusal`]; then the document holds what it held.
pub fn hold(
    membership: &Membership,
    document: DocumentId,
    points: Points,
) -> Result<Option<LoyaltyChange>, HoldRefusal> {
    hold_of(membership, document, points, membership.available_to(document))
}

/// The same where somebody else keeps the points and says how many there are for the document.
///
/// # Errors
/// As [`hold`].
pub fn hold_of(
    membership: &Membership,
    document: DocumentId,
    points: Points,
    available: Points,
) -> Result<Option<LoyaltyChange>, HoldRefusal> {
    if !membership.is_active() {
        return Err(HoldRefusal::Inactive);
    }
    if !points.is_positive() {
        return Ok(release(membership, document));
    }
    if points > available {
        return Err(HoldRefusal::NotEnough { asked: points, available });
    }
    if membership.holds.get(&document) == Some(&points) {
        return Ok(None);
    }
    Ok(Some(LoyaltyChange::PointsHeld { customer: membership.customer, document, points }))
}

/// Gives up what a document holds: it was cancelled, or its redemption was taken back. None where it holds nothing.
pub fn release(membership: &Membership, document: DocumentId) -> Option<LoyaltyChange> {
    let held = membership.holds.contains_key(&document);
    held.then_some(LoyaltyChange::PointsReleased { customer: membership.customer, document })
}

/// What is left of a redemption when the basket changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Revalidated {
    /// It still fits.
    Kept,
    /// It fits with fewer points.
    Shrunk(Redemption),
    /// None of it fits.
    Dropped(NotRedeemable),
}

/// Looks at the redemption of a document whose basket changed. `request.redeemed` is the redemption, `request.due` is
/// what is left to pay **with** it; the number asked for is not looked at.
pub fn revalidate(
    request: &RedemptionRequest,
    policy: &RedemptionPolicy,
    currency: &Currency,
) -> Revalidated {
    let now = request.redeemed;
    let anew = RedemptionRequest {
        points: now.points,
        due: request.due + now.amount,
        redeemed: Redemption::default(),
        ..*request
    };
    // Whoever redeemed agreed to fewer points than the basket could take; a smaller basket asks for no new agreement.
    let policy = RedemptionPolicy { allow_partial: true, ..*policy };
    match redeem(&anew, &policy, currency) {
        Ok(fits) if fits == now => Revalidated::Kept,
        Ok(fits) => Revalidated::Shrunk(fits),
        Err(why) => Revalidated::Dropped(why),
    }
}
