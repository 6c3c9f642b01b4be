//! Put aside and taken up again.

use saleflex_core::{
    document::{CancelCause, Command, DocumentType, Kind, Refusal},
    ids::DocumentNumber,
    tender::TenderKind::Cash,
};

use crate::support::{CASHIER, Counter, m};

fn suspend(name: &str) -> Command {
    Command::Suspend { name: (!name.is_empty()).then(|| name.into()) }
}

#[test]
fn numbers_as_in_the_worked_example_of_section_5() {
    let mut counter = Counter::new();
    let number = |counter: &Counter| counter.document().number.to_string();
    counter.sell("1", "9.99");
    counter.run(&suspend("")).unwrap();
    assert_eq!(counter.parked[0].document().number.to_string(), "20250406-0002-000001");
    counter.sell("1", "9.99");
    assert_eq!(number(&counter), "20250406-0002-000002");
    counter.pay_rest(Cash).unwrap();
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    assert_eq!(number(&counter), "20250406-0002-000003");
    counter.resume(0).unwrap();
    assert_eq!(number(&counter), "20250406-0002-000001", "the empty draft is abandoned");
    counter.pay_rest(Cash).unwrap();
    counter.sell("1", "9.99");
    assert_eq!(number(&counter), "20250406-0002-000003", "D-DOC-06: its number is free again");
    counter.run(&Command::Cancel { reason: None }).unwrap();
    counter.next_period();
    counter.sell("1", "9.99");
    assert_eq!(number(&counter), "20250407-0003-000001");
}

#[test]
fn everything_comes_back_as_it_was_left() {
    let mut counter = Counter::new();
    counter.sell("3", "3.33");
    counter
        .adjust_document(saleflex_core::adjustment::AdjustmentSource::Manager, crate::support::percent("10"))
        .unwrap();
    let before = counter.document().clone();
    counter.run(&suspend("table 4")).unwrap();
    let parked = &counter.parked[0];
    assert_eq!(counter.suspended_name.as_deref(), Some("table 4"));
    assert_eq!((parked.suspended_at(), parked.suspended_by()), (counter.now, CASHIER));
    assert_eq!(parked.closure(), counter.till.closure);
    counter.resume(0).unwrap();
    assert_eq!(counter.document(), &before);
}

#[test]
fn the_name_it_is_put_aside_under_is_in_nothing_that_is_frozen() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    let outcome = counter.run(&suspend("Ada Lovelace")).unwrap();
    assert_eq!(outcome.suspended_name.as_deref(), Some("Ada Lovelace"));
    let frozen = |outcome: &saleflex_core::checkout::Outcome| {
        serde_json::to_string(&(&outcome.events, &outcome.effects)).unwrap()
    };
    assert!(!frozen(&outcome).contains("Ada"));
    let outcome = counter.cancel_parked(0).unwrap();
    assert!(!frozen(&outcome).contains("Ada") && outcome.suspended_name.is_none());
}

#[test]
fn what_was_put_aside_in_training_is_taken_up_in_training_alone() {
    for begun_in_training in [true, false] {
        let mut counter = Counter::new();
        counter.till.training = begun_in_training;
        counter.sell("1", "1.00");
        counter.run(&suspend("")).unwrap();
        counter.till.training = !begun_in_training;
        assert_eq!(counter.resume(0).unwrap_err(), Refusal::OtherMode { training: begun_in_training });
        counter.till.training = begun_in_training;
        counter.resume(0).unwrap();
        assert_eq!(counter.document().training, begun_in_training);
    }
}

#[test]
fn an_empty_document_is_not_parked_and_one_with_only_voided_lines_does_not_exist() {
    let mut counter = Counter::new();
    assert_eq!(counter.run(&suspend("x")).unwrap_err(), Refusal::NoDocument);
    counter.open(DocumentType::Invoice, Kind::Sale).unwrap();
    assert_eq!(counter.run(&suspend("x")).unwrap_err(), Refusal::NoLines);
}

#[test]
fn resuming_over_a_document_with_lines_is_refused_d_doc_31() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.run(&suspend("a")).unwrap();
    counter.sell("1", "2.00");
    let number = counter.document().number;
    assert_eq!(counter.resume(0).unwrap_err(), Refusal::DocumentOpen { number });
    assert_eq!(counter.run(&Command::Resume).unwrap_err(), Refusal::NoDocument, "none was named");
}

#[test]
fn a_part_paid_document_is_not_parked_unless_the_store_says_so_d_doc_30() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay(Cash, 400).unwrap();
    assert!(matches!(counter.run(&suspend("a")), Err(Refusal::TendersTaken { .. })));
    counter.policy.suspend_with_payments = true;
    counter.run(&suspend("a")).unwrap();
    assert_eq!(counter.parked[0].document().totals.paid, m(400));
    assert!(matches!(counter.cancel_parked(0), Err(Refusal::TendersTaken { .. })), "D-DOC-22");
    counter.resume(0).unwrap();
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn in_a_later_period_it_gets_a_number_there_and_keeps_the_old_one_as_reference_d_doc_07() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.run(&suspend("a")).unwrap();
    let former: DocumentNumber = counter.parked[0].document().number;
    counter.next_period();
    counter.sell("1", "1.00");
    counter.pay_rest(Cash).unwrap();
    counter.resume(0).unwrap();
    let document = counter.document();
    assert_eq!(document.number.to_string(), "20250407-0003-000002");
    assert_eq!(document.former_number, Some(former));
    counter.pay_rest(Cash).unwrap();
    assert_eq!(counter.completed[1].closure(), counter.till.closure, "it counts where it was finished");
}

#[test]
fn a_parked_document_is_cancelled_on_account_of_whoever_closes_it() {
    for cause in [CancelCause::Cashier, CancelCause::TooOld] {
        let mut counter = Counter::new();
        counter.sell("1", "10.00");
        counter.run(&suspend("a")).unwrap();
        counter.next_period();
        counter.cause = cause;
        counter.cancel_parked(0).unwrap();
        let cancelled = &counter.cancelled[0];
        assert_eq!((cancelled.cause(), cancelled.closure()), (cause, counter.till.closure));
    }
}

#[test]
fn a_parked_document_is_cancelled_beside_the_open_one() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.run(&suspend("a")).unwrap();
    counter.sell("1", "1.00");
    let before = counter.document().clone();
    counter.cancel_parked(0).unwrap();
    assert_eq!((counter.document(), counter.cancelled.len()), (&before, 1));
    counter.pay_rest(Cash).unwrap();
}

#[test]
fn a_name_to_find_it_by_has_one_to_fifty_characters() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    for bad in ["  ".to_owned(), "x".repeat(51)] {
        let refused = counter.run(&Command::Suspend { name: Some(bad) });
        assert_eq!(refused.unwrap_err(), Refusal::BadText { max: 50 });
    }
    counter.run(&suspend(&"x".repeat(50))).unwrap();
}

#[test]
fn any_number_of_documents_may_be_parked() {
    let mut counter = Counter::new();
    for nth in 0..20 {
        counter.sell("1", "1.00");
        counter.run(&suspend(&nth.to_string())).unwrap();
    }
    counter.resume(7).unwrap();
    assert_eq!(counter.document().number.receipt, 8);
}
