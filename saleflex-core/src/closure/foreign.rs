//! Foreign notes and coins in the drawer of a closed period: each currency by itself, in its own minor units.
//!
//! **Invariant:** nobody's money vanishes with a closure: of a currency that was counted what is not moved to the safe
//! stays, and of one that nobody counted stays what should lie there by the hand-overs. Of several drawers that is so of each by
//! itself, and what is said of the currency is their sum.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{
    Closure, Corrected, Period, Report,
    drawer::{CashShare, ClosedForeign, DrawerNo, OverShort, OverShortReason, settled_foreign},
};
use crate::money::{AmountError, CurrencyCode, Money};

/// One foreign currency in the drawer of a closed period.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ForeignDrawer {
    /// What the period before left.
    pub opening: Money,
    /// What should lie there: that, and the notes taken less those paid out since.
    pub expected: Money,
    /// What was counted; none where nobody counted it. What should lie in one of several drawers that was closed without
    /// counting the currency is among it where others were counted.
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

/// Foreign money of one currency in the drawers of any number of closures, in its own minor units.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ForeignSums {
    /// What should have been in the drawers in which it was counted.
    pub expected: Money,
    /// What was counted.
    pub counted: Money,
    /// What was over.
    pub over: Money,
    /// What was short; positive.
    pub short: Money,
    /// What was over and short by reason, each hand-over by itself: those too of periods in which nobody counted the currency
    /// for closing, which are in none of the sums above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over_short: Vec<OverShort>,
    /// What went to the safe at closing.
    pub moved_to_safe: Money,
}

impl ForeignSums {
    /// Over less short.
    pub fn difference(&self) -> Money {
        self.over - self.short
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.expected += other.expected;
        self.counted += other.counted;
        self.over += other.over;
        self.short += other.short;
        OverShort::merge(&mut self.over_short, &other.over_short);
        self.moved_to_safe += other.moved_to_safe;
    }

    /// One count that differed, or did not.
    fn differed(&mut self, reason: Option<OverShortReason>, difference: Money) {
        OverShort::merge(&mut self.over_short, OverShort::of(reason, difference).as_slice());
    }
}

/// Adds amounts of currencies to others, those that come to nothing left out.
fn add(sums: &mut BTreeMap<CurrencyCode, Money>, more: &BTreeMap<CurrencyCode, Money>) {
    for (code, amount) in more {
        *sums.entry(*code).or_default() += *amount;
    }
    sums.retain(|_, sum| !sum.is_zero());
}

impl Period {
    /// The period with so much more of foreign currencies in it at first, or less.
    #[must_use]
    pub fn with_foreign(mut self, more: &BTreeMap<CurrencyCode, Money>) -> Self {
        if !more.is_empty() {
            add(&mut self.foreign_left, more);
        }
        self
    }
}

impl Closure {
    /// Its period with the foreign money that it began with, by what was known of corrections when it was closed.
    pub fn begun(&self) -> Period {
        self.period.clone().with_foreign(&self.followed_foreign)
    }

    /// The foreign currencies that were counted when a drawer was handed on in it, and went on from there as they were counted.
    /// Closures of older tills do not say: what they left is what should have been there.
    pub fn foreign_handed_on(&self) -> BTreeSet<CurrencyCode> {
        let handed = self.shares.iter().filter(|share| share.handed_to.is_some());
        handed.flat_map(|share| share.foreign.keys().copied()).collect()
    }

