//! Screens that list what was looked up at the till: parked documents, receipts, quotes, closed periods.
//!
//! Such a screen is **one module** here: its form, its columns, where its rows come from, and what its buttons mean
//! for the selected row. It has one entry in [`crate::registry`]; its definition is a file in `forms`, its words
//! are in the language files. Going there, moving, filtering and drawing are the same for all.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::{
    catalog::DepartmentNo,
    closure::Span,
    ids::{
        CampaignId, CashierId, ClosureNumber, CouponId, CustomerId, DocumentId, LineNo, LocationId,
        ProductId, PurchaseOrderId, SegmentId, StockCountId, SupplierId, TransferId,
    },
    inventory::Place,
    money::{CurrencyCode, Money},
};
use saleflex_store::{Error, Till};
use uuid::Uuid;

use crate::{
    app::State,
    effect::Effect,
    entry::TypedLine,
    text::{Key, Text},
};

pub(crate) mod audit;
pub(crate) mod campaigns;
pub(crate) mod cashiers;
pub(crate) mod closures;
pub(crate) mod coupons;
pub(crate) mod customers;
pub(crate) mod deliveries;
pub(crate) mod departments;
pub(crate) mod duplicates;
pub(crate) mod earn_rules;
pub(crate) mod employees;
pub(crate) mod exchange_rates;
pub mod forms;
pub(crate) mod inquiry;
pub(crate) mod messages;
pub(crate) mod movements;
mod order;
pub(crate) mod parked;
pub(crate) mod price_lists;
pub(crate) mod products;
mod quotas;
pub(crate) mod quotes;
pub(crate) mod receipts;
pub(crate) mod reports;
pub(crate) mod roles;
pub(crate) mod segments;
pub(crate) mod sessions;
pub(crate) mod stock;
pub(crate) mod targets;
pub(crate) mod tax_rates;
pub(crate) mod tiers;
pub(crate) mod units;
pub(crate) mod void;
pub(crate) mod why;

/// The form of the list of parked documents.
pub const PARKED: &str = "SUSPENDED_SALES_MARKET";
/// The form of the list of orders and layaways to be picked up.
pub const PICK_UP: &str = "PICK_UP";
/// The form of the list of receipts.
pub const RECEIPTS: &str = "CLOSURE_RECEIPTS";

/// A screen that lists things.
pub trait Listing: Sync {
    /// The name of its form.
    fn form(&self) -> &'static str;

    /// The definition of its form.
    fn definition(&self) -> &'static str;

    /// The event that shows it.
    fn event(&self) -> &'static str;

    /// The events of its own that buttons of its form name.
    fn row_events(&self) -> &'static [&'static str];

    /// Its words.
    fn words(&self) -> Words;

    /// What stands in it where there is nothing, though nothing was typed.
    fn empty(&self) -> Key {
        self.words().none
    }

    /// Whether what is typed is looked for in it; else it says which rows there are, such as those of a month.
    fn is_searched(&self) -> bool {
        true
    }

    /// Its columns.
    fn headings(&self) -> &'static [Heading];

    /// Looks its rows up.
    ///
    /// # Errors
    /// A failure of the disk.
    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error>;

    /// Whether what it lists may be long: then it is searched part by part, and only while nobody types.
    fn is_long(&self) -> bool {
        false
    }

    /// Does what an event of its own means for all of it, whatever stands there; none for one that means a row.
    fn act_on_all(&self, _: &str) -> Option<Vec<Effect>> {
        None
    }

    /// Does what an event of its own means for a row.
    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect>;
}

impl fmt::Debug for dyn Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form())
    }
}

/// The words of a list screen.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// What stands above the list.
    pub title: Key,
    /// What stands in one where nothing is like what was typed.
    pub none: Key,
    /// What to do.
    pub hint: Key,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// What stands above it.
    pub key: Key,
    /// Columns of the terminal; the one with none takes what is left.
    pub width: u16,
    /// Numbers stand right.
    pub is_right: bool,
    /// What does not fit stands whole on a line of its own below the row.
    pub is_below: bool,
}

impl Heading {
    const fn text(key: Key, width: u16) -> Self {
        Self { key, width, is_right: false, is_below: false }
    }

    const fn number(key: Key, width: u16) -> Self {
        Self { key, width, is_right: true, is_below: false }
    }

    /// Takes what is left of a row, or a line of its own where that is too little.
    const fn below(key: Key) -> Self {
        Self { key, width: 0, is_right: false, is_below: true }
    }
}

/// What is to be listed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query {
    /// What was typed.
    pub term: String,
    /// How many periods back.
    pub back: u32,
    /// Where the search of what is long goes on; none: at its beginning.
    pub from: Option<i64>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The rows.
    pub rows: Vec<ListRow>,
    /// What is listed, where the title of the screen does not say it all.
    pub title: Option<String>,
    /// How many periods back it is.
    pub back: u32,
    /// Where there is more to look through; none: that was all of it.
    pub next: Option<i64>,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRow {
    /// What it is.
    pub id: RowId,
    /// Its columns; the first is what messages name it by.
    pub cells: Vec<String>,
    /// What it comes to.
    pub total: Money,
    /// It is over and done with.
    pub is_dim: bool,
}

impl ListRow {
    /// What messages name it by.
    pub fn name(&self) -> &str {
        self.cells.first().map_or("", String::as_str)
    }

