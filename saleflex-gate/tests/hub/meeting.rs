//! Pushes and requests that meet each other, or that the books cannot take: nobody's neighbour is harmed.

use axum::http::StatusCode;
use saleflex_core::{
    customer::CustomerChange,
    ids::{ClosureNumber, CustomerId},
    journal::{Entry, Event},
    time::Moment,
};
use saleflex_gate::{
    db::{Books, DatabaseError, Postgres, Purpose, Tenant},
    settings::{OfficeWire, Settings, Upstream},
};
use saleflex_sync::wire::{EventKind, PushItem, PushRequest, Sender};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::{deliver, deliver_by},
    chain::{Chain, chains},
    relay::sql,
    support::{Shop, every_books, fresh_postgres},
    sync::{PUSH, item, push, verdicts},
};

fn sender(terminal: &str) -> Sender {
    let [office, store, terminal] = ["OFC-HARBOUR", "HARBOUR-01", terminal].map(str::to_owned);
    Sender { office_code: office, store_code: store, terminal_code: terminal }
}

/// An event of a terminal about a thing that has revisions.
fn about(terminal: &str, (kind, revision): (&EventKind, u32), seq: u64) -> Value {
    let thing = Uuid::from_u128(7);
    let item = PushItem {
        revision,
        kind: kind.clone(),
        idempotency_key: PushItem::key(&sender(terminal), kind, thing, revision),
        ..item(seq, 7, &format!("{{\"by\":\"{terminal}\"}}"))
    };
    serde_json::to_value(PushRequest::new(sender(terminal), Uuid::from_u128(99), 0, vec![item])).unwrap()
}

#[tokio::test]
async fn two_tills_that_change_one_customer_are_no_clones() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let (first, second) = (Some(shop.till_1.secret.as_str()), Some(shop.till_2.secret.as_str()));
        let customer = EventKind::of("customer");
        shop.post(PUSH, first, &about("TILL-1", (&customer, 2), 1)).await;
        for (revision, seq) in [(2, 1), (3, 2)] {
            let (status, answer) =
                shop.post(PUSH, second, &about("TILL-2", (&customer, revision), seq)).await;
            assert_eq!((status, verdicts(&answer)), (StatusCode::OK, vec!["accepted"]), "{answer}");
            assert_eq!(answer["results"][0]["flags"], json!(["unreadable"]), "no clone: {answer}");
        }
    }
}

/// The event of an erasure, as it is frozen at a till.
pub(super) fn erasure(customer: &str) -> String {
    erasure_as(Uuid::from_u128(77), customer)
}

fn erasure_as(entity: Uuid, customer: &str) -> String {
    let at = Moment::utc("2026-03-08T11:00:00Z".parse().unwrap());
    let change = CustomerChange::Erased { customers: vec![CustomerId::new(customer.parse().unwrap())], at };
    let entry = Entry::new(entity, at, None, ClosureNumber(1), Event::Customer(change));
    String::from_utf8(entry.to_bytes().unwrap()).unwrap()
}

#[tokio::test]
async fn who_is_erased_at_a_till_is_erased_at_the_hub_and_every_till_is_told() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let (id, owner) = (chain.customer(&harbour.owner.access).await, &harbour.owner.access);
        let given = json!({"points": 5, "reason": "Ada fell in the shop"});
        chain.once(&format!("/loyalty/members/{id}/adjustments"), owner, &given, "a").await;
        for _ in 0..2 {
            assert_eq!(deliver(&chain, &harbour, (1, Uuid::from_u128(77)), &erasure(&id)).await, [""; 0]);
        }
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await.to_string();
        let is_gone = !page.contains("Ada") && !page.contains("905320000000");
        assert!(page.contains("is_erased") && is_gone, "{page}");
        let audit = chain.get("/audit?limit=500", owner).await.to_string();
        assert!(audit.contains("points.adjusted") && !audit.contains("fell"), "{audit}");
        let read = books.read::<_, DatabaseError>(Tenant::Platform, |session| {
            let rows = session.query("SELECT points, reason FROM point_entry", &[])?;
            Ok((rows[0].integer(0)?, rows[0].optional_text(1)?.map(str::to_owned)))
        });
        assert_eq!(read.await.unwrap(), (5, None), "the points stay, what somebody wrote of her goes");
    }
}

