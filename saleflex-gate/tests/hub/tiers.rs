//! Tiers of members whose points a hub keeps: by all that tills told of them, whichever till it was.

use saleflex_core::{
    campaign::{Campaign, Condition},
    ids::{CustomerId, DocumentId, ProgramId},
    journal::Entry,
    loyalty::{Cause, LoyaltyChange, Mode, PointsKind, Program, Tier},
    money::Money,
    quantity::{Multiplier, PointRate, Points},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{cart, deliver_by, sale},
    carts::{company, given, tenth},
    chain::chains,
    points::row,
};

/// A point on every ten; who bought for 10.00 in a year, or was credited 1,000 points, earns twice as many.
fn program() -> Program {
    let mut program = Program::new(ProgramId::new(Uuid::from_u128(5)), "Regulars");
    program.mode = Mode::Gate { offline_limit: Points::ZERO };
    program.earn.rate = PointRate::parse("0.1").unwrap();
    let base = Tier {
        code: "BASE".to_owned(),
        name: "Base".to_owned(),
        level: 1,
        display_order: 1,
        min_points: Some(Points::ZERO),
        min_annual_spending: None,
        multiplier: None,
        discount: None,
        benefits: None,
        is_active: true,
    };
    let gold = Tier {
        code: "GOLD".to_owned(),
        level: 2,
        min_points: Some(Points::new(1_000)),
        min_annual_spending: Some(Money::from_minor(1_000)),
        multiplier: Multiplier::parse("2").ok(),
        ..base.clone()
    };
    program.tiers = vec![base, gold];
    program
}

/// What a till tells of a sale for a member.
type Told = fn(&Entry, (CustomerId, DocumentId)) -> LoyaltyChange;

const BOUGHT: Told = |entry, (customer, document)| LoyaltyChange::SaleCounted {
    customer,
    document,
    amount: Money::from_minor(600),
    at: entry.at,
};
const BROUGHT_BACK: Told = |entry, (customer, document)| LoyaltyChange::SaleReturned {
    customer,
    document,
    amount: Money::from_minor(600),
    sold: entry.at.local.date(),
    is_whole: true,
};
const EARNED: Told =
    |entry, (customer, document)| row(entry, customer, (PointsKind::Earned, 1_000), Cause::Sale { document });
const REDEEMED: Told =
    |entry, (customer, document)| row(entry, customer, (PointsKind::Redeemed, -1), Cause::Sale { document });
const TAKEN_BACK: Told = |entry, (customer, document)| {
    row(entry, customer, (PointsKind::Adjusted, -1), Cause::Refund { document, sale: document })
};

#[tokio::test]
async fn a_tier_is_decided_by_what_all_tills_told_and_opens_campaigns_on_a_cart_at_the_hub() {
    let for_gold = Campaign { condition: Condition::Tier("GOLD".to_owned()), ..tenth() };
    for chain in chains().await {
        let harbour = company(&chain, &for_gold).await;
        let (owner, first) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let tills = [("TILL-1", first), ("TILL-2", second.as_str())];
        let member = chain.customer(owner).await;
        let ada = CustomerId::new(member.parse().unwrap());
        let stands = async || {
            let shown = chain.get(&format!("/loyalty/members/{member}"), first).await;
            let mut cart = cart("30.00", &[]);
            cart["fk_customer_id"] = json!(member);
            (shown["tier"].clone(), given(&chain, &harbour, cart).await)
        };
        let definition = json!({"row": {"name": "Regulars", "definition": program()}});
        chain.ok("POST", "/definitions/loyalty_programs", owner, definition).await;
        assert_eq!(stands().await, (Value::Null, json!("0")), "nobody told of her");
        let story = [
            (0, BOUGHT, "BASE", "0", 3),
            (1, BOUGHT, "GOLD", "3.00", 6),
            (0, BROUGHT_BACK, "BASE", "0", 3),
            (1, EARNED, "GOLD", "3.00", 6),
            (0, REDEEMED, "GOLD", "3.00", 6),
            (1, TAKEN_BACK, "BASE", "0", 3),
        ];
        for ((till, told, tier, off, earns), receipt) in story.into_iter().zip(1_u32..) {
            let mut entry = sale(&harbour, receipt);
            let document = entry.effects.completed[0].document().id;
            let change = told(&entry, (ada, document));
            entry.effects.loyalty.push(change);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            let seq = u64::from(receipt.div_ceil(2));
            deliver_by(&chain, &harbour, tills[till], (seq, entry.entity), &bytes).await;
            assert_eq!(stands().await, (json!(tier), json!(off)), "after {receipt}");
            let asked = json!({"member_id": member, "cart": cart("30.00", &[]), "points": 1});
            let quote = chain.ok("POST", "/loyalty/quote", first, asked).await;
            assert_eq!(quote["expected"], earns, "after {receipt}: {quote}");
        }
    }
}
