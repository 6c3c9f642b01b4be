//! A store's hub between its tills and the company's hub: what took effect here is forwarded there as it came, under the
//! till's own names, numbers and digests; what the company defines comes back the same way.
//!
//! A till's push is answered as soon as it is committed here, so the store sells on while the company's hub is away.
//! What older terminals send by their own wire is forwarded too: the document as it came, under a number of the store's
//! hub, since those terminals count none.
//!
//! **Invariant:** an event and its row of the queue are one transaction. The key of the ledger is the same on both
//! hubs, so that a till which changes from one to the other delivers nothing twice.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use saleflex_sync::{
    outbox::Progress,
    plan::{Intervals, Schedule},
    transport::{Address, BadAddress, HttpTransport},
    wire::{Secret, Sender, SyncState},
    worker::{
        Device, Instant, Worker,
        thread::{Running, Status},
        watch::Watching,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    audit::Actor,
    db::{DatabaseError, Session, Tenant},
    ids,
    registry::{self, Codes},
    scope::TerminalScope,
    settings::{Profile, Upstream},
};

mod aside;
mod going;
mod inbox;
mod outbox;
mod queueing;
pub(crate) mod state;

pub(crate) use self::queueing::{
    Brought, asked, forget, is_not_queued, life, queue, queue_differing, queue_older,
};
use self::{
    going::{Heard, Listening, Log},
    queueing::Head,
};
pub use self::{
    inbox::RelayInbox,
    outbox::{RelayError, RelayOutbox},
};

/// Says how a worker is doing.
type StatusOf = dyn Fn() -> Status + Send + Sync;

/// Under which name the state of a store's tills stands in the answer to its hub.
pub(crate) const RELAYED: &str = "relayed";

/// What a node asks and does when nothing hurries it. The queue lies in its own books: looking at it costs little, and
/// nobody tells the relay of each event.
const INTERVALS: Intervals = Intervals {
    push: Duration::from_secs(2),
    pull: Duration::from_secs(300),
    heartbeat: Duration::from_secs(60),
    notifications: Duration::from_secs(3_600),
    reconcile: Duration::from_secs(3_600),
    rotate: Intervals::GATE.rotate,
};

/// A connection of a store's hub to the company's.
pub type RelayWorker = Worker<RelayOutbox, RelayInbox>;

/// A relay at work. Dropped, it ends with the request under way.
#[derive(Debug)]
pub struct Relay {
    _running: Running,
    _watching: Watching,
}

/// Why a hub cannot forward.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayStart {
    /// The settings name no other hub.
    #[error("the settings name no upstream")]
    NoUpstream,
    /// The address is none.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// There is no store yet, or several companies: a store's hub has one.
    #[error("a hub that forwards serves one company, this one has {companies}")]
    Companies {
        /// How many companies this hub has.
        companies: usize,
    },
    /// The hub's own database refused.
    #[error(transparent)]
    Books(#[from] DatabaseError),
    /// The system has no thread left.
    #[error("the relay cannot be started")]
    Thread(#[from] std::io::Error),
}

/// A till's state at the company's hub, told to the store's.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Relayed {
    pub(crate) sender: Sender,
    pub(crate) state: SyncState,
}

impl Relay {
    /// Starts forwarding to the hub that the settings name. `elapsed` says how long the program runs.
    ///
    /// # Errors
    /// [`RelayStart`].
    pub fn start(
        hub: &Hub,
        mut elapsed: impl FnMut() -> Duration + Send + 'static,
    ) -> Result<Self, RelayStart> {
        let upstream = hub.settings.upstream.as_ref().ok_or(RelayStart::NoUpstream)?;
        let transport = || Ok::<_, BadAddress>(HttpTransport::new(Address::parse(&upstream.address)?));
        let clock = hub.clone();
        // The clock is asked before every step: that is when it is looked at what the step before came to.
        let status = Arc::new(OnceLock::<Box<StatusOf>>::new());
        let (seen, mut log) = (Arc::clone(&status), Log::default());
        let heard = Heard::default();
        let listening = Listening { transport: transport()?, heard: heard.clone() };
        let at = move || {
            if let Some(status) = seen.get() {
                log.note(&status(), &heard.last());
            }
            Instant { elapsed: elapsed(), now: clock.now(), random: ids::random_number() }
        };
        let running = Running::start(worker(hub)?, listening, at)?;
        let _set_once = status.set(Box::new(running.statuses()));
        // It stands in the settings, where whoever runs the hub puts another one.
        let token = Secret::new(&upstream.token);
        let inbox = RelayInbox::new(hub, company(hub)?);
        let watching = Watching::start(inbox, transport()?, move || Some(token.clone()), running.watched())?;
        Ok(Self { _running: running, _watching: watching })
    }
}

