//! Rules that earn points besides the program's rate.

use alloc::{collections::BTreeSet, string::String};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::EarnLine;
use crate::{
    catalog::DepartmentNo,
    ids::{ProductId, StoreId},
    money::Money,
    quantity::{Multiplier, PointRate, Points},
};

mod legacy;

pub use self::legacy::{LegacyRule, RuleError, RuleFault, eligible_tenders, read_rules};

/// A rule of a program.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EarnRule {
    /// Its code, unique in the program, at most 64 characters.
    pub code: String,
    /// Its place in lists, low first. Every rule that matches pays; the order changes nothing.
    pub priority: i32,
    /// Whether it is switched on.
    pub is_active: bool,
    /// From when on; none: always was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<DateTime<Utc>>,
    /// Until before when; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<DateTime<Utc>>,
    /// The stores it holds in; none listed: all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stores: BTreeSet<StoreId>,
    /// What it pays for.
    pub target: RuleTarget,
    /// What it pays.
    pub award: Award,
    /// The most it pays on one document; none: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Points>,
}

/// What a rule pays for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RuleTarget {
    /// Every document of at least an amount; none: every document.
    Document {
        /// The least that the document counts for; none: no least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_amount: Option<Money>,
    },
    /// Each line of the product, or of the code, trimmed and ignoring case; neither: no line.
    Line {
        /// The product, by its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        product: Option<ProductId>,
        /// The code of a product, for rules that know no id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// Each line of every department given; neither: no line.
    Category {
        /// The main department.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        main: Option<DepartmentNo>,
        /// The sub department.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sub: Option<DepartmentNo>,
    },
    /// All these products on one document, once however many sets there are; none listed: no document.
    ProductSet {
        /// The products that must all be on the document.
        products: BTreeSet<ProductId>,
    },
}

/// What a rule pays. On a document or a set, flat points are paid once; on lines, for each line.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// Points as they are; for each line, not for each piece of it.
    #[serde(default)]
    pub flat: Points,
    /// Points for one unit of the currency, of the line or of the document's amount that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<PointRate>,
    /// How many times over the program's own rate counts: 2 pays it once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Multiplier>,
}

impl EarnRule {
    /// Whether it may pay in a store at an instant.
    pub fn is_in_force(&self, store: StoreId, at: DateTime<Utc>) -> bool {
        self.is_active
            && (self.stores.is_empty() || self.stores.contains(&store))
            && self.starts.is_none_or(|starts| starts <= at)
            && self.ends.is_none_or(|ends| at < ends)
    }

    /// What it pays at most.
    pub(super) fn capped(&self, points: Points) -> Points {
        self.cap.map_or(points, |cap| points.min(cap.or_zero()))
    }
}

impl RuleTarget {
    /// Whether a line is one it pays for.
    pub(super) fn matches(&self, line: &EarnLine<'_>) -> bool {
        match self {
            Self::Line { product, code } => {
                product.is_some_and(|product| product == line.product)
                    || code.as_ref().is_some_and(|code| is_same_code(code, line.code))
            }
            Self::Category { main, sub } => {
                (main.is_some() || sub.is_some())
                    && main.is_none_or(|main| line.department == Some(main))
                    && sub.is_none_or(|sub| line.sub_department == Some(sub))
            }
            Self::Document { .. } | Self::ProductSet { .. } => false,
        }
    }
}

fn is_same_code(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
