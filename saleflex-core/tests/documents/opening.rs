//! How documents begin: types, kinds, numbers, dates.

use saleflex_core::{
    document::{Command, DocumentType, Kind, NoteKind, Refusal},
    ids::ClosureNumber,
    tender::TenderKind::Cash,
    time::Moment,
};

use crate::support::{CUSTOMER, Counter, goods, moment};

const KINDS: [Kind; 7] =
    [Kind::Sale, Kind::Return, Kind::Quote, Kind::Order, Kind::Layaway, Kind::CashMovement, Kind::Purchase];

#[test]
fn there_are_twelve_document_types_with_a_code_each() {
    assert_eq!(DocumentType::ALL.len(), 12);
    for document_type in DocumentType::ALL {
        assert_eq!(DocumentType::from_code(document_type.code()), Some(document_type));
        let written = serde_json::to_value(document_type).unwrap();
        assert_eq!(written, document_type.code(), "one word for it everywhere");
    }
    assert_eq!(DocumentType::from_code("order"), None);
    assert_eq!(DocumentType::default(), DocumentType::FiscalReceipt);
}

#[test]
fn a_kind_is_written_on_the_papers_that_are_meant_for_it() {
    let allowed = |document_type, kind| match document_type {
        DocumentType::Return => kind == Kind::Return,
        DocumentType::SelfBillingInvoice => kind == Kind::Purchase,
        DocumentType::CashIn | DocumentType::CashOut => false,
        DocumentType::Waybill | DocumentType::DeliveryNote => kind == Kind::Sale,
        _ => matches!(kind, Kind::Sale | Kind::Quote | Kind::Order | Kind::Layaway),
    };
    for document_type in DocumentType::ALL {
        for kind in KINDS {
            let mut counter = Counter::new();
            match counter.open(document_type, kind) {
                Ok(_) => {
                    assert!(allowed(document_type, kind), "{document_type:?} {kind:?}");
                    let document = counter.document();
                    assert_eq!((document.document_type, document.kind), (document_type, kind));
                }
                Err(refusal) => {
                    assert!(!allowed(document_type, kind), "{document_type:?} {kind:?}");
                    assert_eq!(refusal, Refusal::WrongKind { kind });
                }
            }
        }
    }
}

#[test]
fn every_type_that_sells_sells() {
    let sold = DocumentType::ALL.into_iter().filter(|document_type| {
        let mut counter = Counter::new();
        if counter.open(*document_type, Kind::Sale).is_err() {
            return false;
        }
        counter.sell("1", "10.00");
        let close = if document_type.is_delivery() { Command::Close } else { pay_cash() };
        counter.run(&close).unwrap();
        counter.last().document_type == *document_type
    });
    assert_eq!(sold.count(), 8);
}

fn pay_cash() -> Command {
    Command::TakeTender(saleflex_core::document::TakeTender::balance(Cash))
}

#[test]
fn an_open_document_with_lines_is_finished_first_and_an_empty_one_is_left() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Invoice, Kind::Sale).unwrap();
    let outcome = counter.open(DocumentType::EInvoice, Kind::Sale).unwrap();
    let names: Vec<_> = outcome.events.iter().map(saleflex_core::document::Event::name).collect();
    assert_eq!(names, ["document_abandoned", "document_opened"]);
    counter.sell("1", "1.00");
    let number = counter.document().number;
    let refused = counter.open(DocumentType::Invoice, Kind::Sale).unwrap_err();
    assert_eq!(refused, Refusal::DocumentOpen { number });
}

#[test]
fn numbers_follow_opening_order_within_a_period_d_doc_24() {
    let mut counter = Counter::new();
    for receipt in 1..=3 {
        counter.sell("1", "1.00");
        assert_eq!(counter.document().number.receipt, receipt);
        counter.pay_rest(Cash).unwrap();
    }
    counter.next_period();
    counter.sell("1", "1.00");
    assert_eq!(counter.document().number.to_string(), "20250407-0003-000001");
}

