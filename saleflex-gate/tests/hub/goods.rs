//! Goods that people move at a hub: once, in the books of the till they are in, by whoever may and where the hub decides.

use chrono::TimeDelta;
use saleflex_core::{
    authority::Authority,
    ids::{CashierId, ClosureNumber, LocationId, PostingId, ProductId},
    inventory::{Cause, Movement, MovementKind, Place, Posting, Stock, StockAct},
    journal::{Entry, Event},
    time::Moment,
};
use saleflex_gate::{
    TerminalChange,
    settings::{Settings, Upstream},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    business::deliver,
    chain::{Chain, Company, SHELF, chains, text},
    support::{every_books, held, later, noon, served_books, until_waiting},
};

async fn product(chain: &Chain, owner: &str, code: &str) -> String {
    chain.shelf(owner).await;
    let row = json!({"row": {"code": code, "name": code, "sale_price": "2.00", "fk_department_main_group_id": SHELF}});
    text(&chain.ok("POST", "/definitions/products", owner, row).await["id"])
}

/// Does something under a key of its own, which must succeed.
async fn act(chain: &Chain, token: &str, (path, key): (&str, &str), body: &Value) -> Value {
    let (status, answer) = chain.once(path, token, body, key).await;
    assert_eq!(status.as_u16(), 200, "{path}: {answer}");
    answer
}

async fn refused(chain: &Chain, token: &str, path: &str, body: &Value, expected: (u16, &str)) {
    let (status, answer) = chain.once(path, token, body, path).await;
    assert_eq!((status.as_u16(), answer["code"].as_str().unwrap()), expected, "{path}: {answer}");
}

async fn on_hand(chain: &Chain, token: &str, (product, store): (&str, &str)) -> Value {
    let levels = chain.get(&format!("/stock/{product}?store_id={store}"), token).await;
    levels["items"][0]["on_hand"].clone()
}

/// The rows that tell a till of goods.
async fn told(chain: &Chain, device: &str) -> Vec<Value> {
    let page = chain.get("/sync/changes?limit=500", device).await;
    let items = page["items"].as_array().unwrap().iter();
    items.filter(|row| row["resource"] == "stock_postings" && row["is_deleted"] == false).cloned().collect()
}

/// What a till delivers of goods that moved there, so many seconds after noon.
fn moved(id: Uuid, product: &str, (kind, change): (MovementKind, i32), seconds: i64) -> Entry {
    let place = Place {
        item: ProductId::new(product.parse().unwrap()).into(),
        location: LocationId::new(Uuid::from_u128(1)),
    };
    let moment = Moment::utc(noon() + TimeDelta::seconds(seconds));
    let by = CashierId::new(Uuid::from_u128(7));
    let posting = Posting {
        id: PostingId::new(id),
        number: None,
        cause: Cause::Receipt { supplier: None, supplier_name: None, order: None },
        moment,
        authority: Authority { cashier: by, approved_by: None },
        reason: None,
        reference: None,
        movements: vec![Movement::new(kind, place, Stock::whole(change), Stock::ZERO)],
    };
    let event = Event::Stock(Box::new(StockAct::Moved));
    let mut entry = Entry::new(id, moment, Some(by), ClosureNumber(1), event);
    entry.effects.posting = Some(Box::new(posting));
    entry
}

async fn send(chain: &Chain, company: &Company, seq: u64, entry: &Entry) {
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    deliver(chain, company, (seq, entry.entity), &bytes).await;
}

