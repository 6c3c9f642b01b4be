//! Discounts, markups and surcharges by hand, and points turned into a discount.

use alloc::{format, string::String, vec::Vec};

use rust_decimal::Decimal;

use super::{Decision, containers, lines, text, wrong_kind};
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue, DocumentAdjustment, LineAdjustment},
    basket::LineItem,
    document::{Adjust, Document, Event, Kind, Refusal, pricing},
    ids::{AdjustmentNo, LineNo},
    money::{Money, Rounding},
    quantity::{Percent, Points},
};

/// Discounts or marks up one line.
pub(super) fn line(decision: &mut Decision<'_>, no: Option<LineNo>, adjust: &Adjust) -> Result<(), Refusal> {
    let last = || {
        let document = decision.with_lines()?;
        let last = document.active_lines().last().ok_or(Refusal::NoLines)?;
        containers::goods_of(decision, last.no)
    };
    let no = match no {
        Some(no) => no,
        None => last()?,
    };
    let line = decision.line(no)?;
    lines::refuse_share_of_sale(line)?;
    if line.item.is_container {
        return Err(Refusal::DiscountNotAllowed { code: line.item.code.clone() });
    }
    let is_amount = matches!(adjust.value, AdjustmentValue::Amount(_));
    if adjust.kind == AdjustmentKind::Discount && is_amount && !line.total.is_positive() {
        return Err(Refusal::NothingToDiscount);
    }
    check_value(decision, adjust.value, line.total)?;
    if adjust.kind == AdjustmentKind::Discount && !line.item.permissions.discount {
        return Err(Refusal::DiscountNotAllowed { code: line.item.code.clone() });
    }
    let mut adjustment = LineAdjustment {
        kind: adjust.kind,
        value: adjust.value,
        amount: Money::ZERO,
        reason: decision.why(adjust.reason.as_deref())?,
        authority: decision.own_word(),
    };
    let mut adjusted = line.clone();
    adjusted.adjustments.push(adjustment.clone());
    // Who agreed to a return without a receipt agreed to the catalog's prices.
    let is_paid_out =
        adjust.kind == AdjustmentKind::Surcharge && containers::is_without_receipt(decision.document()?);
    let is_above = is_paid_out
        || is_above_limit(decision, &adjusted)?
        || (adjust.kind == AdjustmentKind::Discount && is_above_limit_with_document(decision, &adjusted)?);
    adjustment.authority = decision.authorise_if(is_above)?;
    // The computed amount belongs into the journal as well: apply first, then read it back.
    decision.emit(Event::LineAdjusted { line: no, adjustment });
    restate_line_amount(decision, no);
    decision.check_totals()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}

/// Writes what the adjustment came to into its event, so that the journal can be read without computing.
fn restate_line_amount(decision: &mut Decision<'_>, no: LineNo) {
    let amount =
        decision.draft().and_then(|document| document.line(no)?.adjustments.last().map(|last| last.amount));
    let adjusted = decision.events.iter_mut().rev().find_map(|event| {
        if let Event::LineAdjusted { adjustment, .. } = event { Some(adjustment) } else { None }
    });
    if let (Some(amount), Some(adjustment)) = (amount, adjusted) {
        adjustment.amount = amount;
    }
}

/// A percent from 1 to 100 (D-DOC-28), an amount from one minor unit to what it is taken from.
fn check_value(decision: &Decision<'_>, value: AdjustmentValue, base: Money) -> Result<(), Refusal> {
    match value {
        AdjustmentValue::Percent(percent)
            if percent.decimal() < Decimal::ONE || percent > Percent::HUNDRED =>
        {
            Err(Refusal::PercentOutOfRange { percent })
        }
        AdjustmentValue::Amount(amount) if amount < Money::ONE_MINOR || amount > base => {
            Err(Refusal::AmountOutOfRange {
                entered: decision.money(amount),
                least: decision.money(Money::ONE_MINOR),
                most: decision.money(base),
            })
        }
        AdjustmentValue::Percent(_) | AdjustmentValue::Amount(_) => Ok(()),
    }
}

