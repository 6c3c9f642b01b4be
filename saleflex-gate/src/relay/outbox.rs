//! The queue of a store's hub behind the port of whoever sends.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_sync::{
    outbox::{Claim, Failure, Origin, Outbox, Outgoing, Progress, Settlement, claim_readable},
    wire::{EventKind, Forwarded, PushItem, SyncState},
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Head, Queue, RELAYED, Relayed, aside::quarantined, life};
use crate::{
    Hub,
    db::{Books, DatabaseError, Row, Session, Tenant, Value},
    place,
};

/// How many rows are looked at for one request; those that are not due yet are among them.
const LOOKED_AT: i64 = 500;
/// A wait of more than this is no wait: the clock was set back.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);

/// The longest wait before an event is forwarded anew that the company's hub has in no place, in hours.
const LONGEST_REST_H: i64 = 7 * 24;

/// A failure of the queue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The hub's own database refused.
    #[error(transparent)]
    Books(#[from] DatabaseError),
    /// What the company's hub says of the store's tills cannot be read.
    #[error("what the company's hub has of the tills cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

/// The events that a store's hub forwards.
#[derive(Debug)]
pub struct RelayOutbox {
    books: Books,
    pub(super) company: Uuid,
}

/// A row of the queue.
struct Queued {
    no: i64,
    terminal: Uuid,
    kind: EventKind,
    entity: Uuid,
    revision: i64,
    head: String,
    is_in_flight: bool,
    leased_until: Option<i64>,
    next_attempt_at: Option<i64>,
    attempts: i64,
    body: String,
    /// Envelopes of its till that a person has to look at: whoever waits for their numbers is told.
    set_aside: Vec<String>,
}

impl Queued {
    fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            no: row.integer(0)?,
            terminal: row.id(1)?,
            kind: EventKind::of(row.text(2)?),
            entity: row.id(3)?,
            revision: row.integer(4)?,
            head: row.text(5)?.to_owned(),
            is_in_flight: row.text(6)? == "in_flight",
            leased_until: row.optional_integer(7)?,
            next_attempt_at: row.optional_integer(8)?,
            attempts: row.integer(9)?,
            body: row.text(10)?.to_owned(),
            set_aside: Vec::new(),
        })
    }

    /// Whether another has the same key: what came later under it is never there before what is in force.
    fn is_under_the_key_of(&self, other: &Self) -> bool {
        let key = |one: &Self| (one.terminal, one.entity, one.revision);
        key(self) == key(other) && self.kind == other.kind
    }

    /// Whether it waits for an instant that is still to come.
    fn waits(&self, now: DateTime<Utc>) -> bool {
        let until = if self.is_in_flight { self.leased_until } else { self.next_attempt_at };
        let (now, latest) = (now.timestamp_millis(), (now + LONGEST_WAIT).timestamp_millis());
        until.is_some_and(|until| until > now && until <= latest)
    }

    fn outgoing(self, life: Uuid) -> Result<Outgoing, serde_json::Error> {
        let no = number(self.no);
        let mut head: Head = serde_json::from_str(&self.head)?;
        // An envelope that cannot be read is set aside itself, and says of no number that it is missing.
        let others = self.set_aside.iter().filter_map(|text| serde_json::from_str::<Head>(text).ok());
        let (epoch, period) = (head.epoch, head.period());
        let belongs =
            |other: &Head| other.epoch == epoch && other.period().is_none_or(|of| period == Some(of));
        for other in others.filter(belongs) {
            if !head.missing.contains(&other.seq) {
                head.missing.push(other.seq);
            }
        }
        let payload = RawValue::from_string(head.differing.unwrap_or(self.body))?;
        let revision = u32::try_from(self.revision).unwrap_or(u32::MAX);
        Ok(Outgoing {
            no,
            item: PushItem {
                seq: head.seq,
                idempotency_key: PushItem::key(&head.sender, &self.kind, self.entity, revision),
                kind: self.kind,
                entity_id: self.entity,
                revision,
                depends_on_closure: head.depends_on_closure,
                missing: head.missing,
                created_at: head.created_at,
                schema_version: head.schema_version,
                payload_hash: head.payload_hash,
                payload,
                people: head.people,
                forwarded: Some(Forwarded { life, no, counters: head.counters }),
            },
            origin: Origin { sender: head.sender, epoch: head.epoch, epoch_after: head.epoch_after },
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            quarantined: Some(head.quarantined),
        })
    }
}