/// The connection to the hub that the settings name, to be driven by hand.
///
/// # Errors
/// [`RelayStart`] but for the thread.
pub fn worker(hub: &Hub) -> Result<RelayWorker, RelayStart> {
    let Upstream { token, .. } = hub.settings.upstream.as_ref().ok_or(RelayStart::NoUpstream)?;
    let company = company(hub)?;
    let device = Device {
        // A hub knows the node by what it shows.
        terminal: Uuid::nil(),
        token: Some(Secret::new(token)),
        software_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    queueing::catch_up(&hub.books, company, hub.now())?;
    let outbox = RelayOutbox::open(hub, company)?;
    let inbox = RelayInbox::new(hub, company);
    Ok(Worker::new(outbox, inbox, Schedule::new(INTERVALS, false), device))
}

fn company(hub: &Hub) -> Result<Uuid, RelayStart> {
    let companies = hub.books.write_waiting(Tenant::Platform, |session| {
        let rows = session.query("SELECT company_id FROM company", &[])?;
        rows.iter().map(|row| row.id(0)).collect::<Result<Vec<_>, DatabaseError>>()
    })?;
    match companies.as_slice() {
        [one] => Ok(*one),
        many => Err(RelayStart::Companies { companies: many.len() }),
    }
}

/// Whose events an envelope brings.
#[derive(Debug)]
pub(crate) enum Acting {
    /// Those of this terminal, and which store's hub brings them, where one does.
    For(TerminalScope, Option<Uuid>),
    /// A store's hub brings them, and may not for this till. The refusal is one of the events: it says nothing of the
    /// other tills, whose events wait behind them.
    NotFor(ApiError),
}

/// Whether an envelope is of the terminal whose credential came with it, which has said which store it is of.
pub(crate) fn is_of_itself(scope: &TerminalScope, sender: &Sender) -> bool {
    sender.terminal_code == scope.terminal.code
        && sender.office_code == scope.terminal.office_code
        && scope.store_code.as_ref() == Some(&sender.store_code)
}

/// The terminal that an envelope is of: the one whose credential came with it, or, where that is a store's hub, the till
/// of its store that the envelope names. A till that is not known yet is registered: its store's hub knows it.
///
/// # Errors
/// `scope_mismatch` for a terminal that names another; `terminal_revoked` for its own events.
pub(crate) async fn acting_for(hub: &Hub, scope: TerminalScope, sender: &Sender) -> Result<Acting, ApiError> {
    let (sender, now) = (sender.clone(), hub.now());
    let scope_mismatch =
        || ApiError::forbidden("scope_mismatch", "the credential is that of another terminal");
    let is_own = sender.terminal_code == scope.terminal.code;
    if is_of_itself(&scope, &sender) {
        scope.may_push()?;
        return Ok(Acting::For(scope, None));
    }
    let node = (!is_own).then_some(scope.terminal.id);
    let own = scope.clone();
    let codes = sender.clone();
    let found = hub.books.read(Tenant::Platform, move |session| {
        let store = registry::store_by_codes(session, &codes.office_code, &codes.store_code)?;
        let is_store =
            |key: &registry::StoreKey| key.company == own.company && key.store == own.terminal.store;
        let store = store.filter(is_store);
        let is_node = !is_own && is_node(session, (own.company, own.terminal.id))?;
        let terminal = match store {
            Some(_) if is_own => Some(own.terminal),
            Some(store) => registry::terminal_by_code(session, store, &codes.terminal_code)?,
            None => None,
        };
        Ok::<_, ApiError>((is_node, store, terminal))
    });
    let (is_node, store, terminal) = found.await?;
    let Some(store) = store.filter(|_| is_own || is_node) else {
        return if is_node { Ok(Acting::NotFor(scope_mismatch())) } else { Err(scope_mismatch()) };
    };
    let terminal = if let Some(terminal) = terminal {
        terminal
    } else {
        let registered = hub.act_above((scope.company, Actor::Device(scope.terminal.id)), move |desk| {
            let Sender { office_code: office, store_code, terminal_code: terminal } = sender;
            let codes = Codes { office, store: store_code, terminal };
            let terminal = registry::register(desk.session, store, &codes, None, now)?;
            let detail = json!({"code": codes.terminal, "by": "the store's hub"});
            desk.note("terminal.registered", ("terminal", terminal.id), Some(store.store), detail)?;
            Ok(terminal)
        });
        registered.await?
    };
    let acting = TerminalScope { company: scope.company, terminal, store_code: None, now };
    match acting.may_push() {
        Ok(()) => Ok(Acting::For(acting, node)),
        Err(refusal) if is_node => Ok(Acting::NotFor(refusal)),
        Err(refusal) => Err(refusal),
    }
}

/// Whether a terminal is a store's hub.
pub(crate) fn is_node(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT is_node FROM terminal WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), terminal.into()],
    )?;
    rows.first().map_or(Ok(false), |row| row.flag(0))
}

