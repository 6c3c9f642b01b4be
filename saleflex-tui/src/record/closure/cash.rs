//! What happened to the drawers of a closed period: what came in and went out, what was counted, who handed what to whom.

use saleflex_core::{
    closure::{
        Closure,
        drawer::{CashShare, OverShortReason},
    },
    money::{Currency, CurrencyCode, Money},
};

use super::Page;
use crate::{listing::audit::who, message, text::Key};

impl Page<'_> {
    pub(super) fn cash(&self) -> Vec<String> {
        let mut lines = self.moved();
        lines.extend(self.counted());
        lines.extend(self.closure.drawers.iter().flat_map(|drawer| {
            let name = format!("{} {}", self.text.word(Key::DrawerWord), drawer.no.0);
            let line = match (drawer.counted, drawer.difference()) {
                (Some(counted), Some(difference)) => self.counted_line(&name, counted, difference),
                _ => Self::labelled(
                    &format!("{name}, {}", self.text.word(Key::ClosureExpected)),
                    &self.money(drawer.expected),
                ),
            };
            let foreign = drawer.foreign.iter().flat_map(|(code, cash)| {
                self.foreign_lines(*code, cash.expected, cash.counted.zip(cash.difference()))
            });
            let why = self.why(drawer.over_short, drawer.reason.as_deref());
            [line].into_iter().chain(foreign).chain(why).collect::<Vec<_>>()
        }));
        lines.extend(self.closure.first_counts.iter().map(|first| {
            let name = format!(
                "{} ({} {})",
                self.text.word(Key::ClosureFirstCount),
                self.text.word(Key::DrawerWord),
                first.drawer.0
            );
            self.counted_line(&name, first.counted, first.difference())
        }));
        lines.extend(self.foreign());
        lines.extend(self.closure.shares.iter().flat_map(|share| self.share(share)));
        lines.extend(self.by_cashier());
        lines
    }

    fn counted_line(&self, label: &str, counted: Money, difference: Money) -> String {
        let [counted, difference] = [counted, difference].map(|sum| self.money(sum));
        Self::labelled(label, &format!("{counted} ({difference})"))
    }

    /// What came into the drawers and went out of them, and what should lie there.
    fn moved(&self) -> Vec<String> {
        let (cash, words) = (&self.closure.report.cash, &self.text.printout.report);
        let times = |label: &str, count: u64| format!("{label} ({count})");
        let mut lines = vec![self.amount(Key::ClosureOpening, self.closure.opening_cash)];
        let moved = [
            (words.cash_taken.to_owned(), cash.tendered),
            (words.change.to_owned(), -cash.change),
            (words.cash_paid_back.to_owned(), -cash.refunds),
            (times(words.deposits, cash.paid_in_count), cash.paid_in),
            (times(words.withdrawals, cash.paid_out_count), -cash.paid_out),
            (times(words.cash_drops, cash.drop_count), -cash.drops),
            (words.tips.to_owned(), cash.tips),
        ];
        lines.extend(moved.iter().map(|(label, sum)| Self::labelled(label, &self.money(*sum))));
        lines.push(self.amount(Key::ClosureExpected, self.closure.expected_cash));
        lines
    }

    /// What was counted of all drawers together, and why it differed.
    fn counted(&self) -> Vec<String> {
        let closure = self.closure;
        let mut lines = Vec::new();
        if let Some(counted) = closure.counted_cash {
            lines.push(self.amount(Key::ClosureCounted, counted));
        }
        if let Some(difference) = closure.difference() {
            lines.push(self.amount(Key::ClosureDifference, difference));
        }
        lines.extend(self.why(closure.over_short_reason(), closure.reason()));
        lines.push(self.amount(Key::ClosureLeft, closure.float_left()));
        if closure.counted_cash.is_some() {
            lines.push(self.amount(Key::ClosureSafe, closure.moved_to_safe()));
        }
        lines
    }

    /// Why a drawer differed; nothing where nobody said.
    fn why(&self, chosen: Option<OverShortReason>, said: Option<&str>) -> Option<String> {
        let chosen = chosen.map(|reason| self.text.word(message::over_short(reason)));
        let parts: Vec<&str> = chosen.into_iter().chain(said).collect();
        let label = self.text.printout.receipt.reason;
        (!parts.is_empty()).then(|| format!("  {label}: {}", parts.join(", ")))
    }

    /// What one holder of a drawer answered for.
    fn share(&self, share: &CashShare) -> Vec<String> {
        let (words, counts) = (&self.text.printout.report, &self.text.printout.counts);
        let until = share.until.local.format("%Y-%m-%d %H:%M").to_string();
        let drawer = format!("{} {}: ", words.drawer, share.drawer.0);
        let person = who(self.till, Some(share.cashier));
        let counted_by = share.is_undeclared.then(|| format!("  {} {person}", counts.counted_by));
        let holder = if share.is_undeclared { counts.undeclared } else { person.as_str() };
        let to = match share.handed_to {
            Some(to) => format!("  {} {}", counts.hand_over, who(self.till, Some(to))),
            None => format!("  {}", counts.closing),
        };
        let mut lines = vec![
            Self::labelled(&format!("{drawer}{holder}"), &until),
            Self::labelled(&format!("  {}", counts.received), &self.money(share.received)),
            Self::labelled(&format!("  {}", words.expected), &self.money(share.expected)),
        ];
        if let Some(counted_by) = counted_by {
            lines.insert(1, counted_by);
        }
        if let (Some(counted), Some(difference)) = (share.counted, share.difference()) {
            lines.push(self.counted_line(&format!("  {}", words.counted), counted, difference));
        }
        for (code, foreign) in &share.foreign {
            let counted = foreign.counted.zip(foreign.difference());
            lines.extend(self.foreign_lines(*code, foreign.expected, counted));
        }
        lines.extend(self.why(share.over_short, share.reason.as_deref()));
        lines.push(to);
        lines
    }

    /// What should lie in one drawer of a foreign currency, and what was counted there with what it differed by.
    fn foreign_lines(
        &self,
        code: CurrencyCode,
        expected: Money,
        counted: Option<(Money, Money)>,
    ) -> Vec<String> {
        let (words, currency) = (&self.text.printout.report, Currency::of(code));
        let should = Self::labelled(&format!("  {} {code}", words.expected), &currency.format(expected));
        let counted = counted.map(|(counted, difference)| {
            let [counted, difference] = [counted, difference].map(|sum| currency.format(sum));
            Self::labelled(&format!("  {} {code}", words.counted), &format!("{counted} ({difference})"))
        });
        [should].into_iter().chain(counted).collect()
    }

    /// What each cashier took into the drawers and out of them, where there were several.
    fn by_cashier(&self) -> Vec<String> {
        let Closure { report, .. } = self.closure;
        if report.cash_by_cashier.len() < 2 {
            return Vec::new();
        }
        let own = report.cash_by_cashier.iter().map(|(id, cash)| {
            let name = format!("  {}", who(self.till, Some(*id)));
            Self::labelled(&name, &self.money(cash.expected(Money::ZERO)))
        });
        let heading = self.text.printout.report.cash_by_cashier.to_owned();
        [heading].into_iter().chain(own).collect()
    }
}
