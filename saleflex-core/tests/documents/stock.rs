//! What is checked against the shelf, and what leaves or reaches it (D-DOC-05, D-DOC-15).

use rust_decimal::Decimal;
use saleflex_core::{
    basket::GoodsState,
    catalog::{Permissions, Sellable},
    document::{AddLine, Command, DocumentType, Kind, Refusal, ReturnLine},
    ids::LineNo,
    inventory::{MovementKind, StockMovement},
    tender::TenderKind,
};

use crate::support::{Counter, department, goods, price, quantity, return_line, weighed};

/// What every new product is: it must not be sold beyond the shelf.
fn scarce() -> Sellable {
    Sellable { permissions: Permissions::default(), ..weighed("10") }
}

fn of(kind: MovementKind, change: &str) -> StockMovement {
    StockMovement::new(goods("1").product.unwrap(), kind, change.parse().unwrap())
}

#[test]
fn stock_is_counted_exactly_with_what_the_document_holds_already_d_doc_15() {
    let mut counter = Counter::new();
    counter.stock = Some("2.5".parse().unwrap());
    let add = |times| AddLine::code("W").times(quantity(times));
    counter.add_as(&scarce(), add("1.5")).unwrap();
    let refusal = Refusal::OutOfStock {
        code: "W".into(),
        available: Decimal::ONE,
        held: "1.5".parse().unwrap(),
        wanted: "1.001".parse().unwrap(),
    };
    assert_eq!(counter.add_as(&scarce(), add("1.001")).unwrap_err(), refusal);
    counter.add_as(&scarce(), add("1")).unwrap();
}

#[test]
fn a_repeat_is_checked_like_a_first_sale_d_doc_15() {
    let mut counter = Counter::new();
    counter.stock = Some("2".parse().unwrap());
    counter.add_as(&scarce(), AddLine::code("W").times(quantity("1.2"))).unwrap();
    let repeat = counter.run(&Command::RepeatLine { line: LineNo(1) });
    assert!(matches!(repeat, Err(Refusal::OutOfStock { .. })));
    counter.add_as(&scarce(), AddLine::code("W").times(quantity("0.8"))).unwrap();
    counter.void_line(1).unwrap();
    counter.run(&Command::RepeatLine { line: LineNo(2) }).unwrap();
}

#[test]
fn what_is_left_is_never_told_as_less_than_nothing() {
    let mut counter = Counter::new();
    counter.stock = Some("2".parse().unwrap());
    counter.add_as(&scarce(), AddLine::code("W").times(quantity("2"))).unwrap();
    // Meanwhile somebody counted the shelf.
    counter.stock = Some("0.5".parse().unwrap());
    let refused = counter.add(&scarce()).unwrap_err();
    assert_eq!(refused.to_string(), "1 of W wanted, 0 left in stock besides 2 on the document");
}

#[test]
fn a_larger_quantity_is_checked_by_what_it_adds() {
    let mut counter = Counter::new();
    counter.stock = Some("2".parse().unwrap());
    counter.add(&scarce()).unwrap();
    let change = |to| Command::ChangeQuantity { line: LineNo(1), quantity: quantity(to) };
    assert!(matches!(counter.run(&change("2.001")), Err(Refusal::OutOfStock { .. })));
    counter.run(&change("2")).unwrap();
    counter.run(&change("0.5")).unwrap();
}

#[test]
fn what_may_go_below_is_sold_without_looking() {
    let mut counter = Counter::new();
    counter.stock = Some(Decimal::ZERO);
    counter.add(&weighed("1")).unwrap();
    counter
        .add_as(&department(None), AddLine::department(saleflex_core::catalog::DepartmentNo(1), price("1")))
        .unwrap();
}

#[test]
fn a_completed_sale_leaves_the_shelf_once_a_product_d_doc_05() {
    let mut counter = Counter::new();
    counter.sell("3", "1.00");
    counter.sell("2", "1.00");
    counter.sell("4", "1.00");
    counter.void_line(3).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.effects.stock, [of(MovementKind::Sale, "-5")]);
}

#[test]
fn a_cancelled_sale_moves_nothing_d_doc_05() {
    let mut counter = Counter::new();
    counter.sell("3", "1.00");
    counter.void_line(1).unwrap();
    assert!(counter.effects.stock.is_empty() && counter.effects.cancelled.is_some());
}

#[test]
fn what_comes_back_is_booked_back_only_where_it_goes_on_the_shelf() {
    let mut counter = Counter::new();
    counter.sell("3", "1.00");
    counter.pay_rest(TenderKind::Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    let damaged = ReturnLine { state: GoodsState::Damaged, restock: false, ..return_line(1, "2") };
    counter.run(&Command::ReturnLine(damaged)).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.effects.stock, [of(MovementKind::Return, "1")]);
}

#[test]
fn a_return_without_receipt_is_booked_back_where_it_goes_on_the_shelf() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    let back = |restock| AddLine { returned: Some((GoodsState::New, restock)), ..AddLine::code("G") };
    counter.add_as(&goods("1"), back(true).times(quantity("2"))).unwrap();
    counter.add_as(&goods("1"), back(false)).unwrap();
    counter.add_as(&goods("1"), AddLine::code("G")).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.effects.stock, [of(MovementKind::Return, "2")], "unsaid is not on the shelf");
}

#[test]
fn a_waybill_leaves_the_shelf_without_a_payment() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Waybill, Kind::Sale).unwrap();
    counter.sell("7", "1.00");
    counter.run(&Command::Close).unwrap();
    assert_eq!(counter.effects.stock, [of(MovementKind::Sale, "-7")]);
}

#[test]
fn a_purchase_reaches_the_shelf_and_asks_neither_stock_nor_age() {
    let mut counter = Counter::new();
    counter.stock = Some(Decimal::ZERO);
    counter.open(DocumentType::SelfBillingInvoice, Kind::Purchase).unwrap();
    let item = Sellable { minimum_age: Some(18), ..scarce() };
    counter.add_as(&item, AddLine::code("W").times(quantity("2.5")).at(price("4"))).unwrap();
    counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    let bought = StockMovement { unit_cost: Some(price("4")), ..of(MovementKind::Purchase, "5") };
    assert_eq!(counter.effects.stock, [bought]);
}

#[test]
fn training_and_quotes_move_nothing() {
    let mut counter = Counter::new();
    counter.till.training = true;
    counter.sell("1", "1.00");
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert!(counter.last().training && counter.effects.stock.is_empty());
    counter.till.training = false;
    counter.stock = Some(Decimal::ZERO);
    counter.open(DocumentType::FiscalReceipt, Kind::Quote).unwrap();
    counter.add(&scarce()).unwrap();
    counter.run(&Command::Close).unwrap();
    assert!(counter.effects.stock.is_empty());
}

#[test]
fn an_exchange_books_both_ways() {
    let mut counter = Counter::new();
    counter.sell("2", "1.00");
    counter.pay_rest(TenderKind::Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "2").unwrap();
    counter.run(&Command::ExchangeForSale).unwrap();
    counter.sell("3", "1.00");
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.effects.stock, [of(MovementKind::Return, "2"), of(MovementKind::Sale, "-3")]);
}
