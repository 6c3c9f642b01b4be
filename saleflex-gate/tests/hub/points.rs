//! Points that tills redeem, as their sales tell the hub.

use saleflex_core::{
    ids::CustomerId,
    loyalty::{Cause, LedgerRow, LoyaltyChange, Occasion, PointsKind},
    quantity::Points,
};
use serde_json::json;

use super::{
    business::{deliver, sale},
    chain::chains,
};

#[tokio::test]
async fn points_that_a_delivered_sale_spent_are_held_no_more() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let member = chain.customer(owner).await;
        let gift = json!({"points": 100, "reason": "welcome"});
        chain.once(&format!("/loyalty/members/{member}/adjustments"), owner, &gift, "gift").await;
        let mut entry = sale(&harbour, 1);
        let document = entry.effects.completed[0].document().id;
        let hold = json!({"member_id": member, "document_id": document, "points": 60});
        let (_, standing) = chain.once("/loyalty/reserve", till, &hold, "a").await;
        assert_eq!(standing["available"], 40);
        let at = Occasion { at: entry.at, store: entry.effects.completed[0].document().store, cashier: None };
        entry.effects.loyalty.push(LoyaltyChange::PointsBooked {
            row: LedgerRow {
                customer: CustomerId::new(member.parse().unwrap()),
                kind: PointsKind::Redeemed,
                points: Points(-60),
                balance_after: Points(40),
                cause: Cause::Sale { document },
                receipt: None,
                expires: None,
                occasion: at,
            },
        });
        let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
        deliver(&chain, &harbour, (1, entry.entity), &bytes).await;
        let left = chain.get(&format!("/loyalty/members/{member}"), till).await;
        assert_eq!((&left["points"], &left["held"], &left["available"]), (&json!(40), &json!(0), &json!(40)));
        // The till that took them gives them back with a return, and nobody else does.
        let sold = json!({"member_id": member, "document_id": document});
        let (_, kept) = chain.once("/loyalty/reverse", till, &sold, "r").await;
        assert_eq!(kept["points"], 40);
    }
}
