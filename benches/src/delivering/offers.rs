//! Carts that the hub evaluates for clients without an engine of their own.

use anyhow::ensure;
use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::{Service, p50_and_p99};
use crate::{
    Run,
    figures::{Times, row},
};

const CAMPAIGNS: u128 = 20;
const LINES: u128 = 20;

pub(crate) fn print(run: &Run, hub: &Service) -> anyhow::Result<()> {
    hub.import(&campaigns())?;
    let cart = cart().to_string();
    let first = evaluate(hub, &cart)?;
    let given = first["proposals"].as_array().map_or(0, Vec::len);
    ensure!(given > 0, "no campaign gives anything on the cart: {first}");
    let times = Times::of(run.sized(200, 20), |_| evaluate(hub, &cart).map(drop))?;
    row(&format!("a cart of {LINES} lines, {CAMPAIGNS} campaigns in force"), &p50_and_p99(&times));
    Ok(())
}

fn campaigns() -> Value {
    let kind = Uuid::from_u128(10_000_000);
    let campaign = |at: u128| {
        json!({
            "id": Uuid::from_u128(10_000_001 + at), "code": format!("C{at}"), "name": format!("Campaign {at}"),
            "fk_campaign_type_id": kind, "discount_type": "PERCENTAGE", "discount_value": "10.00",
            "discount_percentage": "10.00", "min_purchase_amount": format!("{}.00", 5 + at),
            "is_active": true, "is_auto_apply": true, "priority": at + 1,
        })
    };
    json!({
        "campaign_types": [{"id": kind, "code": "BASKET_DISCOUNT", "name": "Basket", "is_active": true}],
        "campaigns": (0..CAMPAIGNS).map(campaign).collect::<Vec<_>>(),
    })
}

fn cart() -> Value {
    let line = |at: u128| {
        json!({
            "line_id": Uuid::from_u128(at + 1), "line_no": at + 1, "fk_product_id": Uuid::from_u128(1_000 + at),
            "fk_department_main_group_id": "", "product_code": format!("P{at}"), "product_name": "Tea",
            "quantity": "1", "unit_price": "1.50", "line_total": "1.50", "is_cancel": false, "is_voided": false,
            "vat_rate": "20",
        })
    };
    json!({
        "schema_version": "1.0", "evaluated_at": "2024-10-04T12:00:00+00:00",
        "transaction_head_temp_id": Uuid::from_u128(1), "transaction_unique_id": "", "pos_id": 1,
        "fk_store_id": "", "fk_customer_id": "", "loyalty_member_id": null, "currency_code": "GBP",
        "lines": (0..LINES).map(line).collect::<Vec<_>>(),
        "totals": {
            "merchandise_subtotal": "30.00", "head_total_amount": "30.00", "head_total_discount_amount": "0",
            "document_discount_total": "0", "document_discount_non_campaign_total": "0",
        },
        "customer_segment_codes": [], "active_coupon_codes": [],
    })
}

fn evaluate(hub: &Service, cart: &str) -> anyhow::Result<Value> {
    let bearer = format!("Bearer {}", hub.token);
    let request = Request::post("/api/v1/campaigns/evaluate").header(header::AUTHORIZATION, bearer);
    let request = request.body(Body::from(cart.to_owned()))?;
    hub.runtime.block_on(async {
        let answer = hub.router.clone().oneshot(request).await?;
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await?;
        ensure!(status.is_success(), "the hub answered {status}: {}", String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    })
}
