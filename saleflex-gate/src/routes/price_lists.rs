//! The prices of a price list. The list itself is a definition.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::definitions::{each_once, place, within_reach};
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
    scope::Permit,
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
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PricesWritten {
    /// How many prices are others now; the rest stood so already.
    changed: usize,
}

/// The prices of a list in the order of their changes.
#[utoipa::path(get, path = "/price-lists/{id}/prices", tag = "definitions", params(("id" = Uuid, Path, description = "The list"), Page), responses((status = OK, body = Listed<ListPrice>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::CatalogRead>,
    Named(id): Named<Uuid>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<ListPrice>>, ApiError> {
    let (since, limit) = (page.after()?, page.limit()?);
    let rule = rules::of(LISTS).ok_or_else(ApiError::internal)?;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let list = within_reach(editing::one(books, permit.company, rule, id)?, &permit.reach)?;
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
    let said = prices.into_iter().map(|price| (price.product_id, price.sale_price));
    let new = each_once(("prices", "products"), said)?;
    let written = hub.act((permit.company, permit.actor), move |desk| {
        let list = place(desk.session, (&permit, rule), id)?;
        let changed = price_lists::write(desk.session, (desk.company, &list), &new, desk.now)?;
        let detail = json!({"named": new.len(), "changed": changed});
        desk.note("prices.changed", ("price_list", id), list.store_id, detail)?;
        Ok(PricesWritten { changed })
    });
    written.await.map(Json)
}
