//! A person's own account.

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::auth;
use crate::{
    ApiError, Hub,
    access::{Capability, Reach},
    db::Tenant,
    error::Refusal,
    limits::Class,
    people::{
        members::{self, Company},
        pin,
        roles::{self, Assignment},
        user::{self, User, UserChange},
    },
    request::{Asked, Listed, Sent},
    scope::UserScope,
};

/// Who I am.
#[utoipa::path(get, path = "/me", tag = "people", responses((status = OK, body = User)))]
pub(crate) async fn show(State(hub): State<Hub>, caller: UserScope) -> Result<Json<User>, ApiError> {
    let read = hub.books.read(Tenant::Platform, move |books| {
        user::by_id(books, caller.id)?.ok_or_else(ApiError::unauthorized)
    });
    read.await.map(Json)
}

/// Changes what is said of me.
#[utoipa::path(patch, path = "/me", tag = "people", request_body = UserChange, responses((status = OK, body = User)))]
pub(crate) async fn change(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(change): Sent<UserChange>,
) -> Result<Json<User>, ApiError> {
    let changed = hub.books.write(Tenant::Platform, move |books| user::change(books, caller.id, &change));
    changed.await.map(Json)
}

/// A PIN of my own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "seven quiet bridges", "pin": "4829"}))]
pub(crate) struct OwnPin {
    /// My password.
    #[schema(format = Password)]
    password: String,
    /// 4 to 8 digits, not all the same.
    pin: String,
}

/// Gives me another PIN for quick log-in at the terminals of the session's company, for my password. No two people of a store
/// have the same.
#[utoipa::path(put, path = "/me/pin", tag = "people", request_body = OwnPin, responses(
    (status = NO_CONTENT, description = "It is set"),
    (status = FORBIDDEN, body = Refusal, description = "`no_company`; `terminal_session`: sign in with the password"),
    (status = CONFLICT, body = Refusal, description = "`pin_taken`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`pin_invalid`, `password_wrong`"),
))]
pub(crate) async fn put_pin(
    State(hub): State<Hub>,
    caller: UserScope,
    Sent(OwnPin { password, pin }): Sent<OwnPin>,
) -> Result<StatusCode, ApiError> {
    pin::check(&pin)?;
    let company = caller.standing.as_ref().map(|standing| standing.company).ok_or_else(|| {
        let message = "choose the company of this session with POST /auth/company";
        ApiError::forbidden("no_company", message)
    })?;
    let id = caller.id;
    auth::need_password(&hub, id, password).await?;
    // Whether somebody has a PIN is told, and a PIN alone opens a till: nobody tries them all.
    hub.limits.take(Class::SecondFactor, &format!("pin/{id}"), hub.now())?;
    let hash = hub.compute(move || Ok(pin::hash(company, &pin))).await?;
    let put = hub.act((company, caller.actor()), move |desk| {
        pin::put(desk.session, desk.company, id, &hash)?;
        pin::is_alone(desk.session, desk.company, id)?;
        Ok(desk.note("user.pin_set", ("user", id), None, json!({}))?)
    });
    put.await.map(|()| StatusCode::NO_CONTENT)
}

/// The companies I belong to.
#[utoipa::path(get, path = "/me/companies", tag = "people", responses((status = OK, body = Listed<Company>)))]
pub(crate) async fn companies(
    State(hub): State<Hub>,
    caller: UserScope,
) -> Result<Json<Listed<Company>>, ApiError> {
    let now = hub.now();
    let read = hub.books.read(Tenant::Platform, move |books| {
        Ok::<_, ApiError>(members::companies(books, (caller.id, None), now)?)
    });
    read.await.map(|companies| Json(Listed::whole(companies)))
}

/// Where.
#[derive(Deserialize, IntoParams)]
pub(crate) struct Where {
    /// In this store; absent: anywhere in the company.
    store_id: Option<Uuid>,
}

/// What I may do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Permissions {
    /// The company of the session.
    company_id: Option<Uuid>,
    /// My roles there.
    roles: BTreeSet<&'static str>,
    /// What I may do there.
    capabilities: Vec<Permission>,
}

/// Something I may do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Permission {
    /// What.
    capability: &'static str,
    /// Whether in the whole company, and not in some stores only.
    in_company: bool,
}

/// What I may do in the company of this session.
#[utoipa::path(get, path = "/me/permissions", tag = "people", params(Where), responses((status = OK, body = Permissions)))]
pub(crate) async fn permissions(caller: UserScope, Asked(place): Asked<Where>) -> Json<Permissions> {
    let Some(standing) = caller.standing else {
        return Json(Permissions { company_id: None, roles: BTreeSet::new(), capabilities: Vec::new() });
    };
    let is_there = |reach: &Reach| match place.store_id {
        Some(store) => reach.holds_store(store),
        None => !reach.is_nowhere(),
    };
    let all = Capability::ALL.into_iter().map(|capability| (capability, standing.reach(capability)));
    let capabilities = all.filter(|(_, reach)| is_there(reach)).map(|(capability, reach)| Permission {
        capability: capability.name(),
        in_company: reach.is_company(),
    });
    Json(Permissions {
        company_id: Some(standing.company),
        roles: standing.roles(),
        capabilities: capabilities.collect(),
    })
}

/// What was assigned to me in the company of this session.
#[utoipa::path(get, path = "/me/assignments", tag = "people", responses((status = OK, body = Listed<Assignment>)))]
pub(crate) async fn assignments(
    State(hub): State<Hub>,
    caller: UserScope,
) -> Result<Json<Listed<Assignment>>, ApiError> {
    let Some(standing) = caller.standing else { return Ok(Json(Listed::whole(Vec::new()))) };
    let (company, user) = (standing.company, caller.id);
    let read = hub.books.read(Tenant::Company(company), move |books| {
        Ok::<_, ApiError>(roles::of(books, company, Some(user))?)
    });
    read.await.map(|assignments| Json(Listed::whole(assignments)))
}
