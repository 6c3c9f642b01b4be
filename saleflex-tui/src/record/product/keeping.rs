//! What is known of the pieces of a product, and the department that a new one belongs to.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::DepartmentNo,
    ids::ProductId,
    inventory::{Stock, Tracking},
};
use saleflex_store::{Error, Till};

use super::super::{Reader, Value};
use crate::text::{Key, Text};

/// What may be known of pieces, in the order offered.
const TRACKINGS: [Tracking; 3] = [Tracking::Quantity, Tracking::Batches, Tracking::Serials];

/// What it is called.
pub(crate) const fn tracking_key(tracking: Tracking) -> Key {
    match tracking {
        Tracking::Quantity => Key::TrackingQuantity,
        Tracking::Batches => Key::TrackingBatches,
        Tracking::Serials => Key::TrackingSerials,
    }
}

/// What is known of the pieces of a product.
pub(super) fn tracking(till: &Till, text: &Text, product: Option<ProductId>) -> Value {
    let tracking = product.map(|id| till.tracking(id)).unwrap_or_default();
    Value::Choice {
        options: TRACKINGS.iter().map(|tracking| text.word(tracking_key(*tracking)).to_owned()).collect(),
        at: TRACKINGS.iter().position(|known| *known == tracking).unwrap_or(0),
    }
}

/// What is to be known of them from now on; none: it stays as it is. While there is any, nobody knows the batches or
/// numbers of what is there, so that it stays.
pub(super) fn read_tracking(
    read: &mut Reader<'_>,
    till: &Till,
    product: ProductId,
) -> Result<Option<Tracking>, Error> {
    let entered = TRACKINGS.get(read.entered.choice("TRACKING")).copied().unwrap_or_default();
    if entered == till.tracking(product) {
        return Ok(None);
    }
    let levels = till.stock_levels(product.into())?;
    let on_hand: Vec<Stock> = levels.into_iter().map(|(_, level)| level.on_hand).collect();
    if on_hand.iter().any(|on_hand| !on_hand.is_zero()) {
        let on_hand = on_hand.into_iter().sum::<Stock>().to_string();
        read.fault("TRACKING", read.text.fill(Key::TrackingFixed, &[("on_hand", &on_hand)]));
    }
    Ok(Some(entered))
}

/// The departments there are to choose from. Of a new product nobody has said yet which it is, unless there is but one: what
/// is sold at another's tax is sold at a wrong one.
fn departments(till: &Till, is_new: bool) -> Vec<Option<DepartmentNo>> {
    let mut known: Vec<_> = till.catalog().departments().map(|one| Some(one.no)).collect();
    if is_new && known.len() > 1 {
        known.insert(0, None);
    }
    known
}

/// The department of a product, with the tax on what it sells on a day; none: of a new one.
pub(super) fn department(till: &Till, text: &Text, of: Option<DepartmentNo>, on: NaiveDate) -> Value {
    let departments = departments(till, of.is_none());
    let at = departments.iter().position(|no| *no == of).unwrap_or(0);
    let name = |no: Option<DepartmentNo>| {
        let Some(known) = till.catalog().departments().find(|one| Some(one.no) == no) else {
            return text.word(Key::DepartmentChoose).to_owned();
        };
        let taxes = till.catalog().department(known.no, on).map(|found| found.taxes).unwrap_or_default();
        let taxes: Vec<String> = taxes.iter().map(|tax| format!("  {} %", tax.percent)).collect();
        format!("{} {}{}", known.no, known.name, taxes.concat())
    };
    Value::Choice { options: departments.into_iter().map(name).collect(), at }
}

/// The department as entered.
pub(super) fn read_department(read: &mut Reader<'_>, till: &Till, is_new: bool) -> DepartmentNo {
    let departments = departments(till, is_new);
    let chosen = departments.get(read.entered.choice("DEPARTMENT")).copied().flatten();
    chosen.unwrap_or_else(|| {
        read.fault("DEPARTMENT", read.text.word(Key::FieldNeeded).to_owned());
        DepartmentNo(0)
    })
}

/// Keeps track of the pieces as entered.
pub(super) fn save_tracking(
    till: &mut Till,
    product: ProductId,
    tracking: Option<Tracking>,
) -> Result<(), Error> {
    tracking.map_or(Ok(()), |tracking| till.set_tracking(product, tracking))
}
