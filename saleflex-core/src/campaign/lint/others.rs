//! The campaigns that one is held against, arranged by what they have in common: of thousands, each is held against a few.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use chrono::NaiveTime;

use super::{
    known::Known,
    steady::{Days, Steady},
    wider::Wider,
};
use crate::{
    campaign::{
        benefit::Benefit,
        compile::CampaignSet,
        compiled::Compiled,
        condition::Condition,
        definition::{Activation, Campaign, Exclusivity, Limits},
        index::TargetNo,
        proposal::Rank,
        window::{Weekdays, Window},
    },
    ids::{SegmentId, StoreId},
};

/// What a campaign asks before it gives something, but for its days; none stands for whatever there is.
type Asked<'s> = (Option<StoreId>, Option<SegmentId>, Option<Hours>, Option<&'s Condition>, TargetNo);

/// What a window asks within its days.
type Hours = (Option<NaiveTime>, Option<NaiveTime>, Option<Weekdays>);

/// A lane as far as it says which may stand beside which: the group, those it stacks with, and whether others may follow.
type LaneKey = (u64, u64, bool);

/// All campaigns of a set.
pub(super) struct Others<'s> {
    set: &'s CampaignSet,
    known: &'s Known<'s>,
    /// By what receipts print: the first in force.
    printed: BTreeMap<&'s str, Rank>,
    /// By the text that unlocks: the first in force.
    unlocking: BTreeMap<String, Rank>,
    /// The groups that campaigns are in, in force or not.
    groups: BTreeSet<&'s str>,
    /// Those that always give something where they could and are looked at: of each lane the first on some days. One of the
    /// same lane after it keeps out whom the first keeps out.
    steady: BTreeMap<Asked<'s>, BTreeMap<LaneKey, Steady>>,
    /// What those are about.
    wider: Wider<'s>,
    /// How often one was held against another.
    pub(super) compared: usize,
}

impl<'s> Others<'s> {
    pub(super) fn of(set: &'s CampaignSet, known: &'s Known<'s>) -> Self {
        let mut others = Self {
            set,
            known,
            printed: BTreeMap::new(),
            unlocking: BTreeMap::new(),
            groups: set.campaigns().iter().map(|campaign| campaign.lane.group.as_str()).collect(),
            steady: BTreeMap::new(),
            wider: Wider::default(),
            compared: 0,
        };
        // What one with groups of its own may keep out does not always give something.
        let mut choosy = Stack::default();
        for rank in set.ranks().filter(|rank| set.campaign(*rank).is_active) {
            let (campaign, compiled) = (set.campaign(rank), &set.compiled[rank.at()]);
            others.printed.entry(campaign.code.printed()).or_insert(rank);
            others.unlocking.entry(campaign.code.unlocking()).or_insert(rank);
            if gives_always(campaign) && choosy.takes(compiled) {
                others.wider.add(compiled.target, &campaign.target);
                let of_lane = others.steady.entry(asked(campaign, compiled)).or_default();
                of_lane.entry(lane_key(compiled)).or_default().add(&campaign.window, rank);
            }
            if campaign.lane.stacks_with.is_some() {
                choosy.add(compiled);
            }
        }
        others
    }

    /// The first before a campaign that receipts print the same for.
    pub(super) fn printed_alike(&self, rank: Rank) -> Option<Rank> {
        self.printed.get(self.set.campaign(rank).code.printed()).copied().filter(|first| *first < rank)
    }

    /// The first before a campaign that the same text unlocks.
    pub(super) fn unlocked_alike(&self, rank: Rank) -> Option<Rank> {
        self.unlocking.get(&self.set.campaign(rank).code.unlocking()).copied().filter(|first| *first < rank)
    }

    /// Whether a campaign is in a group.
    pub(super) fn has_group(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    /// The first before a campaign that gives something wherever and whenever this one could, and that it cannot follow.
    pub(super) fn shadow(&mut self, rank: Rank) -> Option<Rank> {
        let set = self.set;
        let (campaign, compiled) = (set.campaign(rank), &set.compiled[rank.at()]);
        let goods = self.wider.of(compiled.target, &campaign.target, self.known, &mut self.compared);
        let mut first: Option<Rank> = None;
        for (store, segment, hours, condition, _) in as_much_or_less(asked(campaign, compiled)) {
            let days = Days::of(&campaign.window, hours.is_some());
            let keys = goods.iter().map(|of| (store, segment, hours, condition, *of));
            for of_lane in keys.filter_map(|key| self.steady.get(&key)).flat_map(BTreeMap::values) {
                self.compared += 1;
                let Some(before) = of_lane.first_open_on(days, &mut self.compared) else { continue };
                let is_first = before < rank && first.is_none_or(|first| before < first);
                if is_first && !set.compiled[before.at()].may_precede(compiled) {
                    first = Some(before);
                }
            }
        }
        first
    }
}

/// What somebody may ask of the same goods who gives something wherever this is asked: each of it, or not at all.
fn as_much_or_less(asked: Asked<'_>) -> Vec<Asked<'_>> {
    let mut keys = Vec::from([asked]);
    let without: [fn(Asked<'_>) -> Asked<'_>; 4] = [
        |(_, segment, hours, condition, target)| (None, segment, hours, condition, target),
        |(store, _, hours, condition, target)| (store, None, hours, condition, target),
        |(store, segment, _, condition, target)| (store, segment, None, condition, target),
        |(store, segment, hours, _, target)| (store, segment, hours, None, target),
    ];
    for one in without {
        let less: Vec<Asked<'_>> =
            keys.iter().map(|key| one(*key)).filter(|key| !keys.contains(key)).collect();
        keys.extend(less);
    }
    keys
}

fn asked<'s>(campaign: &'s Campaign, compiled: &Compiled) -> Asked<'s> {
    let Window { start: _, end: _, from, until, weekdays } = campaign.window;
    let hours = Some((from, until, weekdays)).filter(|hours| *hours != (None, None, None));
    let condition = (!campaign.condition.is_empty()).then_some(&campaign.condition);
    (campaign.store, campaign.segment, hours, condition, compiled.target)
}

fn lane_key(compiled: &Compiled) -> LaneKey {
    (compiled.lane.group, compiled.lane.with, compiled.exclusivity == Exclusivity::Combinable)
}

/// Whether it gives something wherever what it asks is there.
fn gives_always(campaign: &Campaign) -> bool {
    campaign.activation == Activation::Automatic
        && campaign.lane.exclusivity != Exclusivity::Alone
        && matches!(campaign.benefit, Benefit::Off { .. })
        && campaign.limits == Limits::default()
        && campaign.tender.is_none()
}

/// Campaigns that were given, as far as others must know to follow all of them.
pub(super) struct Stack {
    is_empty: bool,
    is_open: bool,
    groups: u64,
    with: u64,
}

impl Default for Stack {
    fn default() -> Self {
        Self { is_empty: true, is_open: true, groups: 0, with: u64::MAX }
    }
}

impl Stack {
    /// Whether a campaign may follow each of them.
    pub(super) fn takes(&self, compiled: &Compiled) -> bool {
        let lane = compiled.lane;
        self.is_empty
            || self.is_open
                && compiled.exclusivity != Exclusivity::Alone
                && self.groups & !lane.with == 0
                && lane.group & !self.with == 0
    }

    pub(super) fn add(&mut self, compiled: &Compiled) {
        self.is_empty = false;
        self.is_open &= compiled.exclusivity == Exclusivity::Combinable;
        self.groups |= compiled.lane.group;
        self.with &= compiled.lane.with;
    }
}
