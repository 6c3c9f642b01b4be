//! What is proposed to be ordered: in whole packs, with the day on which it would come.

use saleflex_core::{
    catalog::import::{Acceptance, Import},
    inventory::{Limits, Place, Stock, transfer::Loss},
};
use saleflex_store::{Error, error::FieldFault, import::read_csv, till::Wanted};

use super::{open, supplier, today};
use crate::support::{
    goods::{back, floor, line, receive, some, take, transfer},
    shop::{Shop, product},
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

#[test]
fn what_lies_or_is_to_come_where_nothing_is_asked_of_it_is_not_ordered_again() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    let dairy = supplier(&mut shop);
    let place = Place { item: product("C").into(), location: floor };
    let limits = Limits { reorder_point: some(5), reorder_quantity: some(10), ..Limits::default() };
    shop.till.set_stock_limits(place, limits).unwrap();
    assert_eq!(shop.till.reorder(today()).unwrap().len(), 1, "three are there");
    shop.till.move_goods(&receive(back, vec![line(product("C"), 2)]), None).unwrap();
    assert_eq!(shop.till.reorder(today()).unwrap()[0].free, some(5), "three, and two in the back room");
    let order = Wanted { item: place.item, quantity: some(1), unit_cost: None };
    shop.till.place_order(dairy.id, back, &[order]).unwrap();
    assert!(shop.till.reorder(today()).unwrap().is_empty(), "one more comes");
    // What is asked for there belongs there.
    let there = Place { location: back, ..place };
    shop.till.set_stock_limits(there, Limits { reorder_point: some(1), ..limits }).unwrap();
    let proposed = shop.till.reorder(today()).unwrap();
    assert_eq!(proposed.iter().map(|one| (one.place, one.free)).collect::<Vec<_>>(), [(place, some(3))]);
}

#[test]
fn what_is_on_its_way_between_two_locations_is_not_ordered_again() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    let place = Place { item: product("C").into(), location: floor };
    let limits = Limits { reorder_point: some(5), reorder_quantity: some(10), ..Limits::default() };
    shop.till.set_stock_limits(place, limits).unwrap();
    shop.till.move_goods(&receive(back, vec![line(product("C"), 4)]), None).unwrap();
    let proposed = |shop: &Shop| -> Vec<_> {
        shop.till.reorder(today()).unwrap().iter().map(|one| (one.free, one.on_order)).collect()
    };
    assert!(proposed(&shop).is_empty(), "three on the floor, four in the back room");
    let sent = transfer(back, floor, vec![take(product("C"), 4)]);
    let (sent, _) = shop.till.send_goods(&sent, None).unwrap();
    assert!(proposed(&shop).is_empty(), "the four are neither here nor there");
    shop.till.take_in_goods(sent.id, &[], Some(Loss::of_all("fell off the cart")), None).unwrap();
    assert_eq!(proposed(&shop), [(some(3), some(0))]);
}

#[test]
fn how_suppliers_kept_their_days_and_what_stayed_short_is_counted() {
    let mut shop = open();
    let floor = floor(&shop);
    let dairy = supplier(&mut shop);
    let wanted = |code| Wanted { item: product(code).into(), quantity: some(4), unit_cost: None };
    let order = shop.till.place_order(dairy.id, floor, &[wanted("B"), wanted("C")]).unwrap();
    shop.till.place_order(dairy.id, floor, &[wanted("A")]).unwrap();
    shop.till.receive_order(order.id, vec![line(product("B"), 4)], None, None).unwrap();
    shop.clock.advance(chrono::Duration::days(3));
    shop.till.receive_order(order.id, vec![line(product("C"), 3)], None, None).unwrap();
    shop.till.close_order(order.id).unwrap();
    let [of] = shop.till.supplier_figures(today(), today()).unwrap().try_into().unwrap();
    assert_eq!((of.orders, of.open, of.delivered, of.late, of.days), (2, 1, 1, 1, 3), "a day late");
    assert_eq!((of.lines, of.short), (2, 1));
    let tomorrow = today() + chrono::Duration::days(1);
    assert!(shop.till.supplier_figures(tomorrow, tomorrow).unwrap().is_empty());
}

#[test]
fn limits_are_no_finer_than_the_goods_are_counted() {
    let mut shop = open();
    let place = Place { item: product("C").into(), location: floor(&shop) };
    let half = Stock::parse("1.5").unwrap();
    let none = Limits::default();
    for limits in [
        Limits { minimum: half, ..none },
        Limits { maximum: half, ..none },
        Limits { reorder_point: half, ..none },
        Limits { reorder_quantity: half, ..none },
        Limits { pack: half, ..none },
    ] {
        let error = shop.till.set_stock_limits(place, limits).unwrap_err();
        assert!(matches!(error, Error::BadField { fault: FieldFault::TooFine, .. }), "{error}");
    }
    assert_eq!(shop.till.stock_limits(place).unwrap(), none);
}

#[test]
fn a_file_asks_for_no_more_at_least_than_there_may_be_at_most() {
    let mut shop = open();
    let place = Place { item: product("C").into(), location: floor(&shop) };
    let limits = Limits { maximum: some(10), pack: some(2), ..Limits::default() };
    shop.till.set_stock_limits(place, limits).unwrap();
    let read = |shop: &Shop, minimum: u32| -> Import {
        let file = format!("code,min_stock\nC,{minimum}\n");
        read_csv(file.as_bytes(), shop.till.catalog(), shop.till.currency(), || product("C"))
    };
    let mut above = read(&shop, 11);
    shop.till.check_products(&mut above).unwrap();
    assert_eq!(above.errors()[0].to_string(), "line 2: min_stock 11: at most 10 are to be there");
    assert_eq!(above.accept(Acceptance::Partial).unwrap(), []);
    let unchecked = read(&shop, 11).accept(Acceptance::Whole).unwrap();
    let error = shop.till.import_products(unchecked).unwrap_err();
    assert!(matches!(error, Error::BadField { fault: FieldFault::BelowMinimum, .. }), "{error}");
    let mut good = read(&shop, 10);
    shop.till.check_products(&mut good).unwrap();
    shop.till.import_products(good.accept(Acceptance::Whole).unwrap()).unwrap();
    assert_eq!(shop.till.stock_limits(place).unwrap(), Limits { minimum: some(10), ..limits });
    shop.check_whole();
}
