//! The rules that earn points besides the program's rate.

use saleflex_core::{loyalty::EarnRule, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    record::loyalty,
    text::{Key, Text},
};

/// Rules, by their place.
pub(crate) struct EarnRules;

impl Listing for EarnRules {
    fn form(&self) -> &'static str {
        "EARN_RULE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/earn_rule_list.toml")
    }

    fn event(&self) -> &'static str {
        "EARN_RULE_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["EARN_RULE_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleEarnRules, none: Key::EarnRulesNone, hint: Key::HintEarnRules }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 20),
                Heading::text(Key::ColumnPaysFor, 0),
                Heading::text(Key::ColumnPays, 22),
                Heading::text(Key::ColumnState, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let program = loyalty::shown(till);
        let mut rules: Vec<(usize, &EarnRule)> = program.rules.iter().enumerate().collect();
        rules.sort_by_key(|(_, rule)| rule.priority);
        let row = |(at, rule): (usize, &EarnRule)| {
            let (target, of) = loyalty::rule::target_words(till, &rule.target);
            ListRow {
                id: RowId::EarnRule(at),
                cells: vec![
                    rule.code.clone(),
                    format!("{} {of}", text.word(loyalty::rule::target_key(target))),
                    pays(rule),
                    if rule.is_active { String::new() } else { text.word(Key::StateOff).to_owned() },
                ],
                total: Money::ZERO,
                is_dim: !rule.is_active,
            }
        };
        let mut rows: Vec<ListRow> = rules.into_iter().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("EARN_RULE", Some(row.id))
    }
}

/// What a rule pays, in figures: points, a rate, how many times the program's.
fn pays(rule: &EarnRule) -> String {
    let award = rule.award;
    let flat = (!award.flat.is_zero()).then(|| format!("+{}", award.flat));
    let rate = award.rate.map(|rate| format!("{rate}/1"));
    let times = award.times.map(|times| format!("×{times}"));
    flat.into_iter().chain(rate).chain(times).collect::<Vec<_>>().join(" ")
}
