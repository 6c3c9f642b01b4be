//! Lines and tenders taken back, documents cancelled.

use saleflex_core::{
    catalog::DepartmentNo,
    document::{AddLine, CancelCause, Command, DocumentType, Kind, Refusal, State, replay},
    ids::{LineNo, TenderNo},
    tender::{
        Direction,
        TenderKind::{Cash, Cheque, CreditCard},
    },
};

use crate::support::{CASHIER, Counter, amount, department, m, percent, price};
use saleflex_core::adjustment::{AdjustmentKind::Discount, AdjustmentSource::Manager};

fn cancel(why: Option<&str>) -> Command {
    Command::Cancel { reason: why.map(Into::into) }
}

#[test]
fn a_voided_department_line_is_voided_when_the_journal_is_read_again_d_doc_10() {
    let mut counter = Counter::new();
    let key = |price_text| AddLine::department(DepartmentNo(1), price(price_text));
    counter.add_as(&department(None), key("5")).unwrap();
    counter.add_as(&department(None), key("3")).unwrap();
    counter.void_line(1).unwrap();
    let State::Draft(read) = replay(State::Idle, &counter.journal[&counter.document().id]) else {
        panic!("it is open")
    };
    let active: Vec<_> = read.document().active_lines().map(|line| line.no).collect();
    assert_eq!((active, read.document().totals.total), (vec![LineNo(2)], m(300)));
}

#[test]
fn a_voided_line_stays_with_its_record_and_counts_nowhere() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.sell("1", "2.00");
    let void = Command::VoidLine { line: LineNo(1), reason: Some(" wrong size ".into()) };
    counter.run(&void).unwrap();
    let document = counter.document();
    let record = document.lines[0].void.as_ref().unwrap();
    assert_eq!((record.reason.as_deref(), record.authority.cashier), (Some("wrong size"), CASHIER));
    assert_eq!((document.lines.len(), document.totals.total), (2, m(200)));
    assert_eq!(counter.run(&void).unwrap_err(), Refusal::NoSuchLine { line: LineNo(1) });
}

#[test]
fn a_void_undoes_an_add_to_the_penny() {
    let mut counter = Counter::new();
    counter.sell("3", "3.33");
    counter.adjust(Discount, percent("7")).unwrap();
    counter.adjust_document(Manager, percent("11")).unwrap();
    let before = (counter.document().totals, counter.document().lines[0].clone());
    counter.sell("7", "1.99");
    counter.void_line(2).unwrap();
    assert_eq!((counter.document().totals, counter.document().lines[0].clone()), before);
}

#[test]
fn line_numbers_are_never_given_twice() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.sell("1", "2.00");
    counter.void_line(2).unwrap();
    counter.sell("1", "3.00");
    assert_eq!(counter.document().lines[2].no, LineNo(3));
}

#[test]
fn the_void_of_the_last_line_cancels_the_document_d_doc_09() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.sell("1", "2.00");
    counter.void_line(1).unwrap();
    let outcome = counter.void_line(2).unwrap();
    assert!(matches!(outcome.state, State::Cancelled(_)) && counter.draft.is_none());
    let cancelled = &counter.cancelled[0];
    assert_eq!((cancelled.cause(), cancelled.closure()), (CancelCause::Cashier, counter.till.closure));
    assert_eq!(cancelled.document().totals.total, m(0));
    assert_eq!(counter.effects.cancelled.as_deref(), Some(cancelled), "it is written like any other");
    counter.sell("1", "1.00");
    assert_eq!(counter.document().number.receipt, 2);
}

#[test]
fn voiding_is_refused_when_more_would_be_paid_than_due_d_doc_29() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.sell("1", "1.00");
    counter.pay(Cash, 500).unwrap();
    assert!(matches!(counter.void_line(1), Err(Refusal::PaidExceedsDue { .. })));
    counter.void_line(2).unwrap();
    let last = counter.void_line(1).unwrap_err();
    assert_eq!(last.to_string(), "£5.00 was taken: take the tenders back first");
}

#[test]
fn a_cancelled_document_keeps_who_why_and_when_d_doc_22() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay(Cash, 400).unwrap();
    let refused = counter.run(&cancel(None)).unwrap_err();
    assert!(matches!(refused, Refusal::TendersTaken { .. }), "{refused}");
    counter.void_tender(1).unwrap();
    counter.run(&cancel(Some("changed their mind"))).unwrap();
    let cancelled = &counter.cancelled[0];
    assert_eq!((cancelled.reason(), cancelled.authority().cashier), (Some("changed their mind"), CASHIER));
    assert_eq!(cancelled.document().totals.paid, m(0), "no money stays on it");
    assert_eq!(cancelled.cancelled_at(), counter.now);
}

