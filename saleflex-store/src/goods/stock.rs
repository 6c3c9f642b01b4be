//! Stock on disk: levels by place, movements, batches, pieces with numbers, what items are worth.
//!
//! **Invariant:** a level is the fold of the movements at its place, from what the till was made with. Both are written
//! from the effects of an entry, in its transaction, and by nothing else. Levels are read by key; they are never held
//! in memory.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    ids::{LocationId, ProductId, SupplierId},
    inventory::{
        Batch, BatchLevel, BatchNo, Book, Item, Level, Limits, MovementKind, Place, Posting, SerialNo, Stock,
        Totals,
        cost::Value,
        order::{OrderState, PurchaseOrder},
    },
    journal::Opening,
    quantity::UnitPrice,
    time::Moment,
};

use crate::{
    error::Error,
    file::codec::{Col, Variant, get, get_name},
};

pub(crate) mod cost;
pub(crate) mod days;
pub(crate) mod moves;
mod opening;
pub(crate) mod papers;
mod pieces;
pub(crate) mod records;
pub(crate) mod sites;

pub(crate) use self::{
    opening::{first_shelves, opening},
    pieces::{has_moved, movements_of_piece, movements_of_pieces, pieces_moved, places_of_piece},
};

/// A movement, as a product's history lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MovementRecord {
    /// Its place among all movements of the till.
    pub no: i64,
    /// The place in the journal of the command that brought it.
    pub seq: i64,
    /// What moved, and where.
    pub place: Place,
    /// What kind of movement it is, which says which figure changed.
    pub kind: MovementKind,
    /// By how much the figure changed: what is on the shelf, promised or damaged.
    pub change: Stock,
    /// That figure after it.
    pub after: Stock,
    /// The batch that moved; none for goods in no certain batch.
    pub batch: Option<BatchNo>,
    /// What one unit cost, where it was stated.
    pub unit_cost: Option<UnitPrice>,
}

/// A movement with when and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MovementStory {
    /// The movement.
    pub movement: MovementRecord,
    /// When it was booked.
    pub at: Moment,
    /// The document that brought it, by its number, or what people call the posting.
    pub number: Option<String>,
    /// The posting, where people moved it by hand.
    pub posting: Option<Posting>,
    /// Which pieces, where each has a serial number.
    pub serials: Vec<SerialNo>,
}

/// How a place stands: its level, what is asked of it, what it is worth.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StockRow {
    /// The item and the location.
    pub place: Place,
    /// What there is, reserved and damaged goods among it.
    pub level: Level,
    /// When to reorder.
    pub limits: Limits,
}

/// What an item is worth, all places together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Worth {
    /// How much of it there is at its places.
    pub on_hand: Stock,
    /// How much of it is on its way between two of them.
    pub on_the_way: Stock,
    /// What one unit is taken to have cost; none: nothing is known.
    pub unit_cost: Option<UnitPrice>,
    /// What all of it is worth, also what is on its way.
    pub value: Value,
}

/// How a supplier kept what was promised, of the orders written on some days.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SupplierFigures {
    /// The supplier who delivers.
    pub supplier: SupplierId,
    /// The orders written.
    pub orders: u32,
    /// Of these, the ones of which goods are still expected; the other figures leave them out.
    pub open: u32,
    /// The orders that something was delivered of.
    pub delivered: u32,
    /// Of these, the ones whose last goods came after the supplier's days of delivery.
    pub late: u32,
    /// The days from each of them to its last goods, added up.
    pub days: i64,
    /// The lines of the orders.
    pub lines: u32,
    /// Of these, the ones of which less came than was ordered.
    pub short: u32,
}

impl SupplierFigures {
    /// Nothing was ordered yet.
    pub(crate) const fn of(supplier: SupplierId) -> Self {
        Self { supplier, orders: 0, open: 0, delivered: 0, late: 0, days: 0, lines: 0, short: 0 }
    }

