//! Campaigns, coupons and points, decided here for whoever asks.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use saleflex_core::campaign::CartSnapshot;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    ApiError, Hub,
    access::may,
    authority,
    db::{Session, Tenant},
    deliveries,
    error::Refusal,
    limits::Class,
    offers::{
        coupons::{self, CouponAnswer, CouponRelease, CouponRequest},
        enrolling::{self, Enrolled, Enrolment},
        evaluation::{self, Asker, Offered, Proposed},
        points::{self, Adjustment, Balance, DocumentOf, FoundMember, PointEntry, PointsRequest},
        quote::{self, Quote, QuoteRequest},
        tiers,
    },
    openapi::examples,
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
        is_below: hub.settings.upstream.is_some(),
        offers: hub.offers.clone(),
    })
}

/// What campaigns give on a cart. Changes nothing, and is safe to repeat.
#[utoipa::path(post, path = "/campaigns/evaluate", tag = "offers", request_body(content = Object, description = "A cart snapshot, schema 1.0 or 1.1", example = json!(examples::cart())), responses(
    (status = OK, body = Proposed),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`schema_version_unknown`, `cart_invalid`, `campaigns_unusable`"),
))]
pub(crate) async fn evaluate(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Whole(body): Whole,
) -> Result<Json<Proposed>, ApiError> {
    offered(&hub, &scope, &body).await.map(|offered| Json(offered.into()))
}

/// What campaigns give on the cart of a body.
pub(super) async fn offered(hub: &Hub, scope: &TerminalScope, body: &[u8]) -> Result<Offered, ApiError> {
    let asker = asker(hub, scope)?;
    hub.count(Class::Evaluate, &asker.store.to_string())?;
    let cart: serde_json::Value = serde_json::from_slice(body)
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
    read.await
}

/// Whether a coupon counts on a document now. Changes nothing.
#[utoipa::path(post, path = "/coupons/validate", tag = "offers", request_body = CouponRequest, responses(
    (status = OK, body = CouponAnswer),
    (status = CONFLICT, body = Refusal, description = "`awaiting_tills`: the hub was put back to a backup"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`coupon_refused`: `detail` says why; `cart_invalid`"),
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

/// Holds a coupon for a document, so that no other spends its last use. It is used when the finished document comes. At a
/// store's hub there is nothing to hold where the company decides about campaigns: tills borrow uses there.
#[utoipa::path(post, path = "/coupons/redeem", tag = "offers", request_body = CouponRequest, responses(
    (status = OK, body = CouponAnswer),
    (status = FORBIDDEN, body = Refusal, description = "`not_the_authority`: the company's hub gives its coupons"),
    (status = CONFLICT, body = Refusal, description = "`awaiting_tills`: the hub was put back to a backup"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`coupon_refused`: `detail` says why; `cart_invalid`, `field_invalid`"),
))]
pub(crate) async fn redeem(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(request): Sent<CouponRequest>,
) -> Result<Json<CouponAnswer>, ApiError> {
    let asker = asker(&hub, &scope)?;
    authority::decides_here(&hub, scope.company, "coupons").await?;
    let held =
        hub.books.write(Tenant::Company(scope.company), move |books| coupons::hold(books, &asker, &request));
    held.await.map(Json)
}

/// Frees a coupon that was held. Doing it again changes nothing.
#[utoipa::path(post, path = "/coupons/release", tag = "offers", request_body = CouponRelease, responses(
    (status = NO_CONTENT, description = "It is free"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`coupon_refused`: there is no such coupon"),
))]
pub(crate) async fn release(
    State(hub): State<Hub>,
    scope: TerminalScope,
    Sent(one): Sent<CouponRelease>,
) -> Result<StatusCode, ApiError> {
    scope.may_push()?;
    let (at, offers) = ((scope.company, scope.terminal.store), hub.offers.clone());
    let freed = hub
        .books
        .write(Tenant::Company(scope.company), move |books| coupons::release(books, &offers, at, &one));
    freed.await.map(|()| StatusCode::NO_CONTENT)
}

/// That points of a member are looked at and moved here: a hub below the company's has what its own store told of them.
async fn keeps_points(hub: &Hub, company: Uuid) -> Result<(), ApiError> {
    authority::decides_here(hub, company, "loyalty_programs").await
}

/// That a right holds for a member: for one of a store in that store, for one of the company wherever it holds at all.
///
/// # Errors
/// `not_found`, `not_allowed`.
fn reaches<R>(session: &mut dyn Session, permit: &Permit<R>, member: Uuid) -> Result<(), ApiError> {
    let member = points::known(session, permit.company, member)?.ok_or_else(ApiError::not_found)?;
    member.store.map_or(Ok(()), |store| permit.in_store(store))
}

/// Whom to find: by one of these.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MemberQuery {
    /// By telephone, however it is typed.
    phone: Option<String>,
    /// By identity.
    member_id: Option<Uuid>,
}

