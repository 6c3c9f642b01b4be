//! Files of older versions: brought to the newest by opening them, with everything that the newer tables hold.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use saleflex_core::{
    audit::AuditSearch,
    cashier::{Capability, lock::LockCause, session::BreakKind, time_clock::Punch},
    closure::{
        Declaration,
        drawer::{CountPurpose, DrawerNo},
    },
    document::Command,
    ids::ClosureNumber,
    tender::TenderKind,
};
use saleflex_store::{Error, Till, error::OpenError, till::Amendment, verify::Verification};

use crate::support::shop::{
    ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, sell, sell_some, setup, suspend,
};

/// The schema as the first releases of it were, a step each.
const STEPS: [&str; 4] = [
    include_str!("../../migrations/0001_till.sql"),
    include_str!("../../migrations/0002_forms.sql"),
    include_str!("../../migrations/0003_own_secret.sql"),
    include_str!("../../migrations/0004_people.sql"),
];

/// A day with everything that the index and the audit trail are made of.
fn worked_day() -> Shop {
    // Stock is not kept: older versions had no places for it, and their rows cannot be made from newer ones.
    let mut setup = setup();
    setup.stock.clear();
    let mut shop = Shop::with(setup);
    shop.approved(float(10_000));
    shop.execute(sell_some("A", "2"));
    shop.execute(Command::VoidLine { line: saleflex_core::ids::LineNo(1), reason: None });
    shop.execute(sell("B"));
    shop.execute(cash());
    shop.till.punch(Punch::In).unwrap();
    shop.till.start_break(BreakKind::Coffee, Some(10), None).unwrap();
    shop.till.unlock(CASHIER.0, CASHIER.1).unwrap();
    shop.till.punch(Punch::Out).unwrap();
    let drawer = DrawerNo(1);
    let expected = shop.till.drawers().unwrap()[0].expected();
    shop.till.count_drawer(drawer, CountPurpose::SpotCheck, &Declaration::amount(expected), None).unwrap();
    shop.log_in(MANAGER);
    shop.till.close_period(Some(&Declaration::amount(expected)), None).unwrap();
    shop.till
        .correct_closure(
            ClosureNumber(1),
            Amendment::CountedCash(expected + minor(1)),
            "a coin under the drawer".to_owned(),
            None,
        )
        .unwrap();
    shop.execute(sell("D"));
    shop.execute(suspend());
    shop.execute(sell("A"));
    shop
}

