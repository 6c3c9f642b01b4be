//! What the law of a country wants of a closure, on paper.

use alloc::{
    format,
    string::{String, ToString},
};

use super::{sections::section, totals::Sheet};
use crate::{
    closure::template::{CountryFigures, JurisdictionRow, RateRow, Value},
    money::Money,
    printout::{Printout, parts},
};

impl Sheet<'_> {
    /// The country's figures. What is nothing, and what is the same on every report, is left out.
    pub(super) fn country(&self, out: &mut Printout, figures: &CountryFigures) {
        if !figures.fields.values().any(is_told) {
            return;
        }
        let place = figures.layers.last().map_or("", |(name, _)| name.as_str());
        section(out, &format!("{} {place}", self.frame.words.report.country));
        for (name, value) in figures.fields.iter().filter(|(_, value)| is_told(value)) {
            let label = self.label(name);
            match value {
                Value::Count(count) => out.pair(&format!("  {label}:"), &count.to_string()),
                Value::Amount(amount) => out.pair(&format!("  {label}:"), &self.shown(*amount)),
                Value::Rates(rows) => {
                    out.line(&format!("  {label}"));
                    for row in rows.iter().filter(|row| !is_nothing(row.taxable, row.tax, row.exempt)) {
                        self.rate(out, row);
                    }
                }
                Value::Jurisdictions(rows) => {
                    out.line(&format!("  {label}"));
                    for (code, row) in rows {
                        self.jurisdiction(out, code, row);
                    }
                }
                Value::Percent(_) | Value::Flag(_) | Value::Empty => {}
            }
        }
    }

    fn rate(&self, out: &mut Printout, row: &RateRow) {
        let title = format!("    {} {}", parts::percentage(row.rate), row.name);
        self.levied(out, &title, (row.taxable, row.tax, row.exempt));
    }

    fn jurisdiction(&self, out: &mut Printout, code: &str, row: &JurisdictionRow) {
        self.levied(out, &format!("    {code}"), (row.taxable, row.tax, row.exempt));
    }

    /// What was taxed and the tax of it; what was exempt where anything was.
    fn levied(&self, out: &mut Printout, title: &str, (taxable, tax, exempt): (Money, Money, Money)) {
        let words = &self.frame.words.report;
        out.line(title);
        out.pair(&format!("      {}:", words.net), &self.shown(taxable));
        out.pair(&format!("      {}:", words.tax), &self.shown(tax));
        if !exempt.is_zero() {
            out.pair(&format!("      {}:", words.exempt), &self.shown(exempt));
        }
    }

    /// What a field is called: by the language, else by its own name.
    fn label(&self, name: &str) -> String {
        let known = self.frame.words.report.country_fields.iter().find(|(field, _)| *field == name);
        known.map_or_else(|| in_words(name), |(_, words)| (*words).to_string())
    }

    fn shown(&self, amount: Money) -> String {
        parts::signed(amount, self.currency)
    }
}

/// `vat_by_rate.standard_vat` as `Vat by rate: standard vat`.
fn in_words(name: &str) -> String {
    let words = name.replace('.', ": ").replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

const fn is_nothing(taxable: Money, tax: Money, exempt: Money) -> bool {
    taxable.is_zero() && tax.is_zero() && exempt.is_zero()
}

fn is_told(value: &Value) -> bool {
    match value {
        Value::Count(count) => *count > 0,
        Value::Amount(amount) => !amount.is_zero(),
        Value::Rates(rows) => rows.iter().any(|row| !is_nothing(row.taxable, row.tax, row.exempt)),
        Value::Jurisdictions(rows) => !rows.is_empty(),
        Value::Percent(_) | Value::Flag(_) | Value::Empty => false,
    }
}
