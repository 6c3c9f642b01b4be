//! What stands above and below receipts: who says so, and which tills hear of it.

use serde_json::{Value, json};

use super::chain::{Chain, chains, text};

/// The texts that a device hears of: of which level, and what stands above.
async fn heard(chain: &Chain, device: &str) -> Vec<(String, Value)> {
    let page = chain.get("/sync/changes?limit=500", device).await;
    let rows = page["items"].as_array().unwrap().iter().filter(|row| row["resource"] == "receipt_texts");
    rows.map(|row| (text(&row["level"]), row["header"].clone())).collect()
}

#[tokio::test]
async fn texts_of_receipts_are_set_for_all_stores_or_for_one_and_go_to_its_tills() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, elsewhere) = chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
        let (_, kitchen) = chain.terminal(owner, &harbour.store, "PASS", "kitchen").await;
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.store))).await;
        let access = manager.access.as_str();
        let all = json!({"header": "Harbour Foods", "footer": "Thank you"});
        assert_eq!(chain.ok("PUT", "/receipt-texts", owner, all.clone()).await, all);
        assert_eq!(chain.get("/receipt-texts", access).await, all);
        chain.refused(("PUT", "/receipt-texts", access), all.clone(), (403, "not_allowed")).await;
        let quay = format!("/stores/{}/receipt-texts", harbour.store);
        let hill = format!("/stores/{}/receipt-texts", harbour.other_store);
        let own = json!({"header": "Quay 1", "footer": null});
        assert_eq!(chain.ok("PUT", &quay, access, json!({"header": "Quay 1"})).await, own);
        assert_eq!(chain.get(&quay, access).await, own);
        for method in ["GET", "PUT"] {
            chain.refused((method, &hill, access), own.clone(), (404, "not_found")).await;
        }
        assert_eq!(chain.get(&hill, owner).await, json!({"header": null, "footer": null}));
        let company = ("company".to_owned(), json!("Harbour Foods"));
        let store = ("store".to_owned(), json!("Quay 1"));
        assert_eq!(heard(&chain, &harbour.device).await, [company.clone(), store]);
        assert_eq!(heard(&chain, &elsewhere).await, [company]);
        assert!(heard(&chain, &kitchen).await.is_empty());
        for (wrong, field) in
            [(json!({"header": "x".repeat(1_001)}), "header"), (json!({"footer": "a\u{7}b"}), "footer")]
        {
            let (status, answer) = chain.send("PUT", &quay, access, &wrong).await;
            assert_eq!((status.as_u16(), &answer["detail"]), (422, &json!(field)), "{answer}");
        }
        assert_eq!(chain.get(&quay, access).await, own, "nothing changed");
        let valley = chain.company("valley").await;
        chain.refused(("GET", &quay, &valley.owner.access), Value::Null, (404, "not_found")).await;
        assert_eq!(
            chain.get("/receipt-texts", &valley.owner.access).await,
            json!({"header": null, "footer": null})
        );
        assert!(chain.get("/audit?limit=500", owner).await.to_string().contains("receipt_texts.changed"));
    }
}
