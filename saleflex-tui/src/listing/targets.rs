//! Targets of cashiers and of the whole store, and how far each is reached today.

use std::collections::BTreeMap;

use saleflex_core::{cashier::target::TargetStatus, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    record::target::goal_word,
    text::{Key, Text},
};

/// Targets.
pub(crate) struct Targets;

impl Listing for Targets {
    fn form(&self) -> &'static str {
        "TARGET_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/target_list.toml")
    }

    fn event(&self) -> &'static str {
        "TARGET_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["TARGET_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleTargets, none: Key::TargetsNone, hint: Key::HintTargets }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnName, 16),
                Heading::text(Key::ColumnFrom, 11),
                Heading::text(Key::ColumnTo, 11),
                Heading::text(Key::ColumnGoals, 0),
                Heading::number(Key::ColumnReached, 10),
                Heading::text(Key::ColumnState, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let mut rows = Vec::new();
        for record in till.targets()?.into_iter().rev() {
            let target = &record.target;
            let reached = till.achievement(target, &BTreeMap::new(), today)?;
            let whose = target.cashier.and_then(|id| till.cashier(id));
            let whose = whose.map_or_else(|| text.word(Key::WholeStore).to_owned(), |one| one.name.clone());
            let goals = target.goals.iter();
            let goals: Vec<String> =
                goals.map(|(goal, value)| format!("{} {value}", goal_word(text, *goal))).collect();
            let state = match reached.status {
                TargetStatus::Active if reached.is_on_track => Key::TargetOnTrack,
                TargetStatus::Active => Key::TargetBehind,
                TargetStatus::Completed => Key::TargetCompleted,
                TargetStatus::Expired => Key::TargetExpired,
                TargetStatus::Cancelled => Key::TargetCancelled,
                TargetStatus::Suspended => Key::TargetSuspended,
            };
            let (from, to) = (target.from.to_string(), target.to.to_string());
            let percent = format!("{} %", reached.percent);
            rows.push(ListRow {
                id: RowId::Target(record.id),
                cells: vec![whose, from, to, goals.join(", "), percent, text.word(state).to_owned()],
                total: Money::ZERO,
                is_dim: reached.status != TargetStatus::Active,
            });
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("TARGET", Some(row.id))
    }
}