impl RelayOutbox {
    /// The queue of a company; what was on its way when the hub stopped is sent again.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn open(hub: &Hub, company: Uuid) -> Result<Self, DatabaseError> {
        let outbox = Self::looking(hub, company);
        outbox.write(|session| {
            let sql = "UPDATE relay SET state = 'pending', leased_until = NULL \
                       WHERE company_id = $1 AND state = 'in_flight'";
            session.execute(sql, &[company.into()]).map(drop)
        })?;
        Ok(outbox)
    }

    /// The same to look at.
    pub(super) fn looking(hub: &Hub, company: Uuid) -> Self {
        Self { books: hub.books.clone(), company }
    }

    /// Takes the events of a request; answers them with the life of the queue.
    fn lease(&self, claim: &Claim) -> Result<(Uuid, Vec<Queued>), DatabaseError> {
        let company = self.company;
        let lease = TimeDelta::from_std(claim.lease.min(Duration::from_secs(3_600))).unwrap_or(LONGEST_WAIT);
        let until = (claim.now + lease).timestamp_millis();
        self.write(|session| {
            let life = life(session, company, claim.now)?;
            let mut events = due(session, company, claim)?;
            for event in &mut events {
                if event.kind == EventKind::Closure {
                    event.set_aside = quarantined(session, company, event.terminal)?;
                }
                session.execute(
                    "UPDATE relay SET state = 'in_flight', leased_until = $3 WHERE company_id = $1 AND no = $2",
                    &[company.into(), event.no.into(), until.into()],
                )?;
            }
            Ok((life, events))
        })
    }

    pub(super) fn write<T, E: From<DatabaseError>>(
        &self,
        work: impl FnOnce(&mut dyn Session) -> Result<T, E>,
    ) -> Result<T, E> {
        self.books.write_waiting(Tenant::Company(self.company), work)
    }

    pub(super) fn counted(&self) -> Result<Progress, DatabaseError> {
        let company = self.company;
        self.write(|session| {
            let oldest = Queue::read(session)?.oldest;
            let mut count = |sql: &str| {
                let rows = session.query(sql, &[company.into()])?;
                rows.first().map_or(Ok(0), |row| row.integer(0)).map(number)
            };
            Ok(Progress {
                epoch: Uuid::nil(),
                last_seq: count("SELECT queued FROM upstream WHERE company_id = $1")?,
                waiting: count(
                    "SELECT count(*) FROM relay WHERE company_id = $1 AND state IN ('pending', 'in_flight')",
                )?,
                oldest_waiting: oldest,
                quarantined: count(
                    "SELECT count(*) FROM relay WHERE company_id = $1 AND state = 'quarantined' \
                     AND written_off_at IS NULL",
                )?,
                open_period: None,
            })
        })
    }
}

/// The events of a request: in the order they took effect, one request at a time. A record that closes a period neither
/// overtakes an event of its till that waits nor goes in one request with any before it.
fn due(session: &mut dyn Session, company: Uuid, claim: &Claim) -> Result<Vec<Queued>, DatabaseError> {
    let rows = session.query(
        "SELECT r.no, r.terminal_id, r.kind, r.entity_id, r.revision, r.head, r.state, r.leased_until, \
         r.next_attempt_at, r.attempts, l.body FROM relay r JOIN ledger l ON l.company_id = r.company_id \
         AND l.terminal_id = r.terminal_id AND l.kind = r.kind AND l.entity_id = r.entity_id \
         AND l.revision = r.revision \
         WHERE r.company_id = $1 AND r.state IN ('pending', 'in_flight') ORDER BY r.no LIMIT $2",
        &[company.into(), LOOKED_AT.into()],
    )?;
    let (mut events, mut bytes) = (Vec::<Queued>::new(), 0);
    let (mut waiting, mut put_off) = (BTreeSet::new(), Vec::<Queued>::new());
    for row in &rows {
        let queued = Queued::read(row)?;
        if queued.waits(claim.now) {
            if queued.is_in_flight {
                break;
            }
            waiting.insert(queued.terminal);
            put_off.push(queued);
            continue;
        }
        if put_off.iter().any(|earlier| queued.is_under_the_key_of(earlier)) {
            continue;
        }
        if events.iter().any(|earlier| queued.is_under_the_key_of(earlier)) {
            break;
        }
        if queued.kind == EventKind::Closure {
            if waiting.contains(&queued.terminal) {
                continue;
            }
            // What of its period is refused is known when the request with it was answered, and the closure names it.
            if events.iter().any(|earlier| earlier.terminal == queued.terminal) {
                break;
            }
        }
        bytes += queued.body.len() + queued.head.len();
        let is_full = events.len() >= usize::try_from(claim.events).unwrap_or(usize::MAX);
        if is_full || (!events.is_empty() && bytes > claim.payload_bytes) {
            break;
        }
        events.push(queued);
    }
    Ok(events)
}

