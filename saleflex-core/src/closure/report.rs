//! The figures of a period: a sum over its documents that can be taken in any order and in any parts.

use alloc::{collections::BTreeMap, vec::Vec};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::figures::{AdjustmentType, CurrencyKey, DocumentFigures, Effect, TaxKey, TenderFigures};
use crate::{
    catalog::DepartmentNo,
    document::{CashMovementKind, DocumentType},
    ids::CashierId,
    money::{CurrencyCode, Money, Rounding},
    tender::{Direction, TenderKind},
};

/// Adding up, field by field.
trait Absorb {
    fn absorb(&mut self, other: &Self);
}

impl Absorb for Money {
    fn absorb(&mut self, other: &Self) {
        *self += *other;
    }
}

impl Absorb for u64 {
    fn absorb(&mut self, other: &Self) {
        *self += *other;
    }
}

impl<K: Clone + Ord, V: Absorb + Default> Absorb for BTreeMap<K, V> {
    fn absorb(&mut self, other: &Self) {
        for (key, value) in other {
            self.entry(key.clone()).or_default().absorb(value);
        }
    }
}

/// Declares structs of sums together with the one way to add them up, so that no field can be forgotten.
macro_rules! sums {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
        pub struct $name {
            $($(#[$about])* pub $field: $kind,)*
        }

        impl Absorb for $name {
            fn absorb(&mut self, other: &Self) {
                $(self.$field.absorb(&other.$field);)*
            }
        }
    )*};
}

