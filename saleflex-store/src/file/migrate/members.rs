//! Fills what the step to members adds: names taken apart, what searching looks through, and a program for balances
//! that were kept without one.

use rusqlite::{OptionalExtension, Transaction, params};
use rusqlite_migration::HookResult;
use saleflex_core::{
    customer::folded,
    ids::{CustomerId, ProgramId},
    loyalty::{Program, RedemptionPolicy},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    error::Error,
    file::codec::{Col, Json, get, get_json},
    people::customer::split_name,
};

/// The setting that held a till's only rules of redeeming.
#[derive(Deserialize)]
struct OldSettings {
    redemption: Option<RedemptionPolicy>,
}

/// Fills the new columns and tables.
pub(super) fn fill(transaction: &Transaction<'_>) -> HookResult {
    let failed = |cause: Error| rusqlite_migration::HookError::Hook(cause.to_string());
    take_names_apart(transaction).map_err(failed)?;
    make_program(transaction).map_err(failed)
}

fn take_names_apart(transaction: &Transaction<'_>) -> Result<(), Error> {
    let began: Option<i64> = transaction
        .query_row("SELECT created_at FROM event WHERE seq = 1", [], |row| row.get(0))
        .optional()?;
    let mut select = transaction.prepare("SELECT id, name, phone, code FROM customer")?;
    let known = select
        .query_map([], |row| Ok((get::<CustomerId>(row, 0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let known = known.collect::<Result<Vec<(CustomerId, String, Option<String>, String)>, _>>()?;
    for (id, name, phone, code) in known {
        let (first, last) = split_name(&name);
        let texts = [last.as_str(), first.as_str(), phone.as_deref().unwrap_or_default(), "", code.as_str()];
        let search = texts.map(folded).join("\n");
        transaction.execute(
            "UPDATE customer SET name = ?1, last_name = ?2, search = ?3, registered_at = ?4 WHERE id = ?5",
            params![first, last, search, began.unwrap_or_default(), Col(id)],
        )?;
    }
    Ok(())
}

fn make_program(transaction: &Transaction<'_>) -> Result<(), Error> {
    let has_points = "SELECT EXISTS (SELECT * FROM customer WHERE points IS NOT NULL)";
    if !transaction.query_row(has_points, [], |row| row.get(0))? {
        return Ok(());
    }
    let settings = "SELECT value FROM setting WHERE key = 'settings'";
    let old: Option<OldSettings> = transaction.query_row(settings, [], |row| get_json(row, 0)).optional()?;
    let terminal: Uuid = transaction.query_row("SELECT terminal FROM till", [], |row| get(row, 0))?;
    // The same identity whenever the file is brought up, and no other's.
    let id = ProgramId::new(Uuid::from_u128(!terminal.as_u128()));
    // It needs a telephone, as a new program does: nobody becomes a member by being put on a sale.
    let mut program = Program::new(id, "Points");
    if let Some(redemption) = old.and_then(|old| old.redemption) {
        program.redemption = redemption;
    }
    transaction.execute(
        "INSERT INTO loyalty_program (id, definition) VALUES (?1, ?2)",
        params![Col(program.id), Json(&program)],
    )?;
    Ok(())
}