impl Outbox for RelayOutbox {
    type Error = RelayError;

    fn claim(&mut self, claim: &Claim) -> Result<Vec<Outgoing>, RelayError> {
        claim_readable(self, claim.now, |own| {
            let (life, events) = own.lease(claim)?;
            Ok(events.into_iter().map(|event| (number(event.no), event.outgoing(life))).collect())
        })
    }

    fn settle(&mut self, now: DateTime<Utc>, results: &[(u64, Settlement)]) -> Result<(), RelayError> {
        let company = self.company;
        Ok(self.write(|session| {
            for (no, settlement) in results {
                settle(session, (company, now), *no, settlement)?;
            }
            Ok::<_, DatabaseError>(())
        })?)
    }

    fn next_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, RelayError> {
        let values = [self.company.into(), now.timestamp_millis().into()];
        Ok(self.write(|session| {
            let rows = session.query(
                "SELECT min(q.due) FROM (SELECT CASE WHEN state = 'in_flight' THEN leased_until ELSE next_attempt_at END \
                 AS due FROM relay WHERE company_id = $1 AND state IN ('pending', 'in_flight')) q WHERE q.due > $2",
                &values,
            )?;
            rows.first().map_or(Ok(None), |row| row.optional_time(0))
        })?)
    }

    fn give_back(&mut self, events: &[u64]) -> Result<(), RelayError> {
        let company = self.company;
        Ok(self.write(|session| {
            for no in events {
                let sql = "UPDATE relay SET state = 'pending', leased_until = NULL \
                           WHERE company_id = $1 AND no = $2 AND state = 'in_flight'";
                session.execute(sql, &[company.into(), column(*no)])?;
            }
            Ok::<_, DatabaseError>(())
        })?)
    }

    /// A node commits nothing of its own: its tills are compared one by one, [`Outbox::send_again`].
    fn key_of(&self, _: u64) -> Result<Option<String>, RelayError> {
        Ok(None)
    }

    fn send_again(&mut self, now: DateTime<Utc>, state: &SyncState) -> Result<u64, RelayError> {
        // A hub that says nothing of the store's tills is one that does not know this hub as theirs.
        let Some(relayed) = state.further.get(RELAYED) else { return Ok(0) };
        let relayed: Vec<Relayed> =
            serde_json::from_value(relayed.clone()).map_err(RelayError::Unreadable)?;
        let company = self.company;
        let life =
            state.data_version.as_ref().and_then(place::Place::of).map_or(Uuid::nil(), place::Place::life);
        self.write(|session| {
            forget_places(session, company, life)?;
            let sent = session.query(
                "SELECT no, head, requeued, settled_at FROM relay \
                 WHERE company_id = $1 AND state = 'sent' AND is_placed = 0 ORDER BY no",
                &[company.into()],
            )?;
            let mut again = 0;
            for row in &sent {
                let no = row.integer(0)?;
                // Of an envelope that was damaged since it was sent nobody can tell where it belongs.
                let Ok(head) = serde_json::from_str::<Head>(row.text(1)?) else { continue };
                let known = relayed.iter().find(|till| till.sender == head.sender);
                let requeued = row.integer(2)?;
                if known.is_some_and(|till| till.state.holds(head.epoch, head.seq)) {
                    // It came to its place. Should that hub lose it there, it goes again at once.
                    let sql =
                        "UPDATE relay SET is_placed = 1, requeued = 0 WHERE company_id = $1 AND no = $2";
                    session.execute(sql, &[company.into(), no.into()])?;
                    continue;
                }
                if !is_due_anew(requeued, row.optional_time(3)?, now) {
                    continue;
                }
                session.execute(
                    "UPDATE relay SET state = 'pending', attempts = 0, next_attempt_at = NULL, \
                     requeued = requeued + 1 WHERE company_id = $1 AND no = $2",
                    &[company.into(), no.into()],
                )?;
                again += 1;
            }
            Ok(again)
        })
    }

