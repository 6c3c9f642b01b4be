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
    goods::stock,
};

/// The most bytes of the address of a hub.
const LONGEST_ADDRESS: usize = 300;

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
        if !is_connector(name) {
            return Err(Error::BadRecord { record: "connector" });
        }
        let transaction = self.database.connection_mut().transaction()?;
        outbox::add_connector(&transaction, name)?;
        transaction.commit()?;
        self.connectors.push(name.to_owned());
        self.connectors.sort();
        Ok(())
    }

    /// Takes over the number that a hub gave the till in its store: it stands on paper and in the numbers of goods movements
    /// from now on. Two tills of a store that were set up alike are told apart by it.
    ///
    /// # Errors
    /// [`Error::BadRecord`] for none from 1 to 9999; when the file cannot be written.
    pub fn take_register_number(&mut self, number: u32) -> Result<(), Error> {
        if !(1..=9_999).contains(&number) {
            return Err(Error::BadRecord { record: "register" });
        }
        let code = number.to_string();
        let transaction = self.database.connection_mut().transaction()?;
        transaction.execute("UPDATE till SET terminal_code = ?1", [&code])?;
        transaction.commit()?;
        self.identity.terminal_code = code;
        Ok(())
    }

    /// Chooses the hub the till works with; none: it works on its own. Asked for before anything is sent there, each time:
    /// whoever says where a till sends its sales and takes its prices from has it in hand. Where it was and where it is
    /// stand in the audit trail, and its connector is configured if it was not: that hub is told what the till was made with
    /// on its shelves.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability; [`Error::BadRecord`] for a connector or an address that is none.
    pub fn choose_hub(&mut self, was: Option<&str>, hub: Option<(&str, &str)>) -> Result<(), Error> {
        self.need(Capability::SettingsWrite)?;
        // What stands before an `@` may be a secret, and the trail holds none.
        let is_address = |address: &&str| address.len() <= LONGEST_ADDRESS && !address.contains('@');
        if hub.is_some_and(|(_, address)| !is_address(&address)) {
            return Err(Error::BadRecord { record: "hub" });
        }
        let connector = hub.map(|(connector, _)| connector);
        let new = connector.filter(|name| !self.connectors.iter().any(|known| known == name));
        if new.is_some_and(|name| !is_connector(name)) {
            return Err(Error::BadRecord { record: "connector" });
        }
        // What no movement led to is told once, to each hub that hears of all movements.
        let shelves = new.map(|_| stock::first_shelves(self.connection())).transpose()?.flatten();
        let told = shelves.as_ref().map(|_| self.shell.new_id());
        let event = Event::HubChosen {
            connector: connector.map(str::to_owned),
            was: was.filter(is_address).map(str::to_owned),
            address: hub.map(|(_, address)| address.to_owned()),
            shelves: shelves.map(Box::new),
        };
        let entity = told.unwrap_or_else(|| self.identity.terminal.uuid());
        self.commit_event(event, entity, |disk, _| {
            new.map_or(Ok(()), |name| outbox::add_connector(disk, name))
        })?;
        self.connectors.extend(new.map(str::to_owned));
        self.connectors.sort();
        Ok(())
    }
}

fn is_connector(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}
