//! Goods brought back: which, how many, for how much.

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource},
    basket::{GoodsState, PriceSource},
    catalog::{Permissions, PriceRule, Sellable},
    closure::DocumentFigures,
    document::{AddLine, Command, DocumentType, Kind, Refusal, ReturnLine},
    ids::{DocumentId, LineNo},
    money::Money,
    quantity::Points,
    tender::TenderKind::{Cash, CreditCard},
};

use crate::support::{
    CUSTOMER, Counter, MANAGER, amount, goods, m, moment, percent, price, quantity, rate, return_line, taxed,
    weighed,
};

/// Completes the open sale in cash and answers its identity.
fn sold(counter: &mut Counter) -> DocumentId {
    counter.pay_rest(Cash).unwrap();
    counter.last().id
}

/// Brings so much of one line back on a return of its own; answers what was paid back.
fn bring_back(counter: &mut Counter, sale: DocumentId, line: u32, times: &str) -> Money {
    counter.open_return(sale).unwrap();
    counter.take_back(line, times).unwrap();
    counter.pay_rest(Cash).unwrap();
    counter.last().totals.paid
}

#[test]
fn a_return_references_the_sale_and_its_line_at_the_price_that_was_paid() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("1", "1.00");
    counter.sell("2", "10.00");
    counter.adjust(AdjustmentKind::Discount, percent("25")).unwrap();
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    let back = ReturnLine { reason: Some("defective".into()), ..return_line(2, "1") };
    counter.run(&Command::ReturnLine(back)).unwrap();
    let document = counter.document();
    let line = &document.lines[0];
    let returned = line.returned.as_ref().unwrap();
    assert_eq!(
        (document.original, document.customer, document.kind),
        (Some(sale), Some(CUSTOMER), Kind::Return)
    );
    assert_eq!(returned.original, Some((sale, LineNo(2))));
    assert_eq!(returned.reason.as_deref(), Some("defective"));
    assert_eq!((line.total, line.tax(), line.price_source), (m(750), m(125), PriceSource::Original));
    assert!(document.totals.net_due.is_positive(), "amounts are positive, the direction is in the type");
}

#[test]
fn pieces_add_up_to_what_was_paid_and_never_exceed_it() {
    let mut counter = Counter::new();
    counter.sell("3", "3.33");
    counter.adjust(AdjustmentKind::Surcharge, amount(1)).unwrap();
    let sale = sold(&mut counter);
    let back: Vec<Money> = (0..3).map(|_| bring_back(&mut counter, sale, 1, "1")).collect();
    assert_eq!(back, [m(333), m(334), m(333)]);
    let original = counter.original(sale).unwrap();
    assert_eq!((original.refundable().paid, original.refundable().lines.len()), (m(0), 0));
}

#[test]
fn what_is_left_is_what_can_be_returned() {
    let mut counter = Counter::new();
    counter.sell("3", "3.00");
    counter.sell("1", "2.00");
    let sale = sold(&mut counter);
    bring_back(&mut counter, sale, 1, "2");
    let refundable = counter.original(sale).unwrap().refundable();
    let lines: Vec<_> =
        refundable.lines.iter().map(|line| (line.line.0, line.quantity, line.value)).collect();
    assert_eq!(lines, [(1, quantity("1"), m(300)), (2, quantity("1"), m(200))]);
    assert_eq!((refundable.paid, refundable.tenders), (m(500), vec![(Cash, m(500))]));
    counter.open_return(sale).unwrap();
    let refused = counter.take_back(1, "2").unwrap_err();
    assert_eq!(refused, Refusal::MoreThanSold { line: LineNo(1), left: "1".parse().unwrap() });
    counter.take_back(1, "1").unwrap();
    assert!(matches!(counter.take_back(1, "1"), Err(Refusal::MoreThanSold { .. })));
}

#[test]
fn the_same_line_in_the_same_state_is_one_line_and_in_another_state_another() {
    let mut counter = Counter::new();
    counter.sell("3", "3.34");
    counter.adjust(AdjustmentKind::Discount, amount(2)).unwrap();
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    let damaged = || ReturnLine { state: GoodsState::Damaged, restock: false, ..return_line(1, "1") };
    counter.take_back(1, "1").unwrap();
    counter.run(&Command::ReturnLine(damaged())).unwrap();
    counter.take_back(1, "1").unwrap();
    let document = counter.document();
    let held: Vec<_> = document
        .active_lines()
        .map(|line| (line.returned.as_ref().unwrap().state, line.quantity, line.value()))
        .collect();
    assert_eq!(document.totals.net_due, m(1000));
    assert_eq!(held.len(), 2);
    assert!(held.contains(&(GoodsState::New, quantity("2"), m(667))), "{held:?}");
    assert!(held.contains(&(GoodsState::Damaged, quantity("1"), m(333))), "{held:?}");
}

