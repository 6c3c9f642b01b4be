//! Deposits on bottles and crates: charged beside the goods, paid out for empties.

use rust_decimal::Decimal;
use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource},
    audit::{self, Figure},
    basket::{LineItem, Totals},
    cashier::access::Act,
    catalog::{Permissions, Sellable},
    checkout::{redeemable_due, redeemable_total},
    closure::{DocumentFigures, Report},
    document::{AddLine, Adjust, Command, DocumentType, Event, Kind, Refusal},
    ids::{DocumentId, LineNo},
    journal::{Entry, Event as Happened},
    money::Money,
    tender::TenderKind::{Cash, StoreCredit},
};

use crate::support::{CASHIER, CUSTOMER, Counter, goods, m, percent, quantity, rate, return_line, taxed};

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

/// Six bottles of water were sold, and their sale is being taken back.
fn returning() -> (Counter, DocumentId) {
    let mut counter = Counter::new();
    sell(&mut counter, "6");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    (counter, sale)
}

fn change_quantity(line: u32, times: &str) -> Command {
    Command::ChangeQuantity { line: LineNo(line), quantity: quantity(times) }
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
    assert_eq!((report.containers.charged_count, report.containers.charged), (6, m(150)));
}

#[test]
fn what_becomes_of_goods_becomes_of_their_containers_whichever_line_is_named() {
    let mut counter = Counter::new();
    sell(&mut counter, "2");
    counter.run(&change_quantity(2, "3")).unwrap();
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
    let (mut counter, sale) = returning();
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
    counter.take_empties(&bottle(), "6").unwrap();
    // The limit is for all empties of a kind, however they come to be so many.
    let needed = |refused: Result<_, Refusal>| matches!(refused, Err(Refusal::ApprovalNeeded { .. }));
    assert!(needed(counter.take_empties(&bottle(), "5")));
    assert!(needed(counter.run(&Command::RepeatLine { line: LineNo(1) })));
    assert!(needed(counter.add_as(&bottle(), AddLine::code("BOTTLE").times(quantity("5")))));
    assert!(needed(counter.run(&change_quantity(1, "11"))));
    let crates = Sellable { product: None, code: "CRATE".into(), ..bottle() };
    counter.take_empties(&crates, "2").unwrap();
    counter.void_line(2).unwrap();
    counter.run(&change_quantity(1, "5")).unwrap();
    counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap();
    assert_eq!((counter.document().kind, counter.document().balance()), (Kind::Return, m(250)));
    counter.pay_rest(Cash).unwrap();
    let returned = counter.last();
    assert_eq!((returned.kind, returned.totals.net_due), (Kind::Return, m(250)));
    let mut report = Report::empty();
    report.add(&DocumentFigures::of(counter.completed.last().unwrap()).unwrap());
    assert_eq!((report.containers.paid_out_count, report.containers.paid_out), (10, m(250)));
    assert_eq!(report.cash.refunds, m(250));
}

#[test]
fn goods_on_a_return_that_empties_began_take_a_managers_word() {
    let mut counter = Counter::with_plain_cashier();
    counter.take_empties(&bottle(), "1").unwrap();
    assert!(matches!(counter.add(&goods("9.00")), Err(Refusal::ApprovalNeeded { .. })));
    counter.approve();
    counter.add(&goods("9.00")).unwrap();
    counter.approver = None;
    for refused in [Command::RepeatLine { line: LineNo(2) }, change_quantity(2, "50")] {
        assert!(matches!(counter.run(&refused), Err(Refusal::ApprovalNeeded { .. })), "{refused:?}");
    }
    counter.add(&bottle()).unwrap();
    assert_eq!(counter.document().balance(), m(950));
    // A return that a manager opened takes goods without asking again.
    let mut counter = Counter::with_plain_cashier();
    counter.approve();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.approver = None;
    counter.add(&goods("9.00")).unwrap();
}

#[test]
fn empties_of_one_kind_set_off_against_a_sale_count_together_against_the_limit() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.empties = Some(m(100));
    sell(&mut counter, "1");
    counter.take_empties(&bottle(), "4").unwrap();
    assert!(matches!(counter.take_empties(&bottle(), "1"), Err(Refusal::ApprovalNeeded { .. })));
    counter.run(&Command::VoidEmpties { line: LineNo(1), reason: None }).unwrap();
    counter.take_empties(&bottle(), "4").unwrap();
}

