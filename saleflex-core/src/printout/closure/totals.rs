//! The figures of a [`Report`] as sections of the full X and Z report. Sections without figures are left out.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::{
    ReportFrame, counted, handing,
    sections::{self, NetSales, amount, section},
};
use crate::{
    closure::{
        AdjustmentTotals, AdjustmentType, CashierWork, Closure, Period, PrepaidTotals, Report, Staff,
        TenderTotals, drawer::ClosedDrawer,
    },
    document::DocumentType,
    money::{Currency, Money},
    printout::{
        Cell, Printout, Row, Table, name,
        parts::{self, TaxRow},
        words::ReportWords,
    },
    tender::{PrepaidKind, TenderKind},
};

#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet<'a> {
    pub(super) report: &'a Report,
    pub(super) currency: &'a Currency,
    pub(super) frame: &'a ReportFrame<'a>,
    /// Who was at work; nobody where that is not known.
    pub(super) staff: Option<&'a Staff>,
}

impl Sheet<'_> {
    /// What was sold: net, returns, cancelled documents, discounts, surcharges.
    pub(super) fn sales(&self, out: &mut Printout) {
        let (report, words) = (self.report, self.words());
        let cashiers = || report.cashiers.values();
        let sales: Money = cashiers().map(|cashier| cashier.sales).sum();
        let returns: Money = cashiers().map(|cashier| cashier.returns).sum();
        let figures = NetSales {
            labels: [words.sales_with_tax, words.net_without_tax, words.gross_with_tax],
            sales: (report.counts.sales, &self.show(sales)),
            returns: (report.counts.returns, &self.show(-returns)),
            net: &self.show(report.net_excluding_tax()),
            tax: &self.show(report.tax),
            gross: &self.show(report.net_sales),
        };
        sections::net_sales(out, &figures, words);
        self.unless_zero(out, words.rounding, report.rounding);
        self.unless_zero(out, words.purchases, report.purchases);
        sections::cancelled(out, report.counts.cancelled, words);
        self.adjustments(out);
    }

    fn adjustments(&self, out: &mut Printout) {
        let (report, words) = (self.report, self.words());
        let rows = |is_discount: bool| {
            report.adjustments.iter().filter(move |(kind, _)| kind.is_discount() == is_discount)
        };
        let row = |out: &mut Printout, title: &str, totals: &AdjustmentTotals, sum: Money| {
            out.pair(&format!("  {}", counted(title, totals.count)), &self.show(sum));
        };
        if rows(true).next().is_some() {
            section(out, words.discounts);
            // Sales are what lines came to after their own discounts, so these come first.
            let on_lines = report.adjustments.get(&AdjustmentType::Line);
            if let Some(totals) = on_lines {
                row(out, words.on_lines, totals, -totals.amount);
                amount(out, words.before_discounts, &self.show(report.gross_sales));
            }
            for (kind, totals) in rows(true).filter(|(kind, _)| **kind != AdjustmentType::Line) {
                row(out, self.frame.words.adjustments.of(*kind), totals, -totals.amount);
                if *kind == AdjustmentType::Campaign {
                    self.campaigns(out);
                }
            }
            let by_campaigns: Money = report.campaigns.values().map(|totals| totals.on_lines).sum();
            self.unless_zero(out, words.campaigns_on_lines, -by_campaigns);
            amount(out, words.on_documents, &self.show(by_campaigns - report.discounts));
            let on_lines = on_lines.map_or(Money::ZERO, |totals| totals.amount);
            amount(out, words.all_discounts, &self.show(-report.discounts - on_lines));
        }
        if rows(false).next().is_some() {
            section(out, words.surcharges);
            for (kind, totals) in rows(false) {
                row(out, self.frame.words.adjustments.of(*kind), totals, totals.amount);
            }
        }
    }

    /// What each campaign gave less what went back of it, beneath what all of them did, and then all that went back.
    fn campaigns(&self, out: &mut Printout) {
        for (code, totals) in &self.report.campaigns {
            let title = counted(code, totals.sales);
            let title = if totals.back.is_zero() { title } else { title + ", " + self.words().after_returns };
            out.pair(&format!("    {title}"), &self.show(-totals.given()));
        }
        let back: Money = self.report.campaigns.values().map(|totals| totals.back).sum();
        self.unless_zero(out, self.words().campaigns_back, back);
    }

    /// In the place of what is in the drawer.
    pub(super) fn hidden(&self, out: &mut Printout) {
        section(out, self.words().cash_balance);
        out.line(&format!("  {}", self.words().counted_blind));
    }

    /// What happened to the drawer of a period so far, and what should be in it.
    pub(super) fn drawer(&self, out: &mut Printout, period: &Period, opening: Money) {
        let (cash, words) = (&self.report.cash, self.words());
        section(out, words.cash_balance);
        amount(out, words.opening_cash, &self.show(opening));
        for (code, opening) in &period.foreign_left {
            amount(out, &format!("{} {code}", words.opening_cash), &Currency::of(*code).format(*opening));
        }
        amount(out, words.cash_taken, &self.show(cash.tendered));
        self.unless_zero(out, words.change, -cash.change);
        // What was bought was paid for out of the same drawer, and nothing came back for it.
        let is_refunds_alone = self.report.purchases.is_zero();
        let paid_out = if is_refunds_alone { words.cash_paid_back } else { words.cash_paid_back_or_out };
        self.unless_zero(out, paid_out, -cash.refunds);
        for (label, count, sum) in [
            (words.deposits, cash.paid_in_count, cash.paid_in),
            (words.withdrawals, cash.paid_out_count, -cash.paid_out),
            (words.cash_drops, cash.drop_count, -cash.drops),
        ] {
            amount(out, &counted(label, count), &self.show(sum));
        }
        self.unless_zero(out, words.tips, cash.tips);
        out.rule('-');
        amount(out, words.expected, &self.show(cash.expected(opening)));
        for (code, expected) in period.expected_foreign(self.report) {
            let label = format!("{} {code}", words.expected);
            amount(out, &label, &Currency::of(code).format(expected));
        }
    }

    /// What each cashier took into the drawer and out of it, where there were several: what a drawer that goes from
    /// one to the next is settled by.
    fn cash_by_cashier(&self, out: &mut Printout) {
        let shares = &self.report.cash_by_cashier;
        if shares.len() < 2 {
            return;
        }
        section(out, self.words().cash_by_cashier);
        for (id, cash) in shares {
            let known = self.frame.cashiers.get(id).map(String::as_str).unwrap_or_default();
            out.pair(&format!("  {}", name(known, &id.to_string())), &self.show(cash.expected(Money::ZERO)));
        }
    }

    /// What was counted in it, and what stays there: foreign notes that nobody counted stay too.
    pub(super) fn count(&self, out: &mut Printout, closure: &Closure) {
        let words = self.words();
        if let (Some(counted), Some(difference)) = (closure.counted_cash, closure.difference()) {
            amount(out, words.counted, &self.show(counted));
            amount(out, words.difference, &self.show(difference));
            self.reason(out, closure);
            amount(out, words.left_in_drawer, &self.show(closure.float_left()));
            amount(out, words.to_safe, &self.show(closure.moved_to_safe()));
        }
        closure.drawers.iter().for_each(|drawer| self.one_of_several(out, drawer));
        self.first_counts(out, closure);
        self.foreign_count(out, closure);
    }

    fn one_of_several(&self, out: &mut Printout, drawer: &ClosedDrawer) {
        let words = self.words();
        out.line(&format!("  {} {}", words.drawer, drawer.no.0));
        for (label, sum) in [
            (words.expected, Some(drawer.expected)),
            (words.counted, drawer.counted),
            (words.difference, drawer.difference()),
            (words.left_in_drawer, Some(drawer.left)),
        ] {
            if let Some(sum) = sum {
                amount(out, &format!("  {label}"), &self.show(sum));
            }
        }
        for (code, cash) in &drawer.foreign {
            let held = [
                (words.expected, Some(cash.expected)),
                (words.counted, cash.counted),
                (words.difference, cash.difference()),
                (words.left_in_drawer, Some(cash.left)),
            ];
            handing::foreign(out, *code, &held);
        }
        self.why_below(out, drawer.over_short, drawer.reason.as_deref());
    }

    fn first_counts(&self, out: &mut Printout, closure: &Closure) {
        let words = self.words();
        for first in &closure.first_counts {
            let of = if closure.drawers.is_empty() {
                String::new()
            } else {
                format!(" ({} {})", words.drawer, first.drawer.0)
            };
            amount(out, &format!("{}{of}", words.first_counted), &self.show(first.counted));
            amount(out, &format!("  {}", words.difference), &self.show(first.difference()));
            let known = self.frame.cashiers.get(&first.cashier).map(String::as_str).unwrap_or_default();
            out.pair(
                &format!("    {}", name(known, &first.cashier.to_string())),
                &parts::date_and_minute(first.at.local),
            );
        }
    }

    fn foreign_count(&self, out: &mut Printout, closure: &Closure) {
        let words = self.words();
        // Closing refuses a count that does not add up.
        for (code, cash) in closure.foreign_cash().unwrap_or_default() {
            let mut line = |label: &str, sum: Money| {
                amount(out, &format!("{label} {code}"), &Currency::of(code).format(sum));
            };
            if let (Some(counted), Some(difference)) = (cash.counted, cash.difference()) {
                line(words.counted, counted);
                line(words.difference, difference);
            }
            if cash.counted.is_some() || !cash.left.is_zero() {
                line(words.left_in_drawer, cash.left);
            }
            if cash.counted.is_some() {
                line(words.to_safe, cash.moved_to_safe());
            }
        }
    }

    /// What was sold by rate, payment, department and person; payments and cash only where they are shown.
    pub(super) fn breakdown(&self, out: &mut Printout, shows_cash: bool) {
        self.taxes(out);
        if shows_cash {
            self.payments(out);
            self.gift_cards(out);
            self.currencies(out);
            self.deposits(out);
        }
        self.containers(out);
        self.document_types(out);
        self.departments(out);
        self.cashiers(out);
        if shows_cash {
            self.cash_by_cashier(out);
            self.tips(out);
        }
    }

    fn taxes(&self, out: &mut Printout) {
        let (report, words) = (self.report, self.words());
        let labels = parts::tax_labels(report.taxes.keys().map(|key| (key.percent, key.name.as_str())));
        let rows: Vec<TaxRow> = labels
            .into_iter()
            .zip(report.taxes.values())
            .map(|(label, totals)| TaxRow { label, net: totals.taxable, tax: totals.tax })
            .collect();
        let total = (report.net_excluding_tax(), report.tax);
        // What a state or county levies is a sales tax and no value added tax.
        let is_levied = report.taxes.keys().any(|key| key.jurisdiction.is_some());
        let title = if is_levied { words.sales_tax_summary } else { words.tax_summary };
        sections::taxes(out, title, &rows, total, self.currency, words);
        for (key, totals) in report.taxes.iter().filter(|(_, totals)| totals.exempt_entries > 0) {
            let label = format!("{} {}", parts::percentage(key.percent), words.exempt);
            amount(out, &counted(&label, totals.exempt_entries), &self.show(totals.exempt));
        }
    }

    fn payments(&self, out: &mut Printout) {
        let rows = self.report.tenders.iter().flat_map(|(kind, totals)| {
            let title = counted(self.frame.words.tenders.of(*kind), totals.count);
            let mut rows = vec![(title, self.show(totals.net()))];
            rows.extend(self.handed_over(*kind, totals));
            rows
        });
        let total: Money = self.report.tenders.values().map(TenderTotals::net).sum();
        sections::payments(out, rows, &self.show(total), self.words());
        self.unless_zero(out, self.words().underway, self.frame.underway);
    }

    /// What was handed over of a kind that gave change in cash, such as cheques: so much of it lies there. Of foreign notes
    /// their own section tells, and of cash the balance of the drawer.
    fn handed_over(&self, kind: TenderKind, totals: &TenderTotals) -> Vec<(String, String)> {
        let is_told = matches!(kind, TenderKind::Cash | TenderKind::ForeignCurrency);
        if is_told || totals.change.is_zero() {
            return Vec::new();
        }
        let words = self.words();
        let parts = [
            (words.taken, totals.tendered),
            (words.change, -totals.change),
            (words.paid_back, -totals.refunds),
        ];
        let parts = parts.into_iter().filter(|(_, sum)| !sum.is_zero());
        parts.map(|(label, sum)| (format!("  {label}:"), self.show(sum))).collect()
    }

    /// Gift cards and vouchers by kind, and by how much less the shop owes on them.
    fn gift_cards(&self, out: &mut Printout) {
        let (prepaid, words) = (&self.report.prepaid, self.words());
        if prepaid.is_empty() {
            return;
        }
        section(out, words.gift_cards);
        for (kind, totals) in prepaid {
            let title = match kind {
                PrepaidKind::GiftCard => words.with_number,
                PrepaidKind::Voucher => words.vouchers,
                PrepaidKind::Unnamed => words.without_number,
            };
            amount(out, &counted(title, totals.count), &self.show(totals.taken));
            for (label, count, sum) in [
                (words.paid_back, totals.refund_count, -totals.refunds),
                (words.new_vouchers, totals.renewed_count, totals.renewed),
                (words.rests_lost, totals.lost_count, totals.lost),
            ] {
                if count > 0 {
                    amount(out, &format!("  {}", counted(label, count)), &self.show(sum));
                }
            }
        }
        out.rule('-');
        let owed: Money = prepaid.values().map(PrepaidTotals::no_longer_owed).sum();
        amount(out, words.no_longer_owed, &self.show(owed));
    }

    fn currencies(&self, out: &mut Printout) {
        let mut rows =
            self.report.currencies.iter().filter_map(|(key, row)| Some((key, key.rate?, row))).peekable();
        if rows.peek().is_none() {
            return;
        }
        section(out, self.words().currencies);
        for (key, rate, row) in rows {
            let sum = Currency::of(key.currency).format(row.amount);
            out.pair(&format!("  {} {sum} @ {rate}", key.currency), &self.show(row.base));
        }
        // Among the payments they count without it, and the cash it was given in with it.
        let change = self.report.tenders.get(&TenderKind::ForeignCurrency).map(|totals| totals.change);
        self.unless_zero(out, self.words().change, -change.unwrap_or_default());
    }

    fn deposits(&self, out: &mut Printout) {
        let (deposits, words) = (&self.report.deposits, self.words());
        if deposits.taken_count + deposits.refunded_count + deposits.applied_count == 0 {
            return;
        }
        section(out, words.held_deposits);
        for (label, count, sum) in [
            (words.taken, deposits.taken_count, deposits.taken),
            (words.paid_back, deposits.refunded_count, -deposits.refunded),
            (words.applied, deposits.applied_count, -deposits.applied),
        ] {
            amount(out, &counted(label, count), &self.show(sum));
        }
    }

    fn containers(&self, out: &mut Printout) {
        let (containers, words) = (&self.report.containers, self.words());
        if containers.is_nothing() {
            return;
        }
        section(out, words.containers);
        for (label, count, sum) in [
            (words.taken, containers.charged_count, containers.charged),
            (words.paid_back, containers.paid_out_count, -containers.paid_out),
        ] {
            amount(out, &counted(label, count), &self.show(sum));
        }
    }

    fn document_types(&self, out: &mut Printout) {
        if self.report.document_types.is_empty() {
            return;
        }
        let words = self.words();
        section(out, words.document_types);
        let cells = |first: &str, rest: [String; 2]| {
            let rest = rest.into_iter().map(Cell::Right);
            Row::Cells([Cell::Left(first.to_string())].into_iter().chain(rest).collect())
        };
        let mut rows = vec![cells("", [words.valid.to_string(), words.cancelled.to_string()])];
        for (kind, totals) in &self.report.document_types {
            // The float is a paper of this type too.
            let is_in = *kind == DocumentType::CashIn;
            let title = self.frame.words.titles.document_type(*kind);
            let title = if is_in { words.float_and_paid_in } else { title };
            rows.push(cells(title, [totals.valid_count.to_string(), totals.cancelled_count.to_string()]));
        }
        out.table(Table { indent: 2, gap: 2, columns: vec![16, 8, 9], rows });
    }

    fn departments(&self, out: &mut Printout) {
        let (report, words) = (self.report, self.words());
        if report.departments.is_empty() {
            return;
        }
        section(out, words.departments);
        let rows = report.departments.iter().map(|(no, totals)| {
            let known = self.frame.departments.get(no).map(String::as_str).unwrap_or_default();
            TaxRow { label: Cell::Left(name(known, &no.to_string())), net: totals.net, tax: totals.tax }
        });
        let rows: Vec<TaxRow> = rows.collect();
        let total = (report.net_excluding_tax(), report.tax);
        out.table(parts::tax_table(words, words.department, &rows, total, self.currency));
    }

    fn cashiers(&self, out: &mut Printout) {
        let (report, words) = (self.report, self.words());
        if report.cashiers.is_empty() {
            return;
        }
        section(out, words.cashiers);
        for (id, totals) in &report.cashiers {
            // What the till cancelled by itself is nobody's.
            let itself = if id.uuid().is_nil() { words.till } else { "" };
            let known = self.frame.cashiers.get(id).map_or(itself, String::as_str);
            let title = counted(&name(known, &id.to_string()), totals.documents());
            out.pair(&format!("  {title}"), &self.show(totals.total_sales()));
            if totals.sale_count > 0 {
                amount(out, &format!("  {}", words.average), &self.show(totals.average_sale()));
            }
            if totals.void_count > 0 {
                let label = counted(words.voids, totals.void_count);
                amount(out, &format!("  {label}"), &self.show(totals.voids));
            }
            if totals.corrections > 0 {
                amount(out, &format!("  {}", words.corrections), &totals.corrections.to_string());
            }
            if let Some(work) = self.staff.and_then(|staff| staff.work.get(id)) {
                self.work(out, work);
            }
        }
    }

    /// How long somebody worked, in hours and minutes, from when to when; days are named where there are two.
    fn work(&self, out: &mut Printout, work: &CashierWork) {
        let came = work.clock_in.local;
        let is_other_day = work.clock_out.is_some_and(|left| left.local.date() != came.date());
        let form = if is_other_day { "%d/%m %H:%M" } else { "%H:%M" };
        let came = came.format(form);
        let label = match work.clock_out {
            Some(left) => format!("  {} {came}-{}", self.words().worked, left.local.format(form)),
            None => format!("  {} {came}", self.words().at_work_since),
        };
        let minutes = work.worked_min();
        amount(out, &label, &format!("{}:{:02}", minutes / 60, minutes % 60));
    }

    fn tips(&self, out: &mut Printout) {
        if self.report.tips_by_tender.is_empty() {
            return;
        }
        section(out, self.words().tip_summary);
        for (kind, totals) in &self.report.tips_by_tender {
            let title = self.frame.words.tenders.of(*kind);
            out.pair(&format!("  {}", counted(title, totals.count)), &self.show(totals.total));
        }
        if let Some(shared) = self.staff.and_then(|staff| staff.tips_distributed) {
            amount(out, self.words().tips_shared, &self.show(shared));
            amount(out, self.words().tips_not_shared, &self.show(self.report.tips - shared));
        }
    }

    fn unless_zero(&self, out: &mut Printout, label: &str, sum: Money) {
        if !sum.is_zero() {
            amount(out, label, &self.show(sum));
        }
    }

    fn words(&self) -> &ReportWords {
        &self.frame.words.report
    }

    pub(super) fn show(&self, amount: Money) -> String {
        self.currency.show(amount)
    }
}
