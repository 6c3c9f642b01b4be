//! Coupons: asked about, held for one document, freed or used.
//!
//! **Invariant:** a coupon with a limit is held for at most as many documents as it may be used for. A hold counts as a
//! use until it is freed, or its time is over.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    campaign::{Context, Coupon, CouponOnFile, CouponRefusal},
    ids::{CustomerId, StoreId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    evaluation::{Asker, moment},
    in_force::InForce,
    known, quotas,
};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
};

/// For how long a coupon is held for a document that is not finished.
const HOLD: TimeDelta = TimeDelta::hours(2);

/// A coupon on a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "WELCOME5", "document_id": "018f0000-0000-7000-8000-000000000001"}))]
pub(crate) struct CouponRequest {
    /// What was typed or scanned.
    pub(crate) code: String,
    /// The document it is for.
    pub(crate) document_id: Uuid,
    /// Who buys.
    #[serde(default)]
    pub(crate) customer_id: Option<Uuid>,
    /// The codes of the segments that the customer belongs to: who is in one is worked out at the tills.
    #[serde(default)]
    pub(crate) customer_segment_codes: Vec<String>,
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
    /// The coupon.
    pub(crate) coupon_id: Uuid,
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

/// The word of a refusal for programs: its own name for them, which tells of a blocked code no more than of an unknown one.
pub(crate) fn reason(refusal: CouponRefusal) -> String {
    let word = serde_json::to_value(refusal).ok();
    word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn checked<'a>(
    session: &mut dyn Session,
    (asker, in_force): (&Asker, &'a InForce),
    request: &CouponRequest,
) -> Result<&'a Coupon, ApiError> {
    let unknown = || ApiError::unprocessable("coupon_refused", "no such coupon");
    let with = |reason: &str, error: ApiError| ApiError { detail: Some(reason.to_owned()), ..error };
    let coupon = in_force.coupon(&request.code).ok_or_else(|| with("not_found", unknown()))?;
    let customer = request.customer_id.map(CustomerId::new);
    let named = (request.customer_id, request.customer_segment_codes.as_slice());
    let shopper = known::shopper(session, asker.company, named)?;
    let moment = moment(asker.now, &in_force.time_zone);
    let context = Context {
        store: Some(StoreId::new(asker.store)),
        shopper,
        uses: in_force.uses(session, asker.company, (customer, moment))?,
        ..Context::at(moment)
    };
    let of = (asker.company, &in_force.currency);
    let lent = quotas::lent_of_coupon(session, of, coupon.id.uuid())?;
    let uses = uses(session, (asker.company, coupon.id.uuid()), Some(request.document_id), asker.now)?;
    let uses = uses.saturating_add(lent);
    (CouponOnFile { coupon, uses }).check(&in_force.set, &context).map_err(|refusal| {
        with(&reason(refusal), ApiError::unprocessable("coupon_refused", refusal.to_string()))
    })?;
    Ok(coupon)
}

/// Whether a coupon counts on a document now. Changes nothing.
///
/// # Errors
/// `coupon_refused` with the reason in `detail`.
pub(crate) fn validate(
    session: &mut dyn Session,
    asker: &Asker,
    request: &CouponRequest,
) -> Result<CouponAnswer, ApiError> {
    let in_force = asker.offers.of(session, asker.company, asker.store)?;
    let coupon = checked(session, (asker, &in_force), request)?;
    Ok(CouponAnswer { coupon_id: coupon.id.uuid(), campaign_id: coupon.campaign.uuid(), held_until: None })
}

/// Holds a coupon for a document. Doing it again answers the same and holds it longer.
///
/// # Errors
/// `coupon_refused` with the reason in `detail`.
pub(crate) fn hold(
    session: &mut dyn Session,
    asker: &Asker,
    request: &CouponRequest,
) -> Result<CouponAnswer, ApiError> {
    // One at a time in a company: of two who hold the last use, the second counts the first.
    session.execute("UPDATE company SET name = name WHERE company_id = $1", &[asker.company.into()])?;
    let in_force = asker.offers.of(session, asker.company, asker.store)?;
    let coupon = checked(session, (asker, &in_force), request)?;
    let until = asker.now + HOLD;
    session.execute(
        "INSERT INTO offer_use (company_id, offer_id, document_id, kind, customer_id, amount_e4, state, expires_at, \
         created_at) VALUES ($1, $2, $3, 'coupon', $4, 0, 'held', $5, $6) \
         ON CONFLICT (company_id, offer_id, document_id) DO UPDATE SET \
         state = CASE WHEN offer_use.state = 'used' THEN 'used' ELSE 'held' END, expires_at = excluded.expires_at",
        &[
            asker.company.into(),
            coupon.id.uuid().into(),
            request.document_id.into(),
            request.customer_id.into(),
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
pub(crate) fn release(
    session: &mut dyn Session,
    company: Uuid,
    one: &CouponRelease,
) -> Result<(), DatabaseError> {
    session.execute(
        "DELETE FROM offer_use WHERE company_id = $1 AND offer_id = $2 AND document_id = $3 AND state = 'held'",
        &[company.into(), one.coupon_id.into(), one.document_id.into()],
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
