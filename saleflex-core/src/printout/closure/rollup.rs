//! Several closures as one sheet: a day, a month, a year of a till or a store.

use alloc::{format, string::ToString};

use super::{
    ReportFrame, finish,
    sections::{amount, section},
    totals::Sheet,
};
use crate::{
    closure::Rollup,
    money::Currency,
    printout::{Align, Printout, parts},
    time::Moment,
};

/// What closures come to together. `span` says in words of people what they are of; `at` is when it was asked.
pub fn rollup(rollup: &Rollup, span: &str, at: Moment, frame: &ReportFrame<'_>) -> Printout {
    let words = frame.words;
    let mut out = Printout::new();
    out.paragraph(frame.header, Align::Center);
    parts::heading(&mut out, words.titles.rollup, &[span]);
    out.rule('=');
    for (label, day) in [(words.report.from, rollup.first_date), (words.report.to, rollup.last_date)] {
        if let Some(day) = day {
            out.pair(&format!("  {label}:"), &day.format("%d/%m/%Y").to_string());
        }
    }
    out.pair(&format!("  {}:", words.report.closures), &rollup.closures.to_string());
    if rollup.corrections > 0 {
        out.pair(&format!("  {}:", words.report.corrections), &rollup.corrections.to_string());
    }
    parts::labelled(&mut out, &format!("  {}", words.receipt.register), frame.register);
    parts::labelled(&mut out, &format!("  {}", words.report.serial), frame.serial);
    out.pair(&format!("  {}:", words.report.as_of), &parts::date_and_minute(at.local));
    out.rule('=');
    out.right(rollup.currency.code().as_str());
    let sheet = Sheet { report: &rollup.report, currency: &rollup.currency, frame, staff: None };
    sheet.sales(&mut out);
    drawers(&mut out, rollup, frame);
    sheet.over_short(&mut out, &rollup.over_short, None);
    for (code, sums) in &rollup.foreign {
        sheet.over_short(&mut out, &sums.over_short, Some(*code));
    }
    sheet.breakdown(&mut out, true);
    finish(out, &rollup.report, rollup.suspended_count, frame)
}

/// What was counted in the drawers, of those that were.
fn drawers(out: &mut Printout, rollup: &Rollup, frame: &ReportFrame<'_>) {
    let (words, show) = (&frame.words.report, |sum| rollup.currency.show(sum));
    section(out, words.cash_balance);
    amount(out, words.expected, &show(rollup.expected_cash));
    amount(out, words.counted, &show(rollup.counted_cash));
    amount(out, words.over, &show(rollup.over));
    amount(out, words.short, &show(-rollup.short));
    amount(out, words.to_safe, &show(rollup.moved_to_safe));
    for (code, sums) in &rollup.foreign {
        let rows = [
            (words.expected, sums.expected),
            (words.counted, sums.counted),
            (words.over, sums.over),
            (words.short, -sums.short),
            (words.to_safe, sums.moved_to_safe),
        ];
        // What was missing at hand-overs alone stands by its reason: nothing was counted for closing.
        if rows.iter().all(|(_, sum)| sum.is_zero()) {
            continue;
        }
        for (label, sum) in rows {
            amount(out, &format!("{label} {code}"), &Currency::of(*code).format(sum));
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{collections::BTreeMap, string::String, vec::Vec};

    use super::*;
    use crate::{
        closure::{
            ForeignSums,
            drawer::{OverShort, OverShortReason},
            tests::samples::moment,
        },
        money::{CurrencyCode, Money},
        printout::{text, words},
    };

    fn counterfeit() -> OverShort {
        OverShort {
            reason: Some(OverShortReason::Counterfeit),
            count: 1,
            over: Money::ZERO,
            short: Money::from_minor(1_000),
        }
    }

    /// The sheet in English, on paper of 42 letters.
    fn sheet(summed: &Rollup) -> String {
        let (cashiers, departments) = (BTreeMap::new(), BTreeMap::new());
        let frame = ReportFrame {
            words: &words::ENGLISH,
            header: "",
            register: "1",
            serial: "SF-1",
            cashier: "",
            cashiers: &cashiers,
            departments: &departments,
            copy: false,
            hides_cash: false,
            parked_before: 0,
            underway: crate::money::Money::ZERO,
        };
        let sheet = rollup(summed, "March 2026", moment("2026-03-12 08:00:00"), &frame);
        text::render(&sheet, 42).join("\n")
    }

    #[test]
    fn a_sheet_of_several_closures_says_of_which_days_and_what_was_over_and_short() {
        let currency = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 3, day);
        let eur = CurrencyCode::parse("EUR").unwrap();
        let notes = ForeignSums {
            expected: Money::from_minor(2_000),
            counted: Money::from_minor(1_000),
            short: Money::from_minor(1_000),
            over_short: Vec::from([counterfeit()]),
            ..ForeignSums::default()
        };
        let summed = Rollup {
            closures: 3,
            first_date: day(2),
            last_date: day(9),
            over: Money::from_minor(120),
            short: Money::from_minor(50),
            expected_cash: Money::from_minor(10_000),
            counted_cash: Money::from_minor(10_070),
            over_short: Vec::from([OverShort {
                reason: Some(OverShortReason::WrongChange),
                count: 2,
                over: Money::ZERO,
                short: Money::from_minor(50),
            }]),
            foreign: BTreeMap::from([(eur, notes)]),
            ..Rollup::empty(currency)
        };
        let lines = sheet(&summed);
        for words in [
            "Wrong change (2)",
            "March 2026",
            "02/03/2026",
            "09/03/2026",
            "£1.20",
            "-£0.50",
            "£100.70",
            "Serial: SF-1",
            "OVER AND SHORT BY REASON EUR",
            "-10.00",
        ] {
            assert!(lines.contains(words), "{words} in {lines}");
        }
        let of_notes = lines.split("OVER AND SHORT BY REASON EUR").nth(1).unwrap();
        assert!(of_notes.contains("(1)"), "one count, by its reason: {of_notes}");
        assert!(lines.contains("Expected EUR") && lines.contains("Counted EUR"), "{lines}");
    }

    #[test]
    fn a_currency_that_was_counted_at_hand_overs_alone_stands_on_the_sheet_by_reason_only() {
        let usd = CurrencyCode::parse("USD").unwrap();
        let handed_on = ForeignSums { over_short: Vec::from([counterfeit()]), ..ForeignSums::default() };
        let currency = Currency::of(CurrencyCode::parse("GBP").unwrap());
        let lines = sheet(&Rollup { foreign: BTreeMap::from([(usd, handed_on)]), ..Rollup::empty(currency) });
        let of_dollars = lines.split("OVER AND SHORT BY REASON USD").nth(1).unwrap();
        assert!(of_dollars.contains("-10.00") && !lines.contains("Counted USD"), "{lines}");
    }
}
