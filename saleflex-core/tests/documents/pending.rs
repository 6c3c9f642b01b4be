//! Tenders that wait for a provider's answer.

use saleflex_core::{
    document::{ChangeMode, Command, DocumentType, Kind, Refusal},
    ids::TenderNo,
    tender::{
        TenderKind::{BankTransfer, Cash, CreditCard},
        TenderStatus,
    },
};

use crate::support::{Counter, amount, m, percent};
use saleflex_core::adjustment::AdjustmentSource::Manager;

fn due(price: &str) -> Counter {
    let mut counter = Counter::new();
    counter.sell("1", price);
    counter
}

#[test]
fn only_approved_tenders_count_and_an_approval_completes() {
    let mut counter = due("10.00");
    counter.pay_pending(CreditCard, 1000).unwrap();
    assert_eq!((counter.document().totals.paid, counter.document().balance()), (m(0), m(1000)));
    counter.resolve(1, true).unwrap();
    let tender = &counter.last().tenders[0];
    assert_eq!(
        (tender.status, tender.details.authorisation.as_deref()),
        (TenderStatus::Approved, Some("A1"))
    );
}

#[test]
fn a_declined_tender_stays_on_record_and_never_counts() {
    let mut counter = due("10.00");
    counter.pay_pending(CreditCard, 1000).unwrap();
    counter.resolve(1, false).unwrap();
    assert_eq!(counter.document().tenders[0].status, TenderStatus::Declined);
    assert_eq!(counter.resolve(1, true).unwrap_err(), Refusal::NoSuchTender { tender: TenderNo(1) });
    assert_eq!(counter.void_tender(1).unwrap_err(), Refusal::NoSuchTender { tender: TenderNo(1) });
    counter.pay_rest(Cash).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().tenders.len()), (m(1000), 2));
}

#[test]
fn what_a_provider_was_asked_for_is_not_asked_for_again() {
    let mut counter = due("10.00");
    counter.pay_pending(BankTransfer, 600).unwrap();
    counter.pay_pending(CreditCard, 1000).unwrap();
    assert_eq!(counter.document().tenders[1].amount, m(400), "capped at what nobody was asked for yet");
    let waiting = Refusal::TenderPending { tender: TenderNo(1) };
    assert_eq!(counter.pay_rest(Cash).unwrap_err(), waiting);
    counter.resolve(2, false).unwrap();
    counter.pay(Cash, 500).unwrap();
    assert_eq!((counter.document().totals.paid, counter.document().totals.change), (m(500), m(0)));
    counter.resolve(1, true).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().change), (m(1100), m(100)));
}

#[test]
fn a_waiting_tender_blocks_every_way_to_end_the_document() {
    let mut counter = due("10.00");
    counter.pay_pending(CreditCard, 300).unwrap();
    counter.pay(Cash, 700).unwrap();
    assert_eq!(counter.completed.len(), 0, "cash and card pay it all, but the card has not answered");
    let waiting = Refusal::TenderPending { tender: TenderNo(1) };
    counter.policy.suspend_with_payments = true;
    assert_eq!(counter.run(&Command::Suspend { name: None }).unwrap_err(), waiting);
    let cancel = Command::Cancel { reason: None };
    assert_eq!(counter.run(&cancel).unwrap_err(), waiting);
    assert_eq!(counter.void_line(1).unwrap_err(), waiting);
    counter.void_tender(2).unwrap();
    assert_eq!(counter.run(&cancel).unwrap_err(), waiting);
    assert!(matches!(counter.run(&Command::Close), Err(Refusal::BalanceLeft { .. })));
}

#[test]
fn taking_a_waiting_tender_back_completes_what_the_others_pay() {
    let mut counter = due("10.00");
    counter.pay_pending(CreditCard, 300).unwrap();
    counter.pay(Cash, 1000).unwrap();
    assert_eq!((counter.completed.len(), counter.document().balance()), (0, m(0)));
    counter.void_tender(1).unwrap();
    assert_eq!((counter.last().totals.paid, counter.last().change), (m(1000), m(0)));
}

