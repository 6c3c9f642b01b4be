//! Sales taken in beside bare axum that writes the same rows, by one and by 50, from one till and from several at once, on
//! both databases.
//!
//! Hub and bare service begin with the same rows, in tables that a hub made, and take turns. What the hub left behind is
//! read back and given to the bare service, which writes it again. In the end both databases hold the same, table by table
//! and row by row, or the run stops.

use std::path::Path;

use anyhow::{Context, ensure};
use saleflex_core::digest::Digest;
use saleflex_gate::{
    db::{Books, Database, DatabaseError, Postgres, Purpose, Row, Session, Sqlite, Tenant, Value},
    move_house,
};
use uuid::Uuid;
use xtask::postgres;

use super::{
    LINES, Service, Threads,
    bare::{Bare, Common, Left, Place, database_beside},
    noon,
    sales::{EPOCH, Sales},
    taken_wholly,
};
use crate::{
    Run,
    figures::{Ratios, Times, heading, judged, show, show_bytes},
};

mod together;

/// Rounds that a ratio is the median of.
const ROUNDS: usize = 5;

/// The tables that hold rows of an event, and their column that names its document.
const OF_EVENTS: [(&str, &str); 3] =
    [("document", "document_id"), ("document_row", "document_id"), ("stock_movement", "source_id")];
/// The rows that each request changes: how they are read back, and how they are written again.
const OF_TILL: [(&str, &str); 4] = [
    (
        "SELECT l.* FROM stock_level l JOIN terminal t ON t.company_id = l.company_id AND t.store_id = l.store_id \
         WHERE l.company_id = $1 AND t.terminal_id = $2 ORDER BY l.product_id",
        "INSERT INTO stock_level VALUES ROWS ON CONFLICT (company_id, store_id, product_id) \
         DO UPDATE SET on_hand_e4 = excluded.on_hand_e4, updated_at = excluded.updated_at",
    ),
    (
        "SELECT * FROM counter WHERE company_id = $1 AND terminal_id = $2 ORDER BY name",
        "INSERT INTO counter VALUES ROWS ON CONFLICT (company_id, terminal_id, name) \
         DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
    ),
    (
        "SELECT company_id, terminal_id, epoch, contiguous_seq FROM feed WHERE company_id = $1 AND terminal_id = $2",
        "UPDATE feed SET contiguous_seq = $4 WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3",
    ),
    (
        "SELECT company_id, terminal_id, epoch, last_push_at FROM terminal WHERE company_id = $1 AND terminal_id = $2",
        "UPDATE terminal SET epoch = $3, last_push_at = $4 WHERE company_id = $1 AND terminal_id = $2",
    ),
];

pub(super) fn print(run: &Run, folder: &Path, sales: &Sales) -> anyhow::Result<()> {
    let size = show_bytes(u64::try_from(sales.bytes())?);
    heading(&format!(
        "Sales of {LINES} lines taken in, of {size} each, beside bare axum that writes the same rows"
    ));
    let path = folder.join("founded.sqlite");
    let mut first = Service::open(|| Books::open(Sqlite::open(&path)?))?;
    // What is written once for all stands on both sides from the beginning.
    first.push_many(sales, 1, 1)?;
    let tills = together::found(&first, sales)?;
    let founded = Founded { first, tills, rows: Sqlite::open(&path)? };
    founded.measure(run, On::Files(folder), sales)?;
    if let Some(server) = postgres::start_durable()? {
        founded.measure(run, On::Server(&server.url), sales)?;
    }
    Ok(())
}

/// Where the databases of both sides are.
#[derive(Clone, Copy)]
enum On<'a> {
    Files(&'a Path),
    Server(&'a str),
}

impl On<'_> {
    const fn name(self) -> &'static str {
        match self {
            Self::Files(_) => "SQLite",
            Self::Server(_) => "PostgreSQL",
        }
    }
}

/// What all databases begin with: a hub's till, and several that are to send at once.
struct Founded {
    first: Service,
    tills: Vec<together::Till>,
    rows: Sqlite,
}

