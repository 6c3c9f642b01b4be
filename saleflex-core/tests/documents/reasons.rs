//! Why something is taken back, priced by hand, given back or closed without effect: kept, and wanted where the store
//! wants it.

use saleflex_core::{
    adjustment::{AdjustmentKind::Discount, AdjustmentSource::Manager},
    basket::GoodsState,
    document::{AddLine, Adjust, CancelCause, Command, DocumentType, Kind, Refusal, ReturnLine},
    ids::{LineNo, TenderNo},
    tender::TenderKind::{Cash, CreditCard},
};

use crate::support::{Counter, amount, goods, m, percent, price, return_line};

/// A counter whose store wants to know why.
fn asking() -> Counter {
    let mut counter = Counter::new();
    counter.policy.reasons.needed = true;
    counter
}

fn why() -> String {
    "scuffed".into()
}

/// Refuses a command without a reason, and takes it with one.
fn wants(counter: &mut Counter, command: Command) {
    let silent = command.clone().because(None);
    assert_eq!(counter.run(&silent).unwrap_err(), Refusal::ReasonNeeded, "{silent:?}");
    counter.run(&command.because(Some(why()))).unwrap();
}

#[test]
fn a_store_that_wants_reasons_gets_one_for_each_change_of_a_sale() {
    let mut counter = asking();
    (0..3).for_each(|_| counter.sell("1", "10.00"));
    let line = LineNo(1);
    let adjust = Adjust { kind: Discount, value: percent("10"), reason: None };
    wants(&mut counter, Command::VoidLine { line: LineNo(3), reason: None });
    wants(&mut counter, Command::OverridePrice { line, price: price("9.00"), reason: None });
    wants(&mut counter, Command::AdjustLine { line: Some(line), adjust });
    let adjust = Adjust { kind: Discount, value: amount(100), reason: None };
    wants(&mut counter, Command::AdjustDocument { adjust, source: Manager, code: None });
    counter.pay(CreditCard, 100).unwrap();
    wants(&mut counter, Command::VoidTender { tender: TenderNo(1), reason: None, reversal: None });
    let document = counter.document();
    let reasons = [
        &document.lines[2].void.as_ref().unwrap().reason,
        &document.lines[0].price_override.as_ref().unwrap().reason,
        &document.lines[0].adjustments[0].reason,
        &document.adjustments[0].reason,
        &document.tenders[0].void.as_ref().unwrap().reason,
    ];
    assert!(reasons.into_iter().all(|reason| *reason == Some(why())), "{reasons:?}");
    wants(&mut counter, Command::Cancel { reason: None });
    assert_eq!(counter.cancelled[0].reason(), Some(&*why()));
}

#[test]
fn what_comes_back_and_what_is_sold_at_another_price_say_why() {
    let mut counter = asking();
    let dear = AddLine { price: Some(price("2.00")), ..AddLine::code("G") };
    let refused = counter.add_as(&goods("1.00"), dear.clone()).unwrap_err();
    assert_eq!(refused, Refusal::ReasonNeeded);
    counter.add_as(&goods("1.00"), AddLine { reason: Some(why()), ..dear }).unwrap();
    counter.add(&goods("1.00")).unwrap();
    counter.pay_rest(Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    wants(&mut counter, Command::ReturnLine(ReturnLine { state: GoodsState::Opened, ..return_line(1, "1") }));
    let returned = counter.document().lines[0].returned.clone().unwrap();
    assert_eq!((returned.state, returned.reason), (GoodsState::Opened, Some(why())));
    counter.pay_rest(Cash).unwrap();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    let back = AddLine { returned: Some((GoodsState::Damaged, false)), ..AddLine::code("G") };
    assert_eq!(counter.add_as(&goods("1.00"), back.clone()).unwrap_err(), Refusal::ReasonNeeded);
    counter.add_as(&goods("1.00"), AddLine { reason: Some(why()), ..back }).unwrap();
    assert_eq!(counter.document().lines[0].returned.as_ref().unwrap().reason, Some(why()));
}

#[test]
fn the_till_by_itself_is_asked_nothing_and_so_is_whoever_leaves_an_empty_document() {
    let mut counter = asking();
    counter.open(DocumentType::FiscalReceipt, Kind::Sale).unwrap();
    counter.run(&Command::Cancel { reason: None }).unwrap();
    counter.sell("1", "1.00");
    counter.cause = CancelCause::PowerLoss;
    counter.run(&Command::Cancel { reason: None }).unwrap();
    assert_eq!(counter.cancelled[0].reason(), None);
}

#[test]
fn a_store_that_only_lists_reasons_takes_none_for_an_answer() {
    let mut counter = Counter::new();
    counter.policy.reasons.codes = vec!["scuffed".into()];
    counter.sell("1", "1.00");
    counter.sell("1", "1.00");
    counter.void_line(1).unwrap();
    assert_eq!(counter.document().totals.total, m(100));
}
