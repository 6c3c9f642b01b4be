//! Stock: what there is where, what moved, what is low or expires, what is on its way, what is being counted, what is likely to
//! be sold, what is to be picked.

use saleflex_core::{
    inventory::{Item, Place},
    money::Money,
};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

pub(crate) mod alerts;
pub(crate) mod counts;
pub(crate) mod forecast;
pub(crate) mod locations;
pub(crate) mod moved;
pub(crate) mod orders;
pub(crate) mod picks;
pub(crate) mod shelves;
pub(crate) mod suppliers;
pub(crate) mod transfers;

/// Levels by product and location.
pub(crate) struct Levels;

/// Most rows listed; typing on narrows them.
const MOST: usize = 300;

impl Listing for Levels {
    fn form(&self) -> &'static str {
        "STOCK_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/stock_list.toml")
    }

    fn event(&self) -> &'static str {
        "STOCK_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["STOCK_PRODUCT", "STOCK_ADJUST_ROW", "STOCK_TRANSFER_ROW", "STOCK_LIMITS_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleStock, none: Key::PickNone, hint: Key::HintStock }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 12),
                Heading::text(Key::ColumnProduct, 0),
                Heading::text(Key::ColumnLocation, 13),
                Heading::number(Key::ColumnOnHand, 10),
                Heading::number(Key::ColumnForSale, 10),
                Heading::number(Key::ColumnMinimum, 9),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let today = till.now().business_date;
        let till = &*till;
        let mut rows = Vec::new();
        for product in till.catalog().search(&query.term, MOST) {
            for (place, level) in till.stock_levels(product.id().into())? {
                let limits = till.stock_limits(place)?;
                let is_low = limits.is_low(level.on_hand);
                let minimum =
                    if limits.minimum.is_zero() { String::new() } else { limits.minimum.to_string() };
                rows.push(ListRow {
                    id: RowId::Place(place),
                    cells: vec![
                        product.code().to_owned(),
                        product.name().to_owned(),
                        location_name(till, place),
                        format!("{}{}", if is_low { "! " } else { "" }, level.on_hand),
                        level.available(today).to_string(),
                        minimum,
                    ],
                    total: Money::ZERO,
                    is_dim: level.on_hand.is_zero(),
                });
            }
        }
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        let RowId::Place(place) = row.id else { return Vec::new() };
        match event {
            "STOCK_ADJUST_ROW" => state.open_record("STOCK_ADJUST", Some(row.id)),
            "STOCK_TRANSFER_ROW" => state.open_record("STOCK_TRANSFER", Some(row.id)),
            "STOCK_LIMITS_ROW" => state.open_record("STOCK_LIMITS", Some(row.id)),
            _ => state.open_record("PRODUCT_DETAIL", Some(RowId::Product(place.item.product))),
        }
    }
}

/// What people call a location.
pub(crate) fn location_name(till: &Till, place: Place) -> String {
    till.sites().location(place.location).map(|location| location.code.clone()).unwrap_or_default()
}

/// Code and name of an item.
pub(crate) fn item_names(till: &Till, item: Item) -> (String, String) {
    match till.catalog().product(item.product) {
        Some(product) => (product.code().to_owned(), product.name().to_owned()),
        None => (item.to_string(), String::new()),
    }
}
