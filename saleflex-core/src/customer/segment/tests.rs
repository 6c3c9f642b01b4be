use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, NaiveDate};
use uuid::Uuid;

use super::*;
use crate::{
    catalog::DepartmentNo,
    customer::{Channel, Customer, CustomerDetails, PhoneRules, Source, Spending},
    ids::{CustomerId, ProductId, SegmentId, StoreId},
    money::{Currency, CurrencyCode, Money},
    time::Moment,
};

mod by_hand;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn m(major: i64) -> Money {
    Money::from_minor(major * 100)
}

fn today() -> NaiveDate {
    day(2025, 6, 30)
}

fn facts() -> SegmentFacts {
    SegmentFacts {
        registered_on: day(2025, 5, 31),
        date_of_birth: None,
        prefers_vip: false,
        spending: Spending::default(),
        purchased_on: Some(Vec::new()),
        purchased: Vec::new(),
        tier: None,
        town: None,
        zip: None,
        stores: BTreeSet::new(),
        channels: BTreeSet::new(),
    }
}

fn bought(purchases: u32, total: Money, last: NaiveDate) -> SegmentFacts {
    let last = Some(last.and_hms_opt(12, 0, 0).unwrap());
    SegmentFacts { spending: Spending { purchases, total, annual: total, last }, ..facts() }
}

fn legacy(kind: &str, criteria: &str) -> Criterion {
    let pounds = Currency::of(CurrencyCode::parse("GBP").unwrap());
    criterion_of(kind, &serde_json::from_str(criteria).unwrap(), &pounds).unwrap()
}

#[track_caller]
fn check(criterion: &Criterion, facts: &SegmentFacts, expected: bool) {
    assert_eq!(criterion.is_met(facts, today()), expected, "{criterion:?}");
}

