//! The same of people, products and orders: what is kept of them beside sales.

use saleflex_core::{
    catalog::import::Acceptance,
    customer::{
        NotErasable,
        segment::{Criterion, Segment},
    },
    ids::{ProductId, SegmentId},
    inventory::{Limits, Place, Tracking, command::Command as Move, order::Supplier},
    loyalty::{Program, ReferralPoints},
    quantity::Points,
};
use saleflex_store::{Error, customer::NewCustomer, import::read_csv, till::Wanted};
use uuid::Uuid;

use super::{busy, of_goods};
use crate::support::{
    goods,
    shop::{self, ADMIN, Shop, cash, product, sell},
    stopping::{stop_at_each, stop_everywhere, stop_while_forgetting},
};

/// A shop with somebody at the till who may do everything, and one more customer.
pub(super) fn with_customer() -> (Shop, saleflex_core::ids::CustomerId) {
    let mut shop = busy();
    shop.log_in(ADMIN);
    let id = shop.till.add_customer(&NewCustomer::named("K-QUIX", "Zebulon Quixotte")).unwrap();
    (shop, id)
}

pub(super) fn segment() -> Segment {
    Segment {
        id: SegmentId::new(Uuid::from_u128(5)),
        code: "S".to_owned(),
        name: "New".to_owned(),
        description: None,
        criterion: Criterion::RegisteredWithin { days: 5 },
        is_active: true,
        display_order: 0,
    }
}

#[test]
fn erasing_a_customer_and_wiping_out_what_is_left() {
    let (mut shop, id) = with_customer();
    shop.till.issue_card(id, "77").unwrap();
    stop_while_forgetting(shop, "Quixotte", |till, is_erased| {
        if till.on_duty().is_none() {
            till.log_in(ADMIN.0, ADMIN.1).unwrap();
        }
        let done = till.erase_customer(id);
        let was_done = matches!(done, Err(Error::NotErasable(NotErasable::AlreadyDone)));
        assert!(done.is_ok() || was_done, "{done:?}");
        assert_eq!(was_done, is_erased);
    });
}

#[test]
fn deleting_a_customer() {
    let (shop, id) = with_customer();
    stop_everywhere(shop, |shop| shop.till.delete_customer(id).unwrap());
}

#[test]
fn importing_more_customers_than_one_entry_holds() {
    let (mut shop, _) = with_customer();
    shop.till.save_segment(segment()).unwrap();
    let lines = (0..201).map(|no| format!("N{no},Ada,King\n"));
    let file: String = std::iter::once("code,name,last_name\n".to_owned()).chain(lines).collect();
    let now = shop.till.now();
    let import = shop.till.read_customers(file.as_bytes(), now);
    let statements = stop_at_each(50, shop, |shop| {
        assert_eq!(shop.till.import_customers(import, false).unwrap(), 201);
    });
    let commits = statements.iter().filter(|sql| *sql == "COMMIT").count();
    assert_eq!(commits, 1, "two entries, one step");
}

#[test]
fn importing_products_with_what_is_on_the_shelf_and_how_much_there_should_be() {
    let shop = of_goods();
    let file = "code,name,sale_price,department,opening_stock,min_stock\n\
                N1,New,1.00,1,5,2\nN2,Newer,2.00,1,3,\nA,Product A,2.60,1,,4\n";
    let mut next = 0xF0_u128;
    let import = read_csv(file.as_bytes(), shop.till.catalog(), shop.till.currency(), || {
        next += 1;
        ProductId::new(Uuid::from_u128(next))
    });
    let products = import.accept(Acceptance::Whole).unwrap();
    stop_everywhere(shop, |shop| shop.till.import_products(products).unwrap());
}

#[test]
fn saving_a_segment_with_those_who_are_in_it_and_keeping_one_of_them_out() {
    let (shop, _) = with_customer();
    stop_everywhere(shop, |shop| shop.till.save_segment(segment()).unwrap());
    let (mut shop, id) = with_customer();
    shop.till.save_segment(segment()).unwrap();
    stop_everywhere(shop, |shop| shop.till.set_segment_member(segment().id, id, false).unwrap());
}

#[test]
fn giving_out_and_blocking_a_card_and_bringing_somebody() {
    let (shop, id) = with_customer();
    stop_everywhere(shop, |shop| {
        shop.till.issue_card(id, "77").unwrap();
    });
    let (mut shop, id) = with_customer();
    shop.till.issue_card(id, "77").unwrap();
    stop_everywhere(shop, |shop| shop.till.block_card("77").unwrap());
    let (mut shop, new) = with_customer();
    let referral = ReferralPoints { referrer: Points::new(100), referred: Points::new(30) };
    shop.till.save_program(Program { referral, ..shop::program() }).unwrap();
    let by = shop.till.add_customer(&NewCustomer::named("K-2", "Sancho Panza")).unwrap();
    for member in [new, by] {
        shop.till.enrol(member).unwrap();
    }
    stop_everywhere(shop, |shop| shop.till.refer(new, by).unwrap());
}

#[test]
fn setting_when_to_reorder_writing_an_order_and_taking_its_delivery_in() {
    let shop = of_goods();
    let floor = goods::floor(&shop);
    let place = Place { item: product("C").into(), location: floor };
    let limits = Limits { reorder_point: goods::some(5), pack: goods::some(6), ..Limits::default() };
    stop_everywhere(shop, |shop| shop.till.set_stock_limits(place, limits).unwrap());
    let with_supplier = || {
        let mut shop = of_goods();
        let id = shop.till.new_supplier_id();
        let supplier = Supplier {
            id,
            code: "DAIRY".to_owned(),
            name: "Dairy".to_owned(),
            contact: None,
            lead_days: 2,
            is_active: true,
        };
        shop.till.save_supplier(supplier).unwrap();
        (shop, id)
    };
    let wanted = [Wanted { item: place.item, quantity: goods::some(12), unit_cost: None }];
    let (shop, dairy) = with_supplier();
    stop_everywhere(shop, |shop| drop(shop.till.place_order(dairy, floor, &wanted).unwrap()));
    let (mut shop, dairy) = with_supplier();
    let order = shop.till.place_order(dairy, floor, &wanted).unwrap();
    let came = vec![goods::at_cost(product("C"), 5, "0.10")];
    stop_everywhere(shop, |shop| drop(shop.till.receive_order(order.id, came, None, None).unwrap()));
}

#[test]
fn moving_goods_at_once_putting_a_level_right_and_selling_a_piece_by_its_number() {
    let shop = of_goods();
    let (floor, back) = (goods::floor(&shop), goods::back(&shop));
    let moved = Move::Transfer(goods::transfer(floor, back, vec![goods::take(product("A"), 7)]));
    stop_everywhere(shop, |shop| drop(shop.till.move_goods(&moved, None).unwrap()));
    let counted = goods::adjust(product("A"), floor, 90);
    stop_everywhere(of_goods(), |shop| drop(shop.till.move_goods(&counted, None).unwrap()));
    let mut shop = of_goods();
    shop.till.set_tracking(product("B"), Tracking::Serials).unwrap();
    let pieces = goods::receive(floor, vec![goods::with_numbers(product("B"), &["S1", "S2"])]);
    shop.till.move_goods(&pieces, None).unwrap();
    shop.execute(sell("S2"));
    stop_everywhere(shop, |shop| drop(shop.execute(cash())));
}
