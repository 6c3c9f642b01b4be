use alloc::{collections::BTreeSet, string::ToString, vec, vec::Vec};

use chrono::{NaiveDate, NaiveTime};
use uuid::Uuid;

use super::*;
use crate::{
    campaign::{
        tests::{campaign, minor, off, percent, product},
        *,
    },
    ids::{CampaignId, CouponId, StoreId},
};

mod apart;
mod many;
mod shadowed;
mod together;
mod ways;

use together::seeded_together;

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn less(amount: i64, per: Per) -> Benefit {
    Benefit::Off { reward: Reward::Amount(minor(amount)), per }
}

fn coupon(number: u128, code: &str, kind: CouponKind) -> Coupon {
    let (id, campaign) = (CouponId::new(Uuid::from_u128(number)), CampaignId::new(Uuid::from_u128(1)));
    Coupon::new(id, code, campaign, kind)
}

/// A harmless campaign with one thing changed.
fn with(change: impl FnOnce(&mut Campaign)) -> Vec<Campaign> {
    let mut one = campaign(1, "A", off("10"));
    change(&mut one);
    vec![one]
}

fn asks(condition: Condition) -> Vec<Campaign> {
    with(|one| one.condition = condition)
}

fn gives(benefit: Benefit) -> Vec<Campaign> {
    with(|one| one.benefit = benefit)
}

fn beside(change: impl FnOnce(&mut Campaign, &mut Campaign)) -> Vec<Campaign> {
    let (mut one, mut other) = (campaign(1, "A", off("10")), campaign(2, "B", off("5")));
    one.lane.exclusivity = Exclusivity::Combinable;
    other.lane.exclusivity = Exclusivity::Combinable;
    change(&mut one, &mut other);
    vec![one, other]
}

fn store(number: u128) -> StoreId {
    StoreId::new(Uuid::from_u128(number))
}

fn step(from: i64, rate: &str) -> Tier {
    Tier { from, reward: Reward::Percent(percent(rate)) }
}

type Seeded = (&'static str, Vec<Campaign>, fn(&Fault) -> bool);

fn is_field(fault: &Fault, path: &str) -> bool {
    matches!(fault, Fault::Field(error) if error.field == path)
}

fn seeded_in_time() -> Vec<Seeded> {
    let window = |change: fn(&mut Window)| with(|one| change(&mut one.window));
    vec![
        (
            "an end before the start",
            window(|window| {
                window.start = day("2026-03-02");
                window.end = day("2026-03-01");
            }),
            |fault| is_field(fault, "window.end"),
        ),
        (
            "a weekday none of its days is",
            window(|window| {
                window.start = day("2026-03-02");
                window.end = day("2026-03-04");
                window.weekdays = Some(Weekdays::of([6, 7]));
            }),
            |fault| *fault == Fault::NeverOpen,
        ),
        ("no weekday at all", window(|window| window.weekdays = Some(Weekdays::of([]))), |fault| {
            is_field(fault, "window.weekdays")
        }),
        (
            "hours of one instant",
            window(|window| {
                window.from = Some(NaiveTime::MIN);
                window.until = Some(NaiveTime::MIN);
            }),
            |fault| is_field(fault, "window.until"),
        ),
        ("days that are past", window(|window| window.end = day("2026-01-01")), |fault| {
            matches!(fault, Fault::Over { .. })
        }),
        ("neither automatic nor opened", with(|one| one.activation = Activation::Never), |fault| {
            *fault == Fault::NeverActivated
        }),
        (
            "a window of its condition on other days",
            with(|one| {
                one.window.weekdays = Some(Weekdays::of([1]));
                let window = Window { weekdays: Some(Weekdays::of([2])), ..Window::default() };
                one.condition = Condition::Window(window);
            }),
            |fault| *fault == Fault::Contradiction,
        ),
        (
            "hours of its condition that its own never meet",
            with(|one| {
                one.window = hours(9, 12);
                one.condition = Condition::Window(hours(14, 16));
            }),
            |fault| *fault == Fault::Contradiction,
        ),
        (
            "weekdays that none of the days of its condition is",
            with(|one| {
                one.window.weekdays = Some(Weekdays::of([6, 7]));
                let (start, end) = (day("2026-03-02"), day("2026-03-04"));
                one.condition = Condition::Window(Window { start, end, ..Window::default() });
            }),
            |fault| *fault == Fault::Contradiction,
        ),
    ]
}

fn hours(from: u32, until: u32) -> Window {
    let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0);
    Window { from: hour(from), until: hour(until), ..Window::default() }
}

