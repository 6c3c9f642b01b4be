//! Files that are not opened, and why.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rusqlite::Connection;
use saleflex_store::{Error, Till, error::OpenError, shell::ManualShell, verify::Verification};

use crate::support::shop::{CASHIER, Shop, cash, morning, sell, setup};

fn open(path: &Path) -> Result<Till, Error> {
    Till::open(path, ManualShell::starting(morning(), 2))
}

fn refusal(path: &Path) -> OpenError {
    match open(path) {
        Err(Error::Open(refusal)) => refusal,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("{} was opened", path.display()),
    }
}

/// A stopped till that has sold something.
fn stopped_till() -> (tempfile::TempDir, PathBuf) {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.stopped()
}

#[test]
fn a_till_that_does_not_exist_is_not_made_by_opening_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.saleflex");
    assert!(matches!(refusal(&path), OpenError::Missing { .. }));
    assert!(!path.exists());
}

#[test]
fn a_till_is_never_made_over_a_file_that_exists() {
    let (folder, till) = stopped_till();
    let text = folder.path().join("letter.txt");
    fs::write(&text, "Dear Sir").unwrap();
    let other = folder.path().join("other.sqlite");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);").unwrap();
    for path in [till, text, other] {
        let before = fs::read(&path).unwrap();
        let made = Till::create(&path, setup(), ManualShell::starting(morning(), 2));
        assert!(matches!(made, Err(Error::Open(OpenError::Exists { .. }))), "{made:?}");
        assert!(fs::read(&path).unwrap() == before, "{}", path.display());
    }
}

#[test]
fn making_a_till_leaves_alone_what_people_put_beside_it() {
    let (folder, till) = stopped_till();
    let path = folder.path().join("new.saleflex");
    let beside = [".new", ".old", ".bak"].map(|ending| folder.path().join(format!("new.saleflex{ending}")));
    for copy in &beside {
        fs::copy(&till, copy).unwrap();
    }
    Till::create(&path, setup(), ManualShell::starting(morning(), 2)).unwrap();
    for copy in &beside {
        assert!(fs::read(copy).unwrap() == fs::read(&till).unwrap(), "{}", copy.display());
    }
}

#[test]
fn a_file_with_a_journal_is_never_taken_for_one_that_was_not_finished() {
    let (_folder, path) = stopped_till();
    let other = Connection::open(&path).unwrap();
    other.execute("DELETE FROM till", []).unwrap();
    other.close().unwrap();
    assert!(matches!(refusal(&path), OpenError::NotATill { .. }));
    let made = Till::create(&path, setup(), ManualShell::starting(morning(), 2));
    assert!(matches!(made, Err(Error::Open(OpenError::Exists { .. }))), "{made:?}");
}

#[test]
fn a_file_of_another_program_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("letter.txt");
    fs::write(&text, "Dear Sir, ".repeat(500)).unwrap();
    let other = folder.path().join("other.sqlite");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);").unwrap();
    for path in [text, other] {
        let before = fs::read(&path).unwrap();
        assert!(matches!(refusal(&path), OpenError::NotATill { .. }));
        assert!(fs::read(&path).unwrap() == before, "{}", path.display());
    }
}

#[test]
fn a_newer_file_is_refused_with_both_versions_and_left_as_it_is() {
    let (_folder, path) = stopped_till();
    let newer = Connection::open(&path).unwrap();
    let ours: i64 = newer.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.close().unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(refusal(&path), OpenError::Newer { found: 99, known } if known == ours));
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn a_damaged_page_anywhere_is_noticed_at_start() {
    let (_folder, path) = stopped_till();
    let whole = fs::read(&path).unwrap();
    let page_bytes = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    assert!(whole.len() / page_bytes > 40, "{} bytes", whole.len());
    for page in 1..whole.len() / page_bytes {
        let mut damaged = whole.clone();
        // The head of the page: its kind and how many cells it has, or where a long value goes on.
        for byte in &mut damaged[page * page_bytes..page * page_bytes + 8] {
            *byte ^= 0xFF;
        }
        fs::write(&path, damaged).unwrap();
        assert!(matches!(refusal(&path), OpenError::Damaged { .. }), "page {page}");
    }
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(refusal(&path), OpenError::Damaged { .. }));
    fs::write(&path, whole).unwrap();
    open(&path).unwrap();
}

