//! Batches with their dates, and pieces with their numbers.

use saleflex_core::inventory::{
    AdjustmentKind, Command, IssueKind, LocationProblem, MovementKind, Stock, StockRefusal,
    command::{Adjust, Issue, MoveLine, ReceiveLine, Transfer},
    document::LineMove,
};

use super::support::*;

fn milk(no: &str, quantity: &str, last: u32) -> Command {
    receipt(SALES, ReceiveLine { batch: Some(batch(no, Some(day(last)))), ..line(MILK.into(), quantity) })
}

fn phones(serials: &[&str]) -> ReceiveLine {
    let quantity = serials.len().to_string();
    let serials = serials.iter().map(|no| serial(no)).collect();
    ReceiveLine { serials, ..line(PHONE.into(), &quantity) }
}

fn picked(posting: &saleflex_core::inventory::Posting) -> Vec<(Option<&str>, Stock)> {
    posting
        .movements
        .iter()
        .map(|movement| (movement.batch.as_ref().map(|batch| batch.no.as_str()), movement.change))
        .collect()
}

#[test]
fn first_expired_goes_first_then_what_has_no_batch() {
    let mut shop = Shop::open();
    shop.run(&milk("LATE", "5", 20)).unwrap();
    shop.run(&milk("SOON", "2", 12)).unwrap();
    shop.run(&milk("PAST", "1", 10)).unwrap();
    shop.moment = moment(11);
    let posting = shop.sell(&[sold(MILK, "9")]);
    let expected =
        [(Some("SOON"), q("-2")), (Some("LATE"), q("-5")), (Some("PAST"), q("-1")), (None, q("-1"))];
    assert_eq!(picked(&posting), expected);
}

#[test]
fn a_batch_is_good_on_its_last_day_and_not_for_sale_the_day_after() {
    let mut shop = Shop::open();
    shop.run(&milk("A", "3", 12)).unwrap();
    let level = shop.book.level(at(MILK, SALES)).unwrap();
    assert_eq!((level.available(day(12)), level.available(day(13))), (q("3"), Stock::ZERO));
    assert_eq!((level.on_hand, level.expired(day(13))), (q("3"), q("3")));
}

#[test]
fn an_expiry_before_delivery_is_refused_with_both_dates() {
    let mut shop = Shop::open();
    let refused = shop.run(&milk("A", "1", 9));
    let no = batch("A", None).no;
    assert_eq!(refused, Err(StockRefusal::Expired { batch: no, expiry: day(9), delivered: day(10) }));
    assert!(shop.run(&milk("A", "1", 10)).is_ok());
}

#[test]
fn a_batch_cannot_be_made_after_it_came_nor_change_its_date() {
    let mut shop = Shop::open();
    let mut tomorrow = batch("A", Some(day(20)));
    tomorrow.produced = Some(day(11));
    let late = receipt(SALES, ReceiveLine { batch: Some(tomorrow), ..line(MILK.into(), "1") });
    assert!(matches!(shop.run(&late), Err(StockRefusal::MadeTooLate { limit, .. }) if limit == day(10)));
    shop.run(&milk("A", "1", 12)).unwrap();
    let other = StockRefusal::OtherExpiry { batch: batch("A", None).no, known: day(12), given: day(13) };
    assert_eq!(shop.run(&milk("A", "1", 13)), Err(other));
}

#[test]
fn an_item_in_batches_is_received_with_its_batch() {
    let mut shop = Shop::open();
    let refused = shop.run(&receipt(SALES, line(MILK.into(), "1")));
    assert_eq!(refused, Err(StockRefusal::NoBatch { item: MILK.into() }));
}

#[test]
fn expired_goods_can_be_thrown_away_and_a_named_batch_holds_no_more_than_it_has() {
    let mut shop = Shop::open();
    shop.run(&milk("A", "3", 12)).unwrap();
    shop.run(&milk("B", "3", 20)).unwrap();
    shop.moment = moment(13);
    let waste = |quantity: &str, no: &str| {
        let mut line = taken(MILK, quantity);
        line.batch = Some(batch(no, None).no);
        let reason = "past its date".into();
        Command::Issue(Issue { kind: IssueKind::Spoilt, location: SALES, lines: vec![line], reason })
    };
    assert!(matches!(
        shop.run(&waste("4", "A")),
        Err(StockRefusal::NotEnough { available, .. }) if available == q("3")
    ));
    assert!(matches!(shop.run(&waste("1", "C")), Err(StockRefusal::UnknownBatch { .. })));
    shop.run(&waste("3", "A")).unwrap();
    assert_eq!(shop.book.level(at(MILK, SALES)).unwrap().expired(day(13)), Stock::ZERO);
}

