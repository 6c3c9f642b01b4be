//! What is doubtful about campaigns that could be saved: said before they are put in force.
//!
//! [`Campaign::check`] refuses what contradicts itself; lint also finds what is allowed and hardly meant. It reads
//! definitions only, so a finding is about what can happen, in the order of priorities.

use alloc::{string::String, vec::Vec};

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    cart::CartItem,
    compile::CampaignSet,
    coupon::Coupon,
    definition::{Campaign, CampaignCode},
    field::FieldError,
    proposal::Rank,
};
use crate::money::Money;

mod among;
mod apart;
mod contradiction;
mod exposure;
mod idle;
mod known;
mod others;
mod stacking;
mod steady;
mod together;
mod wider;

use apart::Neighbours;
use known::Known;
use others::Others;

/// What lint may know beside the definitions. Without a fact, what would need it is not looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct LintFacts<'a> {
    /// Today, to find what is over.
    pub today: Option<NaiveDate>,
    /// All coupons on file.
    pub coupons: Option<&'a [Coupon]>,
    /// What is sold, to find prices below cost, and campaigns about goods that nobody sells.
    pub items: &'a [PricedItem],
    /// The codes of the tiers that members may stand in.
    pub tiers: Option<&'a [String]>,
}

/// Something sold and its price a unit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PricedItem {
    /// What; an item without a cost is never below it.
    pub item: CartItem,
    /// The price of one unit; nothing where it is entered at the sale.
    pub price: Money,
}

/// Something doubtful about a campaign.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// The campaign that is doubtful.
    #[serde(skip)]
    pub campaign: Rank,
    /// What is doubtful about it.
    pub fault: Fault,
}

/// What is doubtful.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// A field is wrong; the campaign cannot be saved so.
    #[error("{}: {}", .0.field, .0.reason)]
    Field(FieldError),
    /// It is neither automatic nor opened by a coupon.
    #[error("never looked at: neither automatic nor opened by a coupon")]
    NeverActivated,
    /// None of its days is one of its weekdays.
    #[error("never open: none of its days is one of its weekdays")]
    NeverOpen,
    /// Its last day is past.
    #[error("over since {end}")]
    Over {
        /// The last day.
        end: NaiveDate,
    },
    /// What it asks for cannot hold together.
    #[error("never gives anything: its conditions cannot all be met")]
    Contradiction,
    /// A campaign before it always gives something where and when it could, and it cannot stand beside that one.
    #[error("never reached: {by} comes before it and nothing may follow")]
    Shadowed {
        /// The campaign before it.
        by: CampaignCode,
    },
    /// It is about other goods than this one and never given beside it all the same: nothing may follow what is tried first, or
    /// their groups do not stand together.
    #[error("never given beside {other}, though that is about other goods")]
    Apart {
        /// The campaign that is tried before it.
        other: CampaignCode,
    },
    /// It is about other goods than this one, which is tried before it: what that takes off the document lowers what it counts
    /// on (A2).
    #[error("what {other} takes off other goods lowers what it counts on")]
    Lowered {
        /// The campaign that is tried before it.
        other: CampaignCode,
    },
    /// Of what is sold, nothing is one of the goods it needs.
    #[error("nothing that is sold is of its goods: {goods}")]
    NoGoods {
        /// The goods by the words of the definition.
        goods: String,
    },
    /// Its price is no less than what the dearest of its goods cost.
    #[error("its price is no less than what its goods cost")]
    NoSaving,
    /// No program has the tier.
    #[error("there is no tier {tier}")]
    NoTier {
        /// The code of the tier.
        tier: String,
    },
    /// A code unlocks both.
    #[error("unlocked by the same code as {other}")]
    SameUnlockingCode {
        /// The campaign that the code unlocks as well.
        other: CampaignCode,
    },
    /// Receipts print the same for both.
    #[error("receipts print the same code for {other}: they cut codes to 15 characters")]
    SamePrintedCode {
        /// The campaign whose print is the same.
        other: CampaignCode,
    },
    /// What is typed or scanned stands for two coupons.
    #[error("the coupons {coupon} and {other} answer to one text")]
    SameCouponText {
        /// A coupon of this campaign.
        coupon: String,
        /// The coupon that the same text stands for.
        other: String,
    },
    /// It is opened by a coupon and there is none in force.
    #[error("no coupon opens it")]
    NoCoupon,
    /// It may give away the whole price: the reduction is all of it, or an amount without a lowest price or purchase.
    #[error("goods may go for nothing: no lowest price or least purchase holds it")]
    FreeGoods,
    /// A unit may go below what it cost.
    #[error("{item} may go below its cost")]
    BelowCost {
        /// The item's first code.
        item: String,
        /// The lowest price of a unit, rounded down.
        price: Money,
        /// What a unit cost, rounded up.
        cost: Money,
    },
    /// A unit may go below what it cost where it follows another, though neither takes it there alone.
    #[error("{item} may go below its cost after {beside}")]
    BelowCostBeside {
        /// The item's first code.
        item: String,
        /// The campaign before it.
        beside: CampaignCode,
        /// The lowest price of a unit, rounded down.
        price: Money,
        /// What a unit cost, rounded up.
        cost: Money,
    },
    /// Neither an end nor a limit of uses or money holds what is given for nothing.
    #[error("neither a last day nor a limit of uses or money")]
    Unbounded,
    /// A step gives no more than one before it.
    #[error("the step from {from} gives no more than the one before it")]
    StepGivesLess {
        /// The count or value at which the step begins.
        from: i64,
    },
    /// A step begins above the most purchase.
    #[error("the step from {from} is never reached")]
    StepNeverReached {
        /// The value at which the step begins.
        from: i64,
    },
    /// The ceiling of a proposal does not cut fixed amounts (A4), nor what a fixed price comes to.
    #[error("limits.per_proposal cuts percentages, not the amount or the price it gives")]
    CeilingIgnored,
    /// It may stand beside a group that no campaign has.
    #[error("may stand beside group {group}, which no campaign is in")]
    UnknownGroup {
        /// The name of the group.
        group: String,
    },
}

