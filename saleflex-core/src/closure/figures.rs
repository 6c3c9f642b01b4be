//! What one document brings to its period's report.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    ExemptionKind,
    prepaid::{self, RestFigures},
};
use crate::{
    basket::LineItem,
    catalog::DepartmentNo,
    document::{Cancelled, CashMovementKind, Completed, Document, DocumentType, Kind},
    ids::{CashierId, ClosureNumber},
    money::{CurrencyCode, Money},
    quantity::{ExchangeRate, Percent, Quantity},
    tax::{Jurisdiction, TaxMode, TaxRate},
    tender::{Direction, PrepaidKind, Tender, TenderKind, Tip, TipKind},
};

mod adjustments;

pub use self::adjustments::{AdjustmentFigures, AdjustmentType, CampaignFigures};
use self::adjustments::{adjustments, campaigns, campaigns_back};

/// What a document does to a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Goods were sold.
    Sale,
    /// Goods came back; its figures count against sales.
    Return,
    /// Something was bought from the drawer.
    Purchase,
    /// Goods left on a waybill or delivery note: counted by type, no sale.
    Delivery,
    /// Money went in or out of the drawer outside a sale; the amount is the document's total.
    CashMovement(CashMovementKind),
    /// Closed without effect.
    Cancelled,
    /// Not finished: only the deposits taken in the period count.
    Open,
    /// Open at the till and no order: what was taken for it counts as taken, and is held for nobody as a deposit.
    Underway,
}

/// The figures of one document, as [`super::Report::add`] folds them. Amounts are positive; the effect says which
/// way they count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentFigures {
    /// How it counts.
    pub effect: Effect,
    /// What kind of paper.
    pub document_type: DocumentType,
    /// The cashier who finished it.
    pub cashier: CashierId,
    /// Σ line totals, before document-level adjustments.
    pub total: Money,
    /// Σ document-level discounts.
    pub discount: Money,
    /// Σ document-level surcharges.
    pub surcharge: Money,
    /// Σ line taxes.
    pub tax: Money,
    /// What was owed, tax included.
    pub net: Money,
    /// What rounding to coins added to what was owed.
    pub rounding: Money,
    /// Its discounts, markups and surcharges one by one.
    pub adjustments: Vec<AdjustmentFigures>,
    /// What campaigns gave on it, an entry for each; of a return what of it went back.
    pub campaigns: Vec<CampaignFigures>,
    /// Its taxes, an entry for each rate of each line.
    pub taxes: Vec<TaxFigures>,
    /// Its active lines.
    pub lines: Vec<LineFigures>,
    /// Its tenders taken in the period.
    pub tenders: Vec<TenderFigures>,
    /// What was left of its vouchers, of whatever period: that is settled with it.
    pub rests: Vec<RestFigures>,
    /// Deposits of earlier periods that paid part of it.
    pub deposits_applied: Money,
    /// Deposits of earlier periods that were paid back in this one, before it was finished.
    pub deposits_refunded: Vec<Money>,
    /// Lines taken back, whole or in part, and, for a cancelled document, the document itself: by whom and how much.
    pub voids: Vec<(CashierId, Money)>,
    /// Price overrides, and tenders taken back or paid back to whoever gave them: by whom.
    pub corrections: Vec<CashierId>,
    /// Why it bears no tax.
    pub exemption: Option<ExemptionKind>,
    /// Whether the customer is known.
    pub has_customer: bool,
    /// Whether they are known to be no member of a loyalty program.
    pub is_no_member: bool,
}

/// Tax of one rate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TaxFigures {
    /// The rate it was taxed at.
    pub key: TaxKey,
    /// What it was applied to, without tax.
    pub taxable: Money,
    /// The tax at this rate.
    pub tax: Money,
    /// Whether the document was exempt from it.
    pub exempt: bool,
}

/// One active line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LineFigures {
    /// Its main department.
    pub department: DepartmentNo,
    /// Its total, before document-level adjustments.
    pub gross: Money,
    /// Its share of document-level discounts.
    pub discount: Money,
    /// Its share of document-level surcharges.
    pub surcharge: Money,
    /// The tax on it.
    pub tax: Money,
    /// What it came to without tax.
    pub net: Money,
    /// How many containers it is the deposit on.
    pub containers: u64,
}

