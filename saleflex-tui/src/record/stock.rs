//! What people do with goods: take them in, put levels right, send them on, count them.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{MeasureError, ProductRef, Unit, read_in},
    ids::{LocationId, ProductId},
    inventory::{BatchNo, Item, SerialNo, Stock},
    money::AmountError,
    quantity::Quantity,
};
use saleflex_store::Till;

use super::{Reader, Record, Value};
use crate::{
    action::Move,
    device::scanner::entered_by_keys,
    entry::{self, PRICE, Reading},
    message,
    text::{Key, Text},
};

pub(crate) mod adjustment;
pub(crate) mod arrival;
pub(crate) mod count;
pub(crate) mod limits;
pub(crate) mod location;
pub(crate) mod matrix;
pub(crate) mod order;
pub(crate) mod picking;
pub(crate) mod receipt;
pub(crate) mod supplier;
pub(crate) mod transfer;
pub(crate) mod warehouse;

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
    let today = till.now().business_date;
    let found = || till.catalog().find(&code, today, till.currency()).ok().and_then(|found| found.product);
    let id = known.or_else(found);
    if id.is_none() && !code.is_empty() {
        read.fault(name, read.text.fill(Key::NoSuchCode, &[("code", &code)]));
    }
    id.map(Item::from)
}

/// What was delivered: the product whose code or barcode was typed, and how many of its units that stands for, such as
/// six for the barcode of a pack of six.
fn delivered(read: &mut Reader<'_>, till: &mut Till, name: &'static str) -> Option<Delivered> {
    let code = read.needed(name, 50);
    let today = till.now().business_date;
    let goods = goods_of(till, &code, today);
    if goods.is_none() && !code.is_empty() {
        read.fault(name, read.text.fill(Key::NoSuchCode, &[("code", &code)]));
    }
    goods
}

/// The goods that a code or a barcode stands for.
fn goods_of(till: &Till, code: &str, today: NaiveDate) -> Option<Delivered> {
    let catalog = till.catalog();
    let found = catalog.find(code, today, till.currency()).ok();
    let by_code = catalog.product_by_code(code);
    let product = by_code.or_else(|| catalog.product(found.as_ref()?.product?))?;
    let label = found.filter(|_| by_code.is_none());
    let pack = label.as_ref().map_or(Quantity::ONE, |label| label.pack_quantity);
    let embedded = label.and_then(|label| label.embedded_quantity);
    let (unit, units) = (product.unit().clone(), catalog.units().to_vec());
    Some(Delivered { item: product.id().into(), unit, units, pack, embedded })
}

/// How much is delivered of something known: so many of its units, or `2*BARCODE` of a pack of it.
fn packed(read: &mut Reader<'_>, till: &Till, name: &'static str, item: Item) -> Option<Stock> {
    let typed = read.needed(name, 80);
    let (many, barcode) = match typed.split_once('*') {
        Some((many, barcode)) => (many.trim(), Some(barcode.trim())),
        None => (typed.as_str(), None),
    };
    let product = till.catalog().product(item.product)?;
    let pack = match barcode {
        None => Quantity::ONE,
        Some(code) => {
            let known = till.catalog().barcode(code).filter(|known| known.product == item.product);
            let Some(known) = known else {
                read.fault(name, read.text.fill(Key::NoSuchCode, &[("code", code)]));
                return None;
            };
            known.pack_quantity
        }
    };
    let (unit, units) = (product.unit().clone(), till.catalog().units().to_vec());
    let of = Delivered { item, unit, units, pack, embedded: None };
    in_unit(read, name, &of, many)
}

/// Goods as they are delivered.
struct Delivered {
    item: Item,
    /// What is counted.
    unit: Unit,
    /// What it may be said in besides.
    units: Vec<Unit>,
    /// How many of it one is.
    pack: Quantity,
    /// How much of it the label says, where it says so.
    embedded: Option<Quantity>,
}

/// How much was delivered, in the unit of the goods: typed in it, or in another measure of its kind, times the pack.
fn measured(read: &mut Reader<'_>, name: &'static str, of: Option<&Delivered>) -> Option<Stock> {
    let typed = read.needed(name, 20);
    in_unit(read, name, of?, &typed)
}

