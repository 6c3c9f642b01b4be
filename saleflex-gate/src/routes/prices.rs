//! What products cost, for those who set prices and change nothing else of the catalog.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::definitions::{place, read_version, tagged};
use crate::{
    ApiError, Hub,
    access::may,
    authority,
    definitions::{
        editing::{self, Stored, ToChange},
        rules,
    },
    error::Refusal,
    request::{Named, Sent},
    scope::Permit,
};

const PRODUCTS: &str = "products";

/// What a product costs from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"sale_price": "3.60"}))]
pub(crate) struct NewPrice {
    /// For one of its unit, as a decimal number.
    sale_price: String,
}

/// Sets what a product costs. `If-Match` says which version was read. A price of the company's own product is set by who
/// may do so in the whole company, that of a store's by who may in the store.
#[utoipa::path(put, path = "/products/{id}/price", tag = "definitions", params(
    ("id" = Uuid, Path, description = "The product"),
    ("if-match" = Option<String>, Header, description = "The `ETag` that was read"),
), request_body = NewPrice, responses(
    (status = OK, body = Stored, headers(("etag" = String, description = "Its version"))),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = PRECONDITION_REQUIRED, body = Refusal, description = "`if_match_required`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn put(
    State(hub): State<Hub>,
    permit: Permit<may::PriceWrite>,
    Named(id): Named<Uuid>,
    headers: HeaderMap,
    Sent(NewPrice { sale_price }): Sent<NewPrice>,
) -> Result<Response, ApiError> {
    authority::decides_here(&hub, permit.company, PRODUCTS).await?;
    let rule = rules::of(PRODUCTS).ok_or_else(ApiError::internal)?;
    let version = read_version(&headers)?;
    let row = Map::from_iter([("sale_price".to_owned(), Json::String(sale_price))]);
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        let store = place(desk.session, (&permit, rule), id)?.store_id;
        let (of, detail) = ((desk.company, rule), editing::summary(rule, &row));
        let row = editing::change(desk.session, of, (id, version), ToChange { row }, desk.now)?;
        desk.note("definition.changed", ("definition", id), store, detail)?;
        Ok(row)
    });
    changed.await.map(|row| tagged(StatusCode::OK, row))
}