#[test]
fn a_second_till_on_the_same_file_is_refused_until_the_first_is_gone() {
    let shop = Shop::open();
    assert!(matches!(refusal(&shop.path()), OpenError::InUse { .. }));
    let path = shop.path();
    let shop = shop.restarted();
    assert!(matches!(refusal(&path), OpenError::InUse { .. }));
    drop(shop.till);
    open(&path).unwrap();
}

/// Set in the second process of the test below.
const PATH: &str = "SALEFLEX_TEST_SECOND_PROCESS";

#[test]
fn a_second_process_is_refused_too() {
    if let Some(path) = std::env::var_os(PATH) {
        assert!(matches!(refusal(Path::new(&path)), OpenError::InUse { .. }));
        return;
    }
    let shop = Shop::open();
    let me = std::env::current_exe().unwrap();
    let second = Command::new(me)
        .args(["--exact", "refusals::a_second_process_is_refused_too"])
        .env(PATH, shop.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stdout);
    assert!(second.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_file_that_another_program_keeps_to_itself_is_reported_as_locked() {
    let (_folder, path) = stopped_till();
    let other = Connection::open(&path).unwrap();
    other.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(())).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE; UPDATE setting SET value = value; COMMIT").unwrap();
    assert!(matches!(open(&path), Err(Error::Locked)));
    drop(other);
    open(&path).unwrap();
}

#[test]
fn a_command_that_finds_the_file_locked_changes_nothing_and_succeeds_later() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let before = (*shop.till.chain_head(), shop.till.draft().cloned());
    let other = Connection::open(shop.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(shop.till.execute(sell("B")), Err(Error::Locked)));
    assert_eq!((*shop.till.chain_head(), shop.till.draft().cloned()), before);
    other.execute_batch("ROLLBACK").unwrap();
    shop.execute(sell("B"));
    assert_eq!(shop.till.draft().unwrap().lines.len(), 2);
}

/// Of an open file whose name is gone another program may take a lock of the same name, where the system lets it.
#[cfg(unix)]
#[test]
fn a_till_whose_lock_was_deleted_says_that_another_program_sold_and_nothing_is_lost() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    fs::remove_file(shop.folder.path().join("till.saleflex.lock")).unwrap();
    let mut other = open(&shop.path()).unwrap();
    other.log_in(CASHIER.0, CASHIER.1).unwrap();
    other.execute(cash()).unwrap();
    let head = *shop.till.chain_head();
    for _ in 0..2 {
        assert!(matches!(shop.till.execute(sell("B")), Err(Error::Overtaken)));
    }
    assert_eq!(*shop.till.chain_head(), head);
    assert!(matches!(other.verify().unwrap(), Verification::Whole(whole) if whole.documents == 1));
    drop(other);
    let mut again = open(&shop.path()).unwrap();
    again.log_in(CASHIER.0, CASHIER.1).unwrap();
    again.execute(sell("B")).unwrap();
}

#[test]
fn cashiers_and_customers_without_a_name_are_refused_and_no_file_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.saleflex");
    let mut bad = setup();
    bad.cashiers[0].secret = "1".to_owned();
    let made = Till::create(&path, bad, ManualShell::starting(morning(), 2));
    assert!(matches!(made, Err(Error::BadRecord { record: "cashier" })));
    for name in ["\u{7}Ann", "Ann\u{202e}", "Ann\n"] {
        let mut bad = setup();
        bad.cashiers[0].name = format!("{name}e");
        let made = Till::create(&path, bad, ManualShell::starting(morning(), 2));
        assert!(matches!(made, Err(Error::BadRecord { record: "cashier" })), "{name:?}");
    }
    let mut bad = setup();
    bad.customers[0].details.name = " ".to_owned();
    let made = Till::create(&path, bad, ManualShell::starting(morning(), 2));
    assert!(matches!(made, Err(Error::Details(_))));
    assert!(!path.exists());
}
