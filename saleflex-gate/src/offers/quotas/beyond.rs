//! Whether a delivered sale used more than was its till's to use.
//!
//! A till that was lent something stays within it. One that was lent nothing does what the company says of it: with
//! `refuse` it gives nothing, so that any use is beyond; with `allow` it counts for itself, and a use is beyond where the
//! limit of the company does not hold it beside what others used and have in hand. Of a gift card nobody takes what they
//! were not lent.

use chrono::{DateTime, Utc};
use saleflex_core::money::Currency;
use saleflex_sync::wire::{QuotaKind, QuotaPolicy};
use uuid::Uuid;

use super::{Loan, limit_of, loan, loans_of, outstanding, policy, shares, used_of};
use crate::{
    db::{DatabaseError, Session, Value},
    offers::{in_force::InStore, uses::By},
};

/// The limits that a use of a campaign or a coupon may be held to.
const KINDS: [QuotaKind; 4] =
    [QuotaKind::CampaignUses, QuotaKind::CampaignBudget, QuotaKind::CustomerUses, QuotaKind::CouponUses];

/// Whether a use that was just noted is beyond what the till, or the store's hub that brought it, was lent.
pub(crate) fn is_beyond(
    session: &mut dyn Session,
    (offers, by): (&InStore<'_>, By),
    (subject, customer, currency): (Uuid, Option<Uuid>, &Currency),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let company = offers.company;
    let known = drawn(session, (company, by), (subject, customer, currency))?;
    if known.iter().any(is_overdrawn) {
        return Ok(true);
    }
    let is_told_of_nothing = known.iter().any(|loan| loan.granted == 0 && loan.left() < 0);
    if is_told_of_nothing && policy(session, company)? == QuotaPolicy::Refuse {
        return Ok(true);
    }
    if offers.lends_on {
        // The limit is the company's hub's to know.
        return Ok(false);
    }
    let Some(in_force) = offers.get(session)? else { return Ok(false) };
    for kind in KINDS {
        let is_lent = known.iter().any(|loan| loan.kind == kind && loan.granted > 0);
        let owner = if kind == QuotaKind::CustomerUses { customer } else { Some(Uuid::nil()) };
        let limit = limit_of(&in_force, (&kind, subject)).filter(|_| !is_lent);
        let Some((limit, owner)) = limit.zip(owner) else { continue };
        let of = (&kind, subject, owner);
        let used = used_of(session, (company, currency), of, now)?;
        let lent = outstanding(&loans_of(session, (company, currency), of)?);
        if used.saturating_add(lent) > limit {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The same of what was taken of a gift card.
pub(crate) fn is_beyond_of_card(
    session: &mut dyn Session,
    of: (Uuid, By),
    (card, currency): (Uuid, &Currency),
) -> Result<bool, DatabaseError> {
    let known = drawn(session, of, (card, None, currency))?;
    Ok(known.iter().all(|loan| loan.granted == 0) || known.iter().any(is_overdrawn))
}

/// Whether more was used than was lent, where something was.
fn is_overdrawn(loan: &Loan) -> bool {
    loan.granted > 0 && loan.left() < 0
}

/// The shares that a use counts in: of the till that made it, or that its device was moved to since, and of the store's
/// hub that brought it. What was lent for another customer is none of them.
fn drawn(
    session: &mut dyn Session,
    (company, by): (Uuid, By),
    (subject, customer, currency): (Uuid, Option<Uuid>, &Currency),
) -> Result<Vec<Loan>, DatabaseError> {
    let sql = shares(
        "AND s.subject_id = $2 AND s.owner_id IN ($7, $8) AND s.epoch IN ($4, $6) AND s.terminal_id IN (WITH RECURSIVE \
         later (id) AS (SELECT terminal_id FROM terminal WHERE company_id = $1 AND terminal_id IN ($3, $5) UNION \
         SELECT t.terminal_id FROM terminal t JOIN later l ON t.moved_from = l.id WHERE t.company_id = $1) \
         SELECT id FROM later)",
    );
    let (epoch, _) = by.place.unwrap_or_default();
    let (node, life) = by.brought.map(|brought| (brought.node, brought.life)).unwrap_or_default();
    let owners = [Uuid::nil(), customer.unwrap_or_default()];
    let mut values: Vec<Value> =
        vec![company.into(), subject.into(), by.terminal.into(), epoch.into(), node.into(), life.into()];
    values.extend(owners.map(Value::from));
    let rows = session.query(&sql, &values)?;
    let mut known = rows.iter().map(|row| loan(row, currency)).collect::<Result<Vec<_>, _>>()?;
    known.retain(|loan| loan.epoch == if loan.terminal == node { life } else { epoch });
    Ok(known)
}
