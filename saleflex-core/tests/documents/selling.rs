//! Ringing up: price, quantity, rounding, departments, labels.

use chrono::NaiveDate;
use saleflex_core::{
    basket::PriceSource,
    cashier::Capability,
    catalog::{DepartmentNo, Permissions, PriceLabel, PriceRule, Sellable, Unit},
    document::{AddLine, AgeEvidence, Command, DocumentType, Kind, PriceCeiling, Refusal},
    ids::LineNo,
    money::{AmountError, Money},
    tender::TenderKind,
};

use crate::support::{
    CASHIER, Counter, amount, department, goods, m, percent, price, quantity, taxed, weighed,
};
use saleflex_core::adjustment::AdjustmentKind::Discount;

#[test]
fn a_first_line_begins_a_sale_with_the_days_date_the_period_and_the_next_receipt() {
    let mut counter = Counter::new();
    counter.sell("1", "9.99");
    let document = counter.document();
    assert_eq!(document.number.to_string(), "20250406-0002-000001");
    assert_eq!((document.totals.total, document.totals.net_due), (m(999), m(999)));
    assert_eq!(document.opened_by.cashier, CASHIER);
}

#[test]
fn line_totals_are_exact_d_doc_01() {
    let mut counter = Counter::new();
    counter.sell("20", "4.99");
    assert_eq!(counter.document().totals.total, m(9980));
    // 15 % off 9.99 leaves 8.49, not 8.4915.
    counter.sell("1", "9.99");
    counter.adjust(Discount, percent("15")).unwrap();
    assert_eq!(counter.document().lines[1].total, m(849));
}

#[test]
fn a_line_is_rounded_once_from_its_exact_product() {
    let mut counter = Counter::new();
    counter.add_as(&weighed("3.3333"), AddLine::code("W").times(quantity("1.5"))).unwrap();
    assert_eq!(counter.document().lines[0].gross, m(500));
    counter.add_as(&weighed("0.03"), AddLine::code("W").times(quantity("0.5"))).unwrap();
    assert_eq!(counter.document().lines[1].gross, m(2), "half up: 0.015");
}

#[test]
fn amounts_have_exactly_the_currencys_minor_digits() {
    let mut yen = Counter::in_currency("JPY");
    yen.add_as(&weighed("250"), AddLine::code("W").times(quantity("0.5"))).unwrap();
    assert_eq!((yen.document().totals.total, yen.document().totals.tax), (m(125), m(21)));
    let mut dinars = Counter::in_currency("KWD");
    dinars.sell("3", "18.183");
    assert_eq!(dinars.document().totals.total, m(54_549));
}

#[test]
fn a_line_keeps_a_snapshot_of_what_was_sold() {
    let mut counter = Counter::new();
    let item = taxed("12.50", &["7"]);
    counter.add(&item).unwrap();
    let line = &counter.document().lines[0];
    assert_eq!(
        (&*line.item, line.list_price, line.price_source),
        (&item, price("12.50"), PriceSource::Catalog)
    );
}

#[test]
fn fractions_are_sold_where_the_unit_allows_them_d_doc_16() {
    let mut counter = Counter::new();
    counter.add_as(&weighed("10"), AddLine::code("W").times(quantity("0.5"))).unwrap();
    assert_eq!(counter.document().totals.total, m(500));
    let half_a_piece = counter.add_as(&goods("10"), AddLine::code("G").times(quantity("0.5")));
    let refusal = Refusal::QuantityNotAllowed { quantity: quantity("0.5"), unit: "PCS".into(), decimals: 0 };
    assert_eq!(half_a_piece.unwrap_err(), refusal);
    assert!(counter.add_as(&weighed("10"), AddLine::code("W").times(quantity("0.0005"))).is_err());
}

#[test]
fn one_scan_of_a_pack_sells_its_pieces() {
    let mut counter = Counter::new();
    let six = Sellable { pack_quantity: quantity("6"), ..goods("0.50") };
    counter.add_as(&six, AddLine::code("G").times(quantity("2"))).unwrap();
    assert_eq!(
        (counter.document().lines[0].quantity, counter.document().totals.total),
        (quantity("12"), m(600))
    );
}

