//! Discounts and markups on lines and documents.

use saleflex_core::{
    adjustment::{
        AdjustmentKind::{Discount, Surcharge},
        AdjustmentSource,
    },
    catalog::{Permissions, Sellable},
    document::{AddLine, Adjust, Command, DocumentType, Kind, Refusal},
    ids::{AdjustmentNo, LineNo},
    tender::TenderKind,
};

use crate::{
    campaigning::basket_tenth,
    support::{CASHIER, Counter, Promoted, amount, goods, m, percent, price, quantity, taxed},
};

fn without_discount(at: &str) -> Sellable {
    Sellable { permissions: Permissions { discount: false, ..Permissions::default() }, ..goods(at) }
}

#[test]
fn a_discount_then_a_markup_as_worked_in_6_3() {
    let mut counter = Counter::new();
    counter.sell("3", "10.00");
    counter.adjust(Discount, percent("10")).unwrap();
    assert_eq!((counter.document().totals.total, counter.document().totals.tax), (m(2700), m(450)));
    counter.adjust(Surcharge, amount(100)).unwrap();
    assert_eq!((counter.document().totals.total, counter.document().totals.tax), (m(2800), m(467)));
}

#[test]
fn later_adjustments_are_computed_on_what_the_earlier_ones_left() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust(Discount, percent("50")).unwrap();
    counter.adjust(Discount, percent("50")).unwrap();
    counter.adjust(Surcharge, percent("10")).unwrap();
    assert_eq!(counter.document().totals.total, m(275));
}

#[test]
fn a_percent_of_one_to_a_hundred_and_an_amount_up_to_the_line_are_in_range_d_doc_28() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    for bad in [percent("0.99"), percent("0"), percent("100.0001"), amount(0), amount(-1), amount(1001)] {
        for kind in [Discount, Surcharge] {
            counter.adjust(kind, bad).unwrap_err();
        }
    }
    let words = |value| counter.adjust(Discount, value).unwrap_err().to_string();
    assert_eq!(
        [percent("0.5"), amount(1001)].map(words),
        ["0.5 % is not from 1 to 100 %", "£10.01 is not from £0.01 to £10.00",]
    );
    for good in [percent("1"), amount(1), percent("100"), amount(2000)] {
        counter.adjust(Surcharge, good).unwrap();
    }
}

#[test]
fn a_discount_leaves_one_minor_unit_unless_the_store_allows_nothing_d_doc_13() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust(Discount, percent("100")).unwrap();
    let line = &counter.document().lines[0];
    assert_eq!((line.total, line.adjustments[0].amount), (m(1), m(999)), "the record says what it came to");
    let mut counter = Counter::new();
    counter.policy.min_line_total = m(0);
    counter.sell("1", "10.00");
    counter.adjust(Discount, amount(1000)).unwrap();
    assert_eq!(counter.document().totals.total, m(0));
}

#[test]
fn a_whole_line_taken_off_costs_nothing_in_a_shop_made_here() {
    let mut counter = Counter::new();
    counter.policy = saleflex_core::document::Policy::of_new_shop();
    counter.sell("3", "3.33");
    counter.adjust(Discount, percent("100")).unwrap();
    let line = &counter.document().lines[0];
    assert_eq!((line.total, line.tax(), line.adjustments[0].amount), (m(0), m(0), m(999)));
    assert_eq!(counter.adjust(Discount, amount(500)).unwrap_err(), Refusal::NothingToDiscount);
}

#[test]
fn an_adjusted_line_stays_one_line_with_a_record_d_doc_12() {
    let mut counter = Counter::new();
    counter.sell("3", "29.00");
    let adjust = Adjust { kind: Discount, value: percent("10"), reason: Some("dented".into()) };
    let events = counter.run(&Command::AdjustLine { line: Some(LineNo(1)), adjust }).unwrap().events;
    let line = &counter.document().lines[0];
    assert_eq!(counter.document().lines.len(), 1);
    assert_eq!((line.unit_price, line.gross, line.total), (price("29"), m(8700), m(7830)));
    let record = &line.adjustments[0];
    assert_eq!((record.amount, record.reason.as_deref()), (m(870), Some("dented")));
    assert_eq!((record.value, record.authority.cashier), (percent("10"), CASHIER));
    let written = serde_json::to_value(&events).unwrap();
    assert_eq!(written[0]["adjustment"]["amount"], 870, "the journal says what it came to");
}

#[test]
fn a_department_line_is_adjusted_like_any_other_d_doc_11() {
    let mut counter = Counter::new();
    let no = saleflex_core::catalog::DepartmentNo(1);
    counter.add_as(&crate::support::department(None), AddLine::department(no, price("20"))).unwrap();
    counter.adjust(Discount, percent("25")).unwrap();
    assert_eq!(counter.document().totals.net_due, m(1500));
}

