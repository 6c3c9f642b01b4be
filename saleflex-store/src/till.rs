//! The till.

use std::{cell::RefCell, fmt, path::Path, sync::Arc, time::Duration};

use chrono::{NaiveDate, NaiveDateTime};
use rusqlite::Connection;
use saleflex_core::{
    campaign::CampaignSet,
    cashier::lock::Lock,
    catalog::{Catalog, CatalogError},
    customer::segment::Segment,
    document::{Document, Draft, OriginalSale},
    ids::{CashierId, CustomerId, DocumentId},
    inventory::cost::Costing,
    journal::{ChainHead, Entry, Event},
    loyalty::{PointsAuthority, Program},
    money::{Currency, CurrencyCode},
    quantity::ExchangeRate,
    settings::Settings,
    time::Moment,
};
use uuid::Uuid;

use crate::{
    books::{
        audit,
        closures::OpenPeriod,
        index,
        journal::{self, Totals},
        totals::SoFar,
    },
    checks::consistency::Defects,
    error::Error,
    exchange::outbox,
    file::connection::{Database, Transaction},
    goods::{campaigns::InForce, stock},
    people::{cashier::Cashier, loyalty, segments},
    setup::Identity,
    shell::Shell,
};

mod ages;
mod attendance;
mod balances;
mod campaigns;
mod consents;
mod corrections;
mod customers;
mod day;
mod drawer;
mod followed;
mod forms;
mod gift_cards;
mod goods;
mod groups;
mod looking_back;
mod members;
mod opening;
mod ordering;
mod people;
mod periods;
mod pieces;
mod points;
mod printing;
mod pulled;
mod quotas;
mod ratings;
mod reading;
mod recovery;
mod reference;
mod roles;
mod selling;
mod session_notes;
mod shopping;
mod stock_reports;
mod stocktake;
mod tax_rates;
mod tier_discounts;
mod tips;
mod trail;
mod upkeep;
mod work;

pub(crate) use self::opening::read_identity;
pub use self::{
    campaigns::{Basket, Explained, MOST_COUPONS, Trial, TrialDays, Validity},
    corrections::Amendment,
    day::DayStart,
    drawer::DrawerState,
    goods::{PulledMovement, PulledPosting},
    ordering::Wanted,
    periods::{CountryAsks, XReport},
    pieces::{PieceStory, WARRANTY_MONTHS},
    pulled::{PulledCustomer, PulledMember},
    reading::TillReader,
    recovery::{LastDone, Recovered, RecoveryOutcome},
    roles::{Performance, TargetRecord},
    session_notes::NotedSession,
    shopping::{Shopping, Together},
    stock_reports::{DayOfGoods, ItemFigures},
};

/// A till: one SQLite file, the catalog in memory, at most one open document, at most one cashier.
///
/// ```
/// use saleflex_core::{document::{AddLine, Command, TakeTender}, tender::TenderKind};
/// use saleflex_store::{Till, demo, shell::ManualShell};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("till.saleflex");
/// let mut shell = ManualShell::starting("2025-04-06T09:00:00Z".parse()?, 7);
/// let setup = demo::corner_market(&mut shell);
/// let mut till = Till::create(path, setup, shell)?;
/// till.log_in("admin", "1111")?;
/// let code = till.catalog().search("milk", 1)[0].code().to_owned();
/// till.execute(Command::AddLine(AddLine::code(code)))?;
/// let done = till.execute(Command::TakeTender(TakeTender::balance(TenderKind::Cash)))?;
/// assert_eq!(done.completed()[0].document().number.to_string(), "20250406-0001-000001");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Till {
    database: Database,
    shell: Box<dyn Shell>,
    identity: Identity,
    settings: Settings,
    catalog: Catalog,
    broken_records: Vec<CatalogError>,
    /// The shop's own roles, by code.
    roles: roles::Roles,
    worked: work::DaysOfWork,
    cashiers: Vec<Cashier>,
    in_force: InForce,
    /// What campaigns make of the open document, when that was asked, and whether the verdicts were.
    explained: Option<(campaigns::Asked, Explained, bool)>,
    rates: Vec<(CurrencyCode, ExchangeRate)>,
    connectors: Vec<String>,
    programs: Vec<Program>,
    segments: Vec<Segment>,
    goods: goods::Goods,
    /// Who keeps the points of programs that are not kept here.
    points_authority: Option<Box<dyn PointsAuthority + Send>>,
    /// Whether that one did not answer when it was asked last.
    points_away: bool,
    /// Whether it did not answer when it was to be told of something.
    points_untold: bool,
    /// Whom it has welcomed, of those whom it was asked for last.
    welcomed: Option<CustomerId>,
    /// The date whose day was begun or looked for last.
    day: Option<NaiveDate>,
    on_duty: Option<CashierId>,
    lock: Option<Lock>,
    epoch: i64,
    head: ChainHead,
    period: OpenPeriod,
    /// What its documents came to when that was last asked.
    so_far: RefCell<SoFar>,
    /// What corrections of closed periods change in later ones, as far as it was asked for.
    followed: RefCell<followed::Followed>,
    /// The number of the next document, while it is known.
    next_receipt: Option<u32>,
    open: Option<OpenDocument>,
    /// When a buyer was born who was too young for something, with the document it was to stand on; none: the next one.
    refused_birth: Option<(Option<DocumentId>, NaiveDate)>,
    recovered: Option<Recovered>,
    defects: Defects,
}

/// The open document.
#[derive(Debug)]
struct OpenDocument {
    draft: Draft,
    /// Under which entity its events stand.
    root: DocumentId,
    /// The sale its goods come back from, once it was needed.
    original: Option<OriginalSale>,
    /// The campaigns it began with.
    campaigns: Arc<CampaignSet>,
}

