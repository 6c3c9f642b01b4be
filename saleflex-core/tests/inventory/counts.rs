//! Stock counts.

use saleflex_core::{
    cashier::Role,
    ids::StockCountId,
    inventory::{
        StockRefusal,
        count::{CountRefusal, CountState, Guidance, StockCount},
        report,
    },
};
use uuid::Uuid;

use super::support::*;

fn opened(shop: &Shop, guidance: Guidance) -> StockCount {
    let scope = vec![at(APPLES, SALES), at(BREAD, SALES)];
    StockCount::open(StockCountId::new(Uuid::from_u128(1)), guidance, scope, &shop.facts()).unwrap()
}

fn counted(
    shop: &mut Shop,
    count: &StockCount,
    who: u128,
    place: saleflex_core::inventory::Place,
    found: &str,
) -> StockCount {
    shop.cashier = person(who, Role::StockClerk);
    count.record(place, q(found), &shop.book, &shop.facts()).unwrap()
}

#[test]
fn a_blind_count_does_not_show_what_the_books_say() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "5").unwrap();
    let shown = |guidance| opened(&shop, guidance).sheet(&shop.book)[0].1;
    assert_eq!((shown(Guidance::Blind), shown(Guidance::Guided)), (None, Some(q("5"))));
}

#[test]
fn a_blind_count_that_runs_tells_differences_to_nobody_who_counts() {
    let mut shop = Shop::open();
    let (clerk, manager) = (person(5, Role::StockClerk), person(1, Role::Manager));
    let (count, guided) = (opened(&shop, Guidance::Blind), opened(&shop, Guidance::Guided));
    let count = counted(&mut shop, &count, 5, at(APPLES, SALES), "9");
    assert!(!count.shows_differences_to(None));
    assert!(!count.shows_differences_to(Some(&clerk)), "who counted");
    assert!(!count.shows_differences_to(Some(&person(6, Role::StockClerk))), "who may count");
    assert!(count.shows_differences_to(Some(&manager)), "who looks at them to approve");
    assert!(guided.shows_differences_to(Some(&clerk)));
    shop.cashier = manager.clone();
    let count = count.record(at(BREAD, SALES), q("0"), &shop.book, &shop.facts()).unwrap();
    assert!(!count.shows_differences_to(Some(&manager)), "a manager who counts is a counter");
    let cancelled = count.cancel(&shop.facts()).unwrap();
    assert!(cancelled.shows_differences_to(Some(&clerk)), "it is over");
}

#[test]
fn several_people_count_parts_and_only_the_difference_is_booked() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "10").unwrap();
    shop.receive(at(BREAD, SALES), "4").unwrap();
    let count = opened(&shop, Guidance::Blind);
    let count = counted(&mut shop, &count, 5, at(APPLES, SALES), "9");
    let count = counted(&mut shop, &count, 5, at(APPLES, SALES), "6");
    let count = counted(&mut shop, &count, 6, at(APPLES, SALES), "3");
    let count = counted(&mut shop, &count, 6, at(BREAD, SALES), "4");
    shop.sell(&[sold(APPLES, "2")]);
    shop.cashier = person(1, Role::Manager);
    let (count, posting) = count.approve(&shop.book, shop.facts()).unwrap();
    shop.book(&posting);
    assert_eq!(posting.movements.len(), 1);
    assert_eq!((shop.on_hand(APPLES, SALES), shop.on_hand(BREAD, SALES)), (q("7"), q("4")));
    assert_eq!(report::shrinkage(APPLES.into(), [&posting]).missing, q("1"));
    assert_eq!(count.state, CountState::Approved);
    let closed = CountRefusal::Closed { count: count.id };
    assert_eq!(count.approve(&shop.book, shop.facts()).unwrap_err(), closed);
}

#[test]
fn a_place_whose_goods_move_between_two_counters_is_counted_again_whoever_they_are() {
    for (first, second) in [(5, 6), (6, 5)] {
        let mut shop = Shop::open();
        shop.receive(at(APPLES, SALES), "100").unwrap();
        shop.receive(at(BREAD, SALES), "4").unwrap();
        let count = opened(&shop, Guidance::Blind);
        let count = counted(&mut shop, &count, first, at(BREAD, SALES), "4");
        let count = counted(&mut shop, &count, first, at(APPLES, SALES), "40");
        shop.sell(&[sold(APPLES, "10")]);
        let count = counted(&mut shop, &count, second, at(APPLES, SALES), "50");
        let apples = at(APPLES, SALES);
        assert_eq!((count.again(&shop.book), count.counted_at(apples)), (vec![apples], Some(q("90"))));
        assert!(count.variances().iter().all(|variance| variance.place != apples));
        let manager = person(1, Role::Manager);
        shop.cashier = manager.clone();
        let refused = count.approve(&shop.book, shop.facts()).unwrap_err();
        assert_eq!(refused, CountRefusal::Again { places: vec![apples] });
        // The one who came before the sale counts again; the other's part stands.
        let count = counted(&mut shop, &count, first, apples, "40");
        shop.sell(&[sold(APPLES, "3")]);
        shop.cashier = manager;
        let (_, posting) = count.approve(&shop.book, shop.facts()).unwrap();
        assert!(posting.movements.is_empty(), "90 were found where the books said 90");
    }
}

