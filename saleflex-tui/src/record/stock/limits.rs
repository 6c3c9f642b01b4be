//! When to reorder a product at a location, and how much it should hold.

use saleflex_core::inventory::{Limits, Place, Stock};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    choice, chosen, product,
};
use crate::{
    listing::{
        RowId,
        stock::{item_names, location_name},
    },
    message,
    text::{Key, Text},
};

/// The limits of a product at a location; of none those of a product that is typed.
pub(crate) struct LimitsModel;

impl Model for LimitsModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_LIMITS",
            panel: "LIMITS",
            definition: include_str!("../../../forms/stock_limits.toml"),
            event: "STOCK_LIMITS_FORM",
            fields: &[
                "PRODUCT",
                "LOCATION",
                "MINIMUM",
                "REORDER_POINT",
                "REORDER_QUANTITY",
                "MAXIMUM",
                "PACK",
            ],
        }
    }

    fn hint(&self) -> Key {
        Key::HintLimits
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let Some(RowId::Place(place)) = of else {
            let typed = || Value::Text(String::new());
            return Ok(vec![
                ("PRODUCT", typed()),
                ("LOCATION", choice(till, till.counter())),
                ("MINIMUM", typed()),
                ("REORDER_POINT", typed()),
                ("REORDER_QUANTITY", typed()),
                ("MAXIMUM", typed()),
                ("PACK", typed()),
            ]);
        };
        let (limits, (code, name)) = (till.stock_limits(place)?, item_names(till, place.item));
        let level = |level: Stock| Value::text(Some(level).filter(|level| !level.is_zero()));
        Ok(vec![
            ("PRODUCT", Value::Fixed(format!("{code} {name}"))),
            ("LOCATION", Value::Fixed(location_name(till, place))),
            ("MINIMUM", level(limits.minimum)),
            ("REORDER_POINT", level(limits.reorder_point)),
            ("REORDER_QUANTITY", level(limits.reorder_quantity)),
            ("MAXIMUM", level(limits.maximum)),
            ("PACK", level(limits.pack)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let shown = if let Some(RowId::Place(place)) = of { Some(place) } else { None };
        let place = shown.or_else(|| {
            let (item, location) = (product(&mut read, till, "PRODUCT"), chosen(&read, till, "LOCATION"));
            Some(Place { item: item?, location: location? })
        });
        // What is shown is all there is; of what was typed without seeing it, what is left empty stays as it is.
        let before = match place.filter(|_| shown.is_none()) {
            Some(place) => till.stock_limits(place)?,
            None => Limits::default(),
        };
        let limits = Limits {
            minimum: level(&mut read, "MINIMUM", before.minimum),
            maximum: level(&mut read, "MAXIMUM", before.maximum),
            reorder_point: level(&mut read, "REORDER_POINT", before.reorder_point),
            reorder_quantity: level(&mut read, "REORDER_QUANTITY", before.reorder_quantity),
            pack: level(&mut read, "PACK", before.pack),
        };
        read.finish()?;
        let Some(place) = place else { return Ok(()) };
        till.set_stock_limits(place, limits)?;
        Ok(())
    }
}

/// A level that was typed; else the one that stands.
fn level(read: &mut Reader<'_>, name: &'static str, stands: Stock) -> Stock {
    let Some(typed) = read.entered.optional(name) else { return stands };
    match Stock::parse(&typed) {
        Ok(level) => level,
        Err(error) => {
            read.fault(name, message::amount_error(read.text, error));
            stands
        }
    }
}