#[test]
fn without_a_number_the_last_active_line_is_meant() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.sell("1", "2.00");
    counter.sell("1", "3.00");
    counter.void_line(3).unwrap();
    counter.adjust(Discount, percent("50")).unwrap();
    assert_eq!(counter.document().lines[1].total, m(100));
    let empty = Counter::new().adjust(Discount, percent("50")).unwrap_err();
    assert_eq!(empty, Refusal::NoDocument);
}

#[test]
fn a_product_that_allows_no_discount_gets_none_but_may_be_marked_up_d_doc_14() {
    let mut counter = Counter::new();
    counter.add(&without_discount("10")).unwrap();
    let refusal = Refusal::DiscountNotAllowed { code: "G".into() };
    assert_eq!(counter.adjust(Discount, percent("5")).unwrap_err(), refusal);
    counter.adjust(Surcharge, percent("5")).unwrap();
    let all = counter.adjust_document(AdjustmentSource::Manager, percent("5"));
    assert_eq!(all.unwrap_err(), Refusal::NothingToDiscount);
    counter.sell("1", "10.00");
    counter.adjust_document(AdjustmentSource::Manager, percent("50")).unwrap();
    let shares: Vec<_> = counter.document().lines.iter().map(|line| line.discount_share).collect();
    assert_eq!(shares, [m(0), m(500)]);
}

#[test]
fn a_document_discount_is_shared_out_and_lowers_the_tax_d_doc_21() {
    let mut counter = Counter::new();
    counter.add(&taxed("10.00", &["20"])).unwrap();
    counter.add(&taxed("5.00", &["5"])).unwrap();
    counter.adjust_document(AdjustmentSource::CustomerSatisfaction, amount(100)).unwrap();
    let document = counter.document();
    let shares: Vec<_> = document.lines.iter().map(|line| line.discount_share).collect();
    assert_eq!(shares, [m(67), m(33)]);
    assert_eq!((document.totals.total, document.totals.discount), (m(1500), m(100)));
    assert_eq!((document.totals.net_due, document.totals.tax), (m(1400), m(178)));
}

#[test]
fn document_discounts_apply_in_order_each_to_what_is_left() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust_document(AdjustmentSource::Manager, percent("10")).unwrap();
    counter.adjust_document(AdjustmentSource::Personal, percent("10")).unwrap();
    let amounts: Vec<_> = counter.document().adjustments.iter().map(|known| known.amount).collect();
    assert_eq!(amounts, [m(100), m(90)]);
    assert_eq!(counter.document().adjustments[0].source.code(), "manager");
}

#[test]
fn a_document_discount_follows_the_lines_it_is_on() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust_document(AdjustmentSource::Manager, percent("10")).unwrap();
    counter.sell("1", "5.00");
    assert_eq!(counter.document().totals.discount, m(150));
    counter.void_line(1).unwrap();
    assert_eq!((counter.document().totals.discount, counter.document().totals.net_due), (m(50), m(450)));
}

#[test]
fn an_amount_off_the_document_never_exceeds_what_is_left_of_it() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.sell("1", "2.00");
    counter.adjust_document(AdjustmentSource::Manager, amount(500)).unwrap();
    let over = counter.adjust_document(AdjustmentSource::Manager, amount(701));
    assert_eq!(over.unwrap_err().to_string(), "£7.01 is not from £0.01 to £7.00");
    let refused = counter.void_line(1).unwrap_err();
    assert!(matches!(refused, Refusal::DiscountExceedsTotal { .. }), "{refused}");
    assert_eq!(counter.document().totals.net_due, m(700), "nothing changed");
    counter.run(&Command::RemoveAdjustment { adjustment: AdjustmentNo(1) }).unwrap();
    counter.void_line(1).unwrap();
    assert_eq!(counter.document().totals.net_due, m(200));
}

#[test]
fn a_whole_document_may_be_discounted_to_nothing_and_closed_d_doc_20() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust_document(AdjustmentSource::Manager, percent("100")).unwrap();
    assert_eq!(counter.document().totals.net_due, m(0));
    counter.run(&Command::Close).unwrap();
    assert!(counter.last().tenders.is_empty());
}

#[test]
fn adjustments_by_rule_are_not_entered_by_hand_and_discounts_are_no_charges() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    let points = AdjustmentSource::Loyalty { points: saleflex_core::quantity::Points::new(1) };
    let campaign = AdjustmentSource::campaign("C");
    for source in [points, campaign] {
        let refusal = counter.adjust_document(source.clone(), percent("10")).unwrap_err();
        assert_eq!(refusal, Refusal::NotByHand { kind: Discount, given_as: source });
    }
    for (kind, source) in [(Surcharge, AdjustmentSource::Manager), (Discount, AdjustmentSource::DeliveryFee)]
    {
        let adjust = Adjust { kind, value: percent("10"), reason: None };
        let wrong = Command::AdjustDocument { adjust, source: source.clone(), code: None };
        assert_eq!(counter.run(&wrong).unwrap_err(), Refusal::NotByHand { kind, given_as: source });
    }
}

