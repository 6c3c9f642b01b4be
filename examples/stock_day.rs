//! A day of goods: a delivery in batches, sales, something damaged, a transfer on its way, a count, what to order.
#![allow(clippy::print_stdout, reason = "an example prints")]

use anyhow::Context;
use saleflex_core::{
    basket::GoodsState,
    document::{AddLine, Command as Sell, ReturnLine, TakeTender},
    ids::{LineNo, LocationId, ProductId},
    inventory::{
        Batch, BatchNo, IssueKind, Limits, Place, Stock, Tracking,
        command::{Command, Issue, MoveLine, Receive, ReceiveLine, Transfer},
        count::Guidance,
        order::Supplier,
        transfer::{Arrival, TransferLine},
    },
    quantity::{Quantity, UnitPrice},
    tender::TenderKind,
};
use saleflex_store::{
    Request, Till, demo::corner_market, shell::ManualShell, till::Wanted, verify::Verification,
};

/// The honey granola of the demo store.
const CODE: &str = "14405";

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting("2025-04-06T09:30:00Z".parse()?, 1);
    let path = folder.path().join("shop.saleflex");
    let mut till = Till::create(path, corner_market(&mut clock.clone()), clock.clone())?;
    till.log_in("morgan", "2222")?;
    let product = till.catalog().product_by_code(CODE).context("the demo store sells it")?.id();
    let floor = till.counter().context("the demo store has a sales floor")?;
    let back = till.sites().by_code("BACK-001-A").context("every store has a back room")?.id;
    show(&till, product, "in the morning")?;
    deliver(&mut till, product, back)?;
    carry_to_the_floor(&mut till, product, (back, floor))?;
    sell_and_take_back(&mut till, product)?;
    throw_away_and_count(&mut till, product, floor)?;
    order(&mut till, product, floor)?;
    tell(&till, product)
}

/// Granola is kept in batches from now on: what there was is counted out first.
fn deliver(till: &mut Till, product: ProductId, back: LocationId) -> anyhow::Result<()> {
    till.set_stock(product, Stock::ZERO, "kept in batches from now on".to_owned())?;
    till.set_tracking(product, Tracking::Batches)?;
    let batch = |no: &str, expiry: &str, quantity| -> anyhow::Result<ReceiveLine> {
        Ok(ReceiveLine {
            item: product.into(),
            quantity: Stock::whole(quantity),
            unit_cost: Some(UnitPrice::parse("1.45")?),
            batch: Some(Batch { no: BatchNo::parse(no)?, produced: None, expiry: expiry.parse().ok() }),
            serials: Vec::new(),
        })
    };
    let delivery = Command::Receive(Receive {
        location: back,
        lines: vec![batch("L0312", "2025-05-31", 12)?, batch("L0327", "2025-09-30", 30)?],
        supplier: None,
        supplier_name: Some("Mill round the corner".to_owned()),
        order: None,
        reference: Some("DN 4711".to_owned()),
        reason: None,
    });
    let posting = till.move_goods(&delivery, None)?;
    println!("delivery {}", posting.number.context("people number it")?);
    Ok(())
}

/// Goods on their way are at neither end; the older batch is sent first.
fn carry_to_the_floor(
    till: &mut Till,
    product: ProductId,
    (from, to): (LocationId, LocationId),
) -> anyhow::Result<()> {
    let lines = vec![some(product, 20)];
    let (transfer, _) = till.send_goods(&Transfer { from, to, lines, reason: None }, None)?;
    show(till, product, "on the way")?;
    let arrived = |(line, sent): (usize, &TransferLine)| Arrival {
        line,
        quantity: sent.in_transit(),
        serials: Vec::new(),
    };
    let arrivals: Vec<Arrival> = transfer.lines.iter().enumerate().map(arrived).collect();
    till.take_in_goods(transfer.id, &arrivals, None, None)?;
    show(till, product, "on the floor")
}

