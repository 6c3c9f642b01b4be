//! Goods on their way between locations.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words},
    item_names,
};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Goods on their way, a row a line.
pub(crate) struct Transfers;

impl Listing for Transfers {
    fn form(&self) -> &'static str {
        "STOCK_TRANSFERS"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_transfers.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_TRANSFERS_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_ARRIVAL_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleTransfers, none: Key::TransfersNone, hint: Key::HintTransfers }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::number(Key::ColumnNumber, 6),
                Heading::text(Key::ColumnFrom, 13),
                Heading::text(Key::ColumnTo, 13),
                Heading::text(Key::ColumnProduct, 0),
                Heading::number(Key::ColumnOnTheWay, 11),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let code = |id| till.sites().location(id).map(|location| location.code.clone()).unwrap_or_default();
        let mut rows = Vec::new();
        for (no, transfer) in till.transfers(true)? {
            for line in transfer.lines.iter().filter(|line| !line.in_transit().is_zero()) {
                let (_, name) = item_names(till, line.item);
                rows.push(ListRow {
                    id: RowId::Transfer(transfer.id),
                    cells: vec![
                        no.to_string(),
                        code(transfer.from),
                        code(transfer.to),
                        name,
                        line.in_transit().to_string(),
                    ],
                    total: Money::ZERO,
                    is_dim: false,
                });
            }
        }
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("STOCK_ARRIVAL", Some(row.id))
    }
}
