//! Goods that the hub moved.

use saleflex_core::{
    ids::ProductId,
    inventory::{Cause, MovementKind, Stock, Tracking},
};
use saleflex_sync::{
    goods::{HubLine, HubPosting, RESOURCE},
    till::TakenOver,
    wire::{Change, Domain},
};

use super::{Market, id, row};
use crate::support::shop;

/// A delivery of so many of a product that somebody took in at the hub.
fn delivery(of: u128, product: ProductId, change: i32) -> Change {
    let posting = HubPosting {
        by: id(7),
        at: None,
        cause: Cause::Receipt { supplier: None, supplier_name: Some("Dairy".to_owned()), order: None },
        location: None,
        reason: None,
        reference: Some("DN 17".to_owned()),
        lines: vec![HubLine {
            product_id: product,
            kind: MovementKind::Receipt,
            change: Stock::whole(change),
            unit_cost: None,
        }],
    };
    row(RESOURCE, of, serde_json::to_value(posting).unwrap())
}

#[test]
fn what_the_hub_moved_is_booked_once_in_the_tills_books_under_the_hubs_identity() {
    let mut market = Market::open();
    let milk = market.till.catalog().search("milk", 1)[0].id();
    let on_hand = |market: &Market| market.till.stock(milk).unwrap().unwrap().on_hand;
    let before = on_hand(&market);
    market.change([delivery(60, milk, 24)]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { taken: 1, ..TakenOver::default() });
    assert_eq!(on_hand(&market), before + Stock::whole(24));
    let latest = market.till.stock_movements(milk, 1).unwrap().remove(0);
    let story = market.till.movement_story(latest).unwrap();
    let posting = story.posting.unwrap();
    assert_eq!((posting.id.uuid(), posting.reference.as_deref()), (id(60), Some("DN 17")));
    // The same once more under a later version, as a hub that came back from a backup sends it.
    let mut again = delivery(60, milk, 24);
    again.row.insert("reason".to_owned(), "as it was before".into());
    market.change([again]);
    market.pull();
    assert_eq!(market.take_over().taken, 1);
    assert_eq!(on_hand(&market), before + Stock::whole(24));
    assert!(market.till.verify().is_ok());
}

#[test]
fn what_somebody_found_before_the_till_heard_of_the_goods_stays_what_they_found() {
    let mut market = Market::open();
    let milk = market.till.catalog().search("milk", 1)[0].id();
    let on_hand = |market: &Market| market.till.stock(milk).unwrap().unwrap().on_hand;
    let found = on_hand(&market) + Stock::whole(24);
    // 24 were taken in at the hub at seven; at eight somebody counts them on the shelf.
    let at = |time: &str, of: u128| {
        let mut change = delivery(of, milk, 24);
        change.row.insert("at".to_owned(), time.into());
        change
    };
    market.till.set_stock(milk, found, "counted".to_owned()).unwrap();
    market.change([at("2025-04-06T07:00:00Z", 60)]);
    market.pull();
    assert_eq!(market.take_over().taken, 1);
    assert_eq!(on_hand(&market), found);
    let (from, to) = ("2025-04-01".parse().unwrap(), "2025-04-30".parse().unwrap());
    let figures = market.till.stock_figures(from, to).unwrap();
    let of_milk = figures.iter().find(|one| one.item == milk.into()).unwrap();
    assert_eq!(of_milk.shrinkage.missing, Stock::ZERO, "what turned up was delivered");
    // What came after they looked lies there beside it.
    market.change([at("2025-04-06T23:00:00Z", 61)]);
    market.pull();
    assert_eq!(market.take_over().taken, 1);
    assert_eq!(on_hand(&market), found + Stock::whole(24));
    assert!(market.till.verify().is_ok());
}

#[test]
fn goods_of_a_product_that_is_missing_wait_and_a_till_that_decides_about_stock_takes_none() {
    let mut market = Market::open();
    let milk = market.till.catalog().search("milk", 1)[0].id();
    let before = market.till.stock(milk).unwrap().unwrap().on_hand;
    market.change([delivery(60, ProductId::new(id(999)), 5), delivery(61, milk, 5)]);
    market.pull();
    assert_eq!(market.take_over_but(&[Domain::Warehouse]), TakenOver::default());
    assert_eq!(market.take_over(), TakenOver { taken: 1, held: 1, ..TakenOver::default() });
    let held = market.till.held_rows(shop::HUB, 10).unwrap();
    assert!(format!("{held:?}").contains("is missing"), "{held:?}");
    assert_eq!(market.till.stock(milk).unwrap().unwrap().on_hand, before + Stock::whole(5));
}

#[test]
fn goods_of_a_product_that_is_kept_by_batches_wait_for_whoever_says_which() {
    let mut market = Market::open();
    let milk = market.till.catalog().search("milk", 1)[0].id();
    market.till.set_stock(milk, Stock::ZERO, "sold out".to_owned()).unwrap();
    market.till.set_tracking(milk, Tracking::Batches).unwrap();
    market.change([delivery(60, milk, 5)]);
    market.pull();
    assert_eq!(market.take_over(), TakenOver { held: 1, ..TakenOver::default() });
    let held = market.till.held_rows(shop::HUB, 10).unwrap();
    assert!(format!("{held:?}").contains("batches or pieces"), "{held:?}");
    assert_eq!(market.till.stock(milk).unwrap().unwrap().on_hand, Stock::ZERO);
}
