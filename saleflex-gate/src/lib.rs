//! The hub of SaleFlex: where tills and stores report to.
//!
//! What exists: the service itself, its health and an OpenAPI document generated from the routes. Companies,
//! stores, terminals and the receiving end of the tills' outbox are on the road map.
//!
//! **Invariant:** a route is registered once, and that registration is also its entry in the OpenAPI document;
//! a handler that is not described cannot be reached. The hub never depends on the till's store.
//!
//! ```
//! use saleflex_gate::{Hub, app};
//!
//! # fn clock() -> chrono::DateTime<chrono::Utc> { chrono::DateTime::UNIX_EPOCH }
//! let router = app(Hub { clock });
//! # drop(router);
//! ```

mod error;
mod openapi;
mod router;
mod routes;
mod serve;

pub use error::ApiError;
pub use openapi::document;
pub use router::{Hub, app};
pub use routes::health::Health;
pub use serve::serve;
