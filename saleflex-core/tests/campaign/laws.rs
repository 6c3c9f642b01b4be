//! Laws of the campaign engine on baskets that a seed makes, against an evaluator that is slow and plain.
#![allow(clippy::wildcard_enum_match_arm, reason = "a benefit that is not named has no such law")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use saleflex_core::{
    campaign::{
        Benefit, Campaign, CampaignSet, Cart, CartItem, CartLine, Evaluator, FineQuantity, Per, Reward,
        Selector, Uses,
    },
    ids::{BrandId, LineNo},
    money::Money,
};
use uuid::Uuid;

use self::slow::{Given, by_the_slow_way};
use crate::generator::{Numbers, Shop, campaigns, cart, line};

mod slow;

const CASES: u64 = 3_000;

/// Up to eight lines under up to eight campaigns, some with ceilings or above what the goods cost.
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

fn by_the_engine(definitions: &[Campaign], cart: &Cart) -> Vec<Given> {
    let set = CampaignSet::compile(definitions.to_vec()).unwrap();
    let evaluation = set.evaluate(cart).unwrap();
    let given = evaluation.proposals.iter();
    given.map(|one| (set.campaign(one.campaign).id, one.line, one.amount)).collect()
}

fn total(given: &[Given]) -> Money {
    given.iter().map(|given| given.2).sum()
}

#[test]
fn the_engine_gives_what_the_slow_evaluator_gives() {
    let mut discounted = 0;
    for seed in 0..CASES {
        let (definitions, cart, _) = case(seed);
        let given = by_the_engine(&definitions, &cart);
        assert_eq!(given, by_the_slow_way(&definitions, &cart), "seed {seed}: {definitions:#?}");
        discounted += usize::from(!given.is_empty());
    }
    assert!(discounted > 1_500, "{discounted} baskets were discounted");
}

#[test]
fn where_every_campaign_keeps_to_the_cost_no_line_bears_more_than_what_lies_above_it() {
    let mut on_document_and_lines = 0;
    for seed in 0..CASES {
        let (mut definitions, cart, _) = case(seed);
        for campaign in &mut definitions {
            campaign.limits.cost_floor = true;
            campaign.limits.lowest_price = None;
        }
        let set = CampaignSet::compile(definitions).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart).unwrap();
        let proposals = &evaluator.evaluate().proposals;
        let of_lines = proposals.iter().filter(|one| one.line.is_some()).count();
        on_document_and_lines += usize::from(of_lines > 0 && of_lines < proposals.len());
        let mut borne: BTreeMap<LineNo, Money> = BTreeMap::new();
        for (line, share) in evaluator.allocate().into_iter().flat_map(|one| one.shares) {
            *borne.entry(line).or_default() += share;
        }
        for line in &cart.lines {
            let left = line.total.whole() - borne.get(&line.no).copied().unwrap_or_default();
            let cost = line.item.cost.unwrap().whole().minor() * line.quantity.whole();
            assert!(left.minor() >= cost, "seed {seed}: {left:?} of {line:?}");
        }
    }
    assert!(on_document_and_lines > 100, "{on_document_and_lines} baskets have both");
}

#[test]
fn the_order_of_lines_and_of_definitions_does_not_matter() {
    for seed in 0..CASES {
        let (definitions, cart, mut numbers) = case(seed);
        let (mut mixed, mut mixed_cart) = (definitions.clone(), cart.clone());
        for at in (1..mixed.len()).rev() {
            mixed.swap(at, numbers.below(u32::try_from(at + 1).unwrap()) as usize);
        }
        for at in (1..mixed_cart.lines.len()).rev() {
            mixed_cart.lines.swap(at, numbers.below(u32::try_from(at + 1).unwrap()) as usize);
        }
        let slow = by_the_slow_way(&definitions, &cart);
        assert_eq!(by_the_engine(&mixed, &mixed_cart), slow, "seed {seed}");
    }
}

