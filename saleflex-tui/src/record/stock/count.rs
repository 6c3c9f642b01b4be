//! A stock count: what is to be counted, what was found, and the differences.

use saleflex_core::{
    cashier::Approval,
    inventory::{
        Item, Place, Tracking,
        count::{CountState, Guidance, StockCount},
    },
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, FieldState, Fields, Model, Reader, Record, Saved, Shape, Value},
    choice, chosen, code_on_label, product, quantity,
};
use crate::{
    entry::TypedLine,
    listing::{
        RowId,
        stock::{counts::state_key, item_names, location_name},
    },
    text::{Key, Text},
};

/// A stock count; of none a new one, of all that is kept at a location or of some products.
pub(crate) struct CountModel;

/// What is done with a count that runs, and what each is called.
const STEPS: [Key; 4] = [Key::StepCount, Key::StepApprove, Key::StepCancel, Key::StepFound];
const APPROVE: usize = 1;
const CANCEL: usize = 2;
const FOUND: usize = 3;
/// Stands between two products.
const SEPARATOR: char = '/';

impl Model for CountModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_COUNT",
            panel: "COUNT",
            definition: include_str!("../../../forms/stock_count.toml"),
            event: "STOCK_COUNT_FORM",
            fields: &["LOCATION", "PRODUCTS", "GUIDED", "STATE", "STEP", "PRODUCT", "COUNTED", "SHEET"],
        }
    }

    fn hint(&self) -> Key {
        Key::HintCount
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let Some(RowId::Count(id)) = of else {
            return Ok(vec![
                ("LOCATION", choice(till, till.counter())),
                ("PRODUCTS", Value::Text(String::new())),
                ("GUIDED", Value::Flag(false)),
            ]);
        };
        let count = till.count(id)?;
        let mut fields = vec![("STATE", Value::Fixed(text.word(state_key(count.state)).to_owned()))];
        if count.state == CountState::Open {
            let options = STEPS.iter().map(|key| text.word(*key).to_owned()).collect();
            fields.push(("STEP", Value::Choice { options, at: 0 }));
            fields.push(("PRODUCT", Value::Text(String::new())));
            fields.push(("COUNTED", Value::Text(String::new())));
        }
        fields.push(("SHEET", Value::Lines(sheet(till, text, &count)?)));
        Ok(fields)
    }

    fn takes_approval(&self) -> bool {
        true
    }

    fn scan_field(&self) -> Option<&'static str> {
        Some("PRODUCT")
    }

    fn scanned(&self, record: &mut Record, code: &str) -> bool {
        // A quantity that nobody saved yet is of what was scanned before.
        let is_counted = |field: &FieldState| field.name == "COUNTED" && !field.line.text().trim().is_empty();
        if record.fields.iter().any(is_counted) {
            return false;
        }
        let Some(product) = record.fields.iter_mut().find(|field| field.name == "PRODUCT") else {
            return false;
        };
        (product.line, product.error) = (TypedLine::holding(code_on_label(code)), None);
        record.is_dirty = true;
        true
    }

    fn stays_open(&self, of: Option<RowId>, entered: &Entered) -> bool {
        of.is_some() && !matches!(entered.choice("STEP"), APPROVE | CANCEL)
    }

    fn told(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Option<String> {
        if !self.stays_open(of, entered) {
            return None;
        }
        let mut read = Reader::new(entered, text, till);
        let (item, counted) = (product(&mut read, till, "PRODUCT")?, quantity(&mut read, "COUNTED")?);
        let (code, name) = item_names(till, item);
        let counted = counted.to_string();
        Some(text.fill(Key::CountedLast, &[("counted", &counted), ("code", &code), ("name", &name)]))
    }

    fn save_approved(
        &self,
        till: &mut Till,
        text: &Text,
        of: Option<RowId>,
        entered: &Entered,
        approval: Option<Approval>,
    ) -> Saved {
        let mut read = Reader::new(entered, text, till);
        let Some(RowId::Count(id)) = of else {
            let scope = scope(&mut read, till)?;
            read.finish()?;
            let guidance = if entered.flag("GUIDED") { Guidance::Guided } else { Guidance::Blind };
            till.open_count(guidance, scope)?;
            return Ok(());
        };
        match entered.choice("STEP") {
            APPROVE => {
                till.approve_count(id, approval)?;
            }
            CANCEL => till.cancel_count(id)?,
            step => {
                let (item, counted) = (product(&mut read, till, "PRODUCT"), quantity(&mut read, "COUNTED"));
                let count = till.count(id)?;
                let place = item.map(|item| place_in(&count, item));
                // What is on the list is counted there, however it is noted.
                let beside = item.filter(|_| step == FOUND && place == Some(None));
                let beside = beside.and_then(|item| place_beside(&count, item));
                if place == Some(None) && beside.is_none() {
                    read.fault("PRODUCT", text.word(Key::CountNotInScope).to_owned());
                }
                read.finish()?;
                let noted = match (beside, place.flatten(), counted) {
                    (Some(place), _, Some(counted)) => Some(till.count_stock_beside(id, place, counted)),
                    (None, Some(place), Some(counted)) => Some(till.count_stock(id, place, counted)),
                    _ => None,
                };
                noted.transpose()?;
            }
        }
        Ok(())
    }
}

