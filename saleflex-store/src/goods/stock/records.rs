//! What people say about items: when to reorder them, what is known of their pieces.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    ids::{LocationId, ProductId},
    inventory::{Item, Limits, Place, Tracking},
};

use crate::{
    error::Error,
    file::codec::{Col, Name, Variant, get, get_name},
};

fn read_limits(row: &Row<'_>) -> rusqlite::Result<Limits> {
    Ok(Limits {
        minimum: get(row, 0)?,
        maximum: get(row, 1)?,
        reorder_point: get(row, 2)?,
        reorder_quantity: get(row, 3)?,
        pack: get(row, 4)?,
    })
}

/// When to reorder an item at a place; nothing where nobody said.
pub(crate) fn limits(connection: &Connection, place: Place) -> Result<Limits, Error> {
    let mut select = connection.prepare_cached(
        "SELECT minimum, maximum, reorder_point, reorder_quantity, pack FROM stock_limits \
         WHERE product = ?1 AND variant = ?2 AND location = ?3",
    )?;
    let Place { item, location } = place;
    let key = params![Col(item.product), Col(Variant(item.variant)), Col(location)];
    Ok(select.query_row(key, read_limits).optional()?.unwrap_or_default())
}

/// When to reorder a product at a location, by variant, where somebody said.
pub(crate) fn limits_at(
    connection: &Connection,
    product: ProductId,
    location: LocationId,
) -> Result<Vec<(Place, Limits)>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT minimum, maximum, reorder_point, reorder_quantity, pack, variant FROM stock_limits \
         WHERE product = ?1 AND location = ?2",
    )?;
    let all = select.query_map(params![Col(product), Col(location)], |row| {
        let item = Item { product, variant: get::<Variant>(row, 5)?.0 };
        Ok((Place { item, location }, read_limits(row)?))
    })?;
    Ok(all.collect::<Result<_, _>>()?)
}

/// All that was said.
pub(crate) fn all_limits(connection: &Connection) -> Result<BTreeMap<Place, Limits>, Error> {
    let mut select = connection.prepare(
        "SELECT minimum, maximum, reorder_point, reorder_quantity, pack, product, variant, location \
         FROM stock_limits",
    )?;
    let all = select.query_map([], |row| {
        let item = Item { product: get(row, 5)?, variant: get::<Variant>(row, 6)?.0 };
        Ok((Place { item, location: get(row, 7)? }, read_limits(row)?))
    })?;
    Ok(all.collect::<Result<_, _>>()?)
}

pub(crate) fn put_limits(connection: &Connection, place: Place, limits: &Limits) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO stock_limits (product, variant, location, minimum, maximum, reorder_point, \
         reorder_quantity, pack) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET \
         minimum = excluded.minimum, maximum = excluded.maximum, reorder_point = excluded.reorder_point, \
         reorder_quantity = excluded.reorder_quantity, pack = excluded.pack",
    )?;
    let Place { item, location } = place;
    upsert.execute(params![
        Col(item.product),
        Col(Variant(item.variant)),
        Col(location),
        Col(limits.minimum),
        Col(limits.maximum),
        Col(limits.reorder_point),
        Col(limits.reorder_quantity),
        Col(limits.pack),
    ])?;
    Ok(())
}

/// The products of whose pieces more is known than how many there are.
pub(crate) fn tracking(connection: &Connection) -> Result<BTreeMap<ProductId, Tracking>, Error> {
    let mut select = connection.prepare("SELECT product, tracking FROM stock_tracking")?;
    let tracked = select.query_map([], |row| Ok((get(row, 0)?, get_name(row, 1)?)))?;
    Ok(tracked.collect::<Result<_, _>>()?)
}

pub(crate) fn put_tracking(
    connection: &Connection,
    product: ProductId,
    tracking: Tracking,
) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO stock_tracking (product, tracking) VALUES (?1, ?2) \
         ON CONFLICT DO UPDATE SET tracking = excluded.tracking",
    )?;
    upsert.execute(params![Col(product), Name(tracking)])?;
    Ok(())
}
