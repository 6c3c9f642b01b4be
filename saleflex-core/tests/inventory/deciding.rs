//! Receiving, issuing, adjusting and moving: what is done, and what is refused with which figures.

use saleflex_core::{
    cashier::{Capability, OnDuty, Role},
    ids::{LocationId, ProductId},
    inventory::{
        AdjustmentKind, Applied, Cause, Command, Facts, IssueKind, LineFault, LocationProblem,
        NoSalesLocation, Posting, Stock, StockRefusal,
        command::{Adjust, Issue, SetApart, Transfer},
        decide,
    },
};
use uuid::Uuid;

use super::support::*;

fn adjust(product: ProductId, location: LocationId, counted: &str) -> Adjust {
    Adjust {
        place: at(product, location),
        kind: AdjustmentKind::CycleCount,
        expected: None,
        counted: q(counted),
        batch: None,
        serials: Vec::new(),
        reason: None,
    }
}

fn approved(shop: &Shop, command: &Command, by: OnDuty) -> Result<Posting, StockRefusal> {
    decide(&shop.book, command, Facts { approval: Some(approval(by)), ..shop.facts() })
}

fn issue(kind: IssueKind, product: ProductId, quantity: &str) -> Issue {
    Issue { kind, location: SALES, lines: vec![taken(product, quantity)], reason: "dropped".into() }
}

#[test]
fn the_example_of_inventory_8_comes_out_step_by_step() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "8").unwrap();
    shop.receive(at(APPLES, BACK), "5").unwrap();
    shop.sell(&[sold(APPLES, "3")]);
    assert_eq!(shop.on_hand(APPLES, SALES), q("5"));
    let refused = shop.transfer(APPLES, BACK, SALES, "6");
    let (item, location) = (APPLES.into(), BACK);
    let short = StockRefusal::NotEnough { item, location, available: q("5"), requested: q("6") };
    assert_eq!(refused, Err(short));
    let counted = shop.run(&Command::Adjust(adjust(APPLES, SALES, "9"))).unwrap();
    let cause = Cause::Adjustment { kind: AdjustmentKind::CycleCount, expected: q("5"), counted: q("9") };
    assert_eq!((counted.cause, counted.movements[0].change), (cause, q("4")));
    shop.transfer(APPLES, BACK, MAIN, "5").unwrap();
    assert_eq!(shop.on_hand(APPLES, BACK), Stock::ZERO);
    assert_eq!(shop.on_hand(APPLES, MAIN), q("5"));
}

#[test]
fn a_receipt_of_nothing_or_less_is_refused_with_the_figure() {
    let mut shop = Shop::open();
    for given in ["0", "-1"] {
        let refused = shop.receive(at(APPLES, SALES), given);
        assert_eq!(refused, Err(StockRefusal::NotPositive { item: APPLES.into(), given: q(given) }));
    }
}

#[test]
fn a_quantity_has_no_more_decimals_than_its_unit() {
    let mut shop = Shop::open();
    assert!(shop.receive(at(APPLES, SALES), "0.125").is_ok());
    let refused = shop.receive(at(BREAD, SALES), "0.5");
    assert_eq!(refused, Err(StockRefusal::TooFine { item: BREAD.into(), given: q("0.5"), most: 0 }));
}

#[test]
fn quantities_beyond_the_bounds_are_refused_with_the_bound() {
    let mut shop = Shop::open();
    assert!(shop.receive(at(APPLES, SALES), "9999999").is_ok());
    let refused = shop.receive(at(APPLES, SALES), "10000000");
    let (item, most) = (APPLES.into(), q("9999999"));
    assert_eq!(refused, Err(StockRefusal::TooMuch { item, level: q("10000000"), most }));
    let dear = shop.run(&receipt(SALES, costing(item, "9999999", "99999999999")));
    assert!(matches!(dear, Err(StockRefusal::TooDear { .. })), "{dear:?}");
}

#[test]
fn one_bad_line_refuses_the_whole_delivery() {
    let mut shop = Shop::open();
    let Command::Receive(mut receive) = receipt(SALES, line(APPLES.into(), "2")) else { unreachable!() };
    receive.lines.push(line(BREAD.into(), "-1"));
    assert!(shop.run(&Command::Receive(receive)).is_err());
    assert_eq!(shop.book.level(at(APPLES, SALES)), None);
}

