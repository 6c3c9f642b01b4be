//! A day of a shop whose network comes and goes: a till, the store's hub and the company's hub in one process. Whatever
//! is away, the till sells; in the end all three agree to the penny.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

#[path = "../support/in_process.rs"]
mod in_process;

use std::time::Duration;

use anyhow::{Context, anyhow};
use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use in_process::InProcess;
use saleflex_core::{
    document::{AddLine, Command, TakeTender},
    journal::Entry,
    money::Money,
    tender::TenderKind,
};
use saleflex_gate::{
    ApiError, Codes, Hub, NewStore, TerminalChange, app,
    db::{Books, Sqlite},
    relay,
    settings::{Profile, Settings, Upstream},
};
use saleflex_store::{Till, demo, shell::ManualShell};
use saleflex_sync::{
    inbox::Inbox,
    outbox::Outbox,
    plan::{Intervals, Schedule},
    till::{TillInbox, TillOutbox, take_over},
    transport::Transport,
    wire::{Secret, Sender},
    worker::{Device, Done, Instant, Worker},
};
use serde_json::json;
use tokio::runtime::Runtime;
use uuid::Uuid;

const OFFICE_CODE: &str = "OFC-HIGH-STREET";
const STORE_CODE: &str = "HIGH-STREET";
const TILL: &str = "TILL-1";

/// A hub with what it serves.
struct Node {
    hub: Hub,
    router: Router,
    company: Uuid,
    /// What its first terminal shows.
    secret: String,
}

