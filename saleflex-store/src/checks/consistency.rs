//! Whether what was finished lately is queued for the hub and listed: looked at when a till starts.
//!
//! A command is one transaction, so a difference cannot come about by selling. It is a defect of a program or of
//! whoever wrote to the file; it is told, and what is missing from an outbox is queued.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::{error::Error, exchange::outbox};

/// What the last two periods lack.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Defects {
    /// Events that travel and are not queued for a connector: its name and the event's place in the journal.
    pub not_queued: Vec<(String, i64)>,
    /// Events that finished a document of which there is no row.
    pub not_listed: Vec<i64>,
}

impl Defects {
    /// Whether nothing is missing.
    pub const fn is_empty(&self) -> bool {
        self.not_queued.is_empty() && self.not_listed.is_empty()
    }
}

/// Compares the journal of the open period and the one before with documents and outbox.
pub(crate) fn scan(connection: &Connection, connectors: &[String]) -> Result<Defects, Error> {
    let before = "SELECT seq FROM closure WHERE seq IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET 1";
    let before: i64 = connection.query_row(before, [], |row| row.get(0)).optional()?.unwrap_or_default();
    let listed = places(connection, "SELECT seq FROM document ORDER BY no DESC", None, before)?;
    let finished = "SELECT seq FROM event WHERE kind = 'transaction' ORDER BY seq DESC";
    let finished = places(connection, finished, None, before)?;
    let mut defects =
        Defects { not_listed: finished.difference(&listed).copied().collect(), ..Defects::default() };
    if connectors.is_empty() {
        return Ok(defects);
    }
    let travelling =
        format!("SELECT seq FROM event WHERE kind IN ({}) ORDER BY seq DESC", outbox::travelling_kinds());
    let travelling = places(connection, &travelling, None, before)?;
    for name in connectors {
        let queued = "SELECT seq FROM delivery WHERE connector = ?1 ORDER BY no DESC";
        let queued = places(connection, queued, Some(name), before)?;
        defects.not_queued.extend(travelling.difference(&queued).map(|seq| (name.clone(), *seq)));
    }
    Ok(defects)
}

/// Queues what is not queued, under the number it has among the events that travel.
pub(crate) fn repair(connection: &Connection, defects: &Defects) -> Result<(), Error> {
    let rank =
        format!("SELECT count(*) FROM event WHERE seq <= ?1 AND kind IN ({})", outbox::travelling_kinds());
    for (connector, seq) in &defects.not_queued {
        let no: i64 = connection.query_row(&rank, [seq], |row| row.get(0))?;
        let is_taken = "SELECT EXISTS (SELECT * FROM delivery WHERE connector = ?1 AND no = ?2)";
        let is_taken: bool = connection.query_row(is_taken, params![connector, no], |row| row.get(0))?;
        if is_taken {
            outbox::queue(connection, std::slice::from_ref(connector), *seq)?;
            continue;
        }
        let insert = "INSERT INTO delivery (connector, no, seq) VALUES (?1, ?2, ?3)";
        connection.execute(insert, params![connector, no, seq])?;
        let count = "UPDATE connector SET queued = max(queued, ?2) WHERE name = ?1";
        connection.execute(count, params![connector, no])?;
    }
    Ok(())
}

/// The places in the journal that a query answers from the last one back, as far as the one before the two periods.
fn places(
    connection: &Connection,
    sql: &str,
    connector: Option<&str>,
    before: i64,
) -> Result<BTreeSet<i64>, Error> {
    let mut select = connection.prepare(sql)?;
    let mut rows = match connector {
        Some(connector) => select.query([connector])?,
        None => select.query([])?,
    };
    let mut places = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        if seq <= before {
            break;
        }
        places.insert(seq);
    }
    Ok(places)
}