#[test]
fn an_empty_document_is_left_and_gives_its_number_back() {
    let mut counter = Counter::new();
    assert_eq!(counter.run(&cancel(None)).unwrap_err(), Refusal::NoDocument);
    counter.open(DocumentType::Invoice, Kind::Sale).unwrap();
    let outcome = counter.run(&cancel(None)).unwrap();
    assert_eq!((outcome.events[0].name(), outcome.state), ("document_abandoned", State::Idle));
    counter.sell("1", "1.00");
    assert_eq!(counter.document().number.receipt, 1);
}

#[test]
fn a_voided_tender_stays_with_its_record_and_does_not_count() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay(Cash, 400).unwrap();
    let void =
        Command::VoidTender { tender: TenderNo(1), reason: Some("card instead".into()), reversal: None };
    counter.run(&void).unwrap();
    let tender = &counter.document().tenders[0];
    assert_eq!(tender.void.as_ref().unwrap().reason.as_deref(), Some("card instead"));
    assert_eq!((counter.document().totals.paid, counter.document().balance()), (m(0), m(1000)));
    assert_eq!(counter.run(&void).unwrap_err(), Refusal::NoSuchTender { tender: TenderNo(1) });
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().tenders[1].no, TenderNo(2));
}

#[test]
fn change_goes_back_with_the_tender_it_was_given_out_of() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Invoice, Kind::Order).unwrap();
    counter.sell("1", "50.00");
    counter.pay(CreditCard, 3000).unwrap();
    counter.pay(Cheque, 3000).unwrap();
    assert_eq!((counter.document().change, counter.document().balance()), (m(1000), m(0)));
    counter.void_tender(1).unwrap();
    assert_eq!((counter.document().change, counter.document().balance()), (m(1000), m(3000)));
    counter.void_tender(2).unwrap();
    assert_eq!((counter.document().change, counter.document().balance()), (m(0), m(5000)));
    counter.run(&cancel(None)).unwrap();
}

#[test]
fn a_completed_document_is_corrected_by_a_return_and_by_nothing_else() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay_rest(Cash).unwrap();
    let before = counter.completed[0].clone();
    for command in [cancel(None), Command::GiveChange, Command::Close, Command::Suspend { name: None }] {
        assert_eq!(counter.run(&command).unwrap_err(), Refusal::NoDocument);
    }
    assert_eq!(counter.void_line(1).unwrap_err(), Refusal::NoDocument);
    assert_eq!(counter.void_tender(1).unwrap_err(), Refusal::NoDocument);
    assert_eq!(counter.adjust(Discount, amount(1)).unwrap_err(), Refusal::NoDocument);
    let done = State::Completed(vec![before.clone()]);
    let events =
        saleflex_core::document::Event::CustomerAssigned { customer: Some(crate::support::CUSTOMER) };
    assert_eq!(saleflex_core::document::evolve(done.clone(), &events), done, "no event changes it either");
    assert_eq!(counter.completed[0], before);
}

#[test]
fn what_a_provider_authorised_is_reversed_there_before_it_is_taken_back() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay_pending(CreditCard, 600).unwrap();
    counter.resolve(1, true).unwrap();
    let refused = counter.void_tender(1).unwrap_err();
    assert_eq!(refused, Refusal::ReversalNeeded { tender: TenderNo(1), authorisation: "A1".into() });
    assert_eq!(counter.document().totals.paid, m(600), "nothing changed");
    counter.void_tender_with(1, Some("R7")).unwrap();
    let tender = &counter.document().tenders[0];
    assert_eq!((tender.counts(), tender.reversal.as_deref()), (false, Some("R7")));
}

#[test]
fn a_waiting_or_a_declined_card_has_nothing_to_reverse() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay_pending(CreditCard, 600).unwrap();
    counter.void_tender(1).unwrap();
    counter.pay(CreditCard, 100).unwrap();
    counter.void_tender(2).unwrap();
    assert_eq!(counter.document().balance(), m(1000));
}

#[test]
fn an_authorised_deposit_of_an_earlier_period_is_reversed_before_it_is_paid_back() {
    let mut counter = Counter::new();
    counter.open(DocumentType::FiscalReceipt, Kind::Order).unwrap();
    counter.sell("1", "10.00");
    counter.pay_pending(CreditCard, 600).unwrap();
    counter.resolve(1, true).unwrap();
    counter.run(&Command::Suspend { name: None }).unwrap();
    counter.next_period();
    counter.resume(0).unwrap();
    assert!(matches!(counter.void_tender(1), Err(Refusal::ReversalNeeded { .. })));
    counter.void_tender_with(1, Some("R7")).unwrap();
    let back = counter.document().tenders.last().unwrap();
    assert_eq!((back.direction, back.reversal.as_deref()), (Direction::Out, Some("R7")));
}