#[test]
fn a_product_without_a_price_is_refused_unless_it_may_be_free() {
    let mut counter = Counter::new();
    assert_eq!(counter.add(&goods("0")).unwrap_err(), Refusal::PriceNeeded { code: "G".into() });
    assert!(counter.draft.is_none(), "a refusal begins no document");
    counter.add(&Sellable { price_rule: PriceRule::MayBeFree, ..goods("0") }).unwrap();
    assert_eq!(counter.document().totals.total, m(0));
}

#[test]
fn an_open_priced_product_asks_for_its_price_even_where_the_catalog_names_one() {
    let mut counter = Counter::new();
    let open = Sellable { price_rule: PriceRule::Open, ..goods("5.00") };
    assert_eq!(counter.add(&open).unwrap_err(), Refusal::PriceNeeded { code: "G".into() });
    counter.add_as(&open, AddLine::code("G").at(price("7.50"))).unwrap();
    let line = &counter.document().lines[0];
    assert_eq!((line.total, line.price_source), (m(750), PriceSource::Typed));
}

#[test]
fn a_department_sells_up_to_its_highest_price_and_not_above() {
    let mut counter = Counter::new();
    let no = DepartmentNo(1);
    let limited = department(Some("50"));
    counter.add_as(&limited, AddLine::department(no, price("50"))).unwrap();
    let above = counter.add_as(&limited, AddLine::department(no, price("50.01"))).unwrap_err();
    let currency = counter.document().currency;
    assert_eq!(
        above,
        Refusal::AboveMaxPrice { price: price("50.01"), max: price("50"), department: no, currency }
    );
    assert_eq!(counter.document().totals.total, m(5000));
}

#[test]
fn without_a_tax_rate_nothing_is_sold_d_doc_18() {
    let mut counter = Counter::new();
    let untaxed = Sellable { taxes: Vec::new(), ..goods("1") };
    assert_eq!(counter.add(&untaxed).unwrap_err(), Refusal::NoTax { code: "G".into() });
    counter.add(&taxed("1", &["0"])).unwrap();
}

#[test]
fn a_price_inside_the_barcode_is_the_line_total_and_never_multiplied_d_doc_17() {
    let mut counter = Counter::new();
    let label = Sellable {
        embedded_quantity: Some(quantity("1.25")),
        embedded_total: Some(m(6875)),
        ..weighed("54.99")
    };
    counter.add(&label).unwrap();
    let line = &counter.document().lines[0];
    assert_eq!((line.quantity, line.total, line.unit_price), (quantity("1.25"), m(6875), price("54.99")));
    assert_eq!(line.price_source, PriceSource::Embedded);
    // Three such labels are three times what is printed, whatever the weight comes to.
    counter.add_as(&label, AddLine::code("W").times(quantity("3"))).unwrap();
    let line = &counter.document().lines[1];
    assert_eq!((line.quantity, line.total), (quantity("3.75"), m(20_625)));
    let part = counter.add_as(&label, AddLine::code("W").times(quantity("0.5")));
    assert!(matches!(part, Err(Refusal::QuantityNotAllowed { .. })), "half a label is none");
    let more = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("2") };
    assert_eq!(counter.run(&more).unwrap_err(), Refusal::PriceOnLabel { line: LineNo(1) });
    let other = Command::OverridePrice { line: LineNo(1), price: price("1"), reason: None };
    assert_eq!(counter.run(&other).unwrap_err(), Refusal::PriceOnLabel { line: LineNo(1) });
}

#[test]
fn a_label_without_a_weight_sells_one_for_its_price() {
    let mut counter = Counter::new();
    let label = Sellable { embedded_total: Some(m(250)), pack_quantity: quantity("6"), ..goods("0.50") };
    counter.add_as(&label, AddLine::code("G").times(quantity("2"))).unwrap();
    assert_eq!(
        (counter.document().lines[0].quantity, counter.document().totals.total),
        (quantity("12"), m(500))
    );
}

#[test]
fn a_weight_inside_the_barcode_is_the_quantity() {
    let mut counter = Counter::new();
    let label = Sellable { embedded_quantity: Some(quantity("0.48")), ..weighed("95") };
    counter.add(&label).unwrap();
    assert_eq!(
        (counter.document().lines[0].quantity, counter.document().totals.total),
        (quantity("0.48"), m(4560))
    );
}

