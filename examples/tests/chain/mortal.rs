//! A database of a hub that dies between any two statements.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use saleflex_gate::db::{Database, DatabaseError, Purpose, Row, Session, Sqlite, Tenant, Value, Work};

/// How long a hub's process still lives.
#[derive(Debug)]
pub(crate) struct Life {
    statements: AtomicI64,
    is_over: AtomicBool,
}

impl Life {
    pub(crate) fn endless() -> Arc<Self> {
        Arc::new(Self { statements: AtomicI64::new(i64::MAX), is_over: AtomicBool::new(false) })
    }

    /// The process dies before the statement with this number from now.
    pub(crate) fn ends_after(&self, statements: u32) {
        self.statements.store(statements.into(), Ordering::Relaxed);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn statement(&self) -> Result<(), DatabaseError> {
        if self.statements.fetch_sub(1, Ordering::Relaxed) <= 0 {
            self.is_over.store(true, Ordering::Relaxed);
        }
        if self.is_over() { Err(DatabaseError::Stopped) } else { Ok(()) }
    }
}

/// A file of a process that may die: what was not committed then is gone.
pub(crate) struct Mortal {
    pub(crate) file: Sqlite,
    pub(crate) life: Arc<Life>,
}

impl Database for Mortal {
    fn transact(&self, tenant: Tenant, purpose: Purpose, work: Work<'_>) -> Result<(), DatabaseError> {
        self.life.statement()?;
        self.file.transact(tenant, purpose, &mut |session| {
            let stands = work(&mut Statements { session, life: &self.life });
            stands && self.life.statement().is_ok()
        })?;
        // The answer of a dead process reaches nobody, whatever became of its transaction.
        if self.life.is_over() { Err(DatabaseError::Stopped) } else { Ok(()) }
    }

    fn migrations(&self) -> &'static [&'static str] {
        self.file.migrations()
    }
}

struct Statements<'a> {
    session: &'a mut dyn Session,
    life: &'a Life,
}

impl Session for Statements<'_> {
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DatabaseError> {
        self.life.statement()?;
        self.session.execute(sql, values)
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.life.statement()?;
        self.session.query(sql, values)
    }

    fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        self.life.statement()?;
        self.session.batch(sql)
    }
}
