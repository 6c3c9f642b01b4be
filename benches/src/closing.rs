//! The end of a long period.

use saleflex_core::closure::Declaration;

use crate::{
    Run, copies,
    figures::{Times, grouped, heading, row, show},
    shop::{LINES, Shop},
};

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let documents = run.sized(10_000, 1_000);
    heading(&format!("A period of {} documents of {LINES} lines", grouped(documents)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    let mut shop = Shop::create(&path, 1_000)?;
    shop.sell(LINES)?;
    drop(shop);
    copies::fill(&path, documents)?;
    let mut shop = Shop::open(&path)?;
    let reading = Times::of(run.sized(5, 3), |_| shop.till.x_report().map(drop))?;
    row("X report", &format!("{}, a document {}", show(reading.median()), per(&reading, documents)));
    let x = shop.till.x_report()?;
    let counted = Declaration::amount(x.period.expected_cash(&x.report));
    let mut closing = Times::default();
    closing.measure(|| shop.till.close_period(Some(&counted), None))?;
    row("closing it", &format!("{}, a document {}", show(closing.median()), per(&closing, documents)));
    Ok(())
}

fn per(times: &Times, documents: usize) -> String {
    show(times.median() / u32::try_from(documents).unwrap_or(u32::MAX))
}
