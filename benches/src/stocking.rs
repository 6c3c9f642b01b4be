//! Stock of a large shop: all levels, what they are worth, the figures of a day, each beside the bare query for the
//! same rows.

use anyhow::ensure;
use rusqlite::{Connection, OpenFlags};
use saleflex_core::{
    catalog::ProductRef,
    inventory::{
        Limits, Place, Stock,
        command::{Command, Receive, ReceiveLine},
    },
    quantity::UnitPrice,
};

use crate::{
    Run,
    bare::read_all,
    figures::{Ratios, Times, grouped, heading, row, show},
    shop::{LINES, Shop},
};

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let products = run.sized(100_000, 10_000);
    heading(&format!("Stock of {} products", grouped(products)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    let mut shop = Shop::create(&path, products)?;
    receive_and_sell(run, &mut shop)?;
    let disk = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let rounds = run.sized(11, 3);
    let levels = measured(
        rounds,
        || read_all(&disk, "SELECT * FROM stock_level"),
        || Ok(shop.till.stock_report()?.len()),
    )?;
    row("all levels, sorted", &levels);
    let value = measured(
        rounds,
        || read_all(&disk, "SELECT * FROM stock_level"),
        || {
            let worth = shop.till.stock_value()?;
            Ok(worth.len())
        },
    )?;
    row("what all of it is worth", &value);
    let today = shop.till.now().business_date;
    let figures = measured(
        rounds,
        || read_all(&disk, "SELECT * FROM stock_movement"),
        || {
            let figures = shop.till.stock_figures(today, today)?;
            ensure!(!figures.is_empty(), "nothing was sold");
            Ok(figures.len())
        },
    )?;
    row("turnover, classes and losses of a day", &figures);
    let low = Times::of(rounds, |_| shop.till.low_stock().map(drop))?;
    row("what is low, a minimum set for one in a hundred", &show(low.median()));
    Ok(())
}

/// A delivery at a cost for one product in a hundred, with a minimum, and some sales.
fn receive_and_sell(run: &Run, shop: &mut Shop) -> anyhow::Result<()> {
    let location = shop.till.counter().ok_or_else(|| anyhow::anyhow!("no location to sell from"))?;
    let items: Vec<_> = shop.till.catalog().products().step_by(100).map(ProductRef::id).collect();
    let unit_cost = Some(UnitPrice::parse("0.75")?);
    let line = |product| ReceiveLine {
        item: product,
        quantity: Stock::whole(12),
        unit_cost,
        batch: None,
        serials: Vec::new(),
    };
    let command = Command::Receive(Receive {
        location,
        lines: items.iter().map(|id| line((*id).into())).collect(),
        supplier: None,
        supplier_name: None,
        order: None,
        reference: None,
        reason: None,
    });
    let mut times = Times::default();
    times.measure(|| shop.till.move_goods(&command, None).map(drop))?;
    row(&format!("a delivery of {} lines at a cost", grouped(items.len())), &show(times.median()));
    let limits = Limits { minimum: Stock::whole(1_000_000), ..Limits::default() };
    for id in items {
        shop.till.set_stock_limits(Place { item: id.into(), location }, limits)?;
    }
    for _ in 0..run.sized(1_000, 100) {
        shop.sell(LINES)?;
    }
    Ok(())
}

/// Both sides in turn; the time of ours and how many times the bare side's it is.
fn measured(
    rounds: usize,
    mut bare: impl FnMut() -> anyhow::Result<usize>,
    mut ours: impl FnMut() -> anyhow::Result<usize>,
) -> anyhow::Result<String> {
    let (mut times, mut ratios) = (Times::default(), Ratios::default());
    for _ in 0..rounds {
        let (mut one, mut other) = (Times::default(), Times::default());
        one.measure(&mut bare)?;
        other.measure(&mut ours)?;
        times.push(other.total());
        ratios.push_times(other.total(), one.total());
    }
    Ok(format!("{}, {ratios} times the bare query", show(times.median())))
}
