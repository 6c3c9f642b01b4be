//! Warehouses and locations on disk.

use rusqlite::{Connection, params};
use saleflex_core::inventory::{Location, Sites, Warehouse};

use crate::{
    error::Error,
    file::codec::{Col, Json, get_json},
};

/// All of them.
pub(crate) fn load(connection: &Connection) -> Result<Sites, Error> {
    let mut warehouses = connection.prepare("SELECT definition FROM warehouse")?;
    let warehouses = warehouses.query_map([], |row| get_json::<Warehouse>(row, 0))?;
    let mut locations = connection.prepare("SELECT definition FROM location")?;
    let locations = locations.query_map([], |row| get_json::<Location>(row, 0))?;
    let (warehouses, locations) =
        (warehouses.collect::<Result<Vec<_>, _>>()?, locations.collect::<Result<Vec<_>, _>>()?);
    Sites::try_new(warehouses, locations).map_err(Error::Sites)
}

/// Adds or changes some.
pub(crate) fn put(
    connection: &Connection,
    warehouses: &[Warehouse],
    locations: &[Location],
) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO warehouse (id, code, definition) VALUES (?1, ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, definition = excluded.definition",
    )?;
    for warehouse in warehouses {
        upsert.execute(params![Col(warehouse.id), warehouse.code, Json(warehouse)])?;
    }
    let mut upsert = connection.prepare_cached(
        "INSERT INTO location (id, code, definition) VALUES (?1, ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, definition = excluded.definition",
    )?;
    for location in locations {
        upsert.execute(params![Col(location.id), location.code, Json(location)])?;
    }
    Ok(())
}
