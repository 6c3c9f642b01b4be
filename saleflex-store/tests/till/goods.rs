//! Goods on disk: whatever people do with them, levels are the fold of what moved, and nothing moves twice.

mod containers;
mod ordering;
mod pieces;

use saleflex_core::{
    basket::GoodsState,
    catalog::{CatalogChange, Product, ProductRef},
    document::{AddLine, Command as Sell, ExpiredGoods, Kind, OpenDocument, Refusal, ReturnLine},
    ids::{DocumentId, LineNo, LocationId, PostingId, ProductId},
    inventory::{
        IssueKind, Level, Limits, LocationProblem, MovementKind, Place, Stock, StockRefusal, Tracking,
        command::{Adjust, Command},
        cost::{Costing, Value},
        count::{CountRefusal, Guidance},
        order::{OrderRefusal, OrderState, Supplier},
        report::Class,
        transfer::{Arrival, ArrivalRefusal, Loss},
    },
    quantity::UnitPrice,
};
use saleflex_store::{Error, Request, Till, till::Wanted, verify::Verification};
use uuid::Uuid;

use crate::support::{
    goods::{
        adjust, at_cost, back, floor, issue, line, location, of_batch, receive, some, take, transfer,
        with_numbers,
    },
    shop::{
        ADMIN, CASHIER, MANAGER, Shop, cash, product, quantity, sell, sell_some, setup, suspend, take_back,
    },
};

fn open() -> Shop {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop
}

fn today() -> chrono::NaiveDate {
    "2025-04-06".parse().unwrap()
}

fn on_hand(shop: &Shop, product: ProductId, location: LocationId) -> Stock {
    let levels = shop.till.stock_levels(product.into()).unwrap();
    levels
        .iter()
        .find(|(place, _)| place.location == location)
        .map_or(Stock::ZERO, |(_, level)| level.on_hand)
}

fn here(shop: &Shop, code: &str) -> Level {
    shop.till.stock(product(code)).unwrap().unwrap()
}

fn moved(shop: &mut Shop, command: &Command) {
    shop.till.move_goods(command, None).unwrap();
}

fn refused(shop: &mut Shop, command: &Command) -> StockRefusal {
    let head = *shop.till.chain_head();
    let refusal = shop.till.move_goods(command, None).unwrap_err();
    assert_eq!(*shop.till.chain_head(), head, "a refused command leaves nothing");
    if let Error::Stock(refusal) = refusal { refusal } else { panic!("{refusal:?}") }
}

#[test]
fn a_delivery_an_issue_a_transfer_and_a_count_move_stock_where_they_happen() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    moved(&mut shop, &receive(back, vec![line(product("A"), 40), line(product("B"), 6)]));
    moved(&mut shop, &issue(IssueKind::Broken, back, vec![take(product("B"), 2)]));
    moved(&mut shop, &Command::Transfer(transfer(back, floor, vec![take(product("A"), 15)])));
    moved(&mut shop, &adjust(product("A"), floor, 110));
    assert_eq!(on_hand(&shop, product("A"), floor), some(110));
    assert_eq!(on_hand(&shop, product("A"), back), some(25));
    assert_eq!(on_hand(&shop, product("B"), back), some(4));
    let kinds: Vec<_> =
        shop.till.stock_movements(product("A"), 10).unwrap().iter().map(|one| one.kind).collect();
    let expected = [
        MovementKind::Adjustment,
        MovementKind::TransferIn,
        MovementKind::TransferOut,
        MovementKind::Receipt,
    ];
    assert_eq!(kinds, expected);
    shop.check_whole();
    let shop = shop.restarted();
    assert_eq!(on_hand(&shop, product("A"), floor), some(110));
}

