//! Filling a template with the figures of a report.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{DocumentFilter, Figure, Inputs, Resolved, TaxFilter, Template};
use crate::{
    closure::{Report, TaxKey, TaxTotals},
    money::{Currency, Money, Rounding},
    quantity::Percent,
    tax::JurisdictionLevel,
};

/// The figures of a template, as they were when a period was closed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CountryFigures {
    /// Names and versions of the template's layers, the most general first.
    pub layers: Vec<(String, u32)>,
    /// The values by their dotted names.
    pub fields: BTreeMap<String, Value>,
}

/// One value. Amounts are minor units of the till's currency.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Value {
    /// A number of documents, lines or entries.
    Count(u64),
    /// An amount in minor units of the till's currency.
    Amount(Money),
    /// A rate.
    Percent(Percent),
    /// Yes or no.
    Flag(bool),
    /// By rate, the lowest first.
    Rates(Vec<RateRow>),
    /// By the code of who levies it.
    Jurisdictions(BTreeMap<String, JurisdictionRow>),
    /// Nothing: the field is free for the shop.
    Empty,
}

/// The taxes of one rate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RateRow {
    /// The percentage of the rate.
    pub rate: Percent,
    /// The name of the rate.
    pub name: String,
    /// What it was applied to, exempt amounts not included.
    pub taxable: Money,
    /// The tax at this rate.
    pub tax: Money,
    /// What was exempt from it.
    pub exempt: Money,
}

/// The taxes of one state, county or city.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct JurisdictionRow {
    /// What they were applied to, exempt amounts not included. Where it levies several rates on one line, the line
    /// counts at each.
    pub taxable: Money,
    /// The tax that it levies.
    pub tax: Money,
    /// What was exempt.
    pub exempt: Money,
}

impl TaxFilter {
    fn takes(&self, key: &TaxKey) -> bool {
        let jurisdiction = key.jurisdiction.as_ref();
        self.percent.is_none_or(|percent| percent == key.percent)
            && self.name.as_ref().is_none_or(|name| *name == key.name)
            && self.level.is_none_or(|level| jurisdiction.is_some_and(|other| other.level == level))
            && self.jurisdiction.as_ref().is_none_or(|code| jurisdiction.is_some_and(|it| it.code == *code))
            && (!self.unassigned || jurisdiction.is_none())
    }

    fn rows<'a>(&'a self, report: &'a Report) -> impl Iterator<Item = (&'a TaxKey, &'a TaxTotals)> {
        report.taxes.iter().filter(|(key, _)| self.takes(key))
    }

    fn sum(&self, report: &Report, amount: fn(&TaxKey, &TaxTotals) -> Money) -> Value {
        Value::Amount(self.rows(report).map(|(key, totals)| amount(key, totals)).sum())
    }
}

/// What bore nothing of a tax: exempt documents, and goods for which a state, county or city has a rate of nothing,
/// which is how goods are exempt there. Where nobody in particular levies it, as with value added tax, zero is a rate
/// like any other.
fn exempt(key: &TaxKey, totals: &TaxTotals) -> Money {
    if key.percent.is_zero() && key.jurisdiction.is_some() { totals.taxable } else { totals.exempt }
}

fn taxed(key: &TaxKey, totals: &TaxTotals) -> Money {
    totals.taxable - exempt(key, totals)
}

impl DocumentFilter {
    fn count(&self, report: &Report) -> u64 {
        let rows = self.types.iter().filter_map(|kind| report.document_types.get(kind));
        rows.map(|totals| if self.cancelled { totals.cancelled_count } else { totals.valid_count }).sum()
    }

    fn amount(&self, report: &Report) -> Money {
        let rows = self.types.iter().filter_map(|kind| report.document_types.get(kind));
        rows.map(|totals| if self.cancelled { totals.cancelled_amount } else { totals.valid_amount }).sum()
    }
}

