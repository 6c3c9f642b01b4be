//! Counting what lies in the shop.

use super::*;

#[test]
fn a_count_of_a_whole_location_leaves_pieces_with_numbers_out() {
    let mut shop = open();
    let floor = floor(&shop);
    shop.till.set_tracking(product("B"), Tracking::Serials).unwrap();
    moved(&mut shop, &receive(floor, vec![with_numbers(product("B"), &["S1"])]));
    let (scope, left_out) = shop.till.places_to_count(floor).unwrap();
    assert_eq!(left_out, [product("B")]);
    assert!(scope.iter().any(|place| place.item == product("A").into()));
    let everything = scope.iter().copied().chain([Place { item: product("B").into(), location: floor }]);
    let refused = shop.till.open_count(Guidance::Blind, everything.collect()).unwrap_err();
    assert!(matches!(refused, Error::StockCount(CountRefusal::Numbered { .. })), "{refused:?}");
    assert_eq!(shop.till.open_count(Guidance::Blind, scope.clone()).unwrap().scope().len(), scope.len());
}

#[test]
fn a_level_that_was_put_right_after_it_was_counted_is_counted_again() {
    let mut shop = open();
    let floor = floor(&shop);
    let place = Place { item: product("D").into(), location: floor };
    let counts = [(); 2].map(|()| shop.till.open_count(Guidance::Blind, vec![place]).unwrap().id);
    shop.log_in(MANAGER);
    for count in counts {
        shop.till.count_stock(count, place, some(9)).unwrap();
    }
    shop.log_in(ADMIN);
    shop.till.approve_count(counts[0], None).unwrap();
    let shop_again = |shop: &Shop| {
        let count = shop.till.count(counts[1]).unwrap();
        shop.till.places_to_count_again(&count).unwrap()
    };
    assert_eq!(shop_again(&shop), [place]);
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    let refused = shop.till.approve_count(counts[1], None).unwrap_err();
    assert!(matches!(refused, Error::StockCount(CountRefusal::Again { .. })), "{refused:?}");
    assert_eq!(here(&shop, "D").on_hand, some(9), "one was missing, once");
    shop.log_in(MANAGER);
    shop.till.count_stock(counts[1], place, some(9)).unwrap();
    assert!(shop_again(&shop).is_empty());
    shop.check_whole();
}

#[test]
fn several_people_count_and_one_who_did_not_approves_while_the_shop_sells_on() {
    let mut shop = open();
    let floor = floor(&shop);
    let place = |code: &str| Place { item: product(code).into(), location: floor };
    shop.log_in(MANAGER);
    let count = shop.till.open_count(Guidance::Blind, vec![place("A"), place("D")]).unwrap();
    assert!(shop.till.count_sheet(count.id).unwrap().iter().all(|(_, shown)| shown.is_none()));
    shop.till.count_stock(count.id, place("A"), some(97)).unwrap();
    shop.execute(sell("A"));
    shop.execute(cash());
    let error = shop.till.approve_count(count.id, None).unwrap_err();
    assert!(matches!(error, Error::StockCount(CountRefusal::OwnCount { .. })), "{error:?}");
    shop.log_in(ADMIN);
    let error = shop.till.approve_count(count.id, None).unwrap_err();
    assert!(matches!(error, Error::StockCount(CountRefusal::Uncounted { .. })), "{error:?}");
    shop.log_in(MANAGER);
    shop.till.count_stock(count.id, place("D"), some(10)).unwrap();
    shop.check_whole();
    shop.log_in(ADMIN);
    let posting = shop.till.approve_count(count.id, None).unwrap();
    assert_eq!(posting.movements.len(), 1, "what is right moves nothing");
    assert_eq!(here(&shop, "A").on_hand, some(96), "three were missing, one was sold meanwhile");
    let again = shop.till.approve_count(count.id, None).unwrap_err();
    assert!(matches!(again, Error::StockCount(CountRefusal::Closed { .. })));
    shop.check_whole();
}

#[test]
fn goods_found_where_the_books_do_not_know_them_are_booked_with_the_count_they_were_found_in() {
    let mut shop = open();
    let back = back(&shop);
    let place = |code: &str| Place { item: product(code).into(), location: back };
    moved(&mut shop, &receive(back, vec![line(product("A"), 4)]));
    shop.log_in(MANAGER);
    let (scope, _) = shop.till.places_to_count(back).unwrap();
    let count = shop.till.open_count(Guidance::Blind, scope).unwrap().id;
    shop.till.count_stock(count, place("A"), some(4)).unwrap();
    assert!(shop.till.count_stock(count, place("B"), some(2)).is_err());
    shop.till.count_stock_beside(count, place("B"), some(2)).unwrap();
    let mut shop = shop.restarted();
    assert!(shop.till.count(count).unwrap().scope().contains(&place("B")));
    shop.log_in(ADMIN);
    shop.till.approve_count(count, None).unwrap();
    assert_eq!(on_hand(&shop, product("B"), back), some(2));
    shop.check_whole();
}