/// What looks at units and not at lines: amounts a unit, prices, sets, free units, and shares of their whole.
fn is_per_unit(campaign: &Campaign) -> bool {
    let limits = &campaign.limits;
    match &campaign.benefit {
        Benefit::Off { per: Per::Document, .. }
        | Benefit::Tiers { .. }
        | Benefit::BuyGet { .. }
        | Benefit::PriceFor { .. }
        | Benefit::Bundle { .. }
        | Benefit::Gift { .. } => limits.per_line.is_none(),
        // A ceiling that ends within a line leaves its units unequal.
        Benefit::Off { reward: Reward::Amount(_), per: Per::Unit } | Benefit::FixedPrice { .. } => {
            limits.times_per_document.is_none()
                && limits.per_document.is_none()
                && limits.budget.is_none()
                && limits.per_line.is_none()
        }
        _ => false,
    }
}

/// A line in one part or two. They stand where the whole stood, so that ties go the same way.
fn halved(line: &CartLine, numbers: &mut Numbers) -> Vec<CartLine> {
    let units = u32::try_from(line.quantity.whole()).unwrap();
    let price = line.total.whole().minor() / i64::from(units);
    let part = if numbers.below(2) == 0 { units } else { 1 + numbers.below(units) };
    let of = |place: u32, units: u32| CartLine {
        no: LineNo(line.no.0 * 10 + place),
        quantity: FineQuantity::pieces(units),
        total: Money::from_minor(price * i64::from(units)).into(),
        ..line.clone()
    };
    [(0, part), (1, units - part)]
        .into_iter()
        .filter(|part| part.1 > 0)
        .map(|(at, units)| of(at, units))
        .collect()
}

#[test]
fn a_line_split_in_two_earns_what_it_earned_whole_where_benefits_are_per_unit() {
    let (mut split, mut discounted) = (0, 0);
    for seed in 0..2 * CASES {
        let (mut definitions, cart, mut numbers) = case(seed);
        definitions.retain(is_per_unit);
        let mut halves = cart.clone();
        halves.lines = cart.lines.iter().flat_map(|line| halved(line, &mut numbers)).collect();
        split += halves.lines.len() - cart.lines.len();
        let whole = by_the_engine(&definitions, &cart);
        let parts = by_the_engine(&definitions, &halves);
        assert_eq!(total(&parts), total(&whole), "seed {seed}: {definitions:#?}");
        assert_eq!(total(&by_the_slow_way(&definitions, &halves)), total(&whole), "seed {seed}");
        discounted += usize::from(!whole.is_empty());
    }
    assert!(split > 3_000 && discounted > 1_500, "{split} lines split, {discounted} baskets discounted");
}

#[test]
fn no_campaign_goes_beyond_its_ceilings_whichever_other_is_turned_off() {
    let mut capped = 0;
    for seed in 0..CASES / 3 {
        let (definitions, cart, _) = case(seed);
        for off in 0..=definitions.len() {
            let mut rest = definitions.clone();
            if off < rest.len() {
                rest[off].is_active = false;
            }
            let given = by_the_engine(&rest, &cart);
            assert_eq!(given, by_the_slow_way(&rest, &cart), "seed {seed} without {off}");
            for campaign in &rest {
                capped += usize::from(check_ceilings(campaign, &cart, &given, seed));
            }
        }
    }
    assert!(capped > 200, "{capped} ceilings were reached");
}

/// Whether one of them was reached.
fn check_ceilings(campaign: &Campaign, cart: &Cart, given: &[Given], seed: u64) -> bool {
    let own: Vec<&Given> = given.iter().filter(|given| given.0 == campaign.id).collect();
    let claim: Money = own.iter().map(|given| given.2).sum();
    let limits = &campaign.limits;
    let spent = cart.context.uses.get(&campaign.id).map_or(Money::ZERO, |uses| uses.spent);
    let left = limits.budget.map(|budget| budget - spent);
    let ceilings = [limits.per_document, left];
    for ceiling in ceilings.into_iter().flatten() {
        assert!(claim <= ceiling.or_zero(), "seed {seed}: {claim:?} of {campaign:#?}");
    }
    for (_, line, amount) in &own {
        let most = limits.per_line.filter(|_| line.is_some());
        assert!(most.is_none_or(|most| *amount <= most), "seed {seed}: {amount:?} of {campaign:#?}");
    }
    claim.is_positive() && ceilings.contains(&Some(claim))
}

