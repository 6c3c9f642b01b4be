//! One file, one till, by whatever name it is reached; looking at a file changes nothing in it or in its log.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use saleflex_store::{Error, Till, error::OpenError, rescue, shell::ManualShell, verify::Verification};

use crate::support::shop::{Shop, cash, morning, sell, setup};

fn open(path: &Path) -> Result<Till, Error> {
    Till::open(path, ManualShell::starting(morning(), 2))
}

fn log_of(path: &Path) -> PathBuf {
    path.with_extension("saleflex-wal")
}

fn journal_of(path: &Path) -> PathBuf {
    path.with_extension("saleflex-journal")
}

/// The file of a till whose power was cut: what it sold last lies in the log alone.
fn cut_off() -> (tempfile::TempDir, PathBuf) {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.saleflex");
    fs::copy(shop.path(), &path).unwrap();
    fs::copy(log_of(&shop.path()), log_of(&path)).unwrap();
    (folder, path)
}

fn bytes(path: &Path) -> (Vec<u8>, Vec<u8>) {
    (fs::read(path).unwrap(), fs::read(log_of(path)).unwrap())
}

#[cfg(unix)]
#[test]
fn a_till_in_use_is_in_use_under_every_name_that_leads_to_it() {
    let shop = Shop::open();
    let elsewhere = tempfile::tempdir().unwrap();
    let (link, folder) = (elsewhere.path().join("till.link"), elsewhere.path().join("folder"));
    std::os::unix::fs::symlink(shop.path(), &link).unwrap();
    std::os::unix::fs::symlink(shop.folder.path(), &folder).unwrap();
    let by_way_back = shop.folder.path().join("..").join(shop.folder.path().file_name().unwrap());
    let names = [link.clone(), folder.join("till.saleflex"), by_way_back.join("till.saleflex")];
    for name in &names {
        assert!(matches!(open(name), Err(Error::Open(OpenError::InUse { .. }))), "{}", name.display());
    }
    let (_folder, path) = shop.stopped();
    let till = open(&link).unwrap();
    assert_eq!(till.path(), path.canonicalize().unwrap());
    assert!(matches!(open(&path), Err(Error::Open(OpenError::InUse { .. }))));
}

#[cfg(unix)]
#[test]
fn a_file_with_two_names_is_refused_under_both() {
    let (folder, path) = Shop::open().stopped();
    let second = folder.path().join("second.saleflex");
    fs::hard_link(&path, &second).unwrap();
    for name in [&path, &second] {
        assert!(matches!(open(name), Err(Error::Open(OpenError::HardLinked { names: 2, .. }))));
    }
    fs::remove_file(second).unwrap();
    open(&path).unwrap();
}

#[test]
fn a_folder_is_refused_as_a_folder_whatever_lies_in_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("within")).unwrap();
    let made = Till::create(folder.path(), setup(), ManualShell::starting(morning(), 2));
    for refused in [open(folder.path()).err(), made.err()] {
        assert!(matches!(refused, Some(Error::Open(OpenError::Folder { .. }))), "{refused:?}");
    }
}

