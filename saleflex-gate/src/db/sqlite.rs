//! SQLite inside the program: one file, one connection that writes, a few that read.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{
    Batch, CachedStatement, Connection, OpenFlags, Statement, fallible_iterator::FallibleIterator, ffi,
    types::ValueRef,
};

use super::{Ask, Database, DatabaseError, Each, Purpose, Row, Rows, Session, Tenant, Value, Work};

/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 128;
/// How long a backup waits for whoever changes how the file is written.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections that wait for the next reader; more are opened under load and closed after it.
const IDLE_READERS: usize = 4;

/// A hub's file.
#[derive(Debug)]
pub struct Sqlite {
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// None when the database is in memory: then the writer reads too.
    path: Option<PathBuf>,
}

impl Sqlite {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] when it cannot be opened or is no database.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        let writer = Connection::open(path)?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        Ok(Self {
            writer: Mutex::new(prepared(writer)?),
            readers: Mutex::default(),
            path: Some(path.to_owned()),
        })
    }

    /// A database that ends with the program, for tests.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] when there is no memory for it.
    pub fn in_memory() -> Result<Self, DatabaseError> {
        let writer = prepared(Connection::open_in_memory()?)?;
        Ok(Self { writer: Mutex::new(writer), readers: Mutex::default(), path: None })
    }

    /// Copies a hub's file as it is at one moment, also while the hub serves, into one that is empty or not there yet.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] when the file is none, cannot be read, or the copy cannot be written.
    pub fn copy(from: &Path, to: &Path) -> Result<(), DatabaseError> {
        let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        source.busy_timeout(PATIENCE)?;
        source.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
        Ok(())
    }

    fn read(&self, path: &Path, work: Work<'_>) -> Result<(), DatabaseError> {
        let idle = locked(&self.readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => prepared(Connection::open(path)?)?,
        };
        read_only(&reader, work)?;
        let mut readers = locked(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        Ok(())
    }
}

/// Lets work read, and refuses it every write: what a read wrote would be lost without a word.
fn read_only(connection: &Connection, work: Work<'_>) -> Result<(), DatabaseError> {
    connection.execute_batch("BEGIN")?;
    work(&mut Statements { connection, may_write: false });
    Ok(connection.execute_batch("ROLLBACK")?)
}

/// A thread that panicked while it held a connection left a transaction, which the next `BEGIN` would find.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn prepared(connection: Connection) -> Result<Connection, DatabaseError> {
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

impl Database for Sqlite {
    fn transact(&self, _: Tenant, purpose: Purpose, work: Work<'_>) -> Result<(), DatabaseError> {
        if let (Purpose::Read, Some(path)) = (purpose, &self.path) {
            return self.read(path, work);
        }
        let writer = locked(&self.writer);
        if !writer.is_autocommit() {
            writer.execute_batch("ROLLBACK")?;
        }
        if purpose == Purpose::Read {
            return read_only(&writer, work);
        }
        writer.execute_batch("BEGIN IMMEDIATE")?;
        let stands = work(&mut Statements { connection: &writer, may_write: true });
        let end = writer.execute_batch(if stands { "COMMIT" } else { "ROLLBACK" });
        if end.is_err() && !writer.is_autocommit() {
            writer.execute_batch("ROLLBACK")?;
        }
        Ok(end?)
    }

