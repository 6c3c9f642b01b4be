//! A day at a till, as a cashier sees it.

use saleflex_core::{
    closure::{Declaration, Report},
    document::{AddLine, Command, Kind, OpenDocument, Refusal},
    ids::{ClosureNumber, LineNo},
    inventory::Stock,
    quantity::{Points, UnitPrice},
    tender::TenderKind,
};
use saleflex_store::{Error, Request, history::Found, verify::Verification};
use uuid::Uuid;

use crate::support::shop::{
    self, ADMIN, CASHIER, MANAGER, Shop, cash, float, minor, pay, product, sell, sell_some, suspend,
    take_back,
};

fn price(text: &str) -> UnitPrice {
    UnitPrice::parse(text).unwrap()
}

#[test]
fn a_day_from_the_float_to_the_z_report() {
    let mut shop = Shop::open();
    shop.approved(float(10_000));
    // Two things, paid with a note.
    shop.execute(sell_some("A", "2"));
    shop.execute(sell("B"));
    let done = shop.execute(pay(TenderKind::Cash, 1_000));
    let sale = done.completed()[0].document().clone();
    assert_eq!((sale.totals.net_due, sale.totals.change), (minor(999), minor(1)));
    assert_eq!(sale.number.to_string(), "20250406-0001-000002");
    assert_eq!(shop.till.draft(), None);
    // One is put aside while another customer is served.
    shop.execute(sell("B"));
    shop.execute(Command::Suspend { name: Some("blue coat".to_owned()) });
    shop.execute(sell("A"));
    shop.execute(cash());
    let parked = shop.till.suspended().unwrap();
    assert_eq!(
        (parked[0].name.as_deref(), parked[0].net_due, parked.len()),
        (Some("blue coat"), minor(499), 1)
    );
    shop.till.resume(parked[0].id).unwrap();
    assert_eq!(shop.till.draft().unwrap().number.to_string(), "20250406-0001-000003");
    shop.execute(cash());
    assert!(shop.till.suspended().unwrap().is_empty());
    // One of the two comes back.
    shop.approved(Request::begin_return(sale.id));
    shop.execute(take_back(1, "1"));
    let refund = shop.execute(cash());
    assert_eq!(refund.completed()[0].document().totals.net_due, minor(250));
    assert_eq!(shop.till.original_sale(sale.id).unwrap().refundable().paid, minor(749));
    // The end of the day.
    let x = shop.till.x_report().unwrap();
    assert_eq!((x.report.gross_sales, x.report.returns), (minor(999 + 250 + 499), minor(250)));
    let expected = x.period.expected_cash(&x.report);
    assert_eq!(expected, minor(10_000 + 999 + 250 + 499 - 250));
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(Some(&Declaration::amount(expected)), None).unwrap();
    assert_eq!(closure.report, x.report);
    assert_eq!(closure.difference(), Some(minor(0)));
    assert_eq!(shop.till.period().number, ClosureNumber(2));
    assert_eq!(shop.till.period().left_in_drawer, expected);
    assert_eq!(shop.till.next_number().unwrap().to_string(), "20250406-0002-000001");
    assert_eq!(shop.till.documents(ClosureNumber(1)).unwrap().len(), 5);
    // And the next morning everything is there.
    let shop = shop.restarted();
    assert_eq!(shop.till.closures(10).unwrap(), std::slice::from_ref(&closure));
    assert_eq!(shop.till.closure(ClosureNumber(1)).unwrap(), closure);
    let Verification::Whole(whole) = shop.till.verify().unwrap() else { panic!("tampered") };
    assert_eq!((whole.documents, whole.closures, whole.not_replayed), (5, 1, 0));
    assert_eq!(whole.head, *shop.till.chain_head());
}

#[test]
fn nobody_sells_without_logging_in() {
    let shop = Shop::open().restarted();
    let mut till = shop.till;
    assert!(matches!(till.execute(sell("A")), Err(Error::NotLoggedIn)));
    assert!(matches!(till.log_out(), Err(Error::NotLoggedIn)));
    till.log_in(CASHIER.0, CASHIER.1).unwrap();
    till.execute(sell("A")).unwrap();
}

