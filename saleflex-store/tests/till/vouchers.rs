//! What is left of vouchers: lost, or given back as one of the till's own, whose balance the till keeps.

use saleflex_core::{
    document::{Command, Document, Kind, OpenDocument, TakeTender, VoucherRest},
    ids::{DocumentId, TenderNo},
    money::Money,
    tender::{GiftCardNumber, PrepaidKind, Rest, TenderDetails, TenderKind},
};
use saleflex_store::{
    Error, Request,
    verify::{Tampering, Verification},
};

use crate::support::{
    shop::{ADMIN, Shop, cash, minor, sell, suspend, take_back},
    tampered::{found_in, run},
};

/// A voucher, or a card by its number, that is said to be worth so much.
fn by(number: &str, worth: Option<i64>) -> Command {
    let reference = Some(number.to_owned());
    let details = TenderDetails { reference, balance_before: worth.map(minor), ..TenderDetails::default() };
    Command::TakeTender(TakeTender { details, ..TakeTender::balance(TenderKind::PrepaidCard) })
}

fn shop_where(rule: VoucherRest) -> Shop {
    let mut shop = Shop::open();
    shop.log_in(ADMIN);
    let mut settings = shop.till.settings().clone();
    settings.policy.voucher_rest = rule;
    shop.till.change_settings(settings).unwrap();
    shop
}

/// Number and worth of the new voucher of a sale.
fn given_out(sale: &Document) -> (String, i64) {
    let (_, rest) = sale.rests().next().unwrap();
    let Rest::NewVoucher { number, amount } = rest else { panic!("{rest:?}") };
    (number.clone(), amount.minor())
}

/// A sale of 2.50 by a voucher of 10.00; answers the number of what was given out for the rest.
fn with_a_new_one(shop: &mut Shop) -> String {
    shop.execute(sell("A"));
    let sale = shop.execute(by("V17", Some(1_000))).completed()[0].document().clone();
    let (number, worth) = given_out(&sale);
    assert_eq!(worth, 750);
    number
}

/// What can be taken of a card: tried with goods of 120.00, and taken back.
fn left_on(shop: &mut Shop, number: &str) -> i64 {
    shop.execute(sell("D"));
    let left = match shop.till.execute(by(number, None)) {
        Ok(_) => {
            let taken = shop.till.draft().unwrap().tenders[0].clone();
            assert!(taken.details.gift_card.is_some() && taken.details.reference.is_none());
            shop.execute(Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
            taken.amount.minor()
        }
        Err(Error::GiftCardEmpty { .. }) => 0,
        Err(other) => panic!("{other:?}"),
    };
    shop.execute(Command::Cancel { reason: None });
    left
}

/// An order of 120.00 that a voucher was taken whole for, taken up again in the period after.
fn order_of_an_earlier_period(shop: &mut Shop, number: &str) -> DocumentId {
    shop.execute(Command::Open(OpenDocument { kind: Kind::Order, ..OpenDocument::default() }));
    shop.execute(sell("D"));
    shop.execute(by(number, None));
    shop.execute(suspend());
    assert_eq!(left_on(shop, number), 0);
    let order = shop.till.suspended().unwrap()[0].id;
    shop.till.close_period(None, None).unwrap();
    shop.till.resume(order).unwrap();
    order
}

#[test]
fn the_rest_of_a_voucher_is_a_new_one_that_pays_until_nothing_is_left_on_it() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    let number = with_a_new_one(&mut shop);
    assert_eq!(GiftCardNumber::parse(&number).unwrap().last4().len(), 4);
    assert_eq!(left_on(&mut shop, &number), 750);
    shop.execute(sell("B"));
    let sale = shop.execute(by(&number, None)).completed()[0].document().clone();
    let details = &sale.tenders[0].details;
    assert_eq!((details.balance_before, details.balance_after), (Some(minor(750)), Some(minor(251))));
    assert_eq!(details.rest, None, "the rest of it stays on it: the till keeps its balance");
    let mut shop = shop.restarted();
    shop.log_in(ADMIN);
    assert_eq!(left_on(&mut shop, &number), 251);
    // Whoever says that it is worth more is not believed.
    shop.execute(sell("D"));
    shop.execute(by(&number, Some(100_000)));
    assert_eq!(shop.till.draft().unwrap().tenders[0].amount, minor(251));
    shop.execute(cash());
    assert_eq!(left_on(&mut shop, &number), 0);
    shop.check_whole();
}

