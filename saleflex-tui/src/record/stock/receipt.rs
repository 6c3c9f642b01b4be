//! A delivery: what came in one receipt, under one number and the supplier's paper.

use chrono::NaiveDate;
use saleflex_core::inventory::{
    Batch, BatchNo, SerialNo, Stock, Tracking,
    command::{Command, Receive, ReceiveLine},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Record, Saved, Shape, Value},
    Listed, choice, chosen, labelled, listed, measured, numbers_of, scan_into,
};
use crate::{
    entry,
    listing::RowId,
    message,
    text::{Key, Text},
};

/// A delivery: one item in fields of its own, any others a line each; all of it under one number.
pub(crate) struct ReceiptModel;

/// The fields of the item that has its own.
const OF_ONE: [&str; 6] = ["PRODUCT", "QUANTITY", "UNIT_COST", "BATCH", "EXPIRY", "SERIALS"];
/// What stands in a line for a cost that is not known.
const LEFT_OUT: &str = "-";

impl Model for ReceiptModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_RECEIVE",
            panel: "RECEIPT",
            definition: include_str!("../../../forms/stock_receive.toml"),
            event: "STOCK_RECEIVE_FORM",
            fields: &[
                "PRODUCT",
                "QUANTITY",
                "UNIT_COST",
                "LOCATION",
                "BATCH",
                "EXPIRY",
                "SERIALS",
                "SUPPLIER",
                "REFERENCE",
                "MORE",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintReceipt
    }

    fn money(&self) -> &'static [&'static str] {
        &["UNIT_COST"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let mut suppliers = vec![text.word(Key::SupplierNone).to_owned()];
        suppliers.extend(till.suppliers()?.into_iter().map(|supplier| supplier.name));
        let known = if let Some(RowId::Product(id)) = of { till.catalog().product(id) } else { None };
        Ok(vec![
            ("PRODUCT", Value::text(known.map(|product| product.code().to_owned()))),
            ("QUANTITY", Value::Text(String::new())),
            ("UNIT_COST", Value::Text(String::new())),
            ("LOCATION", choice(till, till.counter())),
            ("BATCH", Value::Text(String::new())),
            ("EXPIRY", Value::Text(String::new())),
            ("SERIALS", Value::Text(String::new())),
            ("SUPPLIER", Value::Choice { options: suppliers, at: 0 }),
            ("REFERENCE", Value::Text(String::new())),
            ("MORE", Value::Area(String::new())),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let suppliers = till.suppliers()?;
        let mut read = Reader::new(entered, text, till);
        let has_one =
            entered.text("MORE").is_empty() || OF_ONE.iter().any(|field| !entered.text(field).is_empty());
        let one = if has_one { one(&mut read, till) } else { None };
        let more = more(&mut read, till);
        let location = chosen(&read, till, "LOCATION");
        let (supplier, reference) = (entered.choice("SUPPLIER"), entered.optional("REFERENCE"));
        read.finish()?;
        let Some(location) = location else { return Ok(()) };
        let supplier = supplier.checked_sub(1).and_then(|at| suppliers.get(at));
        let command = Command::Receive(Receive {
            location,
            lines: together(one.into_iter().chain(more)),
            supplier: supplier.map(|supplier| supplier.id),
            supplier_name: None,
            order: None,
            reference,
            reason: None,
        });
        till.move_goods(&command, None)?;
        Ok(())
    }

    fn scan_field(&self) -> Option<&'static str> {
        Some("MORE")
    }

    fn scanned(&self, record: &mut Record, code: &str) -> bool {
        scan_into(record, "MORE", code)
    }
}

/// The item that has fields of its own; what is left empty of it is as its label says.
fn one(read: &mut Reader<'_>, till: &mut Till) -> Option<ReceiveLine> {
    let goods = labelled(read, till, "PRODUCT");
    let given = measured(read, "QUANTITY", goods.as_ref());
    let unit_cost = read.price("UNIT_COST");
    let reading = goods.as_ref().map(|(_, reading)| reading);
    let last_day = reading.and_then(|reading| reading.expiry);
    let numbers = reading.map(|reading| numbers_of(read.text, reading)).transpose();
    let numbers = numbers.map_err(|words| read.fault("PRODUCT", words)).ok().flatten();
    let (on_label, serial) = numbers.unwrap_or_default();
    let (batch, mut serials) = (batch(read, on_label, last_day), serials(read));
    let (goods, _) = goods?;
    if serials.is_empty() && till.tracking(goods.item.product) == Tracking::Serials {
        serials.extend(serial);
    }
    Some(ReceiveLine { item: goods.item, quantity: given?, unit_cost, batch, serials })
}

/// What else came, a line each.
fn more(read: &mut Reader<'_>, till: &mut Till) -> Vec<ReceiveLine> {
    let today = till.now().business_date;
    let (entered, mut lines, mut faults) = (read.entered, Vec::new(), Vec::new());
    for typed in entered.text("MORE").lines().map(str::trim).filter(|typed| !typed.is_empty()) {
        match line(read, till, typed, today) {
            Ok(line) => lines.push(line),
            Err(words) => faults.push(format!("{typed}: {words}")),
        }
    }
    if !faults.is_empty() {
        read.fault("MORE", faults.join("\n"));
    }
    lines
}

/// A code alone, as it is scanned, is one of it, or what its label says. Behind it stand how many and what one cost; then
/// batch and last good day, or of pieces with serial numbers, these: what is typed goes before the label.
fn line(read: &Reader<'_>, till: &Till, typed: &str, today: NaiveDate) -> Result<ReceiveLine, String> {
    let text = read.text;
    let mut words = typed.split_whitespace();
    let code = words.next().unwrap_or_default();
    let listed = listed(till, text, code, words.next(), today)?;
    let cost = words.next().filter(|cost| *cost != LEFT_OUT);
    let cost = cost.map(|cost| entry::unit_price(cost, &read.amounts)).transpose();
    let unit_cost = cost.map_err(|error| message::amount_error(text, error))?;
    let rest: Vec<&str> = words.collect();
    let Listed { item, quantity, batch, expiry, serial } = listed;
    let has_serials = till.tracking(item.product) == Tracking::Serials;
    let in_words: &[&str] = if has_serials { &[] } else { rest.as_slice() };
    let batch = of_batch(text, in_words, batch, expiry)?;
    let serials = if has_serials {
        let numbers = rest.iter().map(|no| SerialNo::parse(no)).collect::<Result<Vec<_>, _>>();
        let numbers = numbers.map_err(|_| text.word(Key::SerialNotRead).to_owned())?;
        if numbers.is_empty() { serial.into_iter().collect() } else { numbers }
    } else {
        Vec::new()
    };
    Ok(ReceiveLine { item, quantity, unit_cost, batch, serials })
}

/// A batch and its last good day, as these words say them, else as the label does.
fn of_batch(
    text: &Text,
    words: &[&str],
    on_label: Option<BatchNo>,
    last_day: Option<NaiveDate>,
) -> Result<Option<Batch>, String> {
    let said = |key: Key| text.word(key).to_owned();
    let (no, expiry) = match words {
        [] => (None, None),
        [no] => (Some(no), None),
        [no, expiry] => (Some(no), Some(expiry)),
        _ => return Err(said(Key::MoreGoodsNotRead)),
    };
    let no = no.map(|no| BatchNo::parse(no)).transpose().map_err(|_| said(Key::BadRecord))?;
    let expiry = expiry.map(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d")).transpose();
    let expiry = expiry.map_err(|_| said(Key::DateNotRead))?.or(last_day);
    Ok(no.or(on_label).map(|no| Batch { no, produced: None, expiry }))
}

/// Lines of the same goods at the same cost, as they come when each piece is scanned, are one.
fn together(lines: impl Iterator<Item = ReceiveLine>) -> Vec<ReceiveLine> {
    let mut all: Vec<ReceiveLine> = Vec::new();
    for line in lines {
        let same = |known: &&mut ReceiveLine| {
            (known.item, known.unit_cost, &known.batch) == (line.item, line.unit_cost, &line.batch)
        };
        match all.iter_mut().find(same) {
            Some(known) if may_be_one(known.quantity, line.quantity) => {
                known.quantity += line.quantity;
                known.serials.extend(line.serials);
            }
            Some(_) | None => all.push(line),
        }
    }
    all
}

/// What is below nothing, or together more than a line can hold, is refused as a line of its own.
fn may_be_one(one: Stock, other: Stock) -> bool {
    one.is_positive() && other.is_positive() && Stock::try_new(one.decimal() + other.decimal()).is_ok()
}

/// The batch that was typed, else that of the label, with its last good day.
pub(super) fn batch(
    read: &mut Reader<'_>,
    on_label: Option<BatchNo>,
    last_day: Option<NaiveDate>,
) -> Option<Batch> {
    let expiry = read.date("EXPIRY");
    if read.entered.optional("BATCH").is_none() && on_label.is_none() && expiry.is_some() {
        read.fault("BATCH", read.text.word(Key::FieldNeeded).to_owned());
    }
    let expiry = expiry.or(last_day);
    batch_no(read).or(on_label).map(|no| Batch { no, produced: None, expiry })
}

/// The number of a batch, where one was typed.
pub(super) fn batch_no(read: &mut Reader<'_>) -> Option<BatchNo> {
    let no = BatchNo::parse(&read.entered.optional("BATCH")?);
    if no.is_err() {
        read.fault("BATCH", read.text.word(Key::BadRecord).to_owned());
    }
    no.ok()
}

pub(super) fn serials(read: &mut Reader<'_>) -> Vec<SerialNo> {
    let typed = read.entered.optional("SERIALS").unwrap_or_default();
    SerialNo::parse_list(&typed).unwrap_or_else(|_| {
        read.fault("SERIALS", read.text.word(Key::SerialNotRead).to_owned());
        Vec::new()
    })
}
