//! The end of the day: what the documents of a period come to, and closing it.
//!
//! A [`Report`] is a fold over the [`DocumentFigures`] of documents. The X report shows it for the open period and
//! changes nothing; the Z report belongs to a [`Closure`], which [`close`] decides on. Both are the same figures.
//!
//! **Invariants:** parts of a period merged are the whole, in any grouping and any order; documents of training and
//! quotes count nowhere; every tender counts in exactly one period, the one it was taken in; what should lie in the
//! drawer is the float, plus the cash taken, less change, refunds and what was taken out.

use alloc::{collections::BTreeMap, vec::Vec};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    authority::Authority,
    cashier::{Approval, Capability, OnDuty, authorise},
    document::{Document, Draft},
    ids::{CashierId, ClosureLabel, ClosureNumber, DocumentNumber, StoreId, TerminalId},
    money::{AmountError, Currency, CurrencyCode, Money},
    quantity::ExchangeRate,
    tender::Denominations,
    time::Moment,
};

mod copied;
mod correction;
mod declaration;
mod difference;
pub mod drawer;
mod figures;
mod foreign;
mod outline;
mod prepaid;
mod products;
mod refusal;
mod report;
mod rollup;
mod staff;
mod sums;
pub mod template;
#[cfg(test)]
pub(crate) mod tests;
pub mod view;

pub use crate::document::ExemptionKind;

pub(crate) use self::outline::FinishedOutlines;

pub use self::{
    copied::{Copied, Told, counted_elsewhere},
    correction::{Change, Corrected, Correction, Misfit},
    declaration::{CashCount, Declaration, Denomination},
    figures::{
        AdjustmentFigures, AdjustmentType, CampaignFigures, CurrencyKey, DocumentFigures, Effect,
        LineFigures, TaxFigures, TaxKey, TenderFigures,
    },
    foreign::{ForeignDrawer, ForeignSums},
    prepaid::RestFigures,
    products::{ProductSales, ProductTotals},
    refusal::Refusal,
    rollup::{Level, MixedCurrencies, Rollup, RollupKey, Span, roll_up},
    staff::{CashierWork, Staff},
    sums::{
        AdjustmentTotals, CampaignTotals, CashTotals, CashierTotals, ContainerTotals, Counts, CurrencyTotals,
        CustomerTotals, DepartmentTotals, DepositTotals, DocumentTypeTotals, ExemptionTotals, ForeignNotes,
        PrepaidTotals, Report, TaxTotals, TenderTotals, TipKindTotals, TipTotals,
    },
};

/// A period of a till: everything sold under one closure number. Exactly one is open at a time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Period {
    /// Its number, which no other period of the till has.
    pub number: ClosureNumber,
    /// The store of the till.
    pub store: StoreId,
    /// The till whose period it is.
    pub terminal: TerminalId,
    /// The currency of its amounts, the till's own.
    pub currency: Currency,
    /// When it was opened.
    pub opened_at: Moment,
    /// Who opened it; none when the till did by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<CashierId>,
    /// What the period before left in the drawer. It is the opening cash unless a float is declared.
    pub left_in_drawer: Money,
    /// What the drawers of the till that its settings name began with together, worked out when the period is read; none
    /// where they name none.
    #[serde(skip)]
    pub in_drawers: Option<Money>,
    /// The same of each foreign currency, in its own minor units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign_left: BTreeMap<CurrencyCode, Money>,
    /// The number it closes under, where its documents have one that another file under the till's name may have closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_as: Option<ClosureNumber>,
}

impl Period {
    /// The number it closes under: its own, unless that is given out.
    pub fn closing_number(&self) -> ClosureNumber {
        self.closes_as.unwrap_or(self.number)
    }

    /// The closure's readable id, from the day the period was opened.
    pub fn label(&self) -> ClosureLabel {
        self.closing_number().on(self.opened_at.local.date())
    }

    /// What was in the drawer at first: the float declared in the period, else what the period before left; of several
    /// drawers what each of them began with.
    pub fn opening_cash(&self, report: &Report) -> Money {
        let of_one = if report.cash.float_count > 0 { report.cash.float } else { self.left_in_drawer };
        self.in_drawers.unwrap_or(of_one)
    }

