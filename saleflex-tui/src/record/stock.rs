//! What people do with goods: take them in, put levels right, send them on, count them.

use saleflex_core::{
    catalog::ProductRef,
    ids::{LocationId, ProductId},
    inventory::{Item, Stock},
};
use saleflex_store::Till;

use super::{Reader, Value};
use crate::{message, text::Key};

pub(crate) mod adjustment;
pub(crate) mod arrival;
pub(crate) mod count;
pub(crate) mod order;
pub(crate) mod receipt;
pub(crate) mod supplier;
pub(crate) mod transfer;

/// The locations, by code.
fn locations(till: &Till) -> Vec<(LocationId, String)> {
    let mut locations: Vec<_> = till
        .sites()
        .locations()
        .filter(|location| location.is_active)
        .map(|location| (location.id, location.code.clone()))
        .collect();
    locations.sort_by(|one, other| one.1.cmp(&other.1));
    locations
}

/// The locations to choose from.
fn choice(till: &Till, chosen: Option<LocationId>) -> Value {
    let locations = locations(till);
    let at = locations.iter().position(|(id, _)| Some(*id) == chosen).unwrap_or(0);
    Value::Choice { options: locations.into_iter().map(|(_, code)| code).collect(), at }
}

/// The location that was chosen.
fn chosen(read: &Reader<'_>, till: &Till, name: &str) -> Option<LocationId> {
    locations(till).get(read.entered.choice(name)).map(|(id, _)| *id)
}

/// The product whose code or barcode was typed.
fn product(read: &mut Reader<'_>, till: &mut Till, name: &'static str) -> Option<Item> {
    let code = read.needed(name, 50);
    let known: Option<ProductId> = till.catalog().product_by_code(&code).map(ProductRef::id);
    let today = till.now().local.date();
    let found = || till.catalog().find(&code, today, till.currency()).ok().and_then(|found| found.product);
    let id = known.or_else(found);
    if id.is_none() && !code.is_empty() {
        read.fault(name, read.text.fill(Key::NoSuchCode, &[("code", &code)]));
    }
    id.map(Item::from)
}

/// A quantity that must be there.
fn quantity(read: &mut Reader<'_>, name: &'static str) -> Option<Stock> {
    let text = read.needed(name, 20);
    if text.is_empty() {
        return None;
    }
    match Stock::parse(&text) {
        Ok(quantity) => Some(quantity),
        Err(error) => {
            read.fault(name, message::amount_error(read.text, error));
            None
        }
    }
}
