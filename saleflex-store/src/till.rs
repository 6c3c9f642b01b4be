//! The till.

use std::{fmt, path::Path};

use rust_decimal::Decimal;
use saleflex_core::{
    cashier::Approval,
    catalog::{Catalog, CatalogChange, Reference},
    document::{Document, Draft, OriginalSale},
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, DocumentNumber, ProductId},
    money::Currency,
    time::Moment,
};

use crate::{
    cashier::{Cashier, NewCashier},
    customer::{Customer, NewCustomer},
    error::Error,
    history::{DocumentHead, DocumentKey, Found, Parked},
    request::{Done, Request},
    settings::Settings,
    setup::{Identity, Setup},
    shell::Shell,
};

/// A till: one SQLite file, the catalog in memory, at most one open document, at most one cashier.
pub struct Till {
    shell: Box<dyn Shell>,
    identity: Identity,
    settings: Settings,
    catalog: Catalog,
    cashiers: Vec<Cashier>,
    on_duty: Option<usize>,
    draft: Option<Draft>,
}

impl fmt::Debug for Till {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Till").field("terminal", &self.identity.terminal_code).finish_non_exhaustive()
    }
}

/// Opening.
impl Till {
    /// Makes a new till in a file that does not exist yet, with its first period open.
    ///
    /// # Errors
    /// [`Error::Open`] when the file exists or cannot be made, [`Error::Catalog`] when the records do not fit.
    pub fn create(path: impl AsRef<Path>, setup: Setup, shell: impl Shell + 'static) -> Result<Self, Error> {
        let _ = path;
        let catalog = Catalog::from_records(setup.catalog)?;
        Ok(Self {
            shell: Box::new(shell),
            identity: setup.identity,
            settings: setup.settings,
            catalog,
            cashiers: Vec::new(),
            on_duty: None,
            draft: None,
        })
    }

    /// Opens a till. What it was doing when it stopped is there again, as the settings' recovery rule says.
    ///
    /// # Errors
    /// [`Error::Open`] with the reason the file was refused.
    pub fn open(path: impl AsRef<Path>, shell: impl Shell + 'static) -> Result<Self, Error> {
        let _ = (path, shell);
        Err(Error::Locked)
    }

    /// Which till it is.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The currency it sells in.
    pub const fn currency(&self) -> &Currency {
        &self.identity.currency
    }

    /// Now, as the shell says.
    pub fn now(&mut self) -> Moment {
        self.shell.now()
    }
}

/// People.
impl Till {
    /// Who may log in, by name, for the list on the log-in screen.
    pub fn cashiers(&self) -> Vec<&Cashier> {
        self.cashiers.iter().filter(|cashier| cashier.is_active).collect()
    }

    /// Logs a cashier in. The cashier before is logged out.
    ///
    /// # Errors
    /// [`Error::LogInRefused`] whichever part is wrong, [`Error::LogInDelayed`] after too many attempts.
    pub fn log_in(&mut self, user_name: &str, secret: &str) -> Result<&Cashier, Error> {
        let _ = (user_name, secret);
        Err(Error::LogInRefused)
    }

    /// Logs the cashier out. An open document stays and waits for the next one.
    pub fn log_out(&mut self) -> Result<(), Error> {
        Err(Error::NotLoggedIn)
    }

    /// The cashier who is logged in.
    pub fn on_duty(&self) -> Option<&Cashier> {
        self.on_duty.and_then(|at| self.cashiers.get(at))
    }

    /// A cashier, active or not.
    pub fn cashier(&self, id: CashierId) -> Option<&Cashier> {
        self.cashiers.iter().find(|cashier| cashier.id == id)
    }

    /// Identifies a manager who stands by, for one [`Request::approved`].
    ///
    /// # Errors
    /// As [`Till::log_in`]. Whether the approver holds what is needed is decided with the request.
    pub fn approve(
        &mut self,
        user_name: &str,
        secret: &str,
        reason: Option<String>,
    ) -> Result<Approval, Error> {
        let _ = (user_name, secret, reason);
        Err(Error::LogInRefused)
    }

    /// Adds a cashier.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability to assign roles.
    pub fn add_cashier(&mut self, cashier: NewCashier) -> Result<CashierId, Error> {
        let _ = cashier;
        Err(Error::NotLoggedIn)
    }

