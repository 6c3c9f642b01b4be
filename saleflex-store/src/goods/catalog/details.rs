//! Makers of products and what products are beyond what a line needs.

use rusqlite::{Connection, params};
use saleflex_core::catalog::{Brand, CatalogBuilder, ProductDetails};

use crate::{
    error::Error,
    file::codec::{Col, Json, get, get_json},
};

pub(super) fn load_brands(connection: &Connection) -> Result<Vec<Brand>, Error> {
    let mut select = connection.prepare("SELECT id, name, manufacturer FROM brand ORDER BY name")?;
    let brands = select
        .query_map([], |row| Ok(Brand { id: get(row, 0)?, name: row.get(1)?, manufacturer: row.get(2)? }))?;
    Ok(brands.collect::<Result<_, _>>()?)
}

pub(super) fn load(connection: &Connection, builder: &mut CatalogBuilder) -> Result<(), Error> {
    let mut select = connection.prepare("SELECT definition FROM product_details ORDER BY product")?;
    for details in select.query_map([], |row| get_json(row, 0))? {
        builder.add_details(details?);
    }
    Ok(())
}

/// Puts other makers in the place of the present ones.
pub(super) fn replace_brands(connection: &Connection, brands: &[Brand]) -> Result<(), Error> {
    connection.execute("DELETE FROM brand", [])?;
    let mut insert =
        connection.prepare_cached("INSERT INTO brand (id, name, manufacturer) VALUES (?1, ?2, ?3)")?;
    for brand in brands {
        insert.execute(params![Col(brand.id), brand.name, brand.manufacturer])?;
    }
    Ok(())
}

/// Puts details in the place of what the products had.
pub(crate) fn put(connection: &Connection, details: &[ProductDetails]) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO product_details (product, definition) VALUES (?1, ?2) \
         ON CONFLICT (product) DO UPDATE SET definition = excluded.definition",
    )?;
    let mut delete = connection.prepare_cached("DELETE FROM product_details WHERE product = ?1")?;
    for one in details {
        if one.is_none() {
            delete.execute([Col(one.product)])?;
        } else {
            upsert.execute(params![Col(one.product), Json(one)])?;
        }
    }
    Ok(())
}

/// What is sold in a container that is gone is sold without.
pub(super) fn forget_containers(connection: &Connection) -> Result<(), Error> {
    let mut forget = connection.prepare_cached(
        "UPDATE product_details SET definition = json_remove(definition, '$.container') \
         WHERE unhex(replace(json_extract(definition, '$.container'), '-', '')) NOT IN (SELECT id FROM product)",
    )?;
    forget.execute([])?;
    Ok(())
}
