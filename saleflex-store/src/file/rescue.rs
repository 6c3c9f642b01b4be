//! What can still be done with a file that does not open as a till: see what is wrong with it, and get out of it
//! what can be read.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    checks::verify::{self, Verification},
    error::{Error, OpenError},
    file::{backup, connection::Database},
};

/// Looks through the journal of a file as [`crate::Till::verify`] does, without opening it as a till. Nothing in it
/// or in its log is changed; what a journal beside it tells of a power cut is rolled back first.
///
/// # Errors
/// [`Error::Open`] when it is no till's or in use; [`Error::Database`] where it cannot be read on.
pub fn verify(path: impl AsRef<Path>) -> Result<Verification, Error> {
    verify::verify(Database::look_at(path.as_ref())?.connection())
}

/// Writes every row of a file that can be read as lines of JSON, as [`crate::Till::export`] does. What was written
/// before an error is good.
///
/// # Errors
/// As [`verify()`], and a failure of `out`.
pub fn export(path: impl AsRef<Path>, out: &mut dyn Write) -> Result<(), Error> {
    backup::export(Database::look_at(path.as_ref())?.connection(), out)
}

/// Whether a till that stands where a backup is restored may be put aside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InPlace {
    /// Nothing may stand there.
    Refuse,
    /// What stands there is renamed and kept.
    PutAside,
}

/// Puts a copy of a backup where a till is to be. The backup must be whole and stays as it is; the till that stood
/// there is kept under another name, which is the answer.
///
/// # Errors
/// [`Error::Open`] with [`OpenError::Exists`] where a till stands and is not to be put aside, with
/// [`OpenError::InUse`] while one is at work with either file, with [`OpenError::Damaged`] when the backup is not
/// whole: nothing was changed then. Otherwise [`Error::Database`] when the file cannot be read.
pub fn restore(
    backup: impl AsRef<Path>,
    to: impl AsRef<Path>,
    in_place: InPlace,
) -> Result<Option<PathBuf>, Error> {
    let source = Database::look_at(backup.as_ref())?;
    if let Verification::Tampered { seq, what } = verify::verify(source.connection())? {
        return Err(OpenError::Damaged { finding: format!("event {seq}: {what}") }.into());
    }
    let (to, _lock) = Database::keep_off(to.as_ref())?;
    if to.exists() && in_place == InPlace::Refuse {
        return Err(OpenError::Exists { path: to }.into());
    }
    let restored = with_ending(&to, ".restored");
    if restored.exists() {
        fs::remove_file(&restored)?;
    }
    backup::copy(source.connection(), &restored)?;
    let aside = if to.exists() { Some(put_aside(&to)?) } else { None };
    // A log or journal without its file would be taken for the restored one's.
    for ending in ["-wal", "-shm", "-journal"] {
        let left = with_ending(&to, ending);
        if left.exists() {
            fs::remove_file(left)?;
        }
    }
    fs::rename(restored, &to)?;
    Ok(aside)
}

/// Renames a file with its log or journal, the file first: a log alone is never taken for a till.
fn put_aside(path: &Path) -> Result<PathBuf, Error> {
    let free =
        (1..=u32::MAX).map(|no| with_ending(path, &format!(".replaced-{no}"))).find(|name| !name.exists());
    let aside = free.expect("fewer files than numbers lie beside a till");
    fs::rename(path, &aside)?;
    for ending in ["-wal", "-journal"] {
        let log = with_ending(path, ending);
        if log.exists() {
            fs::rename(log, with_ending(&aside, ending))?;
        }
    }
    Ok(aside)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
