//! The till's connection to a hub: what the file of settings says, and what it is made of.

use std::{io, path::PathBuf};

use saleflex_core::loyalty::PointsAuthority;
use saleflex_store::{Error, Shell, Till};
use saleflex_sync::{
    plan::{Intervals, Mode, Schedule},
    points::HubPoints,
    till::{TillInbox, TillOutbox},
    transport::{Address, BadAddress, HttpTransport},
    wire::{Domain, Secret, Sender, enrolment::Enrolled},
    worker::{Device, Worker},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod enrol;
mod link;
mod token;

use self::token::read_token;
pub use self::{
    enrol::{EnrolError, enrol, take_number},
    link::Link,
    token::{secret_since, write_token},
};
use crate::program::ProgramConfigError;

/// With whom a till talks.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyncSettings {
    /// With nobody, the store's node, or the company's hub.
    pub mode: SyncMode,
    /// Where it is: `https://hub.example.com`, `10.0.0.5:9000`.
    pub address: String,
    /// The till's names at the hub, as enrolment gave them.
    pub office_code: String,
    /// The store's code.
    pub store_code: String,
    /// The till's code.
    pub terminal_code: String,
    /// The till's identity at the hub; none before it is enrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<Uuid>,
    /// Whether the device's token is traded for short-lived ones.
    pub trades_tokens: bool,
    /// What this till decides itself whatever the hub says.
    pub keeps: Vec<Kept>,
}

/// What a till takes over from a hub unless it keeps it for itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Campaigns and coupons.
    Campaign,
    /// Products, barcodes, prices, departments, tax rates, units.
    Catalog,
    /// Customers.
    Customers,
    /// Loyalty programs.
    Loyalty,
    /// Goods that the hub moves in the till's books.
    Warehouse,
}

impl Kept {
    /// The domain as the wire knows it.
    pub const fn domain(self) -> Domain {
        match self {
            Self::Campaign => Domain::Campaign,
            Self::Catalog => Domain::Catalog,
            Self::Customers => Domain::Customers,
            Self::Loyalty => Domain::Loyalty,
            Self::Warehouse => Domain::Warehouse,
        }
    }
}

/// With whom a till talks; the same file works in each mode.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncMode {
    /// With nobody.
    #[default]
    Standalone,
    /// With the store's own node.
    Office,
    /// With the company's hub.
    Gate,
}

impl SyncMode {
    /// The mode as the plan knows it.
    pub const fn mode(self) -> Mode {
        match self {
            Self::Standalone => Mode::Standalone,
            Self::Office => Mode::Office,
            Self::Gate => Mode::Gate,
        }
    }
}