#[test]
fn what_is_taken_of_a_new_voucher_is_there_again_when_it_does_not_pay_after_all() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    let number = with_a_new_one(&mut shop);
    shop.execute(sell("D"));
    shop.execute(by(&number, None));
    let settings = shop.till.settings().clone();
    let mut parking = settings.clone();
    parking.policy.suspend_with_payments = true;
    shop.till.change_settings(parking).unwrap();
    shop.execute(suspend());
    assert_eq!(left_on(&mut shop, &number), 0, "what is put aside holds it");
    let aside = shop.till.suspended().unwrap()[0].id;
    shop.till.resume(aside).unwrap();
    shop.execute(Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
    shop.execute(Command::Cancel { reason: None });
    assert_eq!(left_on(&mut shop, &number), 750);
    // A sale that comes back puts back onto it what it paid.
    shop.execute(sell("A"));
    let sale = shop.execute(by(&number, None)).completed()[0].document().id;
    assert_eq!(left_on(&mut shop, &number), 500);
    shop.execute(Request::begin_return(sale));
    shop.execute(take_back(1, "1"));
    shop.execute(by(&number, None));
    assert_eq!(left_on(&mut shop, &number), 750);
    shop.check_whole();
}

#[test]
fn a_voucher_that_is_taken_back_before_the_sale_is_settled_leaves_no_new_one() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    shop.execute(sell("D"));
    let Command::TakeTender(take) = by("V17", Some(20_000)) else { panic!("a tender") };
    shop.execute(Command::TakeTender(TakeTender { pending: true, ..take }));
    let promised = shop.till.draft().unwrap().tenders[0].details.rest.clone().unwrap();
    let Rest::NewVoucher { number, .. } = *promised else { panic!("{promised:?}") };
    shop.execute(Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
    shop.execute(cash());
    let file = rusqlite::Connection::open(shop.path()).unwrap();
    let vouchers: i64 = file.query_row("SELECT count(*) FROM voucher", [], |row| row.get(0)).unwrap();
    assert_eq!(vouchers, 0, "{number} is worth nothing");
    shop.check_whole();
}

#[test]
fn by_the_rule_of_the_shop_the_rest_stays_or_is_lost_and_that_of_a_card_always_stays() {
    for (rule, after, rest) in
        [(VoucherRest::Stays, 750, None), (VoucherRest::Lost, 0, Some(Rest::Lost { amount: minor(750) }))]
    {
        let mut shop = shop_where(rule);
        shop.execute(sell("A"));
        let sale = shop.execute(by("V17", Some(1_000))).completed()[0].document().clone();
        let details = &sale.tenders[0].details;
        assert_eq!((details.balance_after, details.rest.as_deref()), (Some(minor(after)), rest.as_ref()));
        shop.check_whole();
    }
    for rule in [VoucherRest::Lost, VoucherRest::NewVoucher] {
        let mut shop = shop_where(rule);
        shop.execute(sell("A"));
        let sale = shop.execute(by("6035710012345678905", Some(1_000))).completed()[0].document().clone();
        let details = &sale.tenders[0].details;
        assert_eq!((details.balance_after, &details.rest), (Some(minor(750)), &None), "a card keeps it");
    }
}

