//! A shop of one's own: its till is made at the first start and opened at every other.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::path::Path;

use anyhow::Context;
use saleflex_core::{
    cashier::Role,
    catalog::{DepartmentNo, Permissions, PriceRule, Product},
    closure::template::Region,
    document::{AddLine, Command, TakeTender},
    ids::{ProductId, StoreId, TerminalId},
    quantity::UnitPrice,
    tender::TenderKind,
};
use saleflex_store::{
    Setup, Till,
    cashier::NewCashier,
    setup::{Beginning, FirstNames, Identity},
    shell::{ManualShell, Shell},
};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("shop.saleflex");
    let clock = ManualShell::starting("2025-04-06T09:30:00Z".parse()?, 1);

    let mut till = start(&path, clock.clone())?;
    till.log_in("ada", "4711")?;
    till.execute(Command::AddLine(AddLine::code("TEA")))?;
    let done = till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    for sale in done.completed() {
        let sale = sale.document();
        println!("{}: {}", sale.number, till.currency().show(sale.totals.net_due));
    }
    // One program at a time has the file.
    drop(till);

    let till = start(&path, clock)?;
    println!("after the second start: {}", till.documents(till.period().number)?.len());
    Ok(())
}

/// The till of a file: made where there is none yet.
fn start(path: &Path, mut shell: ManualShell) -> anyhow::Result<Till> {
    if path.exists() {
        return Ok(Till::open(path, shell)?);
    }
    let setup = own_shop(&mut shell)?;
    Ok(Till::create(path, setup, shell)?)
}

/// Currency, taxes, units and a first department are those of the place; people and goods are the shop's.
fn own_shop(shell: &mut impl Shell) -> anyhow::Result<Setup> {
    let place = Beginning::at(Some(Region::parse("GB")?), None).context("nothing is known of the place")?;
    let identity = Identity {
        store: StoreId::new(shell.new_id()),
        store_code: "1".to_owned(),
        store_name: "My shop".to_owned(),
        terminal: TerminalId::new(shell.new_id()),
        terminal_code: "1".to_owned(),
        currency: place.currency(),
        tax_mode: place.tax_mode(),
    };
    let mut setup = place.setup(identity, FirstNames { department: "Goods", no_tax: "No tax" });
    setup.cashiers = vec![NewCashier::with_role("ada", "Ada", "4711", Role::Administrator)];
    setup.catalog.products = vec![Product {
        id: ProductId::new(shell.new_id()),
        code: "TEA".to_owned(),
        name: "Pot of tea".to_owned(),
        short_name: None,
        price: UnitPrice::parse("2.50")?,
        price_rule: PriceRule::Fixed,
        cost_price: None,
        department: DepartmentNo(1),
        taxes: None,
        unit: "PCS".to_owned(),
        permissions: Permissions::default(),
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    }];
    Ok(setup)
}