/// What cashiers alone took off a line, or put on it.
fn given_alone(line: &LineItem, kind: AdjustmentKind) -> Money {
    let alone = line.adjustments.iter().filter(|known| known.authority.approved_by.is_none());
    alone.filter(|known| known.kind == kind).map(|known| known.amount).sum()
}

/// Whether what cashiers alone took off or put on a line comes to more than they may, of the line or together with the
/// other lines of the document, or, where the store guards its costs, leaves less than the goods cost.
pub(super) fn is_above_limit(decision: &Decision<'_>, line: &LineItem) -> Result<bool, Refusal> {
    let policy = decision.facts.policy;
    let document = decision.document()?;
    let mut line = line.clone();
    pricing::price_line(&mut line, &document.currency, document.min_line_total);
    let alone = |kind| given_alone(&line, kind);
    let (discount, surcharge) = (alone(AdjustmentKind::Discount), alone(AdjustmentKind::Surcharge));
    let limits = decision.facts.limits;
    let most = limits.line_discount.map(|limit| limit.of(line.gross, Rounding::HalfUp));
    let others = |kind| {
        let others = document.active_lines().filter(|known| known.no != line.no);
        others.map(|known| given_alone(known, kind)).sum::<Money>()
    };
    // Many small discounts are one large one. A line that has none of them adds nothing.
    let is_above_all = |own: Money, others: Money| {
        own.is_positive() && limits.discounts.is_some_and(|limit| own + others > limit)
    };
    let is_above_all = is_above_all(discount, others(AdjustmentKind::Discount))
        || is_above_all(surcharge, others(AdjustmentKind::Surcharge) + charged_alone(document));
    let is_guarded = policy.guard_cost && discount.is_positive() && !document.kind.pays_out();
    let is_below_cost = match line.item.cost_price.filter(|_| is_guarded) {
        Some(cost) => line.total < cost.times(line.quantity, &document.currency, Rounding::HalfUp)?,
        None => false,
    };
    Ok(is_below_cost || is_above_all || most.is_some_and(|most| discount > most || surcharge > most))
}

/// What cashiers alone charged on the whole document.
fn charged_alone(document: &Document) -> Money {
    let alone = document.adjustments.iter().filter(|known| known.authority.approved_by.is_none());
    let charges = alone.filter(|known| known.kind == AdjustmentKind::Surcharge && known.source.is_by_hand());
    charges.map(|known| known.amount).sum()
}

/// Whether a charge on the whole document, with those that cashiers alone put on it before, comes to more than this one
/// may put on a line of its worth, or with what they put on its lines to more than on all of them.
fn is_charge_above_limit(decision: &Decision<'_>, document: &Document, more: Money, base: Money) -> bool {
    let limits = decision.facts.limits;
    let charges = more + charged_alone(document);
    let on_lines = document.active_lines().map(|line| given_alone(line, AdjustmentKind::Surcharge));
    let all = charges + on_lines.sum::<Money>();
    let most = limits.line_discount.map(|limit| limit.of(base, Rounding::HalfUp));
    most.is_some_and(|most| charges > most) || limits.discounts.is_some_and(|limit| all > limit)
}

/// What was taken off the whole document by hand, in the order entered.
fn by_hand(document: &Document) -> impl Iterator<Item = &DocumentAdjustment> {
    let is_meant =
        |known: &&DocumentAdjustment| known.kind == AdjustmentKind::Discount && known.source.is_by_hand();
    document.adjustments.iter().filter(is_meant)
}

/// The percents among it.
fn percents_by_hand(document: &Document) -> impl Iterator<Item = Percent> {
    by_hand(document).filter_map(|known| match known.value {
        AdjustmentValue::Percent(percent) => Some(percent),
        AdjustmentValue::Amount(_) => None,
    })
}

