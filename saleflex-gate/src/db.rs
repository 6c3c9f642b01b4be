//! Where a hub keeps what it knows: one trait, SQLite inside the program or PostgreSQL beside it.
//!
//! The statements above this module are written once, in the SQL that both understand, with `$1` for a parameter.
//!
//! **Invariants:** every statement runs inside a transaction; a transaction serves one tenant, and on PostgreSQL its
//! role sees the rows of that tenant only; work that reports an error leaves nothing behind.

use std::{cell::OnceCell, fmt, sync::Arc};

use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::request;

mod migrate;
mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;
mod together;
mod value;

pub use postgres::Postgres;
pub use sqlite::Sqlite;
pub(crate) use together::{Answers, MOST_NAMED, Together, named};
pub use together::{Ask, Column, Each, Form, Rows};
pub use value::{Row, Value};

/// Whose rows a transaction may touch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tenant {
    /// The tables that stand above companies: codes, tokens, the list of companies itself.
    Platform,
    /// One company, by its id: the rows of others are out of reach.
    Company(Uuid),
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Reading; a write is an error.
    Read,
    /// Reading and writing.
    Write,
}

/// A database that could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// SQLite refused or failed.
    #[error("the database file refused")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused or failed.
    #[error("the database server refused")]
    Postgres(#[from] tokio_postgres::Error),
    /// No connection to PostgreSQL could be had.
    #[error("the database server cannot be reached")]
    Pool(#[from] deadpool_postgres::PoolError),
    /// The pool of connections cannot be made.
    #[error("the pool of connections cannot be made")]
    Build(#[from] deadpool_postgres::BuildError),
    /// A column does not hold what the program wrote into it.
    #[error("column {column} does not hold {expected}")]
    Column {
        /// Its place in the row, from 0.
        column: usize,
        /// What the program would have read there.
        expected: &'static str,
    },
    /// The database was made by a newer program.
    #[error("the database is of version {found}, this program knows up to {known}")]
    Newer {
        /// The database's version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A migration that this database has had is not the one of this program.
    #[error("migration {version} of this database is not that of this program")]
    Changed {
        /// The number of the migration.
        version: i64,
    },
    /// The books no longer hold what the work went by: it is to be done anew.
    #[error("the work went by what is no longer so")]
    Outdated,
    /// The thread that worked was lost.
    #[error("the work was stopped")]
    Stopped,
}

impl DatabaseError {
    /// Whether a statement was refused while the connection stands: what came before it can be kept.
    pub(crate) fn is_of_a_statement(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                error.code == rusqlite::ErrorCode::ConstraintViolation
            }
            Self::Postgres(error) => error.as_db_error().is_some() && !self.is_busy(),
            Self::Column { .. } => true,
            Self::Sqlite(_)
            | Self::Pool(_)
            | Self::Build(_)
            | Self::Newer { .. }
            | Self::Changed { .. }
            | Self::Outdated
            | Self::Stopped => false,
        }
    }

    /// Whether the same transaction may succeed a moment later: others stood in its way.
    pub(crate) fn is_busy(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                matches!(error.code, rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
            }
            Self::Postgres(error) => {
                matches!(
                    error.code(),
                    Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE)
                )
            }
            Self::Sqlite(_)
            | Self::Pool(_)
            | Self::Build(_)
            | Self::Column { .. }
            | Self::Newer { .. }
            | Self::Changed { .. }
            | Self::Outdated
            | Self::Stopped => false,
        }
    }

    /// Whether a server had the transaction give way, so that those go on who waited for it and it for them.
    fn gave_way(&self) -> bool {
        matches!(self, Self::Postgres(_)) && self.is_busy()
    }

    /// The error and its causes in one line, without the values of a row, which may be somebody's name.
    pub(crate) fn told(&self) -> String {
        if let Self::Postgres(error) = self
            && let Some(refused) = error.as_db_error()
        {
            let table = refused.table().unwrap_or("no table");
            let constraint = refused.constraint().unwrap_or("no constraint");
            return format!("{self}: {} at {table}, {constraint}", refused.code().code());
        }
        let mut told = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            told = format!("{told}: {next}");
            cause = next.source();
        }
        told
    }
}

/// A statement and its values.
pub type Question = (String, Vec<Value>);

/// What whoever holds something lets others do with it until the transaction is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Hold {
    /// Hold it so as well.
    Shared,
    /// Wait.
    Alone,
}

