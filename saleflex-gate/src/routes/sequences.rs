//! The counters of terminals: to look at, and as devices tell them.

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
    error::Refusal,
    request::{Asked, Listed, Sent},
    scope::{Permit, TerminalScope},
    text,
};

/// The most counters that a device tells at once.
const MOST: usize = 100;

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

/// A counter of a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldCounter {
    /// `ReceiptNumber` or `ClosureNumber`, or what the client calls its own.
    name: String,
    /// The number that comes next.
    #[schema(minimum = 0)]
    value: i64,
}

/// The counters of a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"counters": [{"name": "ReceiptNumber", "value": 6}, {"name": "ClosureNumber", "value": 1}]}))]
pub(crate) struct ToldCounters {
    /// At most 100.
    counters: Vec<ToldCounter>,
}

/// How many counters were read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"updated": 2}))]
pub(crate) struct CountersRead {
    /// Those of the request: one that is behind changes nothing.
    updated: usize,
}

/// Takes the counters of the calling device. They only move forward.
#[utoipa::path(post, path = "/sync/sequences", tag = "sync", request_body = ToldCounters, responses(
    (status = OK, body = CountersRead),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn tell(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(ToldCounters { counters: told }): Sent<ToldCounters>,
) -> Result<Json<CountersRead>, ApiError> {
    scope.may_push()?;
    let are_counters = told.len() <= MOST && told.iter().all(|one| one.value >= 0);
    if !are_counters {
        let error =
            ApiError::unprocessable("field_invalid", "`counters` are at most 100, none below nothing");
        return Err(ApiError { detail: Some("counters".to_owned()), ..error });
    }
    for one in &told {
        text::within("name", &one.name, 1..=50)?;
    }
    let (company, terminal, now) = (scope.company, scope.terminal.id, hub.now());
    let told: Vec<(String, i64)> = told.into_iter().map(|one| (one.name, one.value)).collect();
    let updated = told.len();
    let raised = hub.books.write(Tenant::Company(company), move |session| {
        Ok::<_, ApiError>(counters::raise(session, company, terminal, &told, now)?)
    });
    raised.await.map(|()| Json(CountersRead { updated }))
}
