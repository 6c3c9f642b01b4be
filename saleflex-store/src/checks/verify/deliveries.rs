//! What is queued for connectors: every event that travels, once, in order, and nothing else.
//!
//! Where a delivery stands is the sender's word and no part of the journal, but for one thing: nothing is written
//! off without an entry that says by whom and why.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::journal::{Entry, Event};

use super::{Finding, Tampering, hold};
use crate::{error::Error, exchange::outbox};

pub(super) struct Deliveries<'a> {
    connection: &'a Connection,
    connectors: Vec<String>,
    /// How many events that travel were seen.
    travelled: i64,
    /// What was written off: connector and number.
    discarded: BTreeSet<(String, u64)>,
}

impl<'a> Deliveries<'a> {
    pub(super) fn new(connection: &'a Connection) -> Result<Self, Error> {
        let connectors = outbox::connectors(connection)?;
        Ok(Self { connection, connectors, travelled: 0, discarded: BTreeSet::new() })
    }

    /// The next number of every connector is this event, if it travels.
    pub(super) fn of_entry(&mut self, entry: &Entry, seq: i64) -> Finding {
        if let Event::DeliveryDiscarded { connector, no, .. } = &entry.event {
            self.discarded.insert((connector.clone(), *no));
        }
        if !entry.kind().travels() {
            return Ok(Ok(()));
        }
        self.travelled += 1;
        for connector in &self.connectors {
            let mut select = self
                .connection
                .prepare_cached("SELECT seq FROM delivery WHERE connector = ?1 AND no = ?2")?;
            let queued: Option<i64> =
                select.query_row(params![connector, self.travelled], |row| row.get(0)).optional()?;
            hold!(queued == Some(seq), Tampering::DeliveryChanged);
        }
        Ok(Ok(()))
    }

    /// What must hold when every entry was seen.
    pub(super) fn end(&self) -> Finding {
        let queued: i64 = self.connection.query_row("SELECT count(*) FROM delivery", [], |row| row.get(0))?;
        let expected = self.connectors.iter().map(|_| self.travelled).sum::<i64>();
        hold!(queued == expected, Tampering::DeliveryChanged);
        let miscounted = "SELECT EXISTS (SELECT * FROM connector WHERE queued <> ?1)";
        let is_miscounted: bool =
            self.connection.query_row(miscounted, [self.travelled], |row| row.get(0))?;
        hold!(!is_miscounted, Tampering::DeliveryChanged);
        hold!(outbox::discarded(self.connection)? == self.discarded, Tampering::DeliveryChanged);
        Ok(Ok(()))
    }
}