#[test]
fn the_day_changes_the_date_of_the_number_and_nothing_else() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.pay_rest(Cash).unwrap();
    counter.now = moment("2025-04-07 00:01");
    counter.sell("1", "1.00");
    assert_eq!(counter.document().number.to_string(), "20250407-0002-000002");
}

#[test]
fn the_number_has_the_local_date_not_the_business_date() {
    let mut counter = Counter::new();
    let local = moment("2025-04-07 01:30");
    counter.now = Moment { business_date: local.business_date.pred_opt().unwrap(), ..local };
    counter.sell("1", "1.00");
    assert_eq!(counter.document().number.date.to_string(), "2025-04-07");
    assert_eq!(counter.document().opened_at.business_date.to_string(), "2025-04-06");
}

#[test]
fn an_empty_draft_gets_date_and_number_with_its_first_line_d_doc_08() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.open(DocumentType::EInvoice, Kind::Order).unwrap();
    counter.run(&Command::AssignCustomer).unwrap();
    counter
        .run(&Command::AddNote {
            kind: NoteKind::General,
            line: None,
            text: "urgent".into(),
            on_receipt: true,
        })
        .unwrap();
    counter.now = moment("2025-04-07 00:10");
    counter.till.closure = ClosureNumber(3);
    let outcome = counter.add(&goods("5.00")).unwrap();
    let names: Vec<_> = outcome.events.iter().map(saleflex_core::document::Event::name).collect();
    assert_eq!(names, ["document_abandoned", "document_opened", "line_added"]);
    let document = counter.document();
    assert_eq!(document.number.to_string(), "20250407-0003-000001");
    assert_eq!((document.opened_at, document.kind), (counter.now, Kind::Order));
    assert_eq!((document.document_type, document.customer), (DocumentType::EInvoice, Some(CUSTOMER)));
    assert_eq!(document.notes[0].text, "urgent");
    // One that has a line keeps what it has.
    counter.now = moment("2025-04-08 00:10");
    counter.sell("1", "1.00");
    assert_eq!(counter.document().number.to_string(), "20250407-0003-000001");
}

#[test]
fn an_empty_draft_of_the_business_day_before_begins_anew_with_its_first_line_d_doc_08() {
    let mut counter = Counter::new();
    let at = |instant: &str, business_date| Moment { business_date, ..moment(instant) };
    let (yesterday, today) = (moment("2025-04-06 10:00"), moment("2025-04-07 10:00"));
    counter.now = at("2025-04-07 03:50", yesterday.business_date);
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    counter.now = at("2025-04-07 04:10", today.business_date);
    counter.sell("1", "1.00");
    assert_eq!(counter.document().opened_at, counter.now);
    assert_eq!(counter.document().number.to_string(), "20250407-0002-000001");
}

#[test]
fn a_return_opened_yesterday_is_stamped_anew_with_its_first_line_d_doc_08() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.next_period();
    counter.take_back(1, "1").unwrap();
    assert_eq!(counter.document().number.to_string(), "20250407-0003-000001");
    assert_eq!(counter.document().original, Some(sale));
    counter.pay_rest(Cash).unwrap();
}

#[test]
fn training_is_marked_and_stays_in_training() {
    let mut counter = Counter::new();
    counter.till.training = true;
    counter.sell("1", "1.00");
    counter.pay_rest(Cash).unwrap();
    let practice = counter.last().id;
    counter.till.training = false;
    assert_eq!(counter.open_return(practice).unwrap_err(), Refusal::OtherMode { training: true });
    counter.sell("1", "1.00");
    counter.pay_rest(Cash).unwrap();
    let real = counter.last().id;
    assert!(!counter.last().training);
    counter.till.training = true;
    assert_eq!(counter.open_return(real).unwrap_err(), Refusal::OtherMode { training: false });
    counter.open_return(practice).unwrap();
    counter.take_back(1, "1").unwrap();
    counter.pay_rest(Cash).unwrap();
    assert!(counter.last().training);
}
