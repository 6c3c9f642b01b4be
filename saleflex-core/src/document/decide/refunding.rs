//! Goods back and money out: returns with receipt by exact shares, payouts, exchange.

use alloc::{boxed::Box, vec::Vec};

use super::{Decision, lines, opening, paying, reason, wrong_kind};
use crate::{
    authority::Void,
    basket::{LineItem, PriceSource, ReturnedItem},
    catalog::Sellable,
    document::{
        Document, Event, Kind, OpenDocument, OriginalSale, Refusal, ReturnLine, TakeTender, evolve, returns,
    },
    money::{AmountError, Money, Rounding},
    quantity::Quantity,
    tender::{Direction, Tender, TenderKind, TenderStatus},
};

/// Takes goods of the original sale back.
pub(super) fn take_back(decision: &mut Decision<'_>, back: &ReturnLine) -> Result<(), Refusal> {
    let original = original(decision)?;
    let sold = original.sale.document().line(back.line).filter(|line| line.is_active());
    let sold = sold.ok_or(Refusal::NoSuchLine { line: back.line })?;
    if !sold.item.permissions.returns {
        return Err(Refusal::NotReturnable { code: sold.item.code.clone() });
    }
    let today = decision.facts.moment.local.date();
    if let Some(until) = sold.return_until.filter(|until| today > *until) {
        return Err(Refusal::ReturnPeriodOver { until });
    }
    let returned = ReturnedItem {
        original: Some((original.sale.document().id, back.line)),
        condition: back.condition,
        restock: back.restock,
        reason: reason(back.reason.as_deref())?,
    };
    // The same line once more makes one share of both: shares of a line are taken in one piece a document.
    let document = decision.document()?;
    let open = document.active_lines().find(|line| is_of(line, &returned)).cloned();
    let quantity = match &open {
        Some(line) => line.quantity.plus(back.quantity)?,
        None => back.quantity,
    };
    add_share(decision, original, sold, returned, quantity, open.as_ref())
}

/// Brings back more or less of a line that is on the open return already.
pub(super) fn change_quantity(
    decision: &mut Decision<'_>,
    line: &LineItem,
    quantity: Quantity,
) -> Result<(), Refusal> {
    let original = original(decision)?;
    let returned = line.returned.clone().ok_or(Refusal::NotRefundable)?;
    let sold = returned.original.and_then(|(_, no)| original.sale.document().line(no));
    let sold = sold.ok_or(Refusal::NoSuchLine { line: line.no })?;
    add_share(decision, original, sold, returned, quantity, Some(line))
}

fn is_of(line: &LineItem, returned: &ReturnedItem) -> bool {
    line.returned.as_ref().is_some_and(|known| known.original == returned.original)
}

/// Adds the share of a sold line, in place of `open` where the return holds a share of it already.
fn add_share(
    decision: &mut Decision<'_>,
    original: &OriginalSale,
    sold: &LineItem,
    returned: ReturnedItem,
    quantity: Quantity,
    open: Option<&LineItem>,
) -> Result<(), Refusal> {
    if !sold.item.unit.allows(quantity) {
        let Sellable { unit, .. } = &sold.item;
        return Err(Refusal::QuantityNotAllowed {
            quantity,
            unit: unit.code.clone(),
            decimals: unit.decimals,
        });
    }
    let before = original.returned(sold.no, None);
    let share = returns::share(sold, before, quantity)
        .ok_or_else(|| Refusal::MoreThanSold { line: sold.no, left: sold.quantity.decimal() - before })?;
    let authority = decision.authorise_if(false)?;
    if let Some(line) = open {
        decision.emit(Event::LineVoided { line: line.no, void: Void { reason: None, authority } });
    }
    let line = LineItem {
        no: lines::next_line(decision)?,
        quantity,
        price_source: PriceSource::Original,
        fixed_gross: Some(share.value),
        adjustments: Vec::new(),
        fixed_taxes: Some(share.taxes),
        return_until: None,
        returned: Some(returned),
        authority,
        ..sold.clone()
    };
    lines::emit_line(decision, line)?;
    settle(decision)?;
    decision.check_paid()
}

/// Brings the rounding and the points that a return carries up to date with its lines.
pub(super) fn settle(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let document = decision.document()?;
    if document.kind != Kind::Return || document.original.is_none() {
        return Ok(());
    }
    let original = original(decision)?;
    let carried_rounding = original.carried_rounding(document);
    let points = original.points_back(document);
    if carried_rounding != document.carried_rounding || points != document.points_returned {
        decision.emit(Event::RefundSettled { carried_rounding, points });
    }
    Ok(())
}

