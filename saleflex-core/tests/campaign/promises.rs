//! What hints promise and verdicts say is true on baskets that a seed makes, asked of evaluations made from scratch.

use rust_decimal::Decimal;
use saleflex_core::{
    adjustment::ResolutionRule,
    campaign::{
        Benefit, Campaign, CampaignSet, Cart, CartLine, Evaluation, Evaluator, Hint, Offer, Outcome, Rank,
        Unmet,
    },
    ids::LineNo,
    money::{Currency, CurrencyCode, Money, Rounding},
    quantity::{Quantity, UnitPrice},
};

use crate::generator::{Numbers, Shop, campaigns, cart, line};
use crate::seeds;
use crate::spices::spiced;

const CASES: u64 = 400;
const MOST_UNITS: u32 = 24;

fn case(seed: u64) -> (Vec<Campaign>, Cart, Numbers) {
    let mut numbers = Numbers::of(seed);
    let (lines, count) = (1 + numbers.below(6), 1 + numbers.below(8));
    let (mut definitions, mut cart) = shelves(Shop::CORNER, &mut numbers, lines, count);
    if seed.is_multiple_of(2) {
        spiced(&mut definitions, &mut cart, &mut numbers);
    }
    (definitions, cart, numbers)
}

/// Both rules that a store may choose among campaigns by.
const RULES: [ResolutionRule; 2] = [ResolutionRule::Priority, ResolutionRule::Best];

fn compiled(definitions: &[Campaign], rule: ResolutionRule) -> CampaignSet {
    CampaignSet::compile(definitions.to_vec()).unwrap().resolved_by(rule)
}

fn shelves(shop: Shop, numbers: &mut Numbers, lines: u32, count: u32) -> (Vec<Campaign>, Cart) {
    let definitions = campaigns(shop, numbers, count);
    let cart = cart(shop, numbers, lines);
    (definitions, cart)
}

/// Something under a number that is free, one unit of it, and its price with four places.
fn goods(numbers: &mut Numbers, no: u32) -> (CartLine, UnitPrice) {
    let some = line(Shop::CORNER, numbers, no);
    let units = some.quantity.whole();
    let fine = some.total.whole().minor() * 100 / units + i64::from(numbers.below(100));
    let price = UnitPrice::try_new(Decimal::new(fine, 4)).unwrap();
    (priced(&some, price, 1), price)
}

/// The first goods that are weighed; those before are sold by the piece.
const WEIGHED: LineNo = LineNo(104);

/// What one unit of goods is: a piece, or a hundredth of a kilogram.
fn step(no: LineNo) -> Quantity {
    if no < WEIGHED { Quantity::ONE } else { Quantity::parse("0.01").unwrap() }
}

fn pounds() -> Currency {
    Currency::of(CurrencyCode::parse("GBP").unwrap())
}

/// So many units at a price, rounded once as a sale rounds a line.
fn priced(of: &CartLine, price: UnitPrice, units: u32) -> CartLine {
    let quantity = step(of.no).times(Quantity::try_new(units.into()).unwrap()).unwrap();
    let total = price.times(quantity, &pounds(), Rounding::HalfUp).unwrap();
    CartLine { quantity: quantity.into(), total: total.into(), ..of.clone() }
}

fn offer((line, price): &(CartLine, UnitPrice)) -> Offer {
    if line.no >= WEIGHED {
        return Offer::measured(line.clone(), step(line.no), *price, pounds());
    }
    let totals = (1..=MOST_UNITS).map(|units| priced(line, *price, units).total.whole());
    Offer::new(line.clone(), totals.collect())
}

fn with(cart: &Cart, (line, price): &(CartLine, UnitPrice), units: u32) -> Cart {
    let mut cart = cart.clone();
    cart.lines.push(priced(line, *price, units));
    cart
}

/// Whether a campaign gives more than before: money, points, or of several shares by steps a higher one.
fn is_more(set: &CampaignSet, campaign: Rank, before: &Evaluation, after: &Evaluation) -> bool {
    let saving = after.total() - before.total();
    let earns = |evaluation: &Evaluation| evaluation.points.iter().any(|award| award.campaign == campaign);
    if earns(after) {
        return !earns(before) && !saving.is_negative();
    }
    let rate = |evaluation: &Evaluation| {
        let mut own = evaluation.proposals.iter().filter(|proposal| proposal.campaign == campaign);
        own.find_map(|proposal| proposal.rate)
    };
    let goes_by_steps = matches!(set.campaign(campaign).benefit, Benefit::Tiers { .. });
    let is_same_step = goes_by_steps && rate(before).is_some() && rate(before) == rate(after);
    given(after, campaign) > given(before, campaign) && saving.is_positive() && !is_same_step
}

