//! An evaluator that is kept answers as one made from scratch.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use saleflex_core::{
    campaign::{CampaignSet, Cart, CartItem, CartLine, Evaluator, Selector},
    ids::{BrandId, LineNo},
    money::Money,
};
use uuid::Uuid;

use super::{CASES, by_the_engine, by_the_slow_way, case, said};
use crate::generator::{Numbers, Shop, line};
use crate::seeds;
use crate::spices::{context, spice_line, tenders};

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

/// Now and then another moment or customer, or other tenders.
fn change_around(kept: &mut Evaluator<'_>, now: &mut Cart, numbers: &mut Numbers) {
    match numbers.below(6) {
        0 => {
            now.context = context(&now.context, numbers);
            kept.set_context(now.context.clone());
        }
        1 => {
            now.tenders = tenders(&now.lines, numbers);
            kept.set_tenders(now.tenders.iter().copied());
        }
        2 => {
            if let Some(tender) = now.tenders.pop() {
                assert!(kept.remove_tender(tender.no));
            }
        }
        _ => {}
    }
}

#[test]
fn an_evaluator_that_is_kept_knows_what_changed_about_items_tenders_and_the_document() {
    for seed in seeds(CASES / 4) {
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
        let mut now = Cart { lines: Vec::new(), tenders: Vec::new(), ..cart.clone() };
        for _ in 0..16 {
            change_around(&mut kept, &mut now, &mut numbers);
            let no = 1 + numbers.below(6);
            now.lines.retain(|line| line.no.0 != no);
            if numbers.below(5) == 0 {
                kept.remove_line(LineNo(no));
            } else {
                let mut line = line(Shop::CORNER, &mut numbers, no);
                match numbers.below(4) {
                    0..=1 => line = changed(&line, &mut numbers),
                    2 => spice_line(&mut line, &mut numbers),
                    _ => {}
                }
                kept.put_line(&line).unwrap();
                now.lines.push(line);
            }
            // Between two commands only what it knows is kept.
            if numbers.below(3) == 0 {
                kept = Evaluator::going_on(&set, kept.remember()).expect("the same campaigns");
            }
            let given = said(&mut kept);
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
            // What is known of the step before is told of the last change alone.
            if (step + 1).is_multiple_of(50) {
                kept.evaluate();
            }
            if step.is_multiple_of(50) {
                let now = Cart { lines: lines.values().cloned().collect(), ..cart.clone() };
                let anew = set.evaluate(&now).unwrap();
                assert_eq!(*kept.evaluate(), anew, "seed {seed}, step {step}");
                let mut fresh = Evaluator::of(&set, &now).unwrap();
                fresh.evaluate();
                assert_eq!(kept.allocate(), fresh.allocate());
                for award in &anew.points {
                    assert_eq!(kept.points_by_line(award.campaign), fresh.points_by_line(award.campaign));
                }
            }
        }
        let now = Cart { lines: lines.into_values().collect(), ..cart };
        assert_eq!(by_the_engine(&definitions, &now), by_the_slow_way(&definitions, &now), "seed {seed}");
    }
}