/// One tender.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TenderFigures {
    /// The kind of tender.
    pub kind: TenderKind,
    /// Which way it went.
    pub direction: Direction,
    /// Who took it or paid it out.
    pub taken_by: CashierId,
    /// Its worth, before change.
    pub amount: Money,
    /// Change given on it, in cash.
    pub change: Money,
    /// The currency that was handed over.
    pub currency: CurrencyKey,
    /// How much of that currency.
    pub currency_amount: Money,
    /// A tip on top.
    pub tip: Option<Tip>,
    /// What kind of prepaid card it is.
    pub prepaid: Option<PrepaidKind>,
}

/// What a report sums taxes by. Ordered by rate, as reports list them; two rates of the same percentage stay
/// apart by their names (D-CLO-08).
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TaxKey {
    /// The percentage of the rate.
    pub percent: Percent,
    /// The name of the rate.
    pub name: String,
    /// Who levies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Jurisdiction>,
}

impl From<&TaxRate> for TaxKey {
    fn from(rate: &TaxRate) -> Self {
        Self { percent: rate.percent, name: rate.name.clone(), jurisdiction: rate.jurisdiction.clone() }
    }
}

/// What a report sums currencies by: each rate used has its own row.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct CurrencyKey {
    /// The currency handed over.
    pub currency: CurrencyCode,
    /// The rate; none for the till's own currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<ExchangeRate>,
}

impl DocumentFigures {
    /// Figures of nothing, to be filled in.
    pub const fn new(effect: Effect, document_type: DocumentType, cashier: CashierId) -> Self {
        Self {
            effect,
            document_type,
            cashier,
            total: Money::ZERO,
            discount: Money::ZERO,
            surcharge: Money::ZERO,
            tax: Money::ZERO,
            net: Money::ZERO,
            rounding: Money::ZERO,
            adjustments: Vec::new(),
            campaigns: Vec::new(),
            taxes: Vec::new(),
            lines: Vec::new(),
            tenders: Vec::new(),
            rests: Vec::new(),
            deposits_applied: Money::ZERO,
            deposits_refunded: Vec::new(),
            voids: Vec::new(),
            corrections: Vec::new(),
            exemption: None,
            has_customer: false,
            is_no_member: false,
        }
    }

    /// What a completed document brings to the period it counts in; quotes and training bring nothing.
    ///
    /// Tenders taken in an earlier period were counted there as deposits; they come in as deposits applied, or as paid
    /// back where they were in this period.
    pub fn of(completed: &Completed) -> Option<Self> {
        let completion = Completion {
            by: completed.completed_by(),
            closure: completed.closure(),
            no_member: completed.pricing().no_member,
            campaigns_back: &completed.pricing().campaigns_back,
        };
        Self::of_completed(completed.document(), &completion)
    }

    /// The same by what is said of the completion beside the document.
    pub(super) fn of_completed(document: &Document, completion: &Completion<'_>) -> Option<Self> {
        if !counts(document) {
            return None;
        }
        let Completion { by, closure, no_member, campaigns_back: back } = *completion;
        let effect = effect(document);
        let mut figures = Self::of_contents(effect, document, by);
        figures.is_no_member = no_member;
        if matches!(effect, Effect::Sale | Effect::Return) {
            figures.adjustments = adjustments(document);
            figures.campaigns =
                if effect == Effect::Return { campaigns_back(back) } else { campaigns(document) };
            figures.taxes = taxes(document);
            figures.lines =
                document.active_lines().map(|line| line_figures(line, document.tax_mode)).collect();
        }
        figures.tenders = tenders(document, closure);
        figures.rests = prepaid::rests(document);
        let earlier = document.counted_tenders().filter(|tender| tender.closure != closure);
        figures.deposits_refunded = paid_back(document, closure);
        let refunded: Money = figures.deposits_refunded.iter().copied().sum();
        figures.deposits_applied = earlier.map(signed).sum::<Money>() - refunded;
        Some(figures)
    }

    /// What a cancelled document brings to the period it was cancelled in.
    pub fn cancelled(cancelled: &Cancelled) -> Option<Self> {
        Self::of_cancelled(cancelled.document(), cancelled.authority().cashier, cancelled.closure())
    }

    /// The same by what is said of the cancelling beside the document.
    pub(super) fn of_cancelled(
        document: &Document,
        cashier: CashierId,
        closure: ClosureNumber,
    ) -> Option<Self> {
        if !counts(document) {
            return None;
        }
        let mut figures = Self::of_contents(Effect::Cancelled, document, cashier);
        // The void of the last line ended it: that line is counted already, and nothing else was taken back.
        if document.active_lines().next().is_some() {
            figures.voids.push((cashier, document.totals.total));
        }
        figures.tenders = tenders(document, closure);
        Some(figures)
    }

