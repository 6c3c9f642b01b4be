//! Goods: what is there, and how it is looked at and written.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

use chrono::NaiveDate;
use rusqlite::OptionalExtension;
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::{Approval, OnDuty},
    checkout::{Effects, GoodsFacts},
    document::{Completed, Kind, PastDate, Suspended},
    ids::{DocumentId, LocationId, PostingId, ProductId},
    inventory::{
        self, Item, ItemRules, Level, Limits, MovementKind, NumberKind, Place, Posting, Sites, StockAct,
        StockRefusal, Tracking,
        document::{StillOut, name_batches},
        transfer::Transfer,
    },
    journal::{Entry, Event},
    time::Moment,
};

use super::Till;
use crate::{
    books::{documents, journal},
    error::Error,
    goods::stock::{self, MovementRecord, MovementStory, cost, moves, papers, records},
};

mod importing;
mod moving;
mod pulled;

pub use self::pulled::{PulledMovement, PulledPosting};

/// What is in memory about goods.
#[derive(Debug, Default)]
pub(super) struct Goods {
    pub(super) sites: Sites,
    /// The products of whose pieces more is known than how many there are.
    pub(super) tracking: BTreeMap<ProductId, Tracking>,
    /// The products that have batches somewhere.
    batched: BTreeSet<ProductId>,
}

impl Goods {
    pub(super) fn load(connection: &rusqlite::Connection) -> Result<Self, Error> {
        Ok(Self {
            sites: stock::sites::load(connection)?,
            tracking: records::tracking(connection)?,
            batched: stock::batched(connection)?,
        })
    }

    /// Follows an entry that was committed.
    fn follow(&mut self, entry: &Entry, sites: Option<Sites>) {
        let posting = entry.effects.posting.iter();
        let movements = posting.flat_map(|posting| &posting.movements);
        let batched = movements.filter(|movement| movement.batch.is_some());
        self.batched.extend(batched.map(|movement| movement.item().product));
        if let Event::Stock(act) = &entry.event
            && let StockAct::TrackingSet { product, tracking } = act.as_ref()
        {
            self.tracking.insert(*product, *tracking);
        }
        if let Some(sites) = sites {
            self.sites = sites;
        }
    }
}

/// What a decision about goods looks at besides the book.
pub(super) struct Desk {
    pub(super) moment: Moment,
    pub(super) cashier: OnDuty,
    pub(super) posting: PostingId,
    items: BTreeMap<ProductId, ItemRules>,
    counter: u32,
}

impl Desk {
    pub(super) fn facts<'a>(&'a self, till: &'a Till, approval: Option<Approval>) -> inventory::Facts<'a> {
        inventory::Facts {
            moment: self.moment,
            cashier: &self.cashier,
            approval,
            sites: &till.goods.sites,
            items: &self.items,
            policy: &till.settings.stock,
            posting: self.posting,
            terminal: &till.identity.terminal_code,
            counter: self.counter,
        }
    }
}

/// What a document that was put aside promises.
#[derive(Clone, Copy, Debug, Default)]
struct Promise {
    /// Whether it holds its goods back.
    is_held: bool,
    /// Where.
    at: Option<LocationId>,
}

/// What there is.
impl Till {
    /// Warehouses and locations.
    pub const fn sites(&self) -> &Sites {
        &self.goods.sites
    }

    /// Where the till sells from; none where there is no location at all.
    pub fn counter(&self) -> Option<LocationId> {
        self.goods.sites.counter(self.settings.stock.sales_location)
    }

