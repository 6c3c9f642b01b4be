//! The edges: largest numbers, many lines, inputs no cashier would make. Nothing panics, nothing wraps.

use saleflex_core::{
    adjustment::{
        AdjustmentKind::{Discount, Surcharge},
        AdjustmentSource::{DeliveryFee, Manager},
    },
    catalog::Sellable,
    document::{AddLine, Command, Refusal},
    ids::{AdjustmentNo, LineNo, TenderNo},
    money::{AmountError, Money},
    tender::TenderKind::{Cash, CreditCard},
};

use crate::support::{Counter, amount, goods, m, percent, price, quantity, taxed, weighed};

#[test]
fn the_largest_line_is_sold_marked_discounted_and_paid() {
    let mut counter = Counter::new();
    let dear = goods("99999999999");
    counter.add(&dear).unwrap();
    let most = m(9_999_999_999_900);
    assert_eq!(counter.document().totals.net_due, most);
    let marked = counter.adjust(Surcharge, percent("100")).unwrap_err();
    assert_eq!(marked, Refusal::Amount(AmountError::TooLarge));
    counter.adjust(Discount, percent("1")).unwrap();
    counter.adjust_document(DeliveryFee, amount(1)).unwrap();
    counter.pay(Cash, Money::MAX.minor()).unwrap();
    assert_eq!(counter.last().totals.paid, Money::MAX);
}

#[test]
fn the_largest_quantity_of_the_smallest_price_is_exact() {
    let mut counter = Counter::new();
    counter.add_as(&weighed("0.0001"), AddLine::code("W").times(quantity("9999999"))).unwrap();
    assert_eq!(counter.document().totals.total, m(100_000));
    let more = counter.add_as(
        &Sellable { pack_quantity: quantity("9999999"), ..goods("1") },
        AddLine::code("G").times(quantity("2")),
    );
    assert_eq!(more.unwrap_err(), Refusal::Amount(AmountError::TooLarge));
}

#[test]
fn taxes_of_a_thousand_percent_on_the_largest_price_are_refused_not_wrapped() {
    let mut counter = Counter::exclusive();
    let rates = ["1000"; 5];
    let refused = counter.add(&taxed("99999999999", &rates)).unwrap_err();
    assert_eq!(refused, Refusal::Amount(AmountError::TooLarge));
    counter.add(&taxed("1000000000", &rates)).unwrap();
    assert_eq!(counter.document().totals.net_due, m(5_100_000_000_000));
}

#[test]
fn numbers_that_name_nothing_are_refused() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    for no in [0, 2, u32::MAX] {
        assert_eq!(counter.void_line(no).unwrap_err(), Refusal::NoSuchLine { line: LineNo(no) });
        assert_eq!(counter.void_tender(no).unwrap_err(), Refusal::NoSuchTender { tender: TenderNo(no) });
        let remove = Command::RemoveAdjustment { adjustment: AdjustmentNo(no) };
        assert!(matches!(counter.run(&remove), Err(Refusal::NoSuchAdjustment { .. })));
    }
}

#[test]
fn a_full_document_adds_up_and_holds_five_thousand_lines_by_default() {
    let mut counter = Counter::new();
    counter.policy.max_lines = 40;
    (0..40).for_each(|_| counter.sell("1", "0.03"));
    counter.adjust_document(Manager, amount(7)).unwrap();
    counter.pay_rest(CreditCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(113));
    assert_eq!(saleflex_core::document::Policy::default().max_lines, 5_000);
}

#[test]
fn amounts_entered_beyond_the_bound_are_refused() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    for minor in [Money::MAX.minor() + 1, i64::MAX, i64::MIN] {
        assert!(counter.pay(Cash, minor).is_err());
        assert!(counter.adjust(Discount, amount(minor)).is_err());
        assert!(counter.adjust(Surcharge, amount(minor)).is_err());
        assert!(counter.adjust_document(Manager, amount(minor)).is_err());
        assert!(counter.adjust_document(DeliveryFee, amount(minor)).is_err());
        assert!(counter.redeem(minor, minor).is_err());
    }
    assert_eq!(counter.document().totals.net_due, m(100));
}

#[test]
fn a_raised_quantity_or_price_beyond_the_bound_is_refused() {
    let mut counter = Counter::new();
    counter.add(&goods("99999999999")).unwrap();
    let change = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") };
    assert_eq!(counter.run(&change).unwrap_err(), Refusal::Amount(AmountError::TooLarge));
    let mut counter = Counter::new();
    counter.sell("9999999", "1.00");
    let raise = Command::OverridePrice { line: LineNo(1), price: price("99999999999"), reason: None };
    assert_eq!(counter.run(&raise).unwrap_err(), Refusal::Amount(AmountError::TooLarge));
}
