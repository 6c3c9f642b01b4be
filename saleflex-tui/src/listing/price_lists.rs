//! Price lists: other prices of some products, from a day, until a day.

use chrono::NaiveDate;
use saleflex_core::{catalog::PriceList, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Price lists by code.
pub(crate) struct PriceLists;

impl Listing for PriceLists {
    fn form(&self) -> &'static str {
        "PRICE_LIST_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/price_list_list.toml")
    }

    fn event(&self) -> &'static str {
        "PRICE_LIST_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["PRICE_LIST_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitlePriceLists, none: Key::PriceListsNone, hint: Key::HintPriceLists }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 14),
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnFrom, 11),
                Heading::text(Key::ColumnTo, 11),
                Heading::number(Key::ColumnPrices, 8),
                Heading::text(Key::ColumnState, 10),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let store = till.identity().store;
        let row = |(at, list): (usize, &PriceList)| {
            let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let is_in_force = list.is_in_force(Some(store), today);
            let state = match (is_in_force, list.from.is_some_and(|from| today < from)) {
                (true, _) => Key::ListInForce,
                (false, true) => Key::ListToCome,
                (false, false) => Key::ListOver,
            };
            ListRow {
                id: RowId::PriceList(at),
                cells: vec![
                    list.code.clone(),
                    list.name.clone(),
                    day(list.from),
                    day(list.until),
                    list.prices.len().to_string(),
                    text.word(state).to_owned(),
                ],
                total: Money::ZERO,
                is_dim: !is_in_force,
            }
        };
        let mut rows: Vec<ListRow> = till.catalog().price_lists().enumerate().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("PRICE_LIST", Some(row.id))
    }
}