#[test]
fn a_refused_command_changes_nothing() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let (head, draft) = (*shop.till.chain_head(), shop.till.draft().cloned());
    let refused = [
        sell("no such thing"),
        Command::OverridePrice { line: LineNo(1), price: price("1"), reason: None },
        Command::VoidLine { line: LineNo(9), reason: None },
        Command::GiveChange,
    ];
    for command in refused {
        assert!(shop.till.execute(command).is_err());
    }
    assert!(matches!(shop.till.resume(shop.till.draft().unwrap().id), Err(Error::NoSuchDocument { .. })));
    assert_eq!((*shop.till.chain_head(), shop.till.draft().cloned()), (head, draft));
}

#[test]
fn an_open_document_is_there_again_after_a_power_cut_and_whoever_comes_goes_on() {
    let mut shop = Shop::open();
    shop.execute(sell_some("A", "2"));
    shop.execute(sell("B"));
    shop.execute(pay(TenderKind::CreditCard, 500));
    let before = shop.till.draft().cloned().unwrap();
    let mut shop = shop.restarted();
    assert_eq!(shop.till.draft(), Some(&before));
    assert_eq!(shop.till.recovered().unwrap().document, before.id);
    assert_eq!(shop.till.recovered().unwrap().repriced_from, None);
    shop.log_in(MANAGER);
    let done = shop.execute(cash());
    let completed = &done.completed()[0];
    assert_ne!(completed.completed_by(), completed.document().opened_by.cashier);
}

#[test]
fn a_resumed_document_comes_back_from_its_snapshot_and_what_followed() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.execute(sell("B"));
    shop.execute(cash());
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    shop.execute(sell("C"));
    let before = shop.till.draft().cloned();
    assert_eq!(before.as_ref().unwrap().lines.len(), 2);
    let shop = shop.restarted();
    assert_eq!(shop.till.draft().cloned(), before);
}

#[test]
fn a_document_parked_in_one_period_moves_to_the_next_with_a_new_number_and_is_found_by_both() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(suspend());
    shop.log_in(MANAGER);
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!(closure.suspended_count, 1);
    let parked = shop.till.suspended().unwrap()[0].clone();
    shop.till.resume(parked.id).unwrap();
    let done = shop.execute(cash());
    let document = done.completed()[0].document();
    assert_eq!(document.number.to_string(), "20250406-0002-000001");
    for number in [document.number, parked.number] {
        let found = shop.till.find_document(number).unwrap().unwrap();
        assert_eq!(found.document().id, parked.id);
    }
    assert!(shop.till.documents(ClosureNumber(1)).unwrap().is_empty());
    assert_eq!(shop.till.documents(ClosureNumber(2)).unwrap().len(), 1);
}

