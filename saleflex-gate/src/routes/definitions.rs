//! Definitions over the API: one pair of paths for all resources, by whose handlers those are served too that have paths of their
//! own (`router::rows`).

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::{Capability, Reach},
    db::Tenant,
    definitions::{
        editing::{self, Filter, Stored, ToChange, ToMake},
        filters::{self, Field, Wanted},
        overriding,
        paths::Parent,
        rules::{self, Rule},
    },
    error::Refusal,
    office::seed,
    people::standing,
    request::{Asked, Filtered, Listed, Order, Page, Sent},
    scope::{DefinitionReader, DefinitionWriter, NamedRow},
};

/// The most rows that a request says something of.
const MOST_NAMED: usize = 1_000;

/// A resource and who may read and write it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResourceRule {
    /// Its name in paths.
    resource: &'static str,
    /// What reading needs.
    read: &'static str,
    /// What writing needs; absent: it is kept elsewhere.
    write: Option<&'static str>,
    /// The field that no two rows of a place share.
    key: Option<&'static str>,
    /// The fields by which a row of a store takes the place of the company's there; empty: it takes none's.
    #[schema(value_type = Vec<String>)]
    overridden: &'static [&'static str],
    /// Where its rows are served too, below the version; absent: nowhere else.
    path: Option<&'static str>,
    /// The fields by which its rows are filtered (`filter[…]`).
    #[schema(value_type = Vec<Field>)]
    filters: &'static [Field],
}

/// The resources there are.
#[utoipa::path(get, path = "/definitions", tag = "definitions", responses((status = OK, body = Listed<ResourceRule>)))]
pub(crate) async fn resources() -> Json<Listed<ResourceRule>> {
    let rules = rules::all().iter().map(|rule| ResourceRule {
        resource: rule.resource,
        read: rule.read.name(),
        write: rule.write.map(Capability::name),
        key: rule.key,
        overridden: &rule.overridden,
        path: rule.path,
        filters: filters::of(rule.resource),
    });
    Json(Listed::whole(rules.collect()))
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
pub(crate) struct RowQuery {
    /// With this code, barcode or whatever the resource is known by.
    key: Option<String>,
    /// Those that hold in this store.
    store_id: Option<Uuid>,
    /// With those that are gone.
    #[serde(default)]
    with_deleted: bool,
    /// Changed at this instant or later.
    updated_since: Option<DateTime<Utc>>,
    /// `version`, the order of the changes, where nothing is said, or `-version`: the latest first.
    sort: Option<String>,
}

/// The rows of a resource in the order of their changes. Beside what stands here a row is asked for by what its fields hold
/// (`filter[is_active]=true`), all of it together; `GET /definitions` names which fields. A device sees those of the kinds it gets, of its own store. Where the
/// first comes first, `next_cursor` is also where the next changes begin.
#[utoipa::path(get, path = "/definitions/{resource}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), RowQuery, Page), responses((status = OK, body = Listed<Stored>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    reader: DefinitionReader,
    Asked(query): Asked<RowQuery>,
    Asked(page): Asked<Page>,
    Filtered(filtered): Filtered,
) -> Result<Json<Listed<Stored>>, ApiError> {
    let RowQuery { key, store_id: store, with_deleted, updated_since, sort } = query;
    let order = Order::of(sort.as_deref(), "version")?;
    let beginning = match order {
        Order::Rising => 0,
        Order::Falling => i64::MAX,
    };
    let (since, limit) = (page.after_or(beginning)?, page.limit()?);
    let DefinitionReader { rule, permit, parent, terminal } = reader;
    let mut fields = Wanted::all(rule.resource, &filtered)?;
    if let Some(parent) = parent {
        fields.push(parent.wanted(rule)?);
    }
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        if let Some(parent) = parent {
            parent.is_there(books, permit.company, &permit.reach)?;
        }
        let own = terminal.as_ref().map(|terminal| terminal.id);
        let store = terminal.as_ref().map(|terminal| terminal.store).or(store);
        let filter = Filter { since, with_deleted, key, store, updated_since, terminal: own, order, fields };
        let within = (&permit.reach, &filter);
        let mut rows = editing::list(books, (permit.company, rule), within, limit + 1)?;
        if let Some(terminal) = &terminal {
            let of = (permit.company, rule);
            let known = rows.into_iter().map(|row| overriding::as_known(books, of, row));
            rows = known.collect::<Result<_, _>>()?;
            for row in &mut rows {
                seed::hide_costs(&mut row.row, terminal);
            }
        }
        Ok::<_, ApiError>(rows)
    });
    read.await.map(|rows| Json(Listed::part(rows, limit, |row| row.version.to_string())))
}

