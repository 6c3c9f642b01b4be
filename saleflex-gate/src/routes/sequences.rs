//! The counters of terminals: to look at, to put right, and as devices tell them.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    counters::{self, Counter},
    db::Tenant,
    error::Refusal,
    request::{Asked, Listed, Named, Sent},
    scope::{Permit, TerminalScope},
    text,
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
    /// Its value, as far as it was told here. It moves backwards where it is put right alone.
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
    Ok(Json(shown(read.await?)))
}

fn shown(counters: Vec<Counter>) -> Listed<Sequence> {
    let shown = counters.into_iter().map(|counter| Sequence {
        id: counter.id,
        name: counter.name,
        value: counter.value,
        updated_at: DateTime::from_timestamp_millis(counter.updated_at),
    });
    Listed::whole(shown.collect())
}

/// Puts counters of a terminal to the numbers that come next, also to smaller ones; those that are not named stay. A terminal
/// that counts otherwise itself tells it again: it is put right there first. Of a store's terminals that its hub brings, either
/// hub has counters of its own.
#[utoipa::path(put, path = "/sequences/{id}", tag = "terminals", params(("id" = Uuid, Path, description = "The terminal")), request_body = ToldCounters, responses(
    (status = OK, body = Listed<Sequence>),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`: the terminal has no such counter, or none comes to that number"),
))]
pub(crate) async fn put_right(
    State(hub): State<Hub>,
    permit: Permit<may::TerminalRegister>,
    Named(id): Named<Uuid>,
    Sent(told): Sent<ToldCounters>,
) -> Result<Json<Listed<Sequence>>, ApiError> {
    let numbers = told.checked(1)?;
    let put = hub.act((permit.company, permit.actor), move |desk| {
        let terminal = permit.terminal(desk.session, id)?;
        let before = counters::of(desk.session, desk.company, id)?;
        let is_there = |name: &String| before.iter().any(|counter| counter.name == *name);
        if let Some((name, _)) = numbers.iter().find(|(name, _)| !is_there(name)) {
            return Err(unfit(format!("the terminal has no counter `{}`", name.escape_debug())));
        }
        counters::put_right(desk.session, (desk.company, id), &numbers, desk.now)?;
        let was: BTreeMap<&String, i64> =
            before.iter().map(|counter| (&counter.name, counter.value)).collect();
        let detail = json!({"before": was, "now": BTreeMap::from_iter(numbers)});
        desk.note("sequence.repaired", ("terminal", id), Some(terminal.store), detail)?;
        Ok(counters::of(desk.session, desk.company, id)?)
    });
    put.await.map(|counters| Json(shown(counters)))
}

/// A counter of a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldCounter {
    /// `ReceiptNumber` or `ClosureNumber`, or what the client calls its own.
    name: String,
    /// The number that comes next.
    #[schema(minimum = 0, maximum = 999_999_999)]
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

impl ToldCounters {
    /// The counters, if their names and numbers are such as counters have.
    ///
    /// # Errors
    /// `field_invalid`.
    fn checked(self, least: i64) -> Result<Vec<(String, i64)>, ApiError> {
        let can_be = |one: &ToldCounter| one.value >= least && counters::can_be(one.value);
        if self.counters.len() > counters::MOST || !self.counters.iter().all(can_be) {
            let (most, greatest) = (counters::MOST, counters::GREATEST);
            return Err(unfit(format!("`counters` are at most {most}, of {least} to {greatest} each")));
        }
        for one in &self.counters {
            text::within("name", &one.name, 1..=counters::LONGEST)?;
        }
        Ok(self.counters.into_iter().map(|one| (one.name, one.value)).collect())
    }
}

fn unfit(message: String) -> ApiError {
    let error = ApiError::unprocessable("field_invalid", message);
    ApiError { detail: Some("counters".to_owned()), ..error }
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
    Sent(told): Sent<ToldCounters>,
) -> Result<Json<CountersRead>, ApiError> {
    scope.may_push()?;
    let told = told.checked(0)?;
    let (company, terminal, now) = (scope.company, scope.terminal.id, hub.now());
    let updated = told.len();
    let raised = hub.books.write(Tenant::Company(company), move |session| {
        // What a push of it raises meanwhile is waited for, and read.
        let sql = "UPDATE terminal SET number = number WHERE company_id = $1 AND terminal_id = $2";
        session.execute(sql, &[company.into(), terminal.into()])?;
        Ok::<_, ApiError>(counters::raise(session, company, terminal, &told, now)?)
    });
    raised.await.map(|()| Json(CountersRead { updated }))
}
