//! Why a till gets nothing of what it wants: people at the till are told, and a coupon that is not used is not said to be.

use chrono::{DateTime, Utc};
use saleflex_sync::wire::{QuotaAsk, QuotaKind, QuotaWithheld};
use uuid::Uuid;

use super::{Supply, limit_of, owner, used_of};
use crate::{
    db::{DatabaseError, Session},
    offers::{coupons, in_force::InForce},
};

/// Why nothing is lent where nobody is awaited. `lent` is what others have in hand; a coupon that is held for a document
/// may come free again, and is used up by nobody yet. A store's hub knows what its own tills used and have; whatever
/// else there may be it asks for, and hands on what it was answered.
pub(super) fn reason(
    session: &mut dyn Session,
    (company, now): (Uuid, DateTime<Utc>),
    (in_force, is_borrowed): (&InForce, bool),
    (ask, supply, lent): (&QuotaAsk, &Supply, i64),
) -> Result<QuotaWithheld, DatabaseError> {
    let by = (&ask.kind, ask.subject, owner(ask));
    let is_coupon = ask.kind == QuotaKind::CouponUses;
    let held = if is_coupon { coupons::held(session, (company, ask.subject), now)? } else { 0 };
    let is_used_up = if is_borrowed {
        let limit = limit_of(in_force, (&ask.kind, ask.subject));
        let used = used_of(session, (company, &in_force.currency), by, now)?;
        limit.is_some_and(|limit| used - held >= limit)
    } else {
        supply.used - held >= supply.limit
    };
    Ok(if is_used_up {
        QuotaWithheld::UsedUp
    } else if lent > 0 || held > 0 || !is_borrowed {
        QuotaWithheld::LentElsewhere
    } else {
        supply.above.clone().unwrap_or(QuotaWithheld::AskedAbove)
    })
}
