//! What documents move.

use saleflex_core::{
    ids::{DocumentId, LineNo, PostingId},
    inventory::{
        Applied, MovementKind, Stock,
        document::{self, LineMove},
    },
};
use uuid::Uuid;

use super::support::*;

#[test]
fn a_completed_sale_moves_stock_once_and_creates_the_level_i1_i4() {
    let mut shop = Shop::open();
    let posting = shop.sell(&[sold(APPLES, "0.75")]);
    assert_eq!(shop.on_hand(APPLES, SALES), q("-0.75"));
    let movement = &posting.movements[0];
    assert_eq!((movement.before, movement.after()), (Stock::ZERO, q("-0.75")));
    assert_eq!(shop.book.apply(&posting), Applied::AlreadyDone);
    assert_eq!(shop.on_hand(APPLES, SALES), q("-0.75"));
}

#[test]
fn lines_are_booked_in_order_each_before_and_after_the_last() {
    let mut shop = Shop::open();
    shop.receive(at(BREAD, SALES), "5").unwrap();
    let second = LineMove { line: LineNo(2), ..sold(BREAD, "3") };
    let posting = shop.sell(&[sold(BREAD, "1"), second]);
    let log: Vec<_> =
        posting.movements.iter().map(|movement| (movement.line, movement.before, movement.after())).collect();
    assert_eq!(log, [(Some(LineNo(1)), q("5"), q("4")), (Some(LineNo(2)), q("4"), q("1"))]);
}

#[test]
fn availability_is_computed_so_a_receipt_on_negative_stock_counts_what_is_left_i6() {
    let mut shop = Shop::open();
    shop.sell(&[sold(BREAD, "5")]);
    assert_eq!(shop.book.level(at(BREAD, SALES)).unwrap().available(day(10)), Stock::ZERO);
    shop.receive(at(BREAD, SALES), "9").unwrap();
    assert_eq!(shop.book.level(at(BREAD, SALES)).unwrap().available(day(10)), q("4"));
}

#[test]
fn what_is_reserved_is_not_available_until_released_i7() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "5").unwrap();
    shop.sell(&[moved(MovementKind::Reserve, APPLES, "2")]);
    let level = shop.book.level(at(APPLES, SALES)).unwrap();
    assert_eq!((level.on_hand, level.reserved, level.available(day(10))), (q("5"), q("2"), q("3")));
    shop.sell(&[moved(MovementKind::Release, APPLES, "2"), sold(APPLES, "2")]);
    let level = shop.book.level(at(APPLES, SALES)).unwrap();
    assert_eq!((level.on_hand, level.reserved), (q("3"), Stock::ZERO));
}

#[test]
fn other_locations_do_not_change_what_the_sales_location_has_i8() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "10").unwrap();
    shop.receive(at(APPLES, BACK), "4").unwrap();
    assert_eq!(shop.on_hand(APPLES, SALES), q("10"));
}

#[test]
fn goods_that_come_back_are_counted_apart_and_linked_to_their_sale_i13() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "5").unwrap();
    shop.sell(&[sold(APPLES, "3")]);
    let origin = Some((DocumentId::new(Uuid::from_u128(5)), LineNo(1)));
    let good = LineMove { origin, ..moved(MovementKind::Return, APPLES, "1") };
    let broken = LineMove { location: Some(RETURNS), ..good.clone() };
    let posting = shop.sell(&[good, broken]);
    assert!(posting.movements.iter().all(|movement| movement.origin == origin));
    let totals = shop.book.level(at(APPLES, SALES)).unwrap().totals;
    assert_eq!((totals.sold, totals.returned), (q("3"), q("1")));
    assert_eq!(shop.on_hand(APPLES, RETURNS), q("1"));
}

#[test]
fn a_cancelled_sale_brings_back_what_it_took_batch_by_batch_i3() {
    let mut shop = Shop::open();
    for (no, quantity, last) in [("A", "2", 12), ("B", "5", 20)] {
        let mut line = line(MILK.into(), quantity);
        line.batch = Some(batch(no, Some(day(last))));
        shop.run(&receipt(SALES, line)).unwrap();
    }
    let before = shop.book.level(at(MILK, SALES)).unwrap().clone();
    let sale = shop.sell(&[sold(MILK, "4")]);
    let restored = document::restore(&shop.book, &sale, shop.document());
    shop.book(&restored);
    let after = shop.book.level(at(MILK, SALES)).unwrap();
    assert_eq!((after.on_hand, &after.batches), (before.on_hand, &before.batches));
    assert_eq!(shop.book.apply(&restored), Applied::AlreadyDone);
}

#[test]
fn a_posting_survives_its_journey_as_json() {
    let mut shop = Shop::open();
    let mut line = costing(MILK.into(), "2", "0.89");
    line.batch = Some(batch("A", Some(day(12))));
    let posting = shop.run(&receipt(SALES, line)).unwrap();
    let text = serde_json::to_string(&posting).unwrap();
    assert_eq!(serde_json::from_str::<saleflex_core::inventory::Posting>(&text).unwrap(), posting);
    assert_eq!(posting.id, PostingId::new(Uuid::from_u128(1)));
    assert_eq!(posting.number.unwrap().to_string(), "RCV-20250410-T1-1");
}
