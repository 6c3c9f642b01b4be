//! Targets of cashiers, and how far they have been reached.

use alloc::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::metrics::two_digits;
use crate::ids::{CashierId, StoreId};

/// What a target is set for. Money is in major units, rates are percentages, times are seconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Goal {
    /// What sales less returns came to.
    Sales,
    /// Completed sales.
    Documents,
    /// Items of completed documents; a weighed line is one.
    Items,
    /// Customers served: one for each completed sale.
    Customers,
    /// What a document comes to on average.
    AverageDocument,
    /// Documents an hour.
    DocumentsPerHour,
    /// Sales an hour.
    SalesPerHour,
    /// Items an hour.
    ItemsPerHour,
    /// Customers an hour.
    CustomersPerHour,
    /// Hours of work sessions, breaks included.
    WorkingHours,
    /// Seconds a document takes; at most.
    DocumentTime,
    /// Lines voided; at most.
    VoidRate,
    /// Documents returned; at most.
    ReturnRate,
    /// Prices overridden; at most.
    OverrideRate,
    /// Errors; at most.
    ErrorRate,
    /// 100 less ten times the error rate, nothing at least.
    Accuracy,
    /// Items an hour of what is expected.
    Efficiency,
    /// The mean of efficiency and sales an hour of what is expected.
    Productivity,
    /// Satisfaction, 1 to 5.
    Satisfaction,
    /// Days attended.
    Attendance,
    /// Breaks kept.
    BreakCompliance,
    /// Late arrivals; at most.
    LateArrivals,
    /// Early departures; at most.
    EarlyDepartures,
    /// Drawers without a difference.
    CashAccuracy,
}

impl Goal {
    /// What a till measures. The others are entered by hand where anybody does; nobody does at this till.
    pub const MEASURED: [Self; 18] = [
        Self::Sales,
        Self::Documents,
        Self::Items,
        Self::Customers,
        Self::AverageDocument,
        Self::DocumentsPerHour,
        Self::SalesPerHour,
        Self::ItemsPerHour,
        Self::CustomersPerHour,
        Self::WorkingHours,
        Self::DocumentTime,
        Self::VoidRate,
        Self::ReturnRate,
        Self::OverrideRate,
        Self::ErrorRate,
        Self::Accuracy,
        Self::Efficiency,
        Self::Productivity,
    ];

    /// Whether it is a share of what is done, which is never more than all of it: 100 %.
    pub const fn is_share(self) -> bool {
        matches!(
            self,
            Self::VoidRate | Self::ReturnRate | Self::OverrideRate | Self::ErrorRate | Self::Accuracy
        )
    }

    /// Whether a till measures it: one of [`Goal::MEASURED`].
    pub const fn is_measured(self) -> bool {
        !matches!(
            self,
            Self::Satisfaction
                | Self::Attendance
                | Self::BreakCompliance
                | Self::LateArrivals
                | Self::EarlyDepartures
                | Self::CashAccuracy
        )
    }

    /// Whether the actual value must stay below the target rather than reach it.
    pub const fn is_maximum(self) -> bool {
        matches!(
            self,
            Self::DocumentTime
                | Self::VoidRate
                | Self::ReturnRate
                | Self::OverrideRate
                | Self::ErrorRate
                | Self::LateArrivals
                | Self::EarlyDepartures
        )
    }
}

/// Targets of a cashier, or of a whole store, for a time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Target {
    /// Whose; none: everybody's of the store together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<CashierId>,
    /// The store whose figures count.
    pub store: StoreId,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// What is to be reached.
    pub goals: BTreeMap<Goal, Decimal>,
    /// Set when it was cancelled or suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted: Option<Halt>,
}

/// Why a target is not pursued.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Halt {
    /// It was called off.
    Cancelled,
    /// It waits.
    Suspended,
}

/// How a target stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetStatus {
    /// It is pursued.
    Active,
    /// All of it has been reached.
    Completed,
    /// Its time passed before.
    Expired,
    /// It was called off.
    Cancelled,
    /// It waits.
    Suspended,
}

/// How far a target has been reached.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Achievement {
    /// Each goal in percent, at most 100, with two digits.
    pub goals: BTreeMap<Goal, Decimal>,
    /// The mean of them, with two digits.
    pub percent: Decimal,
    /// Whether it is at least the share of the time that has passed.
    pub is_on_track: bool,
    /// How it stands.
    pub status: TargetStatus,
}

impl Target {
    /// How far it has been reached at the end of a day. A goal without an actual value counts as nothing done: 0 %
    /// where a value is to be reached, 100 % where one is not to be passed.
    pub fn achievement(&self, actual: &BTreeMap<Goal, Decimal>, today: NaiveDate) -> Achievement {
        let exact: BTreeMap<Goal, Decimal> = self
            .goals
            .iter()
            .map(|(goal, target)| {
                (*goal, reached(*goal, *target, actual.get(goal).copied().unwrap_or_default()))
            })
            .collect();
        let mean = exact.values().sum::<Decimal>().checked_div(Decimal::from(exact.len()));
        let percent = two_digits(mean.unwrap_or(Decimal::ONE_HUNDRED));
        Achievement {
            is_on_track: percent >= self.elapsed_percent(today),
            status: self.status(percent, today),
            goals: exact.into_iter().map(|(goal, value)| (goal, two_digits(value))).collect(),
            percent,
        }
    }

