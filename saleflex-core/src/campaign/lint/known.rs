//! What lint knows beside the definitions, arranged once for all campaigns: a shop may have a hundred thousand products
//! and as many coupons.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use chrono::NaiveDate;

use super::{LintFacts, PricedItem};
use crate::{
    campaign::{compile::CampaignSet, coupon::Coupon, exact::FINE, index::TargetNo},
    ids::CampaignId,
};

/// What is known.
pub(super) struct Known<'a> {
    /// None where nothing is known of coupons.
    pub(super) coupons: Option<Coupons<'a>>,
    /// The codes of the tiers that there are; none where nothing is known of them.
    pub(super) tiers: Option<&'a [String]>,
    /// By target: the places of what is sold of it, in the order it was told.
    items: BTreeMap<TargetNo, Vec<usize>>,
    /// What is sold, each with the targets it belongs to.
    pub(super) sold: Vec<(&'a PricedItem, Vec<TargetNo>)>,
}

/// The coupons in force.
#[derive(Default)]
pub(super) struct Coupons<'a> {
    all: Vec<&'a Coupon>,
    by_campaign: BTreeMap<CampaignId, Vec<usize>>,
    by_text: BTreeMap<String, Vec<usize>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(set: &CampaignSet, facts: &LintFacts<'a>) -> Self {
        let mut items: BTreeMap<TargetNo, Vec<usize>> = BTreeMap::new();
        let (mut marks, mut sold) = (alloc::vec![0; set.targets.len()], Vec::new());
        for item in facts.items {
            let Some(price) = item.price.minor().checked_mul(FINE) else { continue };
            let mut found = Vec::new();
            set.targets.find_targets(&item.item, || price, &mut marks, &mut found);
            for target in &found {
                items.entry(*target).or_default().push(sold.len());
            }
            sold.push((item, found));
        }
        let coupons = facts.coupons.map(|coupons| Coupons::of(coupons, facts.today));
        Self { coupons, tiers: facts.tiers, items, sold }
    }

    /// What is sold of a target.
    pub(super) fn items_of(&self, target: TargetNo) -> impl Iterator<Item = &'a PricedItem> {
        self.sold_of(target).map(|(item, _)| *item)
    }

    /// Whether each thing that is sold of a target is one of another as well.
    pub(super) fn takes_all_sold_of(&self, wide: TargetNo, narrow: TargetNo) -> bool {
        // The places rise, since what is sold is told in one order.
        let places = |target: TargetNo| self.items.get(&target).map(Vec::as_slice).unwrap_or_default();
        let wide = places(wide);
        places(narrow).iter().all(|at| wide.binary_search(at).is_ok())
    }

    /// What is sold of a target, each with all the targets it belongs to.
    pub(super) fn sold_of(&self, target: TargetNo) -> impl Iterator<Item = &(&'a PricedItem, Vec<TargetNo>)> {
        self.items.get(&target).into_iter().flatten().filter_map(|at| self.sold.get(*at))
    }
}

impl<'a> Coupons<'a> {
    /// Those that may still count.
    fn of(coupons: &'a [Coupon], today: Option<NaiveDate>) -> Self {
        let is_over = |coupon: &Coupon| coupon.end.zip(today).is_some_and(|(end, today)| end.date() < today);
        let mut known = Self::default();
        for coupon in coupons.iter().filter(|coupon| coupon.is_active && !is_over(coupon)) {
            let at = known.all.len();
            known.all.push(coupon);
            known.by_campaign.entry(coupon.campaign).or_default().push(at);
            for text in coupon.texts() {
                known.by_text.entry(text).or_default().push(at);
            }
        }
        known
    }

    /// Those that open a campaign.
    pub(super) fn of_campaign(&self, campaign: CampaignId) -> impl Iterator<Item = &'a Coupon> {
        self.by_campaign.get(&campaign).into_iter().flatten().map(|at| self.all[*at])
    }

    /// The first other coupon that answers to a text of this one.
    pub(super) fn like(&self, coupon: &Coupon) -> Option<&'a Coupon> {
        let alike = coupon.texts().filter_map(|text| self.by_text.get(&text)).flatten();
        let others = alike.filter(|at| self.all[**at].id != coupon.id);
        others.min().map(|at| self.all[*at])
    }
}
