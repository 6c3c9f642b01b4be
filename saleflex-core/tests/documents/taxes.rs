//! Tax on lines: in the price or on top, at one rate or several, none at all.

use saleflex_core::{
    adjustment::AdjustmentSource,
    document::{Command, DocumentType, Kind, Refusal},
    money::Money,
    tender::TenderKind,
};

use crate::support::{CASHIER, Counter, MANAGER, amount, goods, m, percent, quantity, taxed};

fn exempt() -> Command {
    Command::ExemptTax { reason: "embassy".into(), kind: None, certificate: Some("D-7".into()) }
}

fn taxes(counter: &Counter, at: usize) -> Vec<(Money, Money)> {
    counter.document().lines[at].taxes.iter().map(|part| (part.taxable, part.tax)).collect()
}

#[test]
fn tax_in_the_price_is_rounded_a_line_and_summed_d_doc_02() {
    let mut counter = Counter::new();
    for _ in 0..3 {
        counter.sell("1", "0.99");
    }
    // Each line has 0.165, which is 0.17; a recomputation of 2.97 would give 0.50.
    assert_eq!(counter.document().totals.tax, m(51));
    assert_eq!(counter.document().totals.net_due, m(297));
    assert_eq!(taxes(&counter, 0), [(m(82), m(17))]);
}

#[test]
fn worked_examples_of_contained_tax() {
    for (gross, rate, tax) in
        [("118.00", "18", 1800), ("29.97", "20", 500), ("12.34", "5.5", 64), ("0.99", "20", 17)]
    {
        let mut counter = Counter::new();
        counter.add(&taxed(gross, &[rate])).unwrap();
        assert_eq!(counter.document().totals.tax, m(tax), "{gross} at {rate} %");
    }
    let mut yen = Counter::in_currency("JPY");
    yen.add(&taxed("1000", &["10"])).unwrap();
    assert_eq!(yen.document().totals.tax, m(91));
    let mut dinars = Counter::in_currency("KWD");
    dinars.add(&taxed("18.183", &["22"])).unwrap();
    assert_eq!(dinars.document().totals.tax, m(3279));
}

#[test]
fn several_rates_in_a_price_are_taken_out_at_their_sum_and_split() {
    let mut counter = Counter::new();
    counter.add(&taxed("108.88", &["4", "4.875"])).unwrap();
    assert_eq!(taxes(&counter, 0), [(m(10_000), m(400)), (m(10_000), m(488))]);
    assert_eq!(counter.document().totals.net_due, m(10_888));
}

#[test]
fn state_county_and_city_tax_are_added_to_the_price_each_by_itself() {
    let mut counter = Counter::exclusive();
    counter.add(&taxed("9.99", &["4", "0.375", "4.5"])).unwrap();
    assert_eq!(taxes(&counter, 0), [(m(999), m(40)), (m(999), m(4)), (m(999), m(45))]);
    let totals = counter.document().totals;
    assert_eq!((totals.total, totals.tax, totals.net_due), (m(999), m(89), m(1088)));
    counter.pay_rest(TenderKind::CreditCard).unwrap();
    assert_eq!(counter.last().totals.paid, m(1088));
}

#[test]
fn added_tax_is_computed_on_what_discounts_leave() {
    let mut counter = Counter::exclusive();
    counter.add(&taxed("10.00", &["10"])).unwrap();
    counter.add(&taxed("10.00", &["5"])).unwrap();
    counter.adjust_document(AdjustmentSource::Manager, amount(500)).unwrap();
    let totals = counter.document().totals;
    assert_eq!((totals.total, totals.discount, totals.tax), (m(2000), m(500), m(75 + 38)));
    assert_eq!(totals.net_due, m(1613));
}

#[test]
fn a_rate_of_nothing_is_a_rate() {
    let mut counter = Counter::new();
    counter.add(&taxed("5.00", &["0"])).unwrap();
    counter.add(&taxed("5.00", &["0", "0"])).unwrap();
    assert_eq!(taxes(&counter, 0), [(m(500), m(0))]);
    assert_eq!(taxes(&counter, 1), [(m(500), m(0)), (m(500), m(0))]);
}

#[test]
fn rates_beyond_a_thousand_percent_together_are_still_taken_out_at_their_sum() {
    let mut counter = Counter::new();
    counter.add(&taxed("31.00", &["1000", "1000"])).unwrap();
    assert_eq!(counter.document().totals.tax, m(2952), "31.00 × 2000 ÷ 2100");
}