#[test]
fn numbers_follow_the_worked_example_of_numbering() {
    let mut shop = Shop::open();
    let number = |shop: &mut Shop| shop.till.next_number().unwrap().receipt;
    shop.execute(sell("A"));
    shop.execute(suspend());
    assert_eq!(number(&mut shop), 2);
    shop.execute(sell("A"));
    shop.execute(cash());
    assert_eq!(number(&mut shop), 3);
    let parked = shop.till.suspended().unwrap()[0].id;
    // An opened and empty document gives its number back when another is taken up.
    shop.execute(Command::Open(OpenDocument { kind: Kind::Quote, ..OpenDocument::default() }));
    assert_eq!(number(&mut shop), 4);
    shop.till.resume(parked).unwrap();
    assert_eq!(number(&mut shop), 3);
    shop.execute(cash());
    shop.execute(sell("A"));
    shop.execute(Command::Cancel { reason: None });
    assert_eq!(number(&mut shop), 4);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn closing_is_refused_with_open_lines_without_the_right_and_when_nothing_happened() {
    use saleflex_core::closure::Refusal as NotClosed;
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let refusal = shop.till.close_period(None, None);
    assert!(matches!(refusal, Err(Error::NotClosed(NotClosed::DocumentOpen { .. }))));
    shop.execute(Command::Cancel { reason: None });
    shop.execute(Command::Open(OpenDocument::default()));
    let refusal = shop.till.close_period(None, None);
    assert!(matches!(refusal, Err(Error::NotClosed(NotClosed::ApprovalNeeded { .. }))));
    let approval = shop.approval();
    shop.till.close_period(None, Some(approval)).unwrap();
    assert_eq!(shop.till.draft(), None);
    let approval = shop.approval();
    let refusal = shop.till.close_period(None, Some(approval));
    assert!(matches!(refusal, Err(Error::NotClosed(NotClosed::EmptyPeriod { .. }))));
}

#[test]
fn an_exchange_completes_a_return_and_a_sale_together() {
    let mut shop = Shop::open();
    shop.execute(sell_some("A", "2"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "1"));
    shop.execute(Command::ExchangeForSale);
    shop.execute(sell("B"));
    let before = shop.till.draft().cloned();
    let mut shop = shop.restarted();
    assert_eq!(shop.till.draft().cloned(), before);
    shop.log_in(CASHIER);
    let done = shop.execute(cash());
    assert_eq!(done.completed().len(), 2);
    let ids: Vec<_> = done.completed().iter().map(|completed| completed.document().id).collect();
    for id in ids {
        assert!(matches!(shop.till.find_document(id).unwrap(), Some(Found::Completed(_))));
    }
    assert_eq!(shop.till.original_sale(sale).unwrap().earlier.len(), 1);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn the_return_in_an_exchange_is_found_by_its_number_whatever_becomes_of_the_exchange() {
    let mut shop = Shop::open();
    shop.execute(sell_some("A", "2"));
    let sale = shop.execute(cash()).completed()[0].document().id;
    shop.approved(Request::begin_return(sale));
    shop.execute(take_back(1, "1"));
    let number = shop.till.draft().unwrap().number;
    shop.execute(Command::ExchangeForSale);
    shop.execute(sell("B"));
    let exchange = shop.till.draft().unwrap().id;
    let found = |shop: &Shop, number| shop.till.find_document(number).unwrap().unwrap();
    assert!(matches!(found(&shop, number), Found::Open(_)));
    shop.execute(suspend());
    assert!(matches!(found(&shop, number), Found::Suspended(_)));
    let approval = shop.approval();
    shop.till.close_period(None, Some(approval)).unwrap();
    shop.till.resume(exchange).unwrap();
    let renumbered = shop.till.draft().unwrap().exchange.as_ref().unwrap().number;
    assert_eq!(renumbered.closure, shop.till.period().number, "D-DOC-07");
    shop.execute(Command::Cancel { reason: None });
    for number in [number, renumbered] {
        let found = found(&shop, number);
        assert!(matches!(found, Found::Cancelled(_)) && found.document().id == exchange, "{number}");
    }
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn the_name_a_document_is_put_aside_under_is_listed_and_never_frozen() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let done = shop.execute(Command::Suspend { name: Some("Ada Lovelace".to_owned()) });
    assert_eq!(shop.till.suspended().unwrap()[0].name.as_deref(), Some("Ada Lovelace"));
    let bytes = shop.till.entry(done.seq()).unwrap().to_bytes().unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("Ada"));
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    let parked = shop.till.suspended().unwrap().remove(0);
    assert_eq!(parked.name.as_deref(), Some("Ada Lovelace"), "it outlives a restart");
    shop.till.resume(parked.id).unwrap();
    shop.execute(suspend());
    assert_eq!(shop.till.suspended().unwrap()[0].name, None, "and ends with the resumption");
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn a_quote_is_not_sold_beyond_the_stock() {
    let mut shop = Shop::open();
    shop.execute(Command::Open(OpenDocument { kind: Kind::Quote, ..OpenDocument::default() }));
    shop.execute(sell_some("C", "4"));
    let quote = shop.execute(Command::Close).completed()[0].document().id;
    let refused = shop.till.execute(Request::convert_quote(quote, None));
    assert!(matches!(refused, Err(Error::Refused(Refusal::OutOfStock { .. }))));
    assert_eq!(shop.till.draft(), None);
}

#[test]
fn a_quote_becomes_a_sale() {
    let mut shop = Shop::open();
    shop.execute(Command::Open(OpenDocument { kind: Kind::Quote, ..OpenDocument::default() }));
    shop.execute(sell_some("A", "3"));
    let quote = shop.execute(Command::Close).completed()[0].document().id;
    shop.execute(Request::convert_quote(quote, None));
    let done = shop.execute(cash());
    assert_eq!(done.completed()[0].document().totals.net_due, minor(750));
    assert_eq!(done.completed()[0].document().original, Some(quote));
}

#[test]
fn a_quote_is_sold_once_and_again_only_where_its_sale_came_to_nothing() {
    let mut shop = Shop::open();
    let quoted = |shop: &mut Shop| {
        shop.execute(Command::Open(OpenDocument { kind: Kind::Quote, ..OpenDocument::default() }));
        shop.execute(sell_some("A", "3"));
        shop.execute(Command::Close).completed()[0].document().id
    };
    let quote = quoted(&mut shop);
    let again = |shop: &mut Shop| shop.till.execute(Request::convert_quote(quote, None));
    shop.execute(Request::convert_quote(quote, None));
    shop.execute(Command::Cancel { reason: None });
    shop.execute(Request::convert_quote(quote, None));
    let number = shop.till.draft().unwrap().number;
    shop.execute(suspend());
    let sold = |refused| matches!(refused, Err(Error::QuoteSold { number: of }) if of == number);
    assert!(sold(again(&mut shop)), "it is put aside");
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(parked).unwrap();
    let number = shop.execute(cash()).completed()[0].document().number;
    let sold = |refused| matches!(refused, Err(Error::QuoteSold { number: of }) if of == number);
    assert!(sold(again(&mut shop)), "it is complete");
    // Another offer may be made of it, and another quote is another's.
    shop.execute(Command::Open(OpenDocument { kind: Kind::Quote, ..OpenDocument::default() }));
    shop.execute(sell("A"));
    let other = shop.execute(Command::Close).completed()[0].document().id;
    shop.execute(Request::convert_quote(other, None));
}

#[test]
fn a_command_whose_record_is_not_named_means_none() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let customer = shop.till.find_customers("", 1).unwrap()[0].id;
    shop.execute(Request::assign_customer(Some(customer)));
    shop.execute(Command::AssignCustomer);
    assert_eq!(shop.till.draft().unwrap().customer, None);
    shop.execute(suspend());
    let before = *shop.till.chain_head();
    for bare in [Command::Resume, Command::CancelSuspended { reason: None }] {
        assert!(matches!(shop.till.execute(bare), Err(Error::Refused(Refusal::NoDocument))));
    }
    assert_eq!(*shop.till.chain_head(), before);
    assert_eq!(shop.till.suspended().unwrap().len(), 1);
}

#[test]
fn selling_moves_stock_once_and_what_is_not_there_is_not_sold() {
    let mut shop = Shop::open();
    shop.execute(sell_some("C", "3"));
    assert!(matches!(shop.till.execute(sell("C")), Err(Error::Refused(Refusal::OutOfStock { .. }))));
    shop.execute(cash());
    assert_eq!(shop.till.stock(product("C")).unwrap().unwrap().on_hand, Stock::ZERO);
    assert_eq!(shop.till.stock(product("B")).unwrap(), None);
    shop.log_in(ADMIN);
    shop.till.set_stock(product("C"), Stock::whole(7), "delivery".to_owned()).unwrap();
    shop.execute(sell("C"));
    shop.execute(cash());
    let movements = shop.till.stock_movements(product("C"), 10).unwrap();
    let after: Vec<_> = movements.iter().map(|movement| movement.after).collect();
    assert_eq!(after, [6, 7, 0].map(Stock::whole));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn an_order_promises_its_goods_until_it_is_fetched() {
    let mut shop = Shop::open();
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell_some("D", "4"));
    shop.execute(pay(TenderKind::Cash, 10_000));
    shop.execute(suspend());
    let level = |shop: &Shop| {
        let level = shop.till.stock(product("D")).unwrap().unwrap();
        (level.on_hand, level.reserved)
    };
    assert_eq!(level(&shop), (Stock::whole(10), Stock::whole(4)));
    let x = shop.till.x_report().unwrap();
    assert_eq!(x.report.deposits.taken, minor(10_000));
    let order = shop.till.suspended().unwrap()[0].clone();
    assert_eq!(order.paid, minor(10_000));
    shop.till.resume(order.id).unwrap();
    shop.execute(cash());
    shop.execute(Command::Close);
    assert_eq!(level(&shop), (Stock::whole(6), Stock::ZERO));
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn a_cancelled_suspended_document_leaves_the_open_one_alone() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(suspend());
    let parked = shop.till.suspended().unwrap()[0].id;
    shop.execute(sell("B"));
    let open = shop.till.draft().cloned();
    let done = shop.execute(Request::cancel_suspended(parked, Some("forgotten".to_owned())));
    assert_eq!(done.cancelled().unwrap().document().id, parked);
    assert_eq!(shop.till.draft().cloned(), open);
    assert!(matches!(shop.till.find_document(parked).unwrap(), Some(Found::Cancelled(_))));
    let shop = shop.restarted();
    assert_eq!(shop.till.draft().cloned(), open);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)), "{:?}", shop.till.verify());
}