    /// Counts an order, whose last goods came on a day.
    pub(crate) fn count(&mut self, order: &PurchaseOrder, last: Option<NaiveDate>, lead_days: u16) {
        self.orders += 1;
        if order.state == OrderState::Open {
            self.open += 1;
            return;
        }
        for line in &order.lines {
            self.lines += 1;
            self.short += u32::from(line.open().is_positive());
        }
        if let Some(last) = last {
            let days = (last - order.ordered_on).num_days();
            self.delivered += 1;
            self.days += days;
            self.late += u32::from(days > i64::from(lead_days));
        }
    }
}

/// A supplier's order that is proposed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Suggestion {
    /// Of what, to where.
    pub place: Place,
    /// What is there and not promised, with what lies at places of which nothing is asked.
    pub free: Stock,
    /// What is ordered already, or on its way from another location.
    pub on_order: Stock,
    /// How much to order.
    pub quantity: Stock,
    /// Who delivered it last; none where nobody in the list did.
    pub supplier: Option<SupplierId>,
    /// When it would come from them, ordered today.
    pub expected: Option<NaiveDate>,
}

const LEVEL: &str = "SELECT on_hand, reserved, damaged, received, sold, returned, issued, adjusted, location, \
                     product, variant FROM stock_level";

fn read_level(row: &Row<'_>) -> rusqlite::Result<(Place, Level)> {
    let place = Place {
        item: Item { product: get(row, 9)?, variant: get::<Variant>(row, 10)?.0 },
        location: get(row, 8)?,
    };
    let totals = Totals {
        received: get(row, 3)?,
        sold: get(row, 4)?,
        returned: get(row, 5)?,
        issued: get(row, 6)?,
        adjusted: get(row, 7)?,
    };
    let level = Level {
        on_hand: get(row, 0)?,
        reserved: get(row, 1)?,
        damaged: get(row, 2)?,
        totals,
        ..Level::default()
    };
    Ok((place, level))
}

/// The level at a place where there ever was one, with its batches and pieces.
pub(crate) fn level(connection: &Connection, place: Place) -> Result<Option<Level>, Error> {
    let Some(mut level) = bare_level(connection, place)? else { return Ok(None) };
    add_pieces(connection, place, &mut level)?;
    Ok(Some(level))
}

/// The same without batches and pieces.
pub(crate) fn bare_level(connection: &Connection, place: Place) -> Result<Option<Level>, Error> {
    let sql = format!("{LEVEL} WHERE product = ?1 AND variant = ?2 AND location = ?3");
    let mut select = connection.prepare_cached(&sql)?;
    let Place { item, location } = place;
    let key = params![Col(item.product), Col(Variant(item.variant)), Col(location)];
    Ok(select.query_row(key, read_level).optional()?.map(|(_, level)| level))
}

/// The levels of an item, by location.
pub(crate) fn levels_of(connection: &Connection, item: Item) -> Result<Vec<(Place, Level)>, Error> {
    let sql = format!("{LEVEL} WHERE product = ?1 AND variant = ?2 ORDER BY location");
    let mut select = connection.prepare_cached(&sql)?;
    let levels = select.query_map(params![Col(item.product), Col(Variant(item.variant))], read_level)?;
    let mut levels = levels.collect::<Result<Vec<_>, _>>()?;
    for (place, level) in &mut levels {
        add_pieces(connection, *place, level)?;
    }
    Ok(levels)
}

/// Whether stock of an item is kept anywhere.
pub(crate) fn is_kept(connection: &Connection, item: Item) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM stock_level WHERE product = ?1 AND variant = ?2";
    Ok(connection.prepare_cached(sql)?.exists(params![Col(item.product), Col(Variant(item.variant))])?)
}

/// All levels without batches and pieces, by product.
pub(crate) fn all(connection: &Connection) -> Result<Vec<(Place, Level)>, Error> {
    let mut select = connection.prepare(&format!("{LEVEL} ORDER BY product, variant, location"))?;
    let levels = select.query_map([], read_level)?;
    Ok(levels.collect::<Result<_, _>>()?)
}

/// What of a product is for sale at the location that is the first parameter, whatever is past its date.
const FOR_SALE: &str = "sum(CASE WHEN location = ?1 THEN on_hand - reserved - damaged ELSE 0 END)";

