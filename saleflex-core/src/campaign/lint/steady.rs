//! Campaigns of one lane that always give something, by the days they are open on: of thousands, those are found at once that are
//! open whenever another is.

use alloc::{collections::BTreeMap, vec::Vec};

use chrono::NaiveDate;

use super::apart::{month, months};
use crate::campaign::{proposal::Rank, window::Window};

/// From the first day to the last; without one of them, from or to the end of time.
#[derive(Clone, Copy)]
pub(super) struct Days {
    first: NaiveDate,
    last: NaiveDate,
}

impl Days {
    /// The days of a window, where it `asks_hours` as what asks for its hours counts them: an opening over midnight is of the day
    /// it began on (D6). What asks for no hours counts those after midnight to the next day.
    pub(super) fn of(window: &Window, asks_hours: bool) -> Self {
        let is_over_midnight = window.from.zip(window.until).is_some_and(|(from, until)| from > until);
        let last = window.end.map(|end| {
            let after = end.succ_opt().filter(|_| is_over_midnight && !asks_hours);
            after.unwrap_or(end)
        });
        Self { first: window.start.unwrap_or(NaiveDate::MIN), last: last.unwrap_or(NaiveDate::MAX) }
    }

    fn cover(self, other: Self) -> bool {
        self.first <= other.first && self.last >= other.last
    }
}

/// Those of one lane that ask the same but for their days; without those before which one is that is open whenever they are.
#[derive(Default)]
pub(super) struct Steady {
    /// Without a last day; each begins before all that are tried before it.
    endless: Vec<(NaiveDate, Rank)>,
    /// By each of their months.
    by_month: BTreeMap<i32, Vec<(Days, Rank)>>,
    /// Those with a last day that are open longer than months are worth looking at.
    long: Vec<(Days, Rank)>,
}

impl Steady {
    /// Adds one that is tried after all that are there.
    pub(super) fn add(&mut self, window: &Window, rank: Rank) {
        let days = Days::of(window, true);
        if self.first_open_on(days, &mut 0).is_some() {
            return;
        }
        if let Some(months) = months(window) {
            for month in months {
                self.by_month.entry(month).or_default().push((days, rank));
            }
        } else if days.last == NaiveDate::MAX {
            self.endless.push((days.first, rank));
        } else {
            self.long.push((days, rank));
        }
    }

    /// The first that is open on all of these days.
    pub(super) fn first_open_on(&self, days: Days, compared: &mut usize) -> Option<Rank> {
        let at = self.endless.partition_point(|(first, _)| *first > days.first);
        let endless = self.endless.get(at).map(|(_, rank)| *rank);
        let in_month = self.by_month.get(&month(days.first)).into_iter().flatten();
        let mut first = endless;
        for (open, rank) in in_month.chain(&self.long) {
            *compared += 1;
            if open.cover(days) && first.is_none_or(|first| *rank < first) {
                first = Some(*rank);
            }
        }
        first
    }
}
