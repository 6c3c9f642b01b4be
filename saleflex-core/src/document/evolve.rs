//! Applying events. Nothing is decided here: an event that was decided always applies, and one that cannot
//! (a damaged journal) leaves the state as it is.

use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};

use super::{CancelCause, Cancelled, Completed, Document, Draft, Event, Suspended, pricing};
use crate::{
    adjustment::{AdjustmentSource, DocumentAdjustment},
    authority::{Authority, Void},
    basket::{LineItem, PriceSource, Reduction},
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, DocumentNumber, LineNo, TenderNo},
    money::Money,
    quantity::Points,
    tender::{Direction, Tender, TenderDetails, TenderKind, TenderStatus},
    time::Moment,
};

/// Where a document stands. There is none in `Idle`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum State {
    /// No document is open.
    #[default]
    Idle,
    /// One is open.
    Draft(Box<Draft>),
    /// It was put aside.
    Suspended(Box<Suspended>),
    /// It is settled; an exchange settles its return and its sale together, in this order.
    Completed(Vec<Completed>),
    /// It was closed without effect.
    Cancelled(Box<Cancelled>),
}

impl State {
    /// The open document, if there is one.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Draft(draft) => Some(draft),
            Self::Idle | Self::Suspended(_) | Self::Completed(_) | Self::Cancelled(_) => None,
        }
    }

    /// The document that is not finished, open or put aside.
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Draft(draft) => Some(draft.document()),
            Self::Suspended(aside) => Some(aside.document()),
            Self::Idle | Self::Completed(_) | Self::Cancelled(_) => None,
        }
    }
}

/// Applies one event.
#[must_use]
pub fn evolve(state: State, event: &Event) -> State {
    match (state, event) {
        (State::Idle, Event::DocumentOpened(begun)) => draft(open(begun)),
        (State::Draft(open), event) => apply(open.document, event),
        (State::Suspended(suspended), Event::DocumentResumed { number, returned, .. }) => {
            let mut document = suspended.document;
            renumber(&mut document, *number);
            if let Some(exchanged) = document.exchange.as_deref_mut() {
                renumber(exchanged, *returned);
            }
            draft(document)
        }
        (State::Suspended(suspended), Event::DocumentCancelled { at, authority, closure, cause, reason }) => {
            cancel(suspended.document, (*at, *closure), (*authority, *cause), reason.clone())
        }
        // What does not fit, as after a settled document, leaves it as it is.
        (state @ (State::Idle | State::Suspended(_) | State::Completed(_) | State::Cancelled(_)), _) => state,
    }
}

/// Applies a whole journal of one document.
#[must_use]
pub fn replay<'a>(state: State, events: impl IntoIterator<Item = &'a Event>) -> State {
    events.into_iter().fold(state, evolve)
}

fn renumber(document: &mut Document, number: Option<DocumentNumber>) {
    if let Some(number) = number {
        document.former_number = Some(document.number);
        document.number = number;
    }
}

fn draft(document: Document) -> State {
    State::Draft(Box::new(Draft { document }))
}

/// A document as it begins; only what it comes to is derived.
fn open(begun: &Document) -> Document {
    let mut document = begun.clone();
    pricing::recompute(&mut document);
    document
}

/// Applies an event to an open document: what ends or transforms it here, what changes it in [`change`].
///
/// Each event is named wherever events are told apart, so that a new one has no place until somebody gives it one.
fn apply(mut document: Document, event: &Event) -> State {
    match event {
        Event::ExchangeStarted { sale } => {
            let mut next = open(sale);
            next.exchange = Some(Box::new(document));
            draft(next)
        }
        Event::DocumentSuspended { at, by, closure } => State::Suspended(Box::new(Suspended {
            document,
            suspended_at: *at,
            suspended_by: *by,
            closure: *closure,
        })),
        Event::DocumentCompleted { at, by, closure, pricing, exchange_credit, credit_paid_with } => {
            let finish = |document| Completed {
                document: Arc::new(document),
                completed_at: *at,
                completed_by: *by,
                closure: *closure,
                pricing: pricing.as_ref().clone(),
            };
            let credit = (exchange_credit.unwrap_or_default(), credit_paid_with.as_slice());
            let returned = settle_exchange(&mut document, credit, (*closure, *by));
            State::Completed(returned.into_iter().chain([document]).map(finish).collect())
        }
        Event::DocumentCancelled { at, authority, closure, cause, reason } => {
            cancel(document, (*at, *closure), (*authority, *cause), reason.clone())
        }
        Event::DocumentAbandoned { .. } => State::Idle,
        Event::LineAdded { .. }
        | Event::LineVoided { .. }
        | Event::LineRestated { .. }
        | Event::QuantityChanged { .. }
        | Event::PiecesNamed { .. }
        | Event::PriceOverridden { .. }
        | Event::LineAdjusted { .. }
        | Event::DocumentAdjusted { .. }
        | Event::AdjustmentRemoved { .. }
        | Event::CampaignsPriced { .. }
        | Event::CouponApplied { .. }
        | Event::CouponReleased { .. }
        | Event::NoteAdded { .. }
        | Event::CustomerAssigned { .. }
        | Event::TaxExempted { .. }
        | Event::AgeConfirmed { .. }
        | Event::TenderTaken { .. }
        | Event::TenderResolved { .. }
        | Event::TenderVoided { .. }
        | Event::ChangeGiven { .. }
        | Event::RefundSettled { .. }
        | Event::EmptiesBegun { .. }
        | Event::EmptiesTaken { .. }
        | Event::EmptiesVoided { .. }
        // These leave an open document as it is, but for what is derived anew.
        | Event::DocumentOpened(_)
        | Event::DocumentResumed { .. }
        | Event::ApprovalExplained { .. }
        | Event::DrawerOpened { .. } => {
            change(&mut document, event);
            pricing::recompute(&mut document);
            if let Some(gone) = no_longer_counts(event) {
                count_on(&mut document, gone);
            }
            draft(document)
        }
    }
}