impl Founded {
    /// One request after the other, then several at once, on databases of their own.
    fn measure(&self, run: &Run, on: On<'_>, sales: &Sales) -> anyhow::Result<()> {
        let mut sides = Sides::begin(self, on, ("alone", Threads::One))?;
        let bare = sides.bare_of(sides.hub.terminal)?;
        for (batch, turns) in [(1, run.sized(200, 20)), (50, run.sized(20, 4))] {
            let row = format!("{}, {}", on.name(), a_request(batch));
            let turn = |sides: &mut Sides, round: &mut Round| alone(sides, &bare, (sales, batch), round);
            sides.take_turns(&row, (batch, turns), turn)?;
        }
        drop((bare, sides));
        together::measure(run, on, self, sales)
    }
}

fn a_request(batch: u32) -> String {
    if batch == 1 { "one a request".to_owned() } else { format!("{batch} a request") }
}

/// The hub's one till sends so many events, and the bare service gets the same body.
fn alone(
    sides: &mut Sides,
    bare: &Bare,
    (sales, batch): (&Sales, u32),
    round: &mut Round,
) -> anyhow::Result<()> {
    let before = sides.hub.sent;
    let body = sides.hub.push(sales, batch.into())?;
    let copy = body.clone();
    taken_wholly(&round.served.measure(|| sides.hub.send(body))?)?;
    let left = sides.left_between(sides.hub.terminal, (before, sides.hub.sent))?;
    bare.give(&sides.hub.runtime, usize::try_from(batch)?, left)?;
    round.written.measure(|| bare.send(&sides.hub.runtime, copy))
}

/// How long a round's turns took: the hub's, and those of the bare side.
#[derive(Default)]
struct Round {
    served: Times,
    written: Times,
}

/// A hub and a place for bare services, which begin with the same rows.
struct Sides {
    place: Place,
    /// The databases once more, the hub's first.
    databases: [Box<dyn Database>; 2],
    /// What lets them know how their tables are, where a server that runs for good looks by itself from time to time.
    look: Option<&'static str>,
    tables: Vec<&'static str>,
    hub: Service,
}

impl Sides {
    /// With new databases of this name.
    fn begin(founded: &Founded, on: On<'_>, named: (&str, Threads)) -> anyhow::Result<Self> {
        match on {
            On::Files(folder) => Self::on_files(founded, folder, named),
            On::Server(url) => Self::on_server(founded, url, named),
        }
    }

    fn on_files(founded: &Founded, folder: &Path, (name, threads): (&str, Threads)) -> anyhow::Result<Self> {
        let [of_hub, of_bare] = ["hub", "bare"].map(|side| folder.join(format!("{name}-{side}.sqlite")));
        let hub = founded.first.again(threads, || Books::open(Sqlite::open(&of_hub)?))?;
        drop(Books::open(Sqlite::open(&of_bare)?)?);
        let (tables, databases) = moved(&founded.rows, [Sqlite::open(&of_hub)?, Sqlite::open(&of_bare)?])?;
        Ok(Self { place: Place::file(&of_bare)?, databases, look: None, tables, hub })
    }

    fn on_server(founded: &Founded, url: &str, (name, threads): (&str, Threads)) -> anyhow::Result<Self> {
        let database = |side: &str| database_beside(&founded.first.runtime, url, &format!("{name}_{side}"));
        let (of_hub, of_bare) = (database("hub")?, database("bare")?);
        let hub = founded.first.again(threads, || Books::open(Postgres::connect(&of_hub)?))?;
        let (tables, databases) = {
            let _inside = hub.runtime.enter();
            drop(Books::open(Postgres::connect(&of_bare)?)?);
            moved(&founded.rows, [Postgres::connect(&of_hub)?, Postgres::connect(&of_bare)?])?
        };
        Ok(Self { place: Place::Server(of_bare), databases, look: Some("ANALYZE"), tables, hub })
    }

    /// A bare service for what a till sends.
    fn bare_of(&self, terminal: Uuid) -> anyhow::Result<Bare> {
        let received_at = noon().timestamp_millis();
        let common = Common { company: self.hub.company, terminal, received_at };
        Bare::at(&self.place, &self.hub.runtime, common)
    }

