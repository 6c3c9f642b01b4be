use alloc::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};

use super::*;
use crate::ids::{CustomerId, SegmentId, StoreId};

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M:%S").unwrap()
}

fn is_open(window: &Window, moment: &str) -> bool {
    window.check(parse_local(moment).unwrap()).is_ok()
}

#[test]
fn both_ends_of_a_window_are_inside_to_the_second() {
    let window = Window { from: Some(time("15:00:00")), until: Some(time("18:00:00")), ..Window::default() };
    for (moment, expected) in [
        ("2026-03-04T14:59:59", false),
        ("2026-03-04T15:00:00", true),
        ("2026-03-04T18:00:00", true),
        ("2026-03-04T18:00:00.5", false),
        ("2026-03-04T18:00:01", false),
    ] {
        assert_eq!(is_open(&window, moment), expected, "{moment}");
    }
}

#[test]
fn hours_after_midnight_belong_to_the_day_the_window_opened_d6() {
    // 2026-03-06 is a Friday.
    let friday = Weekdays::of([5]);
    let window = Window {
        from: Some(time("22:00:00")),
        until: Some(time("02:00:00")),
        weekdays: Some(friday),
        ..Window::default()
    };
    assert!(is_open(&window, "2026-03-06T23:00:00"));
    assert!(is_open(&window, "2026-03-07T01:00:00"));
    assert!(!is_open(&window, "2026-03-06T01:00:00"));
    assert!(!is_open(&window, "2026-03-07T23:00:00"));
    let last_day = Window { weekdays: None, end: chrono::NaiveDate::from_ymd_opt(2026, 3, 6), ..window };
    assert!(is_open(&last_day, "2026-03-07T02:00:00"));
    assert!(!is_open(&last_day, "2026-03-07T22:00:00"));
}

#[test]
fn one_bound_is_open_on_the_other_side_d7() {
    let from = Window { from: Some(time("15:00:00")), ..Window::default() };
    assert!(is_open(&from, "2026-03-04T23:59:59") && !is_open(&from, "2026-03-04T14:59:59"));
    let until = Window { until: Some(time("15:00:00")), ..Window::default() };
    assert!(is_open(&until, "2026-03-04T00:00:00") && !is_open(&until, "2026-03-04T15:00:01"));
}

#[test]
fn the_stores_clock_decides_and_not_the_instant_d1() {
    let mut one = campaign(1, "A", off("10"));
    one.window = Window { from: Some(time("15:00:00")), until: Some(time("18:00:00")), ..Window::default() };
    let mut cart = cart(vec![line(1, 1, "1", 1_000)]);
    cart.context.moment.local = parse_local("2026-03-04T16:00:00").unwrap();
    cart.context.moment.instant = parse_local("2026-03-04T13:00:00").unwrap().and_utc();
    assert_eq!(total(vec![one], &cart), 100);
}

#[test]
fn uses_are_limited_in_all_and_per_known_customer_d36() {
    let mut one = campaign(1, "A", off("10"));
    one.limits.uses_per_customer = Some(1);
    let mut cart = cart(vec![line(1, 1, "1", 1_000)]);
    cart.context.uses.insert(one.id, Uses { total: 7, by_customer: 1, ..Uses::default() });
    assert_eq!(total(vec![one.clone()], &cart), 100);
    cart.context.shopper = Some(Shopper::new(crate::ids::CustomerId::new(Uuid::from_u128(5))));
    assert_eq!(total(vec![one.clone()], &cart), 0);
    one.limits.uses_per_customer = None;
    one.limits.uses = Some(8);
    assert_eq!(total(vec![one.clone()], &cart), 100);
    one.limits.uses = Some(7);
    assert_eq!(total(vec![one], &cart), 0);
}

#[test]
fn campaign_codes_unlock_directly_a12_and_without_either_flag_nothing_runs_a11() {
    let mut one = campaign(1, "Spring", off("10"));
    let mut cart = cart(vec![line(1, 1, "1", 1_000)]);
    one.activation = Activation::Never;
    cart.context.unlocked.insert("SPRING".into());
    assert_eq!(total(vec![one.clone()], &cart), 0);
    one.activation = Activation::Coupon;
    assert_eq!(total(vec![one.clone()], &cart), 100);
    cart.context.unlocked.clear();
    assert_eq!(total(vec![one], &cart), 0);
}