/// The products whose stock is kept, and of which a location has nothing left that is not promised.
pub(crate) fn gone(connection: &Connection, location: LocationId) -> Result<BTreeSet<ProductId>, Error> {
    let sql = format!("SELECT product FROM stock_level GROUP BY product HAVING {FOR_SALE} <= 0");
    let mut select = connection.prepare_cached(&sql)?;
    let products = select.query_map([Col(location)], |row| get(row, 0))?;
    Ok(products.collect::<Result<_, _>>()?)
}

/// What a location has left of a product in all its variants; none where its stock is not kept.
pub(crate) fn left(
    connection: &Connection,
    product: ProductId,
    location: LocationId,
) -> Result<Option<Stock>, Error> {
    let sql = format!("SELECT {FOR_SALE} FROM stock_level WHERE product = ?2 HAVING count(*) > 0");
    let mut select = connection.prepare_cached(&sql)?;
    Ok(select.query_row(params![Col(location), Col(product)], |row| get(row, 0)).optional()?)
}

fn add_pieces(connection: &Connection, place: Place, level: &mut Level) -> Result<(), Error> {
    let Place { item, location } = place;
    let mut batches = connection.prepare_cached(
        "SELECT batch, on_hand, damaged, produced, expiry FROM stock_batch \
         WHERE product = ?1 AND variant = ?2 AND location = ?3",
    )?;
    let mut rows = batches.query(params![Col(item.product), Col(Variant(item.variant)), Col(location)])?;
    while let Some(row) = rows.next()? {
        level.batches.insert(get(row, 0)?, read_batch(row)?);
    }
    let mut serials = connection.prepare_cached(
        "SELECT serial, times FROM stock_serial WHERE product = ?1 AND variant = ?2 AND location = ?3",
    )?;
    let mut rows = serials.query(params![Col(item.product), Col(Variant(item.variant)), Col(location)])?;
    while let Some(row) = rows.next()? {
        level.serials.insert(get::<SerialNo>(row, 0)?, row.get(1)?);
    }
    Ok(())
}

fn read_batch(row: &Row<'_>) -> rusqlite::Result<BatchLevel> {
    Ok(BatchLevel {
        on_hand: get(row, 1)?,
        damaged: get(row, 2)?,
        produced: get(row, 3)?,
        expiry: get(row, 4)?,
    })
}

/// The batches whose last good day is not after a date, with their levels, the first to expire first.
pub(crate) fn expiring(
    connection: &Connection,
    until: NaiveDate,
) -> Result<Vec<(Place, Batch, Stock)>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT batch, on_hand, damaged, produced, expiry, product, variant, location FROM stock_batch \
         WHERE expiry <= ?1 AND on_hand > 0 ORDER BY expiry, product, variant, location, batch",
    )?;
    let batches = select.query_map([Col(until)], |row| {
        let level = read_batch(row)?;
        let place = Place {
            item: Item { product: get(row, 5)?, variant: get::<Variant>(row, 6)?.0 },
            location: get(row, 7)?,
        };
        let batch = Batch { no: get(row, 0)?, produced: level.produced, expiry: level.expiry };
        Ok((place, batch, level.on_hand))
    })?;
    Ok(batches.collect::<Result<_, _>>()?)
}

/// A book of some items, everywhere.
pub(crate) fn book(connection: &Connection, items: impl IntoIterator<Item = Item>) -> Result<Book, Error> {
    let mut book = Book::default();
    for item in items {
        for (place, level) in levels_of(connection, item)? {
            book.set(place, level);
        }
    }
    Ok(book)
}

/// The products that have batches somewhere.
pub(crate) fn batched(connection: &Connection) -> Result<std::collections::BTreeSet<ProductId>, Error> {
    let mut select = connection.prepare("SELECT DISTINCT product FROM stock_batch")?;
    let products = select.query_map([], |row| get(row, 0))?;
    Ok(products.collect::<Result<_, _>>()?)
}

/// What a new till starts with.
pub(crate) fn start(
    connection: &Connection,
    product: ProductId,
    counter: LocationId,
    opening: Opening,
) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO stock_level (product, location, on_hand, is_opening, opening_cost) \
         VALUES (?1, ?2, ?3, 1, ?4) ON CONFLICT DO UPDATE SET on_hand = excluded.on_hand",
    )?;
    insert.execute(params![Col(product), Col(counter), Col(opening.on_hand), Col(opening.unit_cost)])?;
    Ok(())
}

