//! Campaigns about different goods that are in each other's way all the same.
//!
//! Whoever writes two offers on different goods means both. By its lane one may keep the other out, and what the first takes
//! off the document lowers what the second counts on, whatever goods it is about (A2).

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use chrono::NaiveDate;

use super::{Fault, known::Known};
use crate::campaign::{
    benefit::Per,
    compile::{CampaignSet, Compiled},
    definition::Campaign,
    exact::FINE,
    index::TargetNo,
    plan::{BuyGet, Cut, Plan, SetPrice},
    proposal::Rank,
    units::WHOLE,
    window::Weekdays,
};

/// What is looked up once for each that is asked of.
#[derive(Default)]
pub(super) struct Neighbours {
    /// By target: the targets that take some of the same goods.
    near: BTreeMap<TargetNo, BTreeSet<TargetNo>>,
    /// By campaign: [`most_on_document`].
    most: BTreeMap<Rank, i64>,
}

impl Neighbours {
    fn of(&mut self, target: TargetNo, known: &Known<'_>) -> &BTreeSet<TargetNo> {
        self.near
            .entry(target)
            .or_insert_with(|| known.sold_of(target).flat_map(|(_, of)| of).copied().collect())
    }

    /// Whether both are about goods that are sold, and none of them is of both.
    fn are_apart(&mut self, own: &[TargetNo], others: &[TargetNo], known: &Known<'_>) -> bool {
        let is_sold = |target: &TargetNo| known.items_of(*target).next().is_some();
        own.iter().all(is_sold)
            && others.iter().all(is_sold)
            && own.iter().all(|target| {
                let near = self.of(*target, known);
                others.iter().all(|other| !near.contains(other))
            })
    }
}

/// The first campaign before this one that keeps it out, and the first that lowers what it counts on.
pub(super) fn lint(
    set: &CampaignSet,
    rank: Rank,
    known: &Known<'_>,
    neighbours: &mut Neighbours,
    faults: &mut Vec<Fault>,
) {
    let (campaign, compiled) = (set.campaign(rank), &set.compiled[rank.at()]);
    let (own, room) = (goods(compiled), room(compiled, known));
    let (mut apart, mut lowered) = (None, None);
    for before in set.ranks().take(rank.at()) {
        let (other, first) = (set.campaign(before), &set.compiled[before.at()]);
        if !other.is_active || !may_meet(other, campaign) {
            continue;
        }
        let keeps_out = apart.is_none() && !first.may_precede(compiled);
        let lowers = lowered.is_none()
            && first.may_precede(compiled)
            && room.is_some_and(|room| {
                *neighbours.most.entry(before).or_insert_with(|| most_on_document(first, known)) > room
            });
        if apart.is_some() && (lowered.is_some() || room.is_none()) {
            break;
        }
        if (keeps_out || lowers) && neighbours.are_apart(&own, &goods(first), known) {
            let other = other.code.clone();
            if keeps_out {
                apart = Some(Fault::Apart { other });
            } else {
                lowered = Some(Fault::Lowered { other });
            }
        }
    }
    // Shadowed says as much of a campaign that is never reached at all.
    let is_shadowed = faults.iter().any(|fault| matches!(fault, Fault::Shadowed { .. }));
    faults.extend(apart.filter(|_| !is_shadowed).into_iter().chain(lowered));
}

/// Whether both may be open on one document, as far as store and days say.
fn may_meet(one: &Campaign, other: &Campaign) -> bool {
    let (first, then) = (&one.window, &other.window);
    let is_before = |end: Option<NaiveDate>, start: Option<NaiveDate>| {
        end.zip(start).is_some_and(|(end, start)| end < start)
    };
    let of_days = |days: Weekdays| days.days().collect::<BTreeSet<u8>>();
    let share_a_day = first
        .weekdays
        .zip(then.weekdays)
        .is_none_or(|(one, other)| !of_days(one).is_disjoint(&of_days(other)));
    let share_a_store = one.store.zip(other.store).is_none_or(|(one, other)| one == other);
    share_a_store && share_a_day && !is_before(first.end, then.start) && !is_before(then.end, first.start)
}

