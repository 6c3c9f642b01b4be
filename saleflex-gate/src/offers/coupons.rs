//! Coupons: asked about, held for one document, freed or used.
//!
//! **Invariant:** a coupon with a limit is held for at most as many documents as it may be used for. A hold counts as a
//! use until it is freed, or its time is over.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    campaign::{
        AppliedCoupon, AppliedCoupons, CartSnapshot, Context, Coupon, CouponOnFile, CouponRefusal,
        OpenDocument,
    },
    ids::StoreId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    evaluation::{self, Asker, moment},
    in_force::{InForce, KnownOffers},
    known, quotas,
};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    openapi::examples,
};

/// For how long a coupon is held for a document that is not finished.
const HOLD: TimeDelta = TimeDelta::hours(2);

/// A coupon on a document. What its cart says, the request need not say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "WELCOME5", "document_id": "018f0000-0000-7000-8000-000000000001", "cart": examples::cart()
}))]
pub(crate) struct CouponRequest {
    /// What was typed or scanned, or the coupon's identity; `coupon` is the same.
    #[serde(alias = "coupon")]
    pub(crate) code: String,
    /// The document it is for; one is needed to hold the coupon.
    #[serde(default)]
    pub(crate) document_id: Option<Uuid>,
    /// Who buys.
    #[serde(default)]
    pub(crate) customer_id: Option<Uuid>,
    /// The codes of the segments that the customer belongs to: who is in one is worked out at the tills.
    #[serde(default)]
    pub(crate) customer_segment_codes: Vec<String>,
    /// The cart that the coupon would be on, schema 1.0 or 1.1: it says which coupons are on it already.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) cart: Option<CartSnapshot>,
}

/// What a coupon would be on.
struct Occasion {
    document: Option<Uuid>,
    customer: Option<Uuid>,
    segment_codes: Vec<String>,
    applied: AppliedCoupons,
}

impl CouponRequest {
    /// What the request says itself goes before what its cart says.
    fn occasion(&self, in_force: &InForce) -> Result<Occasion, ApiError> {
        let mut occasion = Occasion {
            document: self.document_id,
            customer: self.customer_id,
            segment_codes: self.customer_segment_codes.clone(),
            applied: AppliedCoupons::default(),
        };
        let Some(cart) = &self.cart else { return Ok(occasion) };
        occasion.document = occasion.document.or_else(|| evaluation::document_of(cart));
        let customer = evaluation::customer_of(cart)?;
        occasion.customer = occasion.customer.or(customer);
        occasion.segment_codes.extend_from_slice(&cart.customer_segment_codes);
        let on_cart = cart.active_coupon_codes.iter().filter_map(|code| in_force.coupon(code));
        let on_cart = on_cart.map(|coupon| AppliedCoupon {
            id: coupon.id,
            code: coupon.code.clone(),
            campaign: coupon.campaign,
        });
        occasion.applied = AppliedCoupons::of(on_cart.collect());
        Ok(occasion)
    }
}

/// What a coupon opens.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct CouponAnswer {
    /// The coupon.
    pub(crate) coupon_id: Uuid,
    /// The campaign it opens.
    pub(crate) campaign_id: Uuid,
    /// Until when it is held for the document, where it is.
    pub(crate) held_until: Option<DateTime<Utc>>,
}

/// A coupon of a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "coupon_id": "018f0000-0000-7000-8000-000000000001", "document_id": "018f0000-0000-7000-8000-000000000002"
}))]
pub(crate) struct CouponRelease {
    /// The coupon's identity, or its code; `coupon` is the same.
    #[serde(alias = "coupon")]
    pub(crate) coupon_id: String,
    /// The document it was held for.
    pub(crate) document_id: Uuid,
}

