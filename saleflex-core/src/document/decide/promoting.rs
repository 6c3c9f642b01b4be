//! Discounts by campaigns, kept in step with the document, and coupons.

use alloc::{
    collections::{BTreeMap, VecDeque},
    vec::Vec,
};

use super::{Asked, Decision, adjusting, wrong_kind};
use crate::{
    adjustment::{CouponRefusal, DocumentAdjustment},
    document::{
        CampaignDiscount, Document, Event, IntendedTender, Refusal,
        promotions::{judged, priced},
    },
    ids::{AdjustmentNo, CouponId},
    money::Money,
    tender::{Direction, Tender},
};

/// Whether what campaigns give may be different after an event. What a tender earns is settled before it is taken
/// (D25), so taking it changes nothing; nor does an approval, for what a provider was asked for counted as given, and
/// an hour that ended meanwhile must not leave it short of the price it paid.
pub(super) const fn depends_on(event: &Event) -> bool {
    matches!(
        event,
        Event::LineAdded { .. }
            | Event::LineVoided { .. }
            | Event::QuantityChanged { .. }
            | Event::PriceOverridden { .. }
            | Event::LineAdjusted { .. }
            | Event::CustomerAssigned { .. }
            | Event::CouponApplied { .. }
            | Event::CouponReleased { .. }
            | Event::TenderResolved { approved: false, .. }
            | Event::TenderVoided { .. }
            | Event::DocumentResumed { .. }
    )
}

/// Whether an event may leave nothing more to pay without any question to campaigns. They are asked before the sale
/// completes by it.
pub(super) const fn settles_unasked(event: &Event) -> bool {
    matches!(
        event,
        Event::DocumentAdjusted { .. }
            | Event::AdjustmentRemoved { .. }
            | Event::EmptiesTaken { .. }
            | Event::EmptiesVoided { .. }
            | Event::TaxExempted { .. }
    )
}

/// Whether campaigns are about a document: a sale that is paid.
const fn is_sale(document: &Document) -> bool {
    document.kind.bears_campaigns(document.document_type)
}

/// Brings the discounts by campaigns in step with the document. One that says what it said before keeps its number,
/// and where nothing changed nothing happens (D24).
pub(super) fn price(decision: &mut Decision<'_>, intended: Option<IntendedTender>) {
    price_until(decision, intended, false);
}

/// The same with a tender about to be taken, and whether what completes the document may then come later.
pub(super) fn price_until(
    decision: &mut Decision<'_>,
    intended: Option<IntendedTender>,
    is_asked_later: bool,
) {
    let Some(promotions) = decision.facts.promotions else { return };
    let Some(document) = decision.draft().filter(|document| is_sale(document)) else { return };
    let before: Vec<&DocumentAdjustment> =
        document.adjustments.iter().filter(|known| known.source.is_campaign()).collect();
    let (judged, as_paid) = judged(document, promotions, intended);
    let due = judged.due_before_tenders;
    // Nobody gets money back for the way the rest is paid, nor is anything paid by a tender of nothing: where it would earn
    // as much as is left to pay, ways to pay earn nothing.
    let is_beyond = leaves_nothing(decision, document, &as_paid, intended.is_some());
    let proposed = if is_beyond { promotions.discounts(&without_tenders(document), None) } else { as_paid };
    let mut next = adjusting::next_adjustment(document);
    let kept = said_before(&before, &proposed);
    let mut discounts = Vec::with_capacity(proposed.len());
    for (discount, known) in proposed.into_iter().zip(kept) {
        if let Some(known) = known {
            discounts.push(known.clone());
        } else {
            discounts.push(discount.row(next, decision.own_word()));
            next = AdjustmentNo(next.0.saturating_add(1));
        }
    }
    let is_changed = !before.iter().copied().eq(&discounts) || document.tenders_earn_nothing != is_beyond;
    let waits = is_asked_later || document.tenders.iter().any(Tender::is_asked_later);
    let uses = if waits { promotions.counted() } else { None };
    let is_seen_otherwise = document.due_before_tenders != due || document.uses_when_priced != uses;
    // Whoever completes the document later goes by the hour of these prices, also where they are those of before.
    let moment = decision.facts.moment;
    let mut asked = document.tenders.iter().filter(|tender| tender.is_asked_later());
    let asked_again = asked.any(|tender| tender.asked_at != Some(moment)).then_some(moment);
    decision.intended = intended.filter(|_| !is_beyond).map(|tender| tender.amount);
    decision.asked = decision.asked.max(if is_changed { Asked::Otherwise } else { Asked::Alike });
    if is_changed || asked_again.is_some() || is_seen_otherwise {
        let tenders_earn_nothing = is_beyond;
        decision.apply(Event::CampaignsPriced { discounts, asked_again, tenders_earn_nothing, due, uses });
    }
}

/// Whether a way to pay would earn all that is left to pay: the tender about to be taken, or one of those that were taken.
fn leaves_nothing(
    decision: &Decision<'_>,
    document: &Document,
    proposed: &[CampaignDiscount],
    is_paying: bool,
) -> bool {
    // Before anything was paid there is nothing that a discount could leave behind.
    if document.tenders.is_empty() && !is_paying {
        return false;
    }
    let priced = priced(document, proposed, decision.own_word());
    let (balance, promised) = (priced.balance(), priced.promised());
    let is_paid = (priced.totals.paid + promised).is_positive();
    balance <= promised && (is_paying || is_paid && was_left_nothing(decision, document))
}