#[test]
fn bad_input_is_refused_with_its_figures_and_nothing_moves() {
    let mut shop = open();
    let floor = floor(&shop);
    let nowhere = LocationId::new(Uuid::from_u128(77));
    let a = product("A");
    let refusal = refused(&mut shop, &Command::Transfer(transfer(floor, nowhere, vec![take(a, 1)])));
    let unknown = StockRefusal::Location { location: nowhere, problem: LocationProblem::Unknown };
    assert_eq!(refusal, unknown);
    let refusal = refused(&mut shop, &receive(floor, vec![line(a, -1)]));
    assert_eq!(refusal, StockRefusal::NotPositive { item: a.into(), given: some(-1) });
    let refusal = refused(&mut shop, &receive(floor, vec![line(a, 5), of_batch(a, 5, "L1", "2025-04-05")]));
    let StockRefusal::Lines { faults } = refusal else { panic!("{refusal:?}") };
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!((fault.line, fault.item), (1, a.into()));
    assert!(matches!(fault.refusal, StockRefusal::Expired { .. }), "{fault:?}");
    let refusal = refused(&mut shop, &Command::Transfer(transfer(floor, floor, vec![take(a, 1)])));
    assert_eq!(refusal, StockRefusal::SameLocation { location: floor });
    let refusal = refused(&mut shop, &adjust(a, floor, -1));
    assert!(matches!(refusal, StockRefusal::CountedNegative { .. }));
    let back = back(&shop);
    let refusal = refused(&mut shop, &Command::Transfer(transfer(floor, back, vec![take(a, 101)])));
    let short = StockRefusal::NotEnough {
        item: a.into(),
        location: floor,
        available: some(100),
        requested: some(101),
    };
    assert_eq!(refusal, short);
    assert_eq!(shop.till.latest_stock_movements(10).unwrap(), []);
    shop.check_whole();
}

#[test]
fn a_posting_under_a_callers_identity_is_booked_once() {
    let mut shop = open();
    let back = back(&shop);
    let id = PostingId::new(Uuid::from_u128(5));
    let command = receive(back, vec![line(product("A"), 4)]);
    shop.till.move_goods_as(id, &command, None).unwrap();
    let again = shop.till.move_goods_as(id, &command, None).unwrap_err();
    assert!(matches!(again, Error::Stock(StockRefusal::AlreadyDone { posting }) if posting == id));
    assert_eq!(on_hand(&shop, product("A"), back), some(4));
}

#[test]
fn who_may_not_move_goods_needs_somebody_who_may_and_large_differences_a_second_person() {
    let mut shop = Shop::open();
    let floor = floor(&shop);
    let command = adjust(product("A"), floor, 90);
    let refusal = refused(&mut shop, &command);
    assert!(matches!(refusal, StockRefusal::NotAllowed { .. }), "{refusal:?}");
    let approval = shop.approval();
    shop.till.move_goods(&command, Some(approval)).unwrap();
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.stock.approve_above = Some(some(5));
    shop.till.change_settings(settings).unwrap();
    let refusal = refused(&mut shop, &adjust(product("A"), floor, 80));
    assert_eq!(refusal, StockRefusal::NeedsApproval { difference: some(-10), limit: some(5) });
    let approval = shop.approval();
    shop.till.move_goods(&adjust(product("A"), floor, 80), Some(approval)).unwrap();
    assert_eq!(on_hand(&shop, product("A"), floor), some(80));
}

#[test]
fn a_sale_of_goods_that_are_kept_elsewhere_alone_begins_a_level_where_it_is_sold_i4() {
    let mut shop = open();
    let back = back(&shop);
    moved(&mut shop, &receive(back, vec![line(product("B"), 9)]));
    shop.execute(sell("B"));
    shop.execute(cash());
    assert_eq!(here(&shop, "B").on_hand, some(-1));
    shop.check_whole();
}

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

#[test]
fn a_level_is_put_right_with_a_reason_only() {
    let mut shop = open();
    let floor = floor(&shop);
    for reason in [None, Some(" ".to_owned())] {
        let Command::Adjust(adjust) = adjust(product("A"), floor, 5) else { panic!("an adjustment") };
        let refusal = refused(&mut shop, &Command::Adjust(Adjust { reason, ..adjust }));
        assert_eq!(refusal, StockRefusal::NoReason);
    }
}

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
fn a_piece_with_a_number_is_at_one_place() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    shop.till.set_tracking(product("B"), Tracking::Serials).unwrap();
    moved(&mut shop, &receive(floor, vec![with_numbers(product("B"), &["S1", "S2"])]));
    let refusal = refused(&mut shop, &receive(back, vec![with_numbers(product("B"), &["S1"])]));
    assert!(matches!(refusal, StockRefusal::SerialPresent { location, .. } if location == floor));
    let mut line = take(product("B"), 1);
    line.serials = with_numbers(product("B"), &["S1"]).serials;
    moved(&mut shop, &Command::Transfer(transfer(floor, back, vec![line])));
    let levels = shop.till.stock_levels(product("B").into()).unwrap();
    let has = |at: LocationId, serial: &str| {
        levels.iter().any(|(place, level)| place.location == at && level.serials.contains_key(serial))
    };
    assert!(has(back, "S1") && has(floor, "S2") && !has(floor, "S1"));
    shop.check_whole();
}