#[cfg(unix)]
#[test]
fn no_till_is_made_through_a_link_that_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let (link, target) = (folder.path().join("link"), folder.path().join("target"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let made = Till::create(&link, setup(), ManualShell::starting(morning(), 2));
    assert!(matches!(made, Err(Error::Open(OpenError::Io { .. }))), "{made:?}");
    assert!(!target.exists());
}

#[test]
fn rescue_reads_what_lies_in_the_log_and_leaves_it_there() {
    for stray in [None, Some("of another file")] {
        let (_folder, path) = cut_off();
        if let Some(stray) = stray {
            fs::write(journal_of(&path), stray).unwrap();
        }
        let before = bytes(&path);
        let Verification::Whole(whole) = rescue::verify(&path).unwrap() else { panic!("tampered") };
        assert_eq!(whole.documents, 1, "the sale lies in the log");
        let mut lines = Vec::new();
        rescue::export(&path, &mut lines).unwrap();
        assert!(String::from_utf8(lines).unwrap().contains("\"table\":\"document\""));
        assert!(bytes(&path) == before, "{stray:?}");
        let till = open(&path).unwrap();
        assert_eq!(till.verify().unwrap(), Verification::Whole(whole));
    }
}

#[test]
fn a_refused_file_keeps_its_log() {
    let (_folder, path) = cut_off();
    // A newer program's till, and another program's database, both with something in their logs.
    let (newer, foreign) = ("PRAGMA user_version = 99", "PRAGMA application_id = 1");
    for (pragma, has_journal) in [(newer, false), (newer, true), (foreign, false), (foreign, true)] {
        let folder = tempfile::tempdir().unwrap();
        let (source, copy) = (folder.path().join("source.saleflex"), folder.path().join("copy.saleflex"));
        fs::copy(&path, &source).unwrap();
        fs::copy(log_of(&path), log_of(&source)).unwrap();
        let other = Connection::open(&source).unwrap();
        other.execute_batch(pragma).unwrap();
        fs::copy(&source, &copy).unwrap();
        fs::copy(log_of(&source), log_of(&copy)).unwrap();
        if has_journal {
            fs::write(journal_of(&copy), "of another file").unwrap();
        }
        let before = bytes(&copy);
        let made = Till::create(&copy, setup(), ManualShell::starting(morning(), 2));
        assert!(matches!(made, Err(Error::Open(OpenError::Exists { .. }))), "{made:?}");
        let refused = open(&copy);
        assert!(
            matches!(refused, Err(Error::Open(OpenError::Newer { .. } | OpenError::NotATill { .. }))),
            "{pragma}: {refused:?}"
        );
        assert!(bytes(&copy) == before, "{pragma} {has_journal}");
    }
}

#[test]
fn what_the_power_cut_left_beside_a_journal_is_rolled_back_and_another_programs_is_left_alone() {
    let (folder, path) = Shop::open().stopped();
    let half_done = |name: &str, pragma: &str, value: i64| {
        let other = Connection::open(&path).unwrap();
        // As a backup that is opened for the first time.
        other.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).unwrap();
        other.pragma_update(None, pragma, value).unwrap();
        other.pragma_update(None, "cache_size", 1).unwrap();
        let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
                    INSERT INTO half SELECT randomblob(3000) FROM n";
        other.execute_batch(&format!("BEGIN IMMEDIATE; CREATE TABLE half (a); {many}")).unwrap();
        let copy = folder.path().join(name);
        fs::copy(&path, &copy).unwrap();
        fs::copy(journal_of(&path), journal_of(&copy)).unwrap();
        other.execute_batch("ROLLBACK").unwrap();
        copy
    };
    let ours = half_done("ours.saleflex", "application_id", 0x5346_544C);
    let beside = Till::read(&ours, ManualShell::starting(morning(), 2)).map(drop);
    assert!(matches!(beside, Err(Error::Open(OpenError::CutShort { .. }))), "{beside:?}");
    assert!(matches!(rescue::verify(&ours).unwrap(), Verification::Whole(_)));
    assert!(!journal_of(&ours).exists());
    open(&ours).unwrap();
    let both = |path: &Path| (fs::read(path).unwrap(), fs::read(journal_of(path)).unwrap());
    let newer = half_done("newer.saleflex", "user_version", 99);
    let before = both(&newer);
    assert!(matches!(open(&newer), Err(Error::Open(OpenError::Newer { found: 99, .. }))));
    assert!(both(&newer) == before);
    let foreign = half_done("foreign.saleflex", "application_id", 1);
    let before = both(&foreign);
    assert!(matches!(open(&foreign), Err(Error::Open(OpenError::NotATill { .. }))));
    assert!(both(&foreign) == before);
}

#[test]
fn a_journal_goes_aside_with_its_file_and_is_not_taken_for_the_restored_ones() {
    let (folder, path) = Shop::open().stopped();
    let backup = folder.path().join("backup.saleflex");
    open(&path).unwrap().backup(&backup).unwrap();
    let journal = path.with_extension("saleflex-journal");
    fs::write(&journal, "of the old file").unwrap();
    let aside = rescue::restore(&backup, &path, rescue::InPlace::PutAside).unwrap().unwrap();
    assert!(!journal.exists());
    let kept = fs::read_to_string(format!("{}-journal", aside.display())).unwrap();
    assert_eq!(kept, "of the old file");
    open(&path).unwrap();
}
