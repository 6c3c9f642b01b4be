//! Numbered migrations. A released one is never edited; a change of the schema is a new one. A new file does not go through
//! them: it is made as they leave one, from `newest.sql`, which a test holds against them.

use std::sync::LazyLock;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::error::{Error, OpenError};

mod inventory;
mod log_ins;
mod members;
mod people;
mod pieces;
mod trail;
mod usage;
mod value;

/// The steps, in order. A released one is never edited.
static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::new(vec![
        M::up(include_str!("../../migrations/0001_till.sql")),
        M::up(include_str!("../../migrations/0002_forms.sql")),
        M::up(include_str!("../../migrations/0003_own_secret.sql")),
        M::up_with_hook(include_str!("../../migrations/0004_people.sql"), people::fill),
        M::up_with_hook(include_str!("../../migrations/0005_members.sql"), members::fill),
        M::up(include_str!("../../migrations/0006_campaigns.sql")),
        M::up(include_str!("../../migrations/0007_sync.sql")),
        M::up(include_str!("../../migrations/0008_print_queue.sql")),
        M::up_with_hook(include_str!("../../migrations/0009_inventory.sql"), inventory::fill),
        M::up(include_str!("../../migrations/0010_prices.sql")),
        M::up(include_str!("../../migrations/0011_lives.sql")),
        M::up(include_str!("../../migrations/0012_quotas.sql")),
        M::up(include_str!("../../migrations/0013_prices_by_entry.sql")),
        M::up(include_str!("../../migrations/0014_authority.sql")),
        M::up_with_hook(include_str!("../../migrations/0015_usage.sql"), usage::fill),
        M::up(include_str!("../../migrations/0016_tax_changes.sql")),
        M::up_with_hook(include_str!("../../migrations/0017_pieces.sql"), pieces::fill),
        M::up_with_hook(include_str!("../../migrations/0018_cashier_record.sql"), log_ins::fill),
        M::up(include_str!("../../migrations/0019_flags.sql")),
        M::up(include_str!("../../migrations/0020_cashier_badge.sql")),
        M::up(include_str!("../../migrations/0021_vouchers.sql")),
        M::up_with_hook(include_str!("../../migrations/0022_trail.sql"), trail::rebuild),
        M::up(include_str!("../../migrations/0023_points_elsewhere.sql")),
        M::up(include_str!("../../migrations/0024_control_details.sql")),
        M::up_with_hook(include_str!("../../migrations/0025_value.sql"), value::refold),
        M::up_with_hook(include_str!("../../migrations/0026_opening_cost.sql"), value::refold),
        M::up(include_str!("../../migrations/0027_form_details.sql")),
        M::up(include_str!("../../migrations/0028_measures.sql")),
        M::up_with_hook(
            include_str!("../../migrations/0029_lost_before_it_came.sql"),
            value::refold_from_opening,
        ),
        M::up(include_str!("../../migrations/0030_taken_before.sql")),
        M::up(include_str!("../../migrations/0031_barcode_taken.sql")),
        M::up(include_str!("../../migrations/0032_tier_elsewhere.sql")),
    ])
});

/// The newest version of a file that this program knows.
pub(crate) const NEWEST: i64 = 32;

/// The schema that the steps lead to, at once: each of thirty steps has SQLite read all that stands so far.
const SCHEMA: &str = include_str!("../../migrations/newest.sql");

/// The version of a file.
pub(crate) fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Refuses a file of a newer program, without touching it.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<(), Error> {
    let found = version(connection)?;
    if found > NEWEST { Err(OpenError::Newer { found, known: NEWEST }.into()) } else { Ok(()) }
}

/// Brings a file to the newest version, all steps in one transaction; one with nothing in it is made so at once.
pub(crate) fn to_newest(connection: &mut Connection) -> Result<(), Error> {
    if version(connection)? == 0 {
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "user_version", NEWEST)?;
        return Ok(transaction.commit()?);
    }
    step_by_step(connection)
}

fn step_by_step(connection: &mut Connection) -> Result<(), Error> {
    MIGRATIONS.to_latest(connection).map_err(|cause| {
        if let rusqlite_migration::Error::RusqliteError { err, .. } = cause {
            err.into()
        } else {
            OpenError::Migration { cause: Box::new(cause) }.into()
        }
    })
}

/// Whether making the till was cut short; then there is a schema and nothing in it.
pub(crate) fn is_unfinished(connection: &Connection) -> Result<bool, Error> {
    Ok(connection.query_row("SELECT NOT EXISTS (SELECT * FROM till)", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements that made what a file holds, in their order.
    fn statements(connection: &Connection) -> Vec<String> {
        // What SQLite makes by itself cannot be asked for.
        let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence' ORDER BY rowid";
        let mut select = connection.prepare(sql).unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_migration_runs_on_an_empty_file() {
        assert_eq!(MIGRATIONS.validate(), Ok(()));
        let mut connection = Connection::open_in_memory().unwrap();
        step_by_step(&mut connection).unwrap();
        assert_eq!(version(&connection).unwrap(), NEWEST);
    }

    #[test]
    fn a_new_file_is_as_the_migrations_leave_one() {
        let mut stepped = Connection::open_in_memory().unwrap();
        step_by_step(&mut stepped).unwrap();
        let led_to = statements(&stepped);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/newest.sql");
            let head = "-- Written by `UPDATE_EXPECTED=1 cargo test`: what the numbered files lead to.\n";
            let script = led_to.iter().fold(head.to_owned(), |script, sql| script + sql + ";\n");
            std::fs::write(path, script).unwrap();
        }
        let mut new = Connection::open_in_memory().unwrap();
        to_newest(&mut new).unwrap();
        assert_eq!(version(&new).unwrap(), NEWEST);
        assert_eq!(
            statements(&new),
            led_to,
            "to write it anew: UPDATE_EXPECTED=1 cargo test -p saleflex-store"
        );
        // Nor do they leave rows behind that a new file would lack.
        let mut tables = stepped.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
        for table in tables.query_map([], |row| row.get::<_, String>(0)).unwrap() {
            let table = table.unwrap();
            let count = |connection: &Connection| {
                let sql = format!("SELECT count(*) FROM \"{table}\"");
                connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
            };
            assert_eq!(count(&new), count(&stepped), "{table}");
        }
    }

    #[test]
    fn what_was_taken_over_before_is_known_to_have_come_from_the_hub() {
        let mut connection = Connection::open_in_memory().unwrap();
        MIGRATIONS.to_version(&mut connection, 29).unwrap();
        connection
            .execute_batch(
                "PRAGMA foreign_keys = OFF; INSERT INTO inbox \
                 (connector, resource, id, version, is_deleted, fields, seen_in, is_taken) VALUES \
                 ('gate', 'products', x'01', 1, 0, '{}', 1, 1), ('gate', 'products', x'02', 1, 1, '{}', 1, 1), \
                 ('gate', 'products', x'03', 1, 0, '{}', 1, 0)",
            )
            .unwrap();
        to_newest(&mut connection).unwrap();
        let mut select = connection.prepare("SELECT was_taken FROM inbox ORDER BY id").unwrap();
        let known = select.query_map([], |row| row.get(0)).unwrap().collect::<Result<Vec<bool>, _>>();
        assert_eq!(known.unwrap(), [true, false, false], "taken over, gone, waiting");
    }
}
