//! Reference data on disk: read into memory once, written when somebody changes it, never by selling.

mod ahead;
pub(crate) mod details;
pub(crate) mod price_lists;

use rusqlite::{Connection, Row, params};
use saleflex_core::{
    catalog::{
        Catalog, CatalogBuilder, CatalogChange, CatalogError, Department, MaskDefinition, Permissions,
        PriceRule, Product, ProductBarcode, Reference, Unit,
    },
    money::CurrencyCode,
    quantity::ExchangeRate,
    tax::{TaxChange, TaxRate},
};

use self::ahead::read_ahead;
use crate::{
    error::Error,
    exchange::inbox,
    file::codec::{Col, Json, Name, get, get_json, get_name},
};

pub use self::price_lists::PriceChange;

/// Reads the whole catalog. What does not fit is left out and named: a till must open although somebody broke a
/// product.
pub(crate) fn load(connection: &mut Connection) -> Result<(Catalog, Vec<CatalogError>), Error> {
    let mut builder = CatalogBuilder::new(load_reference(connection)?);
    let count = |sql| -> Result<usize, Error> {
        let rows: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        Ok(usize::try_from(rows).unwrap_or_default())
    };
    builder.reserve(count("SELECT count(*) FROM product")?, count("SELECT count(*) FROM barcode")?);
    read_ahead(connection, each_product, |product| builder.add_product(product))?;
    read_ahead(connection, each_barcode, |barcode| builder.add_barcode(&barcode))?;
    details::load(connection, &mut builder)?;
    price_lists::load(connection, &mut builder)?;
    let (mut catalog, broken) = builder.build_valid();
    catalog.set_store(connection.query_row("SELECT store FROM till", [], |row| get(row, 0))?);
    catalog.set_old_barcodes(inbox::old_barcodes(connection)?);
    Ok((catalog, broken))
}

/// Reads the products one by one.
pub(crate) fn each_product(connection: &Connection, take: &mut dyn FnMut(Product)) -> Result<(), Error> {
    let mut products = connection.prepare(
        "SELECT id, code, name, short_name, price, price_rule, cost_price, department, taxes, unit, \
         allows_discount, allows_return, allows_negative_stock, minimum_age, return_days, sellable_from, \
         sellable_until, is_active FROM product ORDER BY no",
    )?;
    let mut rows = products.query([])?;
    while let Some(row) = rows.next()? {
        take(read_product(row)?);
    }
    Ok(())
}

/// Reads the barcodes one by one.
pub(crate) fn each_barcode(
    connection: &Connection,
    take: &mut dyn FnMut(ProductBarcode),
) -> Result<(), Error> {
    let mut barcodes =
        connection.prepare("SELECT barcode, product, price, pack_quantity FROM barcode ORDER BY no")?;
    let mut rows = barcodes.query([])?;
    while let Some(row) = rows.next()? {
        take(ProductBarcode {
            barcode: row.get(0)?,
            product: get(row, 1)?,
            price: get(row, 2)?,
            pack_quantity: get(row, 3)?,
        });
    }
    Ok(())
}

pub(crate) fn load_reference(connection: &Connection) -> Result<Reference, Error> {
    let mut rates = connection.prepare("SELECT no, name, percent, jurisdiction FROM tax_rate ORDER BY no")?;
    let rates = rates.query_map([], |row| {
        let jurisdiction: Option<String> = row.get(3)?;
        Ok(TaxRate {
            no: row.get(0)?,
            name: row.get(1)?,
            percent: get(row, 2)?,
            jurisdiction: if jurisdiction.is_some() { Some(get_json(row, 3)?) } else { None },
        })
    })?;
    let mut changes =
        connection.prepare("SELECT no, valid_from, name, percent FROM tax_change ORDER BY no, valid_from")?;
    let changes = changes.query_map([], |row| {
        Ok(TaxChange { no: row.get(0)?, valid_from: get(row, 1)?, name: row.get(2)?, percent: get(row, 3)? })
    })?;
    let mut departments =
        connection.prepare("SELECT no, name, main, taxes, max_price FROM department ORDER BY no")?;
    let departments = departments.query_map([], |row| {
        Ok(Department {
            no: get(row, 0)?,
            name: row.get(1)?,
            main: get(row, 2)?,
            taxes: get_json(row, 3)?,
            max_price: get(row, 4)?,
        })
    })?;
    let mut units = connection.prepare("SELECT code, decimals, measure FROM unit ORDER BY no")?;
    let units = units.query_map([], |row| {
        let measure: Option<String> = row.get(2)?;
        Ok(Unit {
            code: row.get(0)?,
            decimals: row.get(1)?,
            measure: if measure.is_some() { Some(get_json(row, 2)?) } else { None },
        })
    })?;
    let mut masks = connection.prepare("SELECT definition FROM mask ORDER BY no")?;
    let masks = masks.query_map([], |row| get_json::<MaskDefinition>(row, 0))?;
    Ok(Reference {
        tax_rates: rates.collect::<Result<_, _>>()?,
        tax_changes: changes.collect::<Result<_, _>>()?,
        departments: departments.collect::<Result<_, _>>()?,
        units: units.collect::<Result<_, _>>()?,
        masks: masks.collect::<Result<_, _>>()?,
        brands: details::load_brands(connection)?,
    })
}

