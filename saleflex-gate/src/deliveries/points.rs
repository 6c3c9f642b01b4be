//! Points that deliveries book, each row once.
//!
//! **Invariant:** a row has an identity that follows from it: whoever sends it again adds nothing. What a person is given
//! once has one for the person, since every till that meets them books it. For the same reason two records of a person become
//! one with what the hub has, and not with what each till moves.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use saleflex_core::{
    customer::CustomerChange,
    digest::Digest,
    ids::CustomerId,
    journal::{Entry, Event},
    loyalty::{Cause, LedgerRow, LoyaltyChange, PointsKind},
};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    definitions::people,
    ids, offers,
};

/// The kind of the entry that welcomes somebody.
const WELCOME: &str = "welcome";
/// The kind of the entries that move points from one record of a person to another.
const MOVED: &str = "adjusted";

pub(super) fn book_all(
    session: &mut dyn Session,
    company: Uuid,
    entry: &Entry,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let is_moved = move_merged(session, company, entry, now)?;
    for change in &entry.effects.loyalty {
        if let LoyaltyChange::PointsBooked { row } = change {
            if is_moved && matches!(row.cause, Cause::Merge { .. }) {
                continue;
            }
            book(session, company, row, now)?;
            if let (PointsKind::Redeemed, Cause::Sale { document }) = (row.kind, row.cause) {
                offers::points::delivered(session, company, (row.customer.uuid(), document.uuid()), now)?;
            }
        }
    }
    Ok(())
}

/// Moves what the hub has of a customer who is gone to the one who stays, where a till made the two one; whether that is
/// done, so that what the till moved is left out. Every till moves its whole balance, with what the person was given once.
/// What is held for a sale stays for it, until another till moves what is left. Of a record that the hub knows nothing of or
/// keeps, the till alone knows who has what.
fn move_merged(
    session: &mut dyn Session,
    company: Uuid,
    entry: &Entry,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let Event::Customer(CustomerChange::Merged { from, into }) = &entry.event else { return Ok(false) };
    let from = from.uuid();
    let stays = people::in_use(session, company, into.uuid())?;
    if stays == from {
        // Another till made them one the other way round: the hub has all of it where it stays.
        return Ok(true);
    }
    if !people::is_gone(session, company, from)? {
        return Ok(false);
    }
    let points = offers::points::balance(session, company, from, now)?.available;
    for (member, points) in [(from, points.saturating_neg()), (stays, points)] {
        if points != 0 {
            let id = identity(&format!("merge/{}/{member}", entry.entity));
            put_entry(session, company, (id, member, MOVED, points), now)?;
        }
    }
    Ok(true)
}

fn book(
    session: &mut dyn Session,
    company: Uuid,
    row: &LedgerRow,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let kind = serde_json::to_value(row.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    let id = identity(&once_a_person(row).unwrap_or_else(|| serde_json::to_string(row).unwrap_or_default()));
    let kind = kind.unwrap_or_default();
    if had_before(session, company, (row, &kind))? {
        return Ok(());
    }
    put_entry(session, company, (id, row.customer.uuid(), &kind, row.points.get()), now)
}

/// Whether an older hub booked what a person is given once, under an identity of the whole row: a welcome, or points for
/// a birthday in its year or soon after. What was given for bringing somebody stands there without its cause.
fn had_before(
    session: &mut dyn Session,
    company: Uuid,
    (row, kind): (&LedgerRow, &str),
) -> Result<bool, DatabaseError> {
    let member = row.customer;
    let sql = "SELECT 1 FROM point_entry WHERE company_id = $1 AND member_id = $2 AND kind = $3";
    let mut values = vec![company.into(), member.uuid().into(), kind.into()];
    let found = if let (Cause::Enrolment { .. }, PointsKind::Welcome) = (row.cause, row.kind) {
        session.query(&format!("{sql} LIMIT 1"), &values)?
    } else if let Cause::Birthday { year } = row.cause {
        let midnight = |year: i32, month| {
            let day = NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default();
            day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()
        };
        values.extend([midnight(year, 1).into(), midnight(year.saturating_add(1), 2).into()]);
        // Those of the years beside it that are known as such are no others' of this one.
        values.extend(
            [year.saturating_sub(1), year.saturating_add(1)]
                .map(|near| identity(&format!("birthday/{member}/{near}")).into()),
        );
        let sql =
            format!("{sql} AND created_at >= $4 AND created_at < $5 AND entry_id NOT IN ($6, $7) LIMIT 1");
        session.query(&sql, &values)?
    } else {
        return Ok(false);
    };
    Ok(!found.is_empty())
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

/// Welcomes a person with points where nobody did before; answers with how many.
pub(crate) fn welcome(
    session: &mut dyn Session,
    company: Uuid,
    (member, points): (Uuid, i64),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    let had = session.query(
        "SELECT 1 FROM point_entry WHERE company_id = $1 AND member_id = $2 AND kind = $3 LIMIT 1",
        &[company.into(), member.into(), WELCOME.into()],
    )?;
    if points == 0 || !had.is_empty() {
        return Ok(0);
    }
    let id = identity(&format!("welcome/{}", CustomerId::new(member)));
    put_entry(session, company, (id, member, WELCOME, points), now)?;
    Ok(points)
}

/// Gives a person points for their birthday, once a year.
pub(crate) fn birthday(
    session: &mut dyn Session,
    company: Uuid,
    (member, year, points): (Uuid, i32, i64),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let id = identity(&format!("birthday/{}/{year}", CustomerId::new(member)));
    put_entry(session, company, (id, member, "birthday", points), now)
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
    session.send(
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
    )
}

fn identity(text: &str) -> Uuid {
    ids::of_digest(&Digest::of(text.as_bytes()))
}