fn in_unit(read: &mut Reader<'_>, name: &'static str, of: &Delivered, typed: &str) -> Option<Stock> {
    if typed.is_empty() {
        return None;
    }
    let given = amount_in(read.text, of, typed);
    given.map_err(|words| read.fault(name, words)).ok()
}

/// The same, or why it cannot be.
fn amount_in(text: &Text, of: &Delivered, typed: &str) -> Result<Stock, String> {
    let values = [("typed", typed), ("unit", of.unit.code.as_str())];
    match read_in(typed, &of.unit, &of.units) {
        Ok(amount) => {
            let amount = amount.checked_mul(of.pack.decimal()).ok_or(AmountError::TooLarge);
            amount.and_then(Stock::try_new).map_err(|error| message::amount_error(text, error))
        }
        Err(MeasureError::Amount(error)) => Err(message::amount_error(text, error)),
        Err(MeasureError::Uneven { .. }) => Err(text.fill(Key::UnevenMeasure, &values)),
        Err(_) => Err(text.fill(Key::OtherMeasure, &values)),
    }
}

/// Goods of a list: of what there is how much, and what their label says besides.
struct Listed {
    item: Item,
    quantity: Stock,
    /// The batch.
    batch: Option<BatchNo>,
    /// The last good day.
    expiry: Option<NaiveDate>,
    /// The number of the piece.
    serial: Option<SerialNo>,
}

/// What a code is on a list of goods: read as what is sold is, with what a label says of how many, batch, last good day and
/// number, also as a scanner types it. What is typed of how many goes before the label; without either it is one.
fn listed(
    till: &Till,
    text: &Text,
    code: &str,
    many: Option<&str>,
    today: NaiveDate,
) -> Result<Listed, String> {
    let units = till.catalog().units();
    let readings = [code.to_owned(), entered_by_keys(code)].map(|entered| entry::readings(&entered, units));
    let known = |reading: Reading| Some((goods_of(till, &reading.code, today)?, reading));
    let found = readings.into_iter().flatten().find_map(known);
    let (goods, reading) = found.ok_or_else(|| text.fill(Key::NoSuchCode, &[("code", code)]))?;
    let Reading { quantity, measure, expiry, label, .. } = reading;
    let on_label = measure.or_else(|| quantity.map(|quantity| quantity.to_string()));
    let quantity = match (many.map(str::to_owned).or(on_label), goods.embedded) {
        (Some(typed), _) => amount_in(text, &goods, &typed)?,
        (None, Some(weighed)) => weighed.into(),
        (None, None) => {
            // Of what is weighed a price says no weight.
            let price = label.total.filter(|_| goods.unit.is_measure()).map(|total| total.to_string());
            let price = price.as_deref().map(|price| (PRICE, price));
            if let Some((element, value)) = label.other_measure().or(price) {
                let values = [("element", element), ("value", value)];
                return Err(text.fill(Key::LabelNotCounted, &values));
            }
            amount_in(text, &goods, "1")?
        }
    };
    let batch = label.batch().map(BatchNo::parse).transpose();
    let serial = label.serial().map(SerialNo::parse).transpose();
    Ok(Listed {
        item: goods.item,
        quantity,
        batch: batch.map_err(|_| text.word(Key::BadRecord).to_owned())?,
        expiry,
        serial: serial.map_err(|_| text.word(Key::SerialNotRead).to_owned())?,
    })
}

/// The code of goods that were scanned where somebody says how many there are, without what their label says besides.
fn code_on_label(scanned: &str) -> &str {
    let goods = entry::goods_of(scanned);
    match goods.split_once('*') {
        Some((many, code)) if Stock::parse(many).is_ok() => code,
        Some(_) | None => goods,
    }
}

/// Takes a code that was scanned as a line of a text of several; false where it does not go in whole, and then nothing of it
/// does: the beginning of a code, or two in one line, would be other goods.
fn scan_into(record: &mut Record, name: &str, code: &str) -> bool {
    let Some(field) = record.fields.iter_mut().find(|field| field.name == name) else { return false };
    let mut area = field.area.clone();
    let last = area.lines().len().saturating_sub(1);
    let is_free = area.lines().last().is_some_and(|line| line.text().trim().is_empty());
    area.step(last, Move::End);
    let (_, is_whole) = area.insert(last, &if is_free { code.to_owned() } else { format!("\n{code}") });
    if is_whole {
        field.area = area;
        record.is_dirty = true;
    }
    is_whole
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
