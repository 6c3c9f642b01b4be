//! The two halves of an exchange on paper: each names the other, and what came back stands on the receipt of what was
//! taken for it.

use alloc::{
    format,
    string::{String, ToString},
};

use super::Frame;
use crate::{
    basket::LineItem,
    document::{Document, Kind},
    printout::{Align, Printout, name, parts, words::Words},
    tender::Tender,
};

/// Says which document the other half is: of what was taken for goods that came back the sale that these came from,
/// where it is known.
pub(super) fn named(out: &mut Printout, document: &Document, frame: &Frame<'_>) {
    let Some(other) = other_half(document, frame) else { return };
    let words = &frame.words.receipt;
    let is_sale = document.kind != Kind::Return;
    let (label, number) = match (is_sale, is_exchange(document, frame)) {
        (true, true) => (words.exchange_of, frame.original.unwrap_or(other.number)),
        (true, false) => return,
        (false, true) => (words.exchanged_for, other.number),
        (false, false) => (words.set_off_against, other.number),
    };
    out.paragraph(&format!("{label}: {number}"), Align::Left);
}

/// Whether goods were exchanged; empties that a sale is set off against are no exchange.
pub(super) fn is_exchange(document: &Document, frame: &Frame<'_>) -> bool {
    let returned = if document.kind == Kind::Return { Some(document) } else { other_half(document, frame) };
    other_half(document, frame).is_some() && returned.is_some_and(|returned| !returned.is_of_empties())
}

/// What is called otherwise than the credit that it is: what goods that came back settle of the sale, and what of them
/// the sale settles.
pub(super) fn credit_label(
    document: &Document,
    tender: &Tender,
    other: Option<&Document>,
    words: &Words,
) -> Option<&'static str> {
    let other = other?;
    let is_return = document.kind == Kind::Return;
    tender.sets_off.then_some(if is_return { words.receipt.set_off } else { goods_label(other, words) })
}

/// What came back, a line each.
pub(super) fn goods(out: &mut Printout, returned: &Document, words: &Words) {
    for line in returned.active_lines() {
        out.line(&format!("     {} x {}", how_many(line), name(&line.item.name, words.receipt.item)));
    }
}

/// What an open sale is set off against, and how much that is.
pub(super) fn set_off(out: &mut Printout, document: &Document, words: &Words) {
    let Some(returned) = document.exchange.as_deref() else { return };
    let worth = document.currency.show(returned.totals.balance());
    parts::settlement(out, goods_label(returned, words), &worth);
    goods(out, returned, words);
}

fn goods_label(returned: &Document, words: &Words) -> &'static str {
    if returned.is_of_empties() { words.receipt.empties } else { words.receipt.goods_back }
}

fn how_many(line: &LineItem) -> String {
    if line.item.unit.decimals == 0 {
        return line.quantity.to_string();
    }
    format!("{} {}", line.quantity, line.item.unit.code.to_lowercase())
}

fn other_half<'a>(document: &'a Document, frame: &Frame<'a>) -> Option<&'a Document> {
    document.exchange.as_deref().or(frame.other_half)
}