#[test]
fn a_repeat_copies_quantity_price_and_adjustments_as_a_new_last_line() {
    let mut counter = Counter::new();
    counter.sell("3", "10.00");
    counter.adjust(Discount, percent("10")).unwrap();
    counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap();
    let lines = &counter.document().lines;
    assert_eq!((lines[1].no, lines[1].quantity, lines[1].total), (LineNo(2), quantity("3"), m(2700)));
    assert_eq!(counter.document().totals.total, m(5400));
}

#[test]
fn a_voided_line_cannot_be_repeated() {
    let mut counter = Counter::new();
    counter.sell("1", "1.00");
    counter.sell("1", "2.00");
    counter.void_line(1).unwrap();
    let again = counter.run(&Command::RepeatLine { line: LineNo(1) }).unwrap_err();
    assert_eq!(again, Refusal::NoSuchLine { line: LineNo(1) });
}

#[test]
fn a_changed_quantity_reprices_the_line_with_its_discounts() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.adjust(Discount, percent("10")).unwrap();
    counter.adjust(Discount, amount(100)).unwrap();
    counter.run(&Command::ChangeQuantity { line: LineNo(1), quantity: quantity("4") }).unwrap();
    assert_eq!(counter.document().totals.total, m(3500), "40.00 less 4.00 less 1.00");
}

#[test]
fn a_price_override_keeps_the_list_price_the_reason_and_both_names() {
    let mut counter = Counter::with_plain_cashier();
    counter.sell("2", "10.00");
    let change =
        Command::OverridePrice { line: LineNo(1), price: price("7.25"), reason: Some("shelf label".into()) };
    assert!(matches!(counter.run(&change), Err(Refusal::ApprovalNeeded { .. })));
    counter.approve();
    counter.run(&change).unwrap();
    let line = &counter.document().lines[0];
    let changed = line.price_override.as_ref().unwrap();
    assert_eq!((line.list_price, line.unit_price, line.total), (price("10"), price("7.25"), m(1450)));
    assert_eq!(changed.reason.as_deref(), Some("shelf label"));
    assert_eq!(
        (changed.authority.cashier, changed.authority.approved_by),
        (CASHIER, Some(crate::support::MANAGER))
    );
}

#[test]
fn a_typed_price_for_a_priced_product_is_an_override_and_never_nothing() {
    let mut counter = Counter::with_plain_cashier();
    let typed = AddLine::code("G").at(price("8"));
    assert!(matches!(counter.add_as(&goods("10"), typed.clone()), Err(Refusal::ApprovalNeeded { .. })));
    counter.add_as(&goods("8"), typed.clone()).unwrap();
    assert_eq!(counter.document().lines[0].price_source, PriceSource::Catalog, "the price it has anyway");
    counter.approve();
    counter.add_as(&goods("10"), typed).unwrap();
    assert_eq!(counter.document().lines[1].price_source, PriceSource::Override);
    let free = counter.add_as(&goods("10"), AddLine::code("G").at(price("0")));
    assert_eq!(free.unwrap_err(), Refusal::PriceNeeded { code: "G".into() });
    let free = Command::OverridePrice { line: LineNo(1), price: price("0"), reason: None };
    assert_eq!(counter.run(&free).unwrap_err(), Refusal::PriceNeeded { code: "G".into() });
}

#[test]
fn a_label_at_a_typed_price_needs_a_manager_even_at_the_catalogs_price() {
    let mut counter = Counter::with_plain_cashier();
    let label =
        Sellable { embedded_quantity: Some(quantity("1")), embedded_total: Some(m(9999)), ..weighed("10") };
    let typed = counter.add_as(&label, AddLine::code("W").at(price("10")));
    assert!(matches!(typed, Err(Refusal::ApprovalNeeded { .. })));
}

#[test]
fn a_departments_highest_price_holds_for_overrides_of_its_products() {
    let mut counter = Counter::new();
    let item = Sellable { max_price: Some(price("20")), ..goods("30") };
    counter.add(&item).unwrap();
    let raise = |to| Command::OverridePrice { line: LineNo(1), price: price(to), reason: None };
    assert!(matches!(counter.run(&raise("20.01")), Err(Refusal::AboveMaxPrice { .. })));
    counter.run(&raise("20")).unwrap();
}

