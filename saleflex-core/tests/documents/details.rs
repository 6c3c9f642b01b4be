//! What is said about a document: notes, customer, reasons and other texts.

use saleflex_core::{
    catalog::{PriceRule, Sellable},
    closure::{
        DocumentFigures, Report,
        template::{Figure, Inputs, Value},
    },
    customer::BuyerGaps,
    document::{Command, CustomerFacts, DocumentType, Kind, NoteKind, Refusal},
    ids::{CustomerId, LineNo},
    tender::TenderKind::{Cash, OnAccount},
};
use uuid::Uuid;

use crate::support::{CUSTOMER, Counter, goods, m};

fn note(kind: NoteKind, line: Option<u32>, text: &str) -> Command {
    Command::AddNote { kind, line: line.map(LineNo), text: text.into(), on_receipt: false }
}

#[test]
fn a_note_is_for_someone_and_may_belong_to_a_line() {
    let mut counter = Counter::new();
    assert_eq!(counter.run(&note(NoteKind::General, None, "x")).unwrap_err(), Refusal::NoDocument);
    counter.sell("1", "1.00");
    for kind in [NoteKind::General, NoteKind::Kitchen, NoteKind::Delivery, NoteKind::Internal] {
        counter.run(&note(kind, Some(1), " no onions ")).unwrap();
    }
    let notes = &counter.document().notes;
    assert_eq!((notes.len(), notes[1].kind, notes[1].text.as_str()), (4, NoteKind::Kitchen, "no onions"));
    let missing = counter.run(&note(NoteKind::General, Some(2), "x")).unwrap_err();
    assert_eq!(missing, Refusal::NoSuchLine { line: LineNo(2) });
}

#[test]
fn a_note_has_one_to_two_thousand_characters_whatever_their_bytes() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    for bad in ["", "   "] {
        let refused = counter.run(&note(NoteKind::General, None, bad)).unwrap_err();
        assert_eq!(refused, Refusal::BadText { max: 2000 }, "{bad:?}");
    }
    let long = "ş".repeat(2000);
    counter.run(&note(NoteKind::General, None, &long)).unwrap();
    assert!(counter.run(&note(NoteKind::General, None, &format!("{long}ş"))).is_err());
}

#[test]
fn a_text_with_a_character_that_cannot_be_printed_says_so_whatever_its_length() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    let bad =
        [("a\tb", 9), ("two\nlines", 10), ("red\u{1b}", 0x1b), ("a\u{202e}b", 0x202e), ("\u{2066}b", 0x2066)];
    for (text, code_point) in bad {
        let unprintable = Refusal::UnprintableText { code_point };
        assert_eq!(counter.run(&note(NoteKind::General, None, text)).unwrap_err(), unprintable, "{text:?}");
        let void = Command::VoidLine { line: LineNo(1), reason: Some(text.into()) };
        assert_eq!(counter.run(&void).unwrap_err(), unprintable, "{text:?}");
        let suspend = Command::Suspend { name: Some(text.into()) };
        assert_eq!(counter.run(&suspend).unwrap_err(), unprintable, "{text:?}");
    }
    counter.run(&note(NoteKind::General, None, "Çay 茶 🍵")).unwrap();
}

#[test]
fn a_document_has_at_most_a_hundred_notes() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    (0..100).for_each(|_| drop(counter.run(&note(NoteKind::General, None, "x")).unwrap()));
    let refused = counter.run(&note(NoteKind::General, None, "x")).unwrap_err();
    assert_eq!(refused, Refusal::TooManyNotes { max: 100 });
}

#[test]
fn reasons_have_at_most_two_hundred_characters() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.sell("1", "1.00");
    let void = |reason: String| Command::VoidLine { line: LineNo(1), reason: Some(reason) };
    assert_eq!(counter.run(&void("r".repeat(201))).unwrap_err(), Refusal::BadText { max: 200 });
    assert_eq!(counter.run(&void("  ".into())).unwrap_err(), Refusal::BadText { max: 200 });
    counter.run(&void("r".repeat(200))).unwrap();
}

#[test]
fn a_document_is_a_walk_ins_until_a_customer_is_assigned_d_doc_27() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    assert_eq!(counter.document().customer, None);
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    assert_eq!(counter.document().customer, Some(CUSTOMER));
    counter.customer = None;
    counter.run(&Command::AssignCustomer).unwrap();
    assert_eq!(counter.document().customer, None);
}

#[test]
fn a_document_may_begin_with_its_customer() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("1", "1.00");
    assert_eq!(counter.document().customer, Some(CUSTOMER));
    let again = counter.run(&Command::AssignCustomer).unwrap();
    assert!(again.events.is_empty(), "already so");
}

