//! Which goods stand where on the shelves, and how many to fill up.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::{
    super::{Heading, ListRow, Listed, Listing, Query, RowId, Words},
    MOST,
};
use crate::{
    app::State,
    effect::Effect,
    planning::{self, OnShelf},
    text::{Key, Text},
};

/// Products shelf by shelf.
pub(crate) struct Shelves;

impl Listing for Shelves {
    fn form(&self) -> &'static str {
        "STOCK_SHELVES"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/stock_shelves.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_SHELVES_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_PRODUCT"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleShelves, none: Key::PickNone, hint: Key::HintShelves }
    }

    fn empty(&self) -> Key {
        Key::ShelvesNone
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnShelf, 12),
                Heading::text(Key::ColumnCode, 12),
                Heading::text(Key::ColumnProduct, 0),
                Heading::number(Key::ColumnForSale, 10),
                Heading::number(Key::ColumnFillUp, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let words: Vec<String> = query.term.split_whitespace().map(str::to_lowercase).collect();
        let found = planning::shelves(till, today, MOST, |shelf, product| {
            let text = format!("{shelf} {} {}", product.code(), product.name()).to_lowercase();
            words.iter().all(|word| text.contains(word))
        })?;
        let row = |on_shelf: OnShelf| {
            let OnShelf { shelf, product, code, name, available, fill_up } = on_shelf;
            let fill_up = fill_up.filter(|fill_up| !fill_up.is_zero());
            let fill_up = fill_up.map(|fill_up| fill_up.to_string()).unwrap_or_default();
            ListRow {
                id: RowId::Product(product),
                cells: vec![shelf, code, name, available.to_string(), fill_up],
                total: Money::ZERO,
                is_dim: false,
            }
        };
        Ok(Listed { rows: found.into_iter().map(row).collect(), ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("PRODUCT_DETAIL", Some(row.id))
    }
}