fn seeded_conditions() -> Vec<Seeded> {
    let is_contradiction: fn(&Fault) -> bool = |fault| *fault == Fault::Contradiction;
    let value = |least, most| Condition::Value { of: Target::all(), least, most };
    let count = |least, most| Condition::Quantity { of: Target::all(), least, most };
    let not = |condition| Condition::Not(alloc::boxed::Box::new(condition));
    vec![
        (
            "a condition and its opposite",
            asks(Condition::All(vec![Condition::FirstPurchase, not(Condition::FirstPurchase)])),
            is_contradiction,
        ),
        (
            "two tiers at once",
            asks(Condition::All(vec![Condition::Tier("GOLD".into()), Condition::Tier("SILVER".into())])),
            is_contradiction,
        ),
        (
            "a tier of nobody",
            asks(Condition::All(vec![Condition::Tier("GOLD".into()), not(Condition::CustomerKnown)])),
            is_contradiction,
        ),
        (
            "a value from 100 of one up to 50",
            asks(Condition::All(vec![value(Some(minor(10_000)), None), value(None, Some(minor(5_000)))])),
            is_contradiction,
        ),
        (
            "five units of at most three",
            asks(Condition::All(vec![count(Some(5), None), count(None, Some(3))])),
            is_contradiction,
        ),
        (
            "a store that is not one of its stores",
            with(|one| {
                one.store = Some(store(1));
                one.condition = Condition::Stores(vec![store(2)]);
            }),
            is_contradiction,
        ),
        (
            "a least purchase above the most value",
            with(|one| {
                one.limits.least_purchase = Some(minor(10_000));
                one.condition = value(None, Some(minor(5_000)));
            }),
            is_contradiction,
        ),
        ("any of nothing", asks(Condition::Any(vec![])), |fault| is_field(fault, "condition.any")),
        (
            "a least purchase above the most purchase",
            with(|one| {
                one.limits.least_purchase = Some(minor(2));
                one.limits.most_purchase = Some(minor(1));
            }),
            |fault| is_field(fault, "limits.most_purchase"),
        ),
        (
            "an excluded product that is all it includes",
            with(|one| {
                one.target.include = vec![Selector::Product(product(1))];
                one.target.exclude = vec![Selector::Product(product(1))];
            }),
            |fault| is_field(fault, "target.exclude"),
        ),
        (
            "a pattern that is none",
            with(|one| {
                one.target.include = vec![Selector::Pattern(Pattern::new("re:(["))];
            }),
            |fault| is_field(fault, "target.include[0]"),
        ),
    ]
}

fn seeded_amounts() -> Vec<Seeded> {
    let is_free: fn(&Fault) -> bool = |fault| *fault == Fault::FreeGoods;
    let in_steps = |steps| gives(Benefit::Tiers { by: TierBy::Value, steps });
    vec![
        ("a whole price off", gives(off("100")), is_free),
        ("an amount off the smallest basket", gives(less(1_000, Per::Document)), is_free),
        ("an amount off each unit that is all of its price", gives(less(500, Per::Unit)), is_free),
        (
            "free goods for everybody for ever",
            gives(Benefit::Gift { of: Target::all(), quantity: 1 }),
            |fault| *fault == Fault::Unbounded,
        ),
        ("a price below cost", gives(Benefit::FixedPrice { price: minor(300) }), |fault| {
            *fault == Fault::BelowCost { item: "8690001".to_string(), price: minor(300), cost: minor(400) }
        }),
        ("a share that leaves less than the cost", gives(off("30")), |fault| {
            *fault == Fault::BelowCost { item: "8690001".to_string(), price: minor(350), cost: minor(400) }
        }),
        ("a higher step that gives less", in_steps(vec![step(1_000, "10"), step(2_000, "5")]), |fault| {
            *fault == Fault::StepGivesLess { from: 2_000 }
        }),
        (
            "a step above the most purchase",
            with(|one| {
                one.limits.most_purchase = Some(minor(1_500));
                one.benefit =
                    Benefit::Tiers { by: TierBy::Value, steps: vec![step(1_000, "5"), step(2_000, "10")] };
            }),
            |fault| *fault == Fault::StepNeverReached { from: 2_000 },
        ),
        (
            "a ceiling over an amount",
            with(|one| {
                one.benefit = less(500, Per::Document);
                one.limits.least_purchase = Some(minor(5_000));
                one.limits.per_proposal = Some(minor(100));
            }),
            |fault| *fault == Fault::CeilingIgnored,
        ),
        ("nothing to give", gives(Benefit::Nothing), |fault| is_field(fault, "benefit")),
    ]
}

