//! Documents under the name that other programs know them by.

use axum::{Json, extract::State, response::Response};
use uuid::Uuid;

use super::documents::{self, DocumentQuery, PaperQuery};
use crate::{
    ApiError, Hub,
    access::may,
    documents::{Delivered, Head},
    error::Refusal,
    request::{Asked, Listed, Named, Page},
    scope::Permit,
};

/// Documents in the order they came here, as `/documents`.
#[utoipa::path(get, path = "/transactions", tag = "documents", params(DocumentQuery, Page), responses((status = OK, body = Listed<Head>)))]
pub(crate) async fn list(
    hub: State<Hub>,
    permit: Permit<may::TransactionRead>,
    query: Asked<DocumentQuery>,
    page: Asked<Page>,
) -> Result<Json<Listed<Head>>, ApiError> {
    documents::list(hub, permit, query, page).await
}

/// A document, whole, as `/documents/{id}`.
#[utoipa::path(get, path = "/transactions/{id}", tag = "documents", params(("id" = Uuid, Path, description = "The document")), responses((status = OK, body = Delivered)))]
pub(crate) async fn show(
    hub: State<Hub>,
    permit: Permit<may::TransactionRead>,
    id: Named<Uuid>,
) -> Result<Json<Delivered>, ApiError> {
    documents::show(hub, permit, id).await
}

/// The receipt of a document as text, as `/documents/{id}/receipt`.
#[utoipa::path(get, path = "/transactions/{id}/receipt", tag = "documents", params(("id" = Uuid, Path, description = "The document"), PaperQuery), responses(
    (status = OK, body = String, content_type = "text/plain"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`no_receipt`: an older terminal delivered it; `no_pdf`: it is told as text"),
))]
pub(crate) async fn receipt(
    hub: State<Hub>,
    permit: Permit<may::TransactionRead>,
    id: Named<Uuid>,
    query: Asked<PaperQuery>,
) -> Result<Response, ApiError> {
    documents::receipt(hub, permit, id, query).await
}
