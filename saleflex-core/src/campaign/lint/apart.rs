//! Campaigns about different goods that are in each other's way all the same.
//!
//! Whoever writes two offers on different goods means both. By its lane one may keep the other out, and what the first takes
//! off the document lowers what the second counts on, whatever goods it is about (A2).

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use chrono::{Datelike, NaiveDate};

use super::{Fault, known::Known};
use crate::{
    campaign::{
        benefit::Per,
        compile::CampaignSet,
        compiled::{Compiled, LaneBits},
        definition::{Campaign, Exclusivity},
        exact::FINE,
        index::TargetNo,
        plan::{BuyGet, Cut, Plan, SetPrice},
        proposal::Rank,
        units::WHOLE,
        window::{Weekdays, Window},
    },
    ids::StoreId,
};

/// All campaigns in force, arranged so that each is held against those alone that may be open with it and that its lane lets
/// through or keeps out, and of those that are about the same goods on the same days once.
pub(super) struct Neighbours<'s> {
    /// By target: the targets that take some of the same goods.
    near: BTreeMap<TargetNo, BTreeSet<TargetNo>>,
    crowds: BTreeMap<(LaneBits, Exclusivity), Crowd<'s>>,
    /// How often one was held against others.
    pub(super) compared: usize,
}

/// Campaigns of one lane.
struct Crowd<'s> {
    /// One of them.
    member: Rank,
    /// By the first of each.
    kinds: Vec<Kind>,
    known: BTreeMap<(Option<StoreId>, &'s Window, Vec<TargetNo>), usize>,
    /// The kinds that are open in a month.
    by_month: BTreeMap<i32, Vec<usize>>,
    /// Those that are open longer than months are worth looking at.
    long: Vec<usize>,
}

/// Campaigns about the same goods, in one store, on the same days.
struct Kind {
    first: Rank,
    goods: Vec<TargetNo>,
    /// The first that takes so much off the document at most, rising: see [`most_on_document`].
    most: Vec<(Rank, i64)>,
}

/// Months that are looked at one by one.
const MOST_MONTHS: i32 = 24;

/// The number of a day's month.
pub(super) fn month(day: NaiveDate) -> i32 {
    day.year().saturating_mul(12).saturating_add_unsigned(day.month0())
}

/// The months of a window, where they are few.
pub(super) fn months(window: &Window) -> Option<core::ops::RangeInclusive<i32>> {
    let (first, last) = (month(window.start?), month(window.end?));
    (0..MOST_MONTHS).contains(&last.saturating_sub(first)).then_some(first..=last)
}

impl<'s> Crowd<'s> {
    const fn of(member: Rank) -> Self {
        Self {
            member,
            kinds: Vec::new(),
            known: BTreeMap::new(),
            by_month: BTreeMap::new(),
            long: Vec::new(),
        }
    }

    fn add(&mut self, rank: Rank, campaign: &'s Campaign, goods: Vec<TargetNo>, most: i64) {
        let next = self.kinds.len();
        let key = (campaign.store, &campaign.window, goods.clone());
        let at = *self.known.entry(key).or_insert(next);
        if at == next {
            self.kinds.push(Kind { first: rank, goods, most: Vec::new() });
            match months(&campaign.window) {
                Some(months) => months.for_each(|month| self.by_month.entry(month).or_default().push(at)),
                None => self.long.push(at),
            }
        }
        let kind = &mut self.kinds[at];
        if kind.most.last().is_none_or(|(_, before)| most > *before) {
            kind.most.push((rank, most));
        }
    }

    /// The kinds that may be open within a window as far as months say, by the first of each.
    fn open_in<'c>(&'c self, window: &Window) -> Box<dyn Iterator<Item = &'c Kind> + 'c> {
        let Some(months) = months(window) else { return Box::new(self.kinds.iter()) };
        let in_months = months.filter_map(|month| self.by_month.get(&month)).flatten();
        let open: BTreeSet<usize> = in_months.chain(&self.long).copied().collect();
        Box::new(open.into_iter().map(move |at| &self.kinds[at]))
    }
}

impl<'s> Neighbours<'s> {
    pub(super) fn of(set: &'s CampaignSet, known: &Known<'_>) -> Self {
        let mut crowds: BTreeMap<(LaneBits, Exclusivity), Crowd<'s>> = BTreeMap::new();
        for rank in set.ranks().filter(|rank| set.campaign(*rank).is_active) {
            let (campaign, compiled) = (set.campaign(rank), &set.compiled[rank.at()]);
            let crowd = crowds.entry((compiled.lane, compiled.exclusivity));
            let most = most_on_document(compiled, known);
            crowd.or_insert_with(|| Crowd::of(rank)).add(rank, campaign, goods(compiled), most);
        }
        Self { near: BTreeMap::new(), crowds, compared: 0 }
    }

    /// The first before a campaign that is about other goods, and keeps it out (`room` is none) or takes more off the document
    /// than there is room for.
    fn first_before(
        &mut self,
        set: &CampaignSet,
        rank: Rank,
        room: Option<i64>,
        known: &Known<'_>,
    ) -> Option<Rank> {
        let (campaign, compiled) = (set.campaign(rank), &set.compiled[rank.at()]);
        let (own, mut first) = (goods(compiled), None::<Rank>);
        let crowds = core::mem::take(&mut self.crowds);
        for crowd in crowds.values() {
            if set.compiled[crowd.member.at()].may_precede(compiled) != room.is_some() {
                continue;
            }
            for kind in crowd.open_in(&campaign.window) {
                let end = first.map_or(rank, |first| first.min(rank));
                if kind.first >= end {
                    break;
                }
                let above =
                    |room: i64| kind.most.iter().find(|(_, most)| *most > room).map(|(rank, _)| *rank);
                let Some(before) = room.map_or(Some(kind.first), above).filter(|before| *before < end) else {
                    continue;
                };
                self.compared += 1;
                if may_meet(set.campaign(kind.first), campaign) && self.are_apart(&own, &kind.goods, known) {
                    first = Some(before);
                }
            }
        }
        self.crowds = crowds;
        first
    }

    fn near(&mut self, target: TargetNo, known: &Known<'_>) -> &BTreeSet<TargetNo> {
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
                let near = self.near(*target, known);
                others.iter().all(|other| !near.contains(other))
            })
    }
}

/// The first campaign before this one that keeps it out, and the first that lowers what it counts on.
pub(super) fn lint(
    set: &CampaignSet,
    rank: Rank,
    known: &Known<'_>,
    neighbours: &mut Neighbours<'_>,
    faults: &mut Vec<Fault>,
) {
    let code = |other: Rank| set.campaign(other).code.clone();
    let lowered = room(&set.compiled[rank.at()], known)
        .and_then(|room| neighbours.first_before(set, rank, Some(room), known));
    // Shadowed says as much of a campaign that is never reached at all.
    let is_shadowed = faults.iter().any(|fault| matches!(fault, Fault::Shadowed { .. }));
    let apart = if is_shadowed { None } else { neighbours.first_before(set, rank, None, known) };
    faults.extend(apart.map(|other| Fault::Apart { other: code(other) }));
    faults.extend(lowered.map(|other| Fault::Lowered { other: code(other) }));
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
