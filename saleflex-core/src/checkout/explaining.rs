//! Why campaigns give on a sale what they give.

use alloc::vec::Vec;

use super::Campaigns;
use crate::{
    adjustment::CouponRefusal,
    campaign::{Outcome, Unmet, Verdict},
    document::{Document, IntendedTender},
    ids::CampaignId,
    money::Money,
};

/// Why campaigns give on a sale what they give.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Explanation {
    /// One verdict for each campaign, in the order of the set.
    pub verdicts: Vec<Verdict>,
    /// How much more another choice could give at most: see [`Evaluator::gap`](crate::campaign::Evaluator::gap).
    pub gap: Money,
}

impl Campaigns<'_> {
    /// One verdict for each campaign of the set on a sale as it stands, with a tender about to be taken where there is
    /// one. Nothing for a basket that the engine cannot hold, which no document is.
    pub fn explain(&self, sale: &Document, intended: Option<IntendedTender>) -> Explanation {
        let sale = &*self.with_due(sale, intended);
        let Some(mut evaluator) = self.evaluator(sale, intended) else { return Explanation::default() };
        let evaluation = evaluator.evaluate().clone();
        let gap = evaluator.gap();
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
        Explanation { verdicts, gap }
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