impl Figure {
    /// What it shows of a report.
    pub fn value(&self, report: &Report, currency: &Currency, inputs: &Inputs) -> Value {
        match self {
            Self::Percent(percent) => Value::Percent(*percent),
            Self::Amount(amount) => {
                Value::Amount(currency.round(amount.decimal(), Rounding::HalfUp).unwrap_or(Money::MAX))
            }
            Self::Flag(flag) => Value::Flag(*flag),
            Self::DocumentCount(filter) => Value::Count(filter.count(report)),
            Self::DocumentAmount(filter) => Value::Amount(filter.amount(report)),
            Self::Taxable(filter) => filter.sum(report, taxed),
            Self::Tax(filter) => filter.sum(report, |_, totals| totals.tax),
            Self::Exempt(filter) => filter.sum(report, exempt),
            Self::ByJurisdiction(level) => Value::Jurisdictions(by_jurisdiction(report, *level)),
            Self::ByRate(filter) => Value::Rates(filter.rows(report).map(rate_row).collect()),
            Self::ExemptionCount(kinds) => {
                let rows = kinds.iter().filter_map(|kind| report.exemptions.get(kind));
                Value::Count(rows.map(|totals| totals.documents).sum())
            }
            Self::ExemptionAmount(kinds) => {
                let rows = kinds.iter().filter_map(|kind| report.exemptions.get(kind));
                Value::Amount(rows.map(|totals| totals.amount).sum())
            }
            Self::Tips(kinds) => {
                let rows = kinds.iter().filter_map(|kind| report.tip_kinds.get(kind));
                Value::Amount(rows.map(|totals| totals.total).sum())
            }
            Self::Tendered(kinds) => {
                let rows = kinds.iter().filter_map(|kind| report.tenders.get(kind));
                Value::Amount(rows.map(super::super::TenderTotals::net).sum())
            }
            Self::ClassSales(class) => {
                let departments = inputs.classes.get(class).into_iter().flatten();
                let rows = departments.filter_map(|department| report.departments.get(department));
                Value::Amount(rows.map(|totals| totals.net).sum())
            }
            Self::CustomerSales => Value::Amount(report.customers.amount),
            Self::MemberSales => Value::Amount(report.customers.amount - report.no_members.amount),
            Self::Declared(name) => Value::Amount(inputs.declared.get(name).copied().unwrap_or_default()),
            Self::Free => Value::Empty,
        }
    }
}

fn rate_row((key, totals): (&TaxKey, &TaxTotals)) -> RateRow {
    RateRow {
        rate: key.percent,
        name: key.name.clone(),
        taxable: taxed(key, totals),
        tax: totals.tax,
        exempt: exempt(key, totals),
    }
}

fn by_jurisdiction(report: &Report, level: JurisdictionLevel) -> BTreeMap<String, JurisdictionRow> {
    let mut rows: BTreeMap<String, JurisdictionRow> = BTreeMap::new();
    for (key, totals) in &report.taxes {
        let Some(jurisdiction) = key.jurisdiction.as_ref().filter(|it| it.level == level) else { continue };
        let row = rows.entry(jurisdiction.code.clone()).or_default();
        row.taxable += taxed(key, totals);
        row.tax += totals.tax;
        row.exempt += exempt(key, totals);
    }
    rows
}

impl Template {
    /// Its fields over the figures of a report.
    pub fn fill(&self, report: &Report, currency: &Currency, inputs: &Inputs) -> CountryFigures {
        let value =
            |(name, figure): (&String, &Figure)| (name.clone(), figure.value(report, currency, inputs));
        CountryFigures {
            layers: Vec::from([(self.name.clone(), self.version)]),
            fields: self.fields.iter().map(value).collect(),
        }
    }
}

impl Resolved {
    /// Its fields over the figures of a report, with all its layers named.
    pub fn fill(&self, report: &Report, currency: &Currency, inputs: &Inputs) -> CountryFigures {
        CountryFigures { layers: self.layers.clone(), ..self.template.fill(report, currency, inputs) }
    }
}
