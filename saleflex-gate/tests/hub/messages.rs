//! What tills are told beside their changes: messages for their people, and signals for themselves.

use serde_json::{Value, json};

use super::{
    chain::{Chain, Company, chains},
    support::later,
};

const MINUTE: i64 = 60;

/// The messages that the first till hears of.
async fn heard(chain: &Chain, company: &Company, query: &str) -> Vec<Value> {
    let heard = chain.get(&format!("/notifications{query}"), &company.device).await;
    heard["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_has_to_be_seen_and_nobody_saw_in_time_is_told_to_who_looks_after_the_store_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.store))).await;
        let recall = json!({"title": "Sell no tea", "type": "system_alert", "requires_ack": true,
            "expires_at": "2026-11-21T13:00:00Z"});
        assert_eq!(chain.ok("POST", "/notifications", owner, recall).await["terminals"], 1);
        let message = &heard(&chain, &harbour, "").await[0];
        let said = (&message["type"], &message["requires_ack"], &message["expires_at"]);
        assert_eq!(said, (&json!("system_alert"), &json!(true), &json!("2026-11-21T13:00:00Z")), "{message}");
        later(14 * MINUTE);
        assert_eq!(chain.hub.tell_missed_messages().await.unwrap(), 0, "there is time yet");
        later(15 * MINUTE);
        assert_eq!(chain.hub.tell_missed_messages().await.unwrap(), 1);
        assert_eq!(chain.hub.tell_missed_messages().await.unwrap(), 0, "once");
        later(60 * MINUTE);
        assert_eq!(heard(&chain, &harbour, "").await.len(), 0, "it is over");
        later(0);
        let told = chain.get("/me/notifications", &manager.access).await;
        let told: Vec<_> =
            told["items"].as_array().unwrap().iter().filter(|one| one["type"] == "message_missed").collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            (&told[0]["title"], &told[0]["body"]),
            (&json!("TILL-1: nobody has seen it"), &json!("Sell no tea"))
        );

        let seen = json!({"title": "Sell no coffee", "requires_ack": true});
        chain.ok("POST", "/notifications", owner, seen).await;
        assert_eq!(heard(&chain, &harbour, "").await.len(), 2);
        chain.ok("POST", "/notifications/read-all", &harbour.device, json!({})).await;
        assert_eq!(heard(&chain, &harbour, "?unread=true").await.len(), 0);
        assert_eq!(heard(&chain, &harbour, "?unread=false").await.len(), 2);
        assert_eq!(heard(&chain, &harbour, "?unread=false&since=2026-11-21T12:00:01Z").await.len(), 0);
        later(20 * MINUTE);
        assert_eq!(chain.hub.tell_missed_messages().await.unwrap(), 0, "somebody saw it");
        later(0);
        for (unfit, field) in [
            (json!({"title": "T", "type": "king"}), "type"),
            (json!({"title": "T", "expires_at": "2026-11-21T12:00:00Z"}), "expires_at"),
            (json!({"title": "T", "role": "cashier", "requires_ack": true}), "requires_ack"),
        ] {
            let (status, answer) = chain.send("POST", "/notifications", owner, &unfit).await;
            assert_eq!((status.as_u16(), &answer["detail"]), (422, &json!(field)), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_signal_says_what_it_is_about_and_until_when() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let path = format!("/terminals/{}/signals", harbour.terminal);
        let refresh = json!({"type": "cache_refresh", "domains": ["catalog", "campaign"],
            "expires_at": "2026-11-21T13:00:00Z"});
        chain.ok("POST", &path, owner, refresh).await;
        let signals = async || {
            let beat = json!({"schema_version": 1, "software_version": "0.1", "epoch": harbour.terminal,
                "last_seq": 3, "queue_depth": 2, "clock": "2026-11-21T12:00:00Z"});
            chain.ok("POST", "/sync/heartbeat", &harbour.device, beat).await["signals"].clone()
        };
        let told = signals().await;
        let said = (&told[0]["type"], &told[0]["domains"], &told[0]["expires_at"]);
        let expected =
            (&json!("cache_refresh"), &json!(["catalog", "campaign"]), &json!("2026-11-21T13:00:00Z"));
        assert_eq!(said, expected, "{told}");
        later(60 * MINUTE);
        assert_eq!(signals().await, json!([]), "it is void");
        later(0);
        for (unfit, expected) in [
            (json!({"type": "cache_refresh", "domains": ["fruit"]}), (400, "domain_unknown")),
            (json!({"type": "request_closure", "domains": ["catalog"]}), (422, "field_invalid")),
            (json!({"type": "force_sync", "expires_at": "2026-11-21T11:00:00Z"}), (422, "field_invalid")),
        ] {
            chain.refused(("POST", &path, owner), unfit, expected).await;
        }
    }
}
