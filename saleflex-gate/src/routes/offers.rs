//! Campaigns, coupons and points, decided here for whoever asks.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use saleflex_core::campaign::CartSnapshot;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    db::{Session, Tenant},
    error::Refusal,
    offers::{
        coupons::{self, CouponAnswer, CouponRelease, CouponRequest},
        evaluation::{self, Asker, Offered},
        points::{self, Adjustment, Balance, DocumentOf, PointEntry, PointsRequest},
        quote::{self, Quote, QuoteRequest},
    },
    repeat::{Answer, IdempotencyKey, once},
    request::{Asked, Listed, Named, Page, Sent, Whole},
    scope::{Access, Permit, TerminalScope},
};

fn asker(hub: &Hub, scope: &TerminalScope) -> Result<Asker, ApiError> {
    scope.may_pull()?;
    Ok(Asker {
        company: scope.company,
        store: scope.terminal.store,
        now: hub.now(),
        offers: hub.offers.clone(),
    })
}

/// What campaigns give on a cart. Changes nothing, and is safe to repeat.
#[utoipa::path(post, path = "/campaigns/evaluate", tag = "offers", request_body(content = Object, description = "A cart snapshot, schema 1.0 or 1.1"), responses(
    (status = OK, body = Offered),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`schema_version_unknown`, `cart_invalid`, `campaigns_unusable`"),
))]
pub(crate) async fn evaluate(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Whole(body): Whole,
) -> Result<Json<Offered>, ApiError> {
    let asker = asker(&hub, &scope)?;
    let cart: serde_json::Value = serde_json::from_slice(&body)
        .map_err(|error| ApiError::invalid(format!("the body is no cart: {error}")))?;
    if !matches!(cart["schema_version"].as_str(), Some("1.0" | "1.1")) {
        let message = "carts of schema 1.0 and 1.1 are read";
        return Err(ApiError::unprocessable("schema_version_unknown", message));
    }
    let cart: CartSnapshot = serde_json::from_value(cart)
        .map_err(|error| ApiError::invalid(format!("the body is no cart: {error}")))?;
    let read = hub
        .books
        .read(Tenant::Company(scope.company), move |books| evaluation::evaluate(books, &asker, &cart));
    read.await.map(Json)
}

/// Whether a coupon counts on a document now. Changes nothing.
#[utoipa::path(post, path = "/coupons/validate", tag = "offers", request_body = CouponRequest, responses(
    (status = OK, body = CouponAnswer),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`coupon_refused`: `detail` says why"),
))]
pub(crate) async fn validate(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(request): Sent<CouponRequest>,
) -> Result<Json<CouponAnswer>, ApiError> {
    let asker = asker(&hub, &scope)?;
    let read = hub
        .books
        .read(Tenant::Company(scope.company), move |books| coupons::validate(books, &asker, &request));
    read.await.map(Json)
}

/// Holds a coupon for a document, so that no other spends its last use. It is used when the finished document comes.
#[utoipa::path(post, path = "/coupons/redeem", tag = "offers", request_body = CouponRequest, responses(
    (status = OK, body = CouponAnswer),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`coupon_refused`: `detail` says why"),
))]
pub(crate) async fn redeem(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(request): Sent<CouponRequest>,
) -> Result<Json<CouponAnswer>, ApiError> {
    let asker = asker(&hub, &scope)?;
    let held =
        hub.books.write(Tenant::Company(scope.company), move |books| coupons::hold(books, &asker, &request));
    held.await.map(Json)
}

/// Frees a coupon that was held. Doing it again changes nothing.
#[utoipa::path(post, path = "/coupons/release", tag = "offers", request_body = CouponRelease, responses((status = NO_CONTENT, description = "It is free")))]
pub(crate) async fn release(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(one): Sent<CouponRelease>,
) -> Result<StatusCode, ApiError> {
    scope.may_push()?;
    let company = scope.company;
    let freed = hub.books.write(Tenant::Company(company), move |books| {
        Ok::<_, ApiError>(coupons::release(books, company, &one)?)
    });
    freed.await.map(|()| StatusCode::NO_CONTENT)
}

/// What a member has.
#[utoipa::path(get, path = "/loyalty/members/{id}", tag = "offers", params(("id" = Uuid, Path, description = "The customer")), responses((status = OK, body = Balance)))]
pub(crate) async fn member(
    State(hub): State<Hub>,
    access: Access<may::CustomerRead>,
    Named(id): Named<Uuid>,
) -> Result<Json<Balance>, ApiError> {
    let (company, now) = (access.company(), hub.now());
    let read = hub.books.read(Tenant::Company(company), move |books| {
        if !points::is_known(books, company, id)? {
            return Err(ApiError::not_found());
        }
        Ok(points::balance(books, company, id, now)?)
    });
    read.await.map(Json)
}

