//! A tax rate.

use saleflex_core::{
    quantity::Percent,
    tax::{Jurisdiction, JurisdictionLevel, TaxRate},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value},
    LONGEST_NAME, REMOVE, removes, save,
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A tax rate; of none a new one. Its number stands: products and departments name it.
pub(crate) struct TaxRateModel;

/// Most characters of the code of whoever levies a tax.
const LONGEST_AREA: usize = 50;

/// Who levies a tax, and what each is called.
const LEVELS: [(Option<JurisdictionLevel>, Key); 5] = [
    (None, Key::TaxLevelNone),
    (Some(JurisdictionLevel::Federal), Key::TaxLevelFederal),
    (Some(JurisdictionLevel::State), Key::TaxLevelState),
    (Some(JurisdictionLevel::County), Key::TaxLevelCounty),
    (Some(JurisdictionLevel::City), Key::TaxLevelCity),
];

impl Model for TaxRateModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "TAX_RATE",
            panel: "TAX_RATE_PANEL",
            definition: include_str!("../../../forms/tax_rate.toml"),
            event: "TAX_RATE_ADD",
            fields: &["NO", "NAME", "PERCENT", "LEVEL", "AREA", REMOVE],
        }
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let no = number(of);
        let known = no.and_then(|no| till.catalog().tax_rates().find(|rate| rate.no == no));
        let area = known.and_then(|rate| rate.jurisdiction.as_ref());
        let level = area.map(|area| area.level);
        let at = LEVELS.iter().position(|(known, _)| *known == level).unwrap_or(0);
        let options = LEVELS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        let next = till.catalog().tax_rates().map(|rate| rate.no).max().unwrap_or_default();
        let mut fields = vec![
            (
                "NO",
                known.map_or_else(
                    || Value::text(next.checked_add(1)),
                    |rate| Value::Fixed(rate.no.to_string()),
                ),
            ),
            ("NAME", Value::text(known.map(|rate| &rate.name))),
            ("PERCENT", Value::text(known.map(|rate| rate.percent))),
            ("LEVEL", Value::Choice { options, at }),
            ("AREA", Value::text(area.map(|area| &area.code))),
        ];
        if known.is_some() {
            fields.push((REMOVE, Value::Flag(false)));
        }
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut reference = till.catalog().reference();
        if removes(entered, of.is_some()) {
            reference.tax_rates.retain(|rate| Some(rate.no) != number(of));
            return save(till, text, &reference, Some(REMOVE));
        }
        let mut read = Reader::new(entered, text, *till.currency());
        let no: u16 = read.record_number("NO");
        let at = reference.tax_rates.iter().position(|rate| rate.no == no);
        if of.is_none() && at.is_some() {
            return Err(Unsaved::taken(text, "NO", &no.to_string()));
        }
        let rate = TaxRate {
            no,
            name: read.needed("NAME", LONGEST_NAME),
            percent: percent(&mut read),
            jurisdiction: jurisdiction(&mut read),
        };
        read.finish()?;
        match at.and_then(|at| reference.tax_rates.get_mut(at)) {
            Some(known) => *known = rate,
            None => reference.tax_rates.push(rate),
        }
        save(till, text, &reference, None)
    }
}

fn number(of: Option<RowId>) -> Option<u16> {
    if let Some(RowId::TaxRate(no)) = of { Some(no) } else { None }
}

/// The percentage, which must be said: a rate of nothing is a rate of 0.
fn percent(read: &mut Reader<'_>) -> Percent {
    let is_missing = read.entered.text("PERCENT").is_empty();
    if is_missing {
        read.fault("PERCENT", read.text.word(Key::FieldNeeded).to_owned());
    }
    read.percent("PERCENT").unwrap_or(Percent::ZERO)
}

/// Who levies it, where that is said; then under which code.
fn jurisdiction(read: &mut Reader<'_>) -> Option<Jurisdiction> {
    let level = LEVELS.get(read.entered.choice("LEVEL")).and_then(|(level, _)| *level)?;
    Some(Jurisdiction { level, code: read.needed("AREA", LONGEST_AREA) })
}
