//! What makes a customer a member of a segment. All comparisons include their limit.

use alloc::{boxed::Box, collections::BTreeSet, string::String, vec::Vec};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{PurchasedLine, SegmentFacts};
use crate::{
    catalog::DepartmentNo,
    customer::{Channel, Spending, search::folded},
    ids::{ProductId, StoreId},
    money::Money,
};

/// A condition on what is known of a customer, or several joined.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Criterion {
    /// Each of these; nobody where there are none.
    All(Vec<Self>),
    /// At least one of these; nobody where there are none.
    Any(Vec<Self>),
    /// Whoever does not meet this.
    Not(Box<Self>),
    /// Registered at most so many days ago.
    RegisteredWithin {
        /// Days between the local dates.
        days: u32,
    },
    /// The last purchase lies so many days back or more; there was one.
    NotSeenFor {
        /// Days between the local dates.
        days: u32,
    },
    /// The last purchase lies at most so many days back.
    SeenWithin {
        /// Days between the local dates.
        days: u32,
    },
    /// At least so many purchases altogether.
    MinPurchases(u32),
    /// At most so many purchases altogether.
    MaxPurchases(u32),
    /// At least so many purchases in the last days, today included.
    PurchasesWithin {
        /// How many local days.
        days: u32,
        /// How many purchases.
        at_least: u32,
    },
    /// Spent at least this in the current calendar year.
    MinAnnualSpending(Money),
    /// Spent at least this altogether.
    MinLifetimeSpending(Money),
    /// Spent at least this a purchase on average; there was one.
    MinAveragePurchase(Money),
    /// The same for a limit finer than the currency: spent at least so much in so many purchases, however many there were.
    MinAverageOf {
        /// What so many purchases come to at least.
        amount: Money,
        /// How many purchases that is.
        purchases: u32,
    },
    /// Bought one of these.
    Bought {
        /// What was bought.
        goods: Goods,
        /// On how many lines at least; nothing, which people cannot write, counts as one.
        times: u32,
        /// In the last so many local days, today included; none: ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_days: Option<u32>,
    },
    /// Has one of these loyalty tiers.
    Tier(BTreeSet<String>),
    /// Has a birthday then.
    Birthday(Birthday),
    /// A preference says VIP.
    PrefersVip,
    /// Lives in one of these towns, ignoring case.
    Town(BTreeSet<String>),
    /// The postal code begins so, ignoring case.
    ZipBeginsWith(String),
    /// Bought in one of these stores.
    Store(BTreeSet<StoreId>),
    /// May be written to in this way.
    MayMessage(Channel),
}

/// What was bought: any of these.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Goods {
    /// Products.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub products: BTreeSet<ProductId>,
    /// Departments, main or sub.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub departments: BTreeSet<DepartmentNo>,
}

/// When a birthday is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Birthday {
    /// In the current month.
    ThisMonth,
    /// In this month, 1 to 12.
    Month(u32),
    /// Within so many days from today, today included.
    WithinDays(u32),
}

/// What a criterion asks besides a customer's record and sums: looking through documents costs time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Needs {
    /// On which days something was bought.
    pub dates: bool,
    /// What was bought, line by line.
    pub lines: bool,
}

impl Needs {
    /// What two criteria ask together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { dates: self.dates || other.dates, lines: self.lines || other.lines }
    }

    /// Whether documents have to be looked through.
    pub const fn any(self) -> bool {
        self.dates || self.lines
    }
}

/// What is wrong with a criterion; it is refused when it is saved.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CriterionError {
    /// A group without conditions gathers nobody.
    #[error("a group of conditions is empty")]
    Empty,
    /// Groups within groups within groups.
    #[error("conditions are nested deeper than {most}")]
    TooDeep {
        /// The deepest allowed.
        most: usize,
    },
    /// Too many conditions.
    #[error("there are more than {most} conditions")]
    TooMany {
        /// The most allowed.
        most: usize,
    },
    /// No such month.
    #[error("{month} is no month")]
    NoMonth {
        /// The month as it was given.
        month: u32,
    },
    /// Goods bought no times, which would count as once.
    #[error("goods are bought once at least")]
    NoTimes,
}

