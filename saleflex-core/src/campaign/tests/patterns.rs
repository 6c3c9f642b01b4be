//! Patterns of all campaigns of a set together.

use alloc::{
    format,
    string::{String, ToString},
    vec,
};

use super::*;

/// So many campaigns, each with a pattern of its own over codes.
fn by_pattern(count: u128, pattern: impl Fn(u128) -> String) -> Vec<Campaign> {
    let of = |number| {
        let mut campaign = campaign(number, &format!("C{number}"), off("10"));
        campaign.target = Target::of(vec![Selector::Pattern(Pattern::new(&pattern(number)))]);
        campaign
    };
    (1..=count).map(of).collect()
}

#[test]
fn patterns_that_take_too_much_memory_together_are_refused_with_the_figures() {
    let large = |number| format!("re:^\\w{{45}}{number}$");
    assert!(by_pattern(1, large)[0].check().is_empty(), "each by itself can be used");
    let refused = CampaignSet::compile(by_pattern(200, large)).unwrap_err();
    let CompileError::PatternsTooLarge { patterns, bytes, most } = refused else { panic!("{refused}") };
    assert_eq!(most, MOST_PATTERN_BYTES);
    assert!(bytes > most && bytes < most + 5 * 1024 * 1024, "no more is made ready than shows it: {bytes}");
    assert!((10..200).contains(&patterns), "{patterns}");
}

/// Each of them costs as much to look at as to make ready.
#[test]
fn a_definition_of_either_form_is_looked_at_no_further_than_the_patterns_of_a_till_go() {
    let large = |number: u128| format!("re:^\\w{{45}}{number}$");
    let mut own = campaign(1, "A", off("10"));
    let target = |from: u128| {
        Target::of((from..from + 90).map(|at| Selector::Pattern(Pattern::new(&large(at)))).collect())
    };
    let part = |from| BundlePart { of: target(from), quantity: 1 };
    let price = BundlePrice::Fixed(minor(100));
    own.benefit = Benefit::Bundle { parts: vec![part(100), part(200)], price };
    let told = PatternError::TogetherTooLarge { most: MOST_PATTERN_BYTES }.to_string();
    let found = own.check();
    assert!((10..170).contains(&found.len()), "{}", found.len());
    assert!(found.iter().all(|error| error.reason == FieldReason::Pattern(told.clone())), "{found:?}");
    assert_eq!(own.patterns().count(), 180);
    let rule = |at| OriginalRule {
        rule_type: "barcode_pattern".into(),
        rule_value: Some(large(at)),
        ..OriginalRule::default()
    };
    let original = |rules| OriginalCampaign {
        id: Uuid::from_u128(1),
        code: "A".into(),
        name: "A".into(),
        campaign_type_code: "BASKET_DISCOUNT".into(),
        discount_type: Some("PERCENTAGE".into()),
        discount_percentage: Some("10".into()),
        rules,
        ..OriginalCampaign::default()
    };
    let types = PaymentTypes::default();
    let found = original((100..200).map(rule).collect()).check(&types);
    assert!((10..90).contains(&found.len()), "{}", found.len());
    assert!(found.iter().all(|error| error.reason == FieldReason::Pattern(told.clone())), "{found:?}");
    let plain = |at: u128| OriginalRule { rule_value: Some(format!("869{at}")), ..rule(at) };
    assert_eq!(original((0..100).map(plain).collect()).check(&types), []);
    let many = original((0..101).map(plain).collect()).check(&types);
    let reason = FieldReason::TooMany { most: MOST_PATTERNS };
    assert_eq!(many, [FieldError { field: "rules".into(), reason }]);
    let long = original(vec![OriginalRule { rule_value: Some("8".repeat(251)), ..rule(1) }]).check(&types);
    assert_eq!(long[0].reason, FieldReason::TooLong { most: 250 });
}

#[test]
fn a_pattern_that_many_campaigns_name_is_made_ready_once() {
    let large = |_| "re:^\\w{45}$".into();
    let set = CampaignSet::compile(by_pattern(500, large)).unwrap();
    assert_eq!(set.targets.patterns().0, 1);
    let mut goods = line(1, 1, "1", 1_000);
    let item = CartItem { codes: vec!["7".repeat(45)], ..CartItem::default() };
    goods.item = Arc::new(item);
    assert_eq!(set.evaluate(&cart(vec![goods])).unwrap().total(), minor(100), "the first of them");
}

#[test]
fn a_thousand_small_expressions_and_thousands_of_prefixes_are_no_burden() {
    let mixed = |number: u128| match number % 4 {
        0 => format!("re:^{number}[0-9]*7$"),
        1 => format!("{number}*[0-4]"),
        _ => format!("869{number}"),
    };
    let set = CampaignSet::compile(by_pattern(4_000, mixed)).unwrap();
    let (patterns, bytes) = set.targets.patterns();
    assert!(patterns == 4_000 && bytes < MOST_PATTERN_BYTES, "{patterns} take {bytes}");
}

#[test]
fn a_stored_set_of_more_expressions_than_are_taken_today_opens_and_may_shrink_but_not_grow() {
    let mut definitions = by_pattern(2_100, |number| format!("re:^{number}$"));
    let one_more = definitions.pop().unwrap();
    let refused = CampaignSet::compile(definitions.clone()).unwrap_err();
    assert!(matches!(refused, CompileError::PatternsTooLarge { .. }), "{refused}");
    let set = CampaignSet::compile_stored(definitions.clone()).unwrap();
    let mut goods = line(1, 1, "1", 1_000);
    goods.item = Arc::new(CartItem { codes: vec!["2099".into()], ..CartItem::default() });
    assert_eq!(set.evaluate(&cart(vec![goods])).unwrap().total(), minor(100), "the last of them as well");
    let fewer = CampaignChange::withdraw(definitions[0].id).applied_to(&set).unwrap();
    assert_eq!(fewer.campaigns().len(), 2_098);
    let refused = CampaignChange::save(one_more).applied_to(&set).unwrap_err();
    assert!(matches!(refused, CompileError::PatternsTooLarge { .. }), "{refused}");
}
