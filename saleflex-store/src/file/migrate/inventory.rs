//! What the ninth step makes of a till that has worked before: its store's warehouses, with all that is on the shelf at
//! the sales location.

use rusqlite::{Transaction, params};
use rusqlite_migration::HookResult;
use saleflex_core::{
    ids::StoreId,
    inventory::{Sites, standard},
};

use crate::{
    error::Error,
    file::codec::{Col, get},
    goods::stock,
};

/// Fills the new tables.
pub(super) fn fill(transaction: &Transaction<'_>) -> HookResult {
    let failed = |cause: Error| rusqlite_migration::HookError::Hook(cause.to_string());
    take_over(transaction).map_err(failed)?;
    transaction.execute_batch("DROP TABLE old_movement; DROP TABLE stock;")?;
    Ok(())
}

fn take_over(transaction: &Transaction<'_>) -> Result<(), Error> {
    let mut select = transaction.prepare("SELECT store FROM till")?;
    for store in select.query_map([], |row| get::<StoreId>(row, 0))?.collect::<Result<Vec<_>, _>>()? {
        let (warehouses, locations) = standard(store);
        stock::sites::put(transaction, &warehouses, &locations)?;
        let counter = Sites::try_new(warehouses, locations).ok().and_then(|sites| sites.counter(None));
        transaction.execute(
            "INSERT INTO stock_level (product, location, on_hand, reserved, last_movement, is_opening) \
             SELECT product, ?1, on_hand, promised, last_movement, 1 FROM stock",
            params![Col(counter)],
        )?;
        // What was counted is an adjustment by now.
        transaction.execute(
            "INSERT INTO stock_movement (no, seq, line, product, variant, location, kind, change, after, previous) \
             SELECT no, seq, row_number() OVER (PARTITION BY seq ORDER BY no), product, x'', ?1, \
             CASE kind WHEN 'set' THEN 'adjustment' ELSE kind END, change, after, previous FROM old_movement",
            params![Col(counter)],
        )?;
    }
    Ok(())
}