/// The deepest nesting of conditions.
pub const MOST_DEPTH: usize = 8;
/// The most conditions of one segment.
pub const MOST_CRITERIA: usize = 200;

impl Criterion {
    /// Whether a customer meets it.
    pub fn is_met(&self, facts: &SegmentFacts, today: NaiveDate) -> bool {
        let spending = &facts.spending;
        let last = spending.last.map(|last| last.date());
        match self {
            Self::All(each) => !each.is_empty() && each.iter().all(|one| one.is_met(facts, today)),
            Self::Any(some) => some.iter().any(|one| one.is_met(facts, today)),
            Self::Not(one) => !one.is_met(facts, today),
            Self::RegisteredWithin { days } => days_between(facts.registered_on, today) <= i64::from(*days),
            Self::NotSeenFor { days } => {
                spending.purchases > 0
                    && last.is_some_and(|last| days_between(last, today) >= i64::from(*days))
            }
            Self::SeenWithin { days } => {
                last.is_some_and(|last| days_between(last, today) <= i64::from(*days))
            }
            Self::MinPurchases(limit) => spending.purchases >= *limit,
            Self::MaxPurchases(most) => spending.purchases <= *most,
            Self::PurchasesWithin { days, at_least } => facts.purchased_on.as_ref().is_none_or(|dates| {
                let recent = dates.iter().filter(|on| is_within(**on, *days, today)).count();
                recent >= usize::try_from(*at_least).unwrap_or(usize::MAX)
            }),
            Self::MinAnnualSpending(limit) => spending.annual_on(today) >= *limit,
            Self::MinLifetimeSpending(limit) => spending.total >= *limit,
            Self::MinAveragePurchase(limit) => averages(spending, *limit, 1),
            Self::MinAverageOf { amount, purchases } => averages(spending, *amount, *purchases),
            Self::Bought { goods, times, within_days } => {
                let counts = |line: &&PurchasedLine| {
                    goods.has(line) && within_days.is_none_or(|days| is_within(line.on, days, today))
                };
                let lines = facts.purchased.iter().filter(counts).count();
                lines >= usize::try_from((*times).max(1)).unwrap_or(usize::MAX)
            }
            Self::Tier(codes) => facts.tier.as_ref().is_some_and(|tier| codes.contains(tier)),
            Self::Birthday(when) => facts.date_of_birth.is_some_and(|born| when.is_it(born, today)),
            Self::PrefersVip => facts.prefers_vip,
            Self::Town(towns) => facts.town.as_ref().is_some_and(|town| {
                let town = folded(town.trim());
                towns.iter().any(|other| folded(other.trim()) == town)
            }),
            Self::ZipBeginsWith(start) => {
                facts.zip.as_ref().is_some_and(|zip| folded(zip.trim()).starts_with(&folded(start.trim())))
            }
            Self::Store(stores) => !facts.stores.is_disjoint(stores),
            Self::MayMessage(channel) => facts.channels.contains(channel),
        }
    }

    /// Whether time alone can make a customer meet it or no longer meet it, so that a daily sweep has to look.
    pub fn depends_on_time(&self) -> bool {
        match self {
            Self::All(group) | Self::Any(group) => group.iter().any(Self::depends_on_time),
            Self::Not(one) => one.depends_on_time(),
            Self::RegisteredWithin { .. }
            | Self::NotSeenFor { .. }
            | Self::SeenWithin { .. }
            | Self::PurchasesWithin { .. }
            | Self::MinAnnualSpending(_)
            | Self::Birthday(Birthday::ThisMonth | Birthday::WithinDays(_)) => true,
            Self::Bought { within_days, .. } => within_days.is_some(),
            Self::MinPurchases(_)
            | Self::MaxPurchases(_)
            | Self::MinLifetimeSpending(_)
            | Self::MinAveragePurchase(_)
            | Self::MinAverageOf { .. }
            | Self::Tier(_)
            | Self::Birthday(Birthday::Month(_))
            | Self::PrefersVip
            | Self::Town(_)
            | Self::ZipBeginsWith(_)
            | Self::Store(_)
            | Self::MayMessage(_) => false,
        }
    }

