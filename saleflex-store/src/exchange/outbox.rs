//! Events on their way to a hub: one row for each connector and event, written in the transaction of the event.
//!
//! The events themselves are the journal's; here is only where each of them stands. A till on its own has no
//! connector and no row. [`Outbox`] is the sender's side: it has a connection of its own, so that a sender can work
//! in another thread while the till sells, and it never touches the journal.
//!
//! ```text
//! pending ──claim──▶ in flight ──accepted, duplicate──▶ sent
//!    ▲                  │  └───────refused for good───▶ quarantined ──discard──▶ discarded
//!    └──lease over, ────┘                                   │
//!       retry, start    ◀──────────────release──────────────┘
//! ```

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, Utc};
use rusqlite::{Connection, params};
use saleflex_core::{digest::Digest, ids::ClosureNumber, journal::EventKind};
use uuid::Uuid;

use crate::{error::Error, file::codec::Col};

mod described;
mod progress;
mod sender;

pub use self::{
    described::Described,
    progress::{EventIdentity, Flagged, Progress, Undelivered},
    sender::{Limits, Outbox},
};

/// An event as it is sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutgoingEvent {
    /// Its number among the events that travel: 1, 2, 3 … without a gap, so that a receiver sees what is missing.
    pub no: u64,
    /// The life of the file it was committed in.
    pub epoch: Uuid,
    /// The number of the last event before that life.
    pub epoch_after: u64,
    /// What kind of event, by its name on the wire.
    pub kind: String,
    /// What it is about.
    pub entity_id: Uuid,
    /// 1 for an event as first committed; a correction is a new event with a higher one.
    pub revision: u32,
    /// The period it belongs to; of a closure, the one it closes.
    pub depends_on_closure: Option<ClosureNumber>,
    /// Of a closure: events of its period that were set aside and will come later or never.
    pub missing: Vec<u64>,
    /// When it was committed, with the store's offset.
    pub created_at: DateTime<FixedOffset>,
    /// The version of the payload's shape.
    pub schema_version: u32,
    /// The digest of the payload.
    pub payload_hash: Digest,
    /// The frozen bytes.
    pub payload: Vec<u8>,
    /// Whom it is about, as the file knows them now: they stand in no frozen bytes.
    pub people: Vec<Described>,
    /// How often it was tried in vain.
    pub attempts: u32,
}

/// What became of an event that was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Settlement {
    /// The hub has it; the flags are what it noticed about it.
    Sent {
        /// Whether it had it before.
        is_duplicate: bool,
        /// What the hub noticed, such as `number_reused`.
        flags: Vec<String>,
    },
    /// Not now; it keeps its place and is due again at this instant.
    Retry {
        /// The instant from which it is due again.
        at: DateTime<Utc>,
        /// Why it failed.
        failure: Failure,
    },
    /// Never: it is set aside for a person.
    Quarantined(Failure),
}

/// Why an event was not taken.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Failure {
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// A stable code.
    pub code: String,
    /// What a person may read about it.
    pub detail: String,
}

/// How the events of a connector stand.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct OutboxState {
    /// Waiting to be sent, or on their way.
    pub waiting: u64,
    /// Delivered.
    pub sent: u64,
    /// Set aside for a person.
    pub quarantined: u64,
    /// Written off by a person.
    pub discarded: u64,
    /// When the oldest one that waits was committed.
    pub oldest_waiting: Option<DateTime<Utc>>,
}

/// The names of the configured connectors.
pub(crate) fn connectors(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut select = connection.prepare("SELECT name FROM connector ORDER BY name")?;
    let names = select.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

/// Queues an event for every connector.
pub(crate) fn queue(connection: &Connection, connectors: &[String], seq: i64) -> Result<(), Error> {
    for name in connectors {
        let mut count = connection
            .prepare_cached("UPDATE connector SET queued = queued + 1 WHERE name = ?1 RETURNING queued")?;
        let no: i64 = count.query_row([name], |row| row.get(0))?;
        let mut insert =
            connection.prepare_cached("INSERT INTO delivery (connector, no, seq) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![name, no, seq])?;
    }
    Ok(())
}

/// Adds a connector and queues for it what has happened so far.
pub(crate) fn add_connector(connection: &Connection, name: &str) -> Result<(), Error> {
    connection.execute("INSERT INTO connector (name) VALUES (?1)", [name])?;
    let queued = connection.execute(
        &format!(
            "INSERT INTO delivery (connector, no, seq) \
             SELECT ?1, row_number() OVER (ORDER BY seq), seq FROM event WHERE kind IN ({})",
            travelling_kinds()
        ),
        [name],
    )?;
    let queued = i64::try_from(queued).unwrap_or(i64::MAX);
    connection.execute("UPDATE connector SET queued = ?1 WHERE name = ?2", params![queued, name])?;
    Ok(())
}

/// Whether an event about something is not delivered yet.
pub(crate) fn is_unsent(connection: &Connection, connector: &str, entity: Uuid) -> Result<bool, Error> {
    let mut select = connection.prepare_cached(
        "SELECT EXISTS (SELECT * FROM delivery JOIN event USING (seq) WHERE connector = ?1 \
         AND state IN ('pending', 'in_flight') AND entity_id = ?2)",
    )?;
    Ok(select.query_row(params![connector, Col(entity)], |row| row.get(0))?)
}

/// What was on its way when the till stopped is sent again: the hub recognises what it has.
pub(crate) fn return_in_flight(connection: &Connection) -> Result<(), Error> {
    connection.execute(
        "UPDATE delivery SET state = 'pending', leased_until = NULL WHERE state = 'in_flight'",
        [],
    )?;
    Ok(())
}

/// Writes an event off that was set aside; answers whether there was one.
pub(crate) fn discard(connection: &Connection, connector: &str, no: u64) -> Result<bool, Error> {
    let sql = "UPDATE delivery SET state = 'discarded', result = 'written_off' \
               WHERE connector = ?1 AND no = ?2 AND state = 'quarantined'";
    Ok(connection.execute(sql, params![connector, to_column(no)])? > 0)
}

/// What was written off: connector and number.
pub(crate) fn discarded(connection: &Connection) -> Result<BTreeSet<(String, u64)>, Error> {
    let mut select = connection.prepare("SELECT connector, no FROM delivery WHERE state = 'discarded'")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, from_column(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Numbers count events of one till: they fit an `i64`.
fn to_column(no: u64) -> i64 {
    i64::try_from(no).unwrap_or(i64::MAX)
}

fn from_column(no: i64) -> u64 {
    u64::try_from(no).unwrap_or_default()
}

pub(crate) fn travelling_kinds() -> String {
    let kinds = EventKind::ALL.into_iter().filter(|kind| kind.travels());
    kinds.map(|kind| format!("'{}'", kind.name())).collect::<Vec<_>>().join(", ")
}
