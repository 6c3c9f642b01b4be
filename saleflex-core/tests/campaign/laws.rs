//! Laws of the campaign engine on baskets that a seed makes, against an evaluator that is slow and plain.

use std::sync::Arc;

use saleflex_core::{
    campaign::{Campaign, CampaignSet, Cart, CartItem, Evaluator, Uses},
    money::Money,
};

use self::slow::{Award, Given, by_the_slow_way};
use crate::generator::{Numbers, Shop, campaigns, cart};
use crate::seeds;
use crate::spices::spiced;

mod bytes;
mod kept;
mod sets;
mod shares;
mod slow;
mod split;

const CASES: u64 = 3_000;

/// Up to eight lines under up to eight campaigns, some with ceilings or above what the goods cost; three of four with
/// everything in them that the plain generator leaves out.
fn case(seed: u64) -> (Vec<Campaign>, Cart, Numbers) {
    let mut numbers = Numbers::of(seed);
    let (lines, count) = (1 + numbers.below(8), 1 + numbers.below(8));
    let shop = if seed.is_multiple_of(16) { Shop::SUPERMARKET } else { Shop::CORNER };
    let mut definitions = campaigns(shop, &mut numbers, count);
    let mut cart = costed(cart(shop, &mut numbers, lines));
    for campaign in &mut definitions {
        let amount = Money::from_minor(i64::from(50 + numbers.below(400)));
        match numbers.below(8) {
            0 => campaign.limits.per_line = Some(amount),
            2 => campaign.limits.least_purchase = Some(Money::ZERO),
            3 => campaign.limits.cost_floor = true,
            1 => {
                campaign.limits.budget = Some(amount);
                let spent = Money::from_minor(i64::from(numbers.below(100)));
                cart.context.uses.insert(campaign.id, Uses { spent, ..Uses::default() });
            }
            _ => {}
        }
    }
    if !seed.is_multiple_of(4) {
        spiced(&mut definitions, &mut cart, &mut numbers);
    }
    (definitions, cart, numbers)
}

/// The cart with what its goods cost: somewhat more than half of their price.
fn costed(mut cart: Cart) -> Cart {
    for line in &mut cart.lines {
        let price = line.total.whole().minor() / line.quantity.whole();
        let cost = Some(Money::from_minor(price * 3 / 5).into());
        line.item = Arc::new(CartItem { cost, ..CartItem::clone(&line.item) });
    }
    cart
}

/// What an evaluation gives, in the words of the slow evaluator.
fn said(evaluator: &mut Evaluator<'_>) -> (Vec<Given>, Vec<Award>) {
    let (set, evaluation) = (evaluator.set(), evaluator.evaluate().clone());
    let given = evaluation.proposals.iter().map(|one| Given {
        campaign: set.campaign(one.campaign).id,
        line: one.line,
        tender: one.tender,
        amount: one.amount,
        rate: one.rate,
    });
    let base = |campaign| evaluator.points_base(campaign);
    let awards = evaluation.points.iter();
    let awards = awards.map(|one| (set.campaign(one.campaign).id, one.percent, base(one.campaign)));
    (given.collect(), awards.collect())
}

fn by_the_engine(definitions: &[Campaign], cart: &Cart) -> (Vec<Given>, Vec<Award>) {
    let set = CampaignSet::compile(definitions.to_vec()).unwrap();
    said(&mut Evaluator::of(&set, cart).unwrap())
}

fn total(given: &[Given]) -> Money {
    given.iter().map(|given| given.amount).sum()
}

/// The same in another order.
fn mixed<T: Clone>(some: &[T], numbers: &mut Numbers) -> Vec<T> {
    let mut mixed = some.to_vec();
    for at in (1..mixed.len()).rev() {
        mixed.swap(at, numbers.below(u32::try_from(at + 1).unwrap()) as usize);
    }
    mixed
}

/// The same lines and tenders in another order.
fn mixed_cart(cart: &Cart, numbers: &mut Numbers) -> Cart {
    Cart {
        context: cart.context.clone(),
        lines: mixed(&cart.lines, numbers),
        tenders: mixed(&cart.tenders, numbers),
    }
}

#[test]
fn the_engine_gives_what_the_slow_evaluator_gives() {
    let (mut discounted, mut tendered, mut awarded) = (0, 0, 0);
    for seed in seeds(2 * CASES) {
        let (definitions, cart, _) = case(seed);
        let engine = by_the_engine(&definitions, &cart);
        let slow = by_the_slow_way(&definitions, &cart);
        assert_eq!(engine, slow, "seed {seed}: {definitions:#?} {cart:#?}");
        let (given, awards) = engine;
        discounted += usize::from(!given.is_empty());
        tendered += usize::from(given.iter().any(|one| one.tender.is_some()));
        awarded += usize::from(!awards.is_empty());
    }
    assert!(discounted > 3_000, "{discounted} baskets were discounted");
    assert!(tendered > 100 && awarded > 200, "{tendered} by a tender, {awarded} with points");
}

#[test]
fn the_order_of_lines_tenders_and_definitions_does_not_matter() {
    for seed in seeds(CASES) {
        let (definitions, cart, mut numbers) = case(seed);
        let other = mixed_cart(&cart, &mut numbers);
        let slow = by_the_slow_way(&definitions, &cart);
        assert_eq!(by_the_engine(&mixed(&definitions, &mut numbers), &other), slow, "seed {seed}");
    }
}

#[test]
fn no_campaign_goes_beyond_its_ceilings_whichever_other_is_turned_off() {
    let mut capped = 0;
    for seed in seeds(CASES / 3) {
        let (definitions, cart, _) = case(seed);
        for off in 0..=definitions.len() {
            let mut rest = definitions.clone();
            if off < rest.len() {
                rest[off].is_active = false;
            }
            let engine = by_the_engine(&rest, &cart);
            assert_eq!(engine, by_the_slow_way(&rest, &cart), "seed {seed} without {off}");
            for campaign in &rest {
                capped += usize::from(check_ceilings(campaign, &cart, &engine.0, seed));
            }
        }
    }
    assert!(capped > 150, "{capped} ceilings were reached");
}

/// Whether one of them was reached.
fn check_ceilings(campaign: &Campaign, cart: &Cart, given: &[Given], seed: u64) -> bool {
    let own: Vec<&Given> = given.iter().filter(|given| given.campaign == campaign.id).collect();
    let claim: Money = own.iter().map(|given| given.amount).sum();
    let limits = &campaign.limits;
    let spent = cart.context.uses.get(&campaign.id).map_or(Money::ZERO, |uses| uses.spent);
    let left = limits.budget.map(|budget| budget - spent);
    let ceilings = [limits.per_document, left];
    for ceiling in ceilings.into_iter().flatten() {
        assert!(claim <= ceiling.or_zero(), "seed {seed}: {claim:?} of {campaign:#?}");
    }
    for Given { line, amount, rate, .. } in own {
        let of_line = limits.per_line.filter(|_| line.is_some());
        // An amount of a proposal that is no share is not cut (A4).
        let of_share = limits.per_proposal.filter(|_| rate.is_some());
        let is_within = [of_line, of_share].into_iter().flatten().all(|most| *amount <= most);
        assert!(is_within, "seed {seed}: {amount:?} of {campaign:#?}");
    }
    claim.is_positive() && ceilings.contains(&Some(claim))
}