fn read_movement(row: &Row<'_>) -> rusqlite::Result<(MovementRecord, Option<i64>)> {
    let movement = MovementRecord {
        no: row.get(0)?,
        seq: row.get(1)?,
        place: Place {
            item: Item { product: get(row, 2)?, variant: get::<Variant>(row, 3)?.0 },
            location: get(row, 4)?,
        },
        kind: get_name(row, 5)?,
        change: get(row, 6)?,
        after: get(row, 7)?,
        batch: get(row, 9)?,
        unit_cost: get(row, 10)?,
    };
    Ok((movement, row.get(8)?))
}

pub(crate) const MOVEMENT: &str = "SELECT no, seq, product, variant, location, kind, change, after, previous, \
                                   batch, unit_cost FROM stock_movement";

/// The movements of an item behind one of them, everywhere, the latest first.
pub(crate) fn movements_of(
    connection: &Connection,
    item: Item,
    after: i64,
    limit: usize,
) -> Result<Vec<MovementRecord>, Error> {
    let mut ends = connection.prepare_cached(
        "SELECT last_movement FROM stock_level WHERE product = ?1 AND variant = ?2 AND last_movement > ?3",
    )?;
    let ends =
        ends.query_map(params![Col(item.product), Col(Variant(item.variant)), after], |row| row.get(0))?;
    // Each place is a chain of its own; the latest of their ends comes next.
    let mut ends: std::collections::BTreeSet<i64> = ends.collect::<Result<_, _>>()?;
    let mut select = connection.prepare_cached(&format!("{MOVEMENT} WHERE no = ?1"))?;
    let mut movements = Vec::new();
    while movements.len() < limit
        && let Some(no) = ends.pop_last()
    {
        let (movement, previous) = select.query_row([no], read_movement)?;
        ends.extend(previous.filter(|no| *no > after));
        movements.push(movement);
    }
    Ok(movements)
}

/// The latest movements of all items, the latest first.
pub(crate) fn latest(connection: &Connection, limit: u32) -> Result<Vec<MovementRecord>, Error> {
    let mut select = connection.prepare_cached(&format!("{MOVEMENT} ORDER BY no DESC LIMIT ?1"))?;
    let movements = select.query_map([limit], |row| read_movement(row).map(|(movement, _)| movement))?;
    Ok(movements.collect::<Result<_, _>>()?)
}

/// Goes through the movements behind one of them, in order.
pub(crate) fn each_after(
    connection: &Connection,
    no: i64,
    mut take: impl FnMut(MovementRecord),
) -> Result<(), Error> {
    let mut select = connection.prepare(&format!("{MOVEMENT} WHERE no > ?1 ORDER BY no"))?;
    let mut rows = select.query([no])?;
    while let Some(row) = rows.next()? {
        take(read_movement(row)?.0);
    }
    Ok(())
}

/// A movement with the number of the one before at its place and its line in its event.
pub(crate) fn movement(
    connection: &Connection,
    no: i64,
) -> Result<Option<(MovementRecord, Option<i64>, i64)>, Error> {
    let sql = "SELECT no, seq, product, variant, location, kind, change, after, previous, batch, unit_cost, line \
               FROM stock_movement WHERE no = ?1";
    let read = |row: &Row<'_>| {
        let (movement, previous) = read_movement(row)?;
        Ok((movement, previous, row.get(11)?))
    };
    Ok(connection.prepare_cached(sql)?.query_row([no], read).optional()?)
}

/// The number of the last movement at a place.
pub(crate) fn last_movement(connection: &Connection, place: Place) -> Result<Option<i64>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT last_movement FROM stock_level WHERE product = ?1 AND variant = ?2 AND location = ?3",
    )?;
    let Place { item, location } = place;
    let key = params![Col(item.product), Col(Variant(item.variant)), Col(location)];
    Ok(select.query_row(key, |row| row.get(0)).optional()?.flatten())
}
