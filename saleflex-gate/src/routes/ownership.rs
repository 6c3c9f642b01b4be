//! Who owns a company, and the end of it.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    desk::Desk,
    error::Refusal,
    notices::{self, Told},
    people::{
        deletion::{self, Deletion},
        members::{self, Member},
    },
    request::{Named, Sent},
    scope::{CompanyScope, UserScope},
    text,
};

/// Somebody by name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "can.demir"}))]
pub(crate) struct ByName {
    /// Their user name.
    username: String,
}

/// Offers ownership to whoever has a name. They are no part of the company until they accept.
#[utoipa::path(post, path = "/companies/{slug}/owners", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), request_body = ByName, responses((status = ACCEPTED, description = "Whoever has the name is told")))]
pub(crate) async fn offer_ownership(
    State(hub): State<Hub>,
    caller: CompanyScope,
    sent: Result<Sent<ByName>, ApiError>,
) -> Result<StatusCode, ApiError> {
    caller.may(may::OwnerGrant)?;
    let Sent(ByName { username }) = sent?;
    text::within("username", &username, 1..=64)?;
    let offered = hub.act_above(caller.of(), move |desk| {
        let to = members::offer_ownership(desk.session, desk.company, &username, desk.now)?;
        desk.note("owner.offered", ("company", desk.company), None, json!({"username": username}))?;
        if let Some(user) = to {
            let told = ("owner_offered", "You are offered the ownership", caller.standing.slug.as_str());
            notices::tell(desk.session, desk.company, Told::One(user), told, desk.now)?;
        }
        Ok(StatusCode::ACCEPTED)
    });
    offered.await
}

/// Takes an offer of ownership back that was not accepted yet.
#[utoipa::path(delete, path = "/companies/{slug}/owners", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), request_body = ByName, responses((status = NO_CONTENT, description = "Nothing is offered to whoever has the name")))]
pub(crate) async fn withdraw_offer(
    State(hub): State<Hub>,
    caller: CompanyScope,
    sent: Result<Sent<ByName>, ApiError>,
) -> Result<StatusCode, ApiError> {
    caller.may(may::OwnerGrant)?;
    let Sent(ByName { username }) = sent?;
    let withdrawn = hub.act(caller.of(), move |desk| {
        members::withdraw_offer(desk.session, desk.company, &username)?;
        desk.note("owner.offer_withdrawn", ("company", desk.company), None, json!({"username": username}))?;
        Ok(StatusCode::NO_CONTENT)
    });
    withdrawn.await
}

/// Accepts the ownership that was offered to me. I belong to the company from now on.
#[utoipa::path(post, path = "/companies/{slug}/owners/accept", tag = "companies", params(("slug" = String, Path, description = "The company's name in addresses")), responses(
    (status = OK, body = Member),
    (status = NOT_FOUND, body = Refusal, description = "`not_found`: I do not belong to it, and nothing was offered"),
    (status = CONFLICT, body = Refusal, description = "`nothing_offered`"),
))]
pub(crate) async fn accept_ownership(
    State(hub): State<Hub>,
    caller: UserScope,
    Named(slug): Named<String>,
) -> Result<Json<Member>, ApiError> {
    let now = hub.now();
    let accepted = hub.act_found(move |books| {
        let company = members::by_slug(books, &slug)?.ok_or_else(ApiError::not_found)?;
        let member = members::accept_ownership(books, company, caller.id, now)?;
        let mut desk = Desk { session: books, company, actor: caller.actor(), now };
        desk.note("owner.accepted", ("user", caller.id), None, json!({}))?;
        let told = ("owner_accepted", "The ownership was accepted", member.username.as_str());
        notices::tell(desk.session, company, Told::Owners, told, now)?;
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
    let dropped = hub.act(caller.of(), move |desk| {
        members::drop_ownership(desk.session, desk.company, caller.user)?;
        desk.note("owner.dropped", ("user", caller.user), None, json!({}))?;
        let member = members::one(desk.session, desk.company, caller.user)?;
        let told = ("owner_dropped", "An owner dropped the ownership", member.username.as_str());
        notices::tell(desk.session, desk.company, Told::Owners, told, desk.now)?;
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
    let read = hub.books.read(Tenant::Company(caller.company()), move |books| {
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
    let started = hub.act(caller.of(), move |desk| {
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
    let cancelled = hub.act(caller.of(), move |desk| {
        deletion::cancel(desk.session, desk.company, desk.now)?;
        let told = ("deletion_cancelled", "The company is not deleted", caller.standing.slug.as_str());
        notices::tell(desk.session, desk.company, Told::Owners, told, desk.now)?;
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
    let (user, slug) = (caller.user, caller.standing.slug.clone());
    let put = hub.act(caller.of(), move |desk| {
        let (name, kind, title) = if agrees {
            ("deletion.approved", "deletion_approved", "An owner agrees to the deletion")
        } else {
            (
                "deletion.approval_revoked",
                "deletion_approval_revoked",
                "An owner no longer agrees to the deletion",
            )
        };
        desk.note(name, ("user", user), None, json!({}))?;
        notices::tell(desk.session, desk.company, Told::Owners, (kind, title, slug.as_str()), desk.now)?;
        deletion::approve(desk.session, desk.company, (user, agrees), desk.now)
    });
    put.await
}
