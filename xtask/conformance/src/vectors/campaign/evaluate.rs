//! Proposals for a cart, and what a cashier typed.

use saleflex_core::campaign::{CouponOnFile, OpenDocument, Proposal};
use serde_json::{Value, json};

use super::cart::{Stage, text_of};

pub(super) fn evaluate(case: &Value) -> Result<Value, String> {
    let mut stage = Stage::read(case)?;
    let cart = stage.cart(case)?;
    let evaluation = stage.set.evaluate(&cart).map_err(text_of)?;
    let proposals: Vec<Value> =
        evaluation.proposals.iter().map(|proposal| stage.proposal(proposal)).collect();
    Ok(json!({ "proposals": proposals }))
}

impl Stage {
    /// A proposal in the original's field names.
    fn proposal(&self, proposal: &Proposal) -> Value {
        let campaign = self.set.campaign(proposal.campaign);
        let line = proposal.line.and_then(|no| self.lines.get(&no));
        json!({
            "campaign_id": campaign.id.to_string(),
            "campaign_code": campaign.code.as_str(),
            "campaign_name": campaign.name,
            "description": campaign.text(),
            "scope": if line.is_some() { "LINE" } else { "DOCUMENT" },
            "fk_transaction_product_temp_id": line.map(|(id, _)| id),
            "fk_transaction_payment_temp_id": proposal.tender.and_then(|no| self.payments.get(&no)),
            "line_no": line.map(|(_, no)| no),
            "discount_amount": self.currency.format(proposal.amount),
            "discount_rate": proposal.rate.map(|rate| rate.to_string()),
            "temp_discount_type": "CAMPAIGN",
            "discount_code": campaign.code.printed(),
        })
    }
}

pub(super) fn coupon(case: &Value) -> Result<Value, String> {
    let stage = Stage::read(case)?;
    let open = match case["cart"]["transaction_type"].as_str() {
        _ if case["cart"].is_null() => OpenDocument::None,
        Some(kind) if !kind.eq_ignore_ascii_case("sale") => OpenDocument::Other,
        _ => OpenDocument::Sale,
    };
    let find = |text: &str| {
        let active = stage.coupons.iter().filter(|(coupon, _)| coupon.is_active);
        let mut found = active.filter(|(coupon, _)| coupon.answers_to(text));
        found.next().map(|(coupon, uses)| CouponOnFile { coupon, uses: *uses })
    };
    let input = case["input"]["raw"].as_str().unwrap_or_default();
    let answer = match stage.applied.clone().enter(input, open, find, &stage.set, &stage.context) {
        Ok(coupon) => json!({ "ok": true, "reason": "ok", "coupon_id": coupon.id.to_string() }),
        Err(refusal) => {
            let reason = serde_json::to_value(refusal).map_err(text_of)?;
            json!({ "ok": false, "reason": reason, "coupon_id": null })
        }
    };
    Ok(json!({ "coupon": answer }))
}
