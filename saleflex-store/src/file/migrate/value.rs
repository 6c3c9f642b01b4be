//! Works out anew what the stock of a till is worth that has worked before: what was paid is kept, no rounded average.

use rusqlite::Transaction;
use rusqlite_migration::{HookError, HookResult};
use saleflex_core::{
    inventory::{Item, cost::Costing},
    quantity::UnitPrice,
};

use crate::{
    error::Error,
    file::codec::{Variant, get, get_name},
    goods::stock::cost,
};

/// Values every item again, as of the movement it was valued up to, in a file of which nobody knows what the stock cost
/// that it was made with.
pub(super) fn refold(transaction: &Transaction<'_>) -> HookResult {
    value_again(transaction, |_| Ok(None)).map_err(|cause| HookError::Hook(cause.to_string()))
}

/// The same in a file in which that is noted where it was known.
pub(super) fn refold_from_opening(transaction: &Transaction<'_>) -> HookResult {
    let value = value_again(transaction, |item| cost::opening_cost(transaction, item));
    value.map_err(|cause| HookError::Hook(cause.to_string()))
}

fn value_again(
    transaction: &Transaction<'_>,
    opening_cost: impl Fn(Item) -> Result<Option<UnitPrice>, Error>,
) -> Result<(), Error> {
    let mut select = transaction
        .prepare("SELECT product, variant, as_of, json_extract(valuation, '$.costing') FROM stock_cost")?;
    let known = select.query_map([], |row| {
        let item = Item { product: get(row, 0)?, variant: get::<Variant>(row, 1)?.0 };
        Ok((item, row.get(2)?, get_name(row, 3)?))
    })?;
    let known: Vec<(Item, i64, Costing)> = known.collect::<Result<_, _>>()?;
    transaction.execute("DELETE FROM stock_cost", [])?;
    for (item, as_of, costing) in known {
        cost::keep(transaction, item, opening_cost(item)?, (costing, as_of))?;
    }
    Ok(())
}