impl fmt::Debug for Till {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Till").field("terminal", &self.identity.terminal_code).finish_non_exhaustive()
    }
}

impl Till {
    /// Which till it is.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The currency it sells in.
    pub const fn currency(&self) -> &Currency {
        &self.identity.currency
    }

    /// The file it lives in.
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    /// Now, as the shell says.
    pub fn now(&mut self) -> Moment {
        self.shell.now()
    }

    /// The moment at which the store's clock shows a local time.
    pub fn at_local(&mut self, local: NaiveDateTime) -> Moment {
        self.shell.at_local(local)
    }

    /// Calls a function with every finished SQL statement and how long it took, those of outboxes and inboxes that are opened
    /// later among them: to find a slow disk, and for tests that stop after every statement.
    pub fn trace(&mut self, after_statement: Option<fn(&str, Duration)>) {
        self.database.trace(after_statement);
    }

    pub(crate) const fn connection(&self) -> &Connection {
        self.database.connection()
    }

    /// Appends an entry to the journal and writes what belongs to it, in one transaction. Memory is changed only
    /// by the caller and only afterwards: whatever fails here, nothing has happened. `before` is the document it is
    /// about, as it stood before, for the audit trail.
    fn commit<T>(
        &mut self,
        entry: &Entry,
        totals: Option<Totals>,
        before: Option<&Document>,
        write: impl FnOnce(&Connection, i64) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.commit_with((None, entry, None), totals, before, write)
    }

    /// The same with another entry ahead of it and behind it that is true together with it or not at all, and from which
    /// nothing more follows than what its effects say.
    fn commit_with<T>(
        &mut self,
        (ahead, entry, behind): (Option<&Entry>, &Entry, Option<&Entry>),
        totals: Option<Totals>,
        before: Option<&Document>,
        write: impl FnOnce(&Connection, i64) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let transaction = Transaction::begin(self.database.connection_mut())?;
        let appending = Appending {
            connection: &transaction,
            epoch: self.epoch,
            connectors: &self.connectors,
            costing: self.settings.stock.costing,
        };
        let beside = |head: ChainHead, entry: Option<&Entry>| match entry {
            Some(entry) => appending.append(&head, entry, None, None, |_, _| Ok(())).map(|(head, ())| head),
            None => Ok(head),
        };
        let head = beside(self.head, ahead)?;
        let (head, written) = appending.append(&head, entry, totals, before, write)?;
        let head = beside(head, behind)?;
        transaction.commit()?;
        self.head = head;
        Ok(written)
    }

    /// Commits events that are true together or not at all, with what each of them writes.
    fn commit_events(
        &mut self,
        events: Vec<(Event, Uuid)>,
        write: impl FnMut(&Connection, &Event) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let now = self.shell.now();
        let (on_duty, period) = (self.on_duty, self.period.period.number);
        let entry = |(event, entity)| Entry::new(entity, now, on_duty, period, event);
        let entries: Vec<Entry> = events.into_iter().map(entry).collect();
        self.commit_entries(&entries, write)
    }

    /// Commits entries that are true together or not at all, with what each of them writes.
    fn commit_entries(
        &mut self,
        entries: &[Entry],
        mut write: impl FnMut(&Connection, &Event) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let transaction = Transaction::begin(self.database.connection_mut())?;
        let appending = Appending {
            connection: &transaction,
            epoch: self.epoch,
            connectors: &self.connectors,
            costing: self.settings.stock.costing,
        };
        let mut head = self.head;
        for entry in entries {
            let write = |connection: &Connection, _| write(connection, &entry.event);
            (head, ()) = appending.append(&head, entry, None, None, write)?;
        }
        transaction.commit()?;
        self.head = head;
        Ok(())
    }

    /// Commits an event from which nothing follows but what `write` writes.
    fn commit_event<T>(
        &mut self,
        event: Event,
        entity: Uuid,
        write: impl FnOnce(&Connection, i64) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let now = self.shell.now();
        self.commit_event_at(now, event, entity, write)
    }

    /// The same, with the moment that the event itself names.
    fn commit_event_at<T>(
        &mut self,
        at: Moment,
        event: Event,
        entity: Uuid,
        write: impl FnOnce(&Connection, i64) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let entry = Entry::new(entity, at, self.on_duty, self.period.period.number, event);
        self.commit(&entry, None, None, write)
    }
}

/// Where entries are appended: an open transaction, and what it needs to know of the till.
struct Appending<'a> {
    connection: &'a Connection,
    epoch: i64,
    connectors: &'a [String],
    costing: Costing,
}

impl Appending<'_> {
    /// Appends an entry behind the head of the journal and writes all that follows from it.
    fn append<T>(
        &self,
        head: &ChainHead,
        entry: &Entry,
        totals: Option<Totals>,
        before: Option<&Document>,
        write: impl FnOnce(&Connection, i64) -> Result<T, Error>,
    ) -> Result<(ChainHead, T), Error> {
        let connection = self.connection;
        let head = journal::append(connection, self.epoch, head, entry, totals)?;
        debug_assert!(entry.kind().travels() || !entry.effects.travel(), "nobody else would hear of it");
        if entry.kind().travels() {
            outbox::queue(connection, self.connectors, head.seq)?;
        }
        index::write(connection, head.seq, entry)?;
        audit::write(connection, head.seq, entry, before)?;
        let written = write(connection, head.seq)?;
        loyalty::write(connection, head.seq, entry)?;
        segments::write(connection, &entry.effects.segments)?;
        stock::moves::write(connection, head.seq, entry, self.costing)?;
        stock::papers::write(connection, entry)?;
        Ok((head, written))
    }
}
