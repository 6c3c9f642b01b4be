//! The parts of a receipt that come from its document: lines, what is owed, tenders, taxes, notes.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::{Frame, exchange};
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue, DocumentAdjustment, LineAdjustment},
    basket::{LineItem, PriceSource, Totals},
    closure::{AdjustmentType, TaxKey},
    document::{Document, ExemptionKind, Kind, Note, TaxExemption},
    ids::{ClosureNumber, LineNo},
    money::{Currency, Money, Rounding},
    printout::{
        Align, Cell, Printout, name,
        parts::{self, TaxRow},
        words::Words,
    },
    quantity::{Quantity, UnitPrice},
    tax::TaxMode,
    tender::{Direction, Rest, Tender, TenderKind},
};

/// How many digits of a number are shown where whoever reads it may not spend it.
const LAST_DIGITS: usize = 4;

/// The active lines in entry order, each with its list price, discounts and notes beneath it, then the document's
/// own discounts and surcharges.
pub(super) fn lines(out: &mut Printout, document: &Document, words: &Words) {
    for line in document.active_lines() {
        sold_line(out, line, &document.currency, words);
        for discount in of_line(document, line.no) {
            let (label, amount) = document_adjustment(discount, words);
            out.pair(&format!("  {label}"), &document.currency.show(amount));
        }
        notes_of(out, document, Some(line.no));
    }
    let of_document = || document.adjustments.iter().filter(|known| known.source.line().is_none());
    if of_document().next().is_some() || adds_tax(document) {
        let above: Money = document.adjustments.iter().map(|known| known.amount).sum::<Money>()
            - of_document().map(|known| known.amount).sum::<Money>();
        out.rule('-');
        let subtotal = document.totals.total - above;
        out.pair(words.receipt.subtotal, &document.currency.show(subtotal));
    }
    for adjustment in of_document() {
        let (label, amount) = document_adjustment(adjustment, words);
        out.pair(&label, &document.currency.show(amount));
    }
    if adds_tax(document) {
        for (key, (_, tax)) in taxes_by_rate(document) {
            let label = name(&key.name, &parts::percentage(key.percent));
            out.pair(&label, &document.currency.show(tax));
        }
    }
}

/// What campaigns give on one line; it stands beneath it.
fn of_line(document: &Document, no: LineNo) -> impl Iterator<Item = &DocumentAdjustment> {
    document.adjustments.iter().filter(move |known| known.source.line() == Some(no))
}

fn sold_line(out: &mut Printout, line: &LineItem, currency: &Currency, words: &Words) {
    let mut title = name(&line.item.name, words.receipt.item);
    if line.container_of.is_some() {
        title.insert_str(0, "  ");
    }
    parts::item(out, &title, quantity(line, currency).as_deref(), &currency.show(line.gross));
    for serial in &line.serials {
        out.paragraph(&format!("  {}: {serial}", words.receipt.serial), Align::Left);
    }
    // What has an open price stands in no list.
    let is_listed = !line.list_price.is_zero();
    if line.price_override.is_some() && is_listed && line.price_source != PriceSource::Original {
        let list_price = parts::unit_price(line.list_price, currency);
        out.line(&format!("  {}: {list_price}", words.receipt.list_price));
    }
    for adjustment in line.adjustments.iter().filter(|adjustment| !adjustment.amount.is_zero()) {
        let (label, amount) = line_adjustment(adjustment, words);
        out.pair(&format!("  {label}"), &currency.show(amount));
    }
}

/// How many and how much each; nothing for one piece. Where the total was given (in a barcode, or as the share of
/// a sold line that comes back) it is shared out to the pieces, and left out where that does not come out even.
pub(super) fn quantity(line: &LineItem, currency: &Currency) -> Option<String> {
    let is_weighed = line.item.unit.decimals > 0;
    if line.quantity == Quantity::ONE && !is_weighed {
        return None;
    }
    let mut quantity = line.quantity.to_string();
    if is_weighed {
        let mut exact = line.quantity.decimal();
        exact.rescale(exact.scale().max(u32::from(line.item.unit.decimals)));
        quantity = format!("{exact} {}", line.item.unit.code.to_lowercase());
    }
    let price = match line.fixed_gross {
        None => Some(line.unit_price),
        Some(_) => each(line, currency),
    };
    // What does not divide has no price of one to multiply by.
    let price = price.map(|price| format!(" x {}", parts::unit_price(price, currency))).unwrap_or_default();
    Some(format!("{quantity}{price}"))
}

/// What one of a line comes to whose total was given, where it does in whole minor units.
fn each(line: &LineItem, currency: &Currency) -> Option<UnitPrice> {
    let exact = currency.decimal(line.gross).checked_div(line.quantity.decimal())?;
    let each =
        currency.round(exact, Rounding::HalfUp).ok().filter(|each| currency.decimal(*each) == exact)?;
    UnitPrice::from_money(each, currency).ok()
}