/// How often a coupon was used or is held, not counting one document.
pub(crate) fn uses(
    session: &mut dyn Session,
    (company, coupon): (Uuid, Uuid),
    but: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<u32, DatabaseError> {
    let rows = session.query(
        "SELECT count(*) FROM offer_use WHERE company_id = $1 AND offer_id = $2 AND document_id <> $3 \
         AND (state = 'used' OR (state = 'held' AND expires_at > $4))",
        &[company.into(), coupon.into(), but.unwrap_or_default().into(), now.timestamp_millis().into()],
    )?;
    let count = rows.first().map_or(Ok(0), |row| row.integer(0))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// For how many documents that are not finished a coupon is held.
pub(super) fn held(
    session: &mut dyn Session,
    (company, coupon): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<i64, DatabaseError> {
    let rows = session.query(
        "SELECT count(*) FROM offer_use WHERE company_id = $1 AND offer_id = $2 AND state = 'held' \
         AND expires_at > $3",
        &[company.into(), coupon.into(), now.timestamp_millis().into()],
    )?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// A coupon with how often it was used, is held or lent, not counting one document.
pub(super) fn on_file<'a>(
    session: &mut dyn Session,
    (asker, in_force): (&Asker, &InForce),
    (coupon, but): (&'a Coupon, Option<Uuid>),
) -> Result<CouponOnFile<'a>, DatabaseError> {
    let id = coupon.id.uuid();
    let lent = quotas::lent_of_coupon(session, (asker.company, &in_force.currency), id, asker.now)?;
    let uses = uses(session, (asker.company, id), but, asker.now)?;
    Ok(CouponOnFile { coupon, uses: uses.saturating_add(lent) })
}

/// The word of a refusal for programs: its own name for them, which tells of a blocked code no more than of an unknown one.
pub(crate) fn reason(refusal: CouponRefusal) -> String {
    let word = serde_json::to_value(refusal).ok();
    word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn refused(refusal: CouponRefusal) -> ApiError {
    let error = ApiError::unprocessable("coupon_refused", refusal.to_string());
    ApiError { detail: Some(reason(refusal)), ..error }
}

fn checked<'a>(
    session: &mut dyn Session,
    (asker, in_force): (&Asker, &'a InForce),
    (named, occasion): (&str, &Occasion),
) -> Result<&'a Coupon, ApiError> {
    let by_id = || in_force.coupon_by_id(Uuid::parse_str(named.trim()).ok()?);
    let coupon = in_force.coupon(named).or_else(by_id).ok_or_else(|| refused(CouponRefusal::NotFound))?;
    let (at, codes) = ((asker.company, asker.store), occasion.segment_codes.as_slice());
    let shopper = known::shopper(session, at, (occasion.customer, codes))?;
    let moment = moment(asker.now, &in_force.time_zone);
    let context = Context {
        store: Some(StoreId::new(asker.store)),
        uses: known::uses(session, (asker.company, in_force), (shopper.as_ref(), moment))?,
        shopper,
        ..Context::at(moment)
    };
    let found = on_file(session, (asker, in_force), (coupon, occasion.document))?;
    let mut applied = occasion.applied.clone();
    let entered = applied.enter(named, OpenDocument::Sale, |_| Some(found), &in_force.set, &context);
    let is_used_up = matches!(
        entered,
        Err(CouponRefusal::CampaignUsageLimit
            | CouponRefusal::CampaignUsedByCustomer
            | CouponRefusal::CouponUsageLimit
            | CouponRefusal::SingleUseUsed)
    );
    if is_used_up {
        quotas::check_awaiting(session, asker.company, asker.now)?;
    }
    entered.map_err(refused)
}

/// Whether a coupon counts on a document now. Changes nothing.
///
/// # Errors
/// `awaiting_tills`, `coupon_refused` with the reason in `detail`, `cart_invalid`.
pub(crate) fn validate(
    session: &mut dyn Session,
    asker: &Asker,
    request: &CouponRequest,
) -> Result<CouponAnswer, ApiError> {
    let in_force = asker.offers.of(session, asker.company, asker.store)?;
    let occasion = request.occasion(&in_force)?;
    let coupon = checked(session, (asker, &in_force), (&request.code, &occasion))?;
    Ok(CouponAnswer { coupon_id: coupon.id.uuid(), campaign_id: coupon.campaign.uuid(), held_until: None })
}

/// Holds a coupon for a document. Doing it again answers the same and holds it longer.
///
/// # Errors
/// `awaiting_tills`, `coupon_refused` with the reason in `detail`, `cart_invalid`, `field_invalid` without a document.
pub(crate) fn hold(
    session: &mut dyn Session,
    asker: &Asker,
    request: &CouponRequest,
) -> Result<CouponAnswer, ApiError> {
    // One at a time in a company: of two who hold the last use, the second counts the first.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[asker.company.into()])?;
    let in_force = asker.offers.of(session, asker.company, asker.store)?;
    let occasion = request.occasion(&in_force)?;
    let document = occasion.document.ok_or_else(|| ApiError {
        detail: Some("document_id".to_owned()),
        ..ApiError::unprocessable("field_invalid", "which document the coupon is held for is not said")
    })?;
    let coupon = checked(session, (asker, &in_force), (&request.code, &occasion))?;
    let until = asker.now + HOLD;
    session.execute(
        "INSERT INTO offer_use (company_id, offer_id, document_id, kind, customer_id, amount_e4, state, expires_at, \
         created_at) VALUES ($1, $2, $3, 'coupon', $4, 0, 'held', $5, $6) \
         ON CONFLICT (company_id, offer_id, document_id) DO UPDATE SET \
         state = CASE WHEN offer_use.state = 'used' THEN 'used' ELSE 'held' END, expires_at = excluded.expires_at",
        &[
            asker.company.into(),
            coupon.id.uuid().into(),
            document.into(),
            occasion.customer.into(),
            until.timestamp_millis().into(),
            asker.now.timestamp_millis().into(),
        ],
    )?;
    Ok(CouponAnswer {
        coupon_id: coupon.id.uuid(),
        campaign_id: coupon.campaign.uuid(),
        held_until: Some(until),
    })
}

/// Frees a coupon that was held. Doing it again, or after it was used, changes nothing.
///
/// # Errors
/// `coupon_refused` for what is neither an identity nor a code.
pub(crate) fn release(
    session: &mut dyn Session,
    offers: &KnownOffers,
    (company, store): (Uuid, Uuid),
    one: &CouponRelease,
) -> Result<(), ApiError> {
    let coupon = if let Ok(id) = Uuid::parse_str(one.coupon_id.trim()) {
        id
    } else {
        let in_force = offers.of(session, company, store)?;
        let coupon = in_force.coupon(&one.coupon_id).ok_or_else(|| refused(CouponRefusal::NotFound))?;
        coupon.id.uuid()
    };
    session.execute(
        "DELETE FROM offer_use WHERE company_id = $1 AND offer_id = $2 AND document_id = $3 AND state = 'held'",
        &[company.into(), coupon.into(), one.document_id.into()],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_a_plain_word_for_programs() {
        assert_eq!(reason(CouponRefusal::CouponUsageLimit), "coupon_usage_limit");
        assert_eq!(reason(CouponRefusal::NotFound), "not_found");
        assert_eq!(
            reason(CouponRefusal::Blocked),
            "not_found",
            "who guesses codes does not learn that one exists"
        );
    }
}