#[test]
fn a_batch_moves_with_its_date() {
    let mut shop = Shop::open();
    shop.run(&milk("A", "3", 12)).unwrap();
    shop.transfer(MILK, SALES, BACK, "2").unwrap();
    let there = shop.book.level(at(MILK, BACK)).unwrap();
    let batch = &there.batches[&batch("A", None).no];
    assert_eq!((batch.on_hand, batch.expiry), (q("2"), Some(day(12))));
}

#[test]
fn every_piece_has_one_number_and_is_in_one_place() {
    let mut shop = Shop::open();
    let item = PHONE.into();
    let two = ReceiveLine { quantity: q("2"), ..phones(&["1"]) };
    let count = StockRefusal::SerialCount { item, quantity: q("2"), serials: 1 };
    assert_eq!(shop.run(&receipt(SALES, two)), Err(count));
    let twice = shop.run(&receipt(SALES, phones(&["1", "1"])));
    assert_eq!(twice, Err(StockRefusal::SerialTwice { serial: serial("1") }));
    shop.run(&receipt(SALES, phones(&["1", "2"]))).unwrap();
    let present = StockRefusal::SerialPresent { serial: serial("2"), location: SALES };
    assert_eq!(shop.run(&receipt(BACK, phones(&["2"]))), Err(present));
}

#[test]
fn a_sold_piece_is_gone_and_may_come_back() {
    let mut shop = Shop::open();
    shop.run(&receipt(SALES, phones(&["1", "2"]))).unwrap();
    let sale = LineMove { serials: vec![serial("1")], ..sold(PHONE, "1") };
    shop.sell(std::slice::from_ref(&sale));
    assert!(!shop.book.level(at(PHONE, SALES)).unwrap().has(&serial("1")));
    let mut line = taken(PHONE, "1");
    line.serials = vec![serial("1")];
    let gone = Command::Issue(Issue {
        kind: IssueKind::Stolen,
        location: SALES,
        lines: vec![line],
        reason: "gone".into(),
    });
    let absent = StockRefusal::SerialAbsent { serial: serial("1"), location: SALES };
    assert_eq!(shop.run(&gone), Err(absent));
    shop.sell(&[LineMove { kind: MovementKind::Return, ..sale }]);
    assert!(shop.book.level(at(PHONE, SALES)).unwrap().has(&serial("1")));
}

#[test]
fn adjusting_pieces_books_the_missing_out_and_the_found_in() {
    let mut shop = Shop::open();
    shop.run(&receipt(SALES, phones(&["1", "2"]))).unwrap();
    let adjust = Adjust {
        place: at(PHONE, SALES),
        kind: AdjustmentKind::CycleCount,
        expected: None,
        counted: q("2"),
        batch: None,
        serials: vec![serial("2"), serial("3")],
        reason: None,
    };
    let posting = shop.run(&Command::Adjust(adjust)).unwrap();
    let changes: Vec<_> =
        posting.movements.iter().map(|movement| (movement.change, movement.serials.clone())).collect();
    assert_eq!(changes, [(q("-1"), vec![serial("1")]), (q("1"), vec![serial("3")])]);
}

#[test]
fn pieces_are_put_right_only_where_goods_are_counted_and_a_number_of_elsewhere_is_not_found() {
    let mut shop = Shop::open();
    shop.run(&receipt(SALES, phones(&["1", "2", "3"]))).unwrap();
    let line = MoveLine { serials: vec![serial("1"), serial("2")], ..taken(PHONE, "2") };
    let away = Transfer { from: SALES, to: CLOSED, lines: vec![line], reason: None };
    shop.run(&Command::Transfer(away)).unwrap();
    let there = |location, numbers: &[&str]| {
        Command::Adjust(Adjust {
            place: at(PHONE, location),
            kind: AdjustmentKind::CycleCount,
            expected: None,
            counted: q(&numbers.len().to_string()),
            batch: None,
            serials: numbers.iter().map(|no| serial(no)).collect(),
            reason: None,
        })
    };
    let closed = StockRefusal::Location { location: CLOSED, problem: LocationProblem::Forbidden };
    assert_eq!(shop.run(&there(CLOSED, &["1"])), Err(closed));
    // Of the three numbers two lie elsewhere by the books.
    let present = StockRefusal::SerialPresent { serial: serial("2"), location: CLOSED };
    assert_eq!(shop.run(&there(SALES, &["2", "3"])), Err(present));
    let posting = shop.run(&there(SALES, &["3", "4"])).unwrap();
    assert_eq!((posting.movements.len(), posting.movements[0].change), (1, q("1")));
    let on_hand = [SALES, CLOSED].map(|location| shop.on_hand(PHONE, location));
    assert_eq!(on_hand, [q("2"), q("2")]);
}