#[test]
fn a_departments_highest_price_holds_for_prices_of_the_catalog_where_the_store_says_so() {
    let item = |at| Sellable { max_price: Some(price("20")), ..goods(at) };
    let mut counter = Counter::new();
    counter.add(&item("20.01")).unwrap();
    counter.policy.price_ceiling = PriceCeiling::All;
    assert!(matches!(counter.add(&item("20.01")), Err(Refusal::AboveMaxPrice { .. })));
    counter.add(&item("20")).unwrap();
    counter.add(&goods("30")).unwrap();

    // What comes back is worth what it is: the rule is about selling.
    let mut desk = Counter::new();
    desk.policy.price_ceiling = PriceCeiling::All;
    desk.open(DocumentType::Return, Kind::Return).unwrap();
    desk.add(&item("20.01")).unwrap();
}

#[test]
fn a_departments_highest_price_holds_for_the_total_of_a_label_where_the_store_says_so() {
    let by_piece =
        |minor| Sellable { max_price: Some(price("20")), embedded_total: Some(m(minor)), ..goods("5.00") };
    let by_weight = |minor| Sellable {
        max_price: Some(price("19.99")),
        embedded_quantity: Some(quantity("1.333")),
        embedded_total: Some(m(minor)),
        ..weighed("5.00")
    };
    let mut counter = Counter::new();
    counter.add(&by_piece(2001)).unwrap();
    counter.policy.price_ceiling = PriceCeiling::All;
    let refused = counter.add(&by_piece(2001)).unwrap_err();
    assert!(
        matches!(refused, Refusal::AboveMaxPrice { price: at, .. } if at == price("20.01")),
        "{refused:?}"
    );
    counter.add(&by_piece(2000)).unwrap();
    // 1.333 kg at 19.99 come to 26.6467, and a scale may round it up.
    counter.add(&by_weight(2665)).unwrap();
    let refused = counter.add(&by_weight(2666)).unwrap_err();
    assert!(
        matches!(refused, Refusal::AboveMaxPrice { price: at, .. } if at > price("19.99")),
        "{refused:?}"
    );
    // However many labels of it there are, each is what it says.
    counter.add_as(&by_piece(1999), AddLine::code("G").times(quantity("3"))).unwrap();
}

#[test]
fn a_label_whose_total_is_what_its_weight_costs_is_held_to_the_price_of_the_catalog() {
    let held = |at: &str, max: &str, minor: i64| {
        let label = PriceLabel { total: m(minor), quantity: None };
        let item = Sellable { max_price: Some(price(max)), ..weighed(at) };
        let mut counter = Counter::new();
        counter.policy.price_ceiling = PriceCeiling::All;
        let currency = counter.till.currency;
        counter.add(&item.labelled(label, &currency).unwrap())
    };
    // 68.77 at 55.00 are 1.2504 kg, of which 1.250 are kept.
    for minor in (100..10_000).step_by(7).chain([6_877]) {
        held("55", "55", minor).unwrap();
        held("25", "25", minor).unwrap();
        let refused = held("55.01", "55", minor).unwrap_err();
        assert!(matches!(refused, Refusal::AboveMaxPrice { .. }), "{minor}: {refused:?}");
    }
}

#[test]
fn a_total_that_pays_for_more_than_anybody_buys_is_asked_for_once_more() {
    let label = |minor| PriceLabel { total: m(minor), quantity: None };
    let mut counter = Counter::new();
    let currency = counter.till.currency;
    let cheese = |minor| weighed("10").labelled(label(minor), &currency).unwrap();
    counter.policy.most_quantity = Some(quantity("20"));
    counter.add(&cheese(20_000)).unwrap();
    let refused = counter.add(&cheese(99_999)).unwrap_err();
    assert!(
        matches!(refused, Refusal::QuantityDoubted { quantity: much, .. } if much == quantity("99.999")),
        "{refused:?}"
    );
    // Several labels of it are weighed together.
    let twice = counter.add_as(&cheese(15_000), AddLine::code("G").times(quantity("2"))).unwrap_err();
    assert!(matches!(twice, Refusal::QuantityDoubted { .. }), "{twice:?}");
}

