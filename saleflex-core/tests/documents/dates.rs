//! Goods past their date: by the date on their label, or because nothing else is left on the shelf.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use saleflex_core::{
    document::{AddLine, Command, DocumentType, ExpiredGoods, Kind, PastDate, Refusal},
    ids::LineNo,
    tender::TenderKind,
};

use crate::support::{Counter, goods, quantity};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A counter that rules so, on the sixth of April.
fn counter(rule: ExpiredGoods) -> Counter {
    let mut counter = Counter::new();
    counter.policy.expired_goods = rule;
    counter
}

fn labelled(expiry: &str) -> AddLine {
    AddLine::code("G").good_until(day(expiry))
}

fn past(times: &str, expiry: &str) -> Refusal {
    Refusal::PastDate { name: goods("1").name, quantity: quantity(times), expiry: day(expiry) }
}

#[test]
fn what_is_past_the_date_on_its_label_is_sold_once_the_cashier_stands_by_it() {
    let mut counter = counter(ExpiredGoods::Ask);
    counter.add_as(&goods("1"), labelled("2025-04-06")).unwrap();
    assert_eq!(counter.add_as(&goods("1"), labelled("2025-04-05")), Err(past("1", "2025-04-05")));
    assert_eq!(counter.document().lines.len(), 1, "nothing was done");
    counter.counted = true;
    counter.add_as(&goods("1"), labelled("2025-04-05")).unwrap();
    let line = counter.document().lines.last().unwrap();
    assert_eq!(line.expiry, Some(day("2025-04-05")), "the line keeps the date");
}

#[test]
fn where_the_store_says_so_nobody_sells_what_is_past_its_date() {
    let mut strict = counter(ExpiredGoods::Refuse);
    strict.counted = true;
    strict.approve();
    let refused = Refusal::Expired { name: goods("1").name, expiry: day("2025-04-05") };
    assert_eq!(strict.add_as(&goods("1"), labelled("2025-04-05")), Err(refused));
    counter(ExpiredGoods::Sell).add_as(&goods("1"), labelled("2025-04-05")).unwrap();
}

#[test]
fn what_is_left_on_the_shelf_past_its_date_is_asked_for_when_the_good_ones_are_gone() {
    let mut counter = counter(ExpiredGoods::Ask);
    counter.past_date = Some(PastDate { good: Decimal::TWO, expiry: day("2025-04-01") });
    counter.sell("1", "1.00");
    let repeat = Command::RepeatLine { line: LineNo(1) };
    counter.run(&repeat).unwrap();
    assert_eq!(counter.run(&repeat), Err(past("1", "2025-04-01")));
    let three = Command::ChangeQuantity { line: LineNo(2), quantity: quantity("2") };
    assert_eq!(counter.run(&three), Err(past("2", "2025-04-01")));
    // A label that says otherwise is believed.
    counter.add_as(&goods("1"), labelled("2025-05-01")).unwrap();
    counter.counted = true;
    counter.run(&three).unwrap();
    counter.run(&repeat).unwrap();
    // Less of it is not asked for.
    counter.counted = false;
    counter.run(&Command::ChangeQuantity { line: LineNo(2), quantity: quantity("1") }).unwrap();
}

#[test]
fn a_quote_hands_nothing_over_and_what_is_sold_of_it_is_asked_for() {
    let mut counter = counter(ExpiredGoods::Ask);
    counter.past_date = Some(PastDate { good: Decimal::ZERO, expiry: day("2025-04-01") });
    counter.open(DocumentType::NonFiscalReceipt, Kind::Quote).unwrap();
    counter.sell("1", "1.00");
    counter.run(&Command::Close).unwrap();
    counter.receipt = Some(counter.last().id);
    let open = |counter: &mut Counter| counter.open(DocumentType::FiscalReceipt, Kind::Sale);
    assert_eq!(open(&mut counter), Err(past("1", "2025-04-01")));
    counter.receipt = Some(counter.last().id);
    counter.counted = true;
    open(&mut counter).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
}

#[test]
fn a_slip_in_how_many_is_told_with_the_date() {
    let mut counter = counter(ExpiredGoods::Ask);
    counter.policy.most_quantity = Some(quantity("100"));
    let many = labelled("2025-04-05").times(quantity("500"));
    assert_eq!(counter.add_as(&goods("0.01"), many), Err(past("500", "2025-04-05")));
}