#[test]
fn voids_and_changes_inside_the_open_return_keep_its_shares_exact() {
    let mut counter = Counter::new();
    counter.sell("4", "3.33");
    counter.adjust(AdjustmentKind::Discount, amount(2)).unwrap();
    counter.sell("1", "1.00");
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    counter.take_back(2, "1").unwrap();
    counter.take_back(1, "3").unwrap();
    let three = counter.document().active_lines().last().unwrap().no;
    counter.run(&Command::ChangeQuantity { line: three, quantity: quantity("2") }).unwrap();
    assert_eq!(counter.document().totals.net_due, m(665 + 100));
    let two = counter.document().active_lines().last().unwrap().no;
    let five = Command::ChangeQuantity { line: two, quantity: quantity("5") };
    assert!(matches!(counter.run(&five), Err(Refusal::MoreThanSold { .. })));
    counter.void_line(two.0).unwrap();
    assert_eq!(counter.document().totals.net_due, m(100));
    counter.take_back(1, "4").unwrap();
    assert_eq!(counter.document().totals.net_due, m(1330 + 100));
}

#[test]
fn a_piece_voided_before_another_leaves_the_other_its_exact_share() {
    let mut counter = Counter::new();
    counter.sell("3", "0.01");
    counter.adjust(AdjustmentKind::Discount, amount(1)).unwrap();
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    let damaged = ReturnLine { state: GoodsState::Damaged, ..return_line(1, "2") };
    counter.run(&Command::ReturnLine(damaged)).unwrap();
    // Of two pence the first of three is one, the other two are one.
    assert_eq!(counter.document().totals.net_due, m(2));
    counter.void_line(1).unwrap();
    assert_eq!(
        counter.document().active_lines().map(saleflex_core::basket::LineItem::value).collect::<Vec<_>>(),
        [m(1)]
    );
    counter.pay_rest(Cash).unwrap();
    assert_eq!(bring_back(&mut counter, sale, 1, "1"), m(1));
}

#[test]
fn document_discounts_and_charges_come_back_with_their_lines() {
    let mut counter = Counter::new();
    counter.policy.surcharge_taxes = vec![rate(9, "10")];
    counter.add(&taxed("10.00", &["20"])).unwrap();
    counter.add(&taxed("5.00", &["5"])).unwrap();
    counter.adjust_document(AdjustmentSource::Manager, amount(100)).unwrap();
    counter.adjust_document(AdjustmentSource::ServiceCharge, percent("10")).unwrap();
    let (value, tax) = (counter.document().totals.net_due, counter.document().totals.tax);
    let sale = sold(&mut counter);
    let mut taxes = Money::ZERO;
    let mut paid = Money::ZERO;
    for line in [2, 1] {
        paid += bring_back(&mut counter, sale, line, "1");
        taxes += counter.last().totals.tax;
        let returned = &counter.last().lines[0];
        assert_eq!(returned.taxes.len(), 2, "the charge keeps its own rate");
    }
    assert_eq!((paid, taxes), (value, tax));
}

#[test]
fn points_come_back_as_points_and_money_as_money() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("1", "10.00");
    counter.sell("2", "10.00");
    counter.redeem(100, 1000).unwrap();
    let sale = sold(&mut counter);
    let mut points = Vec::new();
    for (line, times) in [(2, "1"), (1, "1"), (2, "1")] {
        counter.open_return(sale).unwrap();
        counter.take_back(line, times).unwrap();
        points.push(counter.document().points_returned.unwrap());
        counter.pay_rest(Cash).unwrap();
        assert_eq!(counter.last().points_returned, points.last().copied());
    }
    // A third of the worth each time; what is rounded down comes with the last.
    assert_eq!(points, [Points::new(33), Points::new(33), Points::new(34)]);
    let paid: Money = counter.completed[1..].iter().map(|back| back.document().totals.paid).sum();
    assert_eq!(paid, m(2000));
}

#[test]
fn points_that_paid_for_everything_come_back_without_money() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("4", "2.50");
    counter.redeem(30, 1000).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    assert_eq!(
        (counter.document().totals.net_due, counter.document().points_returned),
        (m(0), Some(Points::new(7)))
    );
    counter.run(&Command::Close).unwrap();
    counter.open_return(sale).unwrap();
    counter.take_back(1, "3").unwrap();
    counter.run(&Command::Close).unwrap();
    assert_eq!(counter.last().points_returned, Some(Points::new(23)));
}

