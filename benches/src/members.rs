//! Customers of a large shop: whom segments gather among all of them with a year of documents, beside SQLite reading the
//! same rows; a member put on a long basket that campaigns price anew, beside reading what is looked up for it.

use std::path::Path;

use anyhow::{Context, ensure};
use rusqlite::{Connection, OpenFlags, params};
use saleflex_core::{
    campaign::{Benefit, Campaign, Condition, Exclusivity, Per, Reward},
    customer::segment::Criterion,
    document::Command,
    ids::CustomerId,
    loyalty::Program,
    quantity::{Percent, PointRate},
};

use crate::{
    Run,
    bare::{connect, read_all},
    copies,
    figures::{Ratios, Times, grouped, heading, row, show},
    shop::Shop,
};

/// Products of the shop; segments do not ask for them.
const PRODUCTS: usize = 10_000;
/// Documents of a customer in the year.
const DOCUMENTS_EACH: usize = 10;
/// Lines of the basket that is priced anew.
const BASKET: usize = 50;

pub(crate) fn print(run: &Run) -> anyhow::Result<()> {
    let customers = run.sized(100_000, 5_000);
    let documents = customers * DOCUMENTS_EACH;
    heading(&format!("{} customers with {} documents of a year", grouped(customers), grouped(documents)));
    let folder = run.folder()?;
    let path = folder.path().join("till.saleflex");
    let mut shop = Shop::create(&path, PRODUCTS)?;
    import(&mut shop, customers)?;
    shop.sell(1)?;
    drop(shop);
    copies::fill(&path, documents)?;
    spread(&path, customers)?;
    let mut shop = Shop::open(&path)?;
    let disk = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    segments(run, &shop, &disk)?;
    assign(run, &mut shop, &disk)
}

/// Customers from a file, as a shop would bring them.
fn import(shop: &mut Shop, customers: usize) -> anyhow::Result<()> {
    let mut file = String::from("code,name,last_name,phone,town\n");
    for no in 0..customers {
        let town = ["Leeds", "York", "Hull"][no % 3];
        file.push_str(
            &["M", &no.to_string(), ",Name", &no.to_string(), ",Family", &(no % 997).to_string()].concat(),
        );
        file.push_str(&[",+44 7700 ", &format!("{no:06}"), ",", town, "\n"].concat());
    }
    let now = shop.till.now();
    let mut times = Times::default();
    let added = times.measure(|| {
        let read = shop.till.read_customers(file.as_bytes(), now);
        shop.till.import_customers(read, false)
    })?;
    ensure!(added == customers, "{added} customers came in");
    row("all of them from a file, in one transaction", &show(times.median()));
    Ok(())
}

/// Gives each document a customer and a day of the year behind today. The till must not be open; no finished document is
/// ever changed in one, so the trigger that says so steps aside here.
fn spread(path: &Path, customers: usize) -> anyhow::Result<()> {
    let connection = connect(path)?;
    let guard: String = connection.query_row(
        "SELECT sql FROM sqlite_schema WHERE name = 'document_is_never_changed'",
        [],
        |row| row.get(0),
    )?;
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(
        "DROP TRIGGER document_is_never_changed;
         CREATE TEMP TABLE numbered (no INTEGER PRIMARY KEY, id BLOB NOT NULL);
         INSERT INTO numbered SELECT row_number() OVER () - 1, id FROM customer WHERE NOT is_walk_in;",
    )?;
    transaction.execute(
        "UPDATE document SET customer = (SELECT id FROM numbered WHERE numbered.no = document.no % ?1), \
         finished_local = strftime('%Y-%m-%dT%H:%M:%S', finished_local, '-' || (no * 7 % 365) || ' days')",
        params![i64::try_from(customers)?],
    )?;
    transaction.execute_batch(&guard)?;
    transaction.commit()?;
    Ok(())
}

fn segments(run: &Run, shop: &Shop, disk: &Connection) -> anyhow::Result<()> {
    let today = shop.till.period().opened_at.local.date();
    let rounds = run.sized(5, 3);
    let records = "SELECT * FROM customer";
    let documents = "SELECT customer, id, document_type, kind, finished_local, total, discount, surcharge, \
                     original, no, seq FROM document WHERE status = 'completed' AND NOT is_training";
    let by_record = Criterion::Town(["Leeds".to_owned()].into());
    let regulars = Criterion::PurchasesWithin { days: 90, at_least: 2 };
    for (what, criterion, queries) in [
        ("by what the record says", by_record, vec![records]),
        ("by what was bought within 90 days", regulars, vec![records, documents]),
    ] {
        let (mut times, mut ratios) = (Times::default(), Ratios::default());
        for _ in 0..rounds {
            let (mut bare, mut ours) = (Times::default(), Times::default());
            bare.measure(|| queries.iter().try_for_each(|sql| read_all(disk, sql).map(drop)))?;
            let count = ours.measure(|| shop.till.preview_segment(&criterion, today))?;
            ensure!(count.matching > 0, "nobody is gathered {what}");
            times.push(ours.total());
            ratios.push_times(ours.total(), bare.total());
        }
        row(
            &format!("whom a segment gathers {what}"),
            &format!("{}, {ratios} times the bare query", show(times.median())),
        );
    }
    Ok(())
}

/// A member is put on a basket and taken off again; every time campaigns price all of it anew.
fn assign(run: &Run, shop: &mut Shop, disk: &Connection) -> anyhow::Result<()> {
    let mut program = Program::new(shop.till.new_program_id(), "Club");
    program.earn.rate = PointRate::parse("1")?;
    program.require_phone = false;
    shop.till.save_program(program)?;
    for percent in ["5", "2"] {
        let reward = Reward::Percent(Percent::parse(percent)?);
        let id = shop.till.new_campaign_id();
        let mut campaign =
            Campaign::new(id, format!("MEMBER{percent}"), Benefit::Off { reward, per: Per::Line });
        campaign.lane.exclusivity = Exclusivity::Combinable;
        campaign.condition = Condition::CustomerKnown;
        shop.till.save_campaign(campaign)?;
    }
    let member: CustomerId = shop.till.customer_with_code("M1")?.context("M1 was imported")?.id;
    for _ in 0..BASKET {
        shop.scan()?;
    }
    let before = shop.till.draft().context("a document is open")?.totals.net_due;
    let rounds = run.sized(200, 20);
    let (mut times, mut ratios) = (Times::default(), Ratios::default());
    for _ in 0..rounds {
        let (mut bare, mut ours) = (Times::default(), Times::default());
        bare.measure(|| {
            let known = "SELECT * FROM customer LEFT JOIN membership ON membership.customer = customer.id \
                         WHERE customer.code = 'M1'";
            read_all(disk, known).map(drop)
        })?;
        ours.measure(|| shop.till.assign_customer(Some(member)))?;
        let with = shop.till.draft().context("it stays open")?.totals.net_due;
        ensure!(with < before, "campaigns give the member nothing");
        times.push(ours.total());
        ratios.push_times(ours.total(), bare.total());
        shop.till.assign_customer(None)?;
    }
    row(
        &format!("a member put on {BASKET} lines, priced anew and on disk"),
        &format!("{}, {ratios} times the bare look-up", show(times.median())),
    );
    shop.till.execute(Command::Cancel { reason: Some("measured".to_owned()) })?;
    Ok(())
}
