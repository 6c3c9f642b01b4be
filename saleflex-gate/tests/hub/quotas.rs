//! Shares of limits: what is used and what is lent never come to more than the limit.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    campaign::{Benefit, Campaign, CampaignUse, CouponUse, Per, Reward, Usage},
    checkout::SaleUsage,
    ids::{CampaignId, CouponId, CustomerId, DocumentId},
    journal::Entry,
    money::Money,
    quantity::Percent,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, deliver_by, sale, sale_to},
    chain::{Chain, Company, chains, text},
    support::later,
};

const EPOCH: u128 = 99;

pub(crate) fn campaign() -> Uuid {
    Uuid::from_u128(0xCA)
}

/// A campaign of a tenth with every limit there is, and a coupon for one use.
pub(crate) async fn offers(chain: &Chain, owner: &str) -> Uuid {
    let reward = Reward::Percent(Percent::parse("10").unwrap());
    let benefit = Benefit::Off { reward, per: Per::Document };
    let mut tenth = Campaign::new(CampaignId::new(campaign()), "TENTH", benefit);
    tenth.limits.uses = Some(10);
    tenth.limits.uses_per_customer = Some(2);
    tenth.limits.budget = Some(Money::from_minor(1_000));
    let make = async |resource: &str, id: Uuid, row: Value| {
        let new = json!({"id": id, "row": row});
        chain.ok("POST", &format!("/definitions/{resource}"), owner, new).await
    };
    let kind = Uuid::from_u128(0x17);
    let named = json!({"code": "BASKET_DISCOUNT", "name": "Basket", "is_active": true});
    make("campaign_types", kind, named).await;
    let row = json!({
        "code": "TENTH", "name": "Tenth", "fk_campaign_type_id": kind,
        "definition": serde_json::to_value(&tenth).unwrap(),
    });
    make("campaigns", campaign(), row).await;
    let coupon = Uuid::from_u128(0xC0);
    let row =
        json!({"code": "ONCE", "fk_campaign_id": campaign(), "coupon_type": "SINGLE_USE", "is_active": true});
    make("coupons", coupon, row).await;
    coupon
}

pub(crate) fn ask(kind: &str, subject: Uuid) -> Value {
    json!({"kind": kind, "subject": subject, "since": 0, "returned": 0, "wanted": true})
}

pub(super) async fn exchange(chain: &Chain, device: &str, asks: &[Value]) -> Value {
    let body = json!({"schema_version": 1, "epoch": Uuid::from_u128(EPOCH), "asks": asks});
    chain.ok("POST", "/sync/quotas", device, body).await
}

/// What was granted of one share in all.
pub(crate) async fn granted(chain: &Chain, device: &str, ask: Value) -> i64 {
    exchange(chain, device, &[ask]).await["shares"][0]["granted"].as_i64().unwrap()
}

/// A sale that used the campaign, and perhaps the coupon.
fn used(company: &Company, receipt: u32, amount: i64, coupon: Option<Uuid>) -> Entry {
    let mut entry = sale(company, receipt);
    let amount = Money::from_minor(amount);
    let campaigns = vec![CampaignUse { campaign: CampaignId::new(campaign()), amount, coupon_code: None }];
    let coupons =
        coupon.map(|coupon| CouponUse { coupon: CouponId::new(coupon), amount }).into_iter().collect();
    let document = DocumentId::new(Uuid::from_u128(u128::from(receipt) + 1_000));
    entry.effects.usage = vec![SaleUsage { document, usage: Usage { campaigns, coupons, reversed: None } }];
    entry
}

async fn send(chain: &Chain, company: &Company, seq: u64, entry: &Entry) -> Vec<String> {
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    deliver(chain, company, (seq, entry.entity), &bytes).await
}