/// Statements inside one transaction.
pub trait Session {
    /// Runs a statement and says how many rows it touched.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] or [`DatabaseError::Postgres`], whichever database refuses it.
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DatabaseError>;

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] or [`DatabaseError::Postgres`], whichever database refuses it.
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError>;

    /// Runs several statements without parameters, as migrations are.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] or [`DatabaseError::Postgres`], whichever database refuses one.
    fn batch(&mut self, sql: &str) -> Result<(), DatabaseError>;

    /// Runs statements in their order and returns the rows of each: to a server all go on one way, and back on one.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] or [`DatabaseError::Postgres`], whichever database refuses one.
    fn query_all(&mut self, questions: &[Question]) -> Result<Vec<Vec<Row>>, DatabaseError> {
        questions.iter().map(|(sql, values)| self.query(sql, values)).collect()
    }

    /// Asks several things in their order, as [`Session::query_all`] does, and answers the rows of each.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] or [`DatabaseError::Postgres`], whichever database refuses one.
    fn ask_all(&mut self, asked: Vec<Ask>) -> Result<Vec<Vec<Row>>, DatabaseError> {
        let mut answers = Vec::with_capacity(asked.len());
        for ask in asked {
            let mut rows = Vec::new();
            match ask {
                Ask::Once((sql, values)) => rows = self.query(&sql, &values)?,
                Ask::Each(each) => {
                    for key in each.each() {
                        rows.extend(self.query(each.statement(), &[each.common(), key].concat())?);
                    }
                }
                Ask::Write(written) => {
                    let sql = written.statement();
                    for row in written.each() {
                        if self.execute(&sql, &[written.common(), row].concat())? > 0 {
                            rows.push(written.key_of(row));
                        }
                    }
                }
            }
            answers.push(rows);
        }
        Ok(answers)
    }

    /// Asks as [`Session::ask_all`] does, and works in between on what needs no answer: beside a server, which answers
    /// meanwhile, and before anything else is asked.
    ///
    /// # Errors
    /// As [`Session::ask_all`].
    fn ask_all_while(&mut self, asked: Vec<Ask>, work: &dyn Fn()) -> Result<Vec<Vec<Row>>, DatabaseError> {
        work();
        self.ask_all(asked)
    }

    /// Writes rows, as [`Session::send`] does.
    ///
    /// # Errors
    /// As [`Session::send`].
    fn send_rows(&mut self, rows: Rows) -> Result<(), DatabaseError> {
        self.ask_all(vec![Ask::Write(rows)]).map(drop)
    }

    /// Runs a statement whose answer nobody needs: on a server it runs in its turn, before whatever is asked next, and
    /// nobody waits for it. A refusal may be told by what is asked next, by [`Session::hear`] or by the commit, and is
    /// told by one of them.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`] or [`DatabaseError::Postgres`], whichever database refuses it or one sent before.
    fn send(&mut self, sql: &str, values: &[Value]) -> Result<(), DatabaseError> {
        self.execute(sql, values).map(drop)
    }

    /// Waits for the answers to what was sent.
    ///
    /// # Errors
    /// [`DatabaseError::Postgres`] for the first that was refused.
    fn hear(&mut self) -> Result<(), DatabaseError> {
        Ok(())
    }

    /// An expression that waits until what the number at a place of the statement stands for may be held, and holds it until
    /// the transaction is over. What a later statement reads was read after that. A file is written by one at a time.
    fn holding(&self, _hold: Hold, place: usize) -> String {
        format!("${place}")
    }

    /// The same by itself: on a server it is sent.
    ///
    /// # Errors
    /// As [`Session::send`].
    fn hold(&mut self, _hold: Hold, _number: i64) -> Result<(), DatabaseError> {
        Ok(())
    }
}

/// How carefully something is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Care {
    /// All of it stands, or nothing.
    Usual,
    /// Something of it was refused: what can stand does, each part in a savepoint of its own.
    Special,
}

/// Work inside a transaction; it says whether the transaction shall stand.
pub type Work<'a> = &'a mut dyn FnMut(&mut dyn Session) -> bool;

/// A database of a hub. Its calls block: [`Books`] keeps them off the threads that answer requests.
pub trait Database: Send + Sync + 'static {
    /// Runs `work` in one transaction, which stands if the work says so.
    ///
    /// # Errors
    /// [`DatabaseError::Sqlite`], [`DatabaseError::Postgres`] or [`DatabaseError::Pool`] when the transaction cannot begin or
    /// cannot be committed; nothing of it stands then.
    fn transact(&self, tenant: Tenant, purpose: Purpose, work: Work<'_>) -> Result<(), DatabaseError>;

    /// A statement that makes programs that bring up one database follow one another, where transactions do not.
    fn wait_for_schema(&self) -> Option<&'static str> {
        None
    }

    /// Whether whoever asks waits for answers that somebody else finds: work that needs none of them is done meanwhile, and not
    /// before a transaction, which keeps nobody else from writing.
    fn answers_later(&self) -> bool {
        false
    }

    /// The migrations of this database, oldest first.
    fn migrations(&self) -> &'static [&'static str];
}

/// The hub's books: a database with its schema in place.
#[derive(Clone)]
pub struct Books {
    database: Arc<dyn Database>,
}

impl Books {
    /// Brings the schema of a database up to this program.
    ///
    /// # Errors
    /// [`DatabaseError::Newer`] and [`DatabaseError::Changed`] for a database that this program does not know; otherwise
    /// as [`Session::batch`].
    pub fn open(database: impl Database) -> Result<Self, DatabaseError> {
        migrate::run(&database)?;
        Ok(Self { database: Arc::new(database) })
    }

