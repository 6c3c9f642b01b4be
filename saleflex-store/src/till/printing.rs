//! What of this till is on paper.

use saleflex_core::{
    document::{self, Document},
    journal::{CopyOf, Entry, Event},
};

use super::Till;
use crate::{
    books::{drafts, history::Found, journal},
    error::Error,
    file::connection::Transaction,
    printing::{self, PrintQueue},
};

/// Paper.
impl Till {
    /// The print queue. It may be moved to another thread and works beside the till; ask for one at a time.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn print_queue(&self) -> Result<PrintQueue, Error> {
        let (connection, lock) = self.database.further()?;
        PrintQueue::open(connection, lock)
    }

    /// Says whether anybody prints at this till. From the moment somebody does, [`Till::unprinted`] tells what was
    /// settled since and is not in the queue; what came before is never printed by itself.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
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

    /// What completed documents, closed a period or gave change out of a deposit and is not in the print queue yet, in
    /// order, each with its place in the journal: give that to [`PrintQueue::add`]. Empty where nobody prints.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn unprinted(&self) -> Result<Vec<(i64, Entry)>, Error> {
        let Some(seq) = printing::cursor(self.connection())? else { return Ok(Vec::new()) };
        let places = printing::entries_with_paper(self.connection(), seq)?;
        let settled = places.into_iter().map(|seq| Ok((seq, journal::read(self.connection(), seq)?)));
        let mut found = settled.collect::<Result<Vec<_>, Error>>()?;
        found.extend(self.change_of_deposits(seq)?);
        found.sort_by_key(|(seq, _)| *seq);
        Ok(found)
    }

    /// What gave change behind a place of the journal, out of deposits on documents that are not finished: no paper of
    /// theirs says it again.
    fn change_of_deposits(&self, after: i64) -> Result<Vec<(i64, Entry)>, Error> {
        let mut roots = drafts::paid_aside_behind(self.connection(), after)?;
        let gives_change = |document: &&Document| {
            document.kind.takes_deposits()
                && document.tenders.iter().any(|tender| tender.change.is_positive())
        };
        roots.extend(self.draft().filter(gives_change).map(|document| document.id));
        let mut found = Vec::new();
        for root in roots {
            let steps = journal::steps(self.connection(), root.uuid(), after)?;
            let of_change = steps.into_iter().filter(|step| hands_out_change(&step.entry));
            found.extend(of_change.map(|step| (step.seq, step.entry)));
        }
        Ok(found)
    }

    /// Writes down that paper which was printed before is printed once more: every copy is in the audit trail.
    ///
    /// # Errors
    /// [`Error::NoSuchDocument`] for a document that is not finished, [`Error::NoSuchClosure`]; [`Error::TillLocked`].
    pub fn record_copy(&mut self, of: CopyOf) -> Result<(), Error> {
        if self.lock.is_some() {
            return Err(Error::TillLocked);
        }
        let entity = match of {
            CopyOf::Document(document) => match self.find_document(document)? {
                Some(Found::Completed(_) | Found::Cancelled(_)) => document.uuid(),
                Some(Found::Open(_) | Found::Suspended(_)) | None => {
                    return Err(Error::NoSuchDocument { document });
                }
            },
            CopyOf::Period(number) => {
                self.closure(number)?;
                self.period.id
            }
        };
        self.commit_event(Event::CopyPrinted { of }, entity, |_, _| Ok(()))
    }
}

/// Whether an entry gave change out of a payment without completing anything.
fn hands_out_change(entry: &Entry) -> bool {
    let is_change = |event: &document::Event| {
        let document::Event::ChangeGiven { amount, tender, .. } = event else { return false };
        tender.is_some() && amount.is_positive()
    };
    entry.effects.completed.is_empty() && entry.document_events().iter().any(is_change)
}