#[test]
fn selling_below_cost_needs_a_manager_where_the_store_says_so() {
    let mut counter = Counter::with_plain_cashier();
    let cheap = Sellable { cost_price: Some(price("5")), ..goods("4.99") };
    counter.add(&cheap).unwrap();
    counter.policy.guard_cost = true;
    assert!(matches!(counter.add(&cheap), Err(Refusal::ApprovalNeeded { .. })));
    counter.add(&Sellable { price: price("5"), ..cheap.clone() }).unwrap();
    counter.approve();
    counter.add(&cheap).unwrap();
}

#[test]
fn the_buyers_age_is_asked_once_a_document_and_stored_with_who_looked() {
    let mut counter = Counter::new();
    let beer = Sellable { minimum_age: Some(16), ..goods("2") };
    let gin = Sellable { minimum_age: Some(18), ..goods("20") };
    assert_eq!(counter.add(&beer).unwrap_err(), Refusal::AgeCheckNeeded { minimum_age: 16 });
    counter.add_as(&beer, AddLine::code("G").with_age(AgeEvidence::Looked)).unwrap();
    counter.add(&beer).unwrap();
    let check = counter.document().age_check.unwrap();
    assert_eq!((check.minimum_age, check.birth_date, check.cashier), (16, None, CASHIER));
    // Having looked for 16 does not say 18.
    assert_eq!(counter.add(&gin).unwrap_err(), Refusal::AgeCheckNeeded { minimum_age: 18 });
}

#[test]
fn a_birth_date_that_nobody_alive_has_is_asked_for_again() {
    let mut counter = Counter::new();
    let gin = Sellable { minimum_age: Some(18), ..goods("20") };
    for slip in ["1800-01-01", "0001-01-01"] {
        let born = AgeEvidence::BirthDate(slip.parse().unwrap());
        let refused = counter.add_as(&gin, AddLine::code("G").with_age(born)).unwrap_err();
        assert_eq!(refused, Refusal::AgeCheckNeeded { minimum_age: 18 }, "{slip}");
    }
}

#[test]
fn a_birth_date_answers_for_every_age_up_to_the_day() {
    let mut counter = Counter::new();
    let beer = Sellable { minimum_age: Some(16), ..goods("2") };
    let gin = Sellable { minimum_age: Some(18), ..goods("20") };
    let born = |year, day| AgeEvidence::BirthDate(NaiveDate::from_ymd_opt(year, 4, day).unwrap());
    // On 6 April 2025, one born on the 7th of April 2007 is 17.
    counter.add_as(&beer, AddLine::code("G").with_age(born(2007, 7))).unwrap();
    let birth_date = NaiveDate::from_ymd_opt(2007, 4, 7).unwrap();
    assert_eq!(counter.add(&gin).unwrap_err(), Refusal::TooYoung { birth_date, minimum_age: 18 });
    counter.add_as(&gin, AddLine::code("G").with_age(born(2007, 6))).unwrap();
    counter.add(&gin).unwrap();
    assert_eq!(counter.document().age_check.unwrap().minimum_age, 18);
    let tomorrow = counter.add_as(&gin, AddLine::code("G").with_age(born(2026, 6)));
    assert!(tomorrow.is_ok(), "the check that stands on the document counts");
}

#[test]
fn lines_may_be_added_after_a_part_payment_d_doc_29() {
    let mut counter = Counter::new();
    counter.sell("1", "10.00");
    counter.pay(TenderKind::Cash, 400).unwrap();
    counter.sell("1", "5.00");
    assert_eq!(counter.document().balance(), m(1100));
}

#[test]
fn a_line_beyond_the_bounds_is_refused_before_it_stands_anywhere() {
    let mut counter = Counter::new();
    let dear = goods("99999999999");
    counter.add(&dear).unwrap();
    let times = |times| AddLine::code("G").times(quantity(times));
    assert_eq!(counter.add_as(&dear, times("2")).unwrap_err(), Refusal::Amount(AmountError::TooLarge));
    assert_eq!(
        counter.add(&dear).unwrap_err(),
        Refusal::Amount(AmountError::TooLarge),
        "the sum has a bound too"
    );
    assert_eq!(counter.document().lines.len(), 1);
    let label = Sellable { embedded_total: Some(m(10_000_000_000_000)), ..goods("1") };
    assert_eq!(counter.add_as(&label, times("9999999")).unwrap_err(), Refusal::Amount(AmountError::TooLarge));
}

