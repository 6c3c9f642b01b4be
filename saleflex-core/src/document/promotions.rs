//! What campaigns say about a document, as far as deciding has to ask: the engine itself stands above.

use alloc::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Completed, Document, Pricing, UsageCount, evolve, pricing};
use crate::{
    adjustment::{
        AdjustmentKind, AdjustmentSource, AdjustmentValue, AppliedCoupon, CouponRefusal, DocumentAdjustment,
    },
    authority::Authority,
    ids::{AdjustmentNo, BrandId, CampaignId, LineNo, TenderNo},
    money::Money,
    quantity::{Percent, Quantity},
    tender::TenderKind,
};

/// The campaigns in force and all that was looked up to judge them. Same document, same answer.
pub trait Promotions: fmt::Debug {
    /// The discounts that campaigns give on a sale, in their order. `intended` is a tender about to be taken: what
    /// it earns is known before its amount is fixed (D25).
    fn discounts(&self, sale: &Document, intended: Option<IntendedTender>) -> Vec<CampaignDiscount>;

    /// Whether a campaign asks a way to pay for a share of what is due. The document that is then asked about says what
    /// that is: [`Document::due_before_tenders`].
    fn asks_shares(&self) -> bool;

    /// How often campaigns with limits were used before; none where no campaign has one. A sale that is completed later than
    /// it was priced goes by those that its document says: [`Document::uses_when_priced`].
    fn counted(&self) -> Option<BTreeMap<CampaignId, UsageCount>>;

    /// What campaigns make of the points of a completed sale: more for the lines they are about, at the hour of its prices.
    fn points(&self, sale: &Completed) -> Vec<CampaignPoints>;

    /// The coupon that a typed or scanned text stands for, where it counts on the sale now.
    ///
    /// # Errors
    /// [`CouponRefusal`]: the first check that fails.
    fn coupon(&self, sale: &Document, entered: &str) -> Result<AppliedCoupon, CouponRefusal>;

    /// The lines of a completed sale that a campaign priced together. None where it does not price lines together, or is
    /// not known any more as it was when it priced the sale.
    fn priced_together(&self, sale: &Completed, campaign: CampaignId) -> Option<PricedTogether>;

    /// What a campaign would give on what is kept of a completed sale, so much of each line, were it alone. None where it
    /// is none of [those](Self::priced_together).
    fn on_the_rest(
        &self,
        sale: &Completed,
        campaign: CampaignId,
        kept: &BTreeMap<LineNo, Quantity>,
    ) -> Option<Money>;

    /// Adds every input that the discounts of a sale were worked out from.
    fn record(&self, sale: &Document, pricing: &mut Pricing);
}

/// The lines of a completed sale that a campaign priced together.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PricedTogether {
    /// Those it made cheaper, and those that may stand for them when they come back.
    pub cheaper: BTreeSet<LineNo>,
    /// Those by which it came to give something: without them others are not cheaper.
    pub bought: BTreeSet<LineNo>,
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
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CampaignPoints {
    /// The campaign that gives them.
    pub campaign: CampaignId,
    /// What is left of the lines it is about, after all discounts of campaigns.
    pub base: Money,
    /// How many times the points of the program, in percent: 200 % doubles them.
    pub times: Percent,
    /// What each line counts for of the base; they add up to it.
    pub lines: Vec<(LineNo, Money)>,
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

impl CampaignDiscount {
    /// The code of the campaign.
    fn code_given(&self) -> Option<&str> {
        if let AdjustmentSource::Campaign { code, .. } = &self.source { Some(code) } else { None }
    }

    /// Whether a way to pay earned it.
    const fn is_earned(&self) -> bool {
        matches!(self.source, AdjustmentSource::Campaign { tender: Some(_), .. })
    }

    /// It as it stands on a document.
    pub(crate) fn row(self, no: AdjustmentNo, authority: Authority) -> DocumentAdjustment {
        let Self { source, amount, shares, code, text } = self;
        DocumentAdjustment {
            no,
            kind: AdjustmentKind::Discount,
            source,
            value: AdjustmentValue::Amount(amount),
            amount,
            shares,
            taxes: Vec::new(),
            code: Some(code),
            reason: Some(text),
            authority,
        }
    }
}

/// A document with these discounts by campaigns in the place of those that stand.
pub(super) fn priced(document: &Document, discounts: &[CampaignDiscount], authority: Authority) -> Document {
    let rows = discounts.iter().map(|discount| discount.clone().row(AdjustmentNo(0), authority));
    let mut priced = document.clone();
    evolve::take_campaigns(&mut priced, &rows.collect::<Vec<_>>(), None);
    pricing::recompute(&mut priced);
    priced
}

/// How often what is due is asked again where ways to pay put other campaigns out, before the goods alone count.
const MOST_ASKED: usize = 3;

/// What campaigns give on a sale, with what is due as tenders are asked for a share of it: what is to be paid where no way to
/// pay earns anything, whatever was paid already. A way to pay that puts another campaign out must pay its share of what is
/// due without that one.
pub(crate) fn judged<'d>(
    sale: &'d Document,
    promotions: &dyn Promotions,
    intended: Option<IntendedTender>,
) -> (Cow<'d, Document>, Vec<CampaignDiscount>) {
    let is_paid = intended.is_some() || !sale.tenders.is_empty();
    if !is_paid || !promotions.asks_shares() {
        let judged = with_due(sale, None);
        let discounts = promotions.discounts(&judged, intended);
        return (judged, discounts);
    }
    let unpaid = Document { tenders: Vec::new(), ..sale.clone() };
    let before = promotions.discounts(&unpaid, None);
    // What comes back in exchange pays no part of it: the credit is no way to pay.
    let least = priced(&unpaid, &before, sale.opened_by).totals.balance().or_zero();
    let mut due = least;
    for _ in 0..MOST_ASKED {
        let judged = with_due(sale, Some(due));
        let discounts = promotions.discounts(&judged, intended);
        let is_out =
            |one: &&CampaignDiscount| !discounts.iter().any(|other| other.code_given() == one.code_given());
        let without = least + before.iter().filter(is_out).map(|one| one.amount).sum::<Money>();
        if without <= due || !discounts.iter().any(CampaignDiscount::is_earned) {
            return (judged, discounts);
        }
        due = without;
    }
    let judged = with_due(sale, None);
    let discounts = promotions.discounts(&judged, intended);
    (judged, discounts)
}

/// A sale of which so much is due before ways to pay earn anything.
fn with_due(sale: &Document, due: Option<Money>) -> Cow<'_, Document> {
    if sale.due_before_tenders == due {
        return Cow::Borrowed(sale);
    }
    Cow::Owned(Document { due_before_tenders: due, ..sale.clone() })
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
