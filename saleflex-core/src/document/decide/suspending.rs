//! Putting a document aside and taking it up again.

use alloc::boxed::Box;

use super::{Decision, ending, opening, text};
use crate::{
    document::{Document, Event, Refusal, State},
    ids::DocumentNumber,
};

/// Puts the open document aside.
pub(super) fn suspend(decision: &mut Decision<'_>, name: Option<&str>) -> Result<(), Refusal> {
    const LONGEST_NAME: usize = 50;
    let document = decision.document()?;
    if document.lines.is_empty() {
        return Err(Refusal::NoLines);
    }
    if let Some(waiting) = document.pending_tender() {
        return Err(Refusal::TenderPending { tender: waiting.no });
    }
    let is_allowed = decision.facts.policy.suspend_with_payments || document.kind.takes_deposits();
    if !is_allowed {
        ending::refuse_tenders(decision, document)?;
    }
    // A name may be a person's: it is told beside the events, which are frozen.
    decision.suspended_name = name.map(|name| text(name, LONGEST_NAME)).transpose()?;
    let facts = decision.facts;
    decision.emit(Event::DocumentSuspended {
        at: facts.moment,
        by: facts.cashier.id,
        closure: facts.till.closure,
    });
    Ok(())
}

/// Takes the suspended document of the facts up; in a later period it moves there under a new number, and so does
/// the return it is exchanged for (D-DOC-07).
pub(super) fn resume(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let suspended = decision.facts.suspended.ok_or(Refusal::NoDocument)?;
    opening::refuse_open_document(decision)?;
    let facts = decision.facts;
    let document = suspended.document();
    if document.training != facts.till.training {
        return Err(Refusal::OtherMode { training: document.training });
    }
    let mut receipts = facts.next.receipt..;
    let mut number = |document: &Document| {
        let receipt = receipts.next().filter(|_| document.number.closure != facts.till.closure)?;
        Some(DocumentNumber { date: facts.moment.local.date(), closure: facts.till.closure, receipt })
    };
    // The goods came back before the others were sold.
    let returned = document.exchange.as_deref().and_then(&mut number);
    let number = number(document);
    decision.state = State::Suspended(Box::new(suspended.clone()));
    decision.emit(Event::DocumentResumed { number, returned, by: facts.cashier.id });
    Ok(())
}

/// Closes the suspended document of the facts without effect; deposits must be paid back first. An open document
/// is not touched: the state decided on is that of the suspended one.
pub(super) fn cancel_suspended(decision: &mut Decision<'_>, why: Option<&str>) -> Result<(), Refusal> {
    let suspended = decision.facts.suspended.ok_or(Refusal::NoDocument)?;
    ending::refuse_tenders(decision, suspended.document())?;
    let reason = decision.why(why)?;
    let authority = decision.authorise_if(ending::is_above_limit(decision, suspended.document()))?;
    decision.state = State::Suspended(Box::new(suspended.clone()));
    ending::emit_cancelled(decision, authority, decision.facts.cause, reason);
    Ok(())
}