#[test]
fn the_examples_of_the_page_hold() {
    let newcomer = legacy("NEW_CUSTOMER", r#"{"days_since_registration": 30, "max_purchases": 1}"#);
    check(&newcomer, &bought(1, m(20), today()), true);
    check(&newcomer, &bought(2, m(20), today()), false);
    check(&newcomer, &SegmentFacts { registered_on: day(2025, 5, 30), ..facts() }, false);
    let high = legacy("HIGH_VALUE", r#"{"min_avg_transaction": 200, "min_annual_spending": 4000}"#);
    check(&high, &bought(3, m(6000), today()), true);
    check(&high, &bought(25, Money::from_minor(499_975), today()), false);
    let inactive = legacy("INACTIVE", r#"{"days_since_last_purchase": 90}"#);
    check(&inactive, &bought(1, m(1), day(2025, 4, 1)), true);
    check(&inactive, &bought(1, m(1), day(2025, 4, 2)), false);
    let vip = legacy("VIP", r#"{"min_annual_spending": 10000, "honor_preferences_vip": true}"#);
    check(&vip, &SegmentFacts { prefers_vip: true, ..facts() }, true);
}

#[test]
fn a_limit_of_another_terminal_is_as_exact_as_it_is_written_and_one_that_nobody_meets_has_no_members() {
    let fine = legacy("HIGH_VALUE", r#"{"min_avg_transaction": "33.333"}"#);
    check(&fine, &bought(3, m(100), today()), true);
    check(&fine, &bought(3, Money::from_minor(9_999), today()), false);
    check(&fine, &facts(), false);
    for criteria in
        [r#"{"days_since_registration": -1}"#, r#"{"days_since_registration": 30, "max_purchases": -1}"#]
    {
        check(&legacy("NEW_CUSTOMER", criteria), &facts(), false);
    }
    let born = SegmentFacts { date_of_birth: Some(day(1990, today().month(), 3)), ..facts() };
    for (month, is_in) in [("\"current\"", true), ("\"next\"", false), ("\"June\"", false), ("\"\"", false)] {
        check(&legacy("BIRTHDAY", &format!("{{\"birthday_month\": {month}}}")), &born, is_in);
    }
}

#[test]
fn high_value_without_any_key_has_no_members_c6() {
    check(&legacy("HIGH_VALUE", "{}"), &bought(9, m(90_000), today()), false);
    for kind in ["VIP", "NEW_CUSTOMER", "FREQUENT_BUYER", "INACTIVE", "CUSTOM", "ANYTHING"] {
        check(&legacy(kind, "null"), &bought(9, m(90_000), day(2020, 1, 1)), false);
    }
}

#[test]
fn a_null_makes_no_condition_and_a_malformed_value_is_refused() {
    check(
        &legacy("CUSTOM", r#"{"min_annual_spending": null, "min_total_purchases": 2}"#),
        &bought(2, m(1), today()),
        true,
    );
    let pounds = Currency::of(CurrencyCode::parse("GBP").unwrap());
    let criteria = serde_json::from_str(r#"{"min_total_purchases": "many"}"#).unwrap();
    let error = criterion_of("CUSTOM", &criteria, &pounds).unwrap_err();
    assert_eq!(error, LegacyError::Malformed { name: "min_total_purchases".into() });
}

#[test]
fn days_since_a_registration_are_days_of_the_stores_clock_c5() {
    // Half past one in the night by the store's clock is the day before in UTC.
    let local = day(2025, 5, 31).and_hms_opt(1, 30, 0).unwrap();
    let instant = day(2025, 5, 30).and_hms_opt(22, 30, 0).unwrap().and_utc();
    let at = Moment::new(instant, local, local.date());
    let id = CustomerId::new(Uuid::from_u128(5));
    let details = CustomerDetails::default();
    let customer = Customer::register(id, details, &PhoneRules::default(), at, Source::Pos);
    let facts = SegmentFacts::of(&customer);
    check(&Criterion::RegisteredWithin { days: 30 }, &facts, true);
    check(&Criterion::RegisteredWithin { days: 29 }, &facts, false);
}

#[test]
fn stale_annual_spending_counts_nothing_c7() {
    check(&Criterion::MinAnnualSpending(m(1)), &bought(1, m(100), day(2024, 12, 31)), false);
    check(&Criterion::MinAnnualSpending(m(1)), &bought(1, m(100), day(2025, 1, 1)), true);
}

#[test]
fn purchases_of_the_last_thirty_local_days_count_besides_the_total() {
    let frequent = legacy("FREQUENT_BUYER", r#"{"min_purchases_per_month": 2, "min_total_purchases": 12}"#);
    let on = |dates: &[NaiveDate]| SegmentFacts {
        purchased_on: Some(dates.to_vec()),
        ..bought(12, m(100), today())
    };
    check(&frequent, &on(&[today(), day(2025, 6, 1)]), true);
    check(&frequent, &on(&[today(), day(2025, 5, 31)]), false);
    check(&frequent, &SegmentFacts { purchased_on: None, ..on(&[]) }, true);
}

#[test]
fn a_birthday_is_this_month_a_given_month_or_soon() {
    let born =
        |month, on| SegmentFacts { date_of_birth: NaiveDate::from_ymd_opt(1992, month, on), ..facts() };
    check(&legacy("BIRTHDAY", "{}"), &born(6, 1), true);
    check(&legacy("BIRTHDAY", r#"{"birthday_month": "current"}"#), &born(7, 1), false);
    check(&legacy("BIRTHDAY", r#"{"birthday_month": 7}"#), &born(7, 1), true);
    check(&Criterion::Birthday(Birthday::WithinDays(1)), &born(7, 1), true);
    check(&Criterion::Birthday(Birthday::WithinDays(1)), &born(7, 2), false);
    check(&Criterion::Birthday(Birthday::WithinDays(300)), &born(2, 29), true);
    check(&Criterion::Birthday(Birthday::ThisMonth), &facts(), false);
}

#[test]
fn goods_places_tiers_and_consents_are_conditions_too() {
    let product = ProductId::new(Uuid::from_u128(1));
    let line = PurchasedLine {
        on: day(2025, 6, 20),
        product: Some(product),
        department: DepartmentNo(3),
        sub_department: None,
    };
    let person = SegmentFacts {
        purchased: vec![line],
        tier: Some("GOLD".into()),
        town: Some(" İzmir".into()),
        zip: Some("35100".into()),
        stores: BTreeSet::from([StoreId::new(Uuid::from_u128(7))]),
        channels: BTreeSet::from([Channel::Sms]),
        ..facts()
    };
    let goods = Goods { products: BTreeSet::from([product]), ..Goods::default() };
    let bought = |times, within_days| Criterion::Bought { goods: goods.clone(), times, within_days };
    check(&bought(1, Some(11)), &person, true);
    check(&bought(1, Some(10)), &person, false);
    check(&bought(2, None), &person, false);
    check(&Criterion::Tier(BTreeSet::from(["GOLD".into()])), &person, true);
    check(&Criterion::Town(BTreeSet::from(["İZMİR".into()])), &person, true);
    check(&Criterion::ZipBeginsWith("35".into()), &person, true);
    check(&Criterion::Store(person.stores.clone()), &person, true);
    check(&Criterion::MayMessage(Channel::Email), &person, false);
    let nested = Criterion::All(vec![
        Criterion::Not(Box::new(Criterion::MayMessage(Channel::Email))),
        Criterion::Any(vec![Criterion::PrefersVip, bought(1, None)]),
    ]);
    check(&nested, &person, true);
    let seen = preview(&nested, [&person, &facts()], today());
    assert_eq!(seen, Preview { matching: 1, of: 2 });
}

#[test]
fn a_criterion_is_refused_when_empty_too_deep_too_many_or_without_such_a_month() {
    assert_eq!(Criterion::All(vec![]).check(), Err(CriterionError::Empty));
    let deep = (0..MOST_DEPTH).fold(Criterion::PrefersVip, |inner, _| Criterion::Not(Box::new(inner)));
    assert_eq!(deep.check(), Err(CriterionError::TooDeep { most: MOST_DEPTH }));
    let many = Criterion::Any(vec![Criterion::PrefersVip; MOST_CRITERIA]);
    assert_eq!(many.check(), Err(CriterionError::TooMany { most: MOST_CRITERIA }));
    let month = Criterion::Birthday(Birthday::Month(13));
    assert_eq!(month.check(), Err(CriterionError::NoMonth { month: 13 }));
    assert_eq!(Criterion::Any(vec![Criterion::PrefersVip]).check(), Ok(()));
}

#[test]
fn what_rules_name_is_found_in_all_their_groups_and_so_are_goods_bought_no_times() {
    let bought = |products: &[u128], departments: &[u32], times| {
        let products = products.iter().map(|no| ProductId::new(Uuid::from_u128(*no))).collect();
        let departments = departments.iter().map(|no| DepartmentNo(*no)).collect();
        Criterion::Bought { goods: Goods { products, departments }, times, within_days: None }
    };
    let tiers = |codes: &[&str]| codes.iter().map(|code| (*code).into()).collect::<BTreeSet<String>>();
    let nested = Criterion::All(vec![
        Criterion::Tier(tiers(&["GOLD"])),
        Criterion::Not(Box::new(bought(&[1], &[], 1))),
        Criterion::Any(vec![bought(&[2], &[5], 2), Criterion::Tier(tiers(&["TOP"])), Criterion::PrefersVip]),
    ]);
    let Criterion::Bought { goods, .. } = bought(&[1, 2], &[5], 1) else { unreachable!() };
    assert_eq!(Names::of(&nested), Names { tiers: tiers(&["GOLD", "TOP"]), goods });
    assert_eq!(Names::of(&Criterion::PrefersVip), Names::default());
    assert!(!nested.asks_no_times());
    let never = bought(&[1], &[], 0);
    assert_eq!(never.check(), Ok(()), "as a hub may have it");
    for written in [
        never.clone(),
        Criterion::Not(Box::new(never.clone())),
        Criterion::Any(vec![Criterion::PrefersVip, Criterion::All(vec![never.clone()])]),
    ] {
        assert!(written.asks_no_times(), "{written:?}");
    }
}

fn segment(number: u128, criterion: Criterion) -> Segment {
    let id = SegmentId::new(Uuid::from_u128(number));
    let code = format!("S{number}");
    Segment { id, name: code.clone(), code, description: None, criterion, is_active: true, display_order: 0 }
}

#[test]
fn a_segment_without_conditions_is_kept_for_those_whom_people_put_into_it() {
    for conditions in [Criterion::All(vec![]), Criterion::Any(vec![])] {
        let by_hand = segment(1, conditions.clone());
        assert_eq!(by_hand.check(), Ok(()));
        assert!(!by_hand.matches(&facts(), today()));
        let nested = segment(2, Criterion::Not(Box::new(conditions)));
        assert_eq!(nested.check(), Err(SegmentError::Criterion(CriterionError::Empty)));
    }
}

fn now() -> Moment {
    Moment::utc(DateTime::from_timestamp(1_751_284_800, 0).unwrap())
}

fn member(by: AssignedBy, is_active: bool) -> SegmentMember {
    SegmentMember { assigned_by: by, is_active, since: None }
}

#[test]
fn rules_switch_automatic_rows_and_leave_those_set_by_hand() {
    let (met, unmet) = (Criterion::MaxPurchases(9), Criterion::PrefersVip);
    // (criterion is met, row before) → row after
    let cases = [
        (true, None, Some((AssignedBy::Auto, true))),
        (true, Some((AssignedBy::System, false)), Some((AssignedBy::Auto, true))),
        (true, Some((AssignedBy::Manual, false)), Some((AssignedBy::Manual, false))),
        (true, Some((AssignedBy::Unknown, true)), Some((AssignedBy::Unknown, true))),
        (false, Some((AssignedBy::Unknown, true)), Some((AssignedBy::Unknown, false))),
        (false, Some((AssignedBy::Manual, true)), Some((AssignedBy::Manual, true))),
        (false, Some((AssignedBy::Auto, false)), Some((AssignedBy::Auto, false))),
        (false, None, None),
    ];
    for (is_met, before, after) in cases {
        let segments = [segment(1, if is_met { met.clone() } else { unmet.clone() })];
        let rows = before.map(|(by, is_active)| (segments[0].id, member(by, is_active)));
        let mut roster = Roster::from_rows(rows);
        let customer = CustomerId::new(Uuid::from_u128(5));
        for change in refresh(customer, false, &segments, &roster, &facts(), now()) {
            roster.apply(&change);
        }
        let row = roster.rows().get(&segments[0].id);
        assert_eq!(row.map(|row| (row.assigned_by, row.is_active)), after, "{is_met} {before:?}");
        assert!(refresh(customer, false, &segments, &roster, &facts(), now()).is_empty(), "twice is once");
        assert!(
            refresh(customer, true, &segments, &Roster::default(), &facts(), now()).is_empty(),
            "walk-in"
        );
    }
}

#[test]
fn a_person_put_in_or_out_by_hand_stays_there() {
    let segments = [segment(1, Criterion::MaxPurchases(9))];
    let customer = CustomerId::new(Uuid::from_u128(5));
    let mut roster = Roster::default();
    let (segment, by, at) = (segments[0].id, AssignedBy::Manual, now());
    roster.apply(&SegmentChange::Left { customer, segment, by, at });
    assert!(refresh(customer, false, &segments, &roster, &facts(), now()).is_empty());
    assert!(roster.active(&segments).is_empty());
    roster.apply(&SegmentChange::Joined { customer, segment, by, at });
    assert_eq!(roster.active(&segments), BTreeSet::from([segment]));
}

#[test]
fn an_inactive_segment_has_no_members_and_the_newest_of_several_rows_counts_c8() {
    let mut segments = [segment(1, Criterion::MaxPurchases(9))];
    let rows = [member(AssignedBy::Auto, false), member(AssignedBy::Auto, true)];
    let roster = Roster::from_rows(rows.map(|row| (segments[0].id, row)));
    assert_eq!(roster.active_codes(&segments), ["S1"]);
    segments[0].is_active = false;
    assert!(roster.active_codes(&segments).is_empty() && roster.active(&segments).is_empty());
}