#[test]
fn containers_picked_beside_their_goods_come_back_once_and_goods_bring_the_rest() {
    let mut counter = Counter::new();
    sell(&mut counter, "6");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    let take_back = |lines: &[(u32, &str)]| Command::TakeBack {
        lines: lines.iter().map(|(line, times)| return_line(*line, times)).collect(),
    };
    for (picked, bottles) in [
        (take_back(&[(1, "6"), (2, "6")]), "6"),
        (take_back(&[(2, "6"), (1, "6")]), "6"),
        (take_back(&[(1, "6"), (2, "2")]), "6"),
        (take_back(&[(1, "3"), (2, "5")]), "5"),
        (take_back(&[(1, "2"), (1, "2"), (2, "3")]), "4"),
        (take_back(&[(1, "4")]), "4"),
    ] {
        counter.receipt = Some(sale);
        counter.run(&picked).unwrap();
        let back: Decimal = counter
            .document()
            .active_lines()
            .filter(|line| line.item.is_container)
            .map(|line| line.quantity.decimal())
            .sum();
        assert_eq!(back.to_string(), bottles, "{picked:?}");
        counter.run(&Command::Cancel { reason: None }).unwrap();
    }
    counter.receipt = Some(sale);
    assert!(matches!(counter.run(&take_back(&[(1, "6"), (2, "7")])), Err(Refusal::MoreThanSold { .. })));
    // After a part, the rest.
    counter.receipt = Some(sale);
    counter.run(&take_back(&[(1, "1"), (2, "3")])).unwrap();
    counter.pay_rest(Cash).unwrap();
    counter.receipt = Some(sale);
    counter.run(&take_back(&[(1, "5"), (2, "1")])).unwrap();
    assert_eq!(counter.document().totals.net_due, m(500 + 75));
}

#[test]
fn empties_stay_while_more_is_paid_out_for_them_than_the_others_come_to() {
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    counter.take_empties(&bottle(), "8").unwrap();
    counter.take_empties(&bottle(), "2").unwrap();
    // 2.50 less 1.25: of the difference 1.00 is paid out.
    counter.pay(Cash, 100).unwrap();
    let void = |line| Command::VoidEmpties { line: LineNo(line), reason: None };
    let refused = counter.run(&void(1)).unwrap_err();
    assert!(matches!(refused, Refusal::PaidExceedsDue { .. }), "{refused}");
    counter.void_tender(1).unwrap();
    counter.run(&void(1)).unwrap();
    assert_eq!(counter.document().balance(), m(125 - 50));
}

#[test]
fn what_is_taken_off_or_put_on_the_document_leaves_deposits_alone() {
    let mut counter = Counter::new();
    // Empties sold by themselves allow discounts by their own record.
    let sold = Sellable { permissions: Permissions::default(), ..bottle() };
    counter.add(&sold).unwrap();
    let refused = counter.adjust_document(AdjustmentSource::Manager, percent("10"));
    assert_eq!(refused.unwrap_err(), Refusal::NothingToDiscount);
    sell(&mut counter, "4");
    let adjust = Adjust { kind: AdjustmentKind::Discount, value: percent("10"), reason: None };
    for line in [1, 3] {
        let refused = counter.run(&Command::AdjustLine { line: Some(LineNo(line)), adjust: adjust.clone() });
        assert!(matches!(refused, Err(Refusal::DiscountNotAllowed { .. })), "line {line}");
    }
    counter.adjust_document(AdjustmentSource::ServiceCharge, percent("10")).unwrap();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    // The points of a member pay for goods.
    assert_eq!(redeemable_total(counter.document()), m(400));
    assert_eq!(redeemable_due(counter.document()), m(440));
    counter.redeem(400, 400).unwrap();
    assert_eq!(redeemable_due(counter.document()), Money::ZERO);
    let of_deposits: Vec<_> =
        counter.document().active_lines().filter(|line| line.item.is_container).collect();
    assert!(of_deposits.iter().all(|line| line.value() == line.gross));
    assert_eq!(counter.document().totals.net_due, m(125));
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    assert!(matches!(counter.redeem(125, 125), Err(Refusal::DiscountExceedsTotal { .. })));
}

#[test]
fn fewer_goods_with_their_containers_are_a_void_of_both() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.void_line = Some(m(240));
    sell(&mut counter, "6");
    let refused = counter.run(&change_quantity(1, "4"));
    assert!(matches!(refused, Err(Refusal::ApprovalNeeded { .. })), "2.00 and 0.50 go");
    counter.run(&change_quantity(1, "5")).unwrap();
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

#[test]
fn fewer_goods_on_a_return_bring_fewer_containers() {
    let (mut counter, _) = returning();
    counter.take_back(1, "4").unwrap();
    // One more bottle came back empty.
    counter.take_back(2, "1").unwrap();
    counter.run(&change_quantity(1, "2")).unwrap();
    assert_eq!(lines(&counter), [("WATER", "2".into(), m(200)), ("BOTTLE", "3".into(), m(75))]);
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.net_due, m(275));
}

