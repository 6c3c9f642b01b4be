//! What is on the shelves, and how it came there.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    request::{Asked, Listed, Named, Page},
    scope::Access,
    stock::{self, Filter, LevelFilter, StockLevel, StockMovement},
};

/// Of which product.
#[derive(Deserialize, IntoParams)]
pub(crate) struct StockQuery {
    /// In this store.
    store_id: Option<Uuid>,
    /// Of this product.
    product_id: Option<Uuid>,
    /// Moved at this instant or later.
    updated_since: Option<DateTime<Utc>>,
    /// `true`: less than the `min_stock` of their product; one that says none is never below it.
    below_minimum: Option<bool>,
}

/// What is on the shelves, by what tills delivered. A device sees its own store.
#[utoipa::path(get, path = "/stock", tag = "stock", params(StockQuery, Page), responses((status = OK, body = Listed<StockLevel>)))]
pub(crate) async fn levels(
    State(hub): State<Hub>,
    access: Access<may::StockRead>,
    Asked(query): Asked<StockQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<StockLevel>>, ApiError> {
    let filter = LevelFilter {
        store: query.store_id,
        product: query.product_id,
        since: query.updated_since,
        is_below_minimum: query.below_minimum.unwrap_or(false),
    };
    read_levels(hub, access, filter, page).await
}

/// Of which store.
#[derive(Deserialize, IntoParams)]
pub(crate) struct StoreQuery {
    /// In this store.
    store_id: Option<Uuid>,
}

/// What is on the shelves of one product, store by store; of one of which nothing ever moved within reach it is not found.
/// A device sees its own store.
#[utoipa::path(get, path = "/stock/{id}", tag = "stock", params(("id" = Uuid, Path, description = "The product"), StoreQuery, Page), responses((status = OK, body = Listed<StockLevel>)))]
pub(crate) async fn of_product(
    State(hub): State<Hub>,
    access: Access<may::StockRead>,
    Named(product): Named<Uuid>,
    Asked(query): Asked<StoreQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<StockLevel>>, ApiError> {
    let filter = LevelFilter { store: query.store_id, product: Some(product), ..LevelFilter::default() };
    let levels = read_levels(hub, access, filter, page).await?;
    if levels.0.items.is_empty() { Err(ApiError::not_found()) } else { Ok(levels) }
}

async fn read_levels(
    hub: Hub,
    access: Access<may::StockRead>,
    filter: LevelFilter,
    page: Page,
) -> Result<Json<Listed<StockLevel>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let read = hub.books.read(Tenant::Company(access.company()), move |books| {
        let within = (&access.permit.reach, &filter);
        Ok::<_, ApiError>(stock::levels(books, access.company(), within, (after, limit + 1))?)
    });
    read.await.map(|levels| Json(Listed::part(levels, limit, StockLevel::place)))
}

/// Which movements.
#[derive(Deserialize, IntoParams)]
pub(crate) struct MovementQuery {
    /// In this store.
    store_id: Option<Uuid>,
    /// Of this product.
    product_id: Option<Uuid>,
    /// Such as `sale`, `return`, `receipt`, `issue`, `waste`, `adjustment`, `transfer_out`, `transfer_in`, `hub_adjustment`,
    /// `correction`, `counted`.
    kind: Option<String>,
}

/// Every movement that led to what is on the shelves, in the order of what moved it. A device sees its own store.
#[utoipa::path(get, path = "/stock/movements", tag = "stock", params(MovementQuery, Page), responses((status = OK, body = Listed<StockMovement>)))]
pub(crate) async fn movements(
    State(hub): State<Hub>,
    access: Access<may::StockRead>,
    Asked(query): Asked<MovementQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<StockMovement>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let filter = Filter { store: query.store_id, product: query.product_id, kind: query.kind };
    let read = hub.books.read(Tenant::Company(access.company()), move |books| {
        let within = (&access.permit.reach, &filter);
        Ok::<_, ApiError>(stock::movements(books, access.company(), within, (after, limit + 1))?)
    });
    read.await.map(|movements| Json(Listed::part(movements, limit, StockMovement::place)))
}
