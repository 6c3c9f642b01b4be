//! What was entered on its way onto the document: which reading the catalog knows, how much of it, and empties.

use chrono::NaiveDate;
use saleflex_core::{
    basket::GoodsState,
    cashier::Approval,
    catalog::{Catalog, LookupError, MeasureError, Named, PriceLabel, Sellable, SerialNo, read_in},
    document::{AddLine, Command, Kind, Refusal},
    loyalty::CardRefusal,
    money::{AmountError, Currency},
    quantity::Quantity,
};
use saleflex_store::{Error, Request, Till, request::Done};

use super::{Denial, Sale, desk::execute};
use crate::{
    entry::{self, BATCH, Reading, SERIAL},
    message,
    text::{Key, Text},
};

/// None of something, or so many of a code that nobody knows: the cashier is told how it was read.
pub(super) fn makes_no_sense(till: &mut Till, text: &Text, sale: &Sale) -> Option<Denial> {
    let today = till.now().business_date;
    let find = |reading: &Reading| reading.find(till.catalog(), today, till.currency());
    let (last, before) = sale.readings.split_last()?;
    let nobodys = |reading: &Reading| find(reading).is_err_and(|error| is_unknown(&error));
    if find(last).is_ok() || !before.iter().all(nobodys) {
        return None;
    }
    let none_of = sale.readings.first().and_then(|reading| entry::none_of(&reading.code));
    if none_of.is_some_and(|rest| rest.is_empty() || find(&Reading::of(rest)).is_ok()) {
        return Some(Denial::Said(text.word(Key::QuantityNotNumber).to_owned()));
    }
    let (quantity, reason) = (last.quantity.filter(|_| sale.readings.len() > 1)?, find(last).err()?);
    let reason = message::error(text, &reason.into());
    let fill = [("quantity", &*quantity.to_string()), ("code", &last.code), ("reason", &reason)];
    Some(Denial::Said(text.fill(Key::ReadAsTimes, &fill)))
}

/// The sale with what was said in another measure (`500 g`) in the unit of what it is of.
pub(super) fn measured(till: &mut Till, text: &Text, sale: &Sale) -> Result<Sale, Denial> {
    let mut sale = sale.clone();
    let today = till.now().business_date;
    for reading in &mut sale.readings {
        let Some(measure) = reading.measure.take() else { continue };
        let Ok(found) = reading.find(till.catalog(), today, till.currency()) else { continue };
        let values = [("typed", measure.as_str()), ("unit", found.unit.code.as_str())];
        let amount = match read_in(&measure, &found.unit, till.catalog().units()) {
            Ok(amount) => Quantity::try_new(amount),
            Err(MeasureError::Amount(error)) => Err(error),
            Err(MeasureError::Uneven { .. }) => {
                return Err(Denial::Said(text.fill(Key::UnevenMeasure, &values)));
            }
            Err(_) => return Err(Denial::Said(text.fill(Key::OtherMeasure, &values))),
        };
        let no_quantity = |error: AmountError| Denial::Said(message::amount_error(text, error));
        reading.quantity = Some(amount.map_err(no_quantity)?);
    }
    Ok(sale)
}

/// The sale with the serial number that the label of its goods says, where they have one; refused where the label measures
/// or prices them in a way that the till cannot sell by.
pub(super) fn labelled(till: &mut Till, text: &Text, sale: Sale) -> Result<Sale, Denial> {
    let Ok(reading) = known(till, &sale, find).cloned() else { return Ok(sale) };
    let is_said = reading.quantity.or(sale.quantity).is_some() || reading.label.total.is_some();
    if let Some((element, value)) = reading.label.other_measure().filter(|_| !is_said) {
        let values = [("element", element), ("value", value)];
        return Err(Denial::Said(text.fill(Key::LabelNotSold, &values)));
    }
    let serial = reading.label.serial().filter(|_| sale.serials.is_empty());
    let serial =
        serial.filter(|_| has_serials(till, &reading)).and_then(|serial| SerialNo::parse(serial).ok());
    Ok(Sale { serials: serial.map_or(sale.serials, |serial| vec![serial]), ..sale })
}