/// Whether more goods would have more taken off by the discounts that stand on the document than this cashier may take
/// off a line alone: whoever agreed to them agreed for the goods that were there. Each is a percentage of what the
/// earlier ones leave.
pub(super) fn outgrows(decision: &Decision<'_>, document: &Document) -> bool {
    let Some(most) = decision.facts.limits.line_discount else { return false };
    let left = percents_by_hand(document).fold(Decimal::ONE_HUNDRED, |left, percent| {
        (left - left * percent.decimal() / Decimal::ONE_HUNDRED).max(Decimal::ZERO)
    });
    Decimal::ONE_HUNDRED - left > most.decimal()
}

/// Whether what a cashier alone takes off a line comes to more than they may together with what the discounts of the
/// document take off it: each would pass by itself, and nobody agreed to both.
pub(super) fn is_above_limit_with_document(
    decision: &Decision<'_>,
    line: &LineItem,
) -> Result<bool, Refusal> {
    let Some(limit) = decision.facts.limits.line_discount else { return Ok(false) };
    let document = decision.document()?;
    let mut line = line.clone();
    pricing::price_line(&mut line, &document.currency, document.min_line_total);
    let alone = given_alone(&line, AdjustmentKind::Discount);
    let left = percents_by_hand(document)
        .fold(line.total, |left, percent| left - percent.of(left, Rounding::HalfUp));
    let amounts = by_hand(document).filter(|known| matches!(known.value, AdjustmentValue::Amount(_)));
    let shares = amounts.flat_map(|known| &known.shares).filter(|(no, _)| *no == line.no);
    let by_amounts: Money = shares.map(|(_, share)| *share).sum();
    let most = limit.of(line.gross, Rounding::HalfUp);
    Ok(alone.is_positive() && alone + (line.total - left) + by_amounts > most)
}

/// Discounts or surcharges the whole document; a discount is a manager's decision, and so is a charge above what a cashier
/// may put on lines.
pub(super) fn document(
    decision: &mut Decision<'_>,
    adjust: &Adjust,
    source: &AdjustmentSource,
    code: Option<&str>,
) -> Result<(), Refusal> {
    let is_discount = adjust.kind == AdjustmentKind::Discount;
    let is_charge = matches!(
        source,
        AdjustmentSource::ServiceCharge | AdjustmentSource::DeliveryFee | AdjustmentSource::ConvenienceFee
    );
    let kind = decision.with_lines()?.kind;
    if kind.pays_out() {
        return wrong_kind(kind);
    }
    if !source.is_by_hand() || is_discount == is_charge {
        return Err(Refusal::NotByHand { kind: adjust.kind, given_as: source.clone() });
    }
    let reason = decision.why(adjust.reason.as_deref())?;
    let taxes = if is_charge { decision.facts.policy.surcharge_taxes.clone() } else { Vec::new() };
    let mut adjustment = DocumentAdjustment {
        no: next_adjustment(decision.document()?),
        kind: adjust.kind,
        source: source.clone(),
        value: adjust.value,
        amount: Money::ZERO,
        shares: Vec::new(),
        taxes,
        code: code.map(|code| text(code, LONGEST_CODE)).transpose()?,
        reason,
        authority: decision.own_word(),
    };
    let document = decision.document()?;
    let left = |line: &LineItem| line.total - line.discount_share;
    let base: Money =
        document.active_lines().filter(|line| pricing::bears(line, &adjustment)).map(left).sum();
    if is_discount && !base.is_positive() {
        return Err(Refusal::NothingToDiscount);
    }
    let most = if is_discount { base } else { Money::MAX };
    check_value(decision, adjust.value, most)?;
    let charge = match adjust.value {
        AdjustmentValue::Percent(percent) => percent.of(base, Rounding::HalfUp),
        AdjustmentValue::Amount(amount) => amount,
    };
    let is_above = is_discount || is_charge_above_limit(decision, document, charge, base);
    adjustment.authority = decision.authorise_if(is_above)?;
    emit_adjustment(decision, adjustment);
    decision.check_totals()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}

