//! A store on a hub on each database, and requests to it.

use std::{
    env,
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    Codes, Hub, Registered, TerminalChange, app,
    db::{Books, Database, DatabaseError, Postgres, Purpose, Sqlite, Tenant},
    settings::{OfficeWire, Settings},
};
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell, oneshot};
use tower::ServiceExt;
use uuid::Uuid;

/// How late it is, in seconds after noon. Tests that let time pass set it for their own thread.
pub(crate) fn later(seconds: i64) {
    LATER.with(|later| later.set(seconds));
}

std::thread_local! {
    static LATER: std::cell::Cell<i64> = const { std::cell::Cell::new(0) };
}

/// The clock of the tests: noon, and whatever the test let pass.
pub(crate) fn clock() -> DateTime<Utc> {
    noon() + chrono::TimeDelta::seconds(LATER.with(std::cell::Cell::get))
}

pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-21T12:00:00Z").unwrap().to_utc()
}

/// Fresh books on every database there is.
pub(crate) async fn every_books() -> Vec<Books> {
    let mut all = vec![Books::open(Sqlite::in_memory().unwrap()).unwrap()];
    if let Some(server) = server() {
        let url = database(&server, template(&server).await).await;
        all.push(open_postgres(url).await);
    }
    all
}

/// Fresh books on a server, where there is one: there transactions run beside each other.
pub(crate) async fn served_books() -> Vec<Books> {
    every_books().await.split_off(1)
}

/// Does something in a transaction on a server that is not over until it is let go: others wait for what it changed.
pub(crate) async fn held(books: &Books, sql: impl Into<String>) -> mpsc::Sender<()> {
    let (books, sql, (let_go, is_let_go)) = (books.clone(), sql.into(), mpsc::channel());
    let (done, is_done) = oneshot::channel();
    tokio::spawn(async move {
        let held = books.write::<_, DatabaseError>(Tenant::Platform, move |session| {
            session.batch(&sql)?;
            done.send(()).unwrap();
            // A test that failed lets it go too.
            is_let_go.recv().unwrap_or_default();
            Ok(())
        });
        held.await.unwrap();
    });
    is_done.await.unwrap();
    let_go
}

/// Until so many transactions on a server wait for others.
pub(crate) async fn until_waiting(books: &Books, count: i64) {
    for _ in 0..1_000 {
        let waiting = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                       AND wait_event_type = 'Lock'";
            session.query(sql, &[])?[0].integer(0)
        });
        if waiting.await.unwrap() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("not {count} wait");
}

async fn open_postgres(url: String) -> Books {
    tokio::task::spawn_blocking(move || Books::open(Postgres::connect(&url).unwrap()).unwrap()).await.unwrap()
}

fn server() -> Option<String> {
    env::var("SALEFLEX_TEST_POSTGRES").ok()
}

/// The URL of a new, empty database; none without a server.
pub(crate) async fn fresh_postgres() -> Option<String> {
    let server = server()?;
    // Roles belong to the whole server: they are made once, and not by two hubs in the same instant.
    template(&server).await;
    Some(database(&server, "template1").await)
}

/// A database in which a hub has made its tables once. Copying it takes a fraction of making them.
async fn template(server: &str) -> &'static str {
    static MADE: OnceCell<String> = OnceCell::const_new();
    let make = || async {
        let url = database(server, "template1").await;
        drop(open_postgres(url.clone()).await);
        let (_, name) = url.rsplit_once('/').expect("a URL with a database");
        // What a hub leaves open for a moment would keep others from copying.
        let closed = format!(
            "ALTER DATABASE {name} ALLOW_CONNECTIONS false; \
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        );
        on(server, &closed).await;
        name.to_owned()
    };
    MADE.get_or_init(make).await
}

