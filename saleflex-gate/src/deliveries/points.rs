//! Points that deliveries book, each row once.
//!
//! **Invariant:** a row has an identity that follows from it: whoever sends it again adds nothing. What a person is given
//! once has one for the person, since every till that meets them books it. For the same reason two records of a person become
//! one with what the hub has, and not with what each till moves, and points run out by what the hub has.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use saleflex_core::{
    customer::CustomerChange,
    digest::Digest,
    document::Completed,
    ids::CustomerId,
    journal::{Entry, Event},
    loyalty::{Cause, LedgerRow, LoyaltyChange, PointsKind},
    quantity::Points,
    time::Moment,
};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    definitions::people,
    ids,
    offers::{
        self,
        expiring::{self, LastDay},
    },
};

/// The kind of the entry that welcomes somebody.
const WELCOME: &str = "welcome";
/// The kind of the entries that move points from one record of a person to another.
const MOVED: &str = "adjusted";

/// Points that are booked.
struct NewEntry<'a> {
    id: Uuid,
    member: Uuid,
    kind: &'a str,
    points: i64,
    /// The local day on which they moved.
    on: NaiveDate,
    /// Of a credit.
    last_day: Option<LastDay>,
    /// What it adds to the points ever credited; none: its kind says it.
    lifetime: Option<i64>,
    /// The document that is given back what it spent, where that is asked for here.
    document: Option<Uuid>,
}

impl<'a> NewEntry<'a> {
    const fn new((id, member): (Uuid, Uuid), kind: &'a str, points: i64, on: NaiveDate) -> Self {
        Self { id, member, kind, points, on, last_day: None, lifetime: None, document: None }
    }
}

pub(super) fn book_all(
    session: &mut dyn Session,
    company: Uuid,
    entry: &Entry,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let is_moved = move_merged(session, company, entry, now)?;
    let mut first: BTreeMap<Uuid, NaiveDate> = BTreeMap::new();
    for change in &entry.effects.loyalty {
        count(session, company, (entry, change))?;
        if let LoyaltyChange::PointsBooked { row } = change {
            if is_moved && matches!(row.cause, Cause::Merge { .. }) {
                continue;
            }
            let (member, mut on) = (row.customer.uuid(), row.occasion.at.local.date());
            let mut spent_here = 0;
            if let (PointsKind::Redeemed, Cause::Sale { document }) = (row.kind, row.cause) {
                let of = (member, document.uuid());
                let (spent, held_since) = offers::points::delivered(session, company, of, now)?;
                spent_here = spent;
                // What was held did not run out until then.
                on = held_since.map_or(on, |since| since.min(on));
            }
            book(session, company, (row, spent_here, on), now)?;
            let on = row.held_over.and_then(|held| held.expires).map_or(on, |last| last.min(on));
            first.entry(member).and_modify(|first| *first = on.min(*first)).or_insert(on);
        }
    }
    for (member, first) in first {
        expiring::after(session, (company, member), first, now)?;
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
    // Of a record that it heard of by this alone the hub has nothing to move: the till knows what there was.
    if !people::is_gone(session, company, from)? || !is_known(session, company, from)? {
        return Ok(false);
    }
    expiring::settle(session, (company, from), now)?;
    // Today, whenever the till did it: what is moved is what there is now, behind all that ran out.
    let on = now.date_naive();
    let points = offers::points::balance(session, company, from, now)?.available;
    let mut moved = vec![(from, points.saturating_neg(), None)];
    if points > 0 {
        let lots = expiring::lots_of(session, (company, from), Points::new(points), now)?;
        moved.extend(lots.into_iter().map(|(last, points)| (stays, points.get(), last)));
    } else {
        moved.push((stays, points, None));
    }
    for (member, points, last) in moved.into_iter().filter(|(_, points, _)| *points != 0) {
        let lot = last.map(|last| format!("/{last}")).unwrap_or_default();
        let id = identity(&format!("merge/{}/{member}{lot}", entry.entity));
        let last_day = last.and_then(|last| LastDay::of(last, entry.at));
        let entry = NewEntry { last_day, ..NewEntry::new((id, member), MOVED, points, on) };
        put_entry(session, company, &entry, now)?;
    }
    Ok(true)
}

/// Whether anything was ever booked of a record.
fn is_known(session: &mut dyn Session, company: Uuid, member: Uuid) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM point_entry WHERE company_id = $1 AND member_id = $2 LIMIT 1";
    Ok(!session.query(sql, &[company.into(), member.into()])?.is_empty())
}

