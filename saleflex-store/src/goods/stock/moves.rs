//! Writing what moved: rows for the movements, and the levels they lead to.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map},
    ops::Range,
};

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};
use saleflex_core::{
    ids::PostingId,
    inventory::{
        Item, Level, Movement, MovementKind, NumberKind, Place, Posting, SerialNo, Stock, Totals,
        cost::Costing,
    },
    journal::Entry,
};

use super::{cost, is_kept};
use crate::{
    error::Error,
    file::codec::{Col, Column as _, Name, Variant, name_of},
};

/// Writes what an entry moves. What a document moves of an item whose stock is kept nowhere is passed over.
pub(crate) fn write(connection: &Connection, seq: i64, entry: &Entry, costing: Costing) -> Result<(), Error> {
    let effects = &entry.effects;
    let mut costed = BTreeSet::new();
    let mut writer = Writer::new(connection, seq);
    if let Some(counter) = effects.counter {
        for movement in &effects.stock {
            let movement = movement.at(counter, Stock::ZERO);
            let is_there = writer.append(&movement)?;
            if !is_there && !is_kept(connection, movement.item())? {
                continue;
            }
            if !is_there {
                begin(connection, movement.place)?;
                writer.append(&movement)?;
            }
            costed.extend(movement.unit_cost.map(|_| movement.item()));
        }
    }
    if let Some(posting) = effects.posting.as_deref() {
        put_posting(connection, seq, posting)?;
        for movement in &posting.movements {
            if !writer.append(movement)? {
                begin(connection, movement.place)?;
                writer.append(movement)?;
            }
            costed.extend(movement.unit_cost.map(|_| movement.item()));
        }
    }
    costed.into_iter().try_for_each(|item: Item| cost::bring_forward(connection, item, costing))
}

/// From now on there is a level.
fn begin(connection: &Connection, place: Place) -> Result<(), Error> {
    let mut insert = connection
        .prepare_cached("INSERT INTO stock_level (product, variant, location) VALUES (?1, ?2, ?3)")?;
    let Place { item, location } = place;
    insert.execute(params![Col(item.product), Col(Variant(item.variant)), Col(location)])?;
    Ok(())
}

/// The column of the figure that a kind of movement changes.
pub(crate) const fn figure(kind: MovementKind) -> &'static str {
    if kind.is_reservation() {
        "reserved"
    } else if kind.is_on_hand() {
        "on_hand"
    } else {
        "damaged"
    }
}

/// Writes the movements of an entry. A sale has one for each of its lines, and even finding a statement takes its time:
/// each is found once.
struct Writer<'c> {
    connection: &'c Connection,
    seq: i64,
    /// How many were written.
    lines: i64,
    names: BTreeMap<MovementKind, String>,
    levels: BTreeMap<&'static str, CachedStatement<'c>>,
    insert: Option<CachedStatement<'c>>,
    updates: BTreeMap<[&'static str; 2], CachedStatement<'c>>,
}

impl<'c> Writer<'c> {
    const fn new(connection: &'c Connection, seq: i64) -> Self {
        Self {
            connection,
            seq,
            lines: 0,
            names: BTreeMap::new(),
            levels: BTreeMap::new(),
            insert: None,
            updates: BTreeMap::new(),
        }
    }

    /// Appends a movement and adds it to its level; answers whether there was a level to add it to.
    fn append(&mut self, movement: &Movement) -> Result<bool, Error> {
        let &Movement { kind, place: Place { item, location }, change, .. } = movement;
        let (product, variant, location) =
            (item.product.to_value(), Variant(item.variant).to_value(), location.to_value());
        let level = match self.levels.entry(figure(kind)) {
            btree_map::Entry::Occupied(found) => found.into_mut(),
            btree_map::Entry::Vacant(place) => place.insert(level(self.connection, figure(kind))?),
        };
        let found = level.query_row(params![product, variant, location], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
        });
        let Some((before, previous)) = found.optional()? else { return Ok(false) };
        let insert = match &mut self.insert {
            Some(insert) => insert,
            None => self.insert.insert(insert(self.connection)?),
        };
        let name = &*self.names.entry(kind).or_insert_with(|| name_of(&kind));
        let batch = movement.batch.as_ref().map(|batch| batch.no.as_str());
        insert.execute(params![
            self.seq,
            self.lines + 1,
            product,
            variant,
            location,
            name,
            Col(change),
            before,
            previous,
            batch,
            Col(movement.unit_cost),
        ])?;
        self.lines += 1;
        let no = self.connection.last_insert_rowid();
        // What core makes of the movement on an empty level is what it adds to any.
        let mut added = Level::default();
        added.fold(movement);
        let (total, by) = changed_total(&added.totals);
        let update = match self.updates.entry([figure(kind), total]) {
            btree_map::Entry::Occupied(found) => found.into_mut(),
            btree_map::Entry::Vacant(place) => place.insert(update(self.connection, figure(kind), total)?),
        };
        update.execute(params![product, variant, location, Col(change), Col(by), no])?;
        add_batches(self.connection, movement.place, &added)?;
        add_serials(self.connection, movement.place, &added)?;
        add_pieces_moved(self.connection, no, &movement.serials)?;
        Ok(true)
    }
}

