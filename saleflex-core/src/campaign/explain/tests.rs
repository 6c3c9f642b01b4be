use alloc::{vec, vec::Vec};

use super::*;
use crate::campaign::{
    tests::{campaign, cart, cheapest_of_three, line, minor, off, percent, product},
    *,
};

fn outcomes(definitions: &[Campaign], cart: &Cart) -> Vec<Outcome> {
    let set = CampaignSet::compile(definitions.to_vec()).unwrap();
    let mut evaluator = Evaluator::of(&set, cart).unwrap();
    let evaluation = evaluator.evaluate().clone();
    evaluator.explain(&evaluation).into_iter().map(|verdict| verdict.outcome).collect()
}

fn less(amount: i64) -> Benefit {
    Benefit::Off { reward: Reward::Amount(minor(amount)), per: Per::Document }
}

/// Of so many bought and one more the cheapest is free.
fn cheapest_free(buy: u32) -> Benefit {
    let (percent, choice) = (percent("100"), Choice::Cheapest);
    Benefit::BuyGet { buy, get: 1, percent, among: None, of: None, choice }
}

fn from_purchase(least: i64) -> Campaign {
    let mut one = campaign(1, "A", off("10"));
    one.limits.least_purchase = Some(minor(least));
    one
}

#[test]
fn what_is_missing_to_a_least_purchase_is_named_and_bringing_it_flips_the_verdict() {
    let verdicts = outcomes(&[from_purchase(10_000)], &cart(vec![line(1, 1, "1", 9_400)]));
    let Outcome::Unmet(Unmet::BelowPurchase { needed, actual }) = verdicts[0] else { panic!("{verdicts:?}") };
    let missing = (needed - actual).minor();
    assert_eq!(missing, 600);
    let short = cart(vec![line(1, 1, "1", 9_400), line(2, 2, "1", missing - 1)]);
    assert!(matches!(outcomes(&[from_purchase(10_000)], &short)[0], Outcome::Unmet(_)));
    let enough = cart(vec![line(1, 1, "1", 9_400), line(2, 2, "1", missing)]);
    let amount = minor(1_000);
    assert_eq!(
        outcomes(&[from_purchase(10_000)], &enough),
        [Outcome::Applied { amount, lines: vec![LineNo(1), LineNo(2)] }]
    );
}

#[test]
fn a_beaten_campaign_names_what_beat_it_and_gives_its_amount_without_it() {
    let mut first = campaign(1, "A", off("5"));
    first.lane.priority = 9;
    let second = campaign(2, "B", off("20"));
    let basket = cart(vec![line(1, 1, "1", 1_000)]);
    let verdicts = outcomes(&[first, second.clone()], &basket);
    let Outcome::Beaten { amount, by } = &verdicts[1] else { panic!("{verdicts:?}") };
    assert_eq!((amount.minor(), by.iter().map(|rank| rank.at()).collect::<Vec<_>>()), (190, vec![0]));
    let alone = outcomes(&[second], &basket);
    assert_eq!(alone, [Outcome::Applied { amount: minor(200), lines: vec![LineNo(1)] }]);
}

#[test]
fn what_would_beat_a_campaign_in_the_place_of_what_did_is_named_with_it() {
    let mut definitions =
        [campaign(1, "A", off("5")), campaign(2, "B", off("10")), campaign(3, "C", off("20"))];
    for (one, priority) in definitions.iter_mut().zip([9, 5, 1]) {
        one.lane.priority = priority;
    }
    let basket = cart(vec![line(1, 1, "1", 1_000)]);
    let by = |outcome: &Outcome| match outcome {
        Outcome::Beaten { by, .. } => by.iter().map(|rank| rank.at()).collect::<Vec<_>>(),
        Outcome::Applied { .. } | Outcome::NothingLeft { .. } | Outcome::Unmet(_) => vec![],
    };
    let verdicts = outcomes(&definitions, &basket);
    assert_eq!(verdicts.iter().map(by).collect::<Vec<_>>(), [vec![], vec![0], vec![0, 1]]);
}

#[test]
fn of_very_many_that_stand_alone_a_bounded_number_is_named() {
    let alone = |number: u32| {
        let mut one = campaign(number.into(), &alloc::format!("C{number:02}"), off("5"));
        one.lane.priority = (100 - number).try_into().unwrap();
        one
    };
    let definitions: Vec<_> = (1..=60).map(alone).collect();
    let verdicts = outcomes(&definitions, &cart(vec![line(1, 1, "1", 1_000)]));
    let named = verdicts.iter().map(|outcome| match outcome {
        Outcome::Beaten { by, .. } => by.len(),
        Outcome::Applied { .. } | Outcome::NothingLeft { .. } | Outcome::Unmet(_) => 0,
    });
    let named: Vec<usize> = named.collect();
    assert_eq!(named[..20], core::array::from_fn::<usize, 20, _>(|before| before), "all before it");
    assert_eq!(named[25..], [1; 35], "what was applied is named in any case");
    assert!(named.iter().sum::<usize>() <= 59 + 200, "{named:?}");
}

