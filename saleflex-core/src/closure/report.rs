//! Folding documents into a report.

use alloc::vec::Vec;
use core::mem;

use super::{
    figures::{DocumentFigures, Effect, TaxKey, TenderFigures},
    sums::{CashTotals, Report},
};
use crate::{
    document::CashMovementKind,
    ids::CashierId,
    money::Money,
    tender::{Direction, TenderKind, Tip},
};

impl Report {
    /// Adds one document.
    pub fn add(&mut self, document: &DocumentFigures) {
        self.add_counts(document);
        self.add_people(document);
        match document.effect {
            Effect::Sale => self.add_sale(document),
            Effect::Return => self.add_return(document),
            Effect::Purchase => self.purchases += document.total,
            Effect::CashMovement(kind) => {
                self.book_cash(document.cashier, |report| report.add_cash_movement(kind, document.total));
            }
            Effect::Delivery | Effect::Cancelled | Effect::Open | Effect::Underway => {}
        }
        if !document.deposits_applied.is_zero() {
            self.deposits.applied_count += 1;
            self.deposits.applied += document.deposits_applied;
        }
        for amount in &document.deposits_refunded {
            self.deposits.refunded_count += 1;
            self.deposits.refunded += *amount;
        }
        for rest in &document.rests {
            let totals = self.prepaid.entry(rest.prepaid).or_default();
            totals.lost_count += u64::from(rest.lost.is_positive());
            totals.lost += rest.lost;
            totals.renewed_count += u64::from(rest.renewed.is_positive());
            totals.renewed += rest.renewed;
        }
        let mut tipped = Vec::new();
        for tender in &document.tenders {
            self.book_cash(tender.taken_by, |report| {
                report.add_tender(tender);
                report.add_tip(tender, document, &mut tipped);
            });
            if matches!(document.effect, Effect::Open | Effect::Cancelled) {
                self.add_deposit(tender);
            }
        }
    }

    /// What is added to the drawer is added to the part of it that a cashier answers for as well.
    fn book_cash(&mut self, cashier: CashierId, add: impl FnOnce(&mut Self)) {
        let before = mem::take(&mut self.cash);
        add(self);
        let own = mem::replace(&mut self.cash, before);
        if own != CashTotals::default() {
            self.cash.merge(&own);
            self.cash_by_cashier.entry(cashier).or_default().merge(&own);
        }
    }

    fn add_counts(&mut self, document: &DocumentFigures) {
        let counts = &mut self.counts;
        match document.effect {
            Effect::Open | Effect::Underway => return,
            Effect::Cancelled => counts.cancelled += 1,
            Effect::Return => counts.returns += 1,
            Effect::Sale => {
                counts.valid += 1;
                counts.sales += 1;
            }
            Effect::Purchase | Effect::Delivery | Effect::CashMovement(_) => counts.valid += 1,
        }
        let totals = self.document_types.entry(document.document_type).or_default();
        if document.effect == Effect::Cancelled {
            totals.cancelled_count += 1;
            totals.cancelled_amount += document.total;
            totals.cancelled_tax += document.tax;
        } else {
            totals.valid_count += 1;
            totals.valid_amount += document.total;
            totals.valid_tax += document.tax;
        }
    }

    fn add_people(&mut self, document: &DocumentFigures) {
        // Whoever finished a document has a row, also where it is in none of its sums.
        if matches!(document.effect, Effect::Purchase | Effect::Delivery | Effect::CashMovement(_)) {
            self.cashiers.entry(document.cashier).or_default().others += 1;
        }
        for (cashier, amount) in &document.voids {
            let totals = self.cashiers.entry(*cashier).or_default();
            totals.void_count += 1;
            totals.voids += *amount;
        }
        for cashier in &document.corrections {
            self.cashiers.entry(*cashier).or_default().corrections += 1;
        }
    }

