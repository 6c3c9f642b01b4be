//! A document as other campaign engines get it.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use uuid::Builder;

use super::ProductTraits;
use crate::{
    adjustment::AdjustmentKind,
    basket::LineItem,
    campaign::{
        CartSnapshot, DepartmentKey, SchemaVersion, SnapshotLineSource, SnapshotPayment, SnapshotSource,
        SnapshotTax,
    },
    digest::Digest,
    document::Document,
    ids::{CustomerId, DocumentId, ProductId},
    money::Money,
    quantity::Percent,
    tender::Tender,
    time::Moment,
};

/// What a cart says beyond its document.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CartFacts {
    /// The till's number, where it has one.
    pub terminal: Option<i64>,
    /// The member of a program that the customer is, known by the identity of a customer.
    pub member: Option<CustomerId>,
    /// The segments that the customer belongs to.
    pub segment_codes: Vec<String>,
}

/// The cart of a document in a version of the wire form. `traits` is what is known of a product beyond its line.
///
/// Lines and payments have identities that are made of the document's and their numbers, so that they are the same whenever
/// the cart is shown; a department that is known by its number has the one that campaigns know it by.
pub fn cart_snapshot<'a>(
    sale: &Document,
    moment: Moment,
    facts: CartFacts,
    traits: impl Fn(ProductId) -> Option<&'a ProductTraits>,
    version: SchemaVersion,
) -> CartSnapshot {
    let decimal = |amount: Money| sale.currency.decimal(amount);
    let discounts = sale.adjustments.iter().filter(|adjustment| adjustment.kind == AdjustmentKind::Discount);
    let CartFacts { terminal, member, segment_codes } = facts;
    let source = SnapshotSource {
        evaluated_at: moment.instant,
        document: Some(sale.id.to_string()),
        unique_id: Some(sale.number.to_string()),
        terminal,
        store: Some(sale.store.to_string()),
        customer: sale.customer.map(|customer| customer.to_string()),
        loyalty_member: member.map(|member| member.to_string()),
        currency: Some(sale.currency.code().as_str().to_string()),
        lines: sale.lines.iter().map(|line| line_source(line, sale, &traits)).collect(),
        tenders: sale.tenders.iter().map(|tender| payment(tender, sale)).collect(),
        discounts: discounts.map(|one| (one.source.is_campaign(), decimal(one.amount))).collect(),
        head_total: Some(decimal(sale.totals.total)),
        head_discount: Some(decimal(sale.totals.discount)),
        net: Some(decimal(sale.totals.net_due)),
        due_before_payments: sale.due_before_tenders.map(decimal),
        payments_earn_nothing: sale.tenders_earn_nothing,
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
        id: part_of(sale.id, "line", line.no.0),
        no: line.no.0,
        product: item.product.map(|product| product.to_string()),
        department: Some(DepartmentKey::from(item.department).uuid().to_string()),
        sub_department: item.sub_department.map(|number| DepartmentKey::from(number).uuid().to_string()),
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

/// A payment that waits for its provider counts, as it does for the till's own prices.
fn payment(tender: &Tender, sale: &Document) -> SnapshotPayment {
    let counts = sale.settling_tenders().any(|settling| settling.no == tender.no);
    SnapshotPayment {
        payment_id: part_of(sale.id, "payment", tender.no.0),
        line_no: tender.no.0,
        payment_type: tender.kind.code().to_string(),
        payment_total: sale.currency.format(tender.amount),
        is_cancel: !counts || tender.sets_off,
        judged_as: tender.judged_as.map(|amount| sale.currency.format(amount)),
    }
}

/// The identity of a part of a document.
fn part_of(document: DocumentId, what: &str, no: u32) -> String {
    let (id, no) = (document.uuid(), no.to_be_bytes());
    let digest = Digest::of_parts([id.as_bytes().as_slice(), what.as_bytes(), &no]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
