//! Books that were put back to a backup lend nothing of what they may have lent already.

use saleflex_core::{
    campaign::{Activation, Benefit, Campaign, Per, Reward},
    ids::CampaignId,
    quantity::Percent,
};
use saleflex_gate::settings::Settings;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    chain::Chain,
    gift_cards::{card, issue, keyed},
    quotas::{ask, campaign, exchange, granted, offers},
    relay::sql,
    support::{every_books, later},
};

/// A till says how it is; answers of which life the hub is.
async fn beats(chain: &Chain, device: &str, waiting: u64) -> Value {
    let beat = json!({
        "schema_version": 1, "software_version": "0.1.0", "epoch": Uuid::from_u128(99), "last_seq": 0,
        "queue_depth": waiting, "quarantined": 0, "clock": "2026-11-21T12:00:00Z",
    });
    chain.ok("POST", "/sync/heartbeat", device, beat).await["life"].clone()
}

fn money() -> Value {
    ask("campaign_budget", campaign())
}

/// A till says what it was lent before the books were put back.
fn said(units: i64) -> Value {
    let mut said = ask("campaign_uses", campaign());
    said["granted"] = json!(units);
    said
}

/// A campaign that a code opens, and a coupon with one.
async fn by_code(chain: &Chain, owner: &str) {
    let id = Uuid::from_u128(0xC2);
    let reward = Reward::Percent(Percent::parse("5").unwrap());
    let benefit = Benefit::Off { reward, per: Per::Document };
    let campaign =
        Campaign { activation: Activation::Coupon, ..Campaign::new(CampaignId::new(id), "CODES", benefit) };
    let row = json!({
        "code": "CODES", "name": "By code", "fk_campaign_type_id": Uuid::from_u128(0x17),
        "definition": serde_json::to_value(&campaign).unwrap(),
    });
    chain.ok("POST", "/definitions/campaigns", owner, json!({"id": id, "row": row})).await;
    let row = json!({"code": "ONLY", "fk_campaign_id": id, "coupon_type": "SINGLE_USE", "is_active": true});
    chain.ok("POST", "/definitions/coupons", owner, json!({"id": Uuid::from_u128(0xC3), "row": row})).await;
}

#[tokio::test]
async fn books_that_were_put_back_lend_nothing_until_every_till_was_heard() {
    for books in every_books().await {
        let chain = Chain::with(books.clone(), Settings::default());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let coupon = offers(&chain, owner).await;
        by_code(&chain, owner).await;
        issue(&chain, owner, "10.00").await;
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let first = harbour.device.as_str();
        beats(&chain, first, 0).await;
        beats(&chain, &second, 0).await;
        assert_eq!(granted(&chain, first, said(0)).await, 3);
        // What was lent is in none of the books that were put back.
        sql(&books, "DELETE FROM quota_share").await;
        let awaited = chain.hub.books_were_put_back().await.unwrap();
        let of = |code: &str| ("QUAY".to_owned(), code.to_owned());
        assert_eq!(awaited, [of("TILL-1"), of("TILL-2")]);

        let nothing = async |device: &str| {
            let answer = exchange(&chain, device, &[money()]).await["shares"][0].clone();
            assert_eq!((&answer["granted"], &answer["withheld"]), (&json!(0), &json!("awaiting_tills")));
            let redeem = json!({"code": "ONLY", "document_id": Uuid::from_u128(1)});
            chain.refused(("POST", "/coupons/redeem", device), redeem, (409, "awaiting_tills")).await;
            let one = json!({"amount": "1.00", "document_id": Uuid::from_u128(1)});
            let path = format!("/gift-cards/{}/redeem", card());
            let (status, answer) = keyed(&chain, &path, device, (one, "one")).await;
            assert_eq!((status, &answer["code"]), (409, &json!("awaiting_tills")));
        };
        let compares = async |device: &str| chain.get("/sync/state", device).await;
        nothing(&second).await;
        compares(&second).await;
        beats(&chain, &second, 0).await;
        nothing(&second).await;
        // What it holds is known when it has sent what is lacking, and that when it knows what is lacking.
        assert_eq!(granted(&chain, first, said(3)).await, 3, "it has no more and no less than it had");
        beats(&chain, first, 0).await;
        granted(&chain, first, said(3)).await;
        nothing(&second).await;
        compares(first).await;
        beats(&chain, first, 1).await;
        granted(&chain, first, said(3)).await;
        nothing(&second).await;
        beats(&chain, first, 0).await;
        nothing(&second).await;
        granted(&chain, first, said(3)).await;

        assert_eq!(granted(&chain, &second, money()).await, 250, "everybody was heard");
        assert_eq!(granted(&chain, &second, ask("coupon_uses", coupon)).await, 1);
        assert_eq!(granted(&chain, &second, ask("campaign_uses", campaign())).await, 2, "three are lent");
    }
}

