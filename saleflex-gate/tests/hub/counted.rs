//! What one of several tills of a store finds on the shelf.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use saleflex_core::{
    authority::Authority,
    ids::{CashierId, ClosureNumber, LocationId, PostingId, ProductId, StockCountId},
    inventory::{
        AdjustmentKind, Cause, Movement, MovementKind, Place, Posting, Stock, StockAct, StockMovement,
        count::{CountStep, Finding},
    },
    journal::{Entry, Event, FirstShelves},
    time::Moment,
};
use saleflex_gate::db::Books;
use serde_json::json;
use uuid::Uuid;

use super::{
    business::{deliver_by, push_all},
    chain::{Chain, Company, SHELF, chains, text},
    support::{held, id, later, noon, sale as older_sale, served_books, until_waiting},
};

const BY: CashierId = CashierId::new(Uuid::from_u128(7));
const BREAD: ProductId = ProductId::new(Uuid::from_u128(0xB4EAD));
const COUNT: StockCountId = StockCountId::new(Uuid::from_u128(0xC0));

fn shelf() -> Place {
    place(1)
}

fn place(location: u128) -> Place {
    Place { item: BREAD.into(), location: LocationId::new(Uuid::from_u128(location)) }
}

fn at(seconds: i64) -> Moment {
    Moment::utc(noon() + TimeDelta::seconds(seconds))
}

/// What somebody did with the bread, so many seconds after noon.
fn did(id: u128, act: StockAct, seconds: i64, moved: Option<(Cause, MovementKind, i32)>) -> Entry {
    let (id, moment) = (Uuid::from_u128(id), at(seconds));
    let mut entry = Entry::new(id, moment, Some(BY), ClosureNumber(1), Event::Stock(Box::new(act)));
    entry.effects.posting = moved.map(|(cause, kind, change)| {
        Box::new(Posting {
            id: PostingId::new(id),
            number: None,
            cause,
            moment,
            authority: Authority { cashier: BY, approved_by: None },
            reason: None,
            reference: None,
            movements: vec![Movement::new(kind, shelf(), Stock::whole(change), Stock::ZERO)],
        })
    });
    entry
}

fn moved(id: u128, change: i32, seconds: i64) -> Entry {
    let cause = Cause::Receipt { supplier: None, supplier_name: None, order: None };
    let kind = if change > 0 { MovementKind::Receipt } else { MovementKind::Issue };
    did(id, StockAct::Moved, seconds, Some((cause, kind, change)))
}

fn put_right(id: u128, (expected, counted): (i32, i32), seconds: i64) -> Entry {
    let (kind, change) = (AdjustmentKind::CycleCount, counted - expected);
    let cause = Cause::Adjustment { kind, expected: Stock::whole(expected), counted: Stock::whole(counted) };
    let mut entry = did(id, StockAct::Moved, seconds, Some((cause, MovementKind::Adjustment, change)));
    entry.effects.posting.as_mut().unwrap().movements[0].before = Stock::whole(expected);
    entry
}

/// A document sold some.
fn sold(id: u128, many: i32, seconds: i64) -> Entry {
    let mut entry = did(id, StockAct::Moved, seconds, None);
    entry.effects.counter = Some(shelf().location);
    entry.effects.stock = vec![StockMovement::new(BREAD, MovementKind::Sale, Stock::whole(-many))];
    entry
}

/// A till tells what it was made with on a shelf, an hour before noon.
fn opened(id: u128, place: Place, level: i32) -> Entry {
    let shelves = Some(Box::new(FirstShelves {
        location: place.location,
        as_of: at(-3_600).instant,
        on_hand: BTreeMap::from([(place.item.product, Stock::whole(level))]),
    }));
    let event = Event::HubChosen { connector: None, was: None, address: None, shelves };
    Entry::new(Uuid::from_u128(id), at(600), Some(BY), ClosureNumber(1), event)
}

async fn tell(chain: &Chain, company: &Company, by: (&str, &str), seq: u64, entry: &Entry) {
    let bytes = String::from_utf8(entry.to_bytes().unwrap()).unwrap();
    deliver_by(chain, company, by, (seq, entry.entity), &bytes).await;
}