sums! {
    /// All counts and sums of a period, or of any part of one. Amounts are minor units of the till's currency.
    ///
    /// Reports are added up by [`Report::merge`], with [`Report::empty`] as nothing: whichever way the documents
    /// of a period are cut into parts, and in whatever order the parts come, the figures are the same. What is no
    /// sum (an average, the number of parked documents, the drawer count) is computed from these figures or kept
    /// beside them.
    Report {
        /// How many documents.
        counts: Counts,
        /// Σ sales: line totals before document-level adjustments.
        gross_sales: Money,
        /// Σ returns, likewise.
        returns: Money,
        /// Σ document-level discounts of sales.
        discounts: Money,
        /// Σ document-level surcharges of sales.
        surcharges: Money,
        /// Σ what sales came to less what returns came to, tax included whether prices contain it or not.
        net_sales: Money,
        /// Σ tax of sales less that of returns.
        tax: Money,
        /// Σ what rounding to coins added to sales, less the same of returns.
        rounding: Money,
        /// Σ tips.
        tips: Money,
        /// Σ what was bought from the drawer.
        purchases: Money,
        /// By tender kind.
        tenders: BTreeMap<TenderKind, TenderTotals>,
        /// By tax rate.
        #[serde(with = "rows")]
        taxes: BTreeMap<TaxKey, TaxTotals>,
        /// By document type.
        document_types: BTreeMap<DocumentType, DocumentTypeTotals>,
        /// Discounts, markups and surcharges of sales, by type.
        adjustments: BTreeMap<AdjustmentType, AdjustmentTotals>,
        /// By main department; returns count against it.
        #[serde(with = "rows")]
        departments: BTreeMap<DepartmentNo, DepartmentTotals>,
        /// What was handed over, by currency and rate.
        #[serde(with = "rows")]
        currencies: BTreeMap<CurrencyKey, CurrencyTotals>,
        /// Tips by the kind of tender they came with.
        tips_by_tender: BTreeMap<TenderKind, TipTotals>,
        /// By cashier.
        cashiers: BTreeMap<CashierId, CashierTotals>,
        /// What happened to the drawer.
        cash: CashTotals,
        /// Money held for orders that are not finished: a liability, no sales.
        deposits: DepositTotals,
    }

    /// How many documents; one that is both cancelled and a return counts as cancelled.
    Counts {
        /// Neither cancelled nor returns: sales, deliveries, cash movements, purchases.
        valid: u64,
        /// The sales among them.
        sales: u64,
        /// Cancelled.
        cancelled: u64,
        /// Returns.
        returns: u64,
    }

    /// Tenders of one kind.
    TenderTotals {
        /// How many were taken or paid out.
        count: u64,
        /// Taken, before change.
        tendered: Money,
        /// Change given on them.
        change: Money,
        /// Paid out: refunds, and purchases from the drawer.
        refunds: Money,
    }

    /// Tax of one rate; returns count against it.
    TaxTotals {
        /// What it was applied to, without tax; exempt amounts included.
        taxable: Money,
        /// The tax.
        tax: Money,
        /// Entries: lines that bear the rate.
        entries: u64,
        /// Documents with at least one entry.
        documents: u64,
        /// How much of the taxable amount was exempt.
        exempt: Money,
        /// Entries that were exempt.
        exempt_entries: u64,
    }

    /// Documents of one type; amounts are totals before document-level adjustments, and positive.
    DocumentTypeTotals {
        /// Completed.
        valid_count: u64,
        /// Their totals.
        valid_amount: Money,
        /// Their tax.
        valid_tax: Money,
        /// Cancelled.
        cancelled_count: u64,
        /// Their totals.
        cancelled_amount: Money,
        /// Their tax.
        cancelled_tax: Money,
    }

    /// Discounts, markups or surcharges of one type.
    AdjustmentTotals {
        /// How many.
        count: u64,
        /// What they came to.
        amount: Money,
        /// Totals of the lines they applied to, before them.
        affected: Money,
    }

    /// Lines of one main department; those of returns count against the amounts.
    DepartmentTotals {
        /// Lines.
        lines: u64,
        /// Documents with at least one of them.
        documents: u64,
        /// Σ line totals.
        gross: Money,
        /// Σ shares of document-level discounts.
        discount: Money,
        /// Σ shares of document-level surcharges.
        surcharge: Money,
        /// Σ tax.
        tax: Money,
        /// Σ what the lines came to, without tax.
        net: Money,
    }

    /// Money of one currency at one rate: what was taken less what was paid out, before change.
    CurrencyTotals {
        /// In the currency's own minor units.
        amount: Money,
        /// What it was worth in the till's currency.
        base: Money,
    }

    /// Tips that came with one kind of tender.
    TipTotals {
        /// How many.
        count: u64,
        /// Their sum.
        total: Money,
        /// What the tipped documents came to, to take a percentage of.
        base: Money,
    }

    /// What one cashier did.
    CashierTotals {
        /// Sales finished.
        sale_count: u64,
        /// What they came to.
        sales: Money,
        /// Returns finished.
        return_count: u64,
        /// What they came to.
        returns: Money,
        /// Lines taken back and documents cancelled.
        void_count: u64,
        /// Their amounts.
        voids: Money,
        /// Tenders taken back and prices overridden.
        corrections: u64,
    }

    /// What happened to the drawer, in the till's own currency.
    CashTotals {
        /// Floats declared.
        float_count: u64,
        /// Σ of them.
        float: Money,
        /// Times money was put in.
        paid_in_count: u64,
        /// Σ of it.
        paid_in: Money,
        /// Times money was taken out to pay for something.
        paid_out_count: u64,
        /// Σ of it.
        paid_out: Money,
        /// Times money was brought to the safe.
        drop_count: u64,
        /// Σ of it.
        drops: Money,
        /// Cash taken for documents, before change.
        tendered: Money,
        /// Change given, whatever the tender.
        change: Money,
        /// Cash paid out: refunds, and purchases.
        refunds: Money,
        /// Tips that lie in the drawer until they are paid out.
        tips: Money,
    }

    /// Money held for documents that are not finished.
    DepositTotals {
        /// Deposits taken in the period for documents that it did not finish.
        taken_count: u64,
        /// Σ of them.
        taken: Money,
        /// Deposits paid back.
        refunded_count: u64,
        /// Σ of them.
        refunded: Money,
        /// Documents finished in the period that were paid in part in earlier ones.
        applied_count: u64,
        /// Σ of those parts.
        applied: Money,
    }
}

impl Report {
    /// The report of nothing.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Adds one document.
    pub fn add(&mut self, document: &DocumentFigures) {
        self.add_counts(document);
        self.add_people(document);
        match document.effect {
            Effect::Sale => self.add_sale(document),
            Effect::Return => self.add_return(document),
            Effect::Purchase => self.purchases += document.total,
            Effect::CashMovement(kind) => self.add_cash_movement(kind, document.total),
            Effect::Delivery | Effect::Cancelled | Effect::Open => {}
        }
        if !document.deposits_applied.is_zero() {
            self.deposits.applied_count += 1;
            self.deposits.applied += document.deposits_applied;
        }
        let mut tipped = Vec::new();
        for tender in &document.tenders {
            self.add_tender(tender);
            if matches!(document.effect, Effect::Open | Effect::Cancelled) {
                self.add_deposit(tender);
            }
            self.add_tip(tender, document, &mut tipped);
        }
    }

    /// Adds all figures of another report.
    pub fn merge(&mut self, other: &Self) {
        self.absorb(other);
    }

    /// Completed and cancelled documents together.
    pub const fn document_count(&self) -> u64 {
        self.counts.valid + self.counts.cancelled + self.counts.returns
    }