#[test]
fn a_transfer_on_its_way_is_nowhere_until_it_arrives_and_never_arrives_twice() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    let (sent, _) = shop.till.send_goods(&transfer(floor, back, vec![take(product("A"), 10)]), None).unwrap();
    assert_eq!(on_hand(&shop, product("A"), floor), some(90));
    assert_eq!(on_hand(&shop, product("A"), back), Stock::ZERO);
    let part = |quantity| vec![Arrival { line: 0, quantity: some(quantity), serials: Vec::new() }];
    shop.till.take_in_goods(sent.id, &part(7), None, None).unwrap();
    shop.check_whole();
    let error = shop.till.take_in_goods(sent.id, &part(4), None, None).unwrap_err();
    let too_much = ArrivalRefusal::TooMuch { item: product("A").into(), in_transit: some(3), given: some(4) };
    assert!(matches!(error, Error::Arrival(refusal) if refusal == too_much));
    shop.till.take_in_goods(sent.id, &part(2), Some(Loss::of_all("dropped")), None).unwrap();
    assert!(shop.till.transfers(true).unwrap().is_empty());
    let error = shop.till.take_in_goods(sent.id, &part(1), None, None).unwrap_err();
    assert!(matches!(error, Error::Arrival(ArrivalRefusal::AlreadyDone { .. })));
    assert_eq!(on_hand(&shop, product("A"), back), some(9));
    shop.check_whole();
}

#[test]
fn what_comes_back_damaged_lies_with_the_returns_and_not_on_the_shelf() {
    let mut shop = open();
    shop.execute(sell_some("D", "3"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.execute(Request::begin_return(sale));
    for (count, restock) in [("1", true), ("2", false)] {
        shop.execute(Sell::ReturnLine(ReturnLine {
            line: LineNo(1),
            quantity: quantity(count),
            state: if restock { GoodsState::New } else { GoodsState::Damaged },
            restock,
            reason: None,
            serials: Vec::new(),
        }));
    }
    shop.execute(cash());
    assert_eq!(here(&shop, "D").on_hand, some(8));
    assert_eq!(on_hand(&shop, product("D"), location(&shop, "TEMP-001-A")), some(2));
    shop.check_whole();
}

#[test]
fn a_suspended_sale_holds_its_goods_back_where_the_store_says_so_and_lets_go_what_it_held() {
    let mut shop = open();
    let mut settings = shop.till.settings().clone();
    settings.stock.reserve_suspended = true;
    shop.till.change_settings(settings.clone()).unwrap();
    shop.execute(sell_some("C", "2"));
    shop.execute(suspend());
    let parked = shop.till.suspended().unwrap()[0].id;
    assert_eq!(here(&shop, "C").reserved, some(2));
    shop.execute(sell("C"));
    assert!(shop.till.execute(sell("C")).is_err(), "one of three is left");
    shop.execute(cash());
    settings.stock.reserve_suspended = false;
    shop.till.change_settings(settings).unwrap();
    shop.till.resume(parked).unwrap();
    assert_eq!(here(&shop, "C").reserved, Stock::ZERO, "what was held is let go whatever is set now");
    shop.execute(suspend());
    assert_eq!(here(&shop, "C").reserved, Stock::ZERO);
    shop.till.resume(shop.till.suspended().unwrap()[0].id).unwrap();
    shop.execute(cash());
    assert_eq!((here(&shop, "C").on_hand, here(&shop, "C").reserved), (Stock::ZERO, Stock::ZERO));
    shop.check_whole();
}

#[test]
fn an_order_promises_goods_that_cannot_be_moved_away() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    shop.execute(Sell::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell_some("D", "8"));
    shop.execute(suspend());
    let refusal = refused(&mut shop, &Command::Transfer(transfer(floor, back, vec![take(product("D"), 3)])));
    assert!(matches!(refusal, StockRefusal::NotEnough { available, .. } if available == some(2)));
}

#[test]
fn what_a_document_promised_is_let_go_where_it_was_promised_wherever_the_till_sells_from_since() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    let mut settings = shop.till.settings().clone();
    settings.stock.reserve_suspended = true;
    shop.till.change_settings(settings.clone()).unwrap();
    let order = OpenDocument { kind: Kind::Order, ..OpenDocument::default() };
    shop.execute(Sell::Open(order));
    shop.execute(sell_some("D", "4"));
    shop.execute(suspend());
    shop.execute(sell_some("C", "2"));
    shop.execute(suspend());
    settings.stock.sales_location = Some(back);
    shop.till.change_settings(settings).unwrap();
    for parked in shop.till.suspended().unwrap() {
        shop.till.resume(parked.id).unwrap();
        shop.execute(cash());
        if shop.till.draft().is_some() {
            shop.execute(Sell::Close);
        }
    }
    let levels = |code: &str| {
        let levels = shop.till.stock_levels(product(code).into()).unwrap();
        let at = |location: LocationId| {
            let here = levels.iter().find(|(place, _)| place.location == location);
            here.map(|(_, level)| (level.on_hand, level.reserved))
        };
        (at(floor), at(back))
    };
    let sold_at_the_back = |quantity: i32| Some((some(-quantity), Stock::ZERO));
    assert_eq!(levels("D"), (Some((some(10), Stock::ZERO)), sold_at_the_back(4)));
    assert_eq!(levels("C"), (Some((some(3), Stock::ZERO)), sold_at_the_back(2)));
    shop.check_whole();
}

