//! Money in and out of the drawer outside a sale.

use saleflex_core::{
    document::{CashMovementKind, Command, DocumentType, Kind, Refusal, State},
    money::{AmountError, Money},
    tender::TenderKind::Cash,
};

use crate::support::{Counter, m};

fn movement(kind: CashMovementKind, minor: i64) -> Command {
    Command::MoveCash { kind, amount: m(minor), reason: "till money".into() }
}

#[test]
fn a_movement_is_a_document_of_its_own_complete_at_once() {
    use CashMovementKind::{CashDrop, Float, PaidIn, PaidOut};
    let mut counter = Counter::new();
    let rows = [
        (Float, DocumentType::CashIn),
        (PaidIn, DocumentType::CashIn),
        (PaidOut, DocumentType::CashOut),
        (CashDrop, DocumentType::CashOut),
    ];
    for (receipt, (kind, document_type)) in (1..).zip(rows) {
        let outcome = counter.run(&movement(kind, 5000)).unwrap();
        assert!(matches!(outcome.state, State::Completed(_)));
        let document = counter.last();
        let known = document.cash_movement.as_ref().unwrap();
        assert_eq!((document.document_type, document.kind), (document_type, Kind::CashMovement));
        assert_eq!((known.kind, known.amount, known.reason.as_str()), (kind, m(5000), "till money"));
        assert_eq!((document.number.receipt, document.totals.total), (receipt, m(5000)));
        assert_eq!((document.totals.net_due, document.tenders.len()), (m(0), 0), "nobody owes it");
    }
}

#[test]
fn a_float_may_be_nothing_and_every_other_movement_moves_something() {
    let mut counter = Counter::new();
    counter.run(&movement(CashMovementKind::Float, 0)).unwrap();
    for kind in [CashMovementKind::PaidIn, CashMovementKind::PaidOut, CashMovementKind::CashDrop] {
        let refused = counter.run(&movement(kind, 0)).unwrap_err();
        assert_eq!(refused, Refusal::Amount(AmountError::TooSmall));
    }
    let less = counter.run(&movement(CashMovementKind::Float, -1)).unwrap_err();
    assert_eq!(less, Refusal::Amount(AmountError::TooSmall));
    let huge = counter.run(&movement(CashMovementKind::PaidIn, Money::MAX.minor() + 1)).unwrap_err();
    assert_eq!(huge, Refusal::Amount(AmountError::TooLarge));
}

#[test]
fn a_float_comes_before_any_other_cash_of_the_period() {
    let mut counter = Counter::new();
    counter.drawer_in_use = true;
    let late = counter.run(&movement(CashMovementKind::Float, 5_000)).unwrap_err();
    assert_eq!(late, Refusal::FloatTooLate);
    counter.run(&movement(CashMovementKind::PaidIn, 5_000)).unwrap();
}

#[test]
fn a_movement_says_why() {
    let mut counter = Counter::new();
    let silent = Command::MoveCash { kind: CashMovementKind::PaidOut, amount: m(1), reason: " ".into() };
    assert_eq!(counter.run(&silent).unwrap_err(), Refusal::BadText { max: 200 });
}

#[test]
fn cash_moves_between_documents_not_within_one() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    let open = counter.run(&movement(CashMovementKind::PaidIn, 100));
    assert!(matches!(open, Err(Refusal::DocumentOpen { .. })));
    counter.pay_rest(Cash).unwrap();
    counter.open(DocumentType::Invoice, Kind::Sale).unwrap();
    let outcome = counter.run(&movement(CashMovementKind::PaidIn, 100)).unwrap();
    assert_eq!(outcome.events[0].name(), "document_abandoned", "an empty document is left");
}

#[test]
fn the_drawer_opens_with_or_without_a_document_and_changes_none() {
    let mut counter = Counter::new();
    let open = Command::OpenDrawer { reason: Some("coins".into()) };
    assert_eq!(counter.run(&open).unwrap().state, State::Idle);
    counter.sell("1", "1.00");
    let before = counter.document().clone();
    counter.run(&open).unwrap();
    assert_eq!(counter.document(), &before);
}