/// The rows of a till in a file of an older version, as far as that had a place for them.
fn of_version(till: &Path, version: usize, folder: &Path) -> PathBuf {
    let path = folder.join(format!("version-{version}.saleflex"));
    let old = Connection::open(&path).unwrap();
    let new = Connection::open(till).unwrap();
    let id: i64 = new.query_row("PRAGMA application_id", [], |row| row.get(0)).unwrap();
    old.pragma_update(None, "application_id", id).unwrap();
    for step in &STEPS[..version] {
        old.execute_batch(step).unwrap();
    }
    old.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
    old.execute("ATTACH ?1 AS new", [till.to_str().unwrap()]).unwrap();
    let tables =
        names(&old, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    let left = names(&old, "SELECT name FROM new.sqlite_schema WHERE type = 'table'");
    // What newer versions keep elsewhere was empty.
    for table in tables.into_iter().filter(|table| left.contains(table)) {
        let known = names(&old, &format!("SELECT name FROM pragma_table_info('{table}')"));
        let columns = known.join(", ");
        // A name was one text.
        let values = if table == "customer" {
            columns.replace("name", "trim(name || ' ' || last_name)")
        } else {
            columns.clone()
        };
        old.execute_batch(&format!("INSERT INTO main.{table} ({columns}) SELECT {values} FROM new.{table}"))
            .unwrap();
    }
    old.execute_batch("DETACH new").unwrap();
    path
}

fn names(connection: &Connection, sql: &str) -> Vec<String> {
    let mut select = connection.prepare(sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

/// What the newer tables hold, row by row.
fn derived(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let rows = |table: &str, columns: &str| {
        names(&connection, &format!("SELECT concat_ws('|', {columns}) FROM {table} ORDER BY 1"))
    };
    let index = rows("entry_index", "topic, owner, no, seq");
    let audit = rows("audit", "no, seq, at, hex(document), record");
    let customers = rows("customer", "code, name, last_name, search");
    assert!(!index.is_empty() && audit.len() > 8 && !customers.is_empty());
    [index, audit, customers].concat()
}

#[test]
fn a_file_of_an_older_version_is_whole_and_has_its_index_audit_trail_and_names_when_it_was_opened() {
    for version in [3, 4] {
        let shop = worked_day();
        let clock = shop.clock.clone();
        let people = shop.till.everybody().to_vec();
        assert!(people.iter().any(|one| one.last_log_in.is_some() && one.created_at.is_some()));
        let (folder, path) = shop.stopped();
        let wanted = derived(&path);
        let old = of_version(&path, version, folder.path());
        let refused = Till::read(&old, clock.clone()).map(drop);
        assert!(
            matches!(refused, Err(Error::Open(OpenError::Older { found, .. })) if found == i64::try_from(version).unwrap()),
            "{refused:?}"
        );
        let till = Till::open(&old, clock.clone()).unwrap();
        assert!(
            matches!(till.verify().unwrap(), Verification::Whole(_)),
            "version {version}: {:?}",
            till.verify()
        );
        assert_eq!(till.drawer_counts(ClosureNumber(1)).unwrap().len(), 1);
        assert_eq!(till.corrections(ClosureNumber(1)).unwrap().len(), 1);
        let ann = till.everybody().iter().find(|one| one.user_name == CASHIER.0).unwrap().id;
        assert_eq!(till.attendance(ann).unwrap().shifts.len(), 1);
        assert_eq!(till.everybody().to_vec(), people, "version {version}");
        drop(till);
        assert_eq!(derived(&old), wanted, "version {version}");
        // Work goes on where it stopped, and the trail can be searched.
        let mut till = Till::open(&old, clock.clone()).unwrap();
        till.log_in(ADMIN.0, ADMIN.1).unwrap();
        assert!(till.audit_trail(&AuditSearch::default(), 100).unwrap().len() > 8);
        till.execute(cash()).unwrap();
        assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    }
}

#[test]
fn the_trail_of_an_older_file_is_made_anew_from_its_journal() {
    let mut shop = worked_day();
    shop.till.lock(LockCause::Asked).unwrap();
    shop.till.unlock(MANAGER.0, MANAGER.1).unwrap();
    let clock = shop.clock.clone();
    let (folder, path) = shop.stopped();
    let wanted = derived(&path);
    let old = of_version(&path, 4, folder.path());
    let connection = Connection::open(&old).unwrap();
    connection
        .execute_batch("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted")
        .unwrap();
    let older = "UPDATE audit SET record = replace(record, '\"unlock\"', '\"lock\"') WHERE record LIKE '%\"unlock\"%'";
    assert_eq!(connection.execute(older, []), Ok(1), "an older program did not tell them apart");
    let left = "DELETE FROM audit WHERE record LIKE '%void_line%'";
    assert_eq!(connection.execute(left, []), Ok(1), "nor this at all");
    connection.execute_batch(
        "CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'never'); END; \
         CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'never'); END",
    ).unwrap();
    connection.close().unwrap();
    let till = Till::open(&old, clock).unwrap();
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)), "{:?}", till.verify());
    drop(till);
    assert_eq!(derived(&old), wanted);
    let connection = Connection::open(&old).unwrap();
    let refused = connection.execute("DELETE FROM audit", []);
    assert!(refused.is_err(), "nobody takes anything out of it");
}

#[test]
fn people_of_an_older_file_get_the_rights_that_their_roles_have_got_since() {
    let shop = worked_day();
    let clock = shop.clock.clone();
    let (folder, path) = shop.stopped();
    let old = of_version(&path, 3, folder.path());
    let connection = Connection::open(&old).unwrap();
    // As the first version knew the roles.
    let of_then = r#"["pos.sell","pos.override","pos.closure","catalog.write"]"#;
    let changed =
        connection.execute("UPDATE cashier SET capabilities = ?1 WHERE user_name = 'mo'", [of_then]);
    assert_eq!(changed, Ok(1));
    connection.close().unwrap();
    let mut till = Till::open(&old, clock).unwrap();
    let mo = till.everybody().iter().find(|one| one.user_name == MANAGER.0).unwrap();
    assert!(
        mo.capabilities.contains(&Capability::AuditRead) && mo.capabilities.contains(&Capability::ReportView)
    );
    till.log_in(MANAGER.0, MANAGER.1).unwrap();
    assert!(!till.audit_trail(&AuditSearch::default(), 1).unwrap().is_empty());
}

#[test]
fn settings_of_an_older_file_that_let_a_debt_give_change_stand_in_the_way_of_no_other() {
    let shop = worked_day();
    let clock = shop.clock.clone();
    let (_folder, path) = shop.stopped();
    let connection = Connection::open(&path).unwrap();
    let allow = "UPDATE setting SET value = json_set(value, '$.policy.change_allowed', json(?1)) \
                 WHERE key = 'settings'";
    assert_eq!(connection.execute(allow, [r#"["cash","store_credit"]"#]), Ok(1));
    connection.close().unwrap();
    let mut till = Till::open(&path, clock).unwrap();
    till.log_in(ADMIN.0, ADMIN.1).unwrap();
    let mut settings = till.settings().clone();
    assert_eq!(settings.policy.change_allowed, BTreeSet::from([TenderKind::Cash]));
    settings.policy.return_days = Some(9);
    till.change_settings(settings).unwrap();
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
}
