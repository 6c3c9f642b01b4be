//! What people did on which day: their documents and sessions. A day that is over is read from the journal once.

use std::{cell::RefCell, collections::BTreeMap, ops::RangeInclusive};

use chrono::{DateTime, Days, NaiveDate, Utc};
use rusqlite::params;
use saleflex_core::{
    cashier::{metrics::Work, session::WorkSession},
    closure::DocumentFigures,
    ids::CashierId,
    journal::{Entry, Event, EventKind},
    performance::{Pace, Sessions, voids_by, work_of_session},
    time::Moment,
};
use uuid::Uuid;

use super::{Till, recovery::SYSTEM};
use crate::{
    books::{
        documents::{self, Finished},
        index::{self, Topic},
        journal,
    },
    error::Error,
    file::codec::get,
};

/// What each cashier did on a day.
type DayOfWork = BTreeMap<CashierId, Work>;

/// The days that are over, as they were read from the journal: nothing is added to them any more.
#[derive(Debug, Default)]
pub(super) struct DaysOfWork(RefCell<BTreeMap<NaiveDate, DayOfWork>>);

impl DaysOfWork {
    /// They are to be read anew: what counts as idle has changed.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Till {
    /// What each cashier did in a span of business dates: documents by who finished them, what was
    /// taken back by who did it, and their sessions.
    pub(super) fn work(&self, from: NaiveDate, to: NaiveDate) -> Result<DayOfWork, Error> {
        let first = journal::read(self.connection(), 1)?.at.business_date;
        let last = journal::read(self.connection(), self.head.seq)?.at.business_date;
        let mut all = DayOfWork::new();
        let mut add = |day: &DayOfWork| {
            for (cashier, work) in day {
                all.entry(*cashier).or_default().merge(work);
            }
        };
        let mut missing = Vec::new();
        let mut kept = self.worked.0.borrow_mut();
        for date in from.max(first).iter_days().take_while(|date| *date <= to.min(last)) {
            match kept.get(&date) {
                Some(day) => add(day),
                None => missing.push(date),
            }
        }
        let (Some(start), Some(end)) = (missing.first().copied(), missing.last().copied()) else {
            return Ok(all);
        };
        let mut days = self.days_of_work(start, end)?;
        for date in missing {
            let Day { work, is_over } = days.remove(&date).unwrap_or_default();
            add(&work);
            if is_over && date < last {
                kept.insert(date, work);
            }
        }
        Ok(all)
    }

    /// The days of a span on which anybody did anything.
    fn days_of_work(&self, from: NaiveDate, to: NaiveDate) -> Result<BTreeMap<NaiveDate, Day>, Error> {
        let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
        let documents = self.worked_documents(from, to)?;
        for pace in documents.paces {
            let day = days.entry(pace.completed_at.business_date).or_default();
            day.work.entry(pace.cashier).or_default().merge(&pace.work());
        }
        // What the till cancels by itself is nobody's work.
        let by_people = documents.voids.into_iter().filter(|(_, cashier, _)| *cashier != SYSTEM);
        for (at, cashier, voids) in by_people {
            days.entry(at.business_date).or_default().work.entry(cashier).or_default().voids += voids;
        }
        let now = self.last_command()?;
        for session in self.work_sessions(from, to)? {
            let day = days.entry(session.started_at.business_date).or_default();
            day.work.entry(session.cashier).or_default().merge(&work_of_session(&session, now));
            day.is_over &= !session.is_open();
        }
        Ok(days)
    }

    /// When the last entry was committed: what lasts is measured to there, so that a question changes nothing.
    pub(super) fn last_command(&self) -> Result<DateTime<Utc>, Error> {
        let last = "SELECT created_at FROM event ORDER BY seq DESC LIMIT 1";
        Ok(self.connection().query_row(last, [], |row| get(row, 0))?)
    }

