use alloc::{boxed::Box, string::String, vec};

use chrono::NaiveTime;

use super::*;

fn fields(campaign: &Campaign) -> Vec<String> {
    campaign.check().into_iter().map(|error| error.field).collect()
}

fn with(change: impl FnOnce(&mut Campaign)) -> Campaign {
    let mut one = campaign(1, "A", off("10"));
    change(&mut one);
    one
}

#[test]
fn a_definition_without_fault_is_saved() {
    assert_eq!(campaign(1, "A", off("10")).check(), []);
}

#[test]
fn what_contradicts_itself_is_named_by_the_path_of_its_field() {
    let amount = |amount| Reward::Amount(minor(amount));
    let step = |from| Tier { from, reward: amount(1) };
    let row = |least, most, reward| ProductRow { product: product(1), least, most, reward };
    let gives = |benefit| with(|one| one.benefit = benefit);
    let cases = vec![
        (with(|one| one.id = CampaignId::new(Uuid::nil())), "id"),
        (with(|one| one.code = " ".into()), "code"),
        (with(|one| one.name = "x".repeat(251)), "name"),
        (with(|one| one.window.weekdays = Some(Weekdays::of([]))), "window.weekdays"),
        (with(|one| one.window.weekdays = serde_json::from_str("200").ok()), "window.weekdays"),
        (with(|one| one.window.weekdays = serde_json::from_str("128").ok()), "window.weekdays"),
        (
            with(|one| {
                one.window.from = NaiveTime::from_hms_opt(9, 0, 0);
                one.window.until = one.window.from;
            }),
            "window.until",
        ),
        (with(|one| one.limits.budget = Some(minor(0))), "limits.budget"),
        (with(|one| one.limits.uses = Some(0)), "limits.uses"),
        (with(|one| one.limits.least_purchase = Some(minor(-1))), "limits.least_purchase"),
        (with(|one| one.target.include = vec![Selector::Unknown("X".into())]), "target.include[0]"),
        (with(|one| one.target.exclude = vec![Selector::Tag(String::new())]), "target.exclude[0]"),
        (with(|one| one.condition = Condition::Not(Box::default())), "condition.not"),
        (
            with(|one| one.condition = Condition::All(vec![Condition::Stores(vec![])])),
            "condition.all[0].stores",
        ),
        (gives(off("0")), "benefit.off.reward.percent"),
        (gives(off("100.5")), "benefit.off.reward.percent"),
        (gives(Benefit::Off { reward: amount(0), per: Per::Line }), "benefit.off.reward.amount"),
        (gives(Benefit::FixedPrice { price: minor(-1) }), "benefit.fixed_price.price"),
        (gives(Benefit::PriceFor { quantity: 0, price: minor(1) }), "benefit.price_for.quantity"),
        (gives(Benefit::Tiers { by: TierBy::Value, steps: vec![] }), "benefit.tiers.steps"),
        (
            gives(Benefit::Tiers { by: TierBy::Value, steps: vec![step(5), step(5)] }),
            "benefit.tiers.steps[1].from",
        ),
        (gives(Benefit::Products { rows: vec![], reward: None }), "benefit.products.rows"),
        (
            gives(Benefit::Products { rows: vec![row(None, None, None)], reward: None }),
            "benefit.products.rows[0].reward",
        ),
        (
            gives(Benefit::Products { rows: vec![row(Some(3), Some(2), Some(amount(1)))], reward: None }),
            "benefit.products.rows[0].most",
        ),
        (
            gives(Benefit::Bundle { parts: vec![], price: BundlePrice::Fixed(minor(1)) }),
            "benefit.bundle.parts",
        ),
        (gives(Benefit::Gift { of: Target::all(), quantity: 0 }), "benefit.gift.quantity"),
        (gives(Benefit::Off { reward: Reward::Percent(percent("50")), per: Per::Unit }), "benefit.off.per"),
        (gives(Benefit::Points { percent: percent("0") }), "benefit.points.percent"),
    ];
    for (campaign, field) in cases {
        assert_eq!(fields(&campaign), [field]);
    }
}

