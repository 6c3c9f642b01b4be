//! Building blocks that all layouts share.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use super::{Align, Cell, Printout, Row, Table, name, words::ReportWords};
use crate::{
    money::{Currency, Money},
    quantity::{Percent, UnitPrice},
};

/// A title between rules.
pub(super) fn heading(out: &mut Printout, title: &str, marks: &[&str]) {
    out.rule('=');
    out.title(title);
    for mark in marks {
        out.title(&self::mark(mark));
    }
}

/// A mark as it stands on paper: `** COPY **`.
pub(super) fn mark(mark: &str) -> String {
    format!("** {mark} **")
}

/// A thing sold: its name with the amount, or above a line that says how many and how much each.
pub(super) fn item(out: &mut Printout, name: &str, detail: Option<&str>, amount: &str) {
    match detail {
        None => out.pair(name, amount),
        Some(detail) => {
            out.line(name);
            out.pair(&format!("  {detail}"), amount);
        }
    }
}

/// What is owed, after how many lines.
pub(super) fn due(out: &mut Printout, lines: usize, label: &str, amount: &str) {
    let label = if lines == 0 { label.to_string() } else { format!("{lines} {label}") };
    out.bold_pair(&label, amount);
}

/// A line of the payment part.
pub(super) fn settlement(out: &mut Printout, label: &str, amount: &str) {
    out.pair(&format!("   {label}"), amount);
}

/// Change, set off from the payments above.
pub(super) fn change(out: &mut Printout, label: &str, amount: &str) {
    out.line("");
    settlement(out, label, amount);
}

/// A labelled line: `Cashier: Ada`, nothing where the text is empty. What is longer than the paper goes on below.
pub(super) fn labelled(out: &mut Printout, label: &str, text: &str) {
    let text = name(text, "");
    if !text.is_empty() {
        out.paragraph(&format!("{label}: {text}"), Align::Left);
    }
}

/// A row of a tax or department table.
#[derive(Clone, Debug)]
pub(super) struct TaxRow {
    /// What it is about.
    pub(super) label: Cell,
    /// Without tax.
    pub(super) net: Money,
    /// The tax.
    pub(super) tax: Money,
}

/// Net, tax and gross in columns, with a total beneath: net and tax altogether, which is not the sum of the rows
/// where a line bears several taxes.
pub(super) fn tax_table(
    words: &ReportWords,
    heading: &str,
    rows: &[TaxRow],
    (net, tax): (Money, Money),
    currency: &Currency,
) -> Table {
    let cells = |first: Cell, net: Money, tax: Money| {
        let number = |amount: Money| Cell::Right(currency.format(amount));
        Row::Cells(vec![first, number(net), number(tax), number(net + tax)])
    };
    let left = |word: &str| Cell::Left(word.to_string());
    let right = |word: &str| Cell::Right(word.to_string());
    let heads = Row::Cells(vec![left(heading), right(words.net), right(words.tax), right(words.gross)]);
    let mut table = Table { indent: 2, gap: 2, columns: vec![7, 8, 8, 8], rows: vec![heads, Row::Rule] };
    table.rows.extend(rows.iter().map(|row| cells(row.label.clone(), row.net, row.tax)));
    table.rows.push(Row::Rule);
    table.rows.push(cells(left(words.total), net, tax));
    table
}

/// What tax rows are called: their percentages, or their names where two have the same percentage.
pub(super) fn tax_labels<'a>(rates: impl Iterator<Item = (Percent, &'a str)>) -> Vec<Cell> {
    let rates: Vec<(Percent, &str)> = rates.collect();
    let is_alone = |percent: Percent| rates.iter().filter(|(other, _)| *other == percent).count() == 1;
    let label = |(percent, title): &(Percent, &str)| {
        let shown = percentage(*percent);
        if is_alone(*percent) { Cell::Right(shown) } else { Cell::Left(name(title, &shown)) }
    };
    rates.iter().map(label).collect()
}

/// A percentage with at least two digits: `8.00%`, `8.875%`.
pub(super) fn percentage(percent: Percent) -> String {
    format!("{}%", at_least(percent.decimal(), 2))
}

/// A unit price with at least the currency's digits: `€1.99`, `€0.0125`.
pub(super) fn unit_price(price: UnitPrice, currency: &Currency) -> String {
    format!("{}{}", currency.symbol(), self::price(price, currency))
}

/// The same without a symbol.
pub(super) fn price(price: UnitPrice, currency: &Currency) -> String {
    at_least(price.decimal(), currency.minor_digits()).to_string()
}

fn at_least(value: Decimal, digits: u32) -> Decimal {
    let mut value = value.normalize();
    value.rescale(value.scale().max(digits));
    value
}

/// `12/03/2026 03:02:08`.
pub(super) fn date_and_second(at: NaiveDateTime) -> String {
    at.format("%d/%m/%Y %H:%M:%S").to_string()
}

/// `12/03/2026 03:02`.
pub(super) fn date_and_minute(at: NaiveDateTime) -> String {
    at.format("%d/%m/%Y %H:%M").to_string()
}
