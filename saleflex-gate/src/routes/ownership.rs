//! Who owns a company, and the end of it.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    notices::{self, Told},
    people::{
        deletion::{self, Deletion},
        members::{self, Member},
        user,
    },
    request::Sent,
    scope::CompanyScope,
};

/// Somebody by name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "can.demir"}))]
pub(crate) struct ByName {
    /// Their user name.
    username: String,
}

/// Offers ownership to somebody. They own the company when they accept.
#[utoipa::path(post, path = "/companies/{slug}/owners", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), request_body = ByName, responses((status = ACCEPTED, body = Member)))]
pub(crate) async fn offer_ownership(
    State(hub): State<Hub>,
    caller: CompanyScope,
    sent: Result<Sent<ByName>, ApiError>,
) -> Result<(StatusCode, Json<Member>), ApiError> {
    caller.may(may::OwnerGrant)?;
    let Sent(ByName { username }) = sent?;
    let offered = hub.act_above(caller.of(), move |desk| {
        let user = user::by_name(desk.session, &username)?.ok_or_else(ApiError::not_found)?;
        let member = members::offer_ownership(desk.session, desk.company, user.id, desk.now)?;
        desk.note("owner.offered", ("user", user.id), None, json!({}))?;
        let told = ("owner_offered", "You are offered the ownership", caller.standing.slug.as_str());
        notices::tell(desk.session, desk.company, Told::One(user.id), told, desk.now)?;
        Ok(member)
    });
    offered.await.map(|member| (StatusCode::ACCEPTED, Json(member)))
}

/// Accepts the ownership that was offered to me.
#[utoipa::path(post, path = "/companies/{slug}/owners/accept", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses(
    (status = OK, body = Member),
    (status = CONFLICT, body = Refusal, description = "`nothing_offered`"),
))]
pub(crate) async fn accept_ownership(
    State(hub): State<Hub>,
    caller: CompanyScope,
) -> Result<Json<Member>, ApiError> {
    let accepted = hub.act_above(caller.of(), move |desk| {
        let member = members::accept_ownership(desk.session, desk.company, caller.user)?;
        desk.note("owner.accepted", ("user", caller.user), None, json!({}))?;
        Ok(member)
    });
    accepted.await.map(Json)
}

/// Drops my own ownership, if another owner remains. A deletion that now all remaining owners agree to is done.
#[utoipa::path(delete, path = "/companies/{slug}/owners/me", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses(
    (status = NO_CONTENT, description = "I own it no longer"),
    (status = CONFLICT, body = Refusal, description = "`last_owner`"),
))]
pub(crate) async fn drop_ownership(
    State(hub): State<Hub>,
    caller: CompanyScope,
) -> Result<StatusCode, ApiError> {
    caller.is_owner()?;
    let dropped = hub.act_above(caller.of(), move |desk| {
        members::drop_ownership(desk.session, desk.company, caller.user)?;
        desk.note("owner.dropped", ("user", caller.user), None, json!({}))?;
        Ok(deletion::settle(desk.session, desk.company, desk.now)?)
    });
    dropped.await.map(|_| StatusCode::NO_CONTENT)
}

/// The wish to delete the company, with how many of its owners agree.
#[utoipa::path(get, path = "/companies/{slug}/deletion", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses((status = OK, body = Deletion)))]
pub(crate) async fn deletion(
    State(hub): State<Hub>,
    caller: CompanyScope,
) -> Result<Json<Deletion>, ApiError> {
    let now = hub.now();
    let read = hub.books.read(Tenant::Platform, move |books| {
        deletion::pending(books, caller.company(), now)?.ok_or_else(ApiError::not_found)
    });
    read.await.map(Json)
}

/// Wishes the company deleted. It is, as soon as every owner agrees; a single owner's wish is enough.
#[utoipa::path(post, path = "/companies/{slug}/deletion", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses(
    (status = OK, body = Deletion, description = "It is deleted"),
    (status = ACCEPTED, body = Deletion, description = "The other owners are asked"),
    (status = CONFLICT, body = Refusal, description = "`deletion_pending`"),
))]
pub(crate) async fn start_deletion(
    State(hub): State<Hub>,
    caller: CompanyScope,
) -> Result<(StatusCode, Json<Deletion>), ApiError> {
    caller.may(may::CompanyDelete)?;
    let started = hub.act_above(caller.of(), move |desk| {
        desk.note("deletion.started", ("company", desk.company), None, json!({}))?;
        let told = ("deletion_request", "An owner wishes the company deleted", caller.standing.slug.as_str());
        notices::tell(desk.session, desk.company, Told::Owners, told, desk.now)?;
        deletion::start(desk.session, desk.company, caller.user, desk.now)
    });
    let deletion = started.await?;
    let status = if deletion.state == "deleted" { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(deletion)))
}

/// Ends the wish to delete the company.
#[utoipa::path(delete, path = "/companies/{slug}/deletion", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses((status = NO_CONTENT, description = "It stays")))]
pub(crate) async fn cancel_deletion(
    State(hub): State<Hub>,
    caller: CompanyScope,
) -> Result<StatusCode, ApiError> {
    caller.may(may::CompanyDelete)?;
    let cancelled = hub.act_above(caller.of(), move |desk| {
        deletion::cancel(desk.session, desk.company, desk.now)?;
        Ok(desk.note("deletion.cancelled", ("company", desk.company), None, json!({}))?)
    });
    cancelled.await.map(|()| StatusCode::NO_CONTENT)
}

/// Agrees to the deletion.
#[utoipa::path(post, path = "/companies/{slug}/deletion/approval", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses((status = OK, body = Deletion)))]
pub(crate) async fn approve_deletion(
    State(hub): State<Hub>,
    caller: CompanyScope,
) -> Result<Json<Deletion>, ApiError> {
    put_approval(&hub, &caller, true).await.map(Json)
}

/// Takes the agreement to the deletion back.
#[utoipa::path(delete, path = "/companies/{slug}/deletion/approval", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses((status = OK, body = Deletion)))]
pub(crate) async fn revoke_approval(
    State(hub): State<Hub>,
    caller: CompanyScope,
) -> Result<Json<Deletion>, ApiError> {
    put_approval(&hub, &caller, false).await.map(Json)
}

async fn put_approval(hub: &Hub, caller: &CompanyScope, agrees: bool) -> Result<Deletion, ApiError> {
    caller.may(may::CompanyDelete)?;
    let user = caller.user;
    let put = hub.act_above(caller.of(), move |desk| {
        let name = if agrees { "deletion.approved" } else { "deletion.approval_revoked" };
        desk.note(name, ("user", user), None, json!({}))?;
        deletion::approve(desk.session, desk.company, (user, agrees), desk.now)
    });
    put.await
}