    /// Reads in one transaction.
    ///
    /// # Errors
    /// Those of the work; [`DatabaseError`] of the database when the transaction cannot begin or be committed, and
    /// [`DatabaseError::Stopped`] when the thread that worked was lost.
    pub async fn read<T, E>(
        &self,
        tenant: Tenant,
        work: impl FnOnce(&mut dyn Session) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.run(tenant, Purpose::Read, work).await
    }

    /// Reads and writes in one transaction; an error takes all of it back.
    ///
    /// # Errors
    /// Those of the work; [`DatabaseError`] of the database when the transaction cannot begin or be committed, and
    /// [`DatabaseError::Stopped`] when the thread that worked was lost.
    pub async fn write<T, E>(
        &self,
        tenant: Tenant,
        work: impl FnOnce(&mut dyn Session) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.run(tenant, Purpose::Write, work).await
    }

    /// The same for a thread that may wait: it does the work itself.
    ///
    /// # Errors
    /// As [`Books::write`].
    pub fn write_waiting<T, E: From<DatabaseError>>(
        &self,
        tenant: Tenant,
        work: impl FnOnce(&mut dyn Session) -> Result<T, E>,
    ) -> Result<T, E> {
        transact(&*self.database, tenant, Purpose::Write, work)
    }

    /// Reads and writes in one transaction, after work that asks nothing of the books. The same thread does that too: in a
    /// file before, so that nobody waits for it; on a server before where it is long, and keeps no connection from others, else
    /// while that begins. Where the database refuses a statement, all is taken back and done once more, carefully; so it is
    /// where it gave way to others, a few times.
    ///
    /// # Errors
    /// Those of the work; [`DatabaseError`] of the database when the transaction cannot begin or be committed, and
    /// [`DatabaseError::Stopped`] when the thread that worked was lost.
    pub(crate) async fn write_prepared<P, T: Send + 'static>(
        &self,
        tenant: Tenant,
        (is_long, prepare): (bool, impl Fn(&dyn Database) -> P + Send + 'static),
        work: impl Fn(&mut dyn Session, &P, Care) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let work = move |database: &dyn Database| {
            let (prepared, prepare) = (OnceCell::new(), || prepare(database));
            if is_long || !database.answers_later() {
                prepared.get_or_init(prepare);
            }
            let write = |care| {
                transact(database, tenant, Purpose::Write, |session| {
                    work(session, prepared.get_or_init(prepare), care)
                })
            };
            let mut written = write(Care::Usual);
            if written.as_ref().is_err_and(DatabaseError::is_of_a_statement) {
                written = write(Care::Special);
            }
            for _ in 0..AGAIN {
                if !written.as_ref().is_err_and(DatabaseError::gave_way) {
                    break;
                }
                written = write(Care::Special);
            }
            written
        };
        self.waiting(work).await
    }

    async fn run<T, E>(
        &self,
        tenant: Tenant,
        purpose: Purpose,
        work: impl FnOnce(&mut dyn Session) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.waiting(move |database: &dyn Database| transact(database, tenant, purpose, work)).await
    }

    /// Does work with the database on a thread that may wait.
    async fn waiting<T, E>(
        &self,
        work: impl FnOnce(&dyn Database) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        let id = request::correlation_id();
        let work = move || request::under(id, || work(&*database));
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|_| Err(DatabaseError::Stopped.into()))
    }
}

impl fmt::Debug for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Books").finish_non_exhaustive()
    }
}

fn transact<T, E: From<DatabaseError>>(
    database: &dyn Database,
    tenant: Tenant,
    purpose: Purpose,
    work: impl FnOnce(&mut dyn Session) -> Result<T, E>,
) -> Result<T, E> {
    let mut work = Some(work);
    let mut outcome = None;
    database.transact(tenant, purpose, &mut |session| {
        let result = work.take().map(|work| work(session));
        let stands = matches!(result, Some(Ok(_)));
        outcome = result;
        stands
    })?;
    outcome.unwrap_or_else(|| Err(DatabaseError::Stopped.into()))
}

/// How often work is done anew that gave way to others: whoever sent it is told after that, and sends it later.
const AGAIN: usize = 2;

/// Runs `work` so that its error takes back its own writes and nothing before them.
///
/// # Errors
/// Those of the work; [`DatabaseError::Sqlite`] or [`DatabaseError::Postgres`] when the database refuses.
pub fn savepoint<T, E: From<DatabaseError>>(
    session: &mut dyn Session,
    work: impl FnOnce(&mut dyn Session) -> Result<T, E>,
) -> Result<T, E> {
    // What was sent before and is refused is no error of this work, and would take its savepoint with it.
    session.hear()?;
    session.send("SAVEPOINT item", &[])?;
    let mut result = work(session);
    // What was sent and is refused is an error of this work. One that it has already stands.
    if let Err(refused) = session.hear()
        && result.is_ok()
    {
        result = Err(refused.into());
    }
    if result.is_ok() {
        session.send("RELEASE SAVEPOINT item", &[])?;
    } else {
        session.batch("ROLLBACK TO SAVEPOINT item; RELEASE SAVEPOINT item")?;
    }
    result
}
