//! How far a queue is, and what of it is sent once more.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use saleflex_core::ids::ClosureNumber;
use uuid::Uuid;

use super::{Failure, Outbox, from_column, to_column};
use crate::{
    error::Error,
    file::codec::{Col, get, get_json},
};

/// How far a queue is. Asking takes as long as what waits, however much was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// The present life of the file.
    pub epoch: Uuid,
    /// The number of the last event that was queued.
    pub last_no: u64,
    /// Events that wait or are on their way.
    pub waiting: u64,
    /// When the oldest of them was committed.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// Events set aside for a person.
    pub quarantined: u64,
    /// Events that the hub took and noticed something about.
    pub flagged: u64,
    /// The number that the open period closes under.
    pub open_period: ClosureNumber,
}

/// What an event is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EventIdentity {
    /// What kind, by its name on the wire.
    pub kind: String,
    /// What it is about.
    pub entity_id: Uuid,
    /// 1 for an event as first committed; a correction is a new event with a higher one.
    pub revision: u32,
}

/// An event that is not delivered, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Undelivered {
    /// The event's number among those that travel.
    pub no: u64,
    /// What kind, by its name on the wire.
    pub kind: String,
    /// When it was committed.
    pub created_at: DateTime<Utc>,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// A person has to look at it; else it waits its turn.
    pub is_set_aside: bool,
    /// Why it was not taken when it was tried last.
    pub failure: Option<Failure>,
}

/// An event that the hub took, and what it noticed about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Flagged {
    /// The event's number among those that travel.
    pub no: u64,
    /// What kind, by its name on the wire.
    pub kind: String,
    /// When it was committed.
    pub created_at: DateTime<Utc>,
    /// By the hub's names, such as `number_reused`.
    pub flags: Vec<String>,
}