fn line_adjustment(adjustment: &LineAdjustment, words: &Words) -> (String, Money) {
    let (title, amount) = match adjustment.kind {
        AdjustmentKind::Discount => (words.adjustments.line, -adjustment.amount),
        AdjustmentKind::Surcharge => (words.adjustments.markup, adjustment.amount),
    };
    (with_percent(title, adjustment.value), amount)
}

fn with_percent(title: &str, value: AdjustmentValue) -> String {
    match value {
        AdjustmentValue::Percent(percent) => format!("{title} {percent}%"),
        AdjustmentValue::Amount(_) => title.to_string(),
    }
}

/// What a document-level discount or surcharge is called and comes to, a discount below nothing.
pub(super) fn document_adjustment(adjustment: &DocumentAdjustment, words: &Words) -> (String, Money) {
    let amount = match adjustment.kind {
        AdjustmentKind::Discount => -adjustment.amount,
        AdjustmentKind::Surcharge => adjustment.amount,
    };
    (document_label(adjustment, words), amount)
}

fn document_label(adjustment: &DocumentAdjustment, words: &Words) -> String {
    if let (true, Some(name)) = (adjustment.source.is_campaign(), &adjustment.reason) {
        return name.clone();
    }
    let title = words.adjustments.of(AdjustmentType::of(adjustment));
    let title = with_percent(title, adjustment.value);
    let code = adjustment.code.clone().or_else(|| match &adjustment.source {
        AdjustmentSource::Campaign { code, .. } => Some(code.clone()),
        AdjustmentSource::Loyalty { points } => Some(format!("{points}PTS")),
        AdjustmentSource::Personal
        | AdjustmentSource::Manager
        | AdjustmentSource::CustomerSatisfaction
        | AdjustmentSource::Product
        | AdjustmentSource::ServiceCharge
        | AdjustmentSource::DeliveryFee
        | AdjustmentSource::ConvenienceFee => None,
    });
    match code {
        Some(code) => format!("{title} ({code})"),
        None => title,
    }
}

/// What is owed.
pub(super) fn due(out: &mut Printout, document: &Document, label: &str, words: &Words) {
    let currency = &document.currency;
    out.rule('-');
    let lines = document.active_lines().count();
    parts::due(out, lines, label, &currency.show(document.totals.net_due));
    if !document.totals.rounding.is_zero() {
        let rounding = currency.show(document.totals.rounding);
        parts::settlement(out, words.receipt.rounding, &rounding);
    }
}

/// How it was paid. Tenders of another period than the one given are deposits. Of a document that takes deposits they
/// stand less the change that was handed out with them: it is on the slip of that moment, and is not promised twice.
pub(super) fn tenders(out: &mut Printout, document: &Document, closure: ClosureNumber, frame: &Frame<'_>) {
    let (words, other) = (frame.words, frame.other_half);
    let currency = &document.currency;
    let forward = if document.kind.pays_out() { Direction::Out } else { Direction::In };
    let is_paid_ahead = document.kind.takes_deposits();
    for tender in document.counted_tenders() {
        let paid = if is_paid_ahead { tender.amount - tender.change } else { tender.amount };
        let amount = if tender.direction == forward { paid } else { -paid };
        let credit = exchange::credit_label(document, tender, other, words);
        let mut label = credit.map_or_else(|| tender_label(tender, words), ToString::to_string);
        if tender.direction != forward {
            label = format!("{} {label}", words.receipt.paid_back);
        } else if tender.closure != closure {
            label = format!("{} {label}", words.receipt.deposit);
        }
        parts::settlement(out, &label, &currency.show(amount));
        // Less its change the amount is not what the notes were worth: they are on the slip of the change.
        if paid == tender.amount {
            notes_handed_over(out, tender);
        }
        particulars(out, tender, words);
        if let Some(returned) = other.filter(|other| credit.is_some() && other.kind == Kind::Return) {
            exchange::goods(out, returned, words);
        }
        if let Some(tip) = tender.tip {
            parts::settlement(out, words.receipt.tip, &currency.show(tip.amount));
        }
    }
    if document.change.is_positive() && !is_paid_ahead {
        parts::change(out, words.receipt.change, &currency.show(document.change));
    }
}

/// A tender as it was handed over, and the change that went back.
pub(super) fn handed_over(out: &mut Printout, document: &Document, tender: &Tender, frame: &Frame<'_>) {
    let words = frame.words;
    let label = format!("{} {}", words.receipt.deposit, tender_label(tender, words));
    parts::settlement(out, &label, &document.currency.show(tender.amount));
    notes_handed_over(out, tender);
    if let Some(tip) = tender.tip {
        parts::settlement(out, words.receipt.tip, &document.currency.show(tip.amount));
    }
    parts::change(out, words.receipt.change, &document.currency.show(tender.change));
}

/// The foreign notes of a tender, and what they were counted as.
fn notes_handed_over(out: &mut Printout, tender: &Tender) {
    if let Some(foreign) = &tender.foreign {
        let amount = foreign.currency.format(foreign.amount);
        out.line(&format!("     {} {amount} @ {}", foreign.currency.code(), foreign.rate));
    }
}

