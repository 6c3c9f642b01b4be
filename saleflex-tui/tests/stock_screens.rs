//! Stock by keyboard: levels, deliveries, losses, transfers, counts.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

#[path = "common/harness.rs"]
mod harness;

use harness::{Shop, at_both_sizes};

/// The demo store with its administrator in the stock menu.
fn stock(width: u16, height: u16) -> Shop {
    let mut shop = Shop::open(width, height);
    shop.keys("'1111' enter k");
    shop
}

/// Compares the screen at both sizes.
fn compare(name: &str, keys: &str) {
    for (size, screen) in at_both_sizes(name, stock, keys) {
        insta::assert_snapshot!(size, screen);
    }
}

#[test]
fn screens() {
    compare("menu", "");
    compare("levels", "1 'baguette'");
    compare("receipt", "4 '10106' enter '12' enter '0.55'");
    compare("adjustment", "1 'baguette' f6");
    compare("counts", "8");
    compare("count", "8 insert");
}

fn on_hand(shop: &mut Shop, code: &str) -> String {
    let till = shop.till();
    let id = till.catalog().product_by_code(code).unwrap().id();
    till.stock(id).unwrap().unwrap().on_hand.to_string()
}

#[test]
fn a_delivery_is_taken_in_and_stands_in_the_product_and_its_movements() {
    let mut shop = stock(120, 40);
    let before: i64 = on_hand(&mut shop, "10106").parse().unwrap();
    shop.keys("4 '10106' enter '12' enter '0.55' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), (before + 12).to_string());
    shop.keys("2");
    assert!(shop.shows("delivered"), "{}", shop.screen());
}

#[test]
fn what_cannot_be_received_is_told_beside_its_field_or_in_words_and_nothing_moves() {
    let mut shop = stock(120, 40);
    let before = on_hand(&mut shop, "10106");
    shop.keys("4 '99999999' enter 'many' ctrl+s");
    assert!(shop.shows("nothing has the code 99999999"), "{}", shop.screen());
    let mut shop = stock(120, 40);
    shop.keys("4 '10106' enter '-3' ctrl+s");
    assert!(shop.shows("above nothing"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), before);
}

#[test]
fn a_level_is_put_right_with_a_reason() {
    let mut shop = stock(120, 40);
    shop.keys("1 'baguette' f6 down down down down '7' down 'counted' ctrl+s");
    assert_eq!(on_hand(&mut shop, "10106"), "7", "{}", shop.screen());
}

#[test]
fn who_may_not_count_does_not_get_into_the_stock_menu() {
    let mut shop = Shop::open(120, 40);
    shop.keys("down down '3333' enter");
    shop.keys("k");
    assert!(shop.message().contains("those who count stock"), "{}", shop.screen());
    assert!(!shop.shows("Goods receipt"), "{}", shop.screen());
}

#[test]
fn a_supplier_is_added_and_an_order_is_written_and_answered_in_parts() {
    let mut shop = stock(120, 40);
    let before: i64 = on_hand(&mut shop, "10106").parse().unwrap();
    shop.keys("s insert 'BAKERY' enter 'Bakery' ctrl+s");
    assert!(shop.shows("Bakery"), "{}", shop.screen());
    shop.keys("esc 9 insert down down '10106 12' ctrl+s");
    assert!(shop.shows("PO-20250406"), "{}", shop.screen());
    shop.keys("enter down down backspace backspace '5' ctrl+s");
    assert_eq!(on_hand(&mut shop, "10106"), (before + 5).to_string(), "{}", shop.screen());
    shop.keys("enter down down backspace '8' ctrl+s");
    assert!(shop.message().contains("Only 7"), "{}", shop.screen());
}
