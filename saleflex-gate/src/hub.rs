//! A hub: its settings, its clock and its books, and what an operator does with it by hand.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    ApiError,
    audit::{self, Actor},
    db::{Books, Tenant},
    desk::Desk,
    limits::Limits,
    mail::{AT_ONCE, Mailer, Program},
    metrics::Metrics,
    offers::{in_force::KnownOffers, rejudging::KnownSets},
    office::seed::{self, Imported, Unstated},
    people::{
        deletion, reset, second_factor, session,
        set_up::{self, SetUpCode},
        token::Signer,
        user,
    },
    registry::{self, Codes, NewStore, Terminal, TerminalChange},
    scope::Memory,
    seal::Seal,
    settings::{Profile, Settings},
    streams::Streams,
    text,
};

/// What handlers share. Copies are the same hub.
#[derive(Clone)]
pub struct Hub {
    pub(crate) books: Books,
    pub(crate) settings: Arc<Settings>,
    pub(crate) seal: Option<Seal>,
    pub(crate) signer: Signer,
    pub(crate) limits: Arc<Limits>,
    /// Devices that came before.
    pub(crate) memory: Arc<Memory>,
    pub(crate) metrics: Metrics,
    /// Campaigns by which delivered sales are judged anew.
    pub(crate) sets: KnownSets,
    /// What is in force in the stores.
    pub(crate) offers: KnownOffers,
    /// Whoever delivers letters.
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    /// With what the first person of a store's hub registers.
    pub(crate) set_up_code: Arc<SetUpCode>,
    /// Room for letters under way.
    pub(crate) letters: Arc<Semaphore>,
    /// Whether the service ends: whoever waits for something to tell is let go.
    stopping: Arc<AtomicBool>,
    /// The streams that are open.
    pub(crate) streams: Arc<Streams>,
    clock: fn() -> DateTime<Utc>,
}

