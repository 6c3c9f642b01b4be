//! A terminal that moves to another store: what it sold stays where it was sold.

use saleflex_gate::{Codes, TerminalChange};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{push_one, sale},
    chain::{Chain, Company, chains},
    support::{codes, later},
};

const TILL_1: &str = include_str!("../../../vectors/wire/init/harbour-TILL-1.json");

/// Delivers one sale as a device of a store; answers what became of it.
async fn sell(chain: &Chain, company: &Company, (store, device): (&str, &str), receipt: u32) -> Value {
    let entry = sale(company, receipt);
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    let event = (u64::from(receipt), entry.entity);
    push_one(chain, company, (store, ("TILL-1", device)), event, &bytes).await["result"].clone()
}

async fn sold_in(chain: &Chain, owner: &str, store: &str) -> usize {
    let listed = chain.get(&format!("/documents?store_id={store}"), owner).await;
    listed["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_terminal_moves_to_another_store_with_its_numbers_and_without_its_past() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let (owner, till) = (harbour.owner.access.as_str(), format!("/terminals/{}", harbour.terminal));
        for receipt in [1, 2] {
            assert_eq!(sell(&chain, &harbour, ("QUAY", &harbour.device), receipt).await, "accepted");
        }
        let before = chain.get("/sync/state", &harbour.device).await;
        let path = format!("{till}/move");
        let here = json!({"store_id": harbour.store, "sequences": "restart"});
        chain.refused(("POST", &path, owner), here, (409, "same_store")).await;
        let there = json!({"store_id": harbour.other_store, "sequences": "continue"});
        let moved = chain.ok("POST", &path, owner, there.clone()).await;
        assert_eq!(moved["terminal"]["store_id"], harbour.other_store.as_str());
        assert_eq!(chain.get(&till, owner).await["state"], "moved");
        chain.refused(("POST", &path, owner), there, (409, "terminal_moved")).await;
        chain.refused(("POST", &format!("{till}/resume"), owner), json!({}), (409, "terminal_moved")).await;

        // What it sold before and had not sent yet is booked where it was sold, for a while.
        let bootstrap = ("GET", "/sync/bootstrap", harbour.device.as_str());
        chain.refused(bootstrap, Value::Null, (403, "terminal_revoked")).await;
        assert_eq!(sell(&chain, &harbour, ("QUAY", &harbour.device), 3).await, "accepted");
        assert_eq!(sold_in(&chain, owner, &harbour.store).await, 3);

        let device = chain.enrol(&moved["enrolment_code"]).await;
        chain.get("/sync/bootstrap", &device).await;
        let state = chain.get("/sync/state", &device).await;
        for kept in ["epoch", "contiguous_seq"] {
            assert_eq!(state[kept], before[kept], "it begins where it was: {state}");
        }
        let numbers = |state: &Value| {
            let counters = state["counters"].as_array().unwrap().clone();
            counters.into_iter().map(|one| (one["name"].clone(), one["value"].clone())).collect::<Vec<_>>()
        };
        assert!(!numbers(&before).is_empty() && numbers(&before) == numbers(&state), "{state}");
        // A till that sends all of it once more moves nothing here, and sells on.
        for receipt in [1, 2, 3] {
            assert_eq!(sell(&chain, &harbour, ("HILL", &device), receipt).await, "duplicate");
        }
        assert_eq!(sold_in(&chain, owner, &harbour.other_store).await, 0);
        assert_eq!(sell(&chain, &harbour, ("HILL", &device), 4).await, "accepted");
        assert_eq!(sold_in(&chain, owner, &harbour.other_store).await, 1);
        assert_eq!(chain.get("/sync/state", &device).await["contiguous_seq"], 4, "nothing is missing");

        // One that was lost on the way is cut off at once.
        let revoked = chain.ok("POST", &format!("{till}/revoke"), owner, json!({"grace_hours": 1})).await;
        assert_eq!(revoked["state"], "moved");
        assert_eq!(sell(&chain, &harbour, ("QUAY", &harbour.device), 5).await, "accepted");
        later(2 * 3_600);
        let push = ("POST", "/sync/push", harbour.device.as_str());
        let late = json!({"schema_version": 1, "sender": {}, "epoch": harbour.terminal, "items": []});
        chain.refused(push, late, (403, "terminal_revoked")).await;
        later(0);
    }
}

