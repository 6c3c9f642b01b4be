//! Parked documents whose goods somebody takes off the shelves. Neither amounts nor names stand here: who packs need not sell.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till, history::Parked};

use super::super::{Heading, ListRow, Listed, Listing, Query, RowId, Words, parked::kind_word};
use crate::{
    app::State,
    effect::Effect,
    planning,
    text::{Key, Text},
};

/// Documents to pick.
pub(crate) struct Picks;

impl Listing for Picks {
    fn form(&self) -> &'static str {
        "STOCK_PICKS"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_picks.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_PICKS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_PICK_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitlePicks, none: Key::PicksNone, hint: Key::HintPicks }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnNumber, 21),
                Heading::text(Key::ColumnTime, 12),
                Heading::text(Key::ColumnKind, 0),
                Heading::number(Key::ColumnLines, 6),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let row = |parked: Parked| ListRow {
            id: RowId::Document(parked.id),
            cells: vec![
                parked.number.to_string(),
                parked.suspended_at.local.format("%m-%d %H:%M").to_string(),
                kind_word(text, parked.kind).to_owned(),
                parked.lines.to_string(),
            ],
            total: Money::ZERO,
            is_dim: false,
        };
        let rows = planning::to_pick(till)?.into_iter().map(row);
        Ok(Listed { rows: rows.filter(|row| row.holds(&query.term)).collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("STOCK_PICK", Some(row.id))
    }
}
