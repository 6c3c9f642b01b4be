//! Foreign notes on Z reports: whose they were when the drawer was handed on, and how they stand with corrections.

use std::collections::BTreeMap;

use super::{
    reports::{closed, with_frame},
    *,
};
use crate::{
    closure::{
        Report,
        drawer::{CashShare, DrawerNo, ForeignShare},
        tests::samples::cashier,
    },
    money::CurrencyCode,
    printout::closure::{corrected_z_report, z_report},
    time::Moment,
};

fn code(code: &str) -> CurrencyCode {
    CurrencyCode::parse(code).unwrap()
}

fn money(minor: i64) -> Money {
    Money::from_minor(minor)
}

/// Whether a line begins so and ends so.
fn has(lines: &[String], label: &str, amount: &str) -> bool {
    lines.iter().any(|line| line.trim().starts_with(label) && line.trim().ends_with(amount))
}

/// A drawer that the first of two cashiers handed to the second, who counted it.
fn handed(until: Moment) -> CashShare {
    CashShare {
        drawer: DrawerNo(1),
        cashier: cashier(1),
        is_undeclared: false,
        until,
        received: Money::ZERO,
        expected: Money::ZERO,
        counted: Some(Money::ZERO),
        handed_to: Some(cashier(2)),
        over_short: None,
        reason: None,
        foreign: BTreeMap::new(),
    }
}

#[test]
fn a_z_report_says_of_a_drawer_that_nobody_declared_it_and_who_counted_it() {
    let mut closure = closed(&Report::empty(), currency("GBP"));
    closure.shares.push(CashShare { is_undeclared: true, ..handed(closure.closed_at) });
    for words in [&ENGLISH, &TURKISH] {
        let lines = with_frame(words, |frame| text::render(&z_report(&closure, frame), 42));
        let at = lines.iter().position(|line| line.ends_with(words.counts.undeclared));
        let at = at.unwrap_or_else(|| panic!("{lines:#?}"));
        assert!(lines[at + 1].trim().starts_with(words.counts.counted_by), "{lines:#?}");
    }
}

#[test]
fn a_z_report_says_whose_the_foreign_notes_are_that_were_missing_at_a_hand_over() {
    let mut closure = closed(&Report::empty(), currency("GBP"));
    let missing = ForeignShare { expected: money(2000), counted: Some(money(1000)) };
    let foreign = BTreeMap::from([(code("EUR"), missing)]);
    closure.shares.push(CashShare { foreign, ..handed(closure.closed_at) });
    for words in [&ENGLISH, &TURKISH] {
        let lines = with_frame(words, |frame| text::render(&z_report(&closure, frame), 42));
        let from = lines.iter().position(|line| line.starts_with(words.counts.hand_overs)).unwrap();
        let report = &words.report;
        for (label, amount) in
            [(report.expected, "20.00"), (report.counted, "10.00"), (report.difference, "-10.00")]
        {
            assert!(has(&lines[from..], &format!("{label} EUR"), amount), "{label}: {lines:#?}");
        }
    }
}

#[test]
fn a_corrected_z_report_says_how_foreign_notes_stand() {
    // Eighteen euros were counted, and should not have been there.
    let closure = closed(&Report::empty(), currency("GBP"));
    let more = BTreeMap::from([(code("EUR"), money(2000)), (code("USD"), money(700))]);
    let stands = closure.corrected([]).unwrap().after_foreign(&more);
    let report = &ENGLISH.report;
    let lines =
        with_frame(&ENGLISH, |frame| text::render(&corrected_z_report(&closure, (&[], &stands), frame), 42));
    let from = lines.iter().position(|line| line.starts_with(report.stands)).unwrap();
    for (label, amount) in [
        (format!("{} EUR", report.expected), "20.00"),
        (format!("{} EUR", report.counted), "18.00"),
        (format!("{} EUR", report.difference), "-2.00"),
        (format!("{} USD", report.opening_cash), "7.00"),
        (format!("{} USD", report.expected), "7.00"),
    ] {
        assert!(has(&lines[from..], &label, amount), "{label}: {lines:#?}");
    }
}
