//! Quotas behind a store's hub: it borrows of the company's and lends on, and the limit of the company holds although
//! either is away.

use axum::{Router, body::Body, http::StatusCode};
use saleflex_core::{
    campaign::{CampaignUse, Usage},
    checkout::SaleUsage,
    ids::{CampaignId, DocumentId},
    journal::Entry,
    money::Money,
};
use saleflex_gate::{Hub, db::Books};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::sale_at,
    gift_cards::paid_by,
    relay::{Store, both, company, sql},
    support::{call, codes, request},
    sync::{PUSH, item, push, verdicts},
};

const LIMIT: i64 = 10;
const SPRING: &str = "a9a32748-7483-5ce1-9373-2fd7c08822c2";
/// A coupon for one use.
const ONCE: &str = "00000000-0000-0000-0000-0000000000c0";

/// The company's definitions, with a limit on the campaign, which may be over.
fn seed(is_active: bool) -> Value {
    let seed = include_str!("../../../vectors/wire/init/harbour-TILL-1.json");
    let mut seed: Value = serde_json::from_str(seed).unwrap();
    seed["data"]["campaigns"][0]["total_usage_limit"] = json!(LIMIT);
    seed["data"]["campaigns"][0]["is_active"] = json!(is_active);
    seed
}

/// A company's hub with a till of its own, and a store's hub with two.
struct Chain {
    above: Books,
    hub: Hub,
    gate: Router,
    direct: String,
    store: Store,
    tills: [String; 2],
}

impl Chain {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for (office, above) in both().await {
            let (hub, gate, token) = company(above.clone()).await;
            hub.import("harbour".into(), seed(true)).await.unwrap();
            let direct = hub.register(codes("TILL-9"), 9).await.unwrap().secret;
            let mut store = Store::open(office, token).await;
            let tills = [store.shop.till_1.secret.clone(), store.shop.till_2.secret.clone()];
            // The first time it learns of the campaign, the second it borrows.
            store.forward(Some(gate.clone())).await;
            store.forward(Some(gate.clone())).await;
            all.push(Self { above, hub, gate, direct, store, tills });
        }
        all
    }

    async fn forward(&mut self) {
        self.store.forward(Some(self.gate.clone())).await;
    }

    /// What a till has in all, when it asks a hub.
    async fn granted(router: &Router, token: &str, returned: i64) -> i64 {
        Self::granted_to((router, token), 99, returned).await
    }

    /// The same of one life of the till's file.
    async fn granted_to((router, token): (&Router, &str), life: u128, returned: i64) -> i64 {
        let ask = json!({"kind": "campaign_uses", "subject": SPRING, "since": 0, "returned": returned,
            "wanted": returned == 0});
        Self::share((router, token), life, ask).await["granted"].as_i64().unwrap()
    }

    async fn share((router, token): (&Router, &str), life: u128, ask: Value) -> Value {
        let body = json!({"schema_version": 1, "epoch": Uuid::from_u128(life), "asks": [ask]});
        let asked = request("POST", "/api/v1/sync/quotas", Some(token), Body::from(body.to_string()));
        let (status, answer) = call(router, asked).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["shares"][0].clone()
    }

    /// Why the store's first till gets nothing of what it asks for.
    async fn withheld(&self, (kind, subject): (&str, &str)) -> Value {
        let ask = json!({"kind": kind, "subject": subject, "since": 0, "wanted": true});
        Self::share((&self.store.shop.router, &self.tills[0]), 99, ask).await["withheld"].clone()
    }

    async fn at_the_store(&self, till: usize) -> i64 {
        Self::granted(&self.store.shop.router, &self.tills[till], 0).await
    }

    async fn at_the_company(&self) -> i64 {
        Self::granted(&self.gate, &self.direct, 0).await
    }

    /// Delivers a sale of the store's first till that used the campaign.
    async fn sell(&self, receipt: u32) -> Vec<Value> {
        let shop = &self.store.shop;
        let entry = used((shop.store, shop.till_1.terminal.id), receipt);
        // The recorded store counts in pounds.
        let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap().replace("\"TRY\"", "\"GBP\"");
        self.deliver((receipt.into(), entry.entity), serde_json::from_str(&bytes).unwrap()).await
    }

    /// The same of one that a gift card paid; answers whether that was beyond what it was lent.
    async fn sell_by_card(&self, receipt: u32, card: &str) -> Vec<Value> {
        let shop = &self.store.shop;
        let entry = sale_at((shop.store, shop.till_1.terminal.id), receipt, None, None);
        let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap().replace("\"TRY\"", "\"GBP\"");
        let mut value = serde_json::from_str(&bytes).unwrap();
        paid_by(&mut value, card.parse().unwrap());
        let flags = self.deliver((receipt.into(), entry.entity), value).await;
        flags.into_iter().filter(|flag| flag == "over_quota").collect()
    }

    async fn deliver(&self, (seq, entity): (u64, Uuid), value: Value) -> Vec<Value> {
        let bytes = value.to_string();
        let shop = &self.store.shop;
        let sent = push(vec![item(seq, entity.as_u128(), &bytes)]);
        let (_, answer) = shop.post(PUSH, Some(&self.tills[0]), &sent).await;
        assert_eq!(verdicts(&answer), ["accepted"], "{answer}");
        answer["results"][0]["flags"].as_array().cloned().unwrap_or_default()
    }
}

