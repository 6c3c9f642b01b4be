//! What items are worth: core's valuation, folded over an item's movements.
//!
//! Selling writes nothing here. The valuation of an item is kept as of a movement, brought forward when goods come in
//! at a stated cost, and completed by the movements since when it is asked for.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    inventory::{
        Item, Movement, Stock,
        cost::{Costing, Flow, Valuation},
    },
    quantity::UnitPrice,
};

use super::{MovementRecord, levels_of, movements_of};
use crate::{
    error::Error,
    file::codec::{Col, Json, Variant, get, get_json},
};

/// A valuation and the movement it holds up to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Kept {
    pub(crate) as_of: i64,
    pub(crate) valuation: Valuation,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept { as_of: row.get(0)?, valuation: get_json(row, 1)? })
}

fn kept(connection: &Connection, item: Item) -> Result<Option<Kept>, Error> {
    let sql = "SELECT as_of, valuation FROM stock_cost WHERE product = ?1 AND variant = ?2";
    let mut select = connection.prepare_cached(sql)?;
    Ok(select.query_row(params![Col(item.product), Col(Variant(item.variant))], read).optional()?)
}

/// All valuations that are kept.
pub(crate) fn all_kept(connection: &Connection) -> Result<BTreeMap<Item, Kept>, Error> {
    let mut select = connection.prepare("SELECT as_of, valuation, product, variant FROM stock_cost")?;
    let all = select.query_map([], |row| {
        Ok((Item { product: get(row, 2)?, variant: get::<Variant>(row, 3)?.0 }, read(row)?))
    })?;
    Ok(all.collect::<Result<_, _>>()?)
}

/// Takes a movement in; answers what it did to the value.
pub(crate) fn apply(valuation: &mut Valuation, record: &MovementRecord) -> Flow {
    let before = record.after - record.change;
    let mut movement = Movement::new(record.kind, record.place, record.change, before);
    movement.unit_cost = record.unit_cost;
    valuation.apply(&movement)
}

/// What an item is worth now; none while no cost was ever stated.
pub(crate) fn of(connection: &Connection, item: Item, costing: Costing) -> Result<Option<Valuation>, Error> {
    match kept(connection, item)? {
        Some(Kept { as_of, mut valuation }) => {
            for record in movements_of(connection, item, as_of, usize::MAX)?.iter().rev() {
                apply(&mut valuation, record);
            }
            Ok(Some(valuation))
        }
        None => from_the_start(connection, item, costing, i64::MAX),
    }
}

/// What one unit of the stock that the till was made with cost, where that was known then.
pub(crate) fn opening_cost(connection: &Connection, item: Item) -> Result<Option<UnitPrice>, Error> {
    let sql = "SELECT max(opening_cost) FROM stock_level \
               WHERE product = ?1 AND variant = ?2 AND is_opening = 1";
    let mut select = connection.prepare_cached(sql)?;
    Ok(select.query_row(params![Col(item.product), Col(Variant(item.variant))], |row| get(row, 0))?)
}

/// The same of all items of which it is known.
pub(crate) fn opening_costs(connection: &Connection) -> Result<BTreeMap<Item, UnitPrice>, Error> {
    let sql = "SELECT product, variant, opening_cost FROM stock_level \
               WHERE is_opening = 1 AND opening_cost IS NOT NULL";
    let mut select = connection.prepare(sql)?;
    let all = select.query_map([], |row| {
        Ok((Item { product: get(row, 0)?, variant: get::<Variant>(row, 1)?.0 }, get(row, 2)?))
    })?;
    Ok(all.collect::<Result<_, _>>()?)
}

/// The valuation from an item's first movement up to one of them. What was there before any cost was stated cost what was
/// known when the till was made; where nothing was, as much as what came first at a stated cost.
pub(crate) fn from_the_start(
    connection: &Connection,
    item: Item,
    costing: Costing,
    up_to: i64,
) -> Result<Option<Valuation>, Error> {
    from_opening(connection, item, opening_cost(connection, item)?, (costing, up_to))
}

fn from_opening(
    connection: &Connection,
    item: Item,
    opening_cost: Option<UnitPrice>,
    (costing, up_to): (Costing, i64),
) -> Result<Option<Valuation>, Error> {
    let movements = movements_of(connection, item, 0, usize::MAX)?;
    let mut stated = movements.iter().rev();
    let Some(first) = stated.find_map(|record| record.unit_cost) else { return Ok(None) };
    let on_hand: Stock = levels_of(connection, item)?.iter().map(|(_, level)| level.on_hand).sum();
    let moved: Stock =
        movements.iter().filter(|record| record.kind.is_on_hand()).map(|record| record.change).sum();
    let cost = opening_cost.unwrap_or(first);
    Ok(Some(folded(costing, on_hand - moved, cost, movements.iter().rev(), up_to)))
}

/// Folds movements, the first first, from what was there before them.
pub(crate) fn folded<'a>(
    costing: Costing,
    opening: Stock,
    opening_cost: UnitPrice,
    movements: impl Iterator<Item = &'a MovementRecord>,
    up_to: i64,
) -> Valuation {
    let mut valuation = Valuation::starting(costing, opening, opening_cost);
    for record in movements.take_while(|record| record.no <= up_to) {
        apply(&mut valuation, record);
    }
    valuation
}

/// Keeps what an item is worth as of its last movement.
pub(crate) fn bring_forward(connection: &Connection, item: Item, costing: Costing) -> Result<(), Error> {
    let Some(valuation) = of(connection, item, costing)? else { return Ok(()) };
    let last = movements_of(connection, item, 0, 1)?.first().map(|record| record.no).unwrap_or_default();
    put(connection, item, &Kept { as_of: last, valuation })
}

/// Keeps what an item was worth as of a movement, worked out from its first one and from what is known of the cost of the
/// stock that its file was made with.
pub(crate) fn keep(
    connection: &Connection,
    item: Item,
    opening_cost: Option<UnitPrice>,
    (costing, as_of): (Costing, i64),
) -> Result<(), Error> {
    let valuation = from_opening(connection, item, opening_cost, (costing, as_of))?;
    valuation.map_or(Ok(()), |valuation| put(connection, item, &Kept { as_of, valuation }))
}

fn put(connection: &Connection, item: Item, kept: &Kept) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO stock_cost (product, variant, as_of, valuation) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT DO UPDATE SET as_of = excluded.as_of, valuation = excluded.valuation",
    )?;
    let (product, variant) = (Col(item.product), Col(Variant(item.variant)));
    upsert.execute(params![product, variant, kept.as_of, Json(&kept.valuation)])?;
    Ok(())
}

/// Values everything the other way, from the first movement on.
pub(crate) fn change_costing(connection: &Connection, costing: Costing) -> Result<(), Error> {
    let items: Vec<Item> = all_kept(connection)?.into_keys().collect();
    connection.execute("DELETE FROM stock_cost", [])?;
    items.into_iter().try_for_each(|item| bring_forward(connection, item, costing))
}