/// All goods a campaign is about: what is bought and what gets cheaper.
fn goods(compiled: &Compiled) -> Vec<TargetNo> {
    match &compiled.plan {
        Plan::Sets { parts, .. } if parts.len() > 1 => parts.iter().map(|(of, _)| *of).collect(),
        Plan::BuyGet(BuyGet { of: Some(of), among, .. }) => Vec::from([*among, *of]),
        Plan::Gift { of, .. } | Plan::Products { of, .. } => Vec::from([*of]),
        Plan::Sets { .. }
        | Plan::BuyGet(_)
        | Plan::FixedPrice { .. }
        | Plan::Nothing
        | Plan::Off { .. }
        | Plan::Points { .. }
        | Plan::Tiers { .. } => Vec::from([compiled.target]),
    }
}

/// Fine prices of what is sold of a target, those that are known.
fn prices(of: TargetNo, known: &Known<'_>) -> impl Iterator<Item = i64> {
    let prices = known.items_of(of).filter_map(|item| item.price.minor().checked_mul(FINE));
    prices.filter(|price| *price > 0)
}

/// Fine: how much may be taken off the document before it gives less than it says, where that is bounded: of a share
/// nothing, of free units what is paid beside them.
fn room(compiled: &Compiled, known: &Known<'_>) -> Option<i64> {
    let cheapest = || prices(compiled.target, known).min();
    match &compiled.plan {
        Plan::Off { cut: Cut::Rate(..), per: Per::Document } | Plan::Tiers { .. } => Some(0),
        // Of several kinds of goods the parts are, and not what the campaign is about.
        Plan::Sets { parts, price: SetPrice::Fixed(price) } if parts.len() == 1 => Some(*price),
        Plan::BuyGet(BuyGet { buy, get, rate, of: None, .. }) => {
            let (buy, get, rate) = (i128::from(*buy), i128::from(*get), i128::from(*rate));
            let whole = i128::from(WHOLE);
            let paid = i128::from(cheapest()?) * (whole * (buy + get) - rate * get) / whole;
            Some(i64::try_from(paid).unwrap_or(i64::MAX))
        }
        Plan::Off { .. }
        | Plan::BuyGet(_)
        | Plan::FixedPrice { .. }
        | Plan::Gift { .. }
        | Plan::Nothing
        | Plan::Points { .. }
        | Plan::Products { .. }
        | Plan::Sets { .. } => None,
    }
}

/// Fine: what a campaign takes off the document at most by one piece of its goods, one set or one group.
fn most_on_document(compiled: &Compiled, known: &Known<'_>) -> i64 {
    let dearest = |of: TargetNo| prices(of, known).max().unwrap_or(0);
    let of_cut = |cut: &Cut| match cut {
        Cut::Rate(..) => 1,
        Cut::Amount(amount) => *amount,
    };
    match &compiled.plan {
        Plan::Off { cut, per: Per::Document } => of_cut(cut),
        Plan::Tiers { steps, .. } => steps.iter().map(|(_, cut)| of_cut(cut)).max().unwrap_or(0),
        Plan::BuyGet(BuyGet { get, rate, of, .. }) => {
            let worth = i128::from(dearest(of.unwrap_or(compiled.target))) * i128::from(*get);
            i64::try_from(worth * i128::from(*rate) / i128::from(WHOLE)).unwrap_or(i64::MAX)
        }
        Plan::Gift { of, quantity } => dearest(*of).saturating_mul(*quantity),
        Plan::Sets { parts, price } => {
            let worth = parts.iter().map(|(of, quantity)| i128::from(dearest(*of)) * i128::from(*quantity));
            let worth: i128 = worth.sum();
            let saved = match price {
                SetPrice::Fixed(price) => worth - i128::from(*price),
                SetPrice::Off(Cut::Rate(rate, _)) => worth * i128::from(*rate) / i128::from(WHOLE),
                SetPrice::Off(Cut::Amount(amount)) => i128::from(*amount),
            };
            i64::try_from(saved.max(0)).unwrap_or(i64::MAX)
        }
        Plan::Off { .. }
        | Plan::FixedPrice { .. }
        | Plan::Nothing
        | Plan::Points { .. }
        | Plan::Products { .. } => 0,
    }
}
