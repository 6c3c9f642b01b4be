//! What older terminals send to a store's hub: it has its effects once, and goes on to the company's hub as it came.

use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use axum::{body::Body, http::StatusCode};
use saleflex_gate::{
    Hub, app,
    db::{Books, DatabaseError, Tenant},
    settings::{OfficeWire, Profile, Settings},
};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{
    relay::{Store, both, company, relayed, restored, sql},
    support::{Shop, call, codes, envelope, id, noon, request, sale},
    sync::{PUSH, item, push, verdicts},
};

const TRANSACTIONS: &str = "/api/v1/pos/transactions";
const CLOSURES: &str = "/api/v1/pos/closures";

/// The numbers that a statement answers, row by row.
async fn numbers(books: &Books, sql: &'static str) -> Vec<i64> {
    let read = books.read::<_, DatabaseError>(Tenant::Platform, move |session| {
        session.query(sql, &[])?.iter().map(|row| row.integer(0)).collect::<Result<Vec<_>, _>>()
    });
    read.await.unwrap()
}

/// A sale that says what it moved: two loaves, points of a customer, a campaign.
fn telling(number: u32, receipt: u32) -> Value {
    let mut sale = sale(&id(number), receipt, "6.8000");
    sale["head"]["fk_customer_id"] = json!(Uuid::from_u128(0xADA));
    sale["products"] = json!([
        {"id": id(900), "fk_product_id": Uuid::from_u128(0xB4EAD), "quantity": "2.0000", "total_price": "6.8000"},
        {"id": id(901), "fk_product_id": Uuid::from_u128(0xB4EAD), "quantity": "5.0000", "is_voided": true},
    ]);
    sale["loyalty"] = json!([{"points_earned": 12, "points_redeemed": 5}]);
    sale["discounts"] = json!([
        {"discount_code": "SPRING10", "discount_amount": "0.9000", "is_cancel": true},
        {"discount_code": "SPRING10", "discount_amount": "0.6800", "is_cancel": false},
    ]);
    sale
}

fn closure(number: u32, documents: u32) -> Value {
    json!({"closure": {"id": id(number), "closure_unique_id": "20261121-0001", "closure_number": 1,
        "total_document_count": documents, "gross_sales_amount": "6.8000"}})
}

