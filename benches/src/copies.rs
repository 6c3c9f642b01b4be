//! Many stored documents in little time: the rows of one real sale, copied by SQL under other identities.
//!
//! The frozen bytes are copied as they are, so the hash chain does not hold; nothing that is measured here looks at
//! it. Everything has the size and the indexes of real rows.

use std::path::Path;

use anyhow::ensure;
use rusqlite::{Connection, params};

use crate::bare::connect;

/// Copies the last sale of a till's file until so many documents are stored. The till must not be open.
pub(crate) fn fill(path: &Path, documents: usize) -> anyhow::Result<()> {
    let connection = connect(path)?;
    // No power cut threatens this file.
    connection
        .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")?;
    connection.execute_batch("PRAGMA cache_size = -65536;")?;
    let stored: i64 = connection.query_row("SELECT count(*) FROM document", [], |row| row.get(0))?;
    ensure!(stored > 0, "there is no sale to copy");
    let copies = i64::try_from(documents)? - stored;
    // By parts, since a failure in one transaction without a journal would cost everything.
    let transaction = connection.unchecked_transaction()?;
    copy_last(&transaction, copies, stored)?;
    transaction.commit()?;
    connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    Ok(())
}

fn copy_last(connection: &Connection, copies: i64, stored: i64) -> anyhow::Result<()> {
    // An identity that rises with the number of the copy, as version 7 does.
    let id_of = format!("unhex(printf('0196%08x7000%04x%012x', i + {stored}, 0x8000, i + {stored}))");
    let (last, id, no): (i64, Vec<u8>, i64) =
        connection.query_row("SELECT seq, id, no FROM document ORDER BY no DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let first: i64 =
        connection.query_row("SELECT min(seq) FROM event WHERE entity_id = ?1", [&id], |row| row.get(0))?;
    let steps = last - first + 1;
    let numbers = "WITH RECURSIVE copy (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM copy WHERE i < ?1)";
    connection.execute(
        &format!(
            "{numbers} INSERT INTO event SELECT seq + i * ?2, epoch, kind, {id_of}, \
             iif(revision = 1, 1, seq + i * ?2), depends_on_closure, payload, randomblob(32), randomblob(32), \
             schema_version, created_at + i * 1000000, offset_min, command_id, net_due, paid \
             FROM copy CROSS JOIN event WHERE seq BETWEEN ?3 AND ?4"
        ),
        params![copies, steps, first, last],
    )?;
    connection.execute(
        &format!(
            "{numbers} INSERT INTO number SELECT closure, receipt + i, {id_of} \
             FROM copy CROSS JOIN number WHERE document = ?2"
        ),
        params![copies, id],
    )?;
    connection.execute(
        &format!(
            "{numbers} INSERT INTO document SELECT no + i, {id_of}, seq + i * ?2, number_date, number_closure, \
             number_receipt + i, document_type, kind, status, is_training, customer, original, closure, \
             finished_at + i * 1000000, finished_local, business_date, finished_by, total, discount, surcharge, \
             tax, net_due, rounding, paid, change_given, tip FROM copy CROSS JOIN document WHERE no = ?3"
        ),
        params![copies, steps, no],
    )?;
    let moved: i64 =
        connection
            .query_row("SELECT count(*) FROM stock_movement WHERE seq = ?1", [last], |row| row.get(0))?;
    connection.execute(
        &format!(
            "{numbers} INSERT INTO stock_movement SELECT no + i * ?2, seq + i * ?3, line, product, variant, \
             location, kind, change, after - i * 10000, no + (i - 1) * ?2, batch, unit_cost \
             FROM copy CROSS JOIN stock_movement WHERE seq = ?4"
        ),
        params![copies, moved, steps, last],
    )?;
    Ok(())
}
