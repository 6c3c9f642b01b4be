//! Goods on disk: whatever people do with them, levels are the fold of what moved, and nothing moves twice.

mod batches;
mod containers;
mod costs;
mod counts;
mod levels;
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
