//! The same input gives the same bytes: from sets made by themselves, of definitions in another order, read from JSON.

use sha2::{Digest, Sha256};

use saleflex_core::{
    adjustment::ResolutionRule,
    campaign::{Campaign, CampaignSet, Cart, ENGINE_VERSION, Evaluator},
};

use super::{CASES, case, mixed, mixed_cart, said};
use crate::seeds;

/// Everything that a set says of a cart, as bytes.
fn bytes(set: &CampaignSet, cart: &Cart) -> String {
    let mut evaluator = Evaluator::of(set, cart).unwrap();
    let evaluation = evaluator.evaluate().clone();
    let shares = evaluator.allocate();
    let earning: Vec<_> =
        evaluation.points.iter().map(|award| evaluator.points_by_line(award.campaign)).collect();
    let verdicts = evaluator.explain(&evaluation);
    format!("{} {evaluation:?} {shares:?} {earning:?} {verdicts:?}", set.hash())
}

/// Definitions as they are written down and read again.
fn read_again(definitions: &[Campaign]) -> Vec<Campaign> {
    serde_json::from_str(&serde_json::to_string(definitions).unwrap()).unwrap()
}

#[test]
fn two_runs_answer_with_the_same_bytes() {
    for seed in seeds(CASES / 3) {
        let (definitions, cart, mut numbers) = case(seed);
        let other = mixed_cart(&cart, &mut numbers);
        let again = read_again(&mixed(&definitions, &mut numbers));
        for rule in [ResolutionRule::Priority, ResolutionRule::Best] {
            let set = CampaignSet::compile(definitions.clone()).unwrap().resolved_by(rule);
            let set_again = CampaignSet::compile(again.clone()).unwrap().resolved_by(rule);
            assert_eq!(bytes(&set, &cart), bytes(&set_again, &other), "seed {seed}");
            let hashes =
                |set: &CampaignSet| definitions.iter().map(|one| set.hash_of(one.id)).collect::<Vec<_>>();
            assert_eq!(hashes(&set), hashes(&set_again), "seed {seed}");
        }
    }
}

/// Hashes of sets and what they give, of a run that was made when these rules were written. Another digest is another
/// price on some basket: a changed rule, and then [`ENGINE_VERSION`] must be another too, for a sale names it.
#[test]
fn a_run_on_another_day_and_machine_answers_with_the_same_bytes() {
    let mut digest = Sha256::new();
    for seed in 0..CASES / 3 {
        let (definitions, cart, _) = case(seed);
        let set = CampaignSet::compile(definitions).unwrap();
        let (given, awards) = said(&mut Evaluator::of(&set, &cart).unwrap());
        digest.update(format!(
            "{} {:?}",
            set.hash(),
            given.iter().map(|one| (one.line, one.amount)).collect::<Vec<_>>()
        ));
        digest.update(format!("{:?}", awards.iter().map(|one| one.2).collect::<Vec<_>>()));
    }
    let known = [0xE9, 0x5A, 0xE3, 0x9A, 0x1C, 0xEE, 0x8D, 0x3F];
    assert_eq!((ENGINE_VERSION, &digest.finalize()[..8]), ("5", &known[..]));
}
