//! Goods that are kept in batches, and what is past its date.

use super::*;

#[test]
fn what_is_sold_leaves_the_batch_that_expires_first_and_expired_goods_are_not_for_sale() {
    let mut shop = open();
    let floor = floor(&shop);
    shop.till.set_tracking(product("B"), Tracking::Batches).unwrap();
    let refusal = refused(&mut shop, &receive(floor, vec![line(product("B"), 1)]));
    assert_eq!(refusal, StockRefusal::NoBatch { item: product("B").into() });
    let late = of_batch(product("B"), 3, "LATE", "2025-05-01");
    let soon = of_batch(product("B"), 2, "SOON", "2025-04-07");
    moved(&mut shop, &receive(floor, vec![late, soon]));
    shop.execute(sell_some("B", "3"));
    shop.execute(cash());
    let level = here(&shop, "B");
    let of = |no: &str| level.batches[no].on_hand;
    assert_eq!((of("SOON"), of("LATE"), level.on_hand), (Stock::ZERO, some(2), some(2)));
    assert_eq!(shop.till.expiring_stock(today(), Some(60)).unwrap().len(), 1);
    shop.check_whole();
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    shop.execute(sell("B"));
    shop.execute(cash());
    assert_eq!(here(&shop, "B").batches["LATE"].on_hand, some(1), "batches are known after a restart");
}

#[test]
fn what_is_left_on_the_shelf_past_its_date_is_doubted_and_sold_to_nobody_where_the_store_says_so() {
    let mut shop = open();
    let floor = floor(&shop);
    shop.till.set_tracking(product("B"), Tracking::Batches).unwrap();
    let (old, new) =
        (of_batch(product("B"), 3, "OLD", "2025-04-07"), of_batch(product("B"), 1, "NEW", "2025-05-01"));
    moved(&mut shop, &receive(floor, vec![old, new]));
    shop.clock.advance(chrono::Duration::days(2));
    // One good piece is there.
    shop.execute(sell("B"));
    let doubted = shop.till.execute(sell("B")).unwrap_err();
    let past = matches!(&doubted, Error::Refused(Refusal::PastDate { expiry, .. }) if expiry.to_string() == "2025-04-07");
    assert!(past, "{doubted:?}");
    assert_eq!(shop.till.draft().unwrap().lines.len(), 1, "nothing was done");
    shop.execute(Request::from(sell("B")).counted());
    shop.execute(cash());
    let mut settings = shop.till.settings().clone();
    settings.policy.expired_goods = ExpiredGoods::Refuse;
    shop.till.change_settings(settings).unwrap();
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    let refused = shop.till.execute(Request::from(sell("B")).counted()).unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::Expired { .. })), "{refused:?}");
    // What says of itself that it is good is sold.
    let labelled = AddLine::code("B").good_until("2025-06-01".parse().unwrap());
    shop.execute(Sell::AddLine(labelled));
    let line = shop.till.draft().unwrap().lines[0].clone();
    assert_eq!(line.expiry.map(|day| day.to_string()).as_deref(), Some("2025-06-01"));
    shop.execute(cash());
    shop.check_whole();
}

/// Ten of B in batches, of which seven are sold; answers the sale.
fn sold_of_batches(shop: &mut Shop) -> DocumentId {
    let floor = floor(shop);
    shop.till.set_tracking(product("B"), Tracking::Batches).unwrap();
    let soon = of_batch(product("B"), 5, "SOON", "2025-04-08");
    let late = of_batch(product("B"), 5, "LATE", "2025-05-01");
    moved(shop, &receive(floor, vec![late, soon]));
    shop.execute(sell_some("B", "7"));
    shop.execute(cash()).completed()[0].document().id
}

fn of_batches(shop: &Shop) -> (Stock, Stock, Stock) {
    let level = here(shop, "B");
    (level.batches["SOON"].on_hand, level.batches["LATE"].on_hand, level.unbatched())
}

