use super::*;
use crate::money::{Currency, CurrencyCode};

fn pounds() -> Currency {
    Currency::of(CurrencyCode::parse("GBP").unwrap())
}

fn original(kind: &str) -> OriginalCampaign {
    OriginalCampaign {
        id: Uuid::from_u128(1),
        code: "A".into(),
        name: "A".into(),
        campaign_type_code: kind.into(),
        discount_type: Some("percentage".into()),
        discount_percentage: Some("10.00".into()),
        is_auto_apply: true,
        ..OriginalCampaign::default()
    }
}

fn load(original: &OriginalCampaign) -> Campaign {
    original.load(&pounds(), &PaymentTypes::default())
}

fn gives(original: &OriginalCampaign, lines: Vec<CartLine>) -> i64 {
    total(vec![load(original)], &cart(lines))
}

fn row(of: u128, rate: Option<&str>, value: Option<&str>) -> OriginalProduct {
    OriginalProduct {
        fk_product_id: Uuid::from_u128(of),
        discount_percentage: rate.map(Into::into),
        discount_value: value.map(Into::into),
        ..OriginalProduct::default()
    }
}

fn findings(original: &OriginalCampaign) -> Vec<(String, String)> {
    original
        .check(&PaymentTypes::default())
        .into_iter()
        .map(|error| (error.field, error.reason.to_string()))
        .collect()
}

#[test]
fn the_one_reward_a_row_has_decides_its_kind_and_of_two_the_campaigns_kind_picks_d9() {
    for (rate, value, expected) in [
        (None, None, 100),
        (Some("20"), None, 200),
        (None, Some("3.00"), 300),
        (Some("20"), Some("3.00"), 200),
        (Some("0"), None, 0),
    ] {
        let products = vec![row(1, rate, value)];
        let one = OriginalCampaign { products, ..original("PRODUCT_DISCOUNT") };
        assert_eq!(gives(&one, vec![line(1, 1, "1", 1_000)]), expected, "{rate:?} {value:?}");
    }
}

#[test]
fn amounts_and_rates_of_a_row_may_have_an_exponent_d42() {
    let written = OriginalCampaign {
        discount_percentage: Some("1E+1".into()),
        min_purchase_amount: Some("0E-8".into()),
        max_discount_amount: Some("5E-1".into()),
        ..original("BASKET_DISCOUNT")
    };
    assert_eq!(findings(&written), []);
    assert_eq!(gives(&written, vec![line(1, 1, "1", 1_000)]), 50);
    let never = OriginalCampaign { max_discount_amount: Some("5E".into()), ..written };
    assert_eq!(findings(&never).first().map(|(field, _)| field.as_str()), Some("max_discount_amount"));
}

#[test]
fn a_gift_is_no_target_d10_and_rows_are_tried_in_display_order_d11() {
    let gift = OriginalProduct { is_gift_product: true, ..row(1, Some("50"), None) };
    let later = OriginalProduct { display_order: Some(2), ..row(1, Some("30"), None) };
    let first = OriginalProduct { display_order: Some(1), ..row(1, Some("20"), None) };
    let one = OriginalCampaign { products: vec![gift, later, first], ..original("PRODUCT_DISCOUNT") };
    assert_eq!(gives(&one, vec![line(1, 1, "1", 1_000)]), 200);
}

#[test]
fn limits_of_nothing_and_less_do_not_limit_a9_and_an_unreadable_weekday_list_is_every_day_a10() {
    let one = OriginalCampaign {
        total_usage_limit: Some(0),
        usage_limit_per_customer: Some(-1),
        days_of_week: Some("x,,".into()),
        ..original("BASKET_DISCOUNT")
    };
    let campaign = load(&one);
    assert_eq!((campaign.limits.uses, campaign.limits.uses_per_customer), (None, None));
    assert_eq!(campaign.window.weekdays, None);
    for days in ["9", "0", "-3", "99999999999999999999"] {
        let never = OriginalCampaign { days_of_week: Some(days.into()), ..one.clone() };
        assert_eq!(gives(&never, vec![line(1, 1, "1", 1_000)]), 0, "{days}");
    }
}

#[test]
fn tender_rules_mean_nothing_for_lines_a16_and_unknown_rules_never_match_a17() {
    let rule = |kind: &str, is_include| OriginalRule {
        rule_type: kind.into(),
        is_include,
        ..OriginalRule::default()
    };
    let with = |rules| OriginalCampaign { rules, ..original("BASKET_DISCOUNT") };
    let lines = || vec![line(1, 1, "1", 1_000)];
    assert_eq!(gives(&with(vec![rule("PAYMENT_TYPE", true)]), lines()), 100);
    assert_eq!(gives(&with(vec![rule("REGION", true)]), lines()), 0);
    assert_eq!(gives(&with(vec![rule("REGION", false)]), lines()), 100);
}