#[test]
fn the_best_choice_is_explained_by_what_it_holds() {
    let mut first = campaign(1, "A", off("5"));
    first.lane.priority = 9;
    let second = campaign(2, "B", off("20"));
    let set = CampaignSet::compile(vec![first, second]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 1_000)])).unwrap();
    let best = evaluator.best_for_customer(DEFAULT_EFFORT).evaluation;
    let verdicts = evaluator.explain(&best);
    let winner = verdicts[1].campaign;
    assert_eq!(verdicts[0].outcome, Outcome::Beaten { amount: minor(50), by: vec![winner] });
    assert_eq!(verdicts[1].outcome, Outcome::Applied { amount: minor(200), lines: vec![LineNo(1)] });
}

#[test]
fn too_few_units_are_counted() {
    let terms = cheapest_of_three();
    let verdicts = outcomes(&[campaign(1, "A", terms)], &cart(vec![line(1, 1, "2", 800)]));
    assert_eq!(verdicts, [Outcome::Unmet(Unmet::TooFewUnits { of: UnitsOf::Bought, needed: 3, actual: 2 })]);
}

/// What is taken off the document lowers what campaigns after it count on, whatever goods it is about (A2).
#[test]
fn a_campaign_that_others_leave_nothing_names_them_and_gives_its_amount_without_them() {
    let of = |number: u128| Target::of(vec![Selector::Product(product(number))]);
    let free = |number, code: &str, buy, priority| {
        let mut one = campaign(number, code, cheapest_free(buy));
        (one.target, one.lane.priority) = (of(number), priority);
        one.lane.exclusivity = Exclusivity::Combinable;
        one
    };
    let definitions = [free(2, "JEANS", 1, 20), free(1, "YOGHURT", 2, 10)];
    let basket = cart(vec![line(1, 1, "3", 597), line(2, 2, "2", 11_980)]);
    let verdicts = outcomes(&definitions, &basket);
    assert_eq!(verdicts[0], Outcome::Applied { amount: minor(5_990), lines: vec![LineNo(2)] });
    let Outcome::NothingLeft { amount, by } = &verdicts[1] else { panic!("{verdicts:?}") };
    assert_eq!((*amount, by.iter().map(|rank| rank.at()).collect::<Vec<_>>()), (minor(199), vec![0]));
    let alone = outcomes(&definitions[1..], &basket);
    assert_eq!(alone, [Outcome::Applied { amount: minor(199), lines: vec![LineNo(1)] }]);
    let dearer_first = [free(1, "YOGHURT", 2, 30), free(2, "JEANS", 1, 20)];
    let given: Vec<_> = outcomes(&dearer_first, &basket)
        .into_iter()
        .map(|outcome| if let Outcome::Applied { amount, .. } = outcome { amount } else { Money::ZERO })
        .collect();
    assert_eq!(given, [minor(199), minor(5_990)], "the smaller one first leaves room for both");
    let mut by_itself = definitions;
    let Benefit::BuyGet { of: got, .. } = &mut by_itself[1].benefit else { panic!("free units") };
    *got = Some(of(1));
    let applied = outcomes(&by_itself, &basket);
    assert_eq!(applied[1], Outcome::Applied { amount: minor(199), lines: vec![LineNo(1)] });
}

#[test]
fn of_several_that_leave_nothing_the_one_that_gave_the_most_is_named() {
    let mut definitions =
        [campaign(1, "A", less(60)), campaign(2, "B", less(40)), campaign(3, "C", off("10"))];
    for (one, priority) in definitions.iter_mut().zip([9, 8, 7]) {
        one.lane.exclusivity = Exclusivity::Combinable;
        one.lane.priority = priority;
    }
    let nothing_left = |by: &[usize], amount| Outcome::NothingLeft {
        amount: minor(amount),
        by: by.iter().map(|at| Rank::nth(*at)).collect(),
    };
    let verdicts = outcomes(&definitions, &cart(vec![line(1, 1, "1", 100)]));
    assert_eq!(verdicts[2], nothing_left(&[0], 6), "without the larger one something is left");
    definitions[2].limits.per_document = Some(Money::ZERO);
    let verdicts = outcomes(&definitions, &cart(vec![line(1, 1, "1", 100)]));
    assert_eq!(verdicts[2], Outcome::Unmet(Unmet::NothingToGive), "its own ceiling gives nothing anyway");
}
