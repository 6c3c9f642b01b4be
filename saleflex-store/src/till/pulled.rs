//! What a hub sent and the till takes over.

use chrono::{DateTime, Utc};
use saleflex_core::{
    catalog::{CatalogChange, Reference},
    document::Document,
    journal::{Entry, Event},
    settings::Settings,
};
use uuid::Uuid;

mod business;
mod groups;

pub use self::{business::PulledCustomer, groups::PulledMember};
use super::Till;
use crate::{
    error::Error,
    exchange::inbox::{self, HeldRow, Inbox, Message, PullState, PulledRow, Taken, mark_read, unread},
    goods::catalog,
};

/// What a hub sent.
impl Till {
    /// The receiver's side of a connector. It may be moved to another thread and works beside the till.
    ///
    /// # Errors
    /// [`Error::NoSuchConnector`].
    pub fn inbox(&self, connector: &str) -> Result<Inbox, Error> {
        self.need_connector(connector)?;
        let (connection, lock) = self.database.further()?;
        Ok(Inbox::new(connector.to_owned(), connection, lock))
    }

    /// Where the till is in the changes of a hub.
    ///
    /// # Errors
    /// [`Error::NoSuchConnector`].
    pub fn pull_state(&self, connector: &str) -> Result<PullState, Error> {
        self.need_connector(connector)?;
        inbox::state(self.connection(), connector)
    }

    /// The rows of a resource that a hub sent, taken over or not.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn pulled_rows(&self, connector: &str, resource: &str) -> Result<Vec<PulledRow>, Error> {
        inbox::rows(self.connection(), connector, resource)
    }

    /// At most so many of them that wait to be taken over; those that did not fit before come last.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn waiting_rows(
        &self,
        connector: &str,
        resource: &str,
        most: usize,
    ) -> Result<Vec<PulledRow>, Error> {
        inbox::waiting(self.connection(), connector, resource, most)
    }

    /// At most so many rows that wait and say that somebody was erased: they are taken over whoever decides about
    /// customers.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn waiting_erasures(&self, connector: &str, most: usize) -> Result<Vec<PulledRow>, Error> {
        inbox::waiting_erasures(self.connection(), connector, most)
    }

    /// At most so many rows that a hub sent and that did not fit when it was tried, each with why.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn held_rows(&self, connector: &str, limit: u32) -> Result<Vec<HeldRow>, Error> {
        inbox::held(self.connection(), connector, limit)
    }

    /// Whether a pulled change may show now: no document is open, so none has two prices of one thing.
    pub fn is_between_documents(&self) -> bool {
        self.draft().is_none_or(Document::is_blank)
    }

    /// Puts the hub's tax rates, departments, units and masks in the place of the till's, and notes what became of the
    /// rows they were made of; all in one transaction. The hub decides, so nobody at the till needs a capability.
    /// Of a tax rate that documents used, another percentage is in force from the business date on.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::Catalog`] with all that is wrong, and nothing has changed then.
    pub fn take_over_reference(
        &mut self,
        connector: &str,
        reference: &Reference,
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        let today = self.shell.now().business_date;
        let reference = &self.with_rates_followed(reference, today)?;
        let next = self.catalog_with(reference)?;
        let event = self.reference_replaced(reference);
        self.commit_of_hub(event, |connection, _| {
            catalog::replace_reference(connection, reference)?;
            inbox::mark(connection, connector, taken)
        })?;
        self.catalog = next;
        Ok(())
    }

    /// Puts settings in the place of the till's, of which its hub has set some, and notes what became of the rows that said
    /// so; all in one transaction. The hub decides, so nobody at the till needs a capability.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::Settings`] when no till can work by them, and nothing has changed then.
    pub fn take_over_settings(
        &mut self,
        connector: &str,
        settings: Settings,
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        settings.validate()?;
        let was = Some(Box::new(self.settings.clone()));
        let cash = self.cash_before(&settings)?;
        let event = Event::SettingsChanged { settings: Box::new(settings.clone()), was, cash };
        let now = self.shell.now();
        let write = self.writes_settings(now, &settings);
        self.commit_of_hub(event, |connection, _| {
            write(connection)?;
            inbox::mark(connection, connector, taken)
        })?;
        self.go_by(settings);
        Ok(())
    }

    /// Takes over products and barcodes of the hub, as [`Till::take_over_reference`] does.
    ///
    /// # Errors
    /// As [`Till::take_over_reference`].
    pub fn take_over(
        &mut self,
        connector: &str,
        change: CatalogChange,
        taken: &[Taken],
    ) -> Result<(), Error> {
        self.need_between_documents()?;
        if change == CatalogChange::default() {
            let transaction = self.database.connection_mut().transaction()?;
            inbox::mark(&transaction, connector, taken)?;
            transaction.commit()?;
            return self.know_old_barcodes(taken);
        }
        self.catalog.validate(&change)?;
        let event = Event::CatalogChanged {
            change: Box::new(change.clone()),
            opens_stock: false,
            limits: Vec::new(),
        };
        self.commit_of_hub(event, |connection, seq| {
            catalog::apply(connection, seq, &change)?;
            inbox::mark(connection, connector, taken)
        })?;
        self.catalog.apply(change)?;
        self.know_old_barcodes(taken)
    }

    /// Reads anew what barcodes were before, where rows of barcodes were looked at.
    fn know_old_barcodes(&mut self, taken: &[Taken]) -> Result<(), Error> {
        if taken.iter().any(|row| row.resource == inbox::BARCODES) {
            let old = inbox::old_barcodes(self.connection())?;
            self.catalog.set_old_barcodes(old);
        }
        Ok(())
    }

    /// Messages that nobody has read and that are not void, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn messages(&self, now: DateTime<Utc>) -> Result<Vec<Message>, Error> {
        unread(self.connection(), now)
    }

    /// Somebody has read a message; the hub hears of it. Answers whether there was one to read.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn message_read(&mut self, id: Uuid) -> Result<bool, Error> {
        let now = self.shell.now();
        mark_read(self.connection(), id, now.instant)
    }

    /// The hub has seen more of this life than the file holds: the file is an older copy. It begins another life, with
    /// receipt numbers that no other gave out.
    ///
    /// # Errors
    /// [`Error::DocumentOpen`]; [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn begin_another_life(&mut self) -> Result<(), Error> {
        self.need_between_documents()?;
        self.connection().execute("UPDATE till SET is_copy = 1", [])?;
        self.begin_epoch_of_a_copy()
    }

    fn commit_of_hub(
        &mut self,
        event: Event,
        write: impl FnOnce(&rusqlite::Connection, i64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (now, terminal) = (self.shell.now(), self.identity.terminal.uuid());
        let entry = Entry::new(terminal, now, None, self.period.period.number, event);
        self.commit(&entry, None, None, write)
    }

    pub(super) fn need_between_documents(&self) -> Result<(), Error> {
        if self.is_between_documents() { Ok(()) } else { Err(Error::DocumentOpen) }
    }

    pub(super) fn need_connector(&self, connector: &str) -> Result<(), Error> {
        if self.connectors.iter().any(|known| known == connector) {
            Ok(())
        } else {
            Err(Error::NoSuchConnector { name: connector.to_owned() })
        }
    }
}
