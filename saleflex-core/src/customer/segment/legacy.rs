//! Segments as other terminals define them: a type and free JSON criteria, read once into a [`Criterion`].

use alloc::{string::String, vec::Vec};

use super::{Birthday, Criterion};
use crate::{
    money::{Currency, Money, Rounding},
    scalar::{Object, Scalar},
};

/// What is wrong with legacy criteria.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LegacyError {
    /// A value is not what its name says.
    #[error("`{name}` is not the kind of value it should be")]
    Malformed {
        /// The name of the setting.
        name: String,
    },
}

/// The days that a month of purchases has.
const MONTH_DAYS: u32 = 30;

/// The criterion of a legacy segment. A key that is absent or null makes no condition, unknown keys are ignored, and
/// a segment without any condition has no members.
///
/// # Errors
/// [`LegacyError::Malformed`] with the first value that cannot be read.
pub fn criterion_of(
    segment_type: &str,
    criteria: &Object,
    currency: &Currency,
) -> Result<Criterion, LegacyError> {
    let read = Reader { criteria, currency };
    match segment_type {
        "VIP" => {
            let mut some = Vec::new();
            some.extend(read.money("min_annual_spending")?.map(Criterion::MinAnnualSpending));
            some.extend(read.money("min_lifetime_spending")?.map(Criterion::MinLifetimeSpending));
            some.extend(criteria.member("honor_preferences_vip").is_true().then_some(Criterion::PrefersVip));
            Ok(Criterion::Any(some))
        }
        "NEW_CUSTOMER" => {
            let Some(days) = read.count("days_since_registration")? else { return Ok(nobody()) };
            // No days and no purchases are fewer than none.
            if ["days_since_registration", "max_purchases"].into_iter().any(|name| read.is_negative(name)) {
                return Ok(nobody());
            }
            let mut each = alloc::vec![Criterion::RegisteredWithin { days }];
            each.extend(read.count("max_purchases")?.map(Criterion::MaxPurchases));
            Ok(Criterion::All(each))
        }
        "FREQUENT_BUYER" => {
            let Some(least) = read.count("min_total_purchases")? else { return Ok(nobody()) };
            let mut each = alloc::vec![Criterion::MinPurchases(least)];
            let monthly = read.count("min_purchases_per_month")?;
            each.extend(monthly.map(|at_least| Criterion::PurchasesWithin { days: MONTH_DAYS, at_least }));
            Ok(Criterion::All(each))
        }
        "HIGH_VALUE" => {
            let mut each = Vec::new();
            each.extend(read.money("min_annual_spending")?.map(Criterion::MinAnnualSpending));
            each.extend(read.average("min_avg_transaction")?);
            Ok(Criterion::All(each))
        }
        "INACTIVE" => {
            let days = read.count("days_since_last_purchase")?;
            Ok(days.map_or_else(nobody, |days| Criterion::NotSeenFor { days }))
        }
        "BIRTHDAY" => read.birthday(),
        _ => read.custom(),
    }
}

/// Nobody: a group without conditions.
const fn nobody() -> Criterion {
    Criterion::Any(Vec::new())
}

struct Reader<'a> {
    criteria: &'a Object,
    currency: &'a Currency,
}

impl Reader<'_> {
    /// A limit in money; one finer than the currency is met from the next amount on.
    fn money(&self, name: &str) -> Result<Option<Money>, LegacyError> {
        self.read(name, |value| self.currency.round(value.decimal()?, Rounding::Up).ok())
    }

    /// A limit of what a purchase comes to, as exact as it is written.
    fn average(&self, name: &str) -> Result<Option<Criterion>, LegacyError> {
        self.read(name, |value| {
            let limit = value.decimal()?;
            let whole = self.currency.round(limit, Rounding::Up).ok()?;
            if self.currency.decimal(whole) == limit {
                return Some(Criterion::MinAveragePurchase(whole));
            }
            let of = |purchases: u32| {
                let exact = limit.checked_mul(purchases.into())?;
                let amount = self.currency.round(exact, Rounding::Up).ok()?;
                Some((self.currency.decimal(amount) == exact, Criterion::MinAverageOf { amount, purchases }))
            };
            let exact = [10, 100, 1_000, 10_000].into_iter().filter_map(of).find(|(is_exact, _)| *is_exact);
            exact.or_else(|| of(10_000)).map(|(_, limit)| limit)
        })
    }

    fn is_negative(&self, name: &str) -> bool {
        self.criteria.member(name).whole().is_some_and(|count| count < 0)
    }

    /// A count; one below nothing counts as nothing.
    fn count(&self, name: &str) -> Result<Option<u32>, LegacyError> {
        self.read(name, |value| u32::try_from(value.whole()?.max(0)).ok())
    }

    fn birthday(&self) -> Result<Criterion, LegacyError> {
        let month = self.criteria.member("birthday_month");
        // Another word is nobody's month.
        if month.text().is_some_and(|word| word.trim() != "current") && month.whole().is_none() {
            return Ok(nobody());
        }
        let month = self.read("birthday_month", |value| {
            if value.text().is_some_and(|text| text.trim() == "current") {
                return Some(Birthday::ThisMonth);
            }
            let month = u32::try_from(value.whole()?).ok()?;
            (1..=12).contains(&month).then_some(Birthday::Month(month))
        })?;
        Ok(Criterion::Birthday(month.unwrap_or(Birthday::ThisMonth)))
    }

    fn custom(&self) -> Result<Criterion, LegacyError> {
        let mut conditions = Vec::new();
        conditions.extend(self.money("min_annual_spending")?.map(Criterion::MinAnnualSpending));
        conditions.extend(self.money("min_lifetime_spending")?.map(Criterion::MinLifetimeSpending));
        conditions.extend(self.count("min_total_purchases")?.map(Criterion::MinPurchases));
        let joins_any = self.criteria.member("join").text() == Some("any");
        Ok(if joins_any { Criterion::Any(conditions) } else { Criterion::All(conditions) })
    }

    fn read<T>(&self, name: &str, read: impl FnOnce(&Scalar) -> Option<T>) -> Result<Option<T>, LegacyError> {
        let value = self.criteria.member(name);
        if *value == Scalar::Null {
            return Ok(None);
        }
        read(value).map(Some).ok_or_else(|| LegacyError::Malformed { name: name.into() })
    }
}
