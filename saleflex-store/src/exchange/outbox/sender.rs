//! The sender's side of the outbox.

use std::{fs::File, sync::Arc};

use chrono::{DateTime, FixedOffset, Utc};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use uuid::Uuid;

use super::{
    Failure, OutboxState, OutgoingEvent, Settlement,
    described::{described, size},
    from_column, to_column,
};
use crate::{
    error::Error,
    file::codec::{Col, Json, get},
};

/// How much one request may carry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The most events.
    pub events: u32,
    /// Bytes of payload, and of what is said of people beside it; the first event may exceed it alone.
    pub payload_bytes: usize,
}

impl Default for Limits {
    /// 50 events or one mebibyte.
    fn default() -> Self {
        Self { events: 50, payload_bytes: 1_024 * 1_024 }
    }
}

/// A wait of more than this is no wait: the clock was set back.
const LONGEST_WAIT_S: i64 = 600;

/// One connector's events and where they stand. It may live in another thread than the till; the file stays locked
/// against other processes as long as either of them lives.
#[derive(Debug)]
pub struct Outbox {
    pub(super) connector: String,
    pub(super) connection: Connection,
    /// The number of the last event before a life, of the life that was asked for last.
    pub(super) before_life: Option<(Uuid, u64)>,
    _lock: Arc<File>,
}

impl Outbox {
    pub(crate) const fn new(connector: String, connection: Connection, lock: Arc<File>) -> Self {
        Self { connector, connection, before_life: None, _lock: lock }
    }

    /// The name of the connector it sends for.
    pub fn connector(&self) -> &str {
        &self.connector
    }

    /// Takes the next events that are due, in the order they were committed, and keeps them from being taken again
    /// until `leased_until`. A closure is only taken when every earlier event of its period was delivered or set
    /// aside; the latter are named with it. While events are on their way nothing is taken: they take effect in the
    /// order they were committed.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn claim(
        &mut self,
        now: DateTime<Utc>,
        leased_until: DateTime<Utc>,
        limits: Limits,
    ) -> Result<Vec<OutgoingEvent>, Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut events = due(&transaction, &self.connector, now, limits)?;
        let mut lease = transaction.prepare_cached(
            "UPDATE delivery SET state = 'in_flight', leased_until = ?1, last_attempt_at = ?2 \
             WHERE connector = ?3 AND no = ?4",
        )?;
        for event in &events {
            lease.execute(params![Col(leased_until), Col(now), self.connector, to_column(event.no)])?;
        }
        drop(lease);
        transaction.commit()?;
        for event in &mut events {
            event.epoch_after = self.before_life(event.epoch)?;
        }
        Ok(events)
    }

    /// Records what became of events that were sent, all in one transaction. An event that is not on its way any more
    /// is left as it is.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn settle(&mut self, now: DateTime<Utc>, results: &[(u64, Settlement)]) -> Result<(), Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (no, settlement) in results {
            settle(&transaction, &self.connector, to_column(*no), settlement, now)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Gives claimed events back unsent, without counting an attempt: the hub could not be asked.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn give_back(&mut self, events: &[u64]) -> Result<(), Error> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for no in events {
            let sql = "UPDATE delivery SET state = 'pending', leased_until = NULL \
                       WHERE connector = ?1 AND no = ?2 AND state = 'in_flight'";
            transaction.execute(sql, params![self.connector, to_column(*no)])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Sends an event that was set aside once more, from its first attempt; answers whether there was one.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn release(&mut self, no: u64) -> Result<bool, Error> {
        let sql = "UPDATE delivery SET state = 'pending', attempts = 0, next_attempt_at = NULL \
                   WHERE connector = ?1 AND no = ?2 AND state = 'quarantined'";
        Ok(self.connection.execute(sql, params![self.connector, to_column(no)])? > 0)
    }

    /// The events that were set aside, with the reason.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn quarantined(&self) -> Result<Vec<(u64, Failure)>, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT no, last_status, last_error_code, last_error FROM delivery \
             WHERE connector = ?1 AND state = 'quarantined' ORDER BY no",
        )?;
        let rows = select.query_map([&self.connector], |row| {
            let failure = Failure {
                status: row.get(1)?,
                code: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                detail: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
            };
            Ok((from_column(row.get(0)?), failure))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How the events stand.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn state(&self) -> Result<OutboxState, Error> {
        let mut state = OutboxState::default();
        let mut select = self
            .connection
            .prepare_cached("SELECT state, count(*) FROM delivery WHERE connector = ?1 GROUP BY state")?;
        let mut rows = select.query([&self.connector])?;
        while let Some(row) = rows.next()? {
            let count = from_column(row.get(1)?);
            match row.get_ref(0)?.as_str().unwrap_or_default() {
                "pending" | "in_flight" => state.waiting += count,
                "sent" => state.sent += count,
                "quarantined" => state.quarantined += count,
                "discarded" => state.discarded += count,
                // The column takes no other that is ever written.
                _ => {}
            }
        }
        let oldest = "SELECT created_at FROM delivery JOIN event USING (seq) \
                      WHERE connector = ?1 AND state IN ('pending', 'in_flight') ORDER BY no LIMIT 1";
        state.oldest_waiting =
            self.connection.query_row(oldest, [&self.connector], |row| get(row, 0)).optional()?;
        Ok(state)
    }
}

fn due(
    connection: &Connection,
    connector: &str,
    now: DateTime<Utc>,
    limits: Limits,
) -> Result<Vec<OutgoingEvent>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT delivery.no, state, leased_until, next_attempt_at, epoch.id, kind, entity_id, revision, \
         depends_on_closure, created_at, offset_min, schema_version, payload_hash, payload, attempts \
         FROM delivery JOIN event USING (seq) JOIN epoch ON epoch.no = event.epoch \
         WHERE connector = ?1 AND state IN ('pending', 'in_flight') ORDER BY delivery.no",
    )?;
    let mut rows = select.query([connector])?;
    let (mut events, mut bytes) = (Vec::<OutgoingEvent>::new(), 0);
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let closure: Option<u32> = row.get(8)?;
        if !is_due(row, now)? {
            if is_in_flight(row) {
                // One request at a time: what comes after it would take effect before it.
                break;
            }
            // What comes after it does not wait for it, but for the record that closes its period.
            waiting.push(closure);
            continue;
        }
        let mut event = read(row)?;
        event.people = described(connection, &event)?;
        if event.kind == "closure" {
            if waiting.contains(&closure)
                || events.iter().any(|earlier| earlier.depends_on_closure == event.depends_on_closure)
            {
                break;
            }
            event.missing = missing(connection, connector, &event)?;
        }
        bytes += size(&event);
        if !events.is_empty() && bytes > limits.payload_bytes {
            break;
        }
        events.push(event);
        if events.len() >= limits.events as usize {
            break;
        }
    }
    Ok(events)
}