#[tokio::test]
async fn who_is_erased_by_the_company_is_so_in_every_row_of_theirs_and_every_till_is_told() {
    for books in every_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let (id, owner) = (chain.customer(&harbour.owner.access).await, harbour.owner.access.as_str());
        let other =
            json!({"row": {"name": "Augusta", "last_name": "Byron"}, "store_id": harbour.other_store});
        let other = chain.ok("POST", "/definitions/customers", owner, other).await["id"].clone();
        let other = other.as_str().unwrap();
        // A till found that they are one.
        sql(
            &books,
            format!(
                "UPDATE definition SET is_deleted = 1, body = replace(body, '\"Byron\"', '\"Byron\",\"merged_into\":\"{id}\"') \
                 WHERE resource = 'customers' AND definition_id = '{other}'"
            ),
        )
        .await;
        let erase = |id: &str| format!("/customers/{id}/erase");
        let manager =
            chain.staff(&harbour, "manager", ("store_manager", "store", Some(&harbour.store))).await;
        let hers = erase(&id);
        chain.refused(("POST", &hers, &manager.access), Value::Null, (403, "not_allowed")).await;
        let upstream = Some(Upstream { address: "http://unused".to_owned(), token: "t".to_owned() });
        let below = Chain::in_store(books.clone(), Settings { upstream, ..Settings::default() });
        below.refused(("POST", &hers, owner), Value::Null, (403, "not_the_authority")).await;
        let nobody = erase("018f0000-0000-7000-8000-00000000dead");
        chain.refused(("POST", &nobody, owner), Value::Null, (404, "not_found")).await;
        for each in [other, id.as_str(), id.as_str()] {
            chain.ok("POST", &erase(each), owner, Value::Null).await;
        }
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await.to_string();
        assert!(
            page.contains("is_erased") && !page.contains("Ada") && !page.contains("905320000000"),
            "{page}"
        );
        let left = chain.get("/definitions/customers?with_deleted=true", owner).await;
        let rows = left["items"].as_array().unwrap();
        assert!(rows.len() == 2 && rows.iter().all(|row| row["row"]["is_erased"] == true), "{left}");
        assert!(!left.to_string().contains("Byron"), "{left}");
        let acts = chain.get("/audit?act=customer.erased", owner).await;
        assert_eq!(acts["items"].as_array().unwrap().len(), 1, "once, for both: {acts}");
    }
}

#[tokio::test]
async fn a_device_that_may_not_have_customers_erases_none() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let id = chain.customer(&harbour.owner.access).await;
        let owner = &harbour.owner.access;
        let (_, display) = chain.terminal(owner, &harbour.store, "WALL-1", "display").await;
        let sender = ("WALL-1", display.as_str());
        deliver_by(&chain, &harbour, sender, (1, Uuid::from_u128(77)), &erasure(&id)).await;
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await.to_string();
        assert!(page.contains("Ada") && !page.contains("is_erased"), "{page}");
    }
}

#[tokio::test]
async fn an_erasure_leaves_a_customer_of_another_store_alone() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = &harbour.owner.access;
        let of =
            |store: &str, name: &str| json!({"store_id": store, "row": {"name": name, "last_name": "King"}});
        let mut rows = Vec::new();
        for (store, name) in [(&harbour.other_store, "Beatrix"), (&harbour.store, "Clara")] {
            let made = chain.ok("POST", "/definitions/customers", owner, of(store, name)).await;
            rows.push(made["id"].as_str().unwrap().to_owned());
        }
        // The till is of the first store, and names them both.
        for (seq, id) in (1..).zip(&rows) {
            let entity = Uuid::from_u128(u128::from(seq) + 76);
            deliver(&chain, &harbour, (seq, entity), &erasure_as(entity, id)).await;
        }
        let left = chain.get("/definitions/customers?with_deleted=true", owner).await.to_string();
        assert!(left.contains("Beatrix") && !left.contains("Clara"), "{left}");
    }
}