#[test]
fn the_check_at_ring_up_can_be_turned_off() {
    let mut shop = open();
    let mut settings = shop.till.settings().clone();
    settings.stock.check_at_ring_up = false;
    shop.till.change_settings(settings).unwrap();
    shop.execute(sell_some("C", "5"));
    shop.execute(cash());
    assert_eq!(here(&shop, "C").on_hand, some(-2));
}

fn worth(shop: &Shop, code: &str) -> (String, String) {
    let worth = shop.till.worth(product(code).into()).unwrap();
    (worth.unit_cost.map(|cost| cost.to_string()).unwrap_or_default(), worth.value.to_string())
}

#[test]
fn a_delivery_shifts_the_average_and_sales_leave_it() {
    let mut shop = open();
    let back = back(&shop);
    moved(&mut shop, &receive(back, vec![at_cost(product("B"), 10, "1.0000")]));
    moved(&mut shop, &receive(back, vec![at_cost(product("B"), 5, "1.3000")]));
    assert_eq!(worth(&shop, "B"), ("1.1".into(), "16.5".into()));
    shop.execute(sell_some("B", "5"));
    shop.execute(cash());
    assert_eq!(worth(&shop, "B"), ("1.1".into(), "11".into()));
    let all = shop.till.stock_value().unwrap();
    assert_eq!(all[&product("B").into()], shop.till.worth(product("B").into()).unwrap());
    shop.check_whole();
    let mut settings = shop.till.settings().clone();
    settings.stock.costing = Costing::Fifo;
    shop.till.change_settings(settings).unwrap();
    assert_eq!(worth(&shop, "B").1, "11.5", "five at 1 and five at 1.3 are left");
    shop.check_whole();
}

#[test]
fn goods_on_their_way_are_counted_beside_what_there_is_and_get_no_numbers_there() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 10, "1")]));
    for code in ["B", "C"] {
        let command = transfer(floor, back, vec![take(product(code), 2)]);
        shop.till.send_goods(&command, None).unwrap();
        let worth = shop.till.worth(product(code).into()).unwrap();
        assert_eq!(worth.on_the_way, some(2));
        assert_eq!(shop.till.stock_value().unwrap()[&product(code).into()], worth);
    }
    let worth = shop.till.worth(product("B").into()).unwrap();
    assert_eq!((worth.on_hand, worth.value.to_string().as_str()), (some(8), "10"));
    // All that is left is on its way: nobody knows the numbers of it.
    moved(&mut shop, &issue(IssueKind::OwnUse, floor, vec![take(product("C"), 1)]));
    let refused = shop.till.set_tracking(product("C"), Tracking::Serials);
    assert!(matches!(refused, Err(Error::StockIsKept { .. })), "{refused:?}");
    let sent = shop
        .till
        .transfers(true)
        .unwrap()
        .into_iter()
        .find(|(_, sent)| sent.lines.iter().any(|line| line.item == product("C").into()));
    shop.till.take_in_goods(sent.unwrap().1.id, &[], Some(Loss::of_all("gone")), None).unwrap();
    shop.till.set_tracking(product("C"), Tracking::Serials).unwrap();
    shop.check_whole();
}

