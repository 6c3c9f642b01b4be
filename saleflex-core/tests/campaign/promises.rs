//! What hints promise and verdicts say is true on baskets that a seed makes, asked of evaluations made from scratch.

use saleflex_core::{
    campaign::{
        Campaign, CampaignSet, Cart, CartLine, Evaluation, Evaluator, FineMoney, FineQuantity, Hint, Outcome,
        Rank, Unmet,
    },
    ids::LineNo,
    money::Money,
};

use crate::generator::{Numbers, Shop, campaigns, cart, line};

const CASES: u64 = 400;
const MOST_UNITS: u32 = 4;

fn case(seed: u64) -> (Vec<Campaign>, Cart, Numbers) {
    let mut numbers = Numbers::of(seed);
    let (lines, count) = (1 + numbers.below(6), 1 + numbers.below(8));
    let (definitions, cart) = shelves(Shop::CORNER, &mut numbers, lines, count);
    (definitions, cart, numbers)
}

fn shelves(shop: Shop, numbers: &mut Numbers, lines: u32, count: u32) -> (Vec<Campaign>, Cart) {
    let definitions = campaigns(shop, numbers, count);
    let cart = cart(shop, numbers, lines);
    (definitions, cart)
}

/// One unit of something, under a number that is free.
fn offer(numbers: &mut Numbers, no: u32) -> CartLine {
    let some = line(Shop::CORNER, numbers, no);
    let units = some.quantity.whole();
    let one = Money::from_minor(some.total.whole().minor() / units);
    CartLine { quantity: FineQuantity::pieces(1), total: one.into(), ..some }
}

fn with(cart: &Cart, offer: &CartLine, units: u32) -> Cart {
    let mut cart = cart.clone();
    let total = FineMoney::from_money(Money::from_minor(offer.total.whole().minor() * i64::from(units)));
    cart.lines.push(CartLine { quantity: FineQuantity::pieces(units), total, ..offer.clone() });
    cart
}

fn given(evaluation: &Evaluation, campaign: Rank) -> Money {
    let own = evaluation.proposals.iter().filter(|proposal| proposal.campaign == campaign);
    own.map(|proposal| proposal.amount).sum()
}

#[test]
fn a_hint_carried_out_saves_exactly_what_it_says_and_no_smaller_addition_does() {
    let mut hinted = 0;
    for seed in 0..CASES {
        let (definitions, cart, mut numbers) = case(seed);
        let set = CampaignSet::compile(definitions).unwrap();
        let offers: Vec<CartLine> = (101..104).map(|no| offer(&mut numbers, no)).collect();
        let mut evaluator = Evaluator::of(&set, &cart).unwrap();
        let hints = evaluator.hints(&offers, MOST_UNITS).unwrap();
        let before = set.evaluate(&cart).unwrap();
        assert_eq!(*evaluator.evaluate(), before, "seed {seed}: the basket is as it was");
        for hint in hints {
            hinted += 1;
            check_hint(&set, &cart, &offers, &before, hint, seed);
        }
    }
    assert!(hinted > 200, "{hinted} hints");
}

fn check_hint(
    set: &CampaignSet,
    cart: &Cart,
    offers: &[CartLine],
    before: &Evaluation,
    hint: Hint,
    seed: u64,
) {
    let offer = offers.iter().find(|offer| offer.no == hint.offer).expect("an offer of the shop");
    for units in 1..=hint.units {
        let after = set.evaluate(&with(cart, offer, units)).expect("a cart within bounds");
        let saving = after.total() - before.total();
        let is_reached = given(&after, hint.campaign) > given(before, hint.campaign) && saving.is_positive();
        assert_eq!(is_reached, units == hint.units, "seed {seed}, {units} units: {hint:?}");
        if is_reached {
            assert_eq!(saving, hint.saving, "seed {seed}: {hint:?}");
        }
    }
}

#[test]
fn a_purchase_that_is_too_small_suffices_once_the_bound_is_what_the_verdict_says_was_there() {
    let mut flipped = 0;
    for seed in 0..CASES {
        let (definitions, cart, _) = case(seed);
        let set = CampaignSet::compile(definitions.clone()).unwrap();
        for (rank, outcome) in verdicts(&set, &cart) {
            let Outcome::Unmet(Unmet::BelowPurchase { needed, actual }) = outcome else { continue };
            assert!(actual < needed, "seed {seed}");
            let id = set.campaign(rank).id;
            let bound = |least: Money| {
                let mut definitions = definitions.clone();
                let changed = definitions.iter_mut().find(|campaign| campaign.id == id).unwrap();
                changed.limits.least_purchase = Some(least);
                let set = CampaignSet::compile(definitions).unwrap();
                verdicts(&set, &cart).into_iter().find(|(rank, _)| set.campaign(*rank).id == id).unwrap().1
            };
            let is_below = |outcome: &Outcome| matches!(outcome, Outcome::Unmet(Unmet::BelowPurchase { .. }));
            assert!(!is_below(&bound(actual)), "seed {seed}: {actual:?} is enough");
            assert!(is_below(&bound(actual + Money::from_minor(1))), "seed {seed}: one more is not");
            flipped += 1;
        }
    }
    assert!(flipped > 50, "{flipped} verdicts");
}

fn verdicts(set: &CampaignSet, cart: &Cart) -> Vec<(Rank, Outcome)> {
    let mut evaluator = Evaluator::of(set, cart).expect("a cart within bounds");
    let evaluation = evaluator.evaluate().clone();
    evaluator.explain(&evaluation).into_iter().map(|verdict| (verdict.campaign, verdict.outcome)).collect()
}

#[test]
fn what_a_verdict_says_was_given_is_what_was_proposed_and_on_those_lines() {
    for seed in 0..CASES {
        let shop = if seed.is_multiple_of(2) { Shop::CORNER } else { Shop::SUPERMARKET };
        let (definitions, cart) = shelves(shop, &mut Numbers::of(seed), 8, 30);
        let set = CampaignSet::compile(definitions).unwrap();
        let evaluation = set.evaluate(&cart).unwrap();
        for (rank, outcome) in verdicts(&set, &cart) {
            let mut lines: Vec<LineNo> = evaluation
                .proposals
                .iter()
                .filter(|proposal| proposal.campaign == rank)
                .filter_map(|proposal| proposal.line)
                .collect();
            lines.sort_unstable();
            let amount = given(&evaluation, rank);
            if let Outcome::Applied { amount: said, lines: named } = outcome {
                assert_eq!((said, named), (amount, lines), "seed {seed}");
            } else {
                assert_eq!(amount, Money::ZERO, "seed {seed}");
            }
        }
    }
}