    /// What should lie in the drawer now, in the till's own currency.
    pub fn expected_cash(&self, report: &Report) -> Money {
        report.cash.expected(self.opening_cash(report))
    }

    /// What should lie in the drawer now of each foreign currency: what the period before left, and the notes taken
    /// less those paid out since.
    pub fn expected_foreign(&self, report: &Report) -> BTreeMap<CurrencyCode, Money> {
        let mut expected = self.foreign_left.clone();
        for (code, amount) in report.foreign_cash() {
            *expected.entry(code).or_default() += amount;
        }
        expected
    }
}

/// A document and when it was finished.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DocumentMark {
    /// The number of the document.
    pub number: DocumentNumber,
    /// When it was finished.
    pub at: Moment,
}

impl DocumentMark {
    /// The mark of a finished document.
    pub const fn new(document: &Document, at: Moment) -> Self {
        Self { number: document.number, at }
    }
}

/// A closed period. It never changes; a correction is a record of its own that refers to it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Closure {
    /// The period that was closed.
    pub period: Period,
    /// The day it is booked under: the business date of its first document, since a period opens when the one
    /// before closes, which is mostly the evening before. Without documents, of its opening.
    pub business_date: NaiveDate,
    /// When it was closed.
    pub closed_at: Moment,
    /// Who closed it, and who approved it where that took a manager.
    pub closed_by: Authority,
    /// Its first document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_document: Option<DocumentMark>,
    /// Its last document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_document: Option<DocumentMark>,
    /// The figures of its documents, as they were when it was closed.
    pub report: Report,
    /// How many documents were suspended in it and still are.
    pub suspended_count: u64,
    /// What was in the drawer at first.
    pub opening_cash: Money,
    /// What of that, drawer by drawer, the period before had left beyond what its closure says, or less: nobody counted it,
    /// and it had been corrected before this one was closed. Nothing of a drawer into which a float came.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub followed: BTreeMap<drawer::DrawerNo, Money>,
    /// The same of each foreign currency, of all drawers together: so much it began with beyond what the closure before it
    /// says, or less. In each of several it stands with the drawer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub followed_foreign: BTreeMap<CurrencyCode, Money>,
    /// What should lie in the drawer.
    pub expected_cash: Money,
    /// What was counted, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Declaration>,
    /// What was counted, in the till's own currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_cash: Option<Money>,
    /// Each of several drawers as it was counted, or as it should stand where nobody counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawers: Vec<drawer::ClosedDrawer>,
    /// What was counted first, drawer by drawer, where something else was accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first_counts: Vec<drawer::EnteredCount>,
    /// Of drawers that were handed on, what each of their holders answered for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<drawer::CashShare>,
    /// When its people were at work, and what they had got of its tips when it was closed.
    #[serde(default, skip_serializing_if = "Staff::is_empty")]
    pub staff: Staff,
    /// What the law of the country wants listed, by the template in force when it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<template::CountryFigures>,
    /// What of its figures was sold in earlier lives of the till's file, the oldest first: another closure may have it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copied: Vec<Copied>,
}

impl Closure {
    /// The number of its period, which its documents have.
    pub const fn number(&self) -> ClosureNumber {
        self.period.number
    }

    /// Its readable id, such as `20250406-0002`.
    pub fn label(&self) -> ClosureLabel {
        self.period.label()
    }

    /// Counted less expected: below nothing when the drawer was short. None without a count.
    pub fn difference(&self) -> Option<Money> {
        self.counted_cash.map(|counted| counted - self.expected_cash)
    }

    /// What stays in the drawer for the next period: what was declared, else everything that was counted, else
    /// everything that should be there by the hand-overs.
    pub fn float_left(&self) -> Money {
        let declared = self.declaration.as_ref().and_then(|declaration| declaration.float_left);
        let by_hand_overs = || self.expected_cash + drawer::settled(&self.shares);
        declared.or(self.counted_cash).unwrap_or_else(by_hand_overs)
    }

    /// Whether a drawer was handed on in it: a count, and what was counted went on from there.
    pub fn is_handed_on(&self) -> bool {
        self.shares.iter().any(|share| share.handed_to.is_some())
    }

    /// What was moved from the drawer to the safe at closing.
    pub fn moved_to_safe(&self) -> Money {
        self.counted_cash.map_or(Money::ZERO, |counted| counted - self.float_left())
    }

