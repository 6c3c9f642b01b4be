//! A whole sale: a till, a cashier, two lines, cash, the receipt.
#![allow(clippy::print_stdout, reason = "an example prints")]

use saleflex_core::{
    document::{AddLine, Command, TakeTender},
    money::Money,
    printout,
    quantity::Quantity,
    tender::TenderKind,
};
use saleflex_store::{Setup, Till, shell::ManualShell};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting("2025-04-06T09:30:00Z".parse()?, 1);
    let mut till = Till::create(folder.path().join("shop.saleflex"), Setup::demo(), clock)?;
    till.log_in("amy", "1111")?;

    till.execute(Command::AddLine(AddLine::code("1001")))?;
    till.execute(Command::AddLine(AddLine::code("1002").times(Quantity::parse("3")?)))?;
    let cash = TakeTender::amount(TenderKind::Cash, Money::from_minor(20_00));
    let done = till.execute(Command::TakeTender(cash))?;

    for sale in done.completed() {
        println!("{}", printout::receipt(sale).text(42));
    }
    Ok(())
}
