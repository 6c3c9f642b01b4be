//! Everybody who works at the till, those who may no longer log in among them.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, Words};
use crate::{
    app::State,
    effect::Effect,
    record::{cashier::row_id, role},
    text::{Key, Text},
};

/// Cashiers.
pub(crate) struct Cashiers;

impl Listing for Cashiers {
    fn form(&self) -> &'static str {
        "CASHIER"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/cashier.toml")
    }

    fn event(&self) -> &'static str {
        "CASHIER_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["SELECT_CASHIER"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleCashiers, none: Key::CashiersNone, hint: Key::HintCashiers }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnUser, 18),
                Heading::text(Key::ColumnRole, 16),
                Heading::text(Key::ColumnState, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let roles = role::all(till, text);
        let rows = till.everybody().iter().map(|cashier| {
            let state = match (cashier.is_active, cashier.must_change_secret) {
                (false, _) => text.word(Key::StateInactive),
                (true, true) => text.word(Key::StateNewPin),
                (true, false) => "",
            };
            let role = role::named(&roles, text, &cashier.capabilities).to_owned();
            ListRow {
                id: row_id(cashier.id),
                cells: vec![cashier.name.clone(), cashier.user_name.clone(), role, state.to_owned()],
                total: Money::ZERO,
                is_dim: !cashier.is_active,
            }
        });
        Ok(Listed { rows: rows.filter(|row| row.holds(&query.term)).collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("CASHIER_CONFIG", Some(row.id))
    }
}