impl CampaignSet {
    /// What is doubtful about the campaigns in force, in the order they are tried.
    pub fn lint(&self, facts: &LintFacts<'_>) -> Vec<Finding> {
        self.lint_of(facts, |_| true)
    }

    /// The same of some of them only.
    pub fn lint_of(&self, facts: &LintFacts<'_>, is_asked: impl Fn(&Campaign) -> bool) -> Vec<Finding> {
        let known = Known::of(self, facts);
        let (mut others, mut neighbours) = (Others::of(self, &known), Neighbours::of(self, &known));
        self.lint_beside((facts, &known), is_asked, &mut others, &mut neighbours)
    }

    fn lint_beside<'s>(
        &'s self,
        (facts, known): (&LintFacts<'_>, &Known<'_>),
        is_asked: impl Fn(&Campaign) -> bool,
        others: &mut Others<'s>,
        neighbours: &mut Neighbours<'s>,
    ) -> Vec<Finding> {
        let (mut found, mut stacked) = (Vec::new(), stacking::lint(self, known));
        let is_looked_at = |campaign: &Campaign| campaign.is_active && is_asked(campaign);
        for campaign in self.ranks().filter(|rank| is_looked_at(self.campaign(*rank))) {
            let mut faults = Vec::new();
            let definition = self.campaign(campaign);
            lint_window(definition, facts.today, &mut faults);
            faults.extend(definition.check().into_iter().map(Fault::Field));
            contradiction::lint(definition, &mut faults);
            idle::lint(self, campaign, known, &mut faults);
            exposure::lint(self, campaign, known, &mut faults);
            faults.extend(together::lint(self, campaign, known));
            faults.extend(stacked.remove(&campaign));
            among::lint(self, campaign, others, known.coupons.as_ref(), &mut faults);
            apart::lint(self, campaign, known, neighbours, &mut faults);
            found.extend(faults.into_iter().map(|fault| Finding { campaign, fault }));
        }
        found
    }
}

fn lint_window(campaign: &Campaign, today: Option<NaiveDate>, faults: &mut Vec<Fault>) {
    use chrono::Datelike as _;

    let window = &campaign.window;
    if campaign.activation == super::Activation::Never {
        faults.push(Fault::NeverActivated);
    }
    if let (Some(end), Some(today)) = (window.end, today)
        && end < today
    {
        faults.push(Fault::Over { end });
    }
    if let (Some(start), Some(end), Some(days)) = (window.start, window.end, window.weekdays) {
        let weekday = |day: NaiveDate| u8::try_from(day.weekday().number_from_monday()).unwrap_or(0);
        let is_open =
            start.iter_days().take(7).take_while(|day| *day <= end).any(|day| days.has(weekday(day)));
        if start <= end && !is_open && days.days().next().is_some() {
            faults.push(Fault::NeverOpen);
        }
    }
}

#[cfg(test)]
mod tests;