#[test]
fn what_goes_out_is_not_discounted_as_a_document() {
    let mut counter = Counter::new();
    counter.open(DocumentType::Return, Kind::Return).unwrap();
    counter.add(&goods("10")).unwrap();
    let refusal = counter.adjust_document(AdjustmentSource::Manager, percent("10")).unwrap_err();
    assert_eq!(refusal, Refusal::WrongKind { kind: Kind::Return });
}

#[test]
fn adjusting_below_what_is_paid_is_refused_until_a_tender_is_taken_back_d_pay_06() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.sell("1", "4.00");
    counter.pay(TenderKind::Cash, 1000).unwrap();
    let refused = counter.adjust_document(AdjustmentSource::Manager, amount(401)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "£10.00 is paid already, more than £9.99 would be due: take a tender back first"
    );
    assert!(matches!(counter.void_line(1), Err(Refusal::PaidExceedsDue { .. })));
    counter.void_tender(1).unwrap();
    counter.void_line(1).unwrap();
    assert_eq!(counter.document().balance(), m(400));
}

#[test]
fn lowering_the_total_to_what_is_paid_completes_d_pay_06() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.sell("1", "4.00");
    counter.pay(TenderKind::Cash, 1000).unwrap();
    counter.void_line(2).unwrap();
    assert_eq!(counter.last().totals.paid, m(1000));
    counter.sell("1", "10.00");
    counter.pay(TenderKind::Cash, 900).unwrap();
    counter.adjust(Discount, percent("10")).unwrap();
    assert_eq!(counter.completed.len(), 2);
    counter.sell("2", "10.00");
    counter.pay(TenderKind::Cash, 1000).unwrap();
    counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("1") }).unwrap();
    assert_eq!(counter.completed.len(), 3);
    counter.sell("1", "10.00");
    counter.pay(TenderKind::Cash, 500).unwrap();
    counter.run(&Command::OverridePrice { line: LineNo(1), price: price("5"), reason: None }).unwrap();
    assert_eq!(counter.completed.len(), 4);
}

#[test]
fn a_campaigns_adjustment_is_not_taken_back_by_hand_and_an_unknown_one_is_none() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    let remove = Command::RemoveAdjustment { adjustment: AdjustmentNo(1) };
    let refusal = Refusal::NoSuchAdjustment { adjustment: AdjustmentNo(1) };
    assert_eq!(counter.run(&remove).unwrap_err(), refusal);
    counter.promotions = Some(Promoted::by(vec![basket_tenth()]));
    counter.sell("1", "10.00");
    let given_as = counter.document().adjustments[0].source.clone();
    let refused = counter.run(&remove).unwrap_err();
    assert_eq!(refused.to_string(), "no discount as campaign is given or taken back by hand");
    assert_eq!(refused, Refusal::NotByHand { kind: Discount, given_as });
}

#[test]
fn an_adjustments_number_is_never_given_twice() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust_document(AdjustmentSource::Manager, percent("10")).unwrap();
    counter.adjust_document(AdjustmentSource::Manager, percent("20")).unwrap();
    counter.run(&Command::RemoveAdjustment { adjustment: AdjustmentNo(2) }).unwrap();
    counter.adjust_document(AdjustmentSource::Manager, percent("30")).unwrap();
    let numbers: Vec<_> = counter.document().adjustments.iter().map(|known| known.no.0).collect();
    assert_eq!(numbers, [1, 3]);
}

#[test]
fn a_code_on_a_discount_has_at_most_fifteen_characters() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    let with = |code: &str| Command::AdjustDocument {
        adjust: Adjust { kind: Discount, value: percent("10"), reason: None },
        source: AdjustmentSource::Personal,
        code: Some(code.into()),
    };
    assert_eq!(counter.run(&with("0123456789ABCDEF")).unwrap_err(), Refusal::BadText { max: 15 });
    counter.run(&with("0123456789ABCDE")).unwrap();
}

#[test]
fn an_amount_off_a_line_is_never_cut_when_there_is_less_of_it() {
    let mut counter = Counter::new();
    counter.sell("10", "1.00");
    counter.adjust(Discount, amount(500)).unwrap();
    let fewer = |times| Command::ChangeQuantity { line: LineNo(1), quantity: quantity(times) };
    let refused = counter.run(&fewer("4")).unwrap_err();
    assert_eq!(refused.to_string(), "discounts of £5.00 exceed £4.00: take them back first");
    let cheaper = Command::OverridePrice { line: LineNo(1), price: price("0.49"), reason: None };
    assert!(matches!(counter.run(&cheaper), Err(Refusal::DiscountExceedsTotal { .. })));
    counter.run(&fewer("5")).unwrap();
    assert_eq!(counter.document().totals.total, m(1), "the floor of a line holds as when it was entered");
}
