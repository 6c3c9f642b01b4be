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
        let row = json!({"row": {"name": "Ada", "last_name": "King", "phone_normalized": "905320000000"}});
        let member = text(&chain.ok("POST", "/definitions/customers", owner, row).await["id"]);
        let quote = async |points: Value| {
            // As older terminals write 20.00, which is read too.
            let body = json!({"member_id": member, "cart": cart("2E+1", &[]), "points": points});
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

#[tokio::test]
async fn who_becomes_a_member_at_the_hub_is_one_customer_and_is_welcomed_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), harbour.device.as_str());
        let who =
            |phone: &str| json!({"customer": {"name": "Ada", "last_name": "King", "phone_number": phone}});
        let enroll = async |token: &str, body: Value, key: &str| {
            let (status, answer) = chain.once("/loyalty/enroll", token, &body, key).await;
            (status.as_u16(), answer)
        };
        let (status, answer) = enroll(till, who("+905321112233"), "too early").await;
        assert_eq!((status, &answer["code"]), (422, &json!("no_program")));
        let program = Program { welcome: Points::new(100), ..program() };
        let definition = json!({"row": {"name": "Regulars", "definition": program}});
        chain.ok("POST", "/definitions/loyalty_programs", owner, definition).await;
        let (status, first) = enroll(till, who("+905321112233"), "first").await;
        assert_eq!(
            (status, &first["is_new"], &first["welcome"]),
            (200, &json!(true), &json!(100)),
            "{first}"
        );
        assert_eq!(first["points"], 100);
        // Typed another way, by somebody else, it is the same person, who is welcomed no more.
        let (_, again) = enroll(owner, who("+90 (532) 111-22-33"), "again").await;
        assert_eq!((&again["member_id"], &again["is_new"]), (&first["member_id"], &json!(false)), "{again}");
        assert_eq!((&again["welcome"], &again["points"]), (&json!(0), &json!(100)));
        let (status, answer) = enroll(till, who("nobody"), "none").await;
        assert_eq!((status, &answer["detail"]), (422, &json!("phone_number")));
        let mut zoe = who("+905321119999");
        zoe["customer"]["last_name"] = Value::Null;
        let (status, answer) = enroll(till, zoe, "no last name").await;
        assert_eq!((status, &answer["detail"]), (422, &json!("last_name")), "no till takes her");
        let customers = chain.get("/definitions/customers", owner).await;
        assert_eq!(customers["items"].as_array().unwrap().len(), 1, "nobody without a telephone");
        let page = chain.get("/sync/changes?limit=500", till).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().any(|row| row["id"] == first["member_id"]), "tills hear of the customer");
    }
}