#[tokio::test]
async fn what_is_used_and_what_is_lent_never_come_to_more_than_the_limit() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let uses = || ask("campaign_uses", campaign());
        let first = granted(&chain, &harbour.device, uses()).await;
        assert_eq!(first, 3, "half of an even part of ten");
        assert_eq!(granted(&chain, &harbour.device, uses()).await, 3, "asking again lends no more");
        assert_eq!(granted(&chain, &second, uses()).await, 2);
        for receipt in 1..=3 {
            let flags = send(&chain, &harbour, receipt.into(), &used(&harbour, receipt, 5, None)).await;
            assert_eq!(flags, Vec::<String>::new());
        }
        // Three were used and two are the second till's: five are free, of which the first gets half of an even part.
        assert_eq!(granted(&chain, &harbour.device, uses()).await, 3 + 2);
        let mut all = (5, 2);
        for round in 0..20 {
            let device = if round % 2 == 0 { &second } else { &harbour.device };
            let now = granted(&chain, device, uses()).await;
            if round % 2 == 0 {
                all.1 = now;
            } else {
                all.0 = now;
            }
            assert!(all.0 + all.1 <= 10, "{all:?}");
        }
        let list = chain.get("/quotas", &harbour.owner.access).await;
        let of = |code: &str| {
            let items = list["items"].as_array().unwrap();
            items.iter().find(|one| one["terminal_code"] == code).unwrap().clone()
        };
        assert_eq!((&of("TILL-1")["used"], &of("TILL-1")["left"]), (&json!(3), &json!(all.0 - 3)));
        assert_eq!((&of("TILL-2")["used"], &of("TILL-2")["left"]), (&json!(0), &json!(all.1)));
    }
}

#[tokio::test]
async fn what_a_till_gives_back_is_lent_again_once_whatever_is_repeated_or_late() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let coupon = offers(&chain, &harbour.owner.access).await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let once = || ask("coupon_uses", coupon);
        assert_eq!(granted(&chain, &harbour.device, once()).await, 1);
        assert_eq!(granted(&chain, &second, once()).await, 0, "it is lent to the other till");
        let redeem = json!({"code": "ONCE", "document_id": Uuid::from_u128(1)});
        chain.refused(("POST", "/coupons/redeem", &second), redeem, (422, "coupon_refused")).await;
        let mut back = once();
        (back["returned"], back["wanted"]) = (json!(1), json!(false));
        assert_eq!(granted(&chain, &harbour.device, back.clone()).await, 1, "what was granted only rises");
        assert_eq!(granted(&chain, &second, once()).await, 1);
        // What was sent before arrives late, and asks for nothing it had not.
        let mut late = once();
        late["wanted"] = json!(false);
        granted(&chain, &harbour.device, late).await;
        assert_eq!(granted(&chain, &harbour.device, back).await, 1);
        let mut more = once();
        more["returned"] = json!(1);
        assert_eq!(granted(&chain, &harbour.device, more).await, 1, "the other till has it now");
    }
}

/// What a till is told where it gets nothing of the coupon.
async fn withheld(chain: &Chain, device: &str, ask: Value) -> Value {
    exchange(chain, device, &[ask]).await["shares"][0]["withheld"].clone()
}