/// Tells, and answers what there is of bread then.
async fn send(chain: &Chain, company: &Company, by: (&str, &str), seq: u64, entry: &Entry) -> String {
    tell(chain, company, by, seq, entry).await;
    let levels = chain.get(&format!("/stock/{}", BREAD.uuid()), &company.owner.access).await;
    levels["items"][0]["on_hand"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn what_one_of_several_tills_found_is_what_the_hub_says_whatever_the_others_moved_and_whenever_they_tell()
 {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        assert_eq!(send(&chain, &harbour, one, 1, &moved(1, 10, 0)).await, "10");
        assert_eq!(send(&chain, &harbour, two, 1, &moved(2, -3, 60)).await, "7");
        // The books of the first know nothing of that: three are missing there, and none here.
        assert_eq!(send(&chain, &harbour, one, 2, &put_right(3, (10, 7), 120)).await, "7");
        // Two more were gone by then, of which the second tells only now.
        assert_eq!(send(&chain, &harbour, two, 2, &moved(4, -2, 90)).await, "7", "they were seen");
        assert_eq!(send(&chain, &harbour, two, 3, &moved(5, -1, 200)).await, "6");
        assert_eq!(send(&chain, &harbour, one, 3, &put_right(6, (7, 6), 300)).await, "6");
        // A count is booked later than it is found: what is sold in between was on the shelf.
        assert_eq!(send(&chain, &harbour, two, 4, &moved(7, -1, 350)).await, "5");
        let finding = Finding { counted: Stock::whole(5), expected: Stock::whole(6), adjusted: None };
        let step = CountStep::Found { by: BY, place: shelf(), finding };
        let found = did(8, StockAct::Count { count: COUNT, step }, 400, None);
        assert_eq!(send(&chain, &harbour, one, 4, &found).await, "5");
        assert_eq!(send(&chain, &harbour, two, 5, &moved(9, -2, 500)).await, "3");
        let approved = StockAct::Count { count: COUNT, step: CountStep::Approved };
        let booked = (Cause::Count { count: COUNT }, MovementKind::Adjustment, -1);
        assert_eq!(send(&chain, &harbour, one, 5, &did(10, approved, 600, Some(booked))).await, "3");
    }
}

/// Two deliveries that come at the same instant, the first a little before: each is under way until the other is.
async fn at_once(
    (books, chain, company): (&Books, &Chain, &Company),
    [first, second]: [((&str, &str), u64, Entry); 2],
) {
    let levels = held(books, "UPDATE stock_level SET updated_at = updated_at").await;
    let behind = async {
        until_waiting(books, 1).await;
        send(chain, company, second.0, second.1, &second.2).await
    };
    let let_go = async {
        until_waiting(books, 2).await;
        levels.send(()).unwrap();
    };
    tokio::join!(send(chain, company, first.0, first.1, &first.2), behind, let_go);
}

#[tokio::test]
async fn a_sale_and_a_count_that_come_at_the_same_instant_know_of_each_other() {
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        for (name, is_counted_first) in [("harbour", false), ("valley", true)] {
            let company = chain.company(name).await;
            let (_, second) = chain.terminal(&company.owner.access, &company.store, "TILL-2", "pos").await;
            let (one, two) = (("TILL-1", company.device.as_str()), ("TILL-2", second.as_str()));
            assert_eq!(send(&chain, &company, one, 1, &moved(1, 10, 0)).await, "10");
            // Three are gone by when it is counted: seven are there, where its till knows of ten.
            let mut both = [(two, 1, moved(2, -3, 60)), (one, 2, put_right(3, (10, 7), 120))];
            if is_counted_first {
                both.reverse();
            }
            at_once((&books, &chain, &company), both).await;
            assert_eq!(send(&chain, &company, two, 2, &moved(4, -1, 200)).await, "6", "{name}");
        }
    }
}

