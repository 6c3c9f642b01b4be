//! What a completed sale was priced by.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::GoodsSeen;
use crate::{
    adjustment::ResolutionRule,
    ids::{CampaignId, ProductId, SegmentId},
    money::Money,
    tender::TenderKind,
    time::Moment,
};

/// Everything a price was made from, so that anyone can make it again: the campaign set by its hash, the engine
/// by its version, and each input of the evaluation.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Pricing {
    /// The version of the rules in this crate.
    pub engine_version: u32,
    /// Content hash of the campaign set in force; none without campaigns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_set: Option<String>,
    /// How campaigns were chosen from; not said where by priority.
    #[serde(default, skip_serializing_if = "ResolutionRule::is_default")]
    pub campaign_resolution: ResolutionRule,
    /// Content hash of each campaign that took something off: the version of its definition.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub campaigns: BTreeMap<CampaignId, String>,
    /// When it was evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moment: Option<Moment>,
    /// The version of the campaign engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_engine: Option<String>,
    /// Whether ways to pay earned nothing, because it would have been as much as was left to pay.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub tenders_earned_nothing: bool,
    /// [`Document::due_before_tenders`](super::Document::due_before_tenders); sales of before that was known do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_before_tenders: Option<Money>,
    /// How often campaigns with limits had been used before; those not listed have none or never were.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub usage: BTreeMap<CampaignId, UsageCount>,
    /// Sales the customer had completed before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchases: Option<u32>,
    /// Segments the customer was in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentId>,
    /// Codes of campaigns that coupons unlocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlocked_codes: Vec<String>,
    /// The tenders it was evaluated with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<TenderKind>,
    /// What the last of them was to pay when it was evaluated, on sales of before tenders said so themselves:
    /// [`Tender::judged_as`](crate::tender::Tender::judged_as).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intended: Option<Money>,
    /// The customer was no member of a loyalty program; not said of sales of before this was looked at.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub no_member: bool,
    /// The tier the customer was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Marks on the customer; none where no campaign asked for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_tags: Option<BTreeSet<String>>,
    /// How many days the customer's nearest birthday was away, before or after, where campaigns asked, and `65535` where it
    /// was not known; the day of birth itself stands on no document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday_away: Option<u16>,
    /// Of a return, and of a sale that goods are exchanged for: what of each campaign's discounts on the original sale goes back
    /// with these goods, by the shares recorded there and the campaign's code. Returns of before this was kept do not say it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub campaigns_back: BTreeMap<String, Money>,
    /// What campaigns saw of the goods beyond their lines; none where no campaign asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<BTreeMap<ProductId, GoodsSeen>>,
}

/// How often a campaign had been used when it was judged.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct UsageCount {
    /// Documents in all.
    pub total: u32,
    /// Documents of the customer.
    pub by_customer: u32,
    /// Documents of the day.
    pub today: u32,
    /// Money given.
    pub spent: Money,
}
