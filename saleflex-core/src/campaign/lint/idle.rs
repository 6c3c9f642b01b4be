//! Campaigns that never give anything: about goods that nobody sells, dearer than the goods, for a tier that there is not.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Fault, known::Known};
use crate::campaign::{
    benefit::Benefit,
    compile::CampaignSet,
    condition::Condition,
    exact::FINE,
    index::TargetNo,
    plan::{BuyGet, Plan, SetPrice},
    proposal::Rank,
    target::{Selector, Target},
};

pub(super) fn lint(set: &CampaignSet, rank: Rank, known: &Known<'_>, faults: &mut Vec<Fault>) {
    let campaign = set.campaign(rank);
    if let Some(tiers) = known.tiers {
        let asked = asked_tiers(&campaign.condition);
        let unknown = asked.into_iter().find(|tier| !tiers.iter().any(|known| known == tier));
        faults.extend(unknown.map(|tier| Fault::NoTier { tier: tier.to_string() }));
    }
    // A till that knows of no goods can say nothing of them.
    if known.sold.is_empty() {
        return;
    }
    let needed = needed(set, rank);
    let missing = needed.iter().find(|(of, _)| known.items_of(*of).next().is_none());
    if let Some((_, target)) = missing {
        faults.push(Fault::NoGoods { goods: words(target) });
    } else if saves_nothing(set, rank, known) {
        faults.push(Fault::NoSaving);
    }
}

/// The tiers that must be a customer's: of several ways that would do, none is asked.
fn asked_tiers(condition: &Condition) -> Vec<&str> {
    if let Condition::Tier(tier) = condition {
        return Vec::from([tier.as_str()]);
    }
    let Condition::All(parts) = condition else { return Vec::new() };
    parts.iter().flat_map(asked_tiers).collect()
}

/// The goods without which it gives nothing, with the targets that say which.
fn needed(set: &CampaignSet, rank: Rank) -> Vec<(TargetNo, &Target)> {
    let (campaign, compiled) = (set.campaign(rank), &set.compiled[rank.at()]);
    let mut needed = Vec::from([(compiled.target, &campaign.target)]);
    match (&campaign.benefit, &compiled.plan) {
        (Benefit::Bundle { parts, .. }, Plan::Sets { parts: compiled, .. }) => {
            needed.extend(compiled.iter().zip(parts).map(|((of, _), part)| (*of, &part.of)));
        }
        (Benefit::BuyGet { of, among, .. }, Plan::BuyGet(BuyGet { of: compiled, among: bought, .. })) => {
            needed.extend(compiled.zip(of.as_ref()));
            needed.extend(among.as_ref().map(|among| (*bought, among)));
        }
        (Benefit::Gift { of, .. }, Plan::Gift { of: compiled, .. }) => needed.push((*compiled, of)),
        _ => {}
    }
    needed
}

/// Whether its price is at least what the dearest goods come to, all prices known.
fn saves_nothing(set: &CampaignSet, rank: Rank, known: &Known<'_>) -> bool {
    let compiled = &set.compiled[rank.at()];
    let dearest = |of: TargetNo| {
        let fits = |targets: &[TargetNo]| targets.contains(&compiled.target);
        let sold = known.sold_of(of).filter(|(_, targets)| fits(targets));
        let prices = sold.map(|(item, _)| item.price.minor().checked_mul(FINE).filter(|price| *price > 0));
        prices.collect::<Option<Vec<i64>>>().and_then(|prices| prices.into_iter().max())
    };
    match &compiled.plan {
        Plan::FixedPrice { price } => dearest(compiled.target).is_some_and(|dearest| dearest <= *price),
        Plan::Sets { parts, price: SetPrice::Fixed(price) } => {
            let of_part =
                |(of, quantity): &(TargetNo, i64)| Some(i128::from(dearest(*of)?) * i128::from(*quantity));
            let worth: Option<i128> = parts.iter().map(of_part).sum();
            worth.is_some_and(|worth| worth <= i128::from(*price))
        }
        Plan::Sets { .. }
        | Plan::BuyGet(_)
        | Plan::Gift { .. }
        | Plan::Nothing
        | Plan::Off { .. }
        | Plan::Points { .. }
        | Plan::Products { .. }
        | Plan::Tiers { .. } => false,
    }
}

/// Goods by the words of a definition, the first few.
fn words(target: &Target) -> String {
    const MOST: usize = 3;
    let word = |selector: &Selector| match selector {
        Selector::Product(id) => format!("product {id}"),
        Selector::Department(key) => format!("department {}", key.uuid()),
        Selector::Category(key) => format!("category {}", key.uuid()),
        Selector::Brand(id) => format!("brand {id}"),
        Selector::Pattern(pattern) => format!("pattern {}", pattern.as_str()),
        Selector::Style(style) => format!("style {style}"),
        Selector::Tag(tag) => format!("tag {tag}"),
        Selector::UnitPrice { .. } => "unit_price".to_string(),
        Selector::Unknown(name) => name.clone(),
    };
    let words: Vec<String> = target.include.iter().take(MOST).map(word).collect();
    words.join(", ")
}
