//! Why a campaign gives nothing: what it needs, by its name, and what there is instead.

use chrono::{Datelike, NaiveTime};
use saleflex_core::{
    campaign::{
        Campaign, Closed, Condition, ConditionUnmet, DepartmentKey, Selector, TenderMethod, Unmet, UseLimit,
        Window,
    },
    ids::SegmentId,
    money::Money,
};

use super::{Telling, names};
use crate::{
    message::{self, refusal},
    text::Key,
};

/// The days of the week, Monday first.
const DAYS: [Key; 7] =
    [Key::DayMon, Key::DayTue, Key::DayWed, Key::DayThu, Key::DayFri, Key::DaySat, Key::DaySun];

impl Telling<'_> {
    pub(super) fn unmet(&self, campaign: &Campaign, why: Unmet) -> String {
        match why {
            Unmet::Inactive => self.word(Key::UnmetInactive),
            Unmet::NeverActivated => self.word(Key::UnmetNeverActivated),
            Unmet::NotUnlocked => self.word(Key::UnmetNotUnlocked),
            Unmet::CouponRefused(why) => match refusal::coupon(why) {
                Some(key) => {
                    self.text.fill(Key::UnmetCoupon, &[("why", self.word(key).trim_end_matches('.'))])
                }
                None => self.word(Key::UnmetNotUnlocked),
            },
            Unmet::OtherStore => self.word(Key::UnmetOtherStore),
            Unmet::Closed(closed) => self.closed(&campaign.window, closed),
            Unmet::NotInSegment { customer_known } => self.other_customers(customer_known, campaign.segment),
            Unmet::UsedUp { limit, most, used } => {
                let key = match limit {
                    UseLimit::Total => Key::UnmetUsedUp,
                    UseLimit::Customer => Key::UnmetUsedUpByCustomer,
                    UseLimit::Day => Key::UnmetUsedUpToday,
                };
                self.text.fill(key, &[("most", &*most.to_string()), ("used", &*used.to_string())])
            }
            Unmet::BudgetSpent { budget, spent } => self.amounts(Key::UnmetBudget, budget, spent),
            Unmet::NoLines => self.no_lines(campaign),
            Unmet::BelowPurchase { needed, actual } | Unmet::BelowTier { needed, actual } => {
                self.amounts(Key::UnmetBelow, needed, actual)
            }
            Unmet::AbovePurchase { most, actual } => self.amounts(Key::UnmetAbove, most, actual),
            Unmet::NoTender => self.no_tender(campaign),
            Unmet::TenderShare { needed, actual } => self.amounts(Key::UnmetTenderShare, needed, actual),
            Unmet::TooFewUnits { needed, actual } => self.units(needed, actual),
            Unmet::NothingToGive => self.word(Key::UnmetNothingToGive),
            Unmet::Stacking { with } => self.text.fill(Key::UnmetStacking, &[("with", self.campaign(with))]),
            Unmet::Condition(why) => self.condition(&campaign.condition, why),
            _ => self.word(Key::UnmetCondition),
        }
    }

    /// The part of a further condition that does not hold. Where several parts are of its kind, all are named.
    fn condition(&self, condition: &Condition, why: ConditionUnmet) -> String {
        let parts = parts(condition);
        match why {
            ConditionUnmet::Store => self.word(Key::UnmetOtherStore),
            ConditionUnmet::Window(closed) => {
                let local = self.explained.moment.local;
                let window = parts.iter().find_map(|part| {
                    let Condition::Window(window) = part else { return None };
                    (window.check(local) == Err(closed)).then_some(window)
                });
                self.closed(window.unwrap_or(&Window::default()), closed)
            }
            ConditionUnmet::Customer => self.word(Key::UnmetNoCustomer),
            ConditionUnmet::Segment => {
                let segment = |part: &&Condition| {
                    if let Condition::Segment(segment) = part { Some(*segment) } else { None }
                };
                self.other_customers(true, parts.iter().filter_map(segment))
            }
            ConditionUnmet::Tier => {
                let tier = |part: &&Condition| {
                    if let Condition::Tier(tier) = part { Some(tier.clone()) } else { None }
                };
                self.of(Key::UnmetTier, &names(parts.iter().filter_map(tier)))
            }
            ConditionUnmet::CustomerTag => {
                let tag = |part: &&Condition| {
                    if let Condition::CustomerTag(tag) = part { Some(tag.clone()) } else { None }
                };
                self.of(Key::UnmetTag, &names(parts.iter().filter_map(tag)))
            }
            ConditionUnmet::Channel => {
                let channel = |part: &&Condition| {
                    if let Condition::Channel(channel) = part { Some(channel.clone()) } else { None }
                };
                self.of(Key::UnmetChannel, &names(parts.iter().filter_map(channel)))
            }
            ConditionUnmet::FirstPurchase { purchases } => {
                self.text.fill(Key::UnmetFirstPurchase, &[("actual", &purchases.to_string())])
            }
            ConditionUnmet::Birthday => self.word(Key::UnmetBirthday),
            ConditionUnmet::Coupon => self.word(Key::UnmetNotUnlocked),
            ConditionUnmet::Value { needed, actual } if actual > needed => {
                self.amounts(Key::UnmetAbove, needed, actual)
            }
            ConditionUnmet::Value { needed, actual } => self.amounts(Key::UnmetBelow, needed, actual),
            ConditionUnmet::Quantity { needed, actual } => self.units(needed, actual),
            ConditionUnmet::Tender { needed, actual } => self.amounts(Key::UnmetTenderShare, needed, actual),
            _ => self.word(Key::UnmetCondition),
        }
    }

    /// When it runs, and when it is.
    fn closed(&self, window: &Window, closed: Closed) -> String {
        let now = self.explained.moment.local;
        let (key, needed, actual) = match closed {
            Closed::Dates => {
                let needed =
                    span(window.start.map(|day| day.to_string()), window.end.map(|day| day.to_string()));
                (Key::UnmetDates, needed, now.date().to_string())
            }
            Closed::Weekday => {
                let day =
                    |no: u8| DAYS.get(usize::from(no).wrapping_sub(1)).map_or("", |key| self.text.word(*key));
                let days: Vec<&str> = window.weekdays.unwrap_or_default().days().map(day).collect();
                let today = u8::try_from(now.weekday().number_from_monday()).unwrap_or_default();
                (Key::UnmetWeekday, days.join(" "), day(today).to_owned())
            }
            Closed::Hours => {
                let hour = |time: NaiveTime| time.format("%H:%M").to_string();
                (Key::UnmetHours, span(window.from.map(hour), window.until.map(hour)), hour(now.time()))
            }
        };
        self.text.fill(key, &[("needed", needed.as_str()), ("actual", actual.as_str())])
    }

    /// For whom it is, by the names of the segments.
    fn other_customers(&self, is_known: bool, segments: impl IntoIterator<Item = SegmentId>) -> String {
        let name = |id: SegmentId| {
            let known = self.till.segments().iter().find(|segment| segment.id == id);
            known.map_or_else(String::new, |segment| segment.name.clone())
        };
        let names = names(segments.into_iter().map(name));
        let (plain, with_name) = if is_known {
            (Key::UnmetOtherCustomers, Key::UnmetSegment)
        } else {
            (Key::UnmetNoCustomer, Key::UnmetSegmentUnknown)
        };
        if names.is_empty() { self.word(plain) } else { self.of(with_name, &names) }
    }

    /// What it is about, by the names of the goods.
    fn no_lines(&self, campaign: &Campaign) -> String {
        let names = names(campaign.target.include.iter().map(|selector| self.selected(selector)));
        if names.is_empty() { self.word(Key::UnmetNoLines) } else { self.of(Key::UnmetNoLinesOf, &names) }
    }

    /// What goods are called that a target names.
    pub(super) fn selected(&self, selector: &Selector) -> String {
        let catalog = self.till.catalog();
        let department = |key: DepartmentKey| {
            let known = catalog.departments().find(|known| DepartmentKey::from(known.no) == key);
            known.map_or_else(String::new, |known| known.name.clone())
        };
        match selector {
            Selector::Product(id) => catalog.product(*id).map_or_else(String::new, |it| it.name().to_owned()),
            Selector::Department(key) | Selector::Category(key) => department(*key),
            Selector::Brand(id) => {
                let known = catalog.brands().iter().find(|brand| brand.id == *id);
                known.map_or_else(String::new, |brand| brand.name.clone())
            }
            Selector::Pattern(pattern) => pattern.as_str().to_owned(),
            Selector::Tag(tag) => tag.clone(),
            Selector::UnitPrice { least, most } => {
                span(least.map(|least| self.money(least)), most.map(|most| self.money(most)))
            }
            _ => String::new(),
        }
    }

    /// How it would have to be paid.
    fn no_tender(&self, campaign: &Campaign) -> String {
        let methods = campaign.tender.iter().flat_map(|terms| &terms.of.include);
        let names = names(methods.map(|method| match method {
            TenderMethod::Kind(kind) => message::tender_kind(self.text, *kind).to_owned(),
            TenderMethod::Points | TenderMethod::Unknown => String::new(),
        }));
        if names.is_empty() { self.word(Key::UnmetNoTender) } else { self.of(Key::UnmetNoTenderOf, &names) }
    }

    fn of(&self, key: Key, name: &str) -> String {
        self.text.fill(key, &[("name", name)])
    }

    fn amounts(&self, key: Key, needed: Money, actual: Money) -> String {
        let (needed, actual) = (self.money(needed), self.money(actual));
        self.text.fill(key, &[("needed", needed.as_str()), ("actual", actual.as_str())])
    }

    fn units(&self, needed: i64, actual: i64) -> String {
        let values = [("needed", &*needed.to_string()), ("actual", &*actual.to_string())];
        self.text.fill(Key::UnmetTooFewUnits, &values)
    }
}

/// The single questions of a condition.
fn parts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().flat_map(parts).collect(),
        Condition::Not(inner) => parts(inner),
        other => vec![other],
    }
}

/// From and until, either of which may be open.
fn span(from: Option<String>, until: Option<String>) -> String {
    format!("{} - {}", from.unwrap_or_default(), until.unwrap_or_default()).trim().to_owned()
}
