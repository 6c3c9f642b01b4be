//! Whether a campaign is looked at at all: what can be said before the lines are known.

use alloc::{vec, vec::Vec};

use chrono::{Datelike, NaiveDate};

use super::{
    cart::{Context, Uses},
    compile::CampaignSet,
    compiled::Compiled,
    condition::Condition,
    definition::{Activation, Campaign},
    plan::Plan,
    proposal::Rank,
    unmet::{ConditionUnmet, Unmet, UseLimit},
    window::Window,
};

/// The campaigns of a set by what must be known of a document before they are looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates {
    /// A bit for each campaign that every document may have.
    open: Vec<u64>,
    /// Those that a code opens.
    coupon: Vec<Rank>,
    /// Those that depend on the moment, the store, the customer or how often they were used.
    asking: Vec<Rank>,
}

impl Gates {
    pub(super) fn of(definitions: &[Campaign], compiled: &[Compiled]) -> Self {
        let mut gates = Self { open: vec![0; definitions.len().div_ceil(64)], ..Self::default() };
        for (rank, (campaign, compiled)) in (0..).map(Rank).zip(definitions.iter().zip(compiled)) {
            if !campaign.is_active || matches!(compiled.plan, Plan::Nothing) {
                continue;
            }
            match campaign.activation {
                Activation::Automatic if campaign.asks_nothing() => set_bit(&mut gates.open, rank),
                Activation::Automatic => gates.asking.push(rank),
                Activation::Coupon => gates.coupon.push(rank),
                Activation::Never => {}
            }
        }
        gates
    }
}

/// Sets the bit of a campaign.
pub(super) fn set_bit(bits: &mut [u64], rank: Rank) {
    if let Some(word) = bits.get_mut(rank.at() / 64) {
        *word |= 1 << (rank.at() % 64);
    }
}

impl CampaignSet {
    /// Sets `bits` to the campaigns for which [`CampaignSet::check_eligible`] holds.
    pub(super) fn find_eligible(&self, context: &Context, bits: &mut Vec<u64>) {
        bits.clone_from(&self.gates.open);
        let coupon = if context.unlocked.is_empty() { &[] } else { self.gates.coupon.as_slice() };
        for &rank in self.gates.asking.iter().chain(coupon) {
            if self.check_eligible(rank, context).is_ok() {
                set_bit(bits, rank);
            }
        }
    }

    /// The checks that need no line, in their fixed order; the first failure counts.
    ///
    /// # Errors
    /// [`Unmet`] is that failure.
    pub fn check_eligible(&self, rank: Rank, context: &Context) -> Result<(), Unmet> {
        let campaign = self.campaign(rank);
        if !campaign.is_active || matches!(self.compiled[rank.at()].plan, Plan::Nothing) {
            return Err(Unmet::Inactive);
        }
        match campaign.activation {
            Activation::Automatic => {}
            Activation::Coupon if is_unlocked(campaign, context) => {}
            Activation::Coupon => return Err(Unmet::NotUnlocked),
            Activation::Never => return Err(Unmet::NeverActivated),
        }
        campaign.check_store(context)?;
        campaign.window.check(context.moment.local).map_err(Unmet::Closed)?;
        campaign.check_segment(context)?;
        campaign.check_uses(context)
    }
}

fn is_unlocked(campaign: &Campaign, context: &Context) -> bool {
    !context.unlocked.is_empty() && context.unlocked.contains(&campaign.code.unlocking())
}

impl Campaign {
    /// Whether every document may have it, as far as that depends on no line.
    fn asks_nothing(&self) -> bool {
        self.store.is_none()
            && self.segment.is_none()
            && self.window == Window::default()
            && !self.limits.count_uses()
    }

    pub(super) fn check_store(&self, context: &Context) -> Result<(), Unmet> {
        let fits = self.store.is_none_or(|store| context.store == Some(store));
        if fits { Ok(()) } else { Err(Unmet::OtherStore) }
    }