#[tokio::test]
async fn what_is_moved_at_the_hub_is_told_to_the_till_that_has_it_and_moves_nothing_when_it_comes_back() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        let of = (bread.as_str(), harbour.store.as_str());
        let delivery = json!({
            "type": "receive", "at": {"store_id": harbour.store}, "reference": "DN 17",
            "lines": [{"product_id": bread, "quantity": "24", "unit_cost": "0.62"}],
        });
        let posted = act(&chain, owner, ("/stock/movements", "one"), &delivery).await;
        assert_eq!(posted["terminal_id"], json!(harbour.terminal));
        assert_eq!(
            act(&chain, owner, ("/stock/movements", "one"), &delivery).await,
            posted,
            "once for a key"
        );
        assert_eq!(on_hand(&chain, owner, of).await, "24");
        let rows = told(&chain, &harbour.device).await;
        assert_eq!((rows.len(), &rows[0]["id"]), (1, &posted["id"]), "{rows:?}");
        let line = &rows[0]["lines"][0];
        assert_eq!((&line["kind"], &line["change"]), (&json!("receipt"), &json!("24")));
        assert_eq!(rows[0]["reference"], "DN 17");
        // The till booked it and delivers what it booked.
        let id = text(&posted["id"]).parse().unwrap();
        send(&chain, &harbour, 1, &moved(id, &bread, (MovementKind::Receipt, 24), 60)).await;
        assert_eq!(on_hand(&chain, owner, of).await, "24", "it is here already");
        assert!(told(&chain, &harbour.device).await.is_empty(), "a till that begins anew is not told again");
        let loss = json!({
            "type": "issue", "cause": "spoilt", "reason": "past its date", "at": {"store_id": harbour.store},
            "lines": [{"product_id": bread, "quantity": "4"}],
        });
        act(&chain, owner, ("/stock/movements", "two"), &loss).await;
        assert_eq!(on_hand(&chain, owner, of).await, "20");
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        refused(&chain, owner, "/stock/movements", &delivery, (422, "till_needed")).await;
        assert!(told(&chain, &second).await.is_empty(), "it has nothing of it");
    }
}

#[tokio::test]
async fn goods_below_the_minimum_of_their_product_are_found_by_themselves() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.shelf(owner).await;
        let mut goods = Vec::new();
        for (code, least) in [("BREAD", json!(30)), ("JAM", json!(24)), ("TEA", Value::Null)] {
            let row = json!({
                "code": code, "name": code, "sale_price": "2.00", "min_stock": least, "fk_department_main_group_id": SHELF,
            });
            let made = chain.ok("POST", "/definitions/products", owner, json!({"row": row})).await;
            goods.push(text(&made["id"]));
        }
        let lines = goods.iter().map(|product| json!({"product_id": product, "quantity": "24"}));
        let lines: Vec<Value> = lines.collect();
        let delivery = json!({"type": "receive", "at": {"store_id": harbour.store}, "lines": lines});
        act(&chain, owner, ("/stock/movements", "one"), &delivery).await;
        let found = async |query: &str| {
            let listed = chain.get(&format!("/stock?{query}"), owner).await;
            assert_eq!(listed["next_cursor"], Value::Null, "{listed}");
            let levels = listed["items"].as_array().unwrap().iter();
            levels.map(|level| text(&level["product_id"])).collect::<Vec<_>>()
        };
        assert_eq!(
            found("below_minimum=true&limit=1").await,
            [goods[0].clone()],
            "what is just there is enough"
        );
        assert_eq!(found("below_minimum=false").await.len(), 3);
    }
}

#[tokio::test]
async fn what_a_till_finds_before_it_hears_of_goods_is_what_the_hub_says() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        let of = (bread.as_str(), harbour.store.as_str());
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), -60)).await;
        let delivery = json!({
            "type": "receive", "at": {"store_id": harbour.store},
            "lines": [{"product_id": bread, "quantity": "24"}],
        });
        let posted = act(&chain, owner, ("/stock/movements", "one"), &delivery).await;
        assert_eq!(on_hand(&chain, owner, of).await, "34");
        // Its books say 10; 34 are there.
        let found = moved(Uuid::from_u128(2), &bread, (MovementKind::Adjustment, 24), 60);
        send(&chain, &harbour, 2, &found).await;
        assert_eq!(on_hand(&chain, owner, of).await, "34");
        let id = text(&posted["id"]).parse().unwrap();
        send(&chain, &harbour, 3, &moved(id, &bread, (MovementKind::Receipt, 24), 120)).await;
        assert_eq!(on_hand(&chain, owner, of).await, "34", "it takes back what it had found");
        // From now on its books know of it.
        let found = moved(Uuid::from_u128(3), &bread, (MovementKind::Adjustment, -1), 180);
        send(&chain, &harbour, 4, &found).await;
        assert_eq!(on_hand(&chain, owner, of).await, "33");
    }
}

