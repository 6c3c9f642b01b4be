//! Bare SQLite: the rows that a till wrote, written again without a till.
//!
//! A command of a till is one transaction. What it wrote is read back from the till's file by its place in the
//! journal and written into a copy of the file by prepared statements under the same pragmas, in one transaction
//! again. Nothing is looked up, decided, turned into JSON or hashed: this is the least that the same rows cost.

use std::path::Path;

use anyhow::{Context, ensure};
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Row, Statement, params_from_iter,
    types::{Value, ValueRef},
};

/// Those of the till, see `connection.rs` of the store.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA wal_autocheckpoint = 1024;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA temp_store = MEMORY;
";

/// A connection under the pragmas of a till.
pub(crate) fn connect(path: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX),
    )?;
    connection.execute_batch(PRAGMAS)?;
    Ok(connection)
}

/// Reads every row of a query as it lies, and answers how many there were.
pub(crate) fn read_all(connection: &Connection, sql: &str) -> anyhow::Result<usize> {
    let mut select = connection.prepare_cached(sql)?;
    let columns = select.column_count();
    let mut rows = select.query([])?;
    let (mut count, mut empty) = (0, 0);
    while let Some(found) = rows.next()? {
        for at in 0..columns {
            empty += usize::from(found.get_ref(at)? == ValueRef::Null);
        }
        count += 1;
    }
    ensure!(empty <= count * columns, "more is empty than was read");
    Ok(count)
}

/// One statement of a command: which of [`STATEMENTS`], and its values.
pub(crate) type Write = (usize, Vec<Value>);

const NUMBER: usize = 1;
const DRAFT: usize = 2;
const DOCUMENT: usize = 3;
const MOVEMENT: usize = 4;
const STOCK: usize = 5;
const DRAFT_IS_OVER: usize = 6;

/// What a sale writes; the first is the event of each command.
const STATEMENTS: [&str; 7] = [
    "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    "INSERT INTO number VALUES (?1, ?2, ?3)",
    "INSERT INTO draft (slot, id, root, since_seq) VALUES (0, ?1, ?1, ?2)",
    "INSERT INTO document VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
     ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)",
    "INSERT INTO stock_movement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    "UPDATE stock_level SET on_hand = ?5, sold = sold - ?4, last_movement = ?6 \
     WHERE product = ?1 AND variant = ?2 AND location = ?3",
    "DELETE FROM draft WHERE slot = 0",
];

/// Reads back what a till wrote.
pub(crate) struct Reader<'a> {
    event: Statement<'a>,
    number: Statement<'a>,
    document: Statement<'a>,
    movements: Statement<'a>,
}

impl<'a> Reader<'a> {
    /// Reads through a connection of its own to the till's file.
    pub(crate) fn new(connection: &'a Connection) -> anyhow::Result<Self> {
        Ok(Self {
            event: connection.prepare("SELECT * FROM event WHERE seq = ?1")?,
            number: connection.prepare(
                "SELECT * FROM number WHERE closure = ?1 AND receipt = \
                 (SELECT max(receipt) FROM number WHERE closure = ?1)",
            )?,
            // By its place, since nothing else of it has an index.
            document: connection.prepare("SELECT * FROM document ORDER BY no DESC LIMIT 1")?,
            movements: connection.prepare("SELECT * FROM stock_movement WHERE seq = ?1 ORDER BY no")?,
        })
    }

    /// The writes of the commands of one sale that was just completed, from one place in the journal to another.
    pub(crate) fn sale(&mut self, first_seq: i64, last_seq: i64) -> anyhow::Result<Vec<Vec<Write>>> {
        let mut commands = Vec::new();
        for seq in first_seq..=last_seq {
            let event = self.event.query_row([seq], values)?;
            commands.push(vec![(0, event)]);
        }
        let document =
            self.document.query_row([], values).optional()?.context("no document was completed")?;
        let [id, closure] = [1, 12].map(|at: usize| document[at].clone());
        ensure!(document[2] == Value::Integer(last_seq), "the last event did not complete the last document");
        let number = self.number.query_row([&closure], values)?;
        if let Some(first) = commands.first_mut() {
            first.push((NUMBER, number));
            first.push((DRAFT, vec![id, Value::Integer(first_seq - 1)]));
        }
        let movements =
            self.movements.query_map([last_seq], values)?.collect::<Result<Vec<Vec<Value>>, _>>()?;
        let last = commands.last_mut().context("no command was given")?;
        last.push((DRAFT_IS_OVER, Vec::new()));
        last.push((DOCUMENT, document));
        for movement in movements {
            let stock = [3, 4, 5, 7, 8, 0].map(|at: usize| movement[at].clone());
            last.push((MOVEMENT, movement));
            last.push((STOCK, stock.to_vec()));
        }
        Ok(commands)
    }
}

fn values(row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    let count = row.as_ref().column_count();
    (0..count).map(|at| row.get(at)).collect()
}

/// Writes rows again.
pub(crate) struct Bare<'a> {
    connection: &'a Connection,
    begin: Statement<'a>,
    commit: Statement<'a>,
    statements: Vec<Statement<'a>>,
}

impl<'a> Bare<'a> {
    /// Prepares everything.
    pub(crate) fn new(connection: &'a Connection) -> anyhow::Result<Self> {
        let prepared = STATEMENTS.iter().map(|sql| connection.prepare(sql));
        Ok(Self {
            connection,
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            statements: prepared.collect::<Result<_, _>>()?,
        })
    }

    /// One command, one transaction.
    pub(crate) fn write(&mut self, command: &[Write]) -> anyhow::Result<()> {
        self.begin.execute([])?;
        for (statement, values) in command {
            self.statements[*statement].execute(params_from_iter(values))?;
        }
        self.commit.execute([])?;
        Ok(())
    }

    /// Makes sure that both files hold the same: only then were the same rows written.
    pub(crate) fn compare_with(&self, till: &Path) -> anyhow::Result<()> {
        let path = till.to_str().context("the path is not UTF-8")?;
        self.connection.execute("ATTACH ?1 AS till", [path])?;
        let mut select =
            self.connection.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")?;
        let tables = select.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        for table in tables {
            let both = [("main", "till"), ("till", "main")];
            for (one, other) in both {
                let sql = format!(
                    "SELECT count(*) FROM (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table})"
                );
                let rows: i64 = self.connection.query_row(&sql, [], |row| row.get(0))?;
                ensure!(
                    rows == 0,
                    "{rows} rows of table {table} are in {one} only: the bare side is not the same"
                );
            }
        }
        self.connection.execute("DETACH till", [])?;
        Ok(())
    }
}
