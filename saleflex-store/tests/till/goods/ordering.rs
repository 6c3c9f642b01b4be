//! What is proposed to be ordered: in whole packs, with the day on which it would come.

use saleflex_core::inventory::{Limits, Place};
use saleflex_store::till::Wanted;

use super::{open, supplier, today};
use crate::support::{
    goods::{floor, line, some},
    shop::product,
};

#[test]
fn whole_packs_are_proposed_and_the_day_they_would_come() {
    let mut shop = open();
    let floor = floor(&shop);
    let dairy = supplier(&mut shop);
    let place = Place { item: product("C").into(), location: floor };
    let order = Wanted { item: place.item, quantity: some(1), unit_cost: None };
    let order = shop.till.place_order(dairy.id, floor, &[order]).unwrap();
    shop.till.receive_order(order.id, vec![line(product("C"), 1)], None, None).unwrap();
    let limits =
        Limits { reorder_point: some(5), reorder_quantity: some(10), pack: some(6), ..Limits::default() };
    shop.till.set_stock_limits(place, limits).unwrap();
    assert_eq!(shop.till.stock_limits(place).unwrap(), limits);
    let [proposed] = shop.till.reorder(today()).unwrap().try_into().unwrap();
    assert_eq!((proposed.quantity, proposed.supplier), (some(12), Some(dairy.id)));
    assert_eq!(proposed.expected, Some(today() + chrono::Duration::days(2)), "two days from the order");
    assert!(shop.till.set_stock_limits(place, Limits { pack: some(-1), ..limits }).is_err());
    shop.check_whole();
}