pub(super) fn tagged(status: StatusCode, row: Stored) -> Response {
    let tag = format!("\"{}\"", row.version);
    (status, [(header::ETAG, tag)], Json(row)).into_response()
}

/// The version that a caller has read.
pub(super) fn read_version(headers: &HeaderMap) -> Result<i64, ApiError> {
    version_said(headers).ok_or_else(ApiError::if_match_required)
}

/// The version that a caller says they have read; none where they say none, or what is none.
pub(super) fn version_said(headers: &HeaderMap) -> Option<i64> {
    let tag = headers.get(header::IF_MATCH).and_then(|tag| tag.to_str().ok());
    tag.and_then(|tag| tag.trim().trim_matches('"').parse().ok())
}

/// A row. A device sees what it gets.
#[utoipa::path(get, path = "/definitions/{resource}/{id}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), ("id" = Uuid, Path, description = "The row")), responses((status = OK, body = Stored, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    reader: DefinitionReader,
    NamedRow(id): NamedRow,
) -> Result<Response, ApiError> {
    let DefinitionReader { rule, permit, parent, terminal } = reader;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let row = match &terminal {
            Some(terminal) => {
                let at = (id, terminal.store, terminal.id);
                let mut row = overriding::one_at(books, (permit.company, rule), at)?;
                seed::hide_costs(&mut row.row, terminal);
                row
            }
            None => editing::one(books, permit.company, rule, id)?,
        };
        if let Some(parent) = parent {
            parent.holds(books, (permit.company, &permit.reach), &row.row)?;
        }
        within_reach(books, (permit.company, row), &permit.reach)
    });
    read.await.map(|row| tagged(StatusCode::OK, row))
}

/// Makes a row. With an identity of the caller's own, doing it again changes nothing.
#[utoipa::path(post, path = "/definitions/{resource}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`")), request_body = ToMake, responses(
    (status = CREATED, body = Stored, headers(("etag" = String, description = "Its version"))),
    (status = CONFLICT, body = Refusal, description = "`key_taken`, `already_there`"),
))]
pub(crate) async fn make(
    State(hub): State<Hub>,
    writer: DefinitionWriter,
    Sent(mut new): Sent<ToMake>,
) -> Result<Response, ApiError> {
    let DefinitionWriter { rule, permit, parent } = writer;
    if new.region_id.is_none() {
        permit.in_place(new.store_id)?;
    }
    if let Some(parent) = parent {
        parent.name_in(&mut new.row)?;
    }
    let made = hub.act((permit.company, permit.actor), move |desk| {
        if let Some(parent) = parent {
            parent.is_there(desk.session, desk.company, &permit.sees)?;
        }
        permit.at(desk.session, (new.store_id, new.region_id))?;
        if let Some(store) = new.store_id {
            permit.store(desk.session, store)?;
        }
        let (store, detail) = (new.store_id, editing::summary(rule, &new.row));
        let row = editing::make(desk.session, (desk.company, rule), new, desk.now)?;
        desk.note("definition.created", ("definition", row.id), store, detail)?;
        Ok(row)
    });
    made.await.map(|row| tagged(StatusCode::CREATED, row))
}

