//! Whom people put into segments of customers: who says so, who hears of it, and what goes with what.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::deliver,
    chain::{Chain, chains, text},
    meeting::erasure,
};

async fn made(chain: &Chain, owner: &str, resource: &str, new: Value) -> String {
    text(&chain.ok("POST", &format!("/definitions/{resource}"), owner, new).await["id"])
}

fn customer(store: Option<&str>, phone: &str) -> Value {
    json!({"store_id": store, "row": {"name": "Ada", "last_name": "King", "phone_normalized": phone}})
}

fn of(customer: &str, is_in: Option<bool>) -> Value {
    json!({"members": [{"customer_id": customer, "is_in": is_in}]})
}

/// The members that a device hears of: customer, whether in it, and whether gone.
async fn heard(chain: &Chain, device: &str) -> Vec<(String, bool, bool)> {
    let page = chain.get("/sync/changes?limit=500", device).await;
    let rows = page["items"].as_array().unwrap().iter();
    let members = rows.filter(|row| row["resource"] == "customer_segment_members");
    members
        .map(|row| {
            let flags = [&row["is_active"], &row["is_deleted"]].map(|flag| flag.as_bool().unwrap());
            (text(&row["fk_customer_id"]), flags[0], flags[1])
        })
        .collect()
}

#[tokio::test]
async fn whom_somebody_put_into_a_segment_goes_to_the_tills_and_goes_with_the_segment_or_the_customer() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, kitchen) = chain.terminal(owner, &harbour.store, "PASS", "kitchen").await;
        let gold =
            made(&chain, owner, "customer_segments", json!({"row": {"code": "GOLD", "name": "Gold"}})).await;
        let ada = made(&chain, owner, "customers", customer(None, "905320000001")).await;
        let eve = made(&chain, owner, "customers", customer(None, "905320000002")).await;
        let members = format!("/customer-segments/{gold}/members");
        assert_eq!(chain.ok("PUT", &members, owner, of(&ada, Some(true))).await, json!({"changed": 1}));
        assert_eq!(chain.ok("PUT", &members, owner, of(&ada, Some(true))).await, json!({"changed": 0}));
        assert_eq!(heard(&chain, &harbour.device).await, [(ada.clone(), true, false)]);
        assert!(heard(&chain, &kitchen).await.is_empty());
        chain.ok("PUT", &members, owner, of(&ada, Some(false))).await;
        let told = chain.get(&members, owner).await;
        assert_eq!(
            (&told["items"][0]["customer_id"], &told["items"][0]["is_in"]),
            (&json!(ada), &json!(false))
        );
        assert_eq!(chain.ok("PUT", &members, owner, of(&ada, None)).await, json!({"changed": 1}));
        assert_eq!(chain.get(&members, owner).await["items"], json!([]));
        assert_eq!(heard(&chain, &harbour.device).await, [(ada.clone(), false, true)]);
        // Who is erased at a till is in no segment of the hub any more.
        chain.ok("PUT", &members, owner, of(&ada, Some(true))).await;
        chain.ok("PUT", &members, owner, of(&eve, Some(true))).await;
        deliver(&chain, &harbour, (1, Uuid::from_u128(77)), &erasure(&ada)).await;
        let told = chain.get(&members, owner).await;
        assert_eq!(
            (told["items"].as_array().unwrap().len(), &told["items"][0]["customer_id"]),
            (1, &json!(eve))
        );
        chain.refused(("PUT", &members, owner), of(&ada, Some(true)), (422, "reference_unknown")).await;
        let path = format!("/definitions/customer_segments/{gold}");
        let version = chain.get(&path, owner).await["version"].to_string();
        let read = [("if-match", version.as_str())];
        assert_eq!(chain.send_with("DELETE", &path, owner, &Value::Null, &read).await.0.as_u16(), 204);
        assert!(heard(&chain, &harbour.device).await.iter().all(|(.., is_gone)| *is_gone));
        chain.refused(("GET", &members, owner), Value::Null, (404, "not_found")).await;
        assert!(chain.get("/audit?limit=500", owner).await.to_string().contains("members.changed"));
    }
}

#[tokio::test]
async fn a_segment_has_members_where_its_writers_right_holds_and_of_no_other_store() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, elsewhere) = chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
        let all =
            made(&chain, owner, "customer_segments", json!({"row": {"code": "ALL", "name": "All"}})).await;
        let quay = json!({"store_id": harbour.store, "row": {"code": "QUAY", "name": "Of the quay"}});
        let quay = made(&chain, owner, "customer_segments", quay).await;
        let hill =
            made(&chain, owner, "customers", customer(Some(&harbour.other_store), "905320000003")).await;
        let ada = made(&chain, owner, "customers", customer(None, "905320000001")).await;
        let [all, quay] = [all, quay].map(|segment| format!("/customer-segments/{segment}/members"));
        chain.refused(("PUT", &quay, owner), of(&hill, Some(true)), (422, "reference_unknown")).await;
        let both = json!({"customer_id": ada, "is_in": true});
        let twice = json!({"members": [both, both]});
        chain.refused(("PUT", &quay, owner), twice, (422, "field_invalid")).await;
        // A store's customer in a segment of the company is heard of in that store alone.
        chain.ok("PUT", &all, owner, of(&hill, Some(true))).await;
        assert!(heard(&chain, &harbour.device).await.is_empty());
        assert_eq!(heard(&chain, &elsewhere).await, [(hill.clone(), true, false)]);
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.store))).await;
        let access = manager.access.as_str();
        assert_eq!(chain.get(&all, access).await["items"], json!([]), "another store's customer");
        assert_eq!(chain.ok("PUT", &quay, access, of(&ada, Some(true))).await, json!({"changed": 1}));
        chain.refused(("PUT", &all, access), of(&ada, Some(true)), (403, "not_allowed")).await;
        let row = json!({"row": {"fk_customer_segment_id": Uuid::from_u128(1), "fk_customer_id": ada}});
        let by_hand = ("POST", "/definitions/customer_segment_members", owner);
        chain.refused(by_hand, row, (403, "kept_elsewhere")).await;
        let valley = chain.company("valley").await;
        for method in ["GET", "PUT"] {
            chain
                .refused((method, &quay, &valley.owner.access), of(&ada, Some(true)), (404, "not_found"))
                .await;
        }
    }
}
