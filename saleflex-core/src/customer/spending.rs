//! What a customer bought in sum: how often, for how much, this year, and when last.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// The sums of a customer's completed sales, refunds taken off. Amounts are in the currency of the company.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Spending {
    /// How many sales; one that came back whole does not count.
    pub purchases: u32,
    /// For how much altogether.
    pub total: Money,
    /// For how much in the calendar year of the last sale. Ask [`Self::annual_on`] for the current year's.
    pub annual: Money,
    /// Store-local date and time of the last sale.
    pub last: Option<NaiveDateTime>,
}

impl Spending {
    /// Counts a sale. A new year starts from nothing; a sale of an earlier year than the last one (a late upload) goes
    /// to the total only, and never moves the last sale back.
    pub fn count(&mut self, amount: Money, at: NaiveDateTime) {
        self.purchases = self.purchases.saturating_add(1);
        self.total += amount;
        match self.last {
            Some(last) if at.year() < last.year() => {}
            Some(last) if at.year() == last.year() => self.annual += amount,
            Some(_) => self.annual = amount,
            // A balance taken over without a date counts for this year.
            None => self.annual += amount,
        }
        self.last = self.last.max(Some(at));
    }

    /// Takes off what came back of a sale made on `sold`; nothing falls below nothing.
    pub fn uncount(&mut self, amount: Money, sold: NaiveDate, is_whole: bool) {
        self.purchases = self.purchases.saturating_sub(u32::from(is_whole));
        self.total = (self.total - amount).or_zero();
        if self.last.is_some_and(|last| last.year() == sold.year()) {
            self.annual = (self.annual - amount).or_zero();
        }
    }

    /// Spending of the calendar year of a date: nothing when the last sale lies in an earlier one.
    pub fn annual_on(&self, date: NaiveDate) -> Money {
        match self.last {
            Some(last) if last.year() < date.year() => Money::ZERO,
            Some(_) | None => self.annual,
        }
    }

    /// Two people's sums as one person's.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let last = self.last.max(other.last);
        let annual = last.map_or(self.annual + other.annual, |last| {
            self.annual_on(last.date()) + other.annual_on(last.date())
        });
        Self {
            purchases: self.purchases.saturating_add(other.purchases),
            total: self.total + other.total,
            annual,
            last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon(year: i32, month: u32, day: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(12, 0, 0).unwrap()
    }

    fn m(minor: i64) -> Money {
        Money::from_minor(minor)
    }

    #[test]
    fn annual_spending_restarts_with_the_first_sale_of_a_year() {
        let mut spending = Spending::default();
        spending.count(m(1000), noon(2024, 12, 31));
        spending.count(m(500), noon(2025, 1, 1));
        assert_eq!((spending.purchases, spending.total, spending.annual), (2, m(1500), m(500)));
    }

    #[test]
    fn annual_spending_is_as_of_the_date_asked_for() {
        let mut spending = Spending::default();
        spending.count(m(1000), noon(2024, 12, 31));
        assert_eq!(spending.annual_on(noon(2024, 12, 31).date()), m(1000));
        assert_eq!(spending.annual_on(noon(2025, 1, 1).date()), Money::ZERO);
    }

    #[test]
    fn a_late_sale_of_an_earlier_year_goes_to_the_total_only_and_never_moves_the_last_sale_back() {
        let mut spending = Spending::default();
        spending.count(m(500), noon(2025, 2, 1));
        spending.count(m(900), noon(2024, 12, 30));
        spending.count(m(100), noon(2025, 1, 15));
        assert_eq!((spending.total, spending.annual), (m(1500), m(600)));
        assert_eq!(spending.last, Some(noon(2025, 2, 1)));
    }

    #[test]
    fn what_came_back_whole_counts_nothing_and_leaves_the_day_on_which_the_customer_was_last_there() {
        let mut spending = Spending::default();
        spending.count(m(500), noon(2025, 1, 10));
        spending.count(m(300), noon(2025, 4, 1));
        spending.uncount(m(300), noon(2025, 4, 1).date(), true);
        assert_eq!((spending.purchases, spending.total, spending.annual), (1, m(500), m(500)));
        assert_eq!(spending.last, Some(noon(2025, 4, 1)));
        // Joined with somebody who was there later, the later day stands, and of both what they spent in its year.
        let mut other = Spending::default();
        other.count(m(900), noon(2024, 12, 30));
        other.count(m(100), noon(2025, 6, 2));
        let both = spending.joined(&other);
        assert_eq!((both.purchases, both.total, both.annual), (3, m(1500), m(600)));
        assert_eq!(both.last, Some(noon(2025, 6, 2)));
    }

    #[test]
    fn a_refund_takes_off_the_total_and_the_year_only_where_the_sale_was_in_it() {
        let mut spending = Spending::default();
        spending.count(m(900), noon(2024, 12, 30));
        spending.count(m(500), noon(2025, 2, 1));
        spending.uncount(m(900), noon(2024, 12, 30).date(), true);
        assert_eq!((spending.purchases, spending.total, spending.annual), (1, m(500), m(500)));
        spending.uncount(m(200), noon(2025, 2, 1).date(), false);
        assert_eq!((spending.purchases, spending.total, spending.annual), (1, m(300), m(300)));
    }
}
