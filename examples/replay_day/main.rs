//! Rings up a real trading day from a table and closes it.
//!
//! `cargo run --release -p saleflex-examples --example replay_day -- FILE`
//!
//! The table has the columns `InvoiceNo`, `StockCode`, `Description`, `Quantity`, `InvoiceDate`, `UnitPrice`,
//! `CustomerID` and `Country`. An invoice is a document, its rows the lines in file order. Numbers that begin with C are refunds
//! without receipt, their quantities made positive. Rows with a negative quantity elsewhere, rows with a quantity of
//! zero anywhere, since nothing was sold, and rows with a negative price are skipped and listed. Quantities may have
//! fractions; what comes to less than half a penny is sold at nothing, as at a price of zero. A row that cannot be read
//! stops the replay with its line number. A date on which nothing was rung up has no period to close: its skipped rows are
//! listed with the next date, or the last. Prices contain 20 % VAT. A document with a customer is paid by card, one without
//! in cash, exactly; a refund goes back the same way. The clock is `InvoiceDate`. Each date ends with the takings
//! brought to the safe and a Z report, printed as one JSON object a line; progress goes to standard error. A drawer cannot
//! hold less than nothing: where more was given back than taken, what somebody must have put in stands as counted over.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

mod table;

use std::fs;

use anyhow::Context;
use chrono::{Duration, NaiveDate, NaiveTime};
use saleflex_core::{
    cashier::Role,
    catalog::{CatalogRecords, Department, DepartmentNo, Permissions, PriceRule, Product, Reference, Unit},
    closure::{Closure, Declaration, view::z_view},
    document::{AddLine, Command, TakeTender},
    ids::{ProductId, StoreId, TerminalId},
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{Percent, UnitPrice},
    tax::{TaxMode, TaxRate},
    tender::TenderKind,
};
use saleflex_store::{
    Request, Setup, Till,
    cashier::NewCashier,
    setup::Identity,
    shell::{ManualShell, Shell},
};
use serde::Serialize;

use crate::table::{Day, Invoice, Table};

/// A closure as it is printed.
#[derive(Serialize)]
struct Printed<'a, C> {
    #[serde(flatten)]
    closure: C,
    skipped_lines: &'a [u64],
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("usage: replay_day FILE")?;
    let file = fs::read(&path).with_context(|| format!("could not open {path}"))?;
    let table = Table::read(&file).with_context(|| format!("could not read {path}"))?;
    let Some(first) = table.days.keys().next() else { return Ok(()) };

    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting(start_of(*first).and_utc(), 1);
    let mut till =
        Till::create(folder.path().join("replay.saleflex"), setup(&table, clock.clone())?, clock.clone())?;
    till.log_in("manager", "replay-1")?;

    let (mut done, mut closures) = (0, Vec::new());
    let mut skipped_lines = Vec::new();
    for (date, day) in &table.days {
        clock.set(start_of(*date).and_utc());
        for invoice in &day.invoices {
            clock.set(invoice.at.and_utc());
            ring_up(&mut till, invoice).with_context(|| format!("invoice of {}", invoice.at))?;
            let before = done * 100 / table.lines;
            done += invoice.lines.len();
            if done * 100 / table.lines > before {
                eprint!("\r{done} of {} lines", table.lines);
            }
        }
        skipped_lines.extend(&day.skipped_lines);
        // A date without a document has no closure; its skipped rows are listed with the next.
        if let Some(closure) = close(&mut till, &clock, day)? {
            closures.push((closure, std::mem::take(&mut skipped_lines)));
        }
    }
    eprintln!();
    if let Some((_, last)) = closures.last_mut() {
        last.append(&mut skipped_lines);
    }
    for (closure, skipped_lines) in closures {
        let printed = Printed { closure: z_view(&closure), skipped_lines: &skipped_lines };
        println!("{}", serde_json::to_string(&printed)?);
    }
    Ok(())
}

fn start_of(date: NaiveDate) -> chrono::NaiveDateTime {
    date.and_time(NaiveTime::MIN)
}

/// One invoice, from its first line to its tender.
fn ring_up(till: &mut Till, invoice: &Invoice) -> anyhow::Result<()> {
    if invoice.is_refund {
        till.execute(Request::begin_return_without_receipt())?;
    }
    for line in &invoice.lines {
        // What comes to nothing is sold at nothing: a till takes a price that rounds to it for a slip of the keys.
        let worth = line.price.times(line.quantity, till.currency(), Rounding::HalfUp)?;
        let price = if worth.is_zero() { UnitPrice::ZERO } else { line.price };
        let add = AddLine::code(&line.code).times(line.quantity).at(price);
        till.execute(Command::AddLine(add))?;
    }
    let owes_nothing = till.draft().is_some_and(|document| document.balance().is_zero());
    let kind = if invoice.has_customer { TenderKind::CreditCard } else { TenderKind::Cash };
    let last = if owes_nothing { Command::Close } else { Command::TakeTender(TakeTender::balance(kind)) };
    till.execute(last)?;
    Ok(())
}

/// The Z report at the end of a date. The takings were counted, agree, and go to the safe; a drawer that paid back more
/// than it took is empty.
fn close(till: &mut Till, clock: &ManualShell, day: &Day) -> anyhow::Result<Option<Closure>> {
    let Some(last) = day.invoices.iter().map(|invoice| invoice.at).max() else { return Ok(None) };
    clock.set((last + Duration::minutes(1)).and_utc());
    let x = till.x_report()?;
    let declaration = Declaration {
        float_left: Some(Money::ZERO),
        ..Declaration::amount(x.period.expected_cash(&x.report).max(Money::ZERO))
    };
    Ok(Some(till.close_period(Some(&declaration), None)?))
}

/// A shop that sells whatever the table names, at whatever price it says.
fn setup(table: &Table, mut ids: impl Shell) -> anyhow::Result<Setup> {
    let mut setup = Setup::new(Identity {
        store: StoreId::new(ids.new_id()),
        store_code: "REPLAY".into(),
        store_name: "Replayed shop".into(),
        terminal: TerminalId::new(ids.new_id()),
        terminal_code: "1".into(),
        currency: Currency::of(CurrencyCode::parse("GBP")?),
        tax_mode: TaxMode::Inclusive,
    });
    setup.cashiers = vec![NewCashier::with_role("manager", "Manager", "replay-1", Role::Administrator)];
    let product = |(code, name): (&String, &String)| Product {
        id: ProductId::new(ids.new_id()),
        code: code.clone(),
        name: if name.is_empty() { code.clone() } else { name.clone() },
        short_name: None,
        price: UnitPrice::ZERO,
        price_rule: PriceRule::Open,
        cost_price: None,
        department: DepartmentNo(1),
        taxes: None,
        unit: "PCS".into(),
        permissions: Permissions::default(),
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    };
    let vat = TaxRate { no: 1, name: "VAT".into(), percent: Percent::parse("20")?, jurisdiction: None };
    let goods = Department {
        no: DepartmentNo(1),
        name: "Goods".into(),
        main: None,
        taxes: vec![vat.no],
        max_price: None,
    };
    let decimals = u8::try_from(table.decimals).context("quantities have too many fraction digits")?;
    let reference = Reference {
        tax_rates: vec![vat],
        departments: vec![goods],
        units: vec![Unit { code: "PCS".into(), decimals, measure: None }],
        masks: Vec::new(),
        ..Reference::default()
    };
    let products = table.goods.iter().map(product).collect();
    setup.catalog = CatalogRecords { reference, products, barcodes: Vec::new(), ..CatalogRecords::default() };
    Ok(setup)
}
