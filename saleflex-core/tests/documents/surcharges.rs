//! Service charge, delivery and convenience fees.

use saleflex_core::{
    adjustment::{
        AdjustmentKind::Surcharge,
        AdjustmentSource::{ConvenienceFee, DeliveryFee, Manager, ServiceCharge},
    },
    catalog::{PriceRule, Sellable},
    document::{Command, Refusal},
    ids::AdjustmentNo,
    money::Money,
    quantity::Percent,
    tender::TenderKind,
};

use crate::{
    approvals::needs_approval,
    support::{Counter, amount, goods, m, percent, rate, taxed},
};

#[test]
fn a_percent_is_computed_on_what_the_discounts_left_whatever_the_order() {
    let mut counter = Counter::new();
    counter.sell("1", "100.00");
    counter.adjust_document(ServiceCharge, percent("12.5")).unwrap();
    assert_eq!(counter.document().totals.surcharge, m(1250));
    counter.adjust_document(Manager, amount(2000)).unwrap();
    let totals = counter.document().totals;
    assert_eq!((totals.discount, totals.surcharge, totals.net_due), (m(2000), m(1000), m(9000)));
}

#[test]
fn without_rates_of_its_own_it_is_taxed_as_the_lines_that_bear_it() {
    let mut counter = Counter::new();
    counter.add(&taxed("12.00", &["20"])).unwrap();
    counter.add(&taxed("12.00", &["0"])).unwrap();
    counter.adjust_document(DeliveryFee, amount(240)).unwrap();
    let document = counter.document();
    assert_eq!(document.lines[0].surcharge_share, m(120));
    assert_eq!((document.totals.net_due, document.totals.tax), (m(2640), m(220)));
}

#[test]
fn its_tax_uses_the_configured_rate_where_there_is_one() {
    let mut counter = Counter::new();
    counter.policy.surcharge_taxes = vec![rate(9, "10")];
    counter.add(&taxed("12.00", &["20"])).unwrap();
    counter.add(&taxed("12.00", &["0"])).unwrap();
    counter.adjust_document(ServiceCharge, amount(110)).unwrap();
    let document = counter.document();
    assert_eq!((document.totals.net_due, document.totals.tax), (m(2510), m(200 + 10)));
    let own: Vec<(Money, Money)> =
        document.lines.iter().map(|line| (line.taxes[1].taxable, line.taxes[1].tax)).collect();
    assert_eq!(own, [(m(50), m(5)), (m(50), m(5))]);
}

#[test]
fn its_own_tax_is_added_where_prices_exclude_tax() {
    let mut counter = Counter::exclusive();
    counter.policy.surcharge_taxes = vec![rate(9, "10")];
    counter.add(&taxed("10.00", &["8.875"])).unwrap();
    counter.adjust_document(ServiceCharge, percent("18")).unwrap();
    let totals = counter.document().totals;
    assert_eq!((totals.surcharge, totals.tax, totals.net_due), (m(180), m(89 + 18), m(1287)));
}

#[test]
fn no_line_bears_more_tax_than_its_share_of_a_charge_with_several_rates() {
    let mut counter = Counter::new();
    counter.policy.surcharge_taxes = vec![rate(8, "50"), rate(9, "50")];
    counter.policy.min_line_total = m(0);
    let free = Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") };
    (0..4).for_each(|_| drop(counter.add(&free).unwrap()));
    counter.adjust_document(ConvenienceFee, amount(4)).unwrap();
    // Two pence of tax in four pence of charge: a penny a line, and no line has both.
    let taxes: Vec<_> = counter.document().lines.iter().map(saleflex_core::basket::LineItem::tax).collect();
    assert_eq!(taxes, [m(1), m(1), m(0), m(0)]);
}

#[test]
fn free_lines_bear_a_charge_evenly() {
    let mut counter = Counter::new();
    let free = Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") };
    (0..3).for_each(|_| drop(counter.add(&free).unwrap()));
    counter.adjust_document(DeliveryFee, amount(500)).unwrap();
    let shares: Vec<_> = counter.document().lines.iter().map(|line| line.surcharge_share).collect();
    assert_eq!(shares, [m(167), m(167), m(166)]);
    counter.pay_rest(TenderKind::Cash).unwrap();
    assert_eq!(counter.last().totals.paid, m(500));
}

#[test]
fn it_is_a_cashiers_word_and_can_be_taken_back() {
    let mut counter = Counter::with_plain_cashier();
    counter.sell("1", "10.00");
    counter.adjust_document(ServiceCharge, percent("10")).unwrap();
    assert!(counter.adjust_document(ServiceCharge, percent("101")).is_err());
    counter.run(&Command::RemoveAdjustment { adjustment: AdjustmentNo(1) }).unwrap();
    assert_eq!(counter.document().totals.net_due, m(1000));
}

#[test]
fn charges_above_what_a_cashier_may_put_on_lines_are_a_managers() {
    let mut counter = Counter::with_plain_cashier();
    counter.policy.limits.line_discount = Some(Percent::parse("50").unwrap());
    counter.sell("1", "10.00");
    needs_approval(counter.adjust_document(ServiceCharge, percent("100")));
    needs_approval(counter.adjust_document(DeliveryFee, amount(501)));
    counter.adjust_document(DeliveryFee, amount(300)).unwrap();
    needs_approval(counter.adjust_document(ServiceCharge, amount(201)));
    counter.policy.limits.discounts = Some(m(400));
    needs_approval(counter.adjust_document(ServiceCharge, amount(101)));
    needs_approval(counter.adjust(Surcharge, amount(101)));
    counter.adjust(Surcharge, amount(100)).unwrap();
    needs_approval(counter.adjust_document(ServiceCharge, amount(1)));
    counter.approve();
    counter.adjust_document(ServiceCharge, amount(100_000)).unwrap();
    assert_eq!(counter.document().totals.surcharge, m(100_300));
}

#[test]
fn a_charge_beyond_the_bound_of_a_document_is_refused() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    let huge = counter.adjust_document(DeliveryFee, amount(10_000_000_000_000));
    assert_eq!(huge.unwrap_err(), Refusal::Amount(saleflex_core::money::AmountError::TooLarge));
    let beyond = counter.adjust_document(DeliveryFee, amount(i64::MAX));
    assert!(matches!(beyond.unwrap_err(), Refusal::AmountOutOfRange { .. }));
}

#[test]
fn taking_a_charge_back_below_what_is_paid_is_refused() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust_document(DeliveryFee, amount(300)).unwrap();
    counter.pay(TenderKind::Cash, 1200).unwrap();
    let remove = Command::RemoveAdjustment { adjustment: AdjustmentNo(1) };
    assert!(matches!(counter.run(&remove), Err(Refusal::PaidExceedsDue { .. })));
}
