//! Whatever happens and whenever: after it the till is as it was before a command or as it was after it.

mod cancelled;
mod coming_back;
mod exchange;
mod goods_by_hand;
mod members;
mod points;
mod records;
mod taken_over;

use saleflex_core::{
    adjustment::{AdjustmentKind, AdjustmentSource, AdjustmentValue},
    campaign::Per,
    cashier::Capability,
    catalog::{CatalogChange, PriceList, ProductDetails},
    closure::Declaration,
    document::{Adjust, CashMovementKind, Command, Kind, OpenDocument, TakeTender},
    ids::{ClosureNumber, LineNo, TenderNo},
    inventory::{Place, command::ReceiveLine},
    journal::UsedFunction,
    quantity::{Percent, Points},
    tender::TenderKind,
};
use saleflex_store::{Error, Request, verify::Verification};

use crate::support::{
    goods,
    promoted::{CODE, coupon, promoted, share, tenth, with_coupon},
    shop::{
        self, ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, pay, product, sell, sell_some, suspend,
        take_back,
    },
    stopping::{Picture, stop_everywhere},
};

/// A shop in the middle of its day, with a hub that gets to know everything.
fn busy() -> Shop {
    let mut shop = Shop::with(shop::setup_with_points());
    shop.log_in(ADMIN);
    shop.till.add_connector("gate").unwrap();
    shop.log_in(CASHIER);
    shop.approved(float(5_000));
    shop.execute(sell_some("A", "2"));
    shop.execute(sell("D"));
    shop.execute(cash());
    shop.execute(sell("B"));
    shop.execute(suspend());
    shop
}

fn with_lines() -> Shop {
    let mut shop = busy();
    shop.execute(sell_some("A", "3"));
    shop.execute(sell("C"));
    shop
}

/// The id of the first sale.
fn sale(shop: &Shop) -> saleflex_core::ids::DocumentId {
    shop.till.documents(ClosureNumber(1)).unwrap()[1].id
}

#[test]
fn ringing_up_the_first_line() {
    stop_everywhere(busy(), |shop| drop(shop.execute(sell("A"))));
}

#[test]
fn ringing_up_a_further_line_writes_one_event_and_nothing_else() {
    let statements = stop_everywhere(with_lines(), |shop| drop(shop.execute(sell("B"))));
    let writes: Vec<&str> = statements
        .iter()
        .filter(|sql| !sql.starts_with("SELECT"))
        .map(|sql| sql.split(' ').take(3).last().unwrap_or(sql))
        .collect();
    assert_eq!(writes, ["IMMEDIATE", "event", "COMMIT"]);
}

#[test]
fn completing_a_sale() {
    stop_everywhere(with_lines(), |shop| drop(shop.execute(pay(TenderKind::Cash, 1_000))));
}

#[test]
fn completing_a_sale_on_account_with_points() {
    let mut shop = with_lines();
    let customer = shop.till.find_customers("", 1).unwrap()[0].id;
    shop.till.assign_customer(Some(customer)).unwrap();
    shop.till.redeem_points(Points::new(100)).unwrap();
    stop_everywhere(shop, |shop| {
        drop(shop.execute(Command::TakeTender(saleflex_core::document::TakeTender::balance(
            TenderKind::OnAccount,
        ))));
    });
}

/// The customer of the shop, with what is known of their points.
fn member(shop: &Shop) -> saleflex_core::ids::CustomerId {
    shop.till.find_customers("", 1).unwrap()[0].id
}

#[test]
fn points_are_held_given_back_and_given_by_hand_once_or_not_at_all() {
    let mut shop = with_lines();
    let id = member(&shop);
    stop_everywhere(with_lines(), |shop| drop(shop.till.assign_customer(Some(id)).unwrap()));
    shop.till.assign_customer(Some(id)).unwrap();
    stop_everywhere(shop, |shop| drop(shop.till.redeem_points(Points::new(100)).unwrap()));
    let approval = busy();
    stop_everywhere(approval, |shop| {
        let approval = shop.approval();
        shop.till.grant_points(id, Points::new(7), false, "sorry", Some(approval)).unwrap();
    });
}

