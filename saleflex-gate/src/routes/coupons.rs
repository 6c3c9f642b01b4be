//! Coupons made many at a time.

use axum::extract::State;

use crate::{
    ApiError, Hub,
    access::may,
    authority,
    error::Refusal,
    offers::issuing::{self, IssuedCoupons, NewCoupons},
    repeat::{Answer, IdempotencyKey, once},
    request::Sent,
    scope::Permit,
};

/// Makes coupons of a campaign, each for one use under a code that nobody guesses: all of them or none. Tills take them
/// with the definitions.
#[utoipa::path(post, path = "/coupons/bulk", tag = "offers", params(("idempotency-key" = String, Header, description = "Makes a repeat safe")), request_body = NewCoupons, responses(
    (status = OK, body = IssuedCoupons),
    (status = CONFLICT, body = Refusal, description = "`idempotency_key_reused`"),
    (status = FORBIDDEN, body = Refusal, description = "`not_allowed`, `not_the_authority`"),
    (status = UNPROCESSABLE_ENTITY, body = Refusal, description = "`field_invalid`, `reference_unknown`"),
))]
pub(crate) async fn issue(
    State(hub): State<Hub>,
    permit: Permit<may::CouponIssue>,
    key: IdempotencyKey,
    Sent(new): Sent<NewCoupons>,
) -> Result<Answer, ApiError> {
    authority::decides_here(&hub, permit.company, "coupons").await?;
    permit.in_place(new.store_id)?;
    let done = hub.act((permit.company, permit.actor), move |desk| {
        if let Some(store) = new.store_id {
            permit.store(desk.session, store)?;
        }
        once(desk, &key, ("coupons.bulk", &new), |desk| issuing::issue(desk, &new))
    });
    done.await
}