/// Changes a row. `If-Match` says which version was read; if it changed since, nothing happens.
#[utoipa::path(patch, path = "/definitions/{resource}/{id}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), ("id" = Uuid, Path, description = "The row"), ("if-match" = Option<String>, Header, description = "The `ETag` that was read")), request_body = ToChange, responses(
    (status = OK, body = Stored, headers(("etag" = String, description = "Its version"))),
    (status = CONFLICT, body = Refusal, description = "`key_taken`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = PRECONDITION_REQUIRED, body = Refusal, description = "`if_match_required`"),
))]
pub(crate) async fn change(
    State(hub): State<Hub>,
    writer: DefinitionWriter,
    NamedRow(id): NamedRow,
    headers: HeaderMap,
    Sent(change): Sent<ToChange>,
) -> Result<Response, ApiError> {
    let DefinitionWriter { rule, permit, parent } = writer;
    let version = read_version(&headers)?;
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        let store = place_below(desk.session, (&permit, rule, parent), id)?;
        let detail = editing::summary(rule, &change.row);
        let of = (desk.company, rule);
        let row = editing::change(desk.session, of, (id, version), change, desk.now)?;
        desk.note("definition.changed", ("definition", id), store, detail)?;
        Ok(row)
    });
    changed.await.map(|row| tagged(StatusCode::OK, row))
}

/// Removes a row: tills are told that it is gone.
#[utoipa::path(delete, path = "/definitions/{resource}/{id}", tag = "definitions", params(("resource" = String, Path, description = "Such as `products`"), ("id" = Uuid, Path, description = "The row"), ("if-match" = Option<String>, Header, description = "The `ETag` that was read")), responses(
    (status = NO_CONTENT, description = "It is gone"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = PRECONDITION_REQUIRED, body = Refusal, description = "`if_match_required`"),
))]
pub(crate) async fn remove(
    State(hub): State<Hub>,
    writer: DefinitionWriter,
    NamedRow(id): NamedRow,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let DefinitionWriter { rule, permit, parent } = writer;
    let version = read_version(&headers)?;
    let removed = hub.act((permit.company, permit.actor), move |desk| {
        let store = place_below(desk.session, (&permit, rule, parent), id)?;
        editing::remove(desk.session, (desk.company, rule), (id, version), desk.now)?;
        let detail = serde_json::json!({"resource": rule.resource});
        Ok(desk.note("definition.removed", ("definition", id), store, detail)?)
    });
    removed.await.map(|()| StatusCode::NO_CONTENT)
}

/// The row of the company, of a store within reach or of a region with one; no other is told of.
pub(super) fn within_reach(
    books: &mut dyn crate::db::Session,
    (company, row): (Uuid, Stored),
    reach: &Reach,
) -> Result<Stored, ApiError> {
    let is_known = match (row.store_id, row.region_id) {
        (Some(store), _) => reach.holds_store(store),
        (None, Some(region)) if !reach.is_company() => {
            let stores = standing::stores_of_region(books, company, region)?;
            stores.into_iter().any(|store| reach.holds_store(store))
        }
        (None, _) => true,
    };
    if is_known { Ok(row) } else { Err(ApiError::not_found()) }
}

/// What a request says of each of some rows in one of its fields.
///
/// # Errors
/// `field_invalid` where it names none, too many, or one twice.
pub(super) fn each_once<T>(
    (field, of): (&str, &str),
    said: impl ExactSizeIterator<Item = (Uuid, T)>,
) -> Result<BTreeMap<Uuid, T>, ApiError> {
    let count = said.len();
    let each: BTreeMap<Uuid, T> = said.collect();
    if each.len() < count || !(1..=MOST_NAMED).contains(&count) {
        let message = format!("`{field}` names 1 to {MOST_NAMED} {of}, each once");
        let error = ApiError::unprocessable("field_invalid", message);
        return Err(ApiError { detail: Some(field.to_owned()), ..error });
    }
    Ok(each)
}

/// The row, where the writer's right holds.
pub(super) fn place<R>(
    books: &mut dyn crate::db::Session,
    (permit, rule): (&crate::scope::Permit<R>, &Rule),
    id: Uuid,
) -> Result<Stored, ApiError> {
    let row = editing::one(books, permit.company, rule, id)?;
    permit.at(books, (row.store_id, row.region_id))?;
    Ok(row)
}

/// The store of a row where the writer's right holds, and which belongs to the row that its path begins with.
fn place_below<R>(
    books: &mut dyn crate::db::Session,
    (permit, rule, parent): (&crate::scope::Permit<R>, &Rule, Option<Parent>),
    id: Uuid,
) -> Result<Option<Uuid>, ApiError> {
    let row = place(books, (permit, rule), id)?;
    if let Some(parent) = parent {
        parent.holds(books, (permit.company, &permit.sees), &row.row)?;
    }
    Ok(row.store_id)
}
