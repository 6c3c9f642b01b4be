//! What the twenty-second step makes of the audit trail: it is computed anew from the journal.

use std::collections::HashMap;

use rusqlite::Transaction;
use rusqlite_migration::HookResult;
use saleflex_core::{
    audit::{self, AuditRecord},
    document::{self, Document, State, evolve},
    journal::{Entry, Event},
};
use uuid::Uuid;

use crate::{books::audit as trail, error::Error, file::codec::get_json};

/// Fills the emptied trail, and drops what it was.
pub(super) fn rebuild(transaction: &Transaction<'_>) -> HookResult {
    let failed = |cause: Error| rusqlite_migration::HookError::Hook(cause.to_string());
    each_entry(transaction, |seq, entry, before| {
        let mut records = audit::records(entry, before);
        if !records.is_empty() {
            keep_figures(transaction, seq, &mut records)?;
        }
        records.iter().try_for_each(|record| trail::insert(transaction, seq, record))
    })
    .map_err(failed)?;
    transaction.execute_batch("DROP TABLE audit_before")?;
    Ok(())
}

/// Calls with every entry of the journal, and with the document it is about as it stood before.
pub(super) fn each_entry(
    transaction: &Transaction<'_>,
    mut visit: impl FnMut(i64, &Entry, Option<&Document>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut states: HashMap<Uuid, State> = HashMap::new();
    let mut select = transaction.prepare("SELECT seq, payload FROM event ORDER BY seq")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, payload): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
        let entry = Entry::from_bytes(&payload)?;
        let before = states.remove(&entry.entity).unwrap_or_default();
        visit(seq, &entry, before.document())?;
        let Event::Document(events) = &entry.event else { continue };
        for event in events {
            if let document::Event::DocumentAbandoned { document } = event {
                states.remove(&document.uuid());
            }
        }
        let state = events.iter().fold(before, evolve);
        if matches!(state, State::Draft(_) | State::Suspended(_)) {
            states.insert(entry.entity, state);
        }
    }
    Ok(())
}

/// The figures before an act are what the program that wrote it made of the document; today's rules may make others.
fn keep_figures(transaction: &Transaction<'_>, seq: i64, records: &mut [AuditRecord]) -> Result<(), Error> {
    let mut select =
        transaction.prepare_cached("SELECT record FROM audit_before WHERE seq = ?1 ORDER BY no")?;
    let mut rows = select.query([seq])?;
    let mut known: Vec<AuditRecord> = Vec::new();
    while let Some(row) = rows.next()? {
        known.push(get_json(row, 0)?);
    }
    for record in records {
        let is_same =
            |one: &AuditRecord| AuditRecord { before: record.before.clone(), ..one.clone() } == *record;
        if let Some(at) = known.iter().position(is_same) {
            record.before = known.remove(at).before;
        }
    }
    Ok(())
}