fn seeded_neighbours() -> Vec<Seeded> {
    let is_shadowed: fn(&Fault) -> bool = |fault| *fault == Fault::Shadowed { by: "A".into() };
    vec![
        (
            "behind one that lets nothing follow",
            beside(|one, _| one.lane.exclusivity = Exclusivity::Last),
            is_shadowed,
        ),
        (
            "alone behind one that always gives",
            beside(|_, other| other.lane.exclusivity = Exclusivity::Alone),
            is_shadowed,
        ),
        (
            "one code in capitals and not",
            beside(|one, other| {
                one.code = "SPRING".into();
                other.code = "spring".into();
            }),
            |fault| matches!(fault, Fault::SameUnlockingCode { .. }),
        ),
        (
            "codes that are printed alike",
            beside(|one, other| {
                one.code = "SPRING-SALE-2026-A".into();
                other.code = "SPRING-SALE-2026-B".into();
            }),
            |fault| matches!(fault, Fault::SamePrintedCode { .. }),
        ),
        (
            "a price below cost after another's discount",
            beside(|one, other| {
                one.benefit = off("15");
                other.benefit = off("10");
            }),
            |fault| matches!(fault, Fault::BelowCostBeside { item, beside, .. } if item == "8690001" && beside.as_str() == "A"),
        ),
        (
            "shadowed behind one with groups of its own that keeps neither out",
            {
                let mut three = beside(|one, other| {
                    one.target.include = vec![Selector::Product(product(7))];
                    one.lane.stacks_with = Some(BTreeSet::from(["rest".to_string()]));
                    other.lane.exclusivity = Exclusivity::Last;
                    other.lane.group = "rest".to_string();
                });
                let mut last = campaign(3, "C", off("5"));
                last.lane.group = "rest".to_string();
                three.push(last);
                three
            },
            |fault| matches!(fault, Fault::Shadowed { by } if by.as_str() == "B"),
        ),
        (
            "a group nobody is in",
            with(|one| {
                one.lane.stacks_with = Some(BTreeSet::from(["dairy".to_string()]));
            }),
            |fault| matches!(fault, Fault::UnknownGroup { group } if group == "dairy"),
        ),
        (
            "a coupon that opens it and does not exist",
            with(|one| one.activation = Activation::Coupon),
            |fault| *fault == Fault::NoCoupon,
        ),
    ]
}

fn lint_all(definitions: Vec<Campaign>, coupons: &[Coupon]) -> Vec<Fault> {
    let item = CartItem {
        product: Some(product(1)),
        codes: vec!["8690001".to_string()],
        cost: Some(minor(400).into()),
        ..CartItem::default()
    };
    let items = [PricedItem { item, price: minor(500) }];
    let facts =
        LintFacts { today: day("2026-03-04"), coupons: Some(coupons), items: &items, ..LintFacts::default() };
    let set = CampaignSet::compile(definitions).unwrap();
    set.lint(&facts).into_iter().map(|finding| finding.fault).collect()
}

#[test]
fn each_of_the_seeded_faults_is_found_and_the_same_without_it_is_clean() {
    let parts =
        [seeded_in_time(), seeded_conditions(), seeded_amounts(), seeded_together(), seeded_neighbours()];
    let seeded = parts.concat();
    assert!(seeded.len() >= 35, "{}", seeded.len());
    for (name, definitions, is_it) in seeded {
        let faults = lint_all(definitions, &[]);
        assert!(faults.iter().any(is_it), "{name}: {faults:?}");
    }
    assert_eq!(lint_all(with(|_| {}), &[]), []);
    assert_eq!(lint_all(beside(|_, _| {}), &[]), []);
}

#[test]
fn coupons_that_answer_to_one_text_and_coupons_without_any_limit_are_found() {
    let opened = || with(|one| one.activation = Activation::Coupon);
    let mut limited = coupon(1, "TEN", CouponKind::Public);
    assert_eq!(lint_all(opened(), core::slice::from_ref(&limited)), [Fault::Unbounded]);
    limited.uses = Some(100);
    assert_eq!(lint_all(opened(), core::slice::from_ref(&limited)), []);
    let mut other = Coupon { uses: Some(1), ..coupon(2, "ELEVEN", CouponKind::Public) };
    other.barcode = Some("ten".to_string());
    let faults = lint_all(opened(), &[limited, other]);
    assert_eq!(faults.len(), 2);
    assert!(faults.iter().all(|fault| matches!(fault, Fault::SameCouponText { .. })), "{faults:?}");
}

#[test]
fn coupons_that_are_over_open_nothing_any_more() {
    let until = |date: &str| {
        let end = day(date).and_then(|day| day.and_hms_opt(0, 0, 0));
        let only = Coupon { uses: Some(1), end, ..coupon(1, "TEN", CouponKind::Public) };
        lint_all(with(|one| one.activation = Activation::Coupon), &[only])
    };
    assert!(until("2026-03-03").contains(&Fault::NoCoupon));
    assert_eq!(until("2026-03-04"), []);
}

