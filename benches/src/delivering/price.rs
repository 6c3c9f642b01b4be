//! How soon a price that is changed at the hub is at a till: over HTTP on the loopback, from the change until the till
//! sells at it. The till asks as the terminal does, a question that the hub answers once there is something to say.

use std::{path::Path, thread, time::Duration};

use anyhow::{Context, anyhow, ensure};
use saleflex_core::quantity::UnitPrice;
use saleflex_gate::{
    db::{Books, Sqlite},
    serve,
};
use saleflex_store::{Till, demo, shell::ManualShell};
use saleflex_sync::{
    plan::{Intervals, Schedule},
    till::{TillInbox, TillOutbox, take_over},
    transport::{Address, HttpTransport},
    wire::{Secret, Sender},
    worker::{
        Device, Done, Instant, Worker,
        watch::{Heard, ask},
    },
};
use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::{Service, noon, p50_and_p99};
use crate::{
    Run,
    figures::{Times, heading, judged},
};

const CODE: &str = "10101";
const CONNECTOR: &str = "gate";
/// A till shows a new price within this.
const BUDGET: Duration = Duration::from_secs(5);

pub(crate) fn print(run: &Run, folder: &Path) -> anyhow::Result<()> {
    heading("A price changed at the hub, over HTTP on this machine");
    let hub = Service::open(|| Books::open(Sqlite::open(&folder.join("price.sqlite"))?))?;
    let listener = hub.runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = Address::parse(&format!("http://{}", listener.local_addr()?))?;
    // It ends with the runtime.
    drop(hub.runtime.spawn(serve(listener, hub.hub.clone(), std::future::pending())));

    let clock = ManualShell::starting(noon(), 1);
    let setup = demo::corner_market(&mut clock.clone());
    let mut till = Till::create(folder.join("price.saleflex"), setup, clock)?;
    till.log_in("admin", "1111")?;
    till.add_connector(CONNECTOR)?;
    let product = till.catalog().product_by_code(CODE).context("a product")?.id().uuid();
    let mut worker = connection(&till, &hub)?;
    let mut transport = HttpTransport::new(address.clone());
    define(&hub, product, 100)?;
    pull(&mut worker, &mut transport)?;
    take_over(&mut till, CONNECTOR, &[], usize::MAX)?;

    let mut times = Times::default();
    for minor in 101..101 + run.sized(50, 10) {
        let inbox = TillInbox::new(till.inbox(CONNECTOR)?);
        let (mut asking, token) = (HttpTransport::new(address.clone()), Secret::new(&hub.token));
        let asked = thread::spawn(move || ask(&inbox, &mut asking, Some(&token)));
        times.measure(|| {
            define(&hub, product, minor)?;
            let heard = asked.join().map_err(|_| anyhow!("the question was not asked"))??;
            ensure!(heard == Heard::Change, "the till heard {heard:?}");
            pull(&mut worker, &mut transport)?;
            take_over(&mut till, CONNECTOR, &[], usize::MAX)?;
            anyhow::Ok(())
        })?;
        let shown = till.catalog().product_by_code(CODE).context("a product")?.price().to_string();
        ensure!(UnitPrice::parse(&shown)? == UnitPrice::parse(&price(minor))?, "the till sells at {shown}");
    }
    judged("until the till sells at it", &p50_and_p99(&times), "p99 5 s", times.percentile(99) <= BUDGET);
    Ok(())
}

fn price(minor: usize) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn define(hub: &Service, product: Uuid, minor: usize) -> anyhow::Result<()> {
    let [rate, unit, department] = [1, 2, 3].map(Uuid::from_u128);
    hub.import(&json!({
        "vat_rates": [{"id": rate, "no": 90, "name": "Zero", "rate": "0"}],
        "product_units": [{"id": unit, "code": "PCS"}],
        "department_main_groups": [{"id": department, "code": "90", "name": "Dairy", "fk_vat_id": rate}],
        "products": [{
            "id": product, "code": CODE, "name": "Milk", "sale_price": price(minor),
            "fk_department_main_group_id": department, "fk_product_unit_id": unit, "fk_vat_id": rate,
        }],
    }))
}

fn connection(till: &Till, hub: &Service) -> anyhow::Result<Worker<TillOutbox, TillInbox>> {
    let [office_code, store_code, terminal_code] = ["OFC", "S", "T"].map(str::to_owned);
    let sender = Sender { office_code, store_code, terminal_code };
    let device = Device {
        terminal: till.identity().terminal.uuid(),
        token: Some(Secret::new(&hub.token)),
        software_version: "benches".to_owned(),
    };
    let outbox = TillOutbox::new(till.outbox(CONNECTOR)?, sender);
    let inbox = TillInbox::new(till.inbox(CONNECTOR)?);
    Ok(Worker::new(outbox, inbox, Schedule::new(Intervals::GATE, false), device))
}

/// Everything that is due, a pull among it.
fn pull(worker: &mut Worker<TillOutbox, TillInbox>, transport: &mut HttpTransport) -> anyhow::Result<()> {
    worker.schedule_mut().pull_now();
    let at = Instant { elapsed: Duration::ZERO, now: noon(), random: 0 };
    while let Done::Step { .. } = worker.step(transport, at)? {}
    Ok(())
}