    fn migrations(&self) -> &'static [&'static str] {
        &[
            include_str!("../../migrations/sqlite/0001_hub.sql"),
            include_str!("../../migrations/sqlite/0002_lives.sql"),
            include_str!("../../migrations/sqlite/0003_relay.sql"),
            include_str!("../../migrations/sqlite/0004_people.sql"),
            include_str!("../../migrations/sqlite/0005_business.sql"),
            include_str!("../../migrations/sqlite/0006_quotas.sql"),
            include_str!("../../migrations/sqlite/0007_offers_of_ownership.sql"),
            include_str!("../../migrations/sqlite/0008_hub_lives.sql"),
            include_str!("../../migrations/sqlite/0009_upkeep.sql"),
            include_str!("../../migrations/sqlite/0010_gift_cards.sql"),
            include_str!("../../migrations/sqlite/0011_authority.sql"),
            include_str!("../../migrations/sqlite/0012_document_customers.sql"),
            include_str!("../../migrations/sqlite/0013_closure_days.sql"),
            include_str!("../../migrations/sqlite/0014_earlier_customers.sql"),
            include_str!("../../migrations/sqlite/0015_forwarding.sql"),
            include_str!("../../migrations/sqlite/0016_places.sql"),
            include_str!("../../migrations/sqlite/0017_returned.sql"),
            include_str!("../../migrations/sqlite/0018_practice_and_dues.sql"),
            include_str!("../../migrations/sqlite/0019_moved_terminals.sql"),
            include_str!("../../migrations/sqlite/0020_once.sql"),
            include_str!("../../migrations/sqlite/0021_looked_up.sql"),
            include_str!("../../migrations/sqlite/0022_accounts.sql"),
            include_str!("../../migrations/sqlite/0023_goods.sql"),
            include_str!("../../migrations/sqlite/0024_traces.sql"),
            include_str!("../../migrations/sqlite/0025_campaign_sets.sql"),
            include_str!("../../migrations/sqlite/0026_customers_gone.sql"),
            include_str!("../../migrations/sqlite/0027_points_that_run_out.sql"),
            include_str!("../../migrations/sqlite/0028_closing_numbers.sql"),
            include_str!("../../migrations/sqlite/0029_messages.sql"),
            include_str!("../../migrations/sqlite/0030_ledger_by_seq.sql"),
            include_str!("../../migrations/sqlite/0031_put_back_and_told.sql"),
            include_str!("../../migrations/sqlite/0032_tiers.sql"),
            include_str!("../../migrations/sqlite/0033_overrides_and_people.sql"),
            include_str!("../../migrations/sqlite/0034_said_above.sql"),
            include_str!("../../migrations/sqlite/0035_cards_of_the_purged.sql"),
            include_str!("../../migrations/sqlite/0036_replaced_secrets.sql"),
        ]
    }
}

struct Statements<'a> {
    connection: &'a Connection,
    may_write: bool,
}

impl<'a> Statements<'a> {
    /// A statement, unless it writes where nothing may. The pragma that refuses writes would have every statement of the
    /// connection prepared anew after each change of it.
    fn prepared(&self, sql: &str) -> Result<CachedStatement<'a>, DatabaseError> {
        let statement = self.connection.prepare_cached(&numbered(sql))?;
        self.may(&statement)?;
        Ok(statement)
    }

    fn may(&self, statement: &Statement<'_>) -> rusqlite::Result<()> {
        if self.may_write || statement.readonly() {
            return Ok(());
        }
        let refused = ffi::Error::new(ffi::SQLITE_READONLY);
        Err(rusqlite::Error::SqliteFailure(refused, Some("a read does not write".to_owned())))
    }

    /// Prepares a statement, and binds what stays the same however often it runs.
    fn bound(&self, sql: &str, common: &[Value]) -> Result<CachedStatement<'a>, DatabaseError> {
        let mut statement = self.prepared(sql)?;
        bind(&mut statement, 1, common)?;
        Ok(statement)
    }

    fn about_each(&self, asked: &Each) -> Result<Vec<Row>, DatabaseError> {
        let mut statement = self.bound(asked.statement(), asked.common())?;
        let columns = statement.column_count();
        let mut found = Vec::new();
        for key in asked.each() {
            bind(&mut statement, asked.common().len() + 1, key)?;
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                found.push(read(row, columns)?);
            }
        }
        Ok(found)
    }

    /// Writes rows, and answers of those that were written what tells them apart, where that is asked for.
    fn write(&self, rows: &Rows, is_answered: bool) -> Result<Vec<Row>, DatabaseError> {
        let mut statement = self.bound(&rows.statement(), rows.common())?;
        let mut written = Vec::new();
        for row in rows.each() {
            bind(&mut statement, rows.common().len() + 1, row)?;
            if statement.raw_execute()? > 0 && is_answered {
                written.push(rows.key_of(row));
            }
        }
        Ok(written)
    }
}