#[tokio::test]
async fn a_till_that_gets_nothing_hears_why_and_that_it_may_ask_again_soon() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let coupon = offers(&chain, &harbour.owner.access).await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let once = || ask("coupon_uses", coupon);
        assert_eq!(withheld(&chain, &harbour.device, once()).await, Value::Null, "it is lent");
        let answer = exchange(&chain, &second, &[once()]).await;
        assert_eq!(answer["shares"][0]["withheld"], "lent_elsewhere");
        let [until, now] = [&answer["shares"][0]["expires_at"], &answer["server_time"]]
            .map(|time| text(time).parse::<DateTime<Utc>>().unwrap());
        assert_eq!(until - now, TimeDelta::minutes(1), "also a till that goes by the time alone");
        let nowhere = ask("coupon_uses", Uuid::from_u128(404));
        assert_eq!(withheld(&chain, &second, nowhere).await, "not_in_force");
        let mut unwanted = once();
        unwanted["wanted"] = json!(false);
        assert_eq!(withheld(&chain, &second, unwanted).await, Value::Null);
        send(&chain, &harbour, 1, &used(&harbour, 1, 5, Some(coupon))).await;
        for device in [&second, &harbour.device] {
            assert_eq!(withheld(&chain, device, once()).await, "used_up");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_tills_that_ask_for_a_coupon_at_the_same_instant_one_is_lent_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        offers(&chain, owner).await;
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (_, third) = chain.terminal(owner, &harbour.store, "TILL-3", "pos").await;
        for number in 1..=4_u128 {
            let coupon = Uuid::from_u128(0xC00 + number);
            let row = json!({
                "code": format!("ONCE{number}"), "fk_campaign_id": campaign(), "coupon_type": "SINGLE_USE",
                "is_active": true,
            });
            chain.ok("POST", "/definitions/coupons", owner, json!({"id": coupon, "row": row})).await;
            let lent = async |device: &str| granted(&chain, device, ask("coupon_uses", coupon)).await;
            let (one, two, three) = tokio::join!(lent(&harbour.device), lent(&second), lent(&third));
            assert_eq!(one + two + three, 1, "{number}: {one}, {two}, {three}");
        }
    }
}

#[tokio::test]
async fn money_and_each_customers_uses_are_lent_like_the_rest() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let money = || ask("campaign_budget", campaign());
        assert_eq!(granted(&chain, &harbour.device, money()).await, 250);
        assert_eq!(granted(&chain, &second, money()).await, 188);
        send(&chain, &harbour, 1, &used(&harbour, 1, 240, None)).await;
        assert_eq!(granted(&chain, &harbour.device, money()).await, 250 + 133, "240 of 250 were used");
        let mut of_ada = ask("customer_uses", campaign());
        of_ada["customer"] = json!(CustomerId::new(Uuid::from_u128(0xADA)).uuid());
        let mut sum = 0;
        for device in [&harbour.device, &second] {
            sum += granted(&chain, device, of_ada.clone()).await;
        }
        assert_eq!(sum, 2, "one each");
        of_ada["customer"] = json!(Uuid::from_u128(0xB0B));
        assert_eq!(granted(&chain, &second, of_ada).await, 1, "another customer's are others");
    }
}

#[tokio::test]
async fn a_sale_beyond_what_was_lent_is_marked_and_the_company_says_what_tills_do() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let coupon = offers(&chain, owner).await;
        let answer = exchange(&chain, &harbour.device, &[]).await;
        assert_eq!(answer["policy"], "refuse", "the limit holds where nobody says otherwise");
        let path = format!("/companies/{}", harbour.slug);
        let policy = |policy: &str| json!({"quota_policy": policy});
        chain.refused(("PATCH", &path, owner), policy("perhaps"), (422, "field_invalid")).await;
        let changed = chain.ok("PATCH", &path, owner, policy("allow")).await;
        assert_eq!(changed["quota_policy"], "allow");
        assert_eq!(exchange(&chain, &harbour.device, &[]).await["policy"], "allow");

        let mut nothing = ask("coupon_uses", coupon);
        nothing["wanted"] = json!(false);
        granted(&chain, &harbour.device, nothing).await;
        let flags = send(&chain, &harbour, 1, &used(&harbour, 1, 5, Some(coupon))).await;
        assert_eq!(flags, [""; 0], "it counts for itself, and the limit holds it");
        let flags = send(&chain, &harbour, 2, &used(&harbour, 2, 5, Some(coupon))).await;
        assert_eq!(flags, ["over_quota"], "the coupon counts once");
        let shares = async || chain.get("/quotas", owner).await["items"][0].clone();
        assert_eq!((&shares().await["used"], &shares().await["granted"]), (&json!(2), &json!(0)));
        granted(&chain, &harbour.device, ask("coupon_uses", coupon)).await;
        assert_eq!(shares().await["left"], 0, "the debt is made up for, and nothing is left of the limit");
    }
}