#[test]
fn the_first_text_that_is_not_empty_is_shown_a18() {
    let mut one = campaign(1, "CODE", off("10"));
    assert_eq!(one.text(), "CODE");
    one.name = "Name".into();
    one.description = Some(" Words ".into());
    assert_eq!(one.text(), "Words");
    one.message = Some(String::new());
    assert_eq!(one.text(), "Words");
    one.message = Some("  ".into());
    assert_eq!(one.text(), "Name");
}

#[test]
fn types_that_are_not_evaluated_give_nothing() {
    for kind in ["WELCOME_BONUS", "LOTTERY", "basket_discount"] {
        assert_eq!(gives(&original(kind), vec![line(1, 1, "1", 1_000)]), 0, "{kind}");
    }
    let dead_type = OriginalCampaign { campaign_type_active: false, ..original("BASKET_DISCOUNT") };
    assert_eq!(gives(&dead_type, vec![line(1, 1, "1", 1_000)]), 0);
}

#[test]
fn a_row_that_may_be_saved_goes_out_and_comes_back_the_same() {
    let mut timed = original("TIME_BASED");
    timed.start_time = Some("15:00:00".into());
    timed.end_time = Some("18:00:00".into());
    timed.days_of_week = Some("1,2,5".into());
    timed.rules = vec![OriginalRule {
        rule_type: "BARCODE_PATTERN".into(),
        rule_value: Some("re:^869".into()),
        ..OriginalRule::default()
    }];
    let products =
        OriginalCampaign { products: vec![row(1, None, Some("1.00"))], ..original("PRODUCT_DISCOUNT") };
    let pairs = OriginalCampaign {
        discount_type: Some("BUY_X_GET_Y".into()),
        discount_percentage: None,
        buy_quantity: Some(2),
        get_quantity: Some(1),
        products: vec![row(1, None, None)],
        ..original("BUY_X_GET_Y")
    };
    let finer = OriginalCampaign {
        discount_percentage: Some("12.5".into()),
        products: vec![row(1, Some("0.25"), None)],
        ..original("PRODUCT_DISCOUNT")
    };
    for one in [original("BASKET_DISCOUNT"), timed, products, pairs, finer] {
        assert_eq!(findings(&one), []);
        let campaign = load(&one);
        let types = PaymentTypes::default();
        let back = OriginalCampaign::export(&campaign, &pounds(), &types).unwrap();
        assert_eq!(back.campaign_type_code, one.campaign_type_code);
        assert_eq!(load(&back), campaign);
    }
}

#[test]
fn what_the_originals_columns_cannot_hold_is_refused() {
    let price = campaign(1, "A", Benefit::FixedPrice { price: minor(1) });
    let types = PaymentTypes::default();
    assert_eq!(OriginalCampaign::export(&price, &pounds(), &types), Err(NotOriginal::Benefit));
    let mut grouped = campaign(1, "A", off("10"));
    grouped.lane.group = "x".into();
    assert_eq!(OriginalCampaign::export(&grouped, &pounds(), &types), Err(NotOriginal::Lane));
    let mut morning = campaign(1, "A", off("10"));
    morning.window.until = chrono::NaiveTime::from_hms_opt(12, 0, 0);
    assert_eq!(OriginalCampaign::export(&morning, &pounds(), &types), Err(NotOriginal::Window));
}

#[test]
fn every_wrong_field_is_named_with_its_reason() {
    let one = OriginalCampaign {
        code: String::new(),
        discount_percentage: Some("101".into()),
        discount_value: Some("5".into()),
        min_purchase_amount: Some("10".into()),
        max_purchase_amount: Some("9".into()),
        start_date: Some("2026-02-30".into()),
        start_time: Some("10:00".into()),
        days_of_week: Some("1,8,x".into()),
        rules: vec![
            OriginalRule {
                rule_type: "BARCODE_PATTERN".into(),
                rule_value: Some("re:([".into()),
                ..OriginalRule::default()
            },
            OriginalRule { rule_type: "PRODUCT".into(), ..OriginalRule::default() },
            OriginalRule { rule_type: "REGION".into(), ..OriginalRule::default() },
        ],
        ..original("BASKET_DISCOUNT")
    };
    let fields: Vec<String> = findings(&one).into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        fields,
        [
            "code",
            "discount_percentage",
            "discount_value",
            "max_purchase_amount",
            "start_date",
            "end_time",
            "days_of_week",
            "days_of_week",
            "rules[0].rule_value",
            "rules[1].fk_product_id",
            "rules[2].rule_type",
        ]
    );
}

