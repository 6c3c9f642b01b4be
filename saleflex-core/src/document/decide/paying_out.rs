//! Money out: what a return, a purchase or an exchange pays, by which tender, and whose word that takes.

use alloc::{boxed::Box, vec::Vec};

use super::{Decision, paying, refunding::original_of, vouchers};
use crate::{
    document::{Document, Event, Refusal, TakeTender, evolve},
    ids::{DocumentId, TenderNo},
    money::{AmountError, Money, Rounding},
    tender::{Direction, Tender, TenderDetails, TenderKind, TenderStatus},
};

/// Pays money out: for a return, a purchase, or the difference of an exchange.
pub(super) fn pay_out(decision: &mut Decision<'_>, take: &TakeTender) -> Result<(), Refusal> {
    let document = decision.document()?;
    let goods_back = document.goods_back();
    let owed = if document.kind.pays_out() { document.balance() } else { -document.balance() };
    if !owed.is_positive() {
        return Err(Refusal::AlreadyPaid);
    }
    let owed = paying::unpromised(goods_back, owed)?;
    // The payout stands on the return, so it is the return's customer whose account it is.
    paying::check_customer(goods_back, take.kind)?;
    let is_cash = take.kind == TenderKind::Cash;
    // A refund never pays more than the goods brought in; other payouts round as receipts do.
    let rounding = if goods_back.original.is_some() { Rounding::Down } else { Rounding::HalfUp };
    let payable = if is_cash { owed.to_step(document.currency.cash_step(), rounding) } else { owed };
    let Bound { most: bound, alone } = bound(decision, goods_back, take, owed)?;
    if bound.is_none() {
        paying::check_has_account(decision, goods_back, take.kind)?;
    }
    let amount = payout(decision, document, take, payable, bound)?;
    if is_cash {
        paying::check_coins(decision, document, amount)?;
    }
    let authority = decision.authorise_if(alone.is_some_and(|alone| amount > alone))?;
    // Coins cannot pay two pence where the smallest is five: what is left of them is settled by nothing.
    if amount.is_zero() && !(is_cash && payable.is_zero()) {
        return Err(AmountError::TooSmall.into());
    }
    let tender = Tender {
        no: evolve::next_tender(document, document.exchange.as_deref()),
        kind: take.kind,
        direction: Direction::Out,
        amount,
        rounding: if is_cash && amount >= payable { payable - owed } else { Money::ZERO },
        change: Money::ZERO,
        status: if take.pending { TenderStatus::Pending } else { TenderStatus::Approved },
        asked_at: take.pending.then_some(decision.facts.moment),
        judged_as: None,
        closure: decision.facts.till.closure,
        taken_by: decision.facts.cashier.id,
        approved_by: authority.approved_by,
        foreign: take.foreign,
        tip: None,
        details: payout_details(decision, take, amount)?,
        refunds: refunded_tender(decision, goods_back, take, amount),
        paid_with: Vec::new(),
        sets_off: false,
        reversal: None,
        void: None,
    };
    decision.emit(Event::TenderTaken { tender: Box::new(tender), takes_back: None });
    decision.complete_if_settled()
}

/// How much of what was asked for is paid out: at most what is owed, and what the original tender still holds.
fn payout(
    decision: &Decision<'_>,
    document: &Document,
    take: &TakeTender,
    payable: Money,
    bound: Option<Money>,
) -> Result<Money, Refusal> {
    let more_than = |left| Refusal::MoreThanPaid { kind: take.kind, left: decision.money(left) };
    let is_cash = take.kind == TenderKind::Cash;
    let step = if is_cash { document.currency.cash_step() } else { Money::ONE_MINOR };
    let due = bound.map_or(payable, |bound| payable.min(bound.to_step(step, Rounding::Down)));
    let offered = paying::offered(document, take, due, Direction::Out)?;
    // Foreign notes are handed out as they are, so they cannot be cut to what is owed.
    if take.foreign.is_some() && offered > due {
        return Err(more_than(due));
    }
    let amount = offered.min(payable);
    match bound {
        Some(left) if amount > left || (left.is_zero() && payable.is_positive()) => Err(more_than(left)),
        _ => Ok(amount),
    }
}

/// A gift card gets its money back; what it holds then is written down. For a voucher that was used up there is a new one.
fn payout_details(
    decision: &Decision<'_>,
    take: &TakeTender,
    amount: Money,
) -> Result<TenderDetails, Refusal> {
    let mut details = TenderDetails { rest: None, ..take.details.clone() };
    if let Some(new) = vouchers::paid_back(decision, take, amount)? {
        (details.balance_before, details.balance_after) = (None, None);
        details.rest = Some(Box::new(new));
        return Ok(details);
    }
    if let (TenderKind::PrepaidCard, Some(before)) = (take.kind, details.balance_before) {
        details.balance_after = Some((before.bounded()? + amount).bounded()?);
    }
    Ok(details)
}

/// How far a payout goes; none: as far as is owed.
struct Bound {
    /// The most there is to pay by such a tender.
    most: Option<Money>,
    /// The most a cashier pays without a manager.
    alone: Option<Money>,
}

/// A refund goes back the way the money came: each kind of tender, and of foreign notes each currency, takes at most
/// what it paid, and cash or store credit the rest. More in cash or credit, past a card that could take it, is a
/// manager's decision; past a gift card it is none, for its balance comes back as a balance.
fn bound(
    decision: &Decision<'_>,
    goods_back: &Document,
    take: &TakeTender,
    owed: Money,
) -> Result<Bound, Refusal> {
    let kind = take.kind;
    let is_accepted = decision.facts.policy.refund_tenders.contains(&kind);
    if goods_back.original.is_none() {
        let free = Bound { most: None, alone: None };
        return if is_accepted { Ok(free) } else { Err(Refusal::TenderNotAccepted { kind }) };
    }
    let original = original_of(decision, goods_back)?;
    if !is_accepted || !matches!(kind, TenderKind::Cash | TenderKind::StoreCredit) {
        let currency = take.foreign.map(|foreign| foreign.currency.code());
        let left = original.net_beside(goods_back, kind, currency).or_zero();
        return Ok(Bound { most: Some(left), alone: None });
    }
    let past = |is_passed: fn(TenderKind) -> bool| {
        let (passed, others): (Vec<_>, Vec<_>) =
            TenderKind::ALL.into_iter().partition(|kind| is_passed(*kind));
        let net = |kind| original.net_beside(goods_back, kind, None);
        let passed: Money = passed.into_iter().map(|kind| net(kind).or_zero()).sum();
        // What went out as credit for what came in as cash is gone for cash, too.
        let others = others.into_iter().map(net).sum::<Money>().or_zero();
        (owed - passed).max(others.min(owed))
    };
    let most = past(|kind| kind == TenderKind::PrepaidCard);
    let alone = past(TenderKind::is_refunded_in_kind);
    Ok(Bound { most: Some(most).filter(|most| *most < owed), alone: Some(alone) })
}

/// The tender of the original sale that a payout of this kind gives back.
fn refunded_tender(
    decision: &Decision<'_>,
    goods_back: &Document,
    take: &TakeTender,
    amount: Money,
) -> Option<(DocumentId, TenderNo)> {
    let original = original_of(decision, goods_back).ok()?;
    let currency = take.foreign.map(|foreign| foreign.currency.code());
    let refunded =
        original.tender_to_refund((take.kind, currency, take.details.gift_card), amount, goods_back)?;
    Some((original.sale.document().id, refunded))
}