#[test]
fn goods_that_were_there_before_any_cost_was_stated_cost_what_came_first() {
    let mut shop = open();
    let floor = floor(&shop);
    assert_eq!(shop.till.worth(product("A").into()).unwrap().unit_cost, None);
    moved(&mut shop, &receive(floor, vec![at_cost(product("A"), 10, "2")]));
    assert_eq!(worth(&shop, "A"), ("2".into(), "220".into()));
}

#[test]
fn what_a_till_was_made_with_cost_what_was_known_then_and_feeds_the_average_and_what_came_first() {
    for (costing, left) in [(Costing::MovingAverage, "8.25"), (Costing::Fifo, "11")] {
        let mut setup = setup();
        for known in setup.catalog.products.iter_mut().filter(|known| known.id == product("A")) {
            known.cost_price = UnitPrice::parse("1.10").ok();
        }
        for (_, on_hand) in setup.stock.iter_mut().filter(|(known, _)| *known == product("A")) {
            *on_hand = 10.into();
        }
        setup.settings.stock.costing = costing;
        let mut shop = Shop::with(setup);
        shop.log_in(ADMIN);
        assert_eq!(worth(&shop, "A"), ("1.1".into(), "11".into()));
        // What the catalog says later is not what the first ten cost.
        let known = shop.till.catalog().product(product("A")).unwrap().to_product();
        let dearer = Product { cost_price: UnitPrice::parse("9").ok(), ..known };
        let products = vec![dearer];
        shop.till.change_catalog(CatalogChange { products, ..CatalogChange::default() }).unwrap();
        assert_eq!(worth(&shop, "A"), ("1.1".into(), "11".into()), "before any delivery too");
        assert_eq!(shop.till.stock_value().unwrap()[&product("A").into()].value.to_string(), "11");
        let floor = floor(&shop);
        moved(&mut shop, &receive(floor, vec![at_cost(product("A"), 10, "2.20")]));
        // 10 x 1.10 + 10 x 2.20 = 33, or 1.65 each.
        assert_eq!(worth(&shop, "A").1, "33");
        shop.execute(sell_some("A", "15"));
        shop.execute(cash());
        // Five are left: at 1.65 on average, or the last that came at 2.20.
        assert_eq!(worth(&shop, "A").1, left, "{costing:?}");
        let figures = shop.till.stock_figures(today(), today()).unwrap();
        let of_a = figures.iter().find(|one| one.item == product("A").into()).unwrap();
        let sold = Value::of(some(33), UnitPrice::parse("1").unwrap()) - of_a.closing;
        assert_eq!((of_a.opening.to_string().as_str(), of_a.cost_of_sales), ("11", sold));
        shop.check_whole();
    }
}

