//! Vouchers. Where the store's rule says that nothing stays on one, it is taken whole: what it is worth beyond what is due is
//! lost, or given back as a new one, and so is what is paid back to its owner.

use super::Decision;
use crate::{
    document::{Document, Refusal, TakeTender, VoucherRest},
    money::Money,
    tender::{PrepaidKind, Rest},
};

/// What is shown, where it is a voucher that is taken whole: whatever of it was asked for. Its worth must be said, since
/// what is left of it depends on that.
pub(super) fn taken_whole(
    decision: &Decision<'_>,
    document: &Document,
    take: &TakeTender,
) -> Result<Option<TakeTender>, Refusal> {
    let pays = !document.kind.pays_out() && document.balance().is_positive();
    if !pays || !is_used_up(decision, take) {
        return Ok(None);
    }
    if take.details.balance_before.is_none() {
        return Err(Refusal::VoucherWorthNeeded);
    }
    Ok(Some(TakeTender { amount: None, ..take.clone() }))
}

/// What becomes of what is left of a voucher. On an order nothing could become of it before that is handed over, or paid
/// back: one that is worth more than is due pays none.
pub(super) fn rest_of(
    decision: &Decision<'_>,
    document: &Document,
    take: &TakeTender,
    left: Money,
) -> Result<Option<Rest>, Refusal> {
    if !left.is_positive() || !is_used_up(decision, take) {
        return Ok(None);
    }
    if document.kind.takes_deposits() {
        return Err(Refusal::VoucherWorthMore { rest: decision.money(left) });
    }
    match decision.facts.policy.voucher_rest {
        VoucherRest::Stays => Ok(None),
        VoucherRest::Lost => Ok(Some(Rest::Lost { amount: left })),
        VoucherRest::NewVoucher => new_one(decision, left).map(Some),
    }
}

/// The new voucher for what is paid back to the owner of one: that one is used up. Where no new ones are given out, it goes
/// onto what is shown.
pub(super) fn paid_back(
    decision: &Decision<'_>,
    take: &TakeTender,
    amount: Money,
) -> Result<Option<Rest>, Refusal> {
    let gives = decision.facts.policy.voucher_rest == VoucherRest::NewVoucher;
    let is_new = gives && is_used_up(decision, take) && amount.is_positive();
    is_new.then(|| new_one(decision, amount)).transpose()
}

fn new_one(decision: &Decision<'_>, amount: Money) -> Result<Rest, Refusal> {
    let number = decision.facts.new_voucher.ok_or(Refusal::NotLookedUp)?.digits().into();
    Ok(Rest::NewVoucher { number, amount })
}

/// Whether it is a voucher that is used up by paying once.
fn is_used_up(decision: &Decision<'_>, take: &TakeTender) -> bool {
    let is_voucher = PrepaidKind::shown(take.kind, &take.details) == Some(PrepaidKind::Voucher);
    is_voucher && decision.facts.policy.voucher_rest != VoucherRest::Stays
}