#[test]
fn a_delivery_without_lines_and_an_unknown_item_are_refused() {
    let mut shop = Shop::open();
    let Command::Receive(mut receive) = receipt(SALES, line(APPLES.into(), "2")) else { unreachable!() };
    receive.lines.clear();
    assert_eq!(shop.run(&Command::Receive(receive)), Err(StockRefusal::NoLines));
    let unknown = ProductId::new(Uuid::from_u128(99));
    assert_eq!(
        shop.receive(at(unknown, SALES), "1"),
        Err(StockRefusal::UnknownItem { item: unknown.into() })
    );
}

#[test]
fn receiving_shipping_and_counting_ask_the_warehouse() {
    let mut shop = Shop::open();
    let forbidden = StockRefusal::Location { location: CLOSED, problem: LocationProblem::Forbidden };
    assert_eq!(shop.receive(at(APPLES, CLOSED), "1"), Err(forbidden.clone()));
    assert_eq!(shop.run(&Command::Adjust(adjust(APPLES, CLOSED, "1"))), Err(forbidden.clone()));
    shop.receive(at(APPLES, SALES), "1").unwrap();
    shop.transfer(APPLES, SALES, CLOSED, "1").unwrap();
    assert_eq!(shop.transfer(APPLES, CLOSED, SALES, "1"), Err(forbidden));
}

#[test]
fn a_transfer_to_nowhere_is_refused() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "1").unwrap();
    let nowhere = LocationId::new(Uuid::from_u128(99));
    let unknown = StockRefusal::Location { location: nowhere, problem: LocationProblem::Unknown };
    assert_eq!(shop.transfer(APPLES, SALES, nowhere, "1"), Err(unknown));
}

#[test]
fn a_transfer_to_itself_is_refused_and_reserved_goods_stay_i10() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "5").unwrap();
    let same = StockRefusal::SameLocation { location: SALES };
    assert_eq!(shop.transfer(APPLES, SALES, SALES, "1"), Err(same));
    shop.sell(&[moved(saleflex_core::inventory::MovementKind::Reserve, APPLES, "3")]);
    let (item, location) = (APPLES.into(), SALES);
    let short = StockRefusal::NotEnough { item, location, available: q("2"), requested: q("3") };
    assert_eq!(shop.transfer(APPLES, SALES, BACK, "3"), Err(short));
    assert!(shop.transfer(APPLES, SALES, BACK, "2").is_ok());
}

#[test]
fn both_sides_of_a_transfer_are_logged_with_before_and_after_i10() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "5").unwrap();
    shop.receive(at(APPLES, BACK), "1").unwrap();
    let posting = shop.transfer(APPLES, SALES, BACK, "2").unwrap();
    let sides: Vec<_> =
        posting.movements.iter().map(|side| (side.before, side.after(), side.counterpart)).collect();
    assert_eq!(sides, [(q("5"), q("3"), Some(BACK)), (q("1"), q("3"), Some(SALES))]);
}

#[test]
fn what_is_promised_stays_promised_when_a_level_is_put_right_i7() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "5").unwrap();
    shop.sell(&[moved(saleflex_core::inventory::MovementKind::Reserve, APPLES, "2")]);
    for (counted, available) in [("4", "2"), ("1", "0")] {
        shop.run(&Command::Adjust(adjust(APPLES, SALES, counted))).unwrap();
        let level = shop.book.level(at(APPLES, SALES)).unwrap();
        let figures = (level.on_hand, level.reserved, level.available(day(10)));
        assert_eq!(figures, (q(counted), q("2"), q(available)));
    }
}

#[test]
fn a_negative_count_is_refused_i11() {
    let mut shop = Shop::open();
    let refused = shop.run(&Command::Adjust(adjust(APPLES, SALES, "-1")));
    assert_eq!(refused, Err(StockRefusal::CountedNegative { item: APPLES.into(), counted: q("-1") }));
}

#[test]
fn an_adjustment_books_the_difference_to_what_the_counter_saw() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "10").unwrap();
    shop.sell(&[sold(APPLES, "2")]);
    let stale = Adjust { expected: Some(q("10")), ..adjust(APPLES, SALES, "9") };
    let posting = shop.run(&Command::Adjust(stale)).unwrap();
    assert_eq!(posting.movements[0].change, q("-1"));
    assert_eq!(shop.on_hand(APPLES, SALES), q("7"));
}

