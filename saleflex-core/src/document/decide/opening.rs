//! How documents begin: by an explicit command, by their first line, as a movement of cash.

use alloc::{boxed::Box, vec::Vec};

use super::{Decision, LONGEST_REASON, adjusting, ages, dates, exemption_of_type, lines, text, wrong_kind};
use crate::{
    adjustment::DocumentAdjustment,
    authority::Authority,
    basket::{LineItem, PriceSource, Totals},
    document::{
        AgeEvidence, CashMovement, CashMovementKind, Document, DocumentType, Event, Kind, OpenDocument,
        OriginalSale, Refusal, TillFacts,
    },
    ids::{DocumentNumber, LineNo},
    money::{AmountError, Money},
    tax::TaxMode,
};

/// Begins a document, with the lines of a quote where the facts hold one.
pub(super) fn open(decision: &mut Decision<'_>, open: OpenDocument) -> Result<(), Refusal> {
    refuse_open_document(decision)?;
    if !goes_together(open) {
        return wrong_kind(open.kind);
    }
    let authority = decision.authorise_if(open.kind.pays_out())?;
    let original = decision.facts.original;
    let training = original.map(|original| original.sale.document().training);
    if let Some(training) = training.filter(|training| *training != decision.facts.till.training) {
        return Err(Refusal::OtherMode { training });
    }
    if original.is_some_and(|original| !can_follow(original, open, &decision.facts.till)) {
        return Err(if open.kind.pays_out() { Refusal::NotRefundable } else { Refusal::NoQuote });
    }
    let quote = original.filter(|original| original.sale.document().kind == Kind::Quote);
    let mut head = head(decision, open, authority);
    if let Some(original) = original {
        head.original = Some(original.sale.document().id);
        head.customer = original.sale.document().customer;
        // Tax that was not charged is not given back; the shares of the lines say so.
        head.exemption.clone_from(&original.sale.document().exemption);
    }
    decision.emit(Event::DocumentOpened(Box::new(head)));
    if let Some(quote) = quote {
        copy_quote(decision, quote, authority, open.age)?;
    }
    Ok(())
}

/// Whether a document may follow from another: a return from a sale, a sale from a quote; of the same currency and
/// tax mode.
fn can_follow(original: &OriginalSale, open: OpenDocument, till: &TillFacts) -> bool {
    let document = original.sale.document();
    let is_alike = document.currency.code() == till.currency.code() && document.tax_mode == till.tax_mode;
    let follows = match document.kind {
        Kind::Quote => !open.kind.pays_out(),
        Kind::Sale | Kind::Return | Kind::Order | Kind::Layaway | Kind::CashMovement | Kind::Purchase => {
            open.kind == Kind::Return && original.is_refundable()
        }
    };
    is_alike && follows
}

/// Whether a kind is written on such paper: returns, purchases and cash movements have papers of their own.
const fn goes_together(open: OpenDocument) -> bool {
    match open.document_type {
        DocumentType::Return => matches!(open.kind, Kind::Return),
        DocumentType::SelfBillingInvoice => matches!(open.kind, Kind::Purchase),
        DocumentType::CashIn | DocumentType::CashOut => false,
        DocumentType::Waybill | DocumentType::DeliveryNote => matches!(open.kind, Kind::Sale),
        DocumentType::FiscalReceipt
        | DocumentType::NonFiscalReceipt
        | DocumentType::Invoice
        | DocumentType::EInvoice
        | DocumentType::EArchiveInvoice
        | DocumentType::DiplomaticInvoice => {
            matches!(open.kind, Kind::Sale | Kind::Quote | Kind::Order | Kind::Layaway)
        }
    }
}

/// Begins a plain sale where no document is open, so that a first line needs no ceremony.
pub(super) fn ensure_open(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    if decision.draft().is_none() {
        let authority = decision.authorise_if(false)?;
        let head = head(decision, OpenDocument::default(), authority);
        decision.emit(Event::DocumentOpened(Box::new(head)));
    }
    Ok(())
}

/// A document that was opened on another day, by the calendar or the store's, or in an earlier period gets date and number
/// anew with its first line (D-DOC-08): the empty one is left, and the same begins now. So all its lines are taxed alike.
pub(super) fn restamp(decision: &mut Decision<'_>) {
    let Some(document) = decision.draft().filter(|document| document.is_blank()) else { return };
    let (now, document) = (decision.facts, document.clone());
    let is_of_today = document.number.date == now.moment.local.date()
        && document.opened_at.business_date == now.moment.business_date;
    if is_of_today && document.number.closure == now.till.closure {
        return;
    }
    let open = OpenDocument::new(document.document_type, document.kind);
    let head = Document {
        original: document.original,
        customer: document.customer,
        exemption: document.exemption,
        notes: document.notes,
        coupons: document.coupons,
        training: document.training,
        ..head(decision, open, document.opened_by)
    };
    decision.emit(Event::DocumentAbandoned { document: document.id });
    decision.emit(Event::DocumentOpened(Box::new(head)));
}

