//! What a document comes to: line totals, shares of document-level adjustments, taxes, totals.
//!
//! The order of rounding is that of a receipt: quantity × price is rounded, each adjustment is rounded on what
//! the earlier ones left, document-level adjustments are split to lines without loss, tax is taken per line.

use alloc::vec::Vec;

use super::{Document, Kind};
use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue, DocumentAdjustment},
    basket::{LineItem, Totals},
    money::{Currency, Money, Rounding},
    tax::{self, TaxMode, TaxPart},
    tender::Direction,
};

/// Derives every computed figure of a document from its contents.
pub(super) fn recompute(document: &mut Document) {
    let (currency, floor) = (document.currency, document.min_line_total);
    for line in document.lines.iter_mut().filter(|line| line.is_active()) {
        price_line(line, &currency, floor);
    }
    let own_taxes = share_adjustments(document);
    let (mode, exempt) = (document.tax_mode, document.exemption.is_some());
    for (line, (untaxed, mut own)) in document.lines.iter_mut().zip(own_taxes) {
        if !line.is_active() {
            continue;
        }
        let (value, rates) = (line.value() - untaxed, &line.item.taxes);
        match &line.fixed_taxes {
            Some(taxes) => line.taxes.clone_from(taxes),
            None if tax::is_on_line(&line.taxes, value, rates, mode, exempt) => {}
            None => line.taxes = tax::on_line(value, rates, mode, exempt),
        }
        line.taxes.append(&mut own);
    }
    document.totals = totals(document);
    document.change = document.totals.change;
}

/// Derives a line's own figures from what was entered, before any share of the document's adjustments.
pub(super) fn price_line(line: &mut LineItem, currency: &Currency, floor: Money) {
    let product = line.unit_price.times(line.quantity, currency, Rounding::HalfUp);
    // Deciding refuses what does not fit; a replayed event always fits.
    line.gross = line.fixed_gross.unwrap_or_else(|| product.unwrap_or(Money::MAX));
    line.total = line.gross;
    for adjustment in &mut line.adjustments {
        let wanted = match adjustment.value {
            AdjustmentValue::Percent(percent) => percent.of(line.total, Rounding::HalfUp),
            AdjustmentValue::Amount(amount) => amount,
        };
        match adjustment.kind {
            AdjustmentKind::Discount => {
                adjustment.amount = wanted.min(line.total - floor).or_zero();
                line.total -= adjustment.amount;
            }
            AdjustmentKind::Surcharge => {
                adjustment.amount = wanted;
                line.total += wanted;
            }
        }
    }
    line.discount_share = Money::ZERO;
    line.surcharge_share = Money::ZERO;
}

/// Splits the document-level adjustments to the lines: discounts in the order entered, then surcharges on what
/// they leave. Answers, line by line, the surcharges taxed at rates of their own and those taxes.
fn share_adjustments(document: &mut Document) -> Vec<(Money, Vec<TaxPart>)> {
    let mut own: Vec<(Money, Vec<TaxPart>)> =
        document.lines.iter().map(|_| (Money::ZERO, Vec::new())).collect();
    let (mode, exempt) = (document.tax_mode, document.exemption.is_some());
    let lines = &mut document.lines;
    for kind in [AdjustmentKind::Discount, AdjustmentKind::Surcharge] {
        for adjustment in document.adjustments.iter_mut().filter(|adjustment| adjustment.kind == kind) {
            if matches!(adjustment.source, AdjustmentSource::Campaign { id: Some(_), .. }) {
                share_campaign(adjustment, lines);
                continue;
            }
            let bearers: Vec<usize> = (0..lines.len()).filter(|&at| bears(&lines[at], adjustment)).collect();
            let weights: Vec<Money> =
                bearers.iter().map(|&at| lines[at].total - lines[at].discount_share).collect();
            let base: Money = weights.iter().copied().sum();
            let wanted = match adjustment.value {
                AdjustmentValue::Percent(percent) => percent.of(base, Rounding::HalfUp),
                AdjustmentValue::Amount(amount) => amount,
            };
            let wanted = if kind == AdjustmentKind::Discount { wanted.min(base) } else { wanted };
            let shares = wanted.split(&weights);
            adjustment.amount = shares.iter().copied().sum();
            adjustment.shares = bearers.iter().map(|&at| lines[at].no).zip(shares.iter().copied()).collect();
            for (&at, &share) in bearers.iter().zip(&shares) {
                match kind {
                    AdjustmentKind::Discount => lines[at].discount_share += share,
                    AdjustmentKind::Surcharge => lines[at].surcharge_share += share,
                }
            }
            if !adjustment.taxes.is_empty() {
                let parts = tax::on_line(adjustment.amount, &adjustment.taxes, mode, exempt);
                tax_shares(&parts, mode, (&bearers, &shares), &mut own);
            }
        }
    }
    own
}