    fn add_sale(&mut self, document: &DocumentFigures) {
        self.gross_sales += document.total;
        self.discounts += document.discount;
        self.surcharges += document.surcharge;
        let cashier = self.cashiers.entry(document.cashier).or_default();
        cashier.sale_count += 1;
        cashier.sales += document.net;
        for adjustment in &document.adjustments {
            let totals = self.adjustments.entry(adjustment.adjustment_type).or_default();
            totals.count += 1;
            totals.amount += adjustment.amount;
            totals.affected += adjustment.affected;
        }
        for given in &document.campaigns {
            let totals = self.campaigns.entry(given.code.clone()).or_default();
            totals.sales += 1;
            totals.on_lines += given.on_lines;
            totals.on_documents += given.on_documents;
        }
        self.add_goods(document, |amount| amount);
    }

    fn add_return(&mut self, document: &DocumentFigures) {
        self.returns += document.total;
        let cashier = self.cashiers.entry(document.cashier).or_default();
        cashier.return_count += 1;
        cashier.returns += document.net;
        for returned in &document.campaigns {
            self.campaigns.entry(returned.code.clone()).or_default().back += returned.back;
        }
        self.add_goods(document, |amount| -amount);
    }

    /// What sales add and returns take away.
    fn add_goods(&mut self, document: &DocumentFigures, signed: fn(Money) -> Money) {
        self.net_sales += signed(document.net);
        self.tax += signed(document.tax);
        self.rounding += signed(document.rounding);
        if let Some(kind) = document.exemption {
            let totals = self.exemptions.entry(kind).or_default();
            totals.documents += 1;
            totals.amount += signed(document.net);
        }
        if document.has_customer {
            self.customers.documents += 1;
            self.customers.amount += signed(document.net);
        }
        if document.has_customer && document.is_no_member {
            self.no_members.documents += 1;
            self.no_members.amount += signed(document.net);
        }
        self.add_containers(document);
        let mut rates: Vec<&TaxKey> = Vec::new();
        for part in &document.taxes {
            // Nearly always the rate is there: only a new one is worth a copy of its name.
            let totals = match self.taxes.get_mut(&part.key) {
                Some(totals) => totals,
                None => self.taxes.entry(part.key.clone()).or_default(),
            };
            totals.taxable += signed(part.taxable);
            totals.tax += signed(part.tax);
            totals.entries += 1;
            if part.exempt {
                totals.exempt += signed(part.taxable);
                totals.exempt_entries += 1;
            }
            if !rates.contains(&&part.key) {
                rates.push(&part.key);
                totals.documents += 1;
            }
        }
        let mut departments = Vec::new();
        for line in &document.lines {
            let totals = self.departments.entry(line.department).or_default();
            totals.lines += 1;
            totals.gross += signed(line.gross);
            totals.discount += signed(line.discount);
            totals.surcharge += signed(line.surcharge);
            totals.tax += signed(line.tax);
            totals.net += signed(line.net);
            if !departments.contains(&line.department) {
                departments.push(line.department);
                totals.documents += 1;
            }
        }
    }

    fn add_containers(&mut self, document: &DocumentFigures) {
        let totals = &mut self.containers;
        let (count, sum) = if document.effect == Effect::Return {
            (&mut totals.paid_out_count, &mut totals.paid_out)
        } else {
            (&mut totals.charged_count, &mut totals.charged)
        };
        for line in document.lines.iter().filter(|line| line.containers > 0) {
            *count += line.containers;
            *sum += line.gross;
        }
    }

    fn add_cash_movement(&mut self, kind: CashMovementKind, amount: Money) {
        let cash = &mut self.cash;
        let (count, sum) = match kind {
            CashMovementKind::Float => (&mut cash.float_count, &mut cash.float),
            CashMovementKind::PaidIn => (&mut cash.paid_in_count, &mut cash.paid_in),
            CashMovementKind::PaidOut => (&mut cash.paid_out_count, &mut cash.paid_out),
            CashMovementKind::CashDrop => (&mut cash.drop_count, &mut cash.drops),
        };
        *count += 1;
        *sum += amount;
    }