#[test]
fn empties_given_back_stand_in_the_audit_trail_though_they_were_the_last() {
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    counter.take_empties(&bottle(), "2").unwrap();
    counter.take_empties(&bottle(), "1").unwrap();
    for (line, worth) in [(1, m(50)), (2, m(25))] {
        let before = counter.document().clone();
        let void = Command::VoidEmpties { line: LineNo(line), reason: None };
        let events = Happened::Document(counter.run(&void).unwrap().events);
        let entry = Entry::new(before.id.uuid(), counter.now, Some(CASHIER), counter.till.closure, events);
        let records = audit::records(&entry, Some(&before));
        let said: Vec<_> = records.iter().map(|record| (record.act, record.before.clone())).collect();
        assert_eq!(said, [(Act::VoidLine, Some(Figure::Amount(worth)))]);
    }
}

#[test]
fn each_empties_taken_or_voided_is_one_event_however_many_there_are() {
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    let named = |events: &[Event]| events.iter().map(Event::name).collect::<Vec<_>>();
    let first = counter.take_empties(&bottle(), "1").unwrap();
    assert_eq!(named(&first.events), ["empties_begun", "empties_taken"]);
    let frozen = |events: &[Event]| serde_json::to_vec(events).unwrap().len();
    let second = counter.take_empties(&bottle(), "1").unwrap();
    for _ in 0..20 {
        counter.take_empties(&bottle(), "1").unwrap();
    }
    let last = counter.take_empties(&bottle(), "1").unwrap();
    assert_eq!(named(&last.events), ["empties_taken"]);
    assert!(frozen(&last.events) <= frozen(&second.events) + 1, "it does not grow with those before it");
    let void = counter.run(&Command::VoidEmpties { line: LineNo(3), reason: None }).unwrap();
    assert_eq!(named(&void.events), ["empties_voided"]);
}

#[test]
fn the_number_of_empties_that_went_again_leads_to_their_sale_and_serves_the_next_ones() {
    let mut counter = Counter::new();
    sell(&mut counter, "1");
    let take = |counter: &mut Counter| {
        counter.take_empties(&bottle(), "1").unwrap();
        counter.document().exchange.as_ref().unwrap().number
    };
    let void = Command::VoidEmpties { line: LineNo(1), reason: None };
    let number = take(&mut counter);
    counter.run(&void).unwrap();
    assert!(counter.document().has_number(number));
    assert_eq!(take(&mut counter), number);
    assert!(counter.document().spent_numbers.is_empty());
    counter.run(&void).unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    sell(&mut counter, "1");
    assert_eq!(counter.document().number.receipt, number.receipt + 1);
    counter.pay_rest(Cash).unwrap();
    // In another period it gets another; the one before leads to the sale all the same.
    counter.next_period();
    counter.resume(0).unwrap();
    let later = take(&mut counter);
    assert_ne!(later.closure, number.closure);
    counter.run(&void).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().spent_numbers, [number, later]);
}

#[test]
fn goods_taken_off_a_return_take_the_bottles_along_that_came_with_them() {
    let (mut counter, sale) = returning();
    counter.take_back(1, "4").unwrap();
    counter.take_back(2, "1").unwrap();
    counter.void_line(1).unwrap();
    assert_eq!(lines(&counter), [("BOTTLE", "1".into(), m(25))], "one came beside them");
    counter.take_back(1, "2").unwrap();
    assert_eq!(lines(&counter), [("BOTTLE", "3".into(), m(75)), ("WATER", "2".into(), m(200))]);
    counter.void_line(3).unwrap();
    assert_eq!(lines(&counter), [("BOTTLE", "1".into(), m(25))]);
    counter.void_line(2).unwrap();
    // Goods and their bottles are the last of it together.
    counter.open_return(sale).unwrap();
    counter.take_back(1, "6").unwrap();
    counter.void_line(1).unwrap();
    assert_eq!(counter.cancelled.len(), 2);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "6").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.net_due, m(750));
}

#[test]
fn empties_are_not_set_off_against_what_goes_out_on_a_waybill() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Waybill, Kind::Sale).unwrap();
    sell(&mut counter, "1");
    let refused = counter.take_empties(&bottle(), "1");
    assert!(matches!(refused, Err(Refusal::WrongKind { kind: Kind::Sale })), "{refused:?}");
}

#[test]
fn more_empties_than_the_store_expects_are_taken_once_the_cashier_stands_by_it() {
    let mut counter = Counter::new();
    counter.policy.most_quantity = Some(quantity("1000"));
    counter.take_empties(&bottle(), "1000").unwrap();
    let refused = counter.take_empties(&bottle(), "1001");
    assert!(matches!(refused, Err(Refusal::QuantityDoubted { .. })), "{refused:?}");
    assert_eq!(counter.document().totals.net_due, m(250_00), "nothing was done");
    counter.counted = true;
    counter.take_empties(&bottle(), "1001").unwrap();
}
