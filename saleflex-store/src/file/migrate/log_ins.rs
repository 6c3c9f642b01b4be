//! When the people of a till that has worked before were added and logged in last, as its journal says it.

use std::collections::HashMap;

use rusqlite::{Transaction, params};
use rusqlite_migration::{HookError, HookResult};
use saleflex_core::{
    ids::CashierId,
    journal::{Entry, Event},
    time::Moment,
};

use crate::{
    error::Error,
    file::codec::{Col, Json, get},
};

/// Fills the new columns.
pub(super) fn fill(transaction: &Transaction<'_>) -> HookResult {
    read_journal(transaction).map_err(|cause| HookError::Hook(cause.to_string()))
}

fn read_journal(transaction: &Transaction<'_>) -> Result<(), Error> {
    // Sales and their steps are the most of a journal and say nothing of this.
    let mut select = transaction.prepare("SELECT payload FROM event WHERE kind = 'till' ORDER BY seq")?;
    let mut rows = select.query([])?;
    let (mut began, mut added) = (None, HashMap::new());
    let mut log_ins: HashMap<CashierId, Moment> = HashMap::new();
    while let Some(row) = rows.next()? {
        let entry = Entry::from_bytes(&row.get::<_, Vec<u8>>(0)?)?;
        began.get_or_insert(entry.at);
        if let Event::LoggedIn { cashier, .. } = entry.event {
            log_ins.insert(cashier, entry.at);
        } else if let Event::CashierChanged { cashier, .. } = entry.event {
            added.entry(cashier).or_insert(entry.at);
        } else if let Event::TillCreated { made_with: Some(made_with), .. } = entry.event {
            added.extend(made_with.cashiers.into_keys().map(|cashier| (cashier, entry.at)));
        }
    }
    let mut select = transaction.prepare("SELECT id FROM cashier")?;
    let cashiers = select.query_map([], |row| get::<CashierId>(row, 0))?;
    for cashier in cashiers.collect::<Result<Vec<_>, _>>()? {
        // Whom no entry names the till was made with.
        let added = added.get(&cashier).copied().or(began);
        transaction.execute(
            "UPDATE cashier SET created_at = ?1, last_log_in = ?2 WHERE id = ?3",
            params![added.map(Json), log_ins.get(&cashier).map(Json), Col(cashier)],
        )?;
    }
    Ok(())
}
