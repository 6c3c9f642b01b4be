//! Making a till's file: under another name, until it is whole.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use super::{APPLICATION_ID, AfterStatement, PAGE_BYTES, guard, trace, unreachable_file};
use crate::{
    error::Error,
    file::{backup, migrate},
};

/// What SQLite keeps beside a file, whose journal or log it would be.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

/// Makes the file of `path`, whole or not at all. What was left of a file that was not finished is made anew.
pub(super) fn make(
    path: &Path,
    after_statement: Option<AfterStatement>,
    fill: impl FnOnce(&Connection) -> Result<(), Error>,
) -> Result<(), Error> {
    let unfinished = with_ending(path, ".unfinished");
    clear(&unfinished, &[""])?;
    clear(&unfinished, &BESIDE)?;
    write(&unfinished, after_statement, fill)
        .and_then(|()| put_in_place(&unfinished, path))
        .inspect_err(|_| remove(&unfinished))
}

/// Takes away what could not be made: a full disk gets its room back. Where even this fails, what failed first is what
/// the caller hears of.
pub(super) fn remove(path: &Path) {
    drop(clear(path, &[""]).and_then(|()| clear(path, &BESIDE)));
}

/// Writes the whole file. Nothing is synced and nothing could be rolled back after a power cut: then it is made anew.
fn write(
    unfinished: &Path,
    after_statement: Option<AfterStatement>,
    fill: impl FnOnce(&Connection) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut connection = Connection::open(unfinished).map_err(|cause| unreachable_file(unfinished, cause))?;
    trace(&mut connection, after_statement);
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.query_row("PRAGMA journal_mode = MEMORY", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    guard(&connection)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrate::to_newest(&mut connection)?;
    let transaction = connection.transaction()?;
    fill(&transaction)?;
    transaction.commit()?;
    // While the file has its own name already, this would be done beside a journal which who only looks cannot roll back.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.close().map_err(|(_, cause)| cause)?;
    Ok(())
}

/// Gives the finished file its name, once all of it is on the disk.
fn put_in_place(unfinished: &Path, path: &Path) -> Result<(), Error> {
    let on_disk = fs::OpenOptions::new().write(true).open(unfinished).and_then(|file| file.sync_all());
    on_disk.map_err(
        |cause| if cause.kind() == ErrorKind::StorageFull { Error::DiskFull } else { cause.into() },
    )?;
    // A log without its file would be taken for the new one's.
    clear(path, &BESIDE)?;
    fs::rename(unfinished, path)?;
    backup::sync_folder(path).inspect_err(|_| remove(path))
}

fn clear(path: &Path, endings: &[&str]) -> io::Result<()> {
    for ending in endings {
        match fs::remove_file(with_ending(path, ending)) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