fn level<'c>(connection: &'c Connection, figure: &str) -> rusqlite::Result<CachedStatement<'c>> {
    connection.prepare_cached(&format!(
        "SELECT {figure}, last_movement FROM stock_level WHERE product = ?1 AND variant = ?2 AND location = ?3"
    ))
}

/// Of values alone: whatever reads what it writes could fail halfway, for which SQLite would first copy every page that
/// each movement touches.
fn insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached(
        "INSERT INTO stock_movement (seq, line, product, variant, location, kind, change, after, previous, \
         batch, unit_cost) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 + ?7, ?9, ?10, ?11)",
    )
}

fn update<'c>(
    connection: &'c Connection,
    figure: &str,
    total: &str,
) -> rusqlite::Result<CachedStatement<'c>> {
    connection.prepare_cached(&format!(
        "UPDATE stock_level SET {figure} = {figure} + ?4, {total} = {total} + ?5, last_movement = ?6 \
         WHERE product = ?1 AND variant = ?2 AND location = ?3"
    ))
}

/// The column of the total that a movement changes, and by how much. One that changes none adds nothing to the first.
fn changed_total(totals: &Totals) -> (&'static str, Stock) {
    let columns = [
        ("received", totals.received),
        ("sold", totals.sold),
        ("returned", totals.returned),
        ("issued", totals.issued),
        ("adjusted", totals.adjusted),
    ];
    let changed = columns.into_iter().find(|(_, by)| *by != Stock::ZERO);
    changed.unwrap_or(("received", Stock::ZERO))
}

/// Keeps which pieces a movement moved, so that the story of each is found.
pub(crate) fn add_pieces_moved(
    connection: &Connection,
    movement: i64,
    serials: &[SerialNo],
) -> Result<(), Error> {
    // Hardly anything that is sold has a number of its own, and even finding a statement takes its time.
    if serials.is_empty() {
        return Ok(());
    }
    let mut insert = connection
        .prepare_cached("INSERT OR IGNORE INTO stock_serial_movement (serial, movement) VALUES (?1, ?2)")?;
    for serial in serials {
        insert.execute(params![serial.as_str(), movement])?;
    }
    Ok(())
}

fn add_batches(connection: &Connection, place: Place, added: &Level) -> Result<(), Error> {
    let Place { item, location } = place;
    for (no, batch) in &added.batches {
        let mut upsert = connection.prepare_cached(
            "INSERT INTO stock_batch (product, variant, location, batch, on_hand, damaged, produced, expiry) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET \
             on_hand = on_hand + excluded.on_hand, damaged = damaged + excluded.damaged, \
             produced = coalesce(min(produced, excluded.produced), produced, excluded.produced), \
             expiry = coalesce(min(expiry, excluded.expiry), expiry, excluded.expiry)",
        )?;
        upsert.execute(params![
            Col(item.product),
            Col(Variant(item.variant)),
            Col(location),
            no.as_str(),
            Col(batch.on_hand),
            Col(batch.damaged),
            Col(batch.produced),
            Col(batch.expiry),
        ])?;
    }
    Ok(())
}

fn add_serials(connection: &Connection, place: Place, added: &Level) -> Result<(), Error> {
    let Place { item, location } = place;
    for (serial, times) in &added.serials {
        let mut upsert = connection.prepare_cached(
            "INSERT INTO stock_serial (product, variant, serial, location, times) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET times = times + excluded.times",
        )?;
        let key = (Col(item.product), Col(Variant(item.variant)), Col(location));
        upsert.execute(params![key.0, key.1, serial.as_str(), key.2, times])?;
        let mut delete = connection.prepare_cached(
            "DELETE FROM stock_serial WHERE product = ?1 AND variant = ?2 AND serial = ?3 AND location = ?4 \
             AND times = 0",
        )?;
        delete.execute(params![key.0, key.1, serial.as_str(), key.2])?;
    }
    Ok(())
}

fn put_posting(connection: &Connection, seq: i64, posting: &Posting) -> Result<(), Error> {
    let Some(number) = &posting.number else { return Ok(()) };
    let mut insert = connection
        .prepare_cached("INSERT INTO stock_posting (seq, id, kind, counter) VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![seq, Col(posting.id), Name(number.kind), number.counter])?;
    Ok(())
}

/// The next number of a kind of postings.
pub(crate) fn next_counter(connection: &Connection, kind: NumberKind) -> Result<u32, Error> {
    let sql = "SELECT coalesce(max(counter), 0) + 1 FROM stock_posting WHERE kind = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([Name(kind)], |row| row.get(0))?)
}

/// Whether a posting was booked.
pub(crate) fn is_booked(connection: &Connection, posting: PostingId) -> Result<bool, Error> {
    Ok(connection.prepare_cached("SELECT 1 FROM stock_posting WHERE id = ?1")?.exists([Col(posting)])?)
}

/// The entries of a stretch of the journal that have a posting.
pub(crate) fn postings_within(connection: &Connection, range: &Range<i64>) -> Result<Vec<i64>, Error> {
    let sql = "SELECT seq FROM stock_posting WHERE seq >= ?1 AND seq < ?2";
    let mut select = connection.prepare_cached(sql)?;
    let seqs = select.query_map(params![range.start, range.end], |row| row.get(0))?;
    Ok(seqs.collect::<Result<_, _>>()?)
}
