//! The paths that the client of an older central hub names. What it sends was never more than an outline; where a
//! body is whole it is taken, where it is an outline the answer says so.

use axum::{Json, extract::State, http::request::Parts};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    offers as deciding,
    office::{self, DeliveryRefusals, PushAnswer, PushRefusals},
};
use crate::{
    ApiError, Hub,
    db::Tenant,
    definitions,
    error::Refusal,
    offers::evaluation::Offered,
    office::{intake::Kind, seed},
    openapi::examples,
    request::Whole,
    scope::TerminalScope,
};

/// Documents in the envelope of `/pos/transactions`.
#[utoipa::path(post, path = "/transactions", tag = "older clients", request_body(content = Object, example = json!(examples::documents())), security(("device" = []), ("basic" = []), ()), responses(
    (status = OK, body = PushAnswer, description = "An outline without a head is rejected with `document_incomplete`"),
    PushRefusals,
))]
#[deprecated]
pub(crate) async fn transactions(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Document, "transaction_id").await
}

/// Closures in the envelope of `/pos/closures`.
#[utoipa::path(post, path = "/closures", tag = "older clients", request_body(content = Object, example = json!(examples::closures())), security(("device" = []), ("basic" = []), ()), responses(
    (status = OK, body = PushAnswer, description = "An outline without a head is rejected with `document_incomplete`"),
    PushRefusals,
))]
#[deprecated]
pub(crate) async fn closures(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Closure, "closure_id").await
}

/// Documents of a device in the envelope of `/pos/transactions`, which names the device's own codes.
#[utoipa::path(post, path = "/sync/transactions", tag = "sync", request_body(content = Object, example = json!(examples::documents())), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = PushAnswer),
    DeliveryRefusals,
))]
pub(crate) async fn device_transactions(
    State(hub): State<Hub>,
    _: TerminalScope,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Document, "transaction_id").await
}

/// Closed periods of a device in the envelope of `/pos/closures`, which names the device's own codes.
#[utoipa::path(post, path = "/sync/closures", tag = "sync", request_body(content = Object, example = json!(examples::closures())), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = PushAnswer),
    DeliveryRefusals,
))]
pub(crate) async fn device_closures(
    State(hub): State<Hub>,
    _: TerminalScope,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Closure, "closure_id").await
}

async fn push(
    hub: Hub,
    parts: Parts,
    body: Whole,
    kind: Kind,
    outlined: &str,
) -> Result<Json<PushAnswer>, ApiError> {
    let outline = serde_json::from_slice::<Value>(&body.0).ok().filter(|body| body[outlined].is_string());
    if outline.is_none() {
        return office::push(hub, parts, body, kind).await;
    }
    office::admitted(&hub, parts).await?;
    Ok(Json(PushAnswer::incomplete()))
}

/// Movements of goods in an envelope as that of `/pos/transactions`, each a row of such a client's log under an identity of its
/// own. Goods of a document are moved by its lines, where it has some of them, or else by the movements that name it.
#[utoipa::path(post, path = "/warehouse/movements", tag = "older clients", request_body(content = Object, example = json!(examples::movements())), security(("device" = []), ("basic" = []), ()), responses(
    (status = OK, body = PushAnswer, description = "An outline without an identity is rejected with `document_incomplete`"),
    PushRefusals,
))]
#[deprecated]
pub(crate) async fn movements(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Movement, "movement_id").await
}

/// Movements of goods of a device, as `/warehouse/movements`, in an envelope that names the device's own codes.
#[utoipa::path(post, path = "/sync/warehouse-movements", tag = "sync", request_body(content = Object, example = json!(examples::movements())), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = PushAnswer),
    DeliveryRefusals,
))]
pub(crate) async fn device_movements(
    State(hub): State<Hub>,
    _: TerminalScope,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    push(hub, parts, body?, Kind::Movement, "movement_id").await
}

/// Uses of campaigns and coupons of a device (`usages`), in an envelope that names the device's own codes, each a row of such a
/// client's log under an identity of its own. A use that its document names too is counted once.
#[utoipa::path(post, path = "/sync/campaign-usage", tag = "sync", request_body(content = Object, example = json!(examples::usages())), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = PushAnswer),
    DeliveryRefusals,
))]
pub(crate) async fn device_usages(
    State(hub): State<Hub>,
    _: TerminalScope,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    office::push(hub, parts, body?, Kind::Use).await
}

/// Points that moved at a device (`events`), in an envelope that names the device's own codes, each a row of such a client's
/// log under an identity of its own. What a document says it earned or redeemed is counted once.
#[utoipa::path(post, path = "/sync/loyalty-events", tag = "sync", request_body(content = Object, example = json!(examples::points())), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = PushAnswer),
    DeliveryRefusals,
))]
pub(crate) async fn device_points(
    State(hub): State<Hub>,
    _: TerminalScope,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    office::push(hub, parts, body?, Kind::Points).await
}