    /// The deposits that a document took or paid back in a period before it was finished: of one that is put aside
    /// now, or of one that was finished in a later period. Nothing when there are none.
    pub fn deposits(document: &Document, closure: ClosureNumber) -> Option<Self> {
        let tenders = tenders(document, closure);
        if !counts(document) || tenders.is_empty() {
            return None;
        }
        let mut figures = Self::new(Effect::Open, document.document_type, document.opened_by.cashier);
        figures.net = document.totals.net_due;
        figures.tenders = tenders;
        Some(figures)
    }

    /// What the document that is open at the till brings to an X report of the period: an order as
    /// [`DocumentFigures::deposits`], of any other what was taken for it, which is no deposit while it is being served.
    /// Nothing when nothing was taken.
    pub fn open(document: &Document, closure: ClosureNumber) -> Option<Self> {
        let mut figures = Self::deposits(document, closure)?;
        if !document.kind.takes_deposits() {
            figures.effect = Effect::Underway;
            figures.deposits_refunded = paid_back(document, closure);
        }
        Some(figures)
    }

    /// The same with what the halves of an exchange settled each other by among the tenders, as older tills counted it.
    #[must_use]
    pub fn with_set_offs(mut self, document: &Document, closure: ClosureNumber) -> Self {
        let currency = document.currency.code();
        self.tenders.extend(set_offs(document, closure).map(|tender| tender_figures(tender, currency)));
        self
    }

    /// How many tenders of a document settle it against the other half of its exchange.
    pub fn set_offs(document: &Document, closure: ClosureNumber) -> usize {
        set_offs(document, closure).count()
    }

    /// What a return gave to the sale that settled it, where it is one of an exchange.
    pub fn set_off_given(document: &Document, closure: ClosureNumber) -> Money {
        let given = set_offs(document, closure).filter(|tender| tender.direction == Direction::Out);
        given.map(|tender| tender.amount).sum()
    }

    /// The head's figures, and who took back or corrected what.
    fn of_contents(effect: Effect, document: &Document, cashier: CashierId) -> Self {
        let totals = document.totals;
        let void = |line: &LineItem| line.void.as_ref().map(|void| (void.authority.cashier, line.total));
        let reductions =
            document.reductions.iter().map(|reduced| (reduced.authority.cashier, reduced.amount));
        let overridden =
            |line: &LineItem| line.price_override.as_ref().map(|changed| changed.authority.cashier);
        let removed = |tender: &Tender| tender.void.as_ref().map(|void| void.authority.cashier);
        // What an earlier period counted is taken back by a tender that pays it back.
        let paid_back = pays_back(document).map(|tender| tender.taken_by);
        Self {
            total: totals.total,
            discount: totals.discount,
            surcharge: totals.surcharge,
            tax: totals.tax,
            net: totals.net_due,
            rounding: totals.rounding,
            voids: document.lines.iter().filter_map(void).chain(reductions).collect(),
            corrections: document
                .lines
                .iter()
                .filter_map(overridden)
                .chain(document.tenders.iter().filter_map(removed))
                .chain(paid_back)
                .collect(),
            exemption: document.exemption.as_ref().map(ExemptionKind::of),
            has_customer: document.customer.is_some(),
            ..Self::new(effect, document.document_type, cashier)
        }
    }
}

/// How a document was completed, as far as its figures say it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Completion<'a> {
    /// Who completed it.
    pub(super) by: CashierId,
    /// The period it counts in.
    pub(super) closure: ClosureNumber,
    /// Whether its customer is known to be no member of a loyalty program.
    pub(super) no_member: bool,
    /// What of each campaign's discounts goes back with it.
    pub(super) campaigns_back: &'a BTreeMap<String, Money>,
}

/// Quotes and training count nowhere.
fn counts(document: &Document) -> bool {
    !document.training && document.kind != Kind::Quote
}

fn effect(document: &Document) -> Effect {
    match (document.kind, &document.cash_movement) {
        (Kind::CashMovement, Some(movement)) => Effect::CashMovement(movement.kind),
        (Kind::Return, _) => Effect::Return,
        (Kind::Purchase, _) => Effect::Purchase,
        // What it moved is not known, and no till writes one: it is counted by its type and sold nothing.
        (Kind::CashMovement, None) => Effect::Delivery,
        (Kind::Sale | Kind::Quote | Kind::Order | Kind::Layaway, _)
            if document.document_type.is_delivery() =>
        {
            Effect::Delivery
        }
        (Kind::Sale | Kind::Quote | Kind::Order | Kind::Layaway, _) => Effect::Sale,
    }
}

