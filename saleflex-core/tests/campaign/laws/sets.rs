//! A bundle is given wherever the goods make a whole set, whichever unit has to stand for which part.

use std::{cmp::Reverse, collections::BTreeSet, sync::Arc};

use saleflex_core::{
    campaign::{
        Benefit, BundlePart, BundlePrice, Campaign, CampaignSet, Cart, CartItem, CartLine, Context,
        Evaluator, FineQuantity, Outcome, Reward, Selector, Target, Unmet,
    },
    ids::{CampaignId, LineNo},
    money::Money,
    quantity::Percent,
};
use uuid::Uuid;

use super::{
    CASES, by_the_engine,
    slow::{by_the_slow_way, dearest_way},
};
use crate::generator::{self, Numbers, Shop};
use crate::seeds;

const WORDS: [&str; 4] = ["cold", "drink", "large", "own"];

fn words(numbers: &mut Numbers, percent: u32) -> BTreeSet<String> {
    WORDS.iter().filter(|_| numbers.chance(percent)).map(|word| (*word).to_owned()).collect()
}

/// Two to four parts that take much of the same.
fn parts(numbers: &mut Numbers) -> Vec<BundlePart> {
    let part = |numbers: &mut Numbers| {
        let include = words(numbers, 45).into_iter().map(Selector::Tag).collect();
        BundlePart { of: Target { include, exclude: Vec::new() }, quantity: numbers.between(1, 3) }
    };
    (0..numbers.between(2, 4)).map(|_| part(numbers)).collect()
}

fn basket(numbers: &mut Numbers) -> Cart {
    let line = |numbers: &mut Numbers, no: u32| CartLine {
        no: LineNo(no),
        item: Arc::new(CartItem { tags: words(numbers, 40), ..CartItem::default() }),
        quantity: FineQuantity::pieces(numbers.between(1, 3)),
        total: numbers.minor(100, 900).into(),
    };
    let lines = (1..=numbers.between(2, 6)).map(|no| line(numbers, no)).collect();
    let moment = generator::cart(Shop::CORNER, &mut Numbers::of(1), 0).context.moment;
    Cart { context: Context::at(moment), lines, tenders: Vec::new() }
}

fn bundle(parts: Vec<BundlePart>, price: BundlePrice) -> Campaign {
    let id = CampaignId::new(Uuid::from_u128(1));
    Campaign::new(id, "SET", Benefit::Bundle { parts, price })
}

fn fits(part: &BundlePart, line: &CartLine) -> bool {
    let is_in = |selector: &Selector| matches!(selector, Selector::Tag(tag) if line.item.tags.contains(tag));
    part.of.include.is_empty() || part.of.include.iter().any(is_in)
}

#[test]
fn a_bundle_is_given_wherever_the_basket_holds_a_whole_set() {
    let (mut given, mut exchanged, mut refused, mut cheap) = (0, 0, 0, 0);
    for seed in seeds(CASES) {
        let mut numbers = Numbers::of(seed);
        let (parts, cart) = (parts(&mut numbers), basket(&mut numbers));
        let units: Vec<i64> = cart.lines.iter().map(|line| line.quantity.whole()).collect();
        let asked: Vec<(i64, Vec<bool>)> = parts
            .iter()
            .map(|part| (i64::from(part.quantity), cart.lines.iter().map(|line| fits(part, line)).collect()))
            .collect();
        let is_there = dearest_way(&units, &asked).is_some();
        let half = BundlePrice::Off(Reward::Percent(Percent::try_new(50.into()).unwrap()));
        let (dearest, fixed) = (dearest_sixths(&cart, &parts), numbers.minor(0, 2_500));
        for price in [half, BundlePrice::Fixed(fixed)] {
            let definitions = [bundle(parts.clone(), price)];
            let engine = by_the_engine(&definitions, &cart);
            assert_eq!(engine, by_the_slow_way(&definitions, &cart), "seed {seed}: {parts:#?} {cart:#?}");
            // What is less than a minor unit below the price may round to nothing.
            let saved = dearest.map_or(0, |dearest| dearest - 6 * fixed.minor());
            let is_due = if price == half { is_there } else { saved >= 6 };
            if price == half || !(1..6).contains(&saved) {
                assert_eq!(!engine.0.is_empty(), is_due, "seed {seed}: {price:?} {parts:#?} {cart:#?}");
            }
        }
        cheap += u32::from(is_cheap_part_by_part(&cart, &parts, fixed) && dearest > Some(6 * fixed.minor()));
        given += u32::from(is_there);
        refused += u32::from(!is_there);
        exchanged += u32::from(is_there && !is_made_part_by_part(&units, &asked));
    }
    assert!(given > 750 && refused > 250 && exchanged > 50, "{given}, {refused}, {exchanged}");
    assert!(cheap > 1, "{cheap}");
}

