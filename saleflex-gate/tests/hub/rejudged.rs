//! Sales that are judged by campaigns of before, whenever the hub was started.

use saleflex_core::{
    campaign::{Benefit, Campaign, CampaignSet, Per, Reward},
    ids::CampaignId,
    quantity::Percent,
};
use serde_json::json;
use uuid::Uuid;

use super::{
    business::{deliver, priced_by_set, sale},
    chain::{Chain, Company},
    support::{every_books, later},
};

const DAY: i64 = 24 * 60 * 60;

/// What a hub notices about a sale that has no discount and says it was judged by a set that gives one.
async fn noticed(chain: &Chain, company: &Company, number: u32, set: &CampaignSet) -> Vec<String> {
    let lying = priced_by_set(&sale(company, number), set.hash().to_string());
    let bytes = String::from_utf8(lying.to_bytes().unwrap()).unwrap();
    deliver(chain, company, (number.into(), lying.entity), &bytes).await
}

#[tokio::test]
async fn a_sale_is_judged_by_campaigns_of_before_also_after_the_hub_was_started_anew() {
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let id = Uuid::from_u128(0xCA);
    let tenth = Campaign::new(CampaignId::new(id), "TENTH", Benefit::Off { reward, per: Per::Document });
    let set = CampaignSet::compile(vec![tenth.clone()]).unwrap();
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let row = json!({"code": "BASKET_DISCOUNT", "name": "Basket"});
        let kind = chain.ok("POST", "/definitions/campaign_types", owner, json!({"row": row})).await;
        let row = json!({
            "code": "TENTH", "name": "Tenth", "fk_campaign_type_id": kind["id"],
            "definition": serde_json::to_value(&tenth).unwrap(),
        });
        let made = chain.ok("POST", "/definitions/campaigns", owner, json!({"id": id, "row": row})).await;
        assert_eq!(noticed(&chain, &harbour, 1, &set).await, ["campaign_drift"]);
        // The campaign goes, and the hub is started anew: a till that was away tells of a sale of before.
        let path = format!("/definitions/campaigns/{id}");
        let tag = format!("\"{}\"", made["version"]);
        let read = [("if-match", tag.as_str())];
        assert!(chain.send_with("DELETE", &path, owner, &json!({}), &read).await.0.is_success());
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
