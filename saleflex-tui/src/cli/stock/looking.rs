//! What there is, what moved, what it is worth.

use std::io::Write;

use chrono::NaiveDate;
use saleflex_core::inventory::{Level, Place};
use serde_json::{Value, json};

use super::{
    super::{Call, answer},
    code_of, item, name_of, place_of, site_of,
};

/// Most movements of one product that are listed with their papers.
const MOST: u32 = 100_000;

pub(super) fn levels(
    call: &Call<'_>,
    product: Option<&str>,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let till = call.reader()?;
    let today = today(call)?;
    let rows: Vec<(Place, Level)> = match product {
        Some(code) => till.stock_levels(item(&till, code)?),
        None => till.stock_report().map(|rows| rows.into_iter().map(|row| (row.place, row.level)).collect()),
    }
    .map_err(|error| call.words(&error))?;
    if json {
        let shape = |(place, level): &(Place, Level)| {
            let batches: Vec<Value> = level
                .batches
                .iter()
                .map(|(no, batch)| json!({"batch": no, "on_hand": batch.on_hand, "expiry": batch.expiry}))
                .collect();
            json!({
                "product": code_of(&till, place.item),
                "location": place_of(&till, *place),
                "on_hand": level.on_hand,
                "reserved": level.reserved,
                "damaged": level.damaged,
                "available": level.available(today),
                "batches": batches,
                "serials": level.serials.keys().collect::<Vec<_>>(),
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for (place, level) in &rows {
        let (code, name) = (code_of(&till, place.item), name_of(&till, place.item));
        let at = place_of(&till, *place);
        writeln!(
            out,
            "{code:<14}  {name:<30}  {at:<14}  {:>10}  {:>10}",
            level.on_hand,
            level.available(today)
        )?;
        if product.is_some() {
            batches(level, out)?;
        }
    }
    Ok(())
}

/// The batches that lie at a place, the first to expire first, and what lies there in none.
fn batches(level: &Level, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut there: Vec<_> = level.batches.iter().filter(|(_, batch)| !batch.on_hand.is_zero()).collect();
    there.sort_by_key(|(no, batch)| (batch.expiry.is_none(), batch.expiry, *no));
    for (no, batch) in there {
        let expiry = batch.expiry.map(|expiry| expiry.to_string()).unwrap_or_default();
        writeln!(out, "    {no:<14}  {expiry:<10}  {:>10}", batch.on_hand)?;
    }
    let unbatched = level.unbatched();
    if !level.batches.is_empty() && !unbatched.is_zero() {
        writeln!(out, "    -{unbatched:>37}")?;
    }
    Ok(())
}

pub(super) fn today(call: &Call<'_>) -> anyhow::Result<NaiveDate> {
    use saleflex_store::Shell;
    Ok(call.place()?.1.now().business_date)
}

pub(super) fn movements(
    call: &Call<'_>,
    product: Option<&str>,
    limit: u32,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let till = call.reader()?;
    let limit = limit.min(MOST);
    let found = match product {
        Some(code) => till.stock_movements(item(&till, code)?.product, limit),
        None => till.latest_stock_movements(limit),
    };
    let mut rows = Vec::new();
    for movement in found.map_err(|error| call.words(&error))? {
        rows.push(till.movement_story(movement).map_err(|error| call.words(&error))?);
    }
    if json {
        let shape = |story: &saleflex_store::stock::MovementStory| {
            let movement = &story.movement;
            json!({
                "at": story.at.local,
                "number": story.number,
                "kind": movement.kind,
                "product": code_of(&till, movement.place.item),
                "location": place_of(&till, movement.place),
                "change": movement.change,
                "after": movement.after,
                "batch": movement.batch,
                "serials": story.serials,
                "unit_cost": movement.unit_cost,
                "reason": story.posting.as_ref().and_then(|posting| posting.reason.clone()),
                "reference": story.posting.as_ref().and_then(|posting| posting.reference.clone()),
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for story in &rows {
        let movement = &story.movement;
        let kind = serde_json::to_value(movement.kind)?;
        let (at, number) =
            (story.at.local.format("%Y-%m-%d %H:%M"), story.number.clone().unwrap_or_default());
        let (code, place) = (code_of(&till, movement.place.item), place_of(&till, movement.place));
        let kind = kind.as_str().unwrap_or_default();
        let (change, after) = (movement.change, movement.after);
        writeln!(out, "{at}  {number:<24}  {kind:<12}  {code:<14}  {place:<14}  {change:>10}  {after:>10}")?;
    }
    Ok(())
}

pub(super) fn low(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let rows = till.low_stock().map_err(|error| call.words(&error))?;
    if json {
        let shape = |row: &saleflex_store::stock::StockRow| {
            json!({
                "product": code_of(&till, row.place.item),
                "location": place_of(&till, row.place),
                "on_hand": row.level.on_hand,
                "minimum": row.limits.minimum,
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for row in &rows {
        let (code, name) = (code_of(&till, row.place.item), name_of(&till, row.place.item));
        let at = place_of(&till, row.place);
        let (on_hand, minimum) = (row.level.on_hand, row.limits.minimum);
        writeln!(out, "{code:<14}  {name:<30}  {at:<14}  {on_hand:>10}  {minimum:>10}")?;
    }
    Ok(())
}

pub(super) fn expiring(
    call: &Call<'_>,
    days: Option<u16>,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let till = call.reader()?;
    let rows = till.expiring_stock(today(call)?, days).map_err(|error| call.words(&error))?;
    if json {
        let shape = |(place, batch, on_hand): &(Place, saleflex_core::inventory::Batch, _)| {
            let on_hand: &saleflex_core::inventory::Stock = on_hand;
            json!({
                "product": code_of(&till, place.item),
                "location": place_of(&till, *place),
                "batch": batch.no,
                "expiry": batch.expiry,
                "on_hand": on_hand,
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for (place, batch, on_hand) in &rows {
        let (code, name) = (code_of(&till, place.item), name_of(&till, place.item));
        let (at, expiry) = (place_of(&till, *place), batch.expiry.map(|date| date.to_string()));
        let expiry = expiry.unwrap_or_default();
        writeln!(out, "{expiry:<10}  {code:<14}  {name:<30}  {at:<14}  {:<14}  {on_hand:>10}", batch.no)?;
    }
    Ok(())
}

pub(super) fn report(
    call: &Call<'_>,
    from: NaiveDate,
    to: NaiveDate,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    anyhow::ensure!(from <= to, "the first day, {from}, is after the last, {to}");
    let till = call.reader()?;
    let rows = till.stock_figures(from, to).map_err(|error| call.words(&error))?;
    let class = |figures: &saleflex_store::till::ItemFigures| format!("{:?}", figures.class);
    if json {
        let shape = |one: &saleflex_store::till::ItemFigures| {
            json!({
                "product": code_of(&till, one.item),
                "class": class(one),
                "sold": one.sold,
                "cost_of_sales": one.cost_of_sales,
                "opening": one.opening,
                "closing": one.closing,
                "turnover": one.turnover.map(|times| times.to_string()),
                "wasted": one.shrinkage.wasted,
                "missing": one.shrinkage.missing,
            })
        };
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for one in &rows {
        let (code, name, class) = (code_of(&till, one.item), name_of(&till, one.item), class(one));
        let (sold, cost) = (one.sold, one.cost_of_sales.rounded(2));
        let turnover = one.turnover.map(|times| times.to_string()).unwrap_or_default();
        let (wasted, missing) = (one.shrinkage.wasted, one.shrinkage.missing);
        writeln!(
            out,
            "{class}  {code:<14}  {name:<30}  {sold:>10}  {cost:>12}  {turnover:>8}  {wasted:>8}  {missing:>8}"
        )?;
    }
    Ok(())
}

pub(super) fn value(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let worth = till.stock_value().map_err(|error| call.words(&error))?;
    let total: saleflex_core::inventory::cost::Value = worth.values().map(|one| one.value).sum();
    if json {
        let rows: Vec<Value> = worth
            .iter()
            .map(|(item, one)| {
                json!({
                    "product": code_of(&till, *item),
                    "on_hand": one.on_hand,
                    "on_the_way": one.on_the_way,
                    "unit_cost": one.unit_cost,
                    "value": one.value,
                })
            })
            .collect();
        return answer(out, &json!({"total": total, "items": rows}));
    }
    for (item, one) in &worth {
        let (code, name) = (code_of(&till, *item), name_of(&till, *item));
        let cost = one.unit_cost.map(|cost| cost.to_string()).unwrap_or_default();
        writeln!(
            out,
            "{code:<14}  {name:<30}  {:>10}  {:>10}  {cost:>12}  {:>14}",
            one.on_hand,
            one.on_the_way,
            one.value.rounded(2)
        )?;
    }
    writeln!(out, "{}", total.rounded(2))?;
    Ok(())
}

pub(super) fn locations(call: &Call<'_>, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let sites = till.sites();
    let counter = till.counter();
    if json {
        let shape = |location: &saleflex_core::inventory::Location| {
            json!({
                "location": location,
                "warehouse": sites.warehouse_of(location.id),
                "sells": counter == Some(location.id),
            })
        };
        return answer(out, &sites.locations().map(shape).collect::<Vec<_>>());
    }
    let mut locations: Vec<_> = sites.locations().collect();
    locations.sort_by_key(|location| &location.code);
    for location in locations {
        let warehouse = sites.warehouse_of(location.id).map(|warehouse| warehouse.name.as_str());
        let sells = if counter == Some(location.id) { "  *" } else { "" };
        writeln!(
            out,
            "{:<14}  {:<20}  {}{sells}",
            location.code,
            location.name,
            warehouse.unwrap_or_default()
        )?;
    }
    Ok(())
}

pub(super) fn transfers(call: &Call<'_>, all: bool, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let till = call.reader()?;
    let rows = till.transfers(!all).map_err(|error| call.words(&error))?;
    if json {
        let shape = |(no, transfer): &(u32, saleflex_core::inventory::transfer::Transfer)| json!({"no": no, "is_done": transfer.is_done(), "transfer": transfer});
        return answer(out, &rows.iter().map(shape).collect::<Vec<_>>());
    }
    crate::cli::say_none(out, rows.is_empty())?;
    for (no, transfer) in &rows {
        writeln!(out, "{no}  {} -> {}", site_of(&till, transfer.from), site_of(&till, transfer.to))?;
        for line in &transfer.lines {
            writeln!(
                out,
                "    {:<14}  {:>10} of {}",
                code_of(&till, line.item),
                line.in_transit(),
                line.sent
            )?;
        }
    }
    Ok(())
}