#[test]
fn a_document_has_as_many_lines_as_the_store_allows_voided_ones_included() {
    let mut counter = Counter::new();
    counter.policy.max_lines = 3;
    (0..3).for_each(|_| counter.sell("1", "1.00"));
    counter.void_line(2).unwrap();
    assert_eq!(counter.add(&goods("1")).unwrap_err(), Refusal::TooManyLines { max: 3 });
    let repeat = counter.run(&Command::RepeatLine { line: LineNo(1) });
    assert_eq!(repeat.unwrap_err(), Refusal::TooManyLines { max: 3 });
}

#[test]
fn an_item_that_was_not_looked_up_is_a_callers_mistake() {
    let mut counter = Counter::new();
    assert_eq!(counter.run(&Command::AddLine(AddLine::code("G"))).unwrap_err(), Refusal::NotLookedUp);
}

#[test]
fn a_line_may_be_brought_back_by_the_products_rule_before_the_stores() {
    let mut counter = Counter::new();
    counter.policy.return_days = Some(14);
    counter.add(&goods("1")).unwrap();
    counter
        .add(&Sellable { return_days: Some(30), permissions: Permissions::default(), ..goods("1") })
        .unwrap();
    counter.pay_rest(saleflex_core::tender::TenderKind::Cash).unwrap();
    let sale = counter.completed.last().unwrap();
    let until = |at: usize| sale.returnable_until(&sale.document().lines[at]).unwrap().to_string();
    assert_eq!((until(0), until(1)), ("2025-04-20".into(), "2025-05-06".into()));
}

#[test]
fn more_of_one_thing_than_the_store_expects_is_sold_once_the_cashier_stands_by_it() {
    let mut counter = Counter::new();
    counter.policy.most_quantity = Some(quantity("1000"));
    let many = |count| AddLine::code("G").times(quantity(count));
    counter.add_as(&goods("0.01"), many("1000")).unwrap();
    let refusal = counter.add_as(&goods("0.01"), many("1001")).unwrap_err();
    let doubted = Refusal::QuantityDoubted {
        name: goods("0.01").name,
        quantity: quantity("1001"),
        limit: quantity("1000"),
    };
    assert_eq!(refusal, doubted);
    let change = Command::ChangeQuantity { line: LineNo(1), quantity: quantity("9999") };
    assert!(matches!(counter.run(&change), Err(Refusal::QuantityDoubted { .. })));
    assert_eq!(counter.document().lines.len(), 1, "nothing was done");
    counter.counted = true;
    counter.run(&change).unwrap();
    counter.add_as(&goods("0.01"), many("1001")).unwrap();
    assert_eq!(counter.document().lines.len(), 2);
}

#[test]
fn a_typed_price_that_comes_to_nothing_is_refused_and_one_that_adds_up_is_not() {
    let mut counter = Counter::new();
    let open = Sellable { price_rule: PriceRule::Open, ..goods("5.00") };
    let at = |amount: &str| AddLine::code("G").at(price(amount));
    let refused = counter.add_as(&open, at("0.001")).unwrap_err();
    assert_eq!(refused, Refusal::PriceNeeded { code: "G".into() });
    // A hundred nails at four tenths of a penny are 0.40.
    counter.add_as(&open, at("0.004").times(quantity("100"))).unwrap();
    assert_eq!(counter.document().totals.total, m(40));
    let mut nothing = AddLine::department(DepartmentNo(1), price("0.004"));
    assert!(matches!(counter.add_as(&department(None), nothing.clone()), Err(Refusal::PriceNeeded { .. })));
    nothing.price = Some(price("0.005"));
    counter.add_as(&department(None), nothing).unwrap();
    assert_eq!(counter.document().totals.total, m(41), "half a penny is one");
    // Nor does one take the place of a price that stands.
    let refused = counter.add_as(&goods("5.00"), at("0.001")).unwrap_err();
    assert_eq!(refused, Refusal::PriceNeeded { code: "G".into() });
    counter.add(&goods("5.00")).unwrap();
    let cheaper = |amount| Command::OverridePrice { line: LineNo(3), price: price(amount), reason: None };
    assert_eq!(counter.run(&cheaper("0.004")).unwrap_err(), Refusal::PriceNeeded { code: "G".into() });
    counter.run(&cheaper("0.005")).unwrap();
    assert_eq!(counter.document().totals.total, m(42));
    // Nor does it come to nothing by fewer of them.
    let fewer = |times| Command::ChangeQuantity { line: LineNo(1), quantity: quantity(times) };
    assert_eq!(counter.run(&fewer("1")).unwrap_err(), Refusal::PriceNeeded { code: "G".into() });
    counter.run(&fewer("2")).unwrap();
    assert_eq!(counter.document().totals.total, m(3), "0.8, 0.5 and 0.5 of a penny, each rounded");
}