#[test]
fn a_large_adjustment_needs_a_second_person() {
    let mut shop = Shop::open();
    shop.policy.approve_above = Some(q("2"));
    let command = Command::Adjust(adjust(APPLES, SALES, "3"));
    let refused = StockRefusal::NeedsApproval { difference: q("3"), limit: q("2") };
    assert_eq!(shop.decide(&command), Err(refused.clone()));
    let own = approved(&shop, &command, shop.cashier.clone());
    assert_eq!(own, Err(refused));
    assert!(approved(&shop, &command, person(2, Role::Manager)).is_ok());
    assert!(shop.decide(&Command::Adjust(adjust(APPLES, SALES, "2"))).is_ok());
}

#[test]
fn a_cashier_moves_no_stock_by_hand_unless_someone_who_may_approves() {
    let mut shop = Shop::open();
    shop.cashier = person(3, Role::Cashier);
    let command = receipt(SALES, line(APPLES.into(), "1"));
    let refused = StockRefusal::NotAllowed { capability: Capability::StockReceive };
    assert_eq!(shop.decide(&command), Err(refused));
    let posting = approved(&shop, &command, person(2, Role::StockClerk)).unwrap();
    assert_eq!(posting.authority.approved_by, Some(person(2, Role::StockClerk).id));
    shop.cashier = person(2, Role::StockClerk);
    let refused = StockRefusal::NotAllowed { capability: Capability::StockAdjust };
    assert_eq!(shop.decide(&Command::Adjust(adjust(APPLES, SALES, "1"))), Err(refused));
}

#[test]
fn waste_needs_a_reason_and_something_to_waste() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "2").unwrap();
    let silent = Issue { reason: " ".into(), ..issue(IssueKind::Broken, APPLES, "1") };
    assert_eq!(shop.run(&Command::Issue(silent)), Err(StockRefusal::NoReason));
    assert!(matches!(
        shop.run(&Command::Issue(issue(IssueKind::Broken, APPLES, "3"))),
        Err(StockRefusal::NotEnough { .. })
    ));
    shop.run(&Command::Issue(issue(IssueKind::Broken, APPLES, "2"))).unwrap();
    assert_eq!(shop.on_hand(APPLES, SALES), Stock::ZERO);
    assert!(shop.run(&Command::Issue(issue(IssueKind::OwnUse, BREAD, "1"))).is_ok());
}

#[test]
fn damaged_goods_are_there_but_not_for_sale_and_come_back_when_mended() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "5").unwrap();
    let apart = |quantity: &str, mended| {
        let place = at(APPLES, SALES);
        Command::SetApart(SetApart { place, quantity: q(quantity), batch: None, mended, reason: None })
    };
    shop.run(&apart("2", false)).unwrap();
    let level = shop.book.level(at(APPLES, SALES)).unwrap();
    assert_eq!((level.on_hand, level.available(day(10))), (q("5"), q("3")));
    assert!(matches!(
        shop.run(&apart("4", false)),
        Err(StockRefusal::NotEnough { available, .. }) if available == q("3")
    ));
    shop.run(&apart("2", true)).unwrap();
    assert_eq!(shop.book.level(at(APPLES, SALES)).unwrap().available(day(10)), q("5"));
    assert!(shop.run(&apart("1", true)).is_err());
}

#[test]
fn of_goods_in_batches_it_is_asked_which_one_is_set_apart() {
    let mut shop = Shop::open();
    let mut delivered = line(MILK.into(), "10");
    delivered.batch = Some(batch("L1", Some(day(20))));
    shop.run(&receipt(SALES, delivered)).unwrap();
    let place = at(MILK, SALES);
    let apart = |of: Option<&str>, quantity: &str| {
        let batch = of.map(|no| batch(no, None).no);
        Command::SetApart(SetApart { place, quantity: q(quantity), batch, mended: false, reason: None })
    };
    let refused = shop.run(&apart(None, "3"));
    assert_eq!(refused, Err(StockRefusal::NoBatch { item: MILK.into() }), "ten are there");
    shop.run(&apart(Some("L1"), "3")).unwrap();
    let refused = shop.run(&apart(Some("L1"), "8"));
    assert!(
        matches!(refused, Err(StockRefusal::NotEnough { available, .. }) if available == q("7")),
        "{refused:?}"
    );
}

