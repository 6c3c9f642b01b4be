//! Tiers: what it takes to reach one, and when one is lost.

use alloc::{string::String, vec::Vec};

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{LoyaltyChange, Membership, Occasion, Program, membership::Draft};
use crate::{
    money::Money,
    quantity::{Multiplier, Percent, Points},
};

/// A tier of a program.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Its code, unique in the program, at most 50 characters.
    pub code: String,
    /// The name people know it by.
    pub name: String,
    /// Higher is better.
    pub level: i32,
    /// Of one level, the higher wins.
    pub display_order: i32,
    /// Points ever credited that reach it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_points: Option<Points>,
    /// Spending of the current calendar year that reaches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_annual_spending: Option<Money>,
    /// How many times over its members earn; none: once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<Multiplier>,
    /// What its members get off; campaigns ask for the tier and give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Percent>,
    /// What else it brings, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefits: Option<String>,
    /// Whether members may have it.
    pub is_active: bool,
}

impl Tier {
    /// Whether a member reaches it: by either threshold where both are set, and always where none is.
    pub fn is_reached(&self, lifetime: Points, annual: Money) -> bool {
        match (self.min_points, self.min_annual_spending) {
            (None, None) => true,
            (Some(points), None) => lifetime >= points,
            (None, Some(spending)) => annual >= spending,
            (Some(points), Some(spending)) => lifetime >= points || annual >= spending,
        }
    }

    fn rank(&self) -> (i32, i32) {
        (self.level, self.display_order)
    }
}

/// The tier a member has by the rules alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TierVerdict<'a> {
    /// The best tier reached.
    Reached(&'a Tier),
    /// None is reached: whatever the member has stays.
    Unreached,
}

/// The best active tier a member reaches: the highest level, then the highest display order, then the first code.
pub fn evaluate_tier(tiers: &[Tier], lifetime: Points, annual: Money) -> TierVerdict<'_> {
    let reached = tiers.iter().filter(|tier| tier.is_active && tier.is_reached(lifetime, annual));
    let best =
        reached.max_by(|one, other| one.rank().cmp(&other.rank()).then_with(|| other.code.cmp(&one.code)));
    best.map_or(TierVerdict::Unreached, TierVerdict::Reached)
}

/// The member's tier by the date of the occasion: up at once, and down where it is no longer reached and the days of
/// grace are over. Asked again on the same date, nothing more follows; of a membership that is not active nothing does.
pub fn review_tier(membership: &Membership, program: &Program, occasion: Occasion) -> Vec<LoyaltyChange> {
    if !membership.is_active() {
        return Vec::new();
    }
    let mut draft = Draft::of(membership, occasion);
    reassign(&mut draft, &program.tiers, program.grace_days);
    draft.changes
}

/// The last day on which a member keeps a tier that is no longer reached; none while it is reached.
pub fn kept_until(membership: &Membership, program: &Program) -> Option<NaiveDate> {
    let days = u64::from(program.grace_days.checked_sub(1)?);
    membership.grace_since?.checked_add_days(Days::new(days))
}

/// What a member was credited and bought on a day, as tiers count it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TierFact {
    /// The local day on which it happened.
    pub on: NaiveDate,
    /// Points credited; below nothing where a refund took them back.
    pub lifetime: Points,
    /// What was bought; below nothing where it came back.
    pub spent: Money,
    /// A day of the year that it counts in: that of the sale.
    pub sold: NaiveDate,
}

/// The tier of a member by all that was ever credited and bought, wherever that was, as it would be had it been looked at
/// on every day until `today`; who reaches none has the lowest active one.
pub fn tier_by_history<'a>(program: &'a Program, facts: &[TierFact], today: NaiveDate) -> Option<&'a Tier> {
    // A clock that is ahead brings nothing before its day.
    let mut facts: Vec<TierFact> =
        facts.iter().map(|fact| TierFact { on: fact.on.min(today), ..*fact }).collect();
    // Of a day what comes back was there before.
    facts.sort_by_key(|fact| (fact.on, fact.spent.is_negative() || fact.lifetime.is_negative()));
    let mut history = History::of(program);
    for fact in &facts {
        history.wait_until(fact.on);
        history.count(fact);
        history.look(fact.on);
    }
    history.wait_until(today);
    history.look(today);
    history.tier.or_else(|| lowest(&program.tiers))
}

/// A member's tier as time goes on.
struct History<'a> {
    program: &'a Program,
    tier: Option<&'a Tier>,
    grace_since: Option<NaiveDate>,
    lifetime: Points,
    annual: Money,
    /// Until when it is followed.
    until: Option<NaiveDate>,
}

impl<'a> History<'a> {
    const fn of(program: &'a Program) -> Self {
        Self {
            program,
            tier: None,
            grace_since: None,
            lifetime: Points::ZERO,
            annual: Money::ZERO,
            until: None,
        }
    }