    /// Net sales without tax.
    pub fn net_excluding_tax(&self) -> Money {
        self.net_sales - self.tax
    }

    /// What should lie in the drawer of each foreign currency: notes taken less notes paid out.
    pub fn foreign_cash(&self) -> BTreeMap<CurrencyCode, Money> {
        let mut drawer = BTreeMap::new();
        for (key, totals) in self.currencies.iter().filter(|(key, _)| key.rate.is_some()) {
            *drawer.entry(key.currency).or_insert(Money::ZERO) += totals.amount;
        }
        drawer
    }

    fn add_counts(&mut self, document: &DocumentFigures) {
        let counts = &mut self.counts;
        match document.effect {
            Effect::Open => return,
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
        self.add_goods(document, |amount| amount);
    }

    fn add_return(&mut self, document: &DocumentFigures) {
        self.returns += document.total;
        let cashier = self.cashiers.entry(document.cashier).or_default();
        cashier.return_count += 1;
        cashier.returns += document.net;
        self.add_goods(document, |amount| -amount);
    }

    /// What sales add and returns take away.
    fn add_goods(&mut self, document: &DocumentFigures, signed: fn(Money) -> Money) {
        self.net_sales += signed(document.net);
        self.tax += signed(document.tax);
        self.rounding += signed(document.rounding);
        let mut rates: Vec<&TaxKey> = Vec::new();
        for part in &document.taxes {
            let totals = self.taxes.entry(part.key.clone()).or_default();
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
        totals.count += 1;
        totals.change += tender.change;
        self.cash.change += tender.change;
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

    fn add_deposit(&mut self, tender: &TenderFigures) {
        let (count, sum) = match tender.direction {
            Direction::In => (&mut self.deposits.taken_count, &mut self.deposits.taken),
            Direction::Out => (&mut self.deposits.refunded_count, &mut self.deposits.refunded),
        };
        *count += 1;
        *sum += tender.amount;
    }

    /// A tip belongs to the tender it came with; what a refund says of one counts nowhere.
    fn add_tip(&mut self, tender: &TenderFigures, document: &DocumentFigures, tipped: &mut Vec<TenderKind>) {
        let Some(tip) = tender.tip.filter(|tip| tip.amount.is_positive()) else { return };
        if tender.direction == Direction::Out {
            return;
        }
        self.tips += tip.amount;
        self.cash.tips += tender.tip_in_drawer();
        let totals = self.tips_by_tender.entry(tender.kind).or_default();
        totals.count += 1;
        totals.total += tip.amount;
        if !tipped.contains(&tender.kind) {
            tipped.push(tender.kind);
            totals.base += document.net;
        }
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

impl TenderTotals {
    /// What stayed: taken less change and less what was paid out.
    pub fn net(&self) -> Money {
        self.tendered - self.change - self.refunds
    }
}

impl CashTotals {
    /// What should lie in the drawer when `opening` was in it at first.
    pub fn expected(&self, opening: Money) -> Money {
        opening + self.tendered - self.change - self.refunds + self.paid_in - self.paid_out - self.drops
            + self.tips
    }
}

impl CashierTotals {
    /// Sales and returns finished.
    pub const fn documents(&self) -> u64 {
        self.sale_count + self.return_count
    }

    /// Sales less returns.
    pub fn total_sales(&self) -> Money {
        self.sales - self.returns
    }

    /// What a sale came to on average; nothing without sales.
    pub fn average_sale(&self) -> Money {
        average(self.sales, self.sale_count)
    }
}

impl TipTotals {
    /// What a tip came to on average.
    pub fn average(&self) -> Money {
        average(self.total, self.count)
    }

    /// Tips as a percentage of what the tipped documents came to, with two digits.
    pub fn percentage(&self) -> Decimal {
        let exact = Decimal::from(self.total.minor()) * Decimal::ONE_HUNDRED;
        let exact = exact.checked_div(Decimal::from(self.base.minor())).unwrap_or_default();
        let mut percentage = Rounding::HalfUp.round(exact, 2);
        percentage.rescale(2);
        percentage
    }
}

fn average(sum: Money, count: u64) -> Money {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    sum.share(Money::ONE_MINOR, Money::from_minor(count), Rounding::HalfUp)
}

/// Maps whose keys are no text are stored as a list of pairs, in the order of their keys.
mod rows {
    use alloc::{collections::BTreeMap, vec::Vec};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer, K: Serialize, V: Serialize>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D, K, V>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        D: Deserializer<'de>,
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
    {
        Vec::deserialize(deserializer).map(|rows| rows.into_iter().collect())
    }
}