#[test]
fn what_was_set_apart_as_damaged_is_thrown_away_first_and_is_damaged_no_more() {
    let mut shop = Shop::open();
    let place = at(APPLES, SALES);
    shop.receive(place, "10").unwrap();
    let apart = SetApart { place, quantity: q("3"), batch: None, mended: false, reason: None };
    shop.run(&Command::SetApart(apart)).unwrap();
    let figures = |shop: &Shop| {
        let level = shop.book.level(place).unwrap();
        (level.on_hand, level.damaged, level.available(day(10)))
    };
    shop.run(&Command::Issue(issue(IssueKind::Broken, APPLES, "2"))).unwrap();
    assert_eq!(figures(&shop), (q("8"), q("1"), q("7")));
    shop.run(&Command::Issue(issue(IssueKind::Stolen, APPLES, "2"))).unwrap();
    assert_eq!(figures(&shop), (q("6"), q("1"), q("5")), "nobody steals what was set apart");
    shop.run(&Command::Issue(issue(IssueKind::Spoilt, APPLES, "3"))).unwrap();
    assert_eq!(figures(&shop), (q("3"), q("0"), q("3")));
}

#[test]
fn the_same_command_twice_is_done_once() {
    let mut shop = Shop::open();
    let command = receipt(SALES, line(APPLES.into(), "1"));
    let posting = shop.decide(&command).unwrap();
    shop.book(&posting);
    assert_eq!(shop.book.apply(&posting), Applied::AlreadyDone);
    assert_eq!(shop.on_hand(APPLES, SALES), q("1"));
    shop.postings -= 1;
    assert_eq!(shop.decide(&command), Err(StockRefusal::AlreadyDone { posting: posting.id }));
}

#[test]
fn the_sales_location_is_the_one_that_is_set_or_the_first_to_pick_from() {
    let sites = sites();
    assert_eq!(sites.sales_location(None), Ok(SALES));
    assert_eq!(sites.sales_location(Some(BACK)), Ok(BACK));
    assert_eq!(sites.sales_location(Some(LocationId::new(Uuid::from_u128(99)))), Err(NoSalesLocation));
    assert_eq!(sites.damaged_location(), Some(RETURNS));
    let none = saleflex_core::inventory::Sites::default();
    assert_eq!(none.sales_location(None), Err(NoSalesLocation));
}

#[test]
fn every_line_that_cannot_be_is_told_with_its_item_and_nothing_is_done() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, BACK), "2").unwrap();
    let lines = vec![taken(APPLES, "3"), taken(APPLES, "1"), taken(BREAD, "0.5"), taken(BREAD, "0")];
    let transfer = Transfer { from: BACK, to: SALES, lines, reason: None };
    let refused = shop.run(&Command::Transfer(transfer)).unwrap_err();
    let (item, location) = (APPLES.into(), BACK);
    let fault = |line, item, refusal| LineFault { line, item, refusal };
    let bread = BREAD.into();
    let faults = vec![
        fault(0, item, StockRefusal::NotEnough { item, location, available: q("2"), requested: q("3") }),
        fault(2, bread, StockRefusal::TooFine { item: bread, given: q("0.5"), most: 0 }),
        fault(3, bread, StockRefusal::NotPositive { item: bread, given: q("0") }),
    ];
    let told = refused.to_string();
    assert_eq!(refused, StockRefusal::Lines { faults });
    assert!(told.starts_with("line 1: only 2 of ") && told.contains("; line 4: a quantity of 0"), "{told}");
    assert_eq!(shop.on_hand(APPLES, BACK), q("2"));
    let lines = vec![taken(BREAD, "0"), taken(BREAD, "-1")];
    let issue = Issue { kind: IssueKind::Broken, location: SALES, lines, reason: "dropped".into() };
    let refused = shop.run(&Command::Issue(issue)).unwrap_err();
    assert!(matches!(refused, StockRefusal::Lines { faults } if faults.len() == 2));
}
