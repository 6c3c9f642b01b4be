//! The same of goods that people count, put right and order, and of where these are kept.

use saleflex_core::{
    ids::{LocationId, StockCountId, SupplierId, WarehouseId},
    inventory::{Location, Place, Warehouse, count::Guidance, order::Supplier},
};
use saleflex_store::till::Wanted;
use uuid::Uuid;

use super::of_goods;
use crate::support::{
    goods,
    shop::{Shop, product},
    stopping::stop_everywhere,
};

/// A count of one place on the floor, and somebody at the till who may end it.
fn counting() -> (Shop, StockCountId) {
    let mut shop = of_goods();
    let place = Place { item: product("A").into(), location: goods::floor(&shop) };
    let count = shop.till.open_count(Guidance::Blind, vec![place]).unwrap();
    (shop, count.id)
}

#[test]
fn opening_a_count_finding_goods_in_it_and_beside_it_and_giving_it_up() {
    let shop = of_goods();
    let place = Place { item: product("A").into(), location: goods::floor(&shop) };
    stop_everywhere(shop, |shop| drop(shop.till.open_count(Guidance::Guided, vec![place]).unwrap()));
    let (shop, count) = counting();
    stop_everywhere(shop, |shop| drop(shop.till.count_stock(count, place, goods::some(97)).unwrap()));
    let (shop, count) = counting();
    let beside = Place { item: product("B").into(), ..place };
    stop_everywhere(shop, |shop| {
        drop(shop.till.count_stock_beside(count, beside, goods::some(2)).unwrap());
    });
    let (mut shop, count) = counting();
    shop.till.count_stock(count, place, goods::some(97)).unwrap();
    stop_everywhere(shop, |shop| shop.till.cancel_count(count).unwrap());
}

#[test]
fn saying_what_is_on_the_shelf_of_goods_whose_stock_is_kept_from_then_on() {
    stop_everywhere(of_goods(), |shop| {
        shop.till.set_stock(product("B"), goods::some(7), "first count".to_owned()).unwrap();
    });
}

#[test]
fn saving_a_warehouse_with_its_rack_and_blocking_another_location() {
    let shop = of_goods();
    let warehouse = shop.till.sites().warehouses().next().unwrap().clone();
    let back = shop.till.sites().location(goods::back(&shop)).unwrap().clone();
    let cellar = Warehouse {
        id: WarehouseId::new(Uuid::from_u128(0xCE)),
        code: "CELLAR".to_owned(),
        name: "Cellar".to_owned(),
        ..warehouse
    };
    let rack = Location {
        id: LocationId::new(Uuid::from_u128(0xCF)),
        code: "CELLAR-A".to_owned(),
        warehouse: cellar.id,
        ..back.clone()
    };
    let flooded = Location { blocked: Some("water".to_owned()), ..back };
    stop_everywhere(shop, |shop| shop.till.save_sites(vec![cellar], vec![rack, flooded]).unwrap());
}

/// A shop that buys from somebody.
fn with_supplier() -> (Shop, SupplierId) {
    let mut shop = of_goods();
    let id = shop.till.new_supplier_id();
    shop.till.save_supplier(dairy(id)).unwrap();
    (shop, id)
}

fn dairy(id: SupplierId) -> Supplier {
    Supplier {
        id,
        code: "DAIRY".to_owned(),
        name: "Dairy".to_owned(),
        contact: None,
        lead_days: 2,
        is_active: true,
    }
}

#[test]
fn saving_a_supplier_and_expecting_nothing_more_of_an_order() {
    let id = SupplierId::new(Uuid::from_u128(0xDA));
    stop_everywhere(of_goods(), |shop| shop.till.save_supplier(dairy(id)).unwrap());
    let (mut shop, id) = with_supplier();
    let floor = goods::floor(&shop);
    let wanted = [Wanted { item: product("C").into(), quantity: goods::some(12), unit_cost: None }];
    let order = shop.till.place_order(id, floor, &wanted).unwrap();
    let came = vec![goods::at_cost(product("C"), 5, "0.10")];
    shop.till.receive_order(order.id, came, None, None).unwrap();
    stop_everywhere(shop, |shop| drop(shop.till.close_order(order.id).unwrap()));
}
