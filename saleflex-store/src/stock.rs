//! What is on the shelf. Levels are read by key, one product at a time; they are never held in memory.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;
use saleflex_core::{
    ids::ProductId,
    inventory::{MovementKind, StockMovement},
};

use crate::{
    codec::{Col, Level, Name, get, get_name},
    error::Error,
};

/// How much of a product there is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StockLevel {
    /// On the shelf; below nothing when more was sold than the books knew of.
    pub on_hand: Decimal,
    /// Of that, promised to orders.
    pub promised: Decimal,
}

impl StockLevel {
    /// What may be sold.
    pub fn available(&self) -> Decimal {
        self.on_hand - self.promised
    }
}

/// A movement of a product's stock, as its history lists it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MovementRecord {
    /// The place in the journal of the command that brought it.
    pub seq: i64,
    /// Why; none where the stock was counted or corrected.
    pub kind: Option<MovementKind>,
    /// By how much what is on the shelf changed, or for a reservation, what is promised.
    pub change: Decimal,
    /// What was there after it, or promised.
    pub after: Decimal,
}

/// How a count or correction lies in the column of kinds.
const SET: &str = "set";

/// The level of a product whose stock is kept.
pub(crate) fn level(connection: &Connection, product: ProductId) -> Result<Option<StockLevel>, Error> {
    Ok(read(connection, product)?.map(|(level, _)| level))
}

fn read(connection: &Connection, product: ProductId) -> Result<Option<(StockLevel, Option<i64>)>, Error> {
    let mut select =
        connection.prepare_cached("SELECT on_hand, promised, last_movement FROM stock WHERE product = ?1")?;
    let level = select.query_row([Col(product)], |row| {
        let level = StockLevel { on_hand: get::<Level>(row, 0)?.0, promised: get::<Level>(row, 1)?.0 };
        Ok((level, row.get(2)?))
    });
    Ok(level.optional()?)
}

/// Moves stock because of a document. A product whose stock is not kept is passed over.
pub(crate) fn move_stock(connection: &Connection, seq: i64, movement: &StockMovement) -> Result<(), Error> {
    let level = if movement.kind.is_reservation() { "promised" } else { "on_hand" };
    let mut insert = connection.prepare_cached(&format!(
        "INSERT INTO stock_movement (seq, product, kind, change, after, previous) \
         SELECT ?1, product, ?3, ?4, {level} + ?4, last_movement FROM stock WHERE product = ?2"
    ))?;
    let change = Col(Level(movement.change));
    let moved = insert.execute(params![seq, Col(movement.product), Name(movement.kind), change])?;
    if moved == 0 {
        return Ok(());
    }
    let mut update = connection.prepare_cached(&format!(
        "UPDATE stock SET {level} = {level} + ?2, last_movement = ?3 WHERE product = ?1"
    ))?;
    update.execute(params![Col(movement.product), change, connection.last_insert_rowid()])?;
    Ok(())
}

/// Sets what is on the shelf; from now on stock of the product is kept.
pub(crate) fn set(connection: &Connection, seq: i64, product: ProductId, now: Decimal) -> Result<(), Error> {
    let before = read(connection, product)?;
    let (old, previous) = before.map_or((Decimal::ZERO, None), |(level, last)| (level.on_hand, last));
    let promised = before.map_or(Decimal::ZERO, |(level, _)| level.promised);
    let mut insert = connection.prepare_cached(
        "INSERT INTO stock_movement (seq, product, kind, change, after, previous) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![seq, Col(product), SET, Col(Level(now - old)), Col(Level(now)), previous])?;
    write(connection, product, &StockLevel { on_hand: now, promised }, Some(connection.last_insert_rowid()))
}

/// All that is on the shelf, when nothing has moved yet.
pub(crate) fn opening(connection: &Connection) -> Result<BTreeMap<ProductId, Decimal>, Error> {
    let mut select = connection.prepare("SELECT product, on_hand FROM stock")?;
    let levels = select.query_map([], |row| Ok((get(row, 0)?, get::<Level>(row, 1)?.0)))?;
    Ok(levels.collect::<Result<_, _>>()?)
}

/// What a new till starts with.
pub(crate) fn start(connection: &Connection, product: ProductId, on_hand: Decimal) -> Result<(), Error> {
    write(connection, product, &StockLevel { on_hand, promised: Decimal::ZERO }, None)
}

fn write(
    connection: &Connection,
    product: ProductId,
    level: &StockLevel,
    last_movement: Option<i64>,
) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO stock (product, on_hand, promised, last_movement) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (product) DO UPDATE SET on_hand = excluded.on_hand, promised = excluded.promised, \
         last_movement = excluded.last_movement",
    )?;
    upsert.execute(params![
        Col(product),
        Col(Level(level.on_hand)),
        Col(Level(level.promised)),
        last_movement,
    ])?;
    Ok(())
}

/// The movements of a product, the latest first.
pub(crate) fn movements(
    connection: &Connection,
    product: ProductId,
    limit: u32,
) -> Result<Vec<MovementRecord>, Error> {
    let mut next = read(connection, product)?.and_then(|(_, last)| last);
    let mut select = connection
        .prepare_cached("SELECT seq, kind, change, after, previous FROM stock_movement WHERE no = ?1")?;
    let mut movements = Vec::new();
    while let Some(no) = next
        && movements.len() < limit as usize
    {
        let (movement, previous) = select.query_row([no], |row| {
            let is_set = row.get_ref(1)?.as_str()? == SET;
            let movement = MovementRecord {
                seq: row.get(0)?,
                kind: if is_set { None } else { Some(get_name(row, 1)?) },
                change: get::<Level>(row, 2)?.0,
                after: get::<Level>(row, 3)?.0,
            };
            Ok((movement, row.get(4)?))
        })?;
        movements.push(movement);
        next = previous;
    }
    Ok(movements)
}
