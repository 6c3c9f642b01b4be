//! Documents as these cases write them.

use saleflex_core::{
    adjustment::AdjustmentKind,
    basket::LineItem,
    closure::Closure,
    document::{Document, Event},
    ids::DocumentNumber,
    money::{Currency, Money},
};
use saleflex_store::request::Done;
use serde_json::{Value, json};

use crate::vectors::documents::paying;

/// An open document, head and contents.
pub(super) fn document(document: &Document) -> Value {
    let status = if document.lines.is_empty() { "draft" } else { "active" };
    let mut shown = contents(document, status);
    shown["receipt_number"] = document.number.receipt.into();
    shown["closure_number"] = document.number.closure.0.into();
    shown
}

/// The document that the next line will begin.
pub(super) fn empty(number: DocumentNumber, currency: &Currency) -> Value {
    let nothing = currency.format(Money::ZERO);
    json!({
        "transaction_unique_id": number.to_string(),
        "receipt_number": number.receipt,
        "closure_number": number.closure.0,
        "status": "draft",
        "total_amount": nothing,
        "total_vat": nothing,
        "total_discount": nothing,
        "total_paid": nothing,
        "total_change": nothing,
        "active_lines": [],
        "payments": [],
        "changes": [],
    })
}

/// The documents that a command ended.
pub(super) fn finalised(done: &Done) -> Vec<Value> {
    let completed = done.completed().iter().map(|completed| contents(completed.document(), "completed"));
    let cancelled = done.cancelled().map(|cancelled| contents(cancelled.document(), "cancelled"));
    completed.chain(cancelled).collect()
}

pub(super) fn is_line_voided(done: &Done) -> bool {
    done.events().iter().any(|event| matches!(event, Event::LineVoided { .. }))
}

/// The figures of a closed period.
pub(super) fn closure(closure: &Closure, currency: &Currency) -> Value {
    let report = &closure.report;
    json!({
        "closure_unique_id": closure.label().to_string(),
        "closure_number": closure.number().0,
        "total_document_count": report.document_count(),
        "valid_transaction_count": report.counts.valid,
        "canceled_transaction_count": report.counts.cancelled,
        "return_transaction_count": report.counts.returns,
        "suspended_transaction_count": closure.suspended_count,
        "gross_sales_amount": currency.format(report.gross_sales),
        "total_tax_amount": currency.format(report.tax),
    })
}

fn contents(document: &Document, status: &str) -> Value {
    let show = |amount| document.currency.format(amount);
    let totals = &document.totals;
    let payment = |kind, amount| json!({"type": paying::external_type(kind), "amount": show(amount)});
    let payments: Vec<Value> =
        document.counted_tenders().map(|tender| payment(tender.kind, tender.amount)).collect();
    let changes: Vec<String> =
        [totals.change].into_iter().filter(|change| !change.is_zero()).map(show).collect();
    json!({
        "transaction_unique_id": document.number.to_string(),
        "status": status,
        "total_amount": show(totals.total),
        "total_vat": show(totals.tax),
        "total_discount": show(totals.discount),
        "total_paid": show(totals.paid),
        "total_change": show(totals.change),
        "active_lines": document.active_lines().map(|sold| line(sold, &document.currency)).collect::<Vec<_>>(),
        "payments": payments,
        "changes": changes,
    })
}

fn line(line: &LineItem, currency: &Currency) -> Value {
    let rate = line.taxes.first().map(|tax| tax.rate.percent.to_string());
    let mut shown = json!({
        "kind": if line.item.product.is_some() { "plu" } else { "department" },
        "vat_rate": rate,
        "total": currency.format(line.total),
        "vat": currency.format(line.tax()),
    });
    if line.item.product.is_some() {
        shown["code"] = line.item.code.as_str().into();
        shown["quantity"] = line.quantity.to_string().into();
    }
    match line.adjustments.last().map(|last| last.kind) {
        Some(AdjustmentKind::Discount) => shown["adjusted"] = "discount".into(),
        Some(AdjustmentKind::Surcharge) => shown["adjusted"] = "markup".into(),
        None => shown["unit_price"] = line.unit_price.to_string().into(),
    }
    shown
}
