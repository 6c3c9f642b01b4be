//! The prices of a price list. The list itself is a definition.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::definitions::{each_once, place, read_version, version_said, within_reach};
use crate::{
    ApiError, Hub,
    access::may,
    authority,
    db::Tenant,
    definitions::{
        editing,
        price_lists::{self, LISTS, ListPrice},
        rules,
    },
    error::Refusal,
    request::{Asked, Listed, Named, Page, Sent},
    scope::{Access, Permit},
};

/// What products cost by a list from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"prices": [
    {"product_id": "018f0000-0000-7000-8000-000000000001", "sale_price": "0.99"},
    {"product_id": "018f0000-0000-7000-8000-000000000002", "sale_price": null},
]}))]
pub(crate) struct NewPrices {
    /// Each product once, at most 1,000 of them.
    #[schema(min_items = 1, max_items = 1000)]
    prices: Vec<NewListPrice>,
}

/// What a product costs by the list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewListPrice {
    /// The product.
    product_id: Uuid,
    /// For one of its unit, as a decimal number above 0; null takes the product off the list.
    sale_price: Option<String>,
    /// The version of it that was read, 0 where it was not on the list: where it is another, nothing is written (`stale`, with
    /// the product). Absent: whatever it is.
    #[serde(default)]
    #[schema(minimum = 0)]
    version: Option<i64>,
}

/// What a product costs by a list from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"sale_price": "0.99"}))]
pub(crate) struct OnePrice {
    /// For one of its unit, as a decimal number above 0.
    sale_price: String,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PricesWritten {
    /// How many prices are others now; the rest stood so already.
    changed: usize,
}

/// The prices of a list in the order of their changes. A device sees those of the lists that it gets.
#[utoipa::path(get, path = "/price-lists/{id}/prices", tag = "definitions", params(("id" = Uuid, Path, description = "The list"), Page), responses((status = OK, body = Listed<ListPrice>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    Access { permit, .. }: Access<may::CatalogRead>,
    Named(id): Named<Uuid>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<ListPrice>>, ApiError> {
    let (since, limit) = (page.after()?, page.limit()?);
    let rule = rules::of(LISTS).ok_or_else(ApiError::internal)?;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let list = editing::one(books, permit.company, rule, id)?;
        let list = within_reach(books, (permit.company, list), &permit.reach)?;
        price_lists::prices(books, (permit.company, &list), (since, limit + 1))
    });
    read.await.map(|prices| Json(Listed::part(prices, limit, |price| price.version.to_string())))
}

/// Puts prices on a list, or takes them off: all or none of them. What stands so already is not changed, so that doing it
/// again does nothing. A list of the company is written by who may do so in the whole company, that of a store by who may in
/// the store.
#[utoipa::path(put, path = "/price-lists/{id}/prices", tag = "definitions", params(("id" = Uuid, Path, description = "The list")), request_body = NewPrices, responses(
    (status = OK, body = PricesWritten),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`: `detail` names a product whose price is another than was read"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`; `reference_unknown`: `detail` names a product that is not sold wherever the list holds; `too_many_rows`"),
))]
pub(crate) async fn put(
    State(hub): State<Hub>,
    permit: Permit<may::PriceWrite>,
    Named(id): Named<Uuid>,
    Sent(NewPrices { prices }): Sent<NewPrices>,
) -> Result<Json<PricesWritten>, ApiError> {
    authority::decides_here(&hub, permit.company, LISTS).await?;
    let rule = rules::of(LISTS).ok_or_else(ApiError::internal)?;
    let read: BTreeMap<Uuid, i64> =
        prices.iter().filter_map(|price| Some((price.product_id, price.version?))).collect();
    let said = prices.into_iter().map(|price| (price.product_id, price.sale_price));
    let new = each_once(("prices", "products"), said)?;
    let written = hub.act((permit.company, permit.actor), move |desk| {
        let list = place(desk.session, (&permit, rule), id)?;
        price_lists::check_read(desk.session, (desk.company, list.id), &read)?;
        let changed = price_lists::write(desk.session, (desk.company, &list), &new, desk.now)?;
        let detail = json!({"named": new.len(), "changed": changed});
        desk.note("prices.changed", ("price_list", id), list.store_id, detail)?;
        Ok(PricesWritten { changed })
    });
    written.await.map(Json)
}

