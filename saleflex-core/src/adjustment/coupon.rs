//! Coupons on a document, and why one does not count.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::ids::{CampaignId, CouponId};

/// A coupon on a document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AppliedCoupon {
    /// The coupon's id, by which it is taken off.
    pub id: CouponId,
    /// Its code, for the usage row.
    pub code: String,
    /// The campaign it unlocks.
    pub campaign: CampaignId,
}

/// Why a coupon does not count. Checked in this order; the first failure is the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CouponRefusal {
    /// No document is open.
    #[error("no document is open")]
    NoDocument,
    /// The document is no sale.
    #[error("the document is no sale")]
    NotSale,
    /// Nothing was typed.
    #[error("no code was given")]
    EmptyInput,
    /// No coupon in force has this code, barcode or QR text.
    #[error("no such coupon")]
    NotFound,
    /// No coupon has this code, and a code of a batch is never like it: one sign is wrong, or two changed places. Programs are
    /// told `not_found`, as the original says.
    #[error("no such coupon: the code is mistyped")]
    #[serde(rename = "not_found")]
    Mistyped,
    /// The coupon was blocked. Programs are told what the original says of a coupon that is not in force, `not_found`.
    #[error("the coupon is blocked")]
    #[serde(rename = "not_found")]
    Blocked,
    /// Its campaign is not in force.
    #[error("the campaign is not running")]
    CampaignUnavailable,
    /// Its campaign needs no coupon.
    #[error("the campaign does not take coupons")]
    CampaignNotCouponBased,
    /// Its campaign was used as often as it may be, or its money is spent.
    #[error("the campaign is used up")]
    CampaignUsageLimit,
    /// The customer used its campaign as often as one may; others have uses left. Programs are told `campaign_usage_limit`, as the
    /// original says.
    #[error("the customer has used the campaign as often as one may")]
    #[serde(rename = "campaign_usage_limit")]
    CampaignUsedByCustomer,
    /// The moment is outside the coupon's own dates.
    #[error("the coupon is not valid now")]
    CouponDates,
    /// The day is outside the campaign's dates.
    #[error("the campaign is not running today")]
    CampaignDates,
    /// The campaign belongs to another store (D28).
    #[error("the campaign runs in another store")]
    CampaignStore,
    /// The weekday or hour is outside the campaign's (D28).
    #[error("the campaign is not running at this hour")]
    CampaignHours,
    /// The customer is not in the campaign's segment (D28).
    #[error("the campaign is for other customers")]
    CampaignSegment,
    /// A personal coupon has no holder.
    #[error("the coupon belongs to nobody")]
    PersonalUnassigned,
    /// The coupon belongs to somebody else.
    #[error("the coupon belongs to another customer")]
    PersonalOtherCustomer,
    /// The coupon is a customer's, and nobody is on the document. Programs are told `personal_other_customer`, as the original
    /// says.
    #[error("the coupon belongs to a customer, and none is on the document")]
    #[serde(rename = "personal_other_customer")]
    PersonalNoCustomer,
    /// The coupon was used as often as it may be.
    #[error("the coupon is used up")]
    CouponUsageLimit,
    /// The coupon was used.
    #[error("the coupon was used")]
    SingleUseUsed,
    /// The coupon is on the document already.
    #[error("the coupon is on the document already")]
    AlreadyApplied,
    /// Another coupon of the same campaign is on the document (D34).
    #[error("another coupon of the same campaign is on the document")]
    CampaignAlreadyApplied,
}