#[test]
fn a_floor_a_lowest_price_or_a_least_purchase_takes_the_doubt_away() {
    let mut floor = gives(less(100, Per::Unit));
    floor[0].limits.cost_floor = true;
    assert_eq!(lint_all(floor, &[]), []);
    let mut lowest = gives(less(100, Per::Unit));
    lowest[0].limits.lowest_price = Some(minor(400));
    assert_eq!(lint_all(lowest, &[]), []);
    let mut least = gives(less(1_000, Per::Document));
    least[0].limits.least_purchase = Some(minor(5_000));
    assert_eq!(lint_all(least, &[]), []);
}

#[test]
fn a_ceiling_over_shares_hides_no_amount_and_no_price_below_cost() {
    let below =
        |price| Fault::BelowCost { item: "8690001".to_string(), price: minor(price), cost: minor(400) };
    let capped = |benefit| {
        let mut one = gives(benefit);
        one[0].limits.per_proposal = Some(minor(50));
        lint_all(one, &[])
    };
    assert_eq!(capped(off("30")), [], "450 is left of 500");
    assert_eq!(capped(less(200, Per::Line)), [Fault::CeilingIgnored, below(300)]);
    assert_eq!(capped(Benefit::FixedPrice { price: minor(300) }), [Fault::CeilingIgnored, below(300)]);
}

#[test]
fn openings_that_meet_over_midnight_or_by_one_hour_are_no_contradiction() {
    for (own, asked) in
        [(hours(9, 14), hours(14, 16)), (hours(22, 3), hours(1, 2)), (hours(22, 3), hours(23, 0))]
    {
        let faults = lint_all(
            with(|one| {
                one.window = own;
                one.condition = Condition::Window(asked);
            }),
            &[],
        );
        assert_eq!(faults, []);
    }
}

#[test]
fn an_amount_off_the_whole_purchase_is_shared_by_what_the_purchase_must_come_to() {
    let off = |amount, least| {
        let mut one = gives(less(amount, Per::Document));
        one[0].limits.least_purchase = Some(minor(least));
        lint_all(one, &[])
    };
    assert_eq!(off(1_000, 5_000), [], "100 of 500 is what is left above the cost");
    assert!(matches!(off(1_010, 5_000)[..], [Fault::BelowCost { .. }]));
    let steps = |steps| lint_all(gives(Benefit::Tiers { by: TierBy::Value, steps }), &[]);
    let amount = |from, amount| Tier { from, reward: Reward::Amount(minor(amount)) };
    assert_eq!(steps(vec![amount(5_000, 500), amount(10_000, 2_000)]), []);
    assert!(matches!(steps(vec![amount(5_000, 500), amount(10_000, 2_010)])[..], [Fault::BelowCost { .. }]));
}

#[test]
fn what_a_campaign_before_only_sometimes_gives_shadows_nothing() {
    let bounded = |change: fn(&mut Campaign)| {
        beside(|one, _| {
            one.lane.exclusivity = Exclusivity::Last;
            change(one);
        })
    };
    for definitions in [
        bounded(|one| one.limits.least_purchase = Some(minor(1))),
        bounded(|one| one.target = Target::of(vec![Selector::Product(product(1))])),
        bounded(|one| one.window.weekdays = Some(Weekdays::of([1]))),
        bounded(|one| one.is_active = false),
        bounded(|one| one.condition = Condition::CustomerKnown),
    ] {
        assert_eq!(lint_all(definitions, &[]), []);
    }
}

#[test]
fn one_campaign_is_linted_as_among_all_and_a_great_many_coupons_and_goods_are_looked_at_once() {
    let mut definitions = beside(|one, other| {
        one.activation = Activation::Coupon;
        other.benefit = less(900, Per::Unit);
    });
    definitions[0].limits.uses = Some(1);
    let set = CampaignSet::compile(definitions).unwrap();
    // Each pair of them by itself would be two hundred million comparisons.
    let mut coupons: Vec<Coupon> =
        (1..=20_000).map(|no| coupon(no, &alloc::format!("CODE{no}"), CouponKind::SingleUse)).collect();
    coupons[19_999].barcode = Some("code1".to_string());
    let item = |no: u128| PricedItem {
        item: CartItem {
            product: Some(product(no)),
            codes: vec![no.to_string()],
            cost: Some(FineMoney::from_money(minor(500))),
            ..CartItem::default()
        },
        price: minor(1_000),
    };
    let items: Vec<PricedItem> = (1..=20_000).map(item).collect();
    let facts = LintFacts { today: None, coupons: Some(&coupons), items: &items, ..LintFacts::default() };
    let all = set.lint(&facts);
    assert_eq!(all.iter().filter(|found| matches!(found.fault, Fault::SameCouponText { .. })).count(), 2);
    for rank in set.ranks() {
        let own = set.lint_of(&facts, |campaign| campaign.id == set.campaign(rank).id);
        let among_all = all.iter().filter(|found| found.campaign == rank).cloned();
        assert_eq!(own, among_all.collect::<Vec<_>>());
    }
}