#[test]
fn a_place_that_was_put_right_after_it_was_counted_is_counted_again_and_nothing_is_booked_twice() {
    let mut shop = Shop::open();
    shop.receive(at(APPLES, SALES), "15").unwrap();
    let apples = at(APPLES, SALES);
    let other = StockCountId::new(Uuid::from_u128(2));
    let first = opened(&shop, Guidance::Blind);
    let second = StockCount::open(other, Guidance::Blind, vec![apples], &shop.facts()).unwrap();
    let first = counted(&mut shop, &first, 5, apples, "14");
    let first = counted(&mut shop, &first, 5, at(BREAD, SALES), "0");
    let second = counted(&mut shop, &second, 5, apples, "14");
    shop.cashier = person(1, Role::Manager);
    let (_, posting) = first.approve(&shop.book, shop.facts()).unwrap();
    shop.book(&posting);
    assert_eq!(second.again(&shop.book), [apples]);
    let refused = second.approve(&shop.book, shop.facts()).unwrap_err();
    assert_eq!(refused, CountRefusal::Again { places: vec![apples] });
    let second = counted(&mut shop, &second, 5, apples, "14");
    shop.cashier = person(1, Role::Manager);
    let (_, posting) = second.approve(&shop.book, shop.facts()).unwrap();
    assert!(posting.movements.is_empty(), "14 are there, and the books know");
    assert_eq!(shop.on_hand(APPLES, SALES), q("14"));
}

#[test]
fn what_is_found_beside_the_list_becomes_part_of_the_count_and_is_booked_with_it() {
    let mut shop = Shop::open();
    let scope = vec![at(APPLES, SALES)];
    let id = StockCountId::new(Uuid::from_u128(1));
    let count = StockCount::open(id, Guidance::Blind, scope, &shop.facts()).unwrap();
    let count = counted(&mut shop, &count, 5, at(APPLES, SALES), "0");
    let find =
        |product, location| count.find_beside(at(product, location), q("6"), &shop.book, &shop.facts());
    let listed = count.find(at(BREAD, SALES), q("6"), &shop.book, &shop.facts());
    assert!(matches!(listed, Err(CountRefusal::OutOfScope { .. })), "nobody mistypes a code into a count");
    assert!(matches!(find(BREAD, BACK), Err(CountRefusal::OutOfScope { .. })), "it is of another location");
    assert!(matches!(find(PHONE, SALES), Err(CountRefusal::Numbered { .. })));
    let step = find(BREAD, SALES).unwrap();
    let mut count = count.clone();
    count.apply(&step);
    assert_eq!(count.scope(), [at(APPLES, SALES), at(BREAD, SALES)]);
    shop.cashier = person(1, Role::Manager);
    let (_, posting) = count.approve(&shop.book, shop.facts()).unwrap();
    let moved: Vec<_> = posting.movements.iter().map(|moved| (moved.place, moved.change)).collect();
    assert_eq!(moved, [(at(BREAD, SALES), q("6"))]);
}

#[test]
fn who_counted_cannot_approve_and_everything_is_counted_first() {
    let mut shop = Shop::open();
    let count = opened(&shop, Guidance::Guided);
    let uncounted = count.approve(&shop.book, shop.facts()).unwrap_err();
    assert_eq!(uncounted, CountRefusal::Uncounted { places: vec![at(APPLES, SALES), at(BREAD, SALES)] });
    let count = count.record(at(APPLES, SALES), q("1"), &shop.book, &shop.facts()).unwrap();
    let own = count.approve(&shop.book, shop.facts()).unwrap_err();
    assert_eq!(own, CountRefusal::OwnCount { approver: shop.cashier.id });
    shop.cashier = person(5, Role::StockClerk);
    let negative = count.record(at(APPLES, SALES), q("-1"), &shop.book, &shop.facts()).unwrap_err();
    let refusal = StockRefusal::CountedNegative { item: APPLES.into(), counted: q("-1") };
    assert_eq!(negative, CountRefusal::Stock(refusal));
    let elsewhere = count.record(at(APPLES, BACK), q("1"), &shop.book, &shop.facts()).unwrap_err();
    assert_eq!(elsewhere, CountRefusal::OutOfScope { place: at(APPLES, BACK) });
}

#[test]
fn batches_expire_on_the_list_first_to_go_first() {
    let mut shop = Shop::open();
    for (no, last) in [("B", 20), ("A", 12)] {
        let mut line = line(MILK.into(), "1");
        line.batch = Some(batch(no, Some(day(last))));
        shop.run(&receipt(SALES, line)).unwrap();
    }
    let list = report::expiring(&shop.book, day(10), 7);
    assert_eq!(list.iter().map(|entry| entry.batch.as_str()).collect::<Vec<_>>(), ["A"]);
    assert_eq!(report::expiring(&shop.book, day(10), 10).len(), 2);
}