#[tokio::test]
async fn a_till_that_was_lent_nothing_gives_nothing_where_the_company_says_so() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let coupon = offers(&chain, &harbour.owner.access).await;
        // What it sold before it asked for anything may be older than the limit: it is held to that alone.
        assert_eq!(send(&chain, &harbour, 1, &used(&harbour, 1, 5, None)).await, [""; 0]);
        let mut nothing = ask("coupon_uses", coupon);
        (nothing["wanted"], nothing["since"]) = (json!(false), json!(1));
        granted(&chain, &harbour.device, nothing).await;
        let flags = send(&chain, &harbour, 2, &used(&harbour, 2, 5, Some(coupon))).await;
        assert_eq!(
            flags,
            ["over_quota"],
            "the limit would hold it, and the till was told that it has nothing"
        );
        // The budget of 10.00 is gone.
        let flags = send(&chain, &harbour, 3, &used(&harbour, 3, 991, None)).await;
        assert_eq!(flags, ["over_quota"]);
    }
}

#[tokio::test]
async fn events_before_the_till_began_to_count_use_nothing_of_its_share_up() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let mut uses = ask("campaign_uses", campaign());
        uses["since"] = json!(1);
        let lent = granted(&chain, &harbour.device, uses.clone()).await;
        send(&chain, &harbour, 1, &used(&harbour, 1, 5, None)).await;
        let shares = chain.get("/quotas", &harbour.owner.access).await;
        assert_eq!((&shares["items"][0]["used"], &shares["items"][0]["left"]), (&json!(0), &json!(lent)));
        let other = granted(&chain, &second, ask("campaign_uses", campaign())).await;
        assert!(lent + other < 10, "the sale counts for everybody");
        // A hub that came back from a backup is told what it lent.
        let mut known = uses;
        known["granted"] = json!(7);
        known["wanted"] = json!(false);
        assert_eq!(granted(&chain, &harbour.device, known).await, 7);
        let rest = granted(&chain, &second, ask("campaign_uses", campaign())).await;
        assert!(1 + 7 + rest <= 10, "{rest}");
    }
}

#[tokio::test]
async fn a_request_that_is_none_is_refused_and_lends_nothing() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        let post = ("POST", "/sync/quotas", harbour.device.as_str());
        let whole = |asks: Value| json!({"schema_version": 1, "epoch": Uuid::from_u128(EPOCH), "asks": asks});
        chain.refused(post, json!({"asks": []}), (400, "invalid_request")).await;
        let mut newer = whole(json!([]));
        newer["schema_version"] = json!(9);
        chain.refused(post, newer, (422, "schema_version_unknown")).await;
        let many = vec![ask("campaign_uses", campaign()); 501];
        chain.refused(post, whole(json!(many)), (400, "too_many_items")).await;
        let mut below = ask("campaign_uses", campaign());
        below["returned"] = json!(-1);
        chain.refused(post, whole(json!([below])), (400, "invalid_request")).await;
        let odd = [ask("moon_dust", campaign()), ask("campaign_uses", Uuid::from_u128(404))];
        let shares = exchange(&chain, &harbour.device, &odd).await["shares"].clone();
        assert_eq!((shares.as_array().unwrap().len(), &shares[0]["granted"]), (1, &json!(0)), "{shares}");
        assert_eq!(text(&shares[0]["kind"]), "campaign_uses");
    }
}