/// A terminal with what its device shows from now on.
#[derive(Clone)]
pub struct Registered {
    /// The id of the company it belongs to.
    pub company: Uuid,
    /// The terminal as the hub lists it.
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
        let signer = Signer::new(settings.secret.as_deref());
        let program = settings.mail.as_ref().map(Program::new);
        let mailer = program.map(|program| Arc::new(program) as Arc<dyn Mailer>);
        Self {
            books,
            settings: Arc::new(settings),
            seal,
            signer,
            limits: Arc::default(),
            memory: Arc::default(),
            metrics: Metrics::default(),
            sets: KnownSets::default(),
            offers: KnownOffers::default(),
            mailer,
            set_up_code: Arc::default(),
            letters: Arc::new(Semaphore::new(AT_ONCE)),
            stopping: Arc::default(),
            streams: Arc::default(),
            clock,
        }
    }

    /// Lets go whoever waits for something to be told: the service ends.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the service ends.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// The same hub with somebody else who delivers letters than the program of the settings.
    #[must_use]
    pub fn delivering_by(self, mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer: Some(mailer), ..self }
    }

    /// The code with which somebody registers at a store's hub and owns its company, good once and at this process; the one
    /// before is void. None at a company's hub, and where somebody owns the company.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn renew_set_up_code(&self) -> Result<Option<String>, ApiError> {
        if self.settings.profile == Profile::Gate {
            return Ok(None);
        }
        let owned =
            self.books.read(Tenant::Platform, |session| Ok::<_, ApiError>(set_up::is_owned(session)?));
        Ok((!owned.await?).then(|| self.set_up_code.renew()))
    }

    /// A secret with which somebody sets another password, for whoever forgot theirs and cannot be written to; none where
    /// nobody has the name.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn forgotten_password(&self, username: String) -> Result<Option<String>, ApiError> {
        let now = self.now();
        let issued = self.books.write(Tenant::Platform, move |session| {
            let found = user::by_name(session, &username)?.filter(|user| user.is_active);
            Ok::<_, ApiError>(found.map(|user| reset::issue(session, user.id, now)).transpose()?)
        });
        issued.await
    }

    /// Takes a person's second factor away, for whoever lost the authenticator and the codes beside it; whether one was on,
    /// none where nobody has the name. Where one was on every session of the person ends: it may have been somebody else's.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn remove_second_factor(&self, username: String) -> Result<Option<bool>, ApiError> {
        let now = self.now();
        let removed = self.books.write(Tenant::Platform, move |session| {
            let Some(user) = user::by_name(session, &username)? else { return Ok(None) };
            let was_on = second_factor::remove(session, user.id)?;
            if was_on {
                let act = ("user.second_factor_off", Actor::Operator);
                audit::write_of_person(session, user.id, act, now)?;
                session::end_others(session, user.id, None, now)?;
            }
            Ok::<_, ApiError>(Some(was_on))
        });
        removed.await
    }

    /// Brings a company back that its owners deleted; whether they had, none where no company has the slug. Its books are as they
    /// were, and its owners export what they need; devices are enrolled, people log in and keys of programs are issued anew.
    ///
    /// # Errors
    /// [`ApiError`] with the code `wrong_state` when its books are gone; `database_unavailable` or `internal` when the database
    /// refuses.
    pub async fn bring_back(&self, slug: String) -> Result<Option<bool>, ApiError> {
        let now = self.now();
        let brought = self.books.write(Tenant::Platform, move |session| {
            let slug = slug.trim().to_lowercase();
            let found =
                session.query("SELECT company_id FROM company_slug WHERE slug = $1", &[slug.into()])?;
            let Some(found) = found.first() else { return Ok(None) };
            let company = found.id(0)?;
            deletion::not_purged(session, company)?;
            let was_deleted = deletion::undo(session, company, now)?;
            if was_deleted {
                let mut desk = Desk { session, company, actor: Actor::Operator, now };
                desk.note("deletion.undone", ("company", company), None, json!({}))?;
            }
            Ok::<_, ApiError>(Some(was_deleted))
        });
        brought.await
    }

    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Works on another thread than those that answer requests: hashing takes its time.
    pub(crate) async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|_| Err(ApiError::internal()))
    }

    /// Whether there is a company of a slug. One that is not there is founded with its first store, and nobody owns it.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn knows_company(&self, slug: String) -> Result<bool, ApiError> {
        let found = self.books.read(Tenant::Platform, move |session| {
            let found = session.query("SELECT 1 FROM company_slug WHERE slug = $1", &[slug.into()])?;
            Ok::<_, ApiError>(!found.is_empty())
        });
        found.await
    }

    /// That a company is there, or can be founded under this slug: one that is no slug is a slip of the pen.
    async fn can_found(&self, slug: &str) -> Result<(), ApiError> {
        if self.knows_company(slug.to_owned()).await? { Ok(()) } else { text::slug("company", slug) }
    }

    /// Adds a company by its slug and a store to it; what is there already stays.
    ///
    /// # Errors
    /// [`ApiError`] with the code `field_invalid` for a text that is no slug, `office_code_taken` when the office code
    /// belongs to another company, `wrong_state` when the company is deleted; `database_unavailable` or `internal` when the
    /// database refuses.
    pub async fn add_store(&self, slug: String, new: NewStore) -> Result<Uuid, ApiError> {
        self.can_found(&slug).await?;
        let now = self.now();
        let added = self.books.write(Tenant::Platform, move |session| {
            let company = registry::company(session, &slug, &slug, now)?;
            deletion::not_deleted(session, company)?;
            let key = registry::store(session, company, &new, now)?;
            let mut desk = Desk { session, company, actor: Actor::Operator, now };
            let detail = json!({"code": new.store_code, "office_code": new.office_code});
            desk.note("store.created", ("store", key.store), Some(key.store), detail)?;
            Ok::<_, ApiError>(key)
        });
        added.await.map(|key| key.store)
    }

    /// Registers a terminal and gives out its secrets. With a number that another terminal of the store has it gets the
    /// next one that is free.
    ///
    /// # Errors
    /// [`ApiError`] with the code `not_found` when there is no such store, `wrong_state` when its company is deleted;
    /// `database_unavailable` or `internal` when the database refuses.
    pub async fn register(&self, codes: Codes, number: i64) -> Result<Registered, ApiError> {
        self.take_in(codes, Some(number)).await
    }

    /// The same with the next number of its store.
    ///
    /// # Errors
    /// As [`Self::register`].
    pub async fn register_next(&self, codes: Codes) -> Result<Registered, ApiError> {
        self.take_in(codes, None).await
    }

    async fn take_in(&self, codes: Codes, number: Option<i64>) -> Result<Registered, ApiError> {
        let now = self.now();
        let registered = self.books.write(Tenant::Platform, move |session| {
            let Some(key) = registry::store_by_codes(session, &codes.office, &codes.store)? else {
                return Err(ApiError::not_found());
            };
            deletion::not_deleted(session, key.company)?;
            let terminal = registry::register(session, key, &codes, number, now)?;
            let secret = registry::issue_token(session, key.company, terminal.id, None, now)?;
            let enrolment_code = registry::invite(session, key.company, terminal.id, now)?;
            let mut desk = Desk { session, company: key.company, actor: Actor::Operator, now };
            let detail = json!({"code": codes.terminal, "number": terminal.number});
            desk.note("terminal.registered", ("terminal", terminal.id), Some(key.store), detail)?;
            Ok(Registered { company: key.company, terminal, enrolment_code, secret })
        });
        registered.await
    }

    /// Changes what a terminal may.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn change(
        &self,
        company: Uuid,
        terminal: Uuid,
        change: TerminalChange,
    ) -> Result<(), ApiError> {
        let changed = self.act((company, Actor::Operator), move |desk| {
            registry::change(desk.session, company, terminal, change)?;
            let detail = json!({"change": format!("{change:?}")});
            Ok(desk.note("terminal.changed", ("terminal", terminal), None, detail)?)
        });
        changed.await
    }

    /// Whether a store takes in terminals that nobody registered when they push on an open wire.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn take_in_strangers(&self, company: Uuid, store: Uuid, yes: bool) -> Result<(), ApiError> {
        let changed = self.act((company, Actor::Operator), move |desk| {
            let sql = "UPDATE store SET self_registration = $3 WHERE company_id = $1 AND store_id = $2";
            desk.session.execute(sql, &[company.into(), store.into(), yes.into()])?;
            Ok(desk.note(
                "store.changed",
                ("store", store),
                Some(store),
                json!({"self_registration": yes}),
            )?)
        });
        changed.await
    }

    /// Takes a secret that a terminal already carries.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn accept_secret(&self, company: Uuid, terminal: Uuid, secret: String) -> Result<(), ApiError> {
        let accepted = self.act_above((company, Actor::Operator), move |desk| {
            deletion::not_deleted(desk.session, company)?;
            registry::accept_token(desk.session, company, terminal, &secret, None, desk.now)?;
            Ok(desk.note("terminal.token_accepted", ("terminal", terminal), None, json!({}))?)
        });
        accepted.await
    }

    /// Takes over the answer of another hub's `GET /pos/init`: the store, the terminal and all rows.
    ///
    /// # Errors
    /// [`ApiError`] with the code `invalid_request` when the answer is none, `office_code_taken` when the office code
    /// belongs to another company; `database_unavailable` or `internal` when the database refuses.
    pub async fn import(&self, slug: String, answer: Json) -> Result<Imported, ApiError> {
        self.import_as(slug, answer, Unstated::default()).await
    }

    /// The same, with what a new store is where the answer does not say it.
    ///
    /// # Errors
    /// As [`Self::import`], `wrong_state` when the company is deleted, and `field_invalid` for a currency or time zone that is none, and for a text that is no slug.
    pub async fn import_as(
        &self,
        slug: String,
        answer: Json,
        unstated: Unstated,
    ) -> Result<Imported, ApiError> {
        self.can_found(&slug).await?;
        let (now, seal) = (self.now(), self.seal.clone());
        let imported = self.books.write(Tenant::Platform, move |session| {
            let company = registry::company(session, &slug, &slug, now)?;
            deletion::not_deleted(session, company)?;
            let imported = seed::import(session, (&slug, &slug), (&answer, &unstated), seal.as_ref(), now)?;
            let mut desk = Desk { session, company: imported.company, actor: Actor::Operator, now };
            let detail = json!({"rows": imported.changed, "terminal": imported.terminal});
            desk.note("store.imported", ("store", imported.store), Some(imported.store), detail)?;
            Ok::<_, ApiError>(imported)
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