/// The URL of a new database that is a copy of another.
async fn database(server: &str, of: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    // Two copies of one database at a time get into each other's way.
    static COPYING: Mutex<()> = Mutex::const_new(());
    let name = format!("hub_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let _one_by_one = COPYING.lock().await;
    on(server, &format!("CREATE DATABASE {name} TEMPLATE {of}")).await;
    let (base, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{base}/{name}")
}

async fn on(server: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
    let driven = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driven.await.unwrap().unwrap();
}

/// Runs one statement in its own transaction.
pub(crate) fn run(database: &dyn Database, tenant: Tenant, sql: &str) {
    let mut result = Ok(());
    let transacted = database.transact(tenant, Purpose::Write, &mut |session| {
        result = session.batch(sql);
        result.is_ok()
    });
    transacted.unwrap();
    result.unwrap();
}

/// A hub with the recorded store in it and two terminals.
pub(crate) struct Shop {
    pub(crate) hub: Hub,
    pub(crate) router: Router,
    pub(crate) company: Uuid,
    pub(crate) store: Uuid,
    pub(crate) till_1: Registered,
    pub(crate) till_2: Registered,
}

impl Shop {
    pub(crate) async fn open(books: Books, office_wire: OfficeWire) -> Self {
        let secret = Some("a secret for tests alone".to_owned());
        let settings = Settings { office_wire, secret, body_limit_bytes: 100_000, ..Settings::default() };
        let hub = Hub::new(books, settings, noon);
        let seeds = [
            include_str!("../../../vectors/wire/init/harbour-TILL-1.json"),
            include_str!("../../../vectors/wire/init/harbour-TILL-2.json"),
        ];
        let mut imported = None;
        for seed in seeds {
            imported = Some(hub.import("harbour".into(), serde_json::from_str(seed).unwrap()).await.unwrap());
        }
        let imported = imported.unwrap();
        let till_1 = hub.register(codes("TILL-1"), 1).await.unwrap();
        let till_2 = hub.register(codes("TILL-2"), 2).await.unwrap();
        let router = app(hub.clone());
        Self { hub, router, company: imported.company, store: imported.store, till_1, till_2 }
    }

    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> (StatusCode, Value) {
        call(&self.router, request("GET", path, token, Body::empty())).await
    }

    pub(crate) async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> (StatusCode, Value) {
        call(&self.router, request("POST", path, token, Body::from(body.to_string()))).await
    }

    pub(crate) async fn change(&self, terminal: &Registered, change: TerminalChange) {
        self.hub.change(self.company, terminal.terminal.id, change).await.unwrap();
    }
}

pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: Body) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        builder = builder.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    builder.body(body).unwrap()
}

pub(crate) async fn call(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    assert!(response.headers().contains_key("x-correlation-id"));
    // A stream has no end that is worth waiting for.
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
        return (status, Value::Null);
    }
    let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
    // A file is no JSON: it comes back as a text.
    let text = || Value::from(String::from_utf8_lossy(&body).into_owned());
    (
        status,
        if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap_or_else(|_| text()) },
    )
}

pub(crate) fn codes(terminal: &str) -> Codes {
    Codes { office: "OFC-HARBOUR".into(), store: "HARBOUR-01".into(), terminal: terminal.into() }
}

/// A push of one terminal as the originals send it.
pub(crate) fn envelope(terminal: &str, list: &str, items: &[Value]) -> Value {
    json!({
        "office_code": "OFC-HARBOUR", "store_code": "HARBOUR-01", "terminal_code": terminal, "pos_id": 1,
        list: items, "sequences": [{"name": "ReceiptNumber", "value": 2}, {"name": "ClosureNumber", "value": 1}],
    })
}

/// A paid sale as the originals send it: without its lines.
pub(crate) fn sale(id: &str, receipt: u32, total: &str) -> Value {
    json!({
        "head": {
            "id": id, "transaction_unique_id": format!("20261121-0001-{receipt:06}"), "pos_id": 1,
            "transaction_status": "completed", "transaction_type": "sale", "document_type": "FISCAL_RECEIPT",
            "closure_number": 1, "receipt_number": receipt, "total_amount": total,
        },
        "products": [], "payments": [{"payment_type": "CASH_PAYMENT", "payment_total": total}],
        "fiscal": null,
    })
}

pub(crate) fn id(number: u32) -> String {
    format!("018f0000-0000-4000-8000-{number:012}")
}
