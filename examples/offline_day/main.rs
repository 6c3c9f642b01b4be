//! A day of a shop whose network comes and goes: a till, the store's hub and the company's hub in one process. Whatever
//! is away, the till sells; in the end all three agree to the penny.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

#[path = "../support/in_process.rs"]
mod in_process;
#[path = "../support/shop.rs"]
mod shop;

use anyhow::Context;
use in_process::InProcess;
use saleflex_core::{
    document::{AddLine, Command, TakeTender},
    journal::Entry,
    money::Money,
    tender::TenderKind,
};
use saleflex_gate::{
    relay,
    settings::{Profile, Settings, Upstream},
};
use saleflex_store::{Till, demo, shell::ManualShell};
use saleflex_sync::till::take_over;
use shop::{Node, TILL, change_price, connection, node, opening, said, settle, to};
use tokio::runtime::Runtime;

fn sell(till: &mut Till, code: &str) -> anyhow::Result<()> {
    till.execute(Command::AddLine(AddLine::code(code)))?;
    till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    Ok(())
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
    let put_off = take_over(&mut till, "office", &[], 1_000)?.is_put_off;
    till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    let taken_over = take_over(&mut till, "office", &[], 1_000)?;
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