#[test]
fn what_may_not_come_back_does_not() {
    let mut counter = Counter::new();
    let final_sale =
        Sellable { permissions: Permissions { returns: false, ..Permissions::default() }, ..goods("10") };
    counter.add(&final_sale).unwrap();
    counter.sell("1", "1.00");
    counter.void_line(2).unwrap();
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    assert_eq!(counter.take_back(1, "1").unwrap_err(), Refusal::NotReturnable { code: "G".into() });
    assert_eq!(counter.take_back(2, "1").unwrap_err(), Refusal::NoSuchLine { line: LineNo(2) });
    assert_eq!(counter.take_back(9, "1").unwrap_err(), Refusal::NoSuchLine { line: LineNo(9) });
    let mut without = Counter::new();
    without.open(DocumentType::Return, Kind::Return).unwrap();
    assert_eq!(without.add(&final_sale).unwrap_err(), Refusal::NotReturnable { code: "G".into() });
}

#[test]
fn the_last_day_is_still_in_time() {
    let mut counter = Counter::new();
    counter.policy.return_days = Some(14);
    counter.sell("2", "10.00");
    let sale = sold(&mut counter);
    counter.now = moment("2025-04-20 23:59");
    bring_back(&mut counter, sale, 1, "1");
    counter.now = moment("2025-04-21 00:00");
    counter.open_return(sale).unwrap();
    let refused = counter.take_back(1, "1").unwrap_err();
    assert_eq!(refused.to_string(), "could be returned until 2025-04-20");
}

#[test]
fn pieces_are_returned_whole_and_weighed_goods_to_the_gram() {
    let mut counter = Counter::new();
    counter.sell("2", "10.00");
    counter.add_as(&weighed("9.99"), AddLine::code("W").times(quantity("1.234"))).unwrap();
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    assert!(matches!(counter.take_back(1, "0.5"), Err(Refusal::QuantityNotAllowed { .. })));
    counter.take_back(2, "0.617").unwrap();
    assert_eq!(counter.document().totals.net_due, m(617), "half of 12.33, half up");
}

#[test]
fn a_label_comes_back_in_parts_of_its_weight() {
    let mut counter = Counter::new();
    let label = Sellable {
        embedded_quantity: Some(quantity("1.25")),
        embedded_total: Some(m(6875)),
        ..weighed("54.99")
    };
    counter.add(&label).unwrap();
    let sale = sold(&mut counter);
    assert_eq!(bring_back(&mut counter, sale, 1, "0.5"), m(2750));
    assert_eq!(bring_back(&mut counter, sale, 1, "0.75"), m(4125));
}

#[test]
fn a_share_of_a_sale_is_worth_what_it_is_worth() {
    let mut counter = Counter::new();
    counter.sell("2", "10.00");
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    let share = Refusal::ShareOfSale { line: LineNo(1) };
    assert_eq!(counter.adjust(AdjustmentKind::Discount, percent("10")).unwrap_err(), share);
    let other = Command::OverridePrice { line: LineNo(1), price: price("20"), reason: None };
    assert_eq!(counter.run(&other).unwrap_err(), share);
    assert_eq!(counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap_err(), share);
    let kind = Refusal::WrongKind { kind: Kind::Return };
    assert_eq!(counter.add(&goods("1")).unwrap_err(), kind, "other goods are no part of this receipt");
}

#[test]
fn goods_of_a_receipt_come_back_on_a_return_of_that_receipt() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    assert_eq!(counter.take_back(1, "1").unwrap_err(), Refusal::WrongKind { kind: Kind::Sale });
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.take_back(1, "1").unwrap_err(), Refusal::NoDocument);
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    assert_eq!(counter.take_back(1, "1").unwrap_err(), Refusal::NotRefundable);
}

#[test]
fn only_what_was_sold_for_good_can_be_refunded() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Waybill, Kind::Sale).unwrap();
    counter.sell("1", "1.00");
    counter.run(&Command::Close).unwrap();
    let waybill = counter.last().id;
    assert_eq!(counter.open_return(waybill).unwrap_err(), Refusal::NotRefundable);
    counter.sell("1", "1.00");
    let sale = sold(&mut counter);
    bring_back(&mut counter, sale, 1, "1");
    let refund = counter.last().id;
    assert_eq!(counter.open_return(refund).unwrap_err(), Refusal::NotRefundable);
    let mut abroad = Counter::in_currency("EUR");
    abroad.completed = counter.completed.clone();
    assert_eq!(abroad.open_return(sale).unwrap_err(), Refusal::NotRefundable);
}