fn given(evaluation: &Evaluation, campaign: Rank) -> Money {
    let own = evaluation.proposals.iter().filter(|proposal| proposal.campaign == campaign);
    own.map(|proposal| proposal.amount).sum()
}

#[test]
fn a_hint_carried_out_saves_exactly_what_it_says_and_no_smaller_addition_does() {
    for rule in RULES {
        let hinted: Vec<Hint> = seeds(CASES).flat_map(|seed| check_hints(seed, rule)).collect();
        let count = |is_counted: fn(&Hint) -> bool| hinted.iter().filter(|hint| is_counted(hint)).count();
        let paired = count(|hint| hint.beside.is_some());
        let many = count(|hint| hint.units > 5 && hint.offer < WEIGHED);
        let weighed = count(|hint| hint.offer >= WEIGHED);
        let earned = count(|hint| hint.earns.is_some());
        let counts = [hinted.len(), paired, many, weighed, earned];
        let enough = [150, 1, 20, 10, 1];
        assert!(counts.iter().zip(enough).all(|(count, least)| *count >= least), "{counts:?} by {rule:?}");
    }
}

/// The hints there were.
fn check_hints(seed: u64, rule: ResolutionRule) -> Vec<Hint> {
    let (definitions, cart, mut numbers) = case(seed);
    let set = compiled(&definitions, rule);
    let offered: Vec<_> = (101..106).map(|no| goods(&mut numbers, no)).collect();
    let offers: Vec<Offer> = offered.iter().map(offer).collect();
    let mut evaluator = Evaluator::of(&set, &cart).unwrap();
    let hints = evaluator.hints(&offers).unwrap();
    let before = set.evaluate(&cart).unwrap();
    assert_eq!(*evaluator.evaluate(), before, "seed {seed}: the basket is as it was");
    for hint in &hints {
        check_hint(&set, &cart, &offered, &before, *hint, seed);
    }
    hints
}

fn check_hint(
    set: &CampaignSet,
    cart: &Cart,
    offered: &[(CartLine, UnitPrice)],
    before: &Evaluation,
    hint: Hint,
    seed: u64,
) {
    let offer = |no| offered.iter().find(|(line, _)| line.no == no).expect("an offer of the shop");
    // Every smaller addition of the same goods, and the addition itself.
    let (other, most) = hint.beside.unwrap_or((hint.offer, 0));
    // Of a measure every few steps, and each of the last.
    let is_tried = |units: &u32| hint.offer < WEIGHED || units.is_multiple_of(13) || units + 5 > hint.units;
    let tried = (0..=hint.units).filter(is_tried);
    for (units, beside) in tried.flat_map(|units| (0..=most).map(move |beside| (units, beside))) {
        let mut cart = cart.clone();
        for (no, units) in [(hint.offer, units), (other, beside)].into_iter().filter(|(_, units)| *units > 0)
        {
            cart = with(&cart, offer(no), units);
        }
        let mut evaluator = Evaluator::of(set, &cart).expect("a cart within bounds");
        let after = evaluator.evaluate().clone();
        let saving = after.total() - before.total();
        let is_reached = is_more(set, hint.campaign, before, &after);
        let is_all = (units, beside) == (hint.units, most);
        assert_eq!(is_reached, is_all, "seed {seed}, {units} and {beside} units: {hint:?}");
        if is_all {
            assert_eq!(saving, hint.saving, "seed {seed}: {hint:?}");
            let award = after.points.iter().find(|award| award.campaign == hint.campaign);
            let earns = award.map(|award| (award.percent, evaluator.points_base(award.campaign)));
            assert_eq!(earns, hint.earns, "seed {seed}: {hint:?}");
        }
    }
}

#[test]
fn a_purchase_that_is_too_small_suffices_once_the_bound_is_what_the_verdict_says_was_there() {
    for rule in RULES {
        let flipped: usize = seeds(CASES).map(|seed| check_purchases(seed, rule)).sum();
        assert!(flipped > 40, "{flipped} verdicts by {rule:?}");
    }
}

