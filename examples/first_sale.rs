//! A whole sale: a till, a cashier, two lines, cash, the receipt.
#![allow(clippy::print_stdout, reason = "an example prints")]

use saleflex_core::{
    document::{AddLine, Command, TakeTender},
    money::Money,
    printout::{
        receipt::{self, Frame},
        text,
        words::ENGLISH,
    },
    quantity::Quantity,
    tender::TenderKind,
};
use saleflex_store::{Till, demo::corner_market, shell::ManualShell};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting("2025-04-06T09:30:00Z".parse()?, 1);
    let mut till =
        Till::create(folder.path().join("shop.saleflex"), corner_market(&mut clock.clone()), clock)?;
    till.log_in("priya", "3333")?;

    till.execute(Command::AddLine(AddLine::code("10101")))?;
    till.execute(Command::AddLine(AddLine::code("5098101000024").times(Quantity::parse("3")?)))?;
    let cash = TakeTender::amount(TenderKind::Cash, Money::from_minor(20_00));
    let done = till.execute(Command::TakeTender(cash))?;

    for sale in done.completed() {
        let receipt = receipt::completed(sale, &Frame::new(&ENGLISH));
        println!("{}", text::render(&receipt, 42).join("\n"));
    }
    Ok(())
}
