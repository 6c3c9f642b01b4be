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

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, params};
    use saleflex_core::{
        audit::{Figure, Subject},
        cashier::access::Act,
        ids::{CashierId, DocumentId, LineNo},
        money::Money,
        time::Moment,
    };

    use super::*;

    fn voided(line: u32, before: i64) -> AuditRecord {
        let at = "2026-03-12T10:00:00Z".parse().unwrap();
        AuditRecord {
            at: Moment::utc(at),
            cashier: Some(CashierId::new(Uuid::from_u128(1))),
            approved_by: None,
            act: Act::VoidLine,
            subject: Subject::Line(DocumentId::new(Uuid::from_u128(2)), LineNo(line)),
            before: Some(Figure::Amount(Money::from_minor(before))),
            after: None,
        }
    }

    /// The records of an entry, made by today's rules, where the trail had others.
    fn kept(known: &[(i64, AuditRecord)], mut made: Vec<AuditRecord>) -> Vec<AuditRecord> {
        let mut connection = Connection::open_in_memory().unwrap();
        let table =
            "CREATE TABLE audit_before (no INTEGER PRIMARY KEY, seq INTEGER NOT NULL, record TEXT NOT NULL)";
        connection.execute_batch(table).unwrap();
        for (seq, record) in known {
            let record = serde_json::to_string(record).unwrap();
            let insert = "INSERT INTO audit_before (seq, record) VALUES (?1, ?2)";
            connection.execute(insert, params![seq, record]).unwrap();
        }
        let transaction = connection.transaction().unwrap();
        keep_figures(&transaction, 7, &mut made).unwrap();
        drop(transaction);
        made
    }

    #[test]
    fn a_figure_before_an_act_stays_what_it_was_and_each_is_taken_once() {
        let known = [(7, voided(1, 250)), (7, voided(2, 300)), (7, voided(2, 301))];
        let made = vec![voided(1, 249), voided(2, 0), voided(2, 0), voided(2, 9)];
        assert_eq!(kept(&known, made), [voided(1, 250), voided(2, 300), voided(2, 301), voided(2, 9)]);
    }

    #[test]
    fn a_record_that_the_trail_did_not_have_or_that_differs_otherwise_is_as_it_is_made() {
        let other = AuditRecord { approved_by: Some(CashierId::new(Uuid::from_u128(3))), ..voided(1, 250) };
        let known = [(7, other), (8, voided(1, 250))];
        assert_eq!(kept(&known, vec![voided(1, 249)]), [voided(1, 249)]);
    }
}
