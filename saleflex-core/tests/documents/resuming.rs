//! A parked document taken up under other campaigns than those it was parked under: it always opens, and whoever has
//! it open can settle it.

use saleflex_core::{
    adjustment::AdjustmentSource::{CustomerSatisfaction, Manager},
    campaign::{Campaign, Per},
    document::{Command, NoteKind, Refusal, TakeTender},
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

/// 10.00 with 6.00 off and so much paid, taken up on a day when only a part of the price is left to take 6.00 off.
fn cut_and_paid(paid: i64, given_away: &str) -> Counter {
    let mut counter = Counter::new();
    counter.policy.suspend_with_payments = true;
    counter.sell("1", "10.00");
    counter.adjust_document(Manager, amount(600)).unwrap();
    counter.pay(Cash, paid).unwrap();
    resume_under(&mut counter, campaign(7, "HALF", share(given_away, Per::Document)));
    assert_eq!(counter.document().balance(), m(-paid));
    counter
}

#[test]
fn no_change_settles_a_document_whose_discount_is_cut_and_taking_that_back_leads_out() {
    let remove = Command::RemoveAdjustment { adjustment: AdjustmentNo(1) };
    let mut counter = cut_and_paid(100, "50");
    let refused = counter.run(&Command::GiveChange).unwrap_err();
    assert_eq!(refused.to_string(), "discounts of £6.00 exceed £5.00: take them back first");
    counter.run(&remove).unwrap();
    assert_eq!(counter.document().balance(), m(400));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(500), "5.00 is the price, and 5.00 were paid");

    // More was paid than the price is now: what is beyond it goes back, and no more.
    let mut counter = cut_and_paid(300, "80");
    counter.run(&remove).unwrap();
    assert_eq!(counter.document().balance(), m(-100));
    counter.run(&Command::GiveChange).unwrap();
    let totals = counter.last().totals;
    assert_eq!((totals.net_due, totals.paid, totals.change), (m(200), m(300), m(100)));
}

#[test]
fn what_was_paid_for_a_document_whose_discount_is_cut_can_be_taken_back() {
    let mut counter = cut_and_paid(100, "50");
    counter.void_tender(1).unwrap();
    assert_eq!(counter.document().balance(), m(0));
    counter.run(&Command::Cancel { reason: None }).unwrap();
}

#[test]
fn of_two_discounts_that_are_cut_either_is_taken_back_first_and_nothing_else_is_held_up() {
    let remove = |no| Command::RemoveAdjustment { adjustment: AdjustmentNo(no) };
    for order in [[1, 2], [2, 1]] {
        let mut counter = Counter::new();
        counter.sell("1", "10.00");
        counter.adjust_document(Manager, amount(300)).unwrap();
        counter.adjust_document(CustomerSatisfaction, amount(300)).unwrap();
        resume_under(&mut counter, campaign(7, "FIFTH", share("80", Per::Document)));
        assert_eq!(counter.document().totals.net_due, m(0));
        let note = Command::AddNote {
            kind: NoteKind::Internal,
            line: None,
            text: "asked the manager".into(),
            on_receipt: false,
        };
        counter.run(&note).unwrap();
        counter.run(&remove(order[0])).unwrap();
        for settled in [Command::Close, Command::TakeTender(TakeTender::balance(Cash))] {
            let refused = counter.run(&settled).unwrap_err();
            assert!(matches!(refused, Refusal::DiscountExceedsTotal { .. }), "{refused:?}");
        }
        counter.run(&remove(order[1])).unwrap();
        counter.pay_rest(Cash).unwrap();
        assert_eq!(counter.last().totals.paid, m(200));
    }
}
