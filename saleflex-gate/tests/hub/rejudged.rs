//! Sales that are judged by campaigns of before, whenever the hub was started.

use saleflex_core::{
    campaign::{Benefit, Campaign, CampaignSet, Per, Reward},
    ids::CampaignId,
    quantity::Percent,
};
use saleflex_gate::db::{Books, DatabaseError, Tenant};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, priced_by_set, sale},
    chain::{Chain, Company, chains},
    support::{every_books, later},
};

const DAY: i64 = 24 * 60 * 60;

/// What a hub notices about a sale that has no discount and says it was judged by a set that gives one.
async fn noticed(chain: &Chain, company: &Company, number: u32, set: &CampaignSet) -> Vec<String> {
    let lying = priced_by_set(&sale(company, number), set.hash().to_string());
    let bytes = String::from_utf8(lying.to_bytes().unwrap()).unwrap();
    deliver(chain, company, (number.into(), lying.entity), &bytes).await
}

const TENTH: Uuid = Uuid::from_u128(0xCA);

/// A tenth off every sale.
fn tenth() -> Campaign {
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    Campaign::new(CampaignId::new(TENTH), "TENTH", Benefit::Off { reward, per: Per::Document })
}

/// Puts it in force; answers its tag.
async fn in_force(chain: &Chain, company: &Company, tenth: &Campaign) -> String {
    let owner = company.owner.access.as_str();
    let row = json!({"code": "BASKET_DISCOUNT", "name": "Basket"});
    let kind = chain.ok("POST", "/definitions/campaign_types", owner, json!({"row": row})).await;
    let row = json!({
        "code": "TENTH", "name": "Tenth", "fk_campaign_type_id": kind["id"],
        "definition": serde_json::to_value(tenth).unwrap(),
    });
    let made = chain.ok("POST", "/definitions/campaigns", owner, json!({"id": TENTH, "row": row})).await;
    format!("\"{}\"", made["version"])
}

async fn withdrawn(chain: &Chain, company: &Company, tag: &str) {
    let path = format!("/definitions/campaigns/{TENTH}");
    let owner = company.owner.access.as_str();
    let read = [("if-match", tag)];
    assert!(chain.send_with("DELETE", &path, owner, &json!({}), &read).await.0.is_success());
}

/// A company whose hub noticed one sale under the campaign before it went.
async fn after_the_campaign(books: &Books, set: &CampaignSet) -> (Chain, Company) {
    let chain = Chain::on(books.clone());
    let harbour = chain.company("harbour").await;
    let tag = in_force(&chain, &harbour, &tenth()).await;
    assert_eq!(noticed(&chain, &harbour, 1, set).await, ["campaign_drift"]);
    withdrawn(&chain, &harbour, &tag).await;
    (chain, harbour)
}

#[tokio::test]
async fn a_sale_is_judged_by_campaigns_of_before_also_after_the_hub_was_started_anew() {
    let set = CampaignSet::compile(vec![tenth()]).unwrap();
    for books in every_books().await {
        let (_, harbour) = after_the_campaign(&books, &set).await;
        // The hub is started anew: a till that was away tells of a sale of before.
        let anew = Chain::on(books.clone());
        assert_eq!(noticed(&anew, &harbour, 2, &set).await, ["campaign_drift"]);
        // After its time nothing is said of it any more.
        later(93 * DAY);
        assert!(anew.hub.sweep().await.unwrap()["campaign_sets"] > 0);
        let anew = Chain::on(books.clone());
        assert!(noticed(&anew, &harbour, 3, &set).await.is_empty());
        later(0);
    }
}

#[tokio::test]
async fn campaigns_of_a_sale_that_was_taken_back_are_kept_when_it_comes_again() {
    let set = CampaignSet::compile(vec![tenth()]).unwrap();
    let each = [
        (
            "CREATE TRIGGER forbid BEFORE INSERT ON document BEGIN SELECT RAISE(ABORT, 'no'); END",
            "DROP TRIGGER forbid",
        ),
        (
            "ALTER TABLE document ADD CONSTRAINT forbid CHECK (receipt_number < 0)",
            "ALTER TABLE document DROP CONSTRAINT forbid",
        ),
    ];
    for (books, (forbid, permit)) in every_books().await.into_iter().zip(each) {
        let run = async |sql: &'static str| {
            let done = books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.batch(sql));
            done.await.unwrap();
        };
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let tag = in_force(&chain, &harbour, &tenth()).await;
        run(forbid).await;
        assert!(noticed(&chain, &harbour, 1, &set).await.is_empty(), "its till sends it again");
        run(permit).await;
        assert_eq!(noticed(&chain, &harbour, 1, &set).await, ["campaign_drift"]);
        withdrawn(&chain, &harbour, &tag).await;
        let anew = Chain::on(books.clone());
        assert_eq!(noticed(&anew, &harbour, 2, &set).await, ["campaign_drift"]);
    }
}

