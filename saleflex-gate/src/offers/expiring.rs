//! Points that run out: what is left of a credit after its last day is written off here, of what the hub has.
//!
//! **Invariants:** however many tills say that points ran out, and in whichever order entries arrive, as much is written off
//! as one ledger of all of them would have; what was spent is not written off as well. What is held counts as spent when it
//! was held, so that it does not run out under its document: spending it changes nothing, and freed it runs out. Of what a till
//! that keeps points itself held over midnight the hub hears when that is spent: until then it is written off.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use saleflex_core::{loyalty::Lots, quantity::Points, time::Moment};
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Row, Session},
    ids::new_id,
};

/// What a write-off is called; as what is said of older points, without a day.
const EXPIRED: &str = "expired";
/// What points are called that a document spent.
const REDEEMED: &str = "redeemed";
/// What points are called that a document gives back here.
const REVERSED: &str = "reversed";

/// The last day of a credit, and when it is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastDay {
    /// The day, which counts.
    pub(crate) date: NaiveDate,
    /// When the next one begins there, in milliseconds.
    pub(crate) over_at: i64,
}

impl LastDay {
    /// A last day by the clock of a moment. Points whose day is too far off to be written do not run out.
    pub(crate) fn of(date: NaiveDate, by: Moment) -> Option<Self> {
        let next = date.succ_opt().filter(|next| (0..=9998).contains(&next.year()))?;
        let ahead = by.local.signed_duration_since(by.instant.naive_utc());
        let over_at = next.and_time(NaiveTime::MIN).checked_sub_signed(ahead)?.and_utc();
        Some(Self { date, over_at: over_at.timestamp_millis() })
    }
}

/// The last day of what an older hub booked: behind those that are known, before never. A till says when it is over.
fn unknown() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// An entry as its account is folded.
struct Entry {
    document: Option<Uuid>,
    kind: String,
    points: Points,
    on: NaiveDate,
    last_day: Option<NaiveDate>,
    /// Whether the last day is over.
    is_over: bool,
}

impl Entry {
    fn read(row: &Row, now: DateTime<Utc>) -> Result<Self, DatabaseError> {
        let day = |column| -> Result<Option<NaiveDate>, DatabaseError> {
            Ok(row.optional_text(column)?.and_then(|day| day.parse().ok()))
        };
        let most = Points::MAX.get();
        let points = Points::new(row.integer(1)?.clamp(-most, most));
        let (booked_on, noted) = (day(2)?, day(3)?);
        let arrived = row.time(5)?.date_naive();
        let is_older = booked_on.is_none() && noted.is_none() && points.is_positive();
        Ok(Self {
            document: row.optional_id(6)?,
            kind: row.text(0)?.to_owned(),
            points,
            // Nobody's clock is further ahead than the next day: a day that has not come would end all points until then.
            on: booked_on.filter(|day| (*day - arrived).num_days() <= 1).unwrap_or(arrived),
            last_day: if is_older { Some(unknown()) } else { noted },
            is_over: noted.is_some()
                && row.optional_integer(4)?.is_none_or(|due| due <= now.timestamp_millis()),
        })
    }

    /// Whether it was written off here.
    fn is_write_off(&self) -> bool {
        self.kind == EXPIRED && self.last_day.is_some()
    }
}

/// What a member has by the day it runs out.
#[derive(Default)]
struct Account {
    lots: Lots,
    /// What should be written off, and what is.
    due: Points,
    written_off: Points,
    /// The day after the latest one that is over.
    today: Option<NaiveDate>,
}

