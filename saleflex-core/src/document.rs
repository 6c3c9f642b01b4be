//! A whole sale, refund or cash movement, from its first line to its completion.
//!
//! A document is a state machine: [`decide`] turns a [`Command`] and [`Facts`] into [`Event`]s or a [`Refusal`],
//! and [`evolve`] applies an event. Same draft, command and facts: same events, on every machine, for ever.
//!
//! What people type freely (notes, reasons, references, codes) is frozen with the events, as typed: it is no place for
//! the name or phone of a customer. The name a document is put aside under is told apart from them.
//!
//! **Invariants:** the states are types, so a [`Completed`] document has no way to change; lines plus adjustments
//! (plus tax where prices exclude it) are what is owed; tenders less change are what is owed on completion;
//! replaying the events gives the state.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    adjustment::{AppliedCoupon, DocumentAdjustment},
    authority::Authority,
    basket::{LineItem, Reduction, Totals},
    ids::{
        AdjustmentNo, CampaignId, CashierId, CustomerId, DocumentId, DocumentNumber, LineNo, StoreId,
        TerminalId,
    },
    money::{Currency, Money},
    quantity::Points,
    tax::TaxMode,
    tender::{Direction, Tender},
    time::Moment,
};

mod command;
mod decide;
mod event;
mod evolve;
mod exemption;
mod facts;
mod kind;
mod policy;
mod pricing;
mod promotions;
mod record;
mod refusal;
mod rests;
mod returns;
mod states;

pub use self::{
    command::{
        AddLine, Adjust, AgeEvidence, CashMovementKind, Command, Entered, OpenDocument, ReturnLine,
        TakeTender,
    },
    decide::decide,
    event::Event,
    evolve::{State, evolve, replay},
    exemption::ExemptionKind,
    facts::{CustomerFacts, Facts, KnownPiece, NewDocument, PastDate, TillFacts, Whereabouts},
    kind::{DocumentType, Kind},
    policy::{
        BundleReturns, ChangeMode, ExpiredGoods, MostChange, Policy, PriceCeiling, ReasonRules, VoucherRest,
    },
    promotions::{CampaignDiscount, CampaignPoints, GoodsSeen, IntendedTender, PricedTogether, Promotions},
    record::{Pricing, UsageCount},
    refusal::{PieceRefusal, Refusal},
    returns::{OriginalSale, Refundable, RefundableLine, campaign_part_back},
    states::{Cancelled, Completed, Draft, Suspended},
};

pub(crate) use self::{
    decide::{Decided, run},
    promotions::judged,
    returns::portion,
};

/// A remark on a document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Note {
    /// Whom it is for.
    pub kind: NoteKind,
    /// The line it belongs to; the whole document without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineNo>,
    /// The text, at most 2,000 characters. It is frozen as typed.
    pub text: String,
    /// Whether receipts print it.
    pub on_receipt: bool,
}

/// Whom a note is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Anyone.
    General,
    /// The kitchen.
    Kitchen,
    /// Whoever delivers.
    Delivery,
    /// Staff only: it is about the sale and not for the customer.
    Internal,
}

/// Why no tax is charged.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct TaxExemption {
    /// The reason, in words.
    pub reason: String,
    /// What the law calls it, where that was chosen; else the words may say it ([`ExemptionKind::of`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ExemptionKind>,
    /// The certificate shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Who exempted it, and who approved it; of a diplomatic invoice, who opened it.
    pub authority: Authority,
}

/// That the buyer is old enough was checked, once for the document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AgeCheck {
    /// The birth date shown; `None` when the cashier looked and judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// The age it was checked for.
    pub minimum_age: u8,
    /// The cashier who checked.
    pub cashier: CashierId,
}

/// That a buyer was too young for something; when they were born stands nowhere.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AgeRefused {
    /// The open document; none where it would have been the first line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// The age in years that was asked of the buyer.
    pub minimum_age: u8,
}

/// Money in or out of the drawer outside a sale.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CashMovement {
    /// Which way the money went, and what for.
    pub kind: CashMovementKind,
    /// How much was moved; nothing only as a float.
    pub amount: Money,
    /// Why, in words, frozen as typed.
    pub reason: String,
    /// Who moved it, and who approved it where they may not alone.
    pub authority: Authority,
}