/// A member's entries, the oldest first.
#[utoipa::path(get, path = "/loyalty/members/{id}/entries", tag = "offers", params(("id" = Uuid, Path, description = "The customer"), Page), responses((status = OK, body = Listed<PointEntry>)))]
pub(crate) async fn entries(
    State(hub): State<Hub>,
    permit: Permit<may::CustomerRead>,
    Named(id): Named<Uuid>,
    Asked(page): Asked<Page>,
) -> Result<Json<Listed<PointEntry>>, ApiError> {
    let (after, limit) = (page.after()?, page.limit()?);
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        if !points::is_known(books, permit.company, id)? {
            return Err(ApiError::not_found());
        }
        Ok(points::entries(books, (permit.company, id), (after, limit + 1))?)
    });
    read.await.map(|rows| Json(Listed::part(rows, limit, |row| row.id.to_string())))
}

/// What a member's points would pay of a cart, and what it would earn. Changes nothing.
#[utoipa::path(post, path = "/loyalty/quote", tag = "offers", request_body = QuoteRequest, responses(
    (status = OK, body = Quote),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`member_unknown`, `cart_invalid`"),
))]
pub(crate) async fn quote(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(request): Sent<QuoteRequest>,
) -> Result<Json<Quote>, ApiError> {
    let asker = asker(&hub, &scope)?;
    let read =
        hub.books.read(Tenant::Company(scope.company), move |books| quote::quote(books, &asker, &request));
    read.await.map(Json)
}

/// Holds points for a document, in the place of what was held for it before.
#[utoipa::path(post, path = "/loyalty/reserve", tag = "offers", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = PointsRequest, responses(
    (status = OK, body = Balance),
    (status = CONFLICT, body = Refusal, description = "`already_spent`, `idempotency_key_reused`"),
))]
pub(crate) async fn reserve(
    State(hub): State<Hub>,
    access: Access<may::LoyaltyAdjust>,
    key: IdempotencyKey,
    Sent(request): Sent<PointsRequest>,
) -> Result<Answer, ApiError> {
    book(&hub, &access, key, ("reserve", request), points::reserve).await
}

/// Spends what is held for a document.
#[utoipa::path(post, path = "/loyalty/commit", tag = "offers", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = DocumentOf, responses(
    (status = OK, body = Balance),
    (status = CONFLICT, body = Refusal, description = "`nothing_held`, `idempotency_key_reused`"),
))]
pub(crate) async fn commit(
    State(hub): State<Hub>,
    access: Access<may::LoyaltyAdjust>,
    key: IdempotencyKey,
    Sent(of): Sent<DocumentOf>,
) -> Result<Answer, ApiError> {
    book(&hub, &access, key, ("commit", of), points::commit).await
}

/// Frees what is held for a document, or gives back what it spent.
#[utoipa::path(post, path = "/loyalty/reverse", tag = "offers", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = DocumentOf, responses(
    (status = OK, body = Balance),
    (status = CONFLICT, body = Refusal, description = "`nothing_held`, `idempotency_key_reused`"),
))]
pub(crate) async fn reverse(
    State(hub): State<Hub>,
    access: Access<may::LoyaltyAdjust>,
    key: IdempotencyKey,
    Sent(of): Sent<DocumentOf>,
) -> Result<Answer, ApiError> {
    book(&hub, &access, key, ("reverse", of), points::reverse).await
}

/// What is done with points in a company for what was asked.
type Booking<T> = fn(&mut dyn Session, Uuid, &T, DateTime<Utc>) -> Result<Balance, ApiError>;

/// Does something with points for a document, once for a key.
async fn book<T: Serialize + Send + 'static>(
    hub: &Hub,
    access: &Access<may::LoyaltyAdjust>,
    key: IdempotencyKey,
    (name, asked): (&'static str, T),
    act: Booking<T>,
) -> Result<Answer, ApiError> {
    let done = hub.act((access.company(), access.permit.actor), move |desk| {
        once(desk, &key, (name, &asked), |desk| act(desk.session, desk.company, &asked, desk.now))
    });
    done.await
}

/// Gives or takes points by a person's word.
#[utoipa::path(post, path = "/loyalty/members/{id}/adjustments", tag = "offers", params(("id" = Uuid, Path, description = "The customer"), ("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = Adjustment, responses(
    (status = OK, body = Balance),
    (status = CONFLICT, body = Refusal, description = "`idempotency_key_reused`"),
))]
pub(crate) async fn adjust(
    State(hub): State<Hub>,
    permit: Permit<may::LoyaltyAdjust>,
    Named(id): Named<Uuid>,
    key: IdempotencyKey,
    Sent(adjustment): Sent<Adjustment>,
) -> Result<Answer, ApiError> {
    let done = hub.act((permit.company, permit.actor), move |desk| {
        once(desk, &key, ("adjust", &(id, &adjustment)), |desk| {
            if !points::is_known(desk.session, desk.company, id)? {
                return Err(ApiError::not_found());
            }
            let balance = points::adjust(desk.session, (desk.company, id), &adjustment, desk.now)?;
            desk.note("points.adjusted", ("customer", id), None, json!(adjustment))?;
            Ok(balance)
        })
    });
    done.await
}