/// Closes a document without effect.
fn cancel(
    document: Document,
    (cancelled_at, closure): (Moment, ClosureNumber),
    (authority, cause): (Authority, CancelCause),
    reason: Option<String>,
) -> State {
    State::Cancelled(Box::new(Cancelled { document, cancelled_at, authority, closure, cause, reason }))
}

/// Sets the exchanged return off against the sale: a store credit out of the one and into the other.
fn settle_exchange(
    sale: &mut Document,
    (credit, paid_with): (Money, &[(TenderKind, Money)]),
    (closure, by): (ClosureNumber, CashierId),
) -> Option<Document> {
    let mut returned = *sale.exchange.take()?;
    let mut next = next_tender(sale, Some(&returned));
    for (document, direction) in [(&mut *sale, Direction::In), (&mut returned, Direction::Out)] {
        if credit.is_positive() {
            document.tenders.push(Tender {
                no: next,
                kind: TenderKind::StoreCredit,
                direction,
                amount: credit,
                rounding: Money::ZERO,
                change: Money::ZERO,
                status: TenderStatus::Approved,
                asked_at: None,
                judged_as: None,
                closure,
                taken_by: by,
                approved_by: None,
                foreign: None,
                tip: None,
                details: TenderDetails::default(),
                refunds: None,
                paid_with: paid_with.to_vec(),
                sets_off: true,
                reversal: None,
                void: None,
            });
            next = TenderNo(next.0.saturating_add(1));
        }
        pricing::recompute(document);
    }
    Some(returned)
}

/// The number of the next tender, unique over a sale and the return it is exchanged for.
pub(super) fn next_tender(document: &Document, exchange: Option<&Document>) -> TenderNo {
    let tenders = document.tenders.iter().chain(exchange.into_iter().flat_map(|other| &other.tenders));
    TenderNo(tenders.map(|tender| tender.no.0).max().unwrap_or(0).saturating_add(1))
}

/// The tender that an event takes out of what settles a document.
const fn no_longer_counts(event: &Event) -> Option<TenderNo> {
    if let Event::TenderResolved { tender, approved: false, .. } | Event::TenderVoided { tender, .. } = event
    {
        Some(*tender)
    } else if let Event::TenderTaken { tender, takes_back: Some(_) } = event
        && let Some((_, no)) = tender.refunds
    {
        Some(no)
    } else {
        None
    }
}

/// Notes that brought more than another tender left to pay, pay what that one does not any more.
fn count_on(document: &mut Document, gone: TenderNo) {
    let left = document.balance() - document.promised();
    // What a tender earned stood off before it: the one that is gone loses it, and the one that stays was judged without it.
    let is_off = |source: &AdjustmentSource, of: TenderNo| matches!(source, AdjustmentSource::Campaign { tender: Some(no), .. } if *no == of || *no == gone);
    let counted = |tender: &Tender| {
        let judged = tender.judged_as.filter(|judged| *judged < tender.amount)?;
        let off = document.adjustments.iter().filter(|known| is_off(&known.source, tender.no));
        let alone = left + tender.amount - tender.change - tender.rounding
            + off.map(|discount| discount.amount).sum::<Money>();
        Some((tender.no, tender.amount.min(judged.max(alone))))
    };
    let raised: Vec<(TenderNo, Money)> = document.settling_tenders().filter_map(counted).collect();
    for (no, judged) in raised {
        with_tender(document, no, |tender| {
            tender.judged_as = Some(judged).filter(|one| *one != tender.amount);
        });
    }
}