    /// The same closure with the figures of a country template. They are frozen with it: a later version of the
    /// template does not change them.
    #[must_use]
    pub fn with_country(self, template: &template::Resolved, inputs: &template::Inputs) -> Self {
        let country = template.fill(&self.report, &self.period.currency, inputs);
        Self { country: Some(country), ..self }
    }

    /// The period that begins with this closure, opened by whoever closed.
    pub fn next_period(&self) -> Period {
        Period {
            number: self.period.closing_number().next(),
            closes_as: None,
            opened_at: self.closed_at,
            opened_by: Some(self.closed_by.cashier),
            left_in_drawer: self.float_left(),
            in_drawers: None,
            // Closing refuses a count that does not add up.
            foreign_left: self.foreign_left().unwrap_or_default(),
            ..self.period.clone()
        }
    }
}

/// A store's rules for closing. [`ClosingPolicy::default`] asks for nothing, as imported installations start.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct ClosingPolicy {
    /// Whether the drawer must be counted.
    pub declaration_required: bool,
    /// The largest difference a cashier may close with alone, short or over; none: any.
    pub difference_limit: Option<Money>,
    /// Whether what should be there stays hidden until the count is entered.
    pub blind_count: bool,
    /// When the drawer opens for a document.
    #[serde(skip_serializing_if = "drawer::DrawerRule::is_default")]
    pub drawer_opens: drawer::DrawerRule,
}

impl ClosingPolicy {
    /// Whether a screen may show what should lie in the drawer: at once, or when the count is entered.
    pub const fn shows_expected(&self, is_counted: bool) -> bool {
        is_counted || !self.blind_count
    }
}

/// Everything that closing looks at. An approval in it is spent by [`close`].
#[derive(Debug)]
pub struct Closing<'a> {
    /// When it is closed.
    pub moment: Moment,
    /// The cashier who is logged in.
    pub cashier: &'a OnDuty,
    /// A manager who stands by.
    pub approval: Option<Approval>,
    /// The store's rules.
    pub policy: &'a ClosingPolicy,
    /// What foreign money is worth: it is counted too.
    pub rates: &'a [(CurrencyCode, ExchangeRate)],
    /// The open period.
    pub period: &'a Period,
    /// The document on screen, if there is one.
    pub open_document: Option<&'a Draft>,
    /// The figures of the period: its finished documents, and the deposits of those put aside.
    pub report: &'a Report,
    /// Its first document.
    pub first_document: Option<DocumentMark>,
    /// Its last document.
    pub last_document: Option<DocumentMark>,
    /// How many documents were suspended in the period and still are.
    pub suspended_count: u64,
    /// What was counted; none where the drawer was not.
    pub declaration: Option<&'a Declaration>,
    /// Each of several drawers: where they were counted, what was declared is what they come to, and no difference of
    /// theirs is judged again.
    pub drawers: &'a [drawer::ClosedDrawer],
    /// The counts that were entered in the period before this one, in order, accepted or not.
    pub entered: &'a [drawer::EnteredCount],
    /// The hand-overs among the counts of the period, in order.
    pub hand_overs: &'a [drawer::CashShare],
    /// Who was at work in the period.
    pub staff: &'a Staff,
}

