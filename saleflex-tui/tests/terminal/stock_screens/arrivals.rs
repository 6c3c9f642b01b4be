//! Goods that arrive by keyboard, and what of them is lost on the way.

use saleflex_core::{
    cashier::Capability,
    ids::ProductId,
    inventory::{
        Stock,
        command::{MoveLine, Transfer},
    },
};

use super::{level, stock};
use crate::common::harness::Shop;

/// Five arrived of the first line, and the rest of it is lost.
const FIVE_AND_THE_REST_IS_LOST: &str = "7 enter down backspace '5' down ' ' down 'one fell off' ctrl+s";

/// Six of one product and two of another are on their way.
fn sent(shop: &mut Shop) {
    let till = shop.till();
    let product = |code: &str| till.catalog().product_by_code(code).unwrap().id();
    let line = |product: ProductId, quantity| MoveLine {
        item: product.into(),
        quantity: Stock::whole(quantity),
        batch: None,
        serials: Vec::new(),
    };
    let lines = vec![line(product("10106"), 6), line(product("10101"), 2)];
    let location = |code: &str| till.sites().by_code(code).unwrap().id;
    let command = Transfer { from: location("SALES-001-A"), to: location("BACK-001-A"), lines, reason: None };
    till.send_goods(&command, None).unwrap();
}

fn on_the_way(shop: &mut Shop) -> Vec<String> {
    let open = shop.till().transfers(true).unwrap();
    let lines = open.iter().flat_map(|(_, transfer)| &transfer.lines);
    lines.map(|line| line.in_transit().to_string()).collect()
}

#[test]
fn the_mark_of_a_loss_means_its_own_line_alone() {
    let mut shop = stock(120, 40);
    sent(&mut shop);
    let before = level(&mut shop, "10106");
    shop.keys(FIVE_AND_THE_REST_IS_LOST);
    assert_eq!(on_the_way(&mut shop), ["0", "2"], "{}", shop.screen());
    assert_eq!(level(&mut shop, "10106"), before, "what arrives lies in the back room");
}

#[test]
fn who_may_send_goods_and_not_write_them_off_asks_somebody_for_a_loss() {
    let mut shop = stock(120, 40);
    sent(&mut shop);
    let mut clerk = shop.till().on_duty().unwrap().clone();
    clerk.capabilities.remove(&Capability::StockIssue);
    shop.till().change_cashier(clerk).unwrap();
    shop.keys(FIVE_AND_THE_REST_IS_LOST);
    assert!(shop.shows("PIN"), "{}", shop.screen());
    assert_eq!(on_the_way(&mut shop), ["6", "2"], "nobody agreed yet: {}", shop.screen());
    shop.keys("'m' enter '2222' enter");
    assert_eq!(on_the_way(&mut shop), ["0", "2"], "{}", shop.screen());
}
