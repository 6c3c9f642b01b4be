//! An order to a supplier: written with what is proposed, answered by deliveries in parts.

use chrono::NaiveDate;
use saleflex_core::{
    ids::SupplierId,
    inventory::{
        command::ReceiveLine,
        order::{OrderLine, OrderState, PurchaseOrder},
    },
};
use saleflex_store::{Error, Till, till::Wanted};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    choice, chosen, packed, read_label,
    receipt::{batch, serials},
    said_of,
};
use crate::{
    listing::{
        RowId,
        stock::{item_names, orders::order_key},
    },
    text::{Key, Text},
};

/// An order; of none a new one.
pub(crate) struct OrderModel;

/// Stands between two items.
const SEPARATOR: char = '/';

impl Model for OrderModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_ORDER",
            panel: "ORDER",
            definition: include_str!("../../../forms/stock_order.toml"),
            event: "STOCK_ORDER_FORM",
            fields: &[
                "SUPPLIER",
                "LOCATION",
                "ITEMS",
                "STATE",
                "ITEM",
                "QUANTITY",
                "UNIT_COST",
                "BATCH",
                "EXPIRY",
                "SERIALS",
                "REFERENCE",
                "CLOSE",
                "LINES",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintOrder
    }

    fn money(&self) -> &'static [&'static str] {
        &["UNIT_COST"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let Some(RowId::Order(id)) = of else { return blank(till) };
        let order = till.order(id)?;
        let mut fields = vec![("STATE", Value::Fixed(text.word(order_key(order.state)).to_owned()))];
        if order.state == OrderState::Open {
            let open = order.lines.iter().position(|line| !line.open().is_zero()).unwrap_or(0);
            let names = order.lines.iter().map(|line| item_names(till, line.item).1).collect();
            let left = order.lines.get(open).map(OrderLine::open);
            fields.push(("ITEM", Value::Choice { options: names, at: open }));
            fields.push(("QUANTITY", Value::text(left)));
            for field in ["UNIT_COST", "BATCH", "EXPIRY", "SERIALS"] {
                fields.push((field, Value::Text(String::new())));
            }
            fields.push(("REFERENCE", Value::Text(String::new())));
            fields.push(("CLOSE", Value::Flag(false)));
        }
        fields.push(("LINES", Value::Lines(lines(till, &order))));
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let Some(RowId::Order(id)) = of else { return write(till, text, entered) };
        if entered.flag("CLOSE") {
            till.close_order(id)?;
            return Ok(());
        }
        let order = till.order(id)?;
        let mut read = Reader::new(entered, text, till);
        let line = order.lines.get(entered.choice("ITEM"));
        let given = line.and_then(|line| packed(&mut read, till, "QUANTITY", line.item));
        // Nothing typed: what was agreed on with the order.
        let unit_cost = read.price("UNIT_COST");
        let (batch, serials) = (batch(&mut read, None, None), serials(&mut read));
        read.finish()?;
        let (Some(quantity), Some(line)) = (given, line) else { return Ok(()) };
        let line = ReceiveLine { item: line.item, quantity, unit_cost, batch, serials };
        till.receive_order(id, vec![line], entered.optional("REFERENCE"), None)?;
        Ok(())
    }
}

/// A new order, with what is proposed.
fn blank(till: &mut Till) -> Result<Fields, Error> {
    let today = till.now().business_date;
    let till = &*till;
    let suppliers = active(till)?.into_iter().map(|(_, name)| name).collect();
    let proposed: Vec<String> = till
        .reorder(today)?
        .iter()
        .map(|one| format!("{} {}", item_names(till, one.place.item).0, one.quantity))
        .collect();
    Ok(vec![
        ("SUPPLIER", Value::Choice { options: suppliers, at: 0 }),
        ("LOCATION", choice(till, till.counter())),
        ("ITEMS", Value::Text(proposed.join(&format!(" {SEPARATOR} ")))),
    ])
}

fn active(till: &Till) -> Result<Vec<(SupplierId, String)>, Error> {
    let suppliers = till.suppliers()?.into_iter().filter(|supplier| supplier.is_active);
    Ok(suppliers.map(|supplier| (supplier.id, supplier.name)).collect())
}

fn write(till: &mut Till, text: &Text, entered: &Entered) -> Result<(), Unsaved> {
    let (suppliers, today) = (active(till)?, till.now().business_date);
    let mut read = Reader::new(entered, text, till);
    let typed = read.needed("ITEMS", 2_000);
    let wanted: Vec<Wanted> = typed
        .split(SEPARATOR)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .filter_map(|part| wanted(&mut read, till, part, today))
        .collect();
    let supplier = suppliers.get(entered.choice("SUPPLIER"));
    if supplier.is_none() {
        read.fault("SUPPLIER", text.word(Key::FieldNeeded).to_owned());
    }
    let location = chosen(&read, till, "LOCATION");
    read.finish()?;
    if let (Some((supplier, _)), Some(location)) = (supplier, location) {
        till.place_order(*supplier, location, &wanted)?;
    }
    Ok(())
}

/// A code, a quantity and, where it is agreed on, what one is to cost; a label that says how much needs no quantity.
fn wanted(read: &mut Reader<'_>, till: &Till, part: &str, today: NaiveDate) -> Option<Wanted> {
    let mut typed = part.split_whitespace();
    let (code, many, cost) = (typed.next()?, typed.next(), typed.next());
    let Some((goods, reading)) = read_label(till, code, today) else {
        read.fault("ITEMS", read.text.fill(Key::NoSuchCode, &[("code", code)]));
        return None;
    };
    let quantity = said_of(read.text, &goods, &reading, many);
    let quantity = quantity.map_err(|words| read.fault("ITEMS", words)).ok()?;
    let unit_cost = cost.and_then(|cost| read.price_typed("ITEMS", cost));
    let (Some(quantity), None) = (quantity, typed.next()) else {
        read.fault("ITEMS", read.text.word(Key::NotANumber).to_owned());
        return None;
    };
    Some(Wanted { item: goods.item, quantity, unit_cost })
}

fn lines(till: &Till, order: &PurchaseOrder) -> Vec<String> {
    let line = |line: &OrderLine| {
        let (code, name) = item_names(till, line.item);
        let (received, ordered) = (line.received.to_string(), line.ordered.to_string());
        format!("{code:<12}{name:<34.33}{received:>10} / {ordered}")
    };
    order.lines.iter().map(line).collect()
}
