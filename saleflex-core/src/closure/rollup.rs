//! Closures of tills added up: to the till's day, the store's day, the month. The same figures by the same fold.

use alloc::{collections::BTreeMap, vec::Vec};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Closure, Corrected, ForeignSums, Report, drawer::OverShort};
use crate::{
    ids::{StoreId, TerminalId},
    money::{Currency, CurrencyCode, Money},
};

/// The sums of any number of closures of one currency.
///
/// Rollups are added up by [`Rollup::merge`] with [`Rollup::empty`] as nothing, in any grouping and any order: a
/// month is the sum of its days, and a day of a store the sum of its tills' closures.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rollup {
    /// The currency of all amounts.
    pub currency: Currency,
    /// How many closures.
    pub closures: u64,
    /// How many corrections they have.
    pub corrections: u64,
    /// The first business date among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_date: Option<NaiveDate>,
    /// The last business date among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_date: Option<NaiveDate>,
    /// The figures of all of them, added up.
    pub report: Report,
    /// Documents that were parked in each when it was closed.
    pub suspended_count: u64,
    /// How many were counted.
    pub counted_closures: u64,
    /// What should have been in the drawers that were counted.
    pub expected_cash: Money,
    /// What was counted.
    pub counted_cash: Money,
    /// What was over, of the drawers that were.
    pub over: Money,
    /// What was short, of the drawers that were; positive.
    pub short: Money,
    /// What was over and short by reason, each hand-over and each drawer by itself: what one count was over by takes nothing
    /// off what another was short by. Hand-overs of periods that nobody counted for closing are here alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over_short: Vec<OverShort>,
    /// What went to the safe at closing.
    pub moved_to_safe: Money,
    /// What was counted of foreign currencies, and what was over and short of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign: BTreeMap<CurrencyCode, ForeignSums>,
}

impl Rollup {
    /// Of no closure.
    pub fn empty(currency: Currency) -> Self {
        Self {
            currency,
            closures: 0,
            corrections: 0,
            first_date: None,
            last_date: None,
            report: Report::empty(),
            suspended_count: 0,
            counted_closures: 0,
            expected_cash: Money::ZERO,
            counted_cash: Money::ZERO,
            over: Money::ZERO,
            short: Money::ZERO,
            over_short: Vec::new(),
            moved_to_safe: Money::ZERO,
            foreign: BTreeMap::new(),
        }
    }

    /// Of one closure as it stands with its corrections.
    pub fn of(closure: &Closure, stands: &Corrected) -> Self {
        let mut rollup = Self {
            closures: 1,
            corrections: stands.corrections,
            first_date: Some(closure.business_date),
            last_date: Some(closure.business_date),
            report: stands.report.clone(),
            suspended_count: closure.suspended_count,
            moved_to_safe: closure.moved_to_safe(),
            ..Self::empty(closure.period.currency)
        };
        if let Some((counted, difference)) = stands.counted_cash.zip(stands.difference()) {
            rollup.counted_closures = 1;
            rollup.expected_cash = stands.expected_cash;
            rollup.counted_cash = counted;
            rollup.over = difference.or_zero();
            rollup.short = (-difference).or_zero();
        }
        rollup.over_short = closure.over_short_of(stands);
        rollup.foreign = closure.foreign_sums(stands);
        rollup
    }

    /// Adds another.
    ///
    /// # Errors
    /// [`MixedCurrencies`]: amounts of two currencies have no sum. Nothing was added.
    pub fn merge(&mut self, other: &Self) -> Result<(), MixedCurrencies> {
        if self.currency.code() != other.currency.code() {
            return Err(MixedCurrencies { one: self.currency.code(), other: other.currency.code() });
        }
        self.add(other);
        Ok(())
    }

    fn add(&mut self, other: &Self) {
        self.closures += other.closures;
        self.corrections += other.corrections;
        self.first_date = earlier(self.first_date, other.first_date);
        self.last_date = self.last_date.max(other.last_date);
        self.report.merge(&other.report);
        self.suspended_count += other.suspended_count;
        self.counted_closures += other.counted_closures;
        self.expected_cash += other.expected_cash;
        self.counted_cash += other.counted_cash;
        self.over += other.over;
        self.short += other.short;
        OverShort::merge(&mut self.over_short, &other.over_short);
        self.moved_to_safe += other.moved_to_safe;
        for (code, sums) in &other.foreign {
            self.foreign.entry(*code).or_default().add(sums);
        }
    }

    /// Over less short.
    pub fn difference(&self) -> Money {
        self.over - self.short
    }
}

fn earlier(one: Option<NaiveDate>, other: Option<NaiveDate>) -> Option<NaiveDate> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Amounts of two currencies have no sum.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("amounts of {one} and {other} have no sum")]
pub struct MixedCurrencies {
    /// The currency of what was added to.
    pub one: CurrencyCode,
    /// The currency of what was to be added.
    pub other: CurrencyCode,
}

/// How closures are put together.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The closures of a till on one business date.
    TillDay,
    /// Those of all tills of a store.
    StoreDay,
    /// Those of a store in a month.
    StoreMonth,
    /// Those of a store in a year.
    StoreYear,
    /// All of a business date.
    Day,
    /// All of a month.
    Month,
}

/// A day, month or year of the calendar.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// A business date.
    Day(NaiveDate),
    /// A month, 1 to 12.
    Month(i32, u32),
    /// A year.
    Year(i32),
}

/// What a rollup is of. The currency is part of it, since amounts of two have no sum.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct RollupKey {
    /// The business dates it sums.
    pub span: Span,
    /// Which store; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// Which till; none: all of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal: Option<TerminalId>,
    /// The currency of what it sums.
    pub currency: CurrencyCode,
}

impl Level {
    /// Where a closure counts at this level.
    pub fn key(self, closure: &Closure) -> RollupKey {
        let date = closure.business_date;
        let period = &closure.period;
        let span = match self {
            Self::TillDay | Self::StoreDay | Self::Day => Span::Day(date),
            Self::StoreMonth | Self::Month => Span::Month(date.year(), date.month()),
            Self::StoreYear => Span::Year(date.year()),
        };
        RollupKey {
            span,
            store: (!matches!(self, Self::Day | Self::Month)).then_some(period.store),
            terminal: (self == Self::TillDay).then_some(period.terminal),
            currency: period.currency.code(),
        }
    }
}

/// Closures as they stand, put together at a level.
pub fn roll_up<'a>(
    closures: impl IntoIterator<Item = (&'a Closure, &'a Corrected)>,
    level: Level,
) -> BTreeMap<RollupKey, Rollup> {
    let mut rollups: BTreeMap<RollupKey, Rollup> = BTreeMap::new();
    for (closure, stands) in closures {
        // The currency is part of the key.
        let sum = rollups.entry(level.key(closure)).or_insert_with(|| Rollup::empty(closure.period.currency));
        sum.add(&Rollup::of(closure, stands));
    }
    rollups
}