/// All entries of a member by their days, whenever they arrived.
fn entries(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, DatabaseError> {
    let rows = session.query(
        "SELECT kind, points, booked_on, expires_on, due_at, created_at, document_id FROM point_entry \
         WHERE company_id = $1 AND member_id = $2 ORDER BY created_at, entry_id",
        &[company.into(), member.into()],
    )?;
    let entries = rows.iter().map(|row| Entry::read(row, now));
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(|entry| entry.on);
    Ok(entries)
}

impl Account {
    /// Folds all entries of a member, and what documents hold.
    fn of(session: &mut dyn Session, of: (Uuid, Uuid), now: DateTime<Utc>) -> Result<Self, DatabaseError> {
        let mut entries = entries(session, of, now)?;
        for (points, since) in holds(session, of, now)? {
            let on = day_of(session, of, since)?;
            let (kind, points) = (REDEEMED.to_owned(), -Points::new(points));
            entries.push(Entry { document: None, kind, points, on, last_day: None, is_over: false });
        }
        entries.sort_by_key(|entry| entry.on);
        let mut account = Self::default();
        for entry in &entries {
            account.follow(entry);
        }
        Ok(account)
    }

    fn follow(&mut self, entry: &Entry) {
        if self.comes_to(entry) {
            self.lots.book(entry.points, entry.last_day);
        }
    }

    /// What runs out before an entry is booked; whether it is: a write-off is counted here alone.
    fn comes_to(&mut self, entry: &Entry) -> bool {
        if entry.is_write_off() {
            self.written_off = self.written_off - entry.points;
            return false;
        }
        if entry.is_over {
            self.today = self.today.max(entry.last_day.and_then(|last| last.succ_opt()));
        }
        // What a document of a till that was away held over midnight, it spent.
        let spent = if entry.kind == REDEEMED { -entry.points } else { Points::ZERO };
        self.run_out(entry.on, spent.or_zero());
        true
    }

    /// What is over by a day runs out, but so much stays.
    fn run_out(&mut self, day: NaiveDate, kept: Points) {
        let over = self.lots.expired_on(day).min((self.lots.balance() - kept).or_zero());
        self.lots.book(-over, None);
        self.due = self.due + over;
    }

    /// How much more is to be written off by now; below nothing: that was too much.
    fn rest(&mut self) -> Points {
        if let Some(today) = self.today {
            self.run_out(today, Points::ZERO);
        }
        self.due - self.written_off
    }
}

/// What documents hold of a member's points now, each with when it was held.
fn holds(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Vec<(i64, DateTime<Utc>)>, DatabaseError> {
    let rows = session.query(
        "SELECT points, created_at FROM point_hold \
         WHERE company_id = $1 AND member_id = $2 AND state = 'held' AND expires_at > $3 ORDER BY created_at, hold_id",
        &[company.into(), member.into(), now.timestamp_millis().into()],
    )?;
    rows.iter().map(|row| Ok((row.integer(0)?, row.time(1)?))).collect()
}

/// How many points of a member documents hold now.
pub(super) fn held(
    session: &mut dyn Session,
    of: (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    let held = holds(session, of, now)?;
    Ok(held.into_iter().fold(0_i64, |sum, (points, _)| sum.saturating_add(points)))
}

/// The day since which points are held for a document; none where nothing is held for it now.
pub(crate) fn held_since(
    session: &mut dyn Session,
    company: Uuid,
    (member, document): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Option<NaiveDate>, DatabaseError> {
    let rows = session.query(
        "SELECT created_at FROM point_hold WHERE company_id = $1 AND document_id = $2 AND member_id = $3 \
         AND state = 'held' AND expires_at > $4",
        &[company.into(), document.into(), member.into(), now.timestamp_millis().into()],
    )?;
    let since = rows.first().map(|row| row.time(0)).transpose()?;
    since.map(|since| day_of(session, (company, member), since)).transpose()
}

/// The day that a moment was on for a member's points, by when those ran out that run out: what was over by then is behind it,
/// and what was not is before it, wherever the store is. Else by the clock of the hub.
fn day_of(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    at: DateTime<Utc>,
) -> Result<NaiveDate, DatabaseError> {
    let rows = session.query(
        "SELECT min(CASE WHEN due_at > $3 THEN expires_on END), \
         max(CASE WHEN due_at IS NULL OR due_at <= $3 THEN expires_on END) FROM point_entry \
         WHERE company_id = $1 AND member_id = $2 AND kind <> $4 AND expires_on IS NOT NULL",
        &[company.into(), member.into(), at.timestamp_millis().into(), EXPIRED.into()],
    )?;
    let here = at.date_naive();
    let Some(row) = rows.first() else { return Ok(here) };
    let read = |column| -> Result<Option<NaiveDate>, DatabaseError> {
        Ok(row.optional_text(column)?.and_then(|day| day.parse().ok()))
    };
    let day = read(0)?.map_or(here, |last| here.min(last));
    let day = read(1)?.and_then(|last| last.succ_opt()).map_or(day, |next| day.max(next));
    // Nowhere is it further from here than a day.
    Ok(day.clamp(here.pred_opt().unwrap_or(here), here.succ_opt().unwrap_or(here)))
}

/// How much of a member's balance ran out and is not written off yet.
pub(crate) fn run_out(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    let due = session.query(
        "SELECT 1 FROM point_entry WHERE company_id = $1 AND member_id = $2 AND due_at <= $3 LIMIT 1",
        &[company.into(), member.into(), now.timestamp_millis().into()],
    )?;
    if due.is_empty() {
        return Ok(0);
    }
    Ok(Account::of(session, (company, member), now)?.rest().get())
}

/// Writes off what ran out of a member's points; puts right what was written off before something arrived that was done
/// earlier.
pub(crate) fn settle(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    // One at a time in a company: of two who settle, the second finds nothing left.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[company.into()])?;
    let is_held = !holds(session, (company, member), now)?.is_empty();
    let mut account = Account::of(session, (company, member), now)?;
    let rest = account.rest();
    let Some(today) = account.today else { return Ok(()) };
    if !rest.is_zero() {
        session.execute(
            "INSERT INTO point_entry (company_id, entry_id, member_id, kind, points, created_at, booked_on, expires_on) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
            &[
                company.into(),
                new_id(now).into(),
                member.into(),
                EXPIRED.into(),
                (-rest).get().into(),
                now.timestamp_millis().into(),
                today.to_string().into(),
            ],
        )?;
    }
    // What is held is looked at again.
    if !is_held {
        session.execute(
            "UPDATE point_entry SET due_at = NULL WHERE company_id = $1 AND member_id = $2 AND due_at <= $3",
            &[company.into(), member.into(), now.timestamp_millis().into()],
        )?;
    }
    Ok(())
}

/// After something was booked for a member, the first of it on a day: settles where points ran out, or where it was done
/// before others were written off.
pub(crate) fn after(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    first: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let found = session.query(
        "SELECT 1 FROM point_entry WHERE company_id = $1 AND member_id = $2 \
         AND (due_at <= $3 OR (kind = $4 AND expires_on > $5)) LIMIT 1",
        &[
            company.into(),
            member.into(),
            now.timestamp_millis().into(),
            EXPIRED.into(),
            first.to_string().into(),
        ],
    )?;
    if found.is_empty() { Ok(()) } else { settle(session, (company, member), now) }
}

/// How many of so many points, which a till says ran out, the hub has from an older one that did not note when they do. Of
/// all others the hub knows by itself.
pub(crate) fn of_older(
    session: &mut dyn Session,
    of: (Uuid, Uuid),
    said: Points,
    now: DateTime<Utc>,
) -> Result<Points, DatabaseError> {
    // One at a time in a company: two tills that say so at once do not both get what there is once.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[of.0.into()])?;
    let account = Account::of(session, of, now)?;
    let older = account.lots.open().iter().find(|lot| lot.expires == Some(unknown()));
    Ok(older.map_or(Points::ZERO, |lot| lot.points.min(said)).or_zero())
}

/// The lots that so many points of a member are of, one for each last day.
pub(crate) fn lots_of(
    session: &mut dyn Session,
    of: (Uuid, Uuid),
    points: Points,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Option<NaiveDate>, Points>, DatabaseError> {
    let mut account = Account::of(session, of, now)?;
    account.rest();
    let mut rest = points;
    let mut lots: BTreeMap<Option<NaiveDate>, Points> = BTreeMap::new();
    let mut put = |last: Option<NaiveDate>, points: Points| {
        let lot = lots.entry(last).or_default();
        *lot = *lot + points;
    };
    for lot in account.lots.open() {
        let taken = lot.points.min(rest);
        rest = rest - taken;
        put(lot.expires.filter(|last| *last != unknown()), taken);
    }
    put(None, rest);
    Ok(lots)
}

/// Gives back the points that a document spent, each with the last day that it had: those that would be over by now run out
/// at once.
pub(super) fn give_back(
    session: &mut dyn Session,
    of: (Uuid, Uuid),
    (document, points): (Uuid, i64),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let mut rest = Points::new(points);
    let mut back: Vec<(Points, Option<NaiveDate>)> = Vec::new();
    for (last, spent) in spent_of(session, of, document, now)? {
        let points = spent.min(rest);
        rest = rest - points;
        back.push((points, last.filter(|last| *last != unknown())));
    }
    back.push((rest, None));
    for (points, last) in back.into_iter().filter(|(points, _)| points.is_positive()) {
        let over_at = last.map(|last| over_at(session, of, last, now)).transpose()?.flatten();
        session.execute(
            "INSERT INTO point_entry (company_id, entry_id, member_id, kind, points, document_id, created_at, \
             booked_on, expires_on, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                of.0.into(),
                new_id(now).into(),
                of.1.into(),
                REVERSED.into(),
                points.get().into(),
                document.into(),
                now.timestamp_millis().into(),
                now.date_naive().to_string().into(),
                over_at.and(last).map(|last| last.to_string()).into(),
                over_at.into(),
            ],
        )?;
    }
    Ok(())
}

/// What a document spent and was not given back, by the last day that it had.
fn spent_of(
    session: &mut dyn Session,
    of: (Uuid, Uuid),
    document: Uuid,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Option<NaiveDate>, Points>, DatabaseError> {
    let mut account = Account::default();
    let mut spent = BTreeMap::new();
    for entry in &entries(session, of, now)? {
        let is_its = entry.document == Some(document);
        if !account.comes_to(entry) {
            continue;
        }
        let had = if is_its { account.lots.clone() } else { Lots::default() };
        account.lots.book(entry.points, entry.last_day);
        if is_its && entry.kind == REVERSED {
            spent.clear();
        }
        for lot in had.open() {
            let left = account.lots.open().iter().find(|left| left.expires == lot.expires);
            let taken = (lot.points - left.map_or(Points::ZERO, |left| left.points)).or_zero();
            let sum: &mut Points = spent.entry(lot.expires).or_default();
            *sum = *sum + taken;
        }
    }
    Ok(spent)
}

/// When a last day of a member's points is over: as an entry says that has it, else by the clock of the hub.
fn over_at(
    session: &mut dyn Session,
    (company, member): (Uuid, Uuid),
    last: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Option<i64>, DatabaseError> {
    let rows = session.query(
        "SELECT CAST(max(due_at) AS bigint) FROM point_entry \
         WHERE company_id = $1 AND member_id = $2 AND expires_on = $3",
        &[company.into(), member.into(), last.to_string().into()],
    )?;
    let known = rows.first().map_or(Ok(None), |row| row.optional_integer(0))?;
    Ok(known.or_else(|| LastDay::of(last, Moment::utc(now)).map(|last| last.over_at)))
}

/// The members of all companies whose points ran out and were not looked at.
pub(crate) fn due(session: &mut dyn Session, now: DateTime<Utc>) -> Result<Vec<(Uuid, Uuid)>, DatabaseError> {
    let rows = session.query(
        "SELECT DISTINCT company_id, member_id FROM point_entry WHERE due_at <= $1",
        &[now.timestamp_millis().into()],
    )?;
    rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?))).collect()
}
