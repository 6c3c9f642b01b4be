//! Orders to suppliers.

use saleflex_core::{
    ids::{PurchaseOrderId, SupplierId},
    inventory::{
        LineFault, StockRefusal,
        command::ReceiveLine,
        order::{OrderLine, OrderRefusal, OrderState, PurchaseOrder},
    },
    quantity::{Percent, UnitPrice},
};
use uuid::Uuid;

use super::support::*;

fn order(lines: Vec<OrderLine>) -> PurchaseOrder {
    PurchaseOrder {
        id: PurchaseOrderId::new(Uuid::from_u128(1)),
        number: "PO-1".to_owned(),
        supplier: SupplierId::new(Uuid::from_u128(2)),
        location: SALES,
        ordered_on: moment(10).business_date,
        state: OrderState::Open,
        lines,
    }
}

fn ordered(quantity: &str) -> OrderLine {
    OrderLine {
        item: BREAD.into(),
        ordered: q(quantity),
        received: q("0"),
        unit_cost: UnitPrice::parse("0.5").ok(),
    }
}

fn came(quantity: &str) -> Vec<ReceiveLine> {
    vec![line(BREAD.into(), quantity)]
}

#[test]
fn a_delivery_answers_an_order_in_parts_at_the_cost_of_the_order() {
    let mut shop = Shop::open();
    let first = order(vec![ordered("10")]);
    let (second, posting) = first.receive(&shop.book, came("4"), None, shop.facts()).unwrap();
    assert_eq!(posting.movements[0].unit_cost, UnitPrice::parse("0.5").ok());
    shop.book(&posting);
    assert_eq!((second.state, second.lines[0].open()), (OrderState::Open, q("6")));
    let (third, posting) = second.receive(&shop.book, came("6"), None, shop.facts()).unwrap();
    shop.book(&posting);
    assert_eq!(third.state, OrderState::Received);
    assert_eq!(shop.on_hand(BREAD, SALES), q("10"));
    let closed = third.receive(&shop.book, came("1"), None, shop.facts()).unwrap_err();
    assert_eq!(closed, OrderRefusal::Closed { order: third.id });
}

#[test]
fn more_than_was_ordered_comes_only_as_far_as_the_policy_allows() {
    let mut shop = Shop::open();
    let order = order(vec![ordered("10")]);
    let too_much = order.receive(&shop.book, came("11"), None, shop.facts()).unwrap_err();
    let item = BREAD.into();
    assert_eq!(too_much, OrderRefusal::TooMuch { item, given: q("11"), most: q("10") });
    shop.policy.over_delivery = Percent::parse("10").unwrap();
    let (done, _) = order.receive(&shop.book, came("11"), None, shop.facts()).unwrap();
    assert_eq!((done.state, done.lines[0].open()), (OrderState::Received, q("0")));
}

#[test]
fn what_was_not_ordered_or_is_nothing_is_refused() {
    let shop = Shop::open();
    let order = order(vec![ordered("10")]);
    let other = order.receive(&shop.book, vec![line(APPLES.into(), "1")], None, shop.facts()).unwrap_err();
    assert_eq!(other, OrderRefusal::NotOrdered { item: APPLES.into() });
    let nothing = order.receive(&shop.book, came("-1"), None, shop.facts()).unwrap_err();
    let not_positive = StockRefusal::NotPositive { item: BREAD.into(), given: q("-1") };
    assert_eq!(nothing, OrderRefusal::Stock(not_positive));
    let mut both = came("11");
    both.extend([line(APPLES.into(), "1"), line(BREAD.into(), "2")]);
    let faults = vec![
        LineFault {
            line: 0,
            item: BREAD.into(),
            refusal: OrderRefusal::TooMuch { item: BREAD.into(), given: q("11"), most: q("10") },
        },
        LineFault { line: 1, item: APPLES.into(), refusal: OrderRefusal::NotOrdered { item: APPLES.into() } },
    ];
    let refused = order.receive(&shop.book, both, None, shop.facts()).unwrap_err();
    assert_eq!(refused, OrderRefusal::Lines { faults });
}

#[test]
fn an_order_has_each_item_once_and_something_of_it() {
    let shop = Shop::open();
    let twice = order(vec![ordered("1"), ordered("2")]).check(&shop.facts()).unwrap_err();
    let item = BREAD.into();
    let faults = vec![LineFault { line: 1, item, refusal: OrderRefusal::Twice { item } }];
    assert_eq!(twice, OrderRefusal::Lines { faults });
    assert!(order(vec![ordered("0")]).check(&shop.facts()).is_err());
    assert!(order(Vec::new()).check(&shop.facts()).is_err());
    assert!(order(vec![ordered("1")]).check(&shop.facts()).is_ok());
}
