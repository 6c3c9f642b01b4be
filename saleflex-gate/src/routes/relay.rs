//! What a store's hub forwards, for those who look after the store.

use axum::{Json, extract::State};

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    relay::state::{self, RelayState},
    scope::Permit,
};

/// What waits to be forwarded to the company's hub of the terminals within reach, since when, and what that hub would not take.
#[utoipa::path(get, path = "/relay", tag = "sync", responses((status = OK, body = RelayState)))]
pub(crate) async fn show(
    State(hub): State<Hub>,
    permit: Permit<may::SyncHealth>,
) -> Result<Json<RelayState>, ApiError> {
    let forwards = hub.forwards();
    let read = hub.books.read(Tenant::Company(permit.company), move |session| {
        Ok::<_, ApiError>(state::read(session, permit.company, (&permit.reach, forwards))?)
    });
    read.await.map(Json)
}