#[test]
fn a_cost_beside_a_level_that_was_not_there_at_first_is_nobodys() {
    let mut shop = open();
    let back = back(&shop);
    // Nobody said what these cost.
    moved(&mut shop, &receive(back, vec![line(product("B"), 5)]));
    let before = shop.till.worth(product("B").into()).unwrap();
    let disk = rusqlite::Connection::open(shop.till.path()).unwrap();
    let written = "UPDATE stock_level SET opening_cost = 70000 WHERE is_opening = 0";
    assert!(disk.execute(written, []).unwrap() > 0);
    assert_eq!(shop.till.worth(product("B").into()).unwrap(), before);
    assert_eq!(shop.till.stock_value().unwrap()[&product("B").into()], before);
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

fn supplier(shop: &mut Shop) -> Supplier {
    let id = shop.till.new_supplier_id();
    let supplier = Supplier {
        id,
        code: "DAIRY".to_owned(),
        name: "Dairy".to_owned(),
        contact: None,
        lead_days: 2,
        is_active: true,
    };
    shop.till.save_supplier(supplier.clone()).unwrap();
    supplier
}

#[test]
fn an_order_is_proposed_written_and_answered_in_parts_and_never_by_more_than_was_ordered() {
    let mut shop = open();
    let floor = floor(&shop);
    let dairy = supplier(&mut shop);
    let place = Place { item: product("C").into(), location: floor };
    let limits = Limits { reorder_point: some(5), reorder_quantity: some(12), ..Limits::default() };
    shop.till.set_stock_limits(place, limits).unwrap();
    let proposed = shop.till.reorder(today()).unwrap();
    assert_eq!((proposed.len(), proposed[0].quantity, proposed[0].supplier), (1, some(12), None));
    let cost = UnitPrice::parse("0.10").ok();
    let wanted = Wanted { item: place.item, quantity: some(12), unit_cost: cost };
    let order = shop.till.place_order(dairy.id, floor, &[wanted]).unwrap();
    assert!(shop.till.reorder(today()).unwrap().is_empty(), "what is ordered is not ordered again");
    let order = shop.till.receive_order(order.id, vec![line(product("C"), 5)], None, None).unwrap();
    assert_eq!((order.state, order.lines[0].open()), (OrderState::Open, some(7)));
    let error = shop.till.receive_order(order.id, vec![line(product("C"), 8)], None, None).unwrap_err();
    let too_much = OrderRefusal::TooMuch { item: place.item, given: some(8), most: some(7) };
    assert!(matches!(error, Error::Order(refusal) if refusal == too_much));
    let order = shop.till.receive_order(order.id, vec![line(product("C"), 7)], None, None).unwrap();
    assert_eq!(order.state, OrderState::Received);
    assert_eq!(here(&shop, "C").on_hand, some(15));
    assert_eq!(worth(&shop, "C").0, "0.1");
    shop.check_whole();
}

#[test]
fn low_stock_is_listed_where_a_minimum_is_set() {
    let mut shop = open();
    let place = Place { item: product("C").into(), location: floor(&shop) };
    assert!(shop.till.low_stock().unwrap().is_empty());
    let limits = Limits { minimum: some(3), ..Limits::default() };
    shop.till.set_stock_limits(place, limits).unwrap();
    assert_eq!(shop.till.low_stock().unwrap()[0].place, place);
    let below = Limits { minimum: some(-1), ..Limits::default() };
    assert!(shop.till.set_stock_limits(place, below).is_err());
}

#[test]
fn a_product_is_short_by_itself_as_among_all() {
    let mut shop = open();
    let floor = floor(&shop);
    let agrees = |shop: &Shop| {
        let short = shop.till.short_products().unwrap();
        let known: Vec<ProductId> = shop.till.catalog().products().map(ProductRef::id).collect();
        for product in known {
            assert_eq!(shop.till.is_short(product).unwrap(), short.contains(&product), "{product}");
        }
        short.len()
    };
    let before = agrees(&shop);
    let limits = Limits { minimum: some(1_000), ..Limits::default() };
    for code in ["A", "B"] {
        shop.till.set_stock_limits(Place { item: product(code).into(), location: floor }, limits).unwrap();
    }
    let with_limits = agrees(&shop);
    assert!(with_limits > before, "of what is kept or not, no more than its minimum is there");
    moved(&mut shop, &adjust(product("C"), floor, 0));
    assert_eq!(agrees(&shop), with_limits + 1, "nothing is left of it");
    moved(&mut shop, &receive(floor, vec![line(product("C"), 2)]));
    assert_eq!(agrees(&shop), with_limits);
}

#[test]
fn figures_tell_what_was_sold_what_it_cost_and_what_went_missing() {
    let mut shop = open();
    let floor = floor(&shop);
    moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 10, "2"), at_cost(product("C"), 7, "0.1")]));
    shop.execute(sell_some("B", "4"));
    shop.execute(sell("C"));
    shop.execute(cash());
    moved(&mut shop, &issue(IssueKind::Spoilt, floor, vec![take(product("B"), 1)]));
    moved(&mut shop, &adjust(product("B"), floor, 3));
    let today = today();
    let figures = shop.till.stock_figures(today, today).unwrap();
    let of = |code: &str| figures.iter().find(|one| one.item == product(code).into()).unwrap();
    let b = of("B");
    assert_eq!((b.sold, b.cost_of_sales.to_string(), b.class), (some(4), "8".into(), Class::A));
    assert_eq!((b.shrinkage.wasted, b.shrinkage.missing), (some(1), some(2)));
    assert_eq!(b.closing.to_string(), "6");
    assert_eq!(of("C").class, Class::C);
    let tomorrow = "2025-04-07".parse().unwrap();
    let later = shop.till.stock_figures(tomorrow, tomorrow).unwrap();
    assert!(later.iter().all(|one| one.sold.is_zero() && one.cost_of_sales == Value::ZERO));
    let days = shop.till.goods_a_day(product("B"), today, 7).unwrap();
    assert_eq!(days.last().unwrap().sold, some(4));
    // Ten came today, four were sold, one was thrown away, two were missing.
    assert_eq!((days[5].on_hand + some(3), days[6].on_hand), (some(3), some(3)));
}

