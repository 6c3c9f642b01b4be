//! What a hub costs: taking sales in beside bare axum and the same rows, from one till and from several at once, with few
//! and with many stored, and from tills that come back; giving definitions out, evaluating carts, and how soon a new price
//! is at a till. Requests go through the whole service without a network, but for the price.

use std::io;

use anyhow::{anyhow, ensure};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, header},
};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    ApiError, Codes, Hub, NewStore, Registered, app,
    db::{Books, DatabaseError, Sqlite},
    settings::{Profile, Settings},
};
use saleflex_sync::wire::{PushAnswer, Verdict};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    Run,
    figures::{Times, grouped, heading, row, show},
};
use sales::{Sales, TillOf};

mod bare;
mod idle;
mod ingest;
mod offers;
mod price;
mod returning;
mod sales;
mod stored;

pub use idle::start_a_hub;

/// Lines of the sales that are delivered: those freeze about 5 KB.
const LINES: usize = 5;

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let folder = run.folder()?;
    idle::print(run, folder.path())?;
    let sales = Sales::of(folder.path(), LINES)?;
    ingest::print(run, folder.path(), &sales)?;
    let path = folder.path().join("hub.sqlite");
    let mut hub = Service::open(|| Books::open(Sqlite::open(&path)?))?;
    stored::print(run, &path, (&mut hub, &sales))?;
    heading("Definitions given out, and carts evaluated");
    let products = run.sized(100_000, 5_000);
    hub.define(products)?;
    let pages = Times::of(run.sized(200, 10), |at| {
        hub.read(&format!("/sync/changes?limit=500&cursor=c{}", at * 500))
    })?;
    let products = grouped(products);
    row(&format!("a page of 500 of {products} products"), &p50_and_p99(&pages));
    let whole = Times::of(run.sized(20, 3), |_| hub.read("/sync/bootstrap"))?;
    row(&format!("all {products} products at once"), &p50_and_p99(&whole));
    offers::print(run, &hub)?;
    returning::print(run, folder.path(), &sales)?;
    price::print(run, folder.path())
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

/// The threads that a hub answers on.
#[derive(Clone, Copy)]
enum Threads {
    /// One beside the caller's, for one request after the other.
    One,
    /// As many as `saleflex-gate serve` has: one a core.
    AsServed,
}

impl Threads {
    fn start(self) -> io::Result<Runtime> {
        let mut builder = Builder::new_multi_thread();
        if matches!(self, Self::One) {
            builder.worker_threads(1);
        }
        builder.enable_all().build()
    }
}

/// A hub on books that are opened inside its runtime, which drives the connections to a server.
fn started(
    threads: Threads,
    books: impl FnOnce() -> Result<Books, DatabaseError>,
) -> anyhow::Result<(Runtime, Hub)> {
    let runtime = threads.start()?;
    let books = {
        let _inside = runtime.enter();
        books()?
    };
    let settings = Settings { profile: Profile::Gate, body_limit_bytes: 256 << 20, ..Settings::default() };
    Ok((runtime, Hub::new(books, settings, noon)))
}

impl Service {
    fn open(books: impl FnOnce() -> Result<Books, DatabaseError>) -> anyhow::Result<Self> {
        let (runtime, hub) = started(Threads::One, books)?;
        let registered = runtime.block_on(with_a_till(&hub, "S")).map_err(said)?;
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

    /// The same store and till at a hub of its own, on books that are to hold what this one's hold.
    fn again(
        &self,
        threads: Threads,
        books: impl FnOnce() -> Result<Books, DatabaseError>,
    ) -> anyhow::Result<Self> {
        let (runtime, hub) = started(threads, books)?;
        Ok(Self {
            runtime,
            router: app(hub.clone()),
            hub,
            company: self.company,
            terminal: self.terminal,
            token: self.token.clone(),
            sent: self.sent,
        })
    }

    fn read(&self, path: &str) -> anyhow::Result<()> {
        let uri = format!("/api/v1{path}");
        let bearer = format!("Bearer {}", self.token);
        let request = Request::builder().uri(uri).header(header::AUTHORIZATION, bearer);
        self.ask((self.router.clone(), request.body(Body::empty())?)).map(drop)
    }

    /// The body of a push of the next sales.
    fn push(&mut self, sales: &Sales, events: u64) -> anyhow::Result<Vec<u8>> {
        let body = sales.push(TillOf { store: "S", code: "T", no: 0 }, self.sent, events)?;
        self.sent += events;
        Ok(body)
    }

    /// A push of the till that shows a token.
    fn delivery(&self, token: &str, body: Vec<u8>) -> anyhow::Result<Call> {
        let bearer = format!("Bearer {token}");
        let request = Request::post("/api/v1/sync/push").header(header::AUTHORIZATION, bearer);
        Ok((self.router.clone(), request.body(Body::from(body))?))
    }

    fn send(&self, body: Vec<u8>) -> anyhow::Result<Bytes> {
        self.ask(self.delivery(&self.token, body)?)
    }

    fn ask(&self, call: Call) -> anyhow::Result<Bytes> {
        self.runtime.block_on(answered(call))
    }

    fn push_many(&mut self, sales: &Sales, events: u64, requests: usize) -> anyhow::Result<Times> {
        let mut times = Times::default();
        for _ in 0..requests {
            let body = self.push(sales, events)?;
            taken_wholly(&times.measure(|| self.send(body))?)?;
        }
        Ok(times)
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

/// Adds a store with a till to a hub.
async fn with_a_till(hub: &Hub, store: &str) -> Result<Registered, ApiError> {
    let [office, store, terminal] = ["OFC", store, "T"].map(str::to_owned);
    let new = NewStore {
        office_code: office.clone(),
        store_code: store.clone(),
        name: "Store".to_owned(),
        currency: "GBP".to_owned(),
        time_zone: "UTC".to_owned(),
        prices_include_tax: true,
        self_registration: false,
    };
    hub.add_store("main".to_owned(), new).await?;
    hub.register(Codes { office, store, terminal }, 1).await
}

/// A request, and the service that it goes to.
type Call = (Router, Request<Body>);

async fn answered((router, request): Call) -> anyhow::Result<Bytes> {
    let answer = router.oneshot(request).await?;
    ensure!(answer.status().is_success(), "the service answered {}", answer.status());
    Ok(to_bytes(answer.into_body(), usize::MAX).await?)
}

/// Sends requests, all at once, and answers what is said to each.
fn at_once(runtime: &Runtime, calls: Vec<Call>) -> anyhow::Result<Vec<Bytes>> {
    runtime.block_on(async {
        let senders = calls.into_iter().map(|call| tokio::spawn(answered(call)));
        let mut answers = Vec::new();
        for sender in senders.collect::<Vec<_>>() {
            answers.push(sender.await??);
        }
        Ok(answers)
    })
}

/// Makes sure that a hub applied every event of a push and found nothing odd about any: of one that it cannot read it does
/// less.
fn taken_wholly(answer: &[u8]) -> anyhow::Result<()> {
    let answer: PushAnswer = serde_json::from_slice(answer)?;
    let odd = answer.results.iter().find(|one| one.result != Verdict::Accepted || !one.flags.is_empty());
    ensure!(odd.is_none(), "a sale was not taken wholly: {odd:?}");
    Ok(())
}
