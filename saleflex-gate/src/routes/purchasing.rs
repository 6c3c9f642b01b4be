//! Suppliers and what is ordered of them.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    definitions::read_version,
    goods::{PaperQuery, done_once, listed, seen},
};
use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    goods::{
        postings,
        purchasing::{
            self, Delivery, NewPurchaseOrder, NewSupplier, PurchaseOrder, PurchaseOrderChange, Supplier,
            SupplierChange,
        },
    },
    repeat::{Answer, IdempotencyKey},
    request::{Asked, Listed, Named, Page, Sent},
    scope::Permit,
};

fn tagged<T: Serialize>(version: i64, paper: T) -> Response {
    (StatusCode::OK, [(header::ETAG, format!("\"{version}\""))], Json(paper)).into_response()
}

/// The company's suppliers.
#[utoipa::path(get, path = "/suppliers", tag = "stock", params(PaperQuery, Page), responses((status = OK, body = Listed<Supplier>)))]
pub(crate) async fn suppliers(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    Asked(query): Asked<PaperQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<Supplier>>, ApiError> {
    listed(&hub, permit, (query, page)).await
}

/// Makes a supplier, in the whole company.
#[utoipa::path(post, path = "/suppliers", tag = "stock", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewSupplier, responses(
    (status = OK, body = Supplier),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`code_taken`, `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn add_supplier(
    State(hub): State<Hub>,
    permit: Permit<may::CatalogWrite>,
    key: IdempotencyKey,
    Sent(new): Sent<NewSupplier>,
) -> Result<Answer, ApiError> {
    permit.in_company()?;
    done_once(&hub, permit, (key, "supplier.add", new), |desk, _, new| purchasing::add(desk, new.clone()))
        .await
}

/// A supplier.
#[utoipa::path(get, path = "/suppliers/{id}", tag = "stock", params(("id" = Uuid, Path, description = "The supplier")), responses((status = OK, body = Supplier, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn supplier(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    Named(id): Named<Uuid>,
) -> Result<Response, ApiError> {
    let read =
        hub.books.read(Tenant::Company(permit.company), move |books| seen::<_, Supplier>(books, &permit, id));
    read.await.map(|supplier| tagged(supplier.version, supplier))
}

/// Changes a supplier. `If-Match` says which version was read.
#[utoipa::path(patch, path = "/suppliers/{id}", tag = "stock", params(("id" = Uuid, Path, description = "The supplier"), ("if-match" = Option<String>, Header, description = "The `ETag` that was read")), request_body = SupplierChange, responses(
    (status = OK, body = Supplier, headers(("etag" = String, description = "Its version"))),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = PRECONDITION_REQUIRED, body = Refusal, description = "`if_match_required`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn change_supplier(
    State(hub): State<Hub>,
    permit: Permit<may::CatalogWrite>,
    Named(id): Named<Uuid>,
    headers: HeaderMap,
    Sent(change): Sent<SupplierChange>,
) -> Result<Response, ApiError> {
    permit.in_company()?;
    let version = read_version(&headers)?;
    postings::moves_goods(&hub, permit.company).await?;
    let changed =
        hub.act((permit.company, permit.actor), move |desk| purchasing::change(desk, (id, version), change));
    changed.await.map(|supplier| tagged(supplier.version, supplier))
}

/// Orders to suppliers.
#[utoipa::path(get, path = "/purchase-orders", tag = "stock", params(PaperQuery, Page), responses((status = OK, body = Listed<PurchaseOrder>)))]
pub(crate) async fn orders(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    Asked(query): Asked<PaperQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<PurchaseOrder>>, ApiError> {
    listed(&hub, permit, (query, page)).await
}

/// An order to a supplier.
#[utoipa::path(get, path = "/purchase-orders/{id}", tag = "stock", params(("id" = Uuid, Path, description = "The order")), responses((status = OK, body = PurchaseOrder, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn order(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    Named(id): Named<Uuid>,
) -> Result<Response, ApiError> {
    let read = hub
        .books
        .read(Tenant::Company(permit.company), move |books| seen::<_, PurchaseOrder>(books, &permit, id));
    read.await.map(|order| tagged(order.version, order))
}

/// Writes an order to a supplier.
#[utoipa::path(post, path = "/purchase-orders", tag = "stock", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewPurchaseOrder, responses(
    (status = OK, body = PurchaseOrder),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`behind_office`, `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`till_needed`, `reference_unknown`, `product_unknown`, `twice`, `field_invalid`"),
))]
pub(crate) async fn write(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    key: IdempotencyKey,
    Sent(new): Sent<NewPurchaseOrder>,
) -> Result<Answer, ApiError> {
    done_once(&hub, permit, (key, "purchase_order.write", new), |desk, permit, new| {
        permit.in_store(new.at.store_id)?;
        purchasing::order(desk, new)
    })
    .await
}

/// Changes an order, or says that nothing more of it is expected. `If-Match` says which version was read.
#[utoipa::path(patch, path = "/purchase-orders/{id}", tag = "stock", params(("id" = Uuid, Path, description = "The order"), ("if-match" = Option<String>, Header, description = "The `ETag` that was read")), request_body = PurchaseOrderChange, responses(
    (status = OK, body = PurchaseOrder, headers(("etag" = String, description = "Its version"))),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = PRECONDITION_REQUIRED, body = Refusal, description = "`if_match_required`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn amend(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    Named(id): Named<Uuid>,
    headers: HeaderMap,
    Sent(change): Sent<PurchaseOrderChange>,
) -> Result<Response, ApiError> {
    let version = read_version(&headers)?;
    postings::moves_goods(&hub, permit.company).await?;
    let changed = hub.act((permit.company, permit.actor), move |desk| {
        let order = purchasing::locked(desk, id)?;
        permit.in_store(order.at.store_id)?;
        purchasing::amend(desk, (order, version), change)
    });
    changed.await.map(|order| tagged(order.version, order))
}

/// Takes a delivery of an order in, in parts or all that is still to come; never more than was ordered.
#[utoipa::path(post, path = "/purchase-orders/{id}/receive", tag = "stock", params(("id" = Uuid, Path, description = "The order"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = Delivery, responses(
    (status = OK, body = PurchaseOrder),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: stock is decided elsewhere"),
    (status = CONFLICT, body = Refusal, description = "`wrong_state`: `detail` says how it stands; `idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`over_delivery`, `product_unknown`, `twice`, `field_invalid`; `till_needed`: the till is gone, and the store has none or several others"),
))]
pub(crate) async fn receive(
    State(hub): State<Hub>,
    permit: Permit<may::StockReceive>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
    Sent(delivery): Sent<Delivery>,
) -> Result<Answer, ApiError> {
    let of = (key, "purchase_order.receive", (id, delivery));
    done_once(&hub, permit, of, |desk, permit, (id, delivery)| {
        let order: PurchaseOrder = seen(desk.session, permit, *id)?;
        purchasing::receive(desk, order, delivery)
    })
    .await
}
