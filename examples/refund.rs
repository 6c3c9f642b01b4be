//! Goods brought back with the receipt, in pieces: three boxes of eggs, one of them cracked, back one by one.
#![allow(clippy::print_stdout, reason = "an example prints")]

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentValue},
    basket::GoodsState,
    document::{AddLine, Adjust, Command, ReturnLine, TakeTender},
    ids::LineNo,
    money::Money,
    quantity::Quantity,
    tender::TenderKind,
};
use saleflex_store::{Request, Till, demo::corner_market, shell::ManualShell};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting("2025-04-06T09:30:00Z".parse()?, 1);
    let mut till =
        Till::create(folder.path().join("shop.saleflex"), corner_market(&mut clock.clone()), clock)?;
    till.log_in("morgan", "2222")?;

    // Three of a thing, with something taken off, so that the price of one is no whole number of pence.
    till.execute(Command::AddLine(AddLine::code("12402").times(Quantity::parse("3")?)))?;
    let discount = Adjust {
        kind: AdjustmentKind::Discount,
        value: AdjustmentValue::Amount(Money::from_minor(50)),
        reason: Some("one cracked".into()),
    };
    till.execute(Command::AdjustLine { line: None, adjust: discount })?;
    let done = till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    let sale = done.completed()[0].document();
    println!("sold    {}", till.currency().show(sale.totals.net_due));

    for _ in 0..3 {
        till.execute(Request::begin_return(sale.id))?;
        till.execute(Command::ReturnLine(ReturnLine {
            line: LineNo(1),
            quantity: Quantity::ONE,
            state: GoodsState::New,
            restock: true,
            reason: None,
            serials: Vec::new(),
        }))?;
        let done = till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
        let back = done.completed()[0].document().totals;
        println!(
            "back    {}, of it tax {}",
            till.currency().show(back.net_due),
            till.currency().show(back.tax)
        );
    }
    let left = till.original_sale(sale.id)?.refundable();
    println!("left    {}", till.currency().show(left.paid));
    Ok(())
}
