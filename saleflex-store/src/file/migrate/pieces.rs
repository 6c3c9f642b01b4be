//! Finds what moved the pieces with numbers of a till that has worked before.

use rusqlite::Transaction;
use rusqlite_migration::{HookError, HookResult};
use saleflex_core::{checkout::Effects, journal::Entry};

use crate::{error::Error, goods::stock};

/// Fills the movements of pieces.
pub(super) fn fill(transaction: &Transaction<'_>) -> HookResult {
    find_movements(transaction).map_err(|cause| HookError::Hook(cause.to_string()))
}

fn find_movements(transaction: &Transaction<'_>) -> Result<(), Error> {
    let mut select = transaction.prepare("SELECT payload FROM event WHERE seq = ?1")?;
    // Movements of one entry come one after another.
    let mut read: Option<(i64, Effects)> = None;
    for movement in stock::movements_of_pieces(transaction)? {
        let effects = match read {
            Some((seq, effects)) if seq == movement.seq => effects,
            _ => {
                let payload: Vec<u8> = select.query_row([movement.seq], |row| row.get(0))?;
                Entry::from_bytes(&payload)?.effects
            }
        };
        let serials = stock::pieces_moved(transaction, &effects, &movement)?;
        stock::moves::add_pieces_moved(transaction, movement.no, &serials)?;
        read = Some((movement.seq, effects));
    }
    Ok(())
}
