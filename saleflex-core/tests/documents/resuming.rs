//! A parked document taken up under other campaigns than those it was parked under: it always opens, and whoever has
//! it open can settle it.

use saleflex_core::{
    adjustment::AdjustmentSource::Manager,
    campaign::{Campaign, Per},
    document::{Command, Refusal},
    ids::AdjustmentNo,
    tender::TenderKind::Cash,
};

use crate::{
    campaigning::{basket_tenth, campaign, share},
    support::{Counter, Promoted, amount, m},
};

/// Parks what is open and takes it up the next day, when a campaign began.
fn resume_under(counter: &mut Counter, begun: Campaign) {
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.next_period();
    counter.promotions = Some(Promoted::by(vec![begun]));
    counter.resume(0).unwrap();
}

fn paid_nearly() -> Counter {
    let mut counter = Counter::new();
    counter.policy.suspend_with_payments = true;
    counter.sell("1", "100.00");
    counter.pay(Cash, 9_500).unwrap();
    counter
}

#[test]
fn what_was_paid_beyond_the_new_price_is_handed_back() {
    let mut counter = paid_nearly();
    resume_under(&mut counter, basket_tenth());
    assert_eq!(counter.document().balance(), m(-500));
    let more = counter.run(&Command::RemoveAdjustment { adjustment: AdjustmentNo(1) });
    assert!(matches!(more, Err(Refusal::ChangeDue { .. })), "{more:?}");
    counter.run(&Command::GiveChange).unwrap();
    let totals = counter.last().totals;
    assert_eq!((totals.net_due, totals.paid, totals.change), (m(9_000), m(9_500), m(500)));
}

#[test]
fn what_was_paid_beyond_the_new_price_may_be_taken_back_as_well() {
    let mut counter = paid_nearly();
    resume_under(&mut counter, basket_tenth());
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().balance(), m(9_000));
    counter.run(&Command::Cancel { reason: None }).unwrap();
}

#[test]
fn a_discount_that_the_new_price_has_no_room_for_is_cut_until_it_is_taken_back() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust_document(Manager, amount(600)).unwrap();
    resume_under(&mut counter, campaign(7, "HALF", share("50", Per::Document)));
    let totals = counter.document().totals;
    assert_eq!((totals.net_due, totals.discount), (m(0), m(1_000)));
    let refused = counter.run(&Command::Close).unwrap_err();
    assert_eq!(refused.to_string(), "discounts of £6.00 exceed £5.00: take them back first");
    counter.run(&Command::RemoveAdjustment { adjustment: AdjustmentNo(1) }).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(500));
}
