//! A shop of three in one process: a till, the store's hub and the company's hub.
#![allow(dead_code, reason = "every program uses a part of it")]

use std::time::Duration;

use anyhow::{Context, anyhow};
use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use saleflex_gate::{
    ApiError, Codes, Hub, NewStore, TerminalChange, app,
    db::{Books, Sqlite},
    settings::{Profile, Settings},
};
use saleflex_store::Till;
use saleflex_sync::{
    inbox::Inbox,
    outbox::Outbox,
    plan::{Intervals, Schedule},
    till::{TillInbox, TillOutbox},
    transport::Transport,
    wire::{Secret, Sender},
    worker::{Device, Done, Instant, Worker},
};
use serde_json::json;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::in_process::InProcess;

const OFFICE_CODE: &str = "OFC-HIGH-STREET";
const STORE_CODE: &str = "HIGH-STREET";
pub(crate) const TILL: &str = "TILL-1";

/// A hub with what it serves.
pub(crate) struct Node {
    pub(crate) hub: Hub,
    pub(crate) router: Router,
    pub(crate) company: Uuid,
    /// What its first terminal shows.
    pub(crate) secret: String,
}

pub(crate) fn opening() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_184) + TimeDelta::hours(8)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over is owned")]
pub(crate) fn said(error: ApiError) -> anyhow::Error {
    anyhow!("{} ({})", error.message, error.code)
}

/// A hub with the store in it, and one terminal: the company's knows the store's hub, the store's its till.
pub(crate) fn node(runtime: &Runtime, settings: Settings, terminal: &str) -> anyhow::Result<Node> {
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
pub(crate) fn settle<O: Outbox, I: Inbox>(
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

/// A network that works.
pub(crate) const fn to<'a>(node: &'a Node, runtime: &'a Runtime) -> InProcess<'a> {
    InProcess { router: Some(&node.router), runtime }
}

/// The company changes a price: the row of a product as tills know it.
pub(crate) fn change_price(
    runtime: &Runtime,
    gate: &Node,
    till: &Till,
    code: &str,
    price: &str,
) -> anyhow::Result<()> {
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

/// The till's connection to the store's hub.
pub(crate) fn connection(till: &Till, office: &Node) -> anyhow::Result<Worker<TillOutbox, TillInbox>> {
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
