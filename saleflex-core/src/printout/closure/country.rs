//! What the law of a country wants of a closure, in words: on paper and on screens.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{sections::section, totals::Sheet};
use crate::{
    closure::{
        Report,
        template::{CountryFigures, JurisdictionRow, RateRow, Value},
    },
    money::{Currency, Money},
    printout::{
        Align, Printout, parts,
        words::{ReportWords, Words},
    },
};

/// A line of a country's figures.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CountryLine {
    /// How far within others it stands: a figure or a table at 0, its rows at 1, their amounts at 2.
    pub depth: usize,
    /// What it is, in words.
    pub label: String,
    /// How much or how many; none above the rows of a table.
    pub value: Option<String>,
}

/// What the figures are of: the country or the part of it, by its name.
pub fn country_title(figures: &CountryFigures, words: &Words) -> String {
    let place = figures.layers.last().map_or("", |(name, _)| name.as_str());
    let known = words.report.regions.iter().find(|(code, _)| *code == place);
    let place = known.map_or(place, |(_, name)| *name);
    format!("{} {place}", words.report.country).trim_end().to_string()
}

/// The country's figures. What is nothing, and what is the same on every report, is left out. Who levies a tax is
/// called by the name that the shop gives the tax.
pub fn country_lines(
    figures: &CountryFigures,
    report: &Report,
    currency: &Currency,
    words: &Words,
) -> Vec<CountryLine> {
    let mut lines = Lines { report, currency, words: &words.report, out: Vec::new() };
    for (name, value) in figures.fields.iter().filter(|(_, value)| is_told(value)) {
        lines.field(name, value);
    }
    lines.out
}

impl Sheet<'_> {
    /// The country's figures, where there are any.
    pub(super) fn country(&self, out: &mut Printout, figures: &CountryFigures) {
        let lines = country_lines(figures, self.report, self.currency, self.frame.words);
        if lines.is_empty() {
            return;
        }
        section(out, &country_title(figures, self.frame.words));
        for CountryLine { depth, label, value } in lines {
            let indent = "  ".repeat(depth + 1);
            match value {
                Some(value) => out.pair(&format!("{indent}{label}:"), &value),
                None => out.paragraph(&format!("{indent}{label}"), Align::Left),
            }
        }
    }
}

struct Lines<'a> {
    report: &'a Report,
    currency: &'a Currency,
    words: &'a ReportWords,
    out: Vec<CountryLine>,
}

impl Lines<'_> {
    fn field(&mut self, name: &str, value: &Value) {
        let label = self.label(name);
        match value {
            Value::Count(count) => self.line(0, label, Some(count.to_string())),
            Value::Amount(amount) => self.line(0, label, Some(self.shown(*amount))),
            Value::Rates(rows) => {
                self.line(0, label, None);
                for row in rows.iter().filter(|row| !is_nothing(row.taxable, row.tax, row.exempt)) {
                    self.rate(row);
                }
            }
            Value::Jurisdictions(rows) => {
                self.line(0, label, None);
                for (code, row) in rows {
                    self.jurisdiction(code, row);
                }
            }
            Value::Percent(_) | Value::Flag(_) | Value::Empty => {}
        }
    }

    fn rate(&mut self, row: &RateRow) {
        let title = format!("{} {}", parts::percentage(row.rate), row.name);
        self.levied(title, (row.taxable, row.tax, row.exempt));
    }

    fn jurisdiction(&mut self, code: &str, row: &JurisdictionRow) {
        let name = levied_by(self.report, code).unwrap_or(code).to_string();
        self.levied(name, (row.taxable, row.tax, row.exempt));
    }

    /// What was taxed and the tax of it; what was exempt where anything was.
    fn levied(&mut self, title: String, (taxable, tax, exempt): (Money, Money, Money)) {
        let words = self.words;
        self.line(1, title, None);
        self.line(2, words.net.to_string(), Some(self.shown(taxable)));
        self.line(2, words.tax.to_string(), Some(self.shown(tax)));
        if !exempt.is_zero() {
            self.line(2, in_words(words.exempt), Some(self.shown(exempt)));
        }
    }

    fn line(&mut self, depth: usize, label: String, value: Option<String>) {
        self.out.push(CountryLine { depth, label, value });
    }

    /// What a field is called: by the language; one that a shop's own template brings, by its own name.
    fn label(&self, name: &str) -> String {
        let known = self.words.country_fields.iter().find(|(field, _)| *field == name);
        known.map_or_else(|| in_words(name), |(_, words)| (*words).to_string())
    }

    fn shown(&self, amount: Money) -> String {
        self.currency.show(amount)
    }
}

/// What people read of an amount that they declare under a name: as the country's figures call it.
pub(in crate::printout) fn declared_title(name: &str, words: &Words) -> String {
    let is_it = |field: &str| field.rsplit('.').next() == Some(name);
    let known = words.report.country_fields.iter().find(|(field, _)| is_it(field));
    known.map_or_else(|| in_words(name), |(_, words)| (*words).to_string())
}

/// What the shop calls the tax of whoever has this code; of several, the one with the highest rate.
fn levied_by<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    let of_code =
        report.taxes.keys().filter(|key| key.jurisdiction.as_ref().is_some_and(|it| it.code == code));
    of_code.max_by_key(|key| key.percent).map(|key| key.name.as_str())
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
