use super::*;
use crate::adjustment::ResolutionRule;

fn combinable(mut campaign: Campaign, priority: i32) -> Campaign {
    campaign.lane.priority = priority;
    campaign.lane.exclusivity = Exclusivity::Combinable;
    campaign
}

fn half_of_product(number: u128, code: &str, of: u128) -> Campaign {
    let row = ProductRow { product: product(of), least: None, most: None, reward: None };
    let reward = Some(Reward::Percent(percent("50")));
    campaign(number, code, Benefit::Products { rows: vec![row], reward })
}

fn sixty_and_forty() -> Cart {
    cart(vec![line(1, 1, "2", 6000), line(2, 2, "1", 4000)])
}

#[test]
fn a_line_proposal_takes_no_more_than_all_lines_have_left_d2() {
    let basket = combinable(campaign(1, "A", off("90")), 9);
    let half = half_of_product(2, "B", 1);
    assert_eq!(
        amounts(vec![basket, half], &sixty_and_forty()),
        [("A".into(), None, 9000), ("B".into(), Some(1), 1000)]
    );
}

#[test]
fn line_proposals_lower_later_bases_and_document_proposals_do_not_lower_lines_a3() {
    let line_first = vec![combinable(half_of_product(1, "P", 1), 9), campaign(2, "T", off("10"))];
    assert_eq!(total(line_first, &sixty_and_forty()), 3000 + 700);
    let document_first = vec![half_of_product(1, "P", 1), combinable(campaign(2, "T", off("10")), 9)];
    assert_eq!(total(document_first, &sixty_and_forty()), 1000 + 3000);
}

#[test]
fn the_best_choice_counts_on_a_turn_that_another_campaign_frees() {
    let whole_line = Benefit::Off { reward: Reward::Percent(Percent::HUNDRED), per: Per::Line };
    let mut first = combinable(campaign(1, "FIRST", whole_line), 9);
    first.target.include = vec![Selector::Product(product(1))];
    let tenth = Benefit::Off { reward: Reward::Percent(percent("10")), per: Per::Line };
    let mut once = combinable(campaign(2, "ONCE", tenth), 1);
    // On the first line it would go below its lowest price, and its one turn is spent for nothing.
    once.limits.times_per_document = Some(1);
    once.limits.lowest_price = Some(minor(2000));
    let set = CampaignSet::compile(vec![first, once]).unwrap();
    let basket = cart(vec![line(1, 1, "1", 1000), line(2, 2, "1", 10_000)]);
    let mut evaluator = Evaluator::of(&set, &basket).unwrap();
    assert_eq!(evaluator.evaluate().total(), minor(2000));
    assert_eq!(evaluator.best_for_customer(1_000).evaluation.total(), minor(2000));
}

#[test]
fn a_set_is_chosen_from_by_its_own_rule_and_another_rule_is_another_set() {
    let (mut small, mut large) = (campaign(1, "SMALL", off("5")), campaign(2, "LARGE", off("10")));
    (small.lane.priority, large.lane.priority) = (9, 1);
    let set = CampaignSet::compile(vec![small, large]).unwrap();
    let best = set.clone().resolved_by(ResolutionRule::Best);
    assert_eq!(set.evaluate(&sixty_and_forty()).unwrap().total(), minor(500));
    assert_eq!(best.evaluate(&sixty_and_forty()).unwrap().total(), minor(1_000));
    assert_ne!(best.hash(), set.hash());
    assert_eq!(best.clone().resolved_by(ResolutionRule::Priority).hash(), set.hash());
    for either in [&set, &best] {
        assert_eq!(ResolutionRule::ALL.map(|rule| either.hash_by(rule)), [set.hash(), best.hash()]);
    }
    let mut evaluator = Evaluator::of(&best, &sixty_and_forty()).unwrap();
    assert_eq!(evaluator.by_priority().total(), minor(500));
    let evaluation = evaluator.evaluate().clone();
    let beaten = Outcome::Beaten { amount: minor(500), by: vec![best.ranks().nth(1).unwrap()] };
    assert_eq!(evaluator.explain(&evaluation)[0].outcome, beaten);
}

#[test]
fn what_is_not_combinable_may_be_the_last_of_a_stack_a1_and_strictly_alone_is_an_option() {
    let first = combinable(campaign(1, "A", off("10")), 9);
    let last = campaign(2, "B", off("10"));
    let after = campaign(3, "C", off("10"));
    let both = vec![first.clone(), last.clone(), after.clone()];
    assert_eq!(total(both, &sixty_and_forty()), 1000 + 900);
    let mut alone = last;
    alone.lane.exclusivity = Exclusivity::Alone;
    let codes: Vec<String> =
        amounts(vec![first, alone, after], &sixty_and_forty()).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, ["A", "C"]);
}

#[test]
fn a_campaign_that_gave_nothing_ends_nothing_a13() {
    let mut too_dear = campaign(1, "A", off("10"));
    too_dear.lane.priority = 9;
    too_dear.limits.least_purchase = Some(minor(10_001));
    assert_eq!(total(vec![too_dear, campaign(2, "B", off("5"))], &sixty_and_forty()), 500);
}

#[test]
fn groups_stand_beside_those_they_name_only_and_both_must_name_the_other() {
    let grouped = |number, code, group: &str, with: &[&str]| {
        let mut one = combinable(campaign(number, code, off("10")), 1);
        one.lane.group = group.into();
        one.lane.stacks_with = Some(with.iter().map(|name| String::from(*name)).collect());
        one
    };
    let codes = |definitions| {
        let given = amounts(definitions, &sixty_and_forty());
        given.into_iter().map(|(code, ..)| code).collect::<Vec<_>>()
    };
    let either = vec![grouped(1, "A", "x", &["y"]), grouped(2, "B", "y", &["x"])];
    assert_eq!(codes(either), ["A", "B"]);
    let one_sided = vec![grouped(1, "A", "x", &["y"]), grouped(2, "B", "y", &[])];
    assert_eq!(codes(one_sided), ["A"]);
    let same_group = vec![grouped(1, "A", "x", &["y"]), grouped(2, "B", "x", &["y"])];
    assert_eq!(codes(same_group), ["A"]);
}