/// The other terminals of a store, with the names they are known by.
pub(crate) fn tills(
    session: &mut dyn Session,
    scope: &TerminalScope,
) -> Result<Vec<(Uuid, Sender)>, DatabaseError> {
    let rows = session.query(
        "SELECT t.terminal_id, t.office_code, s.store_code, t.terminal_code FROM terminal t \
         JOIN store s ON s.company_id = t.company_id AND s.store_id = t.store_id \
         WHERE t.company_id = $1 AND t.store_id = $2 AND t.terminal_id <> $3",
        &[scope.company.into(), scope.terminal.store.into(), scope.terminal.id.into()],
    )?;
    let till = |row: &crate::db::Row| {
        let [office_code, store_code, terminal_code] =
            [row.text(1)?, row.text(2)?, row.text(3)?].map(str::to_owned);
        Ok((row.id(0)?, Sender { office_code, store_code, terminal_code }))
    };
    rows.iter().map(till).collect()
}

/// What a hub of a store still has to forward.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Queue {
    /// Events that wait to be forwarded.
    pub(crate) waiting: i64,
    /// Events set aside for a person.
    pub(crate) set_aside: i64,
    /// When the oldest of those that wait came about at its till.
    pub(crate) oldest: Option<chrono::DateTime<chrono::Utc>>,
}

impl Queue {
    /// Looks at the queue. A hub that forwards serves one company, so nothing is asked about which.
    pub(crate) fn read(session: &mut dyn Session) -> Result<Self, DatabaseError> {
        let mut queue = Self::default();
        let sql = "SELECT state, count(*) FROM relay WHERE state <> 'sent' AND written_off_at IS NULL GROUP BY state";
        for row in &session.query(sql, &[])? {
            let count = row.integer(1)?;
            if row.text(0)? == "quarantined" { queue.set_aside += count } else { queue.waiting += count }
        }
        let sql = "SELECT head FROM relay WHERE state IN ('pending', 'in_flight') ORDER BY no LIMIT 1";
        if let Some(row) = session.query(sql, &[])?.first() {
            let unreadable = |_| DatabaseError::Column { column: 0, expected: "an envelope that is JSON" };
            let head: Head = serde_json::from_str(row.text(0)?).map_err(unreadable)?;
            queue.oldest = Some(head.created_at.to_utc());
        }
        Ok(queue)
    }
}

/// What a relay set aside, and how far it is.
impl Hub {
    /// Whether what takes effect here goes on to a hub above.
    pub(crate) fn forwards(&self) -> bool {
        self.settings.profile == Profile::Office && self.settings.upstream.is_some()
    }

    /// How far the events of this hub's tills are on their way to the company's hub.
    ///
    /// # Errors
    /// [`RelayStart::Companies`]; when the database refuses.
    pub fn relayed(&self) -> Result<Progress, RelayStart> {
        Ok(RelayOutbox::looking(self, company(self)?).counted()?)
    }

    /// What the company's hub would not take: numbers with the code and the reason.
    ///
    /// # Errors
    /// As [`Hub::relayed`].
    pub fn relay_set_aside(&self) -> Result<Vec<(u64, String, String)>, RelayStart> {
        Ok(RelayOutbox::looking(self, company(self)?).set_aside()?)
    }

    /// Forwards an event once more that was set aside; answers whether there was one.
    ///
    /// # Errors
    /// As [`Hub::relayed`].
    pub fn relay_again(&self, no: u64) -> Result<bool, RelayStart> {
        Ok(RelayOutbox::looking(self, company(self)?).release(no)?)
    }

    /// Gives up an event that was set aside, and writes down why; answers whether there was one. It is not forwarded any
    /// more, and the closure of its period names it as one that never comes.
    ///
    /// # Errors
    /// As [`Hub::relayed`].
    pub fn relay_write_off(&self, no: u64, reason: &str) -> Result<bool, RelayStart> {
        Ok(RelayOutbox::looking(self, company(self)?).write_off(no, reason, self.now())?)
    }
}
