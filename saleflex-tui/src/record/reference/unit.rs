//! A unit that goods are counted or measured in.

use saleflex_core::catalog::{Measure, MeasureKind, Unit};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    REMOVE, removes, save,
};
use crate::{
    entry,
    listing::{RowId, units},
    message,
    text::{Key, Text},
};

/// A unit; of none a new one. Its code stands: products name it.
pub(crate) struct UnitModel;

/// Most characters of a code.
const LONGEST_CODE: usize = 10;
/// As many fraction digits as a quantity has.
const MOST_DIGITS: u8 = 4;

impl Model for UnitModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "UNIT",
            panel: "UNIT_PANEL",
            definition: include_str!("../../../forms/unit.toml"),
            event: "UNIT_ADD",
            fields: &["CODE", "DIGITS", "KIND", "FACTOR", "WORTH", REMOVE],
        }
    }

    fn hint(&self) -> Key {
        Key::HintUnit
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of);
        let own = known.and_then(|unit| unit.measure);
        let at = own.and_then(|own| MeasureKind::ALL.iter().position(|kind| *kind == own.kind));
        let kinds = MeasureKind::ALL.map(|kind| format!("{} ({})", units::kind(text, kind), kind.base()));
        let options = std::iter::once(text.word(Key::MeasureOfCode).to_owned()).chain(kinds).collect();
        let mut fields = vec![
            (
                "CODE",
                known.map_or_else(|| Value::Text(String::new()), |unit| Value::Fixed(unit.code.clone())),
            ),
            ("DIGITS", Value::text(known.map(|unit| unit.decimals))),
            ("KIND", Value::Choice { options, at: at.map_or(0, |at| at + 1) }),
            ("FACTOR", Value::text(own.map(|own| own.factor))),
        ];
        if let Some(unit) = known {
            fields.push(("WORTH", Value::Fixed(units::worth(unit))));
            fields.push((REMOVE, Value::Flag(false)));
        }
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut reference = till.catalog().reference();
        let mut read = Reader::new(entered, text, till);
        let code = read.needed("CODE", LONGEST_CODE);
        // Somebody may have put others before it meanwhile: a known one is found by its code.
        let code = if of.is_some() { code } else { code.to_uppercase() };
        let is_known = |unit: &Unit| {
            if of.is_some() { unit.code == code } else { unit.code.eq_ignore_ascii_case(&code) }
        };
        let at = reference.units.iter().position(is_known);
        if of.is_none() && at.is_some() {
            return Err(Unsaved::taken(text, "CODE", &code));
        }
        if removes(entered, of.is_some()) {
            reference.units.retain(|unit| unit.code != code);
            return save(till, text, &reference, Some(REMOVE));
        }
        let before = at.and_then(|at| reference.units.get(at)).and_then(|unit| unit.measure);
        let measure = measure(&mut read, &code, before);
        let used = if measure == before { 0 } else { units::products(till, &code) };
        if used > 0 {
            read.fault("KIND", text.fill(Key::UnitIsUsed, &[("count", &used.to_string())]));
        }
        let unit = Unit { decimals: digits(&mut read), code, measure };
        read.finish()?;
        match at.and_then(|at| reference.units.get_mut(at)) {
            Some(known) => *known = unit,
            None => reference.units.push(unit),
        }
        save(till, text, &reference, None)
    }
}

fn known(till: &Till, of: Option<RowId>) -> Option<&Unit> {
    let Some(RowId::Unit(at)) = of else { return None };
    till.catalog().units().get(at)
}

/// The fraction digits of a quantity; of nothing typed none.
fn digits(read: &mut Reader<'_>) -> u8 {
    let digits: u8 = read.number("DIGITS").unwrap_or_default();
    if digits > MOST_DIGITS {
        let words = read.text.fill(Key::UnitDigitsMost, &[("most", &MOST_DIGITS.to_string())]);
        read.fault("DIGITS", words);
    }
    digits
}

/// What the shop says that it measures. Of a code that everybody knows the shop says nothing else.
fn measure(read: &mut Reader<'_>, code: &str, before: Option<Measure>) -> Option<Measure> {
    let kind = read.entered.choice("KIND").checked_sub(1).and_then(|at| MeasureKind::ALL.get(at)).copied();
    let typed = read.entered.text("FACTOR");
    let Some(kind) = kind else {
        if !typed.is_empty() {
            read.fault("KIND", read.text.word(Key::UnitKindNeeded).to_owned());
        }
        return None;
    };
    if typed.is_empty() {
        read.fault("FACTOR", read.text.word(Key::FieldNeeded).to_owned());
        return None;
    }
    let measure = match entry::unit_factor(typed) {
        Ok(factor) => Some(Measure { kind, factor }),
        Err(error) => {
            read.fault("FACTOR", message::amount_error(read.text, error));
            return None;
        }
    };
    if measure != before && Measure::usual(code).is_some() {
        read.fault("KIND", read.text.fill(Key::UnitIsKnown, &[("code", code)]));
    }
    measure
}