#[tokio::test]
async fn a_till_that_says_it_holds_more_than_there_is_breaks_down_nobody_else() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        assert_eq!(granted(&chain, &second, ask("campaign_uses", campaign())).await, 3);
        let post = ("POST", "/sync/quotas", harbour.device.as_str());
        for (field, number) in [
            ("granted", u64::MAX),
            ("granted", i64::MAX.unsigned_abs()),
            ("returned", u64::MAX),
            ("since", u64::MAX),
        ] {
            let mut wild = ask("campaign_uses", campaign());
            wild[field] = json!(number);
            let whole = json!({"schema_version": 1, "epoch": Uuid::from_u128(EPOCH), "asks": [wild]});
            let (status, answer) = chain.send(post.0, post.1, post.2, &whole).await;
            assert_eq!(
                (status.as_u16(), &answer["code"], &answer["detail"]),
                (422, &json!("field_invalid"), &json!(field))
            );
        }
        // What can be counted to is believed up to the limit, and what was never lent does not come back.
        let mut all = ask("campaign_uses", campaign());
        (all["granted"], all["wanted"]) = (json!(1_000_000), json!(false));
        assert_eq!(granted(&chain, &harbour.device, all).await, 10);
        let mut back = ask("campaign_uses", campaign());
        (back["returned"], back["wanted"]) = (json!(1_000_000), json!(false));
        assert_eq!(exchange(&chain, &harbour.device, &[back]).await["shares"][0]["returned"], 10);
        assert_eq!(granted(&chain, &second, ask("campaign_uses", campaign())).await, 3);
        let shares = chain.get("/quotas", &harbour.owner.access).await;
        let left: i64 =
            shares["items"].as_array().unwrap().iter().map(|share| share["left"].as_i64().unwrap()).sum();
        assert_eq!(left, 3, "{shares}");
    }
}

async fn given_up(chain: &Chain, owner: &str, (terminal, key): (&str, &str)) -> (u16, Value) {
    let loss = json!({"terminal_id": terminal, "reason": "Burnt with the shop"});
    let key = [("idempotency-key", key)];
    let (status, answer) = chain.send_with("POST", "/quotas/write-off", owner, &loss, &key).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn what_a_lost_till_had_is_given_up_by_a_person_once_it_is_over_and_comes_back_to_nobody_twice() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.clone();
        offers(&chain, &owner).await;
        let (_, second) = chain.terminal(&owner, &harbour.store, "TILL-2", "pos").await;
        let mut uses = ask("campaign_uses", campaign());
        assert_eq!(granted(&chain, &harbour.device, uses.clone()).await, 3);
        let (status, answer) = given_up(&chain, &owner, (&harbour.terminal, "early")).await;
        assert_eq!((status, &answer["code"]), (409, &json!("nothing_lost")), "it may still come back");
        later(25 * 60 * 60);
        let mut person = chain.login("harbour.owner").await;
        chain.choose(&mut person, &harbour.id).await;
        let owner = person.access;
        let nowhere = given_up(&chain, &owner, (&Uuid::from_u128(5).to_string(), "nowhere")).await;
        assert_eq!(nowhere.0, 404, "{}", nowhere.1);
        let (status, answer) = given_up(&chain, &owner, (&harbour.terminal, "lost")).await;
        assert_eq!((status, &answer["items"][0]["left"]), (200, &json!(3)), "{answer}");
        assert_eq!(
            given_up(&chain, &owner, (&harbour.terminal, "lost")).await.1,
            answer,
            "said twice, done once"
        );
        let list = chain.get("/quotas", &owner).await;
        assert_eq!((&list["items"][0]["written_off"], &list["items"][0]["left"]), (&json!(3), &json!(0)));
        let acts = chain.get("/audit?act=quota.written_off&limit=500", &owner).await;
        assert_eq!(acts["items"].as_array().unwrap().len(), 1, "{acts}");
        assert_eq!(acts["items"][0]["detail"]["reason"], "Burnt with the shop");
        assert_eq!(granted(&chain, &second, uses.clone()).await, 3, "as if nothing were lent");

        // It is found after all: what it holds goes back before it gets anything.
        let answer = exchange(&chain, &harbour.device, &[uses.clone()]).await;
        assert_eq!(answer["shares"][0]["granted"], 3);
        assert_eq!(answer["shares"][0]["expires_at"], answer["server_time"], "over at once");
        uses["returned"] = json!(3);
        assert_eq!(granted(&chain, &harbour.device, uses).await, 3 + 2, "a share of the seven that are free");
        let list = chain.get("/quotas", &owner).await;
        let shares = list["items"].as_array().unwrap();
        assert!(shares.iter().all(|share| share["written_off"] == 0), "{list}");
        assert_eq!(shares.iter().map(|share| share["left"].as_i64().unwrap()).sum::<i64>(), 5);
        later(0);
    }
}

