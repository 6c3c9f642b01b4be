//! Points that deliveries book, each row once.
//!
//! **Invariant:** a row has an identity that follows from it: whoever sends it again adds nothing. What a person is given
//! once has one for the person, since every till that meets them books it.

use chrono::{DateTime, Utc};
use saleflex_core::{
    checkout::Effects,
    digest::Digest,
    loyalty::{Cause, LedgerRow, LoyaltyChange, PointsKind},
};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    ids, offers,
};

pub(super) fn book_all(
    session: &mut dyn Session,
    company: Uuid,
    effects: &Effects,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    for change in &effects.loyalty {
        if let LoyaltyChange::PointsBooked { row } = change {
            book(session, company, row, now)?;
            if let (PointsKind::Redeemed, Cause::Sale { document }) = (row.kind, row.cause) {
                offers::points::delivered(session, company, (row.customer.uuid(), document.uuid()), now)?;
            }
        }
    }
    Ok(())
}

fn book(
    session: &mut dyn Session,
    company: Uuid,
    row: &LedgerRow,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let kind = serde_json::to_value(row.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    let id = identity(&once_a_person(row).unwrap_or_else(|| serde_json::to_string(row).unwrap_or_default()));
    put_entry(session, company, (id, row.customer.uuid(), &kind.unwrap_or_default(), row.points.0), now)
}

/// What a row is known by that a person is given once, at whichever till: a welcome, points for a birthday a year, and for
/// somebody who was brought one row of theirs and one of whoever brought them. Programs are each till's own, so that they
/// tell nothing apart.
fn once_a_person(row: &LedgerRow) -> Option<String> {
    let (member, is_welcome) = (row.customer, row.kind == PointsKind::Welcome);
    if let (Cause::Enrolment { .. }, true) = (row.cause, is_welcome) {
        Some(format!("welcome/{member}"))
    } else if let Cause::Birthday { year } = row.cause {
        Some(format!("birthday/{member}/{year}"))
    } else if let Cause::Referral { referred } = row.cause {
        let whose = if referred == member { "brought" } else { "brings" };
        Some(format!("{whose}/{referred}"))
    } else {
        None
    }
}

/// Books points that a document of an older terminal tells of, once for each kind of them.
pub(crate) fn put_points(
    session: &mut dyn Session,
    company: Uuid,
    (document, member, kind, points): (Uuid, Uuid, &str, i64),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let id = identity(&format!("{document}/{member}/{kind}"));
    put_entry(session, company, (id, member, kind, points), now)
}

fn put_entry(
    session: &mut dyn Session,
    company: Uuid,
    (id, member, kind, points): (Uuid, Uuid, &str, i64),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.execute(
        "INSERT INTO point_entry (company_id, entry_id, member_id, kind, points, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (company_id, entry_id) DO NOTHING",
        &[
            company.into(),
            id.into(),
            member.into(),
            kind.into(),
            points.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    Ok(())
}

fn identity(text: &str) -> Uuid {
    ids::of_digest(&Digest::of(text.as_bytes()))
}