/// Head and contents common to all states. Public for reading; only the machine in this module makes and
/// changes one, and the state types hand it out behind a shared reference.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Document {
    /// Its identity, for life.
    pub id: DocumentId,
    /// The number people use.
    pub number: DocumentNumber,
    /// The number it had before it was resumed in a later period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_number: Option<DocumentNumber>,
    /// The numbers of returns that began beside it and went with their last empties: they lead here, so that none is
    /// missing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent_numbers: Vec<DocumentNumber>,
    /// What kind of paper.
    pub document_type: DocumentType,
    /// What it does.
    pub kind: Kind,
    /// The store it was made in.
    pub store: StoreId,
    /// The till it was opened at.
    pub terminal: TerminalId,
    /// The currency of every amount on it.
    pub currency: Currency,
    /// Whether prices contain tax.
    pub tax_mode: TaxMode,
    /// When it began: the moment it was opened at, or got its customer at before anything was sold. One whose first line
    /// comes on another day or in another period begins anew with that line.
    pub opened_at: Moment,
    /// By whose word; a return needs an approval.
    pub opened_by: Authority,
    /// The customer; none for a walk-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// What a line must still cost after its discounts: the store's rule when the document began.
    pub min_line_total: Money,
    /// Made in training: never counts.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub training: bool,
    /// The document this one refunds, or the quote it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<DocumentId>,
    /// The return that this sale is exchanged for; both complete together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Box<Self>>,
    /// The lines, voided ones included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineItem>,
    /// What was taken off lines by selling less of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reductions: Vec<Reduction>,
    /// Document-level adjustments in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<DocumentAdjustment>,
    /// The coupons applied, in order; they stay through suspension (D32).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<AppliedCoupon>,
    /// The highest number an adjustment had so far, so that none is given twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_adjustment: Option<AdjustmentNo>,
    /// Whether ways to pay earn nothing with campaigns, because it would be as much as was left to pay.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub tenders_earn_nothing: bool,
    /// What was to be paid where no way to pay earned anything, when campaigns that ask for a share of it were asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_before_tenders: Option<Money>,
    /// How often campaigns had been used when they were asked last, where what completes the document may come another day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses_when_priced: Option<BTreeMap<CampaignId, UsageCount>>,
    /// The tenders, voided ones included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<Tender>,
    /// Change given: that of [`Document::totals`] once more. Documents are frozen with it in journals and on the wire.
    #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
    pub change: Money,
    /// What is left over from roundings of the original sale and its earlier refunds, on a return.
    #[serde(default, skip_serializing_if = "Money::is_zero_ref")]
    pub carried_rounding: Money,
    /// Points that come back to the customer, on a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_returned: Option<Points>,
    /// Notes in the order they were written, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Why no tax is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<TaxExemption>,
    /// The check for the highest age asked for so far; none where no item asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_check: Option<AgeCheck>,
    /// Set on a cash movement and on nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash_movement: Option<CashMovement>,
    /// What it comes to.
    #[serde(default, skip_serializing_if = "Totals::is_nothing")]
    pub totals: Totals,
}

impl Document {
    /// The lines that count, in entry order.
    pub fn active_lines(&self) -> impl Iterator<Item = &LineItem> {
        self.lines.iter().filter(|line| line.is_active())
    }

    /// The same document with every computed figure derived anew from what was entered: line totals, shares, taxes,
    /// totals. What was recorded and this agree, or somebody changed one of them or made it by other rules.
    #[must_use]
    pub fn derived_anew(&self) -> Self {
        let anew = |document: &mut Self| {
            // What stands there is not known to come from these rules. A line that was taken back keeps what it had.
            let lines = document.lines.iter_mut().filter(|line| line.is_active());
            lines.for_each(|line| line.taxes.clear());
            pricing::recompute(document);
        };
        let mut document = self.clone();
        anew(&mut document);
        if let Some(returned) = &mut document.exchange {
            anew(returned);
        }
        document
    }

