//! A second person for stock by keyboard: large adjustments and counts that nobody approves alone.

use saleflex_core::inventory::Stock;

use super::{on_hand, stock};

/// The product, the way to its adjustment, and seven counted where there are twelve.
const COUNTED_SEVEN: &str = "1 'baguette' f6 down down down down '7' down 'counted' ctrl+s";

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
    shop.keys("8 insert down '10106' ctrl+s enter down '10106' down '9' ctrl+s");
    shop.keys("enter pgdn");
    assert!(shop.shows("Baguette") && shop.shows("9") && !shop.shows("-3"), "{}", shop.screen());
    shop.keys("esc enter right ctrl+s");
    assert!(shop.shows("PIN"), "{}", shop.screen());
    assert_eq!(on_hand(&mut shop, "10106"), "12", "{}", shop.screen());
    shop.keys("'m' enter '2222' enter");
    assert_eq!(on_hand(&mut shop, "10106"), "9", "{}", shop.screen());
    shop.keys("enter pgdn");
    assert!(shop.shows("-3"), "it is over: {}", shop.screen());
}