#[tokio::test]
async fn what_two_tills_were_made_with_on_one_shelf_counts_once_though_they_tell_it_at_the_same_instant() {
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        // The level is there already, by goods at another place.
        assert_eq!(send(&chain, &harbour, one, 1, &opened(1, place(2), 5)).await, "5");
        let both = [(one, 2, opened(2, shelf(), 50)), (two, 1, opened(3, shelf(), 50))];
        at_once((&books, &chain, &harbour), both).await;
        assert_eq!(send(&chain, &harbour, two, 2, &moved(4, -1, 200)).await, "54");
    }
}

#[tokio::test]
async fn whoever_waits_for_a_level_holds_none_that_comes_behind_it() {
    let of = |mut entry: Entry, product: u128| {
        let movement = &mut entry.effects.posting.as_mut().unwrap().movements[0];
        movement.place.item = ProductId::new(Uuid::from_u128(product)).into();
        entry
    };
    for books in served_books().await {
        let chain = Chain::on(books.clone());
        let harbour = chain.company("harbour").await;
        let (_, second) = chain.terminal(&harbour.owner.access, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        for (seq, product) in [(1, 1), (2, 2)] {
            tell(&chain, &harbour, one, seq, &of(moved(product, 10, 0), product)).await;
        }
        let sql =
            "UPDATE stock_level SET updated_at = 1 WHERE product_id = '00000000-0000-0000-0000-000000000001'";
        let level = held(&books, sql).await;
        // The one that is behind is named first.
        let mut both = of(moved(3, -1, 60), 2);
        let other = of(moved(4, -1, 60), 1).effects.posting.unwrap().movements;
        both.effects.posting.as_mut().unwrap().movements.extend(other);
        let ((), passed) = tokio::join!(tell(&chain, &harbour, one, 3, &both), async {
            until_waiting(&books, 1).await;
            let other = of(moved(5, -1, 60), 2);
            let sent = tell(&chain, &harbour, two, 1, &other);
            let passed = tokio::time::timeout(Duration::from_secs(5), sent).await.is_ok();
            level.send(()).unwrap();
            passed
        });
        assert!(passed);
    }
}

#[tokio::test]
async fn what_a_till_finds_of_goods_that_it_kept_no_books_of_is_what_the_hub_says() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let one = ("TILL-1", harbour.device.as_str());
        assert_eq!(send(&chain, &harbour, one, 1, &sold(1, 4, 60)).await, "-4");
        assert_eq!(send(&chain, &harbour, one, 2, &put_right(2, (0, 30), 120)).await, "30");
        // From then on it keeps them.
        assert_eq!(send(&chain, &harbour, one, 3, &sold(3, 30, 180)).await, "0");
        assert_eq!(send(&chain, &harbour, one, 4, &put_right(4, (0, 2), 240)).await, "2");
        // The same in one delivery, and of goods that were delivered before.
        let valley = chain.company("valley").await;
        let one = ("TILL-1", valley.device.as_str());
        let told = [sold(5, 4, 60), put_right(6, (0, 30), 120)];
        let bytes = told.each_ref().map(|entry| String::from_utf8(entry.to_bytes().unwrap()).unwrap());
        let both = [((1, told[0].entity), &*bytes[0]), ((2, told[1].entity), &*bytes[1])];
        push_all(&chain, &valley, ("QUAY", one), &both).await;
        assert_eq!(send(&chain, &valley, one, 3, &moved(7, 1, 180)).await, "31");
        let hills = chain.company("hills").await;
        let one = ("TILL-1", hills.device.as_str());
        assert_eq!(send(&chain, &hills, one, 1, &sold(8, 4, 60)).await, "-4");
        assert_eq!(send(&chain, &hills, one, 2, &moved(9, 5, 120)).await, "1", "a delivery finds nothing");
        assert_eq!(send(&chain, &hills, one, 3, &sold(10, 5, 180)).await, "-4");
        assert_eq!(send(&chain, &hills, one, 4, &put_right(11, (0, 3), 240)).await, "3", "it was looked at");
    }
}

