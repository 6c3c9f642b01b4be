//! Changing a till's file behind its back.

use rusqlite::Connection;
use saleflex_store::{
    Till, rescue,
    shell::ManualShell,
    verify::{Tampering, Verification},
};

use super::shop::{Shop, morning};

/// Tampers with the file of a till and answers what verification finds.
pub(crate) fn found_in(shop: Shop, tamper: impl FnOnce(&Connection)) -> (i64, Tampering) {
    let (_folder, path) = shop.stopped();
    let connection = Connection::open(&path).unwrap();
    // Whoever tampers does not ask the triggers.
    let triggers: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for trigger in triggers {
        connection.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    tamper(&connection);
    connection.close().unwrap();
    let found = rescue::verify(&path).unwrap();
    if let Ok(till) = Till::open(&path, ManualShell::starting(morning(), 3)) {
        assert_eq!(till.verify().unwrap(), found);
    }
    match found {
        Verification::Tampered { seq, what } => (seq, what),
        Verification::Whole(whole) => panic!("nothing was found: {whole:?}"),
    }
}

/// One statement that changes something.
pub(crate) fn run(sql: &'static str) -> impl FnOnce(&Connection) {
    move |connection| assert!(connection.execute(sql, []).unwrap() > 0, "{sql}")
}