/// What a product costs by a list.
#[utoipa::path(get, path = "/price-lists/{id}/prices/{product}", tag = "definitions", params(("id" = Uuid, Path, description = "The list"), ("product" = Uuid, Path, description = "The product")), responses((status = OK, body = ListPrice, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    Access { permit, .. }: Access<may::CatalogRead>,
    Named((id, product)): Named<(Uuid, Uuid)>,
) -> Result<Response, ApiError> {
    let rule = rules::of(LISTS).ok_or_else(ApiError::internal)?;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let list = editing::one(books, permit.company, rule, id)?;
        let list = within_reach(books, (permit.company, list), &permit.reach)?;
        price_lists::price(books, (permit.company, &list), product)
    });
    read.await.map(|price| tagged(StatusCode::OK, price))
}

/// Puts a product on a list, or gives it another price there. `If-Match` says which version was read of a price that is there;
/// a product that is not on the list needs none. One that costs so much already is not changed.
#[utoipa::path(put, path = "/price-lists/{id}/prices/{product}", tag = "definitions", params(("id" = Uuid, Path, description = "The list"), ("product" = Uuid, Path, description = "The product"), ("if-match" = Option<String>, Header, description = "The `ETag` that was read, of a price that is there")), request_body = OnePrice, responses(
    (status = OK, body = ListPrice, headers(("etag" = String, description = "Its version"))),
    (status = CREATED, body = ListPrice, headers(("etag" = String, description = "Its version"))),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = PRECONDITION_REQUIRED, body = Refusal, description = "`if_match_required`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`; `reference_unknown`: the product is not sold wherever the list holds; `too_many_rows`"),
))]
pub(crate) async fn put_one(
    State(hub): State<Hub>,
    permit: Permit<may::PriceWrite>,
    Named(path): Named<(Uuid, Uuid)>,
    headers: HeaderMap,
    Sent(OnePrice { sale_price }): Sent<OnePrice>,
) -> Result<Response, ApiError> {
    let read = version_said(&headers);
    let (price, is_new) = write_one(&hub, permit, (path, Some(sale_price)), read).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    price.map(|price| tagged(status, price)).ok_or_else(ApiError::internal)
}

/// Takes a product off a list: there it costs what it costs without.
#[utoipa::path(delete, path = "/price-lists/{id}/prices/{product}", tag = "definitions", params(("id" = Uuid, Path, description = "The list"), ("product" = Uuid, Path, description = "The product"), ("if-match" = Option<String>, Header, description = "The `ETag` that was read")), responses(
    (status = NO_CONTENT, description = "It is on the list no more"),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = PRECONDITION_REQUIRED, body = Refusal, description = "`if_match_required`"),
))]
pub(crate) async fn take_off(
    State(hub): State<Hub>,
    permit: Permit<may::PriceWrite>,
    Named(path): Named<(Uuid, Uuid)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let read = Some(read_version(&headers)?);
    write_one(&hub, permit, (path, None), read).await.map(|_| StatusCode::NO_CONTENT)
}

/// Writes one price; what it is now, and whether it is new.
async fn write_one(
    hub: &Hub,
    permit: Permit<may::PriceWrite>,
    ((id, product), price): ((Uuid, Uuid), Option<String>),
    read: Option<i64>,
) -> Result<(Option<ListPrice>, bool), ApiError> {
    authority::decides_here(hub, permit.company, LISTS).await?;
    let rule = rules::of(LISTS).ok_or_else(ApiError::internal)?;
    let written = hub.act((permit.company, permit.actor), move |desk| {
        let list = place(desk.session, (&permit, rule), id)?;
        let (of, what) = ((desk.company, &list), (product, price));
        let written = price_lists::write_one(desk.session, of, what, (read, desk.now))?;
        let detail = json!({"product_id": product, "is_on_it": written.0.is_some()});
        desk.note("prices.changed", ("price_list", id), list.store_id, detail)?;
        Ok(written)
    });
    written.await
}

fn tagged(status: StatusCode, price: ListPrice) -> Response {
    let tag = format!("\"{}\"", price.version);
    (status, [(header::ETAG, tag)], Json(price)).into_response()
}
