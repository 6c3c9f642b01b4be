//! Keeping the till whole: verification, backup, export, connectors.

use std::{io::Write, path::Path};

use saleflex_core::{
    cashier::Capability,
    journal::{ChainHead, Event},
};

use super::Till;
use crate::{
    checks::verify::{self, Verification},
    error::Error,
    exchange::outbox::{self, Outbox},
    file::backup,
};

/// Upkeep.
impl Till {
    /// Looks through the whole journal: every payload against its digest, every digest against the chain, every
    /// stored document, closure and movement against the journal, and every document against a replay of its
    /// events. It takes as long as the journal is.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read. What was tampered with is an answer, not an error.
    pub fn verify(&self) -> Result<Verification, Error> {
        verify::verify(self.connection())
    }

    /// The end of the chain: noted elsewhere, on a Z report or at the hub, it proves later that nothing was cut off
    /// the journal.
    pub const fn chain_head(&self) -> &ChainHead {
        &self.head
    }

    /// Copies the till to a new file while it works. A copy that is opened begins an epoch of its own.
    ///
    /// # Errors
    /// [`crate::error::OpenError::Exists`]; [`Error::Database`] when the file cannot be read.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), Error> {
        backup::copy(self.connection(), to.as_ref())
    }

    /// Writes everything the till knows as lines of JSON, but the cashiers' secrets.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read or of `out`.
    pub fn export(&self, out: &mut dyn Write) -> Result<(), Error> {
        backup::export(self.connection(), out)
    }

    /// Keeps the file from growing beyond a size while this till is open, on a disk that it shares; none: as large
    /// as the disk allows. A command that would need more is refused as [`Error::DiskFull`].
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Locked`] while another program holds the file.
    pub fn limit_size(&mut self, bytes: Option<u64>) -> Result<(), Error> {
        let page: u32 = self.connection().query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = bytes.map_or(u64::from(u32::MAX - 1), |bytes| (bytes / u64::from(page)).max(1));
        // A limit below the present size means: no page more.
        self.connection().query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        Ok(())
    }

    /// The sender's side of a connector. It may be moved to another thread and works beside the till.
    ///
    /// # Errors
    /// [`Error::NoSuchConnector`].
    pub fn outbox(&self, connector: &str) -> Result<Outbox, Error> {
        self.need_connector(connector)?;
        let (connection, lock) = self.database.further()?;
        Ok(Outbox::new(connector.to_owned(), connection, lock))
    }

    /// Writes off an event that was set aside: it will never be sent. It stays in the journal, and so does who wrote
    /// it off and why.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::NotSetAside`] unless it was set aside.
    pub fn discard_delivery(&mut self, connector: &str, no: u64, reason: String) -> Result<(), Error> {
        self.need(Capability::SettingsWrite)?;
        let terminal = self.identity.terminal.uuid();
        let event = Event::DeliveryDiscarded { connector: connector.to_owned(), no, reason };
        self.commit_event(event, terminal, |disk, _| {
            let is_discarded = outbox::discard(disk, connector, no)?;
            let not_set_aside = || Error::NotSetAside { connector: connector.to_owned(), no };
            is_discarded.then_some(()).ok_or_else(not_set_aside)
        })
    }

    /// The configured connectors.
    pub fn connectors(&self) -> &[String] {
        &self.connectors
    }

    /// Configures a connector: from now on every event that travels is queued for it, and so are those of the
    /// past.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::Taken`] when it is configured already.
    pub fn add_connector(&mut self, name: &str) -> Result<(), Error> {
        self.need(Capability::SettingsWrite)?;
        if self.connectors.iter().any(|known| known == name) {
            return Err(Error::Taken { code: name.to_owned() });
        }
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Err(Error::BadRecord { record: "connector" });
        }
        let transaction = self.database.connection_mut().transaction()?;
        outbox::add_connector(&transaction, name)?;
        transaction.commit()?;
        self.connectors.push(name.to_owned());
        self.connectors.sort();
        Ok(())
    }
}