/// What a label says and the till does not keep, in words.
pub(super) fn unused(till: &mut Till, text: &Text, sale: &Sale) -> Option<String> {
    let reading = known(till, sale, find).ok()?.clone();
    let is_kept = has_serials(till, &reading);
    let name = |identifier: &str| match identifier {
        BATCH => text.word(Key::LabelBatch).to_owned(),
        SERIAL => text.word(Key::LabelSerial).to_owned(),
        other => other.to_owned(),
    };
    let others = reading.label.others.iter().filter(|(identifier, _)| !(is_kept && identifier == SERIAL));
    let said = others.map(|(identifier, value)| format!("{} {value}", name(identifier)));
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| text.fill(Key::LabelUnused, &[("what", &said.join(", "))]))
}

fn has_serials(till: &mut Till, reading: &Reading) -> bool {
    let today = till.now().business_date;
    let found = reading.find(till.catalog(), today, till.currency());
    found.ok().and_then(|found| found.product).is_some_and(|product| till.has_serials(product))
}

/// What is weighed and of which nobody says how much: neither typed nor on its label.
pub(super) struct Unweighed {
    pub(super) name: String,
    pub(super) unit: String,
    /// What its packing weighs, in grams.
    pub(super) tare_g: u32,
}

/// What has to be weighed before it is sold.
pub(super) fn weight_needed(till: &mut Till, sale: &Sale) -> Option<Unweighed> {
    let today = till.now().business_date;
    let (reading, found) = found(till, sale, find).ok()?;
    let (quantity, total) = (reading.quantity.or(sale.quantity), reading.label.total);
    let is_open = quantity.is_none()
        && total.is_none()
        && found.embedded_quantity.is_none()
        && found.embedded_total.is_none();
    let is_weighed = found.unit.is_measure() && !says_how_much(till.catalog(), &found, today);
    let details = found.product.and_then(|product| till.catalog().details(product));
    let tare_g = details.and_then(|details| details.tare_g).unwrap_or_default();
    (is_open && is_weighed).then_some(Unweighed { name: found.name, unit: found.unit.code, tare_g })
}

/// Whether a barcode says how much it is of: a pack, or a price of its own. One that only names the goods does not.
fn says_how_much(catalog: &Catalog, found: &Sellable, on: NaiveDate) -> bool {
    let listed = || found.product.and_then(|product| catalog.find_product(product, on).ok());
    found.barcode.is_some()
        && (found.pack_quantity != Quantity::ONE
            || listed().is_some_and(|listed| listed.price != found.price))
}

/// What has to be said of goods whose pieces have serial numbers, where nobody said which they are.
pub(super) fn pieces_needed(till: &mut Till, sale: &Sale) -> Option<Denial> {
    let is_quote = till.draft().is_some_and(|document| document.kind == Kind::Quote);
    if is_quote || !sale.serials.is_empty() {
        return None;
    }
    let (reading, found) = found(till, sale, find).ok()?;
    found.product.filter(|product| till.has_serials(*product))?;
    let asked = reading.quantity.or(sale.quantity).unwrap_or(Quantity::ONE);
    let (name, quantity) = (found.name, asked.times(found.pack_quantity).unwrap_or(asked));
    Some(Denial::PiecesNeeded { line: None, name, quantity })
}

