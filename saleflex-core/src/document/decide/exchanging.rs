//! Exchange: a return goes on to a sale that it is set off against.

use alloc::{boxed::Box, vec::Vec};

use super::{Decision, ending, opening, pieces, refunding::original_of, wrong_kind};
use crate::{
    document::{Document, Event, Kind, OpenDocument, Refusal},
    money::Money,
    tender::TenderKind,
};

/// Goes on from the open return to a sale that it is set off against.
pub(super) fn exchange(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let document = decision.with_lines()?;
    if document.kind != Kind::Return {
        return wrong_kind(document.kind);
    }
    ending::refuse_tenders(decision, document)?;
    pieces::check_named(decision, document)?;
    let mut sale = opening::head(decision, OpenDocument::default(), decision.own_word());
    sale.customer = document.customer;
    // Both halves count, or neither.
    sale.training = document.training;
    decision.emit(Event::ExchangeStarted { sale: Box::new(sale) });
    Ok(())
}

/// What the credit that settles an exchange was paid with, of the kinds that a refund goes back to. What was paid
/// otherwise goes first, as it would be paid out first, and a gift card's balance last.
pub(super) fn credit_paid_with(
    decision: &Decision<'_>,
    sale: &Document,
) -> Result<Vec<(TenderKind, Money)>, Refusal> {
    let known = |returned: &&Document| returned.original.is_some();
    let Some(goods_back) = sale.exchange.as_deref().filter(known) else { return Ok(Vec::new()) };
    let (original, credit) = (original_of(decision, goods_back)?, sale.totals.balance());
    let net = |kind| original.net_beside(goods_back, kind, None);
    let (mut in_kind, free): (Vec<_>, Vec<_>) =
        TenderKind::ALL.into_iter().partition(|kind| kind.is_refunded_in_kind());
    in_kind.sort_by_key(|kind| *kind == TenderKind::PrepaidCard);
    let mut rest = (credit - free.into_iter().map(net).sum::<Money>().or_zero()).or_zero();
    let mut paid_with = Vec::new();
    for kind in in_kind {
        let part = net(kind).or_zero().min(rest);
        rest -= part;
        paid_with.extend(part.is_positive().then_some((kind, part)));
    }
    Ok(paid_with)
}
