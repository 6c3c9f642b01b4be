//! What is said about a document: notes, customer, exemption from tax.

use core::ops::Add;

use super::{Decision, LONGEST_REASON, opening, text, wrong_kind};
use crate::{
    document::{Document, Event, ExemptionKind, Kind, Note, NoteKind, Refusal, TaxExemption},
    ids::LineNo,
};

const LONGEST_NOTE: usize = 2_000;
const MOST_NOTES: usize = 100;

/// Writes a note.
pub(super) fn note(
    decision: &mut Decision<'_>,
    kind: NoteKind,
    line: Option<LineNo>,
    entered: &str,
    on_receipt: bool,
) -> Result<(), Refusal> {
    let document = decision.document()?;
    if document.notes.len() >= MOST_NOTES {
        return Err(Refusal::TooManyNotes { max: MOST_NOTES });
    }
    if let Some(no) = line {
        decision.line(no)?;
    }
    let note = Note { kind, line, text: text(entered, LONGEST_NOTE)?, on_receipt };
    decision.emit(Event::NoteAdded { note });
    Ok(())
}

/// Puts the customer of the facts on the document, which begins with it where none is open.
pub(super) fn customer(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let customer = decision.facts.customer.map(|customer| customer.id);
    opening::ensure_open(decision)?;
    let document = decision.document()?;
    if document.customer == customer {
        return Ok(());
    }
    let redeemed = document.adjustments.iter().filter_map(|known| known.source.points());
    if let Some(points) = redeemed.reduce(Add::add) {
        return Err(Refusal::PointsRedeemed { points });
    }
    // Points and what else comes back with a receipt belong to whoever bought.
    if document.kind == Kind::Return && document.original.is_some() && document.customer.is_some() {
        return wrong_kind(document.kind);
    }
    let returned = document.exchange.as_deref();
    let is_of_receipt = |returned: &Document| returned.original.is_some() && returned.customer.is_some();
    if returned.is_some_and(is_of_receipt) {
        return wrong_kind(Kind::Return);
    }
    let payouts = returned.iter().flat_map(|returned| returned.pledged_tenders());
    let taken = document.pledged_tenders().chain(payouts).find(|tender| tender.kind.needs_customer());
    if let Some(tender) = taken {
        return Err(Refusal::TendersTaken { paid: decision.money(tender.amount) });
    }
    decision.emit(Event::CustomerAssigned { customer });
    Ok(())
}

/// Charges no tax; a manager's decision.
pub(super) fn exempt(
    decision: &mut Decision<'_>,
    why: &str,
    kind: Option<ExemptionKind>,
    certificate: Option<&str>,
) -> Result<(), Refusal> {
    let of_document = decision.document()?.kind;
    if of_document == Kind::Return {
        return wrong_kind(of_document);
    }
    let exemption = TaxExemption {
        reason: text(why, LONGEST_REASON)?,
        kind,
        certificate: certificate.map(|entered| text(entered, LONGEST_REASON)).transpose()?,
        authority: decision.authorise_if(true)?,
    };
    decision.emit(Event::TaxExempted { exemption });
    decision.check_paid()?;
    decision.complete_if_settled()
}

/// Refuses an invoice that cannot say who bought, where the store wants it to. A price for later may go to anybody.
pub(super) fn check_buyer(decision: &Decision<'_>, document: &Document) -> Result<(), Refusal> {
    let is_invoice = document.document_type.is_invoice() && document.kind != Kind::Quote;
    if !(is_invoice && decision.facts.policy.invoice_needs_buyer) {
        return Ok(());
    }
    let known = decision.facts.customer.filter(|customer| document.customer == Some(customer.id));
    match known.map(|customer| customer.gaps) {
        None => Err(Refusal::BuyerNeeded),
        Some(missing) if !missing.is_none() => Err(Refusal::BuyerIncomplete { missing }),
        Some(_) => Ok(()),
    }
}