/// The original sale of the facts, which must be the one the open return is for.
fn original<'a>(decision: &Decision<'a>) -> Result<&'a OriginalSale, Refusal> {
    let document = decision.document()?;
    if document.kind != Kind::Return {
        return wrong_kind(document.kind);
    }
    let known =
        decision.facts.original.filter(|original| document.original == Some(original.sale.document().id));
    known.ok_or(Refusal::NotRefundable)
}

/// Pays money out: for a return, a purchase, or the difference of an exchange.
pub(super) fn pay_out(decision: &mut Decision<'_>, take: &TakeTender) -> Result<(), Refusal> {
    let document = decision.document()?;
    let goods_back = document.exchange.as_deref().unwrap_or(document);
    let owed = if document.kind.pays_out() { document.balance() } else { -document.balance() };
    // A payout of nothing settles what coins cannot pay; otherwise something must be owed.
    if !owed.is_positive() {
        return Err(Refusal::AlreadyPaid);
    }
    let is_cash = take.kind == TenderKind::Cash;
    // A refund never pays more than the goods brought in; other payouts round as receipts do.
    let rounding = if goods_back.original.is_some() { Rounding::Down } else { Rounding::HalfUp };
    let payable = if is_cash { owed.to_step(document.currency.cash_step(), rounding) } else { owed };
    let left = left_of_original(decision, goods_back, take.kind)?;
    let due = left.map_or(payable, |left| payable.min(left));
    let offered = paying::offered(document, take, due)?;
    if let Some(left) = left.filter(|left| offered.min(payable) > *left) {
        return Err(Refusal::MoreThanPaid { kind: take.kind, left: decision.money(left) });
    }
    let amount = offered.min(payable);
    if amount.is_zero() && !(is_cash && payable.is_zero()) {
        return Err(AmountError::TooSmall.into());
    }
    paying::check_customer(decision, document, take.kind, Money::ZERO)?;
    let tender = Tender {
        no: evolve::next_tender(document, document.exchange.as_deref()),
        kind: take.kind,
        direction: Direction::Out,
        amount,
        rounding: if is_cash && amount >= payable { payable - owed } else { Money::ZERO },
        status: if take.pending { TenderStatus::Pending } else { TenderStatus::Approved },
        closure: decision.facts.till.closure,
        foreign: take.foreign,
        tip: None,
        details: take.details.clone(),
        refunds: refunded_tender(decision, take.kind),
        void: None,
    };
    decision.emit(Event::TenderTaken { tender: Box::new(tender) });
    decision.complete_if_settled()
}

/// What the original tenders of this kind still hold; none where the payout is not bound to them. Cash and store
/// credit may always pay the rest (payments.md 8).
fn left_of_original(
    decision: &Decision<'_>,
    goods_back: &Document,
    kind: TenderKind,
) -> Result<Option<Money>, Refusal> {
    let is_accepted = decision.facts.policy.refund_tenders.contains(&kind);
    let original =
        decision.facts.original.filter(|known| goods_back.original == Some(known.sale.document().id));
    let is_free = matches!(kind, TenderKind::Cash | TenderKind::StoreCredit);
    match original {
        None if goods_back.original.is_some() => Err(Refusal::NotRefundable),
        None if is_accepted => Ok(None),
        None => Err(Refusal::TenderNotAccepted { kind }),
        Some(_) if is_free && is_accepted => Ok(None),
        Some(original) => {
            let left = original.left_of_tender(kind) - returns::paid_by(goods_back, kind);
            Ok(Some(left.or_zero()))
        }
    }
}

fn refunded_tender(
    decision: &Decision<'_>,
    kind: TenderKind,
) -> Option<(crate::ids::DocumentId, crate::ids::TenderNo)> {
    let sale = decision.facts.original?.sale.document();
    sale.counted_tenders().find(|tender| tender.kind == kind).map(|tender| (sale.id, tender.no))
}

/// Goes on from the open return to a sale that it is set off against.
pub(super) fn exchange(decision: &mut Decision<'_>) -> Result<(), Refusal> {
    let document = decision.with_lines()?;
    if document.kind != Kind::Return || !document.tenders.iter().all(|tender| tender.void.is_some()) {
        return wrong_kind(document.kind);
    }
    let authority = decision.authorise_if(false)?;
    let customer = document.customer;
    let mut sale = opening::head(decision, OpenDocument::default(), authority);
    sale.customer = customer;
    decision.emit(Event::ExchangeStarted { sale: Box::new(sale) });
    Ok(())
}
