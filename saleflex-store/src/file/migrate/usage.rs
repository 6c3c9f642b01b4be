//! Finds the sales of a till that has worked before by the campaigns and coupons they used.

use rusqlite::Transaction;
use rusqlite_migration::{HookError, HookResult};
use saleflex_core::journal::Entry;

use crate::{books::index, error::Error};

/// Fills the index of the journal.
pub(super) fn fill(transaction: &Transaction<'_>) -> HookResult {
    find_uses(transaction).map_err(|cause| HookError::Hook(cause.to_string()))
}

fn find_uses(transaction: &Transaction<'_>) -> Result<(), Error> {
    // Most entries used nothing, and need not be read for it.
    let used = "SELECT seq, payload FROM event WHERE instr(payload, CAST('\"usage\":' AS BLOB)) ORDER BY seq";
    let mut select = transaction.prepare(used)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, payload): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        for (topic, owner) in index::by_use(&Entry::from_bytes(&payload)?) {
            index::add(transaction, seq, topic, &owner)?;
        }
    }
    Ok(())
}
