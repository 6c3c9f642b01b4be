//! A drawer as the end of a period found it.

use alloc::{collections::BTreeMap, string::String};

use serde::{Deserialize, Serialize};

use super::{DrawerCount, DrawerNo, ForeignShare, OverShortReason};
use crate::{
    closure::Declaration,
    money::{CurrencyCode, Money},
};

/// A drawer as it was counted for a closure.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClosedDrawer {
    /// The number of the drawer.
    pub no: DrawerNo,
    /// What should lie there.
    pub expected: Money,
    /// What lay there by the count; none where the period was closed without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Money>,
    /// What stays there for the next period: what should be there where nobody counted.
    pub left: Money,
    /// Why it differed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_short: Option<OverShortReason>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Foreign notes and coins: each currency of which something should lie there or was counted. Closures of older tills say
    /// what there was in all drawers together alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign: BTreeMap<CurrencyCode, ClosedForeign>,
}

/// A foreign currency in one of several drawers, in its own minor units.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClosedForeign {
    /// What should lie there, with what was over or short when the drawer was handed on.
    pub expected: Money,
    /// What lay there by the count; none where nobody counted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Money>,
    /// What stays there for the next period: what should be there where nobody counted.
    pub left: Money,
    /// What of it the period before had left beyond what its closure says, or less, as it had been corrected before this one
    /// was closed.
    #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
    pub followed: Money,
}

impl ClosedForeign {
    /// Counted less expected: below nothing when notes are missing. None without a count.
    pub fn difference(&self) -> Option<Money> {
        self.counted.map(|counted| counted - self.expected)
    }
}

impl ClosedDrawer {
    /// Of the count for closing: what was not said to go to the safe stays.
    pub fn of(count: &DrawerCount) -> Self {
        let (no, expected, counted) = (count.drawer, count.expected, count.counted);
        let Declaration { float_left, over_short, reason, .. } = &count.declaration;
        Self {
            no,
            expected,
            counted: Some(counted),
            left: float_left.unwrap_or(counted),
            over_short: *over_short,
            reason: reason.clone(),
            foreign: BTreeMap::new(),
        }
    }

    /// Of a drawer that nobody counted.
    pub const fn uncounted(no: DrawerNo, expected: Money) -> Self {
        Self {
            no,
            expected,
            counted: None,
            left: expected,
            over_short: None,
            reason: None,
            foreign: BTreeMap::new(),
        }
    }

    /// Counted less expected: below nothing when the drawer was short. None without a count.
    pub fn difference(&self) -> Option<Money> {
        self.counted.map(|counted| counted - self.expected)
    }

    /// The same with foreign money: what should lie there, what was declared with the count, and what of it followed of
    /// corrections.
    #[must_use]
    pub fn with_foreign(
        mut self,
        expected: &BTreeMap<CurrencyCode, Money>,
        declared: Option<&Declaration>,
        followed: &BTreeMap<CurrencyCode, Money>,
    ) -> Self {
        for (code, expected) in expected {
            let cash = self.foreign.entry(*code).or_default();
            (cash.expected, cash.left) = (*expected, *expected);
        }
        for (code, followed) in followed {
            self.foreign.entry(*code).or_default().followed = *followed;
        }
        if let Some(declared) = declared {
            for (code, count) in &declared.foreign {
                // A count that does not add up was refused.
                let Ok(counted) = count.total() else { continue };
                let cash = self.foreign.entry(*code).or_default();
                cash.counted = Some(counted);
                cash.left = declared.foreign_left.get(code).copied().unwrap_or(counted);
            }
        }
        self.foreign.retain(|_, cash| *cash != ClosedForeign::default());
        self
    }

    /// What its last holder answers for of foreign currencies.
    pub(super) fn foreign_share(&self) -> BTreeMap<CurrencyCode, ForeignShare> {
        let share = |(code, cash): (&CurrencyCode, &ClosedForeign)| {
            (*code, ForeignShare { expected: cash.expected, counted: cash.counted })
        };
        self.foreign.iter().map(share).collect()
    }
}
