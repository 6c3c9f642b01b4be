//! Reports over days, months and years: what was sold in them, by document, by product, by cashier.
//!
//! A day (`2026-03-12`), a week (`2026-W11`), a month (`2026-03`) or a year (`2026`) among the words says of which
//! days; left and right step to the one before and after.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::Query;
use crate::text::{Key, Text};

pub(crate) mod documents;
pub(crate) mod performance;
pub(crate) mod products;
pub(crate) mod shopping;
pub(crate) mod summary;

/// What left and right step by where no day, month or year is named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    /// Days.
    Day,
    /// Weeks, from Monday on.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// The days of a report, both included, and the words that have to stand in its rows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Asked {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) step: Step,
    pub(crate) rest: String,
}

impl Asked {
    /// Reads what was typed; what names no days leaves those of today.
    pub(crate) fn of(query: &Query, today: NaiveDate, step: Step) -> Self {
        let named = query.term.split_whitespace().find_map(|word| Some((word, named(word)?)));
        let (day, step) = named.map_or((today, step), |(_, named)| named);
        let rest = query.term.split_whitespace().filter(|word| named.is_none_or(|(name, _)| *word != name));
        let (from, to) = span(day, step, query.back);
        Self { from, to, step, rest: rest.collect::<Vec<_>>().join(" ") }
    }

    /// The title of a list with its days.
    pub(crate) fn title(&self, text: &Text, title: Key) -> String {
        let days = match self.step {
            Step::Day => self.from.to_string(),
            Step::Week => self.from.format("%G-W%V").to_string(),
            Step::Month => self.from.format("%Y-%m").to_string(),
            Step::Year => self.from.format("%Y").to_string(),
        };
        text.fill(Key::ReportOf, &[("title", text.word(title)), ("days", &days)])
    }
}

/// A day, a week, a month or a year as typed.
fn named(word: &str) -> Option<(NaiveDate, Step)> {
    let day = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(word, form).ok());
    if let Some(day) = day {
        return Some((day, Step::Day));
    }
    let digits =
        |part: &str, most: usize| part.len() == most && part.bytes().all(|byte| byte.is_ascii_digit());
    match word.split_once('-') {
        Some((year, week)) if digits(year, 4) && week.starts_with(['W', 'w']) => {
            let week = week.trim_start_matches(['W', 'w']).parse().ok()?;
            Some((NaiveDate::from_isoywd_opt(year.parse().ok()?, week, Weekday::Mon)?, Step::Week))
        }
        Some((year, month)) if digits(year, 4) && digits(month, 2) => {
            let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
            Some((first, Step::Month))
        }
        None if digits(word, 4) => Some((NaiveDate::from_ymd_opt(word.parse().ok()?, 1, 1)?, Step::Year)),
        _ => None,
    }
}

/// The day, week, month or year of a day, or one so many before it.
fn span(day: NaiveDate, step: Step, back: u32) -> (NaiveDate, NaiveDate) {
    let first_of = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    let months = |first: NaiveDate, back: u32, long: u32| {
        let from = first.checked_sub_months(Months::new(back)).unwrap_or(first);
        let next = from.checked_add_months(Months::new(long)).unwrap_or(from);
        (from, next.pred_opt().unwrap_or(from))
    };
    match step {
        Step::Day => {
            let day = day.checked_sub_days(Days::new(back.into())).unwrap_or(day);
            (day, day)
        }
        Step::Week => {
            let monday = day.week(Weekday::Mon).first_day();
            let from = monday.checked_sub_days(Days::new(u64::from(back) * 7)).unwrap_or(monday);
            (from, from.checked_add_days(Days::new(6)).unwrap_or(from))
        }
        Step::Month => months(first_of(day), back, 1),
        Step::Year => months(first_of(day).with_month(1).unwrap_or(day), back.saturating_mul(12), 12),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(term: &str, back: u32) -> (String, String, String) {
        let today = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        let query = Query { term: term.to_owned(), back, ..Query::default() };
        let asked = Asked::of(&query, today, Step::Day);
        (asked.from.to_string(), asked.to.to_string(), asked.rest)
    }

    #[test]
    fn a_day_a_month_or_a_year_among_the_words_says_of_which_days() {
        let of = |from: &str, to: &str, rest: &str| (from.to_owned(), to.to_owned(), rest.to_owned());
        assert_eq!(asked("", 0), of("2026-03-31", "2026-03-31", ""));
        assert_eq!(asked("tea", 1), of("2026-03-30", "2026-03-30", "tea"));
        assert_eq!(asked("2026-02 tea", 0), of("2026-02-01", "2026-02-28", "tea"));
        assert_eq!(asked("2026-03", 1), of("2026-02-01", "2026-02-28", ""));
        assert_eq!(asked("2026-W11 tea", 0), of("2026-03-09", "2026-03-15", "tea"));
        assert_eq!(asked("2026-w1", 1), of("2025-12-22", "2025-12-28", ""));
        assert_eq!(asked("2024", 1), of("2023-01-01", "2023-12-31", ""));
        assert_eq!(asked("12.03.2026", 0), of("2026-03-12", "2026-03-12", ""));
        // What names no day is looked for in the rows.
        for words in ["20260", "2026-13", "2026-1", "2026-W54", "2026-Wx", "7-up"] {
            assert_eq!(asked(words, 0), of("2026-03-31", "2026-03-31", words));
        }
    }
}