#[tokio::test]
async fn what_a_till_found_before_goods_came_is_told_apart_by_its_own_clock() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        let of = (bread.as_str(), harbour.store.as_str());
        // At noon its clock says ten minutes past.
        let beat = json!({
            "schema_version": 1, "software_version": "0.1.0", "epoch": Uuid::from_u128(99), "last_seq": 0,
            "queue_depth": 0, "clock": "2026-11-21T12:10:00Z",
        });
        chain.ok("POST", "/sync/heartbeat", &harbour.device, beat).await;
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), 0)).await;
        let delivery = json!({
            "type": "receive", "at": {"store_id": harbour.store},
            "lines": [{"product_id": bread, "quantity": "24"}],
        });
        act(&chain, owner, ("/stock/movements", "one"), &delivery).await;
        assert_eq!(told(&chain, &harbour.device).await[0]["at"], "2026-11-21T12:10:00Z");
        // Five minutes before, by its clock, one of ten was missing.
        let found = moved(Uuid::from_u128(2), &bread, (MovementKind::Adjustment, -1), 300);
        send(&chain, &harbour, 2, &found).await;
        assert_eq!(on_hand(&chain, owner, of).await, "33");
        // A minute afterwards 33 are there, of which its books know nine.
        let found = moved(Uuid::from_u128(3), &bread, (MovementKind::Adjustment, 24), 660);
        send(&chain, &harbour, 3, &found).await;
        assert_eq!(on_hand(&chain, owner, of).await, "33");
    }
}

#[tokio::test]
async fn goods_that_cannot_be_are_refused_and_a_hub_that_does_not_decide_moves_none() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        let with = |change: Value| {
            let mut body = json!({
                "type": "receive", "at": {"store_id": harbour.store},
                "lines": [{"product_id": bread, "quantity": "1"}],
            });
            let fields = body.as_object_mut().unwrap();
            fields.extend(change.as_object().unwrap().clone());
            body
        };
        let lines = |quantity: &str| json!({"lines": [{"product_id": bread, "quantity": quantity}]});
        let line = json!({"product_id": bread, "quantity": "1"});
        for (change, code) in [
            (lines("0"), "field_invalid"),
            (lines("-1"), "field_invalid"),
            (lines("0.00001"), "field_invalid"),
            (json!({"lines": []}), "field_invalid"),
            (json!({"lines": [line, line]}), "twice"),
            (json!({"lines": [{"product_id": harbour.id, "quantity": "1"}]}), "product_unknown"),
            (json!({"type": "issue"}), "field_invalid"),
            (json!({"supplier_id": harbour.id}), "reference_unknown"),
            (json!({"at": {"store_id": harbour.store, "terminal_id": harbour.id}}), "reference_unknown"),
            (json!({"at": {"store_id": harbour.other_store}}), "till_needed"),
        ] {
            refused(&chain, owner, "/stock/movements", &with(change), (422, code)).await;
        }
        let levels = chain.get("/stock", owner).await;
        assert_eq!(levels["items"], json!([]), "nothing moved");
        let company = format!("/companies/{}", harbour.slug);
        for (who, words) in [("terminal", "the tills"), ("office", "the stores' hubs")] {
            chain.ok("PATCH", &company, owner, json!({"authority": {"warehouse": who}})).await;
            let (status, answer) = chain.once("/stock/movements", owner, &with(json!({})), "left").await;
            assert_eq!((status.as_u16(), &answer["code"]), (403, &json!("not_the_authority")));
            assert!(text(&answer["message"]).contains(words), "{answer}");
        }
        chain.ok("PATCH", &company, owner, json!({"authority": {}})).await;
        chain.terminal(owner, &harbour.store, "NODE", "office").await;
        refused(&chain, owner, "/stock/movements", &with(json!({})), (409, "behind_office")).await;
    }
}