#[test]
fn without_a_receipt_goods_come_back_at_the_catalogs_price_or_a_managers() {
    let mut counter = Counter::with_plain_cashier();
    counter.approve();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.approver = None;
    let damaged = AddLine { returned: Some((GoodsState::Damaged, false)), ..AddLine::code("G") };
    counter.add_as(&goods("10.00"), damaged).unwrap();
    let dearer = AddLine::code("G").at(price("50"));
    assert!(matches!(counter.add_as(&goods("10.00"), dearer), Err(Refusal::ApprovalNeeded { .. })));
    // Nor does a cashier alone put anything on top of it, or type a price where the catalog has none.
    let dearer = counter.adjust(AdjustmentKind::Surcharge, percent("100"));
    assert!(matches!(dearer, Err(Refusal::ApprovalNeeded { .. })));
    let open = Sellable { price_rule: PriceRule::Open, ..goods("0") };
    for typed in [open, Sellable { product: None, ..goods("0") }] {
        let priced = || AddLine::code("G").at(price("500"));
        assert!(matches!(counter.add_as(&typed, priced()), Err(Refusal::ApprovalNeeded { .. })));
        counter.approve();
        counter.add_as(&typed, priced()).unwrap();
        counter.approver = None;
        let at = counter.document().lines.len();
        assert_eq!(counter.document().lines[at - 1].authority.approved_by, Some(MANAGER));
        let again = Command::RepeatLine { line: LineNo(u32::try_from(at).unwrap()) };
        assert!(matches!(counter.run(&again), Err(Refusal::ApprovalNeeded { .. })));
        counter.void_line(u32::try_from(at).unwrap()).unwrap();
    }
    let line = &counter.document().lines[0];
    let returned = line.returned.as_ref().unwrap();
    assert_eq!((line.total, line.tax()), (m(1000), m(167)));
    assert_eq!((returned.original, returned.state, returned.restock), (None, GoodsState::Damaged, false));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn a_parked_return_does_not_bring_back_what_came_back_meanwhile() {
    let mut counter = Counter::new();
    counter.sell("3", "10.00");
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "2").unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    bring_back(&mut counter, sale, 1, "2");
    counter.resume(0).unwrap();
    let refused = counter.pay_rest(Cash).unwrap_err();
    assert_eq!(refused, Refusal::MoreThanSold { line: LineNo(1), left: "1".parse().unwrap() });
    counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("1") }).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn a_parked_return_carries_the_rounding_of_the_day_it_is_paid() {
    let mut counter = Counter::with_five_step();
    (0..2).for_each(|_| counter.sell("1", "6.16"));
    let sale = sold(&mut counter);
    assert_eq!(counter.last().totals.paid, m(1230));
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.policy.refund_tenders.insert(CreditCard);
    counter.open_return(sale).unwrap();
    counter.take_back(2, "1").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(615));
    counter.resume(0).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(615), "12.30 were paid, not a penny more goes back");
}

#[test]
fn a_return_may_be_cancelled_and_then_nothing_came_back() {
    let mut counter = Counter::new();
    counter.sell("2", "10.00");
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "2").unwrap();
    counter.run(&Command::Cancel { reason: None }).unwrap();
    counter.open_return(sale).unwrap();
    counter.take_back(1, "2").unwrap();
    counter.void_line(1).unwrap();
    assert_eq!(counter.cancelled.len(), 2);
    assert_eq!(bring_back(&mut counter, sale, 1, "2"), m(2000));
}

#[test]
fn goods_for_the_shelf_and_goods_for_the_bin_are_two_lines_though_both_look_new() {
    let mut counter = Counter::new();
    counter.sell("3", "10.00");
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    let bin = || ReturnLine { restock: false, ..return_line(1, "1") };
    counter.take_back(1, "1").unwrap();
    counter.run(&Command::ReturnLine(bin())).unwrap();
    counter.run(&Command::ReturnLine(bin())).unwrap();
    let held: Vec<_> = counter
        .document()
        .active_lines()
        .map(|line| (line.returned.as_ref().unwrap().restock, line.quantity))
        .collect();
    assert_eq!(held, [(true, quantity("1")), (false, quantity("2"))]);
    counter.pay_rest(Cash).unwrap();
    let back: Vec<_> = counter.effects.stock.iter().map(|moved| moved.change.to_string()).collect();
    assert_eq!(back, ["1"]);
}

#[test]
fn a_share_that_is_worked_out_anew_is_no_void() {
    let mut counter = Counter::new();
    counter.sell("10", "1.00");
    let sale = sold(&mut counter);
    counter.open_return(sale).unwrap();
    counter.take_back(1, "2").unwrap();
    counter.take_back(1, "3").unwrap();
    assert_eq!(counter.document().lines.len(), 1);
    assert_eq!((counter.document().lines[0].no, counter.document().totals.net_due), (LineNo(1), m(500)));
    counter.pay_rest(Cash).unwrap();
    let figures = DocumentFigures::of(counter.completed.last().unwrap()).unwrap();
    assert_eq!(figures.voids, []);
}
