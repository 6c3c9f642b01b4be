//! What campaigns say about a document, as far as deciding has to ask: the engine itself stands above.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Completed, Document, Pricing};
use crate::{
    adjustment::{AdjustmentSource, AppliedCoupon, CouponRefusal},
    ids::{BrandId, CampaignId, LineNo, TenderNo},
    money::Money,
    quantity::{Percent, Quantity},
    tender::TenderKind,
};

/// The campaigns in force and all that was looked up to judge them. Same document, same answer.
pub trait Promotions: fmt::Debug {
    /// The discounts that campaigns give on a sale, in their order. `intended` is a tender about to be taken: what
    /// it earns is known before its amount is fixed (D25).
    fn discounts(&self, sale: &Document, intended: Option<IntendedTender>) -> Vec<CampaignDiscount>;

    /// What campaigns make of the points of a completed sale: more for the lines they are about, at the hour of its prices.
    fn points(&self, sale: &Completed) -> Vec<CampaignPoints>;

    /// The coupon that a typed or scanned text stands for, where it counts on the sale now.
    ///
    /// # Errors
    /// [`CouponRefusal`]: the first check that fails.
    fn coupon(&self, sale: &Document, entered: &str) -> Result<AppliedCoupon, CouponRefusal>;

    /// What a campaign would give on what is kept of a completed sale, so much of each line, were it alone. None where
    /// it does not price lines together, or is not known any more as it was when it priced the sale.
    fn on_the_rest(
        &self,
        sale: &Completed,
        campaign: CampaignId,
        kept: &BTreeMap<LineNo, Quantity>,
    ) -> Option<Money>;

    /// Adds every input that the discounts of a sale were worked out from.
    fn record(&self, sale: &Document, pricing: &mut Pricing);
}

/// A tender about to be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IntendedTender {
    /// The number it will have.
    pub no: TenderNo,
    /// The kind of tender that will be taken.
    pub kind: TenderKind,
    /// How much, at most what is left to pay.
    pub amount: Money,
}

/// More points that a campaign gives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CampaignPoints {
    /// The campaign that gives them.
    pub campaign: CampaignId,
    /// The value of the lines it is about, after the discounts before it.
    pub base: Money,
    /// How many times the points of the program, in percent: 200 % doubles them.
    pub times: Percent,
}

/// A discount that a campaign gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CampaignDiscount {
    /// The campaign, and the line or tender it is about.
    pub source: AdjustmentSource,
    /// What it takes off, above nothing.
    pub amount: Money,
    /// What each line bears of it; they add up to the amount.
    pub shares: Vec<(LineNo, Money)>,
    /// What is printed, at most 15 characters.
    pub code: String,
    /// What the customer reads.
    pub text: String,
}

/// What campaigns saw of a product beyond what stands on its line.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct GoodsSeen {
    /// The maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// The style it is a variant of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// Words on it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Its barcodes, where campaigns asked by a pattern.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<String>,
}