#[test]
fn refunding_a_members_sale() {
    let mut shop = with_lines();
    let id = member(&shop);
    shop.till.assign_customer(Some(id)).unwrap();
    shop.till.redeem_points(Points::new(100)).unwrap();
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "1"));
    stop_everywhere(shop, |shop| drop(shop.execute(cash())));
}

#[test]
fn taking_empties_into_a_sale_with_bottles_giving_them_back_and_paying() {
    let ready = || {
        let mut setup = shop::setup();
        let bottle = saleflex_core::ids::ProductId::new(uuid::Uuid::from_u128(0xB0));
        setup.catalog.products.push(shop::goods(bottle, "BOTTLE", "0.25"));
        let container = Some(bottle);
        setup.catalog.details.push(ProductDetails { container, ..ProductDetails::none(product("A")) });
        let mut shop = Shop::with(setup);
        shop.log_in(ADMIN);
        shop.till.add_connector("gate").unwrap();
        shop.execute(sell_some("A", "2"));
        shop
    };
    let empties = || Command::TakeEmpties { entered: "BOTTLE".to_owned(), quantity: None };
    stop_everywhere(ready(), |shop| drop(shop.execute(empties())));
    let mut taken = ready();
    taken.execute(empties());
    stop_everywhere(taken, |shop| {
        drop(shop.execute(Command::VoidEmpties { line: LineNo(1), reason: None }));
    });
    let mut taken = ready();
    taken.execute(empties());
    stop_everywhere(taken, |shop| drop(shop.execute(cash())));
}

#[test]
fn merging_two_customers_and_starting_a_day() {
    let ready = || {
        let mut shop = busy();
        shop.log_in(ADMIN);
        let segment = saleflex_core::customer::segment::Segment {
            id: saleflex_core::ids::SegmentId::new(uuid::Uuid::from_u128(5)),
            code: "S".to_owned(),
            name: "New".to_owned(),
            description: None,
            criterion: saleflex_core::customer::segment::Criterion::RegisteredWithin { days: 5 },
            is_active: true,
            display_order: 0,
        };
        shop.till.save_segment(segment).unwrap();
        let new = saleflex_store::customer::NewCustomer::named("N1", "Ada King");
        let other = shop.till.add_customer(&new).unwrap();
        shop.till.enrol(other).unwrap();
        shop.till.grant_points(other, Points::new(50), false, "sorry", None).unwrap();
        (shop, other)
    };
    let (shop, other) = ready();
    let id = shop.till.find_customers("hopper", 1).unwrap()[0].id;
    stop_everywhere(shop, |shop| shop.till.merge_customers(id, other).unwrap());
    // A till whose program is of today: nobody started the day with it yet.
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    shop.till.add_connector("gate").unwrap();
    let mut born = saleflex_store::customer::NewCustomer::named("N1", "Ada King");
    born.details.date_of_birth = "1990-04-06".parse().ok();
    let born = shop.till.add_customer(&born).unwrap();
    let program = saleflex_core::loyalty::Program { birthday: Points::new(25), ..shop::program() };
    shop.till.save_program(program).unwrap();
    shop.till.enrol(born).unwrap();
    stop_everywhere(shop, |shop| assert_eq!(shop.till.start_day().unwrap().birthdays, 1));
}

/// A shop with a campaign for a few and a coupon.
fn with_campaigns() -> Shop {
    let mut few = tenth();
    few.limits.uses = Some(3);
    let mut shop = promoted(vec![few, with_coupon()]);
    shop.log_in(ADMIN);
    shop.till.add_connector("gate").unwrap();
    shop
}

#[test]
fn completing_a_sale_with_a_coupon_and_a_campaign_for_a_few() {
    let mut shop = with_campaigns();
    let customer = shop.till.find_customers("", 1).unwrap()[0].id;
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(customer)).unwrap();
    shop.execute(Command::EnterCoupon { entered: CODE.to_owned() });
    stop_everywhere(shop, |shop| drop(shop.execute(cash())));
}