/// The lines from the dearest unit down, and what a unit of each costs in sixths: no line has other than one to three.
fn by_price(cart: &Cart) -> Vec<(&CartLine, i64)> {
    let sixths = |line: &CartLine| line.total.whole().minor() * 6 / line.quantity.whole();
    let mut lines: Vec<_> = cart.lines.iter().map(|line| (line, sixths(line))).collect();
    lines.sort_by_key(|(line, price)| (Reverse(*price), line.no));
    lines
}

fn asked_by_price(cart: &Cart, parts: &[BundlePart]) -> (Vec<i64>, Vec<(i64, Vec<bool>)>) {
    let lines = by_price(cart);
    let fitting = |part: &BundlePart| lines.iter().map(|(line, _)| fits(part, line)).collect();
    let asked = parts.iter().map(|part| (i64::from(part.quantity), fitting(part))).collect();
    (lines.iter().map(|(line, _)| line.quantity.whole()).collect(), asked)
}

/// What the dearest set of all ways costs, in sixths.
fn dearest_sixths(cart: &Cart, parts: &[BundlePart]) -> Option<i64> {
    let (units, asked) = asked_by_price(cart, parts);
    let taken = dearest_way(&units, &asked)?;
    Some(taken.iter().zip(by_price(cart)).map(|(taken, (_, price))| taken * price).sum())
}

/// Whether parts one after the other make a set that costs no more than a price.
fn is_cheap_part_by_part(cart: &Cart, parts: &[BundlePart], price: Money) -> bool {
    let (mut units, asked) = asked_by_price(cart, parts);
    let all = units.clone();
    let is_made = asked.iter().all(|(quantity, fits)| fill(&mut units, *quantity, fits));
    let taken = all.iter().zip(&units).map(|(all, left)| all - left);
    let cost: i64 = taken.zip(by_price(cart)).map(|(taken, (_, price))| taken * price).sum();
    is_made && cost <= 6 * price.minor()
}

/// Takes so many units of what fits, the first first; whether there were so many.
fn fill(left: &mut [i64], quantity: i64, fits: &[bool]) -> bool {
    let mut wanted = quantity;
    for (left, _) in left.iter_mut().zip(fits).filter(|(_, fits)| **fits) {
        let taken = wanted.min(*left);
        (*left, wanted) = (*left - taken, wanted - taken);
    }
    wanted == 0
}

/// Whether each part could be filled with what comes first, in the order of lines.
fn is_made_part_by_part(units: &[i64], parts: &[(i64, Vec<bool>)]) -> bool {
    let mut left = units.to_vec();
    parts.iter().all(|(quantity, fits)| fill(&mut left, *quantity, fits))
}

/// What a verdict names as lacking is enough for its part, and one less is not.
#[test]
fn a_part_that_no_exchange_fills_lacks_what_its_verdict_says() {
    let mut told = 0;
    for seed in seeds(CASES) {
        let mut numbers = Numbers::of(seed);
        let (parts, mut cart) = (parts(&mut numbers), basket(&mut numbers));
        let half = BundlePrice::Off(Reward::Percent(Percent::try_new(50.into()).unwrap()));
        let set = CampaignSet::compile(vec![bundle(parts.clone(), half)]).unwrap();
        let lacking = |cart: &Cart| {
            let mut evaluator = Evaluator::of(&set, cart).unwrap();
            let evaluation = evaluator.evaluate().clone();
            let verdict = evaluator.explain(&evaluation).remove(0);
            let Outcome::Unmet(Unmet::TooFewUnits { needed, actual, .. }) = verdict.outcome else {
                return None;
            };
            Some(needed - actual)
        };
        // Each round one unit more of goods that fit every part: so many rounds as the parts lack in all.
        let mut rounds = 0;
        let Some(first) = lacking(&cart) else { continue };
        assert!(first > 0, "seed {seed}");
        while lacking(&cart).is_some() {
            rounds += 1;
            let tags = WORDS.iter().map(|word| (*word).to_owned()).collect();
            cart.lines.push(CartLine {
                no: LineNo(100 + rounds),
                item: Arc::new(CartItem { tags, ..CartItem::default() }),
                quantity: FineQuantity::pieces(1),
                total: Money::from_minor(10).into(),
            });
        }
        assert!(i64::from(rounds) >= first, "seed {seed}: {rounds} rounds for {first}");
        told += 1;
    }
    assert!(told > 300, "{told}");
}