    /// What there is of a product where the till sells from; none where its stock is kept nowhere.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn stock(&self, product: ProductId) -> Result<Option<Level>, Error> {
        self.level_here(product, stock::level)
    }

    /// The level of a product where the till sells from, as it is read.
    fn level_here(
        &self,
        product: ProductId,
        read: impl Fn(&rusqlite::Connection, Place) -> Result<Option<Level>, Error>,
    ) -> Result<Option<Level>, Error> {
        let item = Item::from(product);
        let Some(location) = self.counter() else { return Ok(None) };
        match read(self.connection(), Place { item, location })? {
            None if stock::is_kept(self.connection(), item)? => Ok(Some(Level::default())),
            level => Ok(level),
        }
    }

    /// The levels of an item, by location.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn stock_levels(&self, item: Item) -> Result<Vec<(Place, Level)>, Error> {
        stock::levels_of(self.connection(), item)
    }

    /// The movements of a product's stock everywhere, the latest first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn stock_movements(&self, product: ProductId, limit: u32) -> Result<Vec<MovementRecord>, Error> {
        stock::movements_of(self.connection(), product.into(), 0, limit as usize)
    }

    /// The movements of all products, the latest first.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn latest_stock_movements(&self, limit: u32) -> Result<Vec<MovementRecord>, Error> {
        stock::latest(self.connection(), limit)
    }

    /// When and why a movement happened.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn movement_story(&self, movement: MovementRecord) -> Result<MovementStory, Error> {
        let entry = journal::read(self.connection(), movement.seq)?;
        let serials = stock::pieces_moved(self.connection(), &entry.effects, &movement)?;
        let posting = entry.effects.posting.map(|posting| *posting);
        let number = posting.as_ref().and_then(|posting| posting.number.as_ref().map(ToString::to_string));
        let document = entry.effects.completed.first().map(|completed| completed.document().number);
        let number = number.or_else(|| document.map(|number| number.to_string()));
        Ok(MovementStory { movement, at: entry.at, number, posting, serials })
    }

    /// When to reorder an item at a place.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn stock_limits(&self, place: Place) -> Result<Limits, Error> {
        records::limits(self.connection(), place)
    }

    /// What is known of a product's pieces.
    pub fn tracking(&self, product: ProductId) -> Tracking {
        self.goods.tracking.get(&product).copied().unwrap_or_default()
    }

    /// Goods on their way, with the numbers people use for them; all transfers there ever were, or those that are not
    /// done.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn transfers(&self, open_only: bool) -> Result<Vec<(u32, Transfer)>, Error> {
        papers::transfers(self.connection(), open_only)
    }

    /// What may be sold of a product, below nothing where more is promised than there is; none where its stock is not
    /// kept.
    pub(super) fn free_stock(&self, product: ProductId, on: NaiveDate) -> Result<Option<Decimal>, Error> {
        Ok(self.level_for_sale(product)?.map(|level| level.free(on).decimal()))
    }

    /// What there is of a product where it is sold from, as far as a sale asks; none where its stock is not kept.
    pub(super) fn level_for_sale(&self, product: ProductId) -> Result<Option<Level>, Error> {
        // Only batches have a date; most products have none, and a sale asks for each of its lines.
        let read = if self.has_batches(product) { stock::level } else { stock::bare_level };
        self.level_here(product, read)
    }

    /// What of a product lies on the shelf past its date, where any does.
    pub(super) fn past_date(&self, product: ProductId, level: &Level, on: NaiveDate) -> Option<PastDate> {
        let undated = level.undated(on).filter(|_| self.tracking(product) == Tracking::Batches);
        let (undated, last) = undated.unzip();
        let good = level.free(on) - undated.unwrap_or_default();
        let expiry = level.last_expiry(on).max(last)?;
        Some(PastDate { good: good.decimal(), expiry })
    }

    /// Whether batches of a product are known.
    pub(super) fn has_batches(&self, product: ProductId) -> bool {
        self.goods.batched.contains(&product)
    }
}

/// How goods are looked at and written.
impl Till {
    /// What was looked up about goods for a command on a document.
    pub(super) fn goods_facts(&self, suspended: Option<&Suspended>) -> Result<GoodsFacts, Error> {
        let promise = suspended.map(|aside| self.promise_of(aside)).transpose()?.unwrap_or_default();
        Ok(GoodsFacts {
            damaged: self.goods.sites.damaged_location(),
            reserves: self.settings.stock.reserve_suspended,
            was_reserved: promise.is_held,
            reserved_at: promise.at.filter(|at| Some(*at) != self.counter()),
        })
    }

    /// Whether a document that was put aside holds its goods back, and where: what the settings said then is told by its
    /// entry.
    fn promise_of(&self, aside: &Suspended) -> Result<Promise, Error> {
        let mut select = self.connection().prepare_cached("SELECT slot FROM draft WHERE id = ?1")?;
        let id = crate::file::codec::Col(aside.document().id);
        let Some(seq) = select.query_row([id], |row| row.get(0)).optional()? else {
            return Ok(Promise::default());
        };
        let effects = journal::read(self.connection(), seq)?.effects;
        let is_held = effects.stock.iter().any(|movement| movement.kind == MovementKind::Reserve);
        Ok(Promise { is_held, at: effects.counter.filter(|_| is_held) })
    }