/// How many verdicts there were.
fn check_purchases(seed: u64, rule: ResolutionRule) -> usize {
    let mut flipped = 0;
    let (definitions, cart, _) = case(seed);
    let set = compiled(&definitions, rule);
    for (rank, outcome) in verdicts(&set, &cart) {
        let Outcome::Unmet(Unmet::BelowPurchase { needed, actual }) = outcome else { continue };
        assert!(actual < needed, "seed {seed}");
        let id = set.campaign(rank).id;
        let bound = |least: Money| {
            let mut definitions = definitions.clone();
            let changed = definitions.iter_mut().find(|campaign| campaign.id == id).unwrap();
            changed.limits.least_purchase = Some(least);
            let set = compiled(&definitions, rule);
            verdicts(&set, &cart).into_iter().find(|(rank, _)| set.campaign(*rank).id == id).unwrap().1
        };
        let is_below = |outcome: &Outcome| matches!(outcome, Outcome::Unmet(Unmet::BelowPurchase { .. }));
        assert!(!is_below(&bound(actual)), "seed {seed}: {actual:?} is enough");
        // The best choice may leave others out to come over a bound that is nearer.
        let is_one_too_many = || is_below(&bound(actual + Money::from_minor(1)));
        assert!(!rule.is_default() || is_one_too_many(), "seed {seed}: one more is not");
        flipped += 1;
    }
    flipped
}

/// The lines that a verdict names are those that bear what the campaign gives, or some that earn points.
fn check_named(named: &[LineNo], (set, cart): (&CampaignSet, &Cart), rank: Rank, seed: u64) {
    let mut evaluator = Evaluator::of(set, cart).unwrap();
    if evaluator.evaluate().points.iter().any(|award| award.campaign == rank) {
        let earns = |no: &LineNo| cart.lines.iter().any(|line| line.no == *no && line.total.fine() > 0);
        assert!(named.is_sorted() && named.iter().all(earns), "seed {seed}: {named:?}");
        return;
    }
    let own = evaluator.allocate().into_iter().filter(|one| one.proposal.campaign == rank);
    let mut lines: Vec<LineNo> = own.flat_map(|one| one.shares).map(|(line, _)| line).collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(named, lines, "seed {seed}");
    assert!(!named.is_empty(), "seed {seed}");
}

fn verdicts(set: &CampaignSet, cart: &Cart) -> Vec<(Rank, Outcome)> {
    let mut evaluator = Evaluator::of(set, cart).expect("a cart within bounds");
    let evaluation = evaluator.evaluate().clone();
    evaluator.explain(&evaluation).into_iter().map(|verdict| (verdict.campaign, verdict.outcome)).collect()
}

#[test]
fn what_a_verdict_says_was_given_is_what_was_proposed_and_on_those_lines() {
    let (mut applied, mut beaten) = (0, 0);
    for (seed, rule) in seeds(CASES).flat_map(|seed| RULES.map(|rule| (seed, rule))) {
        let shop = if seed.is_multiple_of(2) { Shop::CORNER } else { Shop::SUPERMARKET };
        let mut numbers = Numbers::of(seed);
        // The choice among many at the corner is a long search; a few are as good.
        let count = if rule.is_default() || seed % 2 == 1 { 30 } else { 8 };
        let (mut definitions, mut cart) = shelves(shop, &mut numbers, 8, count);
        if seed % 4 < 2 {
            spiced(&mut definitions, &mut cart, &mut numbers);
        }
        let set = compiled(&definitions, rule);
        let evaluation = set.evaluate(&cart).unwrap();
        for (rank, outcome) in verdicts(&set, &cart) {
            let amount = given(&evaluation, rank);
            if let Outcome::Applied { amount: said, lines: named } = &outcome {
                assert_eq!(*said, amount, "seed {seed}");
                check_named(named, (&set, &cart), rank, seed);
                applied += 1;
            } else {
                assert_eq!(amount, Money::ZERO, "seed {seed}");
            }
            if let Outcome::Beaten { by, .. } = outcome {
                let gave = |other: &Rank| {
                    given(&evaluation, *other).is_positive()
                        || evaluation.points.iter().any(|award| award.campaign == *other)
                };
                // Beside them stand those that would come in their place.
                assert!(by.iter().any(gave), "seed {seed}: {by:?}");
                beaten += 1;
            }
        }
    }
    assert!(applied > 1_000 && beaten > 1_000, "{applied} applied, {beaten} beaten");
}
