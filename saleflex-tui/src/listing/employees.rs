//! The time clock: who is at work, on a break, or gone, and punching for whoever stands there.

use saleflex_core::cashier::time_clock::{Attendance, Presence, Punch};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::{Effect, Question},
    message,
    text::{Key, Text},
};

/// Everybody who may punch.
pub(crate) struct Employees;

impl Listing for Employees {
    fn form(&self) -> &'static str {
        "EMPLOYEE"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/employee.toml")
    }

    fn event(&self) -> &'static str {
        "EMPLOYEE_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["CLOCK_SHEET", "CLOCK_IN", "CLOCK_OUT", "CLOCK_BREAK", "CLOCK_RETURN", "CLOCK_CORRECT"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleTimeClock, none: Key::NothingToList, hint: Key::HintTimeClock }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnUser, 14),
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnPresence, 16),
                Heading::text(Key::ColumnSince, 12),
                Heading::number(Key::ColumnWorked, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let now = till.now();
        let mut rows = Vec::new();
        for cashier in till.cashiers() {
            let attendance = till.attendance(cashier.id)?;
            let since = attendance.shifts.last().filter(|_| attendance.presence != Presence::Out);
            let since = since.map(|shift| shift.from.local.format("%d/%m %H:%M").to_string());
            rows.push(ListRow {
                id: RowId::Cashier(cashier.id),
                cells: vec![
                    cashier.user_name.clone(),
                    cashier.name.clone(),
                    text.word(message::presence(attendance.presence)).to_owned(),
                    since.unwrap_or_default(),
                    hours(worked_min(&attendance, now)),
                ],
                total: saleflex_core::money::Money::ZERO,
                is_dim: attendance.presence == Presence::Out,
            });
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let (RowId::Cashier(id), user_name) = (row.id, row.name().to_owned()) else { return Vec::new() };
        match event {
            "CLOCK_IN" => state.punch(user_name, Punch::In),
            "CLOCK_OUT" => state.punch(user_name, Punch::Out),
            "CLOCK_RETURN" => state.punch(user_name, Punch::BreakEnd),
            "CLOCK_CORRECT" => state.open_record("PUNCH", Some(row.id)),
            "CLOCK_BREAK" => {
                state.pick_break(Some(&user_name));
                Vec::new()
            }
            _ => vec![Effect::Ask(Question::TimeSheet(id))],
        }
    }
}

/// Minutes worked today, those of a stay that lasts included.
fn worked_min(attendance: &Attendance, now: saleflex_core::time::Moment) -> i64 {
    let today = attendance.shifts.iter().filter(|shift| shift.business_date() == now.business_date);
    let minutes = today.map(|shift| match shift.worked_min() {
        Some(minutes) => i64::from(minutes),
        None => (now.instant - shift.from.instant).num_minutes() - i64::from(shift.break_s / 60),
    });
    minutes.sum::<i64>().max(0)
}

/// `7:05` of 425 minutes.
pub(crate) fn hours(minutes: i64) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}
