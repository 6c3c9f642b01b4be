//! What points would pay of a cart: asked before anything is held.

use saleflex_core::{
    ids::ProgramId,
    loyalty::{Program, RedemptionPolicy},
    quantity::{PointRate, Points, UnitPrice},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::cart,
    chain::{chains, text},
};

/// A program whose points are worth five hundredths, of which one is earned on every ten.
fn program() -> Program {
    let mut program = Program::new(ProgramId::new(Uuid::from_u128(5)), "Regulars");
    program.earn.rate = PointRate::parse("0.1").unwrap();
    program.redemption = RedemptionPolicy {
        point_value: UnitPrice::parse("0.05").unwrap(),
        minimum: Points::new(10),
        ..RedemptionPolicy::NOTHING
    };
    program
}

#[tokio::test]
async fn a_quote_says_what_points_would_pay_and_the_rest_would_earn_and_holds_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let row = json!({"row": {"name": "Ada", "phone_normalized": "905320000000"}});
        let member = text(&chain.ok("POST", "/definitions/customers", owner, row).await["id"]);
        let quote = async |points: Value| {
            let body = json!({"member_id": member, "cart": cart("20.00", &[]), "points": points});
            let found = chain.ok("POST", "/loyalty/quote", till, body).await;
            let field = |name: &str| found[name].clone();
            (field("points"), field("amount"), field("refused"), field("expected"))
        };
        let none = |why: &str, expected: i64| (json!(0), json!("0.00"), json!(why), json!(expected));
        assert_eq!(quote(json!(null)).await, none("PROGRAM_INACTIVE", 0));
        let definition = json!({"row": {"name": "Regulars", "definition": program()}});
        chain.ok("POST", "/definitions/loyalty_programs", owner, definition).await;
        assert_eq!(quote(json!(50)).await, none("BELOW_MINIMUM", 2), "a member without points");

        let keyed = async |path: &str, token: &str, body: Value, key: &str| {
            let (status, answer) =
                chain.send_with("POST", path, token, &body, &[("idempotency-key", key)]).await;
            assert!(status.is_success(), "{path}: {answer}");
        };
        let gift = json!({"points": 500, "reason": "welcome"});
        keyed(&format!("/loyalty/members/{member}/adjustments"), owner, gift, "gift").await;
        let all = (json!(400), json!("20.00"), Value::Null, json!(0));
        assert_eq!(quote(json!(null)).await, all, "no more than is due");
        assert_eq!(quote(json!(100)).await, (json!(100), json!("5.00"), Value::Null, json!(1)));
        assert_eq!(quote(json!(5)).await, none("BELOW_MINIMUM", 2));
        let hold = |document: u128, points: i64| json!({"member_id": member, "document_id": Uuid::from_u128(document), "points": points});
        keyed("/loyalty/reserve", till, hold(1, 300), "own").await;
        assert_eq!(quote(json!(null)).await, all, "what is held for the cart counts as there");
        keyed("/loyalty/reserve", till, hold(2, 180), "other").await;
        assert_eq!(quote(json!(null)).await, (json!(320), json!("16.00"), Value::Null, json!(0)));
        let balance = chain.get(&format!("/loyalty/members/{member}"), owner).await;
        assert_eq!(
            (&balance["points"], &balance["held"]),
            (&json!(500), &json!(480)),
            "a quote holds nothing"
        );
        let nobody = json!({"member_id": Uuid::nil(), "cart": cart("20.00", &[])});
        chain.refused(("POST", "/loyalty/quote", till), nobody, (422, "member_unknown")).await;
        let dear = json!({"member_id": member, "cart": cart("much", &[])});
        chain.refused(("POST", "/loyalty/quote", till), dear, (422, "cart_invalid")).await;
    }
}
