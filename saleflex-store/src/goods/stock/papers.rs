//! Goods on their way, suppliers, orders and counts on disk.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    ids::{PurchaseOrderId, StockCountId, SupplierId, TransferId},
    inventory::{
        Item, Place, Stock, StockAct,
        count::{CountStep, Finding, StockCount},
        order::{PurchaseOrder, Supplier},
        transfer::Transfer,
    },
    journal::{Entry, Event},
};

use super::{records, sites};
use crate::{
    error::Error,
    file::codec::{Col, Json, Name, Variant, get, get_json},
};

/// Writes what an act says besides what moved.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not named here is written by its movements alone"
)]
pub(crate) fn write(connection: &Connection, entry: &Entry) -> Result<(), Error> {
    if let Event::CatalogChanged { limits, .. } = &entry.event {
        return limits.iter().try_for_each(|(place, limits)| records::put_limits(connection, *place, limits));
    }
    let Event::Stock(act) = &entry.event else { return Ok(()) };
    if let Some(transfer) = act.transfer() {
        let number = entry.effects.posting.as_ref().and_then(|posting| posting.number.as_ref());
        put_transfer(connection, transfer, number.map_or(0, |number| number.counter))?;
    }
    if let Some(order) = act.order() {
        put_order(connection, order)?;
    }
    match act.as_ref() {
        StockAct::CountOpened(count) => open_count(connection, count),
        StockAct::Count { count, step } => put_step(connection, *count, step),
        StockAct::SupplierSaved(supplier) => put_supplier(connection, supplier),
        StockAct::LimitsSet { place, limits } => records::put_limits(connection, *place, limits),
        StockAct::TrackingSet { product, tracking } => records::put_tracking(connection, *product, *tracking),
        StockAct::SitesSaved { warehouses, locations } => sites::put(connection, warehouses, locations),
        _ => Ok(()),
    }
}

fn put_transfer(connection: &Connection, transfer: &Transfer, counter: u32) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO stock_transfer (id, counter, is_done, state) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT DO UPDATE SET is_done = excluded.is_done, state = excluded.state",
        params![Col(transfer.id), counter, transfer.is_done(), Json(transfer)],
    )?;
    Ok(())
}

/// The transfers, with the numbers of the postings that sent them, the latest first.
pub(crate) fn transfers(connection: &Connection, open_only: bool) -> Result<Vec<(u32, Transfer)>, Error> {
    let sql = if open_only {
        "SELECT counter, state FROM stock_transfer WHERE NOT is_done ORDER BY counter DESC"
    } else {
        "SELECT counter, state FROM stock_transfer ORDER BY counter DESC"
    };
    let mut select = connection.prepare_cached(sql)?;
    let transfers = select.query_map([], |row| Ok((row.get(0)?, get_json(row, 1)?)))?;
    Ok(transfers.collect::<Result<_, _>>()?)
}

/// How much of each item is on its way.
pub(crate) fn on_the_way(connection: &Connection) -> Result<BTreeMap<Item, Stock>, Error> {
    let mut on_the_way: BTreeMap<Item, Stock> = BTreeMap::new();
    for (_, transfer) in transfers(connection, true)? {
        for line in &transfer.lines {
            *on_the_way.entry(line.item).or_default() += line.in_transit();
        }
    }
    Ok(on_the_way)
}

/// A transfer.
pub(crate) fn transfer(connection: &Connection, id: TransferId) -> Result<Option<Transfer>, Error> {
    let mut select = connection.prepare_cached("SELECT state FROM stock_transfer WHERE id = ?1")?;
    Ok(select.query_row([Col(id)], |row| get_json(row, 0)).optional()?)
}

fn put_supplier(connection: &Connection, supplier: &Supplier) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO supplier (id, code, definition) VALUES (?1, ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, definition = excluded.definition",
        params![Col(supplier.id), supplier.code, Json(supplier)],
    )?;
    Ok(())
}

/// The suppliers, by code.
pub(crate) fn suppliers(connection: &Connection) -> Result<Vec<Supplier>, Error> {
    let mut select = connection.prepare_cached("SELECT definition FROM supplier ORDER BY code")?;
    let suppliers = select.query_map([], |row| get_json(row, 0))?;
    Ok(suppliers.collect::<Result<_, _>>()?)
}

/// A supplier.
pub(crate) fn supplier(connection: &Connection, id: SupplierId) -> Result<Option<Supplier>, Error> {
    let mut select = connection.prepare_cached("SELECT definition FROM supplier WHERE id = ?1")?;
    Ok(select.query_row([Col(id)], |row| get_json(row, 0)).optional()?)
}