#[test]
fn the_report_sums_cards_and_vouchers_by_kind_and_what_the_shop_owes_no_longer() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    let number = with_a_new_one(&mut shop);
    shop.execute(sell("B"));
    shop.execute(by(&number, None));
    let report = shop.till.x_report().unwrap().report;
    let vouchers = &report.prepaid[&PrepaidKind::Voucher];
    assert_eq!((vouchers.count, vouchers.taken, vouchers.renewed), (1, minor(250), minor(750)));
    assert_eq!((vouchers.redeemed(), vouchers.no_longer_owed()), (minor(1_000), minor(250)));
    let cards = &report.prepaid[&PrepaidKind::GiftCard];
    assert_eq!((cards.count, cards.taken, cards.no_longer_owed()), (1, minor(499), minor(499)));
    // Together it is what prepaid cards paid, and what is left on the voucher that was given out.
    let paid: Money = report.prepaid.values().map(|totals| totals.taken).sum();
    assert_eq!(paid, report.tenders[&TenderKind::PrepaidCard].net());
    let owed = vouchers.no_longer_owed() + cards.no_longer_owed();
    assert_eq!(minor(1_000) - owed, minor(left_on(&mut shop, &number)));
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!(closure.report.prepaid, report.prepaid);
}

#[test]
fn the_report_tells_what_nobody_got_and_what_was_paid_back() {
    let mut shop = shop_where(VoucherRest::Lost);
    shop.execute(sell("A"));
    let sale = shop.execute(by("V17", Some(1_000))).completed()[0].document().id;
    let vouchers = |shop: &Shop| shop.till.x_report().unwrap().report.prepaid[&PrepaidKind::Voucher].clone();
    let sold = vouchers(&shop);
    assert_eq!((sold.count, sold.taken, sold.lost_count, sold.lost), (1, minor(250), 1, minor(750)));
    assert_eq!((sold.redeemed(), sold.no_longer_owed()), (minor(1_000), minor(1_000)));
    shop.execute(Request::begin_return(sale));
    shop.execute(take_back(1, "1"));
    shop.execute(by("V17", None));
    let back = vouchers(&shop);
    assert_eq!((back.refund_count, back.refunds, back.renewed_count), (1, minor(250), 0));
    assert_eq!(back.no_longer_owed(), minor(750), "it is on the voucher that was shown, and owed again");
    let closure = shop.till.close_period(None, None).unwrap();
    assert_eq!(closure.report.prepaid[&PrepaidKind::Voucher], back);
    shop.check_whole();
}

#[test]
fn what_a_voucher_paid_that_is_used_up_comes_back_as_a_new_one() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    shop.execute(sell("A"));
    let sale = shop.execute(by("V17", Some(1_000))).completed()[0].document().clone();
    let (first, _) = given_out(&sale);
    shop.execute(Request::begin_return(sale.id));
    shop.execute(take_back(1, "1"));
    let back = shop.execute(by("V17", None)).completed()[0].document().clone();
    let (second, worth) = given_out(&back);
    assert_eq!((worth, left_on(&mut shop, &second), left_on(&mut shop, &first)), (250, 250, 750));
    let report = shop.till.x_report().unwrap().report;
    let vouchers = &report.prepaid[&PrepaidKind::Voucher];
    assert_eq!((vouchers.renewed_count, vouchers.renewed, vouchers.refunds), (1, minor(750), minor(250)));
    assert_eq!(vouchers.no_longer_owed(), Money::ZERO, "10.00 were owed on one, and are on two others");
    shop.check_whole();
}