#[test]
fn the_customer_stays_while_something_is_on_their_account_even_unconfirmed() {
    for pending in [false, true] {
        let mut counter = Counter::new();
        counter.customer_account(Some(10_000), 0);
        counter.run(&Command::AssignCustomer).unwrap();
        counter.sell("1", "10.00");
        let pay = if pending { Counter::pay_pending } else { Counter::pay };
        pay(&mut counter, OnAccount, 400).unwrap();
        counter.customer.as_mut().unwrap().id = CustomerId::new(Uuid::from_u128(77));
        assert!(matches!(counter.run(&Command::AssignCustomer), Err(Refusal::TendersTaken { .. })));
        counter.void_tender(1).unwrap();
        counter.run(&Command::AssignCustomer).unwrap();
    }
}

#[test]
fn what_comes_back_with_a_receipt_belongs_to_whoever_bought() {
    let mut counter = Counter::new();
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.sell("1", "10.00");
    counter.redeem(10, 200).unwrap();
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    assert_eq!(counter.document().customer, Some(CUSTOMER));
    counter.customer.as_mut().unwrap().id = CustomerId::new(Uuid::from_u128(77));
    assert!(matches!(counter.run(&Command::AssignCustomer), Err(Refusal::WrongKind { .. })));
}

#[test]
fn a_walk_ins_return_may_get_a_customer_for_store_credit() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    let kind = saleflex_core::tender::TenderKind::StoreCredit;
    assert_eq!(counter.pay_rest(kind).unwrap_err(), Refusal::CustomerNeeded { kind });
    counter.customer_account(None, 0);
    counter.run(&Command::AssignCustomer).unwrap();
    counter.pay_rest(kind).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
}

#[test]
fn a_sale_to_a_customer_who_is_no_member_is_none_of_those_to_members() {
    let sold = |is_member, times: &str| {
        let mut counter = Counter::new();
        counter.customer_account(None, 0);
        counter.customer = counter.customer.map(|known| CustomerFacts { is_member, ..known });
        counter.sell(times, "10.00");
        counter.run(&Command::AssignCustomer).unwrap();
        counter.pay_rest(Cash).unwrap();
        let completed = counter.completed.remove(0);
        let told = serde_json::to_value(completed.pricing()).unwrap();
        assert_eq!(told.get("no_member").is_some(), !is_member, "records of members stay what they were");
        DocumentFigures::of(&completed).unwrap()
    };
    let report: Report = [sold(true, "2"), sold(false, "50")].into_iter().collect();
    let currency = Counter::new().till.currency;
    let figure = |figure: Figure| figure.value(&report, &currency, &Inputs::default());
    assert_eq!(figure(Figure::CustomerSales), Value::Amount(m(52_000)));
    assert_eq!(figure(Figure::MemberSales), Value::Amount(m(2_000)));
}

#[test]
fn an_invoice_is_paid_only_where_it_can_say_who_bought() {
    use DocumentType::{DiplomaticInvoice, EArchiveInvoice, EInvoice, FiscalReceipt, Invoice};
    let (account_limit, account_balance, is_member) = (None, m(0), true);
    let known = |gaps| Some(CustomerFacts { id: CUSTOMER, account_limit, account_balance, gaps, is_member });
    let missing = BuyerGaps { address: true, tax_number: true, ..BuyerGaps::default() };
    for (document_type, kind) in [
        (Invoice, Kind::Sale),
        (EInvoice, Kind::Sale),
        (EArchiveInvoice, Kind::Sale),
        (DiplomaticInvoice, Kind::Sale),
        (Invoice, Kind::Order),
    ] {
        let mut counter = Counter::new();
        counter.policy.invoice_needs_buyer = true;
        counter.open(document_type, kind).unwrap();
        counter.sell("1", "1.00");
        assert_eq!(counter.pay_rest(Cash).unwrap_err(), Refusal::BuyerNeeded, "{document_type:?}");
        counter.customer = known(missing);
        counter.run(&Command::AssignCustomer).unwrap();
        let refused = counter.pay_rest(Cash).unwrap_err();
        assert_eq!(refused, Refusal::BuyerIncomplete { missing }, "{document_type:?}");
        assert_eq!(refused.to_string(), "the invoice needs of its customer: address, tax number");
        counter.customer = known(BuyerGaps::default());
        counter.pay_rest(Cash).unwrap();
    }
    // Nothing to pay is no way round it; a receipt and a price for later go to anybody.
    let mut free = Counter::new();
    free.policy.invoice_needs_buyer = true;
    free.policy.min_line_total = m(0);
    free.open(Invoice, Kind::Sale).unwrap();
    let gift = Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") };
    free.add(&gift).unwrap();
    assert_eq!(free.run(&Command::Close).unwrap_err(), Refusal::BuyerNeeded);
    for (document_type, kind) in [(FiscalReceipt, Kind::Sale), (Invoice, Kind::Quote)] {
        let mut counter = Counter::new();
        counter.policy.invoice_needs_buyer = true;
        counter.open(document_type, kind).unwrap();
        counter.sell("1", "1.00");
        let end = if kind == Kind::Quote { counter.run(&Command::Close) } else { counter.pay_rest(Cash) };
        end.unwrap();
    }
}
