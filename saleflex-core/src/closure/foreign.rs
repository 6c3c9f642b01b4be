//! Foreign notes and coins in the drawer of a closed period: each currency by itself, in its own minor units.
//!
//! **Invariant:** nobody's money vanishes with a closure: of a currency that was counted what is not moved to the safe
//! stays, and of one that nobody counted stays what should lie there by the hand-overs.

use alloc::collections::BTreeMap;

use super::{
    Closure, Period, Report,
    drawer::{CashShare, settled_foreign},
};
use crate::money::{AmountError, CurrencyCode, Money};

/// One foreign currency in the drawer of a closed period.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ForeignDrawer {
    /// What the period before left.
    pub opening: Money,
    /// What should lie there: that, and the notes taken less those paid out since.
    pub expected: Money,
    /// What was counted; none where nobody counted it.
    pub counted: Option<Money>,
    /// What stays for the next period.
    pub left: Money,
}

impl ForeignDrawer {
    /// Counted less expected: below nothing when notes are missing. None without a count.
    pub fn difference(&self) -> Option<Money> {
        self.counted.map(|counted| counted - self.expected)
    }

    /// What was moved to the safe at closing.
    pub fn moved_to_safe(&self) -> Money {
        self.counted.map_or(Money::ZERO, |counted| counted - self.left)
    }
}

impl Period {
    /// What whoever has the drawer of a till now answers for of each foreign currency: what should lie there, and what was
    /// over or short when it was handed on, which is not missing once more.
    pub fn foreign_in_drawer(
        &self,
        report: &Report,
        hand_overs: &[CashShare],
    ) -> BTreeMap<CurrencyCode, Money> {
        let mut foreign = self.expected_foreign(report);
        for (code, off) in settled_foreign(hand_overs) {
            *foreign.entry(code).or_default() += off;
        }
        foreign
    }
}

impl Closure {
    /// Each foreign currency that lay in the drawer, should have, or was counted there.
    ///
    /// # Errors
    /// As [`CashCount::total`](super::CashCount::total); a closure that [`close`](super::close) made has been checked.
    pub fn foreign_cash(&self) -> Result<BTreeMap<CurrencyCode, ForeignDrawer>, AmountError> {
        let mut currencies: BTreeMap<CurrencyCode, ForeignDrawer> = BTreeMap::new();
        for (code, opening) in &self.period.foreign_left {
            currencies.entry(*code).or_default().opening = *opening;
        }
        for (code, expected) in self.period.expected_foreign(&self.report) {
            let cash = currencies.entry(code).or_default();
            (cash.expected, cash.left) = (expected, expected);
        }
        for (code, off) in settled_foreign(&self.shares) {
            currencies.entry(code).or_default().left += off;
        }
        if let Some(declared) = &self.declaration {
            for (code, count) in &declared.foreign {
                let (cash, counted) = (currencies.entry(*code).or_default(), count.total()?);
                cash.counted = Some(counted);
                cash.left = declared.foreign_left.get(code).copied().unwrap_or(counted);
            }
        }
        Ok(currencies)
    }

    /// What stays in the drawer of each foreign currency. Of one that nobody counted, what should be there by the hand-overs.
    ///
    /// # Errors
    /// As [`Closure::foreign_cash`].
    pub fn foreign_left(&self) -> Result<BTreeMap<CurrencyCode, Money>, AmountError> {
        let left = self.foreign_cash()?.into_iter().map(|(code, cash)| (code, cash.left));
        Ok(left.filter(|(_, amount)| !amount.is_zero()).collect())
    }

    /// Of foreign currencies: what was counted less what should lie there; currencies that agree are left out. None
    /// without a count.
    ///
    /// # Errors
    /// As [`Closure::foreign_cash`].
    pub fn foreign_differences(&self) -> Result<Option<BTreeMap<CurrencyCode, Money>>, AmountError> {
        let expected = self.period.expected_foreign(&self.report);
        self.declaration.as_ref().map(|declared| declared.foreign_differences(&expected)).transpose()
    }
}
