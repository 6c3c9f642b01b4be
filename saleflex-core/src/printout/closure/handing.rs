//! Whose differences they are: hand-overs one by one, and why a drawer was over or short.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    counted,
    sections::{amount, section},
    totals::Sheet,
};
use crate::{
    closure::{
        Closure,
        drawer::{CashShare, OverShort, OverShortReason},
    },
    ids::CashierId,
    money::{Currency, CurrencyCode, Money},
    printout::{Align, Printout, name, parts, words::Words},
};

/// A reason that was chosen, and the words beside it; nothing where neither was given.
pub(in crate::printout) fn why(
    words: &Words,
    over_short: Option<OverShortReason>,
    said: Option<&str>,
) -> Option<String> {
    let reason = over_short.map(|reason| words.counts.reason(reason));
    let parts: Vec<&str> = reason.into_iter().chain(said).collect();
    (!parts.is_empty()).then(|| format!("{}: {}", words.receipt.reason, parts.join(", ")))
}

/// What is said of a foreign currency in one drawer.
pub(super) fn foreign(out: &mut Printout, code: CurrencyCode, said: &[(&str, Option<Money>)]) {
    for (label, sum) in said {
        if let Some(sum) = sum {
            amount(out, &format!("  {label} {code}"), &Currency::of(code).format(*sum));
        }
    }
}

impl Sheet<'_> {
    /// Why the drawer of the whole till differed. What was said of single drawers stands beside them.
    pub(super) fn reason(&self, out: &mut Printout, closure: &Closure) {
        self.why(out, closure.over_short_reason(), closure.reason());
    }

    fn why(&self, out: &mut Printout, chosen: Option<OverShortReason>, said: Option<&str>) {
        if let Some(reason) = why(self.frame.words, chosen, said) {
            out.paragraph(&reason, Align::Left);
        }
    }

    /// Why one of several drawers differed: set in below its figures, so that it is not read as one of the whole till.
    pub(super) fn why_below(&self, out: &mut Printout, chosen: Option<OverShortReason>, said: Option<&str>) {
        if let Some(reason) = why(self.frame.words, chosen, said) {
            out.paragraph(&format!("    {reason}"), Align::Left);
        }
    }

    /// What each holder of a drawer that was handed on received, should have had and counted.
    pub(super) fn hand_overs(&self, out: &mut Printout, closure: &Closure) {
        if closure.shares.is_empty() {
            return;
        }
        section(out, self.frame.words.counts.hand_overs);
        for share in &closure.shares {
            self.share(out, share);
        }
    }

    fn share(&self, out: &mut Printout, share: &CashShare) {
        let (words, counts) = (&self.frame.words.report, &self.frame.words.counts);
        let person = self.person(share.cashier);
        if share.is_undeclared {
            out.line(&format!("  {} {}: {}", words.drawer, share.drawer.0, counts.undeclared));
            out.line(&format!("    {} {person}", counts.counted_by));
        } else {
            out.line(&format!("  {} {}: {person}", words.drawer, share.drawer.0));
        }
        for (label, sum) in [
            (counts.received, Some(share.received)),
            (words.expected, Some(share.expected)),
            (words.counted, share.counted),
            (words.difference, share.difference()),
        ] {
            if let Some(sum) = sum {
                amount(out, &format!("  {label}"), &self.currency.show(sum));
            }
        }
        for (code, foreign) in &share.foreign {
            let answered = [
                (words.expected, Some(foreign.expected)),
                (words.counted, foreign.counted),
                (words.difference, foreign.difference()),
            ];
            self::foreign(out, *code, &answered);
        }
        self.why_below(out, share.over_short, share.reason.as_deref());
        let until = parts::date_and_minute(share.until.local);
        match share.handed_to {
            Some(to) => out.pair(&format!("    {} {}", counts.to, self.person(to)), &until),
            None => out.pair(&format!("    {}", counts.closing), &until),
        }
    }

    fn person(&self, id: CashierId) -> String {
        let known = self.frame.cashiers.get(&id).map(String::as_str).unwrap_or_default();
        name(known, &id.to_string())
    }

    /// What was over and short by reason: of the till's own currency, or of a foreign one.
    pub(super) fn over_short(&self, out: &mut Printout, sums: &[OverShort], of: Option<CurrencyCode>) {
        if sums.is_empty() {
            return;
        }
        let (words, counts) = (&self.frame.words.report, &self.frame.words.counts);
        let title = of.map(|code| format!("{} {code}", counts.by_reason));
        section(out, title.as_deref().unwrap_or(counts.by_reason));
        let show = |sum| of.map_or_else(|| self.currency.show(sum), |code| Currency::of(code).format(sum));
        for sum in sums {
            let reason = sum.reason.map_or(counts.no_reason, |reason| counts.reason(reason));
            out.line(&format!("  {}", counted(reason, sum.count)));
            for (label, amount_of) in [(words.over, sum.over), (words.short, -sum.short)] {
                if !amount_of.is_zero() {
                    amount(out, &format!("  {label}"), &show(amount_of));
                }
            }
        }
    }
}