#[test]
fn taking_back_the_whole_of_a_sale_with_campaigns() {
    let mut shop = with_campaigns();
    shop.execute(sell("D"));
    shop.execute(Command::EnterCoupon { entered: CODE.to_owned() });
    let done = shop.execute(cash());
    shop.approved(Request::begin_return(done.completed()[0].document().id));
    shop.execute(take_back(1, "1"));
    stop_everywhere(shop, |shop| drop(shop.execute(cash())));
}

#[test]
fn saving_campaigns_and_coupons() {
    stop_everywhere(with_campaigns(), |shop| {
        shop.till.save_campaign(share(5, "NEW", "5", Per::Document)).unwrap();
    });
    let changed = saleflex_core::campaign::Coupon { is_active: false, ..coupon() };
    stop_everywhere(with_campaigns(), |shop| shop.till.save_coupons(vec![changed]).unwrap());
}

/// A sale of 7.65 with a card payment of 3.00; `waits` for what the card's provider says of it.
fn with_card(waits: bool) -> Shop {
    let mut shop = with_lines();
    let asked = TakeTender { pending: waits, ..TakeTender::amount(TenderKind::CreditCard, minor(300)) };
    shop.execute(Command::TakeTender(asked));
    shop
}

#[test]
fn asking_a_provider_hearing_its_answer_and_taking_the_payment_back() {
    let ask = TakeTender { pending: true, ..TakeTender::balance(TenderKind::CreditCard) };
    stop_everywhere(with_lines(), |shop| drop(shop.execute(Command::TakeTender(ask.clone()))));
    let answer = |approved| Command::ResolveTender {
        tender: TenderNo(1),
        approved,
        authorisation: approved.then(|| "A1".to_owned()),
    };
    for approved in [true, false] {
        stop_everywhere(with_card(true), |shop| drop(shop.execute(answer(approved))));
    }
    // The answer that pays the rest completes the sale.
    let mut whole = with_lines();
    whole.execute(Command::TakeTender(ask));
    stop_everywhere(whole, |shop| {
        assert_eq!(shop.execute(answer(true)).completed().len(), 1);
    });
    let void = |no| Command::VoidTender {
        tender: TenderNo(no),
        reason: Some("wrong card".to_owned()),
        reversal: Some("R1".to_owned()),
    };
    stop_everywhere(with_card(false), |shop| drop(shop.execute(void(1))));
    stop_everywhere(with_card(true), |shop| drop(shop.execute(void(1))));
    // Without the one that waits the others pay it all.
    let mut covered = with_card(true);
    covered.execute(pay(TenderKind::Cash, 765));
    stop_everywhere(covered, |shop| {
        assert_eq!(shop.execute(void(1)).completed().len(), 1);
    });
}

#[test]
fn a_second_approval_on_one_document_with_its_reason() {
    let ten = Adjust {
        kind: AdjustmentKind::Discount,
        value: AdjustmentValue::Percent(Percent::parse("10").unwrap()),
        reason: None,
    };
    let mut shop = with_lines();
    shop.approved(Command::AdjustDocument { adjust: ten, source: AdjustmentSource::Manager, code: None });
    let cheaper = || Command::OverridePrice {
        line: LineNo(1),
        price: saleflex_core::quantity::UnitPrice::parse("2").unwrap(),
        reason: Some("scratched".to_owned()),
    };
    stop_everywhere(shop, |shop| {
        let approval = shop.till.approve(MANAGER.0, MANAGER.1, Some("I saw it".to_owned())).unwrap();
        let done = shop.execute(Request::from(cheaper()).approved(approval));
        assert!(done.events().iter().any(|event| event.name() == "approval_explained"));
    });
    stop_everywhere(with_lines(), |shop| {
        drop(shop.till.approve(MANAGER.0, "no PIN", None).unwrap_err());
    });
    stop_everywhere(with_lines(), |shop| {
        let used = UsedFunction {
            screen: "SALE".to_owned(),
            control: "CLOSURE".to_owned(),
            words: "Z report".to_owned(),
        };
        let approval = shop.approval();
        let allowed = shop.till.allow_function(used, Capability::Closure, Some(approval)).unwrap();
        assert_eq!(allowed.approved_by, Some(shop.manager.id));
    });
}