    /// The metrics of each document finished or cancelled in a span of business dates, in order. Only the entries of those
    /// days are read, and earlier ones of documents that were opened before.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn paces(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<Pace>, Error> {
        Ok(self.worked_documents(from, to)?.paces)
    }

    /// What the cashier of a work session did in it, up to `now` while it lasts: documents finished and goods taken back
    /// from its beginning to its end, its time, its breaks.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn work_of_session(&self, session: &WorkSession, now: Moment) -> Result<Work, Error> {
        let end = session.ended_at().unwrap_or(now);
        let documents = self.worked_documents(session.started_at.business_date, end.business_date)?;
        let is_within = |at: Moment| (session.started_at.instant..=end.instant).contains(&at.instant);
        let mut work = work_of_session(session, now.instant);
        let own = |pace: &&Pace| pace.cashier == session.cashier && is_within(pace.completed_at);
        documents.paces.iter().filter(own).for_each(|pace| work.merge(&pace.work()));
        let own =
            |(at, cashier, _): &&(Moment, CashierId, u64)| *cashier == session.cashier && is_within(*at);
        work.voids += documents.voids.iter().filter(own).map(|(_, _, voids)| voids).sum::<u64>();
        Ok(work)
    }

    /// What the documents of some days say. Each is looked at when it ends and let go: a month holds no more of them at once than
    /// were open at once, and those that were opened before it.
    fn worked_documents(&self, from: NaiveDate, to: NaiveDate) -> Result<DocumentsOfDays, Error> {
        let (first, end) = self.entries_of(from, to)?;
        let span = documents::finished_between(self.connection(), first, end)?;
        let mut select = self.connection().prepare_cached(
            "SELECT seq, payload FROM event WHERE seq >= ?1 AND seq < ?2 AND entity_id IN (SELECT event.entity_id \
             FROM document JOIN event ON event.seq = document.seq WHERE no > ?3 AND no <= ?4) ORDER BY seq",
        )?;
        let (after, last) = span.bounds();
        let mut rows = select.query(params![first, end, after, last])?;
        let mut open: BTreeMap<Uuid, Vec<Entry>> = BTreeMap::new();
        let mut begun_before: Vec<(i64, Vec<Entry>)> = Vec::new();
        let mut told = Told::of(from, to);
        while let Some(row) = rows.next()? {
            let (seq, payload): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let entry = Entry::from_bytes(&payload)?;
            let (entity, opened) = (entry.entity, opened_on(&entry));
            open.entry(entity).or_default().push(entry);
            // Documents are followed until they end.
            let Some((opened, steps)) = opened.and_then(|opened| Some((opened, open.remove(&entity)?)))
            else {
                continue;
            };
            told.voids(&steps);
            if opened < from {
                begun_before.push((seq, steps));
            } else {
                told.paces(seq, &steps);
            }
        }
        let mut earlier = self.earlier_steps(&begun_before, first)?;
        for (seq, steps) in begun_before {
            let entity = steps.first().map(|step| step.entity).unwrap_or_default();
            let mut all = earlier.remove(&entity).unwrap_or_default();
            all.extend(steps);
            told.paces(seq, &all);
        }
        Ok(told.in_order())
    }

    /// The steps that documents had taken before an entry.
    fn earlier_steps(
        &self,
        over: &[(i64, Vec<Entry>)],
        first: i64,
    ) -> Result<BTreeMap<Uuid, Vec<Entry>>, Error> {
        let mut earlier: BTreeMap<Uuid, Vec<Entry>> = BTreeMap::new();
        let mut since: Option<NaiveDate> = None;
        for step in over.iter().flat_map(|(_, steps)| steps) {
            if let Some(opened) = opened_on(step) {
                since = Some(since.map_or(opened, |since| since.min(opened)));
                earlier.entry(step.entity).or_default();
            }
        }
        let Some(since) = since else { return Ok(earlier) };
        let mut select = self.connection().prepare_cached(
            "SELECT entity_id, payload FROM event WHERE seq >= ?1 AND seq < ?2 AND kind = ?3 ORDER BY seq",
        )?;
        let mut rows = select.query(params![self.first_entry_from(since)?, first, EventKind::Step.name()])?;
        while let Some(row) = rows.next()? {
            if let Some(steps) = earlier.get_mut(&get::<Uuid>(row, 0)?) {
                let payload: Vec<u8> = row.get(1)?;
                steps.push(Entry::from_bytes(&payload)?);
            }
        }
        Ok(earlier)
    }

    /// Where the entries of a span of business dates lie: from the first on, before the second.
    pub(super) fn entries_of(&self, from: NaiveDate, to: NaiveDate) -> Result<(i64, i64), Error> {
        let end = match to.succ_opt() {
            Some(next) => self.first_entry_from(next)?,
            None => self.head.seq + 1,
        };
        Ok((self.first_entry_from(from)?, end))
    }
}

/// What the documents say that were finished or cancelled on some days.
struct DocumentsOfDays {
    paces: Vec<Pace>,
    /// When who took something back, and how often.
    voids: Vec<(Moment, CashierId, u64)>,
}

/// What is told of the documents of some days, while they are read.
struct Told {
    days: RangeInclusive<NaiveDate>,
    /// By the entry that ended the document.
    paces: Vec<(i64, Pace)>,
    voids: Vec<(Moment, CashierId, u64)>,
}

impl Told {
    const fn of(from: NaiveDate, to: NaiveDate) -> Self {
        Self { days: from..=to, paces: Vec::new(), voids: Vec::new() }
    }

    fn voids(&mut self, steps: &[Entry]) {
        for (at, by) in steps.iter().flat_map(Finished::of).filter_map(voids_of) {
            if self.days.contains(&at.business_date) {
                self.voids.extend(by.into_iter().map(|(cashier, voids)| (at, cashier, voids)));
            }
        }
    }

    fn paces(&mut self, seq: i64, steps: &[Entry]) {
        let days = &self.days;
        let within = paces_of(steps).filter(|pace| days.contains(&pace.completed_at.business_date));
        self.paces.extend(within.map(|pace| (seq, pace)));
    }

    /// In the order in which the documents ended.
    fn in_order(mut self) -> DocumentsOfDays {
        self.paces.sort_by_key(|(seq, _)| *seq);
        DocumentsOfDays { paces: self.paces.into_iter().map(|(_, pace)| pace).collect(), voids: self.voids }
    }
}

