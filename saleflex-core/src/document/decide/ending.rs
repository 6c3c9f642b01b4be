//! How documents end: completed, cancelled, left; and the drawer opened without one.

use alloc::{boxed::Box, string::String};

use super::{Decision, reason};
use crate::{
    authority::Authority,
    document::{CancelCause, Document, ENGINE_VERSION, Event, Kind, Pricing, Refusal},
    money::Money,
};

/// Completes the open document: settled, or of a kind that is not paid.
pub(super) fn complete(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let document = decision.document()?;
    if let Some(waiting) = document.tenders.iter().find(|tender| tender.is_pending()) {
        return Err(Refusal::TenderPending { tender: waiting.no });
    }
    let credit = document.exchange.as_ref().map(|_| document.totals.balance());
    let facts = decision.facts;
    let pricing = Pricing {
        engine_version: ENGINE_VERSION,
        moment: Some(facts.moment),
        tenders: document.counted_tenders().map(|tender| tender.kind).collect(),
        ..Pricing::default()
    };
    decision.emit(Event::DocumentCompleted {
        at: facts.moment,
        by: facts.cashier.id,
        closure: facts.till.closure,
        pricing: Box::new(pricing),
        exchange_credit: credit,
    });
    Ok(())
}

/// Completes a document with nothing to pay (D-DOC-20): a free sale, a paid order, a quote, a waybill.
pub(super) fn close(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let document = decision.with_lines()?;
    let is_unpaid_kind = document.kind == Kind::Quote || document.document_type.is_delivery();
    let balance = document.balance();
    if !is_unpaid_kind && !balance.is_zero() {
        return Err(Refusal::BalanceLeft { balance: decision.money(balance) });
    }
    complete(decision)
}

/// Closes the open document without effect; one that never had a line is left and gives its number back.
pub(super) fn cancel(
    decision: &mut Decision<'_>,
    cause: CancelCause,
    why: Option<&str>,
) -> Result<(), Refusal> {
    let document = decision.document()?;
    if document.lines.is_empty() && document.exchange.is_none() {
        let document = document.id;
        decision.emit(Event::DocumentAbandoned { document });
        return Ok(());
    }
    refuse_tenders(decision, document)?;
    let limit = decision.facts.policy.limits.cancel;
    let authority = decision.authorise_if(limit.is_some_and(|limit| document.totals.total > limit))?;
    let reason = reason(why)?;
    emit_cancelled(decision, authority, cause, reason);
    Ok(())
}

pub(super) fn emit_cancelled(
    decision: &mut Decision<'_>,
    authority: Authority,
    cause: CancelCause,
    reason: Option<String>,
) {
    let facts = decision.facts;
    decision.emit(Event::DocumentCancelled {
        at: facts.moment,
        authority,
        closure: facts.till.closure,
        cause,
        reason,
    });
}

/// Tenders that count or may still count must be taken back before a document ends without them (D-DOC-22).
pub(super) fn refuse_tenders(decision: &Decision<'_>, document: &Document) -> Result<(), Refusal> {
    let payouts = document.exchange.iter().flat_map(|returned| &returned.tenders);
    let mut open =
        document.tenders.iter().chain(payouts).filter(|tender| tender.counts() || tender.is_pending());
    if open.clone().next().is_none() {
        return Ok(());
    }
    if let Some(waiting) = open.find(|tender| tender.is_pending()) {
        return Err(Refusal::TenderPending { tender: waiting.no });
    }
    // A deposit that was paid back in a later period leaves two tenders that cancel out.
    let paid = document.totals.paid + document.exchange.as_ref().map_or(Money::ZERO, |back| back.totals.paid);
    if paid.is_zero() && document.kind.takes_deposits() {
        return Ok(());
    }
    Err(Refusal::TendersTaken { paid: decision.money(paid) })
}

/// Opens the drawer without a sale; a manager's decision.
pub(super) fn open_drawer(decision: &mut Decision<'_>, why: Option<&str>) -> Result<(), Refusal> {
    let authority = decision.authorise_if(true)?;
    let event = Event::DrawerOpened { reason: reason(why)?, authority };
    decision.emit(event);
    Ok(())
}
