//! What a till knows of a closed period beside its figures: who was at work when, and what became of the tips.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    cashier::{time_clock::Attendance, tip_pool::TipDistribution},
    closure::Closure,
    money::Money,
};
use saleflex_store::{Error, Till};
use serde_json::{Value, json};

/// Who punched the clock within a period, from when until when and how long.
pub(super) fn clock(till: &Till, closure: &Closure) -> Result<Vec<Value>, Error> {
    let span = (closure.period.opened_at.instant, closure.closed_at.instant);
    let mut clock = Vec::new();
    for cashier in till.cashiers() {
        clock.extend(stay(&cashier.user_name, &till.attendance(cashier.id)?, span));
    }
    Ok(clock)
}

/// The tips of a period that were shared out, and those that nobody has got yet; in minor units.
pub(super) fn tips(till: &Till, closure: &Closure) -> Result<Value, Error> {
    let shared = till.tip_distributions(closure.number())?;
    let distributed: Money = shared.iter().map(TipDistribution::distributed).sum();
    Ok(json!({"distributed": distributed, "undistributed": till.tips_left(closure.number())?}))
}

fn stay(user: &str, attendance: &Attendance, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Option<Value> {
    const SECONDS_OF_AN_HOUR: u32 = 3_600;
    let mut shifts = attendance
        .shifts
        .iter()
        .filter(|shift| shift.from.instant < to && shift.to.is_none_or(|end| end.instant > from));
    let first = shifts.next()?;
    let last = shifts.next_back().unwrap_or(first);
    let hours = Decimal::from(attendance.worked_s_within(from, to)) / Decimal::from(SECONDS_OF_AN_HOUR);
    Some(json!({
        "cashier": user,
        "clock_in_time": first.from.instant,
        "clock_out_time": last.to.map(|end| end.instant),
        "hours_worked": hours.round_dp(2).to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use saleflex_core::{
        cashier::time_clock::{Punch, Shift, StandingPunch},
        time::Moment,
    };

    use super::*;

    #[test]
    fn who_came_and_went_within_a_period_stands_with_the_hours_worked_in_it() {
        let at = |hour| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hour);
        let moment = |hour| Moment::utc(at(hour));
        let attendance = Attendance {
            punches: vec![
                StandingPunch { no: 1, at: moment(7), punch: Punch::In },
                StandingPunch { no: 2, at: moment(12), punch: Punch::Out },
            ],
            shifts: vec![Shift { from: moment(7), to: Some(moment(12)), break_s: 0 }],
            ..Attendance::default()
        };
        let told = stay("priya", &attendance, (at(9), at(20))).unwrap();
        let expected = json!({
            "cashier": "priya", "clock_in_time": at(7), "clock_out_time": at(12), "hours_worked": "3",
        });
        assert_eq!(told, expected);
        assert_eq!(stay("priya", &attendance, (at(12), at(20))), None, "they had gone");
    }
}
