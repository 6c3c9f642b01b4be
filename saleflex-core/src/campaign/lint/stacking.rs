//! Campaigns that take a price below its cost together, where none of them does alone.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{Fault, PricedItem, exposure, known::Known};
use crate::campaign::{compile::CampaignSet, exact::FINE, index::TargetNo, proposal::Rank};

/// The first such price of each campaign that goes last below it.
pub(super) fn lint(set: &CampaignSet, known: &Known<'_>) -> BTreeMap<Rank, Fault> {
    let mut by_target: BTreeMap<TargetNo, Vec<Rank>> = BTreeMap::new();
    for rank in set.ranks().filter(|rank| set.campaign(*rank).is_active) {
        by_target.entry(set.compiled[rank.at()].target).or_default().push(rank);
    }
    let mut found = BTreeMap::new();
    for (item, targets) in &known.sold {
        let mut ranks: Vec<Rank> =
            targets.iter().filter_map(|target| by_target.get(target)).flatten().copied().collect();
        ranks.sort_unstable();
        if let Some((rank, fault)) = below_cost(set, item, &ranks) {
            found.entry(rank).or_insert(fault);
        }
    }
    found
}

/// Follows the price of an item through all of its campaigns that may follow each other, in the order they are tried, to
/// the first that takes it below its cost; none where one does so alone.
fn below_cost(set: &CampaignSet, priced: &PricedItem, ranks: &[Rank]) -> Option<(Rank, Fault)> {
    let cost = priced.item.cost?.fine();
    let full = priced.price.minor().checked_mul(FINE).filter(|full| *full >= cost)?;
    let (mut price, mut applied) = (full, Vec::<Rank>::new());
    for rank in ranks {
        let lane = &set.compiled[rank.at()];
        let after = exposure::lowest_after(set, *rank, &priced.item, price);
        let may_follow = applied.iter().all(|before| set.compiled[before.at()].may_precede(lane));
        if !may_follow || after == price {
            continue;
        }
        if exposure::lowest_after(set, *rank, &priced.item, full) < cost {
            return None;
        }
        if after < cost {
            let beside = applied.last().map(|before| set.campaign(*before).code.clone())?;
            let item = exposure::shown_item(&priced.item);
            let [price, cost] = [exposure::shown_price(after), exposure::shown_cost(cost)];
            return Some((*rank, Fault::BelowCostBeside { item, beside, price, cost }));
        }
        applied.push(*rank);
        price = after;
    }
    None
}