    fn knows(&self, _: Uuid) -> Result<bool, RelayError> {
        Ok(true)
    }

    fn progress(&self) -> Result<Progress, RelayError> {
        Ok(self.counted()?)
    }
}

/// Forgets what came to its place in another life of the company's hub. One that has not been started anew since it got to
/// know the company names none, and says nothing by that.
fn forget_places(session: &mut dyn Session, company: Uuid, life: Uuid) -> Result<(), DatabaseError> {
    let rows = session.query("SELECT placed_life FROM upstream WHERE company_id = $1", &[company.into()])?;
    let known = rows.first().map_or(Ok(None), |row| row.optional_id(0))?;
    if known == Some(life) && !life.is_nil() {
        return Ok(());
    }
    let sql = "UPDATE relay SET is_placed = 0 WHERE company_id = $1 AND state = 'sent' AND is_placed = 1";
    session.execute(sql, &[company.into()])?;
    let sql = "UPDATE upstream SET placed_life = $2 WHERE company_id = $1";
    session.execute(sql, &[company.into(), life.into()]).map(drop)
}

fn settle(
    session: &mut dyn Session,
    (company, now): (Uuid, DateTime<Utc>),
    no: u64,
    settlement: &Settlement,
) -> Result<(), DatabaseError> {
    let nothing = Failure::default();
    let (state, at, failure, tries) = match settlement {
        Settlement::Sent { .. } => ("sent", None, &nothing, 0),
        Settlement::Retry { at, failure } => ("pending", Some(at.timestamp_millis()), failure, 1),
        Settlement::Quarantined(failure) => ("quarantined", None, failure, 1),
    };
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let values: [Value; 9] = [
        company.into(),
        column(no),
        state.into(),
        at.into(),
        failure.status.map(i64::from).into(),
        text(&failure.code).into(),
        text(&failure.detail).into(),
        i64::from(tries).into(),
        now.timestamp_millis().into(),
    ];
    session.execute(
        "UPDATE relay SET state = $3, leased_until = NULL, next_attempt_at = $4, last_status = $5, last_code = $6, \
         last_detail = $7, attempts = attempts + $8, settled_at = $9 WHERE company_id = $1 AND no = $2 AND state = 'in_flight'",
        &values,
    )?;
    Ok(())
}

/// Whether an event that was taken and is not where it should be is forwarded anew. The first time at once, since a hub
/// came back from a backup; then after waits that double, from two hours to a week: one that the company's hub has under
/// another number comes to its place never.
fn is_due_anew(requeued: i64, settled_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let Some(settled_at) = settled_at.filter(|_| requeued > 0) else { return true };
    let hours = 1_i64 << requeued.clamp(1, 8);
    let wait = TimeDelta::hours(hours.min(LONGEST_REST_H));
    // A clock that was set back must not keep it for ever.
    now < settled_at || now >= settled_at + wait
}

/// Numbers count events of one store: they fit an `i64`.
pub(super) fn column(no: u64) -> Value {
    i64::try_from(no).unwrap_or(i64::MAX).into()
}

pub(super) fn number(no: i64) -> u64 {
    u64::try_from(no).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_comes_to_its_place_is_forwarded_anew_less_and_less_often() {
        let sent = DateTime::from_timestamp_millis(1_800_000_000_000);
        let is_due = |requeued, hours| is_due_anew(requeued, sent, sent.unwrap() + TimeDelta::hours(hours));
        assert!(is_due(0, 0), "the first time at once");
        for (requeued, hours) in [(1, 2), (2, 4), (7, 128), (8, 168), (60, 168)] {
            assert!(!is_due(requeued, hours - 1), "{requeued}");
            assert!(is_due(requeued, hours), "{requeued}");
        }
        assert!(is_due(3, -1), "the clock was set back");
    }
}