#[tokio::test]
async fn a_sale_out_of_a_share_that_was_given_up_is_marked() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        granted(&chain, &harbour.device, ask("campaign_uses", campaign())).await;
        later(25 * 60 * 60);
        let mut person = chain.login("harbour.owner").await;
        chain.choose(&mut person, &harbour.id).await;
        assert_eq!(given_up(&chain, &person.access, (&harbour.terminal, "lost")).await.0, 200);
        let flags = send(&chain, &harbour, 1, &used(&harbour, 1, 5, None)).await;
        assert_eq!(flags, ["over_quota"]);
        later(0);
    }
}

#[tokio::test]
async fn a_till_that_moves_twice_keeps_what_it_was_lent_and_what_it_used_of_it() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        offers(&chain, owner).await;
        chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let said = |granted: i64| {
            let mut ask = ask("campaign_uses", campaign());
            ask["granted"] = json!(granted);
            ask
        };
        assert_eq!(granted(&chain, &harbour.device, said(0)).await, 3, "half of an even part of ten");
        for receipt in 1..=3 {
            send(&chain, &harbour, receipt.into(), &used(&harbour, receipt, 5, None)).await;
        }
        let (mut terminal, mut device, mut lent) = (harbour.terminal.clone(), harbour.device.clone(), 3);
        // Of the seven that are left it gets half of an even part; then it has those.
        for (store, in_all) in [(&harbour.other_store, 3 + 2), (&harbour.store, 3 + 2)] {
            let there = json!({"store_id": store, "sequences": "continue"});
            let moved = chain.ok("POST", &format!("/terminals/{terminal}/move"), owner, there).await;
            let old = exchange(&chain, &device, &[said(lent)]).await;
            assert_eq!(old["shares"], json!([]), "they went with it");
            terminal = moved["terminal"]["id"].as_str().unwrap().to_owned();
            device = chain.enrol(&moved["enrolment_code"]).await;
            lent = granted(&chain, &device, said(lent)).await;
            assert_eq!(lent, in_all);
        }
    }
}

/// A sale to a customer that used the campaign.
fn used_by(company: &Company, receipt: u32, customer: u128) -> Entry {
    let mut entry = sale_to(company, receipt, None, Some(CustomerId::new(Uuid::from_u128(customer))));
    entry.effects.usage = used(company, receipt, 5, None).effects.usage;
    entry
}

#[tokio::test]
async fn a_customers_uses_are_held_to_that_customers_share_and_to_nobody_elses() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        offers(&chain, &harbour.owner.access).await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let (ada, bob, eve) = (0xADA, 0xB0B, 0xE5E);
        let mut of_ada = ask("customer_uses", campaign());
        of_ada["customer"] = json!(Uuid::from_u128(ada));
        assert_eq!(granted(&chain, &harbour.device, of_ada).await, 1);
        let buy = async |(till, device): (&str, &str), (seq, receipt): (u64, u32), customer: u128| {
            let entry = used_by(&harbour, receipt, customer);
            let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
            let flags = deliver_by(&chain, &harbour, (till, device), (seq, entry.entity), &bytes).await;
            flags.contains(&"over_quota".to_owned())
        };
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        assert!(!buy(two, (1, 11), bob).await && !buy(two, (2, 12), bob).await, "two are his");
        assert!(buy(one, (1, 1), bob).await, "a third time, whatever was lent for Ada");
        assert!(!buy(one, (2, 2), ada).await, "she was lent one");
        assert!(buy(one, (3, 3), ada).await, "beyond it");
        assert!(!buy(one, (4, 4), eve).await, "that is Ada's doing");
    }
}