    /// The points that its discounts cost.
    pub fn redeemed_points(&self) -> Points {
        self.adjustments.iter().filter_map(|adjustment| adjustment.source.points()).sum()
    }

    /// Whether nothing but its head is there yet: nothing would be lost by leaving it.
    pub fn is_blank(&self) -> bool {
        self.lines.is_empty() && self.exchange.is_none() && self.tenders.is_empty()
    }

    /// Whether this is or was its number, or that of the return it is exchanged for.
    pub fn has_number(&self, number: DocumentNumber) -> bool {
        self.number == number
            || self.former_number == Some(number)
            || self.spent_numbers.contains(&number)
            || self.exchange.as_ref().is_some_and(|returned| returned.has_number(number))
    }

    /// A line by its number, voided or not.
    pub fn line(&self, no: LineNo) -> Option<&LineItem> {
        self.lines.iter().find(|line| line.no == no)
    }

    /// The tenders that count as paid.
    pub fn counted_tenders(&self) -> impl Iterator<Item = &Tender> {
        self.tenders.iter().filter(|tender| tender.counts())
    }

    /// The tenders that count as paid, and those asked for that will once their providers approve.
    pub(crate) fn pledged_tenders(&self) -> impl Iterator<Item = &Tender> {
        self.tenders.iter().filter(|tender| tender.counts() || tender.is_pending())
    }

    /// The tenders that settle the document, those asked for with them, in the direction that its money goes: neither
    /// what was paid back nor what paid it back.
    pub(crate) fn settling_tenders(&self) -> impl Iterator<Item = &Tender> {
        let forward = if self.kind.pays_out() { Direction::Out } else { Direction::In };
        let settles = move |tender: &&Tender| tender.direction == forward && !self.is_paid_back(tender);
        self.pledged_tenders().filter(settles)
    }

    /// Whether a tender was paid back by another that counts, or is such a payment.
    pub(crate) fn is_paid_back(&self, tender: &Tender) -> bool {
        let pays_back = |other: &Tender| other.refunds == Some((self.id, tender.no));
        tender.refunds.is_some_and(|(of, _)| of == self.id) || self.counted_tenders().any(pays_back)
    }

    /// A tender that waits for its provider, on this document or the return it is exchanged for.
    pub fn pending_tender(&self) -> Option<&Tender> {
        let payouts = self.exchange.iter().flat_map(|returned| &returned.tenders);
        self.tenders.iter().chain(payouts).find(|tender| tender.is_pending())
    }

    /// Whether tenders settle anything of it: it has lines, and something is owed or was paid for them. Of any other the
    /// cash key opens the drawer and does nothing else.
    pub fn takes_tenders(&self) -> bool {
        let is_owed_nothing =
            !self.kind.pays_out() && self.exchange.is_none() && !self.balance().is_positive();
        let is_even = is_owed_nothing && self.totals.paid.is_zero();
        self.active_lines().next().is_some() && !is_even
    }

    /// What tenders that wait for their providers will bring once they are approved.
    fn promised(&self) -> Money {
        self.tenders.iter().filter(|tender| tender.is_pending()).map(|tender| tender.amount).sum()
    }

    /// The document whose goods come back: the return this sale is exchanged for, else the document itself.
    fn goods_back(&self) -> &Self {
        self.exchange.as_deref().unwrap_or(self)
    }

    /// What the customer still owes, an exchanged return taken off; below nothing when the shop owes.
    pub fn balance(&self) -> Money {
        let credit = self.exchange.as_ref().map_or(Money::ZERO, |returned| returned.totals.balance());
        self.totals.balance() - credit
    }
}

/// What closed a document without effect.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CancelCause {
    /// The cashier cancelled it, or voided its last line.
    #[default]
    Cashier,
    /// A rule or a remote command closed it.
    Application,
    /// It was open when the till lost power, and the recovery policy discards such documents.
    PowerLoss,
    /// It was suspended longer than the store allows.
    TooOld,
}

/// The version of the pricing rules in this crate; raised whenever the same input could give another price.
pub const ENGINE_VERSION: u32 = 1;
