//! The audit log and the keys of programs.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::{Capability, may},
    audit::{self, Actor, AuditEntry, Filter},
    db::Tenant,
    people::standing,
    programs::{self, ApiKey, NewApiKey},
    request::{Asked, Listed, Named, Page, Sent},
    scope::Permit,
};

/// Which entries.
#[derive(Deserialize, IntoParams)]
pub(crate) struct AuditQuery {
    /// Of this act, such as `store.created`.
    act: Option<String>,
    /// About this kind of thing, such as `store`.
    subject: Option<String>,
    /// About the thing with this identity.
    subject_id: Option<String>,
    /// By this person, device or program.
    actor_id: Option<Uuid>,
    /// In this store.
    store_id: Option<Uuid>,
    /// At this time or later.
    from: Option<DateTime<Utc>>,
    /// Before this time.
    until: Option<DateTime<Utc>>,
}

/// What was done, the oldest first. Whoever looks after some stores sees what happened in them.
#[utoipa::path(get, path = "/audit", tag = "administration", params(AuditQuery, Page), responses((status = OK, body = Listed<AuditEntry>)))]
pub(crate) async fn entries(
    State(hub): State<Hub>,
    permit: Permit<may::AuditRead>,
    Asked(query): Asked<AuditQuery>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<AuditEntry>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let AuditQuery { act, subject, subject_id, actor_id: actor, store_id: store, from, until } = query;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        let filter = Filter { after, act, subject, subject_id, actor, store, from, until };
        Ok::<_, ApiError>(audit::read(books, permit.company, &filter, &permit.reach, limit + 1)?)
    });
    read.await.map(|entries| Json(Listed::part(entries, limit, |entry| entry.number.to_string())))
}

/// Whether the log is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditCheck {
    /// Whether every entry follows from the one before.
    is_whole: bool,
    /// The first entry that does not.
    first_broken: Option<i64>,
}

/// Follows the chain of the log from its beginning.
#[utoipa::path(get, path = "/audit/check", tag = "administration", responses((status = OK, body = AuditCheck)))]
pub(crate) async fn check(
    State(hub): State<Hub>,
    permit: Permit<may::AuditRead>,
) -> Result<Json<AuditCheck>, ApiError> {
    permit.in_company()?;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        Ok::<_, ApiError>(audit::first_broken(books, permit.company)?)
    });
    read.await.map(|first_broken| Json(AuditCheck { is_whole: first_broken.is_none(), first_broken }))
}

/// The keys of the company's programs.
#[utoipa::path(get, path = "/api-keys", tag = "administration", params(Page), responses((status = OK, body = Listed<ApiKey>)))]
pub(crate) async fn keys(
    State(hub): State<Hub>,
    permit: Permit<may::ApiKeyIssue>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<ApiKey>>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        Ok::<_, ApiError>(programs::list(books, permit.company)?)
    });
    Listed::cut(read.await?, &page, |key| key.id.to_string()).map(Json)
}

/// A key with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IssuedKey {
    /// The key.
    key: ApiKey,
    /// Shown as `Authorization: Bearer …`; not shown again.
    secret: String,
}

/// Issues a key to a program. It can do no more than whoever issues it.
#[utoipa::path(post, path = "/api-keys", tag = "administration", request_body = NewApiKey, responses((status = CREATED, body = IssuedKey)))]
pub(crate) async fn issue_key(
    State(hub): State<Hub>,
    permit: Permit<may::ApiKeyIssue>,
    Sent(new): Sent<NewApiKey>,
) -> Result<(StatusCode, Json<IssuedKey>), ApiError> {
    permit.in_company()?;
    let Actor::User(user) = permit.actor else {
        return Err(ApiError::not_allowed(Capability::ApiKeyIssue.name()));
    };
    let issued = hub.act((permit.company, permit.actor), move |desk| {
        let standing = standing::of(desk.session, desk.company, user)?.ok_or_else(ApiError::not_found)?;
        let held = |name: &str| {
            Capability::parse(name).is_none_or(|capability| standing.reach(capability).is_company())
        };
        if let Some(beyond) = new.capabilities.iter().find(|name| !held(name)) {
            return Err(ApiError::not_allowed(beyond));
        }
        for store in new.stores.iter().flatten() {
            permit.store(desk.session, *store)?;
        }
        let (key, secret) = programs::issue(desk.session, desk.company, user, &new, desk.now)?;
        let detail = json!({"capabilities": new.capabilities, "stores": new.stores});
        desk.note("api_key.issued", ("api_key", key.id), None, detail)?;
        Ok(IssuedKey { key, secret })
    });
    issued.await.map(|issued| (StatusCode::CREATED, Json(issued)))
}

/// Makes a key void.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "administration", params(("id" = Uuid, Path, description = "The key")), responses((status = NO_CONTENT, description = "It is void")))]
pub(crate) async fn revoke_key(
    State(hub): State<Hub>,
    permit: Permit<may::ApiKeyIssue>,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    permit.in_company()?;
    let revoked = hub.act((permit.company, permit.actor), move |desk| {
        if !programs::revoke(desk.session, desk.company, id, desk.now)? {
            return Err(ApiError::not_found());
        }
        Ok(desk.note("api_key.revoked", ("api_key", id), None, json!({}))?)
    });
    revoked.await.map(|()| StatusCode::NO_CONTENT)
}