#[test]
fn cancelling_a_document() {
    let cancel = Command::Cancel { reason: None };
    stop_everywhere(with_lines(), |shop| drop(shop.execute(cancel)));
}

#[test]
fn voiding_the_last_line() {
    let mut shop = busy();
    shop.execute(sell("A"));
    stop_everywhere(shop, |shop| drop(shop.execute(Command::VoidLine { line: LineNo(1), reason: None })));
}

#[test]
fn suspending_and_resuming() {
    stop_everywhere(with_lines(), |shop| drop(shop.execute(suspend())));
    let mut shop = busy();
    // An empty document is left and its number given back by the same command.
    shop.execute(Command::Open(OpenDocument::default()));
    let parked = shop.till.suspended().unwrap()[0].id;
    stop_everywhere(shop, |shop| drop(shop.till.resume(parked).unwrap()));
}

#[test]
fn cancelling_a_suspended_document_beside_an_open_one() {
    let shop = with_lines();
    let parked = shop.till.suspended().unwrap()[0].id;
    stop_everywhere(shop, |shop| drop(shop.execute(Request::cancel_suspended(parked, None))));
}

#[test]
fn refunding() {
    let mut shop = busy();
    let sale = sale(&shop);
    stop_everywhere(busy(), |shop| drop(shop.approved(Request::begin_return(sale))));
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "1"));
    stop_everywhere(shop, |shop| drop(shop.execute(cash())));
}

#[test]
fn exchanging() {
    let begun = || {
        let mut shop = busy();
        let sale = sale(&shop);
        shop.approved(Request::begin_return(sale));
        shop.execute(take_back(1, "1"));
        shop
    };
    stop_everywhere(begun(), |shop| drop(shop.execute(Command::ExchangeForSale)));
    let mut shop = begun();
    shop.execute(Command::ExchangeForSale);
    shop.execute(sell("D"));
    stop_everywhere(shop, |shop| drop(shop.execute(cash())));
}

#[test]
fn an_order_with_a_deposit() {
    let mut shop = busy();
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell_some("D", "2"));
    shop.execute(pay(TenderKind::Cash, 1_000));
    stop_everywhere(shop, |shop| drop(shop.execute(suspend())));
}

#[test]
fn paying_in_and_opening_the_drawer() {
    let paid_in = || Command::MoveCash {
        kind: CashMovementKind::PaidIn,
        amount: minor(100),
        reason: "coins".to_owned(),
    };
    stop_everywhere(busy(), |shop| drop(shop.approved(paid_in())));
    let mut fresh = Shop::open();
    fresh.log_in(ADMIN);
    fresh.till.add_connector("gate").unwrap();
    fresh.log_in(CASHIER);
    stop_everywhere(fresh, |shop| drop(shop.approved(float(100))));
    stop_everywhere(busy(), |shop| drop(shop.approved(Command::OpenDrawer { reason: None })));
}

#[test]
fn closing_the_period() {
    let mut shop = busy();
    shop.log_in(MANAGER);
    stop_everywhere(shop, |shop| {
        drop(shop.till.close_period(Some(&Declaration::amount(minor(17_500))), None).unwrap());
    });
}

#[test]
fn logging_in_and_changing_products() {
    stop_everywhere(busy(), |shop| shop.log_in(CASHIER));
    let mut shop = busy();
    shop.log_in(MANAGER);
    let mut dearer = shop.till.catalog().product(product("A")).unwrap().to_product();
    dearer.price = saleflex_core::quantity::UnitPrice::parse("3").unwrap();
    let list = PriceList {
        code: "SPRING".into(),
        name: "Spring".into(),
        prices: [(product("B"), dearer.price)].into(),
        ..PriceList::default()
    };
    let tagged = ProductDetails { tags: ["new".into()].into(), ..ProductDetails::none(product("A")) };
    let change = CatalogChange {
        products: vec![dearer],
        price_lists: vec![list],
        details: vec![tagged],
        ..CatalogChange::default()
    };
    stop_everywhere(shop, |shop| shop.till.change_catalog(change).unwrap());
}

