//! Deposits on bottles and crates: charged beside the goods, paid out for empties.

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource},
    basket::{LineItem, Totals},
    catalog::{Permissions, Sellable},
    closure::{DocumentFigures, Report},
    document::{AddLine, Command, Kind, Refusal},
    ids::LineNo,
    money::Money,
    tender::TenderKind::{Cash, StoreCredit},
};

use crate::support::{CUSTOMER, Counter, goods, m, percent, quantity, rate, taxed};

/// A bottle, 0.25, taxed at 5 %.
pub(crate) fn bottle() -> Sellable {
    let permissions = Permissions { discount: false, ..Permissions::default() };
    let article = taxed("0.25", &["5"]);
    Sellable { code: "BOTTLE".into(), name: "Bottle".into(), is_container: true, permissions, ..article }
}

/// Water in it, 1.00, taxed at 20 %.
pub(crate) fn water() -> Sellable {
    Sellable { code: "WATER".into(), container: Some(Box::new(bottle())), ..goods("1.00") }
}

fn sell(counter: &mut Counter, times: &str) {
    counter.add_as(&water(), AddLine::code("WATER").times(quantity(times))).unwrap();
}

/// Code, quantity and total of the active lines.
fn lines(counter: &Counter) -> Vec<(&str, String, Money)> {
    let shown = |line: &LineItem| (line.item.code == "WATER", line.quantity.to_string(), line.total);
    let named = |(is_water, many, total)| (if is_water { "WATER" } else { "BOTTLE" }, many, total);
    counter.document().active_lines().map(shown).map(named).collect()
}

#[test]
fn a_container_is_charged_beside_its_goods_and_bears_its_own_tax() {
    let mut counter = Counter::new();
    sell(&mut counter, "6");
    assert_eq!(lines(&counter), [("WATER", "6".into(), m(600)), ("BOTTLE", "6".into(), m(150))]);
    let charged = counter.document().line(LineNo(2)).unwrap();
    assert_eq!(charged.container_of, Some(LineNo(1)));
    assert_eq!(charged.taxes[0].rate, rate(1, "5"));
    assert_eq!(counter.document().totals.net_due, m(750));
    counter.pay_rest(Cash).unwrap();
    let mut report = Report::empty();
    report.add(&DocumentFigures::of(counter.completed.last().unwrap()).unwrap());
    assert_eq!((report.containers.charged_count, report.containers.charged), (1, m(150)));
}

#[test]
fn what_becomes_of_goods_becomes_of_their_containers_whichever_line_is_named() {
    let mut counter = Counter::new();
    sell(&mut counter, "2");
    let change =
        |line, times: &str| Command::ChangeQuantity { line: LineNo(line), quantity: quantity(times) };
    counter.run(&change(2, "3")).unwrap();
    assert_eq!(lines(&counter), [("WATER", "3".into(), m(300)), ("BOTTLE", "3".into(), m(75))]);
    counter.run(&Command::RepeatLine { line: LineNo(2) }).unwrap();
    assert_eq!(lines(&counter).len(), 4);
    assert_eq!(counter.document().line(LineNo(4)).unwrap().container_of, Some(LineNo(3)));
    counter.void_line(2).unwrap();
    assert_eq!(lines(&counter), [("WATER", "3".into(), m(300)), ("BOTTLE", "3".into(), m(75))]);
    assert!(matches!(counter.void_line(2), Err(Refusal::NoSuchLine { .. })));
    counter.void_line(3).unwrap();
    assert_eq!(counter.cancelled.len(), 1, "the void of the last goods cancels");
}

#[test]
fn nothing_is_taken_off_a_deposit() {
    let mut counter = Counter::new();
    sell(&mut counter, "4");
    // Without a line the last goods are meant.
    counter.adjust(AdjustmentKind::Discount, percent("50")).unwrap();
    assert_eq!(lines(&counter), [("WATER", "4".into(), m(200)), ("BOTTLE", "4".into(), m(100))]);
    counter.adjust_document(AdjustmentSource::Manager, percent("10")).unwrap();
    let Totals { net_due, discount, .. } = counter.document().totals;
    assert_eq!((discount, net_due), (m(20), m(280)));
}