/// Where goods were found that are not on the list of a count.
pub(crate) fn place_beside(count: &StockCount, item: Item) -> Option<Place> {
    count.scope().first().map(|known| Place { item, ..*known })
}

fn place_in(count: &StockCount, item: Item) -> Option<Place> {
    count.scope().iter().find(|place| place.item == item).copied()
}

/// What a new count is of: the products that were typed, or all that are kept at the location.
fn scope(read: &mut Reader<'_>, till: &Till) -> Result<Vec<Place>, Error> {
    let Some(location) = chosen(read, till, "LOCATION") else { return Ok(Vec::new()) };
    let Some(typed) = read.entered.optional("PRODUCTS") else {
        return Ok(till.places_to_count(location)?.0);
    };
    let mut places = Vec::new();
    for code in typed.split(SEPARATOR).map(str::trim).filter(|code| !code.is_empty()) {
        match till.catalog().product_by_code(code) {
            Some(product) if till.tracking(product.id()) == Tracking::Serials => {
                read.fault("PRODUCTS", read.text.fill(Key::CountNumbered, &[("code", code)]));
            }
            Some(product) => places.push(Place { item: product.id().into(), location }),
            None => read.fault("PRODUCTS", read.text.fill(Key::NoSuchCode, &[("code", code)])),
        }
    }
    Ok(places)
}

/// A line for each place: what the books say where it is shown, what was found, and the difference, or that it is to be
/// counted again.
fn sheet(till: &Till, text: &Text, count: &StockCount) -> Result<Vec<String>, Error> {
    let (variances, is_told) = (count.variances(), till.shows_differences(count));
    let again = till.places_to_count_again(count)?;
    let shown = if count.state == CountState::Open {
        till.count_sheet(count.id)?
    } else {
        count.scope().iter().map(|place| (*place, None)).collect()
    };
    let line = |(place, shown): &(Place, Option<saleflex_core::inventory::Stock>)| {
        let (code, name) = item_names(till, place.item);
        let found = variances.iter().find(|variance| variance.place == *place);
        let shown = shown.map(|shown| shown.to_string()).unwrap_or_default();
        let counted = count.counted_at(*place).map(|counted| counted.to_string()).unwrap_or_default();
        let difference = found.filter(|_| is_told).map(|found| found.difference().to_string());
        let to_count = again.contains(place).then(|| text.word(Key::CountAgain).to_owned());
        let difference = to_count.or(difference).unwrap_or_default();
        let at = location_name(till, *place);
        format!("{code:<12}{name:<24.23}{at:<13}{shown:>8}{counted:>9}{difference:>9}")
    };
    Ok(shown.iter().map(line).collect())
}
