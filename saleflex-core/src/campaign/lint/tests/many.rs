//! Thousands of campaigns at once.

use chrono::Days;

use super::*;

/// Campaigns of twenty products by turns, each open for one of so many weeks; every other one ends the pass.
fn many(weeks: u64) -> CampaignSet {
    let first: NaiveDate = "2026-01-05".parse().unwrap();
    let one = |no: u64| {
        let mut one = campaign(u128::from(no) + 1, &alloc::format!("C{no:04}"), off("10"));
        let start = first + Days::new(7 * (no % weeks));
        (one.window.start, one.window.end) = (Some(start), Some(start + Days::new(6)));
        one.target = Target::of(vec![Selector::Product(product(u128::from(no % 20) + 1))]);
        one.lane.exclusivity = if no.is_multiple_of(2) { Exclusivity::Combinable } else { Exclusivity::Last };
        one
    };
    CampaignSet::compile((0..5_000).map(one).collect()).unwrap()
}

#[test]
fn of_thousands_of_campaigns_each_is_held_against_a_few() {
    let item = |no: u128| PricedItem {
        item: CartItem { product: Some(product(no)), codes: vec![no.to_string()], ..CartItem::default() },
        price: minor(1_000),
    };
    let items: Vec<PricedItem> = (1..=20).map(item).collect();
    let facts = LintFacts { items: &items, ..LintFacts::default() };
    for weeks in [5_000, 50, 1] {
        let set = many(weeks);
        let known = Known::of(&set, &facts);
        let (mut others, mut neighbours) = (Others::of(&set, &known), Neighbours::of(&set, &known));
        let found = set.lint_beside((&facts, &known), |_| true, &mut others, &mut neighbours);
        assert!(weeks == 5_000 || !found.is_empty());
        let compared = others.compared + neighbours.compared;
        // All pairs would be twelve and a half million.
        assert!(compared > 0 && compared < 50 * 5_000, "{compared} in {weeks} weeks");
    }
}

#[test]
fn of_thousands_of_targets_each_is_held_against_a_few() {
    let tag = |word: alloc::string::String| Selector::Tag(word);
    let one = |no: u64| {
        let mut one = campaign(u128::from(no) + 1, &alloc::format!("C{no:04}"), off("10"));
        let words = [no % 50, 100 + no / 50, 1_000 + no].map(|word| tag(word.to_string()));
        one.target = Target { include: words[..2].to_vec(), exclude: words[2..].to_vec() };
        one
    };
    let set = CampaignSet::compile((0..5_000).map(one).collect()).unwrap();
    let known = Known::of(&set, &LintFacts::default());
    let mut others = Others::of(&set, &known);
    assert!(set.ranks().all(|rank| others.shadow(rank).is_none()));
    assert!(others.compared > 5_000 && others.compared < 50 * 5_000, "{}", others.compared);
}
