//! Taking back: the lines of the open document, each to be voided, or the document to be cancelled.

use saleflex_core::document::Command;
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
    view,
};

/// The lines of the open document.
pub(crate) struct Void;

impl Listing for Void {
    fn form(&self) -> &'static str {
        "VOID"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/void.toml")
    }

    fn event(&self) -> &'static str {
        "VOID_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["CANCEL_SALE"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleVoid, none: Key::VoidNone, hint: Key::HintVoid }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::number(Key::ColumnNumber, 6),
                Heading::text(Key::ColumnProduct, 0),
                Heading::number(Key::ColumnQuantity, 9),
                Heading::number(Key::ColumnPrice, 11),
                Heading::number(Key::ColumnTotal, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let lines = till.draft().iter().flat_map(|document| &document.lines).collect::<Vec<_>>();
        let rows = lines.into_iter().map(|line| ListRow {
            id: RowId::Line(line.no),
            cells: vec![
                line.no.to_string(),
                line.item.name.clone(),
                line.quantity.to_string(),
                view::price(till.currency(), line.unit_price),
                till.currency().format(line.total),
            ],
            total: line.total,
            is_dim: !line.is_active(),
        });
        Ok(Listed { rows: rows.filter(|row| row.holds(&query.term)).collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        let RowId::Line(line) = row.id else { return Vec::new() };
        state.explain(Command::VoidLine { line, reason: None })
    }
}
