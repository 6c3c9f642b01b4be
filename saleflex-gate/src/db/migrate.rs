//! The schema, step by step, and the refusal of a database that another program has changed.
//!
//! Two databases with one list of steps each need less than a crate for it: a table of versions, a digest of what
//! was run, one transaction for all of it.

use saleflex_core::digest::Digest;

use super::{Database, DatabaseError, Purpose, Session, Tenant, transact};
use crate::place;

/// Runs what a database has not had yet, and begins a life of the hub; all of it or nothing.
///
/// # Errors
/// [`DatabaseError::Newer`] and [`DatabaseError::Changed`] for a database this program does not know.
pub(super) fn run(database: &dyn Database) -> Result<(), DatabaseError> {
    let migrations = database.migrations();
    transact(database, Tenant::Platform, Purpose::Write, |session| {
        if let Some(wait) = database.wait_for_schema() {
            session.batch(wait)?;
        }
        session.batch(
            "CREATE TABLE IF NOT EXISTS migration (version bigint PRIMARY KEY, digest text NOT NULL)",
        )?;
        let applied = session.query("SELECT version, digest FROM migration ORDER BY version", &[])?;
        let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
        let found = applied.last().map_or(Ok(0), |row| row.integer(0))?;
        if found > known {
            return Err(DatabaseError::Newer { found, known });
        }
        for (version, sql) in (1..).zip(migrations) {
            let digest = Digest::of(sql.as_bytes()).to_string();
            match applied.iter().find(|row| row.integer(0).is_ok_and(|applied| applied == version)) {
                Some(row) if row.text(1)? == digest => {}
                Some(_) => return Err(DatabaseError::Changed { version }),
                None => apply(session, version, sql, digest)?,
            }
        }
        place::begin_life(session)
    })
}

fn apply(session: &mut dyn Session, version: i64, sql: &str, digest: String) -> Result<(), DatabaseError> {
    session.batch(sql)?;
    session.execute(
        "INSERT INTO migration (version, digest) VALUES ($1, $2)",
        &[version.into(), digest.into()],
    )?;
    Ok(())
}