#[test]
fn what_was_sold_before_it_came_costs_what_it_came_at_and_figures_and_stock_are_what_was_paid() {
    for (costing, sold) in [(Costing::Fifo, "174"), (Costing::MovingAverage, "174")] {
        let mut shop = open();
        let floor = floor(&shop);
        let mut settings = shop.till.settings().clone();
        settings.stock.costing = costing;
        shop.till.change_settings(settings).unwrap();
        moved(
            &mut shop,
            &receive(floor, vec![at_cost(product("B"), 10, "5"), at_cost(product("B"), 10, "6.10")]),
        );
        shop.execute(sell_some("B", "29"));
        shop.execute(cash());
        moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 12, "7")]));
        let figures = shop.till.stock_figures(today(), today()).unwrap();
        let of_b = figures.iter().find(|one| one.item == product("B").into()).unwrap();
        // 195.00 were paid.
        assert_eq!(
            (of_b.cost_of_sales.to_string().as_str(), of_b.closing.to_string().as_str()),
            (sold, "21")
        );
        shop.check_whole();
    }
}

#[test]
fn what_was_lost_before_it_came_is_no_cost_of_sales() {
    for costing in [Costing::Fifo, Costing::MovingAverage] {
        let mut shop = open();
        let (floor, back) = (floor(&shop), back(&shop));
        let mut settings = shop.till.settings().clone();
        settings.stock.costing = costing;
        shop.till.change_settings(settings).unwrap();
        moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 10, "5")]));
        shop.execute(sell_some("B", "15"));
        shop.execute(cash());
        moved(&mut shop, &receive(back, vec![at_cost(product("B"), 3, "6")]));
        moved(&mut shop, &issue(IssueKind::Spoilt, back, vec![take(product("B"), 3)]));
        moved(&mut shop, &receive(floor, vec![at_cost(product("B"), 12, "7")]));
        let figures = shop.till.stock_figures(today(), today()).unwrap();
        let of_b = figures.iter().find(|one| one.item == product("B").into()).unwrap();
        // 152 were paid: 10 x 5 + 3 x 6 + 2 x 7 for what was sold, 3 x 7 for what was spoilt, 7 x 7 for what is there.
        assert_eq!(
            (of_b.cost_of_sales.to_string().as_str(), of_b.closing.to_string().as_str()),
            ("82", "49"),
            "{costing:?}"
        );
        assert_eq!(of_b.shrinkage.wasted, some(3));
        shop.check_whole();
    }
}

#[test]
fn stock_that_an_older_program_valued_is_valued_anew_from_what_its_file_was_made_with() {
    let mut setup = setup();
    for known in setup.catalog.products.iter_mut().filter(|known| known.id == product("A")) {
        known.cost_price = UnitPrice::parse("1.10").ok();
    }
    for (_, on_hand) in setup.stock.iter_mut().filter(|(known, _)| *known == product("A")) {
        *on_hand = 10.into();
    }
    setup.settings.stock.costing = Costing::Fifo;
    let mut shop = Shop::with(setup);
    shop.log_in(ADMIN);
    let floor = floor(&shop);
    moved(&mut shop, &receive(floor, vec![at_cost(product("A"), 10, "2.20")]));
    let clock = shop.clock.clone();
    let (folder, path) = shop.stopped();
    let older = rusqlite::Connection::open(&path).unwrap();
    let valuation = r#"{"costing":"fifo","layers":[],"owed":[],"last_cost":"9"}"#;
    assert_eq!(older.execute("UPDATE stock_cost SET valuation = ?1", [valuation]).unwrap(), 1);
    older.execute_batch("ALTER TABLE inbox DROP COLUMN was_taken").unwrap();
    older.pragma_update(None, "user_version", 28).unwrap();
    drop(older);
    let till = Till::open(&path, clock).unwrap();
    // 10 x 1.10, as was known when the till was made, and 10 x 2.20.
    assert_eq!(till.worth(product("A").into()).unwrap().value.to_string(), "33");
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    drop(folder);
}