/// A sale takes what expires first; what comes back broken lies with the returns.
fn sell_and_take_back(till: &mut Till, product: ProductId) -> anyhow::Result<()> {
    till.execute(Sell::AddLine(AddLine::code(CODE).times(Quantity::parse("14")?)))?;
    let done = till.execute(Sell::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    let sale = done.completed().first().context("it is paid")?.document().id;
    till.execute(Request::begin_return(sale))?;
    till.execute(Sell::ReturnLine(ReturnLine {
        line: LineNo(1),
        quantity: Quantity::ONE,
        state: GoodsState::Damaged,
        restock: false,
        reason: Some("burst open".to_owned()),
        serials: Vec::new(),
    }))?;
    till.execute(Sell::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    show(till, product, "14 sold, 1 back")
}

/// Who counted cannot approve; the difference counts, whatever was sold meanwhile.
fn throw_away_and_count(till: &mut Till, product: ProductId, floor: LocationId) -> anyhow::Result<()> {
    let waste = Issue {
        kind: IssueKind::Spoilt,
        location: floor,
        lines: vec![some(product, 1)],
        reason: "fell on the floor".to_owned(),
    };
    till.move_goods(&Command::Issue(waste), None)?;
    let place = Place { item: product.into(), location: floor };
    let count = till.open_count(Guidance::Blind, vec![place])?;
    till.count_stock(count.id, place, Stock::whole(4))?;
    let refused = till.approve_count(count.id, None).err().context("one's own count is not approved")?;
    let words = refused.to_string();
    println!("approving one's own count: {}", words.split(' ').skip(1).collect::<Vec<_>>().join(" "));
    till.log_in("admin", "1111")?;
    till.approve_count(count.id, None)?;
    show(till, product, "counted")
}

/// What lies in the back room counts: 26 are there in all.
fn order(till: &mut Till, product: ProductId, floor: LocationId) -> anyhow::Result<()> {
    let limits =
        Limits { reorder_point: Stock::whole(30), reorder_quantity: Stock::whole(40), ..Limits::default() };
    till.set_stock_limits(Place { item: product.into(), location: floor }, limits)?;
    let today = till.now().business_date;
    let id = till.new_supplier_id();
    let mill = Supplier {
        id,
        code: "MILL".to_owned(),
        name: "Mill round the corner".to_owned(),
        contact: None,
        lead_days: 2,
        is_active: true,
    };
    till.save_supplier(mill)?;
    for one in till.reorder(today)? {
        let wanted = Wanted { item: one.place.item, quantity: one.quantity, unit_cost: None };
        let order = till.place_order(id, floor, &[wanted])?;
        println!("order {} of {}", order.number, one.quantity);
    }
    Ok(())
}

/// What moved, what it came to, and that the journal proves it.
fn tell(till: &Till, product: ProductId) -> anyhow::Result<()> {
    println!("\nwhat moved");
    for movement in till.stock_movements(product, 100)?.into_iter().rev() {
        let story = till.movement_story(movement)?;
        let movement = &story.movement;
        let at = till.sites().location(movement.place.location).map_or("", |location| &location.code);
        let batch = movement.batch.as_ref().map(ToString::to_string).unwrap_or_default();
        let (change, after) = (movement.change.to_string(), movement.after.to_string());
        println!(
            "{:<22}{at:<13}{:<14}{change:>5}{after:>5}  {batch}",
            story.number.clone().unwrap_or_default(),
            format!("{:?}", movement.kind),
        );
    }
    let today = "2025-04-06".parse()?;
    for one in till.stock_figures(today, today)?.iter().filter(|one| one.item.product == product) {
        println!(
            "\nsold {} that had cost {}; wasted {}, missing {}; worth {} now",
            one.sold, one.cost_of_sales, one.shrinkage.wasted, one.shrinkage.missing, one.closing
        );
    }
    let whole = matches!(till.verify()?, Verification::Whole(_));
    println!("the journal leads to all of it: {whole}");
    Ok(())
}

/// So many pieces, of whatever batch expires first.
fn some(product: ProductId, many: i32) -> MoveLine {
    MoveLine { item: product.into(), quantity: Stock::whole(many), batch: None, serials: Vec::new() }
}

/// Where how much lies.
fn show(till: &Till, product: ProductId, when: &str) -> anyhow::Result<()> {
    let mut places: Vec<String> = till
        .stock_levels(product.into())?
        .iter()
        .map(|(place, level)| {
            let at = till.sites().location(place.location).map_or("", |location| &location.code);
            format!("{at} {}", level.on_hand)
        })
        .collect();
    places.sort();
    println!("{when:<16} {}", places.join(", "));
    Ok(())
}
