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
