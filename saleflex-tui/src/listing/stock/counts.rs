//! Stock counts.

use saleflex_core::{inventory::count::CountState, money::Money};
use saleflex_store::{Error, Till};

use super::super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Stock counts, the latest first.
pub(crate) struct Counts;

impl Listing for Counts {
    fn form(&self) -> &'static str {
        "STOCK_COUNTS"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_counts.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_COUNTS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_COUNT_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleCounts, none: Key::CountsNone, hint: Key::HintCounts }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::number(Key::ColumnNumber, 6),
                Heading::text(Key::ColumnState, 0),
                Heading::number(Key::ColumnPlaces, 10),
                Heading::number(Key::ColumnUncounted, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let mut rows = Vec::new();
        for (no, count) in till.counts()? {
            let is_open = count.state == CountState::Open;
            let uncounted = if is_open {
                let count = till.count(count.id)?;
                (count.uncounted().len() + till.places_to_count_again(&count)?.len()).to_string()
            } else {
                String::new()
            };
            rows.push(ListRow {
                id: RowId::Count(count.id),
                cells: vec![
                    no.to_string(),
                    text.word(state_key(count.state)).to_owned(),
                    count.scope().len().to_string(),
                    uncounted,
                ],
                total: Money::ZERO,
                is_dim: !is_open,
            });
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("STOCK_COUNT", Some(row.id))
    }
}

/// Where a count stands.
pub(crate) const fn state_key(state: CountState) -> Key {
    match state {
        CountState::Open => Key::CountOpen,
        CountState::Approved => Key::CountApproved,
        CountState::Cancelled => Key::CountCancelled,
    }
}
