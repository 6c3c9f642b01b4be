//! Price lists, and what prices were before.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    catalog::{CatalogBuilder, CatalogChange, ListPrice, PriceList},
    ids::{CashierId, ProductId},
    quantity::UnitPrice,
};

use crate::{
    books::journal,
    error::Error,
    file::codec::{Col, Json, get, get_json},
};

/// A price that was changed, as the history of a product lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PriceChange {
    /// The place in the journal of what changed it.
    pub seq: i64,
    /// When it was changed.
    pub at: DateTime<Utc>,
    /// The cashier who changed it; none: a hub decided it.
    pub cashier: Option<CashierId>,
    /// The price list it stands on; none: the product's own price.
    pub list: Option<String>,
    /// What it was; none: it stood on no such list.
    pub was: Option<UnitPrice>,
    /// What it became; none: it was taken off the list.
    pub became: Option<UnitPrice>,
}

pub(super) fn load(connection: &Connection, builder: &mut CatalogBuilder) -> Result<(), Error> {
    let mut select = connection.prepare("SELECT definition FROM price_list ORDER BY code")?;
    let lists = select.query_map([], |row| get_json::<PriceList>(row, 0))?;
    for list in lists.collect::<Result<Vec<_>, _>>()? {
        let prices = prices(connection, &list.code)?;
        builder.add_price_list(PriceList { prices, ..list });
    }
    Ok(())
}

fn prices(connection: &Connection, list: &str) -> Result<BTreeMap<ProductId, UnitPrice>, Error> {
    let mut select = connection.prepare_cached("SELECT product, price FROM list_price WHERE list = ?1")?;
    let prices = select.query_map([list], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
    Ok(prices.collect::<Result<_, _>>()?)
}

/// Puts lists in the place of those with their codes.
pub(crate) fn put(connection: &Connection, lists: &[PriceList]) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO price_list (code, definition) VALUES (?1, ?2) \
         ON CONFLICT (code) DO UPDATE SET definition = excluded.definition",
    )?;
    let mut clear = connection.prepare_cached("DELETE FROM list_price WHERE list = ?1")?;
    let mut insert =
        connection.prepare_cached("INSERT INTO list_price (list, product, price) VALUES (?1, ?2, ?3)")?;
    for list in lists {
        let unpriced = PriceList { prices: BTreeMap::new(), ..list.clone() };
        upsert.execute(params![list.code, Json(unpriced)])?;
        clear.execute([&list.code])?;
        for (product, price) in &list.prices {
            insert.execute(params![list.code, Col(*product), Col(*price)])?;
        }
    }
    Ok(())
}

/// Puts prices on lists, or takes them off.
pub(super) fn put_prices(connection: &Connection, prices: &[ListPrice]) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO list_price (list, product, price) VALUES (?1, ?2, ?3) \
         ON CONFLICT (list, product) DO UPDATE SET price = excluded.price",
    )?;
    let mut delete = connection.prepare_cached("DELETE FROM list_price WHERE list = ?1 AND product = ?2")?;
    for ListPrice { list, product, price } in prices {
        match price {
            Some(price) => upsert.execute(params![list, Col(*product), Col(*price)])?,
            None => delete.execute(params![list, Col(*product)])?,
        };
    }
    Ok(())
}

pub(super) fn remove(connection: &Connection, lists: &[String]) -> Result<(), Error> {
    let mut delete = connection.prepare_cached("DELETE FROM price_list WHERE code = ?1")?;
    for list in lists {
        delete.execute([list])?;
    }
    Ok(())
}

/// Notes the prices that a change will change, before it does. A product that is new had none.
pub(super) fn note(connection: &Connection, seq: i64, change: &CatalogChange) -> Result<(), Error> {
    let mut own = connection.prepare_cached("SELECT price FROM product WHERE id = ?1")?;
    for product in &change.products {
        let was = own.query_row([Col(product.id)], |row| get::<UnitPrice>(row, 0)).optional()?;
        if let Some(was) = was.filter(|was| *was != product.price) {
            write(connection, seq, product.id, None, (Some(was), Some(product.price)))?;
        }
    }
    for code in &change.removed_price_lists {
        note_list(connection, seq, code, &BTreeMap::new())?;
    }
    for list in &change.price_lists {
        note_list(connection, seq, &list.code, &list.prices)?;
    }
    note_prices(connection, seq, change)
}

/// Notes the prices that change by themselves. On a list that the change puts there stands what that list says.
fn note_prices(connection: &Connection, seq: i64, change: &CatalogChange) -> Result<(), Error> {
    let mut listed =
        connection.prepare_cached("SELECT price FROM list_price WHERE list = ?1 AND product = ?2")?;
    for ListPrice { list, product, price } in &change.list_prices {
        let was = if let Some(new) = change.price_lists.iter().find(|new| new.code == *list) {
            new.prices.get(product).copied()
        } else {
            let price = |row: &rusqlite::Row<'_>| get::<UnitPrice>(row, 0);
            listed.query_row(params![list, Col(*product)], price).optional()?
        };
        if was != *price {
            write(connection, seq, *product, Some(list), (was, *price))?;
        }
    }
    Ok(())
}

fn note_list(
    connection: &Connection,
    seq: i64,
    list: &str,
    new: &BTreeMap<ProductId, UnitPrice>,
) -> Result<(), Error> {
    let old = prices(connection, list)?;
    for (product, was) in &old {
        let became = new.get(product);
        if became != Some(was) {
            write(connection, seq, *product, Some(list), (Some(*was), became.copied()))?;
        }
    }
    for (product, became) in new.iter().filter(|(product, _)| !old.contains_key(product)) {
        write(connection, seq, *product, Some(list), (None, Some(*became)))?;
    }
    Ok(())
}

fn write(
    connection: &Connection,
    seq: i64,
    product: ProductId,
    list: Option<&str>,
    (was, became): (Option<UnitPrice>, Option<UnitPrice>),
) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO price_change (seq, product, list, was, became) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    insert.execute(params![seq, Col(product), list, Col(was), Col(became)])?;
    Ok(())
}

/// The price changes that an entry of the journal brought.
pub(crate) fn of_entry(connection: &Connection, seq: i64) -> Result<Vec<(ProductId, PriceChange)>, Error> {
    let mut select = connection
        .prepare_cached("SELECT product, list, was, became FROM price_change WHERE seq = ?1 ORDER BY no")?;
    let mut rows = select.query(params![seq])?;
    let entry = journal::read(connection, seq)?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let (list, was, became) = (row.get(1)?, get(row, 2)?, get(row, 3)?);
        let (at, cashier) = (entry.at.instant, entry.cashier);
        changes.push((get(row, 0)?, PriceChange { seq, at, cashier, list, was, became }));
    }
    Ok(changes)
}

/// The price changes of a product, the latest first.
pub(crate) fn history(
    connection: &Connection,
    product: ProductId,
    limit: u32,
) -> Result<Vec<PriceChange>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT seq, list, was, became FROM price_change WHERE product = ?1 ORDER BY no DESC LIMIT ?2",
    )?;
    let mut rows = select.query(params![Col(product), limit])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        let entry = journal::read(connection, seq)?;
        changes.push(PriceChange {
            seq,
            at: entry.at.instant,
            cashier: entry.cashier,
            list: row.get(1)?,
            was: get(row, 2)?,
            became: get(row, 3)?,
        });
    }
    Ok(changes)
}