/// By what a bank or a provider finds a tender again. Whoever knows the number of a gift card can spend it: of other
/// tenders than cheques the reference is not printed.
fn particulars(out: &mut Printout, tender: &Tender, words: &Words) {
    let (details, words) = (&tender.details, &words.receipt);
    let number = details.reference.as_ref().filter(|_| tender.kind == TenderKind::Cheque);
    let due_date = details.due_date.map(|date| date.to_string());
    let known = [
        (words.reference, number),
        (words.bank, details.bank.as_ref()),
        (words.due_date, due_date.as_ref()),
        (words.authorisation, details.authorisation.as_ref()),
    ];
    for (label, particular) in known {
        if let Some(particular) = particular {
            out.line(&format!("     {label}: {particular}"));
        }
    }
}

/// What became of the rest of each voucher that pays a document which is settled: its owner needs the number of the new
/// one, and nobody else, so that a copy shows its last digits only.
pub(super) fn rests(out: &mut Printout, document: &Document, frame: &Frame<'_>) {
    let words = frame.words;
    for (_, rest) in document.rests() {
        match rest {
            Rest::Lost { amount } => {
                parts::settlement(out, words.receipt.rest_lost, &document.currency.show(*amount));
            }
            Rest::NewVoucher { number, amount } => {
                parts::settlement(out, words.receipt.new_voucher, &document.currency.show(*amount));
                if frame.copy {
                    let hidden = number.len().saturating_sub(LAST_DIGITS);
                    out.line(&format!("     *{}", number.get(hidden..).unwrap_or_default()));
                } else {
                    out.barcode(number);
                }
            }
        }
    }
}

fn tender_label(tender: &Tender, words: &Words) -> String {
    let title = words.tenders.of(tender.kind);
    match &tender.details.last4 {
        Some(last4) => format!("{title} *{last4}"),
        None => title.to_string(),
    }
}

/// Net, tax and gross of each rate, as most countries ask for (D-PER-05).
pub(super) fn taxes(out: &mut Printout, document: &Document, words: &Words) {
    let by_rate = taxes_by_rate(document);
    if by_rate.is_empty() {
        return;
    }
    out.rule('-');
    let rows: Vec<TaxRow> = if let Some(exemption) = &document.exemption {
        out.paragraph(&exempt_for(exemption, words), Align::Left);
        // The rates are those that would have been charged: beside no tax they read as if they had been.
        let values = document.active_lines().filter_map(|line| line.taxes.first());
        let label = Cell::Left(words.report.exempt.to_string());
        vec![TaxRow { label, net: values.map(|part| part.taxable).sum(), tax: Money::ZERO }]
    } else {
        let labels = parts::tax_labels(by_rate.keys().map(|key| (key.percent, key.name.as_str())));
        let rows = labels.into_iter().zip(by_rate.values());
        rows.map(|(label, (net, tax))| TaxRow { label, net: *net, tax: *tax }).collect()
    };
    let Totals { net_due, tax, .. } = document.totals;
    let total = (net_due - tax, tax);
    out.table(parts::tax_table(&words.report, words.report.rate, &rows, total, &document.currency));
}

/// What the law calls it that no tax is charged, the words that were given where they say more, and the certificate.
fn exempt_for(exemption: &TaxExemption, words: &Words) -> String {
    let kind = ExemptionKind::of(exemption);
    let reason = exemption.reason.trim();
    let title = words.receipt.exempt;
    let why = match words.exemptions.of(kind) {
        Some(name) if reason == name || reason.eq_ignore_ascii_case(kind.code()) => {
            format!("{title}: {name}")
        }
        Some(name) => format!("{title} ({name}): {reason}"),
        None => format!("{title}: {reason}"),
    };
    let certificate = exemption.certificate.as_ref().map(|shown| format!(" ({shown})"));
    format!("{why}{}", certificate.unwrap_or_default())
}

fn taxes_by_rate(document: &Document) -> BTreeMap<TaxKey, (Money, Money)> {
    let mut by_rate = BTreeMap::new();
    for part in document.active_lines().flat_map(|line| &line.taxes) {
        let sums: &mut (Money, Money) = by_rate.entry(TaxKey::from(&part.rate)).or_default();
        sums.0 += part.taxable;
        sums.1 += part.tax;
    }
    by_rate
}

/// Whether taxes stand beneath the lines, as what is added to them.
fn adds_tax(document: &Document) -> bool {
    document.tax_mode == TaxMode::Exclusive && document.exemption.is_none()
}

/// The document's notes that are meant for the receipt.
pub(super) fn notes(out: &mut Printout, document: &Document) {
    notes_of(out, document, None);
}

fn notes_of(out: &mut Printout, document: &Document, line: Option<LineNo>) {
    let printed = |note: &&Note| note.on_receipt && note.line == line;
    for note in document.notes.iter().filter(printed) {
        out.paragraph(&note.text, Align::Left);
    }
}