    /// Gives the logged-in cashier another secret.
    ///
    /// # Errors
    /// [`Error::LogInRefused`] when the old one is wrong.
    pub fn change_secret(&mut self, old: &str, new: &str) -> Result<(), Error> {
        let _ = (old, new);
        Err(Error::NotLoggedIn)
    }
}

/// Selling.
impl Till {
    /// Carries a command out: looks up what it needs, decides, and writes all that follows in one transaction.
    ///
    /// # Errors
    /// [`Error::Refused`] or [`Error::Lookup`] when a rule stands against it; otherwise a failure of the disk.
    /// Whatever the error, nothing has changed.
    pub fn execute(&mut self, request: impl Into<Request>) -> Result<Done, Error> {
        let _ = request.into();
        Err(Error::NotLoggedIn)
    }

    /// The open document.
    pub fn draft(&self) -> Option<&Document> {
        self.draft.as_ref().map(Draft::document)
    }

    /// The number the next document gets if it begins now.
    pub fn next_number(&mut self) -> Result<DocumentNumber, Error> {
        Err(Error::NotLoggedIn)
    }

    /// The suspended documents, newest first.
    pub fn suspended(&self) -> Result<Vec<Parked>, Error> {
        Err(Error::NotLoggedIn)
    }

    /// Takes a suspended document up.
    pub fn resume(&mut self, document: DocumentId) -> Result<Done, Error> {
        self.execute(Request::resume(document))
    }

    /// Puts a customer on the open document; none makes it a walk-in again.
    pub fn assign_customer(&mut self, customer: Option<CustomerId>) -> Result<Done, Error> {
        self.execute(Request::assign_customer(customer))
    }
}

/// Looking back.
impl Till {
    /// A document by identity or number, in whatever state.
    pub fn find_document(&self, key: impl Into<DocumentKey>) -> Result<Option<Found>, Error> {
        let _ = key.into();
        Err(Error::NotLoggedIn)
    }

    /// The finished documents of a period, in the order they were finished.
    pub fn documents(&self, closure: ClosureNumber) -> Result<Vec<DocumentHead>, Error> {
        let _ = closure;
        Err(Error::NotLoggedIn)
    }

    /// A completed sale with what came back of it so far.
    ///
    /// # Errors
    /// [`Error::NoSuchDocument`] unless it is completed.
    pub fn original_sale(&self, document: DocumentId) -> Result<OriginalSale, Error> {
        Err(Error::NoSuchDocument { document })
    }

    /// The open period.
    pub fn period(&self) -> ClosureNumber {
        ClosureNumber(1)
    }
}

/// What is for sale, to whom, by which rules.
impl Till {
    /// What is for sale, in memory.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Changes products and barcodes, all of them or none.
    ///
    /// # Errors
    /// [`Error::Catalog`] with all that is wrong; [`Error::Refused`] without the capability.
    pub fn change_catalog(&mut self, change: CatalogChange) -> Result<(), Error> {
        let _ = change;
        Err(Error::NotLoggedIn)
    }

    /// Puts other tax rates, departments, units and masks in the place of the present ones.
    ///
    /// # Errors
    /// As [`Till::change_catalog`].
    pub fn replace_reference(&mut self, reference: Reference) -> Result<(), Error> {
        let _ = reference;
        Err(Error::NotLoggedIn)
    }

    /// How much of a product is on the shelf and not promised, where stock is kept.
    pub fn stock(&self, product: ProductId) -> Result<Option<Decimal>, Error> {
        let _ = product;
        Err(Error::NotLoggedIn)
    }

    /// Adds a customer.
    pub fn add_customer(&mut self, customer: NewCustomer) -> Result<CustomerId, Error> {
        let _ = customer;
        Err(Error::NotLoggedIn)
    }

    /// A customer.
    pub fn customer(&self, customer: CustomerId) -> Result<Option<Customer>, Error> {
        let _ = customer;
        Err(Error::NotLoggedIn)
    }

    /// At most `limit` customers whose code, name or telephone number holds `term`, by name.
    pub fn find_customers(&self, term: &str, limit: u32) -> Result<Vec<Customer>, Error> {
        let _ = (term, limit);
        Err(Error::NotLoggedIn)
    }

    /// The settings.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes the settings.
    ///
    /// # Errors
    /// [`Error::Refused`] without the capability.
    pub fn change_settings(&mut self, settings: Settings) -> Result<(), Error> {
        let _ = settings;
        Err(Error::NotLoggedIn)
    }
}
