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
    quantity::Points,
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
        line.taxes = match &line.fixed_taxes {
            Some(taxes) => taxes.clone(),
            None => tax::on_line(line.value() - untaxed, &line.item.taxes, mode, exempt),
        };
        line.taxes.append(&mut own);
    }
    document.totals = totals(document);
}

fn price_line(line: &mut LineItem, currency: &Currency, floor: Money) {
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
                tax_shares(&parts, &bearers, &shares, &mut own);
            }
        }
    }
    own
}

/// Splits the tax of a surcharge with rates of its own over the lines that bear the surcharge.
fn tax_shares(parts: &[TaxPart], bearers: &[usize], shares: &[Money], own: &mut [(Money, Vec<TaxPart>)]) {
    for (&at, &share) in bearers.iter().zip(shares) {
        own[at].0 += share;
    }
    for part in parts {
        let taxes = part.tax.split(shares);
        let taxables = part.taxable.split(shares);
        for ((&at, tax), taxable) in bearers.iter().zip(taxes).zip(taxables) {
            own[at].1.push(TaxPart { rate: part.rate.clone(), taxable, tax, exempt: part.exempt });
        }
    }
}

/// Whether a line bears a share of an adjustment: it is active and, for a discount by hand, allows one.
pub(super) fn bears(line: &LineItem, adjustment: &DocumentAdjustment) -> bool {
    let by_rule =
        matches!(adjustment.source, AdjustmentSource::Loyalty { .. } | AdjustmentSource::Campaign { .. });
    let is_free_of_it =
        adjustment.kind == AdjustmentKind::Discount && !by_rule && !line.item.permissions.discount;
    line.is_active() && !is_free_of_it
}

/// Points that redemptions on the document cost.
pub(super) fn redeemed_points(document: &Document) -> Points {
    let points = |adjustment: &DocumentAdjustment| {
        if let AdjustmentSource::Loyalty { points } = adjustment.source { points.0 } else { 0 }
    };
    Points(document.adjustments.iter().map(points).sum())
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
    totals.change = document.change;
    let forward = if document.kind.pays_out() { Direction::Out } else { Direction::In };
    for tender in document.counted_tenders() {
        totals.paid += if tender.direction == forward { tender.amount } else { -tender.amount };
        totals.rounding += tender.rounding;
        totals.tip += tender.tip.map_or(Money::ZERO, |tip| tip.amount);
    }
    totals
}
