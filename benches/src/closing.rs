//! The end of a long period, and of a month.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::Context;
use chrono::{Days, NaiveDate};
use saleflex_core::{
    closure::{Closure, Declaration, Level},
    printout::{
        closure::{ReportFrame, z_report},
        code_page::CodePage,
        escpos::{self, Profile},
        text,
        words::ENGLISH,
    },
};

use crate::{
    Run, copies,
    figures::{Times, grouped, heading, row, show, show_bytes},
    process,
    shop::{LINES, Shop},
};

/// What closing, reporting and printing of a month may take, each.
const BUDGET: Duration = Duration::from_secs(1);

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    // A long day, and as much as a month.
    for documents in [run.sized(10_000, 1_000), run.sized(30_000, 3_000)] {
        one_period(run, documents)?;
    }
    month(run)
}

fn one_period(run: &Run, documents: usize) -> anyhow::Result<()> {
    heading(&format!("A period of {} documents of {LINES} lines", grouped(documents)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    let mut shop = Shop::create(&path, 1_000)?;
    shop.sell(LINES)?;
    drop(shop);
    copies::fill(&path, documents)?;
    // A till adds up once what it is asked again: only one that was just started reads every document.
    let mut reading = Times::default();
    for _ in 0..run.sized(5, 3) {
        let shop = Shop::open(&path)?;
        reading.measure(|| shop.till.x_report().map(drop))?;
    }
    row("X report", &format!("{}, a document {}", within(&reading), per(&reading, documents)));
    looking_back(run, &path)?;
    let shop = Shop::open(&path)?;
    let x = shop.till.x_report()?;
    let again = Times::of(run.sized(20, 3), |_| shop.till.x_report().map(drop))?;
    row("X report asked again", &show(again.median()));
    let counted = Declaration::amount(x.period.expected_cash(&x.report));
    drop(shop);
    let mut shop = Shop::open(&path)?;
    let mut closing = Times::default();
    let closure = closing.measure(|| shop.till.close_period(Some(&counted), None))?;
    row("closing it", &format!("{}, a document {}", within(&closing), per(&closing, documents)));
    let paper = Times::of(run.sized(20, 3), |_| print_z(&closure))?;
    row("its Z report on paper", &within(&paper));
    Ok(())
}

/// What is asked of all of it at once. What people did is read from every step of every document, and is known then.
fn looking_back(run: &Run, path: &Path) -> anyhow::Result<()> {
    let (mut people, mut goods) = (Times::default(), Times::default());
    for _ in 0..run.sized(3, 2) {
        let mut shop = Shop::open(path)?;
        let today = shop.till.now().business_date;
        let first = today - Days::new(40);
        goods.measure(|| shop.till.product_sales(first, today).map(drop))?;
        let found = people.measure(|| shop.till.performance(first, today))?;
        anyhow::ensure!(!found.is_empty(), "nobody sold anything");
    }
    row("products sold", &show(goods.median()));
    row("how the cashiers did", &show(people.median()));
    if let Some((_, most)) = process::memory()? {
        row("the most memory of the run till then", &show_bytes(most));
    }
    Ok(())
}

/// A month of days, each closed: what head office asks for on the first of the next.
fn month(run: &Run) -> anyhow::Result<()> {
    let (days, a_day) = (30, run.sized(1_000, 40));
    heading(&format!("A month of {days} days of {} documents of {LINES} lines", grouped(a_day)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    drop(Shop::create(&path, 1_000)?);
    let mut closing = Times::default();
    for day in 1..=days {
        close_day(&path, day * a_day, &mut closing)?;
    }
    row("closing the slowest day", &show(closing.percentile(100)));
    let shop = Shop::open(&path)?;
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).context("a year has a first day");
    let (from, to) = (day(2000)?, day(2999)?);
    let reporting = Times::of(run.sized(10, 3), |_| shop.till.closures_between(from, to).map(drop))?;
    row("reading its closures", &within(&reporting));
    let adding = Times::of(run.sized(10, 3), |_| shop.till.rollups(from, to, Level::Month).map(drop))?;
    row("adding them up to the month", &within(&adding));
    let closures = shop.till.closures_between(from, to)?;
    let printing = Times::of(run.sized(10, 3), |_| closures.iter().try_for_each(print_z))?;
    row("all its Z reports on paper", &within(&printing));
    Ok(())
}

/// Fills a day up to so many documents in the file, and closes it.
fn close_day(path: &Path, documents: usize, closing: &mut Times) -> anyhow::Result<()> {
    let mut shop = Shop::open(path)?;
    shop.sell(LINES)?;
    drop(shop);
    copies::fill(path, documents)?;
    let mut shop = Shop::open(path)?;
    closing.measure(|| shop.till.close_period(None, None))?;
    Ok(())
}

/// What a printer is sent, and what a screen shows.
fn print_z(closure: &Closure) -> anyhow::Result<()> {
    let (cashiers, departments) = (BTreeMap::new(), BTreeMap::new());
    let printout = z_report(
        closure,
        &ReportFrame {
            words: &ENGLISH,
            header: "Measured shop",
            register: "1",
            serial: "",
            cashier: "Manager",
            cashiers: &cashiers,
            departments: &departments,
            copy: true,
            hides_cash: false,
            parked_before: 0,
            underway: saleflex_core::money::Money::ZERO,
        },
    );
    let lines = text::render(&printout, 42);
    let bytes = escpos::render(&printout, &Profile::mm80(CodePage::Pc858));
    anyhow::ensure!(!lines.is_empty() && !bytes.is_empty(), "nothing was printed");
    Ok(())
}

fn within(times: &Times) -> String {
    let holds = if times.median() <= BUDGET { "holds" } else { "MISSED" };
    format!("{}, budget {}: {holds}", show(times.median()), show(BUDGET))
}

fn per(times: &Times, documents: usize) -> String {
    show(times.median() / u32::try_from(documents).unwrap_or(u32::MAX))
}
