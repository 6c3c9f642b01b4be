//! What became known after a period was closed, on a copy of its report: below the figures, which stay as they were.

use alloc::{
    format,
    string::{String, ToString},
};

use super::{
    sections::{amount, section},
    totals::Sheet,
};
use crate::{
    closure::{Change, Closure, Corrected, Correction},
    money::{Currency, Money},
    printout::{Align, Printout, name, parts},
};

impl Sheet<'_> {
    /// The corrections in order, and what stands with them and with what follows of those of the periods before; nothing where
    /// there are none.
    pub(super) fn corrections(
        &self,
        out: &mut Printout,
        closure: &Closure,
        (corrections, stands): (&[Correction], &Corrected),
    ) {
        // Closing refuses a count that does not add up.
        let is_foreign_so = closure.foreign_cash().unwrap_or_default() == stands.foreign;
        if corrections.is_empty() && stands.opening_cash == stands.said_opening() && is_foreign_so {
            return;
        }
        let words = &self.frame.words.report;
        if !corrections.is_empty() {
            section(out, words.corrected_since);
        }
        for correction in corrections {
            let cashier = correction.authority.cashier;
            let known = self.frame.cashiers.get(&cashier).map(String::as_str);
            let who = name(known.unwrap_or_default(), &cashier.to_string());
            out.pair(&format!("  {} {who}", correction.no), &parts::date_and_minute(correction.at.local));
            self.change(out, &correction.change);
            out.paragraph(&format!("\"{}\"", correction.reason), Align::Left);
        }
        section(out, words.stands);
        amount(out, words.gross_with_tax, &self.show(stands.report.net_sales));
        amount(out, words.opening_cash, &self.show(stands.opening_cash));
        amount(out, words.expected, &self.show(stands.expected_cash));
        if let (Some(counted), Some(difference)) = (stands.counted_cash, stands.difference()) {
            amount(out, words.counted, &self.show(counted));
            amount(out, words.difference, &self.show(difference));
        }
        for (code, cash) in &stands.foreign {
            for (label, sum) in [
                (words.opening_cash, Some(cash.opening).filter(|opening| !opening.is_zero())),
                (words.expected, Some(cash.expected)),
                (words.counted, cash.counted),
                (words.difference, cash.difference()),
            ] {
                if let Some(sum) = sum {
                    amount(out, &format!("{label} {code}"), &Currency::of(*code).format(sum));
                }
            }
        }
    }

    fn change(&self, out: &mut Printout, change: &Change) {
        let words = &self.frame.words.report;
        let mut was = |label: &str, old: Option<Money>, new: Money| {
            let old = old.map_or_else(|| "-".to_string(), |old| self.show(old));
            out.pair(&format!("    {label}:"), &format!("{old} -> {}", self.show(new)));
        };
        match change {
            Change::CountedCash { old, new } => was(words.counted, *old, *new),
            Change::CountedForeign { currency, old, new } => {
                let show = |sum: Money| Currency::of(*currency).format(sum);
                let old = old.map_or_else(|| "-".to_string(), show);
                let label = format!("    {} {currency}:", words.counted);
                out.pair(&label, &format!("{old} -> {}", show(*new)));
            }
            Change::OpeningCash { old, new } => was(words.opening_cash, Some(*old), *new),
            Change::WithdrawnDocument { number, figures, .. } => {
                out.pair(&format!("    {} {number}", words.withdrawn), &self.show(-figures.net_sales));
            }
            Change::LateDocument { number, figures, .. } => {
                out.pair(&format!("    {} {number}", words.counts_again), &self.show(figures.net_sales));
            }
        }
    }
}
