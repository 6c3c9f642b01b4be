//! What a closed period came to by kind: papers, discounts, currencies, gift cards, deposits, tips, people.

use saleflex_core::{
    closure::{AdjustmentType, DocumentMark},
    ids::CashierId,
    money::{Currency, Money},
    tender::PrepaidKind,
};

use super::Page;
use crate::listing::{audit::who, employees::hours};

impl Page<'_> {
    fn named(&self, name: &str, count: u64, sum: Money) -> String {
        format!("  {:<28}{count:>12}{:>12}", name.chars().take(27).collect::<String>(), self.money(sum))
    }

    /// A heading and what stands below it; nothing where nothing does.
    fn part(heading: &str, rows: Vec<String>) -> Vec<String> {
        if rows.is_empty() { rows } else { [heading.to_owned()].into_iter().chain(rows).collect() }
    }

    /// The number of a document and when it was finished.
    pub(super) fn document(mark: Option<DocumentMark>) -> String {
        mark.map_or_else(
            || "-".to_owned(),
            |mark| format!("{} {}", mark.number, mark.at.local.format("%H:%M")),
        )
    }

    /// Papers by kind, valid and cancelled, and adjustments by type.
    pub(super) fn kinds(&self) -> Vec<String> {
        let (report, words) = (&self.closure.report, &self.text.printout.report);
        let papers = report.document_types.iter().flat_map(|(kind, totals)| {
            let name = self.text.document_type(*kind);
            let cancelled = format!("{name}, {}", words.cancelled);
            let valid = self.named(name, totals.valid_count, totals.valid_amount);
            let cancelled = self.named(&cancelled, totals.cancelled_count, totals.cancelled_amount);
            [(valid, totals.valid_count), (cancelled, totals.cancelled_count)]
        });
        let papers = papers.filter(|(_, count)| *count > 0).map(|(line, _)| line).collect();
        let adjusted = |is_discount: bool| -> Vec<String> {
            let all = report.adjustments.iter();
            let of = all.filter(|(kind, _): &(&AdjustmentType, _)| kind.is_discount() == is_discount);
            let name = |kind: AdjustmentType| self.text.printout.adjustments.of(kind);
            of.map(|(kind, totals)| self.named(name(*kind), totals.count, totals.amount)).collect()
        };
        let mut lines = Self::part(words.document_types, papers);
        lines.extend(Self::part(words.discounts, adjusted(true)));
        lines.extend(Self::part(words.surcharges, adjusted(false)));
        lines
    }

    /// What went back of a kind of tender, gift cards, currencies, deposits and tips.
    pub(super) fn worth(&self) -> Vec<String> {
        let (report, words) = (&self.closure.report, &self.text.printout.report);
        let tender = |kind| crate::message::tender_kind(self.text, kind);
        let refunds = report.tenders.iter().filter(|(_, totals)| !totals.refunds.is_zero());
        let refunds = refunds
            .map(|(kind, totals)| format!("  {:<28}{:>24}", tender(*kind), self.money(totals.refunds)));
        let currencies = report.currencies.iter().filter_map(|(key, row)| {
            let handed = format!("{} {}", key.currency, Currency::of(key.currency).format(row.amount));
            Some(format!("  {:<28}{:>24}", format!("{handed} @ {}", key.rate?), self.money(row.base)))
        });
        let cards = report.prepaid.iter().map(|(kind, totals)| {
            let name = match kind {
                PrepaidKind::GiftCard => words.with_number,
                PrepaidKind::Voucher => words.vouchers,
                PrepaidKind::Unnamed => words.without_number,
            };
            self.named(name, totals.count, totals.taken)
        });
        let held = &report.deposits;
        let deposits = [
            (words.taken, held.taken_count, held.taken),
            (words.paid_back, held.refunded_count, -held.refunded),
            (words.applied, held.applied_count, -held.applied),
        ];
        let deposits = deposits.into_iter().filter(|(_, count, _)| *count > 0);
        let deposits = deposits.map(|(name, count, sum)| self.named(name, count, sum));
        let tips = report.tips_by_tender.iter();
        let mut tips: Vec<String> =
            tips.map(|(kind, totals)| self.named(tender(*kind), totals.count, totals.total)).collect();
        if let Some(shared) = self.closure.staff.tips_distributed.filter(|_| !tips.is_empty()) {
            tips.extend(
                [(words.tips_shared, shared), (words.tips_not_shared, report.tips - shared)]
                    .map(|(name, sum)| format!("  {name:<28}{:>24}", self.money(sum))),
            );
        }
        [
            (words.paid_back, refunds.collect()),
            (words.gift_cards, cards.collect()),
            (words.currencies, currencies.collect()),
            (words.held_deposits, deposits.collect()),
            (words.tip_summary, tips),
        ]
        .into_iter()
        .flat_map(|(heading, rows)| Self::part(heading, rows))
        .collect()
    }

    /// What a sale of a cashier came to on average, what they corrected, and when they were at work.
    pub(super) fn at_work(&self, id: CashierId) -> Vec<String> {
        let (report, words) = (&self.closure.report, &self.text.printout.report);
        let mut lines = Vec::new();
        let mut line = |label: &str, value: &str| lines.push(Self::labelled(&format!("  {label}"), value));
        if let Some(totals) = report.cashiers.get(&id) {
            if totals.sale_count > 0 {
                line(words.average, &self.money(totals.average_sale()));
            }
            if totals.corrections > 0 {
                line(words.corrections, &totals.corrections.to_string());
            }
        }
        if let Some(work) = self.closure.staff.work.get(&id) {
            let clock = |local: chrono::NaiveDateTime| local.format("%d/%m %H:%M").to_string();
            let came = clock(work.clock_in.local);
            let label = match work.clock_out {
                Some(left) => format!("{came} - {}", clock(left.local)),
                None => format!("{} {came}", words.at_work_since),
            };
            line(&label, &hours(work.worked_min().into()));
        }
        lines
    }

    /// The name of whoever opened, closed or agreed; nothing where nobody did.
    pub(super) fn person(&self, id: Option<CashierId>) -> String {
        id.map_or_else(|| "-".to_owned(), |id| who(self.till, Some(id)))
    }
}
