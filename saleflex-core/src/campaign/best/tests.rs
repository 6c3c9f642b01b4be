use alloc::{collections::BTreeSet, format, string::String, vec, vec::Vec};

use super::*;
use crate::campaign::{
    tests::{campaign, cart, line, minor},
    *,
};

fn amount(number: u128, code: &str, priority: i32, off: i64) -> Campaign {
    let mut one =
        campaign(number, code, Benefit::Off { reward: Reward::Amount(minor(off)), per: Per::Document });
    one.lane.priority = priority;
    one
}

/// Five thousand campaigns, each of which may bring others below their least purchase, in two groups of which a customer
/// gets one.
fn many() -> CampaignSet {
    let one = |number: u128| {
        let mut one = amount(number, &format!("C{number:04}"), 1, 3);
        one.lane.exclusivity = Exclusivity::Combinable;
        one.limits.least_purchase = Some(minor(200_000 - i64::try_from(number).unwrap()));
        let group = if number.is_multiple_of(2) { "even" } else { "odd" };
        one.lane.group = group.into();
        one.lane.stacks_with = Some(BTreeSet::from([String::from(group)]));
        one
    };
    CampaignSet::compile((0..5_000).map(one).collect()).unwrap()
}

/// What the search begins with and the last choice apply each campaign so many times at the most.
const IN_ANY_CASE: u32 = 30;

#[test]
fn the_effort_bounds_how_often_campaigns_are_applied_whatever_there_is() {
    let (set, goods) = (many(), cart((1..=2_000).map(|no| line(no, 1, "1", 100)).collect()));
    let mut evaluator = Evaluator::of(&set, &goods).unwrap();
    let plain = evaluator.by_priority().total();
    let mut before = u32::MAX;
    for effort in [20_000, 1_000, 0] {
        let best = evaluator.best_for_customer(effort);
        let applies = evaluator.pass().1.given.applies;
        assert!(applies <= effort + IN_ANY_CASE * 5_000, "{applies} times for {effort}");
        assert!(applies <= before, "{applies} times for {effort}");
        before = applies;
        assert!(best.evaluation.total() >= plain);
        assert!(best.gap().is_positive(), "{effort}: there is more to be tried");
    }
}

/// What is given, and by which campaigns.
fn given(set: &CampaignSet, evaluation: &Evaluation) -> (i64, Vec<String>) {
    let codes = evaluation.proposals.iter().map(|one| set.campaign(one.campaign).code.as_str().into());
    (evaluation.total().minor(), codes.collect())
}

#[test]
fn of_choices_that_save_the_same_priority_goes_before_what_stands_alone() {
    let goods = cart(vec![line(1, 1, "1", 10_000)]);
    let best = |alone: (i32, i64), others: &[(&str, i32, i64)]| {
        let mut first = amount(1, "ALONE", alone.0, alone.1);
        first.lane.exclusivity = Exclusivity::Alone;
        let other = |(number, (code, priority, off)): (u128, &(&str, i32, i64))| {
            let mut other = amount(number, code, *priority, *off);
            other.lane.exclusivity = Exclusivity::Combinable;
            other
        };
        let others = (2..).zip(others).map(other);
        let set = CampaignSet::compile(core::iter::once(first).chain(others).collect()).unwrap();
        let found = Evaluator::of(&set, &goods).unwrap().best_for_customer(DEFAULT_EFFORT);
        assert_eq!(found.proof, Proof::Optimal);
        given(&set, &found.evaluation)
    };
    let only = |code: &str, off| (off, vec![String::from(code)]);
    assert_eq!(best((1, 1_000), &[("TEN", 9, 1_000)]), only("TEN", 1_000));
    assert_eq!(best((9, 1_000), &[("TEN", 1, 1_000)]), only("ALONE", 1_000));
    assert_eq!(best((1, 1_001), &[("TEN", 9, 1_000)]), only("ALONE", 1_001));
    assert_eq!(best((9, 999), &[("TEN", 1, 1_000)]), only("TEN", 1_000));
    let two = [("FIVE", 9, 500), ("FOUR", 5, 500)];
    assert_eq!(best((7, 1_000), &two), (1_000, vec!["FIVE".into(), "FOUR".into()]));
    assert_eq!(best((10, 1_000), &two), only("ALONE", 1_000));
}
