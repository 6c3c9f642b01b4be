//! What a push costs with few and with many sales stored.
//!
//! The many are the rows of one real sale of one line that the hub took in, copied by SQL under other identities and
//! numbers. Its frozen bytes are copied as they are; no push looks at them.

use std::path::Path;

use rusqlite::{Connection, params};

use super::{
    Service,
    sales::{EPOCH, Sales},
};
use crate::{
    Run,
    figures::{Ratios, grouped, heading, judged, show},
};

/// Events of one request, and requests.
const PUSHES: (u64, usize) = (50, 20);
/// Sales of one transaction.
const AT_ONCE: usize = 20_000;

/// One row of each table for each copy from number `?1` to `?2` of the sale `?4`, which was sold at `?3`, of the company
/// `?5` and the terminal `?6`.
const COPIES: [&str; 4] = [
    "INSERT INTO ledger (company_id, terminal_id, kind, entity_id, revision, digest, epoch, seq, body, received_at) \
     SELECT company_id, terminal_id, kind, copy.id, revision, digest, epoch, copy.no, body, received_at \
     FROM copy CROSS JOIN ledger WHERE company_id = ?5 AND terminal_id = ?6 AND kind = 'transaction' AND entity_id = ?4",
    "INSERT INTO document (company_id, terminal_id, document_id, unique_id, closure_number, receipt_number, status, \
     document_type, transaction_type, occurred_at, total_e4, received_at, entity_id, cashier_id, customer_id, \
     is_training, due_e4, currency) SELECT company_id, terminal_id, copy.id, \
     printf('%.14s%06d', unique_id, copy.no), closure_number, copy.no, status, document_type, transaction_type, \
     occurred_at, total_e4, received_at, copy.id, cashier_id, customer_id, is_training, due_e4, currency \
     FROM copy CROSS JOIN document WHERE company_id = ?5 AND terminal_id = ?6 AND document_id = ?4",
    "INSERT INTO document_row (company_id, terminal_id, document_id, kind, position, amount_e4) \
     SELECT company_id, terminal_id, copy.id, kind, position, amount_e4 \
     FROM copy CROSS JOIN document_row WHERE company_id = ?5 AND terminal_id = ?6 AND document_id = ?4",
    "INSERT INTO stock_movement (company_id, source_id, position, store_id, terminal_id, product_id, kind, change_e4, \
     moved_at, received_at, location_id) SELECT company_id, copy.id, position, store_id, terminal_id, product_id, kind, \
     change_e4, moved_at + copy.no, received_at, location_id \
     FROM copy CROSS JOIN stock_movement WHERE company_id = ?5 AND terminal_id = ?6 AND source_id = ?4",
];

pub(super) fn print(run: &Run, path: &Path, (hub, sales): (&mut Service, &Sales)) -> anyhow::Result<()> {
    let many = run.sized(1_000_000, 20_000);
    let (batch, requests) = PUSHES;
    heading(&format!("A push of {batch} with 1,000 sales stored, and with {}", grouped(many)));
    hub.push_many(sales, batch, requests)?;
    let few = hub.push_many(sales, batch, requests)?;
    let folder = run.folder()?;
    let single = Sales::of(folder.path(), 1)?;
    hub.push_many(&single, 1, 1)?;
    fill(path, hub, (&single, many))?;
    let full = hub.push_many(sales, batch, requests)?;
    let mut ratio = Ratios::default();
    ratio.push_times(full.median(), few.median());
    let measured = format!("{} and {}: {ratio}", show(few.median()), show(full.median()));
    judged("median", &measured, "at most 1.20", ratio.median() <= 1_200);
    Ok(())
}

/// Copies the sale that the till delivered last until so many are stored.
fn fill(path: &Path, hub: &mut Service, (sale, many): (&Sales, usize)) -> anyhow::Result<()> {
    let connection = Connection::open(path)?;
    // No power cut threatens this file.
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536;")?;
    let [company, terminal, epoch] = [hub.company, hub.terminal, EPOCH].map(|id| id.to_string());
    let last = u64::try_from(many)?;
    let of = sale.identity(0, hub.sent).to_string();
    // As `Sales::identity` makes them.
    let copies = "WITH RECURSIVE numbers (no) AS (SELECT ?1 UNION ALL SELECT no + 1 FROM numbers WHERE no < ?2), \
         clock (no, millis) AS (SELECT no, printf('%012x', ?3 + no) FROM numbers), copy (no, id) AS (SELECT no, \
         printf('%.8s-%s-7000-8000-%012x', millis, substr(millis, 9), no) FROM clock)";
    for before in (hub.sent..last).step_by(AT_ONCE) {
        let until = last.min(before + AT_ONCE as u64);
        let [from, until, sold_at] = [before + 1, until, sale.sold_at()].map(i64::try_from);
        let (from, until, sold_at) = (from?, until?, sold_at?);
        let transaction = connection.unchecked_transaction()?;
        for copied in COPIES {
            let sql = format!("{copies} {copied}");
            transaction.execute(&sql, params![from, until, sold_at, of, company, terminal])?;
        }
        let reached =
            "UPDATE feed SET contiguous_seq = ?1 WHERE company_id = ?2 AND terminal_id = ?3 AND epoch = ?4";
        transaction.execute(reached, params![until, company, terminal, epoch])?;
        transaction.commit()?;
    }
    hub.sent = hub.sent.max(last);
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}
