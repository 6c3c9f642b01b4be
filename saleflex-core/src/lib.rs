//! The pure heart of a till: money, tax, documents, closures and paper.
//!
//! It **promises** that amounts are exact, that what is split adds up, that a completed document never changes, and
//! that the same draft, command and facts give the same events on every machine, for ever. It **refuses** to know a
//! clock, a file, a socket, a thread or a source of randomness: it is `no_std`, so none can be named. Time, new
//! identities and everything that has to be looked up come in as arguments; what follows goes out as values, for
//! the caller to commit as a whole or not at all.
//!
//! # A sale
//!
//! ```
//! use saleflex_core::{
//!     cashier::{OnDuty, Role},
//!     catalog::{Catalog, CatalogRecords},
//!     checkout,
//!     document::{AddLine, Command, Facts, NewDocument, Policy, State, TakeTender, TillFacts},
//!     ids::{CashierId, ClosureNumber, DocumentId, StoreId, TerminalId},
//!     money::{Currency, CurrencyCode, Money},
//!     tax::TaxMode,
//!     tender::TenderKind,
//!     time::Moment,
//! };
//! # use saleflex_core::{catalog::{Department, DepartmentNo, Reference, Unit}, quantity::{Percent, UnitPrice}, tax::TaxRate};
//! # use uuid::Uuid;
//! # let vat = TaxRate { no: 1, name: "VAT".into(), percent: Percent::parse("20")?, jurisdiction: None };
//! # let sweets = Department { no: DepartmentNo(1), name: "Sweets".into(), main: None, taxes: vec![1], max_price: None };
//! # let reference = Reference { tax_rates: vec![vat], departments: vec![sweets], units: vec![Unit::piece()], masks: vec![], ..Reference::default() };
//! # let records = CatalogRecords { reference, ..CatalogRecords::default() };
//! # let now = Moment::utc(chrono::DateTime::UNIX_EPOCH);
//! # let id = Uuid::nil();
//! let pounds = Currency::of(CurrencyCode::parse("GBP")?);
//! let catalog = Catalog::from_records(records)?;
//! let cashier = OnDuty::with_role(CashierId::new(id), Role::Cashier);
//! let policy = Policy::default();
//! let sweets = catalog.department(DepartmentNo(1), now.business_date)?;
//! let till = TillFacts {
//!     store: StoreId::new(id),
//!     terminal: TerminalId::new(id),
//!     currency: pounds,
//!     tax_mode: TaxMode::Inclusive,
//!     training: false,
//!     closure: ClosureNumber(1),
//! };
//! let next = NewDocument { id: DocumentId::new(id), receipt: 1 };
//! let facts = || Facts { item: Some(&sweets), ..Facts::new(now, &cashier, &policy, till, next) };
//!
//! let sell = Command::AddLine(AddLine::department(DepartmentNo(1), UnitPrice::parse("2.40")?));
//! let state = checkout::run(None, &sell, facts())?.state;
//! let pay = Command::TakeTender(TakeTender::amount(TenderKind::Cash, Money::from_minor(5_00)));
//! let outcome = checkout::run(state.draft(), &pay, facts())?;
//!
//! let totals = outcome.effects.completed[0].document().totals;
//! assert_eq!((totals.tax, totals.change), (Money::from_minor(40), Money::from_minor(2_60)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program that wants all this on disk, with the lookups done, takes the `Till` of `saleflex-store`.
//!
//! # Map
//!
//! Each module uses only those above it.
//!
//! | module | answers |
//! |---|---|
//! | [`ids`], [`money`], [`quantity`], [`time`], [`digest`] | who, how much, how many, when; what vouches for bytes |
//! | [`authority`], [`scalar`], [`tax`] | by whose word; a setting written elsewhere; what the state takes |
//! | [`catalog`], [`tender`], [`adjustment`], [`cashier`] | what is for sale, how it is paid, what is taken off, who may |
//! | [`basket`], [`customer`], [`inventory`] | lines and totals; who buys; what moves on the shelves |
//! | [`document`], [`loyalty`], [`campaign`] | what a cashier may do and what it comes to; points earned, redeemed and taken back; what promotions take off |
//! | [`checkout`] | one command and everything that follows |
//! | [`closure`] | X and Z: the sum of a period's documents |
//! | [`printout`], [`settings`] | receipts and reports as typed blocks, and as text; what differs from till to till |
//! | [`journal`] | what every committed command leaves behind, as frozen bytes |
//! | [`audit`], [`performance`] | sensitive acts with who agreed; how documents were worked on |
#![cfg_attr(not(test), no_std)]

extern crate alloc;

pub mod adjustment;
pub mod audit;
pub mod authority;
pub mod basket;
pub mod campaign;
pub mod cashier;
pub mod catalog;
pub mod checkout;
pub mod closure;
pub mod customer;
pub mod digest;
pub mod document;
pub mod ids;
pub mod inventory;
pub mod journal;
pub mod loyalty;
pub mod money;
pub mod performance;
pub mod printout;
pub mod quantity;
pub mod scalar;
pub mod settings;
pub mod tax;
pub mod tender;
pub mod time;
mod written;