#[tokio::test]
async fn campaigns_are_kept_for_their_time_after_the_last_sale_under_them_and_not_after_the_first() {
    let set = CampaignSet::compile(vec![tenth()]).unwrap();
    for books in every_books().await {
        let (chain, harbour) = after_the_campaign(&books, &set).await;
        // The hub runs on, and a till that was away tells of another sale of then.
        later(60 * DAY);
        assert_eq!(noticed(&chain, &harbour, 2, &set).await, ["campaign_drift"]);
        // 100 days after the first, 40 after the last.
        later(100 * DAY);
        assert_eq!(chain.hub.sweep().await.unwrap()["campaign_sets"], 0);
        let anew = Chain::on(books.clone());
        assert_eq!(noticed(&anew, &harbour, 3, &set).await, ["campaign_drift"]);
        // What was kept before the start is seen too: at day 180 the last sale is 80 days old.
        later(180 * DAY);
        assert_eq!(anew.hub.sweep().await.unwrap()["campaign_sets"], 0);
        later(0);
    }
}

#[tokio::test]
async fn what_other_rules_priced_is_not_derived_anew_and_says_by_which() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let told = async |number: u32, pricing: Value| {
            let mut entry = serde_json::to_value(sale(&harbour, number)).unwrap();
            for (field, value) in pricing.as_object().unwrap() {
                entry["effects"]["completed"][0]["pricing"][field.as_str()] = value.clone();
            }
            let entry: saleflex_core::journal::Entry = serde_json::from_value(entry).unwrap();
            let recorded = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            // By the rules of this program the total is another.
            let (before, after) = recorded.rsplit_once("\"tax\":40").unwrap();
            let drifted = format!("{before}\"tax\":41{after}");
            let flags = deliver(&chain, &harbour, (number.into(), entry.entity), &drifted).await;
            let path = format!("/documents/{}", entry.entity);
            (flags, chain.get(&path, &harbour.owner.access).await["priced_by"].clone())
        };
        let (flags, by) = told(1, json!({})).await;
        assert_eq!(flags, ["drift"]);
        assert_eq!((&by["rules"], &by["campaign_engine"]), (&by["rules_here"], &Value::Null));
        let (flags, by) = told(2, json!({"engine_version": 99})).await;
        assert_eq!((flags, &by["rules"]), (vec!["not_rederived".to_owned()], &json!(99)));
        let by_others = json!({"campaign_set": "ab".repeat(32), "campaign_engine": "1"});
        let (flags, by) = told(3, by_others).await;
        assert_eq!(flags, ["drift", "not_rejudged"]);
        assert_eq!(by["campaign_engine"], "1");
        assert_ne!(by["campaign_engine_here"], "1");
    }
}

#[tokio::test]
async fn what_was_cancelled_by_other_rules_is_not_derived_anew_either() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        for (number, engine, noticed) in [(1, None, "drift"), (2, Some(99), "not_rederived")] {
            let entry = sale(&harbour, number);
            let mut told = serde_json::to_value(&entry).unwrap();
            let mut completed = told["effects"]["completed"][0].take();
            completed["document"]["totals"]["tax"] = json!(41);
            told["effects"] = json!({"cancelled": {
                "document": completed["document"], "cancelled_at": completed["completed_at"], "closure": 1,
                "authority": {"cashier": completed["completed_by"]}, "cause": "cashier",
            }});
            told["engine"] = engine.map_or(told["engine"].clone(), Value::from);
            let flags = deliver(&chain, &harbour, (number.into(), entry.entity), &told.to_string()).await;
            assert_eq!(flags, [noticed]);
        }
    }
}