    pub(super) fn check_segment(&self, context: &Context) -> Result<(), Unmet> {
        let Some(segment) = self.segment else { return Ok(()) };
        match &context.shopper {
            Some(shopper) if shopper.segments.contains(&segment) => Ok(()),
            shopper => Err(Unmet::NotInSegment { customer_known: shopper.is_some() }),
        }
    }

    /// The limits of uses and of money in all. A document of nobody is not limited per customer.
    pub(super) fn check_uses(&self, context: &Context) -> Result<(), Unmet> {
        let limits = &self.limits;
        if !limits.count_uses() {
            return Ok(());
        }
        let uses = context.uses.get(&self.id).copied().unwrap_or_default();
        let Uses { total, by_customer, today, spent, is_share } = uses;
        let per_customer = limits.uses_per_customer.filter(|_| context.shopper.is_some());
        for (limit, most, used) in [
            (UseLimit::Total, limits.uses, total),
            (UseLimit::Customer, per_customer, by_customer),
            (UseLimit::Day, limits.uses_per_day, today),
        ] {
            if let Some(most) = most
                && used >= most
            {
                let is_lent = is_share && limit != UseLimit::Day;
                return Err(if is_lent { Unmet::NotLent } else { Unmet::UsedUp { limit, most, used } });
            }
        }
        match limits.budget {
            Some(budget) if spent >= budget && is_share => Err(Unmet::NotLent),
            Some(budget) if spent >= budget => Err(Unmet::BudgetSpent { budget, spent }),
            _ => Ok(()),
        }
    }
}

/// A question about the document as a whole; those about lines and tenders are the pass's.
pub(super) fn check_context(
    condition: &Condition,
    campaign: &Campaign,
    context: &Context,
) -> Result<(), ConditionUnmet> {
    let shopper = context.shopper.as_ref();
    let known = || shopper.ok_or(ConditionUnmet::Customer);
    let (holds, unmet) = match condition {
        Condition::Stores(stores) => {
            (context.store.is_some_and(|store| stores.contains(&store)), ConditionUnmet::Store)
        }
        Condition::Window(window) => {
            return window.check(context.moment.local).map_err(ConditionUnmet::Window);
        }
        Condition::Channel(channel) => (context.channel.as_ref() == Some(channel), ConditionUnmet::Channel),
        Condition::CustomerKnown => (shopper.is_some(), ConditionUnmet::Customer),
        Condition::Segment(segment) => (known()?.segments.contains(segment), ConditionUnmet::Segment),
        Condition::Tier(tier) => (known()?.tier.as_ref() == Some(tier), ConditionUnmet::Tier),
        Condition::CustomerTag(tag) => (known()?.tags.contains(tag), ConditionUnmet::CustomerTag),
        Condition::FirstPurchase => {
            let purchases = known()?.purchases;
            (purchases == 0, ConditionUnmet::FirstPurchase { purchases })
        }
        Condition::Birthday { within_days } => {
            let today = context.moment.local.date();
            let near = known()?.birthday.is_some_and(|born| days_to_birthday(born, today) <= *within_days);
            (near, ConditionUnmet::Birthday)
        }
        Condition::Coupon => (is_unlocked(campaign, context), ConditionUnmet::Coupon),
        Condition::All(_)
        | Condition::Any(_)
        | Condition::Not(_)
        | Condition::Value { .. }
        | Condition::Quantity { .. }
        | Condition::Tender { .. } => (true, ConditionUnmet::Opposite),
    };
    if holds { Ok(()) } else { Err(unmet) }
}

/// How many days the nearest birthday is away, before or after. Who was born on 29 February has it on the 28th in other
/// years.
pub fn days_to_birthday(born: NaiveDate, today: NaiveDate) -> u16 {
    let days = (-1..=1).filter_map(|years| {
        let year = today.year() + years;
        let day = NaiveDate::from_ymd_opt(year, born.month(), born.day())
            .or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))?;
        u16::try_from((day - today).num_days().unsigned_abs()).ok()
    });
    days.min().unwrap_or(u16::MAX)
}
