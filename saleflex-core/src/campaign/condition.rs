//! When a campaign applies, beyond its window: a tree of questions.

use alloc::{boxed::Box, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    target::{Target, TenderTarget},
    unmet::QuestionNo,
    window::Window,
};
use crate::{
    ids::{SegmentId, StoreId},
    money::Money,
    quantity::Percent,
};

/// A question with yes or no for an answer. Values and quantities are those of the basket before any campaign.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Condition {
    /// Every one of them; yes for none.
    All(Vec<Self>),
    /// At least one of them; no for none.
    Any(Vec<Self>),
    /// Yes where the question within is answered with no.
    Not(Box<Self>),
    /// The document's store is one of these.
    Stores(Vec<StoreId>),
    /// The moment is inside.
    Window(Window),
    /// The document came this way: `till`, `kiosk`, `web`.
    Channel(String),
    /// A customer is on the document.
    CustomerKnown,
    /// The customer belongs to the segment.
    Segment(SegmentId),
    /// The customer stands in the tier.
    Tier(String),
    /// The customer has a word such as `employee`.
    CustomerTag(String),
    /// The customer has completed no sale before.
    FirstPurchase,
    /// The customer's birthday is at most so many days away, before or after.
    Birthday {
        /// Days to the nearest birthday, before or after it; 0 is the day itself.
        within_days: u16,
    },
    /// The campaign's code was unlocked.
    Coupon,
    /// The value of the lines, both ends included.
    Value {
        /// The lines that count; without, all.
        #[serde(default)]
        of: Target,
        /// The least value; none: no lower end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<Money>,
        /// The highest value; none: no upper end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<Money>,
    },
    /// The whole units on the lines, both ends included.
    Quantity {
        /// The lines that count; without, all.
        #[serde(default)]
        of: Target,
        /// The fewest units; none: no lower end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<u32>,
        /// The most units; none: no upper end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<u32>,
    },
    /// At least this share of the basket is paid so; any such tender where the share is nothing.
    Tender {
        /// The tenders that count; without, all.
        #[serde(default)]
        of: TenderTarget,
        /// The least share.
        least_share: Percent,
    },
}

impl Default for Condition {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Condition {
    /// The question with this number, in the order they are written.
    pub fn question(&self, no: QuestionNo) -> Option<&Self> {
        self.questions().into_iter().nth(no.0.into())
    }

    /// Whether another question may be answered in the place of this one: it stands within an "any of" several, or within
    /// an "all of" several that must not hold.
    pub fn has_alternatives(&self, no: QuestionNo) -> bool {
        self.leaves_choice(no, false)
    }

    fn leaves_choice(&self, no: QuestionNo, is_negated: bool) -> bool {
        if let Self::Not(part) = self {
            return part.leaves_choice(no, !is_negated);
        }
        let (Self::All(parts) | Self::Any(parts)) = self else { return false };
        if parts.len() > 1 && matches!(self, Self::All(_)) == is_negated {
            return true;
        }
        let mut before = 0;
        for part in parts {
            let asked = part.count();
            if no.0 < before + asked {
                return part.leaves_choice(QuestionNo(no.0 - before), is_negated);
            }
            before += asked;
        }
        false
    }

    /// How many questions are asked.
    fn count(&self) -> u16 {
        u16::try_from(self.questions().len()).unwrap_or(u16::MAX)
    }

    /// All single questions, in the order they are written.
    pub(super) fn questions(&self) -> Vec<&Self> {
        if let Self::All(parts) | Self::Any(parts) = self {
            return parts.iter().flat_map(Self::questions).collect();
        }
        if let Self::Not(part) = self { part.questions() } else { Vec::from([self]) }
    }

    /// Whether an unlocked code may make the answer a yes: the question stands under an even number of "not".
    pub(super) fn wants_coupon(&self) -> bool {
        self.asks_coupon(false)
    }

    fn asks_coupon(&self, is_negated: bool) -> bool {
        if let Self::All(parts) | Self::Any(parts) = self {
            return parts.iter().any(|part| part.asks_coupon(is_negated));
        }
        if let Self::Not(part) = self {
            return part.asks_coupon(!is_negated);
        }
        matches!(self, Self::Coupon) && !is_negated
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }
}