#[tokio::test]
async fn goods_of_a_store_with_a_hub_of_its_own_are_moved_there_and_nowhere_else() {
    for books in every_books().await {
        let above = Chain::on(books.clone());
        let harbour = above.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&above, owner, "BREAD").await;
        let lines = json!([{"product_id": bread, "quantity": "1"}]);
        let receive = |at: Value| json!({"type": "receive", "at": at, "lines": lines});
        let (here, there) = (json!({"store_id": harbour.store}), json!({"store_id": harbour.other_store}));

        let upstream = Some(Upstream { address: "http://unused".to_owned(), token: "t".to_owned() });
        let store = Chain::in_store(books, Settings { upstream, ..Settings::default() });
        act(&store, owner, ("/stock/movements", "one"), &receive(here.clone())).await;
        assert_eq!(told(&store, &harbour.device).await.len(), 1, "its till hears of it");
        let company = format!("/companies/{}", harbour.slug);
        above.ok("PATCH", &company, owner, json!({"authority": {"warehouse": "terminal"}})).await;
        let (status, answer) = store.once("/stock/movements", owner, &receive(here.clone()), "two").await;
        assert_eq!((status.as_u16(), &answer["code"]), (403, &json!("not_the_authority")));
        above.ok("PATCH", &company, owner, json!({"authority": {}})).await;

        // As the command registers it, a store's hub is of the profile of tills.
        let (node, _) = above.terminal(owner, &harbour.store, "NODE", "pos").await;
        above.terminal(owner, &harbour.other_store, "TILL-8", "pos").await;
        let id = |text: &str| Uuid::parse_str(text).unwrap();
        let change = TerminalChange::IsNode(true);
        above.hub.change(id(&harbour.id), id(&node), change).await.unwrap();
        let of = |terminal: &str| json!({"store_id": harbour.store, "terminal_id": terminal});
        for is_suspended in [false, true] {
            if is_suspended {
                above.ok("POST", &format!("/terminals/{node}/suspend"), owner, json!({})).await;
            }
            for (path, body) in [
                ("/stock/movements", receive(here.clone())),
                ("/stock/movements", receive(of(&harbour.terminal))),
                ("/stock/movements", receive(of(&node))),
                (
                    "/stock/adjustments",
                    json!({"at": here, "product_id": bread, "counted": "9", "reason": "x"}),
                ),
                ("/stock/transfers", json!({"from": there, "to": here, "lines": lines})),
                ("/stocktakes", json!({"at": here})),
            ] {
                refused(&above, owner, path, &body, (409, "behind_office")).await;
            }
        }
        assert_eq!(on_hand(&above, owner, (&bread, &harbour.store)).await, "1", "nothing moved");
        let right = json!({
            "at": of(&harbour.terminal), "reason": "r", "lines": [{"product_id": bread, "on_hand": "4"}],
        });
        assert_eq!(act(&above, owner, ("/stock/corrections", "three"), &right).await["changed"], 1);
    }
}

#[tokio::test]
async fn who_may_only_propose_does_not_move_a_level_and_what_is_booked_is_the_difference() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let here = Some(harbour.store.as_str());
        let clerk = chain.staff(&harbour, "clerk", ("stock_clerk", "store", here)).await.access;
        let bread = product(&chain, owner, "BREAD").await;
        let of = (bread.as_str(), harbour.store.as_str());
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), 0)).await;
        let found = json!({
            "at": {"store_id": harbour.store}, "product_id": bread, "counted": "9", "reason": "one is broken",
        });
        let proposed = act(&chain, &clerk, ("/stock/adjustments", "one"), &found).await;
        assert_eq!((&proposed["state"], &proposed["difference"]), (&json!("proposed"), &json!("-1")));
        assert_eq!(on_hand(&chain, owner, of).await, "10");
        let path = format!("/stock/adjustments/{}", text(&proposed["id"]));
        refused(&chain, &clerk, &format!("{path}/approve"), &json!({}), (403, "not_allowed")).await;
        // What came meanwhile is not lost.
        send(&chain, &harbour, 2, &moved(Uuid::from_u128(2), &bread, (MovementKind::Receipt, 5), 10)).await;
        let booked = act(&chain, owner, (&format!("{path}/approve"), "two"), &json!({})).await;
        assert_eq!(booked["state"], "booked");
        act(&chain, owner, (&format!("{path}/approve"), "three"), &json!({})).await;
        assert_eq!(on_hand(&chain, owner, of).await, "14");
        refused(&chain, owner, &format!("{path}/reject"), &json!({}), (409, "wrong_state")).await;
        let at_once = json!({
            "at": {"store_id": harbour.store}, "product_id": bread, "delta": "2", "reason": "behind the fridge",
        });
        let booked = act(&chain, owner, ("/stock/adjustments", "four"), &at_once).await;
        assert_eq!((&booked["state"], on_hand(&chain, owner, of).await), (&json!("booked"), json!("16")));
        let listed = chain.get("/stock/adjustments?state=booked", owner).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_lay_on_the_shelves_before_is_taken_into_the_hubs_books_alone() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        let there = json!({
            "at": {"store_id": harbour.store}, "reason": "before the till was connected",
            "lines": [{"product_id": bread, "on_hand": "40"}],
        });
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Issue, -3), 0)).await;
        let corrected = act(&chain, owner, ("/stock/corrections", "one"), &there).await;
        assert_eq!(corrected["changed"], 1);
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.store)).await, "40");
        assert!(told(&chain, &harbour.device).await.is_empty(), "the till's books are right");
        assert_eq!(act(&chain, owner, ("/stock/corrections", "two"), &there).await["changed"], 0);
        // Somebody finds 39 where the till's books say 40.
        later(120);
        let found = moved(Uuid::from_u128(2), &bread, (MovementKind::Adjustment, -1), 60);
        send(&chain, &harbour, 2, &found).await;
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.store)).await, "39");
        later(0);
        let movements = chain.get("/stock/movements?kind=correction", owner).await;
        assert_eq!(movements["items"][0]["change"], "43", "{movements}");
    }
}