/// Sells by the first reading that the catalog knows.
pub(super) fn sell(till: &mut Till, sale: &Sale, approval: Option<Approval>) -> Result<Done, Error> {
    let first_error = match known(till, sale, find) {
        Ok(reading) => {
            let is_return = till.draft().is_some_and(|document| document.kind == Kind::Return);
            let total = reading.label.total.map(|total| till.currency().parse(&total.to_string()));
            let total = total.transpose().map_err(Refusal::Amount)?;
            let add = AddLine {
                entered: reading.entered(),
                // What a label measured and priced is one of it.
                quantity: reading.quantity.filter(|_| total.is_none()).or(sale.quantity),
                label: total.map(|total| PriceLabel { total, quantity: reading.quantity }),
                price: sale.price,
                returned: is_return.then_some(sale.returned.unwrap_or((GoodsState::New, true))),
                age: sale.age,
                expiry: reading.expiry,
                reason: sale.reason.clone(),
                serials: sale.serials.clone(),
            };
            let request = Request::from(Command::AddLine(add));
            return execute(till, if sale.counted { request.counted() } else { request }, approval);
        }
        Err(error) => error,
    };
    // What a key names as a product's code or barcode is nothing else.
    let is_loose = |reading: &&Reading| reading.quantity.is_none() && reading.named == Named::Either;
    let loose = || sale.readings.iter().filter(is_loose);
    // What no product is known by may be the number of a piece.
    for reading in loose() {
        if till.product_of_piece(&reading.code)?.is_some() {
            let (price, age, reason) = (sale.price, sale.age, sale.reason.clone());
            let add = AddLine { price, age, reason, ..AddLine::code(reading.code.clone()) };
            return execute(till, Request::from(Command::AddLine(add)), approval);
        }
    }
    // What nobody sells may be a coupon.
    for reading in loose() {
        if till.find_coupon(&reading.code)?.is_some() {
            let entered = reading.code.clone();
            return execute(till, Command::EnterCoupon { entered }.into(), approval);
        }
    }
    // Or a member's card.
    for reading in loose() {
        match till.customer_of_card(&reading.code) {
            Ok(member) => return execute(till, Request::assign_customer(Some(member)), approval),
            Err(Error::Card(CardRefusal::Unknown | CardRefusal::NotANumber)) => {}
            Err(error) => return Err(error),
        }
    }
    // Or a piece that is sold already.
    for reading in loose() {
        if let Some(sold) = till.sold_piece(&reading.code)? {
            return Err(sold.into());
        }
    }
    Err(first_error.into())
}

/// Takes empties of what was entered; where nothing was, of the only container there is.
pub(super) fn take_empties(
    till: &mut Till,
    text: &Text,
    sale: &Sale,
    approval: Option<Approval>,
) -> Result<Result<Done, Error>, Denial> {
    let sale = &measured(till, text, sale)?;
    let reading = if sale.readings.is_empty() {
        let containers = till.catalog().containers();
        let [only] = containers.as_slice() else {
            return Err(Denial::Said(text.word(Key::ContainerFirst).to_owned()));
        };
        Reading::of(only.code())
    } else {
        match known(till, sale, find_empties) {
            Ok(reading) => reading.clone(),
            Err(error) => return Ok(Err(error.into())),
        }
    };
    let quantity = reading.quantity.or(sale.quantity);
    let request = Request::from(Command::TakeEmpties { entered: reading.code, quantity });
    Ok(execute(till, if sale.counted { request.counted() } else { request }, approval))
}

/// How the catalog is asked.
type Find = fn(&Catalog, &Reading, NaiveDate, &Currency) -> Result<Sellable, LookupError>;

/// Goods to be sold.
pub(super) fn find(
    catalog: &Catalog,
    reading: &Reading,
    today: NaiveDate,
    currency: &Currency,
) -> Result<Sellable, LookupError> {
    reading.find(catalog, today, currency)
}

/// Empties.
fn find_empties(
    catalog: &Catalog,
    reading: &Reading,
    today: NaiveDate,
    currency: &Currency,
) -> Result<Sellable, LookupError> {
    catalog.find_empties(&reading.code, today, currency)
}

/// The first reading that the catalog knows, else why it does not know the likeliest.
pub(super) fn known<'a>(till: &mut Till, sale: &'a Sale, find: Find) -> Result<&'a Reading, LookupError> {
    found(till, sale, find).map(|(reading, _)| reading)
}

/// The same with what the catalog knows by it.
fn found<'a>(till: &mut Till, sale: &'a Sale, find: Find) -> Result<(&'a Reading, Sellable), LookupError> {
    let today = till.now().business_date;
    let mut first_error = None;
    for reading in &sale.readings {
        match find(till.catalog(), reading, today, till.currency()) {
            Ok(found) => return Ok((reading, found)),
            Err(error) if is_unknown(&error) => drop(first_error.get_or_insert(error)),
            // A code that is out of sale is that code, and not so many of another.
            Err(error) => return Err(error),
        }
    }
    Err(first_error.unwrap_or(LookupError::NothingEntered))
}

/// Whether nothing at all is known by what was entered, so that it may be read in another way.
const fn is_unknown(error: &LookupError) -> bool {
    matches!(error, LookupError::NotFound { .. } | LookupError::NothingEntered)
}