#[test]
fn an_exempt_document_adds_no_tax_and_lists_what_it_did_not_charge() {
    let mut counter = Counter::exclusive();
    counter.add(&taxed("9.99", &["4", "4.5"])).unwrap();
    counter.run(&exempt()).unwrap();
    counter.add(&taxed("10.00", &["4"])).unwrap();
    let document = counter.document();
    assert_eq!((document.totals.tax, document.totals.net_due), (m(0), m(1999)));
    assert!(document.active_lines().flat_map(|line| &line.taxes).all(|part| part.exempt));
    assert_eq!(document.exemption.as_ref().unwrap().certificate.as_deref(), Some("D-7"));
}

#[test]
fn an_exemption_is_a_managers_decision_with_both_names() {
    let mut counter = Counter::with_plain_cashier();
    counter.sell("1", "12.00");
    assert!(matches!(counter.run(&exempt()), Err(Refusal::ApprovalNeeded { .. })));
    counter.approve();
    counter.run(&exempt()).unwrap();
    let authority = counter.document().exemption.as_ref().unwrap().authority;
    assert_eq!((authority.cashier, authority.approved_by), (CASHIER, Some(MANAGER)));
    assert_eq!((counter.document().totals.net_due, counter.document().totals.tax), (m(1200), m(0)));
}

#[test]
fn exempting_a_part_paid_document_is_refused_when_too_much_would_be_paid() {
    let mut counter = Counter::exclusive();
    counter.add(&taxed("10.00", &["10"])).unwrap();
    counter.pay(TenderKind::CreditCard, 1050).unwrap();
    assert!(matches!(counter.run(&exempt()), Err(Refusal::PaidExceedsDue { .. })));
    counter.void_tender(1).unwrap();
    counter.pay(TenderKind::CreditCard, 1000).unwrap();
    counter.run(&exempt()).unwrap();
    assert_eq!(counter.last().totals.net_due, m(1000), "what is paid then is all that is due");
}

#[test]
fn a_diplomatic_invoice_is_exempt_from_its_first_line() {
    let mut counter = Counter::exclusive();
    counter.open(DocumentType::DiplomaticInvoice, Kind::Sale).unwrap();
    counter.add(&taxed("10.00", &["20"])).unwrap();
    assert_eq!((counter.document().totals.tax, counter.document().totals.net_due), (m(0), m(1000)));
    assert_eq!(counter.document().exemption.as_ref().unwrap().reason, "diplomatic");
}

#[test]
fn a_return_takes_its_taxes_from_the_sale_and_is_not_exempted() {
    let mut counter = Counter::exclusive();
    counter.add(&taxed("10.00", &["10"])).unwrap();
    counter.run(&exempt()).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    let sale = counter.last().id;
    counter.open_return(sale).unwrap();
    counter.take_back(1, "1").unwrap();
    assert_eq!(counter.document().totals.net_due, m(1000), "tax that was not charged is not given back");
    assert_eq!(counter.run(&exempt()).unwrap_err(), Refusal::WrongKind { kind: Kind::Return });
}

#[test]
fn quantities_and_percents_keep_tax_in_step() {
    let mut counter = Counter::exclusive();
    counter.add(&goods("3.33")).unwrap();
    let change = Command::ChangeQuantity { line: saleflex_core::ids::LineNo(1), quantity: quantity("3") };
    counter.run(&change).unwrap();
    counter.adjust_document(AdjustmentSource::Manager, percent("10")).unwrap();
    assert_eq!(counter.document().totals.tax, m(180), "20 % of 8.99");
}

#[test]
fn figures_are_derived_anew_from_what_was_entered_and_not_from_the_taxes_that_stand_there() {
    let mut counter = Counter::new();
    counter.add(&taxed("2.40", &["20"])).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    let sale = counter.last().clone();
    assert_eq!((sale.totals.tax, sale.derived_anew()), (m(40), sale.clone()));
    let mut untaxed = sale.clone();
    let part = &mut untaxed.lines[0].taxes[0];
    (part.taxable, part.tax) = (m(240), m(0));
    untaxed.totals.tax = m(0);
    assert_eq!(untaxed.derived_anew(), sale);
}

#[test]
fn a_line_that_was_taken_back_keeps_its_taxes_where_figures_are_derived_anew() {
    let mut counter = Counter::new();
    counter.add(&taxed("2.40", &["20"])).unwrap();
    counter.add(&taxed("1.20", &["20"])).unwrap();
    counter.void_line(1).unwrap();
    counter.pay_rest(TenderKind::Cash).unwrap();
    let sale = counter.last();
    assert!(!sale.lines[0].is_active() && !sale.lines[0].taxes.is_empty());
    assert_eq!(sale.derived_anew(), *sale);
}