#[test]
fn what_comes_back_lies_in_the_batch_it_was_sold_from_and_is_past_its_date_with_it() {
    let mut shop = open();
    let sale = sold_of_batches(&mut shop);
    assert_eq!(of_batches(&shop), (Stock::ZERO, some(3), Stock::ZERO));
    for (back, expected) in [("3", (some(3), some(3))), ("4", (some(5), some(5)))] {
        shop.approved(Request::begin_return(sale));
        shop.execute(take_back(1, back));
        shop.execute(cash());
        let (soon, late) = expected;
        assert_eq!(of_batches(&shop), (soon, late, Stock::ZERO));
    }
    assert_eq!(shop.till.expiring_stock(today(), None).unwrap().len(), 1);
    shop.clock.advance(chrono::Duration::days(30));
    let doubted = shop.till.execute(sell("B")).unwrap_err();
    assert!(matches!(doubted, Error::Refused(Refusal::PastDate { .. })), "{doubted:?}");
    shop.check_whole();
    let shop = shop.restarted();
    assert_eq!(of_batches(&shop), (some(5), some(5), Stock::ZERO));
}

#[test]
fn what_comes_back_without_a_receipt_is_past_its_date_with_the_last_batch() {
    let mut shop = open();
    sold_of_batches(&mut shop);
    shop.execute(sell_some("B", "3"));
    shop.execute(cash());
    shop.log_in(MANAGER);
    shop.execute(Request::begin_return_without_receipt());
    let back = AddLine { returned: Some((GoodsState::New, true)), ..AddLine::code("B") };
    shop.execute(Sell::AddLine(back));
    shop.execute(cash());
    assert_eq!(of_batches(&shop), (Stock::ZERO, Stock::ZERO, some(1)));
    shop.execute(sell("B"));
    shop.execute(Sell::Cancel { reason: None });
    shop.clock.advance(chrono::Duration::days(30));
    let doubted = shop.till.execute(sell("B")).unwrap_err();
    let is_last = matches!(&doubted, Error::Refused(Refusal::PastDate { expiry, .. }) if expiry.to_string() == "2025-05-01");
    assert!(is_last, "nobody knows of any that is good for longer: {doubted:?}");
}

#[test]
fn goods_past_their_date_that_may_not_be_oversold_are_asked_for_by_their_date_too() {
    let mut shop = open();
    let floor = floor(&shop);
    shop.till.set_stock(product("C"), Stock::ZERO, "counted out".to_owned()).unwrap();
    shop.till.set_tracking(product("C"), Tracking::Batches).unwrap();
    moved(&mut shop, &receive(floor, vec![of_batch(product("C"), 2, "OLD", "2025-04-07")]));
    shop.clock.advance(chrono::Duration::days(2));
    let doubted = shop.till.execute(sell("C")).unwrap_err();
    assert!(matches!(doubted, Error::Refused(Refusal::PastDate { .. })), "{doubted:?}");
    shop.execute(Request::from(sell_some("C", "2")).counted());
    let short = shop.till.execute(Request::from(sell("C")).counted()).unwrap_err();
    assert!(matches!(short, Error::Refused(Refusal::OutOfStock { .. })), "{short:?}");
    shop.execute(cash());
    shop.check_whole();
}

#[test]
fn what_is_spoilt_is_taken_from_what_is_past_its_date_before_anything_good() {
    let mut shop = open();
    let floor = floor(&shop);
    shop.till.set_tracking(product("B"), Tracking::Batches).unwrap();
    let old = of_batch(product("B"), 3, "OLD", "2025-04-07");
    let new = of_batch(product("B"), 4, "NEW", "2025-05-01");
    moved(&mut shop, &receive(floor, vec![old, new]));
    shop.clock.advance(chrono::Duration::days(2));
    shop.log_in(ADMIN);
    let of = |shop: &Shop, no: &str| here(shop, "B").batches[no].on_hand;
    moved(&mut shop, &issue(IssueKind::Broken, floor, vec![take(product("B"), 1)]));
    assert_eq!((of(&shop, "OLD"), of(&shop, "NEW")), (some(3), some(3)), "anything may break");
    moved(&mut shop, &issue(IssueKind::Spoilt, floor, vec![take(product("B"), 4)]));
    assert_eq!((of(&shop, "OLD"), of(&shop, "NEW")), (Stock::ZERO, some(2)));
    shop.check_whole();
}