#[test]
fn asking_twice_under_one_identity_does_it_once() {
    let mut shop = Shop::open();
    let first = Uuid::from_u128(77);
    let done = shop.execute(Request::from(sell("A")).once(first));
    assert!(!done.is_repeat());
    let again = shop.execute(Request::from(sell("A")).once(first));
    assert!(again.is_repeat());
    assert_eq!((again.seq(), again.events()), (done.seq(), done.events()));
    assert_eq!(shop.till.draft().unwrap().lines.len(), 1);
    // Also when the answer of a payment was lost with the power.
    let payment = Uuid::from_u128(78);
    shop.execute(Request::from(cash()).once(payment));
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    let again = shop.execute(Request::from(cash()).once(payment));
    assert!(again.is_repeat());
    assert_eq!(again.completed()[0].document().totals.net_due, minor(250));
}

#[test]
fn a_customers_account_and_points_follow_the_documents() {
    let mut shop = Shop::with(shop::setup_with_points());
    let customer = shop.till.find_customers("hopper", 5).unwrap()[0].clone();
    assert_eq!(shop.till.find_customers("111", 5).unwrap(), std::slice::from_ref(&customer));
    shop.execute(sell_some("A", "10"));
    shop.till.assign_customer(Some(customer.id)).unwrap();
    shop.till.redeem_points(Points::new(300)).unwrap();
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(2_200));
    // What is not there any more is not taken twice, nor is more than the points are worth.
    let dear = Command::RedeemPoints { points: Points::new(1), amount: minor(100) };
    assert!(matches!(shop.till.execute(dear), Err(Error::Refused(Refusal::PointsWorthOther { .. }))));
    shop.till.redeem_points(Points::new(300)).unwrap();
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(2_000));
    assert!(matches!(shop.till.redeem_points(Points::new(1)), Err(Error::NotRedeemable(_))));
    let second = shop.till.draft().unwrap().adjustments[1].no;
    shop.execute(Command::RemoveAdjustment { adjustment: second });
    shop.execute(pay(TenderKind::OnAccount, 2_200));
    let after = shop.till.customer(customer.id).unwrap().unwrap();
    // 300 were redeemed, and a point was earned for each pound that was paid.
    assert_eq!((after.account_balance, after.points), (minor(2_200), Some(Points::new(222))));
    // The account has a limit of 100.00.
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(customer.id)).unwrap();
    let refusal = shop.till.execute(pay(TenderKind::OnAccount, 12_000));
    assert!(matches!(refusal, Err(Error::Refused(Refusal::AccountLimit { .. }))));
    assert_eq!(shop.till.documents_of(customer.id, 10).unwrap().len(), 1);
}