/// Puts what campaigns give now in the place of what they gave before.
pub(super) fn take_campaigns(
    document: &mut Document,
    discounts: &[DocumentAdjustment],
    asked_again: Option<Moment>,
) {
    // Beside one that waits, what others were asked at stays: so say journals from before others moved too.
    let waits = document.pending_tender().is_some();
    let is_asked = |tender: &&mut Tender| if waits { tender.is_pending() } else { tender.is_asked_later() };
    for asked in document.tenders.iter_mut().filter(is_asked) {
        asked.asked_at = asked_again.or(asked.asked_at);
    }
    let last = discounts.iter().map(|discount| discount.no).max();
    document.last_adjustment = document.last_adjustment.max(last);
    // What campaigns give comes first: other discounts are worked out on what it leaves.
    let others = document.adjustments.drain(..).filter(|known| !known.source.is_campaign());
    document.adjustments = discounts.iter().cloned().chain(others.collect::<Vec<_>>()).collect();
}

fn change(document: &mut Document, event: &Event) {
    match event {
        Event::LineAdded { line } => document.lines.push(line.as_ref().clone()),
        Event::LineVoided { line, void } => with_line(document, *line, |line| line.void = Some(void.clone())),
        Event::LineRestated { line } => restate(document, line.as_ref().clone(), line.authority),
        Event::QuantityChanged { line, quantity, authority } => {
            if let Some(known) = document.line(*line) {
                // Another number of pieces are other pieces: they are named anew.
                let changed = LineItem { quantity: *quantity, serials: Vec::new(), ..known.clone() };
                restate(document, changed, *authority);
            }
        }
        Event::PiecesNamed { line, serials } => {
            with_line(document, *line, |line| line.serials.clone_from(serials));
        }
        Event::PriceOverridden { line, price, price_override } => with_line(document, *line, |line| {
            line.unit_price = *price;
            line.price_source = PriceSource::Override;
            line.price_override = Some(price_override.clone());
        }),
        Event::LineAdjusted { line, adjustment } => {
            with_line(document, *line, |line| line.adjustments.push(adjustment.clone()));
        }
        Event::DocumentAdjusted { adjustment } => {
            document.last_adjustment = document.last_adjustment.max(Some(adjustment.no));
            document.adjustments.push(adjustment.clone());
        }
        Event::AdjustmentRemoved { adjustment, .. } => {
            document.adjustments.retain(|known| known.no != *adjustment);
        }
        Event::CampaignsPriced { discounts, asked_again, tenders_earn_nothing, due, uses } => {
            take_campaigns(document, discounts, *asked_again);
            (document.tenders_earn_nothing, document.due_before_tenders) = (*tenders_earn_nothing, *due);
            document.uses_when_priced.clone_from(uses);
        }
        Event::CouponApplied { coupon, .. } => document.coupons.push(coupon.clone()),
        Event::CouponReleased { coupon, .. } => document.coupons.retain(|known| known.id != *coupon),
        Event::NoteAdded { note } => document.notes.push(note.clone()),
        Event::CustomerAssigned { customer } => assign(document, *customer),
        Event::EmptiesBegun { returned } => {
            document.spent_numbers.retain(|number| *number != returned.number);
            document.exchange = Some(Box::new(open(returned)));
        }
        Event::EmptiesTaken { line } => take_empties(document, line),
        Event::EmptiesVoided { line, void } => void_empties(document, *line, void),
        Event::TaxExempted { exemption } => document.exemption = Some(exemption.clone()),
        Event::AgeConfirmed { check } => document.age_check = Some(*check),
        Event::RefundSettled { carried_rounding, points } => {
            let returned = match &mut document.exchange {
                Some(returned) => returned.as_mut(),
                None => document,
            };
            settle_refund(returned, *carried_rounding, *points);
        }
        Event::TenderTaken { .. }
        | Event::TenderResolved { .. }
        | Event::TenderVoided { .. }
        | Event::ChangeGiven { .. } => change_tenders(document, event),
        // Noted in the journal, or ended and begun elsewhere: nothing of an open document changes.
        Event::DocumentOpened(_)
        | Event::ExchangeStarted { .. }
        | Event::DocumentSuspended { .. }
        | Event::DocumentResumed { .. }
        | Event::DocumentCompleted { .. }
        | Event::DocumentCancelled { .. }
        | Event::DocumentAbandoned { .. }
        | Event::ApprovalExplained { .. }
        | Event::DrawerOpened { .. } => {}
    }
}