const LONGEST_CODE: usize = 15;

/// As many as fit the code that is printed with a redemption.
const MOST_POINTS: i64 = 999_999_999_999;

pub(super) fn next_adjustment(document: &Document) -> AdjustmentNo {
    AdjustmentNo(document.last_adjustment.map_or(0, |last| last.0).saturating_add(1))
}

/// Applies the adjustment and writes what it came to into its event.
pub(super) fn emit_adjustment(decision: &mut Decision<'_>, adjustment: DocumentAdjustment) {
    decision.emit(Event::DocumentAdjusted { adjustment });
    let applied = decision.draft().and_then(|document| document.adjustments.last().cloned());
    if let (Some(applied), Some(Event::DocumentAdjusted { adjustment })) =
        (applied, decision.events.last_mut())
    {
        *adjustment = applied;
    }
}

/// Takes a document-level adjustment back.
pub(super) fn remove(decision: &mut Decision<'_>, no: AdjustmentNo) -> Result<(), Refusal> {
    let document = decision.document()?;
    let known = document.adjustments.iter().find(|known| known.no == no);
    let known = known.ok_or(Refusal::NoSuchAdjustment { adjustment: no })?;
    if known.source.is_campaign() {
        return Err(Refusal::NotByHand { kind: known.kind, given_as: known.source.clone() });
    }
    let is_charge = known.kind == AdjustmentKind::Surcharge;
    let authority = decision.authorise_if(false)?;
    decision.emit(Event::AdjustmentRemoved { adjustment: no, authority });
    // Without a discount more is due: what is paid beyond it was so before.
    if is_charge {
        decision.check_paid()?;
    }
    decision.complete_if_settled()
}

/// Whether what the cashier alone redeems on the document comes to more than they may.
fn is_redemption_above_limit(decision: &Decision<'_>, document: &Document, more: Money) -> bool {
    let alone = document.adjustments.iter().filter(|known| known.authority.approved_by.is_none());
    let points = alone.filter(|known| known.source.points().is_some());
    let redeemed: Money = points.map(|known| known.amount).sum();
    decision.facts.limits.redemption.is_some_and(|limit| redeemed + more > limit)
}

/// Turns points into a discount; beyond the store's limit a manager's decision. How many and for how much was worked
/// out by the loyalty rules; what they cover completely is completed without a tender.
pub(super) fn redeem(decision: &mut Decision<'_>, points: Points, amount: Money) -> Result<(), Refusal> {
    super::promoting::price(decision, None);
    let document = decision.with_lines()?;
    if document.kind != Kind::Sale || document.document_type.is_delivery() {
        return wrong_kind(document.kind);
    }
    if document.customer.is_none() {
        return Err(Refusal::PointsNeedCustomer);
    }
    if !(1..=MOST_POINTS).contains(&points.get()) || !amount.is_positive() {
        return Err(Refusal::NothingToRedeem { points, amount: decision.money(amount) });
    }
    let due = document.balance();
    if amount > due {
        return Err(Refusal::PointsExceedDue { amount: decision.money(amount), due: decision.money(due) });
    }
    let code: String = format!("{}PTS", points.get());
    let adjustment = DocumentAdjustment {
        no: next_adjustment(document),
        kind: AdjustmentKind::Discount,
        source: AdjustmentSource::Loyalty { points },
        value: AdjustmentValue::Amount(amount),
        amount,
        shares: Vec::new(),
        taxes: Vec::new(),
        code: Some(code),
        reason: None,
        authority: decision.authorise_if(is_redemption_above_limit(decision, document, amount))?,
    };
    emit_adjustment(decision, adjustment);
    decision.check_totals()?;
    decision.check_paid()?;
    if decision.document()?.balance().is_zero() { super::ending::complete(decision) } else { Ok(()) }
}