#[tokio::test]
async fn what_people_find_at_the_hub_knows_of_a_tills_count_that_comes_at_the_same_instant() {
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), 0)).await;
        let there = json!({
            "at": {"store_id": harbour.store}, "reason": "counted twice",
            "lines": [{"product_id": bread, "on_hand": "7"}],
        });
        let counted = moved(Uuid::from_u128(2), &bread, (MovementKind::Adjustment, -3), 60);
        let level = held(&books, "UPDATE stock_level SET updated_at = updated_at").await;
        let behind = async {
            until_waiting(&books, 1).await;
            act(&chain, owner, ("/stock/corrections", "one"), &there).await
        };
        tokio::join!(send(&chain, &harbour, 2, &counted), behind, async {
            until_waiting(&books, 2).await;
            level.send(()).unwrap();
        });
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.store)).await, "7");
    }
}

#[tokio::test]
async fn goods_on_their_way_are_on_no_shelf_and_what_does_not_arrive_is_lost() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, other) = chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
        let bread = product(&chain, owner, "BREAD").await;
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), 0)).await;
        let (here, there) =
            ((bread.as_str(), harbour.store.as_str()), (bread.as_str(), &*harbour.other_store));
        let order = |quantity: &str| {
            json!({
                "from": {"store_id": harbour.store}, "to": {"store_id": harbour.other_store},
                "lines": [{"product_id": bread, "quantity": quantity}],
            })
        };
        let too_much = act(&chain, owner, ("/stock/transfers", "zero"), &order("11")).await;
        let path = format!("/stock/transfers/{}", text(&too_much["id"]));
        refused(&chain, owner, &format!("{path}/ship"), &json!({}), (422, "stock_insufficient")).await;
        act(&chain, owner, (&format!("{path}/cancel"), "cancel"), &json!({})).await;
        let written = act(&chain, owner, ("/stock/transfers", "one"), &order("6")).await;
        let path = format!("/stock/transfers/{}", text(&written["id"]));
        assert_eq!(on_hand(&chain, owner, here).await, "10", "nothing has left");
        refused(&chain, owner, &format!("{path}/receive"), &json!({}), (409, "wrong_state")).await;
        for key in ["ship", "ship again"] {
            act(&chain, owner, (&format!("{path}/ship"), key), &json!({})).await;
        }
        assert_eq!(on_hand(&chain, owner, here).await, "4");
        let arrived = json!({"lines": [{"product_id": bread, "received": "5"}]});
        let done = act(&chain, owner, (&format!("{path}/receive"), "arrive"), &arrived).await;
        assert_eq!((&done["state"], &done["lines"][0]["received"]), (&json!("received"), &json!("5")));
        for (key, again) in [("as before", &arrived), ("nothing more said", &json!({}))] {
            let done = act(&chain, owner, (&format!("{path}/receive"), key), again).await;
            assert_eq!(done["lines"][0]["received"], "5", "{key}");
        }
        let otherwise = json!({"lines": [{"product_id": bread, "received": "6"}]});
        refused(&chain, owner, &format!("{path}/receive"), &otherwise, (409, "received_otherwise")).await;
        assert_eq!(on_hand(&chain, owner, there).await, "5", "one is lost");
        assert_eq!(told(&chain, &harbour.device).await.len(), 1);
        assert_eq!(told(&chain, &other).await[0]["lines"][0]["change"], "5");
        refused(&chain, owner, &format!("{path}/cancel"), &json!({}), (409, "wrong_state")).await;
        let back = act(&chain, owner, ("/stock/transfers", "two"), &order("4")).await;
        let path = format!("/stock/transfers/{}", text(&back["id"]));
        act(&chain, owner, (&format!("{path}/ship"), "out"), &json!({})).await;
        act(&chain, owner, (&format!("{path}/cancel"), "back"), &json!({})).await;
        assert_eq!(on_hand(&chain, owner, here).await, "4", "it came back");
        let manager = chain.staff(&harbour, "manager", ("store_manager", "store", Some(here.1))).await;
        let (status, answer) = chain.once("/stock/transfers", &manager.access, &order("1"), "one end").await;
        assert_eq!(status.as_u16(), 404, "the right holds at one end alone: {answer}");
    }
}