#[test]
fn a_list_of_days_that_never_come_goes_out_as_one() {
    let never = load(&OriginalCampaign { days_of_week: Some("9".into()), ..original("BASKET_DISCOUNT") });
    let back = OriginalCampaign::export(&never, &pounds(), &PaymentTypes::default()).unwrap();
    assert_eq!(load(&back), never);
    assert_eq!(total(vec![load(&back)], &cart(vec![line(1, 1, "1", 1_000)])), 0);
}

#[test]
fn a_rate_that_the_originals_two_digits_cut_is_refused() {
    let types = PaymentTypes::default();
    let share = campaign(1, "A", off("2.125"));
    assert_eq!(OriginalCampaign::export(&share, &pounds(), &types), Err(NotOriginal::Rate));
    let reward = Some(Reward::Percent(percent("33.3333")));
    let row = ProductRow { product: product(1), least: None, most: None, reward };
    let rows = campaign(1, "A", Benefit::Products { rows: vec![row], reward: None });
    assert_eq!(OriginalCampaign::export(&rows, &pounds(), &types), Err(NotOriginal::Rate));
}

#[test]
fn a_rule_about_tenders_names_a_type_of_the_table_and_goes_out_under_it() {
    let (card, unknown) = (Uuid::from_u128(0xCA), Uuid::from_u128(0xBAD));
    let types = PaymentTypes([(card, "Credit Card".to_string())].into());
    let rule = |id| OriginalRule {
        rule_type: "PAYMENT_TYPE".into(),
        fk_payment_type_id: Some(id),
        ..OriginalRule::default()
    };
    let with = |id| OriginalCampaign { rules: vec![rule(id)], ..original("PAYMENT_DISCOUNT") };
    assert_eq!(with(card).check(&types), []);
    let wrong = FieldError { field: "rules[0].fk_payment_type_id".into(), reason: FieldReason::Unknown };
    assert_eq!(with(unknown).check(&types), std::slice::from_ref(&wrong));
    assert_eq!(with(card).check(&PaymentTypes::default()), [wrong]);
    let campaign = with(card).load(&pounds(), &types);
    let back = OriginalCampaign::export(&campaign, &pounds(), &types).unwrap();
    assert_eq!(back.rules, with(card).rules);
    assert_eq!(back.load(&pounds(), &types), campaign);
}

#[test]
fn a_printed_code_is_found_whatever_blanks_are_around_it() {
    let set = CampaignSet::compile(vec![campaign(1, "FOURTEEN-CHARS ALL", off("10"))]).unwrap();
    for printed in ["FOURTEEN-CHARS ", "FOURTEEN-CHARS", " fourteen-chars "] {
        assert!(set.by_printed_code(printed).is_some(), "{printed:?}");
    }
    assert!(set.by_printed_code("FOURTEEN").is_none());
}

#[test]
fn a_date_a_time_or_an_amount_that_cannot_be_read_is_named() {
    let plain = || original("PRODUCT_DISCOUNT");
    assert_eq!(plain().unreadable(), None);
    let text = || Some("soon".to_string());
    for (wrong, field) in [
        (OriginalCampaign { end_date: text(), ..plain() }, "end_date"),
        (OriginalCampaign { start_time: text(), ..plain() }, "start_time"),
        (OriginalCampaign { max_discount_amount: text(), ..plain() }, "max_discount_amount"),
        (OriginalCampaign { products: vec![row(1, Some("20"), Some("1,50"))], ..plain() }, "products"),
    ] {
        assert_eq!(wrong.unreadable(), Some(field));
    }
    let day = Some("2026-12-01".to_string());
    assert_eq!(OriginalCampaign { start_date: day, ..plain() }.unreadable(), None);
}

/// The fields of faults with their reasons.
fn told(faults: Vec<FieldError>) -> Vec<(String, String)> {
    faults.into_iter().map(|fault| (fault.field, fault.reason.to_string())).collect()
}

fn rule_of(kind: &str, value: &str) -> OriginalRule {
    OriginalRule { rule_type: kind.into(), rule_value: Some(value.into()), ..OriginalRule::default() }
}

