//! Roles: those that come with the till, and the shop's own.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::{State, Tone},
    effect::Effect,
    record::role,
    text::{Key, Text},
};

/// Roles with how many hold each.
pub(crate) struct Roles;

impl Listing for Roles {
    fn form(&self) -> &'static str {
        "ROLE_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/role_list.toml")
    }

    fn event(&self) -> &'static str {
        "ROLE_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["ROLE_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleRoles, none: Key::RolesNone, hint: Key::HintRoles }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnName, 22),
                Heading::text(Key::ColumnCode, 16),
                Heading::number(Key::ColumnHolders, 8),
                Heading::below(Key::ColumnMay),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let roles = role::all(till, text);
        let row = |(at, one): (usize, &saleflex_core::cashier::RoleDefinition)| {
            let holders = till.everybody().iter().filter(|cashier| cashier.capabilities == one.capabilities);
            let own = at.checked_sub(role::STANDARD.len());
            ListRow {
                id: own.map_or(RowId::Nothing, RowId::Role),
                cells: vec![
                    one.name.clone(),
                    one.code.clone(),
                    holders.count().to_string(),
                    role::rights(text, one),
                ],
                total: Money::ZERO,
                is_dim: own.is_none(),
            }
        };
        let mut rows: Vec<ListRow> = roles.iter().enumerate().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        if row.id == RowId::Nothing {
            state.say(Tone::Notice, Key::RoleStands);
            return Vec::new();
        }
        state.open_record("ROLE", Some(row.id))
    }
}