    /// How much of its time has passed at the end of a day, in percent.
    fn elapsed_percent(&self, today: NaiveDate) -> Decimal {
        let days = |from: NaiveDate, to: NaiveDate| (to - from).num_days() + 1;
        let (whole, passed) = (days(self.from, self.to), days(self.from, today));
        if whole <= 0 {
            return Decimal::ONE_HUNDRED;
        }
        Decimal::from(passed.clamp(0, whole)) * Decimal::ONE_HUNDRED / Decimal::from(whole)
    }

    fn status(&self, percent: Decimal, today: NaiveDate) -> TargetStatus {
        match self.halted {
            Some(Halt::Cancelled) => TargetStatus::Cancelled,
            Some(Halt::Suspended) => TargetStatus::Suspended,
            None if percent >= Decimal::ONE_HUNDRED => TargetStatus::Completed,
            None if today > self.to => TargetStatus::Expired,
            None => TargetStatus::Active,
        }
    }
}

fn reached(goal: Goal, target: Decimal, actual: Decimal) -> Decimal {
    let (part, whole) = if goal.is_maximum() { (target, actual) } else { (actual, target) };
    let ratio = part.checked_mul(Decimal::ONE_HUNDRED).and_then(|part| part.checked_div(whole));
    // Nothing to reach, or nothing of what must not be, is all that is asked; so is a share beyond all bounds.
    ratio.unwrap_or(Decimal::ONE_HUNDRED).clamp(Decimal::ZERO, Decimal::ONE_HUNDRED)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use uuid::Uuid;

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    fn decimals<const N: usize>(values: [(Goal, &str); N]) -> BTreeMap<Goal, Decimal> {
        values.into_iter().map(|(goal, value)| (goal, value.parse().unwrap())).collect()
    }

    fn target(goals: BTreeMap<Goal, Decimal>) -> Target {
        let store = StoreId::new(Uuid::from_u128(1));
        Target { cashier: None, store, from: day(1), to: day(20), goals, halted: None }
    }

    /// Targets 100 documents and an error rate of at most 0.5 %; actual 80 and 1.0 %: 80 and 50, 65.00 %.
    #[test]
    fn achievement_is_the_mean_of_the_goals() {
        let target = target(decimals([(Goal::Documents, "100"), (Goal::ErrorRate, "0.5")]));
        let actual = decimals([(Goal::Documents, "80"), (Goal::ErrorRate, "1.0")]);
        let achievement = target.achievement(&actual, day(13));
        assert_eq!(achievement.percent.to_string(), "65.00");
        assert_eq!(achievement.goals[&Goal::ErrorRate].to_string(), "50.00");
        assert_eq!((achievement.is_on_track, achievement.status), (true, TargetStatus::Active));
        assert!(!target.achievement(&actual, day(14)).is_on_track, "70 % of the time has passed");
    }

    #[test]
    fn a_goal_counts_for_100_percent_at_most_and_nothing_of_what_must_not_be_is_all() {
        let target = target(decimals([(Goal::Sales, "100"), (Goal::VoidRate, "2"), (Goal::Items, "0")]));
        let actual = decimals([(Goal::Sales, "250")]);
        let achievement = target.achievement(&actual, day(2));
        assert_eq!(
            (achievement.percent.to_string().as_str(), achievement.status),
            ("100.00", TargetStatus::Completed)
        );
    }

    #[test]
    fn a_goal_beyond_all_bounds_is_a_goal_like_any_other() {
        let most = "79228162514264337593543950335";
        let least = "0.0000000000000000000000000001";
        let all = |goal, said: &str, done: &str| {
            let target = target(decimals([(goal, said)]));
            target.achievement(&decimals([(goal, done)]), day(2)).percent.to_string()
        };
        for goal in [Goal::VoidRate, Goal::ReturnRate, Goal::DocumentTime] {
            assert_eq!(all(goal, most, "2"), "100.00", "{goal:?}");
            assert_eq!(all(goal, most, least), "100.00", "{goal:?}");
            assert_eq!(all(goal, least, most), "0.00", "{goal:?}");
        }
        assert_eq!(all(Goal::Sales, most, "2"), "0.00");
        assert_eq!(all(Goal::Sales, least, most), "100.00");
    }

    #[test]
    fn what_is_measured_is_listed_once_and_whole() {
        assert!(Goal::MEASURED.iter().all(|goal| goal.is_measured()));
        assert!(Goal::MEASURED.is_sorted_by(|one, next| one < next));
        // In their order the next is the first that nobody measures.
        assert_eq!(Goal::MEASURED.last(), Some(&Goal::Productivity));
        assert!(!Goal::Satisfaction.is_measured());
    }

    #[test]
    fn a_target_expires_when_its_end_has_passed_before_it_was_reached() {
        let mut target = target(decimals([(Goal::Documents, "3")]));
        let at = |target: &Target, today| target.achievement(&decimals([(Goal::Documents, "1")]), today);
        assert_eq!(at(&target, day(20)).status, TargetStatus::Active);
        assert_eq!(at(&target, day(21)).status, TargetStatus::Expired);
        assert_eq!(at(&target, day(21)).percent.to_string(), "33.33");
        target.halted = Some(Halt::Suspended);
        assert_eq!(at(&target, day(21)).status, TargetStatus::Suspended);
    }
}
