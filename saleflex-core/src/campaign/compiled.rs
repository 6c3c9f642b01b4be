//! One campaign made ready: its amounts in whole numbers, its targets and conditions looked up.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use super::{
    condition::Condition,
    definition::{Campaign, Exclusivity, TenderTerms},
    exact::{FINE, fine_percent},
    index::{TargetIndex, TargetNo},
    plan::Plan,
    target::TenderTarget,
    unmet::QuestionNo,
};
use crate::money::Money;

/// A campaign in whole numbers.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// The lines of the campaign's target: the base.
    pub(super) target: TargetNo,
    pub(super) plan: Plan,
    /// Asked in each pass, where it depends on lines or tenders.
    pub(super) test: Option<Test>,
    pub(super) tender: Option<TenderTerms>,
    /// Bounds of the base, fine.
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
    /// Ceiling of one proposal that is a share, fine.
    pub(super) per_proposal: i64,
    pub(super) per_line: Option<i64>,
    /// Ceiling of the document, minor units.
    pub(super) per_document: i64,
    pub(super) budget: Option<Money>,
    pub(super) times: i64,
    /// Fine price below which no unit goes.
    pub(super) lowest_price: Option<i64>,
    pub(super) cost_floor: bool,
    pub(super) exclusivity: Exclusivity,
    pub(super) lane: LaneBits,
}

impl Compiled {
    /// A definition with its targets looked up and its stacking groups as bits.
    pub(super) fn of(campaign: &Campaign, groups: &BTreeMap<String, u64>, targets: &mut TargetIndex) -> Self {
        let limits = &campaign.limits;
        let fine = |amount: Money| amount.minor().saturating_mul(FINE);
        let bit = |name: &String| groups.get(name).copied().unwrap_or(0);
        let with = campaign.lane.stacks_with.as_ref();
        let target = targets.add(&campaign.target);
        Self {
            target,
            plan: Plan::compile(&campaign.benefit, target, targets),
            test: (!campaign.condition.is_empty()).then(|| Test::of(&campaign.condition, targets, &mut 0)),
            tender: campaign.tender.clone(),
            // No base is below nothing, so such a bound always holds.
            least: limits.least_purchase.filter(|least| least.is_positive()).map(fine),
            most: limits.most_purchase.map(fine),
            per_proposal: limits.per_proposal.map_or(i64::MAX, fine),
            per_line: limits.per_line.map(fine),
            per_document: limits.per_document.map_or(i64::MAX, Money::minor),
            budget: limits.budget,
            times: limits.times_per_document.map_or(i64::MAX, i64::from),
            lowest_price: limits.lowest_price.map(fine),
            cost_floor: limits.cost_floor,
            exclusivity: campaign.lane.exclusivity,
            lane: LaneBits {
                group: bit(&campaign.lane.group),
                with: with.map_or(u64::MAX, |names| names.iter().map(bit).sum()),
            },
        }
    }
}

/// The group of a campaign and those it stacks with, as bits.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct LaneBits {
    pub(super) group: u64,
    pub(super) with: u64,
}

/// A condition with its targets looked up.
#[derive(Clone, Debug)]
pub(super) enum Test {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Asked(QuestionNo, Question),
}

impl Test {
    /// `asked` counts the questions so far.
    fn of(condition: &Condition, targets: &mut TargetIndex, asked: &mut u16) -> Self {
        let mut all = |parts: &[Condition]| parts.iter().map(|part| Self::of(part, targets, asked)).collect();
        let question = match condition {
            Condition::All(parts) => return Self::All(all(parts)),
            Condition::Any(parts) => return Self::Any(all(parts)),
            Condition::Not(part) => return Self::Not(Self::of(part, targets, asked).into()),
            Condition::Value { of, least, most } => {
                let fine = |amount: &Money| amount.minor().saturating_mul(FINE);
                Question::Value {
                    of: targets.add(of),
                    least: least.as_ref().map(fine),
                    most: most.as_ref().map(fine),
                }
            }
            Condition::Quantity { of, least, most } => Question::Quantity {
                of: targets.add(of),
                least: least.map(i64::from),
                most: most.map(i64::from),
            },
            Condition::Tender { of, least_share } => {
                Question::Tender { of: of.clone(), share: fine_percent(*least_share) }
            }
            Condition::Stores(_)
            | Condition::Window(_)
            | Condition::Channel(_)
            | Condition::CustomerKnown
            | Condition::Segment(_)
            | Condition::Tier(_)
            | Condition::CustomerTag(_)
            | Condition::FirstPurchase
            | Condition::Birthday { .. }
            | Condition::Coupon => Question::Context(condition.clone()),
        };
        let no = QuestionNo(*asked);
        *asked = asked.saturating_add(1);
        Self::Asked(no, question)
    }
}

/// A single question of a condition.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// About the document as a whole.
    Context(Condition),
    Value {
        of: TargetNo,
        least: Option<i64>,
        most: Option<i64>,
    },
    Quantity {
        of: TargetNo,
        least: Option<i64>,
        most: Option<i64>,
    },
    Tender {
        of: TenderTarget,
        share: i64,
    },
}
