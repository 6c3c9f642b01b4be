//! When a campaign runs: dates, weekdays and hours on the store's clock.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

/// Days and hours. An hour before midnight and one after belong to one opening: what is open on Friday from 22:00
/// to 02:00 is open on Saturday at 01:00, and the dates and weekdays asked for are Friday's (D6).
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Window {
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<NaiveDate>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<NaiveDate>,
    /// The first moment of a day; without, midnight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveTime>,
    /// The last moment of a day; without, midnight. Before `from`, it is the next day's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveTime>,
    /// The days of the week; without, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekdays: Option<Weekdays>,
}

/// Days of the week as a set; 1 is Monday, 7 is Sunday.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Weekdays(u8);

impl Weekdays {
    /// The bits of the whole week.
    pub(super) const ALL: u8 = 0b111_1111;

    /// The set of the numbers given; others than 1 to 7 name no day.
    pub fn of(days: impl IntoIterator<Item = u8>) -> Self {
        Self(days.into_iter().filter(|day| (1..=7).contains(day)).fold(0, |set, day| set | 1 << (day - 1)))
    }

    /// Whether the day with this number is in the set.
    pub const fn has(self, day: u8) -> bool {
        day >= 1 && day <= 7 && self.0 & (1 << (day - 1)) != 0
    }

    /// Whether every bit of the set is a day's.
    pub const fn is_known(self) -> bool {
        self.0 <= Self::ALL
    }

    /// The numbers in the set, rising.
    pub fn days(self) -> impl Iterator<Item = u8> {
        (1..=7).filter(move |day| self.has(*day))
    }
}

/// What of a window is not met.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// The day is before the first or after the last.
    Dates,
    /// The weekday is not one of those.
    Weekday,
    /// The hour is outside.
    Hours,
}

impl Window {
    /// The day that a moment is asked by: the day before for the hours after midnight of an opening over midnight.
    pub fn day_of(&self, at: NaiveDateTime) -> NaiveDate {
        match (self.from, self.until) {
            (Some(from), Some(until)) if from > until && at.time() <= until => {
                at.date().checked_sub_days(Days::new(1)).unwrap_or(at.date())
            }
            _ => at.date(),
        }
    }

    /// Whether the moment is inside, or the first thing that is not met.
    ///
    /// # Errors
    /// [`Closed`] names it: dates first, then the weekday, then the hours.
    pub fn check(&self, at: NaiveDateTime) -> Result<(), Closed> {
        let day = self.day_of(at);
        if self.start.is_some_and(|start| day < start) || self.end.is_some_and(|end| day > end) {
            return Err(Closed::Dates);
        }
        let number = u8::try_from(day.weekday().number_from_monday()).unwrap_or(0);
        if self.weekdays.is_some_and(|days| !days.has(number)) {
            return Err(Closed::Weekday);
        }
        let time = at.time();
        let open = match (self.from, self.until) {
            (Some(from), Some(until)) if from > until => time >= from || time <= until,
            (from, until) => from.is_none_or(|from| time >= from) && until.is_none_or(|until| time <= until),
        };
        if open { Ok(()) } else { Err(Closed::Hours) }
    }
}