#[tokio::test]
async fn a_terminal_that_is_revoked_delivers_under_none_of_its_former_secrets_either() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let there = json!({"store_id": harbour.other_store, "sequences": "continue"});
        let path = format!("/terminals/{}/move", harbour.terminal);
        let moved = chain.ok("POST", &path, owner, there).await;
        chain.enrol(&moved["enrolment_code"]).await;
        assert_eq!(sell(&chain, &harbour, ("QUAY", &harbour.device), 1).await, "accepted", "for a while");
        let now = format!("/terminals/{}/revoke", super::chain::text(&moved["terminal"]["id"]));
        chain.ok("POST", &now, owner, json!({"grace_hours": 0})).await;
        let push = ("POST", "/sync/push", harbour.device.as_str());
        let late = json!({"schema_version": 1, "sender": {}, "epoch": harbour.terminal, "items": []});
        chain.refused(push, late, (403, "terminal_revoked")).await;
    }
}

#[tokio::test]
async fn a_terminal_that_was_moved_long_ago_delivers_nothing_again_because_it_is_revoked() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let there = json!({"store_id": harbour.other_store, "sequences": "continue"});
        let till = format!("/terminals/{}", harbour.terminal);
        chain.ok("POST", &format!("{till}/move"), &harbour.owner.access, there).await;
        later(73 * 3_600);
        let mut person = chain.login("harbour.owner").await;
        chain.choose(&mut person, &harbour.id).await;
        let push = ("POST", "/sync/push", harbour.device.as_str());
        let late = || json!({"schema_version": 1, "sender": {}, "epoch": harbour.terminal, "items": []});
        chain.refused(push, late(), (403, "terminal_revoked")).await;
        chain.ok("POST", &format!("{till}/revoke"), &person.access, json!({})).await;
        chain.refused(push, late(), (403, "terminal_revoked")).await;
        later(0);
    }
}

#[tokio::test]
async fn the_hub_of_a_store_is_not_moved_to_another() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let id = |text: &str| Uuid::parse_str(text).unwrap();
        let change = TerminalChange::IsNode(true);
        chain.hub.change(id(&harbour.id), id(&harbour.terminal), change).await.unwrap();
        let there = json!({"store_id": harbour.other_store, "sequences": "continue"});
        let post = format!("/terminals/{}/move", harbour.terminal);
        chain.refused(("POST", &post, &harbour.owner.access), there, (409, "is_node")).await;
    }
}

#[tokio::test]
async fn the_rows_of_counters_keep_their_identities_where_a_terminal_moves_or_its_data_comes_from_elsewhere()
{
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let ids = async |store: &str, secret: &str| {
            let codes = format!("office_code={}&store_code={store}&terminal_code=TILL-1", harbour.slug);
            let data = chain.get(&format!("/pos/init?{codes}"), secret).await["data"].take();
            let rows = data["transaction_sequences"].as_array().unwrap().iter();
            rows.map(|row| row["id"].clone()).collect::<Vec<_>>()
        };
        let before = ids("QUAY", &harbour.device).await;
        let there = json!({"store_id": harbour.other_store, "sequences": "restart"});
        let path = format!("/terminals/{}/move", harbour.terminal);
        let moved = chain.ok("POST", &path, &harbour.owner.access, there).await;
        let device = chain.enrol(&moved["enrolment_code"]).await;
        assert_eq!(ids("HILL", &device).await, before, "one of its device's two rows each");

        let mut seed: Value = serde_json::from_str(TILL_1).unwrap();
        (seed["office_code"], seed["store_code"]) = (json!(harbour.slug), json!("PIER"));
        chain.hub.import(harbour.slug.clone(), seed.clone()).await.unwrap();
        let pier = Codes { office: harbour.slug.clone(), store: "PIER".into(), ..codes("TILL-1") };
        let secret = chain.hub.register_next(pier).await.unwrap().secret;
        let rows = seed["data"]["transaction_sequences"].as_array().unwrap().iter();
        let brought: Vec<Value> = rows.map(|row| row["id"].clone()).collect();
        assert_eq!(ids("PIER", &secret).await, brought, "those that came with the data");
        seed["data"]["transaction_sequences"][0]["id"] = json!(Uuid::from_u128(5));
        seed["data"]["vat_rates"][0]["is_deleted"] = json!(true);
        let imported =
            async |seed: &Value| chain.hub.import(harbour.slug.clone(), seed.clone()).await.unwrap().changed;
        assert_eq!((imported(&seed).await, imported(&seed).await), (1, 0), "again changes nothing");
        assert_eq!(ids("PIER", &secret).await, brought, "and then they stay");
    }
}
