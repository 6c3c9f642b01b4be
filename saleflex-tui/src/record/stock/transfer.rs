//! Goods for another location, at once or on their way.

use saleflex_core::inventory::command::{Command, MoveLine, Transfer};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    choice, chosen, product, quantity,
};
use crate::{listing::RowId, text::Text};

/// Goods for another location.
pub(crate) struct TransferModel;

impl Model for TransferModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_TRANSFER",
            panel: "TRANSFER",
            definition: include_str!("../../../forms/stock_transfer.toml"),
            event: "STOCK_TRANSFER_FORM",
            fields: &["PRODUCT", "FROM", "TO", "QUANTITY", "ON_THE_WAY", "REASON"],
        }
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let place = if let Some(RowId::Place(place)) = of { Some(place) } else { None };
        let known = place.and_then(|place| till.catalog().product(place.item.product));
        Ok(vec![
            ("PRODUCT", Value::text(known.map(|product| product.code().to_owned()))),
            ("FROM", choice(till, place.map(|place| place.location))),
            ("TO", choice(till, till.counter())),
            ("QUANTITY", Value::Text(String::new())),
            ("ON_THE_WAY", Value::Flag(false)),
            ("REASON", Value::Text(String::new())),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, _: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let (item, given) = (product(&mut read, till, "PRODUCT"), quantity(&mut read, "QUANTITY"));
        let (from, to) = (chosen(&read, till, "FROM"), chosen(&read, till, "TO"));
        read.finish()?;
        let (Some(item), Some(quantity), Some(from), Some(to)) = (item, given, from, to) else {
            return Ok(());
        };
        let line = MoveLine { item, quantity, batch: None, serials: Vec::new() };
        let transfer = Transfer { from, to, lines: vec![line], reason: entered.optional("REASON") };
        if entered.flag("ON_THE_WAY") {
            till.send_goods(&transfer, None)?;
        } else {
            till.move_goods(&Command::Transfer(transfer), None)?;
        }
        Ok(())
    }
}
