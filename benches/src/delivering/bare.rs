//! The least that taking events in costs: axum reads the same bodies, and the same rows are written in one transaction a
//! request. Nothing is checked, looked up, compared or answered.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::ensure;
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{Request, StatusCode, header},
    routing,
};
use rusqlite::{Connection, params};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{runtime::Runtime, task::spawn_blocking};
use tokio_postgres::{Client, NoTls, Statement};
use tower::ServiceExt;
use uuid::Uuid;

const ENTRY: &str = "INSERT INTO bare VALUES ($1, $2, 'transaction', $3, 1, $4, $5, $6, $7, 0)";
/// The events are of no kind that a hub can read, which it notes of each.
const FLAG: &str = "INSERT INTO bare_flag VALUES ($1, $2, 'transaction', $3, 1, 'unreadable')";
const INDEXES: &str = "CREATE INDEX bare_by_entity ON bare (company_id, entity_id, kind, revision, terminal_id); \
     CREATE INDEX bare_by_seq ON bare (company_id, terminal_id, epoch, seq); \
     CREATE INDEX bare_by_arrival ON bare (company_id, received_at, terminal_id, COALESCE(seq, 0), entity_id, \
     kind, revision);";

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

/// The bare service.
pub(crate) struct Bare(Router);

impl Bare {
    /// On a file under the pragmas of the hub, with the ledger's indexes.
    pub(crate) fn on_file(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             CREATE TABLE bare (company_id TEXT NOT NULL, terminal_id TEXT NOT NULL, kind TEXT NOT NULL, \
             entity_id TEXT NOT NULL, revision INTEGER NOT NULL, digest TEXT NOT NULL, epoch TEXT, seq INTEGER, \
             body TEXT NOT NULL, received_at INTEGER NOT NULL, \
             PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision)) STRICT; \
             CREATE TABLE bare_flag (company_id TEXT NOT NULL, terminal_id TEXT NOT NULL, kind TEXT NOT NULL, \
             entity_id TEXT NOT NULL, revision INTEGER NOT NULL, flag TEXT NOT NULL, \
             PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision, flag)) STRICT; {INDEXES}"
        ))?;
        let route = routing::post(into_file);
        Ok(Self(Router::new().route("/", route).with_state(Arc::new(Mutex::new(connection)))))
    }

    /// On a server, in a table of its own beside the hub's.
    pub(crate) fn on_server(runtime: &Runtime, url: &str) -> anyhow::Result<Self> {
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            // It ends with the client, which then has been told whatever went wrong.
            drop(tokio::spawn(connection));
            client
                .batch_execute(&format!(
                    "DROP TABLE IF EXISTS bare, bare_flag; \
                     CREATE TABLE bare (company_id UUID NOT NULL, terminal_id UUID NOT NULL, kind TEXT NOT NULL, \
                     entity_id UUID NOT NULL, revision BIGINT NOT NULL, digest TEXT NOT NULL, epoch UUID, \
                     seq BIGINT, body TEXT NOT NULL, received_at BIGINT NOT NULL, \
                     PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision)); \
                     CREATE TABLE bare_flag (company_id UUID NOT NULL, terminal_id UUID NOT NULL, kind TEXT NOT NULL, \
                     entity_id UUID NOT NULL, revision BIGINT NOT NULL, flag TEXT NOT NULL, \
                     PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision, flag)); {INDEXES}"
                ))
                .await?;
            let (entry, flag) = (client.prepare(ENTRY).await?, client.prepare(FLAG).await?);
            let server = Arc::new(Server { client, entry, flag });
            Ok(Self(Router::new().route("/", routing::post(into_server)).with_state(server)))
        })
    }

    /// Sends it the body of a push.
    pub(crate) fn send(&self, runtime: &Runtime, body: Vec<u8>) -> anyhow::Result<()> {
        let json = (header::CONTENT_TYPE, "application/json");
        let request = Request::post("/").header(json.0, json.1).body(Body::from(body))?;
        let answer = runtime.block_on(self.0.clone().oneshot(request))?;
        ensure!(answer.status() == StatusCode::NO_CONTENT, "the bare service answered {}", answer.status());
        Ok(())
    }
}

async fn into_file(State(file): State<Arc<Mutex<Connection>>>, Json(push): Json<Push>) -> StatusCode {
    let written = spawn_blocking(move || {
        let mut connection = file.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(ENTRY)?;
            let mut note = transaction.prepare_cached(FLAG)?;
            let [company, terminal] = [1, 2].map(|id| Uuid::from_u128(id).to_string());
            let epoch = push.epoch.to_string();
            for item in push.items {
                let entity = item.entity_id.to_string();
                let body = item.payload.get();
                insert.execute(params![
                    company,
                    terminal,
                    entity,
                    item.payload_hash,
                    epoch,
                    item.seq,
                    body
                ])?;
                note.execute(params![company, terminal, entity])?;
            }
        }
        transaction.commit()
    });
    answer(written.await.is_ok_and(|written| written.is_ok()))
}

/// A connection to a server with its statements, which are prepared once.
struct Server {
    client: Client,
    entry: Statement,
    flag: Statement,
}

async fn into_server(State(server): State<Arc<Server>>, Json(push): Json<Push>) -> StatusCode {
    answer(write(&server, push).await.is_ok())
}

async fn write(server: &Server, push: Push) -> Result<(), tokio_postgres::Error> {
    let Server { client, entry, flag } = server;
    client.batch_execute("BEGIN").await?;
    let [company, terminal] = [1, 2].map(Uuid::from_u128);
    for item in push.items {
        let body = item.payload.get();
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
            [&company, &terminal, &item.entity_id, &item.payload_hash, &push.epoch, &item.seq, &body];
        client.execute(entry, &values).await?;
        client.execute(flag, &[&company, &terminal, &item.entity_id]).await?;
    }
    client.batch_execute("COMMIT").await
}

const fn answer(is_written: bool) -> StatusCode {
    if is_written { StatusCode::NO_CONTENT } else { StatusCode::INTERNAL_SERVER_ERROR }
}
