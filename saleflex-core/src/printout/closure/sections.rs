//! Sections that the plain and the full report share.

use alloc::{
    format,
    string::{String, ToString},
    vec,
};

use chrono::NaiveDateTime;

use crate::{
    ids::ClosureNumber,
    money::{Currency, Money},
    printout::{
        Align, Cell, Printout, Row, Table,
        parts::{self, TaxRow},
        words::{ReportWords, Words},
    },
};

/// What stands above the figures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) marks: &'a [&'a str],
    pub(super) number: ClosureNumber,
    pub(super) at: Option<NaiveDateTime>,
    pub(super) id: &'a str,
    pub(super) period: Option<(NaiveDateTime, NaiveDateTime)>,
    pub(super) cashier: &'a str,
    pub(super) register: &'a str,
    pub(super) serial: &'a str,
    pub(super) currency: &'a Currency,
}

pub(super) fn head(out: &mut Printout, head: &Head<'_>, words: &Words) {
    parts::heading(out, head.title, head.marks);
    out.rule('=');
    let at = head.at.map(parts::date_and_minute).unwrap_or_default();
    out.whole_pair(&format!("{}: #{:04}", words.receipt.closure, head.number.0), &at);
    parts::labelled(out, "  ID", head.id);
    if let Some((from, to)) = head.period {
        // Both on one line need more than the paper has (D-CLO-17).
        for (label, at) in [(words.report.from, from), (words.report.to, to)] {
            parts::labelled(out, &format!("  {label}"), &parts::date_and_minute(at));
        }
    }
    for (label, text) in [
        (words.receipt.cashier, head.cashier),
        (words.receipt.register, head.register),
        (words.report.serial, head.serial),
    ] {
        parts::labelled(out, &format!("  {label}"), text);
    }
    out.rule('=');
    out.right(head.currency.code().as_str());
}

/// Sales and returns with their counts, then net, tax and gross; amounts are ready to print.
#[derive(Clone, Debug)]
pub(super) struct NetSales<'a> {
    /// What stands above, and beside net and gross.
    pub(super) labels: [&'a str; 3],
    pub(super) sales: (u64, &'a str),
    pub(super) returns: (u64, &'a str),
    pub(super) net: &'a str,
    pub(super) tax: &'a str,
    pub(super) gross: &'a str,
}

pub(super) fn net_sales(out: &mut Printout, figures: &NetSales<'_>, words: &ReportWords) {
    let [heading, net, gross] = figures.labels;
    out.line(heading);
    for (label, (count, amount)) in [(words.sales, figures.sales), (words.returns, figures.returns)] {
        out.pair(&format!("  {count:>4}  {label}"), amount);
    }
    out.rule('-');
    amount(out, net, figures.net);
    amount(out, words.taxes, figures.tax);
    amount(out, gross, figures.gross);
}

pub(super) fn cancelled(out: &mut Printout, count: u64, words: &ReportWords) {
    out.rule('-');
    out.pair(&format!("{}:", words.cancelled_receipts), &count.to_string());
}

/// The beginning of a section.
pub(super) fn section(out: &mut Printout, title: &str) {
    out.rule('-');
    out.paragraph(title, Align::Left);
}

/// An indented line with an amount or a count.
pub(super) fn amount(out: &mut Printout, label: &str, amount: &str) {
    out.pair(&format!("  {label}:"), amount);
}

/// A row a tax rate, and what they come to; that alone where nothing was taxed.
pub(super) fn taxes(
    out: &mut Printout,
    title: &str,
    rows: &[TaxRow],
    (net, tax): (Money, Money),
    currency: &Currency,
    words: &ReportWords,
) {
    section(out, title);
    if rows.is_empty() {
        out.pair(&format!("  {}", words.total), &currency.show(tax));
    } else {
        out.table(parts::tax_table(words, words.rate, rows, (net, tax), currency));
    }
}

/// A line a method of payment with what is said of it beneath, each a label and an amount, and their total.
pub(super) fn payments(
    out: &mut Printout,
    rows: impl Iterator<Item = (String, String)>,
    total: &str,
    words: &ReportWords,
) {
    section(out, words.payment_methods);
    for (label, amount) in rows {
        out.pair(&format!("  {label}"), &amount);
    }
    out.rule('-');
    out.pair(&format!("  {}", words.total), total);
}

/// Documents: valid and cancelled, returned and suspended, and those of earlier periods that wait.
pub(super) fn counts(
    out: &mut Printout,
    [valid, cancelled, returns, suspended]: [u64; 4],
    parked_before: u64,
    words: &ReportWords,
) {
    section(out, words.transactions);
    let cell = |label: &str, count: u64| Cell::Ends(format!("{label}:"), count.to_string());
    out.table(Table {
        indent: 2,
        gap: 3,
        columns: vec![16, 16],
        rows: vec![
            Row::Cells(vec![cell(words.valid, valid), cell(words.cancelled, cancelled)]),
            Row::Cells(vec![cell(words.return_count, returns), cell(words.suspended, suspended)]),
        ],
    });
    if parked_before > 0 {
        out.pair(&format!("  {}:", words.parked_before), &parked_before.to_string());
    }
    out.rule('=');
}
