//! Segments: how many customers are in each, and what gathers them.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Segments.
pub(crate) struct Segments;

impl Listing for Segments {
    fn form(&self) -> &'static str {
        "SEGMENT_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/segment_list.toml")
    }

    fn event(&self) -> &'static str {
        "SEGMENT_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["SEGMENT_DETAIL", "SEGMENT_MEMBER_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleSegments, none: Key::SegmentsNone, hint: Key::HintSegments }
    }

    fn empty(&self) -> Key {
        Key::SegmentsEmpty
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnCode, 20),
                Heading::number(Key::ColumnMembers, 9),
                Heading::text(Key::ColumnState, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let mut rows = Vec::new();
        for segment in till.segments() {
            let state = if segment.is_active { "" } else { text.word(Key::StateOff) };
            let row = ListRow {
                id: RowId::Segment(segment.id),
                cells: vec![
                    segment.name.clone(),
                    segment.code.clone(),
                    till.segment_size(segment)?.to_string(),
                    state.to_owned(),
                ],
                total: Money::ZERO,
                is_dim: !segment.is_active,
            };
            rows.extend(Some(row).filter(|row| row.holds(&query.term)));
        }
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        if event == "SEGMENT_MEMBER_ROW" {
            return state.open_record("SEGMENT_MEMBER", Some(row.id));
        }
        state.open_record("SEGMENT_DETAIL", Some(row.id))
    }
}