#[test]
fn goods_brought_back_bring_their_containers_and_never_more_than_were_sold() {
    let mut counter = Counter::new();
    sell(&mut counter, "6");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    // Two bottles came back empty.
    counter.take_back(2, "2").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.net_due, m(50));
    counter.open_return(sale).unwrap();
    counter.take_back(1, "6").unwrap();
    assert_eq!(lines(&counter), [("WATER", "6".into(), m(600)), ("BOTTLE", "4".into(), m(100))]);
    counter.pay_rest(Cash).unwrap();
    counter.open_return(sale).unwrap();
    assert!(matches!(counter.take_back(2, "1"), Err(Refusal::MoreThanSold { .. })));
}

#[test]
fn empties_are_paid_out_by_a_cashier_alone_up_to_the_stores_limit() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.empties = Some(m(250));
    let refused = counter.take_empties(&goods("1.00"), "1");
    assert_eq!(refused.unwrap_err(), Refusal::NoContainer { code: "G".into() });
    assert!(matches!(counter.take_empties(&bottle(), "11"), Err(Refusal::ApprovalNeeded { .. })));
    counter.take_empties(&bottle(), "10").unwrap();
    counter.take_empties(&bottle(), "2").unwrap();
    assert_eq!((counter.document().kind, counter.document().balance()), (Kind::Return, m(300)));
    counter.void_line(2).unwrap();
    counter.pay_rest(Cash).unwrap();
    let returned = counter.last();
    assert_eq!((returned.kind, returned.totals.net_due), (Kind::Return, m(250)));
    let mut report = Report::empty();
    report.add(&DocumentFigures::of(counter.completed.last().unwrap()).unwrap());
    assert_eq!((report.containers.paid_out_count, report.containers.paid_out), (1, m(250)));
    assert_eq!(report.cash.refunds, m(250));
}

#[test]
fn empties_lower_what_the_open_sale_comes_to_and_both_complete_together() {
    let mut counter = Counter::new();
    sell(&mut counter, "2");
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.take_empties(&bottle(), "4").unwrap();
    counter.take_empties(&bottle(), "3").unwrap();
    assert_eq!(counter.document().balance(), m(250 - 175));
    counter.run(&Command::VoidEmpties { line: LineNo(2), reason: None }).unwrap();
    assert_eq!(counter.document().balance(), m(150));
    // Put aside and taken up, it is as it was.
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.resume(0).unwrap();
    counter.pay_rest(Cash).unwrap();
    let [.., returned, sold] = counter.completed.as_slice() else { panic!("both complete") };
    let (returned, sold) = (returned.document(), sold.document());
    assert_eq!((returned.kind, returned.customer), (Kind::Return, Some(CUSTOMER)));
    assert_eq!((returned.totals.net_due, sold.totals.net_due), (m(100), m(250)));
    let credit = |tender: &&saleflex_core::tender::Tender| tender.kind == StoreCredit;
    assert_eq!(sold.counted_tenders().find(credit).unwrap().amount, m(100));
    assert_ne!(returned.number, sold.number);
}

#[test]
fn more_empties_than_goods_are_paid_out_and_the_last_taken_back_leaves_the_sale_alone() {
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    let number = counter.document().number;
    counter.take_empties(&bottle(), "1").unwrap();
    counter.run(&Command::VoidEmpties { line: LineNo(1), reason: None }).unwrap();
    assert!(counter.document().exchange.is_none());
    let missing = counter.run(&Command::VoidEmpties { line: LineNo(1), reason: None });
    assert!(matches!(missing, Err(Refusal::NoSuchLine { .. })));
    counter.take_empties(&bottle(), "9").unwrap();
    assert_eq!(counter.document().exchange.as_ref().unwrap().number.receipt, number.receipt + 1);
    assert_eq!(counter.document().balance(), m(125 - 225));
    counter.pay_rest(Cash).unwrap();
    let mut report = Report::empty();
    for completed in &counter.completed {
        report.add(&DocumentFigures::of(completed).unwrap());
    }
    assert_eq!((report.net_sales, report.cash.refunds), (m(-100), m(100)));
}

#[test]
fn empties_are_refused_beside_goods_of_a_receipt_and_on_an_order() {
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    assert!(matches!(counter.take_empties(&bottle(), "1"), Err(Refusal::WrongKind { .. })));
    counter.run(&Command::ExchangeForSale).unwrap();
    sell(&mut counter, "1");
    assert!(matches!(counter.take_empties(&bottle(), "1"), Err(Refusal::WrongKind { .. })));
}

#[test]
fn what_is_paid_already_is_not_made_too_much_by_empties() {
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    counter.pay(Cash, 110).unwrap();
    assert!(matches!(counter.take_empties(&bottle(), "1"), Err(Refusal::PaidExceedsDue { .. })));
    assert_eq!(counter.document().balance(), m(15));
}