#[tokio::test]
async fn goods_on_their_way_arrive_or_come_back_though_nobody_sells_them_any_more() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        chain.terminal(owner, &harbour.other_store, "TILL-9", "pos").await;
        let bread = product(&chain, owner, "BREAD").await;
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), 0)).await;
        let order = json!({
            "from": {"store_id": harbour.store}, "to": {"store_id": harbour.other_store},
            "lines": [{"product_id": bread, "quantity": "3"}],
        });
        let mut paths = Vec::new();
        for key in ["one", "two"] {
            let written = act(&chain, owner, ("/stock/transfers", key), &order).await;
            let path = format!("/stock/transfers/{}", text(&written["id"]));
            act(&chain, owner, (&format!("{path}/ship"), &path), &json!({})).await;
            paths.push(path);
        }
        let dairy = json!({"code": "DAIRY", "name": "Dairy", "lead_days": 2});
        let supplier = act(&chain, owner, ("/suppliers", "supplier"), &dairy).await;
        let ordered = json!({
            "supplier_id": supplier["id"], "at": {"store_id": harbour.store},
            "lines": [{"product_id": bread, "quantity": "5", "unit_cost": "0.62"}],
        });
        let ordered = act(&chain, owner, ("/purchase-orders", "order"), &ordered).await;
        let row = format!("/definitions/products/{bread}");
        let version = format!("\"{}\"", chain.get(&row, owner).await["version"]);
        let version = [("if-match", version.as_str())];
        let (status, answer) = chain.send_with("DELETE", &row, owner, &json!({}), &version).await;
        assert_eq!(status.as_u16(), 204, "{answer}");
        refused(&chain, owner, "/stock/transfers", &order, (422, "product_unknown")).await;
        act(&chain, owner, (&format!("{}/receive", paths[0]), "arrive"), &json!({})).await;
        act(&chain, owner, (&format!("{}/cancel", paths[1]), "back"), &json!({})).await;
        let receive = format!("/purchase-orders/{}/receive", text(&ordered["id"]));
        act(&chain, owner, (&receive, "come"), &json!({})).await;
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.other_store)).await, "3");
        // 10 less two times three, three that came back, five that were ordered.
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.store)).await, "12");
    }
}

#[tokio::test]
async fn what_was_ordered_for_a_till_that_is_gone_is_told_to_the_one_in_its_place() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        let dairy = json!({"code": "DAIRY", "name": "Dairy", "lead_days": 2});
        let supplier = act(&chain, owner, ("/suppliers", "supplier"), &dairy).await;
        let order = json!({
            "supplier_id": supplier["id"], "at": {"store_id": harbour.store},
            "lines": [{"product_id": bread, "quantity": "5", "unit_cost": "0.62"}],
        });
        let order = act(&chain, owner, ("/purchase-orders", "order"), &order).await;
        let revoke = format!("/terminals/{}/revoke", harbour.terminal);
        chain.ok("POST", &revoke, owner, json!({"grace_hours": 1})).await;
        let receive = format!("/purchase-orders/{}/receive", text(&order["id"]));
        refused(&chain, owner, &receive, &json!({}), (422, "till_needed")).await;
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        act(&chain, owner, (&receive, "again"), &json!({})).await;
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.store)).await, "5");
        assert_eq!(told(&chain, &second).await.len(), 1);
    }
}