    /// Says where a document's goods move, and out of which batches.
    pub(super) fn place_goods(&self, effects: &mut Effects, moment: Moment) -> Result<(), Error> {
        if effects.stock.is_empty() {
            return Ok(());
        }
        effects.counter = self.counter();
        let Some(counter) = effects.counter else { return Ok(()) };
        let products = effects.stock.iter().map(|movement| movement.product);
        let batched: BTreeSet<Item> =
            products.filter(|product| self.goods.batched.contains(product)).map(Item::from).collect();
        if !batched.is_empty() {
            let book = stock::book(self.connection(), batched)?;
            let mut moved = std::mem::take(&mut effects.stock);
            let returned = effects.completed.iter().map(Completed::document);
            let returned = returned.filter(|document| document.kind == Kind::Return);
            for sale in returned.filter_map(|document| document.original) {
                moved = self.still_out(sale)?.name(moved);
            }
            effects.stock = name_batches(moved, &book, counter, moment.business_date);
        }
        Ok(())
    }

    /// What of a sale's goods did not come back yet.
    fn still_out(&self, sale: DocumentId) -> Result<StillOut, Error> {
        let returns = documents::returns_of(self.connection(), sale)?;
        let returns = returns.iter().map(|returned| (returned.document().id, MovementKind::Return));
        let mut moved = Vec::new();
        for (document, kind) in iter::once((sale, MovementKind::Sale)).chain(returns) {
            let entry = documents::completing_entry(self.connection(), document)?;
            let stock = entry.map(|entry| entry.effects.stock).unwrap_or_default();
            // A return that was set off against a sale stands in one entry with it.
            moved.extend(stock.into_iter().filter(|movement| movement.kind == kind));
        }
        Ok(StillOut::of(&moved))
    }

    pub(super) fn desk(
        &mut self,
        posting: PostingId,
        products: impl IntoIterator<Item = ProductId>,
        kind: NumberKind,
    ) -> Result<Desk, Error> {
        let cashier = self.cashier_on_duty()?;
        let moment = self.shell.now();
        let items =
            products.into_iter().filter_map(|id| self.rules_of(id).map(|rules| (id, rules))).collect();
        let counter = moves::next_counter(self.connection(), kind)?;
        Ok(Desk { moment, cashier, posting, items, counter })
    }

    /// For what moves nothing.
    pub(super) fn desk_for_papers(&mut self) -> Result<Desk, Error> {
        let posting = PostingId::new(self.shell.new_id());
        self.desk(posting, [], NumberKind::Adjustment)
    }

    fn rules_of(&self, id: ProductId) -> Option<ItemRules> {
        let product = self.catalog.product(id)?;
        Some(ItemRules {
            decimals: product.unit().decimals,
            tracking: self.tracking(id),
            negative_stock: product.permissions().negative_stock,
        })
    }

    fn need_product(&self, product: ProductId) -> Result<(), Error> {
        self.catalog.product(product).map(drop).ok_or(Error::NoSuchProduct { product })
    }

    fn check_fresh(&self, posting: PostingId) -> Result<(), Error> {
        let is_known = moves::is_booked(self.connection(), posting)?;
        if is_known { Err(StockRefusal::AlreadyDone { posting }.into()) } else { Ok(()) }
    }

    fn goods_entry(&self, desk: &Desk, event: Event, posting: Option<Posting>) -> Entry {
        let effects = Effects { posting: posting.map(Box::new), ..Effects::default() };
        let (entity, period) = (desk.posting.uuid(), self.period.period.number);
        Entry::new(entity, desk.moment, Some(desk.cashier.id), period, event).with_effects(effects)
    }

    pub(super) fn commit_goods(
        &mut self,
        desk: &Desk,
        act: StockAct,
        posting: Option<Posting>,
    ) -> Result<(), Error> {
        self.commit_act(desk, act, posting, None)
    }

    fn commit_act(
        &mut self,
        desk: &Desk,
        act: StockAct,
        posting: Option<Posting>,
        sites: Option<Sites>,
    ) -> Result<(), Error> {
        let entry = self.goods_entry(desk, Event::Stock(Box::new(act)), posting);
        self.commit(&entry, None, None, |_, _| Ok(()))?;
        self.goods.follow(&entry, sites);
        Ok(())
    }

    /// Values stock another way where the settings say another.
    pub(super) fn revalue(
        connection: &rusqlite::Connection,
        before: inventory::cost::Costing,
        now: inventory::cost::Costing,
    ) -> Result<(), Error> {
        if before == now { Ok(()) } else { cost::change_costing(connection, now) }
    }
}
