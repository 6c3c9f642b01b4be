//! Sales taken in beside bare axum that writes the same rows, by one and by 50, on both databases.
//!
//! Hub and bare service begin with the same rows, in tables that a hub made, and take turns request by request. What the
//! hub left behind is read back and given to the bare service, which writes it again. In the end both databases hold the
//! same, table by table and row by row, or the run stops.

use std::path::Path;

use anyhow::{Context, ensure};
use saleflex_core::digest::Digest;
use saleflex_gate::{
    db::{Books, Database, DatabaseError, Postgres, Purpose, Row, Session, Sqlite, Tenant, Value},
    move_house,
};
use xtask::postgres;

use super::{
    LINES, Service,
    bare::{Bare, Common, Left, database_beside},
    noon,
    sales::{EPOCH, Sales},
    taken_wholly,
};
use crate::{
    Run,
    figures::{Ratios, Times, heading, judged, show, show_bytes},
};

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
    let batches = [(1, run.sized(200, 20)), (50, run.sized(20, 4))];
    let founded = folder.join("founded.sqlite");
    let mut first = Service::open(|| Books::open(Sqlite::open(&founded)?))?;
    // What is written once for all stands on both sides from the beginning.
    first.push_many(sales, 1, 1)?;
    let founded = Sqlite::open(&founded)?;
    let mut sides = Sides::on_files(&first, &founded, folder)?;
    for size in batches {
        sides.take_turns("SQLite", sales, size)?;
    }
    if let Some(server) = postgres::start()? {
        let mut sides = Sides::on_server(&first, &founded, &server.url)?;
        for size in batches {
            sides.take_turns("PostgreSQL", sales, size)?;
        }
    }
    Ok(())
}

/// A hub and a bare service on databases that begin with the same rows.
struct Sides {
    bare: Bare,
    /// The databases once more, the hub's first.
    databases: [Box<dyn Database>; 2],
    /// What lets them know how their tables are, where a server that runs for good looks by itself from time to time.
    look: Option<&'static str>,
    tables: Vec<&'static str>,
    hub: Service,
}

impl Sides {
    fn on_files(first: &Service, founded: &Sqlite, folder: &Path) -> anyhow::Result<Self> {
        let [of_hub, of_bare] = ["of-hub", "of-bare"].map(|name| folder.join(format!("{name}.sqlite")));
        let hub = first.again(|| Books::open(Sqlite::open(&of_hub)?))?;
        drop(Books::open(Sqlite::open(&of_bare)?)?);
        let (tables, databases) = moved(founded, [Sqlite::open(&of_hub)?, Sqlite::open(&of_bare)?])?;
        let bare = Bare::on_file(&of_bare, common(&hub))?;
        Ok(Self { bare, databases, look: None, tables, hub })
    }

    fn on_server(first: &Service, founded: &Sqlite, of_hub: &str) -> anyhow::Result<Self> {
        let hub = first.again(|| Books::open(Postgres::connect(of_hub)?))?;
        let of_bare = database_beside(&hub.runtime, of_hub)?;
        let (tables, databases) = {
            let _inside = hub.runtime.enter();
            drop(Books::open(Postgres::connect(&of_bare)?)?);
            moved(founded, [Postgres::connect(of_hub)?, Postgres::connect(&of_bare)?])?
        };
        let bare = Bare::on_server(&hub.runtime, &of_bare, common(&hub))?;
        Ok(Self { bare, databases, look: Some("ANALYZE"), tables, hub })
    }

    /// The hub and the bare service in turn, with the same bodies of so many events, so many a round.
    fn take_turns(&mut self, on: &str, sales: &Sales, (batch, requests): (u32, usize)) -> anyhow::Result<()> {
        let mut ratios = Ratios::default();
        let (mut served, mut written) = (Times::default(), Times::default());
        for _ in 0..ROUNDS {
            self.look_at_tables()?;
            let (mut through, mut rows) = (Times::default(), Times::default());
            for _ in 0..requests {
                let before = self.hub.sent;
                let body = self.hub.push(sales, batch.into())?;
                let copy = body.clone();
                taken_wholly(&through.measure(|| self.hub.send(body))?)?;
                let left = self.left_since(before)?;
                self.bare.give(&self.hub.runtime, usize::try_from(batch)?, left)?;
                rows.measure(|| self.bare.send(&self.hub.runtime, copy))?;
            }
            ratios.push_times(rows.total(), through.total());
            served.push(through.median());
            written.push(rows.median());
        }
        self.compare()?;
        let each = |times: &Times| show(times.median() / batch);
        let what = if batch == 1 { "one a request".to_owned() } else { format!("{batch} a request") };
        let measured = format!("{} an event, bare {}: {ratios}", each(&served), each(&written));
        judged(&format!("{on}, {what}"), &measured, "at least 0.50 of the bare rate", ratios.median() >= 500);
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

    /// What the events behind a place of the till's sequence left behind at the hub beside their entries.
    fn left_since(&self, place: u64) -> anyhow::Result<Vec<Left>> {
        let of_till: [Value; 2] = [self.hub.company.into(), self.hub.terminal.into()];
        let [after, until] = [i64::try_from(place)?, i64::try_from(self.hub.sent)?];
        let [company, terminal] = of_till.clone();
        let of_events = [company, terminal, EPOCH.into(), after.into(), until.into()];
        let left = read(&*self.databases[0], |session| {
            let mut left = Vec::new();
            for (table, id) in OF_EVENTS {
                let sql = format!(
                    "SELECT * FROM {table} WHERE company_id = $1 AND {id} IN (SELECT entity_id FROM ledger \
                     WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3 AND seq > $4 AND seq <= $5) \
                     ORDER BY {id}"
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

fn common(hub: &Service) -> Common {
    let received_at = noon().timestamp_millis();
    Common { company: hub.company, terminal: hub.terminal, received_at }
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