    /// Hub and bare side in turn, so many events a turn and so many turns a round.
    fn take_turns(
        &mut self,
        row: &str,
        (events, turns): (u32, usize),
        mut turn: impl FnMut(&mut Self, &mut Round) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut ratios = Ratios::default();
        let (mut served, mut written) = (Times::default(), Times::default());
        for _ in 0..ROUNDS {
            self.look_at_tables()?;
            let mut round = Round::default();
            for _ in 0..turns {
                turn(self, &mut round)?;
            }
            ratios.push_times(round.written.total(), round.served.total());
            served.push(round.served.median());
            written.push(round.written.median());
        }
        self.compare()?;
        let each = |times: &Times| show(times.median() / events);
        let measured = format!("{} an event, bare {}: {ratios}", each(&served), each(&written));
        judged(row, &measured, "at least 0.50 of the bare rate", ratios.median() >= 500);
        Ok(())
    }

    /// Lets both databases look how their tables are.
    fn look_at_tables(&self) -> anyhow::Result<()> {
        let Some(sql) = self.look else { return Ok(()) };
        for database in &self.databases {
            let mut looked = Ok(());
            database.transact(Tenant::Platform, Purpose::Write, &mut |session| {
                looked = session.batch(sql);
                looked.is_ok()
            })?;
            looked?;
        }
        Ok(())
    }

    /// What the events between two places of a till's sequence left behind at the hub beside their entries.
    fn left_between(&self, terminal: Uuid, (after, until): (u64, u64)) -> anyhow::Result<Vec<Left>> {
        let of_till: [Value; 2] = [self.hub.company.into(), terminal.into()];
        let [after, until] = [i64::try_from(after)?, i64::try_from(until)?];
        let [company, terminal] = of_till.clone();
        let of_events = [company, terminal, EPOCH.into(), after.into(), until.into()];
        let left = read(&*self.databases[0], |session| {
            let mut left = Vec::new();
            for (table, id) in OF_EVENTS {
                let sql = format!(
                    "SELECT * FROM {table} WHERE company_id = $1 AND terminal_id = $2 AND {id} IN \
                     (SELECT entity_id FROM ledger WHERE company_id = $1 AND terminal_id = $2 \
                     AND epoch = $3 AND seq > $4 AND seq <= $5) ORDER BY {id}"
                );
                let rows = session.query(&sql, &of_events)?;
                left.push(Left::of(format!("INSERT INTO {table} VALUES ROWS"), &rows));
            }
            for (sql, write) in OF_TILL {
                left.push(Left::of(write.to_owned(), &session.query(sql, &of_till)?));
            }
            Ok(left)
        })?;
        ensure!(!left.iter().any(Left::is_empty), "the hub wrote other rows than are known of it");
        Ok(left)
    }

    /// Makes sure that both databases hold the same: only then were the same rows written.
    fn compare(&self) -> anyhow::Result<()> {
        for table in &self.tables {
            let [hub, bare] = [0, 1].map(|side| contents(&*self.databases[side], table));
            let (hub, bare) = (hub?, bare?);
            let (here, there) = (hub.len(), bare.len());
            ensure!(
                hub == bare,
                "of table {table} the hub has {here} rows, the bare side {there}, not the same"
            );
        }
        Ok(())
    }
}

/// The names of all tables, and the two databases that hold the same.
type Filled = (Vec<&'static str>, [Box<dyn Database>; 2]);

/// Fills databases whose schema is in place with what another one holds, and answers the names of all tables.
fn moved<D: Database>(from: &Sqlite, to: [D; 2]) -> anyhow::Result<Filled> {
    let mut tables = Vec::new();
    for database in &to {
        tables = move_house(from, database)?.into_keys().collect();
    }
    Ok((tables, to.map(|database| Box::new(database) as Box<dyn Database>)))
}

/// Reads what stands above and in companies.
fn read<T>(
    database: &dyn Database,
    mut work: impl FnMut(&mut dyn Session) -> Result<T, DatabaseError>,
) -> anyhow::Result<T> {
    let mut found = None;
    database.transact(Tenant::Platform, Purpose::Read, &mut |session| {
        found = Some(work(session));
        true
    })?;
    Ok(found.context("nothing was read")??)
}

/// The digests of a table's rows, in their own order.
fn contents(database: &dyn Database, table: &str) -> anyhow::Result<Vec<[u8; 32]>> {
    let rows = read(database, |session| session.query(&format!("SELECT * FROM {table}"), &[]))?;
    let digest = |row: &Row| *Digest::of(format!("{:?}", row.values()).as_bytes()).bytes();
    let mut digests: Vec<[u8; 32]> = rows.iter().map(digest).collect();
    digests.sort_unstable();
    Ok(digests)
}
