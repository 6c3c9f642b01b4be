//! What people do with goods: take them in, put levels right, send them on, count them.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{MeasureError, Unit, read_in},
    ids::LocationId,
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

/// The product whose code, barcode or label was typed.
fn product(read: &mut Reader<'_>, till: &mut Till, name: &'static str) -> Option<Item> {
    labelled(read, till, name).map(|(goods, _)| goods.item)
}

/// The goods whose code, barcode or label was typed, and what that says besides.
fn labelled(read: &mut Reader<'_>, till: &mut Till, name: &'static str) -> Option<(Delivered, Reading)> {
    let code = read.needed(name, entry::LONGEST);
    let today = till.now().business_date;
    let goods = read_label(till, &code, today);
    if goods.is_none() && !code.is_empty() {
        read.fault(name, read.text.fill(Key::NoSuchCode, &[("code", &code)]));
    }
    goods
}

/// The goods that a code, a barcode or a label stands for, read as what is sold is, also as a scanner types it.
fn read_label(till: &Till, typed: &str, today: NaiveDate) -> Option<(Delivered, Reading)> {
    let units = till.catalog().units();
    let readings = [typed.to_owned(), entered_by_keys(typed)].map(|entered| entry::readings(&entered, units));
    let known = |reading: Reading| Some((goods_of(till, &reading.code, today)?, reading));
    readings.into_iter().flatten().find_map(known)
}

/// The goods that a code or a barcode stands for, and how many of its units that is, such as six for the barcode of a pack of
/// six.
fn goods_of(till: &Till, code: &str, today: NaiveDate) -> Option<Delivered> {
    let catalog = till.catalog();
    let found = catalog.find(code, today, till.currency()).ok();
    let by_code = catalog.product_by_code(code);
    // What is not for sale yet, or no longer, is ordered and counted all the same.
    let barcode = catalog.barcode(code).filter(|_| by_code.is_none());
    let product = by_code
        .or_else(|| catalog.product(found.as_ref()?.product?))
        .or_else(|| catalog.product(barcode.as_ref()?.product))?;
    let label = found.filter(|_| by_code.is_none());
    let pack = label.as_ref().map(|label| label.pack_quantity);
    let pack = pack.or_else(|| barcode.as_ref().map(|known| known.pack_quantity)).unwrap_or(Quantity::ONE);
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

/// How much was delivered, in the unit of the goods: typed in it, or in another measure of its kind, times the pack; what is
/// left out is what the label says.
fn measured(read: &mut Reader<'_>, name: &'static str, of: Option<&(Delivered, Reading)>) -> Option<Stock> {
    let typed = read.entered.optional(name);
    let said = of.map(|(goods, reading)| said_of(read.text, goods, reading, typed.as_deref()));
    match said.transpose() {
        Ok(amount) => {
            let amount = amount.flatten();
            if amount.is_none() && typed.is_none() {
                read.fault(name, read.text.word(Key::FieldNeeded).to_owned());
            }
            amount
        }
        Err(words) => {
            read.fault(name, words);
            None
        }
    }
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

/// What a code is on a list of goods, with what a label says of how many, batch, last good day and number. What is typed of how
/// many goes before the label; without either it is one.
fn listed(
    till: &Till,
    text: &Text,
    code: &str,
    many: Option<&str>,
    today: NaiveDate,
) -> Result<Listed, String> {
    let found = read_label(till, code, today);
    let (goods, reading) = found.ok_or_else(|| text.fill(Key::NoSuchCode, &[("code", code)]))?;
    let quantity = match said_of(text, &goods, &reading, many)? {
        Some(quantity) => quantity,
        None => amount_in(text, &goods, "1")?,
    };
    let (batch, serial) = numbers_of(text, &reading)?;
    Ok(Listed { item: goods.item, quantity, batch, expiry: reading.expiry, serial })
}

/// How much there is of goods: as it was typed, else as their label says; nothing where neither does.
fn said_of(
    text: &Text,
    goods: &Delivered,
    reading: &Reading,
    typed: Option<&str>,
) -> Result<Option<Stock>, String> {
    let Reading { quantity, measure, label, .. } = reading;
    let on_label = measure.clone().or_else(|| quantity.map(|quantity| quantity.to_string()));
    match (typed.map(str::to_owned).or(on_label), goods.embedded) {
        (Some(typed), _) => amount_in(text, goods, &typed).map(Some),
        (None, Some(weighed)) => Ok(Some(weighed.into())),
        (None, None) => {
            // Of what is weighed a price says no weight.
            let price = label.total.filter(|_| goods.unit.is_measure()).map(|total| total.to_string());
            let price = price.as_deref().map(|price| (PRICE, price));
            match label.other_measure().or(price) {
                Some((element, value)) => {
                    Err(text.fill(Key::LabelNotCounted, &[("element", element), ("value", value)]))
                }
                None => Ok(None),
            }
        }
    }
}

/// The batch and the number of the piece, as a label says them.
fn numbers_of(text: &Text, reading: &Reading) -> Result<(Option<BatchNo>, Option<SerialNo>), String> {
    let batch = reading.label.batch().map(BatchNo::parse).transpose();
    let serial = reading.label.serial().map(SerialNo::parse).transpose();
    Ok((
        batch.map_err(|_| text.word(Key::BadRecord).to_owned())?,
        serial.map_err(|_| text.word(Key::SerialNotRead).to_owned())?,
    ))
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