#[tokio::test]
async fn who_was_erased_is_not_known_again_because_a_hub_says_who_they_were() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = &harbour.owner.access;
        let id = chain.customer(owner).await;
        deliver(&chain, &harbour, (1, Uuid::from_u128(77)), &erasure(&id)).await;
        // Data of the store is read in that somebody kept from before.
        let mut kept: Value =
            serde_json::from_str(include_str!("../../../vectors/wire/init/harbour-TILL-1.json")).unwrap();
        (kept["office_code"], kept["store_code"]) = (json!(harbour.slug), json!("QUAY"));
        kept["terminal_code"] = json!("TILL-9");
        let customer = &mut kept["data"]["customers"][0];
        (customer["id"], customer["name"]) = (json!(id), json!("Ada"));
        chain.hub.import(harbour.slug.clone(), kept).await.unwrap();
        let page = chain.get("/sync/changes?limit=500", &harbour.device).await.to_string();
        assert!(page.contains("is_erased") && !page.contains("Ada"), "{page}");
    }
}

#[tokio::test]
async fn two_tills_that_give_out_one_identity_are_told_so() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let sale = EventKind::Transaction;
        shop.post(PUSH, Some(&shop.till_1.secret), &about("TILL-1", (&sale, 1), 1)).await;
        let (_, answer) = shop.post(PUSH, Some(&shop.till_2.secret), &about("TILL-2", (&sale, 1), 1)).await;
        assert_eq!(answer["results"][0]["flags"], json!(["cloned_terminal", "unreadable"]), "{answer}");
    }
}

#[tokio::test]
async fn numbers_and_names_beyond_what_counts_are_refused_and_the_next_request_is_served() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let token = Some(shop.till_1.secret.as_str());
        let mut far = push(vec![item(1, 1, "1")]);
        far["epoch_after"] = json!(i64::MAX);
        assert_eq!(shop.post(PUSH, token, &far).await.0, StatusCode::BAD_REQUEST);
        let mut gaps = item(2, 2, "2");
        gaps.missing = (0..10_001).collect();
        let named = EventKind::of("sale\0");
        let strange = PushItem {
            idempotency_key: PushItem::key(&sender("TILL-1"), &named, Uuid::from_u128(3), 1),
            kind: named,
            ..item(3, 3, "3")
        };
        let sent = push(vec![item(u64::MAX, 1, "1"), gaps, strange, item(1, 4, "4")]);
        let (status, answer) = shop.post(PUSH, token, &sent).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(verdicts(&answer), ["rejected", "rejected", "rejected", "accepted"], "{answer}");
        let (status, state) = shop.get("/api/v1/sync/state", token).await;
        assert_eq!((status, &state["contiguous_seq"]), (StatusCode::OK, &json!(1)));
    }
}

