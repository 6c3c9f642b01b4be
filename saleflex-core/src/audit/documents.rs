//! The sensitive acts among what happens to documents.

use alloc::vec::Vec;

use super::{AuditRecord, Figure, Subject};
use crate::{
    adjustment::AdjustmentValue,
    authority::{Authority, Void},
    basket::LineItem,
    cashier::access::Act,
    document::{Document, Event, Kind},
    ids::{DocumentId, LineNo, TenderNo},
    journal::Entry,
    money::Money,
    tender::Tender,
};

/// The acts of an entry about a document.
pub(super) fn records(entry: &Entry, events: &[Event], before: Option<&Document>) -> Vec<AuditRecord> {
    let document = before.map_or_else(|| DocumentId::new(entry.entity), |before| before.id);
    let of_event =
        |event| record(entry, event, document, before).or_else(|| agreed_to(entry, event, document));
    events.iter().filter_map(of_event).collect()
}

fn record(entry: &Entry, event: &Event, id: DocumentId, before: Option<&Document>) -> Option<AuditRecord> {
    let line = |no: LineNo| before.and_then(|document| document.line(no));
    let by = |authority: Authority, act, subject| AuditRecord::by(entry, authority, act, subject);
    let document = Subject::Document(id);
    match event {
        Event::DocumentOpened(opened) => self::opened(entry, opened),
        Event::LineVoided { line: no, void } => before.map(|document| voided(entry, document, *no, void)),
        Event::QuantityChanged { line: no, quantity, authority } => Some(AuditRecord {
            before: line(*no).map(|line| Figure::Number(line.quantity.decimal())),
            after: Some(Figure::Number(quantity.decimal())),
            ..by(*authority, Act::ChangeQuantity, Subject::Line(id, *no))
        }),
        Event::LineRestated { line: stands } => less_brought_back(entry, id, line(stands.no)?, stands),
        Event::PriceOverridden { line: no, price, price_override } => Some(AuditRecord {
            before: line(*no).map(|line| Figure::Price(line.unit_price)),
            after: Some(Figure::Price(*price)),
            ..by(price_override.authority, Act::OverridePrice, Subject::Line(id, *no))
        }),
        Event::LineAdded { line } => sold_at_another_price(entry, id, line),
        Event::LineAdjusted { line: no, adjustment } => Some(AuditRecord {
            before: line(*no).map(|line| Figure::Amount(line.total)),
            after: Some(value(adjustment.value)),
            ..by(adjustment.authority, Act::AdjustLine, Subject::Line(id, *no))
        }),
        Event::DocumentAdjusted { adjustment } => Some(AuditRecord {
            before: before.map(|document| Figure::Amount(document.totals.net_due)),
            after: Some(value(adjustment.value)),
            ..by(adjustment.authority, Act::AdjustDocument, document)
        }),
        Event::AdjustmentRemoved { authority, .. } => Some(by(*authority, Act::AdjustDocument, document)),
        Event::TaxExempted { exemption } => {
            let tax = before.map(|document| document.totals.tax);
            Some(to_nothing(tax, &by(exemption.authority, Act::ExemptFromTax, document)))
        }
        Event::TenderVoided { tender, void, .. } => {
            let act = by(void.authority, Act::VoidTender, Subject::Tender(id, *tender));
            Some(to_nothing(amount_of(before, *tender), &act))
        }
        Event::TenderTaken { tender, takes_back: Some(void) } => Some(taken_back(entry, id, tender, void)),
        Event::DocumentCancelled { authority, .. } => {
            let due = before.map(|document| document.totals.net_due);
            Some(to_nothing(due, &by(*authority, Act::CancelDocument, document)))
        }
        Event::DrawerOpened { authority, .. } => Some(by(*authority, Act::OpenDrawer, Subject::Till)),
        Event::EmptiesVoided { line, void } => {
            before?.exchange.as_deref().map(|returned| voided(entry, returned, *line, void))
        }
        // Empties that come to a sale begin a return, as they do by themselves.
        Event::EmptiesBegun { returned } => opened(entry, returned),
        Event::NoteAdded { .. }
        | Event::PiecesNamed { .. }
        | Event::CampaignsPriced { .. }
        | Event::CouponApplied { .. }
        | Event::CouponReleased { .. }
        | Event::CustomerAssigned { .. }
        | Event::AgeConfirmed { .. }
        | Event::ApprovalExplained { .. }
        | Event::TenderTaken { takes_back: None, .. }
        | Event::TenderResolved { .. }
        | Event::ChangeGiven { .. }
        | Event::RefundSettled { .. }
        | Event::ExchangeStarted { .. }
        | Event::EmptiesTaken { .. }
        | Event::DocumentSuspended { .. }
        | Event::DocumentResumed { .. }
        | Event::DocumentCompleted { .. }
        | Event::DocumentAbandoned { .. } => None,
    }
}

