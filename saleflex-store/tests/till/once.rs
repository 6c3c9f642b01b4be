//! A command under an identity happens once: asked again, its answer is the first one; another command is refused.

use saleflex_core::{closure::Declaration, document::Command, quantity::Points};
use saleflex_store::{Error, Request, verify::Verification};
use uuid::Uuid;

use crate::support::shop::{self, CASHIER, MANAGER, Shop, cash, minor, sell};

const FIRST: Uuid = Uuid::from_u128(77);
const SECOND: Uuid = Uuid::from_u128(78);

#[test]
fn another_command_under_the_same_identity_is_refused_and_does_nothing() {
    let mut shop = Shop::open();
    let done = shop.execute(Request::from(sell("A")).once(FIRST));
    let before = (*shop.till.chain_head(), shop.till.draft().cloned());
    let reused = shop.till.execute(Request::from(sell("B")).once(FIRST));
    let is_refused =
        matches!(reused, Err(Error::IdentityReused { id, seq }) if (id, seq) == (FIRST, done.seq()));
    assert!(is_refused, "{reused:?}");
    // Nor is the same command about another record, nor closing the period.
    let customer = shop.till.find_customers("hopper", 1).unwrap()[0].id;
    shop.execute(Request::assign_customer(Some(customer)).once(SECOND));
    let nobody = shop.till.execute(Request::assign_customer(None).once(SECOND));
    assert!(matches!(nobody, Err(Error::IdentityReused { .. })), "{nobody:?}");
    let closed = shop.till.close_period_once(FIRST, None, None);
    assert!(matches!(closed, Err(Error::IdentityReused { .. })), "{closed:?}");
    assert_eq!(shop.till.draft().unwrap().lines, before.1.unwrap().lines);
    assert!(matches!(shop.till.verify().unwrap(), Verification::Whole(_)));
}

#[test]
fn an_approval_that_was_fetched_meanwhile_makes_it_no_other_command() {
    let mut shop = Shop::open();
    let float = shop::float(5_000);
    let needed = shop.till.execute(Request::from(float.clone()).once(FIRST));
    assert!(matches!(needed, Err(Error::Refused(_))), "{needed:?}");
    let done = shop.approved(Request::from(float.clone()).once(FIRST));
    let again = shop.execute(Request::from(float).once(FIRST));
    assert_eq!((again.seq(), again.is_repeat()), (done.seq(), true));
}

#[test]
fn a_period_closed_under_an_identity_is_closed_once() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    shop.execute(cash());
    shop.log_in(MANAGER);
    let counted = Declaration::amount(minor(250));
    let closure = shop.till.close_period_once(FIRST, Some(&counted), None).unwrap();
    let head = *shop.till.chain_head();
    assert_eq!(shop.till.close_period_once(FIRST, Some(&counted), None).unwrap(), closure);
    let other = shop.till.close_period_once(FIRST, Some(&Declaration::amount(minor(249))), None);
    assert!(matches!(other, Err(Error::IdentityReused { .. })), "{other:?}");
    // Also after a power cut, when nobody is logged in yet.
    let mut shop = shop.restarted();
    assert_eq!(shop.till.close_period_once(FIRST, Some(&counted), None).unwrap(), closure);
    assert_eq!((*shop.till.chain_head(), shop.till.period().number.0), (head, 2));
}

#[test]
fn points_redeemed_under_an_identity_are_redeemed_once() {
    let mut shop = Shop::with(shop::setup_with_points());
    let customer = shop.till.find_customers("hopper", 1).unwrap()[0].id;
    shop.execute(sell("D"));
    shop.till.assign_customer(Some(customer)).unwrap();
    // The customer has 500: as many as there are.
    shop.execute(Request::redeem_points(Points::new(700)).once(FIRST));
    assert_eq!(shop.till.draft().unwrap().totals.net_due, minor(12_000 - 500));
    let again = shop.execute(Request::redeem_points(Points::new(700)).once(FIRST));
    assert!(again.is_repeat());
    assert_eq!(shop.till.draft().unwrap().adjustments.len(), 1);
    let other = shop.till.execute(Request::redeem_points(Points::new(500)).once(FIRST));
    assert!(matches!(other, Err(Error::IdentityReused { .. })), "{other:?}");
    let mut shop = shop.restarted();
    shop.log_in(CASHIER);
    assert!(shop.execute(Request::redeem_points(Points::new(700)).once(FIRST)).is_repeat());
}

#[test]
fn the_name_a_document_is_put_aside_under_leaves_no_trace_in_the_command() {
    let mut shop = Shop::open();
    shop.execute(sell("A"));
    let named = |name: &str| Request::from(Command::Suspend { name: Some(name.to_owned()) }).once(FIRST);
    let done = shop.execute(named("Grace Hopper"));
    // Not even a digest, which could be guessed: the same command with another name is the same command.
    assert_eq!(shop.execute(named("table 4")).seq(), done.seq());
}
