//! A second person for stock by keyboard: large adjustments and counts that nobody approves alone.

use saleflex_core::{
    cashier::Role,
    inventory::{Cause, IssueKind, Stock},
};
use saleflex_store::cashier::NewCashier;

use super::{on_hand, stock};
use crate::common::harness::Shop;

/// The product, the way to its adjustment, and seven counted where there are twelve.
const COUNTED_SEVEN: &str = "1 'baguette' f6 down down down '7' down 'counted' ctrl+s";

#[test]
fn a_large_adjustment_asks_for_a_second_person_on_the_screen() {
    let mut shop = stock(120, 40);
    let mut settings = shop.till().settings().clone();
    settings.stock.approve_above = Some(Stock::whole(2));
    shop.till().change_settings(settings).unwrap();
    shop.keys(COUNTED_SEVEN);
    assert!(shop.shows("PIN"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), "12", "nobody agreed yet: {}", shop.screen());
    shop.keys("'m' enter '9999' enter");
    assert!(shop.shows("PIN"), "the PIN is wrong: {}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), "12", "{}", shop.screen());
    shop.keys("'m' enter '2222' enter");
    assert_eq!(on_hand(&mut shop, "10106"), "7", "{}", shop.screen());
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
}

#[test]
fn a_small_adjustment_asks_nobody() {
    let mut shop = stock(120, 40);
    let mut settings = shop.till().settings().clone();
    settings.stock.approve_above = Some(Stock::whole(5));
    shop.till().change_settings(settings).unwrap();
    shop.keys(COUNTED_SEVEN);
    assert_eq!(on_hand(&mut shop, "10106"), "7", "{}", shop.screen());
}

#[test]
fn who_counted_blind_sees_no_difference_and_another_approves_on_the_same_screen() {
    let mut shop = stock(120, 40);
    shop.keys("8 insert down '10106' ctrl+s enter '10106' enter '9' enter");
    shop.keys("pgdn");
    assert!(shop.shows("Baguette") && shop.shows("9") && !shop.shows("-3"), "{}", shop.screen());
    shop.keys("esc enter up right ctrl+s");
    assert!(shop.shows("PIN"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), "12", "{}", shop.screen());
    shop.keys("'m' enter '2222' enter");
    assert_eq!(on_hand(&mut shop, "10106"), "9", "{}", shop.screen());
    shop.keys("enter pgdn");
    assert!(shop.shows("-3"), "it is over: {}", shop.screen());
}

#[test]
fn who_may_take_goods_out_does_so_on_the_screen_and_asks_somebody_to_put_a_level_right() {
    let mut shop = Shop::open(120, 40);
    shop.till().log_in("admin", "1111").unwrap();
    shop.till().add_cashier(&NewCashier::with_role("sam", "Sam", "4444", Role::StockClerk)).unwrap();
    shop.till().log_out().unwrap();
    let mut shop = shop.restart();
    shop.keys("'sam' enter '4444' enter k 1 'baguette' f6 down down");
    shop.keys(&"right ".repeat(7));
    assert!(shop.shows("so much went back to the supplier"), "{}", shop.screen());
    shop.keys("down '2' down 'a bad lot' ctrl+s");
    assert_eq!(on_hand(&mut shop, "10106"), "10", "{}", shop.screen());
    let movement = shop.till().latest_stock_movements(1).unwrap().remove(0);
    let cause = shop.till().movement_story(movement).unwrap().posting.unwrap().cause;
    assert_eq!(cause, Cause::Issue { kind: IssueKind::SupplierReturn });
    shop.keys("esc f6 down down down '7' down 'counted' ctrl+s");
    assert!(shop.shows("PIN"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), "10", "{}", shop.screen());
}

#[test]
fn a_place_that_moved_between_two_counters_says_so_and_is_not_approved() {
    let mut shop = stock(120, 40);
    shop.keys("8 insert down '10106' ctrl+s");
    let till = shop.till();
    till.add_cashier(&NewCashier::with_role("sam", "Sam", "4444", Role::StockClerk)).unwrap();
    let count = till.counts().unwrap()[0].1.id;
    let place = till.count(count).unwrap().scope()[0];
    till.log_in("sam", "4444").unwrap();
    till.count_stock(count, place, Stock::whole(6)).unwrap();
    till.log_in("morgan", "2222").unwrap();
    till.set_stock(place.item.product, Stock::whole(11), "one fell".to_owned()).unwrap();
    till.count_stock(count, place, Stock::whole(5)).unwrap();
    till.log_in("admin", "1111").unwrap();
    shop.keys("enter pgdn");
    assert!(shop.shows("11") && shop.shows("again"), "{}", shop.screen());
    shop.keys("esc enter up right ctrl+s");
    assert!(shop.shows("At 1 places goods moved"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), "11");
}