/// Both halves of an exchange are one customer's.
fn assign(document: &mut Document, customer: Option<CustomerId>) {
    document.customer = customer;
    if let Some(returned) = &mut document.exchange {
        returned.customer = customer;
    }
}

fn settle_refund(returned: &mut Document, carried_rounding: Money, points: Option<Points>) {
    returned.carried_rounding = carried_rounding;
    returned.points_returned = points;
    pricing::recompute(returned);
}

fn change_tenders(document: &mut Document, event: &Event) {
    if let Event::TenderTaken { tender, .. } = event {
        take_tender(document, tender);
    } else if let Event::TenderResolved { tender, approved, authorisation } = event {
        let status = if *approved { TenderStatus::Approved } else { TenderStatus::Declined };
        resolve(document, *tender, status, authorisation.as_ref());
    } else if let Event::TenderVoided { tender, void, reversal, revalued } = event {
        with_tender(document, *tender, |tender| {
            tender.void = Some(void.clone());
            tender.reversal.clone_from(reversal);
        });
        if let Some((stays, amount)) = *revalued {
            with_tender(document, stays, |tender| {
                tender.amount = amount;
                tender.judged_as = tender.judged_as.filter(|judged| *judged < amount);
            });
        }
    } else if let Event::ChangeGiven { amount, rounding, tender } = event
        && let Some(no) = tender.or_else(|| last_giving_change(document))
    {
        with_tender(document, no, |tender| {
            tender.change += *amount;
            tender.rounding += *rounding;
        });
    }
}

fn take_tender(document: &mut Document, tender: &Tender) {
    match document.exchange.as_deref_mut() {
        // What an exchange pays out is paid for the goods that came back.
        Some(returned) if tender.direction == Direction::Out && !refunds(tender, document.id) => {
            returned.tenders.push(tender.clone());
            pricing::recompute(returned);
        }
        Some(_) | None => document.tenders.push(tender.clone()),
    }
}

/// The tender that change comes out of where the event does not say so.
fn last_giving_change(document: &Document) -> Option<TenderNo> {
    let gives = |tender: &&Tender| tender.kind.gives_change();
    let last = document.counted_tenders().filter(gives).last();
    last.or_else(|| document.counted_tenders().last()).map(|tender| tender.no)
}

/// Whether a tender pays back one of the document's own.
fn refunds(tender: &Tender, document: DocumentId) -> bool {
    tender.refunds.is_some_and(|(of, _)| of == document)
}

fn resolve(document: &mut Document, no: TenderNo, status: TenderStatus, authorisation: Option<&String>) {
    with_tender(document, no, |tender| {
        tender.status = status;
        if let Some(authorisation) = authorisation {
            tender.details.authorisation = Some(authorisation.clone());
        }
    });
}

/// Puts a line in the place of the one with its number. Less of it is a void of the difference.
fn restate(document: &mut Document, mut line: LineItem, authority: Authority) {
    pricing::price_line(&mut line, &document.currency, document.min_line_total);
    let Some(known) = document.lines.iter_mut().find(|known| known.no == line.no) else { return };
    let amount = known.total - line.total;
    if line.quantity < known.quantity {
        document.reductions.push(Reduction { line: line.no, amount, authority });
    }
    *known = line;
}

fn take_empties(sale: &mut Document, line: &LineItem) {
    if let Some(returned) = &mut sale.exchange {
        returned.lines.push(line.clone());
        pricing::recompute(returned);
    }
}

/// The number of a return that goes with its last empties stays with the sale.
fn void_empties(sale: &mut Document, no: LineNo, void: &Void) {
    let Some(mut returned) = sale.exchange.take() else { return };
    with_line(&mut returned, no, |line| line.void = Some(void.clone()));
    if returned.active_lines().next().is_some() {
        pricing::recompute(&mut returned);
        sale.exchange = Some(returned);
    } else {
        sale.spent_numbers.extend(returned.former_number);
        sale.spent_numbers.push(returned.number);
    }
}

fn with_line(document: &mut Document, no: LineNo, change: impl FnOnce(&mut LineItem)) {
    if let Some(line) = document.lines.iter_mut().find(|line| line.no == no) {
        change(line);
    }
}

fn with_tender(document: &mut Document, no: TenderNo, change: impl FnOnce(&mut Tender)) {
    if let Some(tender) = document.tenders.iter_mut().find(|tender| tender.no == no) {
        change(tender);
    } else if let Some(returned) = document.exchange.as_deref_mut() {
        with_tender(returned, no, change);
        pricing::recompute(returned);
    }
}
