//! Goods that arrive from another location.

use saleflex_core::{
    cashier::Approval,
    inventory::transfer::{Arrival, Loss, Transfer},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    quantity,
};
use crate::{
    listing::{RowId, stock::item_names},
    text::{Key, Text},
};

/// What arrived of a transfer.
pub(crate) struct ArrivalModel;

impl Model for ArrivalModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_ARRIVAL",
            panel: "ARRIVAL",
            definition: include_str!("../../../forms/stock_arrival.toml"),
            event: "STOCK_ARRIVAL_FORM",
            fields: &["ITEM", "QUANTITY", "REST_IS_LOST", "REASON", "ON_THE_WAY"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintArrival
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let transfer = known(till, of)?;
        let lines = transfer.as_ref().map(|transfer| transfer.lines.as_slice()).unwrap_or_default();
        let names: Vec<String> = lines.iter().map(|line| item_names(till, line.item).1).collect();
        let rows = lines
            .iter()
            .zip(&names)
            .map(|(line, name)| format!("{name:<40}{:>12} / {}", line.in_transit().to_string(), line.sent));
        let open = lines.iter().position(|line| !line.in_transit().is_zero()).unwrap_or(0);
        let first = lines.get(open).map(|line| line.in_transit().to_string());
        let on_the_way = rows.collect();
        Ok(vec![
            ("ITEM", Value::Choice { options: names, at: open }),
            ("QUANTITY", Value::text(first)),
            ("REST_IS_LOST", Value::Flag(false)),
            ("REASON", Value::Text(String::new())),
            ("ON_THE_WAY", Value::Lines(on_the_way)),
        ])
    }

    fn takes_approval(&self) -> bool {
        true
    }

    fn save_approved(
        &self,
        till: &mut Till,
        text: &Text,
        of: Option<RowId>,
        entered: &Entered,
        approval: Option<Approval>,
    ) -> Saved {
        let Some(transfer) = known(till, of)? else { return Ok(()) };
        let mut read = Reader::new(entered, text, till);
        let given = quantity(&mut read, "QUANTITY");
        let reason = entered.flag("REST_IS_LOST").then(|| read.needed("REASON", 200));
        read.finish()?;
        let Some(quantity) = given else { return Ok(()) };
        let line = entered.choice("ITEM");
        let arrivals = if quantity.is_zero() && reason.is_some() {
            Vec::new()
        } else {
            let sent = transfer.lines.get(line);
            // All of what is left arrived where the pieces have numbers and all are taken in.
            let serials = sent.filter(|sent| sent.in_transit() == quantity).map(|sent| sent.serials.clone());
            vec![Arrival { line, quantity, serials: serials.unwrap_or_default() }]
        };
        let loss = reason.map(|reason| Loss { lines: vec![line], reason });
        till.take_in_goods(transfer.id, &arrivals, loss, approval)?;
        Ok(())
    }
}

fn known(till: &Till, of: Option<RowId>) -> Result<Option<Transfer>, Error> {
    let Some(RowId::Transfer(id)) = of else { return Ok(None) };
    let found = till.transfers(false)?.into_iter().find(|(_, transfer)| transfer.id == id);
    Ok(found.map(|(_, transfer)| transfer))
}
