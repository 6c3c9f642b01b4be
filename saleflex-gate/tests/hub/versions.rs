//! Whoever says which version of something they have read changes that one or nothing.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use super::chain::{Chain, chains, text};

/// The version of what is shown.
async fn tag(chain: &Chain, path: &str, token: &str) -> String {
    let asked = Request::builder()
        .uri(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty());
    let shown = chain.open(asked.unwrap()).await;
    shown.headers()[header::ETAG].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_says_what_they_read_changes_that_or_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let cashier = chain.staff(&harbour, "cashier", ("cashier", "store", Some(&harbour.store))).await;
        let contact = text(&chain.ok("POST", "/contacts", owner, json!({"name": "Ada"})).await["id"]);
        let named = || json!({"name": "Another"});
        for (method, path, change) in [
            ("PATCH", format!("/companies/{}", harbour.slug), named()),
            ("PATCH", format!("/stores/{}", harbour.store), named()),
            ("PATCH", format!("/regions/{}", harbour.region), named()),
            ("PATCH", format!("/terminals/{}", harbour.terminal), named()),
            ("PATCH", format!("/contacts/{contact}"), named()),
            ("PATCH", format!("/users/{}", cashier.id), json!({"cashier_number": "77"})),
            ("PUT", format!("/terminals/{}/settings", harbour.terminal), json!({"suspended_days": 7})),
            ("PUT", "/receipt-texts".to_owned(), json!({"header": "Quay"})),
            ("PUT", format!("/stores/{}/receipt-texts", harbour.store), json!({"footer": "Thanks"})),
        ] {
            let read = tag(&chain, &path, owner).await;
            let put = async |tag: &str| {
                let said = [("if-match", tag)];
                chain.send_with(method, &path, owner, &change, &said).await
            };
            assert_eq!(put(&read).await.0.as_u16(), 200, "{path}");
            let (status, answer) = put(&read).await;
            assert_eq!((status.as_u16(), &answer["code"]), (412, &json!("stale")), "{path}: {answer}");
            let now = tag(&chain, &path, owner).await;
            assert_ne!(now, read, "{path}");
            assert_eq!(put(&format!("\"other\", {now}")).await.0.as_u16(), 200, "one of several: {path}");
            assert_eq!(put("*").await.0.as_u16(), 200, "{path}");
            chain.ok(method, &path, owner, change.clone()).await;
        }
        let terminal = format!("/terminals/{}", harbour.terminal);
        let read = tag(&chain, &terminal, owner).await;
        let beat = json!({"schema_version": 1, "software_version": "0.1", "epoch": harbour.terminal, "last_seq": 3,
            "queue_depth": 2, "clock": "2026-11-21T12:00:00Z"});
        chain.ok("POST", "/sync/heartbeat", &harbour.device, beat).await;
        assert_ne!(chain.get(&terminal, owner).await["telemetry"], Value::Null);
        assert_eq!(tag(&chain, &terminal, owner).await, read, "what it says of itself is nobody's change");
    }
}
