//! What must hold of every document, whatever was done to it.

use saleflex_core::{
    adjustment::AdjustmentKind,
    audit,
    basket::LineItem,
    checkout::Effects,
    closure::{DocumentFigures, DocumentMark},
    document::{Document, Event, Kind},
    ids::ClosureNumber,
    journal::{self, Entry, finished_figures},
    money::Money,
    tax::TaxMode,
    tender::Direction,
    time::Moment,
};
use uuid::Uuid;

/// Checks that what somebody agreed to is in the audit trail with their name.
pub(crate) fn check_trail(events: &[Event], at: Moment, before: Option<&Document>) {
    let agreed = serde_json::to_string(events).unwrap().contains("\"approved_by\"");
    let event = journal::Event::Document(events.to_vec());
    let entry = Entry::new(Uuid::nil(), at, None, ClosureNumber(1), event);
    let is_told = audit::records(&entry, before).iter().any(|record| record.approved_by.is_some());
    assert_eq!(is_told, agreed, "what somebody agreed to is in the trail: {events:?}");
}

/// Checks that finished documents read from frozen bytes for a report come to the same figures as the whole ones.
pub(crate) fn check_figures(effects: &Effects) {
    let bytes = format!("{{\"effects\":{}}}", serde_json::to_string(effects).unwrap());
    let read: Vec<_> = finished_figures(bytes.as_bytes()).unwrap().collect();
    let completed = effects.completed.iter().filter_map(|it| {
        Some((DocumentMark::new(it.document(), it.completed_at()), DocumentFigures::of(it)?))
    });
    let cancelled = effects.cancelled.as_deref().and_then(|it| {
        Some((DocumentMark::new(it.document(), it.cancelled_at()), DocumentFigures::cancelled(it)?))
    });
    assert_eq!(read, completed.chain(cancelled).collect::<Vec<_>>());
}

/// Checks the figures of a document, and where it is completed, that it is settled.
pub(crate) fn check_document(document: &Document, is_completed: bool) {
    document.active_lines().for_each(|line| check_line(document, line));
    check_adjustments(document);
    check_totals(document);
    assert_eq!(document.derived_anew(), *document, "figures are derived alike, whatever was taken back");
    let is_unpaid_kind = document.kind == Kind::Quote || document.document_type.is_delivery();
    if is_completed && !is_unpaid_kind && document.kind != Kind::CashMovement {
        let totals = &document.totals;
        assert!(totals.balance().is_zero(), "tenders less change are what is owed on completion: {totals:?}");
        assert!(document.pending_tender().is_none(), "nothing waits on a completed document");
    }
    if let Some(returned) = &document.exchange {
        assert_eq!(document.balance(), document.totals.balance() - returned.totals.balance());
        check_document(returned, false);
    }
}

fn check_line(document: &Document, line: &LineItem) {
    let of = |kind| line.adjustments.iter().filter(move |known| known.kind == kind).map(|known| known.amount);
    let (down, up): (Money, Money) =
        (of(AdjustmentKind::Discount).sum(), of(AdjustmentKind::Surcharge).sum());
    assert_eq!(line.gross - down + up, line.total, "gross less discounts plus markups: {line:?}");
    assert_eq!(line.value(), line.total - line.discount_share + line.surcharge_share);
    assert!(!line.value().is_negative() && !line.total.is_negative(), "nothing is worth less than nothing");
    if let Some(goods) = line.container_of {
        let goods = document.line(goods).filter(|goods| goods.is_active());
        let many = goods.map(|goods| goods.quantity);
        assert_eq!(many, Some(line.quantity), "as many containers as goods: {line:?}");
    }
    let taxes: Money = line.taxes.iter().map(|part| part.tax).sum();
    assert_eq!(taxes, line.tax());
    if document.tax_mode == TaxMode::Inclusive {
        assert!(taxes <= line.value(), "no more tax than value: {line:?}");
        if line.taxes.len() == 1 {
            assert_eq!(line.taxes[0].taxable + taxes, line.value(), "net plus tax is gross");
        }
    }
}

fn check_adjustments(document: &Document) {
    for adjustment in &document.adjustments {
        let shares: Money = adjustment.shares.iter().map(|(_, share)| *share).sum();
        assert_eq!(shares, adjustment.amount, "shares add up: {adjustment:?}");
    }
    for line in &document.lines {
        let share = |kind| -> Money {
            let of_kind = document.adjustments.iter().filter(|known| known.kind == kind);
            of_kind
                .flat_map(|known| &known.shares)
                .filter(|(no, _)| *no == line.no)
                .map(|(_, share)| *share)
                .sum()
        };
        if line.is_active() {
            assert_eq!(share(AdjustmentKind::Discount), line.discount_share);
            assert_eq!(share(AdjustmentKind::Surcharge), line.surcharge_share);
        } else {
            assert_eq!(share(AdjustmentKind::Discount), Money::ZERO, "a voided line bears nothing");
        }
    }
}

fn check_totals(document: &Document) {
    let totals = &document.totals;
    let sum = |figure: fn(&LineItem) -> Money| document.active_lines().map(figure).sum::<Money>();
    if document.kind != Kind::CashMovement {
        assert_eq!(totals.total, sum(|line| line.total));
    }
    assert_eq!(totals.tax, sum(LineItem::tax));
    let added = if document.tax_mode == TaxMode::Exclusive { totals.tax } else { Money::ZERO };
    assert_eq!(
        totals.net_due,
        sum(LineItem::value) + added,
        "lines, adjustments and added tax are what is due"
    );
    assert_eq!(totals.net_due, sum(|line| line.total) - totals.discount + totals.surcharge + added);
    let forward = if document.kind.pays_out() { Direction::Out } else { Direction::In };
    let sign = |direction, amount: Money| if direction == forward { amount } else { -amount };
    let counted = || document.counted_tenders();
    assert_eq!(totals.paid, counted().map(|tender| sign(tender.direction, tender.amount)).sum());
    assert_eq!(totals.change, counted().map(|tender| sign(tender.direction, tender.change)).sum());
    assert_eq!(totals.change, document.change);
    let rounding: Money = counted().map(|tender| tender.rounding).sum();
    assert_eq!(totals.rounding, rounding + document.carried_rounding);
    assert_eq!(totals.balance(), totals.net_due + totals.rounding - totals.paid + totals.change);
}
