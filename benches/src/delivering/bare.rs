//! The least that taking sales in costs: axum reads the same bodies, and the same rows are written in one transaction a
//! request, into tables as a hub makes them. What follows from an event is given to it: nothing is read of the payload,
//! checked, looked up, compared or answered.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    mem,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{Request, StatusCode, header},
    routing,
};
use rusqlite::{Connection, params, params_from_iter};
use saleflex_gate::db::{Row, Value};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{runtime::Runtime, task::spawn_blocking};
use tokio_postgres::{Client, NoTls, Statement, types::ToSql};
use uuid::Uuid;

use super::{Call, answered};

/// Where the places of a statement's rows stand in it.
const ROWS: &str = "ROWS";

#[derive(Deserialize)]
struct Push {
    epoch: Uuid,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    seq: i64,
    entity_id: Uuid,
    payload_hash: String,
    payload: Box<RawValue>,
}

/// What all entries of the ledger have in common.
#[derive(Clone, Copy)]
pub(super) struct Common {
    pub(super) company: Uuid,
    pub(super) terminal: Uuid,
    pub(super) received_at: i64,
}

/// Rows that a request left behind at a hub beside the ledger's, and how they are written.
pub(super) struct Left {
    write: String,
    rows: Vec<Vec<Value>>,
}