fn used(at: (Uuid, Uuid), receipt: u32) -> Entry {
    let mut entry = sale_at(at, receipt, None, None);
    let (campaign, amount) = (CampaignId::new(Uuid::parse_str(SPRING).unwrap()), Money::from_minor(24));
    let campaigns = vec![CampaignUse { campaign, amount, coupon_code: None }];
    let document = DocumentId::new(Uuid::from_u128(u128::from(receipt) + 1_000));
    let usage = Usage { campaigns, coupons: Vec::new(), reversed: None };
    entry.effects.usage = vec![SaleUsage { document, usage }];
    entry
}

#[tokio::test(flavor = "multi_thread")]
async fn tills_of_two_hubs_never_come_to_more_than_the_limit_also_while_the_companys_is_away() {
    for mut chain in Chain::all().await {
        let mut held =
            [chain.at_the_store(0).await, chain.at_the_store(1).await, chain.at_the_company().await];
        assert!(held.iter().all(|units| *units > 0), "everybody has some: {held:?}");
        for round in 0..12 {
            // The company's hub is away every other time, and its own till asks all the same.
            if round % 2 == 0 {
                chain.forward().await;
            } else {
                chain.store.forward(None).await;
            }
            held = [chain.at_the_store(0).await, chain.at_the_store(1).await, chain.at_the_company().await];
            assert!(held.iter().sum::<i64>() <= LIMIT, "{held:?}");
        }
        for receipt in 1..=u32::try_from(held[0]).unwrap() {
            assert!(chain.sell(receipt).await.is_empty(), "what was lent is not marked");
            chain.forward().await;
            let more =
                [chain.at_the_store(0).await, chain.at_the_store(1).await, chain.at_the_company().await];
            assert!(more.iter().sum::<i64>() <= LIMIT, "{more:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tills_that_begin_anew_again_and_again_are_lent_every_unit_once() {
    for mut chain in Chain::all().await {
        let (mut at_the_store, mut at_the_company) = (0, 0);
        for life in 100..120_u128 {
            let till = &chain.tills[usize::from(life % 2 == 0)];
            at_the_store += Chain::granted_to((&chain.store.shop.router, till), life, 0).await;
            at_the_company += Chain::granted_to((&chain.gate, &chain.direct), life, 0).await;
            let held = one(chain.store.books(), "SELECT granted - returned FROM borrowed_share").await;
            assert!(at_the_store <= held, "{at_the_store} of {held} that it was lent");
            assert!(held + at_the_company <= LIMIT, "{held} and {at_the_company}");
            chain.forward().await;
        }
        assert_eq!(at_the_store + at_the_company, LIMIT, "nothing is left over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_stores_tills_used_counts_at_both_hubs_once() {
    for mut chain in Chain::all().await {
        assert!(chain.at_the_store(0).await > 0);
        chain.sell(1).await;
        chain.forward().await;
        chain.forward().await;
        let node = "SELECT count(*) FROM offer_use u JOIN quota_share s ON s.terminal_id = u.node_id \
                    AND s.epoch = u.node_life AND u.node_no > s.since_seq";
        assert_eq!(one(&chain.above, node).await, 1, "it uses up what the store's hub was lent");
        assert_eq!(one(&chain.above, "SELECT count(*) FROM offer_use").await, 1);
        let told = "SELECT used FROM borrowed_share WHERE kind = 'campaign_uses'";
        assert_eq!(one(chain.store.books(), told).await, 1, "and the store's hub is told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_lends_what_it_was_lent_and_marks_what_goes_beyond() {
    for chain in Chain::all().await {
        let lent = chain.at_the_store(0).await;
        for receipt in 1..=u32::try_from(lent).unwrap() {
            assert!(chain.sell(receipt).await.is_empty());
        }
        let flags = chain.sell(u32::try_from(lent).unwrap() + 1).await;
        assert_eq!(flags, [json!("over_quota")]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_come_back_from_the_till_to_the_store_and_from_the_store_to_the_company() {
    for mut chain in Chain::all().await {
        let lent = chain.at_the_store(0).await;
        // The campaign is over: the store's hub gives back what no till has.
        chain.hub.import("harbour".into(), seed(false)).await.unwrap();
        chain.forward().await;
        chain.forward().await;
        let out = "SELECT granted - returned FROM quota_share s JOIN terminal t ON t.terminal_id = s.terminal_id \
                   AND t.company_id = s.company_id WHERE t.is_node = 1 AND s.kind = 'campaign_uses'";
        assert_eq!(one(&chain.above, out).await, lent, "the till has it still");
        Chain::granted(&chain.store.shop.router, &chain.tills[0], lent).await;
        chain.forward().await;
        assert_eq!(one(&chain.above, out).await, 0);
        chain.hub.import("harbour".into(), seed(true)).await.unwrap();
        // Half of an even part among the two tills that the company's hub knows: with units still out it would be less.
        let (there, of_the_rest) = ((LIMIT + 3) / 4, (LIMIT - lent + 3) / 4);
        assert!(of_the_rest < there);
        assert_eq!(chain.at_the_company().await, there, "others are lent it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_at_a_store_is_lent_to_nobody_and_goes_back_before_more_comes() {
    for mut chain in Chain::all().await {
        let before = one(chain.store.books(), "SELECT granted FROM borrowed_share").await;
        assert!(before > 0);
        sql(chain.store.books(), "UPDATE borrowed_share SET expires_at = 0").await;
        assert_eq!(chain.at_the_store(0).await, 0, "it is the company's again");
        chain.forward().await;
        let (granted, returned) = (
            one(chain.store.books(), "SELECT granted FROM borrowed_share").await,
            one(chain.store.books(), "SELECT returned FROM borrowed_share").await,
        );
        assert_eq!(returned, before);
        assert!(granted > before && granted - returned <= LIMIT, "{granted} {returned}");
        assert!(chain.at_the_store(0).await > 0);
    }
}

async fn one(books: &Books, statement: &'static str) -> i64 {
    use saleflex_gate::db::{DatabaseError, Tenant};
    let read = books.read::<_, DatabaseError>(Tenant::Platform, move |session| {
        session.query(statement, &[])?.first().map_or(Ok(0), |row| row.integer(0))
    });
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_lends_nothing_on_of_what_is_out_of_force() {
    for chain in Chain::all().await {
        assert!(chain.at_the_store(0).await > 0);
        // It hears of it before the company's hub asks for what it lent.
        let ended = "UPDATE definition SET body = replace(body, '\"is_active\":true', '\"is_active\":false') \
                     WHERE resource = 'campaigns'";
        sql(chain.store.books(), ended).await;
        sql(chain.store.books(), "UPDATE company SET changes = changes + 1").await;
        assert_eq!(chain.at_the_store(1).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_that_is_over_and_used_up_is_asked_about_no_more_and_its_counts_stay() {
    for mut chain in Chain::all().await {
        let lent = chain.at_the_store(0).await;
        for receipt in 1..=u32::try_from(lent).unwrap() {
            chain.sell(receipt).await;
        }
        chain.hub.import("harbour".into(), seed(false)).await.unwrap();
        for _ in 0..4 {
            chain.forward().await;
        }
        let settled = "SELECT is_settled FROM borrowed_share WHERE kind = 'campaign_uses'";
        assert_eq!(one(chain.store.books(), settled).await, 1);
        // It is in force again: what was used of it is used still, at both hubs.
        chain.hub.import("harbour".into(), seed(true)).await.unwrap();
        for _ in 0..3 {
            chain.forward().await;
        }
        assert_eq!(one(chain.store.books(), settled).await, 0);
        let held = one(chain.store.books(), "SELECT granted - returned FROM borrowed_share").await;
        assert!(lent < held && held <= LIMIT, "{held} with the {lent} that were used");
        let more = [chain.at_the_store(1).await, chain.at_the_company().await];
        assert!(more.iter().sum::<i64>() + lent <= LIMIT, "{more:?} beside {lent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn why_the_companys_hub_lends_nothing_is_told_behind_the_stores_as_long_as_its_word_stands() {
    let coupon = ("coupon_uses", ONCE);
    for mut chain in Chain::all().await {
        let mut seed = seed(true);
        seed["data"]["coupons"] = json!([{"id": ONCE, "code": "ONCE", "fk_campaign_id": SPRING,
            "coupon_type": "SINGLE_USE", "is_active": true}]);
        chain.hub.import("harbour".into(), seed).await.unwrap();
        chain.forward().await;
        let once = json!({"kind": "coupon_uses", "subject": ONCE, "since": 0, "wanted": true});
        assert_eq!(Chain::share((&chain.gate, &chain.direct), 99, once).await["granted"], 1);
        assert_eq!(chain.withheld(coupon).await, "asked_above");
        chain.forward().await;
        assert_eq!(chain.withheld(coupon).await, "lent_elsewhere");
        assert_eq!(chain.withheld(coupon).await, "asked_above", "it is asked again");
        let used = format!(
            "INSERT INTO offer_use (company_id, offer_id, document_id, kind, amount_e4, state, created_at) \
             SELECT company_id, '{ONCE}', company_id, 'coupon', 0, 'used', 0 FROM company"
        );
        sql(&chain.above, used).await;
        chain.forward().await;
        assert_eq!(chain.withheld(coupon).await, "used_up");
        chain.forward().await;
        sql(chain.store.books(), "UPDATE borrowed_share SET expires_at = 0 WHERE kind = 'coupon_uses'").await;
        assert_eq!(chain.withheld(coupon).await, "asked_above", "what was said is over");
        let card = ("gift_card_balance", ONCE);
        assert_eq!(chain.withheld(card).await, "asked_above");
        chain.forward().await;
        assert_eq!(chain.withheld(card).await, "not_in_force", "nobody has such a card");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_that_a_card_pays_behind_a_stores_hub_is_beyond_there_where_the_till_was_lent_less_alone() {
    for chain in Chain::all().await {
        let till = chain.store.shop.till_1.terminal.id;
        let share = format!(
            "INSERT INTO quota_share (company_id, terminal_id, epoch, kind, subject_id, owner_id, since_seq, granted, \
             returned, updated_at) SELECT company_id, '{till}', '{}', 'gift_card_balance', '{ONCE}', '{}', 0, 300, 0, 0 \
             FROM company",
            Uuid::from_u128(99),
            Uuid::nil(),
        );
        sql(chain.store.books(), share).await;
        // What is on the card the store's hub does not know.
        assert_eq!(chain.sell_by_card(1, ONCE).await, Vec::<Value>::new());
        assert_eq!(chain.sell_by_card(2, ONCE).await, ["over_quota"]);
    }
}