/// A till's connection.
pub type TillWorker = Worker<TillOutbox, TillInbox>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The till works on its own.
    #[error("this till works on its own: `saleflex sync enrol` connects it to a hub")]
    Standalone,
    /// The address is none.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// The token beside the till cannot be read or written.
    #[error("{}", path.display())]
    Token {
        /// Where it is.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The settings beside the till cannot be written.
    #[error("the settings cannot be kept")]
    Settings(#[source] Box<ProgramConfigError>),
    /// The system has no thread left.
    #[error("the connection cannot be started")]
    Thread(#[from] io::Error),
    /// The till.
    #[error(transparent)]
    Store(#[from] Error),
}

impl SyncSettings {
    /// Whether nothing is set: then the file says nothing of it.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Where the hub is, unless the till works on its own.
    pub fn hub(&self) -> Option<&str> {
        Some(self.address.as_str()).filter(|address| !address.is_empty())
    }

    /// What enrolment at a hub gave, in the place of what stands here. What the till keeps for itself stays.
    #[must_use]
    pub fn enrolled(self, mode: SyncMode, address: &Address, enrolled: &Enrolled) -> Self {
        let terminal = &enrolled.terminal;
        Self {
            mode,
            address: address.to_string(),
            office_code: terminal.office_code.clone(),
            store_code: terminal.store_code.clone(),
            terminal_code: terminal.terminal_code.clone(),
            terminal_id: Some(terminal.id),
            trades_tokens: false,
            keeps: self.keeps,
        }
    }

    /// With nobody. What the till keeps for itself stays for the next hub.
    #[must_use]
    pub fn on_its_own(self) -> Self {
        Self { keeps: self.keeps, ..Self::default() }
    }

    /// The domains that this till keeps for itself.
    pub fn kept(&self) -> Vec<Domain> {
        self.keeps.iter().map(|kept| kept.domain()).collect()
    }

    /// The till's names at the hub.
    fn sender(&self) -> Sender {
        Sender {
            office_code: self.office_code.clone(),
            store_code: self.store_code.clone(),
            terminal_code: self.terminal_code.clone(),
        }
    }

    /// The connector that events are queued for.
    ///
    /// # Errors
    /// [`SyncError::Standalone`].
    pub fn connector(&self) -> Result<&'static str, SyncError> {
        self.mode.mode().connector().ok_or(SyncError::Standalone)
    }

    /// The way to the hub.
    ///
    /// # Errors
    /// [`SyncError::Address`].
    pub fn transport(&self) -> Result<HttpTransport, SyncError> {
        Ok(HttpTransport::new(Address::parse(&self.address)?))
    }

    /// Whether there is somebody to ask for points that the till does not keep itself: behind a store's hub there is not.
    pub fn asks_for_points(&self) -> bool {
        self.mode == SyncMode::Gate
    }

    /// Who keeps the points of programs in mode `GATE`: the company's hub, where the till is connected to one. It is
    /// asked with the token that lies beside the till then.
    ///
    /// # Errors
    /// [`SyncError::Address`].
    pub fn points(
        &self,
        till: &Till,
        mut shell: impl Shell + 'static,
    ) -> Result<Option<Box<dyn PointsAuthority + Send>>, SyncError> {
        if !self.asks_for_points() {
            return Ok(None);
        }
        let path = till.path().to_owned();
        let token = move || read_token(&path).ok().flatten().map(|token| token.secret);
        Ok(Some(Box::new(HubPoints::new(self.transport()?, token, move || shell.new_id()))))
    }

    /// A till's connection, with the token that lies beside it, to be driven by hand: that stays what it is.
    ///
    /// # Errors
    /// [`SyncError`].
    pub fn connect(&self, till: &Till) -> Result<TillWorker, SyncError> {
        self.connect_showing(till, read_token(till.path())?.map(|token| token.secret))
    }

    fn connect_showing(&self, till: &Till, token: Option<Secret>) -> Result<TillWorker, SyncError> {
        let connector = self.connector()?;
        let device = Device {
            terminal: self.terminal_id.unwrap_or_else(|| till.identity().terminal.uuid()),
            token,
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let intervals = if self.mode == SyncMode::Office { Intervals::OFFICE } else { Intervals::GATE };
        let outbox = TillOutbox::new(till.outbox(connector)?, self.sender());
        let inbox = TillInbox::new(till.inbox(connector)?);
        Ok(Worker::new(outbox, inbox, Schedule::new(intervals, self.trades_tokens), device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_till_keeps_is_named_in_its_file_and_stays_when_its_hub_goes() {
        let read = |text: &str| toml::from_str::<SyncSettings>(text);
        let settings = read("mode = 'gate'\naddress = 'hub:1'\nkeeps = ['catalog', 'customers']").unwrap();
        assert_eq!(settings.kept(), [Domain::Catalog, Domain::Customers]);
        let alone = settings.on_its_own();
        assert_eq!((alone.mode, alone.hub()), (SyncMode::Standalone, None));
        assert_eq!(alone.kept(), [Domain::Catalog, Domain::Customers]);
        let wrong = read("keeps = ['closures']").unwrap_err().to_string();
        assert!(wrong.contains("`campaign`, `catalog`, `customers`, `loyalty`, `warehouse`"), "{wrong}");
    }

    #[test]
    fn a_till_on_its_own_has_no_connection() {
        assert!(matches!(SyncSettings::default().connector(), Err(SyncError::Standalone)));
    }
}
