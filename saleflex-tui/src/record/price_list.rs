//! A price list: its days, and the prices on it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{CatalogChange, CatalogError, PriceList},
    ids::StoreId,
    quantity::UnitPrice,
};
use saleflex_store::{Error, Till};
use uuid::Uuid;

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    entry,
    listing::RowId,
    message,
    text::{Key, Text},
    view,
};

/// A price list; of none a new one.
pub(crate) struct PriceListModel;

/// Stands between two prices.
const SEPARATOR: char = '|';
/// Between the code of a product and its price.
const IS: char = '=';

impl Model for PriceListModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "PRICE_LIST",
            panel: "PRICE_LIST_PANEL",
            definition: include_str!("../../forms/price_list.toml"),
            event: "PRICE_LIST_ADD",
            fields: &["CODE", "NAME", "FROM", "UNTIL", "CHANGES", "REMOVE", "STORES", "PRICES"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintPriceList
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let today = till.now().business_date;
        let at = if let Some(RowId::PriceList(at)) = of { Some(at) } else { None };
        let known = at.and_then(|at| till.catalog().price_lists().nth(at));
        let mut fields = vec![
            (
                "CODE",
                known.map_or_else(|| Value::Text(String::new()), |list| Value::Fixed(list.code.clone())),
            ),
            ("NAME", Value::text(known.map(|list| &list.name))),
            ("FROM", Value::text(known.and_then(|list| list.from))),
            ("UNTIL", Value::text(known.and_then(|list| list.until))),
            ("CHANGES", Value::Text(String::new())),
        ];
        if known.is_some() {
            fields.push(("REMOVE", Value::Flag(false)));
        }
        fields.push(("STORES", Value::Text(known.map(|list| store_names(till, list)).unwrap_or_default())));
        if let Some(list) = known {
            fields.push(("PRICES", Value::Lines(prices(till, text, list, today))));
        }
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        if of.is_some() && entered.flag("REMOVE") {
            let removed_price_lists = vec![entered.text("CODE").to_owned()];
            return Ok(
                till.change_catalog(CatalogChange { removed_price_lists, ..CatalogChange::default() })?
            );
        }
        let mut read = Reader::new(entered, text, till);
        let code = read.needed("CODE", 20);
        let before = till.catalog().price_list(&code);
        if of.is_none() && before.is_some() {
            read.fault("CODE", text.fill(Key::CodeTaken, &[("code", &code)]));
        }
        let before = before.cloned().unwrap_or_default();
        let mut list = PriceList {
            code,
            name: read.needed("NAME", 50),
            from: read.date("FROM"),
            until: read.date("UNTIL"),
            stores: stores(&mut read, till),
            ..before
        };
        change_prices(&mut read, till, &mut list);
        read.finish()?;
        let change = CatalogChange { price_lists: vec![list], ..CatalogChange::default() };
        till.change_catalog(change).map_err(|error| unsaved(text, error))
    }
}

/// The stores that were entered; none: all.
fn stores(read: &mut Reader<'_>, till: &Till) -> BTreeSet<StoreId> {
    let (entered, mut stores) = (read.entered, BTreeSet::new());
    for name in entered.text("STORES").split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match store_named(till, name) {
            Some(store) => {
                stores.insert(store);
            }
            None => read.fault("STORES", read.text.fill(Key::StoreUnknown, &[("store", name)])),
        }
    }
    stores
}

/// A store by its code, which a till knows of its own alone, or by its identity.
pub(crate) fn store_named(till: &Till, name: &str) -> Option<StoreId> {
    let own = till.identity();
    let is_own = name.eq_ignore_ascii_case(&own.store_code);
    if is_own { Some(own.store) } else { Uuid::parse_str(name).ok().map(StoreId::new) }
}

/// The stores that a list holds in, as they are entered; nothing: all.
pub(crate) fn store_names(till: &Till, list: &PriceList) -> String {
    let own = till.identity();
    let name = |store: &StoreId| {
        if *store == own.store && !own.store_code.is_empty() {
            own.store_code.clone()
        } else {
            store.to_string()
        }
    };
    list.stores.iter().map(name).collect::<Vec<String>>().join(", ")
}

/// Puts the prices entered on a list; a product without one is taken off it.
fn change_prices(read: &mut Reader<'_>, till: &Till, list: &mut PriceList) {
    let typed = read.entered.text("CHANGES").to_owned();
    for part in typed.split(SEPARATOR).map(str::trim).filter(|part| !part.is_empty()) {
        let Some((code, price)) = part.split_once(IS) else {
            read.fault("CHANGES", read.text.word(Key::PricesNotRead).to_owned());
            continue;
        };
        let (code, price) = (code.trim(), price.trim());
        let Some(product) = till.catalog().product_by_code(code) else {
            read.fault("CHANGES", read.text.fill(Key::NoSuchCode, &[("code", code)]));
            continue;
        };
        if price.is_empty() {
            list.prices.remove(&product.id());
            continue;
        }
        match entry::unit_price(price, &read.amounts) {
            Ok(price) => drop(list.prices.insert(product.id(), price)),
            Err(error) => read.fault("CHANGES", message::amount_error(read.text, error)),
        }
    }
}

/// The products on a list with its price and what is asked today, wherever that comes from.
fn prices(till: &Till, text: &Text, list: &PriceList, today: NaiveDate) -> Vec<String> {
    let price = |price: UnitPrice| view::price(till.currency(), price);
    let heading = format!(
        "{:<20}{:<30}{:>12}{:>12}",
        text.word(Key::ColumnCode),
        text.word(Key::ColumnName),
        text.word(Key::ColumnPrice),
        text.word(Key::ColumnToday),
    );
    let line = |(id, listed): (&saleflex_core::ids::ProductId, &UnitPrice)| {
        let product = till.catalog().product(*id)?;
        let (own, now) = (price(*listed), price(product.price_on(today)));
        Some(format!("{:<20}{:<30.29}{own:>12}{now:>12}", product.code(), product.name()))
    };
    let mut lines: Vec<String> = list.prices.iter().filter_map(line).collect();
    lines.sort();
    lines.insert(0, heading);
    lines
}

/// Where on the screen the reason belongs.
fn unsaved(text: &Text, error: Error) -> Unsaved {
    match &error {
        Error::Catalog(errors) => match errors.0.first() {
            Some(CatalogError::PriceListWindow { .. }) => {
                Unsaved::Fields(vec![("UNTIL", text.word(Key::EndsBeforeBegins).to_owned())])
            }
            _ => Unsaved::Till(error),
        },
        _ => Unsaved::Till(error),
    }
}
