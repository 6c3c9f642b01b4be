//! What is likely to be sold, where goods stand, and what somebody takes off the shelves for a document.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use anyhow::{Context, ensure};
use chrono::NaiveDate;
use saleflex_core::{
    document::Document,
    ids::DocumentNumber,
    inventory::{Item, Stock},
};
use saleflex_store::{Till, till::TillReader};
use serde_json::json;

use super::{
    super::{Call, answer, say_none},
    code_of, item,
    looking::today,
    name_of,
};
use crate::planning::{self, Forecast, OnShelf, ToTake};

/// What each of these begins with: the till to read from, and the day it is there.
fn begun(call: &Call<'_>) -> anyhow::Result<(TillReader, NaiveDate)> {
    Ok((call.reader()?, today(call)?))
}

pub(super) fn forecast(
    call: &Call<'_>,
    product: Option<&str>,
    days: u16,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let (till, today) = begun(call)?;
    let items: BTreeSet<Item> = if let Some(code) = product {
        BTreeSet::from([item(&till, code)?])
    } else {
        let rows = till.stock_report().map_err(|error| call.words(&error))?;
        rows.into_iter().map(|row| row.place.item).collect()
    };
    let mut rows = Vec::new();
    for item in items {
        let found = planning::forecast(&till, item, (today, days)).map_err(|error| call.words(&error))?;
        rows.extend((product.is_some() || found.expected.is_positive()).then_some(found));
    }
    if json {
        let shape = |row: &Forecast| {
            json!({
                "product": code_of(&till, row.item),
                "days": days,
                "expected": row.expected,
                "available": row.available,
                "short": row.short(),
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    say_none(out, rows.is_empty())?;
    for row in &rows {
        let (code, name) = (code_of(&till, row.item), name_of(&till, row.item));
        let (expected, available, short) = (row.expected, row.available, row.short());
        writeln!(out, "{code:<14}  {name:<30}  {expected:>10}  {available:>10}  {short:>10}")?;
    }
    Ok(())
}

pub(super) fn shelves(call: &Call<'_>, place: &str, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let (till, today) = begun(call)?;
    let rows = planning::shelves(&till, today, usize::MAX, |shelf, _| shelf.starts_with(place));
    let rows = rows.map_err(|error| call.words(&error))?;
    if json {
        let shown = rows.iter().map(|OnShelf { shelf, code, available, fill_up, .. }| {
            json!({"shelf": shelf, "product": code, "available": available, "fill_up": fill_up})
        });
        return answer(out, &shown.collect::<Vec<_>>());
    }
    say_none(out, rows.is_empty())?;
    for OnShelf { shelf, code, name, available, fill_up, .. } in &rows {
        let fill = fill_up.map(|fill| fill.to_string()).unwrap_or_default();
        writeln!(out, "{shelf:<12}  {code:<14}  {name:<30}  {available:>10}  {fill:>10}")?;
    }
    Ok(())
}

pub(super) fn pick(
    call: &Call<'_>,
    (number, packed): (&str, &[String]),
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let (till, today) = begun(call)?;
    let wanted = planning::wanted(&parked(call, &till, number)?);
    if !packed.is_empty() {
        return check(&till, wanted, packed, json, out);
    }
    let rows = planning::way(&till, &wanted, today).map_err(|error| call.words(&error))?;
    if json {
        let shape = |row: &ToTake| {
            json!({
                "shelf": row.shelf,
                "product": row.code,
                "quantity": row.quantity,
                "there": row.there,
                "batch": row.batch.as_ref().map(|batch| &batch.no),
                "expiry": row.batch.as_ref().and_then(|batch| batch.expiry),
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    say_none(out, rows.is_empty())?;
    for ToTake { shelf, code, name, quantity, there, batch } in &rows {
        let batch = batch.as_ref().map(|batch| batch.no.to_string()).unwrap_or_default();
        let there = there.map(|there| format!("  {there} there")).unwrap_or_default();
        writeln!(out, "{shelf:<12}  {code:<14}  {name:<30}  {quantity:>10}  {batch}{there}")?;
    }
    Ok(())
}

/// The parked document with a number that goods go out with.
fn parked(call: &Call<'_>, till: &Till, number: &str) -> anyhow::Result<Document> {
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
    Ok(found.document().clone())
}

/// Whether what was packed is what is wanted.
fn check(
    till: &Till,
    wanted: BTreeMap<Item, Stock>,
    packed: &[String],
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut in_box = Vec::new();
    for text in packed {
        let read =
            text.split_once(',').and_then(|(code, many)| Some((code, Stock::parse(many.trim()).ok()?)));
        let (code, many) = read.with_context(|| format!("{text} is no CODE,QUANTITY"))?;
        in_box.push((item(till, code.trim())?, many));
    }
    let differs = planning::missing(wanted, in_box);
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