fn read_product(row: &Row<'_>) -> rusqlite::Result<Product> {
    let taxes: Option<&str> = row.get_ref(8)?.as_str_or_null()?;
    Ok(Product {
        id: get(row, 0)?,
        code: row.get(1)?,
        name: row.get(2)?,
        short_name: row.get(3)?,
        price: get(row, 4)?,
        price_rule: match row.get_ref(5)?.as_str()? {
            // By far the most frequent, without the way through JSON.
            "fixed" => PriceRule::Fixed,
            _ => get_name(row, 5)?,
        },
        cost_price: get(row, 6)?,
        department: get(row, 7)?,
        taxes: if taxes.is_some() { Some(get_json(row, 8)?) } else { None },
        unit: row.get(9)?,
        permissions: Permissions {
            discount: row.get(10)?,
            returns: row.get(11)?,
            negative_stock: row.get(12)?,
        },
        minimum_age: row.get(13)?,
        return_days: row.get(14)?,
        sellable_from: get(row, 15)?,
        sellable_until: get(row, 16)?,
        is_active: row.get(17)?,
    })
}

/// Puts other tax rates, departments, units and masks in the place of the present ones.
pub(crate) fn replace_reference(connection: &Connection, reference: &Reference) -> Result<(), Error> {
    connection
        .execute_batch("DELETE FROM tax_rate; DELETE FROM tax_change; DELETE FROM department; DELETE FROM unit; DELETE FROM mask;")?;
    let mut rates = connection
        .prepare_cached("INSERT INTO tax_rate (no, name, percent, jurisdiction) VALUES (?1, ?2, ?3, ?4)")?;
    for rate in &reference.tax_rates {
        rates.execute(params![
            rate.no,
            rate.name,
            Col(rate.percent),
            rate.jurisdiction.as_ref().map(Json)
        ])?;
    }
    let mut changes = connection
        .prepare_cached("INSERT INTO tax_change (no, valid_from, name, percent) VALUES (?1, ?2, ?3, ?4)")?;
    for change in &reference.tax_changes {
        changes.execute(params![change.no, Col(change.valid_from), change.name, Col(change.percent)])?;
    }
    let mut departments = connection.prepare_cached(
        "INSERT INTO department (no, name, main, taxes, max_price) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for department in &reference.departments {
        departments.execute(params![
            Col(department.no),
            department.name,
            Col(department.main),
            Json(&department.taxes),
            Col(department.max_price),
        ])?;
    }
    let mut units =
        connection.prepare_cached("INSERT INTO unit (code, decimals, measure) VALUES (?1, ?2, ?3)")?;
    for unit in &reference.units {
        units.execute(params![unit.code, unit.decimals, unit.measure.as_ref().map(Json)])?;
    }
    let mut masks = connection.prepare_cached("INSERT INTO mask (definition) VALUES (?1)")?;
    for mask in &reference.masks {
        masks.execute([Json(mask)])?;
    }
    details::replace_brands(connection, &reference.brands)
}

