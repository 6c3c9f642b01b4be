//! When: the one notion of time that core knows, made by the shell and passed in.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::written;

/// An instant together with what the store's clock on the wall shows and the business day it counts for.
///
/// The shell makes it from its clock and the store's time zone; core never converts between zones. The
/// business date differs from the local date where a shop closes after midnight.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Moment {
    /// The instant, in UTC.
    #[serde(serialize_with = "written::instant")]
    pub instant: DateTime<Utc>,
    /// The store's local date and time at that instant.
    #[serde(serialize_with = "written::local")]
    pub local: NaiveDateTime,
    /// The day this instant is booked under.
    #[serde(serialize_with = "written::date")]
    pub business_date: NaiveDate,
}

impl Moment {
    /// Joins the three views of one instant; the caller answers for their agreement.
    pub const fn new(instant: DateTime<Utc>, local: NaiveDateTime, business_date: NaiveDate) -> Self {
        Self { instant, local, business_date }
    }

    /// A moment in a store whose clock runs on UTC and whose business day is the calendar day.
    pub fn utc(instant: DateTime<Utc>) -> Self {
        let local = instant.naive_utc();
        Self { instant, local, business_date: local.date() }
    }

    /// The local weekday.
    pub fn weekday(&self) -> Weekday {
        self.local.weekday()
    }
}

/// The day on which a date of birth is kept in a year: 29 February counts as 28 February where there is none. None for
/// a year no calendar has.
pub fn anniversary(born: NaiveDate, year: i32) -> Option<NaiveDate> {
    born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_29th_of_february_is_kept_on_the_28th_in_other_years() {
        let born = NaiveDate::from_ymd_opt(2000, 2, 29).unwrap();
        assert_eq!(anniversary(born, 2024), NaiveDate::from_ymd_opt(2024, 2, 29));
        assert_eq!(anniversary(born, 2025), NaiveDate::from_ymd_opt(2025, 2, 28));
        assert_eq!(anniversary(NaiveDate::MIN, 300_000), None);
    }
}
