//! Points turned into a discount. How many and for how much is worked out by the loyalty rules.

use saleflex_core::{
    adjustment::AdjustmentSource,
    cashier::{Capability, OnDuty, Role},
    document::{Command, DocumentType, Kind, Refusal},
    ids::AdjustmentNo,
    quantity::Points,
    tender::TenderKind,
};

use crate::support::{CASHIER, CUSTOMER, Counter, MANAGER, amount, goods, m};

fn with_customer() -> Counter {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter
}

#[test]
fn points_are_a_document_discount_that_lowers_what_is_due_and_the_tax() {
    let mut counter = with_customer();
    counter.sell("1", "40.00");
    counter.redeem(150, 1500).unwrap();
    let document = counter.document();
    let adjustment = &document.adjustments[0];
    assert_eq!(adjustment.source, AdjustmentSource::Loyalty { points: Points::new(150) });
    assert_eq!((adjustment.code.as_deref(), adjustment.amount), (Some("150PTS"), m(1500)));
    assert_eq!((document.totals.net_due, document.totals.tax), (m(2500), m(417)), "example 6 of 5.3");
    counter.pay_rest(TenderKind::CreditCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(2500));
}

#[test]
fn points_that_cover_everything_complete_without_a_tender() {
    let mut counter = with_customer();
    counter.sell("1", "10.00");
    counter.redeem(20, 1000).unwrap();
    assert!(counter.last().tenders.is_empty());
    assert_eq!(counter.last().customer, Some(CUSTOMER));
}

#[test]
fn points_that_cover_what_is_left_complete_too() {
    let mut counter = with_customer();
    counter.sell("1", "12.00");
    counter.pay(TenderKind::Cash, 700).unwrap();
    counter.redeem(50, 500).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().totals.discount), (m(700), m(500)));
}

#[test]
fn points_never_pay_more_than_what_is_due() {
    let mut counter = with_customer();
    counter.sell("1", "12.00");
    counter.pay(TenderKind::Cash, 700).unwrap();
    let refused = counter.redeem(51, 501).unwrap_err();
    assert_eq!(refused.to_string(), "points for £5.01 are more than the £5.00 that is due");
}

#[test]
fn points_need_a_customer_a_sale_and_something_to_redeem() {
    let mut walk_in = Counter::new();
    walk_in.sell("1", "10.00");
    assert_eq!(walk_in.redeem(10, 100).unwrap_err(), Refusal::PointsNeedCustomer);
    let mut counter = with_customer();
    assert_eq!(counter.redeem(10, 100).unwrap_err(), Refusal::NoLines);
    counter.sell("1", "10.00");
    for (points, money) in [(0, 100), (10, 0), (-1, 100), (10, -100), (i64::MAX, 100)] {
        let refused = counter.redeem(points, money).unwrap_err();
        let nothing = Refusal::NothingToRedeem {
            points: Points::new(points),
            amount: counter.till.currency.amount(m(money)),
        };
        assert_eq!(refused, nothing);
    }
    let mut order = Counter::new();
    order.customer_account(None, 0);
    order.open(DocumentType::Invoice, Kind::Order).unwrap();
    order.run(&Command::AssignCustomer).unwrap();
    order.sell("1", "10.00");
    assert_eq!(order.redeem(10, 100).unwrap_err(), Refusal::WrongKind { kind: Kind::Order });
}

#[test]
fn a_redemption_can_be_taken_back_d_pay_07() {
    let mut counter = with_customer();
    counter.sell("1", "10.00");
    counter.redeem(10, 100).unwrap();
    counter.redeem(20, 200).unwrap();
    assert_eq!(counter.document().totals.discount, m(300));
    counter.run(&Command::RemoveAdjustment { adjustment: AdjustmentNo(1) }).unwrap();
    assert_eq!(counter.document().totals.discount, m(200));
}

#[test]
fn a_line_without_which_points_exceed_the_rest_is_voided_and_nothing_is_settled_until_they_fit() {
    let mut counter = with_customer();
    counter.sell("1", "6.00");
    counter.sell("1", "4.00");
    counter.redeem(50, 500).unwrap();
    counter.void_line(1).unwrap();
    assert_eq!(counter.document().totals.net_due, m(0), "cut to what is there");
    let refused = counter.run(&Command::Close).unwrap_err();
    assert_eq!(refused.to_string(), "discounts of £5.00 exceed £4.00: take them back first");
    // An amount that a person took off is none of the customer's to get back.
    let mut counter = with_customer();
    counter.sell("1", "6.00");
    counter.sell("1", "4.00");
    counter.adjust_document(AdjustmentSource::Manager, amount(500)).unwrap();
    let refused = counter.void_line(1).unwrap_err();
    assert_eq!(refused.to_string(), "discounts of £5.00 exceed £4.00: take them back first");
}

#[test]
fn points_may_cover_what_allows_no_discount_by_hand() {
    let mut counter = with_customer();
    let permissions = saleflex_core::catalog::Permissions { discount: false, ..Default::default() };
    counter.add(&saleflex_core::catalog::Sellable { permissions, ..goods("10") }).unwrap();
    counter.redeem(10, 1000).unwrap();
    assert_eq!(counter.last().totals.net_due, m(0));
}

#[test]
fn the_customer_stays_while_points_are_redeemed() {
    let mut counter = with_customer();
    counter.sell("1", "10.00");
    counter.redeem(10, 100).unwrap();
    counter.customer = None;
    counter.redeem(5, 50).unwrap();
    let refused = counter.run(&Command::AssignCustomer).unwrap_err();
    assert_eq!(refused, Refusal::PointsRedeemed { points: Points::new(15) });
}

#[test]
fn a_later_discount_by_hand_takes_what_the_points_left() {
    let mut counter = with_customer();
    counter.sell("1", "10.00");
    counter.redeem(10, 600).unwrap();
    let over = counter.adjust_document(AdjustmentSource::Manager, amount(401)).unwrap_err();
    assert_eq!(over.to_string(), "£4.01 is not from £0.01 to £4.00");
    counter.adjust_document(AdjustmentSource::Manager, amount(400)).unwrap();
    assert_eq!(counter.document().totals.net_due, m(0));
    counter.run(&Command::Close).unwrap();
}

#[test]
fn points_beyond_the_stores_limit_are_a_managers_decision() {
    let mut counter = with_customer();
    counter.cashier = OnDuty::with_role(CASHIER, Role::Cashier);
    counter.policy.limits.redemption = Some(m(500));
    counter.sell("1", "20.00");
    let needed = Refusal::ApprovalNeeded { capability: Capability::Override };
    assert_eq!(counter.redeem(51, 501).unwrap_err(), needed);
    counter.redeem(30, 300).unwrap();
    assert_eq!(counter.redeem(21, 201).unwrap_err(), needed, "they add up");
    counter.redeem(20, 200).unwrap();
    counter.approve();
    counter.redeem(100, 1000).unwrap();
    let words: Vec<_> =
        counter.document().adjustments.iter().map(|known| known.authority.approved_by).collect();
    assert_eq!(words, [None, None, Some(MANAGER)]);
}

#[test]
fn goods_that_leave_unpaid_take_no_points() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Waybill, Kind::Sale).unwrap();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("1", "10.00");
    assert_eq!(counter.redeem(20, 1000).unwrap_err(), Refusal::WrongKind { kind: Kind::Sale });
}