/// Lets lines bear what a campaign gives as its event says. Between a change of a line and the pricing that follows
/// it, a line may hold less than its share.
fn share_campaign(discount: &mut DocumentAdjustment, lines: &mut [LineItem]) {
    discount.shares.retain_mut(|(no, share)| {
        // Lines stand in the order of their numbers.
        let found = lines.binary_search_by_key(no, |line| line.no);
        let Some(line) = found.ok().map(|at| &mut lines[at]).filter(|line| line.is_active()) else {
            return false;
        };
        *share = (*share).min(line.total - line.discount_share).or_zero();
        line.discount_share += *share;
        true
    });
    discount.amount = discount.shares.iter().map(|(_, share)| *share).sum();
    discount.value = AdjustmentValue::Amount(discount.amount);
}

/// Splits the tax of a surcharge with rates of its own over the lines that bear the surcharge.
fn tax_shares(
    parts: &[TaxPart],
    mode: TaxMode,
    (bearers, shares): (&[usize], &[Money]),
    own: &mut [(Money, Vec<TaxPart>)],
) {
    // Where prices contain tax, what one rate took of a share is gone for the next, so that no line bears more
    // tax than its share.
    let contained = mode == TaxMode::Inclusive;
    let mut left = shares.to_vec();
    let mut taxes: Vec<Vec<Money>> = Vec::new();
    for part in parts {
        let split = part.tax.split(&left);
        if contained {
            left.iter_mut().zip(&split).for_each(|(left, &tax)| *left -= tax);
        }
        taxes.push(split);
    }
    for (nth, &at) in bearers.iter().enumerate() {
        own[at].0 += shares[nth];
        own[at].1.extend(parts.iter().zip(&taxes).map(|(part, taxes)| TaxPart {
            rate: part.rate.clone(),
            taxable: left[nth],
            tax: taxes[nth],
            exempt: part.exempt,
        }));
    }
}

/// Whether a line bears a share of an adjustment: it is active, is no deposit on a container, which is paid out for
/// empties as it is, and for a discount by hand allows one.
pub(super) fn bears(line: &LineItem, adjustment: &DocumentAdjustment) -> bool {
    let is_by_hand = adjustment.kind == AdjustmentKind::Discount && adjustment.source.is_by_hand();
    let is_free_of_it = is_by_hand && !line.item.permissions.discount;
    line.is_active() && !line.item.is_container && !is_free_of_it
}

fn totals(document: &Document) -> Totals {
    let sum = |figure: fn(&LineItem) -> Money| document.active_lines().map(figure).sum::<Money>();
    let (total, tax) = (sum(|line| line.total), sum(LineItem::tax));
    let (discount, surcharge) = (sum(|line| line.discount_share), sum(|line| line.surcharge_share));
    let added_tax = if document.tax_mode == TaxMode::Exclusive { tax } else { Money::ZERO };
    let mut totals = Totals { total, discount, surcharge, tax, ..Totals::default() };
    totals.net_due = total - discount + surcharge + added_tax;
    if let (Kind::CashMovement, Some(movement)) = (document.kind, &document.cash_movement) {
        totals.total = movement.amount;
    }
    totals.rounding = document.carried_rounding;
    let forward = if document.kind.pays_out() { Direction::Out } else { Direction::In };
    for tender in document.counted_tenders() {
        let signed = |amount: Money| if tender.direction == forward { amount } else { -amount };
        totals.paid += signed(tender.amount);
        totals.change += signed(tender.change);
        totals.tip += signed(tender.tip.map_or(Money::ZERO, |tip| tip.amount));
        // What is added to what is due has a sign of its own.
        totals.rounding += tender.rounding;
    }
    totals
}
