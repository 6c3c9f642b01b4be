//! Campaigns that take a price below its cost together, where none of them does alone.
//!
//! What is taken off a line is taken of the line's own rest, whatever a set or the document before it took off the same goods
//! (A3): the two are taken off one price here, each of its own base.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{Fault, PricedItem, exposure, known::Known, others::Stack, together::SetWorth};
use crate::campaign::{
    benefit::Per, compile::CampaignSet, exact::FINE, index::TargetNo, plan::Plan, proposal::Rank,
};

/// The first such price of each campaign that goes last below it.
pub(super) fn lint(set: &CampaignSet, known: &Known<'_>) -> BTreeMap<Rank, Fault> {
    let mut by_target: BTreeMap<TargetNo, Vec<Rank>> = BTreeMap::new();
    for rank in set.ranks().filter(|rank| set.campaign(*rank).is_active) {
        by_target.entry(set.compiled[rank.at()].target).or_default().push(rank);
    }
    let worth = |rank: Rank| {
        let is_active = set.campaign(rank).is_active;
        Some((rank, SetWorth::of_campaign(&set.compiled[rank.at()], known).filter(|_| is_active)?))
    };
    let stacking = Stacking { set, sets: set.ranks().filter_map(worth).collect() };
    let mut found = BTreeMap::new();
    for (item, targets) in &known.sold {
        let mut ranks: Vec<Rank> =
            targets.iter().filter_map(|target| by_target.get(target)).flatten().copied().collect();
        ranks.sort_unstable();
        if let Some((rank, fault)) = stacking.below_cost((*item, targets.as_slice()), &ranks) {
            found.entry(rank).or_insert(fault);
        }
    }
    found
}

struct Stacking<'s> {
    set: &'s CampaignSet,
    /// Of campaigns that price different things together.
    sets: BTreeMap<Rank, SetWorth>,
}

impl Stacking<'_> {
    /// Follows the price of an item through all of its campaigns that may follow each other, in the order they are tried, to
    /// the first that takes it below its cost; none where one does so alone.
    fn below_cost(
        &self,
        (priced, targets): (&PricedItem, &[TargetNo]),
        ranks: &[Rank],
    ) -> Option<(Rank, Fault)> {
        let cost = priced.item.cost?.fine();
        let full = priced.price.minor().checked_mul(FINE).filter(|full| *full >= cost)?;
        // What is left of the price, and what is left of it after what was taken off lines alone.
        let (mut price, mut net) = (full, full);
        let (mut applied, mut last) = (Stack::default(), None);
        for rank in ranks {
            let compiled = &self.set.compiled[rank.at()];
            let after_all = |price, of| {
                exposure::above_floor(
                    compiled,
                    &priced.item,
                    price,
                    self.most_taken(*rank, (priced, targets), of),
                )
            };
            let is_of_lines = is_of_lines(&compiled.plan);
            let after = after_all(price, if is_of_lines { net } else { price });
            if !applied.takes(compiled) || after == price {
                continue;
            }
            if after_all(full, full) < cost {
                return None;
            }
            if after < cost {
                let beside = last.map(|before: Rank| self.set.campaign(before).code.clone())?;
                let item = exposure::shown_item(&priced.item);
                let [price, cost] = [exposure::shown_price(after), exposure::shown_cost(cost)];
                return Some((*rank, Fault::BelowCostBeside { item, beside, price, cost }));
            }
            applied.add(compiled);
            last = Some(*rank);
            net -= if is_of_lines { price - after } else { 0 };
            price = after;
        }
        None
    }

    /// Fine: what a campaign takes of a price at most.
    fn most_taken(&self, rank: Rank, (priced, targets): (&PricedItem, &[TargetNo]), of: i64) -> i64 {
        match self.sets.get(&rank) {
            Some(worth) => worth.most_of(&self.set.compiled[rank.at()], targets, of),
            None => exposure::most_taken(self.set, rank, &priced.item, of),
        }
    }
}

/// Whether it takes something off single lines.
const fn is_of_lines(plan: &Plan) -> bool {
    matches!(
        plan,
        Plan::Off { per: Per::Line | Per::Unit, .. } | Plan::Products { .. } | Plan::FixedPrice { .. }
    )
}
