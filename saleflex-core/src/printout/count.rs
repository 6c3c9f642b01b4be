//! The slip of a drawer count: what the cashier counted before closing, to be signed and put with the money.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::{Align, Cell, Printout, Row, Table, closure, parts, words::Words};
use crate::{
    closure::{
        CashCount, Declaration,
        drawer::{CountPurpose, DrawerNo},
    },
    ids::ClosureNumber,
    money::{Currency, CurrencyCode, Money},
    time::Moment,
};

/// What the slip says besides the count.
#[derive(Clone, Copy, Debug)]
pub struct CountFrame<'a> {
    /// The words it is written in.
    pub words: &'a Words,
    /// Texts above. A paragraph a line.
    pub header: &'a str,
    /// The till's number or name.
    pub register: &'a str,
    /// The name of whoever counted.
    pub cashier: &'a str,
    /// The period that was counted.
    pub closure: ClosureNumber,
    /// When it was counted.
    pub at: Moment,
    /// Which of several drawers; none at a till with one.
    pub drawer: Option<DrawerNo>,
    /// What it was counted for.
    pub purpose: CountPurpose,
    /// The name of whoever took the drawer over; nothing where nobody did.
    pub to: &'a str,
    /// What should be in the drawer; none where the count is blind.
    pub expected: Option<Money>,
    /// What should be there of foreign currencies; nothing where the count is blind.
    pub expected_foreign: &'a BTreeMap<CurrencyCode, Money>,
    /// A copy, marked as one.
    pub copy: bool,
}

/// The slip of a count in the till's own currency and others.
pub fn drawer_count(declaration: &Declaration, currency: &Currency, frame: &CountFrame<'_>) -> Printout {
    let (words, report) = (&frame.words.receipt, &frame.words.report);
    let mut out = Printout::new();
    out.paragraph(frame.header, Align::Center);
    let marks = frame.copy.then_some(frame.words.titles.copy);
    parts::heading(&mut out, frame.words.titles.drawer_count, marks.as_slice());
    let closure = format!("{}: {}", words.closure, frame.closure.0);
    out.whole_pair(&closure, &parts::date_and_minute(frame.at.local));
    parts::labelled(&mut out, words.register, frame.register);
    parts::labelled(&mut out, words.cashier, frame.cashier);
    if let Some(drawer) = frame.drawer {
        out.line(&format!("{} {}", report.drawer, drawer.0));
    }
    out.line(&purpose(frame));
    out.rule('=');
    pieces(&mut out, &declaration.counted, currency);
    // A count that does not add up is refused before it is printed.
    let counted = declaration.counted.total().unwrap_or_default();
    out.bold_pair(report.counted, &currency.show(counted));
    if let Some(expected) = frame.expected {
        out.pair(report.expected, &currency.show(expected));
        out.pair(report.difference, &currency.show(counted - expected));
    }
    if let Some(left) = declaration.float_left {
        out.pair(report.left_in_drawer, &currency.show(left));
        out.pair(report.to_safe, &currency.show(counted - left));
    }
    let codes: BTreeSet<CurrencyCode> =
        declaration.foreign.keys().chain(frame.expected_foreign.keys()).copied().collect();
    for code in codes {
        foreign(&mut out, code, declaration, frame);
    }
    for (name, amount) in declaration.declared.iter().filter(|(_, amount)| !amount.is_zero()) {
        out.pair(&closure::declared_title(name, frame.words), &currency.show(*amount));
    }
    let said = declaration.reason.as_deref();
    if let Some(reason) = closure::why(frame.words, declaration.over_short, said) {
        out.paragraph(&reason, Align::Left);
    }
    out.rule('-');
    out.feed(2);
    out.line(&format!("{}: ________________", words.signature));
    out.rule('*');
    out.cut();
    out
}

/// What it was counted for.
fn purpose(frame: &CountFrame<'_>) -> String {
    let words = &frame.words.counts;
    match frame.purpose {
        CountPurpose::Opening => words.opening.to_string(),
        CountPurpose::SpotCheck => words.spot_check.to_string(),
        CountPurpose::Closing => words.closing.to_string(),
        CountPurpose::HandOver { .. } => format!("{}: {}", words.hand_over, frame.to),
    }
}

/// What was counted of a foreign currency, and what should be there.
fn foreign(out: &mut Printout, code: CurrencyCode, declaration: &Declaration, frame: &CountFrame<'_>) {
    let (currency, report) = (Currency::of(code), &frame.words.report);
    let counted = declaration.foreign.get(&code);
    let expected = frame.expected_foreign.get(&code).copied();
    out.rule('-');
    let total = counted.map(|count| {
        pieces(out, count, &currency);
        let total = count.total().unwrap_or_default();
        out.bold_pair(&format!("{} {code}", report.counted), &currency.format(total));
        total
    });
    if let Some(expected) = expected {
        out.pair(&format!("{} {code}", report.expected), &currency.format(expected));
    }
    if let Some((total, expected)) = total.zip(expected) {
        out.pair(&format!("{} {code}", report.difference), &currency.format(total - expected));
    }
    if let Some(left) = declaration.foreign_left.get(&code) {
        out.pair(&format!("{} {code}", report.left_in_drawer), &currency.format(*left));
    }
}

/// How many of each note and coin, and what they come to.
fn pieces(out: &mut Printout, count: &CashCount, currency: &Currency) {
    let CashCount::Denominations(pieces) = count else { return };
    let rows = pieces.iter().filter(|piece| piece.count > 0).map(|piece| {
        let worth = i128::from(piece.value.minor()) * i128::from(piece.count);
        let worth = i64::try_from(worth).map(Money::from_minor).unwrap_or_default();
        let cells =
            [piece.count.to_string(), "x".into(), currency.format(piece.value), currency.format(worth)];
        Row::Cells(cells.map(Cell::Right).into())
    });
    let rows: Vec<Row> = rows.collect();
    if !rows.is_empty() {
        out.table(Table { indent: 2, gap: 1, columns: vec![5, 1, 9, 12], rows });
        out.rule('-');
    }
}
