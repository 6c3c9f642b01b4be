//! What a completed document used of campaigns and coupons, and how that is taken back.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    coupon::AppliedCoupons,
    rows::{DiscountRow, RowSource},
};
use crate::{
    ids::{CampaignId, CouponId},
    money::Money,
};

/// What one document used: at most one row a campaign and one a coupon, sorted by identity.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Usage {
    /// Campaigns that gave something.
    pub campaigns: Vec<CampaignUse>,
    /// Coupons whose campaign gave something; others were not consumed.
    pub coupons: Vec<CouponUse>,
    /// Why it was taken back, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reversed: Option<String>,
}

/// A campaign's row.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CampaignUse {
    /// The campaign that was used.
    pub campaign: CampaignId,
    /// What it gave on the document; nothing where it gave points.
    pub amount: Money,
    /// The first coupon that opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
}

/// A coupon's row.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CouponUse {
    /// The coupon that was used.
    pub coupon: CouponId,
    /// Its share of what its campaign gave.
    pub amount: Money,
}

/// The longest reason kept.
const LONGEST_REASON: usize = 1000;

impl Usage {
    /// What the live campaign rows of a completed sale used. Campaigns are known by identity, in force or not
    /// (D19, D20). Several coupons of one campaign share its sum evenly and exactly (D33).
    pub fn of(rows: &[DiscountRow], applied: &AppliedCoupons) -> Self {
        let sums = sums(rows);
        let campaigns = sums.iter().map(|(campaign, amount)| {
            let coupon = applied.iter().find(|coupon| coupon.campaign == *campaign);
            let coupon_code = coupon.map(|coupon| coupon.code.clone());
            CampaignUse { campaign: *campaign, amount: *amount, coupon_code }
        });
        let mut coupons = Vec::new();
        for (campaign, amount) in &sums {
            let shares = applied.shares(*campaign, *amount);
            coupons.extend(shares.into_iter().map(|(coupon, amount)| CouponUse { coupon, amount }));
        }
        coupons.sort_by_key(|used| used.coupon);
        Self { campaigns: campaigns.collect(), coupons, reversed: None }
    }

    /// The same with campaigns that gave points: each was used, for no money, and so were the coupons that opened it.
    #[must_use]
    pub fn with_points(mut self, gave_points: &[CampaignId], applied: &AppliedCoupons) -> Self {
        for &campaign in gave_points {
            if self.campaigns.iter().any(|used| used.campaign == campaign) {
                continue;
            }
            let mut opened = applied.iter().filter(|coupon| coupon.campaign == campaign).peekable();
            let coupon_code = opened.peek().map(|coupon| coupon.code.clone());
            self.campaigns.push(CampaignUse { campaign, amount: Money::ZERO, coupon_code });
            self.coupons.extend(opened.map(|coupon| CouponUse { coupon: coupon.id, amount: Money::ZERO }));
        }
        self.campaigns.sort_by_key(|used| used.campaign);
        self.coupons.sort_by_key(|used| used.coupon);
        self
    }

    /// Takes the use back, with a reason cut to 1,000 characters; whether it was not taken back before. Counters go
    /// down by the rows exactly when the answer is yes.
    pub fn reverse(&mut self, reason: &str) -> bool {
        if self.reversed.is_some() {
            return false;
        }
        self.reversed = Some(reason.chars().take(LONGEST_REASON).collect());
        true
    }

    /// Whether the rows count.
    pub const fn is_live(&self) -> bool {
        self.reversed.is_none()
    }
}

/// How many campaigns gave something on a document, of whatever type.
pub fn distinct_campaigns(rows: &[DiscountRow]) -> usize {
    sums(rows).len()
}

/// Σ of live rows by campaign, where above nothing.
fn sums(rows: &[DiscountRow]) -> BTreeMap<CampaignId, Money> {
    let mut sums = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.is_cancelled) {
        if let RowSource::Campaign(Some(campaign)) = row.source {
            *sums.entry(campaign).or_insert(Money::ZERO) += row.amount;
        }
    }
    sums.retain(|_, amount| amount.is_positive());
    sums
}
