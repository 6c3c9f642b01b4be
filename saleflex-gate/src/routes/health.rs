//! Whether the hub is there.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Hub;

/// The hub's state.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Health {
    /// `ok` when the hub can serve.
    pub status: &'static str,
    /// The name of the service.
    pub service: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// The hub's clock, so that a till can tell how far its own is off.
    pub time: DateTime<Utc>,
}

/// Whether the hub is there, with its version and clock. Needs no credential.
#[utoipa::path(get, path = "/health", tag = "service", responses((status = OK, body = Health)))]
pub(crate) async fn health(State(hub): State<Hub>) -> Json<Health> {
    Json(Health {
        status: "ok",
        service: "saleflex-gate",
        version: env!("CARGO_PKG_VERSION"),
        time: (hub.clock)(),
    })
}