/// Writes a change that the catalog in memory has found valid.
pub(crate) fn apply(connection: &Connection, seq: i64, change: &CatalogChange) -> Result<(), Error> {
    price_lists::note(connection, seq, change)?;
    price_lists::remove(connection, &change.removed_price_lists)?;
    let mut remove = connection.prepare_cached("DELETE FROM product WHERE id = ?1")?;
    for product in &change.removed_products {
        remove.execute([Col(*product)])?;
    }
    if !change.removed_products.is_empty() {
        details::forget_containers(connection)?;
    }
    let mut remove = connection.prepare_cached("DELETE FROM barcode WHERE barcode = ?1")?;
    for barcode in &change.removed_barcodes {
        remove.execute([barcode])?;
    }
    // Codes may change hands within one change; until all have theirs, each product stands under its identity.
    let mut vacate = connection.prepare_cached("UPDATE product SET code = hex(id) || '!' WHERE id = ?1")?;
    for product in &change.products {
        vacate.execute([Col(product.id)])?;
    }
    put_products(connection, &change.products)?;
    put_barcodes(connection, &change.barcodes)?;
    details::put(connection, &change.details)?;
    price_lists::put(connection, &change.price_lists)?;
    price_lists::put_prices(connection, &change.list_prices)
}

/// Inserts products, or puts them in the place of those with their identity.
pub(crate) fn put_products(connection: &Connection, products: &[Product]) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO product (id, code, name, short_name, price, price_rule, cost_price, department, taxes, \
         unit, allows_discount, allows_return, allows_negative_stock, minimum_age, return_days, \
         sellable_from, sellable_until, is_active) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) \
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, \
         short_name = excluded.short_name, price = excluded.price, price_rule = excluded.price_rule, \
         cost_price = excluded.cost_price, department = excluded.department, taxes = excluded.taxes, \
         unit = excluded.unit, allows_discount = excluded.allows_discount, \
         allows_return = excluded.allows_return, allows_negative_stock = excluded.allows_negative_stock, \
         minimum_age = excluded.minimum_age, return_days = excluded.return_days, \
         sellable_from = excluded.sellable_from, sellable_until = excluded.sellable_until, \
         is_active = excluded.is_active",
    )?;
    for product in products {
        upsert.execute(params![
            Col(product.id),
            product.code,
            product.name,
            product.short_name,
            Col(product.price),
            Name(product.price_rule),
            Col(product.cost_price),
            Col(product.department),
            product.taxes.as_ref().map(Json),
            product.unit,
            product.permissions.discount,
            product.permissions.returns,
            product.permissions.negative_stock,
            product.minimum_age,
            product.return_days,
            Col(product.sellable_from),
            Col(product.sellable_until),
            product.is_active,
        ])?;
    }
    Ok(())
}

/// Inserts barcodes, or changes the terms of those with their text.
pub(crate) fn put_barcodes(connection: &Connection, barcodes: &[ProductBarcode]) -> Result<(), Error> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO barcode (barcode, product, price, pack_quantity) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (barcode) DO UPDATE SET price = excluded.price, pack_quantity = excluded.pack_quantity",
    )?;
    for barcode in barcodes {
        upsert.execute(params![
            barcode.barcode,
            Col(barcode.product),
            Col(barcode.price),
            Col(barcode.pack_quantity),
        ])?;
    }
    Ok(())
}

/// What one unit of the till's currency buys of others.
pub(crate) fn load_rates(connection: &Connection) -> Result<Vec<(CurrencyCode, ExchangeRate)>, Error> {
    let mut select = connection.prepare("SELECT currency, rate FROM exchange_rate ORDER BY currency")?;
    let rates = select.query_map([], |row| Ok((get(row, 0)?, get(row, 1)?)))?;
    Ok(rates.collect::<Result<_, _>>()?)
}

/// Sets a rate, or takes it out.
pub(crate) fn set_rate(
    connection: &Connection,
    currency: CurrencyCode,
    rate: Option<ExchangeRate>,
) -> Result<(), Error> {
    match rate {
        Some(rate) => connection.execute(
            "INSERT INTO exchange_rate (currency, rate) VALUES (?1, ?2) \
             ON CONFLICT (currency) DO UPDATE SET rate = excluded.rate",
            params![Col(currency), Col(rate)],
        )?,
        None => connection.execute("DELETE FROM exchange_rate WHERE currency = ?1", [Col(currency)])?,
    };
    Ok(())
}
