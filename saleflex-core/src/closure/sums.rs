//! The sums a report is made of: the types, the one way to add them up, and what is worked out from them.

use alloc::{collections::BTreeMap, string::String};

use serde::{Deserialize, Serialize};

use super::{
    ExemptionKind,
    figures::{AdjustmentType, CurrencyKey, TaxKey},
};
use crate::{
    catalog::DepartmentNo,
    document::DocumentType,
    ids::CashierId,
    money::{CurrencyCode, Money},
    tender::{PrepaidKind, TenderKind, TipKind},
};

mod derived;
mod notes;
mod rows;

pub use self::notes::ForeignNotes;

/// Adding up, field by field, and taking away what was added.
trait Absorb {
    fn absorb(&mut self, other: &Self);
    fn release(&mut self, other: &Self);
}

impl Absorb for Money {
    fn absorb(&mut self, other: &Self) {
        *self += *other;
    }

    fn release(&mut self, other: &Self) {
        *self -= *other;
    }
}

impl Absorb for u64 {
    fn absorb(&mut self, other: &Self) {
        *self += *other;
    }

    fn release(&mut self, other: &Self) {
        *self = self.saturating_sub(*other);
    }
}

impl<K: Clone + Ord, V: Absorb + Default + PartialEq> Absorb for BTreeMap<K, V> {
    fn absorb(&mut self, other: &Self) {
        for (key, value) in other {
            self.entry(key.clone()).or_default().absorb(value);
        }
    }

    fn release(&mut self, other: &Self) {
        for (key, value) in other {
            self.entry(key.clone()).or_default().release(value);
        }
        self.retain(|_, value| *value != V::default());
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

            fn release(&mut self, other: &Self) {
                $(self.$field.release(&other.$field);)*
            }
        }
    )*};
}

sums! {
    /// All counts and sums of a period, or of any part of one. Amounts are minor units of the till's currency.
    ///
    /// Reports are added up by [`Report::merge`], with [`Report::empty`] as nothing: whichever way the documents
    /// of a period are cut into parts, and in whatever order the parts come, the figures are the same. What is no
    /// sum (an average, the number of suspended documents, the drawer count) is computed from these figures or kept
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
        /// Σ tips; no part of sales nor of tenders.
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
        /// What happened to the drawer, by who took or paid out the tender; together the same as `cash`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        cash_by_cashier: BTreeMap<CashierId, CashTotals>,
        /// Tips by how they came.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        tip_kinds: BTreeMap<TipKind, TipKindTotals>,
        /// Sales without tax, by why; returns count against them.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        exemptions: BTreeMap<ExemptionKind, ExemptionTotals>,
        /// Sales to customers who are known; returns count against them.
        #[serde(default)]
        customers: CustomerTotals,
        /// Those of them to customers who are no members of a loyalty program; what was sold before this was looked at is not
        /// among them.
        #[serde(default, skip_serializing_if = "CustomerTotals::is_nothing")]
        no_members: CustomerTotals,
        /// Deposits on bottles and crates.
        #[serde(default, skip_serializing_if = "ContainerTotals::is_nothing")]
        containers: ContainerTotals,
        /// Gift cards and vouchers, by kind; of what they paid it is the same as prepaid cards in `tenders`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        prepaid: BTreeMap<PrepaidKind, PrepaidTotals>,
        /// What campaigns gave on sales, and what of it came back in the period, by code. What was sold before this was
        /// looked at is not among it: of all campaigns together `adjustments` tells.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        campaigns: BTreeMap<String, CampaignTotals>,
    }

    /// How many documents; one that is both cancelled and a return counts as cancelled.
    Counts {
        /// Neither cancelled nor returns: sales, deliveries, cash movements, purchases.
        valid: u64,
        /// The sales among them.
        sales: u64,
        /// Cancelled documents, returns among them.
        cancelled: u64,
        /// Completed returns.
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
        /// Σ tax of these entries.
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
        /// Completed documents.
        valid_count: u64,
        /// Σ totals of the completed ones.
        valid_amount: Money,
        /// Σ tax of the completed ones.
        valid_tax: Money,
        /// Cancelled documents.
        cancelled_count: u64,
        /// Σ totals of the cancelled ones.
        cancelled_amount: Money,
        /// Σ tax of the cancelled ones.
        cancelled_tax: Money,
    }

    /// Discounts, markups or surcharges of one type.
    AdjustmentTotals {
        /// How many adjustments.
        count: u64,
        /// What they came to.
        amount: Money,
        /// Totals of the lines they applied to, before them.
        affected: Money,
    }

    /// What one campaign gave.
    CampaignTotals {
        /// On how many sales.
        sales: u64,
        /// Σ of what it gave on single lines.
        on_lines: Money,
        /// Σ of what it gave on whole documents.
        on_documents: Money,
        /// Σ of what went back of it with returned goods, sold in whatever period.
        #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
        back: Money,
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
        /// Σ tax on the lines.
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
        /// How many tips.
        count: u64,
        /// Σ tips.
        total: Money,
        /// What the tipped documents came to, to take a percentage of.
        base: Money,
    }

    /// Tips that came one way.
    TipKindTotals {
        /// How many tips.
        count: u64,
        /// Σ tips.
        total: Money,
    }

    /// Documents that were exempt for one reason.
    ExemptionTotals {
        /// How many, sales and returns.
        documents: u64,
        /// What sales came to less what returns came to.
        amount: Money,
    }

    /// Deposits on containers, of which the shop owes the customers what was not paid out again.
    ContainerTotals {
        /// How many were charged for.
        charged_count: u64,
        /// Σ of them, before document-level adjustments.
        charged: Money,
        /// For how many the deposit was paid out.
        paid_out_count: u64,
        /// Σ of them.
        paid_out: Money,
    }

    /// Gift cards or vouchers of one kind.
    PrepaidTotals {
        /// How many paid.
        count: u64,
        /// Σ what they paid.
        taken: Money,
        /// How many were paid back onto.
        refund_count: u64,
        /// Σ of that.
        refunds: Money,
        /// How many had a rest that was given back as a new voucher.
        renewed_count: u64,
        /// Σ of those rests.
        renewed: Money,
        /// How many had a rest that nobody got.
        lost_count: u64,
        /// Σ of those rests.
        lost: Money,
    }

    /// Documents of customers who are known.
    CustomerTotals {
        /// How many, sales and returns.
        documents: u64,
        /// What sales came to less what returns came to.
        amount: Money,
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
        /// Documents finished that sold nothing and took nothing back: deliveries, purchases, movements of cash.
        #[serde(default, skip_serializing_if = "derived::is_none")]
        others: u64,
    }

    /// What happened to the drawer, in the till's own currency but for the notes of others.
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
        /// Notes of other currencies taken less those paid out. Sums of older tills do not say.
        #[serde(default, skip_serializing_if = "ForeignNotes::is_empty")]
        foreign: ForeignNotes,
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

    /// Adds all figures of another report.
    pub fn merge(&mut self, other: &Self) {
        self.absorb(other);
    }

    /// Takes away the figures of documents that are part of it, as a correction does. What comes to nothing is no
    /// longer listed.
    pub fn take_away(&mut self, other: &Self) {
        self.release(other);
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
}