/// Of three events the second is refused by the database, as each of the books is made to do it: it is to be sent again.
async fn the_second_is_sent_again(forbidding: [String; 2]) {
    for (books, sql) in every_books().await.into_iter().zip(forbidding) {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        let forbid =
            books.write::<_, DatabaseError>(Tenant::Platform, move |session| session.batch(&sql)).await;
        forbid.unwrap();
        let sent = push(vec![item(1, 1, "1"), item(2, 2, "2"), item(3, 3, "3")]);
        let (status, answer) = shop.post(PUSH, Some(&shop.till_1.secret), &sent).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(verdicts(&answer), ["accepted", "retry", "accepted"], "{answer}");
        assert_eq!(answer["high_water"]["missing"], json!([2]));
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_written_is_sent_again_and_its_neighbours_stand() {
    let forbidding = [
        "CREATE TRIGGER forbid BEFORE INSERT ON ledger WHEN NEW.seq = 2 BEGIN SELECT RAISE(ABORT, 'no'); END",
        "ALTER TABLE ledger ADD CONSTRAINT forbid CHECK (seq <> 2)",
    ];
    the_second_is_sent_again(forbidding.map(str::to_owned)).await;
}

#[tokio::test]
async fn an_event_of_which_something_sent_is_refused_is_sent_again_and_its_neighbours_stand() {
    let second = Uuid::from_u128(2);
    let trigger = format!(
        "CREATE TRIGGER forbid BEFORE INSERT ON ledger_flag WHEN NEW.entity_id = '{second}' \
         BEGIN SELECT RAISE(ABORT, 'no'); END"
    );
    let check = format!("ALTER TABLE ledger_flag ADD CONSTRAINT forbid CHECK (entity_id <> '{second}')");
    the_second_is_sent_again([trigger, check]).await;
}

#[tokio::test]
async fn a_till_that_is_ahead_of_a_restored_hub_is_told_to_start_over() {
    for books in every_books().await {
        let shop = Shop::open(books, OfficeWire::Closed).await;
        let token = Some(shop.till_1.secret.as_str());
        let (status, answer) = shop.get("/api/v1/sync/changes?cursor=c999999", token).await;
        assert_eq!((status, &answer["code"]), (StatusCode::GONE, &json!("cursor_expired")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_panics_leaves_nothing_behind_for_whoever_comes_next() {
    for books in every_books().await {
        let shop = Shop::open(books.clone(), OfficeWire::Closed).await;
        let (company, terminal) = (shop.company, shop.till_1.terminal.id);
        let broken = books.write::<(), DatabaseError>(Tenant::Company(company), move |session| {
            session.execute(
                "UPDATE terminal SET last_push_at = 1 WHERE company_id = $1 AND terminal_id = $2",
                &[company.into(), terminal.into()],
            )?;
            panic!("in the middle of it")
        });
        assert!(matches!(broken.await, Err(DatabaseError::Stopped)));
        for _ in 0..20 {
            let found = books.read::<_, DatabaseError>(Tenant::Company(company), move |session| {
                let sql = "SELECT last_push_at FROM terminal WHERE company_id = $1 AND terminal_id = $2";
                session.query(sql, &[company.into(), terminal.into()])
            });
            assert_eq!(found.await.unwrap()[0].optional_integer(0).unwrap(), None);
        }
    }
}

/// Between two looks of a reader somebody writes: the reader sees one state all the same.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_on_postgres_sees_one_state() {
    let Some(url) = fresh_postgres().await else { return };
    let looked = tokio::task::spawn_blocking(move || {
        use saleflex_gate::db::Database as _;
        let database = Postgres::connect(&url).unwrap();
        let books = Books::open(Postgres::connect(&url).unwrap()).unwrap();
        let mut seen = Vec::new();
        let mut look = |session: &mut dyn saleflex_gate::db::Session| {
            let rows = session.query("SELECT count(*) FROM company_slug", &[]).unwrap();
            seen.push(rows[0].integer(0).unwrap());
        };
        let read = database.transact(Tenant::Platform, Purpose::Read, &mut |session| {
            look(session);
            let add = "INSERT INTO company (company_id, slug, name, created_at) VALUES ($1, 'a', 'A', 0)";
            let added = books.write_waiting::<_, DatabaseError>(Tenant::Platform, |session| {
                session.execute(add, &[Uuid::nil().into()])?;
                session
                    .batch("INSERT INTO company_slug (slug, company_id) SELECT slug, company_id FROM company")
            });
            added.unwrap();
            look(session);
            true
        });
        read.unwrap();
        seen
    });
    assert_eq!(looked.await.unwrap(), [0, 0]);
}
