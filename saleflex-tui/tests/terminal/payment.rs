//! What comes with a payment.

use saleflex_core::{
    money::Money,
    tender::{Tip, TipKind},
};

use crate::common::harness::Shop;

/// The payment of an orange for 0.95.
fn paying() -> Shop {
    let mut shop = Shop::selling(120, 40);
    shop.keys("'10106' enter f10");
    shop
}

fn m(minor: i64) -> Money {
    Money::from_minor(minor)
}

#[test]
fn a_tip_is_said_before_the_payment_it_comes_with_and_stands_on_receipt_and_report() {
    let mut shop = paying();
    shop.keys("'20' i");
    assert_eq!(shop.message(), "Tip £0.20: it comes with the next payment.");
    assert!(shop.shows("Tip, with the next payment"), "{}", shop.screen());
    shop.keys("'50' k");
    assert!(shop.shows("Card + £0.20 tip"), "{}", shop.screen());
    // Each payment has its own: of the cash handed over the tip is a part.
    shop.keys("i '10%' enter '200' c");
    assert!(shop.shows("Tip"), "{}", shop.screen());
    let settled = shop.settled().pop().unwrap();
    let document = settled.document();
    let tips: Vec<_> = document.tenders.iter().map(|tender| tender.tip.unwrap()).collect();
    let tip = |minor, kind| Tip { amount: m(minor), kind };
    assert_eq!(tips, [tip(20, TipKind::Card), tip(10, TipKind::Cash)], "{}", shop.screen());
    let totals = document.totals;
    assert_eq!((totals.net_due, document.change, totals.tip), (m(95), m(145), m(30)));
    shop.keys("enter esc 4 x");
    shop.keys("end pgup");
    let report = shop.till().x_report().unwrap().report;
    assert_eq!((report.tips, report.cash.tips), (m(30), m(10)));
}

#[test]
fn nothing_typed_is_no_tip_and_a_tip_that_cannot_come_with_a_payment_is_said() {
    let mut shop = paying();
    shop.keys("'20' i i enter");
    assert_eq!(shop.message(), "No tip.");
    shop.keys("'much' esc '20' i '95' g");
    assert!(shop.message().contains("no tip comes with it"), "{}", shop.message());
    shop.keys("esc '95' k enter");
    assert_eq!(shop.settled()[0].document().totals.tip, m(20), "it waits for the next payment");
    shop.keys("'10106' enter plus");
    assert_eq!(shop.settled()[1].document().totals.tip, m(0), "and comes once");
}
