//! A parked document whose goods somebody takes off the shelves: the way along them, and whether the box is right.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use saleflex_core::{
    ids::DocumentId,
    inventory::{Item, Stock},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Fields, Model, Record, Shape, Value},
    listed, scan_into,
};
use crate::{
    app::{Place, State, Tone},
    effect::{Effect, Question},
    listing::{RowId, stock::item_names},
    planning::{self, ToTake},
    text::{Key, Text},
};

/// What is to be picked; nothing of it is stored.
pub(crate) struct PickingModel;

/// The field of what lies in the box, a line each.
const PACKED: &str = "PACKED";

impl Model for PickingModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "STOCK_PICK",
            panel: "PICKING",
            definition: include_str!("../../../forms/stock_pick.toml"),
            event: "STOCK_PICK_FORM",
            fields: &["WAY", PACKED],
        }
    }

    fn hint(&self) -> Key {
        Key::HintPick
    }

    fn events(&self) -> &'static [&'static str] {
        &["PICK_SHEET"]
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let lines = match of {
            Some(RowId::Document(document)) => way(till, text, document)?,
            _ => vec![text.word(Key::PicksNone).to_owned()],
        };
        Ok(vec![("WAY", Value::Lines(lines)), (PACKED, Value::Area(String::new()))])
    }

    fn scan_field(&self) -> Option<&'static str> {
        Some(PACKED)
    }

    fn scanned(&self, record: &mut Record, code: &str) -> bool {
        scan_into(record, PACKED, code)
    }

    fn acts_when_saved(&self) -> bool {
        true
    }

    fn is_kept(&self) -> bool {
        false
    }

    fn act(&self, state: &mut State, of: Option<RowId>, event: &str) -> Vec<Effect> {
        let Some(RowId::Document(document)) = of else {
            state.say(Tone::Notice, Key::PicksNone);
            return Vec::new();
        };
        let Place::Record(record) = state.place() else { return Vec::new() };
        let typed = record.entered().text(PACKED).to_owned();
        let is_sheet = event == "PICK_SHEET";
        vec![Effect::Ask(if is_sheet {
            Question::PickSheet(document)
        } else {
            Question::Packed(document, typed)
        })]
    }
}

/// What the document has of goods. It may have been taken up or cancelled meanwhile.
fn wanted(till: &Till, document: DocumentId) -> Result<BTreeMap<Item, Stock>, Error> {
    let parked = planning::to_pick(till)?.into_iter().any(|parked| parked.id == document);
    let found = till.find_document(document)?.filter(|_| parked);
    let found = found.ok_or(Error::NoSuchDocument { document })?;
    Ok(planning::wanted(found.document()))
}

/// The way along the shelves, a line each: shelf, how many, how many are there where it is fewer, what, of
/// which batch.
pub(crate) fn way(till: &mut Till, text: &Text, document: DocumentId) -> Result<Vec<String>, Error> {
    let today = till.now().business_date;
    let rows = planning::way(till, &wanted(till, document)?, today)?;
    let line = |row: &ToTake| {
        let ToTake { shelf, code, name, quantity, there, batch } = row;
        let batch = batch.as_ref().map(|batch| format!("  {}", batch.no)).unwrap_or_default();
        let there = there.map(|there| text.fill(Key::PickThere, &[("count", &there.to_string())]));
        let there = there.map(|there| format!("  {there}")).unwrap_or_default();
        format!("{shelf:<9} {:>7}{there}  {code}{batch}  {name}", quantity.to_string())
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    Ok(if lines.is_empty() { vec![text.word(Key::NothingToList).to_owned()] } else { lines })
}

/// What is missing and what is too much in the box, a line each; of what was typed that is no goods, why not.
pub(crate) fn differences(
    till: &mut Till,
    text: &Text,
    document: DocumentId,
    typed: &str,
) -> Result<Result<Vec<String>, String>, Error> {
    let today = till.now().business_date;
    let wanted = wanted(till, document)?;
    let mut in_box = Vec::new();
    for typed in typed.lines().map(str::trim).filter(|typed| !typed.is_empty()) {
        match line(till, text, typed, today) {
            Ok(line) => in_box.push(line),
            Err(words) => return Ok(Err(format!("{typed}: {words}"))),
        }
    }
    let told = planning::missing(wanted, in_box).into_iter().map(|(item, left)| {
        let (key, many) =
            if left.is_positive() { (Key::PickMissing, left) } else { (Key::PickTooMuch, -left) };
        text.fill(key, &[("count", &many.to_string()), ("code", &item_names(till, item).0)])
    });
    Ok(Ok(told.collect()))
}

/// A code alone, as it is scanned, is one of it, or as much as its label says; else how many stands behind it.
fn line(till: &Till, text: &Text, typed: &str, today: NaiveDate) -> Result<(Item, Stock), String> {
    let mut words = typed.split_whitespace();
    let code = words.next().unwrap_or_default();
    let many = words.collect::<Vec<_>>().join(" ");
    let listed = listed(till, text, code, Some(many.as_str()).filter(|many| !many.is_empty()), today)?;
    Ok((listed.item, listed.quantity))
}
