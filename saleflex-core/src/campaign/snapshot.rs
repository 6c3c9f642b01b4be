//! The cart as other engines get it: schema 1.0 as the original writes it, and 1.1 with what 1.0 left out.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use chrono::{DateTime, SecondsFormat, Timelike, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::adjustment::ResolutionRule;

/// A cart to be shown to another engine. Numbers are decimals in major units; they are written in plain notation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of the wire form, which its page documents")]
pub struct SnapshotSource {
    pub evaluated_at: DateTime<Utc>,
    pub document: Option<String>,
    pub unique_id: Option<String>,
    pub terminal: Option<i64>,
    pub store: Option<String>,
    pub customer: Option<String>,
    pub loyalty_member: Option<String>,
    pub currency: Option<String>,
    pub lines: Vec<SnapshotLineSource>,
    pub tenders: Vec<SnapshotPayment>,
    /// Discount rows that count: whether of a campaign, and the amount.
    pub discounts: Vec<(bool, Decimal)>,
    pub head_total: Option<Decimal>,
    pub head_discount: Option<Decimal>,
    /// What is to be paid, tips left out.
    pub net: Option<Decimal>,
    /// What is to be paid where no way to pay earns anything, where campaigns ask for a share of it.
    pub due_before_payments: Option<Decimal>,
    /// Whether payments earn nothing, because it would be as much as was left to pay.
    pub payments_earn_nothing: bool,
    /// By rising rate.
    pub taxes: Vec<SnapshotTax>,
    pub segment_codes: Vec<String>,
    pub coupon_codes: Vec<String>,
}

/// A line of any state; cancelled and voided ones are shown too.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of the wire form")]
pub struct SnapshotLineSource {
    pub id: String,
    pub no: u32,
    pub product: Option<String>,
    pub department: Option<String>,
    pub sub_department: Option<String>,
    pub brand: Option<String>,
    pub barcodes: Vec<String>,
    pub code: Option<String>,
    pub name: Option<String>,
    pub quantity: Option<Decimal>,
    pub unit_price: Option<Decimal>,
    pub total: Option<Decimal>,
    pub is_cancelled: bool,
    pub is_voided: bool,
    pub vat_rate: Option<Decimal>,
}

/// The versions of the wire form.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum SchemaVersion {
    /// As the original writes it; what is not known is an empty text.
    #[serde(rename = "1.0")]
    V1_0,
    /// With payments, sub departments, brands, barcodes, taxes and what is to be paid without tips; what is not known
    /// is null (D42).
    #[serde(rename = "1.1")]
    V1_1,
}

/// A cart on the wire. Numbers are decimal texts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(missing_docs, reason = "fields carry the names of the wire form")]
pub struct CartSnapshot {
    pub schema_version: SchemaVersion,
    pub evaluated_at: String,
    pub transaction_head_temp_id: Option<String>,
    pub transaction_unique_id: Option<String>,
    pub pos_id: Option<i64>,
    pub fk_store_id: Option<String>,
    pub fk_customer_id: Option<String>,
    pub loyalty_member_id: Option<String>,
    pub currency_code: Option<String>,
    pub lines: Vec<SnapshotLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payments: Option<Vec<SnapshotPayment>>,
    pub totals: SnapshotTotals,
    pub customer_segment_codes: Vec<String>,
    pub active_coupon_codes: Vec<String>,
    /// Whether payments earn nothing, because it would be as much as was left to pay; not said where they may.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub payments_earn_nothing: bool,
    /// How the asking till's campaigns are chosen from; not said where by priority.
    #[serde(default, skip_serializing_if = "ResolutionRule::is_default")]
    pub campaign_resolution: ResolutionRule,
}

/// A line on the wire.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(missing_docs, reason = "fields carry the names of the wire form")]
pub struct SnapshotLine {
    pub line_id: String,
    pub line_no: u32,
    pub fk_product_id: Option<String>,
    pub fk_department_main_group_id: Option<String>,
    pub product_code: Option<String>,
    pub product_name: Option<String>,
    pub quantity: String,
    pub unit_price: String,
    pub line_total: String,
    pub is_cancel: bool,
    pub is_voided: bool,
    pub vat_rate: String,
    /// What 1.1 adds.
    #[serde(flatten)]
    pub more: Option<SnapshotLineMore>,
}

/// What 1.1 adds to a line.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(missing_docs, reason = "fields carry the names of the wire form")]
pub struct SnapshotLineMore {
    pub fk_department_sub_group_id: Option<String>,
    pub fk_product_manufacturer_id: Option<String>,
    pub barcodes: Vec<String>,
}

/// A payment on the wire, schema 1.1.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(missing_docs, reason = "fields carry the names of the wire form")]
pub struct SnapshotPayment {
    pub payment_id: String,
    pub line_no: u32,
    pub payment_type: String,
    pub payment_total: String,
    pub is_cancel: bool,
    /// What campaigns count it as, where that is not its amount: it earned its discount before its amount was fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_as: Option<String>,
}