    fn add_tender(&mut self, tender: &TenderFigures) {
        let totals = self.tenders.entry(tender.kind).or_default();
        let currency = self.currencies.entry(tender.currency).or_default();
        let is_cash = tender.kind == TenderKind::Cash;
        if let Some(kind) = tender.prepaid {
            let prepaid = self.prepaid.entry(kind).or_default();
            let (count, sum) = match tender.direction {
                Direction::In => (&mut prepaid.count, &mut prepaid.taken),
                Direction::Out => (&mut prepaid.refund_count, &mut prepaid.refunds),
            };
            *count += 1;
            *sum += tender.amount;
        }
        totals.count += 1;
        totals.change += tender.change;
        self.cash.change += tender.change;
        if tender.currency.rate.is_some() {
            let notes = match tender.direction {
                Direction::In => tender.currency_amount,
                Direction::Out => -tender.currency_amount,
            };
            self.cash.foreign.add(tender.currency.currency, notes);
        }
        match tender.direction {
            Direction::In => {
                totals.tendered += tender.amount;
                currency.amount += tender.currency_amount;
                currency.base += tender.amount;
                if is_cash {
                    self.cash.tendered += tender.amount;
                }
            }
            Direction::Out => {
                totals.refunds += tender.amount;
                currency.amount -= tender.currency_amount;
                currency.base -= tender.amount;
                if is_cash {
                    self.cash.refunds += tender.amount;
                }
            }
        }
    }

    /// What is held of a deposit is what was due: its change went back at once.
    fn add_deposit(&mut self, tender: &TenderFigures) {
        let (count, sum, held) = match tender.direction {
            Direction::In => {
                (&mut self.deposits.taken_count, &mut self.deposits.taken, tender.amount - tender.change)
            }
            // The change of a deposit that is paid back comes back from the customer, below nothing.
            Direction::Out => (
                &mut self.deposits.refunded_count,
                &mut self.deposits.refunded,
                tender.amount + tender.change,
            ),
        };
        *count += 1;
        *sum += held;
    }

    fn add_tip(&mut self, tender: &TenderFigures, document: &DocumentFigures, tipped: &mut Vec<TenderKind>) {
        let Some(tip) = document.counted_tip(tender) else { return };
        if tender.direction == Direction::Out {
            self.tips -= tip.amount;
            self.cash.tips -= tender.tip_in_drawer();
            self.tips_by_tender.entry(tender.kind).or_default().total -= tip.amount;
            self.tip_kinds.entry(tip.kind).or_default().total -= tip.amount;
            return;
        }
        self.tips += tip.amount;
        self.cash.tips += tender.tip_in_drawer();
        let totals = self.tips_by_tender.entry(tender.kind).or_default();
        totals.count += 1;
        totals.total += tip.amount;
        let kind = self.tip_kinds.entry(tip.kind).or_default();
        kind.count += 1;
        kind.total += tip.amount;
        if !tipped.contains(&tender.kind) {
            tipped.push(tender.kind);
            totals.base += document.net;
        }
    }
}

/// Tips.
impl DocumentFigures {
    /// The tips of it that count, with who took the tender they came with; below nothing where one went back with a
    /// deposit. Of all documents of a period they are [`Report::tips`].
    pub fn tips(&self) -> impl Iterator<Item = (CashierId, Money)> {
        self.tenders.iter().filter_map(|tender| {
            let amount = self.counted_tip(tender)?.amount;
            Some((tender.taken_by, if tender.direction == Direction::Out { -amount } else { amount }))
        })
    }

    /// A tip belongs to the tender it came with, and goes back with a deposit that is paid back. What a refund or a
    /// purchase says of one counts nowhere.
    fn counted_tip(&self, tender: &TenderFigures) -> Option<Tip> {
        let counts =
            tender.direction == Direction::In || !matches!(self.effect, Effect::Return | Effect::Purchase);
        tender.tip.filter(|tip| counts && tip.amount.is_positive())
    }
}

impl<'a> Extend<&'a DocumentFigures> for Report {
    fn extend<I: IntoIterator<Item = &'a DocumentFigures>>(&mut self, documents: I) {
        documents.into_iter().for_each(|document| self.add(document));
    }
}

impl FromIterator<DocumentFigures> for Report {
    fn from_iter<I: IntoIterator<Item = DocumentFigures>>(documents: I) -> Self {
        let mut report = Self::empty();
        documents.into_iter().for_each(|document| report.add(&document));
        report
    }
}