#[test]
fn change_waits_for_the_answer_and_follows_from_it() {
    for (approved, change) in [(true, 1300), (false, 1000)] {
        for mode in [ChangeMode::Auto, ChangeMode::Key] {
            let mut counter = due("10.00");
            counter.policy.change_mode = mode;
            counter.pay_pending(CreditCard, 300).unwrap();
            counter.pay(Cash, 2000).unwrap();
            assert_eq!(counter.document().totals.change, m(0));
            let early = counter.run(&Command::GiveChange).unwrap_err();
            assert_eq!(early, Refusal::TenderPending { tender: TenderNo(1) });
            counter.resolve(1, approved).unwrap();
            if mode == ChangeMode::Key {
                counter.run(&Command::GiveChange).unwrap();
            }
            assert_eq!(counter.last().change, m(change), "{approved} {mode:?}");
        }
    }
}

#[test]
fn lowering_the_total_below_what_is_paid_and_asked_for_is_refused() {
    let mut counter = due("10.00");
    counter.pay_pending(CreditCard, 600).unwrap();
    assert!(matches!(counter.adjust_document(Manager, amount(401)), Err(Refusal::PaidExceedsDue { .. })));
    counter.adjust_document(Manager, percent("40")).unwrap();
    counter.resolve(1, true).unwrap();
    assert_eq!(counter.last().totals.net_due, m(600));
}

#[test]
fn points_do_not_pay_what_a_provider_was_asked_for() {
    let mut counter = due("10.00");
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay_pending(CreditCard, 600).unwrap();
    assert!(matches!(counter.redeem(10, 401), Err(Refusal::PaidExceedsDue { .. })));
    counter.redeem(10, 400).unwrap();
    counter.resolve(1, true).unwrap();
    assert_eq!(counter.last().totals.net_due, m(600));
}

#[test]
fn lines_may_be_added_while_a_tender_waits() {
    let mut counter = due("10.00");
    counter.pay_pending(CreditCard, 1000).unwrap();
    counter.sell("1", "2.00");
    counter.resolve(1, true).unwrap();
    assert_eq!(counter.document().balance(), m(200));
}

#[test]
fn notes_and_coins_wait_for_nobody() {
    let mut counter = due("10.00");
    assert_eq!(counter.pay_pending(Cash, 1000).unwrap_err(), Refusal::TenderNotAccepted { kind: Cash });
}

#[test]
fn a_card_refund_waits_too() {
    let mut counter = due("10.00");
    counter.pay_rest(CreditCard).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.pay_pending(CreditCard, 1000).unwrap();
    assert_eq!(counter.pay_rest(Cash).unwrap_err(), Refusal::TenderPending { tender: TenderNo(1) });
    counter.resolve(1, false).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn the_refund_of_an_exchange_may_wait_and_be_answered() {
    for approved in [true, false] {
        let mut counter = due("10.00");
        counter.pay_rest(CreditCard).unwrap();
        let sale = counter.last().id;
        counter.open_return(sale).unwrap();
        counter.take_back(1, "1").unwrap();
        counter.run(&Command::ExchangeForSale).unwrap();
        counter.sell("1", "4.00");
        counter.pay_pending(CreditCard, 600).unwrap();
        assert!(counter.document().pending_tender().is_some());
        assert_eq!(counter.pay_rest(Cash).unwrap_err(), Refusal::TenderPending { tender: TenderNo(1) });
        counter.resolve(1, approved).unwrap();
        if !approved {
            counter.pay_rest(Cash).unwrap();
        }
        let [.., returned, sold] = counter.completed.as_slice() else { panic!("both complete") };
        assert_eq!((returned.document().totals.paid, sold.document().totals.paid), (m(1000), m(400)));
    }
}

#[test]
fn an_order_waits_for_its_deposit() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Invoice, Kind::Order).unwrap();
    counter.sell("1", "10.00");
    counter.pay_pending(BankTransfer, 300).unwrap();
    let waiting = Refusal::TenderPending { tender: TenderNo(1) };
    assert_eq!(counter.run(&Command::Suspend { name: None }).unwrap_err(), waiting);
    counter.resolve(1, true).unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    assert_eq!(counter.parked[0].document().totals.paid, m(300));
}