#[test]
fn a_barcode_is_found_before_a_code_and_a_department_has_a_typed_price() {
    let mut shop = Shop::open();
    shop.execute(sell("4006381333931"));
    shop.execute(Command::AddLine(AddLine::department(
        saleflex_core::catalog::DepartmentNo(1),
        price("3.21"),
    )));
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(571));
}

#[test]
fn a_long_period_comes_to_what_its_parts_come_to_closed_one_by_one() {
    const PARTS: [u32; 3] = [30, 70, 10];
    let mut shop = Shop::open();
    shop.log_in(MANAGER);
    let sell_on = |shop: &mut Shop, sales: u32| {
        for sale in 0..sales {
            shop.execute(sell(["A", "B"][sale as usize % 2]));
            shop.execute(sell_some("A", &(sale % 7 + 1).to_string()));
            shop.execute(cash());
        }
    };
    let mut parts = Report::empty();
    for sales in PARTS {
        sell_on(&mut shop, sales);
        parts.merge(&shop.till.close_period(None, None).unwrap().report);
    }
    for sales in PARTS {
        sell_on(&mut shop, sales);
    }
    let x = shop.till.x_report().unwrap();
    assert_eq!(x.report, parts);
    let numbers = [x.first_document, x.last_document].map(|mark| mark.unwrap().number.to_string());
    assert_eq!(numbers, ["20250406-0004-000001", "20250406-0004-000110"]);
}