#[tokio::test]
async fn what_tills_of_a_store_were_made_with_on_one_shelf_counts_once_whatever_they_find_there() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", harbour.device.as_str()), ("TILL-2", second.as_str()));
        assert_eq!(send(&chain, &harbour, one, 1, &moved(1, -5, -60)).await, "-5");
        assert_eq!(send(&chain, &harbour, one, 2, &opened(2, shelf(), 50)).await, "45");
        assert_eq!(send(&chain, &harbour, two, 1, &opened(3, shelf(), 50)).await, "45", "it is one shelf");
        assert_eq!(send(&chain, &harbour, two, 2, &opened(4, place(2), 20)).await, "65", "and another one");
        assert_eq!(send(&chain, &harbour, two, 3, &moved(5, -2, 10)).await, "63");
        // 48 by its own books, and 43 on the shelf, as the first sold five.
        assert_eq!(send(&chain, &harbour, two, 4, &put_right(6, (48, 43), 60)).await, "63");
        assert_eq!(send(&chain, &harbour, one, 3, &put_right(7, (45, 42), 120)).await, "62", "one is lost");
        // One that found what is there before it told what it began with.
        let valley = chain.company("valley").await;
        let (_, second) = chain.terminal(&valley.owner.access, &valley.store, "TILL-2", "pos").await;
        let (one, two) = (("TILL-1", valley.device.as_str()), ("TILL-2", second.as_str()));
        assert_eq!(send(&chain, &valley, one, 1, &opened(11, shelf(), 50)).await, "50");
        send(&chain, &valley, two, 1, &put_right(12, (50, 45), 60)).await;
        assert_eq!(send(&chain, &valley, two, 2, &opened(13, shelf(), 50)).await, "45");
    }
}

#[tokio::test]
async fn what_a_till_was_made_with_counts_once_beside_what_it_found_in_one_delivery_and_however_often_told() {
    for chain in chains().await {
        for (name, is_found_first) in [("harbour", true), ("valley", false)] {
            let company = chain.company(name).await;
            let (_, second) = chain.terminal(&company.owner.access, &company.store, "TILL-2", "pos").await;
            let (one, two) = (("TILL-1", company.device.as_str()), ("TILL-2", second.as_str()));
            assert_eq!(send(&chain, &company, one, 1, &opened(1, shelf(), 50)).await, "50");
            // A till tells each hub that it meets, and each hears all of it.
            let mut told = [put_right(2, (50, 45), 60), opened(3, shelf(), 50), opened(4, shelf(), 50)];
            if !is_found_first {
                told.reverse();
            }
            let told =
                told.map(|entry| (entry.entity, String::from_utf8(entry.to_bytes().unwrap()).unwrap()));
            let events: Vec<((u64, Uuid), &str)> =
                (1..).zip(&told).map(|(seq, (entity, bytes))| ((seq, *entity), bytes.as_str())).collect();
            push_all(&chain, &company, ("QUAY", two), &events).await;
            assert_eq!(send(&chain, &company, two, 4, &opened(5, shelf(), 50)).await, "45", "{name}");
            assert_eq!(send(&chain, &company, two, 5, &put_right(6, (45, 44), 120)).await, "44", "{name}");
        }
    }
}

#[tokio::test]
async fn what_was_found_in_a_count_that_nobody_finished_goes_after_a_year_and_moves_nothing() {
    const DAY: i64 = 24 * 60 * 60;
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let till = ("TILL-1", harbour.device.as_str());
        assert_eq!(send(&chain, &harbour, till, 1, &moved(1, 10, 0)).await, "10");
        let finding = Finding { counted: Stock::whole(9), expected: Stock::whole(10), adjusted: None };
        let step = CountStep::Found { by: BY, place: shelf(), finding };
        let found = did(2, StockAct::Count { count: COUNT, step }, 60, None);
        assert_eq!(send(&chain, &harbour, till, 2, &found).await, "10");
        for (days, gone) in [(365, 0), (367, 1), (368, 0)] {
            later(days * DAY);
            assert_eq!(chain.hub.sweep().await.unwrap()["findings"], gone, "{days} days");
        }
        let owner = chain.login("harbour.owner").await;
        let levels = chain.get(&format!("/stock/{}", BREAD.uuid()), &owner.access).await;
        assert_eq!(levels["items"][0]["on_hand"], "10");
        later(0);
    }
}

