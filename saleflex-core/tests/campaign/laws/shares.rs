//! What was given is shared out to the lines: no part is lost, no line goes below nothing or below a floor.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use saleflex_core::{
    campaign::{
        Benefit, Campaign, CampaignSet, Cart, CartItem, Evaluator, Exclusivity, Per, Reward, Selector, Target,
    },
    ids::{CampaignId, LineNo},
    money::Money,
    quantity::Percent,
};
use uuid::Uuid;

use super::{CASES, case, slow::left_by_the_slow_way};
use crate::generator::{Numbers, Shop, cart};
use crate::seeds;

/// What each line bears; checked on the way: parts add up, and what is the line's is borne by it alone.
fn borne(evaluator: &Evaluator<'_>, seed: u64) -> BTreeMap<LineNo, Money> {
    let mut borne = BTreeMap::new();
    for one in evaluator.allocate() {
        let parts: Money = one.shares.iter().map(|share| share.1).sum();
        assert_eq!(parts, one.proposal.amount, "seed {seed}: {one:?}");
        assert!(one.shares.iter().all(|share| share.1.is_positive()), "seed {seed}: {one:?}");
        if let Some(line) = one.proposal.line {
            assert_eq!(one.shares, [(line, parts)], "seed {seed}");
        }
        for (line, share) in one.shares {
            *borne.entry(line).or_default() += share;
        }
    }
    borne
}

/// Whether all amounts are whole minor units, as those of a till are.
fn is_whole(cart: &Cart) -> bool {
    cart.lines.iter().all(|line| line.total == line.total.whole().into())
}

#[test]
fn shares_add_up_and_leave_no_line_below_nothing() {
    let mut shared = 0;
    for seed in seeds(2 * CASES) {
        let (definitions, cart, _) = case(seed);
        let set = CampaignSet::compile(definitions).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart).unwrap();
        evaluator.evaluate();
        let borne = borne(&evaluator, seed);
        let is_whole = is_whole(&cart);
        for line in &cart.lines {
            let Some(share) = borne.get(&line.no) else { continue };
            // Of parts of a minor unit no line has enough for itself: one bears the unit that they make together.
            let most = line.total.whole() + if is_whole { Money::ZERO } else { Money::ONE_MINOR };
            assert!(*share <= most, "seed {seed}: {share:?} of {line:?}");
            assert!(!line.item.is_excluded, "seed {seed}: what campaigns leave alone bears {share:?}");
            shared += 1;
        }
    }
    assert!(shared > 5_000, "{shared} lines bore something");
}

#[test]
fn each_line_bears_what_the_slow_evaluator_says() {
    let mut shared = 0;
    for seed in seeds(2 * CASES) {
        let (definitions, cart, _) = case(seed);
        let set = CampaignSet::compile(definitions.clone()).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart).unwrap();
        evaluator.evaluate();
        let borne = borne(&evaluator, seed);
        for (line, left) in left_by_the_slow_way(&definitions, &cart) {
            let whole = cart.lines.iter().find(|one| one.no == line).unwrap().total.whole().or_zero();
            let share = borne.get(&line).copied().unwrap_or_default();
            assert_eq!(share, whole - left, "seed {seed}: {line:?} {definitions:#?} {cart:#?}");
            shared += u32::from(share.is_positive());
        }
    }
    assert!(shared > 5_000, "{shared} lines bore something");
}

#[test]
fn where_every_campaign_keeps_to_the_cost_no_line_bears_more_than_what_lies_above_it() {
    let mut on_document_and_lines = 0;
    for seed in seeds(CASES) {
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
        let borne = borne(&evaluator, seed);
        for line in cart.lines.iter().filter(|_| is_whole(&cart)) {
            let Some(share) = borne.get(&line.no) else { continue };
            let left = i128::from((line.total.whole() - *share).minor()) * 100_000_000;
            let cost = line.item.cost.map_or(0, |cost| i128::from(cost.fine()));
            assert!(left >= cost * i128::from(line.quantity.fine()), "seed {seed}: {share:?} of {line:?}");
        }
    }
    assert!(on_document_and_lines > 100, "{on_document_and_lines} baskets have both");
}

/// The rest of a discount that its own lines cannot bear any more goes to others, but not to those.
#[test]
fn what_campaigns_leave_alone_bears_no_rest() {
    let id = |number| CampaignId::new(Uuid::from_u128(number));
    let mut cart = cart(Shop::CORNER, &mut Numbers::of(1), 3);
    for line in &mut cart.lines {
        line.total = Money::from_minor(100).into();
        let tags = BTreeSet::from([format!("line {}", line.no.0)]);
        line.item = Arc::new(CartItem { tags, is_excluded: line.no.0 == 3, ..CartItem::default() });
    }
    let all_of = |number, code, per| {
        let reward = Reward::Percent(Percent::HUNDRED);
        let mut campaign = Campaign::new(id(number), code, Benefit::Off { reward, per });
        campaign.target = Target::of(vec![Selector::Tag("line 1".to_owned())]);
        campaign.lane.exclusivity = Exclusivity::Combinable;
        campaign
    };
    let first = all_of(1, "A", Per::Document);
    let set = CampaignSet::compile(vec![first, all_of(2, "B", Per::Line)]).unwrap();
    let mut evaluator = Evaluator::of(&set, &cart).unwrap();
    assert_eq!(evaluator.evaluate().total().minor(), 200);
    let whole = Money::from_minor(100);
    assert_eq!(borne(&evaluator, 0), BTreeMap::from([(LineNo(1), whole), (LineNo(2), whole)]));
}
