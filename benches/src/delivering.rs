//! What a hub costs: taking events in beside bare axum and the same rows, with few and with many stored and from many
//! tills at once; giving definitions out, evaluating carts, and how soon a new price is at a till. Requests go through
//! the whole service without a network, but for the price.

use std::path::Path;

use anyhow::{Context, anyhow, ensure};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use chrono::{DateTime, Utc};
use saleflex_core::digest::Digest;
use saleflex_gate::{
    ApiError, Codes, Hub, NewStore, app,
    db::{Books, Database, DatabaseError, Postgres, Purpose, Sqlite, Tenant},
    settings::{Profile, Settings},
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt;
use uuid::Uuid;
use xtask::postgres;

use crate::{
    Run,
    figures::{Ratios, Times, grouped, heading, judged, row, show},
};
use bare::Bare;

mod bare;
mod idle;
mod offers;
mod price;
mod returning;

pub use idle::start_a_hub;

/// Rounds that a ratio is the median of.
const ROUNDS: usize = 5;
/// About what a sale of ten lines freezes.
const PAYLOAD_BYTES: usize = 5_000;

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let folder = run.folder()?;
    idle::print(run, folder.path())?;
    let path = folder.path().join("hub.sqlite");
    let mut hub = Service::open(|| Books::open(Sqlite::open(&path)?))?;
    ingest(run, folder.path(), &path, &mut hub)?;
    heading("Definitions given out, and carts evaluated");
    let products = run.sized(100_000, 5_000);
    hub.define(products)?;
    let pages = Times::of(run.sized(200, 20), |at| {
        hub.read(&format!("/sync/changes?limit=500&cursor=c{}", at * 500))
    })?;
    let products = grouped(products);
    row(&format!("a page of 500 of {products} products"), &p50_and_p99(&pages));
    let whole = Times::of(run.sized(20, 3), |_| hub.read("/sync/bootstrap"))?;
    row(&format!("all {products} products at once"), &p50_and_p99(&whole));
    offers::print(run, &hub)?;
    returning::print(run, folder.path())?;
    price::print(run, folder.path())
}

/// Events taken in, on both databases and with few and many stored.
fn ingest(run: &Run, folder: &Path, path: &Path, hub: &mut Service) -> anyhow::Result<()> {
    heading("Events taken in, of 5 KB each, beside bare axum that writes the same rows");
    let sizes = [(1, run.sized(200, 20)), (50, run.sized(20, 4))];
    for (batch, requests) in sizes {
        let bare = Bare::on_file(&folder.join(format!("bare-{batch}.sqlite")))?;
        hub.compare("SQLite", &bare, batch, requests)?;
    }
    if let Some(server) = postgres::start()? {
        let mut served = Service::open(|| Books::open(Postgres::connect(&server.url)?))?;
        for (batch, requests) in sizes {
            let bare = Bare::on_server(&served.runtime, &server.url)?;
            served.compare("PostgreSQL", &bare, batch, requests)?;
        }
    }
    let many = run.sized(1_000_000, 20_000);
    heading(&format!("A push of 50 with 1,000 and with {} stored", grouped(many)));
    let few = hub.push_many(50, 20)?;
    hub.fill(path, many)?;
    let full = hub.push_many(50, 20)?;
    let mut ratio = Ratios::default();
    ratio.push_times(full.median(), few.median());
    let measured = format!("{} and {}: {ratio}", show(few.median()), show(full.median()));
    judged("median", &measured, "at most 1.20", ratio.median() <= 1_200);
    Ok(())
}

fn p50_and_p99(times: &Times) -> String {
    format!("p50 {}, p99 {}", show(times.percentile(50)), show(times.percentile(99)))
}

/// A hub with a store and a till.
struct Service {
    runtime: Runtime,
    hub: Hub,
    router: Router,
    company: Uuid,
    terminal: Uuid,
    token: String,
    /// The till's sequence so far.
    sent: u64,
}

fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over is owned")]
fn said(error: ApiError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

impl Service {
    /// A hub on books that are opened inside its runtime, which drives the connections to a server.
    fn open(books: impl FnOnce() -> Result<Books, DatabaseError>) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let books = {
            let _inside = runtime.enter();
            books()?
        };
        let settings =
            Settings { profile: Profile::Gate, body_limit_bytes: 256 << 20, ..Settings::default() };
        let hub = Hub::new(books, settings, noon);
        let store = NewStore {
            office_code: "OFC".to_owned(),
            store_code: "S".to_owned(),
            name: "Store".to_owned(),
            currency: "GBP".to_owned(),
            time_zone: "UTC".to_owned(),
            prices_include_tax: true,
            self_registration: false,
        };
        let registered = runtime.block_on(async {
            hub.add_store("main".to_owned(), store).await?;
            let [office, store, terminal] = ["OFC", "S", "T"].map(str::to_owned);
            hub.register(Codes { office, store, terminal }, 1).await
        });
        let registered = registered.map_err(said)?;
        Ok(Self {
            runtime,
            router: app(hub.clone()),
            hub,
            company: registered.company,
            terminal: registered.terminal.id,
            token: registered.secret,
            sent: 0,
        })
    }

    fn ask(&self, request: Request<Body>) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await?;
            ensure!(answer.status().is_success(), "the hub answered {}", answer.status());
            to_bytes(answer.into_body(), usize::MAX).await?;
            Ok(())
        })
    }

    fn read(&self, path: &str) -> anyhow::Result<()> {
        let uri = format!("/api/v1{path}");
        let bearer = format!("Bearer {}", self.token);
        self.ask(Request::builder().uri(uri).header(header::AUTHORIZATION, bearer).body(Body::empty())?)
    }

    /// The body of a push of the next events.
    fn push(&mut self, events: u64) -> Vec<u8> {
        let body = push("T", self.sent, events);
        self.sent += events;
        body
    }

    fn send(&self, body: Vec<u8>) -> anyhow::Result<()> {
        let bearer = format!("Bearer {}", self.token);
        let request = Request::builder().method("POST").uri("/api/v1/sync/push");
        self.ask(request.header(header::AUTHORIZATION, bearer).body(Body::from(body))?)
    }

    fn push_many(&mut self, events: u64, requests: usize) -> anyhow::Result<Times> {
        let bodies: Vec<Vec<u8>> = (0..requests).map(|_| self.push(events)).collect();
        let mut bodies = bodies.into_iter();
        Times::of(requests, |_| self.send(bodies.next().context("a body each")?))
    }

    /// The service and the bare one in turn, with the same bodies.
    fn compare(&mut self, on: &str, bare: &Bare, batch: u64, requests: usize) -> anyhow::Result<()> {
        let mut ratios = Ratios::default();
        let (mut served, mut written) = (Times::default(), Times::default());
        for _ in 0..ROUNDS {
            let bodies: Vec<Vec<u8>> = (0..requests).map(|_| self.push(batch)).collect();
            let mut copies = bodies.clone().into_iter();
            let mut bodies = bodies.into_iter();
            let through = Times::of(requests, |_| self.send(bodies.next().context("a body each")?))?;
            let rows =
                Times::of(requests, |_| bare.send(&self.runtime, copies.next().context("a body each")?))?;
            ratios.push_times(rows.total(), through.total());
            served.push(through.median());
            written.push(rows.median());
        }
        let each = |times: &Times| show(times.median() / u32::try_from(batch).unwrap_or(1));
        let what = if batch == 1 { "one a request".to_owned() } else { format!("{batch} a request") };
        let measured = format!("{} an event, bare {}: {ratios}", each(&served), each(&written));
        judged(&format!("{on}, {what}"), &measured, "at least 0.50 of the bare rate", ratios.median() >= 500);
        Ok(())
    }

    /// Stores events without the service.
    fn fill(&mut self, path: &Path, many: usize) -> anyhow::Result<()> {
        let file = Sqlite::open(path)?;
        let (first, company, terminal) = (self.sent, self.company, self.terminal);
        let mut result = Ok(());
        file.transact(Tenant::Company(company), Purpose::Write, &mut |session| {
            result = (1..=many as u64).try_for_each(|at| {
                let (seq, entity) = (first + at, Uuid::from_u128(u128::from(first + at)));
                let number = i64::try_from(seq).unwrap_or(i64::MAX);
                session.execute(
                    "INSERT INTO ledger (company_id, terminal_id, kind, entity_id, revision, digest, body, \
                     received_at, epoch, seq) VALUES ($1, $2, 'transaction', $3, 1, $4, '{}', 0, $5, $6)",
                    &[
                        company.into(),
                        terminal.into(),
                        entity.into(),
                        "0".repeat(64).into(),
                        Uuid::from_u128(1).into(),
                        number.into(),
                    ],
                )?;
                Ok::<_, DatabaseError>(())
            });
            let last = i64::try_from(first + many as u64).unwrap_or(i64::MAX);
            let reached = session.execute(
                "UPDATE feed SET contiguous_seq = $2 WHERE company_id = $1",
                &[company.into(), last.into()],
            );
            result.is_ok() && reached.is_ok()
        })?;
        self.sent += many as u64;
        Ok(result?)
    }

    fn define(&self, products: usize) -> anyhow::Result<()> {
        let [rate, unit, department] = [1, 2, 3].map(Uuid::from_u128);
        let product = |at: usize| {
            json!({
                "id": Uuid::from_u128(1_000 + at as u128), "code": format!("P{at}"), "name": format!("Product {at}"),
                "sale_price": "1.50", "fk_department_main_group_id": department, "fk_product_unit_id": unit,
                "fk_vat_id": rate, "is_active": true,
            })
        };
        let data = json!({"products": (0..products).map(product).collect::<Vec<_>>()});
        self.import(&data)
    }

    /// Takes definitions in as another hub gives them out.
    fn import(&self, data: &Value) -> anyhow::Result<()> {
        let answer = json!({"office_code": "OFC", "store_code": "S", "terminal_code": "T", "data": data});
        self.runtime.block_on(self.hub.import("main".to_owned(), answer)).map(drop).map_err(said)
    }
}

/// The body of a push of a till's events behind those it has sent.
fn push(till: &str, sent: u64, events: u64) -> Vec<u8> {
    let items: Vec<Value> = (1..=events).map(|at| item(till, sent + at)).collect();
    let push = json!({
        "schema_version": 1,
        "sender": {"office_code": "OFC", "store_code": "S", "terminal_code": till},
        "epoch": Uuid::from_u128(1), "items": items,
    });
    push.to_string().into_bytes()
}

fn item(till: &str, seq: u64) -> Value {
    let entity = Uuid::from_u128(u128::from(seq));
    let payload = format!("\"{}\"", "x".repeat(PAYLOAD_BYTES - 2));
    json!({
        "seq": seq, "kind": "transaction", "entity_id": entity, "revision": 1,
        "depends_on_closure": {"belongs_to": 1}, "created_at": "2025-04-06T08:00:00+00:00",
        "idempotency_key": format!("{till}/transaction/{entity}/1"), "schema_version": 1,
        "payload_hash": Digest::of(payload.as_bytes()), "payload": "x".repeat(PAYLOAD_BYTES - 2),
    })
}