/// A document that begins now.
pub(super) fn head(decision: &Decision<'_>, open: OpenDocument, authority: Authority) -> Document {
    let facts = decision.facts;
    let is_diplomatic = open.document_type == DocumentType::DiplomaticInvoice;
    Document {
        id: facts.next.id,
        number: DocumentNumber {
            date: facts.moment.local.date(),
            closure: facts.till.closure,
            receipt: facts.next.receipt,
        },
        former_number: None,
        spent_numbers: Vec::new(),
        document_type: open.document_type,
        kind: open.kind,
        store: facts.till.store,
        terminal: facts.till.terminal,
        currency: facts.till.currency,
        // What is agreed on with a seller is all that they get, whatever this shop's prices contain.
        tax_mode: if open.kind == Kind::Purchase { TaxMode::Inclusive } else { facts.till.tax_mode },
        opened_at: facts.moment,
        opened_by: authority,
        customer: None,
        min_line_total: facts.policy.min_line_total,
        training: facts.till.training,
        original: None,
        exchange: None,
        lines: Vec::new(),
        reductions: Vec::new(),
        adjustments: Vec::new(),
        coupons: Vec::new(),
        last_adjustment: None,
        tenders_earn_nothing: false,
        due_before_tenders: None,
        uses_when_priced: None,
        tenders: Vec::new(),
        change: Money::ZERO,
        carried_rounding: Money::ZERO,
        points_returned: None,
        notes: Vec::new(),
        exemption: exemption_of_type(is_diplomatic, authority),
        age_check: None,
        cash_movement: None,
        totals: Totals::default(),
    }
}

/// Sells what was quoted at the prices that were quoted, as far as it is in stock; campaigns do not come on top of them
/// but on what is added. Whoever takes the goods is asked for an age, whoever was asked when the price was made.
fn copy_quote(
    decision: &mut Decision<'_>,
    quote: &OriginalSale,
    authority: Authority,
    age: Option<AgeEvidence>,
) -> Result<(), Refusal> {
    let quoted = quote.sale.document();
    let renumbered = |of: LineNo| {
        let at = quoted.active_lines().position(|line| line.no == of)?;
        Some(LineNo(u32::try_from(at).ok()? + 1))
    };
    for (no, line) in (1..).zip(quoted.active_lines()) {
        lines::check_stock(decision, &line.item, line.quantity.decimal())?;
        dates::check(decision, &line.item, (line.quantity, line.quantity.decimal()), line.expiry)?;
        ages::check(decision, &line.item, age)?;
        let return_days = lines::return_days(decision, &line.item);
        let price_source = PriceSource::Quoted;
        let container_of = line.container_of.and_then(renumbered);
        let no = LineNo(no);
        // A quote promises a price and no piece.
        let serials = Vec::new();
        let line =
            LineItem { no, price_source, return_days, container_of, serials, authority, ..line.clone() };
        decision.emit(Event::LineAdded { line: Box::new(line) });
    }
    for adjustment in &quoted.adjustments {
        let no = adjusting::next_adjustment(decision.document()?);
        adjusting::emit_adjustment(decision, DocumentAdjustment { no, ..adjustment.clone() });
    }
    Ok(())
}

/// Puts money into the drawer or takes some out: a document of its own, complete at once.
pub(super) fn move_cash(
    decision: &mut Decision<'_>,
    kind: CashMovementKind,
    amount: Money,
    reason: &str,
) -> Result<(), Refusal> {
    refuse_open_document(decision)?;
    if kind == CashMovementKind::Float && decision.facts.drawer_in_use {
        return Err(Refusal::FloatTooLate);
    }
    let authority = decision.authorise_if(true)?;
    // A period may start with an empty drawer; every other movement moves something.
    let least = if kind == CashMovementKind::Float { Money::ZERO } else { Money::ONE_MINOR };
    if amount < least {
        return Err(AmountError::TooSmall.into());
    }
    let amount = amount.bounded()?;
    let reason = text(reason, LONGEST_REASON)?;
    let open = OpenDocument::new(kind.document_type(), Kind::CashMovement);
    let mut head = head(decision, open, authority);
    head.cash_movement = Some(CashMovement { kind, amount, reason, authority });
    decision.emit(Event::DocumentOpened(Box::new(head)));
    super::ending::complete(decision)
}

/// Refuses while a document with a line is open; an empty one is left.
pub(super) fn refuse_open_document(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    match decision.draft() {
        None => Ok(()),
        Some(document) if document.is_blank() => {
            let document = document.id;
            decision.emit(Event::DocumentAbandoned { document });
            Ok(())
        }
        Some(document) => Err(Refusal::DocumentOpen { number: document.number }),
    }
}