#[tokio::test]
async fn who_was_lent_what_the_books_do_not_know_has_all_tills_awaited_until_they_are_given_up() {
    for books in every_books().await {
        let chain = Chain::with(books, Settings::default());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        offers(&chain, owner).await;
        let (lost, other) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        beats(&chain, &other, 0).await;
        let device = harbour.device.as_str();
        assert_eq!(
            granted(&chain, device, said(4)).await,
            4,
            "nobody told the hub that its books were put back"
        );
        assert_eq!(granted(&chain, device, money()).await, 0, "it lends nothing all the same");
        chain.get("/sync/state", device).await;
        beats(&chain, device, 0).await;
        granted(&chain, device, said(4)).await;
        assert_eq!(granted(&chain, device, money()).await, 0, "the other till may hold something");
        let written_off = json!({"terminal_id": lost, "reason": "Burnt with the shop"});
        let (status, answer) = keyed(&chain, "/quotas/write-off", owner, (written_off.clone(), "lost")).await;
        assert_eq!((status, &answer["items"]), (200, &json!([])), "{answer}");
        let (status, answer) = keyed(&chain, "/quotas/write-off", owner, (written_off, "once more")).await;
        assert_eq!((status, &answer["code"]), (409, &json!("nothing_lost")));
        assert_eq!(granted(&chain, device, money()).await, 250);
        let acts = chain.get("/audit?act=quota.awaited&limit=500", owner).await;
        assert_eq!(acts["items"][0]["detail"]["terminals"], 2, "{acts}");
        let acts = chain.get("/audit?act=quota.awaited_no_more&limit=500", owner).await;
        assert_eq!(acts["items"][0]["detail"]["reason"], "Burnt with the shop");
    }
}

#[tokio::test]
async fn who_is_awaited_is_named_and_moved_to_compare_and_who_may_deliver_no_more_is_not() {
    for books in every_books().await {
        let chain = Chain::with(books, Settings::default());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        offers(&chain, owner).await;
        by_code(&chain, owner).await;
        let (gone, other) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let device = harbour.device.as_str();
        let life = beats(&chain, device, 0).await;
        assert_eq!(beats(&chain, &other, 0).await, life);
        granted(&chain, device, said(4)).await;

        let awaited_for = async |code: &str| {
            let list = chain.get("/terminals", owner).await;
            let items = list["items"].as_array().unwrap();
            let till = items.iter().find(|till| till["code"] == code).unwrap().clone();
            assert_eq!(till["awaited_since"].is_null(), till["awaited_for"].is_null(), "{till}");
            till["awaited_for"].clone()
        };
        assert_eq!(
            (awaited_for("TILL-1").await, awaited_for("TILL-2").await),
            (json!("state"), json!("state"))
        );
        let redeem = json!({"code": "ONLY", "document_id": Uuid::from_u128(1)});
        let (status, answer) = chain.send("POST", "/coupons/redeem", device, &redeem).await;
        assert_eq!(
            (status.as_u16(), &answer["detail"]),
            (409, &json!("QUAY/TILL-1, QUAY/TILL-2")),
            "{answer}"
        );
        // Whoever hears of another life asks for the state, and once it has, hears of the hub's own.
        let another = beats(&chain, device, 0).await;
        assert_ne!(another, life);
        assert_eq!(beats(&chain, device, 0).await, another, "it knows");
        chain.get("/sync/state", device).await;
        // Everybody is awaited anew before it has heard of the hub's own.
        chain.hub.books_were_put_back().await.unwrap();
        later(60);
        let told = beats(&chain, device, 0).await;
        later(0);
        assert!(told != another && told != life, "{told} after {another}");
        chain.get("/sync/state", device).await;
        assert_eq!(awaited_for("TILL-1").await, "queue");
        assert_eq!(beats(&chain, device, 0).await, life);
        granted(&chain, device, said(4)).await;
        assert_eq!(awaited_for("TILL-1").await, Value::Null);
        assert_eq!(granted(&chain, device, money()).await, 0, "the other till may hold something");
        chain.ok("POST", &format!("/terminals/{gone}/revoke"), owner, json!({"grace_hours": 0})).await;
        assert_eq!(granted(&chain, device, money()).await, 500, "at once, and not with the next sweep");
    }
}

#[tokio::test]
async fn a_till_that_says_more_than_there_ever_was_stops_nobody_and_is_noted() {
    for books in every_books().await {
        let chain = Chain::with(books, Settings::default());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        offers(&chain, owner).await;
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let device = harbour.device.as_str();
        assert_eq!(granted(&chain, device, said(1_000)).await, 10, "it has all there is, and no more");
        assert_eq!(granted(&chain, &second, ask("campaign_uses", campaign())).await, 0, "so nobody else has");
        assert_eq!(granted(&chain, &second, money()).await, 250, "what it says nothing of is lent");
        granted(&chain, device, said(1_000)).await;
        let acts = chain.get("/audit?act=quota.doubted&limit=500", owner).await;
        let items = acts["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["detail"]["believed"]), (1, &json!(10)), "{acts}");
        assert_eq!(items[0]["subject_id"], harbour.terminal.as_str(), "{acts}");
        let acts = chain.get("/audit?act=quota.awaited&limit=500", owner).await;
        assert_eq!(acts["items"], json!([]));
        // Of books that were put back it is no wonder: what was sold and came back since is not in them.
        chain.hub.books_were_put_back().await.unwrap();
        assert_eq!(granted(&chain, &second, said(1_000)).await, 10);
        let acts = chain.get("/audit?act=quota.doubted&limit=500", owner).await;
        assert_eq!(acts["items"].as_array().unwrap().len(), 1, "{acts}");
    }
}