#[test]
fn a_row_that_is_written_by_itself_says_what_is_wrong_in_it_and_nothing_of_what_stands_in_others() {
    let plain = || OriginalCampaign { discount_type: None, discount_percentage: None, ..original("") };
    let rated = |rate: &str| OriginalCampaign { discount_percentage: Some(rate.into()), ..plain() };
    assert_eq!(told(plain().check_row()), [], "its reward may still come");
    assert_eq!(told(OriginalCampaign { id: Uuid::nil(), ..rated("100") }.check_row()), []);
    for (wrong, field) in [
        (rated("150"), "discount_percentage"),
        (rated("0"), "discount_percentage"),
        (OriginalCampaign { discount_value: Some("-1".into()), ..plain() }, "discount_value"),
        (OriginalCampaign { discount_value: Some("5".into()), ..rated("5") }, "discount_value"),
        (
            OriginalCampaign {
                discount_value: Some("5".into()),
                discount_type: Some("fixed_amount".into()),
                ..rated("5")
            },
            "discount_percentage",
        ),
        (OriginalCampaign { discount_type: Some("PERCENT".into()), ..rated("5") }, "discount_type"),
        (
            OriginalCampaign {
                start_date: Some("2026-12-02".into()),
                end_date: Some("2026-12-01".into()),
                ..plain()
            },
            "end_date",
        ),
        (OriginalCampaign { end_time: Some("10:00".into()), ..plain() }, "start_time"),
        (OriginalCampaign { days_of_week: Some("Mon,Tue".into()), ..plain() }, "days_of_week"),
        (
            OriginalCampaign {
                min_purchase_amount: Some("9".into()),
                max_purchase_amount: Some("8".into()),
                ..plain()
            },
            "max_purchase_amount",
        ),
    ] {
        let faults = told(wrong.check_row());
        assert!(faults.iter().any(|(fault, _)| fault == field), "{field}: {faults:?}");
    }
    let id = Some(Uuid::from_u128(1));
    let by_card = || OriginalRule { fk_payment_type_id: id, ..rule_of("payment_type", "") };
    assert_eq!(told(by_card().check()), [], "which there are is not known");
    for (wrong, field) in [
        (rule_of("PRODUKT", ""), "rule_type"),
        (rule_of("PRODUCT", "7"), "fk_product_id"),
        (rule_of("CATEGORY", "7"), "rule_value"),
        (rule_of("BARCODE_PATTERN", "re:(["), "rule_value"),
        (OriginalRule { fk_payment_type_id: None, ..by_card() }, "fk_payment_type_id"),
    ] {
        assert_eq!(told(wrong.check()).first().map(|(fault, _)| fault.as_str()), Some(field));
    }
    assert_eq!(told(row(1, Some("20"), None).check()), []);
    assert_eq!(told(row(1, Some("20"), Some("3")).check())[0].0, "discount_value");
}

#[test]
fn what_of_a_row_in_force_gives_more_than_was_meant_is_told_and_two_rewards_are_not() {
    let types = PaymentTypes::default();
    let plain = || OriginalCampaign { discount_value: Some("10.00".into()), ..original("BASKET_DISCOUNT") };
    let with = |rule| OriginalCampaign { rules: vec![rule], ..plain() };
    assert_eq!(told(plain().unfit(&types)), [], "as the original writes them");
    assert_eq!(told(with(rule_of("PAYMENT_TYPE", "")).unfit(&types)), [], "which means nothing there");
    let of_payment = OriginalCampaign {
        campaign_type_code: "PAYMENT_DISCOUNT".into(),
        ..with(rule_of("PAYMENT_TYPE", ""))
    };
    for (wrong, field) in [
        (OriginalCampaign { discount_percentage: Some("150".into()), ..plain() }, "discount_percentage"),
        (OriginalCampaign { days_of_week: Some("Mon,Tue".into()), ..plain() }, "days_of_week"),
        (OriginalCampaign { start_time: Some("09:00".into()), ..plain() }, "end_time"),
        (with(OriginalRule { is_include: false, ..rule_of("PRODUKT", "") }), "rules[0].rule_type"),
        (with(rule_of("BARCODE_PATTERN", "re:([")), "rules[0].rule_value"),
        (of_payment, "rules[0].fk_payment_type_id"),
        (
            OriginalCampaign { products: vec![row(1, Some("101"), None)], ..original("PRODUCT_DISCOUNT") },
            "products[0].discount_percentage",
        ),
    ] {
        assert_eq!(told(wrong.unfit(&types)).first().map(|(fault, _)| fault.as_str()), Some(field));
        assert_eq!(told(OriginalCampaign { is_active: false, ..wrong }.unfit(&types)), [], "{field}");
    }
}
