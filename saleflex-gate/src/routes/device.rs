//! How a device gets to be known, and how it shows who it is afterwards.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use chrono::TimeDelta;
use saleflex_sync::wire::{
    TokenAnswer,
    enrolment::{EnrolRequest, Enrolled, Secret, TokenRequest},
};
use serde_json::json;
use uuid::Uuid;

use super::terminals::DeviceToken;
use crate::{
    ApiError, Hub,
    audit::Actor,
    credential::Credential,
    db::{Session, Tenant},
    desk::Desk,
    error::Refusal,
    limits::Class,
    registry,
    request::{Origin, Whole},
    scope::{self, TerminalScope},
};

/// For how long a short-lived token is good.
const TOKEN: TimeDelta = TimeDelta::hours(1);
/// For how long the secrets before are good when a device takes another one.
const OVERLAP: TimeDelta = TimeDelta::days(7);

/// A device takes the place of a terminal by the code that somebody gave out for it.
#[utoipa::path(post, path = "/auth/device/enroll", tag = "devices", request_body(content = EnrolRequest, example = json!({
    "enrolment_code": "7KQ2-M4XA-9PWT", "serial": "S-1", "os": "linux", "software_version": "0.1.0", "currency": "GBP"
})), responses(
    (status = OK, body = Enrolled),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`"),
    (status = UNAUTHORIZED, body = Refusal, description = "`enrolment_code_invalid`: unknown, used or too old"),
    (status = CONFLICT, body = Refusal, description = "`currency_differs`: the till counts in another currency than its store"),
    (status = PAYLOAD_TOO_LARGE, body = Refusal, description = "`too_large`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn enroll(
    State(hub): State<Hub>,
    origin: Origin,
    Whole(body): Whole,
) -> Result<Json<Enrolled>, ApiError> {
    let request: EnrolRequest = serde_json::from_slice(&body)
        .map_err(|error| ApiError::invalid(format!("the body is no enrolment: {error}")))?;
    let now = hub.now();
    hub.limits.take(Class::Enrolment, &origin.address, now)?;
    let enrolled = hub.act_found(move |session| {
        let taken = registry::enrol(session, request.enrolment_code.reveal(), now)?;
        let Some((company, id, secret)) = taken else {
            let message = "the code is unknown, used or too old";
            return Err(ApiError {
                code: "enrolment_code_invalid",
                message: message.to_owned(),
                ..ApiError::unauthorized()
            });
        };
        let terminal = registry::terminal_by_id(session, company, id)?.ok_or_else(ApiError::internal)?;
        // Refused, the code stays good: the till that it is for may show it.
        same_currency(session, (company, terminal.store), request.currency.as_deref())?;
        let mut desk = Desk { session, company, actor: Actor::Device(id), now };
        let detail = json!({"address": origin.address});
        desk.note("terminal.enrolled", ("terminal", id), Some(terminal.store), detail)?;
        let terminal = registry::on_the_wire(desk.session, company, &terminal)?;
        Ok((origin, Enrolled { terminal, token: Secret::new(secret) }))
    });
    let (origin, enrolled) = enrolled.await?;
    hub.limits.give_back(Class::Enrolment, &origin.address);
    Ok(Json(enrolled))
}

/// That a till counts in what its store counts in; one that does not say is believed.
fn same_currency(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
    till: Option<&str>,
) -> Result<(), ApiError> {
    let Some(till) = till else { return Ok(()) };
    let sql = "SELECT currency FROM store WHERE company_id = $1 AND store_id = $2";
    let rows = session.query(sql, &[company.into(), store.into()])?;
    let store = rows.first().ok_or_else(ApiError::internal)?.text(0)?;
    if store == till {
        return Ok(());
    }
    Err(ApiError::conflict("currency_differs", format!("the till counts in {till}, its store in {store}")))
}

/// A token for an hour, for the secret of an enrolled device.
#[utoipa::path(post, path = "/auth/device/token", tag = "devices", request_body(content = TokenRequest, example = json!({"terminal_id": "018f0000-0000-7000-8000-000000000001"})), security(("device" = []), ()), responses(
    (status = OK, body = TokenAnswer),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = PAYLOAD_TOO_LARGE, body = Refusal, description = "`too_large`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn token(
    State(hub): State<Hub>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Json<TokenAnswer>, ApiError> {
    exchange(hub, &headers, &body).await
}

/// The same, at the address that the stub of an older client names.
#[utoipa::path(post, path = "/auth/token", tag = "devices", request_body(content = TokenRequest, example = json!({"api_key": "kX2v…", "terminal_id": "TILL-1"})), security(("device" = []), ()), responses(
    (status = OK, body = TokenAnswer),
    (status = BAD_REQUEST, body = Refusal, description = "`invalid_request`"),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`"),
    (status = PAYLOAD_TOO_LARGE, body = Refusal, description = "`too_large`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
#[deprecated]
pub(crate) async fn older_token(
    State(hub): State<Hub>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Json<TokenAnswer>, ApiError> {
    exchange(hub, &headers, &body).await
}

async fn exchange(hub: Hub, headers: &HeaderMap, body: &[u8]) -> Result<Json<TokenAnswer>, ApiError> {
    let request: TokenRequest = serde_json::from_slice(body)
        .map_err(|error| ApiError::invalid(format!("the body asks for no token: {error}")))?;
    let in_body = request.api_key.map(|key| Credential { name: None, secret: key.reveal().to_owned() });
    let credential = in_body.or_else(|| Credential::of(headers)).ok_or_else(ApiError::unauthorized)?;
    let scope = scope::of_credential(&hub, credential).await?.ok_or_else(ApiError::unauthorized)?;
    let (id, code) = (scope.terminal.id.to_string(), scope.terminal.code.clone());
    if request.terminal_id != id && request.terminal_id != code {
        return Err(ApiError::unauthorized());
    }
    scope.may_push()?;
    let now = hub.now();
    let issued = hub.books.write(Tenant::Platform, move |session| {
        let expires_at = Some(now + TOKEN);
        let secret = registry::issue_token(session, scope.company, scope.terminal.id, expires_at, now)?;
        let terminal = registry::on_the_wire(session, scope.company, &scope.terminal)?;
        Ok::<_, ApiError>(TokenAnswer {
            access: Secret::new(secret),
            token_type: "Bearer".to_owned(),
            expires_in: u64::try_from(TOKEN.num_seconds()).unwrap_or(0),
            company_code: Some(registry::slug(session, scope.company)?),
            store_code: Some(terminal.store_code),
            terminal_code: Some(terminal.terminal_code),
            terminal_id: Some(terminal.id),
        })
    });
    issued.await.map(Json)
}

/// Another secret for the calling device; those before are good for seven days longer. What ends by itself, a token for an
/// hour or a secret that was replaced, gets none: whoever found an old one cannot live on it. A device that lost the answer
/// asks again with the secret before, as long as nobody has shown the one that it was given, which is void then.
#[utoipa::path(post, path = "/auth/device/rotate", tag = "devices", security(("device" = []), ("basic" = [])), responses(
    (status = CREATED, body = DeviceToken),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`, `short_lived`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
pub(crate) async fn rotate(
    State(hub): State<Hub>,
    scope: TerminalScope,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<DeviceToken>), ApiError> {
    scope.may_pull()?;
    let credential = Credential::of(&headers).ok_or_else(ApiError::unauthorized)?;
    let terminal = scope.terminal;
    let rotated = hub.act((scope.company, Actor::Device(terminal.id)), move |desk| {
        let old_until = desk.now + OVERLAP;
        let (of, shown) = ((desk.company, terminal.id), (credential.secret.as_str(), old_until));
        let Some(token) = registry::replace_token(desk.session, of, shown, desk.now)? else {
            let message = "what ends by itself gets no secret: show the device's present one";
            return Err(ApiError::forbidden("short_lived", message));
        };
        let detail = json!({"old_until": old_until});
        desk.note("terminal.token_issued", ("terminal", terminal.id), Some(terminal.store), detail)?;
        Ok(DeviceToken { token, old_until })
    });
    rotated.await.map(|token| (StatusCode::CREATED, Json(token)))
}