    /// Whether it has every word of a text in it.
    fn holds(&self, term: &str) -> bool {
        let text = self.cells.join(" ").to_lowercase();
        term.split_whitespace().all(|word| text.contains(&word.to_lowercase()))
    }
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RowId {
    /// A document.
    Document(DocumentId),
    /// A closed period.
    Closure(ClosureNumber),
    /// A cashier.
    Cashier(CashierId),
    /// A customer.
    Customer(CustomerId),
    /// Two records that may be one person: the older, the newer.
    Pair(CustomerId, CustomerId),
    /// A tier of the loyalty program, by its place.
    Tier(usize),
    /// A rule of the loyalty program, by its place.
    EarnRule(usize),
    /// A price list, by its place.
    PriceList(usize),
    /// A role of the shop's own, by its place.
    Role(usize),
    /// A tax rate, by its number.
    TaxRate(u16),
    /// A department.
    Department(DepartmentNo),
    /// A unit, by its place.
    Unit(usize),
    /// A foreign currency.
    Currency(CurrencyCode),
    /// A product.
    Product(ProductId),
    /// A line of the open document.
    Line(LineNo),
    /// A form.
    Form(u16),
    /// A segment.
    Segment(SegmentId),
    /// A campaign.
    Campaign(CampaignId),
    /// A coupon.
    Coupon(CouponId),
    /// An item at a location.
    Place(Place),
    /// A location.
    Location(LocationId),
    /// Goods on their way.
    Transfer(TransferId),
    /// A stock count.
    Count(StockCountId),
    /// An event on its way to the hub, by its number, and whether it was set aside.
    Delivery(u64, bool),
    /// A message of the hub.
    Message(Uuid),
    /// A work session: whose, and since when.
    Session(CashierId, DateTime<Utc>),
    /// An entry of the audit trail.
    Audit(i64),
    /// A day, month or year.
    Span(Span),
    /// What a cashier did from one business date to another.
    Performance(CashierId, NaiveDate, NaiveDate),
    /// What was sold of a product from one business date to another, by its place.
    Sold(usize, NaiveDate, NaiveDate),
    /// A supplier.
    Supplier(SupplierId),
    /// A target, by its identity.
    Target(Uuid),
    /// An order to a supplier.
    Order(PurchaseOrderId),
    /// Nothing: a row to read.
    Nothing,
}

pub use self::order::Order;

/// A list screen that is shown.
#[derive(Clone, Debug)]
pub struct List {
    /// Which.
    pub listing: &'static dyn Listing,
    /// What was typed to narrow it.
    pub filter: TypedLine,
    /// How many periods back.
    pub back: u32,
    /// What was found, and under which title.
    pub rows: Vec<ListRow>,
    /// What is listed.
    pub title: Option<String>,
    /// The row selected.
    pub at: usize,
    /// The column that it is ordered by; none: as it was found.
    pub order: Option<Order>,
    /// The rows as they were found.
    found: Vec<ListRow>,
}

impl List {
    /// A list that is yet to be filled.
    pub const fn new(listing: &'static dyn Listing, filter: TypedLine, back: u32) -> Self {
        Self { listing, filter, back, rows: Vec::new(), title: None, at: 0, order: None, found: Vec::new() }
    }

    /// What it lists.
    pub fn query(&self) -> Query {
        Query { term: self.filter.text().trim().to_owned(), back: self.back, from: None }
    }

    /// What stands where its rows would.
    pub fn none(&self) -> Key {
        let (empty, none) = (self.listing.empty(), self.listing.words().none);
        if self.filter.text().trim().is_empty() {
            return empty;
        }
        // That there is nothing at all says nothing of what was typed.
        if none == empty && self.listing.is_searched() { Key::PickNone } else { none }
    }

    /// The row selected.
    pub fn selected(&self) -> Option<&ListRow> {
        self.rows.get(self.at)
    }

    /// Takes what was found.
    pub fn fill(&mut self, listed: Listed) {
        self.at = self.at.min(listed.rows.len().saturating_sub(1));
        (self.found, self.title, self.back) = (listed.rows, listed.title, listed.back);
        self.rows = self.ordered();
    }

    /// Takes what else was found, below what was found before.
    pub fn extend(&mut self, listed: Listed) {
        self.found.extend(listed.rows);
        self.title = listed.title;
        let selected = self.selected().map(|row| row.id);
        self.rows = self.ordered();
        self.at = self.rows.iter().position(|row| Some(row.id) == selected).unwrap_or(0);
    }

    /// Orders by the first column, then the other way round, then by the next column, at last as it was found. The row
    /// selected stays selected.
    pub fn sort_on(&mut self) {
        self.order = match self.order {
            None => Some(Order { column: 0, is_falling: false }),
            Some(order) if !order.is_falling => Some(Order { is_falling: true, ..order }),
            Some(Order { column, .. }) => {
                let next = column + 1;
                (next < self.listing.headings().len()).then_some(Order { column: next, is_falling: false })
            }
        };
        let selected = self.selected().map(|row| row.id);
        self.rows = self.ordered();
        self.at = self.rows.iter().position(|row| Some(row.id) == selected).unwrap_or(0);
    }

    fn ordered(&self) -> Vec<ListRow> {
        let mut rows = self.found.clone();
        if let Some(order) = self.order {
            order.sort(&mut rows, self.listing.headings());
        }
        rows
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.listing.form() == other.listing.form()
            && self.query() == other.query()
            && self.order == other.order
            && self.rows == other.rows
    }
}
