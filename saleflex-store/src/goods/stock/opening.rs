//! What a till was made with on its shelves.

use std::collections::BTreeMap;

use rusqlite::Connection;
use saleflex_core::{
    inventory::{Item, MovementKind, Place, Stock},
    journal::{FirstShelves, Opening},
};

use crate::{
    books::journal,
    error::Error,
    file::codec::{Variant, get, get_name},
};

/// The levels the till was made with, what is there less what moved since, and what they cost.
pub(crate) fn opening(connection: &Connection) -> Result<BTreeMap<Place, Opening>, Error> {
    let mut select = connection.prepare(
        "SELECT product, variant, location, on_hand, opening_cost FROM stock_level WHERE is_opening = 1",
    )?;
    let mut rows = select.query([])?;
    let mut opening = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let item = Item { product: get(row, 0)?, variant: get::<Variant>(row, 1)?.0 };
        let known = Opening { on_hand: get(row, 3)?, unit_cost: get(row, 4)? };
        opening.insert(Place { item, location: get(row, 2)? }, known);
    }
    let mut select =
        connection.prepare("SELECT product, variant, location, kind, change FROM stock_movement")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let item = Item { product: get(row, 0)?, variant: get::<Variant>(row, 1)?.0 };
        let moves_it = get_name(row, 3).is_ok_and(MovementKind::is_on_hand);
        if let Some(known) = opening.get_mut(&Place { item, location: get(row, 2)? }).filter(|_| moves_it) {
            known.on_hand -= get::<Stock>(row, 4)?;
        }
    }
    Ok(opening)
}

/// The same as a hub is told it.
pub(crate) fn first_shelves(connection: &Connection) -> Result<Option<FirstShelves>, Error> {
    let made = journal::read(connection, 1)?;
    Ok(FirstShelves::of(&opening(connection)?, made.at.instant))
}
