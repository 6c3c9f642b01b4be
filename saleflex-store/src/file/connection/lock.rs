//! One file, one till: whatever name the file is reached by.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
};

use crate::error::OpenError;

/// The one name of a file: absolute, without links. The file need not exist, its folder must.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, OpenError> {
    let io = |cause| OpenError::Io { path: path.to_owned(), cause };
    match fs::canonicalize(path) {
        // A link that leads nowhere is no file that could be made.
        Err(cause) if cause.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            let name = path.file_name().ok_or_else(|| io(cause))?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Ok(fs::canonicalize(folder.unwrap_or(Path::new("."))).map_err(io)?.join(name))
        }
        Ok(folder) if folder.is_dir() => Err(OpenError::Folder { path: path.to_owned() }),
        resolved => resolved.map_err(io),
    }
}

/// How often a lock is tried before its file counts as in use: some milliseconds.
const TRIES: u32 = 2_000;

/// Takes the lock file beside the database. The system releases it when the process ends, however it ends.
pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let io = |cause| OpenError::Io { path: path.to_owned(), cause };
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(name).map_err(io)?;
    // A program that this process starts holds its locks as well, from its birth until it runs: a till that closed just
    // then is free again in a moment.
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => thread::yield_now(),
            Err(TryLockError::Error(cause)) => return Err(io(cause)),
        }
    }
    Err(OpenError::InUse { path: path.to_owned() })
}

/// Refuses a file with a second name: under each of them it would have another lock and another log.
#[cfg(unix)]
pub(super) fn refuse_second_name(path: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::MetadataExt;

    let metadata = fs::metadata(path).map_err(|cause| OpenError::Io { path: path.to_owned(), cause })?;
    if metadata.is_dir() {
        let cause = io::ErrorKind::IsADirectory.into();
        return Err(OpenError::Io { path: path.to_owned(), cause });
    }
    let names = metadata.nlink();
    if names > 1 { Err(OpenError::HardLinked { path: path.to_owned(), names }) } else { Ok(()) }
}

/// How many names a file has is not told here.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can refuse")]
pub(super) const fn refuse_second_name(_path: &Path) -> Result<(), OpenError> {
    Ok(())
}
