//! Events on their way to a hub: one row for each connector and event, written in the transaction of the event.
//!
//! A till on its own has no connector and no row. The events themselves are the journal's.

use rusqlite::{Connection, params};
use saleflex_core::journal::EventKind;

use crate::error::Error;

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
    let kinds: Vec<String> = EventKind::ALL
        .into_iter()
        .filter(|kind| kind.travels())
        .map(|kind| format!("'{}'", kind.name()))
        .collect();
    connection.execute("INSERT INTO connector (name) VALUES (?1)", [name])?;
    let queued = connection.execute(
        &format!(
            "INSERT INTO delivery (connector, no, seq) \
             SELECT ?1, row_number() OVER (ORDER BY seq), seq FROM event WHERE kind IN ({})",
            kinds.join(", ")
        ),
        [name],
    )?;
    let queued = i64::try_from(queued).unwrap_or(i64::MAX);
    connection.execute("UPDATE connector SET queued = ?1 WHERE name = ?2", params![queued, name])?;
    Ok(())
}