/// A document for another system. None is taken: the client that names this path sends an outline.
#[utoipa::path(post, path = "/erp_sync", tag = "older clients", request_body(content = Object, example = json!({"head_id": "018f0000-0000-7000-8000-000000000001", "action": "sync_transaction"})), security(("device" = []), ("basic" = []), ()), responses(
    (status = OK, body = PushAnswer, description = "Rejected with `document_incomplete`"),
    PushRefusals,
))]
#[deprecated]
pub(crate) async fn erp_sync(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    outline(&hub, parts, &body?).await
}

/// A payment. None is taken: what was paid stands in its document.
#[utoipa::path(post, path = "/payment", tag = "older clients", request_body(content = Object, example = json!({"amount": "12.30", "currency_code": "GBP", "transaction_ref": "20261121-0001-000001"})), security(("device" = []), ("basic" = []), ()), responses(
    (status = OK, body = PushAnswer, description = "Rejected with `document_incomplete`"),
    PushRefusals,
))]
#[deprecated]
pub(crate) async fn payment(
    State(hub): State<Hub>,
    parts: Parts,
    body: Result<Whole, ApiError>,
) -> Result<Json<PushAnswer>, ApiError> {
    outline(&hub, parts, &body?).await
}

async fn outline(hub: &Hub, parts: Parts, Whole(body): &Whole) -> Result<Json<PushAnswer>, ApiError> {
    office::admitted(hub, parts).await?;
    serde_json::from_slice::<serde_json::Map<String, Value>>(body)
        .map_err(|error| ApiError::invalid(format!("the body is no object: {error}")))?;
    Ok(Json(PushAnswer::incomplete()))
}

/// What campaigns give on a cart, by the rules of `/campaigns/evaluate`, in the fields that older terminals keep it in.
#[utoipa::path(post, path = "/campaigns/calculate", tag = "older clients", request_body(content = Object, description = "A cart snapshot, schema 1.0 or 1.1", example = json!(examples::cart())), security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = Offered),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`schema_version_unknown`, `cart_invalid`, `campaigns_unusable`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
#[deprecated]
pub(crate) async fn calculate(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Whole(body): Whole,
) -> Result<Json<Offered>, ApiError> {
    deciding::offered(&hub, &scope, &body).await.map(Json)
}

/// Rows in the shapes of `/pos/init`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Results {
    /// The rows, each with `is_deleted`.
    #[schema(value_type = Vec<Object>)]
    results: Vec<Value>,
}

/// The products of the calling terminal. All of them, whatever `since` says: clocks are no cursors.
#[utoipa::path(get, path = "/products/updates", tag = "older clients", security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = Results),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
#[deprecated]
pub(crate) async fn products(
    State(hub): State<Hub>,
    scope: TerminalScope,
) -> Result<Json<Results>, ApiError> {
    rows_of(hub, scope, "products").await
}

/// The products of the calling terminal with their prices, as `/products/updates`.
#[utoipa::path(get, path = "/prices/updates", tag = "older clients", security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = Results),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
#[deprecated]
pub(crate) async fn prices(State(hub): State<Hub>, scope: TerminalScope) -> Result<Json<Results>, ApiError> {
    rows_of(hub, scope, "products").await
}

/// The campaigns of the calling terminal.
#[utoipa::path(get, path = "/campaigns/active", tag = "older clients", security(("device" = []), ("basic" = [])), responses(
    (status = OK, body = Results),
    (status = UNAUTHORIZED, body = Refusal, description = "`unauthorized`"),
    (status = FORBIDDEN, body = Refusal, description = "`terminal_revoked`, `pull_not_allowed`"),
    (status = INTERNAL_SERVER_ERROR, body = Refusal, description = "`internal`"),
))]
#[deprecated]
pub(crate) async fn campaigns(
    State(hub): State<Hub>,
    scope: TerminalScope,
) -> Result<Json<Results>, ApiError> {
    rows_of(hub, scope, "campaigns").await
}

async fn rows_of(hub: Hub, scope: TerminalScope, resource: &'static str) -> Result<Json<Results>, ApiError> {
    scope.may_pull()?;
    let (now, seal) = (hub.now(), hub.seal.clone());
    let read = hub.books.read(Tenant::Company(scope.company), move |session| {
        let since = now - definitions::TOMBSTONES;
        let visible = definitions::visible(session, scope.company, &scope.terminal, since)?.into_iter();
        let results = visible.filter(|row| row.resource == resource).map(|row| {
            let mut shown = seed::shown(row, &scope.terminal, seal.as_ref());
            shown.body.entry("is_deleted").or_insert(shown.is_deleted.into());
            Value::Object(shown.body)
        });
        Ok::<_, ApiError>(Results { results: results.collect() })
    });
    read.await.map(Json)
}