const STOCK: &str = "SELECT on_hand_e4 FROM stock_level";
const POINTS: &str = "SELECT points FROM point_entry ORDER BY points";
const USES: &str = "SELECT amount_e4 FROM offer_use WHERE state = 'used'";

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_terminal_sells_has_its_effects_once_however_often_it_is_sent() {
    for (books, _) in both().await {
        let shop = Shop::open(books.clone(), OfficeWire::Open).await;
        let sent = envelope("TILL-1", "transactions", &[telling(1, 1)]);
        for result in ["accepted", "duplicate", "duplicate"] {
            let (_, answer) = shop.post(TRANSACTIONS, None, &sent).await;
            assert_eq!(verdicts(&answer), [result], "{answer}");
            assert_eq!(numbers(&books, STOCK).await, [-20_000]);
            assert_eq!(numbers(&books, POINTS).await, [-5, 12]);
            assert_eq!(numbers(&books, USES).await, [6_800]);
        }
        let mut cancelled = telling(2, 2);
        cancelled["head"]["transaction_status"] = json!("cancelled");
        let mut back = telling(3, 3);
        back["head"]["transaction_type"] = json!("return");
        (back["loyalty"], back["discounts"]) = (json!([]), json!([]));
        let more = envelope("TILL-1", "transactions", &[cancelled, back]);
        let (_, answer) = shop.post(TRANSACTIONS, None, &more).await;
        assert_eq!(verdicts(&answer), ["accepted", "accepted"]);
        assert_eq!(numbers(&books, STOCK).await, [0], "a cancelled sale moves nothing, a return brings back");
        assert_eq!(numbers(&books, POINTS).await, [-5, 12]);
        assert_eq!(numbers(&books, USES).await, [6_800]);
        assert!(numbers(&books, "SELECT no FROM relay").await.is_empty(), "nobody is above it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_terminal_says_late_of_a_deleted_campaign_counts_and_what_nobody_knows_is_flagged() {
    for (books, _) in both().await {
        let shop = Shop::open(books.clone(), OfficeWire::Open).await;
        let told = async |document: Value| {
            let sent = envelope("TILL-1", "transactions", &[document]);
            let (_, answer) = shop.post(TRANSACTIONS, None, &sent).await;
            assert_eq!(verdicts(&answer), ["accepted"], "{answer}");
            answer["results"][0]["flags"].clone()
        };
        sql(&books, "UPDATE definition SET is_deleted = 1 WHERE resource = 'campaigns'").await;
        assert_eq!(told(telling(1, 1)).await, Value::Null);
        assert_eq!(numbers(&books, USES).await, [6_800]);
        let mut back = telling(2, 2);
        back["head"]["transaction_type"] = json!("return");
        assert_eq!(told(back).await, Value::Null);
        assert_eq!(numbers(&books, USES).await, [6_800], "a return uses nothing");
        let mut unknown = telling(3, 3);
        unknown["discounts"][1]["discount_code"] = json!("WINTER");
        assert_eq!(told(unknown).await, json!(["offer_unknown"]));
        let mut unknown = telling(4, 4);
        (unknown["discounts"], unknown["head"]["campaign_id"]) = (json!([]), json!(Uuid::from_u128(404)));
        assert_eq!(told(unknown).await, json!(["offer_unknown"]));
        assert_eq!(numbers(&books, USES).await, [6_800]);
        sql(&books, "UPDATE definition SET code = 'SPRING10-CLEARANCE' WHERE code = 'SPRING10'").await;
        let mut cut = telling(5, 5);
        cut["discounts"][1]["discount_code"] = json!("SPRING10-CLEARA");
        assert_eq!(told(cut).await, Value::Null, "a row of discounts has room for so much of it");
        assert_eq!(numbers(&books, USES).await, [6_800, 6_800]);
        let mut unwritable = telling(6, 6);
        unwritable["discounts"][1]["discount_code"] = json!("SPRING10\u{0}");
        assert_eq!(told(unwritable).await, json!(["offer_unknown"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_terminal_sent_goes_on_to_the_companys_hub_as_it_came_and_once() {
    for (office, above) in both().await {
        let (hub, gate, token) = company(above.clone()).await;
        let mut store = Store::open(office.clone(), token.clone()).await;
        let sales = envelope("TILL-1", "transactions", &[telling(1, 1), sale(&id(2), 2, "1.0000")]);
        let closed = envelope("TILL-1", "closures", &[closure(9, 2)]);
        for (path, sent) in [(TRANSACTIONS, &sales), (CLOSURES, &closed), (TRANSACTIONS, &sales)] {
            assert_eq!(store.shop.post(path, None, sent).await.0, StatusCode::OK);
        }
        let moved = json!([{"id": id(70), "movement_type": "RECEIPT", "fk_product_id": Uuid::from_u128(0xB4EAD), "quantity": 3}]);
        let moved = envelope("TILL-1", "movements", moved.as_array().unwrap());
        assert_eq!(store.shop.post("/api/v1/warehouse/movements", None, &moved).await.0, StatusCode::OK);
        store.forward(None).await;
        assert_eq!(store.progress().await, (4, 4), "the store sells on");
        store.forward(Some(gate.clone())).await;
        store.forward(Some(gate.clone())).await;
        assert_eq!(store.progress().await, (0, 4));
        let till = &hub.holdings(store_company(&hub).await).await.unwrap()["TILL-1"];
        assert_eq!((till.documents, till.closures), (2, 1));
        assert_eq!(till.completed_total, "7.8".parse().unwrap());
        assert_eq!(numbers(&above, STOCK).await, [10_000]);
        assert_eq!(numbers(&above, POINTS).await, [-5, 12]);
        let counters = "SELECT value FROM counter c JOIN terminal t ON t.company_id = c.company_id \
                        AND t.terminal_id = c.terminal_id WHERE t.terminal_code = 'TILL-1' ORDER BY c.name";
        assert_eq!(numbers(&above, counters).await, [1, 2], "as the terminal said");
        let bodies = "SELECT count(*) FROM ledger WHERE body LIKE '%\"fiscal\":null%'";
        assert_eq!(numbers(&above, bodies).await, numbers(&office, bodies).await);

        // The terminal itself turns to the company's hub, and sends all of it again.
        let settings = Settings { profile: Profile::Gate, ..Settings::default() };
        let again = Hub::new(above.clone(), settings, noon);
        let secret = again.register(codes("TILL-1"), 0).await.unwrap().secret;
        let direct = app(again);
        for (path, sent) in [(TRANSACTIONS, &sales), (CLOSURES, &closed)] {
            let asked = request("POST", path, Some(&secret), Body::from(sent.to_string()));
            let (_, answer) = call(&direct, asked).await;
            assert!(verdicts(&answer).iter().all(|result| *result == "duplicate"), "{answer}");
        }
        assert_eq!(numbers(&above, STOCK).await, [10_000]);
        assert_eq!(numbers(&above, POINTS).await, [-5, 12]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_terminal_sends_otherwise_under_one_identity_is_flagged_at_both_hubs_once() {
    for (office, above) in both().await {
        let (_, gate, token) = company(above.clone()).await;
        let mut store = Store::open(office.clone(), token).await;
        for total in ["1.0000", "2.0000", "2.0000"] {
            let sent = envelope("TILL-1", "transactions", &[sale(&id(1), 1, total)]);
            assert_eq!(store.shop.post(TRANSACTIONS, None, &sent).await.0, StatusCode::OK);
        }
        for _ in 0..3 {
            store.forward(Some(gate.clone())).await;
        }
        assert_eq!(store.progress().await, (0, 2), "the sale, and what came under its identity later");
        let flags = "SELECT count(*) FROM ledger_flag WHERE flag = 'content_mismatch'";
        let aside = "SELECT count(*) FROM ledger_variant WHERE body LIKE '%2.0000%'";
        for books in [&office, &above] {
            assert_eq!(numbers(books, flags).await, [1]);
            assert_eq!(numbers(books, aside).await, [1]);
            assert_eq!(
                numbers(books, "SELECT total_e4 FROM document").await,
                [10_000],
                "the first is in force"
            );
        }
    }
}

async fn store_company(hub: &Hub) -> Uuid {
    hub.register(codes("ASKS"), 0).await.unwrap().company
}

/// A store whose older terminal sold twice, which the company's hub was told; and the secret of the store's hub there.
async fn told(office: Books, above: Books) -> (Store, String) {
    let (_, gate, token) = company(above).await;
    let mut store = Store::open(office, token.clone()).await;
    let sales = envelope("TILL-1", "transactions", &[sale(&id(1), 1, "1.0"), sale(&id(2), 2, "1.0")]);
    store.shop.post(TRANSACTIONS, None, &sales).await;
    store.forward(Some(gate)).await;
    (store, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_companys_hub_that_came_back_from_a_backup_gets_what_older_terminals_sent_too() {
    for (office, above) in both().await {
        let (mut store, token) = told(office, above).await;
        let (hub, second, fresh) = restored(&token).await;
        store.forward(Some(second.clone())).await;
        store.forward(Some(second.clone())).await;
        assert_eq!(relayed(&second, &fresh).await[0]["state"]["contiguous_seq"], 2);
        assert_eq!(hub.holdings(store_company(&hub).await).await.unwrap()["TILL-1"].documents, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_to_its_place_and_is_lost_there_once_more_goes_again_at_once() {
    for (office, above) in both().await {
        let (mut store, token) = told(office, above).await;
        for _ in 0..2 {
            let (_, gate, fresh) = restored(&token).await;
            for _ in 0..3 {
                store.forward(Some(gate.clone())).await;
            }
            assert_eq!(relayed(&gate, &fresh).await[0]["state"]["contiguous_seq"], 2);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_gets_its_upstream_late_forwards_what_came_before_and_queues_nothing_until_then() {
    for (office, above) in both().await {
        let (hub, gate, token) = company(above).await;
        let shop = Shop::open(office.clone(), OfficeWire::Open).await;
        let till = shop.till_1.secret.clone();
        let ours = push(vec![item(1, 11, "1"), item(2, 12, "2")]);
        assert_eq!(verdicts(&shop.post(PUSH, Some(&till), &ours).await.1), ["accepted"; 2]);
        let older = envelope("TILL-2", "transactions", &[sale(&id(1), 1, "1.0")]);
        shop.post(TRANSACTIONS, None, &older).await;
        assert!(numbers(&office, "SELECT no FROM relay").await.is_empty(), "it would wait for ever");

        let mut store = Store::above(shop, office.clone(), token.clone());
        store.shop.post(PUSH, Some(&till), &push(vec![item(3, 13, "3")])).await;
        store.forward(Some(gate.clone())).await;
        assert_eq!(store.progress().await, (0, 4));
        let tills = relayed(&gate, &token).await;
        let of = |code: &str| {
            let mut tills = tills.as_array().unwrap().iter();
            tills.find(|till| till["sender"]["terminal_code"] == code).unwrap()["state"].clone()
        };
        assert_eq!(of("TILL-1")["contiguous_seq"], 3, "{tills}");
        assert_eq!(hub.holdings(store_company(&hub).await).await.unwrap()["TILL-2"].documents, 1);
        store.worker_starts_anew();
        store.forward(Some(gate)).await;
        assert_eq!(store.progress().await, (0, 4), "nothing is queued twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_stores_hub_brings_what_an_older_terminal_wrote_and_only_under_its_own_identity() {
    for (books, _) in both().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let body = sale(&id(1), 1, "1.0").to_string();
        let entity = Uuid::parse_str(&id(1)).unwrap().as_u128();
        let older = |entity: u128, body: &str| {
            let mut item = item(1, entity, body);
            item.schema_version = 0;
            push(vec![item])
        };
        let own = shop.till_1.secret.clone();
        let (_, answer) = shop.post(PUSH, Some(&own), &older(entity, &body)).await;
        assert_eq!(answer["results"][0]["error"]["code"], "content_invalid", "{answer}");
        shop.change(&shop.till_2, saleflex_gate::TerminalChange::IsNode(true)).await;
        let node = shop.till_2.secret.clone();
        for (entity, body) in [(7, body.as_str()), (7, "{}"), (7, "7")] {
            let (_, answer) = shop.post(PUSH, Some(&node), &older(entity, body)).await;
            assert_eq!(answer["results"][0]["error"]["code"], "content_invalid", "{answer}");
        }
        let (_, answer) = shop.post(PUSH, Some(&node), &older(entity, &body)).await;
        assert_eq!(verdicts(&answer), ["accepted"], "{answer}");
        assert_eq!(answer["results"][0]["flags"], json!(["no_lines"]));
    }
}

/// A store whose hub was without an upstream when it opened: the routes of that program, and the same books above.
async fn without_and_above(office: &Books, token: String) -> (axum::Router, Store) {
    let shop = Shop::open(office.clone(), OfficeWire::Open).await;
    let alone = shop.router.clone();
    (alone, Store::above(shop, office.clone(), token))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_by_a_clock_that_was_set_back_is_caught_up_with_too() {
    for (office, above) in both().await {
        let (_, gate, token) = company(above).await;
        let (alone, mut store) = without_and_above(&office, token).await;
        let till = store.shop.till_1.secret.clone();
        store.shop.post(PUSH, Some(&till), &push(vec![item(1, 11, "1")])).await;
        store.forward(Some(gate.clone())).await;
        assert_eq!(store.progress().await, (0, 1));
        // The program runs without its upstream for a while, by a clock far behind.
        let more = push(vec![item(2, 12, "2")]).to_string();
        let (_, answer) = call(&alone, request("POST", PUSH, Some(&till), Body::from(more))).await;
        assert_eq!(verdicts(&answer), ["accepted"]);
        sql(&office, "UPDATE ledger SET received_at = 1000 WHERE seq = 2").await;
        store.worker_starts_anew();
        store.forward(Some(gate)).await;
        assert_eq!(store.progress().await, (0, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn catching_up_goes_on_where_it_was_and_keeps_the_order_of_the_till() {
    for (office, above) in both().await {
        let (_, gate, token) = company(above).await;
        let (alone, mut store) = without_and_above(&office, token).await;
        let till = store.shop.till_1.secret.clone();
        // All of it came at one instant; their identities fall while their numbers rise.
        for some in 0..3 {
            let items =
                (1..=150).map(|no| some * 150 + no).map(|seq| item(seq, u128::from(9_000 - seq), "1"));
            let many = push(items.collect()).to_string();
            let (status, answer) = call(&alone, request("POST", PUSH, Some(&till), Body::from(many))).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
        }
        store.forward(Some(gate)).await;
        assert_eq!(store.progress().await.1, 450);
        let astray =
            "SELECT count(*) FROM relay r JOIN ledger l ON l.entity_id = r.entity_id WHERE r.no <> l.seq";
        assert_eq!(numbers(&office, astray).await, [0]);
        assert_eq!(numbers(&office, "SELECT is_caught_up FROM upstream").await, [1], "and looks no more");
        let again = push(vec![item(451, 9_999, "1")]).to_string();
        call(&alone, request("POST", PUSH, Some(&till), Body::from(again))).await;
        assert_eq!(numbers(&office, "SELECT is_caught_up FROM upstream").await, [0]);
    }
}

/// Does something after terminals were locked for a while, and tells when they are.
async fn behind_locked_terminals(books: &Books, locked: oneshot::Sender<()>, sql: &'static str) {
    let done = books.write::<_, DatabaseError>(Tenant::Platform, move |session| {
        session.batch("UPDATE terminal SET number = number")?;
        locked.send(()).unwrap();
        let (_nobody, never) = mpsc::channel::<()>();
        never.recv_timeout(Duration::from_millis(150)).unwrap_err();
        session.batch(sql)
    });
    done.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_taken_in_when_a_hub_gets_its_upstream_is_waited_for_and_caught_up_with() {
    for (office, above) in both().await {
        let (_, gate, token) = company(above).await;
        let (alone, mut store) = without_and_above(&office, token).await;
        let till = store.shop.till_1.secret.clone();
        let first = push(vec![item(1, 11, "1")]).to_string();
        call(&alone, request("POST", PUSH, Some(&till), Body::from(first))).await;
        let (locked, is_locked) = oneshot::channel();
        let second = "INSERT INTO ledger (company_id, terminal_id, kind, entity_id, revision, digest, body, received_at, \
                      epoch, seq) SELECT company_id, terminal_id, kind, '00000000-0000-0000-0000-00000000000c', revision, \
                      digest, body, received_at, epoch, 2 FROM ledger";
        let forwarded = async {
            is_locked.await.unwrap();
            store.forward(Some(gate)).await;
        };
        tokio::join!(behind_locked_terminals(&office, locked, second), forwarded);
        assert_eq!(numbers(&office, "SELECT count(*) FROM relay").await, [2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_for_its_terminal_finds_the_queue_that_was_begun_meanwhile() {
    for (books, _) in both().await {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        let (locked, is_locked) = oneshot::channel();
        let begun =
            "INSERT INTO upstream (company_id, queued, is_caught_up) SELECT company_id, 0, 1 FROM company";
        let pushed = async {
            is_locked.await.unwrap();
            shop.post(PUSH, Some(&shop.till_1.secret), &push(vec![item(1, 1, "1")])).await
        };
        let ((), (_, answer)) = tokio::join!(behind_locked_terminals(&books, locked, begun), pushed);
        assert_eq!(verdicts(&answer), ["accepted"], "{answer}");
        assert_eq!(numbers(&books, "SELECT is_caught_up FROM upstream").await, [0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_to_its_place_is_read_no_more_until_the_companys_hub_begins_another_life() {
    for (office, above) in both().await {
        let (hub, gate, token) = company(above.clone()).await;
        let company = store_company(&hub).await;
        begin_life(&above, company).await;
        let mut store = Store::open(office.clone(), token).await;
        let till = store.shop.till_1.secret.clone();
        store.shop.post(PUSH, Some(&till), &push(vec![item(1, 11, "1"), item(2, 12, "2")])).await;
        for _ in 0..3 {
            store.forward(Some(gate.clone())).await;
        }
        let open = "SELECT count(*) FROM relay WHERE state = 'sent' AND is_placed = 0";
        assert_eq!(numbers(&office, open).await, [0]);
        // Were it read, reconciling would fail.
        sql(&office, "UPDATE relay SET head = 'no envelope' WHERE no = 1").await;
        store.forward(Some(gate.clone())).await;
        sql(&office, "UPDATE relay SET head = (SELECT r.head FROM relay r WHERE r.no = 2) WHERE no = 1")
            .await;
        begin_life(&above, company).await;
        sql(&office, "UPDATE relay SET requeued = 7").await;
        store.forward(Some(gate.clone())).await;
        store.forward(Some(gate)).await;
        assert_eq!(numbers(&office, "SELECT requeued FROM relay").await, [0, 0], "looked at once more");
    }
}

static NEXT_LIFE: AtomicU64 = AtomicU64::new(1);

/// A program starts on the books.
async fn begin_life(books: &Books, company: Uuid) {
    let life = Uuid::from_u128(u128::from(NEXT_LIFE.fetch_add(1, Ordering::Relaxed)));
    let done = books.write::<_, DatabaseError>(Tenant::Platform, move |session| {
        session.execute(
            "INSERT INTO company_life (company_id, no, life_id, since_change) SELECT c.company_id, \
             1 + COALESCE((SELECT max(l.no) FROM company_life l WHERE l.company_id = c.company_id), 0), $2, \
             c.changes FROM company c WHERE c.company_id = $1",
            &[company.into(), life.into()],
        )
    });
    assert_eq!(done.await.unwrap(), 1);
}
