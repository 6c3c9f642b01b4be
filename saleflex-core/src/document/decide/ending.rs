//! How documents end: completed, cancelled, left; and the drawer opened without one.

use alloc::{boxed::Box, string::String};

use super::{Asked, Decision, details, exchanging, lines, pieces, promoting, reason, refunding};
use crate::{
    authority::Authority,
    basket::LineItem,
    document::{CancelCause, Document, ENGINE_VERSION, Event, Kind, Pricing, Refusal},
    money::Money,
    tender::{Tender, TenderStatus},
    time::Moment,
};

/// Completes the open document: settled, or of a kind that is not paid.
pub(super) fn complete(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    decision.refuse_cut()?;
    let document = decision.document()?;
    if let Some(waiting) = document.pending_tender() {
        return Err(Refusal::TenderPending { tender: waiting.no });
    }
    // What was paid before was asked for it then; no money that was taken is held up by it now.
    if document.counted_tenders().next().is_none() {
        details::check_buyer(decision, document)?;
    }
    pieces::check_named(decision, document)?;
    refunding::check_shares(decision, document)?;
    let credit = document.exchange.as_ref().map(|_| document.totals.balance());
    let credit_paid_with = exchanging::credit_paid_with(decision, document)?;
    let facts = decision.facts;
    let known = facts.customer.filter(|customer| document.customer == Some(customer.id));
    let mut pricing = Pricing {
        engine_version: ENGINE_VERSION,
        no_member: known.is_some_and(|customer| !customer.is_member),
        moment: Some(priced_at(decision, document)),
        tenders: document.settling_tenders().map(|tender| tender.kind).collect(),
        ..Pricing::default()
    };
    if let Some(promotions) = facts.promotions {
        pricing.tenders_earned_nothing = document.tenders_earn_nothing;
        pricing.due_before_tenders = document.due_before_tenders;
        promotions.record(document, &mut pricing);
    }
    pricing.campaigns_back = refunding::campaigns_back(decision, document)?;
    decision.emit(Event::DocumentCompleted {
        at: facts.moment,
        by: facts.cashier.id,
        closure: facts.till.closure,
        pricing: Box::new(pricing),
        exchange_credit: credit,
        credit_paid_with,
    });
    Ok(())
}

/// The moment that campaigns were asked for: an approval keeps what its provider was asked for, however long it took.
fn priced_at(decision: &Decision<'_>, document: &Document) -> Moment {
    let approved = decision.events.iter().find_map(|event| {
        let Event::TenderResolved { tender, approved: true, .. } = event else { return None };
        Some(*tender)
    });
    let asked = document.tenders.iter().find(|tender| Some(tender.no) == approved);
    // Change that is given by a key of its own changes no price either.
    let last = || document.settling_tenders().last().filter(|_| decision.asked == Asked::No);
    asked.or_else(last).and_then(|tender| tender.asked_at).unwrap_or(decision.facts.moment)
}

/// Completes a document with nothing to pay (D-DOC-20): a free sale, a paid order, a quote, a waybill.
pub(super) fn close(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    decision.with_lines()?;
    promoting::price(decision, None);
    decision.check_totals()?;
    refunding::settle(decision)?;
    let document = decision.document()?;
    refunding::check_shares(decision, document)?;
    let is_unpaid_kind = document.kind == Kind::Quote || document.document_type.is_delivery();
    let balance = document.balance();
    if !is_unpaid_kind && !balance.is_zero() {
        return Err(Refusal::BalanceLeft { balance: decision.money(balance) });
    }
    if document.kind.takes_deposits() {
        pieces::check_here(decision, document)?;
    }
    complete(decision)
}

/// Closes the open document without effect; one that never had a line is left and gives its number back.
pub(super) fn cancel(decision: &mut Decision<'_>, why: Option<&str>) -> Result<(), Refusal> {
    let document = decision.document()?;
    if document.is_blank() {
        let document = document.id;
        decision.emit(Event::DocumentAbandoned { document });
        return Ok(());
    }
    refuse_tenders(decision, document)?;
    let reason = decision.why(why)?;
    let authority = decision.authorise_if(is_above_limit(decision, document))?;
    emit_cancelled(decision, authority, decision.facts.cause, reason);
    Ok(())
}

/// Whether cancelling needs a manager: the document is above the limit with what was taken off it before without one, or
/// money was taken for it and handed back.
pub(super) fn is_above_limit(decision: &Decision<'_>, document: &Document) -> bool {
    let mut tenders = document.tenders.iter().chain(&document.goods_back().tenders);
    let limit = decision.facts.limits.cancel;
    let alone =
        |line: &&LineItem| line.void.as_ref().is_some_and(|void| void.authority.approved_by.is_none());
    let voided: Money = document.lines.iter().filter(alone).map(|line| line.total).sum();
    let total = document.totals.total + voided + lines::reduced_alone(document, |_| true);
    limit.is_some_and(|limit| total > limit) || tenders.any(|tender| tender.status == TenderStatus::Approved)
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
    if let Some(waiting) = document.pending_tender() {
        return Err(Refusal::TenderPending { tender: waiting.no });
    }
    // What was taken in an earlier period and paid back in this one leaves two tenders that cancel out.
    let kept = |tender: &&Tender| !document.is_paid_back(tender);
    let payouts = document.exchange.iter().flat_map(|returned| returned.counted_tenders());
    let mut open = document.counted_tenders().filter(kept).chain(payouts);
    if open.next().is_none() {
        return Ok(());
    }
    let paid = document.totals.paid + document.exchange.as_ref().map_or(Money::ZERO, |back| back.totals.paid);
    Err(Refusal::TendersTaken { paid: decision.money(paid) })
}

/// Opens the drawer without a sale; a manager's decision.
pub(super) fn open_drawer(decision: &mut Decision<'_>, why: Option<&str>) -> Result<(), Refusal> {
    let authority = decision.authorise_if(true)?;
    let event = Event::DrawerOpened { reason: reason(why)?, authority };
    decision.emit(event);
    Ok(())
}
