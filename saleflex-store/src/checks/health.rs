//! How the file of a till is. Nothing in it is personal: counts, sizes, times and versions.

use std::{collections::BTreeMap, fs, path::Path};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use saleflex_core::settings::QueueRules;

use crate::{
    checks::consistency::{self, Defects},
    error::Error,
    exchange::outbox,
    file::{codec::get, migrate},
    settings,
};

/// How a file is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Health {
    /// The version of its schema.
    pub schema: i64,
    /// The newest version that this program knows.
    pub newest_schema: i64,
    /// The version of SQLite that reads it.
    pub sqlite: &'static str,
    /// How it is written: `wal`.
    pub journal_mode: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of it that are free to be used again.
    pub free_bytes: u64,
    /// Bytes of its write-ahead log.
    pub log_bytes: u64,
    /// What SQLite's check of the whole file says; nothing: it is whole.
    pub findings: Vec<String>,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// The last event's place in the journal.
    pub last_event: i64,
    /// When it was written.
    pub last_event_at: Option<DateTime<Utc>>,
    /// For each connector, how many events are in each state of delivery.
    pub deliveries: BTreeMap<String, BTreeMap<String, u64>>,
    /// For each connector, the bytes of the events that wait for it.
    pub waiting_bytes: BTreeMap<String, u64>,
    /// How much may wait before somebody has to look.
    pub queue: QueueRules,
    /// What the last two periods lack; nothing, or a program is at fault.
    pub defects: Defects,
}

/// At most so many findings are told.
const MOST_FINDINGS: usize = 20;

impl Health {
    pub(crate) fn of(connection: &Connection, path: &Path) -> Result<Self, Error> {
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let page = number("PRAGMA page_size")?;
        let size = |pages: i64| u64::try_from(pages * page).unwrap_or_default();
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let last_event = "SELECT seq, created_at FROM event ORDER BY seq DESC LIMIT 1";
        let last: Option<(i64, DateTime<Utc>)> = rusqlite::OptionalExtension::optional(
            connection.query_row(last_event, [], |row| Ok((row.get(0)?, get(row, 1)?))),
        )?;
        Ok(Self {
            schema: migrate::version(connection)?,
            newest_schema: migrate::NEWEST,
            sqlite: rusqlite::version(),
            journal_mode: connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?,
            bytes: size(number("PRAGMA page_count")?),
            free_bytes: size(number("PRAGMA freelist_count")?),
            log_bytes: fs::metadata(log).map_or(0, |log| log.len()),
            findings: findings(connection)?,
            rows: rows(connection)?,
            last_event: last.map_or(0, |(seq, _)| seq),
            last_event_at: last.map(|(_, at)| at),
            deliveries: deliveries(connection)?,
            waiting_bytes: waiting_bytes(connection)?,
            queue: settings::load(connection)?.queue,
            defects: consistency::scan(connection, &outbox::connectors(connection)?)?,
        })
    }
}

fn findings(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut check = connection.prepare(&format!("PRAGMA integrity_check({MOST_FINDINGS})"))?;
    let found = check.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(if found == ["ok"] { Vec::new() } else { found })
}

fn rows(connection: &Connection) -> Result<BTreeMap<String, u64>, Error> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
    let mut tables = connection.prepare(sql)?;
    let names = tables.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut counted = BTreeMap::new();
    for name in names {
        let rows: i64 =
            connection.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0))?;
        counted.insert(name, u64::try_from(rows).unwrap_or_default());
    }
    Ok(counted)
}

fn waiting_bytes(connection: &Connection) -> Result<BTreeMap<String, u64>, Error> {
    let sql = "SELECT connector, sum(length(payload)) FROM delivery JOIN event USING (seq) \
               WHERE state IN ('pending', 'in_flight') GROUP BY connector";
    let mut select = connection.prepare(sql)?;
    let sums = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
    let mut waiting = BTreeMap::new();
    for sum in sums {
        let (connector, bytes) = sum?;
        waiting.insert(connector, u64::try_from(bytes).unwrap_or_default());
    }
    Ok(waiting)
}

fn deliveries(connection: &Connection) -> Result<BTreeMap<String, BTreeMap<String, u64>>, Error> {
    let sql = "SELECT connector, state, count(*) FROM delivery GROUP BY connector, state";
    let mut select = connection.prepare(sql)?;
    let mut states: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let count = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
        states.entry(row.get(0)?).or_default().insert(row.get(1)?, count);
    }
    Ok(states)
}
