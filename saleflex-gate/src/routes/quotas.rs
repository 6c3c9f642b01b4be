//! Shares of limits: tills ask for them, people look at them.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::StatusCode};
use saleflex_sync::wire::{QuotasAnswer, QuotasRequest, SCHEMA_VERSION, quotas::MOST_ASKS};

use crate::{
    ApiError, Hub,
    access::may,
    db::Tenant,
    error::Refusal,
    offers::quotas::{self, Borrower, LentShare, Loss},
    repeat::{Answer, IdempotencyKey, once},
    request::{Listed, Sent, Whole},
    scope::{Permit, TerminalScope},
};

/// What a till gives back of its shares, and what it wants; the answer says what is lent. Safe to repeat. A store's
/// hub borrows of the company's what it lends: where it has nothing yet it says so, and soon may be asked again.
#[utoipa::path(post, path = "/sync/quotas", tag = "sync", request_body(content = QuotasRequest, example = json!({
    "schema_version": 1, "epoch": "018f0000-0000-7000-8000-000000000001",
    "asks": [{
        "kind": "campaign_uses", "subject": "018f0000-0000-7000-8000-000000000002", "since": 40, "granted": 3, "returned": 0, "wanted": true
    }]
})), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = QuotasAnswer),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`, `too_many_items`"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = PAYLOAD_TOO_LARGE, body = Refusal, description = "`too_large`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`schema_version_unknown`, `field_invalid`, `campaigns_unusable`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn exchange(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Whole(body): Whole,
) -> Result<Json<QuotasAnswer>, ApiError> {
    // What a revoked till gives back is free again, although it gets nothing more.
    scope.may_push()?;
    let request: QuotasRequest = serde_json::from_slice(&body)
        .map_err(|error| ApiError::invalid(format!("the body asks for no shares: {error}")))?;
    if request.schema_version > SCHEMA_VERSION {
        let message = "the request is of a newer version than this hub reads";
        return Err(ApiError::unprocessable("schema_version_unknown", message));
    }
    if request.asks.len() > MOST_ASKS {
        let message = format!("a request names at most {MOST_ASKS} shares");
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "too_many_items", message));
    }
    let lends_on = hub.settings.upstream.is_some();
    let (now, offers) = (hub.now(), hub.offers.clone());
    let answered = hub.books.write(Tenant::Company(scope.company), move |session| {
        let borrower =
            Borrower { company: scope.company, terminal: &scope.terminal, now, lends_on, offers: &offers };
        let shares = quotas::lend(session, borrower, &request)?;
        let policy = quotas::policy(session, scope.company)?;
        Ok::<_, ApiError>(QuotasAnswer { policy, shares, server_time: Some(now), further: BTreeMap::new() })
    });
    answered.await.map(Json)
}

/// What is lent to which till, and what became of it.
#[utoipa::path(get, path = "/quotas", tag = "offers", responses((status = OK, body = Listed<LentShare>)))]
pub(crate) async fn list(
    State(hub): State<Hub>,
    permit: Permit<may::SyncHealth>,
) -> Result<Json<Listed<LentShare>>, ApiError> {
    let read = hub.books.read(Tenant::Company(permit.company), move |session| {
        Ok::<_, ApiError>(quotas::list(session, permit.company, &permit.reach)?)
    });
    read.await.map(|shares| Json(Listed::whole(shares)))
}

/// Gives up what a till that does not come back was lent: it is lent to others from now on. Shares that are still in
/// force are left alone, unless the till is revoked and may not deliver any more.
#[utoipa::path(post, path = "/quotas/write-off", tag = "offers", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = Loss, responses(
    (status = OK, body = Listed<LentShare>, description = "What was given up, as it was before"),
    (status = CONFLICT, body = Refusal, description = "`nothing_lost`, `idempotency_key_reused`"),
))]
pub(crate) async fn write_off(
    State(hub): State<Hub>,
    permit: Permit<may::CampaignWrite>,
    key: IdempotencyKey,
    Sent(loss): Sent<Loss>,
) -> Result<Answer, ApiError> {
    permit.in_company()?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        once(desk, &key, ("quotas.write_off", &loss), |desk| {
            quotas::write_off(desk, &loss).map(Listed::whole)
        })
    });
    done.await
}
