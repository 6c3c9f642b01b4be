//! Coupons made many at a time: each for one use, under a code that nobody guesses and whose last sign tells a slip.

use saleflex_core::{
    campaign::{Batch, Coupon, CouponKind},
    ids::{CampaignId, CouponId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    definitions::{
        editing::{self, ToMake},
        rules,
    },
    desk::Desk,
    ids::{new_id, random},
    text,
};

/// The most coupons of one request.
const MOST: u32 = 1_000;
/// The longest beginning of a code.
const LONGEST_PREFIX: usize = 12;

/// Coupons to make.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "campaign_id": "018f0000-0000-7000-8000-000000000001", "count": 100, "prefix": "AUTUMN", "name": "Autumn mailing"
}))]
pub(crate) struct NewCoupons {
    /// The campaign that they open.
    pub(crate) campaign_id: Uuid,
    /// How many, 1 to 1000.
    pub(crate) count: u32,
    /// What their codes begin with: at most 12 letters and digits.
    #[serde(default)]
    pub(crate) prefix: String,
    /// What people call them.
    pub(crate) name: String,
    /// The store they are for; absent: all stores.
    #[serde(default)]
    pub(crate) store_id: Option<Uuid>,
    /// From when they count, by the store's clock: `2026-11-21T00:00:00`.
    #[serde(default)]
    pub(crate) start_date: Option<String>,
    /// Until when.
    #[serde(default)]
    pub(crate) end_date: Option<String>,
}

/// Coupons that were made.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct IssuedCoupons {
    /// Their codes. They can be read again among the definitions.
    pub(crate) codes: Vec<String>,
}

/// Makes coupons for one use each: all of them or none.
///
/// # Errors
/// `field_invalid`, also for an end before the beginning; `reference_unknown` for a campaign that is not there.
pub(crate) fn issue(desk: &mut Desk<'_>, new: &NewCoupons) -> Result<IssuedCoupons, ApiError> {
    text::within("name", &new.name, 1..=250)?;
    let rule = rules::of("coupons").ok_or_else(ApiError::internal)?;
    if !(1..=MOST).contains(&new.count) {
        return Err(invalid("count", &format!("is 1 to {MOST}")));
    }
    let is_plain = new.prefix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_plain || new.prefix.len() > LONGEST_PREFIX {
        return Err(invalid("prefix", &format!("is at most {LONGEST_PREFIX} letters and digits")));
    }
    let time = |field, text: &Option<String>| {
        let read = text.as_ref().map(|text| text.parse::<chrono::NaiveDateTime>()).transpose();
        read.map_err(|_| invalid(field, "is a time such as 2026-11-21T00:00:00"))
    };
    let (start, end) = (time("start_date", &new.start_date)?, time("end_date", &new.end_date)?);
    if start.zip(end).is_some_and(|(start, end)| end < start) {
        return Err(invalid("end_date", "is before `start_date`"));
    }
    let batch = Batch {
        campaign: CampaignId::new(new.campaign_id),
        prefix: new.prefix.to_uppercase(),
        kind: CouponKind::SingleUse,
    };
    let seeds = (0..new.count).map(|_| (CouponId::new(new_id(desk.now)), random::<8>()));
    // Sixty random bits that repeat within a batch are none.
    let minted = batch.mint(seeds).map_err(|_| ApiError::internal())?;
    let mut codes = Vec::new();
    for coupon in minted {
        let make = ToMake {
            store_id: new.store_id,
            region_id: None,
            id: Some(coupon.id.uuid()),
            row: row(new, &coupon),
        };
        editing::make(desk.session, (desk.company, rule), make, desk.now)?;
        codes.push(coupon.code);
    }
    let detail = json!({"count": new.count, "prefix": new.prefix, "name": new.name});
    desk.note("coupons.issued", ("campaign", new.campaign_id), new.store_id, detail)?;
    Ok(IssuedCoupons { codes })
}

fn row(new: &NewCoupons, coupon: &Coupon) -> Map<String, Json> {
    let row = json!({
        "code": coupon.code, "barcode": coupon.barcode, "name": new.name, "fk_campaign_id": new.campaign_id, "coupon_type": "SINGLE_USE",
        "start_date": new.start_date, "end_date": new.end_date, "usage_limit": 1, "usage_count": 0,
        "is_active": true, "is_sent": false,
    });
    let Json::Object(row) = row else { return Map::new() };
    row
}

fn invalid(field: &str, what: &str) -> ApiError {
    let error = ApiError::unprocessable("field_invalid", format!("`{field}` {what}"));
    ApiError { detail: Some(field.to_owned()), ..error }
}