fn taxes(document: &Document) -> Vec<TaxFigures> {
    let parts = document.active_lines().flat_map(|line| &line.taxes);
    parts
        .map(|part| TaxFigures {
            key: TaxKey::from(&part.rate),
            taxable: part.taxable,
            tax: part.tax,
            exempt: part.exempt,
        })
        .collect()
}

pub(super) fn line_figures(line: &LineItem, mode: TaxMode) -> LineFigures {
    let contained = match mode {
        TaxMode::Inclusive => line.tax(),
        TaxMode::Exclusive => Money::ZERO,
    };
    LineFigures {
        department: line.item.department,
        gross: line.total,
        discount: line.discount_share,
        surcharge: line.surcharge_share,
        tax: line.tax(),
        net: line.value() - contained,
        containers: if line.item.is_container { pieces(line.quantity) } else { 0 },
    }
}

/// What is counted in pieces is a whole number of them.
fn pieces(quantity: Quantity) -> u64 {
    u64::try_from(quantity.decimal().trunc()).unwrap_or_default()
}

/// The tenders taken in a period, with the change that was given out of them. What the halves of an exchange settle each
/// other by is no tender that anybody gave.
fn tenders(document: &Document, closure: ClosureNumber) -> Vec<TenderFigures> {
    let taken = taken_in(document, closure).filter(|tender| !tender.sets_off);
    taken.map(|tender| tender_figures(tender, document.currency.code())).collect()
}

fn set_offs(document: &Document, closure: ClosureNumber) -> impl Iterator<Item = &Tender> {
    taken_in(document, closure).filter(|tender| tender.sets_off)
}

fn taken_in(document: &Document, closure: ClosureNumber) -> impl Iterator<Item = &Tender> {
    // Of an exchange that is not finished, what was paid out hangs on the return.
    let returned = document.exchange.iter().flat_map(|returned| returned.counted_tenders());
    document.counted_tenders().chain(returned).filter(move |tender| tender.closure == closure)
}

/// The tenders that pay back what an earlier period had counted of the document's own.
fn pays_back(document: &Document) -> impl Iterator<Item = &Tender> {
    let own = document.id;
    document.counted_tenders().filter(move |tender| tender.refunds.is_some_and(|(of, _)| of == own))
}

/// What was paid back in a period of deposits that an earlier one had counted.
fn paid_back(document: &Document, closure: ClosureNumber) -> Vec<Money> {
    let back = pays_back(document).filter(|tender| tender.closure == closure);
    back.map(|tender| -signed(tender)).collect()
}

fn tender_figures(tender: &Tender, own: CurrencyCode) -> TenderFigures {
    // Cash is paid back less the change that it gave: nobody hands all of it over to have that back.
    let is_one_sum = tender.direction == Direction::Out && tender.kind == TenderKind::Cash;
    let of_change = if is_one_sum { tender.change } else { Money::ZERO };
    let (amount, change) = (tender.amount - of_change, tender.change - of_change);
    let (currency, currency_amount) = match &tender.foreign {
        Some(foreign) => {
            (CurrencyKey { currency: foreign.currency.code(), rate: Some(foreign.rate) }, foreign.amount)
        }
        None => (CurrencyKey { currency: own, rate: None }, amount),
    };
    TenderFigures {
        kind: tender.kind,
        direction: tender.direction,
        taken_by: tender.taken_by,
        amount,
        // With a deposit that is paid back otherwise, its change comes back from the customer.
        change: match tender.direction {
            Direction::In => change,
            Direction::Out => -change,
        },
        currency,
        currency_amount,
        tip: tender.tip,
        prepaid: PrepaidKind::of(tender),
    }
}

impl TenderFigures {
    /// The tip where it lies in the drawer until it is paid out: given in cash, or added by rule to a payment in
    /// cash.
    pub(super) fn tip_in_drawer(&self) -> Money {
        match self.tip {
            Some(Tip { amount, kind: TipKind::Cash }) => amount,
            Some(Tip { amount, kind: TipKind::AutoGratuity }) if self.kind == TenderKind::Cash => amount,
            _ => Money::ZERO,
        }
    }
}

fn signed(tender: &Tender) -> Money {
    match tender.direction {
        Direction::In => tender.amount - tender.change,
        Direction::Out => tender.change - tender.amount,
    }
}
