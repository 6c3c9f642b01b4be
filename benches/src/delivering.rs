//! What a hub costs: taking sales in beside bare axum and the same rows, with few and with many stored and from many
//! tills at once; giving definitions out, evaluating carts, and how soon a new price is at a till. Requests go through
//! the whole service without a network, but for the price.

use anyhow::{anyhow, ensure};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, header},
};
use chrono::{DateTime, Utc};
use saleflex_gate::{
    ApiError, Codes, Hub, NewStore, app,
    db::{Books, DatabaseError, Sqlite},
    settings::{Profile, Settings},
};
use saleflex_sync::wire::{PushAnswer, Verdict};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
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

/// A hub on books that are opened inside its runtime, which drives the connections to a server.
fn started(books: impl FnOnce() -> Result<Books, DatabaseError>) -> anyhow::Result<(Runtime, Hub)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let books = {
        let _inside = runtime.enter();
        books()?
    };
    let settings = Settings { profile: Profile::Gate, body_limit_bytes: 256 << 20, ..Settings::default() };
    Ok((runtime, Hub::new(books, settings, noon)))
}

impl Service {
    fn open(books: impl FnOnce() -> Result<Books, DatabaseError>) -> anyhow::Result<Self> {
        let (runtime, hub) = started(books)?;
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

    /// The same store and till at a hub of its own, on books that are to hold what this one's hold.
    fn again(&self, books: impl FnOnce() -> Result<Books, DatabaseError>) -> anyhow::Result<Self> {
        let (runtime, hub) = started(books)?;
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

    fn ask(&self, request: Request<Body>) -> anyhow::Result<Bytes> {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await?;
            ensure!(answer.status().is_success(), "the hub answered {}", answer.status());
            Ok(to_bytes(answer.into_body(), usize::MAX).await?)
        })
    }

    fn read(&self, path: &str) -> anyhow::Result<()> {
        let uri = format!("/api/v1{path}");
        let bearer = format!("Bearer {}", self.token);
        let request = Request::builder().uri(uri).header(header::AUTHORIZATION, bearer);
        self.ask(request.body(Body::empty())?).map(drop)
    }

    /// The body of a push of the next sales.
    fn push(&mut self, sales: &Sales, events: u64) -> anyhow::Result<Vec<u8>> {
        let body = sales.push(TillOf { code: "T", no: 0 }, self.sent, events)?;
        self.sent += events;
        Ok(body)
    }

    fn send(&self, body: Vec<u8>) -> anyhow::Result<Bytes> {
        let bearer = format!("Bearer {}", self.token);
        let request = Request::builder().method("POST").uri("/api/v1/sync/push");
        self.ask(request.header(header::AUTHORIZATION, bearer).body(Body::from(body))?)
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

/// Makes sure that a hub applied every event of a push and found nothing odd about any: of one that it cannot read it does
/// less.
fn taken_wholly(answer: &[u8]) -> anyhow::Result<()> {
    let answer: PushAnswer = serde_json::from_slice(answer)?;
    let odd = answer.results.iter().find(|one| one.result != Verdict::Accepted || !one.flags.is_empty());
    ensure!(odd.is_none(), "a sale was not taken wholly: {odd:?}");
    Ok(())
}
