//! Where goods lie, and when to reorder them, by keyboard.

use saleflex_core::inventory::{Limits, Location, Place, Stock, WarehouseKind};
use saleflex_tui::action::Action;

use super::{level, stock};
use crate::common::harness::{Shop, compare};

#[test]
fn screens() {
    compare!("locations", stock, "l");
    compare!("location", stock, "l insert");
    compare!("limits", stock, "1 'baguette' f8");
}

fn location(shop: &mut Shop, code: &str) -> Option<Location> {
    shop.till().sites().by_code(code).cloned()
}

#[test]
fn a_location_is_added_renamed_and_closed_by_keyboard() {
    let mut shop = stock(120, 40);
    shop.keys("l insert 'SHELF-9' enter 'Top shelf' enter enter '7' ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let made = location(&mut shop, "SHELF-9").unwrap();
    let floor = location(&mut shop, "SALES-001-A").unwrap();
    assert_eq!((made.pick_sequence, made.is_active, made.warehouse), (7, true, floor.warehouse));
    shop.keys("'shelf-9' enter down ' by the door' ctrl+s");
    assert_eq!(location(&mut shop, "SHELF-9").unwrap().name, "Top shelf by the door", "{}", shop.screen());
    assert!(shop.shows("Top shelf by the door"), "{}", shop.screen());
    shop.keys("enter down down down down 'wet floor' ctrl+s");
    assert_eq!(location(&mut shop, "SHELF-9").unwrap().blocked.as_deref(), Some("wet floor"));
    assert!(shop.shows("wet floor"), "{}", shop.screen());
    shop.keys("enter down down down down down ' ' ctrl+s");
    let closed = location(&mut shop, "SHELF-9").unwrap();
    assert_eq!((closed.is_active, closed.id), (false, made.id));
    assert!(shop.shows("off"), "{}", shop.screen());
}

#[test]
fn a_location_has_a_code_of_its_own_and_one_that_is_closed_with_goods_in_it_is_told() {
    let mut shop = stock(120, 40);
    let before = shop.till().sites().locations().count();
    shop.keys("l insert 'SALES-001-A' enter 'Once more' ctrl+s");
    assert!(shop.shows("SALES-001-A is taken"), "{}", shop.screen());
    assert_eq!(shop.till().sites().locations().count(), before);
    let mut shop = stock(120, 40);
    shop.keys("l 'sales-001-a' enter down down down down down ' ' ctrl+s");
    assert!(!location(&mut shop, "SALES-001-A").unwrap().is_active, "{}", shop.screen());
    assert!(shop.message().contains("still lies here"), "{}", shop.screen());
}

#[test]
fn a_warehouse_says_what_may_be_done_there_and_a_new_one_takes_locations() {
    let mut shop = stock(120, 40);
    shop.keys("l 'sales-001-a' f6 down down down ' ' ctrl+s");
    let floor = location(&mut shop, "SALES-001-A").unwrap();
    let warehouse = shop.till().sites().warehouse_of(floor.id).unwrap().clone();
    let allows = (warehouse.receives, warehouse.ships, warehouse.counts, warehouse.is_active);
    assert_eq!(allows, (false, true, true, true), "{}", shop.screen());
    // Nothing is received there from now on.
    let before = level(&mut shop, "10106");
    shop.session.perform(Action::from_event("STOCK_RECEIVE_FORM", None).unwrap());
    shop.keys("'10106' enter '12' ctrl+s");
    assert_ne!(shop.message(), "Saved.", "{}", shop.screen());
    assert_eq!(level(&mut shop, "10106"), before);
    let mut shop = stock(120, 40);
    shop.keys("l f7 'COLD-9' enter 'Second cold store' down right right right ctrl+s");
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let made = shop.till().sites().warehouses().find(|known| known.code == "COLD-9").unwrap().clone();
    assert_eq!(made.kind, WarehouseKind::ColdStorage);
    shop.keys("insert 'COLD-9-A' enter 'Shelf' enter 'cc' ctrl+s");
    assert_eq!(location(&mut shop, "COLD-9-A").unwrap().warehouse, made.id, "{}", shop.screen());
}

#[test]
fn reorder_points_are_set_by_product_and_what_is_below_is_listed() {
    let mut shop = stock(120, 40);
    let product = shop.till().catalog().product_by_code("10106").unwrap().id();
    let place = Place { item: product.into(), location: shop.till().counter().unwrap() };
    let empty = "backspace backspace backspace backspace";
    let set = |levels: [&str; 5]| {
        let typed = levels.map(|level| format!("{empty} '{level}'"));
        format!("{} ctrl+s", typed.join(" down "))
    };
    shop.keys(&format!("1 'baguette' f8 {}", set(["40", "60", "24", "200", "12"])));
    assert_eq!(shop.message(), "Saved.", "{}", shop.screen());
    let limits = Limits {
        minimum: Stock::whole(40),
        reorder_point: Stock::whole(60),
        reorder_quantity: Stock::whole(24),
        maximum: Stock::whole(200),
        pack: Stock::whole(12),
    };
    assert_eq!(shop.till().stock_limits(place).unwrap(), limits);
    // There are fewer than the minimum and the reorder point.
    shop.session.perform(Action::from_event("STOCK_ALERTS_FORM", None).unwrap());
    shop.keys("'baguette'");
    assert!(shop.shows("40") && shop.shows("24"), "{}", shop.screen());
    shop.keys("f8");
    assert!(shop.shows("Baguette") && shop.shows("Reorder"), "{}", shop.screen());
    shop.keys(&set(["40", "60", "24", "10", "12"]));
    assert!(shop.message().contains("less than the minimum"), "{}", shop.screen());
    shop.keys(&format!("up up up up {empty} 'few' ctrl+s"));
    assert_eq!(shop.till().stock_limits(place).unwrap(), limits, "{}", shop.screen());
}
