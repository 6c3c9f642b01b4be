//! Campaigns at the till: what is off as goods are scanned, a coupon, a tender that earns a discount, the receipt.
#![allow(clippy::print_stdout, reason = "an example prints")]

use saleflex_core::{
    document::{AddLine, Command, TakeTender},
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
    // A Monday in the happy hour of the demo store.
    let clock = ManualShell::starting("2025-04-07T16:30:00Z".parse()?, 1);
    let mut till =
        Till::create(folder.path().join("shop.saleflex"), corner_market(&mut clock.clone()), clock)?;
    till.log_in("priya", "3333")?;

    for (code, how_many) in [("12303", "2"), ("12304", "1"), ("16204", "2"), ("17304", "3")] {
        let add = AddLine::code(code).times(Quantity::parse(how_many)?);
        let age = saleflex_core::document::AgeEvidence::Looked;
        till.execute(Command::AddLine(add.with_age(age)))?;
        say(&till, code);
    }
    till.execute(Command::EnterCoupon { entered: "2800100000001".to_owned() })?;
    say(&till, "coupon");

    // What the card earns is off before its amount is fixed.
    let done = till.execute(Command::TakeTender(TakeTender::balance(TenderKind::CreditCard)))?;
    for sale in done.completed() {
        println!();
        println!("{}", text::render(&receipt::completed(sale, &Frame::new(&ENGLISH)), 42).join("\n"));
    }
    println!();
    for campaign in till.campaigns().campaigns() {
        let count = till.campaign_count(campaign.id);
        println!("{:<12} {} use, {}", campaign.code.as_str(), count.uses, till.currency().show(count.spent));
    }
    Ok(())
}

fn say(till: &Till, after: &str) {
    let discounts = till.draft().map_or(&[][..], |sale| &sale.adjustments);
    let names: Vec<String> = discounts
        .iter()
        .map(|one| format!("{} -{}", one.code.as_deref().unwrap_or(""), till.currency().show(one.amount)))
        .collect();
    println!("{after:<8} {}", names.join(", "));
}
