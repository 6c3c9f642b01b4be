//! Work sessions: who sold at this till from when to when, and what they did meanwhile.

use std::collections::BTreeMap;

use chrono::Days;
use saleflex_core::{
    cashier::session::{SessionStatus, Termination, WorkSession},
    money::Money,
};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, employees::hours};
use crate::{
    app::State,
    effect::{Effect, Question},
    text::{Key, Text},
};

/// The sessions of a day.
pub(crate) struct Sessions;

impl Listing for Sessions {
    fn form(&self) -> &'static str {
        "WORK_SESSIONS"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/sessions.toml")
    }

    fn event(&self) -> &'static str {
        "WORK_SESSIONS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["SESSION_DETAIL", "SESSION_NOTE"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleSessions, none: Key::SessionsNone, hint: Key::HintSessions }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnBegan, 6),
                Heading::text(Key::ColumnEnded, 6),
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnKind, 20),
                Heading::number(Key::ColumnLength, 7),
                Heading::number(Key::ColumnBreaks, 7),
                Heading::number(Key::ColumnIdle, 7),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let now = till.now();
        let day =
            now.business_date.checked_sub_days(Days::new(query.back.into())).unwrap_or(now.business_date);
        let sessions = till.work_sessions(day, day)?;
        let names: BTreeMap<_, _> =
            till.everybody().iter().map(|cashier| (cashier.id, cashier.name.clone())).collect();
        let name = |id| names.get(&id).cloned().unwrap_or_default();
        let rows = sessions.iter().rev().map(|session| {
            let (ended, status) = ending(text, session, &name);
            let until = ended.map_or(now.instant, |at| at.instant);
            let breaks: u32 = session.breaks.iter().map(|pause| pause.minutes(until)).sum();
            ListRow {
                id: RowId::Session(session.cashier, session.started_at.instant),
                cells: vec![
                    session.started_at.local.format("%H:%M").to_string(),
                    ended.map(|at| at.local.format("%H:%M").to_string()).unwrap_or_default(),
                    name(session.cashier),
                    status,
                    hours((until - session.started_at.instant).num_minutes()),
                    hours(breaks.into()),
                    hours(i64::from(session.idle_s / 60)),
                ],
                total: Money::ZERO,
                is_dim: ended.is_some(),
            }
        });
        let rows = rows.filter(|row| row.holds(&query.term)).collect();
        let title = text.fill(Key::SessionsOf, &[("day", &day.to_string())]);
        Ok(Listed { rows, title: Some(title), back: query.back, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Session(cashier, started) = row.id else { return Vec::new() };
        if event == "SESSION_NOTE" {
            return state.open_record("SESSION_NOTE", Some(row.id));
        }
        vec![Effect::Ask(Question::Session(cashier, started))]
    }
}

/// When a session ended, and how it stands in words.
pub(crate) fn ending(
    text: &Text,
    session: &WorkSession,
    name: &dyn Fn(saleflex_core::ids::CashierId) -> String,
) -> (Option<saleflex_core::time::Moment>, String) {
    let word = |key| text.word(key).to_owned();
    match session.status {
        SessionStatus::Active => (None, word(Key::SessionActive)),
        SessionStatus::Break => (None, word(Key::PresenceBreak)),
        SessionStatus::Completed { at } => (Some(at), word(Key::SessionCompleted)),
        SessionStatus::Terminated { at, cause } => {
            let why = match cause {
                Termination::By(by) => text.fill(Key::SessionEndedBy, &[("name", &name(by))]),
                Termination::Stopped => word(Key::SessionStopped),
                Termination::Closure => word(Key::SessionClosed),
                Termination::OtherLogIn => word(Key::SessionReplaced),
            };
            (Some(at), why)
        }
    }
}
