//! Whether the hub is there.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{ApiError, Hub, db::Tenant, error::Refusal, settings::Profile};

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
    let service = match hub.settings.profile {
        Profile::Office => "SaleFlex.OFFICE",
        Profile::Gate => "SaleFlex.GATE",
    };
    Json(Health { status: "ok", service, version: env!("CARGO_PKG_VERSION"), time: hub.now() })
}

/// Whether what the hub depends on is there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// `ok`.
    status: &'static str,
    /// `ok`.
    database: &'static str,
}

/// Whether the hub can do its work: its database answers. Needs no credential.
#[utoipa::path(get, path = "/ready", tag = "service", responses(
    (status = OK, body = Readiness),
    (status = SERVICE_UNAVAILABLE, body = Refusal, description = "`database_unavailable`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn ready(State(hub): State<Hub>) -> Result<Json<Readiness>, ApiError> {
    let asked = hub.books.read(Tenant::Platform, |session| session.query("SELECT 1", &[]).map(drop));
    asked.await.map_err(|error: crate::db::DatabaseError| ApiError::from(error))?;
    Ok(Json(Readiness { status: "ok", database: "ok" }))
}
