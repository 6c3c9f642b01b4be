//! What stands above and below every receipt.

use axum::extract::State;
use serde_json::json;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    authority,
    db::Tenant,
    definitions::receipt_texts::{self, ReceiptTexts, TEXTS},
    error::Refusal,
    request::{Named, Sent},
    scope::Permit,
    version::{ReadBefore, Shown},
};

/// What stands above and below the receipts of all stores.
#[utoipa::path(get, path = "/receipt-texts", tag = "definitions", responses((status = OK, body = ReceiptTexts, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    permit: Permit<may::CatalogRead>,
) -> Result<Shown<ReceiptTexts>, ApiError> {
    let company = permit.company;
    let read = hub.books.read(Tenant::Company(company), move |books| {
        Ok::<_, ApiError>(receipt_texts::of(books, company, None)?)
    });
    read.await.map(Shown)
}

/// Sets what stands above and below the receipts of all stores, in the place of all before. What a store says stands in the
/// place of that, and what is set for a till (`paper` of its settings) in the place of both.
#[utoipa::path(put, path = "/receipt-texts", tag = "definitions", params(ReadBefore), request_body = ReceiptTexts, responses(
    (status = OK, body = ReceiptTexts, headers(("etag" = String, description = "Its version"))),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn put(
    State(hub): State<Hub>,
    permit: Permit<may::FormWrite>,
    read: ReadBefore,
    Sent(texts): Sent<ReceiptTexts>,
) -> Result<Shown<ReceiptTexts>, ApiError> {
    permit.in_company()?;
    set(&hub, permit, None, (read, texts)).await
}

/// What stands above and below the receipts of a store, where it says something of its own.
#[utoipa::path(get, path = "/stores/{id}/receipt-texts", tag = "definitions", params(("id" = Uuid, Path, description = "The store")), responses((status = OK, body = ReceiptTexts, headers(("etag" = String, description = "Its version")))))]
pub(crate) async fn of_store(
    State(hub): State<Hub>,
    permit: Permit<may::CatalogRead>,
    Named(id): Named<Uuid>,
) -> Result<Shown<ReceiptTexts>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        permit.store(books, id)?;
        Ok::<_, ApiError>(receipt_texts::of(books, permit.company, Some(id))?)
    });
    read.await.map(Shown)
}

/// Sets what stands above and below the receipts of a store, in the place of all before; what it leaves out the company says.
#[utoipa::path(put, path = "/stores/{id}/receipt-texts", tag = "definitions", params(("id" = Uuid, Path, description = "The store"), ReadBefore), request_body = ReceiptTexts, responses(
    (status = OK, body = ReceiptTexts, headers(("etag" = String, description = "Its version"))),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = PRECONDITION_FAILED, body = Refusal, description = "`stale`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`"),
))]
pub(crate) async fn put_of_store(
    State(hub): State<Hub>,
    permit: Permit<may::FormWrite>,
    Named(id): Named<Uuid>,
    read: ReadBefore,
    Sent(texts): Sent<ReceiptTexts>,
) -> Result<Shown<ReceiptTexts>, ApiError> {
    set(&hub, permit, Some(id), (read, texts)).await
}

async fn set(
    hub: &Hub,
    permit: Permit<may::FormWrite>,
    store: Option<Uuid>,
    (read, texts): (ReadBefore, ReceiptTexts),
) -> Result<Shown<ReceiptTexts>, ApiError> {
    authority::decides_here(hub, permit.company, TEXTS).await?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        if let Some(store) = store {
            permit.store(desk.session, store)?;
        }
        read.is(&receipt_texts::of(desk.session, desk.company, store)?)?;
        receipt_texts::set(desk.session, (desk.company, store), &texts, desk.now)?;
        let (of, id) = store.map_or(("company", desk.company), |store| ("store", store));
        desk.note("receipt_texts.changed", (of, id), store, json!(texts))?;
        Ok(texts)
    });
    done.await.map(Shown)
}
