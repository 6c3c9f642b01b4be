//! What of this till is on paper.

use saleflex_core::journal::Entry;

use super::Till;
use crate::{
    connection::Transaction,
    error::Error,
    journal,
    printing::{self, PrintQueue},
};

/// Paper.
impl Till {
    /// The print queue. It may be moved to another thread and works beside the till; ask for one at a time.
    ///
    /// # Errors
    /// A failure of the disk.
    pub fn print_queue(&self) -> Result<PrintQueue, Error> {
        let (connection, lock) = self.database.further()?;
        PrintQueue::open(connection, lock)
    }

    /// Says whether anybody prints at this till. From the moment somebody does, [`Till::unprinted`] tells what was
    /// settled since and is not in the queue; what came before is never printed by itself.
    ///
    /// # Errors
    /// A failure of the disk.
    pub fn set_printing(&mut self, is_on: bool) -> Result<(), Error> {
        if printing::cursor(self.connection())?.is_some() == is_on {
            return Ok(());
        }
        let last = self.head.seq;
        let transaction = Transaction::begin(self.database.connection_mut())?;
        if is_on {
            printing::begin_after(&transaction, last)?;
        } else {
            printing::stop(&transaction)?;
        }
        transaction.commit()
    }

    /// What completed documents or closed a period and is not in the print queue yet, in order, each with its place in
    /// the journal: give that to [`PrintQueue::add`]. Empty where nobody prints.
    ///
    /// # Errors
    /// A failure of the disk.
    pub fn unprinted(&self) -> Result<Vec<(i64, Entry)>, Error> {
        let Some(seq) = printing::cursor(self.connection())? else { return Ok(Vec::new()) };
        let places = printing::entries_with_paper(self.connection(), seq)?;
        places.into_iter().map(|seq| Ok((seq, journal::read(self.connection(), seq)?))).collect()
    }
}