#[test]
fn where_a_till_has_a_connector_the_rest_of_a_voucher_stays_on_it() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    let number = with_a_new_one(&mut shop);
    shop.till.add_connector("gate").unwrap();
    assert_eq!(shop.till.voucher_rest(), VoucherRest::Stays);
    shop.execute(sell("A"));
    let sale = shop.execute(by("V18", Some(1_000))).completed()[0].document().clone();
    let details = &sale.tenders[0].details;
    assert_eq!((details.balance_after, &details.rest), (Some(minor(750)), &None));
    assert_eq!(left_on(&mut shop, &number), 750, "what was given out before pays on here");
    // A card's number is one's, whether anybody keeps its balance or not.
    shop.execute(sell("A"));
    shop.execute(by("6035710012345678905", Some(1_000)));
    let report = shop.till.x_report().unwrap().report;
    assert_eq!(
        (report.prepaid[&PrepaidKind::Voucher].count, report.prepaid[&PrepaidKind::GiftCard].count),
        (2, 1)
    );
    // Other settings are changed as ever; another rule is set at a till on its own only.
    let mut settings = shop.till.settings().clone();
    settings.policy.guard_cost = true;
    shop.till.change_settings(settings.clone()).unwrap();
    settings.policy.voucher_rest = VoucherRest::Lost;
    let refused = shop.till.change_settings(settings.clone()).unwrap_err();
    assert!(matches!(refused, Error::VouchersOfOneTill), "{refused:?}");
    settings.policy.voucher_rest = VoucherRest::Stays;
    shop.till.change_settings(settings).unwrap();
    shop.check_whole();
}

#[test]
fn what_a_new_voucher_paid_of_an_order_is_on_it_as_soon_as_it_is_paid_back_in_a_later_period() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    let number = with_a_new_one(&mut shop);
    let order = order_of_an_earlier_period(&mut shop, &number);
    shop.approved(Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
    shop.execute(suspend());
    assert_eq!(left_on(&mut shop, &number), 750);
    // Spent meanwhile it is not there to be taken again.
    shop.execute(sell("D"));
    shop.execute(by(&number, None));
    shop.execute(cash());
    shop.till.resume(order).unwrap();
    let again = Command::VoidTender { tender: TenderNo(2), reason: None, reversal: None };
    let refused = shop.try_approved(again).unwrap_err();
    assert!(matches!(refused, Error::GiftCardEmpty { .. }), "{refused:?}");
    shop.check_whole();
    shop.approved(Command::Cancel { reason: None });
    assert_eq!(left_on(&mut shop, &number), 0, "it was given back once");
    shop.check_whole();
}

#[test]
fn what_was_paid_back_by_mistake_is_taken_of_a_new_voucher_again() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    let number = with_a_new_one(&mut shop);
    order_of_an_earlier_period(&mut shop, &number);
    for tender in [1, 2] {
        let back = Command::VoidTender { tender: TenderNo(tender), reason: None, reversal: None };
        shop.approved(back);
    }
    shop.execute(suspend());
    assert_eq!(left_on(&mut shop, &number), 0);
    shop.check_whole();
}

#[test]
fn practice_gives_no_voucher_out_and_takes_nothing_of_one() {
    let mut shop = shop_where(VoucherRest::NewVoucher);
    let number = with_a_new_one(&mut shop);
    let mut settings = shop.till.settings().clone();
    settings.training = true;
    shop.till.change_settings(settings.clone()).unwrap();
    let practised = with_a_new_one(&mut shop);
    shop.execute(sell("B"));
    shop.execute(by(&number, None));
    settings.training = false;
    shop.till.change_settings(settings).unwrap();
    assert_eq!(left_on(&mut shop, &number), 750);
    let file = rusqlite::Connection::open(shop.path()).unwrap();
    let vouchers: i64 = file.query_row("SELECT count(*) FROM voucher", [], |row| row.get(0)).unwrap();
    assert_eq!(vouchers, 1, "{practised} is practice");
    shop.check_whole();
}

#[test]
fn a_voucher_that_is_made_worth_more_is_found() {
    for tamper in [
        "UPDATE voucher SET balance = balance + 1",
        "UPDATE voucher SET amount = amount + 1",
        "DELETE FROM voucher",
        "INSERT INTO voucher (card, amount, balance) VALUES (randomblob(16), 100, 100)",
    ] {
        let mut shop = shop_where(VoucherRest::NewVoucher);
        with_a_new_one(&mut shop);
        assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
        assert_eq!(found_in(shop, run(tamper)).1, Tampering::VoucherChanged, "{tamper}");
    }
}