#[test]
fn the_stock_of_an_older_file_is_worth_what_was_paid_for_it() {
    let mut shop = open();
    let back = back(&shop);
    moved(&mut shop, &receive(back, vec![at_cost(product("B"), 1, "1"), at_cost(product("B"), 2, "2")]));
    assert_eq!(worth(&shop, "B"), ("1.6667".into(), "5".into()));
    let clock = shop.clock.clone();
    let (folder, path) = shop.stopped();
    let older = rusqlite::Connection::open(&path).unwrap();
    let valuation = r#"{"costing":"moving_average","on_hand":"3","unit_cost":"1.6667"}"#;
    assert_eq!(older.execute("UPDATE stock_cost SET valuation = ?1", [valuation]).unwrap(), 1);
    older.execute_batch("ALTER TABLE stock_count_finding DROP COLUMN adjusted").unwrap();
    older
        .execute_batch(
            "ALTER TABLE stock_level DROP COLUMN opening_cost; ALTER TABLE unit DROP COLUMN measure; \
             ALTER TABLE form DROP COLUMN min_cols; ALTER TABLE form DROP COLUMN min_rows; \
             ALTER TABLE form DROP COLUMN display_mode; \
             ALTER TABLE form_control DROP COLUMN character_casing; \
             ALTER TABLE form_control DROP COLUMN input_type; ALTER TABLE inbox DROP COLUMN was_taken",
        )
        .unwrap();
    older.pragma_update(None, "user_version", 24).unwrap();
    drop(older);
    let till = Till::open(&path, clock).unwrap();
    let worth = till.worth(product("B").into()).unwrap();
    assert_eq!(worth.value.to_string(), "5");
    assert!(matches!(till.verify().unwrap(), Verification::Whole(_)));
    drop(folder);
}

#[test]
fn the_bars_of_a_product_tell_what_was_sold_and_left_on_each_day_wherever_it_lay() {
    let mut shop = open();
    let (floor, back) = (floor(&shop), back(&shop));
    let first = today();
    for sold in ["1", "2", "3"] {
        shop.execute(sell_some("A", sold));
        shop.execute(sell_some("B", "1"));
        shop.execute(cash());
        moved(&mut shop, &receive(back, vec![line(product("A"), 10)]));
        moved(&mut shop, &Command::Transfer(transfer(floor, back, vec![take(product("A"), 5)])));
        shop.clock.advance(chrono::Duration::days(1));
        shop.log_in(ADMIN);
    }
    let last = first + chrono::Days::new(3);
    let bars = |of_days| {
        let days = shop.till.goods_a_day(product("A"), last, of_days).unwrap();
        days.into_iter().map(|day| (day.sold.to_string(), day.on_hand.to_string())).collect::<Vec<_>>()
    };
    let told = [("0", "100"), ("1", "109"), ("2", "117"), ("3", "124"), ("0", "124")];
    let told = told.map(|(sold, left)| (sold.to_owned(), left.to_owned()));
    assert_eq!(bars(5), told);
    assert_eq!(bars(2), told[3..], "what was before the first day does not count");
}

#[test]
fn a_movement_tells_when_and_why_it_happened() {
    let mut shop = open();
    let back = back(&shop);
    moved(&mut shop, &receive(back, vec![line(product("A"), 4)]));
    shop.execute(sell("A"));
    shop.execute(cash());
    let stories: Vec<_> = shop
        .till
        .stock_movements(product("A"), 10)
        .unwrap()
        .into_iter()
        .map(|movement| shop.till.movement_story(movement).unwrap().number.unwrap())
        .collect();
    assert_eq!(stories, ["20250406-0001-000001", "RCV-20250406-T1-1"]);
}

#[test]
fn a_cashier_without_the_right_receives_nothing_and_sees_why() {
    let mut shop = Shop::open();
    shop.log_in(CASHIER);
    let back = back(&shop);
    let refusal = refused(&mut shop, &receive(back, vec![line(product("A"), 4)]));
    assert_eq!(refusal.to_string(), "stock.receive is needed");
}