#[tokio::test]
async fn a_finding_is_of_the_time_of_its_count_and_is_reported_otherwise_under_another_identity() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let here = Some(harbour.store.as_str());
        let ann = chain.staff(&harbour, "ann", ("stock_clerk", "store", here)).await.access;
        let bread = product(&chain, owner, "BREAD").await;
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), 0)).await;
        let new = json!({"at": {"store_id": harbour.store}});
        let opened = act(&chain, owner, ("/stocktakes", "open"), &new).await;
        let path = format!("/stocktakes/{}", text(&opened["id"]));
        // A scanner whose clock stands in 2020, when nothing was there.
        let line = |quantity: &str| {
            json!({"lines": [{
                "line_id": Uuid::from_u128(1), "product_id": bread, "quantity": quantity,
                "counted_at": "2020-01-01T00:00:00Z",
            }]})
        };
        let lines = format!("{path}/lines");
        let mut results = Vec::new();
        for (key, quantity) in [("a", "10"), ("b", "10"), ("c", "9")] {
            let answer = act(&chain, &ann, (&lines, key), &line(quantity)).await;
            results.push((answer["results"][0]["result"].clone(), answer["results"][0]["code"].clone()));
        }
        let expected = [
            (json!("accepted"), Value::Null),
            (json!("duplicate"), Value::Null),
            (json!("rejected"), json!("content_mismatch")),
        ];
        assert_eq!(results, expected);
        let closed = act(&chain, owner, (&format!("{path}/close"), "close"), &json!({})).await;
        let variance = json!({"product_id": bread, "expected": "10", "counted": "10", "difference": "0"});
        assert_eq!(closed["variances"], json!([variance]));
    }
}

#[tokio::test]
async fn a_count_books_the_difference_of_its_instant_and_nobody_approves_what_they_counted() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let here = Some(harbour.store.as_str());
        let mut clerks = Vec::new();
        for name in ["ann", "bob"] {
            clerks.push(chain.staff(&harbour, name, ("stock_clerk", "store", here)).await.access);
        }
        let bread = product(&chain, owner, "BREAD").await;
        let barcode =
            json!({"row": {"barcode": "5901234123457", "fk_product_id": bread, "pack_quantity": "3"}});
        chain.ok("POST", "/definitions/product_barcodes", owner, barcode).await;
        send(&chain, &harbour, 1, &moved(Uuid::from_u128(1), &bread, (MovementKind::Receipt, 10), 0)).await;
        let new = json!({"at": {"store_id": harbour.store}, "is_blind": true});
        let opened = act(&chain, owner, ("/stocktakes", "open"), &new).await;
        let path = format!("/stocktakes/{}", text(&opened["id"]));
        let line = |id: u128, of: (&str, &str), quantity: &str| {
            json!({
                "line_id": Uuid::from_u128(id), (of.0): of.1, "quantity": quantity, "counted_at": "2026-11-21T12:00:00Z",
            })
        };
        let (packs, pieces) = (("barcode", "5901234123457"), ("product_id", bread.as_str()));
        let reported = json!({"lines": [line(1, packs, "2"), line(2, ("barcode", "0"), "1")]});
        let lines = format!("{path}/lines");
        let answer = act(&chain, &clerks[0], (&lines, "a"), &reported).await;
        assert_eq!(answer["results"][0]["result"], "accepted");
        assert_eq!(answer["results"][1]["code"], "barcode_unknown", "and stops no other");
        let more = json!({"lines": [line(1, packs, "2"), line(3, pieces, "3")]});
        let answer = act(&chain, &clerks[1], (&lines, "b"), &more).await;
        assert_eq!(answer["results"][0]["result"], "duplicate");
        // Two packs of three and three: nine. Two are sold after it was counted, of which the count knows nothing.
        send(&chain, &harbour, 2, &moved(Uuid::from_u128(2), &bread, (MovementKind::Issue, -2), 300)).await;
        let closed = act(&chain, owner, (&format!("{path}/close"), "close"), &json!({})).await;
        let variance = json!({"product_id": bread, "expected": "10", "counted": "9", "difference": "-1"});
        assert_eq!(closed["variances"], json!([variance]));
        assert_eq!(chain.get(&path, &clerks[0]).await["variances"], json!([]), "a blind count keeps them");
        refused(&chain, &clerks[0], &lines, &more, (409, "wrong_state")).await;
        act(&chain, owner, (&format!("{path}/approve"), "approve"), &json!({})).await;
        act(&chain, owner, (&format!("{path}/approve"), "again"), &json!({})).await;
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.store)).await, "7", "8 less the one that lacks");
        let second = act(&chain, owner, ("/stocktakes", "second"), &new).await;
        let path = format!("/stocktakes/{}", text(&second["id"]));
        let own = json!({"lines": [line(4, pieces, "7")]});
        act(&chain, owner, (&format!("{path}/lines"), "c"), &own).await;
        act(&chain, owner, (&format!("{path}/close"), "d"), &json!({})).await;
        refused(&chain, owner, &format!("{path}/approve"), &json!({}), (403, "counted_it")).await;
        act(&chain, owner, (&format!("{path}/cancel"), "e"), &json!({})).await;
    }
}

