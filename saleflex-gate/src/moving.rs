//! A hub moves house: everything from a file of SQLite into an empty database of PostgreSQL, or into another file.
//!
//! **Invariant:** all of it arrives, or nothing: the target is written in one transaction, and every table is counted
//! on both sides before it stands.

use std::collections::BTreeMap;

use crate::db::{Database, DatabaseError, Purpose, Session, Sqlite, Tenant, Value};

/// Every table but the list of migrations, those that others refer to first.
pub(crate) const TABLES: [&str; 64] = [
    "company",
    "upstream",
    "company_slug",
    "hub_user",
    "second_factor",
    "recovery_code",
    "user_picture",
    "store",
    "contact",
    "office",
    "terminal",
    "counter",
    "definition",
    "company_life",
    "upstream_row",
    "ledger",
    "relay",
    "ledger_variant",
    "ledger_gap",
    "ledger_flag",
    "feed",
    "document",
    "document_row",
    "closure",
    "notification",
    "signal",
    "device_token",
    "enrolment",
    "user_session",
    "refresh_token",
    "password_reset",
    "company_secret",
    "membership",
    "ownership_offer",
    "join_request",
    "invitation",
    "region",
    "region_store",
    "role_assignment",
    "company_deletion",
    "company_deletion_approval",
    "api_key",
    "audit",
    "answer",
    "user_notification",
    "stock_level",
    "stock_movement",
    "stock_found",
    "campaign_set",
    "goods_paper",
    "stocktake_line",
    "offer_use",
    "document_uses",
    "point_entry",
    "point_hold",
    "member_sale",
    "import_job",
    "job",
    "quota_share",
    "gift_card",
    "gift_card_entry",
    "card_credit",
    "older_sequence",
    "borrowed_share",
];
/// Rows that are written with one statement.
const BATCH: i64 = 200;

/// A move that did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MoveError {
    /// One of the two databases refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is something in the target.
    #[error("the target holds {companies} companies: it must be empty")]
    NotEmpty {
        /// How many companies it holds.
        companies: i64,
    },
    /// A table of the file is not known to this program: it would be left behind.
    #[error("the table {table} is not known to this program")]
    Unknown {
        /// The name of the table.
        table: String,
    },
    /// Not all rows of a table arrived.
    #[error("{arrived} of {expected} rows of {table} arrived")]
    Incomplete {
        /// The name of the table.
        table: &'static str,
        /// How many there are.
        expected: i64,
        /// How many of them arrived.
        arrived: i64,
    },
}

/// Copies everything, and answers how many rows of each table.
///
/// # Errors
/// [`MoveError`]; then the target is as it was.
pub fn move_house(from: &Sqlite, to: &impl Database) -> Result<BTreeMap<&'static str, i64>, MoveError> {
    let mut outcome = Ok(BTreeMap::new());
    from.transact(Tenant::Platform, Purpose::Read, &mut |source| {
        let written = to.transact(Tenant::Platform, Purpose::Write, &mut |target| {
            outcome = copy(source, target);
            outcome.is_ok()
        });
        if let Err(error) = written {
            outcome = Err(error.into());
        }
        false
    })?;
    outcome
}

fn copy(
    source: &mut dyn Session,
    target: &mut dyn Session,
) -> Result<BTreeMap<&'static str, i64>, MoveError> {
    let companies = count(target, "company")?;
    if companies > 0 {
        return Err(MoveError::NotEmpty { companies });
    }
    let sql =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    for row in source.query(sql, &[])? {
        let table = row.text(0)?;
        if table != "migration" && !TABLES.contains(&table) {
            return Err(MoveError::Unknown { table: table.to_owned() });
        }
    }
    let mut moved = BTreeMap::new();
    for table in TABLES {
        copy_table(source, target, table)?;
        let (expected, arrived) = (count(source, table)?, count(target, table)?);
        if expected != arrived {
            return Err(MoveError::Incomplete { table, expected, arrived });
        }
        moved.insert(table, arrived);
    }
    put_parents(source, target)?;
    Ok(moved)
}

fn count(session: &mut dyn Session, table: &str) -> Result<i64, DatabaseError> {
    let rows = session.query(&format!("SELECT count(*) FROM {table}"), &[])?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

fn copy_table(source: &mut dyn Session, target: &mut dyn Session, table: &str) -> Result<(), DatabaseError> {
    let columns = source.query(&format!("SELECT name FROM pragma_table_info('{table}')"), &[])?;
    let columns: Vec<String> =
        columns.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?;
    let names = columns.join(", ");
    // A region may lie in one that is made later: where it lies is written when all are there.
    let read = if table == "region" { names.replace("parent_id", "NULL") } else { names.clone() };
    let mut after = 0;
    loop {
        let sql = format!("SELECT rowid, {read} FROM {table} WHERE rowid > $1 ORDER BY rowid LIMIT {BATCH}");
        let rows = source.query(&sql, &[after.into()])?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.integer(0)?;
        let mut values: Vec<Value> = Vec::new();
        let mut groups = Vec::new();
        for row in &rows {
            let row = row.values().get(1..).unwrap_or_default();
            let places = (0..row.len()).map(|place| format!("${}", values.len() + place + 1));
            groups.push(format!("({})", places.collect::<Vec<_>>().join(", ")));
            values.extend(row.iter().cloned());
        }
        target.execute(&format!("INSERT INTO {table} ({names}) VALUES {}", groups.join(", ")), &values)?;
    }
}

fn put_parents(source: &mut dyn Session, target: &mut dyn Session) -> Result<(), DatabaseError> {
    let sql = "SELECT company_id, region_id, parent_id FROM region WHERE parent_id IS NOT NULL";
    for row in source.query(sql, &[])? {
        target.execute(
            "UPDATE region SET parent_id = $3 WHERE company_id = $1 AND region_id = $2",
            &[row.id(0)?.into(), row.id(1)?.into(), row.id(2)?.into()],
        )?;
    }
    Ok(())
}