/// The member of a telephone or an identity: nobody, or one.
#[utoipa::path(get, path = "/loyalty/members", tag = "offers", params(MemberQuery), responses((status = OK, body = Listed<FoundMember>)))]
pub(crate) async fn find_member(
    State(hub): State<Hub>,
    access: Access<may::CustomerRead>,
    Asked(query): Asked<MemberQuery>,
) -> Result<Json<Listed<FoundMember>>, ApiError> {
    let (company, now) = (access.company(), hub.now());
    let MemberQuery { phone, member_id } = query;
    if phone.is_some() == member_id.is_some() {
        return Err(ApiError::invalid("say `phone` or `member_id`"));
    }
    keeps_points(&hub, company).await?;
    let read = hub.books.read(Tenant::Company(company), move |books| {
        let own = access.terminal.as_ref().map(|terminal| terminal.store);
        let found = match &phone {
            Some(phone) => points::by_phone(books, company, (phone.as_str(), own))?,
            None => member_id.into_iter().collect(),
        };
        for id in found {
            // One whom the caller may not know of is not there.
            match reaches(books, &access.permit, id) {
                Err(error) if ["not_found", "not_allowed"].contains(&error.code) => continue,
                reached => reached?,
            }
            let (name, balance) =
                (points::name_of(books, company, id)?, points::balance(books, company, id, now)?);
            return Ok::<_, ApiError>(Listed::whole(vec![FoundMember { name, balance }]));
        }
        Ok(Listed::whole(Vec::new()))
    });
    read.await.map(Json)
}

/// Makes somebody a member: found by telephone, else made a customer, and welcomed with the points of the program, once. A
/// person says `store_id` for a customer of a store; without it the right has to hold in the whole company. A device makes
/// customers of its own store.
#[utoipa::path(post, path = "/loyalty/enroll", tag = "offers", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = Enrolment, responses(
    (status = OK, body = Enrolled),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`; `not_the_authority`: somebody else keeps points or customers"),
    (status = CONFLICT, body = Refusal, description = "`idempotency_key_reused`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`no_program`, `field_invalid`"),
))]
pub(crate) async fn enroll(
    State(hub): State<Hub>,
    access: Access<may::CustomerWrite>,
    key: IdempotencyKey,
    Sent(asked): Sent<Enrolment>,
) -> Result<Answer, ApiError> {
    let Access { permit, terminal } = access;
    let store = terminal.map(|terminal| terminal.store).or(asked.store_id);
    keeps_points(&hub, permit.company).await?;
    authority::decides_here(&hub, permit.company, "customers").await?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        once(desk, &key, ("enroll", &asked), |desk| {
            permit.in_place(store)?;
            let may_know = |of: Option<Uuid>| of.is_none_or(|store| permit.reach.holds_store(store));
            enrolling::enrol(desk, &asked, (store, may_know))
        })
    });
    done.await
}

/// What a member has, and for a device in which tier its store has the member.
#[utoipa::path(get, path = "/loyalty/members/{id}", tag = "offers", params(("id" = Uuid, Path, description = "The customer")), responses((status = OK, body = Balance)))]
pub(crate) async fn member(
    State(hub): State<Hub>,
    access: Access<may::CustomerRead>,
    Named(id): Named<Uuid>,
) -> Result<Json<Balance>, ApiError> {
    let (company, now) = (access.company(), hub.now());
    keeps_points(&hub, company).await?;
    let read = hub.books.read(Tenant::Company(company), move |books| {
        reaches(books, &access.permit, id)?;
        let balance = points::balance(books, company, id, now)?;
        let Some(terminal) = &access.terminal else { return Ok(balance) };
        let tier = tiers::tier_of(books, (company, terminal.store), id, now)?;
        Ok(Balance { tier, welcomed: Some(deliveries::is_welcomed(books, company, id)?), ..balance })
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
    keeps_points(&hub, permit.company).await?;
    let read = hub.books.read(Tenant::Company(permit.company), move |books| {
        reaches(books, &permit, id)?;
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
    keeps_points(&hub, scope.company).await?;
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
    let member = request.member_id;
    book(&hub, access, key, ("reserve", member, request), points::reserve).await
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
    let member = of.member_id;
    book(&hub, access, key, ("commit", member, of), points::commit).await
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
    let member = of.member_id;
    book(&hub, access, key, ("reverse", member, of), points::reverse).await
}

/// What is done with points in a company for what was asked.
type Booking<T> = fn(&mut dyn Session, Uuid, &T, DateTime<Utc>) -> Result<Balance, ApiError>;

/// Does something with points for a document, once for a key.
async fn book<T: Serialize + Send + 'static>(
    hub: &Hub,
    access: Access<may::LoyaltyAdjust>,
    key: IdempotencyKey,
    (name, member, asked): (&'static str, Uuid, T),
    act: Booking<T>,
) -> Result<Answer, ApiError> {
    let permit = access.permit;
    keeps_points(hub, permit.company).await?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        once(desk, &key, (name, &asked), |desk| {
            // Of one who is not there it is said which field names them.
            if points::is_known(desk.session, desk.company, member)? {
                reaches(desk.session, &permit, member)?;
            }
            act(desk.session, desk.company, &asked, desk.now)
        })
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
    keeps_points(&hub, permit.company).await?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        once(desk, &key, ("adjust", &(id, &adjustment)), |desk| {
            reaches(desk.session, &permit, id)?;
            let balance = points::adjust(desk.session, (desk.company, id), &adjustment, desk.now)?;
            // Why stands at the entry, where it goes with the person.
            desk.note("points.adjusted", ("customer", id), None, json!({"points": adjustment.points}))?;
            Ok(balance)
        })
    });
    done.await
}