/// Books a row on a day. What was spent here for its sale before is booked already: the row stands for the rest, also where
/// that is nothing, so that it is booked once.
fn book(
    session: &mut dyn Session,
    company: Uuid,
    (row, spent_here, mut on): (&LedgerRow, i64, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    if let Cause::Expiry { date } = row.cause {
        return run_out(session, company, (row, date), now);
    }
    let kind = serde_json::to_value(row.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    let id = identity(&once_a_person(row).unwrap_or_else(|| serde_json::to_string(row).unwrap_or_default()));
    let kind = kind.unwrap_or_default();
    if had_before(session, company, (row, &kind))? {
        return Ok(());
    }
    let (at, member) = (row.occasion.at, row.customer.uuid());
    let mut points = row.points.get().saturating_add(spent_here);
    match held_over(row, points) {
        Some((day, over)) if over.saturating_add(points) == 0 => on = on.min(day),
        Some((day, over)) => {
            let entry = NewEntry::new((identity(&format!("{id}/held")), member), &kind, -over, day);
            put_entry(session, company, &NewEntry { lifetime: Some(0), ..entry }, now)?;
            points = points.saturating_add(over);
        }
        None => {}
    }
    let last_day = row.expires.filter(|_| points > 0).and_then(|last| LastDay::of(last, at));
    let lifetime = Some(row.lifetime().get());
    let entry = NewEntry { last_day, lifetime, ..NewEntry::new((id, member), &kind, points, on) };
    put_entry(session, company, &entry, now)
}

/// How many points of a debit a till held when their last day ended, which this hub hears of now alone, and the day by which they
/// were spent.
fn held_over(row: &LedgerRow, points: i64) -> Option<(NaiveDate, i64)> {
    let held = row.held_over?;
    let over = held.points.get().min(points.saturating_neg());
    Some((held.expires?, over)).filter(|_| over > 0)
}

/// Notes what counts of a sale or a return for its member, once.
fn count(
    session: &mut dyn Session,
    company: Uuid,
    (entry, change): (&Entry, &LoyaltyChange),
) -> Result<(), DatabaseError> {
    let (member, document, amount, sold) =
        if let LoyaltyChange::SaleCounted { customer, document, amount, at } = change {
            (customer, document, amount.minor(), at.local.date())
        } else if let LoyaltyChange::SaleReturned { customer, document, amount, sold, .. } = change {
            (customer, document, amount.minor().saturating_neg(), *sold)
        } else {
            return Ok(());
        };
    let mut finished = entry.effects.completed.iter().map(Completed::document);
    let Some(counted) = finished.find(|one| one.id == *document) else { return Ok(()) };
    session.send(
        "INSERT INTO member_sale (company_id, document_id, member_id, amount, currency, counted_on, sold_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (company_id, document_id) DO NOTHING",
        &[
            company.into(),
            document.uuid().into(),
            member.uuid().into(),
            amount.into(),
            counted.currency.code().to_string().into(),
            entry.at.local.date().to_string().into(),
            sold.to_string().into(),
        ],
    )
}

/// A till says that points ran out. Each till says so of what it has, also where that was spent at another one: what the hub
/// knows the last day of, it writes off by itself, and of the rest as much as there is, once for the day.
fn run_out(
    session: &mut dyn Session,
    company: Uuid,
    (row, date): (&LedgerRow, NaiveDate),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let member = row.customer.uuid();
    let points = -expiring::of_older(session, (company, member), -row.points, now)?.get();
    if points == 0 {
        return Ok(());
    }
    let id = identity(&format!("expired/{}/{date}", row.customer));
    put_entry(session, company, &NewEntry::new((id, member), "expired", points, date), now)
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

/// Welcomes a person with points, until their last day, where nobody did before; answers with how many.
pub(crate) fn welcome(
    session: &mut dyn Session,
    company: Uuid,
    (member, points, last): (Uuid, i64, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    if points == 0 || is_welcomed(session, company, member)? {
        return Ok(0);
    }
    let id = identity(&format!("welcome/{}", CustomerId::new(member)));
    let last_day = last.and_then(|last| LastDay::of(last, Moment::utc(now)));
    let on = now.date_naive();
    let entry = NewEntry { last_day, ..NewEntry::new((id, member), WELCOME, points, on) };
    put_entry(session, company, &entry, now)?;
    Ok(points)
}

/// Whether a person was welcomed, here or at whichever till.
pub(crate) fn is_welcomed(
    session: &mut dyn Session,
    company: Uuid,
    member: Uuid,
) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM point_entry WHERE company_id = $1 AND member_id = $2 AND kind = $3 LIMIT 1";
    Ok(!session.query(sql, &[company.into(), member.into(), WELCOME.into()])?.is_empty())
}

/// Gives a person points for their birthday, once a year.
pub(crate) fn birthday(
    session: &mut dyn Session,
    company: Uuid,
    (member, year, points): (Uuid, i32, i64),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let id = identity(&format!("birthday/{}/{year}", CustomerId::new(member)));
    let on = now.date_naive();
    put_entry(session, company, &NewEntry::new((id, member), "birthday", points, on), now)
}

/// What was booked of points that a document of an older terminal tells of, of a kind; none where nothing was.
pub(crate) fn points_of(
    session: &mut dyn Session,
    company: Uuid,
    (document, member, kind): (Uuid, Uuid, &str),
) -> Result<Option<i64>, DatabaseError> {
    let id = identity(&format!("{document}/{member}/{kind}"));
    let sql = "SELECT points FROM point_entry WHERE company_id = $1 AND entry_id = $2";
    let rows = session.query(sql, &[company.into(), id.into()])?;
    rows.first().map(|row| row.integer(0)).transpose()
}

/// Books points that a document of an older terminal, or a row beside it, tells of, once for each kind of them. A document that
/// spent them is said, since it may be given them back here, with the day since which they were held for it: they did not run
/// out since.
pub(crate) fn put_points(
    session: &mut dyn Session,
    company: Uuid,
    (source, member, kind, points): (Uuid, Uuid, &str, i64),
    spent_by: Option<(Uuid, Option<NaiveDate>)>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let id = identity(&format!("{source}/{member}/{kind}"));
    let document = spent_by.map(|(document, _)| document);
    let on = spent_by.and_then(|(_, held_since)| held_since).unwrap_or_else(|| now.date_naive());
    let entry = NewEntry { document, ..NewEntry::new((id, member), kind, points, on) };
    put_entry(session, company, &entry, now)
}

fn put_entry(
    session: &mut dyn Session,
    company: Uuid,
    entry: &NewEntry<'_>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let NewEntry { id, member, kind, points, on, last_day, lifetime, document } = *entry;
    session.send(
        "INSERT INTO point_entry (company_id, entry_id, member_id, kind, points, created_at, booked_on, expires_on, \
         due_at, lifetime, document_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (company_id, entry_id) DO NOTHING",
        &[
            company.into(),
            id.into(),
            member.into(),
            kind.into(),
            points.into(),
            now.timestamp_millis().into(),
            on.to_string().into(),
            last_day.map(|last| last.date.to_string()).into(),
            last_day.map(|last| last.over_at).into(),
            lifetime.into(),
            document.into(),
        ],
    )
}

fn identity(text: &str) -> Uuid {
    ids::of_digest(&Digest::of(text.as_bytes()))
}
