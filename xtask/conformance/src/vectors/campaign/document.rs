//! A document's discount rows: kept in step with the proposals, and booked when the sale completes.

use std::collections::BTreeMap;

use saleflex_core::{
    campaign::{DiscountRow, RowSource, Usage, discount_total, distinct_campaigns, synchronise},
    ids::{LineNo, TenderNo},
    quantity::Percent,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cart::{Stage, flag, list, text_of};

fn is_sale(case: &Value) -> bool {
    case["cart"]["transaction_type"].as_str().unwrap_or("sale").eq_ignore_ascii_case("sale")
}

fn is_active(case: &Value) -> bool {
    case["cart"]["transaction_status"].as_str().unwrap_or("active").eq_ignore_ascii_case("active")
}

impl Stage {
    fn rows(&self, case: &Value) -> Result<Vec<DiscountRow>, String> {
        list(&case["cart"]["discounts"]).iter().map(|row| self.row(row)).collect()
    }

    fn row(&self, row: &Value) -> Result<DiscountRow, String> {
        let code = row["discount_code"].as_str();
        let campaign = code.and_then(|code| self.set.by_printed_code(code)).map(|campaign| campaign.id);
        let is_campaign =
            row["discount_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("CAMPAIGN"));
        let line = row["fk_transaction_product_id"].as_str();
        let tender = row["fk_transaction_payment_id"].as_str();
        Ok(DiscountRow {
            no: row["line_no"].as_u64().and_then(|no| u32::try_from(no).ok()).ok_or("no `line_no`")?,
            source: if is_campaign { RowSource::Campaign(campaign) } else { RowSource::Other },
            amount: self.money(&row["discount_amount"])?,
            // A foreign row may say any rate; one that is none of ours is no proposal's.
            rate: row["discount_rate"].as_str().and_then(|rate| Percent::parse(rate).ok()),
            code: code.map(str::to_owned),
            line: line
                .and_then(|line| self.lines.iter().find(|(_, known)| known.0 == line))
                .map(|found| *found.0),
            tender: tender
                .and_then(|tender| self.payments.iter().find(|(_, known)| *known == tender))
                .map(|found| *found.0),
            is_cancelled: flag(row, "is_cancel"),
        })
    }

    /// The row at a place in the original's field names; one that stood on the document keeps its type, rate and links.
    fn shown(&self, case: &Value, (at, row): (usize, &DiscountRow)) -> Value {
        let known = list(&case["cart"]["discounts"]).get(at);
        let kept = |field: &str, made: Value| known.map_or(made, |known| known[field].clone());
        json!({
            "line_no": row.no,
            "discount_type": kept("discount_type", json!("CAMPAIGN")),
            "discount_amount": self.currency.format(row.amount),
            "discount_rate": kept("discount_rate", json!(row.rate.map(|rate| rate.to_string()))),
            "discount_code": row.code,
            "fk_transaction_product_id": kept("fk_transaction_product_id", json!(self.line_id(row.line))),
            "fk_transaction_payment_id": kept("fk_transaction_payment_id", json!(self.payment_id(row.tender))),
        })
    }

    fn line_id(&self, line: Option<LineNo>) -> Option<&String> {
        line.and_then(|line| self.lines.get(&line)).map(|(id, _)| id)
    }

    fn payment_id(&self, tender: Option<TenderNo>) -> Option<&String> {
        tender.and_then(|tender| self.payments.get(&tender))
    }
}

pub(super) fn sync(case: &Value) -> Result<Value, String> {
    let mut stage = Stage::read(case)?;
    let cart = stage.cart(case)?;
    let mut rows = stage.rows(case)?;
    let is_kept_in_step = is_sale(case) && is_active(case);
    if is_kept_in_step {
        let evaluation = stage.set.evaluate(&cart).map_err(text_of)?;
        synchronise(&rows, &evaluation, &stage.set).apply(&mut rows);
    }
    let active = rows.iter().enumerate().filter(|(_, row)| !row.is_cancelled);
    let cancelled: Vec<u32> = rows.iter().filter(|row| row.is_cancelled).map(|row| row.no).collect();
    // What is not brought in step keeps the total that stands on its head.
    let head = &case["cart"]["head_total_discount_amount"];
    let total = if is_kept_in_step || head.is_null() { discount_total(&rows) } else { stage.money(head)? };
    Ok(json!({
        "active_discounts": active.map(|row| stage.shown(case, row)).collect::<Vec<_>>(),
        "cancelled_line_nos": cancelled,
        "total_discount_amount": stage.currency.format(total),
    }))
}

/// What came of a document, its rows in the order of their numbers.
pub(super) fn by_number(mut answer: Value) -> Value {
    for field in ["active_discounts", "cancelled_line_nos"] {
        if let Some(rows) = answer.get_mut(field).and_then(Value::as_array_mut) {
            rows.sort_by_key(|row| row.as_u64().or_else(|| row["line_no"].as_u64()));
        }
    }
    answer
}

pub(super) fn audit(case: &Value) -> Result<Value, String> {
    let stage = Stage::read(case)?;
    let rows = stage.rows(case)?;
    let mut usage = if is_sale(case) { Usage::of(&rows, &stage.applied) } else { Usage::default() };
    let mut answer = json!({
        "distinct_campaigns": distinct_campaigns(&rows),
        "recorded": stage.booked(case, &usage),
    });
    if flag(&case["input"], "then_revoke") {
        usage.reverse("reversed");
        answer["after_revoke"] = stage.booked(case, &usage);
    }
    Ok(answer)
}

impl Stage {
    fn booked(&self, case: &Value, usage: &Usage) -> Value {
        let customer = &case["cart"]["fk_customer_id"];
        let campaigns = usage.campaigns.iter().map(|row| {
            json!({
                "campaign_id": row.campaign.to_string(),
                "customer_id": customer,
                "discount_amount": self.currency.format(row.amount),
                "coupon_code": row.coupon_code,
                "is_deleted": !usage.is_live(),
            })
        });
        let coupons = usage.coupons.iter().map(|row| {
            json!({
                "coupon_id": row.coupon.to_string(),
                "customer_id": customer,
                "discount_amount": self.currency.format(row.amount),
                "is_deleted": !usage.is_live(),
            })
        });
        let used: Vec<Uuid> = usage.campaigns.iter().map(|row| row.campaign.uuid()).collect();
        let redeemed: Vec<Uuid> = usage.coupons.iter().map(|row| row.coupon.uuid()).collect();
        let campaign_counts =
            self.originals.iter().map(|campaign| (campaign.id, u64::from(campaign.total_usage_count)));
        let coupon_counts = list(&case["coupons"]["definitions"])
            .iter()
            .filter_map(|row| Some((super::cart::id(&row["id"])?, row["usage_count"].as_u64().unwrap_or(0))));
        json!({
            "campaign_usage": campaigns.collect::<Vec<_>>(),
            "coupon_usage": coupons.collect::<Vec<_>>(),
            "campaign_usage_counts": counted(campaign_counts, &used, usage.is_live()),
            "coupon_usage_counts": counted(coupon_counts, &redeemed, usage.is_live()),
        })
    }
}

/// The counters with the rows that count added; rows taken back were added and taken off again.
fn counted(before: impl Iterator<Item = (Uuid, u64)>, used: &[Uuid], is_live: bool) -> Value {
    let mut counts: BTreeMap<Uuid, u64> = before.collect();
    for id in used.iter().filter(|_| is_live) {
        *counts.entry(*id).or_default() += 1;
    }
    let counts: Map<String, Value> =
        counts.into_iter().map(|(id, count)| (id.to_string(), json!(count))).collect();
    Value::Object(counts)
}