fn opening() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_184) + TimeDelta::hours(8)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over is owned")]
fn said(error: ApiError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

/// A hub with the store in it, and one terminal: the company's knows the store's hub, the store's its till.
fn node(runtime: &Runtime, settings: Settings, terminal: &str) -> anyhow::Result<Node> {
    let is_gate = settings.profile == Profile::Gate;
    let hub = Hub::new(Books::open(Sqlite::in_memory()?)?, settings, opening);
    let store = NewStore {
        office_code: OFFICE_CODE.to_owned(),
        store_code: STORE_CODE.to_owned(),
        name: "High Street".to_owned(),
        currency: "GBP".to_owned(),
        time_zone: "Europe/London".to_owned(),
        prices_include_tax: true,
        self_registration: false,
    };
    let registered = runtime.block_on(async {
        hub.add_store("corner-market".to_owned(), store).await?;
        let [office, store, terminal] = [OFFICE_CODE, STORE_CODE, terminal].map(str::to_owned);
        let registered = hub.register(Codes { office, store, terminal }, 1).await?;
        if is_gate {
            let change = TerminalChange::IsNode(true);
            hub.change(registered.company, registered.terminal.id, change).await?;
        }
        Ok(registered)
    });
    let registered = registered.map_err(said)?;
    let router = app(hub.clone());
    Ok(Node { hub, router, company: registered.company, secret: registered.secret })
}

/// Does everything that is due and answers how many events wait then.
fn settle<O: Outbox, I: Inbox>(
    worker: &mut Worker<O, I>,
    hub: &mut dyn Transport,
    hours: u64,
) -> anyhow::Result<u64> {
    let elapsed = Duration::from_secs(hours * 3_600);
    let now = opening() + TimeDelta::from_std(elapsed)?;
    worker.schedule_mut().force();
    while let Done::Step { .. } = worker.step(hub, Instant { elapsed, now, random: 0 })? {}
    Ok(worker.progress()?.waiting)
}

fn sell(till: &mut Till, code: &str) -> anyhow::Result<()> {
    till.execute(Command::AddLine(AddLine::code(code)))?;
    till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    Ok(())
}

/// A network that works.
const fn to<'a>(node: &'a Node, runtime: &'a Runtime) -> InProcess<'a> {
    InProcess { router: Some(&node.router), runtime }
}

/// What the documents come to that a hub has.
fn taken(runtime: &Runtime, node: &Node) -> anyhow::Result<(usize, Money)> {
    let delivered = runtime.block_on(node.hub.delivered(node.company)).map_err(said)?;
    let mut sum = 0;
    let mut documents = 0;
    for event in &delivered {
        let entry = Entry::from_bytes(event.body.as_bytes()).context("an event of the till")?;
        for completed in &entry.effects.completed {
            documents += 1;
            sum += completed.document().totals.net_due.minor();
        }
    }
    Ok((documents, Money::from_minor(sum)))
}

/// The company changes a price: the row of a product as tills know it.
fn change_price(runtime: &Runtime, gate: &Node, till: &Till, code: &str, price: &str) -> anyhow::Result<()> {
    let product = till.catalog().product_by_code(code).context("a product")?.id();
    let [rate, unit, department] = [1, 2, 3].map(Uuid::from_u128);
    let data = json!({
        "vat_rates": [{"id": rate, "no": 90, "name": "Zero", "rate": "0"}],
        "product_units": [{"id": unit, "code": "PCS"}],
        "department_main_groups": [{"id": department, "code": "90", "name": "Dairy", "fk_vat_id": rate}],
        "products": [{
            "id": product.uuid(), "code": code, "name": "Milk, new price", "sale_price": price,
            "fk_department_main_group_id": department, "fk_product_unit_id": unit, "fk_vat_id": rate,
        }],
    });
    let answer = json!({
        "office_code": OFFICE_CODE, "store_code": STORE_CODE, "terminal_code": "OFFICE", "data": data,
    });
    runtime.block_on(gate.hub.import("corner-market".to_owned(), answer)).map(drop).map_err(said)
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let gate = node(&runtime, Settings { profile: Profile::Gate, ..Settings::default() }, "OFFICE")?;
    let upstream = Upstream { address: "http://company".to_owned(), token: gate.secret.clone() };
    let office = node(&runtime, Settings { upstream: Some(upstream), ..Settings::default() }, TILL)?;
    let mut forwarding = relay::worker(&office.hub)?;

    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting(opening(), 1);
    let setup = demo::corner_market(&mut clock.clone());
    let mut till = Till::create(folder.path().join("till.saleflex"), setup, clock.clone())?;
    till.log_in("admin", "1111")?;
    till.add_connector("office")?;
    let mut sending = connection(&till, &office)?;

    let away = || InProcess { router: None, runtime: &runtime };
    for code in ["10101", "10102", "10101"] {
        sell(&mut till, code)?;
    }
    let waiting = settle(&mut sending, &mut away(), 1)?;
    println!("09:00  three sales, no network at all: {waiting} events wait at the till");

    let waiting = settle(&mut sending, &mut to(&office, &runtime), 2)?;
    let relayed = settle(&mut forwarding, &mut away(), 2)?;
    println!(
        "10:00  the store's hub is back, the company's away: {waiting} wait at the till, {relayed} in the store"
    );

    sell(&mut till, "10103")?;
    settle(&mut sending, &mut to(&office, &runtime), 3)?;
    let relayed = settle(&mut forwarding, &mut to(&gate, &runtime), 3)?;
    println!("11:00  a fourth sale, and the company's hub is back: {relayed} wait in the store");

    change_price(&runtime, &gate, &till, "10101", "1.75")?;
    settle(&mut forwarding, &mut to(&gate, &runtime), 4)?;
    settle(&mut sending, &mut to(&office, &runtime), 4)?;
    let before = till.catalog().product_by_code("10101").context("milk")?.price();
    till.execute(Command::AddLine(AddLine::code("10101")))?;
    let put_off = take_over(&mut till, "office", 1_000)?.is_put_off;
    till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    let taken_over = take_over(&mut till, "office", 1_000)?;
    let after = till.catalog().product_by_code("10101").context("milk")?.price();
    println!(
        "12:00  a price from {before} to {after}: put off while a sale is open: {put_off}, held: {}",
        taken_over.held
    );
    sell(&mut till, "10101")?;

    let closure = till.close_period(None, None)?;
    settle(&mut sending, &mut to(&office, &runtime), 5)?;
    settle(&mut forwarding, &mut to(&gate, &runtime), 5)?;
    println!("13:00  the Z report says {}", till.currency().show(closure.report.net_sales));
    for (name, node) in [("the store's hub", &office), ("the company's hub", &gate)] {
        let (documents, sum) = taken(&runtime, node)?;
        println!("       {name} has {documents} documents: {}", till.currency().show(sum));
        anyhow::ensure!(sum == closure.report.net_sales, "{name} does not agree");
    }
    Ok(())
}

/// The till's connection to the store's hub.
fn connection(till: &Till, office: &Node) -> anyhow::Result<Worker<TillOutbox, TillInbox>> {
    let [office_code, store_code, terminal_code] = [OFFICE_CODE, STORE_CODE, TILL].map(str::to_owned);
    let sender = Sender { office_code, store_code, terminal_code };
    let device = Device {
        terminal: till.identity().terminal.uuid(),
        token: Some(Secret::new(&office.secret)),
        software_version: "example".to_owned(),
    };
    let outbox = TillOutbox::new(till.outbox("office")?, sender);
    let inbox = TillInbox::new(till.inbox("office")?);
    Ok(Worker::new(outbox, inbox, Schedule::new(Intervals::OFFICE, false), device))
}
