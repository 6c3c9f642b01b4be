//! Tiers: what it takes to reach one, and when one is lost.

use alloc::{string::String, vec::Vec};

use chrono::{Days, NaiveDate};
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

/// Moves the member up at once, and down when the days of grace are over.
pub(super) fn reassign(draft: &mut Draft, tiers: &[Tier], grace_days: u16) {
    let (today, member) = (draft.today(), &draft.membership);
    let annual = member.spending.annual_on(today);
    let TierVerdict::Reached(best) = evaluate_tier(tiers, member.lifetime, annual) else { return };
    let current = member.tier.as_ref().and_then(|code| tiers.iter().find(|tier| tier.code == *code));
    let (customer, since) = (member.customer, member.grace_since);
    if current.is_some_and(|tier| tier.code == best.code) {
        if since.is_some() {
            draft.make(LoyaltyChange::GraceSet { customer, since: None });
        }
        return;
    }
    let is_downgrade = current.is_some_and(|tier| tier.is_active && tier.rank() >= best.rank());
    if is_downgrade && grace_days > 0 {
        match since {
            None => {
                draft.make(LoyaltyChange::GraceSet { customer, since: Some(today) });
                return;
            }
            Some(since) if is_in_grace(since, grace_days, today) => return,
            Some(_) => {}
        }
    }
    draft.make(LoyaltyChange::TierChanged { customer, tier: best.code.clone(), on: today });
}

/// Gives a newcomer who reaches no tier the lowest active one: the lowest level, then the lowest display order, then
/// the first code.
pub(super) fn begin(draft: &mut Draft, tiers: &[Tier]) {
    if draft.membership.tier.is_some() {
        return;
    }
    let active = tiers.iter().filter(|tier| tier.is_active);
    if let Some(lowest) = active.min_by_key(|tier| (tier.rank(), &tier.code)) {
        let (customer, on) = (draft.membership.customer, draft.today());
        draft.make(LoyaltyChange::TierChanged { customer, tier: lowest.code.clone(), on });
    }
}

fn is_in_grace(since: NaiveDate, days: u16, today: NaiveDate) -> bool {
    since.checked_add_days(Days::new(days.into())).is_none_or(|end| today < end)
}
