//! The counters of terminals, to look at.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    counters,
    db::Tenant,
    request::{Asked, Listed},
    scope::Permit,
};

/// Whose counters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SequenceQuery {
    /// Of this terminal.
    terminal_id: Uuid,
}

/// A counter of a terminal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sequence {
    /// Its identity.
    id: Uuid,
    /// `ReceiptNumber` or `ClosureNumber`, or what a client calls its own.
    name: String,
    /// Its value, as far as it was told here. It never moves backwards.
    value: i64,
    /// When it last changed.
    updated_at: Option<DateTime<Utc>>,
}

/// The counters of a terminal: receipt, closure, then the others by name.
#[utoipa::path(get, path = "/sequences", tag = "terminals", params(SequenceQuery), responses((status = OK, body = Listed<Sequence>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::SyncHealth>,
    Asked(query): Asked<SequenceQuery>,
) -> Result<Json<Listed<Sequence>>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let terminal = permit.terminal(books, query.terminal_id)?;
        Ok::<_, ApiError>(counters::of(books, permit.company, terminal.id)?)
    });
    let shown = read.await?.into_iter().map(|counter| Sequence {
        id: counter.id,
        name: counter.name,
        value: counter.value,
        updated_at: DateTime::from_timestamp_millis(counter.updated_at),
    });
    Ok(Json(Listed::whole(shown.collect())))
}