/// The business date on which the documents were opened that an entry ended, the earliest of them; none where it ended none.
fn opened_on(entry: &Entry) -> Option<NaiveDate> {
    Finished::of(entry).map(|finished| finished.document().opened_at.business_date).min()
}

/// What was done on a day, and whether everybody who began on it has gone.
struct Day {
    work: DayOfWork,
    is_over: bool,
}

impl Default for Day {
    fn default() -> Self {
        Self { work: DayOfWork::new(), is_over: true }
    }
}

/// Work sessions.
impl Till {
    /// The work sessions that began in a span of business dates, the open one included. What was before the last
    /// log-in or closure ahead of it is not read, nor what came after the last of them ended.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn work_sessions(&self, from: NaiveDate, to: NaiveDate) -> Result<Vec<WorkSession>, Error> {
        let (first, end) = self.entries_of(from, to)?;
        let start = self.session_begun_before(first, from)?;
        let sessions = self.sessions_since(start, |sessions, seq| {
            let lasts = sessions.open().is_some_and(|open| open.started_at.business_date <= to);
            seq < end || lasts
        })?;
        let is_within = |session: &WorkSession| (from..=to).contains(&session.started_at.business_date);
        Ok(sessions.into_all().into_iter().filter(is_within).collect())
    }

    /// The work sessions that reach into the time from an instant on.
    pub(super) fn sessions_reaching(&self, from: DateTime<Utc>) -> Result<Vec<WorkSession>, Error> {
        let date = from.date_naive();
        let near = date.checked_sub_days(Days::new(1)).unwrap_or(date);
        let start = self.session_begun_before(self.first_entry_from(near)?, near)?;
        Ok(self.sessions_since(start, |_, _| true)?.into_all())
    }

    /// Those that reach into the open period.
    pub(super) fn sessions_of_open_period(&self) -> Result<Vec<WorkSession>, Error> {
        self.sessions_reaching(self.period.period.opened_at.instant)
    }

    /// The sessions of all the journal, or from an entry on that begins one; idle time is by the store's limit as it is
    /// now.
    pub(super) fn sessions_since(
        &self,
        start: i64,
        goes_on: impl Fn(&Sessions, i64) -> bool,
    ) -> Result<Sessions, Error> {
        let mut sessions = Sessions::new(self.identity.terminal, self.settings.idle.counts_after_s);
        let mut select = self.connection().prepare_cached(
            "SELECT seq, kind, created_at, payload FROM event WHERE seq >= ?1 ORDER BY seq",
        )?;
        let mut rows = select.query([start])?;
        while let Some(row) = rows.next()? {
            if !goes_on(&sessions, row.get(0)?) {
                break;
            }
            // A document's entries show only that somebody works: their payload is not read.
            let kind = row.get_ref(1)?.as_str().unwrap_or_default();
            if kind == EventKind::Till.name() || kind == EventKind::Closure.name() {
                let payload: Vec<u8> = row.get(3)?;
                sessions.follow(&Entry::from_bytes(&payload)?);
            } else {
                sessions.touch(get(row, 2)?);
            }
        }
        Ok(sessions)
    }

    /// The last entry before a place that began a session: a log-in, a take-over, the closure of an earlier day.
    pub(super) fn session_begun_before(&self, place: i64, day: NaiveDate) -> Result<i64, Error> {
        let mut start = index::last_before(self.connection(), Topic::Closure, &day.to_string(), place)?;
        for seq in index::places_back(self.connection(), Topic::Session, "", place)? {
            let event = self.entry(seq)?.event;
            if start.is_some_and(|start| start >= seq) {
                // Whoever closed the period by a command did not stay.
                if matches!(event, Event::LoggedIn { for_command: true, .. }) {
                    start = Some(seq);
                }
                break;
            }
            if matches!(event, Event::LoggedIn { .. } | Event::Unlocked { .. }) {
                start = Some(seq);
                break;
            }
        }
        Ok(start.unwrap_or(1))
    }
}

/// The metrics of the documents that one document's entries finished or cancelled. What the till cancels by itself is
/// nobody's work.
fn paces_of(steps: &[Entry]) -> impl Iterator<Item = Pace> {
    let events = || {
        steps.iter().flat_map(|step| {
            let at = step.at.instant;
            step.document_events().iter().map(move |event| (at, event))
        })
    };
    let finished = steps.iter().flat_map(Finished::of);
    let paces = finished.filter_map(move |finished| match finished {
        Finished::Completed(it) => Pace::of(events(), it),
        Finished::Cancelled(it) => Pace::of_cancelled(events(), it),
    });
    paces.filter(|pace| pace.cashier != SYSTEM)
}

/// When a finished document was finished, and what was taken back of it by whom; nothing where it counts nowhere.
fn voids_of(finished: Finished<'_>) -> Option<(Moment, BTreeMap<CashierId, u64>)> {
    let (at, figures) = match finished {
        Finished::Completed(it) => (it.completed_at(), DocumentFigures::of(it)),
        Finished::Cancelled(it) => (it.cancelled_at(), DocumentFigures::cancelled(it)),
    };
    Some((at, voids_by(&figures?)))
}