/// What is no sensitive act by itself, done by somebody's word: goods back that a manager had to see, more empties than
/// a cashier pays out alone, goods below cost, a payout in another way than the sale was paid.
fn agreed_to(entry: &Entry, event: &Event, id: DocumentId) -> Option<AuditRecord> {
    let record = |authority: Authority, act, subject, before, after| {
        authority.approved_by?;
        Some(AuditRecord { before, after: Some(after), ..AuditRecord::by(entry, authority, act, subject) })
    };
    if let Event::LineAdded { line } | Event::LineRestated { line } = event {
        let subject = Subject::Line(id, line.no);
        let price = Figure::Price(line.unit_price);
        if line.returned.is_some() {
            return record(line.authority, Act::Return, subject, None, price);
        }
        // A line that is repeated may be another discount at a price that is not touched.
        if let Some(discount) = line.adjustments.first().filter(|_| line.unit_price == line.list_price) {
            return record(line.authority, Act::AdjustLine, subject, None, value(discount.value));
        }
        return record(
            line.authority,
            Act::OverridePrice,
            subject,
            Some(Figure::Price(line.list_price)),
            price,
        );
    }
    if let Event::EmptiesTaken { line } = event {
        let total = Figure::Amount(line.total);
        return record(line.authority, Act::Return, Subject::Document(id), None, total);
    }
    if let Event::TenderTaken { tender, takes_back: None } = event {
        let authority = Authority { cashier: tender.taken_by, approved_by: tender.approved_by };
        let amount = Figure::Amount(tender.amount);
        return record(authority, Act::Return, Subject::Tender(id, tender.no), None, amount);
    }
    None
}

/// An act after which nothing is left of an amount.
fn to_nothing(before: Option<Money>, act: &AuditRecord) -> AuditRecord {
    let after = Some(Figure::Amount(Money::ZERO));
    AuditRecord { before: before.map(Figure::Amount), after, ..*act }
}

/// A payment that an earlier period counted, by the tender that pays it back.
fn taken_back(entry: &Entry, id: DocumentId, back: &Tender, void: &Void) -> AuditRecord {
    let (of, taken) = back.refunds.unwrap_or((id, back.no));
    AuditRecord {
        before: Some(Figure::Amount(back.amount)),
        after: Some(Figure::Amount(Money::ZERO)),
        ..AuditRecord::by(entry, void.authority, Act::VoidTender, Subject::Tender(of, taken))
    }
}

fn voided(entry: &Entry, of: &Document, no: LineNo, void: &Void) -> AuditRecord {
    AuditRecord {
        before: of.line(no).map(|line| Figure::Amount(line.total)),
        after: Some(Figure::Amount(Money::ZERO)),
        ..AuditRecord::by(entry, void.authority, Act::VoidLine, Subject::Line(of.id, no))
    }
}

/// Less comes back than was rung up; a share that is only worked out anew is no act.
fn less_brought_back(
    entry: &Entry,
    id: DocumentId,
    known: &LineItem,
    stands: &LineItem,
) -> Option<AuditRecord> {
    (stands.quantity < known.quantity).then(|| AuditRecord {
        before: Some(Figure::Number(known.quantity.decimal())),
        after: Some(Figure::Number(stands.quantity.decimal())),
        ..AuditRecord::by(entry, stands.authority, Act::ChangeQuantity, Subject::Line(id, stands.no))
    })
}

/// A line that came with a price of its own.
fn sold_at_another_price(entry: &Entry, id: DocumentId, line: &LineItem) -> Option<AuditRecord> {
    let price_override = line.price_override.as_ref()?;
    Some(AuditRecord {
        before: Some(Figure::Price(line.list_price)),
        after: Some(Figure::Price(line.unit_price)),
        ..AuditRecord::by(entry, price_override.authority, Act::OverridePrice, Subject::Line(id, line.no))
    })
}

/// A return, a purchase or a movement of cash begins; an ordinary sale is no sensitive act.
fn opened(entry: &Entry, opened: &Document) -> Option<AuditRecord> {
    let subject = Subject::Document(opened.id);
    if let Some(movement) = &opened.cash_movement {
        return Some(AuditRecord {
            after: Some(Figure::Amount(movement.amount)),
            ..AuditRecord::by(entry, movement.authority, Act::MoveCash, subject)
        });
    }
    let act = match opened.kind {
        Kind::Return => Act::Return,
        Kind::Purchase => Act::BuyGoods,
        Kind::Sale | Kind::Quote | Kind::Order | Kind::Layaway | Kind::CashMovement => return None,
    };
    Some(AuditRecord::by(entry, opened.opened_by, act, subject))
}

const fn value(value: AdjustmentValue) -> Figure {
    match value {
        AdjustmentValue::Percent(percent) => Figure::Percent(percent),
        AdjustmentValue::Amount(amount) => Figure::Amount(amount),
    }
}

fn amount_of(before: Option<&Document>, no: TenderNo) -> Option<Money> {
    let tenders = before.into_iter().flat_map(|document| &document.tenders);
    tenders.into_iter().find(|tender| tender.no == no).map(|tender| tender.amount)
}
