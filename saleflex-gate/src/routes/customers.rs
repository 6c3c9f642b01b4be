//! What is done with customers beside changing their rows, which are definitions.

use axum::{extract::State, http::StatusCode};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    definitions::{editing, people, phones::CUSTOMERS, rules},
    error::Refusal,
    request::Named,
    scope::Permit,
};

/// Erases a customer, and whoever was made one with them: nothing of who they are is left but the word that they were erased,
/// which every till and every store's hub takes over. Documents and points stay, of an identity alone. Doing it again changes
/// nothing.
#[utoipa::path(post, path = "/customers/{id}/erase", tag = "definitions", params(("id" = Uuid, Path, description = "The customer")), responses(
    (status = NO_CONTENT, description = "They are erased"),
    (status = FORBIDDEN, body = Refusal, description = "`not_the_authority`: the hub forwards to the company's, where customers are erased"),
))]
pub(crate) async fn erase(
    State(hub): State<Hub>,
    permit: Permit<may::CustomerErase>,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    permit.in_company()?;
    // Whoever is erased below alone is known above, and comes back from there.
    if hub.settings.upstream.is_some() {
        return Err(ApiError::forbidden("not_the_authority", "customers are erased at the company's hub"));
    }
    let rule = rules::of(CUSTOMERS).ok_or_else(ApiError::internal)?;
    let erased = hub.act((permit.company, permit.actor), move |desk| {
        let known = editing::one(desk.session, desk.company, rule, id)?;
        // Who gives no name is nobody.
        if known.row.get("is_walkin") == Some(&Json::Bool(true)) {
            return Err(ApiError::not_found());
        }
        if people::erase_everywhere(desk.session, desk.company, id, desk.now)? {
            desk.note("customer.erased", ("customer", id), known.store_id, json!({}))?;
        }
        Ok(StatusCode::NO_CONTENT)
    });
    erased.await
}
