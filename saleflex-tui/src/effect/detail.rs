//! A finished document line by line, also what was taken off it again and no receipt prints.

use saleflex_core::{
    adjustment::AdjustmentKind,
    authority::Void,
    basket::LineItem,
    document::Document,
    ids::DocumentId,
    money::Money,
    tender::{Tender, TenderStatus},
};
use saleflex_store::{Error, Till};

use super::{Paper, Reply};
use crate::{
    listing::audit::who,
    message,
    text::{Key, Text},
};

/// Letters of what stands before an amount.
const LEFT: usize = 46;

/// Every line and tender of a document, those that were voided marked, with who did it and why.
pub(super) fn of(till: &Till, text: &Text, document: DocumentId) -> Result<Reply, Error> {
    let found = till.find_document(document)?.ok_or(Error::NoSuchDocument { document })?;
    let document = found.document();
    let shown = |amount: Money| document.currency.format(amount);
    let mut lines: Vec<String> = Vec::new();
    for line in &document.lines {
        lines.push(pair(&sold(text, line), &shown(line.gross)));
        if let Some(void) = &line.void {
            lines.push(voided(till, text, void));
            continue;
        }
        for adjustment in &line.adjustments {
            let (word, amount) = signed(text, adjustment.kind, adjustment.amount);
            lines.push(pair(&format!("     {word}"), &shown(amount)));
        }
    }
    for adjustment in &document.adjustments {
        let (word, amount) = signed(text, adjustment.kind, adjustment.amount);
        let name = adjustment.reason.as_deref().or(adjustment.code.as_deref()).unwrap_or(word);
        lines.push(pair(name, &shown(amount)));
    }
    lines.push("-".repeat(LEFT + 14));
    lines.push(pair(text.word(Key::TotalNet), &shown(document.totals.net_due)));
    for tender in &document.tenders {
        lines.push(pair(&paid(text, tender), &shown(tender.amount)));
        lines.extend(tender.void.as_ref().map(|void| voided(till, text, void)));
    }
    if !document.change.is_zero() {
        lines.push(pair(text.word(Key::TotalChange), &shown(document.change)));
    }
    let title = title(text, document);
    Ok(Reply::Paper(Paper { title, lines, ..Paper::default() }))
}

fn title(text: &Text, document: &Document) -> String {
    let number = document.number.to_string();
    text.fill(Key::EveryLineOf, &[("number", &number)])
}

fn sold(text: &Text, line: &LineItem) -> String {
    let mark = if line.is_active() { String::new() } else { format!("({}) ", text.word(Key::Voided)) };
    format!("{:>3}  {mark}{} x {}", line.no.to_string(), line.quantity, line.item.name)
}

/// Who took it off, and why where it was said.
fn voided(till: &Till, text: &Text, void: &Void) -> String {
    let name = who(till, Some(void.authority.cashier));
    let reason = void.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("     {}{reason}", text.fill(Key::VoidedBy, &[("name", &name)]))
}

fn paid(text: &Text, tender: &Tender) -> String {
    let kind = message::tender_kind(text, tender.kind);
    let mark = match tender.status {
        _ if tender.void.is_some() => Some(Key::Voided),
        TenderStatus::Declined => Some(Key::AnswerDeclined),
        TenderStatus::Approved | TenderStatus::Pending => None,
    };
    mark.map_or_else(|| kind.to_owned(), |key| format!("({}) {kind}", text.word(key)))
}

fn signed(text: &Text, kind: AdjustmentKind, amount: Money) -> (&str, Money) {
    match kind {
        AdjustmentKind::Discount => (text.word(Key::Discount), -amount),
        AdjustmentKind::Surcharge => (text.word(Key::Markup), amount),
    }
}

fn pair(left: &str, amount: &str) -> String {
    let left: String = left.chars().take(LEFT).collect();
    format!("{left:<LEFT$} {amount:>13}")
}