impl Outbox {
    /// At most so many events that the hub took and noticed something about, the last first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn flagged(&self, limit: u32) -> Result<Vec<Flagged>, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT delivery.no, kind, created_at, flags FROM delivery JOIN event USING (seq) \
             WHERE connector = ?1 AND flags <> '[]' ORDER BY delivery.no DESC LIMIT ?2",
        )?;
        let rows = select.query_map(params![self.connector, limit], |row| {
            let (no, flags) = (from_column(row.get(0)?), get_json(row, 3)?);
            Ok(Flagged { no, kind: row.get(1)?, created_at: get(row, 2)?, flags })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// At most so many events that are not delivered: those set aside, then those that wait, each in their order.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn undelivered(&self, limit: u32) -> Result<Vec<Undelivered>, Error> {
        let mut listed = Vec::new();
        for states in ["'quarantined', 'discarded'", "'pending', 'in_flight'"] {
            let left = i64::from(limit) - i64::try_from(listed.len()).unwrap_or(i64::MAX);
            let mut select = self.connection.prepare_cached(&format!(
                "SELECT delivery.no, kind, created_at, attempts, state, last_status, last_error_code, last_error \
                 FROM delivery JOIN event USING (seq) WHERE connector = ?1 AND state IN ({states}) \
                 AND state <> 'discarded' ORDER BY delivery.no LIMIT ?2"
            ))?;
            let rows = select.query_map(params![self.connector, left], |row| {
                let code: Option<String> = row.get(6)?;
                let failure = code.map(|code| {
                    let detail = row.get::<_, Option<String>>(7)?.unwrap_or_default();
                    Ok::<_, rusqlite::Error>(Failure { status: row.get(5)?, code, detail })
                });
                Ok(Undelivered {
                    no: from_column(row.get(0)?),
                    kind: row.get(1)?,
                    created_at: get(row, 2)?,
                    attempts: row.get(3)?,
                    is_set_aside: row.get_ref(4)?.as_str().unwrap_or_default() == "quarantined",
                    failure: failure.transpose()?,
                })
            })?;
            listed.extend(rows.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(listed)
    }

    /// How far the queue is.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn progress(&self) -> Result<Progress, Error> {
        let one = |sql: &str| -> Result<u64, Error> {
            let mut select = self.connection.prepare_cached(sql)?;
            Ok(from_column(select.query_row([&self.connector], |row| row.get(0))?))
        };
        let epoch = "SELECT id FROM epoch ORDER BY no DESC LIMIT 1";
        let oldest = "SELECT created_at FROM delivery JOIN event USING (seq) \
                      WHERE connector = ?1 AND state IN ('pending', 'in_flight') ORDER BY delivery.no LIMIT 1";
        let open_period =
            "SELECT coalesce(json_extract(period, '$.closes_as'), number) FROM closure WHERE seq IS NULL";
        Ok(Progress {
            open_period: ClosureNumber(self.connection.query_row(open_period, [], |row| row.get(0))?),
            epoch: self.connection.query_row(epoch, [], |row| get(row, 0))?,
            last_no: one("SELECT queued FROM connector WHERE name = ?1")?,
            waiting: one(
                "SELECT count(*) FROM delivery WHERE connector = ?1 AND state IN ('pending', 'in_flight')",
            )?,
            oldest_waiting: self
                .connection
                .query_row(oldest, [&self.connector], |row| get(row, 0))
                .optional()?,
            quarantined: one("SELECT count(*) FROM delivery WHERE connector = ?1 \
                 AND state IN ('quarantined', 'discarded') AND state = 'quarantined'")?,
            flagged: one("SELECT count(*) FROM delivery WHERE connector = ?1 AND flags <> '[]'")?,
        })
    }

    /// When the first of the events is due that wait for a time after `now`, or are on their way until then; none where none
    /// does.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn next_due(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT min(due) FROM (SELECT iif(state = 'in_flight', leased_until, next_attempt_at) AS due \
             FROM delivery WHERE connector = ?1 AND state IN ('pending', 'in_flight')) WHERE due > ?2",
        )?;
        Ok(select.query_row(params![self.connector, Col(now)], |row| get(row, 0))?)
    }

    /// Whether this is a life of the file, the present one or an earlier one.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn knows(&self, epoch: Uuid) -> Result<bool, Error> {
        let sql = "SELECT EXISTS (SELECT * FROM epoch WHERE id = ?1)";
        Ok(self.connection.query_row(sql, [Col(epoch)], |row| row.get(0))?)
    }

    /// What an event that was queued is; none where there is no such number.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn identity_of(&self, no: u64) -> Result<Option<EventIdentity>, Error> {
        let mut select = self.connection.prepare_cached(
            "SELECT kind, entity_id, revision FROM delivery JOIN event USING (seq) \
             WHERE connector = ?1 AND delivery.no = ?2",
        )?;
        let identity = select.query_row(params![self.connector, to_column(no)], |row| {
            Ok(EventIdentity { kind: row.get(0)?, entity_id: get(row, 1)?, revision: row.get(2)? })
        });
        Ok(identity.optional()?)
    }

    /// Queues again what the hub has not, of what it was sent: every delivered event of which `holds` says so, given
    /// its life and its number. Answers how many.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn send_again(&mut self, holds: impl Fn(Uuid, u64) -> bool) -> Result<u64, Error> {
        let transaction = self.connection.transaction()?;
        let mut select = transaction.prepare_cached(
            "SELECT delivery.no, epoch.id FROM delivery JOIN event USING (seq) \
             JOIN epoch ON epoch.no = event.epoch WHERE connector = ?1 AND state = 'sent'",
        )?;
        let sent = select
            .query_map([&self.connector], |row| Ok((from_column(row.get(0)?), get::<Uuid>(row, 1)?)))?;
        let mut lacking = Vec::new();
        for row in sent {
            let (no, epoch) = row?;
            if !holds(epoch, no) {
                lacking.push(no);
            }
        }
        drop(select);
        for no in &lacking {
            let mut update = transaction.prepare_cached(
                "UPDATE delivery SET state = 'pending', attempts = 0, next_attempt_at = NULL, result = NULL \
                 WHERE connector = ?1 AND no = ?2",
            )?;
            update.execute(params![self.connector, to_column(*no)])?;
        }
        transaction.commit()?;
        Ok(u64::try_from(lacking.len()).unwrap_or(u64::MAX))
    }

    /// The number of the last event that was queued before a life.
    pub(super) fn before_life(&mut self, epoch: Uuid) -> Result<u64, Error> {
        if let Some((known, before)) = self.before_life
            && known == epoch
        {
            return Ok(before);
        }
        let before = self.connection.query_row(
            "SELECT coalesce(max(no), 0) FROM delivery WHERE connector = ?1 \
             AND seq < (SELECT first_seq FROM epoch WHERE id = ?2)",
            params![self.connector, Col(epoch)],
            |row| row.get(0),
        )?;
        let before = from_column(before);
        self.before_life = Some((epoch, before));
        Ok(before)
    }
}
