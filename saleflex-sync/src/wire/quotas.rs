//! `POST /api/v1/sync/quotas`: what a till asks for of limits that hold for the whole company, and what the hub lends it.
//!
//! Both sides count from the beginning and only upwards: a request or an answer that is lost, doubled or late changes
//! nothing. What a till used of its share is not told here; the hub reads it off the sales that the till delivers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The most shares that one request names.
pub const MOST_ASKS: usize = 500;

open_enum! {
    /// What is counted.
    QuotaKind {
        /// Sales in which a campaign gave something.
        CampaignUses = "campaign_uses",
        /// What a campaign gave, in the smallest unit of its currency.
        CampaignBudget = "campaign_budget",
        /// Sales to one customer in which a campaign gave something.
        CustomerUses = "customer_uses",
        /// Sales in which a coupon was used.
        CouponUses = "coupon_uses",
        /// What is on a gift card, in the smallest unit of its currency.
        GiftCardBalance = "gift_card_balance",
    }
}

impl QuotaKind {
    /// Whether a borrower has a share all the time; of the others one is asked for when it is needed.
    pub const fn is_standing(&self) -> bool {
        matches!(self, Self::CampaignUses | Self::CampaignBudget)
    }
}

open_enum! {
    /// What a till does where it has no share.
    QuotaPolicy {
        /// It gives nothing: the limit is never passed.
        Refuse = "refuse",
        /// It counts for itself alone, and the hub marks the sale.
        Allow = "allow",
    }
}

open_enum! {
    /// Why nothing is lent of a limit that is wanted.
    QuotaWithheld {
        /// All of it was used.
        UsedUp = "used_up",
        /// What is left of it is lent to others.
        LentElsewhere = "lent_elsewhere",
        /// The hub was put back to a backup, and has not heard all of its tills yet.
        AwaitingTills = "awaiting_tills",
        /// Nothing of the kind is in force.
        NotInForce = "not_in_force",
        /// A store's hub has nothing of it, and asks the company's.
        AskedAbove = "asked_above",
    }
}

/// What a till says of one share.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotaAsk {
    /// What is counted.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: QuotaKind,
    /// The campaign, coupon or gift card.
    pub subject: Uuid,
    /// Whose uses are counted, where they are one customer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Uuid>,
    /// The number of the last event that the till had queued when it began to count: later ones use the share up.
    pub since: u64,
    /// How much was lent to it in all, as far as it knows: a hub that came back from a backup learns it anew.
    #[serde(default)]
    pub granted: u64,
    /// How much of the share the till gave back in all.
    #[serde(default)]
    pub returned: u64,
    /// Whether it wants more.
    #[serde(default)]
    pub wanted: bool,
}

/// What a till asks.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotasRequest {
    /// The version of this shape.
    pub schema_version: u32,
    /// The life of the till's file: another one begins without shares.
    pub epoch: Uuid,
    /// Its shares, at most [`MOST_ASKS`].
    pub asks: Vec<QuotaAsk>,
}

/// What is lent of one limit.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotaShare {
    /// What is counted.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: QuotaKind,
    /// The campaign, coupon or gift card.
    pub subject: Uuid,
    /// Whose uses are counted, where they are one customer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Uuid>,
    /// How much was lent to this life of the till in all.
    pub granted: u64,
    /// How much of it the hub has seen used: a borrower that came back from a backup learns it anew.
    #[serde(default)]
    pub used: u64,
    /// How much of it came back, for the same reason.
    #[serde(default)]
    pub returned: u64,
    /// When the till gives back what it has not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Why the till has nothing of what it wants; a till that does not know it asks again all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub withheld: Option<QuotaWithheld>,
}

/// The hub's answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotasAnswer {
    /// What the company wants of a till without a share.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub policy: QuotaPolicy,
    /// A share for each that was named.
    pub shares: Vec<QuotaShare>,
    /// The hub's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<DateTime<Utc>>,
    /// What a newer hub adds, kept as it came.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub further: BTreeMap<String, Value>,
}