fn is_due(row: &Row<'_>, now: DateTime<Utc>) -> Result<bool, Error> {
    let until: Option<DateTime<Utc>> = get(row, if is_in_flight(row) { 2 } else { 3 })?;
    let waits = |until: DateTime<Utc>| now < until && (until - now).num_seconds() <= LONGEST_WAIT_S;
    Ok(!until.is_some_and(waits))
}

fn is_in_flight(row: &Row<'_>) -> bool {
    row.get_ref(1).is_ok_and(|state| state.as_str() == Ok("in_flight"))
}

fn read(row: &Row<'_>) -> rusqlite::Result<OutgoingEvent> {
    let (instant, offset_min) = (get::<DateTime<Utc>>(row, 9)?, row.get::<_, i32>(10)?);
    let offset = FixedOffset::east_opt(offset_min * 60);
    Ok(OutgoingEvent {
        no: from_column(row.get(0)?),
        epoch: get(row, 4)?,
        epoch_after: 0,
        kind: row.get(5)?,
        entity_id: get(row, 6)?,
        revision: row.get(7)?,
        depends_on_closure: get(row, 8)?,
        missing: Vec::new(),
        created_at: offset.map_or_else(|| instant.fixed_offset(), |offset| instant.with_timezone(&offset)),
        schema_version: row.get(11)?,
        payload_hash: get(row, 12)?,
        payload: row.get(13)?,
        people: Vec::new(),
        attempts: row.get(14)?,
    })
}

/// Events of a closure's period that were set aside.
fn missing(connection: &Connection, connector: &str, closure: &OutgoingEvent) -> Result<Vec<u64>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT no FROM delivery JOIN event USING (seq) WHERE connector = ?1 AND no < ?2 \
         AND state IN ('quarantined', 'discarded') AND depends_on_closure IS ?3 ORDER BY no",
    )?;
    let rows = select
        .query_map(params![connector, to_column(closure.no), Col(closure.depends_on_closure)], |row| {
            row.get::<_, i64>(0).map(from_column)
        })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn settle(
    connection: &Connection,
    connector: &str,
    no: i64,
    settlement: &Settlement,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    const HERE: &str = "WHERE connector = ?1 AND no = ?2 AND state IN ('pending', 'in_flight')";
    match settlement {
        Settlement::Sent { is_duplicate, flags } => {
            let result = if *is_duplicate { "duplicate" } else { "accepted" };
            let mut update = connection.prepare_cached(&format!(
                "UPDATE delivery SET state = 'sent', leased_until = NULL, sent_at = ?3, result = ?4, \
                 flags = ?5 {HERE}"
            ))?;
            update.execute(params![connector, no, Col(now), result, Json(flags)])?;
        }
        Settlement::Retry { at, failure } => {
            let mut update = connection.prepare_cached(&format!(
                "UPDATE delivery SET state = 'pending', leased_until = NULL, attempts = attempts + 1, \
                 next_attempt_at = ?3, last_status = ?4, last_error_code = ?5, last_error = ?6 {HERE}"
            ))?;
            let Failure { status, code, detail } = failure;
            update.execute(params![connector, no, Col(*at), status, code, detail])?;
        }
        Settlement::Quarantined(Failure { status, code, detail }) => {
            let mut update = connection.prepare_cached(&format!(
                "UPDATE delivery SET state = 'quarantined', leased_until = NULL, attempts = attempts + 1, \
                 last_status = ?3, last_error_code = ?4, last_error = ?5 {HERE}"
            ))?;
            update.execute(params![connector, no, status, code, detail])?;
        }
    }
    Ok(())
}
