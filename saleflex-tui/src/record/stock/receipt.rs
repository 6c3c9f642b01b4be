//! A delivery, item by item.

use chrono::NaiveDate;
use saleflex_core::inventory::{
    Batch, BatchNo, SerialNo,
    command::{Command, Receive, ReceiveLine},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    choice, chosen, delivered, measured,
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A delivery of one item.
pub(crate) struct ReceiptModel;

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
            ],
        }
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
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let suppliers = till.suppliers()?;
        let mut read = Reader::new(entered, text, till);
        let goods = delivered(&mut read, till, "PRODUCT");
        let given = measured(&mut read, "QUANTITY", goods.as_ref());
        let item = goods.map(|goods| goods.item);
        let (unit_cost, location) = (read.price("UNIT_COST"), chosen(&read, till, "LOCATION"));
        let (batch, serials) = (batch(&mut read), serials(&mut read));
        let (supplier, reference) = (entered.choice("SUPPLIER"), entered.optional("REFERENCE"));
        read.finish()?;
        let (Some(item), Some(quantity), Some(location)) = (item, given, location) else { return Ok(()) };
        let supplier = supplier.checked_sub(1).and_then(|at| suppliers.get(at));
        let command = Command::Receive(Receive {
            location,
            lines: vec![ReceiveLine { item, quantity, unit_cost, batch, serials }],
            supplier: supplier.map(|supplier| supplier.id),
            supplier_name: None,
            order: None,
            reference,
            reason: None,
        });
        till.move_goods(&command, None)?;
        Ok(())
    }
}

pub(super) fn batch(read: &mut Reader<'_>) -> Option<Batch> {
    let expiry = read.entered.optional("EXPIRY").map(|text| NaiveDate::parse_from_str(&text, "%Y-%m-%d"));
    if expiry.as_ref().is_some_and(Result::is_err) {
        read.fault("EXPIRY", read.text.word(Key::DateNotRead).to_owned());
    }
    let expiry = expiry.and_then(Result::ok);
    if read.entered.optional("BATCH").is_none() && expiry.is_some() {
        read.fault("BATCH", read.text.word(Key::FieldNeeded).to_owned());
    }
    batch_no(read).map(|no| Batch { no, produced: None, expiry })
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