impl Left {
    /// `write` has `ROWS` where the rows are to stand.
    pub(super) fn of(write: String, rows: &[Row]) -> Self {
        Self { write, rows: rows.iter().map(|row| row.values().to_vec()).collect() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The statement that writes so many of the rows.
    fn statement(&self, rows: usize) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let places = (0..rows).map(|row| {
            let places = (1..=columns).map(|column| format!("${}", row * columns + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        });
        self.write.replace(ROWS, &places.collect::<Vec<_>>().join(", "))
    }
}

/// The statement that enters so many events.
fn entering(events: usize) -> String {
    let places = (0..events).map(|event| {
        let [entity, digest, seq, body] = [5, 6, 7, 8].map(|place| event * 4 + place);
        format!("($1, $2, 'transaction', ${entity}, 1, ${digest}, $3, ${seq}, ${body}, $4)")
    });
    format!("INSERT INTO ledger VALUES {}", places.collect::<Vec<_>>().join(", "))
}

/// Where bare services write.
pub(super) enum Place {
    /// A file: all have its one writer.
    File(Arc<Mutex<Connection>>),
    /// A server, by its URL: each has a connection of its own.
    Server(String),
}

impl Place {
    /// A hub's file, under the pragmas of a hub.
    pub(super) fn file(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        Ok(Self::File(Arc::new(Mutex::new(connection))))
    }
}

/// The bare service of one till.
pub(super) struct Bare {
    router: Router,
    side: Side,
}

enum Side {
    File(Arc<File>),
    Server(Arc<Server>),
}

impl Bare {
    /// That writes there what such entries have in common.
    pub(super) fn at(place: &Place, runtime: &Runtime, common: Common) -> anyhow::Result<Self> {
        match place {
            Place::File(writer) => Ok(Self::on_file(Arc::clone(writer), common)),
            Place::Server(url) => Self::on_server(runtime, url, common),
        }
    }

    fn on_file(writer: Arc<Mutex<Connection>>, common: Common) -> Self {
        let file = Arc::new(File { writer, common, given: Mutex::default() });
        let router = Router::new().route("/", routing::post(into_file)).with_state(Arc::clone(&file));
        Self { router, side: Side::File(file) }
    }

    fn on_server(runtime: &Runtime, url: &str, common: Common) -> anyhow::Result<Self> {
        let client = runtime.block_on(connected(url))?;
        let (known, given) = (Mutex::default(), Mutex::default());
        let server = Arc::new(Server { client, common, known, given });
        let router = Router::new().route("/", routing::post(into_server)).with_state(Arc::clone(&server));
        Ok(Self { router, side: Side::Server(server) })
    }

    /// Gives it what the next request, of so many events, is to write beside them, and prepares that.
    pub(super) fn give(&self, runtime: &Runtime, events: usize, left: Vec<Left>) -> anyhow::Result<()> {
        match &self.side {
            Side::File(file) => file.give(left),
            Side::Server(server) => runtime.block_on(server.give(events, left))?,
        }
        Ok(())
    }

    /// A push to it.
    pub(super) fn delivery(&self, body: Vec<u8>) -> anyhow::Result<Call> {
        let json = (header::CONTENT_TYPE, "application/json");
        let request = Request::post("/").header(json.0, json.1).body(Body::from(body))?;
        Ok((self.router.clone(), request))
    }

    /// Sends it the body of a push.
    pub(super) fn send(&self, runtime: &Runtime, body: Vec<u8>) -> anyhow::Result<()> {
        runtime.block_on(answered(self.delivery(body)?)).map(drop)
    }
}

const fn answer(is_written: bool) -> StatusCode {
    if is_written { StatusCode::NO_CONTENT } else { StatusCode::INTERNAL_SERVER_ERROR }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A statement, and what it is run with, row after row.
type RowByRow = (String, Vec<Vec<Value>>);

/// A file: SQLite writes rows soonest one by one.
struct File {
    writer: Arc<Mutex<Connection>>,
    common: Common,
    given: Mutex<Vec<RowByRow>>,
}

async fn into_file(State(file): State<Arc<File>>, Json(push): Json<Push>) -> StatusCode {
    let written = spawn_blocking(move || file.write(&push));
    answer(written.await.is_ok_and(|written| written.is_ok()))
}

/// `$1` is a name to SQLite and `?1` the first parameter.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl File {
    fn give(&self, left: Vec<Left>) {
        let given = left.into_iter().map(|left| (numbered(&left.statement(1)), left.rows));
        *locked(&self.given) = given.collect();
    }

    fn write(&self, push: &Push) -> rusqlite::Result<()> {
        let given = mem::take(&mut *locked(&self.given));
        let Common { company, terminal, received_at } = self.common;
        let [company, terminal, epoch] = [company, terminal, push.epoch].map(|id| id.to_string());
        let mut writer = locked(&self.writer);
        let transaction = writer.transaction()?;
        {
            let mut enter = transaction.prepare_cached(&numbered(&entering(1)))?;
            for item in &push.items {
                enter.execute(params![
                    company,
                    terminal,
                    epoch,
                    received_at,
                    item.entity_id.to_string(),
                    item.payload_hash,
                    item.seq,
                    item.payload.get()
                ])?;
            }
            for (sql, rows) in &given {
                let mut statement = transaction.prepare_cached(sql)?;
                for row in rows {
                    statement.execute(params_from_iter(row))?;
                }
            }
        }
        transaction.commit()
    }
}

/// A connection to a server. It ends with the client, which then has been told whatever went wrong.
async fn connected(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    drop(tokio::spawn(connection));
    Ok(client)
}

/// Makes a database beside another one of a server, and answers its URL.
pub(super) fn database_beside(runtime: &Runtime, url: &str, name: &str) -> anyhow::Result<String> {
    let made = async { connected(url).await?.batch_execute(&format!("CREATE DATABASE {name}")).await };
    runtime.block_on(made)?;
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    Ok(format!("{server}/{name}"))
}

/// A server: it writes soonest what comes in one statement a table, and is waited for once.
struct Server {
    client: Client,
    common: Common,
    /// Statements that were prepared.
    known: Mutex<BTreeMap<String, Statement>>,
    given: Mutex<Option<AtOnce>>,
}

/// How events are entered, and the other statements, each with its values.
struct AtOnce {
    entering: Statement,
    writes: Vec<(Statement, Vec<Value>)>,
}

async fn into_server(State(server): State<Arc<Server>>, Json(push): Json<Push>) -> StatusCode {
    let given = locked(&server.given).take();
    answer(match given {
        Some(given) => server.write(&push, &given).await.is_ok(),
        None => false,
    })
}

impl Server {
    async fn give(&self, events: usize, left: Vec<Left>) -> Result<(), tokio_postgres::Error> {
        let entering = self.prepared(entering(events)).await?;
        let mut writes = Vec::with_capacity(left.len());
        for left in left {
            let statement = self.prepared(left.statement(left.rows.len())).await?;
            writes.push((statement, left.rows.into_iter().flatten().collect()));
        }
        *locked(&self.given) = Some(AtOnce { entering, writes });
        Ok(())
    }

    async fn prepared(&self, sql: String) -> Result<Statement, tokio_postgres::Error> {
        let known = locked(&self.known).get(&sql).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let statement = self.client.prepare(&sql).await?;
        locked(&self.known).insert(sql, statement.clone());
        Ok(statement)
    }

    async fn write(&self, push: &Push, given: &AtOnce) -> Result<(), tokio_postgres::Error> {
        let Self { client, common, .. } = self;
        let bodies: Vec<&str> = push.items.iter().map(|item| item.payload.get()).collect();
        let mut entries: Vec<Parameter<'_>> =
            vec![&common.company, &common.terminal, &push.epoch, &common.received_at];
        for (item, body) in push.items.iter().zip(&bodies) {
            let of: [Parameter<'_>; 4] = [&item.entity_id, &item.payload_hash, &item.seq, body];
            entries.extend(of);
        }
        let mut statements = vec![(&given.entering, entries)];
        for (statement, values) in &given.writes {
            statements.push((statement, values.iter().map(|value| value as Parameter<'_>).collect()));
        }
        let mut asked: Vec<Asked<'_>> = vec![Box::pin(client.batch_execute("BEGIN"))];
        for (statement, values) in &statements {
            asked.push(Box::pin(async move { client.execute(*statement, values).await.map(drop) }));
        }
        asked.push(Box::pin(client.batch_execute("COMMIT")));
        all(asked).await
    }
}

type Parameter<'a> = &'a (dyn ToSql + Sync);
type Asked<'a> = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send + 'a>>;

/// Sends statements in their order, one behind the other, and waits for all answers: a future sends when it is polled
/// first.
async fn all(mut asked: Vec<Asked<'_>>) -> Result<(), tokio_postgres::Error> {
    let mut refused = None;
    poll_fn(|context| {
        asked.retain_mut(|one| match one.as_mut().poll(context) {
            Poll::Ready(Ok(())) => false,
            Poll::Ready(Err(error)) => {
                refused.get_or_insert(error);
                false
            }
            Poll::Pending => true,
        });
        if asked.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    refused.map_or(Ok(()), Err)
}
