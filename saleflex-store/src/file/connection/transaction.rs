//! The transaction of a command.

use std::ops::Deref;

use rusqlite::Connection;

use crate::error::Error;

/// The transaction of a command, rolled back unless it is committed. Its own statements are kept ready like all
/// others: read anew each time, they would be a tenth of what adding a line costs besides the disk.
#[derive(Debug)]
pub(crate) struct Transaction<'a>(&'a Connection);

impl<'a> Transaction<'a> {
    pub(crate) fn begin(connection: &'a mut Connection) -> Result<Self, Error> {
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(Self(connection))
    }

    pub(crate) fn commit(self) -> Result<(), Error> {
        self.0.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // Where even this fails the disk is gone, and what failed first is what the caller hears of.
            drop(self.0.execute_batch("ROLLBACK"));
        }
    }
}
