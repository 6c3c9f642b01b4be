//! What the customer sees on the screen turned to them while a document is open.

use alloc::string::ToString;

use super::{Frame, body, exchange};
use crate::{
    document::Document,
    ids::ClosureNumber,
    printout::{Align, Printout, Size, words::Words},
    quantity::Points,
};

/// What the customer's screen says besides the document.
#[derive(Clone, Copy, Debug)]
pub struct Serving<'a> {
    /// The words it is written in.
    pub words: &'a Words,
    /// The name of the shop.
    pub store: &'a str,
    /// The customer's name.
    pub customer: &'a str,
    /// The points the customer has.
    pub points: Option<Points>,
    /// What campaigns say, a paragraph each.
    pub messages: &'a [&'a str],
    /// What the customer's phone reads to pay.
    pub payment_qr: Option<&'a str>,
    /// What is shown while nothing is sold, a paragraph each.
    pub idle: &'a [&'a str],
}

/// The open document with its lines, discounts, total, payments and change; while there is none, what the shop
/// shows between two customers. It only reads the document.
pub fn serving(document: Option<&Document>, serving: &Serving<'_>) -> Printout {
    let mut out = Printout::new();
    out.logo();
    out.sized(serving.store, Size::Large);
    let Some(document) = document.filter(|document| document.active_lines().next().is_some()) else {
        for slide in serving.idle {
            out.paragraph(slide, Align::Center);
        }
        return out;
    };
    let words = serving.words;
    out.rule('=');
    body::lines(&mut out, document, words);
    body::due(&mut out, document, words.receipt.total, words);
    // Whatever was taken in earlier periods is a deposit.
    let closure = document.tenders.last().map_or(ClosureNumber(0), |tender| tender.closure);
    body::tenders(&mut out, document, closure, &Frame::new(words));
    exchange::set_off(&mut out, document, words);
    let balance = document.balance();
    let is_lowered = !document.totals.paid.is_zero() || document.exchange.is_some();
    if is_lowered && balance.is_positive() {
        out.bold_pair(words.receipt.still_to_pay, &document.currency.show(balance));
    }
    if !serving.customer.trim().is_empty() {
        out.rule('-');
        out.line(serving.customer);
        if let Some(points) = serving.points {
            out.pair(words.receipt.points_balance, &points.to_string());
        }
    }
    for message in serving.messages {
        out.paragraph(message, Align::Center);
    }
    if let Some(code) = serving.payment_qr {
        out.qr(code);
    }
    out
}
