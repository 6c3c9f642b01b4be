//! Why campaigns give on a sale what they give.

use alloc::vec::Vec;

use super::Campaigns;
use crate::{
    adjustment::CouponRefusal,
    campaign::{Outcome, Unmet, Verdict},
    document::{Document, IntendedTender},
    ids::CampaignId,
};

impl Campaigns<'_> {
    /// One verdict for each campaign of the set on a sale as it stands, with a tender about to be taken where there is
    /// one. Nothing for a basket that the engine cannot hold, which no document is.
    pub fn explain(&self, sale: &Document, intended: Option<IntendedTender>) -> Vec<Verdict> {
        let Some(mut evaluator) = self.evaluator(sale, intended) else { return Vec::new() };
        let evaluation = evaluator.evaluate().clone();
        let mut verdicts = evaluator.explain(&evaluation);
        self.remember(sale, evaluator);
        for (campaign, refusal) in self.refused_coupons(sale) {
            let of_it = |verdict: &&mut Verdict| self.set.campaign(verdict.campaign).id == campaign;
            if let Some(verdict) = verdicts.iter_mut().find(of_it)
                && verdict.outcome == Outcome::Unmet(Unmet::NotUnlocked)
            {
                verdict.outcome = Outcome::Unmet(Unmet::CouponRefused(refusal));
            }
        }
        verdicts
    }

    /// The campaigns whose coupon on a sale does not count now, and why.
    fn refused_coupons(&self, sale: &Document) -> Vec<(CampaignId, CouponRefusal)> {
        if sale.coupons.is_empty() {
            return Vec::new();
        }
        let (_, dropped) = self.unlocked(sale, &self.unopened(sale));
        let campaign =
            |id| sale.coupons.iter().find(|applied| applied.id == id).map(|applied| applied.campaign);
        dropped.into_iter().filter_map(|(id, refusal)| Some((campaign(id)?, refusal))).collect()
    }
}