fn put_order(connection: &Connection, order: &PurchaseOrder) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO purchase_order (id, no, state, definition) \
         VALUES (?1, (SELECT coalesce(max(no), 0) + 1 FROM purchase_order), ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, definition = excluded.definition",
        params![Col(order.id), Name(order.state), Json(order)],
    )?;
    Ok(())
}

/// How many orders were ever written.
pub(crate) fn last_order(connection: &Connection) -> Result<u32, Error> {
    let sql = "SELECT coalesce(max(no), 0) FROM purchase_order";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// The orders, the latest first.
pub(crate) fn orders(connection: &Connection, open_only: bool) -> Result<Vec<PurchaseOrder>, Error> {
    let sql = if open_only {
        "SELECT definition FROM purchase_order WHERE state = 'open' ORDER BY no DESC"
    } else {
        "SELECT definition FROM purchase_order ORDER BY no DESC"
    };
    let mut select = connection.prepare_cached(sql)?;
    let orders = select.query_map([], |row| get_json(row, 0))?;
    Ok(orders.collect::<Result<_, _>>()?)
}

/// An order.
pub(crate) fn order(connection: &Connection, id: PurchaseOrderId) -> Result<Option<PurchaseOrder>, Error> {
    let mut select = connection.prepare_cached("SELECT definition FROM purchase_order WHERE id = ?1")?;
    Ok(select.query_row([Col(id)], |row| get_json(row, 0)).optional()?)
}

fn open_count(connection: &Connection, count: &StockCount) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO stock_count (id, no, state, definition) \
         VALUES (?1, (SELECT coalesce(max(no), 0) + 1 FROM stock_count), ?2, ?3)",
        params![Col(count.id), Name(count.state), Json(count)],
    )?;
    Ok(())
}

fn put_step(connection: &Connection, count: StockCountId, step: &CountStep) -> Result<(), Error> {
    let state = match step {
        CountStep::Found { by, place, finding } => {
            connection.execute(
                "INSERT INTO stock_count_finding \
                 (count, product, variant, location, cashier, counted, expected, adjusted) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET \
                 counted = excluded.counted, expected = excluded.expected, adjusted = excluded.adjusted",
                params![
                    Col(count),
                    Col(place.item.product),
                    Col(Variant(place.item.variant)),
                    Col(place.location),
                    Col(*by),
                    Col(finding.counted),
                    Col(finding.expected),
                    Col(finding.adjusted),
                ],
            )?;
            return Ok(());
        }
        CountStep::Approved => "approved",
        CountStep::Cancelled => "cancelled",
    };
    connection.execute("UPDATE stock_count SET state = ?2 WHERE id = ?1", params![Col(count), state])?;
    Ok(())
}

/// The counts with their numbers, the latest first, without what was found.
pub(crate) fn counts(connection: &Connection) -> Result<Vec<(u32, StockCount)>, Error> {
    let sql = "SELECT no, definition, state FROM stock_count ORDER BY no DESC";
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query([])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let mut count: StockCount = get_json(row, 1)?;
        count.state = crate::file::codec::get_name(row, 2)?;
        counts.push((row.get(0)?, count));
    }
    Ok(counts)
}

/// A count with all that was found.
pub(crate) fn count(connection: &Connection, id: StockCountId) -> Result<Option<StockCount>, Error> {
    let mut select = connection.prepare_cached("SELECT definition, state FROM stock_count WHERE id = ?1")?;
    let found =
        select.query_row([Col(id)], |row| Ok((get_json(row, 0)?, crate::file::codec::get_name(row, 1)?)));
    let Some((mut count, state)): Option<(StockCount, _)> = found.optional()? else { return Ok(None) };
    let mut select = connection.prepare_cached(
        "SELECT product, variant, location, cashier, counted, expected, adjusted FROM stock_count_finding \
         WHERE count = ?1",
    )?;
    let mut rows = select.query([Col(id)])?;
    while let Some(row) = rows.next()? {
        let item = Item { product: get(row, 0)?, variant: get::<Variant>(row, 1)?.0 };
        let place = Place { item, location: get(row, 2)? };
        let finding = Finding { counted: get(row, 4)?, expected: get(row, 5)?, adjusted: get(row, 6)? };
        count.apply(&CountStep::Found { by: get(row, 3)?, place, finding });
    }
    count.state = state;
    Ok(Some(count))
}
