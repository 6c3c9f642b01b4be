//! What a sale used and its whole return gives back, in whatever order the two come.

use saleflex_core::{
    campaign::{CouponUse, Usage},
    checkout::SaleUsage,
    ids::CouponId,
    money::Money,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    business::{campaign, deliver, sale},
    chain::{chains, text},
};

#[tokio::test]
async fn a_coupon_is_free_again_whether_the_return_comes_after_its_sale_or_before() {
    for chain in chains().await {
        for (name, order) in [("harbour", [0, 1]), ("valley", [1, 0])] {
            let company = chain.company(name).await;
            let coupon = campaign(&chain, &company.owner.access).await;
            let coupon = CouponId::new(text(&coupon).parse().unwrap());
            let (mut sold, mut back) = (sale(&company, 1), sale(&company, 2));
            let document = sold.effects.completed[0].document().id;
            let usage = Usage {
                campaigns: Vec::new(),
                coupons: vec![CouponUse { coupon, amount: Money::from_minor(300) }],
                reversed: None,
            };
            sold.effects.usage.push(SaleUsage { document, usage });
            back.effects.usage_reversed = Some(document);
            let asked = json!({"code": "WELCOME", "document_id": Uuid::from_u128(99)});
            let is_used = async || {
                let path = "/coupons/validate";
                let (status, _) = chain.send("POST", path, &company.device, &asked).await;
                status.as_u16() == 422
            };
            let events = [(1, sold), (2, back)];
            for (step, which) in order.into_iter().enumerate() {
                let (seq, entry) = &events[which];
                let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
                deliver(&chain, &company, (*seq, entry.entity), &bytes).await;
                assert_eq!(is_used().await, (step, which) == (0, 0), "{name}, step {step}");
            }
        }
    }
}