#[test]
fn ties_of_priority_go_by_code_point_a14() {
    let one = |number, code| campaign(number, code, off("10"));
    let given = amounts(vec![one(1, "a"), one(2, "Z")], &cart(vec![line(1, 1, "1", 1_000)]));
    assert_eq!(given, [("Z".into(), None, 100)]);
}

#[test]
fn the_first_unmet_condition_is_the_answer() {
    let mut one = campaign(1, "A", off("10"));
    one.limits.least_purchase = Some(minor(1_001));
    let set = CampaignSet::compile(vec![one]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 1_000)])).unwrap();
    let rank = evaluator.eligible().next().unwrap();
    let (_, mut pass) = evaluator.pass();
    pass.begin();
    let unmet = Unmet::BelowPurchase { needed: minor(1_001), actual: minor(1_000) };
    assert_eq!(pass.apply(rank), Err(unmet));
}

/// A campaign for each thing that a document as a whole can decide.
fn gated() -> Vec<Campaign> {
    let mut all: Vec<Campaign> =
        (0..12).map(|number| campaign(number, &alloc::format!("C{number}"), off("10"))).collect();
    all[0].store = Some(StoreId::new(Uuid::from_u128(1)));
    all[1].segment = Some(SegmentId::new(Uuid::from_u128(1)));
    all[2].window.from = NaiveTime::from_hms_opt(20, 0, 0);
    all[3].window.start = NaiveDate::from_ymd_opt(2026, 3, 5);
    all[4].limits.uses = Some(1);
    all[5].limits.uses_per_customer = Some(1);
    all[6].limits.uses_per_day = Some(1);
    all[7].limits.budget = Some(minor(100));
    all[8].activation = Activation::Coupon;
    all[9].activation = Activation::Never;
    all[10].is_active = false;
    all
}

#[test]
fn the_campaigns_of_a_document_are_those_that_each_check_allows() {
    let set = CampaignSet::compile(gated()).unwrap();
    let plain = cart(Vec::new()).context;
    let uses =
        |total, spent| Uses { total, by_customer: total, today: total, spent: minor(spent), is_share: false };
    let counts = |total, spent| set.campaigns().iter().map(|one| (one.id, uses(total, spent))).collect();
    let mut shopper = Shopper::new(CustomerId::new(Uuid::from_u128(1)));
    shopper.segments.insert(SegmentId::new(Uuid::from_u128(1)));
    let contexts = [
        plain.clone(),
        Context { store: Some(StoreId::new(Uuid::from_u128(1))), ..plain.clone() },
        Context { shopper: Some(shopper.clone()), ..plain.clone() },
        Context { moment: at("2026-03-06T21:00:00"), ..plain.clone() },
        Context { uses: counts(1, 0), ..plain.clone() },
        Context { uses: counts(1, 0), shopper: Some(shopper), ..plain.clone() },
        Context { uses: counts(0, 100), ..plain.clone() },
        Context { unlocked: BTreeSet::from(["C8".into(), "C9".into()]), ..plain },
    ];
    let mut evaluator = Evaluator::new(&set, contexts[0].clone());
    let mut counts = Vec::new();
    for context in contexts {
        evaluator.set_context(context.clone());
        let allowed: Vec<Rank> =
            set.ranks().filter(|rank| set.check_eligible(*rank, &context).is_ok()).collect();
        assert_eq!(evaluator.eligible().collect::<Vec<_>>(), allowed, "{context:?}");
        counts.push(allowed.len());
    }
    assert_eq!(counts, [5, 6, 6, 7, 3, 3, 4, 6]);
}

#[test]
fn the_first_purchase_is_one_of_the_customer_and_no_limit_d38() {
    let welcome = Campaign { condition: Condition::FirstPurchase, ..campaign(1, "WELCOME", off("10")) };
    let mut cart = cart(vec![line(1, 1, "1", 1_000)]);
    assert_eq!(total(vec![welcome.clone()], &cart), 0, "nobody has a first purchase");
    for (purchases, expected) in [(0, 100), (1, 0), (50, 0)] {
        let known = Shopper::new(CustomerId::new(Uuid::from_u128(5)));
        cart.context.shopper = Some(Shopper { purchases, ..known });
        assert_eq!(total(vec![welcome.clone()], &cart), expected, "{purchases} before");
    }
}
