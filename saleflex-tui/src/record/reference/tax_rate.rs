//! A tax rate.

use chrono::NaiveDate;
use saleflex_core::{
    catalog::{Catalog, Reference},
    quantity::Percent,
    tax::{Jurisdiction, JurisdictionLevel, TaxChange, TaxRate},
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

/// The field that says from when on a rate is another one.
const CHANGE_FROM: &str = "CHANGE_FROM";

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
            fields: &[
                "NO",
                "NAME",
                "PERCENT",
                "LEVEL",
                "AREA",
                CHANGE_FROM,
                "CHANGE_PERCENT",
                "CHANGE_NAME",
                REMOVE,
                "CHANGES",
            ],
        }
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let no = number(of);
        let today = till.now().business_date;
        let catalog = till.catalog();
        let known = no.and_then(|no| catalog.tax_rate_on(no, today));
        let next = no.and_then(|no| catalog.tax_changes().find(|change| is_coming(change, no, today)));
        let area = known.as_ref().and_then(|rate| rate.jurisdiction.as_ref());
        let level = area.map(|area| area.level);
        let at = LEVELS.iter().position(|(known, _)| *known == level).unwrap_or(0);
        let options = LEVELS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        let last = catalog.tax_rates().map(|rate| rate.no).max().unwrap_or_default();
        let mut fields = vec![
            (
                "NO",
                known.as_ref().map_or_else(
                    || Value::text(last.checked_add(1)),
                    |rate| Value::Fixed(rate.no.to_string()),
                ),
            ),
            ("NAME", Value::text(known.as_ref().map(|rate| &rate.name))),
            ("PERCENT", Value::text(known.as_ref().map(|rate| rate.percent))),
            ("LEVEL", Value::Choice { options, at }),
            ("AREA", Value::text(area.map(|area| &area.code))),
        ];
        if let Some(no) = known.map(|rate| rate.no) {
            fields.push((CHANGE_FROM, Value::text(next.map(|change| change.valid_from))));
            fields.push(("CHANGE_PERCENT", Value::text(next.map(|change| change.percent))));
            fields.push(("CHANGE_NAME", Value::text(next.map(|change| &change.name))));
            fields.push((REMOVE, Value::Flag(false)));
            fields.push(("CHANGES", Value::Lines(changes(catalog, text, no))));
        }
        Ok(fields)
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let mut reference = till.catalog().reference();
        if removes(entered, of.is_some()) {
            reference.tax_rates.retain(|rate| Some(rate.no) != number(of));
            reference.tax_changes.retain(|change| Some(change.no) != number(of));
            return save(till, text, &reference, Some(REMOVE));
        }
        let mut read = Reader::new(entered, text, till);
        let no: u16 = read.record_number("NO");
        let at = reference.tax_rates.iter().position(|rate| rate.no == no);
        if of.is_none() && at.is_some() {
            return Err(Unsaved::taken(text, "NO", &no.to_string()));
        }
        let rate = TaxRate {
            no,
            name: read.needed("NAME", LONGEST_NAME),
            percent: needed_percent(&mut read, "PERCENT"),
            jurisdiction: jurisdiction(&mut read),
        };
        let today = till.now().business_date;
        let change = of.and_then(|_| change(&mut read, &rate, today));
        read.finish()?;
        put(&mut reference, rate, today);
        if of.is_some() {
            // The screen shows the next change; those after it stand as they are.
            let next = till.catalog().tax_changes().find(|change| is_coming(change, no, today));
            let next = next.map(|change| change.valid_from);
            reference.tax_changes.retain(|known| known.no != no || Some(known.valid_from) != next);
            reference.tax_changes.extend(change);
        }
        save(till, text, &reference, None)
    }
}

fn number(of: Option<RowId>) -> Option<u16> {
    if let Some(RowId::TaxRate(no)) = of { Some(no) } else { None }
}

/// Whether a change of a rate is yet to come.
fn is_coming(change: &TaxChange, no: u16, today: NaiveDate) -> bool {
    change.no == no && change.valid_from > today
}

/// All changes of a rate, in words.
fn changes(catalog: &Catalog, text: &Text, no: u16) -> Vec<String> {
    let line = |change: &TaxChange| {
        let (from, percent) = (change.valid_from.to_string(), change.percent.to_string());
        let values = [("from", &*from), ("name", &change.name), ("percent", &percent)];
        text.fill(Key::TaxChangeWas, &values)
    };
    catalog.tax_changes().filter(|change| change.no == no).map(line).collect()
}

/// Puts a rate in the place of what is in force of its number.
fn put(reference: &mut Reference, rate: TaxRate, today: NaiveDate) {
    let has_come = |change: &&mut TaxChange| change.no == rate.no && change.valid_from <= today;
    let in_force = reference.tax_changes.iter_mut().filter(has_come).max_by_key(|change| change.valid_from);
    let known = reference.tax_rates.iter_mut().find(|known| known.no == rate.no);
    match (known, in_force) {
        (Some(known), Some(change)) => {
            // Who levies it is of the rate, whatever it became.
            known.jurisdiction = rate.jurisdiction;
            (change.name, change.percent) = (rate.name, rate.percent);
        }
        (Some(known), None) => *known = rate,
        (None, _) => reference.tax_rates.push(rate),
    }
}

/// What the rate becomes on a day to come, where one is said.
fn change(read: &mut Reader<'_>, rate: &TaxRate, today: NaiveDate) -> Option<TaxChange> {
    let valid_from = read.date(CHANGE_FROM)?;
    if valid_from <= today {
        read.fault(CHANGE_FROM, read.text.word(Key::TaxChangeToCome).to_owned());
    }
    let name = read.entered.optional("CHANGE_NAME").unwrap_or_else(|| rate.name.clone());
    Some(TaxChange { no: rate.no, valid_from, name, percent: needed_percent(read, "CHANGE_PERCENT") })
}

/// A percentage that must be said: a rate of nothing is a rate of 0.
fn needed_percent(read: &mut Reader<'_>, field: &'static str) -> Percent {
    let is_missing = read.entered.text(field).is_empty();
    if is_missing {
        read.fault(field, read.text.word(Key::FieldNeeded).to_owned());
    }
    read.percent(field).unwrap_or(Percent::ZERO)
}

/// Who levies it, where that is said; then under which code.
fn jurisdiction(read: &mut Reader<'_>) -> Option<Jurisdiction> {
    let level = LEVELS.get(read.entered.choice("LEVEL")).and_then(|(level, _)| *level)?;
    Some(Jurisdiction { level, code: read.needed("AREA", LONGEST_AREA) })
}
