//! Why a till cannot be opened or made.

use std::path::PathBuf;

/// Why a file cannot be opened as a till.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no such file, or one in which making a till was cut short.
    #[error("{} does not exist", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file is there already; a till never overwrites one.
    #[error("{} exists already", path.display())]
    Exists {
        /// Where the file is.
        path: PathBuf,
    },
    /// The file is not a till of this product.
    #[error("{} is not a till", path.display())]
    NotATill {
        /// The file that is none.
        path: PathBuf,
    },
    /// The power failed while the file was written, and who only looks cannot put it right. A till of this program that
    /// opens it does.
    #[error("{} was being written when the power failed: open it once with a till, which puts it right", path.display())]
    CutShort {
        /// The file that is half written.
        path: PathBuf,
    },
    /// A folder stands there, and a till is one file.
    #[error("{} is a folder", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file was written by a newer version. Update the program; the file was not touched.
    #[error("the file has version {found}, this program knows up to {known}")]
    Newer {
        /// The file's version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The file is of an older version and is only to be read; a till of this program brings it to the newest.
    #[error("the file has version {found}: open it once with a till, which brings it to {known}")]
    Older {
        /// The file's version.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The file is damaged. Restore a backup; what is readable can be exported.
    #[error("the file is damaged: {finding}")]
    Damaged {
        /// What SQLite's check said first.
        finding: String,
    },
    /// Who started the program may not write the file, or not beside it, where its log lies.
    #[error("{} is read-only: give this user the right to write it and its folder", path.display())]
    ReadOnly {
        /// The file that may not be written.
        path: PathBuf,
    },
    /// Another till, in this process or another, has the file open.
    #[error("{} is in use by another till", path.display())]
    InUse {
        /// The file that is in use.
        path: PathBuf,
    },
    /// The file has more than one name in the file system. Under each of them it would be another till's: copy it
    /// instead of linking it.
    #[error("{} has {names} names", path.display())]
    HardLinked {
        /// One of its names.
        path: PathBuf,
        /// How many names it has.
        names: u64,
    },
    /// A step to the newest version failed; the file is as it was.
    #[error("the file cannot be brought to the newest version")]
    Migration {
        /// What failed.
        #[source]
        cause: Box<rusqlite_migration::Error>,
    },
    /// The file or its lock cannot be reached.
    #[error("{} cannot be opened", path.display())]
    Io {
        /// The file that cannot be reached.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}