    /// What it asks besides a customer's record and sums.
    pub fn needs(&self) -> Needs {
        match self {
            Self::All(group) | Self::Any(group) => {
                group.iter().fold(Needs::default(), |needs, one| needs.and(one.needs()))
            }
            Self::Not(one) => one.needs(),
            Self::PurchasesWithin { .. } => Needs { dates: true, lines: false },
            Self::Bought { .. } => Needs { dates: false, lines: true },
            Self::RegisteredWithin { .. }
            | Self::NotSeenFor { .. }
            | Self::SeenWithin { .. }
            | Self::MinPurchases(_)
            | Self::MaxPurchases(_)
            | Self::MinAnnualSpending(_)
            | Self::MinLifetimeSpending(_)
            | Self::MinAveragePurchase(_)
            | Self::MinAverageOf { .. }
            | Self::Tier(_)
            | Self::Birthday(_)
            | Self::PrefersVip
            | Self::Town(_)
            | Self::ZipBeginsWith(_)
            | Self::Store(_)
            | Self::MayMessage(_) => Needs::default(),
        }
    }

    /// Whether it may be saved.
    ///
    /// # Errors
    /// [`CriterionError`] with the first thing wrong.
    pub fn check(&self) -> Result<(), CriterionError> {
        let mut count = 0;
        self.check_at(1, &mut count)
    }

    /// Whether goods are to be bought no times anywhere in it. A hub may have such a rule; people who write one meant another.
    pub fn asks_no_times(&self) -> bool {
        if let Self::All(group) | Self::Any(group) = self {
            return group.iter().any(Self::asks_no_times);
        }
        if let Self::Not(one) = self {
            return one.asks_no_times();
        }
        matches!(self, Self::Bought { times: 0, .. })
    }

    fn check_at(&self, depth: usize, count: &mut usize) -> Result<(), CriterionError> {
        *count += 1;
        if depth > MOST_DEPTH {
            return Err(CriterionError::TooDeep { most: MOST_DEPTH });
        }
        if *count > MOST_CRITERIA {
            return Err(CriterionError::TooMany { most: MOST_CRITERIA });
        }
        if let Self::All(group) | Self::Any(group) = self {
            if group.is_empty() {
                return Err(CriterionError::Empty);
            }
            return group.iter().try_for_each(|one| one.check_at(depth + 1, count));
        }
        if let Self::Not(one) = self {
            return one.check_at(depth + 1, count);
        }
        if let Self::Birthday(Birthday::Month(month)) = self
            && !(1..=12).contains(month)
        {
            return Err(CriterionError::NoMonth { month: *month });
        }
        let buys_nothing = matches!(self, Self::Bought { goods, .. } if *goods == Goods::default());
        if buys_nothing { Err(CriterionError::Empty) } else { Ok(()) }
    }
}

impl Goods {
    fn has(&self, line: &PurchasedLine) -> bool {
        line.product.is_some_and(|product| self.products.contains(&product))
            || self.departments.contains(&line.department)
            || line.sub_department.is_some_and(|sub| self.departments.contains(&sub))
    }
}

impl Birthday {
    fn is_it(self, born: NaiveDate, today: NaiveDate) -> bool {
        match self {
            Self::ThisMonth => born.month() == today.month(),
            Self::Month(month) => born.month() == month,
            Self::WithinDays(days) => {
                let next = [today.year(), today.year().saturating_add(1)]
                    .into_iter()
                    .filter_map(|year| crate::time::anniversary(born, year))
                    .find(|date| *date >= today);
                next.is_some_and(|next| (next - today).num_days() <= i64::from(days))
            }
        }
    }
}

/// Whether there was a purchase, and each came to at least an amount for so many on average.
fn averages(spending: &Spending, amount: Money, purchases: u32) -> bool {
    let product = |amount: Money, times: u32| i128::from(amount.minor()) * i128::from(times);
    spending.purchases > 0 && product(spending.total, purchases) >= product(amount, spending.purchases)
}

/// Days between two local dates, never below nothing.
fn days_between(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days().max(0)
}

/// Whether a date is one of the last so many days, today included, and not after it.
fn is_within(on: NaiveDate, days: u32, today: NaiveDate) -> bool {
    on <= today && (today - on).num_days() < i64::from(days)
}
