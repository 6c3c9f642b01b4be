//! Campaigns that are never reached, by the days they and those before them are open on.

use super::*;

/// A first that lets nothing follow, and another after it, each on its days.
fn two(first: [Option<&str>; 2], then: [Option<&str>; 2]) -> Vec<Campaign> {
    let days = |window: &mut Window, [start, end]: [Option<&str>; 2]| {
        (window.start, window.end) = (start.and_then(day), end.and_then(day));
    };
    beside(|one, other| {
        one.lane.exclusivity = Exclusivity::Last;
        days(&mut one.window, first);
        days(&mut other.window, then);
    })
}

fn shadowed() -> Vec<Fault> {
    vec![Fault::Shadowed { by: "A".into() }]
}

#[test]
fn what_is_open_only_while_one_before_it_is_that_lets_nothing_follow_is_never_reached() {
    let (march, april, may) = (Some("2026-03-10"), Some("2026-04-10"), Some("2026-05-10"));
    for (first, then) in [
        ([march, None], [march, None]),
        ([march, None], [april, None]),
        ([march, None], [april, may]),
        ([None, None], [april, None]),
        ([None, may], [None, april]),
        ([None, may], [march, april]),
        ([march, may], [april, may]),
        ([march, Some("2030-01-01")], [april, may]),
    ] {
        assert_eq!(lint_all(two(first, then), &[]), shadowed(), "{first:?} before {then:?}");
    }
    for (first, then) in [
        ([april, None], [march, None]),
        ([april, None], [march, may]),
        ([march, april], [march, None]),
        ([None, april], [march, may]),
        ([march, april], [march, may]),
        ([march, None], [None, may]),
        ([march, None], [None, None]),
    ] {
        assert_eq!(lint_all(two(first, then), &[]), [], "{first:?} before {then:?}");
    }
}

#[test]
fn of_several_before_it_the_first_that_is_open_as_long_is_told() {
    let mut all = two([Some("2026-05-10"), None], [Some("2026-04-10"), None]);
    all[1].lane.exclusivity = Exclusivity::Last;
    let mut last = campaign(3, "C", off("5"));
    for (start, by) in [("2026-05-11", "A"), ("2026-05-09", "B")] {
        last.window.start = day(start);
        all.truncate(2);
        all.push(last.clone());
        assert_eq!(lint_all(all.clone(), &[]), [Fault::Shadowed { by: by.into() }], "from {start}");
    }
    last.window.start = day("2026-04-09");
    all.truncate(2);
    all.push(last);
    assert_eq!(lint_all(all, &[]), []);
}

#[test]
fn hours_after_midnight_of_the_last_day_are_not_those_of_one_before_it_that_asks_for_no_hours() {
    let (march, may) = (Some("2026-03-10"), Some("2026-05-10"));
    let mut night = two([march, may], [march, may]);
    night[1].window.from = hours(22, 3).from;
    night[1].window.until = hours(22, 3).until;
    assert_eq!(lint_all(night.clone(), &[]), [], "the last night ends on the day after");
    night[0].window.end = day("2026-05-11");
    assert_eq!(lint_all(night.clone(), &[]), shadowed());
    // Of the same hours both count the night to the day it began on.
    night[0].window = night[1].window.clone();
    assert_eq!(lint_all(night, &[]), shadowed());
}

fn tags(words: &[&str]) -> Vec<Selector> {
    words.iter().map(|word| Selector::Tag((*word).to_string())).collect()
}

/// All that is red, but for what is excluded.
fn red(exclude: &[&str]) -> Target {
    Target { include: tags(&["red"]), exclude: tags(exclude) }
}

/// Whether one of these goods is never reached behind one of those, which lets nothing follow; product 1 is red, 3 is blue, 2 is
/// both.
fn is_behind(first: &Target, then: &Target, does_know_goods: bool) -> bool {
    let item = |(no, words): (u128, &[&str])| PricedItem {
        item: CartItem {
            product: Some(product(no)),
            codes: vec![no.to_string()],
            tags: words.iter().map(|word| (*word).to_string()).collect(),
            ..CartItem::default()
        },
        price: minor(500),
    };
    let sold: [(u128, &[&str]); 3] = [(1, &["red"]), (2, &["red", "blue"]), (3, &["blue"])];
    let items: Vec<PricedItem> = sold.into_iter().filter(|_| does_know_goods).map(item).collect();
    let facts = LintFacts { items: &items, ..LintFacts::default() };
    let definitions = beside(|one, other| {
        one.lane.exclusivity = Exclusivity::Last;
        (one.target, other.target) = (first.clone(), then.clone());
    });
    let found = CampaignSet::compile(definitions).unwrap().lint(&facts);
    found.iter().any(|found| matches!(found.fault, Fault::Shadowed { .. }))
}

#[test]
fn what_is_about_a_part_of_the_goods_of_one_before_it_that_lets_nothing_follow_is_never_reached() {
    let colours = Target::of(tags(&["red", "blue"]));
    let but_tiny = Target { include: Vec::new(), exclude: tags(&["tiny"]) };
    for (first, then, is_shadowed) in [
        (&colours, &red(&[]), true),
        (&colours, &red(&["tiny"]), true),
        (&red(&["tiny"]), &red(&["old", "tiny"]), true),
        (&but_tiny, &red(&["tiny"]), true),
        (&red(&[]), &colours, false),
        (&red(&["tiny"]), &red(&["old"]), false),
        (&but_tiny, &red(&[]), false),
        (&but_tiny, &Target::all(), false),
        (&red(&[]), &Target::all(), false),
    ] {
        assert_eq!(is_behind(first, then, false), is_shadowed, "{first:?} before {then:?}");
    }
}

#[test]
fn what_is_about_goods_that_are_all_those_of_one_before_it_is_never_reached_as_far_as_the_goods_are_known() {
    let products = |numbers: &[u128]| {
        Target::of(numbers.iter().map(|number| Selector::Product(product(*number))).collect())
    };
    let cheap = Target::of(vec![Selector::UnitPrice { least: None, most: Some(minor(500)) }]);
    let but_blue = Target { include: Vec::new(), exclude: tags(&["blue"]) };
    for (first, then, is_shadowed) in [
        (&red(&[]), &products(&[1, 2]), true),
        (&red(&["blue"]), &products(&[1]), true),
        (&but_blue, &products(&[1]), true),
        (&red(&[]), &products(&[1, 3]), false),
        (&red(&["blue"]), &products(&[2]), false),
        (&products(&[1, 2]), &Target::all(), false),
        // The price of the hour may be another than that of the catalogue.
        (&cheap, &products(&[1]), false),
    ] {
        assert_eq!(is_behind(first, then, true), is_shadowed, "{first:?} before {then:?}");
        assert!(!is_behind(first, then, false));
    }
}