/// Decides on closing the open period. Nothing is written here: the shell stores the closure, opens
/// [`Closure::next_period`] and restarts the receipt numbers in one transaction, then prints.
///
/// # Errors
/// The first reason that stands against it: an open document or an empty period, a count that cannot be, a difference
/// that nobody explained, and last a manager who is missing, so that whoever agrees knows why. Where drawers are counted
/// blind, whoever may not close is told so before anything of the count.
pub fn close(mut closing: Closing<'_>) -> Result<Closure, Refusal> {
    let approval = closing.approval.take();
    let Closing { cashier, period, report, .. } = closing;
    if let Some(draft) = closing.open_document.map(Draft::document)
        && !draft.is_blank()
    {
        return Err(Refusal::DocumentOpen { number: draft.number });
    }
    if report.document_count() == 0 && closing.suspended_count == 0 {
        return Err(Refusal::EmptyPeriod { closure: period.number });
    }
    let closed_by = authorise(cashier, approval.as_ref(), Capability::Closure)
        .map_err(|capability| Refusal::ApprovalNeeded { capability });
    // Who may not close would learn whether a blind count is right.
    if closing.policy.blind_count {
        closed_by.clone()?;
    }
    let counted = closing.declaration.map(|declaration| explained(&closing, declaration)).transpose()?;
    let closed_by = closed_by?;
    let mut closure = Closure {
        period: Period { in_drawers: None, ..period.clone() },
        business_date: closing.first_document.map_or(period.opened_at, |first| first.at).business_date,
        closed_at: closing.moment,
        closed_by,
        first_document: closing.first_document,
        last_document: closing.last_document,
        report: report.clone(),
        suspended_count: closing.suspended_count,
        opening_cash: period.opening_cash(report),
        followed: BTreeMap::new(),
        followed_foreign: BTreeMap::new(),
        expected_cash: period.expected_cash(report),
        declaration: closing.declaration.cloned(),
        counted_cash: counted.map(|(counted, _)| counted),
        drawers: closing.drawers.to_vec(),
        first_counts: Vec::new(),
        shares: Vec::new(),
        staff: closing.staff.clone(),
        country: None,
        copied: Vec::new(),
    };
    match counted {
        Some((_, explained)) => {
            let approver = explained.accept(cashier, approval.as_ref())?;
            closure.closed_by.approved_by = approver.or(closure.closed_by.approved_by);
        }
        None if closing.policy.declaration_required => return Err(Refusal::DeclarationNeeded),
        None => {}
    }
    let of_one = closure.difference().map(|difference| difference - drawer::settled(closing.hand_overs));
    closure.first_counts = drawer::first_counts(closing.entered, closing.drawers, of_one);
    closure.shares = drawer::shares(closing.hand_overs, &closure);
    Ok(closure)
}

/// What was counted, and that its difference was explained as far as it has to be.
fn explained(
    closing: &Closing<'_>,
    declaration: &Declaration,
) -> Result<(Money, difference::Explained), Refusal> {
    let Closing { period, report, .. } = closing;
    let counted = checked_count(declaration, &period.currency)?;
    // Each of several drawers was judged when it was counted, with its own reason and manager. What was settled when one
    // drawer was handed on is not the last one's.
    let is_one = closing.drawers.is_empty();
    let expected = period.expected_cash(report) + drawer::settled(closing.hand_overs);
    let foreign = || declaration.foreign_differences(&period.foreign_in_drawer(report, closing.hand_overs));
    let differences = difference::Differences {
        own: if is_one { counted - expected } else { Money::ZERO },
        currency: &period.currency,
        foreign: if is_one { foreign()? } else { BTreeMap::new() },
        rates: closing.rates,
    };
    Ok((counted, difference::explain(&differences, declaration, closing.policy)?))
}

fn checked_count(declaration: &Declaration, currency: &Currency) -> Result<Money, Refusal> {
    let counted = declaration.counted.total()?;
    known_pieces(&declaration.counted, currency)?;
    for (code, count) in &declaration.foreign {
        count.total()?;
        known_pieces(count, &Currency::of(*code))?;
    }
    for (code, float) in &declaration.foreign_left {
        let counted = declaration.foreign.get(code).map_or(Ok(Money::ZERO), CashCount::total)?;
        if *float > counted || float.is_negative() {
            let [float, counted] = [*float, counted].map(|sum| Currency::of(*code).amount(sum));
            return Err(Refusal::FloatAboveCount { float, counted });
        }
    }
    for amount in declaration.declared.values() {
        if amount.bounded()?.is_negative() {
            return Err(AmountError::TooSmall.into());
        }
    }
    match declaration.float_left {
        Some(float) if float > counted || float.is_negative() => {
            Err(Refusal::FloatAboveCount { float: currency.amount(float), counted: currency.amount(counted) })
        }
        _ => Ok(counted),
    }
}

/// Nobody counts a note that does not exist. Currencies without a list are taken as they are counted.
fn known_pieces(count: &CashCount, currency: &Currency) -> Result<(), Refusal> {
    let (CashCount::Denominations(pieces), Some(known)) = (count, Denominations::of(currency.code())) else {
        return Ok(());
    };
    match pieces.iter().find(|piece| piece.count > 0 && !known.has(piece.value)) {
        Some(piece) => Err(Refusal::NoSuchDenomination { value: currency.amount(piece.value) }),
        None => Ok(()),
    }
}