#[tokio::test]
async fn of_an_order_to_a_supplier_no_more_comes_in_than_was_ordered() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let bread = product(&chain, owner, "BREAD").await;
        let dairy = json!({"code": "DAIRY", "name": "Dairy", "lead_days": 2});
        let supplier = act(&chain, owner, ("/suppliers", "one"), &dairy).await;
        refused(&chain, owner, "/suppliers", &dairy, (409, "code_taken")).await;
        let order = json!({
            "supplier_id": supplier["id"], "at": {"store_id": harbour.store},
            "lines": [{"product_id": bread, "quantity": "50", "unit_cost": "0.62"}],
        });
        let written = act(&chain, owner, ("/purchase-orders", "order"), &order).await;
        let path = format!("/purchase-orders/{}", text(&written["id"]));
        let receive = format!("{path}/receive");
        let part = |quantity: &str| json!({"lines": [{"product_id": bread, "quantity": quantity}]});
        let partly = act(&chain, owner, (&receive, "a"), &part("20")).await;
        assert_eq!(
            (&partly["state"], &partly["lines"][0]["received"]),
            (&json!("partly_received"), &json!("20"))
        );
        let (_, answer) = chain.once(&receive, owner, &part("31"), "b").await;
        assert_eq!((&answer["code"], &answer["detail"]), (&json!("over_delivery"), &json!("30")));
        let change = json!({"expected_on": "2026-12-01"});
        let stale = [("if-match", "\"1\"")];
        let (status, _) = chain.send_with("PATCH", &path, owner, &change, &stale).await;
        assert_eq!(status.as_u16(), 412, "a delivery is a change");
        let (status, _) = chain.send_with("PATCH", &path, owner, &change, &[("if-match", "\"2\"")]).await;
        assert_eq!(status.as_u16(), 200);
        let whole = act(&chain, owner, (&receive, "c"), &json!({})).await;
        assert_eq!(whole["state"], "received");
        assert_eq!(on_hand(&chain, owner, (&bread, &harbour.store)).await, "50");
        refused(&chain, owner, &receive, &json!({}), (409, "wrong_state")).await;
        let line = &told(&chain, &harbour.device).await[0]["lines"][0];
        assert_eq!((&line["change"], &line["unit_cost"]), (&json!("20"), &json!("0.62")));
        let path = format!("/suppliers/{}", text(&supplier["id"]));
        assert_eq!(chain.get(&path, owner).await, supplier);
        let (status, _) = chain
            .send_with("PATCH", &path, owner, &json!({"is_active": false}), &[("if-match", "\"1\"")])
            .await;
        assert_eq!(status.as_u16(), 200);
        refused(&chain, owner, "/purchase-orders", &order, (422, "reference_unknown")).await;
    }
}