/// The same at another place of the till.
fn elsewhere(mut entry: Entry) -> Entry {
    for movement in entry.effects.posting.iter_mut().flat_map(|posting| &mut posting.movements) {
        movement.place = place(2);
    }
    entry
}

#[tokio::test]
async fn what_has_no_place_is_taken_off_one_place_that_a_till_puts_right_and_not_off_each() {
    for chain in chains().await {
        let harbour = chain.company("harbour").await;
        let owner = harbour.owner.access.as_str();
        let (_, second) = chain.terminal(owner, &harbour.store, "TILL-2", "pos").await;
        let one = ("TILL-1", harbour.device.as_str());
        assert_eq!(send(&chain, &harbour, one, 1, &moved(1, 20, 0)).await, "20");
        assert_eq!(send(&chain, &harbour, one, 2, &elsewhere(moved(2, 20, 1))).await, "40");
        // The second till is one of the older wire: its receipts name no place. It sold five.
        let line = json!({"id": id(4), "fk_product_id": BREAD.uuid(), "quantity": "5"});
        let mut sold = older_sale(&id(3), 1, "1.0000");
        sold["products"] = json!([line]);
        let push = json!({
            "office_code": harbour.slug, "store_code": "QUAY", "terminal_code": "TILL-2", "pos_id": 2,
            "transactions": [sold], "sequences": [],
        });
        chain.ok("POST", "/pos/transactions", &second, push).await;
        // 15 lie at the one place and 19 at the other.
        assert_eq!(send(&chain, &harbour, one, 3, &put_right(5, (20, 15), 120)).await, "35");
        assert_eq!(send(&chain, &harbour, one, 4, &elsewhere(put_right(6, (20, 19), 130))).await, "34");
    }
}

#[tokio::test]
async fn what_a_till_found_and_what_it_heard_of_goods_may_come_in_one_delivery() {
    for chain in chains().await {
        for (name, is_found_first, expected) in [("harbour", true, "34"), ("valley", false, "33")] {
            let company = chain.company(name).await;
            let owner = company.owner.access.as_str();
            chain.shelf(owner).await;
            let row = json!({"row": {"code": "BREAD", "name": "Bread", "sale_price": "2.00", "fk_department_main_group_id": SHELF}});
            let bread = text(&chain.ok("POST", "/definitions/products", owner, row).await["id"]);
            let product = ProductId::new(bread.parse().unwrap());
            let of_bread = |mut entry: Entry| {
                for movement in entry.effects.posting.iter_mut().flat_map(|posting| &mut posting.movements) {
                    movement.place.item = product.into();
                }
                entry
            };
            let push = async |events: &[(u64, Entry)]| {
                let bytes: Vec<String> = events
                    .iter()
                    .map(|(_, entry)| String::from_utf8(entry.to_bytes().unwrap()).unwrap())
                    .collect();
                let events: Vec<((u64, Uuid), &str)> = events
                    .iter()
                    .zip(&bytes)
                    .map(|((seq, entry), bytes)| ((*seq, entry.entity), bytes.as_str()))
                    .collect();
                push_all(&chain, &company, ("QUAY", ("TILL-1", company.device.as_str())), &events).await;
                let levels = chain.get(&format!("/stock/{bread}"), owner).await;
                levels["items"][0]["on_hand"].clone()
            };
            assert_eq!(push(&[(1, of_bread(moved(1, 10, -60)))]).await, "10");
            let delivery = json!({
                "type": "receive", "at": {"store_id": company.store},
                "lines": [{"product_id": bread, "quantity": "24"}],
            });
            let (status, posted) = chain.once("/stock/movements", owner, &delivery, "one").await;
            assert_eq!(status.as_u16(), 200, "{posted}");
            let posted: Uuid = text(&posted["id"]).parse().unwrap();
            // Its books said 10 before it heard of the delivery, and 34 afterwards.
            let events = if is_found_first {
                [put_right(2, (10, 34), 60), moved(posted.as_u128(), 24, 120)]
            } else {
                [moved(posted.as_u128(), 24, 60), put_right(2, (34, 33), 120)]
            };
            let [first, second] = events.map(of_bread);
            assert_eq!(push(&[(2, first), (3, second)]).await, expected, "{name}");
        }
    }
}
