//! A till that is only looked at, beside the one that sells.

use std::{ops::Deref, path::Path};

use super::Till;
use crate::{checks::health::Health, error::Error, file::connection::Database, goods::catalog, shell::Shell};

/// A till as it was when it was opened for reading: one moment of the file, while another program may go on selling
/// with it. What changes a till needs it `mut`, and this never hands it out so; the file is opened read-only as
/// well.
#[derive(Debug)]
pub struct TillReader(Till);

impl Till {
    /// Opens a till to look at it. It takes no lock, recovers nothing, begins no epoch and brings no file to a newer
    /// version.
    ///
    /// # Errors
    /// [`Error::Open`] with the reason the file was refused; [`crate::error::OpenError::Older`] until a till of this
    /// program has opened it once.
    pub fn read(path: impl AsRef<Path>, shell: impl Shell + 'static) -> Result<TillReader, Error> {
        let mut database = Database::beside(path.as_ref())?;
        let (catalog, broken) = catalog::load(database.connection_mut())?;
        Self::load(database, Box::new(shell), catalog, broken).map(TillReader)
    }

    /// How the file is: its size, its log, what waits to be sent, and what SQLite finds wrong with it. It takes as
    /// long as the file is large.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn health(&self) -> Result<Health, Error> {
        Health::of(self.connection(), self.path())
    }
}

impl Deref for TillReader {
    type Target = Till;

    fn deref(&self) -> &Till {
        &self.0
    }
}
