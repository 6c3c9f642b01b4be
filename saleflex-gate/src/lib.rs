//! The hub of SaleFlex: where tills and stores report to.
//!
//! A hub keeps companies, stores, terminals, their definitions, documents and closures in SQLite or PostgreSQL and
//! serves terminals of the older OFFICE wire as they are.
//!
//! **Invariants:** a route is registered once, and that registration is also its entry in the OpenAPI document; a
//! handler that is not described cannot be reached. What a till delivered takes effect exactly once, whatever is
//! repeated. The hub never depends on the till's store.
//!
//! ```
//! use saleflex_gate::{Hub, app, db::{Books, Sqlite}, settings::Settings};
//!
//! # fn clock() -> chrono::DateTime<chrono::Utc> { chrono::DateTime::UNIX_EPOCH }
//! let books = Books::open(Sqlite::in_memory()?)?;
//! let router = app(Hub::new(books, Settings::default(), clock));
//! # drop(router);
//! # Ok::<(), saleflex_gate::db::DatabaseError>(())
//! ```

mod access;
mod alerts;
mod audit;
mod authority;
mod boards;
mod closures;
mod counters;
mod credential;
pub mod db;
mod definitions;
mod delivered;
mod deliveries;
mod desk;
mod documents;
mod e4;
mod error;
mod export;
mod feed;
mod gatehouse;
mod goods;
mod holdings;
mod hub;
mod ids;
mod import;
mod jobs;
mod ledger;
mod limits;
pub mod mail;
mod metrics;
mod moving;
mod notices;
mod offers;
mod office;
mod openapi;
mod people;
mod place;
mod programs;
mod registry;
pub mod relay;
mod repeat;
mod reports;
mod request;
mod router;
mod routes;
mod scope;
mod seal;
mod serve;
pub mod settings;
mod stock;
mod streams;
mod text;
mod upkeep;
mod version;

pub use delivered::Delivered;
pub use error::ApiError;
pub use holdings::Holdings;
pub use hub::{Hub, Registered};
pub use moving::{MoveError, move_house};
pub use office::seed::{Imported, Unstated};
pub use openapi::document;
pub use registry::{Codes, NewStore, StoreKey, Terminal, TerminalChange};
pub use router::app;
pub use routes::health::Health;
pub use serve::serve;