#[test]
fn a_number_of_times_is_refused_beside_what_is_given_without_being_counted() {
    let twice = |benefit| {
        fields(&with(|one| {
            one.benefit = benefit;
            one.limits.times_per_document = Some(2);
        }))
    };
    let reward = Reward::Amount(minor(1));
    let row = ProductRow { product: product(1), least: None, most: None, reward: Some(reward) };
    for uncounted in [
        off("10"),
        Benefit::Products { rows: vec![row], reward: None },
        Benefit::FixedPrice { price: minor(99) },
        Benefit::Tiers { by: TierBy::Quantity, steps: vec![Tier { from: 2, reward }] },
        Benefit::Points { percent: percent("200") },
    ] {
        assert_eq!(twice(uncounted), ["limits.times_per_document"]);
    }
    let part = BundlePart { of: Target::all(), quantity: 2 };
    for counted in [
        Benefit::Off { reward, per: Per::Line },
        Benefit::Off { reward, per: Per::Unit },
        Benefit::PriceFor { quantity: 2, price: minor(99) },
        cheapest_of_three(),
        Benefit::Bundle { parts: vec![part], price: BundlePrice::Fixed(minor(99)) },
        Benefit::Gift { of: Target::all(), quantity: 1 },
    ] {
        assert!(twice(counted).is_empty());
    }
}

fn nested(levels: usize) -> Condition {
    (1..levels).fold(Condition::CustomerKnown, |inner, _| Condition::Not(Box::new(inner)))
}

#[test]
fn conditions_are_bounded_in_depth_and_number_and_no_set_is_made_of_more() {
    let asks = |condition| with(|one| one.condition = condition);
    assert_eq!(asks(nested(DEEPEST_CONDITION)).check(), []);
    let wide = |count| Condition::All(vec![Condition::CustomerKnown; count]);
    assert_eq!(asks(wide(MOST_CONDITIONS - 1)).check(), []);
    for (condition, reason) in [
        (nested(DEEPEST_CONDITION + 1), FieldReason::TooDeep { most: DEEPEST_CONDITION }),
        (nested(5_000), FieldReason::TooDeep { most: DEEPEST_CONDITION }),
        (wide(MOST_CONDITIONS), FieldReason::TooMany { most: MOST_CONDITIONS }),
    ] {
        let campaign = asks(condition);
        assert_eq!(campaign.check(), [FieldError { field: "condition".into(), reason }]);
        let id = campaign.id;
        assert_eq!(CampaignSet::compile(vec![campaign]).unwrap_err(), CompileError::TooComplex(id));
    }
}

#[test]
fn thousands_of_nested_conditions_in_a_file_are_refused_and_not_followed() {
    let text = serde_json::to_string(&campaign(1, "A", off("10"))).unwrap();
    let levels = 100_000;
    let deep = ["{\"not\":".repeat(levels), "\"customer_known\"".into(), "}".repeat(levels)].concat();
    let text = text.replace("\"condition\":{\"all\":[]}", &alloc::format!("\"condition\":{deep}"));
    assert!(text.len() > levels);
    assert!(serde_json::from_str::<Campaign>(&text).is_err());
}

#[test]
fn a_target_of_too_many_selectors_and_a_pattern_of_too_many_characters_are_refused() {
    let many = with(|one| one.target.include = vec![Selector::Product(product(1)); MOST_NAMED + 1]);
    assert_eq!(fields(&many), ["target.include"]);
    let long = Pattern::new(&"*a".repeat(126));
    let long = with(|one| one.target.include = vec![Selector::Pattern(long)]);
    assert_eq!(fields(&long), ["target.include[0]"]);
}

#[test]
fn five_thousand_campaigns_price_two_thousand_lines() {
    let own = |number: u32| {
        let benefit = Benefit::Off { reward: Reward::Percent(percent("1")), per: Per::Line };
        let mut one = campaign(u128::from(number), &alloc::format!("C{number}"), benefit);
        one.target = Target::of(vec![Selector::Product(product(u128::from(number)))]);
        one.lane.exclusivity = Exclusivity::Combinable;
        one
    };
    let set = CampaignSet::compile((1..=5_000).map(own).collect()).unwrap();
    let lines = (1..=2_000).map(|no| line(no, u128::from(no), "1", 1_000)).collect();
    assert_eq!(set.evaluate(&cart(lines)).unwrap().total(), minor(2_000 * 10));
}
