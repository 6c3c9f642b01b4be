//! What the hub notices about deliveries: shown, found, told to those who look after the store, written down once.

use saleflex_gate::settings::OfficeWire;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, sale},
    chain::{Chain, chains},
    reports::{closed, deliver as deliver_closure},
    support::{Shop, every_books},
    sync::{PUSH, item, push},
};

#[tokio::test]
async fn a_closure_says_whether_everything_of_its_period_is_here() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let of = ("TILL-1", harbour.device.as_str());
        deliver_closure(&chain, &harbour, (of.0, of.1, 11), (1, closed((1, "2026-11-20"), 100))).await;
        let entry = sale(&harbour, 1);
        let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
        // Event 2 is still to come.
        deliver_closure(&chain, &harbour, (of.0, of.1, 12), (4, closed((2, "2026-11-21"), 100))).await;
        deliver(&chain, &harbour, (3, entry.entity), &bytes).await;
        let shown = async || {
            let list = chain.get("/closures", owner).await;
            let shown = list["items"].as_array().unwrap().iter();
            shown.map(|one| (one["is_complete"].clone(), one["missing"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(shown().await, [(json!(true), json!(0)), (json!(false), json!(1))]);
        let late = sale(&harbour, 2);
        let bytes = String::from_utf8(late.to_bytes().unwrap()).unwrap();
        deliver(&chain, &harbour, (2, late.entity), &bytes).await;
        assert_eq!(shown().await, [(json!(true), json!(0)), (json!(true), json!(0))]);
        let one = chain.get(&format!("/closures/{}", Uuid::from_u128(12)), owner).await;
        assert_eq!((&one["is_complete"], &one["missing"]), (&json!(true), &json!(0)));
    }
}

/// The messages of a person about deliveries.
async fn told(chain: &Chain, token: &str) -> Vec<Value> {
    let list = chain.get("/me/notifications", token).await;
    let items = list["items"].as_array().unwrap().iter();
    items.filter(|one| one["type"] == "delivery_flagged").cloned().collect()
}

#[tokio::test]
async fn what_is_noticed_is_found_by_its_flag_told_to_managers_and_written_down_once() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (store, other) = (Some(harbour.store.as_str()), Some(harbour.other_store.as_str()));
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", store)).await;
        let far = chain.staff(&harbour, "far", ("store_manager", "store", other)).await;
        let cashier = chain.staff(&harbour, "cashier", ("cashier", "store", store)).await;
        let right = sale(&harbour, 1);
        let bytes = String::from_utf8(right.to_bytes().unwrap()).unwrap();
        assert!(deliver(&chain, &harbour, (1, right.entity), &bytes).await.is_empty());
        assert!(told(&chain, owner).await.is_empty(), "nothing is wrong");
        let wrong = sale(&harbour, 2);
        let bytes = String::from_utf8(wrong.to_bytes().unwrap()).unwrap();
        // The last one is the total of the finished document.
        let (before, after) = bytes.rsplit_once("\"tax\":40").unwrap();
        let bytes = format!("{before}\"tax\":41{after}");
        for _ in 0..2 {
            let flags = deliver(&chain, &harbour, (2, wrong.entity), &bytes).await;
            assert_eq!(flags, ["drift"]);
        }
        let found = chain.get("/documents?flag=drift", owner).await;
        let numbers: Vec<&Value> =
            found["items"].as_array().unwrap().iter().map(|one| &one["flags"]).collect();
        assert_eq!(numbers, [&json!(["drift"])]);
        assert_eq!(chain.get("/documents?flag=late", owner).await["items"], json!([]));
        for token in [owner, &manager.access] {
            let messages = told(&chain, token).await;
            assert_eq!(messages.len(), 1, "once, however often it is sent");
            assert_eq!(messages[0]["title"], "TILL-1: drift");
        }
        for token in [&far.access, &cashier.access] {
            assert!(told(&chain, token).await.is_empty(), "it is none of theirs");
        }
        let acts = chain.get("/audit?act=delivery.flagged", owner).await;
        let acts = acts["items"].as_array().unwrap().clone();
        assert_eq!((acts.len(), &acts[0]["detail"]["flag"]), (1, &json!("drift")));
        assert_eq!(acts[0]["detail"]["events"], 1);
    }
}

#[tokio::test]
async fn two_events_with_one_number_of_one_life_are_a_fork_and_both_say_so() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let token = Some(shop.till_1.secret.as_str());
        let (_, first) = shop.post(PUSH, token, &push(vec![item(1, 1, "1")])).await;
        assert_eq!(first["results"][0]["flags"], json!(["unreadable"]));
        let (_, other) = shop.post(PUSH, token, &push(vec![item(1, 2, "2")])).await;
        assert_eq!(other["results"][0]["flags"], json!(["forked", "unreadable"]), "{other}");
        let (_, again) = shop.post(PUSH, token, &push(vec![item(1, 1, "1")])).await;
        assert_eq!(again["results"][0]["flags"], json!(["forked", "unreadable"]), "{again}");
    }
}

#[tokio::test]
async fn a_signal_that_no_till_heeds_is_not_sent() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let path = format!("/terminals/{}/signals", harbour.terminal);
        let heeded =
            ["cache_refresh", "force_sync", "settings_changed", "request_closure", "update_available"];
        for kind in heeded {
            chain.ok("POST", &path, owner, json!({"type": kind})).await;
        }
        for kind in ["form_published", "cashier_changed", "suspend_terminal", "self_destruct", ""] {
            chain.refused(("POST", &path, owner), json!({"type": kind}), (422, "field_invalid")).await;
        }
    }
}

#[tokio::test]
async fn what_is_set_for_a_till_comes_with_its_changes_and_to_no_other_device() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, other) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let path = format!("/terminals/{}/settings", harbour.terminal);
        for (wrong, name) in [(json!({"training": true}), "training"), (json!({"idle": {"naps": 1}}), "idle")]
        {
            let (status, refusal) = chain.send("PUT", &path, owner, &wrong).await;
            assert_eq!((status.as_u16(), &refusal["detail"]), (422, &json!(name)), "{refusal}");
        }
        let set = json!({"suspended_days": 7});
        assert_eq!(chain.ok("PUT", &path, owner, set.clone()).await, set);
        let noted = chain.get("/audit?act=terminal.settings_changed", owner).await;
        assert_eq!(noted["items"][0]["detail"], json!({"settings": ["suspended_days"]}));
        let rows = async |device: &str| {
            let page = chain.get("/sync/changes?domains=settings", device).await;
            page["items"].as_array().unwrap().clone()
        };
        let told = rows(&harbour.device).await;
        assert_eq!((told.len(), &told[0]["resource"]), (1, &json!("till_settings")), "{told:?}");
        assert_eq!((&told[0]["id"], &told[0]["suspended_days"]), (&json!(harbour.terminal), &json!(7)));
        assert!(rows(&other).await.is_empty());
    }
}
