//! A member's year in a few steps: joining, earning, redeeming, bringing something back, points that run out, segments.
#![allow(clippy::print_stdout, reason = "an example prints")]

use chrono::Duration;
use saleflex_core::{
    basket::GoodsState,
    customer::Purpose,
    document::{AddLine, Command, ReturnLine, TakeTender},
    ids::{CustomerId, DocumentId, LineNo},
    quantity::{Points, Quantity},
    tender::TenderKind,
};
use saleflex_store::{
    Request, Till, customer::NewCustomer, demo::corner_market, shell::ManualShell, verify::Verification,
};

fn main() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clock = ManualShell::starting("2025-04-06T09:30:00Z".parse()?, 1);
    let path = folder.path().join("shop.saleflex");
    let mut till = Till::create(path, corner_market(&mut clock.clone()), clock.clone())?;
    till.log_in("morgan", "2222")?;

    // A customer is one by telephone, however it is typed.
    let mut new = NewCustomer::named("C100", "Ada King");
    new.details.phone = Some("01632 960100".to_owned());
    new.details.date_of_birth = "1990-12-10".parse().ok();
    let ada = till.add_customer(&new)?;
    till.record_consent(ada, Purpose::Marketing, true, "news and offers, wording 1")?;
    println!("found   {}", till.find_customers("+44 1632 960100", 5)?[0].name);

    // Whoever is put on a sale becomes a member.
    let first = sell(&mut till, ada, "40", 0)?;
    show(&till, ada, "first sale")?;
    sell(&mut till, ada, "10", 60)?;
    show(&till, ada, "60 redeemed")?;

    // What comes back takes its points with it.
    till.execute(Request::begin_return(first))?;
    till.execute(Command::ReturnLine(ReturnLine {
        line: LineNo(1),
        quantity: Quantity::parse("20")?,
        state: GoodsState::New,
        restock: true,
        reason: None,
        serials: Vec::new(),
    }))?;
    till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    show(&till, ada, "half back")?;

    till.grant_points(ada, Points::new(500), false, "won the raffle", None)?;
    show(&till, ada, "raffle won")?;
    println!("segments: {}", till.marketing_profile(ada)?.segments.join(", "));

    // What time brings is done by whoever logs in first on a day.
    for days in [248, 118] {
        clock.advance(Duration::days(days));
        till.log_in("morgan", "2222")?;
        let today = till.now().local.date();
        show(&till, ada, &format!("on {today}"))?;
    }
    println!("segments: {}", till.marketing_profile(ada)?.segments.join(", "));

    println!("\nthe ledger");
    for row in till.point_movements(ada, 100)?.iter().rev() {
        let (points, after) = (row.points.to_string(), row.balance_after.to_string());
        println!("{}  {:<9}{points:>6}{after:>7}", row.occasion.at.local.date(), row.kind.code());
    }
    let whole = matches!(till.verify()?, Verification::Whole(_));
    println!("the journal leads to all of it: {whole}");
    Ok(())
}

/// Sells so many baguettes to a customer, some of it for points.
fn sell(till: &mut Till, customer: CustomerId, how_many: &str, redeem: i64) -> anyhow::Result<DocumentId> {
    till.execute(Command::AddLine(AddLine::code("20303").times(Quantity::parse(how_many)?)))?;
    till.assign_customer(Some(customer))?;
    if redeem > 0 {
        till.redeem_points(Points::new(redeem))?;
    }
    let done = till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
    Ok(done.completed()[0].document().id)
}

fn show(till: &Till, customer: CustomerId, after: &str) -> anyhow::Result<()> {
    let known = till.customer(customer)?.ok_or_else(|| anyhow::anyhow!("the customer is gone"))?;
    let points = known.points.unwrap_or_default().to_string();
    println!("{after:<18}{:<7}{points:>6} points", known.tier.unwrap_or_default());
    Ok(())
}
