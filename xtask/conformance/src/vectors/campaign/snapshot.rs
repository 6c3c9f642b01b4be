//! The cart as other engines get it.

use rust_decimal::Decimal;
use saleflex_core::{
    campaign::{CartSnapshot, SchemaVersion, SnapshotLineSource, SnapshotSource, parse_local},
    money::parse_number,
};
use serde_json::{Value, json};

use super::cart::{flag, list, text_of};

/// The document's identity where a case gives none.
const DOCUMENT: &str = "0d000000-0000-4000-8000-000000000001";

pub(super) fn snapshot(case: &Value) -> Result<Value, String> {
    let cart = &case["cart"];
    let texts = |value: &Value| -> Vec<String> {
        list(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let discounts = list(&cart["discounts"]).iter().filter(|row| !flag(row, "is_cancel"));
    let discounts = discounts.map(|row| {
        let kind = row["discount_type"].as_str().unwrap_or_default();
        Ok((kind.eq_ignore_ascii_case("CAMPAIGN"), number(&row["discount_amount"])?.unwrap_or_default()))
    });
    let source = SnapshotSource {
        evaluated_at: case["now"].as_str().and_then(parse_local).ok_or("no `now`")?.and_utc(),
        document: text(&cart["transaction_head_temp_id"]).or_else(|| Some(DOCUMENT.into())),
        unique_id: text(&cart["transaction_unique_id"]),
        terminal: cart["pos_id"].as_i64(),
        store: text(&cart["fk_store_id"]),
        customer: text(&cart["fk_customer_id"]),
        loyalty_member: text(&cart["loyalty_member_id"]),
        currency: text(&cart["currency_code"]),
        lines: list(&cart["lines"]).iter().map(line).collect::<Result<_, String>>()?,
        tenders: Vec::new(),
        discounts: discounts.collect::<Result<_, String>>()?,
        head_total: number(&cart["head_total_amount"])?,
        head_discount: number(&cart["head_total_discount_amount"])?,
        segment_codes: texts(&case["input"]["customer_segment_codes"]),
        coupon_codes: texts(&case["input"]["active_coupon_codes"]),
        ..SnapshotSource::default()
    };
    let snapshot = CartSnapshot::of(&source, SchemaVersion::V1_0);
    Ok(json!({ "snapshot": serde_json::to_value(snapshot).map_err(text_of)? }))
}

fn line(line: &Value) -> Result<SnapshotLineSource, String> {
    Ok(SnapshotLineSource {
        id: text(&line["line_id"]).unwrap_or_default(),
        no: line["line_no"].as_u64().and_then(|no| u32::try_from(no).ok()).unwrap_or(0),
        product: text(&line["fk_product_id"]),
        department: text(&line["fk_department_main_group_id"]),
        code: text(&line["product_code"]),
        name: text(&line["product_name"]),
        quantity: number(&line["quantity"])?,
        unit_price: number(&line["unit_price"])?,
        total: number(&line["line_total"])?,
        is_cancelled: flag(line, "is_cancel"),
        is_voided: flag(line, "is_voided"),
        vat_rate: number(&line["vat_rate"])?,
        ..SnapshotLineSource::default()
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn number(value: &Value) -> Result<Option<Decimal>, String> {
    value.as_str().map(parse_number).transpose().map_err(text_of)
}