/// Whether one of the tenders would have been left nothing to pay by what it earns itself, if they were taken anew in their
/// order. It is asked of the tenders and not of the discounts that stand, which are those of other goods while a
/// line is put on or taken off; and notes beyond what was due, of which change waits, take nothing from what was earned.
fn was_left_nothing(decision: &Decision<'_>, document: &Document) -> bool {
    let Some(promotions) = decision.facts.promotions else { return false };
    let stands = |tender: &&Tender| {
        let is_in = tender.direction == Direction::In && !document.is_paid_back(tender);
        is_in && (tender.counts() || tender.is_pending())
    };
    let mut taken = without_tenders(document);
    document.tenders.iter().filter(stands).any(|tender| {
        let before = taken.clone();
        taken.tenders.push(tender.clone());
        let (_, discounts) = judged(&taken, promotions, None);
        let priced = priced(&before, &discounts, decision.own_word());
        priced.balance() <= priced.promised()
    })
}

/// What would be left to pay with the discounts that a tender earns; none where campaigns have no say.
pub(super) fn left_with(decision: &Decision<'_>, intended: IntendedTender) -> Option<Money> {
    let promotions = decision.facts.promotions?;
    let document = decision.draft().filter(|document| is_sale(document))?;
    let (_, discounts) = judged(document, promotions, Some(intended));
    let priced = priced(document, &discounts, decision.own_word());
    Some(priced.balance() - priced.promised())
}

/// What would be left to pay beside a tender that pays no share of it; none where no campaign asks for one.
pub(super) fn left_unearned(decision: &Decision<'_>, tender: IntendedTender) -> Option<Money> {
    decision.facts.promotions.filter(|promotions| promotions.asks_shares())?;
    left_with(decision, IntendedTender { amount: Money::ZERO, ..tender })
}

fn without_tenders(document: &Document) -> Document {
    Document { tenders: Vec::new(), ..document.clone() }
}

/// For each discount the one that said the same before, each of which answers for one.
fn said_before<'d>(
    before: &[&'d DocumentAdjustment],
    proposed: &[CampaignDiscount],
) -> Vec<Option<&'d DocumentAdjustment>> {
    let mut unclaimed: BTreeMap<_, VecDeque<&'d DocumentAdjustment>> = BTreeMap::new();
    for known in before {
        unclaimed.entry((&known.source, known.amount, &*known.shares)).or_default().push_back(known);
    }
    let claims = proposed.iter().map(|discount| {
        let same = unclaimed.get_mut(&(&discount.source, discount.amount, &*discount.shares));
        same.and_then(VecDeque::pop_front)
    });
    claims.collect()
}

/// Refuses a command after which campaigns leave less to pay than was paid.
pub(super) fn check(decision: &Decision<'_>) -> Result<(), Refusal> {
    // What a tender earned was checked before it was taken; overpaid it may be until the change is given. So may a
    // parked document be: one that could not be opened could not be settled either.
    let may_overpay = |event: &Event| {
        matches!(
            event,
            Event::TenderTaken { .. }
                | Event::TenderVoided { .. }
                | Event::TenderResolved { .. }
                | Event::DocumentResumed { .. }
        )
    };
    if decision.asked == Asked::Otherwise && !decision.events.iter().any(may_overpay) {
        decision.check_paid()?;
    }
    Ok(())
}

/// Applies a coupon.
pub(super) fn enter(decision: &mut Decision<'_>, entered: &str) -> Result<(), Refusal> {
    let document = decision.draft().ok_or(CouponRefusal::NoDocument)?;
    if !is_sale(document) {
        return Err(CouponRefusal::NotSale.into());
    }
    if entered.trim().is_empty() {
        return Err(CouponRefusal::EmptyInput.into());
    }
    let promotions = decision.facts.promotions.ok_or(CouponRefusal::NotFound)?;
    let coupon = promotions.coupon(document, entered)?;
    let authority = decision.own_word();
    decision.emit(Event::CouponApplied { coupon, authority });
    decision.check_totals()?;
    decision.check_paid()?;
    decision.complete_if_settled()
}

/// Takes a coupon off (D31).
pub(super) fn release(decision: &mut Decision<'_>, coupon: CouponId) -> Result<(), Refusal> {
    let document = decision.document()?;
    if !is_sale(document) {
        return wrong_kind(document.kind);
    }
    if !document.coupons.iter().any(|known| known.id == coupon) {
        return Err(Refusal::NoSuchCoupon { coupon });
    }
    let authority = decision.own_word();
    decision.emit(Event::CouponReleased { coupon, authority });
    decision.check_totals()?;
    decision.check_paid()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{
        adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
        authority::Authority,
        ids::{CashierId, LineNo},
        money::Money,
    };

    #[test]
    fn each_discount_that_was_said_before_answers_for_one() {
        let (amount, source) = (Money::from_minor(50), AdjustmentSource::campaign("A"));
        let shares = vec![(LineNo(1), amount)];
        let said = |no| DocumentAdjustment {
            no: AdjustmentNo(no),
            kind: AdjustmentKind::Discount,
            source: source.clone(),
            value: AdjustmentValue::Amount(amount),
            amount,
            shares: shares.clone(),
            taxes: Vec::new(),
            code: None,
            reason: None,
            authority: Authority { cashier: CashierId::new(uuid::Uuid::nil()), approved_by: None },
        };
        let proposed = |amount| CampaignDiscount {
            source: source.clone(),
            amount,
            shares: shares.clone(),
            code: "A".into(),
            text: "A".into(),
        };
        let (first, second) = (said(3), said(4));
        let more = Money::from_minor(51);
        let again = [proposed(amount), proposed(more), proposed(amount), proposed(amount)];
        let kept = said_before(&[&first, &second], &again);
        let numbers: Vec<Option<u32>> = kept.iter().map(|known| known.map(|known| known.no.0)).collect();
        assert_eq!(numbers, [Some(3), None, Some(4), None]);
    }
}
