//! Why a further condition of a campaign does not hold: what its question asks for, and what there is instead.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use saleflex_core::{
    campaign::{Closed, Condition, ConditionUnmet, QuestionNo, TenderTarget, Window},
    ids::SegmentId,
    money::Money,
};

use super::{Telling, names, unmet::span};
use crate::text::Key;

/// The days of the week, Monday first.
const DAYS: [Key; 7] =
    [Key::DayMon, Key::DayTue, Key::DayWed, Key::DayThu, Key::DayFri, Key::DaySat, Key::DaySun];

impl Telling<'_> {
    /// The question that decided; of several of which one would do, the first, with a word that there are others.
    pub(super) fn condition(&self, condition: &Condition, no: QuestionNo, why: ConditionUnmet) -> String {
        let Some(question) = condition.question(no) else { return self.word(Key::UnmetCondition) };
        let words = if why == ConditionUnmet::Opposite {
            self.of(Key::UnmetOpposite, &self.asked(question))
        } else {
            self.answered(question, why)
        };
        if condition.has_alternatives(no) {
            self.text.fill(Key::UnmetOneOf, &[("why", &words)])
        } else {
            words
        }
    }

    fn answered(&self, question: &Condition, why: ConditionUnmet) -> String {
        let shopper = self.explained.shopper.as_ref();
        match (why, question) {
            (ConditionUnmet::Window(closed), Condition::Window(window)) => self.closed(window, closed),
            (ConditionUnmet::Customer, Condition::Segment(segment)) => {
                self.other_customers(false, [*segment])
            }
            (ConditionUnmet::Customer, Condition::CustomerKnown) => self.word(Key::UnmetNoCustomer),
            (ConditionUnmet::Customer, _) => self.of(Key::UnmetSegmentUnknown, &self.asked(question)),
            (ConditionUnmet::Segment, Condition::Segment(segment)) => self.other_customers(true, [*segment]),
            (ConditionUnmet::Tier, Condition::Tier(tier)) => {
                let none = self.text.word(Key::UnmetNone);
                let actual = shopper.and_then(|shopper| shopper.tier.as_deref()).unwrap_or(none);
                self.text.fill(Key::UnmetTier, &[("name", tier), ("actual", actual)])
            }
            (ConditionUnmet::CustomerTag, Condition::CustomerTag(tag)) => {
                let marks = shopper.map_or_else(BTreeSet::new, |shopper| shopper.tags.clone());
                let marks = names(marks.into_iter());
                let actual = if marks.is_empty() { self.word(Key::UnmetNone) } else { marks };
                self.text.fill(Key::UnmetTag, &[("name", tag), ("actual", &actual)])
            }
            (ConditionUnmet::Birthday, Condition::Birthday { within_days }) => {
                let born = shopper.and_then(|shopper| shopper.birthday);
                let unknown = || self.word(Key::UnmetUnknown);
                let actual = born.map_or_else(unknown, |born| born.format("%d.%m.").to_string());
                let values = [("needed", &*within_days.to_string()), ("actual", &*actual)];
                self.text.fill(Key::UnmetBirthday, &values)
            }
            (ConditionUnmet::FirstPurchase { purchases }, _) => {
                self.text.fill(Key::UnmetFirstPurchase, &[("actual", &purchases.to_string())])
            }
            (ConditionUnmet::Value { needed, actual }, _) => {
                self.amounts(if actual > needed { Key::UnmetAbove } else { Key::UnmetBelow }, needed, actual)
            }
            (ConditionUnmet::Quantity { needed, actual }, _) => self.units(needed, actual),
            (ConditionUnmet::Tender { needed, actual }, Condition::Tender { of, .. }) => {
                let by = self.methods(of);
                let values =
                    [("needed", &*self.money(needed)), ("actual", &*self.money(actual)), ("name", &*by)];
                self.text.fill(Key::UnmetTenderOf, &values)
            }
            (ConditionUnmet::Coupon, _) => self.word(Key::UnmetNotUnlocked),
            (ConditionUnmet::Store, _) => self.word(Key::UnmetOtherStore),
            _ => self.of(Key::UnmetChannel, &self.asked(question)),
        }
    }

    /// What a question asks for, in a few words.
    fn asked(&self, question: &Condition) -> String {
        let bounds = |least: Option<String>, most: Option<String>| span(least, most);
        match question {
            Condition::Stores(_) => self.word(Key::AskedStore),
            Condition::Window(window) => self.window(window),
            Condition::Channel(word) | Condition::Tier(word) | Condition::CustomerTag(word) => word.clone(),
            Condition::CustomerKnown => self.word(Key::AskedCustomer),
            Condition::Segment(segment) => self.segments([*segment]),
            Condition::FirstPurchase => self.word(Key::AskedFirstPurchase),
            Condition::Birthday { .. } => self.word(Key::AskedBirthday),
            Condition::Coupon => self.word(Key::AskedCoupon),
            Condition::Value { least, most, .. } => {
                bounds(least.map(|least| self.money(least)), most.map(|most| self.money(most)))
            }
            Condition::Quantity { least, most, .. } => {
                let units = bounds(least.map(|least| least.to_string()), most.map(|most| most.to_string()));
                self.text.fill(Key::AskedQuantity, &[("units", &units)])
            }
            Condition::Tender { of, .. } => self.methods(of),
            _ => self.word(Key::UnmetCondition),
        }
    }

    /// When it runs, and when it is: the day of an opening over midnight is the one on which it began.
    pub(super) fn closed(&self, window: &Window, closed: Closed) -> String {
        let now = self.explained.moment.local;
        let day = window.day_of(now);
        let (key, needed, actual) = match closed {
            Closed::Dates => (Key::UnmetDates, dates(window), day.to_string()),
            Closed::Weekday => {
                let today = u8::try_from(day.weekday().number_from_monday()).unwrap_or_default();
                (Key::UnmetWeekday, self.weekdays(window), self.weekday(today).to_owned())
            }
            Closed::Hours => (Key::UnmetHours, hours(window), clock(now.time())),
        };
        self.text.fill(key, &[("needed", needed.as_str()), ("actual", actual.as_str())])
    }

    fn window(&self, window: &Window) -> String {
        [dates(window), self.weekdays(window), hours(window)].join(" ").trim().to_owned()
    }

    fn weekday(&self, no: u8) -> &str {
        DAYS.get(usize::from(no).wrapping_sub(1)).map_or("", |key| self.text.word(*key))
    }

    fn weekdays(&self, window: &Window) -> String {
        let days: Vec<&str> =
            window.weekdays.unwrap_or_default().days().map(|day| self.weekday(day)).collect();
        days.join(" ")
    }

    /// For whom it is, by the names of the segments.
    pub(super) fn other_customers(
        &self,
        is_known: bool,
        segments: impl IntoIterator<Item = SegmentId>,
    ) -> String {
        let names = self.segments(segments);
        let (plain, with_name) = if is_known {
            (Key::UnmetOtherCustomers, Key::UnmetSegment)
        } else {
            (Key::UnmetNoCustomer, Key::UnmetSegmentUnknown)
        };
        if names.is_empty() { self.word(plain) } else { self.of(with_name, &names) }
    }

    fn segments(&self, segments: impl IntoIterator<Item = SegmentId>) -> String {
        let name = |id: SegmentId| {
            let known = self.till.segments().iter().find(|segment| segment.id == id);
            known.map_or_else(String::new, |segment| segment.name.clone())
        };
        names(segments.into_iter().map(name))
    }

    /// What tenders are called.
    pub(super) fn methods(&self, of: &TenderTarget) -> String {
        names(of.include.iter().map(|method| self.method(*method)))
    }

    pub(super) fn of(&self, key: Key, name: &str) -> String {
        self.text.fill(key, &[("name", name)])
    }

    pub(super) fn amounts(&self, key: Key, needed: Money, actual: Money) -> String {
        let (needed, actual) = (self.money(needed), self.money(actual));
        self.text.fill(key, &[("needed", needed.as_str()), ("actual", actual.as_str())])
    }

    /// Too few pieces, or too many.
    pub(super) fn units(&self, needed: i64, actual: i64) -> String {
        let values = [("needed", &*needed.to_string()), ("actual", &*actual.to_string())];
        self.text.fill(if actual > needed { Key::UnmetTooManyUnits } else { Key::UnmetTooFewUnits }, &values)
    }
}

fn dates(window: &Window) -> String {
    let day = |day: NaiveDate| day.to_string();
    if window.start.is_none() && window.end.is_none() {
        return String::new();
    }
    span(window.start.map(day), window.end.map(day))
}

fn hours(window: &Window) -> String {
    if window.from.is_none() && window.until.is_none() {
        return String::new();
    }
    span(window.from.map(clock), window.until.map(clock))
}

/// The hour, to the second where it is not a whole minute: a window ends by the second.
fn clock(time: NaiveTime) -> String {
    time.format(if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}
