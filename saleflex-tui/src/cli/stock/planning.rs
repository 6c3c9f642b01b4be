//! What is likely to be sold, where goods stand, and what somebody takes off the shelves for a document.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use saleflex_core::{
    catalog::Attribute,
    ids::{DocumentNumber, ProductId},
    inventory::{Batch, Item, Level, Stock, pick as picked, report::expected_sales},
};
use saleflex_store::Till;
use serde_json::json;

use super::{
    super::{Call, answer, say_none},
    code_of, item,
    looking::today,
    name_of,
};

/// The days whose sales say how much is sold on each day of a week: four of them.
const LOOKED_AT: u16 = 28;
/// Where on the shelves a product stands, such as `A2/3/07`: people walk past them in this order.
const SHELF: &str = "shelf";
/// How many of it fit there.
const SHELF_HOLDS: &str = "shelf_holds";

/// What a product is likely to sell, and what is there for it.
struct Forecast {
    item: Item,
    expected: Stock,
    available: Stock,
}

pub(super) fn forecast(
    call: &Call<'_>,
    product: Option<&str>,
    days: u16,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let till = call.reader()?;
    let today = today(call)?;
    let items: BTreeSet<Item> = if let Some(code) = product {
        BTreeSet::from([item(&till, code)?])
    } else {
        let rows = till.stock_report().map_err(|error| call.words(&error))?;
        rows.into_iter().map(|row| row.place.item).collect()
    };
    let mut rows = Vec::new();
    for item in items {
        let found = likely(&till, item, (today, days)).map_err(|error| call.words(&error))?;
        rows.extend((product.is_some() || found.expected.is_positive()).then_some(found));
    }
    let short = |row: &Forecast| (row.expected - row.available).or_zero();
    if json {
        let shape = |row: &Forecast| {
            json!({
                "product": code_of(&till, row.item),
                "days": days,
                "expected": row.expected,
                "available": row.available,
                "short": short(row),
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    say_none(out, rows.is_empty())?;
    for row in &rows {
        let (code, name) = (code_of(&till, row.item), name_of(&till, row.item));
        let (expected, available, short) = (row.expected, row.available, short(row));
        writeln!(out, "{code:<14}  {name:<30}  {expected:>10}  {available:>10}  {short:>10}")?;
    }
    Ok(())
}

fn likely(
    till: &Till,
    item: Item,
    (today, days): (NaiveDate, u16),
) -> Result<Forecast, saleflex_store::Error> {
    // Today is not over.
    let last = today.pred_opt().unwrap_or(today);
    let sold = till.goods_a_day(item.product, last, LOOKED_AT)?;
    let sold: Vec<(NaiveDate, Stock)> = sold.iter().map(|day| (day.date, day.sold)).collect();
    let levels = till.stock_levels(item)?;
    let available = levels.iter().map(|(_, level)| level.available(today)).sum();
    Ok(Forecast { item, expected: expected_sales(&sold, today, days), available })
}

/// Where a product stands on the shelves; nothing where nobody says it.
fn shelf_of(till: &Till, product: ProductId) -> String {
    attribute(till, product, SHELF).map(ToString::to_string).unwrap_or_default()
}

fn attribute<'a>(till: &'a Till, product: ProductId, name: &str) -> Option<&'a Attribute> {
    till.catalog().details(product)?.attributes.get(name)
}

/// What lies of an item where the till sells from.
fn level_here(till: &Till, item: Item) -> Result<Level, saleflex_store::Error> {
    let (mut levels, here) = (till.stock_levels(item)?.into_iter(), till.counter());
    let level = levels.find(|(place, _)| Some(place.location) == here);
    Ok(level.map(|(_, level)| level).unwrap_or_default())
}

pub(super) fn shelves(call: &Call<'_>, place: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let today = today(call)?;
    let mut rows = Vec::new();
    for product in till.catalog().products() {
        let shelf = shelf_of(&till, product.id());
        if shelf.is_empty() || !shelf.starts_with(place) {
            continue;
        }
        let item = Item::from(product.id());
        let there = level_here(&till, item).map_err(|error| call.words(&error))?.available(today);
        let holds = match attribute(&till, product.id(), SHELF_HOLDS) {
            Some(Attribute::Number(holds)) => Stock::try_new(*holds).ok(),
            Some(Attribute::Flag(_) | Attribute::Date(_) | Attribute::Text(_)) | None => None,
        };
        let fill = holds.map(|holds| (holds - there).or_zero());
        rows.push((shelf, product.code().to_owned(), product.name().to_owned(), there, fill));
    }
    rows.sort();
    if json {
        let shown = rows.iter().map(|(shelf, code, _, there, fill)| {
            json!({"shelf": shelf, "product": code, "available": there, "fill_up": fill})
        });
        return answer(out, &shown.collect::<Vec<_>>());
    }
    say_none(out, rows.is_empty())?;
    for (shelf, code, name, there, fill) in &rows {
        let fill = fill.map(|fill| fill.to_string()).unwrap_or_default();
        writeln!(out, "{shelf:<12}  {code:<14}  {name:<30}  {there:>10}  {fill:>10}")?;
    }
    Ok(())
}

/// What to take off a shelf.
struct Taken {
    shelf: String,
    item: Item,
    quantity: Stock,
    batch: Option<Batch>,
}

pub(super) fn pick(
    call: &Call<'_>,
    (number, packed): (&str, &[String]),
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let till = call.reader()?;
    let wanted = wanted(call, &till, number)?;
    if !packed.is_empty() {
        return check(&till, &wanted, packed, json, out);
    }
    let today = today(call)?;
    let mut rows = Vec::new();
    for (item, quantity) in wanted {
        let level = level_here(&till, item).map_err(|error| call.words(&error))?;
        let shelf = shelf_of(&till, item.product);
        let parts = picked(&level, quantity, today).into_iter();
        rows.extend(parts.map(|(batch, quantity)| Taken { shelf: shelf.clone(), item, quantity, batch }));
    }
    // What stands nowhere is looked for at the end.
    rows.sort_by_cached_key(|row| (row.shelf.is_empty(), row.shelf.clone(), code_of(&till, row.item)));
    if json {
        let shape = |row: &Taken| {
            json!({
                "shelf": row.shelf,
                "product": code_of(&till, row.item),
                "quantity": row.quantity,
                "batch": row.batch.as_ref().map(|batch| &batch.no),
                "expiry": row.batch.as_ref().and_then(|batch| batch.expiry),
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    say_none(out, rows.is_empty())?;
    for Taken { shelf, item, quantity, batch } in &rows {
        let (code, name) = (code_of(&till, *item), name_of(&till, *item));
        let batch = batch.as_ref().map(|batch| batch.no.to_string()).unwrap_or_default();
        writeln!(out, "{shelf:<12}  {code:<14}  {name:<30}  {quantity:>10}  {batch}")?;
    }
    Ok(())
}

/// What a parked document has of goods with a product, by product.
fn wanted(call: &Call<'_>, till: &Till, number: &str) -> anyhow::Result<BTreeMap<Item, Stock>> {
    let parked = till.suspended().map_err(|error| call.words(&error))?;
    // As it stands on the paper, or the receipt's alone: the latest that has it.
    let is_it =
        |one: DocumentNumber| [one.to_string(), one.receipt.to_string()].iter().any(|it| it == number.trim());
    let parked = parked.into_iter().find(|one| is_it(one.number));
    let parked = parked.with_context(|| format!("no document {number} is parked"))?;
    let found = till.find_document(parked.id).map_err(|error| call.words(&error))?;
    let found = found.with_context(|| format!("no document {number} is parked"))?;
    let comes_in = found.document().kind.pays_out();
    ensure!(!comes_in, "goods come in with document {number}: there is nothing to pick");
    let mut wanted: BTreeMap<Item, Stock> = BTreeMap::new();
    for line in found.document().active_lines() {
        let Some(product) = line.item.product else { continue };
        *wanted.entry(product.into()).or_default() += Stock::try_new(line.quantity.decimal())?;
    }
    Ok(wanted)
}

/// Whether what was packed is what is wanted.
fn check(
    till: &Till,
    wanted: &BTreeMap<Item, Stock>,
    packed: &[String],
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut differs = wanted.clone();
    for text in packed {
        let read =
            text.split_once(',').and_then(|(code, many)| Some((code, Stock::parse(many.trim()).ok()?)));
        let (code, many) = read.with_context(|| format!("{text} is no CODE,QUANTITY"))?;
        *differs.entry(item(till, code.trim())?).or_default() -= many;
    }
    differs.retain(|_, left| !left.is_zero());
    if json {
        let shape = |(item, left): (&Item, &Stock)| json!({"product": code_of(till, *item), "missing": left});
        answer(out, &differs.iter().map(shape).collect::<Vec<_>>())?;
    } else {
        say_none(out, differs.is_empty())?;
        for (item, left) in &differs {
            writeln!(out, "{:<14}  {:<30}  {left:>10}", code_of(till, *item), name_of(till, *item))?;
        }
    }
    ensure!(
        differs.is_empty(),
        "what was packed is not what is wanted: above nothing is missing, below is too much"
    );
    Ok(())
}