/// The totals on the wire.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(missing_docs, reason = "fields carry the names of the wire form")]
pub struct SnapshotTotals {
    pub merchandise_subtotal: String,
    pub head_total_amount: String,
    pub head_total_discount_amount: String,
    pub document_discount_total: String,
    pub document_discount_non_campaign_total: String,
    /// What 1.1 adds: what is to be paid, tips left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_amount_without_tip: Option<String>,
    /// What 1.1 adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<SnapshotTax>>,
    /// What 1.1 adds where there are payments and campaigns ask for a share: what is to be paid where no payment earns
    /// anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_before_payments: Option<String>,
}

/// The tax of one rate on the wire, schema 1.1.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(missing_docs, reason = "fields carry the names of the wire form")]
pub struct SnapshotTax {
    pub vat_rate: String,
    pub taxable_amount: String,
    pub vat_amount: String,
}

impl CartSnapshot {
    /// The cart in this version of the wire form.
    pub fn of(source: &SnapshotSource, version: SchemaVersion) -> Self {
        let text = |text: &Option<String>| unknown(text.clone(), version);
        let currency =
            source.currency.clone().filter(|code| !code.is_empty()).unwrap_or_else(|| "USD".into());
        Self {
            schema_version: version,
            evaluated_at: instant(source.evaluated_at),
            transaction_head_temp_id: text(&source.document),
            transaction_unique_id: text(&source.unique_id),
            pos_id: source.terminal.or((version == SchemaVersion::V1_0).then_some(0)),
            fk_store_id: text(&source.store),
            fk_customer_id: text(&source.customer),
            loyalty_member_id: source.loyalty_member.clone(),
            currency_code: Some(currency),
            lines: source.lines.iter().map(|line| SnapshotLine::of(line, version)).collect(),
            payments: (version == SchemaVersion::V1_1).then(|| source.tenders.clone()),
            totals: SnapshotTotals::of(source, version),
            customer_segment_codes: source.segment_codes.clone(),
            active_coupon_codes: source.coupon_codes.clone(),
            payments_earn_nothing: source.payments_earn_nothing && version == SchemaVersion::V1_1,
            campaign_resolution: ResolutionRule::default(),
        }
    }
}

impl SnapshotLine {
    fn of(line: &SnapshotLineSource, version: SchemaVersion) -> Self {
        let more = SnapshotLineMore {
            fk_department_sub_group_id: line.sub_department.clone(),
            fk_product_manufacturer_id: line.brand.clone(),
            barcodes: line.barcodes.clone(),
        };
        Self {
            line_id: line.id.clone(),
            line_no: line.no,
            fk_product_id: line.product.clone(),
            fk_department_main_group_id: unknown(line.department.clone(), version),
            product_code: line.code.clone(),
            product_name: line.name.clone(),
            quantity: number(line.quantity),
            unit_price: number(line.unit_price),
            line_total: number(line.total),
            is_cancel: line.is_cancelled,
            is_voided: line.is_voided,
            vat_rate: number(line.vat_rate),
            more: (version == SchemaVersion::V1_1).then_some(more),
        }
    }
}

impl SnapshotTotals {
    fn of(source: &SnapshotSource, version: SchemaVersion) -> Self {
        let has_more = version == SchemaVersion::V1_1;
        let active = source.lines.iter().filter(|line| !line.is_cancelled && !line.is_voided);
        let discounts = || source.discounts.iter();
        let others = discounts().filter(|(is_campaign, _)| !is_campaign);
        Self {
            merchandise_subtotal: active.filter_map(|line| line.total).sum::<Decimal>().to_string(),
            head_total_amount: number(source.head_total),
            head_total_discount_amount: number(source.head_discount),
            document_discount_total: discounts().map(|(_, amount)| amount).sum::<Decimal>().to_string(),
            document_discount_non_campaign_total: others
                .map(|(_, amount)| amount)
                .sum::<Decimal>()
                .to_string(),
            net_amount_without_tip: has_more.then(|| number(source.net)),
            taxes: has_more.then(|| source.taxes.clone()),
            due_before_payments: source.due_before_payments.filter(|_| has_more).map(|due| due.to_string()),
        }
    }
}

/// What is not known: an empty text in 1.0, null in 1.1.
fn unknown(text: Option<String>, version: SchemaVersion) -> Option<String> {
    match version {
        SchemaVersion::V1_0 => Some(text.unwrap_or_default()),
        SchemaVersion::V1_1 => text.filter(|text| !text.is_empty()),
    }
}

/// A decimal in plain notation; nothing where it is missing.
fn number(number: Option<Decimal>) -> String {
    number.unwrap_or_default().to_string()
}

/// With offset, and with microseconds only where there are some.
fn instant(at: DateTime<Utc>) -> String {
    let format = if at.nanosecond() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    at.to_rfc3339_opts(format, false)
}
