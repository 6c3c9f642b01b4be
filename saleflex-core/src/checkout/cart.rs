//! A document as other campaign engines get it.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use super::ProductTraits;
use crate::{
    adjustment::AdjustmentKind,
    basket::LineItem,
    campaign::{
        CartSnapshot, SchemaVersion, SnapshotLineSource, SnapshotPayment, SnapshotSource, SnapshotTax,
    },
    document::Document,
    ids::ProductId,
    money::Money,
    quantity::Percent,
    tender::Tender,
    time::Moment,
};

/// The cart of a document in a version of the wire form. `terminal` is the till's number where it has one,
/// `segment_codes` what the customer belongs to, `traits` what is known of a product beyond its line.
pub fn cart_snapshot<'a>(
    sale: &Document,
    moment: Moment,
    terminal: Option<i64>,
    segment_codes: Vec<String>,
    traits: impl Fn(ProductId) -> Option<&'a ProductTraits>,
    version: SchemaVersion,
) -> CartSnapshot {
    let decimal = |amount: Money| sale.currency.decimal(amount);
    let discounts = sale.adjustments.iter().filter(|adjustment| adjustment.kind == AdjustmentKind::Discount);
    let source = SnapshotSource {
        evaluated_at: moment.instant,
        document: Some(sale.id.to_string()),
        unique_id: Some(sale.number.to_string()),
        terminal,
        store: Some(sale.store.to_string()),
        customer: sale.customer.map(|customer| customer.to_string()),
        loyalty_member: None,
        currency: Some(sale.currency.code().as_str().to_string()),
        lines: sale.lines.iter().map(|line| line_source(line, sale, &traits)).collect(),
        tenders: sale.tenders.iter().map(|tender| payment(tender, sale)).collect(),
        discounts: discounts.map(|one| (one.source.is_campaign(), decimal(one.amount))).collect(),
        head_total: Some(decimal(sale.totals.total)),
        head_discount: Some(decimal(sale.totals.discount)),
        net: Some(decimal(sale.totals.net_due)),
        taxes: taxes(sale),
        segment_codes,
        coupon_codes: sale.coupons.iter().map(|coupon| coupon.code.clone()).collect(),
    };
    CartSnapshot::of(&source, version)
}

/// What is taxed at each rate, and its tax.
fn taxes(sale: &Document) -> Vec<SnapshotTax> {
    let mut by_rate: BTreeMap<Percent, (Money, Money)> = BTreeMap::new();
    for part in sale.active_lines().flat_map(|line| &line.taxes) {
        let (taxable, tax) = by_rate.entry(part.rate.percent).or_default();
        *taxable += part.taxable;
        *tax += part.tax;
    }
    let shown = |(rate, (taxable, tax)): (Percent, (Money, Money))| SnapshotTax {
        vat_rate: rate.decimal().to_string(),
        taxable_amount: sale.currency.format(taxable),
        vat_amount: sale.currency.format(tax),
    };
    by_rate.into_iter().map(shown).collect()
}

fn line_source<'a>(
    line: &LineItem,
    sale: &Document,
    traits: &impl Fn(ProductId) -> Option<&'a ProductTraits>,
) -> SnapshotLineSource {
    let item = &line.item;
    let more = item.product.and_then(traits);
    let mut barcodes: Vec<String> = item.barcode.iter().cloned().collect();
    for barcode in more.into_iter().flat_map(|more| &more.barcodes) {
        if !barcodes.contains(barcode) {
            barcodes.push(barcode.clone());
        }
    }
    SnapshotLineSource {
        id: line.no.to_string(),
        no: line.no.0,
        product: item.product.map(|product| product.to_string()),
        department: Some(item.department.to_string()),
        sub_department: item.sub_department.map(|department| department.to_string()),
        brand: more.and_then(|more| more.brand).map(|brand| brand.to_string()),
        barcodes,
        code: Some(item.code.clone()),
        name: Some(item.name.clone()),
        quantity: Some(line.quantity.decimal()),
        unit_price: Some(line.unit_price.decimal()),
        total: Some(sale.currency.decimal(line.total)),
        is_cancelled: false,
        is_voided: !line.is_active(),
        vat_rate: Some(item.taxes.iter().map(|rate| rate.percent.decimal()).sum()),
    }
}

fn payment(tender: &Tender, sale: &Document) -> SnapshotPayment {
    SnapshotPayment {
        payment_id: tender.no.to_string(),
        line_no: tender.no.0,
        payment_type: tender.kind.code().to_string(),
        payment_total: sale.currency.format(tender.amount),
        is_cancel: !tender.counts(),
    }
}