impl Session for Statements<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DatabaseError> {
        let mut statement = self.prepared(sql)?;
        let touched = statement.execute(rusqlite::params_from_iter(values))?;
        Ok(u64::try_from(touched).unwrap_or(u64::MAX))
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let mut statement = self.prepared(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map(rusqlite::params_from_iter(values), |row| read(row, columns))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn ask_all(&mut self, asked: Vec<Ask>) -> Result<Vec<Vec<Row>>, DatabaseError> {
        let answers = asked.iter().map(|ask| match ask {
            Ask::Once((sql, values)) => self.query(sql, values),
            Ask::Each(each) => self.about_each(each),
            Ask::Write(rows) => self.write(rows, true),
        });
        answers.collect()
    }

    fn send_rows(&mut self, rows: Rows) -> Result<(), DatabaseError> {
        self.write(&rows, false).map(drop)
    }

    fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        let mut batch = Batch::new(self.connection, sql);
        while let Some(mut statement) = batch.next()? {
            self.may(&statement)?;
            // What a statement answers is nothing to whoever sends several.
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
        }
        Ok(())
    }
}

/// `$1` is a name to SQLite and `?1` the first parameter.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

/// Binds values to the places from one on.
fn bind(statement: &mut Statement<'_>, first: usize, values: &[Value]) -> rusqlite::Result<()> {
    (first..).zip(values).try_for_each(|(place, value)| statement.raw_bind_parameter(place, value))
}

fn read(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Row> {
    let values = (0..columns).map(|column| Ok(value(row.get_ref(column)?)));
    values.collect::<rusqlite::Result<_>>().map(Row::new)
}

fn value(column: ValueRef<'_>) -> Value {
    match column {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        // Every table is STRICT and none has such a column.
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => Value::Null,
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => rusqlite::types::Null.into(),
            Self::Integer(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_forwarded_before_it_was_written_down_when_is_swept_in_its_time_too() {
        let connection = Connection::open_in_memory().unwrap();
        let hub = Sqlite { writer: Mutex::new(connection), readers: Mutex::default(), path: None };
        let connection = hub.writer.lock().unwrap();
        let (before, after) = hub.migrations().split_at(8);
        connection.execute_batch(&before.concat()).unwrap();
        connection
            .execute_batch(
                "PRAGMA foreign_keys = OFF; INSERT INTO relay (company_id, no, terminal_id, kind, entity_id, \
                 revision, head, state) VALUES ('c', 1, 't', 'k', 'e', 1, '{}', 'sent'), \
                 ('c', 2, 't', 'k', 'f', 1, '{}', 'pending')",
            )
            .unwrap();
        connection.execute_batch(&after.concat()).unwrap();
        let settled = |no: i64| {
            let sql = "SELECT settled_at IS NOT NULL FROM relay WHERE no = ?1";
            connection.query_row(sql, [no], |row| row.get::<_, bool>(0)).unwrap()
        };
        assert!(settled(1) && !settled(2));
    }

    #[test]
    fn a_stores_hub_of_before_asks_for_everything_anew_since_it_passed_over_what_it_did_not_know() {
        let connection = Connection::open_in_memory().unwrap();
        let hub = Sqlite { writer: Mutex::new(connection), readers: Mutex::default(), path: None };
        let connection = hub.writer.lock().unwrap();
        let (before, after) = hub.migrations().split_at(24);
        connection.execute_batch(&before.concat()).unwrap();
        let place =
            "INSERT INTO upstream (company_id, queued, cursor, snapshots) VALUES ('c', 3, 'gone by', 1)";
        connection.execute_batch(place).unwrap();
        connection.execute_batch(&after.concat()).unwrap();
        let sql = "SELECT cursor IS NULL, queued, snapshots FROM upstream";
        let columns = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let left: (bool, i64, i64) = connection.query_row(sql, [], columns).unwrap();
        assert_eq!(left, (true, 3, 1));
    }
}