    /// Each foreign currency that lay in the drawer, should have, or was counted there.
    ///
    /// # Errors
    /// As [`CashCount::total`](super::CashCount::total); a closure that [`close`](super::close) made has been checked.
    pub fn foreign_cash(&self) -> Result<BTreeMap<CurrencyCode, ForeignDrawer>, AmountError> {
        let mut currencies: BTreeMap<CurrencyCode, ForeignDrawer> = BTreeMap::new();
        let begun = self.begun();
        for (code, opening) in &begun.foreign_left {
            currencies.entry(*code).or_default().opening = *opening;
        }
        for (code, expected) in begun.expected_foreign(&self.report) {
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
        self.add_drawers(&mut currencies);
        Ok(currencies)
    }

    /// Of several drawers each says by itself what stays there, and what was missing.
    fn add_drawers(&self, currencies: &mut BTreeMap<CurrencyCode, ForeignDrawer>) {
        let settled = settled_foreign(&self.shares);
        let codes: BTreeSet<CurrencyCode> =
            self.drawers.iter().flat_map(|drawer| drawer.foreign.keys().copied()).collect();
        for code in codes {
            let cash = currencies.entry(code).or_default();
            cash.left = self.in_drawers(code).map(|(_, own)| own.left).sum();
            let off = self.in_drawers(code).filter_map(|(_, own)| own.difference());
            let off = off.reduce(|one, other| one + other);
            let at_closing = cash.expected + settled.get(&code).copied().unwrap_or_default();
            cash.counted = off.map(|off| at_closing + off);
        }
    }

    /// A foreign currency in each of several drawers.
    fn in_drawers(&self, code: CurrencyCode) -> impl Iterator<Item = (DrawerNo, &ClosedForeign)> {
        self.drawers.iter().filter_map(move |drawer| Some((drawer.no, drawer.foreign.get(&code)?)))
    }

    /// Whether what is left of a foreign currency in one of several drawers was counted there, for closing or when it was handed
    /// on: it goes on as it was counted. A closure of an older till says so of all of them together.
    pub fn is_foreign_counted_in(&self, drawer: DrawerNo, code: CurrencyCode) -> bool {
        let is_handed_on = |share: &CashShare| {
            share.handed_to.is_some() && share.drawer == drawer && share.foreign.contains_key(&code)
        };
        if self.shares.iter().any(is_handed_on) {
            return true;
        }
        if self.in_drawers(code).next().is_none() {
            return self.declaration.as_ref().is_some_and(|declared| declared.foreign.contains_key(&code));
        }
        self.in_drawers(code).any(|(no, own)| no == drawer && own.counted.is_some())
    }

    /// The same of all of it, in however many drawers.
    pub fn is_foreign_counted(&self, code: CurrencyCode) -> bool {
        if !self.drawers.is_empty() {
            return self.drawers.iter().all(|drawer| self.is_foreign_counted_in(drawer.no, code));
        }
        let is_declared = self.declaration.as_ref().is_some_and(|said| said.foreign.contains_key(&code));
        is_declared || self.foreign_handed_on().contains(&code)
    }

    /// What stays in the drawer of each foreign currency. Of one that nobody counted, what should be there by the hand-overs.
    ///
    /// # Errors
    /// As [`Closure::foreign_cash`].
    pub fn foreign_left(&self) -> Result<BTreeMap<CurrencyCode, Money>, AmountError> {
        let left = self.foreign_cash()?.into_iter().map(|(code, cash)| (code, cash.left));
        Ok(left.filter(|(_, amount)| !amount.is_zero()).collect())
    }

    /// What was over and short of each foreign currency that was counted, as it stands with its corrections: what was missing
    /// at hand-overs is by the words said then.
    pub(super) fn foreign_sums(&self, stands: &Corrected) -> BTreeMap<CurrencyCode, ForeignSums> {
        let mut all: BTreeMap<CurrencyCode, ForeignSums> = BTreeMap::new();
        for share in self.shares.iter().filter(|share| share.handed_to.is_some()) {
            for (code, foreign) in &share.foreign {
                if let Some(difference) = foreign.difference().filter(|difference| !difference.is_zero()) {
                    all.entry(*code).or_default().differed(share.over_short, difference);
                }
            }
        }
        for drawer in &self.drawers {
            for (code, foreign) in &drawer.foreign {
                if let Some(difference) = foreign.difference().filter(|difference| !difference.is_zero()) {
                    all.entry(*code).or_default().differed(drawer.over_short, difference);
                }
            }
        }
        // What was said of one of several drawers is no reason for what is missing in all of them.
        let said = self.declaration.as_ref().and_then(|declared| declared.over_short);
        let why = said.filter(|_| self.drawers.iter().all(|drawer| drawer.over_short.is_none()));
        let settled = settled_foreign(&self.shares);
        // What went to the safe went there when it was closed, whatever is known of the count since.
        let closed = self.foreign_cash().unwrap_or_default();
        for (code, cash) in &stands.foreign {
            let Some((counted, difference)) = cash.counted.zip(cash.difference()) else { continue };
            let sums = all.entry(*code).or_default();
            (sums.expected, sums.counted) = (cash.expected, counted);
            (sums.over, sums.short) = (difference.or_zero(), (-difference).or_zero());
            sums.moved_to_safe = closed.get(code).map_or(Money::ZERO, ForeignDrawer::moved_to_safe);
            let of_drawers: Money = self.in_drawers(*code).filter_map(|(_, own)| own.difference()).sum();
            sums.differed(why, difference - settled.get(code).copied().unwrap_or_default() - of_drawers);
        }
        all
    }

    /// Of foreign currencies: what was counted less what should lie there; currencies that agree are left out. None
    /// without a count.
    ///
    /// # Errors
    /// As [`Closure::foreign_cash`].
    pub fn foreign_differences(&self) -> Result<Option<BTreeMap<CurrencyCode, Money>>, AmountError> {
        if self.declaration.is_none() {
            return Ok(None);
        }
        let off =
            self.foreign_cash()?.into_iter().filter_map(|(code, cash)| Some((code, cash.difference()?)));
        Ok(Some(off.filter(|(_, difference)| !difference.is_zero()).collect()))
    }
}
