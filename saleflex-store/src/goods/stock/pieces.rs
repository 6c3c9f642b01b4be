//! Pieces with serial numbers: where they lie, and what moved them.

use rusqlite::{Connection, params};
use saleflex_core::{
    checkout::Effects,
    inventory::{Item, Movement, Place, SerialNo, Stock},
};

use super::{MOVEMENT, MovementRecord, movement, read_movement};
use crate::{
    error::Error,
    file::codec::{Col, Name, Variant, get},
};

/// Where pieces with a number lie.
pub(crate) fn places_of_piece(connection: &Connection, serial: &SerialNo) -> Result<Vec<Place>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT product, variant, location FROM stock_serial WHERE serial = ?1 AND times > 0",
    )?;
    let places = select.query_map([serial.as_str()], |row| {
        let item = Item { product: get(row, 0)?, variant: get::<Variant>(row, 1)?.0 };
        Ok(Place { item, location: get(row, 2)? })
    })?;
    Ok(places.collect::<Result<_, _>>()?)
}

/// The movements, in order, that moved a piece with a number.
pub(crate) fn movements_of_piece(
    connection: &Connection,
    serial: &SerialNo,
) -> Result<Vec<MovementRecord>, Error> {
    let mut select = connection.prepare_cached(&format!(
        "{MOVEMENT} JOIN stock_serial_movement ON movement = no WHERE serial = ?1 ORDER BY no"
    ))?;
    let movements =
        select.query_map([serial.as_str()], |row| read_movement(row).map(|(movement, _)| movement))?;
    Ok(movements.collect::<Result<_, _>>()?)
}

/// The movements, in order, of the entries that name pieces.
pub(crate) fn movements_of_pieces(connection: &Connection) -> Result<Vec<MovementRecord>, Error> {
    let mut select = connection.prepare(&format!(
        "{MOVEMENT} WHERE EXISTS (SELECT 1 FROM event WHERE event.seq = stock_movement.seq \
         AND instr(payload, CAST('\"serials\":' AS BLOB))) ORDER BY no"
    ))?;
    let movements = select.query_map([], |row| read_movement(row).map(|(movement, _)| movement))?;
    Ok(movements.collect::<Result<_, _>>()?)
}

/// Whether a movement is kept as one of a piece.
pub(crate) fn has_moved(connection: &Connection, serial: &SerialNo, movement: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM stock_serial_movement WHERE serial = ?1 AND movement = ?2";
    Ok(connection.prepare_cached(sql)?.exists(params![serial.as_str(), movement])?)
}

/// Which pieces a movement moved: of movements of one entry that look the same, the first row is the first of them.
pub(crate) fn pieces_moved(
    connection: &Connection,
    effects: &Effects,
    moved: &MovementRecord,
) -> Result<Vec<SerialNo>, Error> {
    let of_document = effects
        .counter
        .into_iter()
        .flat_map(|counter| effects.stock.iter().map(move |movement| movement.at(counter, Stock::ZERO)));
    let by_hand = effects.posting.iter().flat_map(|posting| posting.movements.iter().cloned());
    let same: Vec<Movement> = of_document
        .chain(by_hand)
        .filter(|known| {
            known.place == moved.place && known.kind == moved.kind && known.change == moved.change
        })
        .collect();
    if same.iter().all(|movement| movement.serials.is_empty()) {
        return Ok(Vec::new());
    }
    let line = movement(connection, moved.no)?.map_or(1, |(_, _, line)| line);
    let mut select = connection.prepare_cached(
        "SELECT count(*) FROM stock_movement WHERE no > ?1 - ?2 AND no < ?1 AND product = ?3 AND variant = ?4 \
         AND location = ?5 AND kind = ?6 AND change = ?7",
    )?;
    let Place { item, location } = moved.place;
    let key = params![
        moved.no,
        line,
        Col(item.product),
        Col(Variant(item.variant)),
        Col(location),
        Name(moved.kind),
        Col(moved.change),
    ];
    let before: i64 = select.query_row(key, |row| row.get(0))?;
    let before = usize::try_from(before).unwrap_or(usize::MAX);
    Ok(same.into_iter().nth(before).map(|movement| movement.serials).unwrap_or_default())
}
