//! A hub: its settings, its clock and its books, and what an operator does with it by hand.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    ApiError,
    db::{Books, DatabaseError, Tenant},
    office::seed::{self, Imported},
    registry::{self, Codes, NewStore, Terminal, TerminalChange},
    seal::Seal,
    settings::Settings,
};

/// What handlers share. Copies are the same hub.
#[derive(Clone)]
pub struct Hub {
    pub(crate) books: Books,
    pub(crate) settings: Arc<Settings>,
    pub(crate) seal: Option<Seal>,
    clock: fn() -> DateTime<Utc>,
}

/// A terminal with what its device shows from now on.
#[derive(Clone)]
pub struct Registered {
    /// The company.
    pub company: Uuid,
    /// The terminal.
    pub terminal: Terminal,
    /// For a device that speaks the sync wire: the code it enrols with, good once, for fifteen minutes.
    pub enrolment_code: String,
    /// For a terminal of the older wire: the secret that stands in its address. Only its digest is kept.
    pub secret: String,
}

impl Hub {
    /// A hub over its books. The program passes the system's clock, a test its own.
    pub fn new(books: Books, settings: Settings, clock: fn() -> DateTime<Utc>) -> Self {
        let seal = settings.secret.as_deref().map(Seal::new);
        Self { books, settings: Arc::new(settings), seal, clock }
    }

    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Adds a company by its slug and a store to it; what is there already stays.
    ///
    /// # Errors
    /// When the office code belongs to another company, or the database refuses.
    pub async fn add_store(&self, slug: String, new: NewStore) -> Result<Uuid, ApiError> {
        let now = self.now();
        let added = self.books.write(Tenant::Platform, move |session| {
            let company = registry::company(session, &slug, &slug, now)?;
            registry::store(session, company, &new, now)
        });
        added.await.map(|key| key.store)
    }

    /// Registers a terminal and gives out its secrets.
    ///
    /// # Errors
    /// When there is no such store, or the database refuses.
    pub async fn register(&self, codes: Codes, number: i64) -> Result<Registered, ApiError> {
        let now = self.now();
        let registered = self.books.write(Tenant::Platform, move |session| {
            let Some(key) = registry::store_by_codes(session, &codes.office, &codes.store)? else {
                return Err(ApiError::not_found());
            };
            let terminal = registry::register(session, key, &codes, number, now)?;
            let secret = registry::issue_token(session, key.company, terminal.id, None, now)?;
            let enrolment_code = registry::invite(session, key.company, terminal.id, now)?;
            Ok(Registered { company: key.company, terminal, enrolment_code, secret })
        });
        registered.await
    }

    /// Changes what a terminal may.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn change(
        &self,
        company: Uuid,
        terminal: Uuid,
        change: TerminalChange,
    ) -> Result<(), ApiError> {
        let changed = self.books.write(Tenant::Company(company), move |session| {
            Ok(registry::change(session, company, terminal, change)?)
        });
        changed.await
    }

    /// Whether a store takes in terminals that nobody registered when they push on an open wire.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn take_in_strangers(&self, company: Uuid, store: Uuid, yes: bool) -> Result<(), ApiError> {
        let changed = self.books.write(Tenant::Company(company), move |session| {
            let sql = "UPDATE store SET self_registration = $3 WHERE company_id = $1 AND store_id = $2";
            session.execute(sql, &[company.into(), store.into(), yes.into()])
        });
        changed.await.map(drop).map_err(|error: DatabaseError| ApiError::from(error))
    }

    /// Takes a secret that a terminal already carries.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn accept_secret(&self, company: Uuid, terminal: Uuid, secret: String) -> Result<(), ApiError> {
        let now = self.now();
        let accepted = self.books.write(Tenant::Platform, move |session| {
            Ok(registry::accept_token(session, company, terminal, &secret, None, now)?)
        });
        accepted.await
    }

    /// Takes over the answer of another hub's `GET /pos/init`: the store, the terminal and all rows.
    ///
    /// # Errors
    /// When the answer is none, the office code belongs to another company, or the database refuses.
    pub async fn import(&self, slug: String, answer: Json) -> Result<Imported, ApiError> {
        let (now, seal) = (self.now(), self.seal.clone());
        let imported = self.books.write(Tenant::Platform, move |session| {
            seed::import(session, (&slug, &slug), &answer, seal.as_ref(), now)
        });
        imported.await
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}