#[test]
fn a_full_disk_loses_nothing_and_selling_goes_on_when_there_is_room() {
    let mut shop = busy();
    shop.till.limit_size(Some(1)).unwrap();
    let mut rung_up = 0;
    let full = loop {
        match shop.till.execute(sell("B")) {
            Ok(_) => rung_up += 1,
            Err(error) => break error,
        }
        assert!(rung_up < 1_000, "the limit does not hold");
    };
    assert!(matches!(full, Error::DiskFull), "{full:?}");
    assert_eq!(shop.till.draft().map_or(0, |document| document.lines.len()), rung_up);
    let before = Picture::of(&mut shop.till);
    assert!(matches!(shop.till.execute(sell("B")), Err(Error::DiskFull)));
    assert_eq!(Picture::of(&mut shop.till), before);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
    shop.till.limit_size(None).unwrap();
    shop.execute(sell("B"));
    let done = shop.execute(cash());
    assert_eq!(done.completed()[0].document().lines.len(), rung_up + 1);
    let shop = shop.restarted();
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

/// A shop with somebody at the till who may do everything with goods.
fn of_goods() -> Shop {
    let mut shop = busy();
    shop.log_in(ADMIN);
    shop
}

#[test]
fn receiving_batches_at_a_cost_and_throwing_some_away() {
    let lines = || {
        let batch = goods::of_batch(product("B"), 5, "L1", "2025-05-01");
        let unit_cost = goods::at_cost(product("B"), 1, "2").unit_cost;
        vec![ReceiveLine { unit_cost, ..batch }]
    };
    let in_batches = || {
        let mut shop = of_goods();
        shop.till.set_tracking(product("B"), saleflex_core::inventory::Tracking::Batches).unwrap();
        shop
    };
    let shop = in_batches();
    let floor = goods::floor(&shop);
    stop_everywhere(shop, |shop| drop(shop.till.move_goods(&goods::receive(floor, lines()), None).unwrap()));
    let mut shop = in_batches();
    shop.till.move_goods(&goods::receive(floor, lines()), None).unwrap();
    let waste =
        goods::issue(saleflex_core::inventory::IssueKind::Spoilt, floor, vec![goods::take(product("B"), 7)]);
    stop_everywhere(shop, |shop| drop(shop.till.move_goods(&waste, None).unwrap()));
}

#[test]
fn goods_on_their_way_leave_and_arrive_once() {
    let shop = of_goods();
    let (floor, back) = (goods::floor(&shop), goods::back(&shop));
    let command = goods::transfer(floor, back, vec![goods::take(product("A"), 7)]);
    stop_everywhere(shop, |shop| drop(shop.till.send_goods(&command, None).unwrap()));
    let mut shop = of_goods();
    let (sent, _) = shop.till.send_goods(&command, None).unwrap();
    let all = saleflex_core::inventory::transfer::Arrival {
        line: 0,
        quantity: goods::some(7),
        serials: Vec::new(),
    };
    stop_everywhere(shop, |shop| drop(shop.till.take_in_goods(sent.id, &[all], None, None).unwrap()));
}

#[test]
fn approving_a_count() {
    let mut shop = busy();
    let place = Place { item: product("A").into(), location: goods::floor(&shop) };
    shop.log_in(MANAGER);
    let guidance = saleflex_core::inventory::count::Guidance::Guided;
    let count = shop.till.open_count(guidance, vec![place]).unwrap();
    shop.till.count_stock(count.id, place, goods::some(90)).unwrap();
    shop.log_in(ADMIN);
    stop_everywhere(shop, |shop| drop(shop.till.approve_count(count.id, None).unwrap()));
}