    /// Follows the days before one on which something happens: the year turns, and grace ends.
    fn wait_until(&mut self, day: NaiveDate) {
        let Some(before) = self.until.replace(day) else { return };
        let turn = NaiveDate::from_ymd_opt(before.year().saturating_add(1), 1, 1);
        if let Some(turn) = turn.filter(|turn| *turn <= day) {
            self.end_grace(turn);
            self.annual = Money::ZERO;
            self.look(turn);
        }
        self.end_grace(day);
    }

    fn end_grace(&mut self, until: NaiveDate) {
        let days = Days::new(self.program.grace_days.into());
        let end = self.grace_since.and_then(|since| since.checked_add_days(days));
        if let Some(end) = end.filter(|end| *end <= until) {
            self.look(end);
        }
    }

    fn count(&mut self, fact: &TierFact) {
        self.lifetime = (self.lifetime + fact.lifetime).or_zero().min(Points::MAX);
        if fact.sold.year() == fact.on.year() {
            self.annual = (self.annual + fact.spent).or_zero();
        }
    }

    fn look(&mut self, today: NaiveDate) {
        let program = self.program;
        let stands = Stands { tier: self.tier, grace_since: self.grace_since };
        match step(&program.tiers, stands, (self.lifetime, self.annual), (program.grace_days, today)) {
            Step::Stay => {}
            Step::Grace(since) => self.grace_since = since,
            Step::To(tier) => (self.tier, self.grace_since) = (Some(tier), None),
        }
    }
}

/// Where a member stands.
#[derive(Clone, Copy)]
struct Stands<'a> {
    tier: Option<&'a Tier>,
    grace_since: Option<NaiveDate>,
}

/// What becomes of a tier on a day.
enum Step<'a> {
    Stay,
    Grace(Option<NaiveDate>),
    To(&'a Tier),
}

/// Up at once, and down when the days of grace are over.
fn step<'a>(
    tiers: &'a [Tier],
    stands: Stands<'a>,
    (lifetime, annual): (Points, Money),
    (grace_days, today): (u16, NaiveDate),
) -> Step<'a> {
    let TierVerdict::Reached(best) = evaluate_tier(tiers, lifetime, annual) else { return Step::Stay };
    let Stands { tier: current, grace_since: since } = stands;
    if current.is_some_and(|tier| tier.code == best.code) {
        return stay(since);
    }
    let is_downgrade = current.is_some_and(|tier| tier.is_active && tier.rank() >= best.rank());
    let waits = is_downgrade && grace_days > 0;
    match since {
        None if waits => Step::Grace(Some(today)),
        Some(since) if waits && is_in_grace(since, grace_days, today) => Step::Stay,
        Some(_) | None => Step::To(best),
    }
}

/// A tier that is reached is in no grace.
const fn stay<'a>(grace_since: Option<NaiveDate>) -> Step<'a> {
    if grace_since.is_some() { Step::Grace(None) } else { Step::Stay }
}

/// Gives the member the tier that whoever else keeps the points says, where one does. Else moves the member up at once, and
/// down when the days of grace are over.
pub(super) fn reassign(draft: &mut Draft, tiers: &[Tier], grace_days: u16) {
    let (today, member) = (draft.today(), &draft.membership);
    let of_code = |code: &String| tiers.iter().find(|tier| tier.code == *code);
    let (customer, grace_since) = (member.customer, member.grace_since);
    let current = member.tier.as_ref().and_then(of_code);
    let kept = member.kept_tier.as_ref().and_then(of_code).filter(|tier| tier.is_active);
    let next = match kept {
        Some(kept) if current.is_some_and(|tier| tier.code == kept.code) => stay(grace_since),
        Some(kept) => Step::To(kept),
        None => {
            let sums = (member.lifetime, member.spending.annual_on(today));
            step(tiers, Stands { tier: current, grace_since }, sums, (grace_days, today))
        }
    };
    match next {
        Step::Stay => {}
        Step::Grace(since) => draft.make(LoyaltyChange::GraceSet { customer, since }),
        Step::To(tier) => {
            draft.make(LoyaltyChange::TierChanged { customer, tier: tier.code.clone(), on: today });
        }
    }
}

/// Gives a newcomer who reaches no tier the lowest active one.
pub(super) fn begin(draft: &mut Draft, tiers: &[Tier]) {
    if draft.membership.tier.is_some() {
        return;
    }
    if let Some(lowest) = lowest(tiers) {
        let (customer, on) = (draft.membership.customer, draft.today());
        draft.make(LoyaltyChange::TierChanged { customer, tier: lowest.code.clone(), on });
    }
}

/// The lowest active tier: the lowest level, then the lowest display order, then the first code.
fn lowest(tiers: &[Tier]) -> Option<&Tier> {
    tiers.iter().filter(|tier| tier.is_active).min_by_key(|tier| (tier.rank(), &tier.code))
}

fn is_in_grace(since: NaiveDate, days: u16, today: NaiveDate) -> bool {
    since.checked_add_days(Days::new(days.into())).is_none_or(|end| today < end)
}
