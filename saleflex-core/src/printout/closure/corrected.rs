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
    closure::{Change, Corrected, Correction},
    money::Money,
    printout::{Align, Printout, name, parts},
};

impl Sheet<'_> {
    /// The corrections in order, and what stands with them and with what follows of those of the periods before; nothing where
    /// there are none.
    pub(super) fn corrections(&self, out: &mut Printout, corrections: &[Correction], stands: &Corrected) {
        if corrections.is_empty() && stands.opening_cash == stands.said_opening() {
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
    }

    fn change(&self, out: &mut Printout, change: &Change) {
        let words = &self.frame.words.report;
        let mut was = |label: &str, old: Option<Money>, new: Money| {
            let old = old.map_or_else(|| "-".to_string(), |old| self.show(old));
            out.pair(&format!("    {label}:"), &format!("{old} -> {}", self.show(new)));
        };
        match change {
            Change::CountedCash { old, new } => was(words.counted, *old, *new),
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