/// Something about the product of a line changed: words on it, its maker, or that campaigns leave it alone.
fn changed(line: &CartLine, numbers: &mut Numbers) -> CartLine {
    let mut item: CartItem = (*line.item).clone();
    match numbers.below(4) {
        0 => item.tags = BTreeSet::from([["cheap", "fresh"][numbers.below(2) as usize].to_owned()]),
        1 => item.brand = Some(BrandId::new(Uuid::from_u128(u128::from(1 + numbers.below(3))))),
        2 => item.codes = vec![format!("869{}", numbers.below(9))],
        _ => item.department = None,
    }
    CartLine { item: Arc::new(item), ..line.clone() }
}

#[test]
fn an_evaluator_that_is_kept_knows_what_changed_about_an_item() {
    for seed in 0..CASES / 3 {
        let (mut definitions, cart, mut numbers) = case(seed);
        for campaign in &mut definitions {
            match numbers.below(4) {
                0 => campaign.target.include.push(Selector::Tag("cheap".into())),
                1 => campaign.target.exclude.push(Selector::Tag("fresh".into())),
                2 => {
                    let most = Some(Money::from_minor(i64::from(100 + numbers.below(200))));
                    campaign.target.include.push(Selector::UnitPrice { least: None, most });
                }
                _ => {}
            }
        }
        let set = CampaignSet::compile(definitions.clone()).unwrap();
        let mut kept = Evaluator::new(&set, cart.context.clone());
        let mut now = Cart { lines: Vec::new(), ..cart.clone() };
        for _ in 0..16 {
            let no = 1 + numbers.below(6);
            now.lines.retain(|line| line.no.0 != no);
            if numbers.below(5) == 0 {
                kept.remove_line(LineNo(no));
            } else {
                let line = line(Shop::CORNER, &mut numbers, no);
                let line = if numbers.below(2) == 0 { changed(&line, &mut numbers) } else { line };
                kept.put_line(&line).unwrap();
                now.lines.push(line);
            }
            // Between two commands only what it knows is kept.
            if numbers.below(3) == 0 {
                kept = Evaluator::going_on(&set, kept.remember()).expect("the same campaigns");
            }
            let given: Vec<Given> = kept
                .evaluate()
                .proposals
                .iter()
                .map(|one| (set.campaign(one.campaign).id, one.line, one.amount))
                .collect();
            assert_eq!(given, by_the_engine(&definitions, &now), "seed {seed}");
            assert_eq!(given, by_the_slow_way(&definitions, &now), "seed {seed}");
        }
    }
}

#[test]
fn a_basket_that_changed_a_thousand_times_is_priced_like_one_made_anew() {
    for seed in 0..4 {
        let (definitions, cart, mut numbers) = case(16 * seed + 1);
        let set = CampaignSet::compile(definitions.clone()).unwrap();
        let mut kept = Evaluator::new(&set, cart.context.clone());
        let mut lines: BTreeMap<u32, CartLine> = BTreeMap::new();
        for step in 1..=1_000_u32 {
            // It grows to more lines than a word has bits, and shrinks to a few again.
            let (numbered, removed) = if step <= 600 { (200, 5) } else { (30, 80) };
            let no = 1 + numbers.below(if step.is_multiple_of(2) { numbered } else { 200 });
            if numbers.below(100) < removed {
                assert_eq!(kept.remove_line(LineNo(no)), lines.remove(&no).is_some());
            } else {
                let line = line(Shop::CORNER, &mut numbers, no);
                kept.put_line(&line).unwrap();
                lines.insert(no, line);
            }
            if step.is_multiple_of(50) {
                let now = Cart { lines: lines.values().cloned().collect(), ..cart.clone() };
                let anew = set.evaluate(&now).unwrap();
                assert_eq!(*kept.evaluate(), anew, "seed {seed}, step {step}");
                assert_eq!(kept.allocate(), {
                    let mut fresh = Evaluator::of(&set, &now).unwrap();
                    fresh.evaluate();
                    fresh.allocate()
                });
            }
        }
        let now = Cart { lines: lines.into_values().collect(), ..cart };
        assert_eq!(by_the_engine(&definitions, &now), by_the_slow_way(&definitions, &now), "seed {seed}");
    }
}
