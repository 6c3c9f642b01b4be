//! A campaign as it is written down and stored.

use alloc::{collections::BTreeSet, string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use super::{
    benefit::Benefit,
    condition::Condition,
    pattern::Pattern,
    target::{Selector, Target, TenderTarget},
    window::Window,
};
use crate::{
    ids::{CampaignId, SegmentId, StoreId},
    money::Money,
    quantity::Percent,
};

/// The key of a campaign in business: printed, typed and sorted by.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct CampaignCode(String);

impl CampaignCode {
    /// The longest code that is printed.
    pub const PRINTED: usize = 15;

    /// A code as it is stored.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    /// The whole code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code cut to what a receipt prints.
    pub fn printed(&self) -> &str {
        self.0.char_indices().nth(Self::PRINTED).and_then(|(end, _)| self.0.get(..end)).unwrap_or(&self.0)
    }

    /// The code in the form unlocked codes are compared in: trimmed, capitals.
    pub fn unlocking(&self) -> String {
        unlocking(&self.0)
    }
}

impl From<&str> for CampaignCode {
    fn from(code: &str) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for CampaignCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A typed code in the form codes are compared in: trimmed, capitals.
pub fn unlocking(code: &str) -> String {
    code.trim().to_uppercase()
}

/// How a campaign comes to be looked at.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// On every document.
    #[default]
    Automatic,
    /// Where its code was unlocked, by a coupon or directly.
    Coupon,
    /// Not at all (A11).
    Never,
}

/// A promotion: when it applies, to what, what it gives, how much of it, and beside which others.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// The campaign's id, the same through all its versions.
    pub id: CampaignId,
    /// Its key in business; unique.
    pub code: CampaignCode,
    /// The name people know it by; the code tells campaigns apart.
    pub name: String,
    /// What it is, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What the customer is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether it is in force.
    pub is_active: bool,
    /// How it comes to be looked at.
    #[serde(default)]
    pub activation: Activation,
    /// The only store it runs in; without, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// The dates, weekdays and hours it runs in.
    #[serde(default)]
    pub window: Window,
    /// The segment a customer must belong to; without, everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<SegmentId>,
    /// What else must hold.
    #[serde(default)]
    pub condition: Condition,
    /// The tenders that earn it; the first of them carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<TenderTerms>,
    /// The lines it is about.
    #[serde(default)]
    pub target: Target,
    /// What it gives.
    pub benefit: Benefit,
    /// How much of it.
    #[serde(default)]
    pub limits: Limits,
    /// Its place among others.
    #[serde(default)]
    pub lane: Lane,
}

impl Campaign {
    /// A campaign in force, for everybody and everything, without limits, combinable with nothing after it.
    pub fn new(id: CampaignId, code: impl Into<String>, benefit: Benefit) -> Self {
        let code = CampaignCode::new(code);
        Self {
            id,
            name: code.0.clone(),
            code,
            description: None,
            message: None,
            is_active: true,
            activation: Activation::Automatic,
            store: None,
            window: Window::default(),
            segment: None,
            condition: Condition::default(),
            tender: None,
            target: Target::all(),
            benefit,
            limits: Limits::default(),
            lane: Lane::default(),
        }
    }

    /// What a customer reads: the message, else the description, the name, the code (A18). Of the first that is not
    /// empty, the name or the code stands in where it is blank.
    pub fn text(&self) -> &str {
        let texts = [self.message.as_deref(), self.description.as_deref(), Some(self.name.as_str())];
        let chosen = texts.into_iter().flatten().find(|text| !text.is_empty()).unwrap_or_default();
        let filled = [chosen, &self.name].into_iter().map(str::trim).find(|text| !text.is_empty());
        filled.unwrap_or_else(|| self.code.as_str().trim())
    }

    /// Every pattern over codes that it names, wherever it stands.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        let selectors =
            self.targets().into_iter().flat_map(|target| target.include.iter().chain(&target.exclude));
        selectors.filter_map(|one| if let Selector::Pattern(pattern) = one { Some(pattern) } else { None })
    }

    /// Whether it depends on how the customer pays what it gives.
    pub fn asks_tender(&self) -> bool {
        let asks = |question: &&Condition| matches!(question, Condition::Tender { .. });
        self.tender.is_some() || self.condition.questions().iter().any(asks)
    }

    /// Whether a coupon opens it: always, or as one of the ways that its condition leaves.
    pub fn takes_coupons(&self) -> bool {
        match self.activation {
            Activation::Coupon => true,
            Activation::Automatic => self.condition.is_bounded() && self.condition.wants_coupon(),
            Activation::Never => false,
        }
    }

    /// Every target it looks at.
    fn targets(&self) -> Vec<&Target> {
        let mut targets = Vec::from([&self.target]);
        for question in self.condition.questions() {
            if let Condition::Value { of, .. } | Condition::Quantity { of, .. } = question {
                targets.push(of);
            }
        }
        match &self.benefit {
            Benefit::BuyGet { among, of, .. } => targets.extend(among.iter().chain(of)),
            Benefit::Bundle { parts, .. } => targets.extend(parts.iter().map(|part| &part.of)),
            Benefit::Gift { of, .. } => targets.push(of),
            Benefit::Nothing
            | Benefit::Off { .. }
            | Benefit::Products { .. }
            | Benefit::FixedPrice { .. }
            | Benefit::PriceFor { .. }
            | Benefit::Tiers { .. }
            | Benefit::Points { .. } => {}
        }
        targets
    }
}

/// Which tenders earn a campaign, and how much of the basket they must pay.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TenderTerms {
    /// The tenders that count.
    #[serde(default)]
    pub of: TenderTarget,
    /// The least share of the base that they pay; nothing means any amount earns it (A8).
    #[serde(default = "no_share")]
    pub least_share: Percent,
}

const fn no_share() -> Percent {
    Percent::ZERO
}

/// Ceilings. What is absent does not limit.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The least base, both ends included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_purchase: Option<Money>,
    /// The most base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_purchase: Option<Money>,
    /// Documents in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Documents of one customer; a document without customer is not limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_per_customer: Option<u32>,
    /// Documents in a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_per_day: Option<u32>,
    /// Groups, sets, gifts, or lines and units that something is taken off, in one document; of lines and units those on which
    /// the most is given. What is given without being counted stands beside no such number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times_per_document: Option<u32>,
    /// Money in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// Money of one proposal that is a share or free units; fixed amounts are not cut (A4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_proposal: Option<Money>,
    /// Money on one line, of whatever kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_line: Option<Money>,
    /// Money in one document, of whatever kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_document: Option<Money>,
    /// What one unit must still cost after what was taken off its line, whatever is off the document (A3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_price: Option<Money>,
    /// Whether a unit must still cost what it cost the shop, by the same measure.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub cost_floor: bool,
}

/// The place of a campaign among others.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lane {
    /// Larger goes first.
    pub priority: i32,
    /// What may follow it.
    pub exclusivity: Exclusivity,
    /// The group it belongs to; the empty name is a group too.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// The groups it may stand beside, in both directions; without, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stacks_with: Option<BTreeSet<String>>,
}

impl Default for Lane {
    fn default() -> Self {
        Self { priority: 1, exclusivity: Exclusivity::Last, group: String::new(), stacks_with: None }
    }
}

/// What may stand beside a campaign that gave something.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusivity {
    /// Others may follow.
    Combinable,
    /// Nothing may follow; it may itself join what came before (A1).
    #[default]
    Last,
    /// Nothing before and nothing after.
    Alone,
}