#[test]
fn a_department_sells_nothing_for_nothing() {
    let mut counter = Counter::new();
    let free = AddLine::department(DepartmentNo(1), price("0"));
    assert!(matches!(counter.add_as(&department(None), free), Err(Refusal::PriceNeeded { .. })));
}

#[test]
fn a_line_comes_to_what_its_label_says_whatever_its_price_and_quantity() {
    let kilo = Sellable { unit: Unit { code: "KG".into(), decimals: 3, measure: None }, ..goods("10.00") };
    let label = |total, quantity| AddLine {
        label: Some(PriceLabel { total: m(total), quantity }),
        ..AddLine::code("G")
    };
    let mut counter = Counter::new();
    let mut sold = |item: &Sellable, add: AddLine| {
        counter.add_as(item, add)?;
        let line = counter.document().lines.last().unwrap();
        Ok((line.quantity.to_string(), line.total, line.price_source))
    };
    let embedded = |quantity: &str, total| Ok((quantity.to_owned(), m(total), PriceSource::Embedded));
    assert_eq!(sold(&kilo, label(734, Some(quantity("0.75")))), embedded("0.75", 734));
    assert_eq!(sold(&kilo, label(500, None)), embedded("0.5", 500), "what the price pays for");
    assert_eq!(sold(&goods("10.00"), label(734, None)), embedded("1", 734));
    assert_eq!(sold(&goods("10.00"), label(734, None).times(quantity("2"))), embedded("2", 1_468));
    let huge = label(Money::MAX.minor() + 1, None);
    assert_eq!(sold(&kilo, huge), Err(Refusal::Amount(AmountError::TooLarge)));
}

#[test]
fn the_total_of_a_label_is_no_way_round_a_fixed_price() {
    let label =
        |total| AddLine { label: Some(PriceLabel { total: m(total), quantity: None }), ..AddLine::code("G") };
    let needed = Refusal::ApprovalNeeded { capability: Capability::Override };
    let mut counter = Counter::with_plain_cashier();
    assert_eq!(counter.add_as(&goods("10.00"), label(1)).unwrap_err(), needed);
    let kilo = Sellable { unit: Unit { code: "KG".into(), decimals: 3, measure: None }, ..goods("10.00") };
    counter.add_as(&kilo, label(1)).unwrap();
    // A label whose barcode holds its total need not have been scanned either.
    let in_barcode = |item: Sellable| Sellable { embedded_total: Some(m(1)), ..item };
    assert_eq!(counter.add(&in_barcode(goods("10.00"))).unwrap_err(), needed);
    counter.add(&in_barcode(kilo.clone())).unwrap();
    counter.add(&in_barcode(Sellable { price_rule: PriceRule::Open, ..goods("0") })).unwrap();
    assert_eq!(counter.add_as(&kilo, label(-500)).unwrap_err(), Refusal::Amount(AmountError::TooSmall));
    counter.approve();
    counter.add_as(&goods("10.00"), label(734)).unwrap();
    let line = counter.document().lines.last().unwrap();
    assert_eq!((line.total, line.price_override.is_some()), (m(734), true), "it is on record as an override");
}
