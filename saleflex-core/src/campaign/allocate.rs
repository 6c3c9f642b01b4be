//! Every proposal shared out to the lines that bear it, to the minor unit.
//!
//! Line-level proposals are borne by their line. Document-level ones are then shared out in their order over the lines
//! they are about, in proportion to what those have left, so that no line goes below nothing. Of a set these are the units
//! that it is made of, in proportion to what they cost. Where those have less left than the amount (a later line-level
//! proposal took from them), the rest goes to the other lines that the campaign is about, and then to all others.
//!
//! A line that a campaign with a floor made cheaper stays above that floor: what was given on the document before goes
//! to lines that have more left, which the pass saw to.

use alloc::{vec, vec::Vec};

use super::{
    basket::{ALL, Basket, places},
    compile::{CampaignSet, Compiled},
    exact::FINE,
    plan::Plan,
    proposal::{Evaluation, Proposal, Rank},
};
use crate::{ids::LineNo, money::Money};

/// A proposal's shares: what each line bears of it, lines that bear nothing left out. They add up to its amount.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Allocation {
    /// The proposal.
    pub proposal: Proposal,
    /// By rising line number.
    pub shares: Vec<(LineNo, Money)>,
}

pub(super) fn allocate(set: &CampaignSet, basket: &Basket, evaluation: &Evaluation) -> Vec<Allocation> {
    let mut left: Vec<Money> = (0..basket.slots.len()).map(|at| worth(basket, at)).collect();
    let place = |line: LineNo| basket.slots.binary_search_by_key(&line, |slot| slot.no).ok();
    for proposal in &evaluation.proposals {
        if let Some(at) = proposal.line.and_then(place) {
            left[at] -= proposal.amount;
        }
    }
    let floors = floors(set, basket, &evaluation.proposals);
    let share_out = |(at, proposal): (usize, &Proposal)| {
        let shares = if let Some(line) = proposal.line {
            vec![(line, proposal.amount)]
        } else {
            let mut kept = vec![Money::ZERO; left.len()];
            for floor in floors.iter().filter(|floor| floor.after > at) {
                kept[floor.slot] = kept[floor.slot].max(floor.least);
            }
            let in_sets = evaluation.in_sets.iter().filter(|one| one.proposal == at);
            let in_sets: Vec<(usize, Money)> =
                in_sets.filter_map(|one| Some((place(one.line)?, minor_up(one.worth)))).collect();
            document_shares((set, basket), (proposal, &in_sets), &kept, &mut left)
        };
        Allocation { proposal: *proposal, shares }
    };
    evaluation.proposals.iter().enumerate().map(share_out).collect()
}

/// Says of each campaign that gives points what is left of its lines once every proposal is shared out: of points that count
/// many times, no discount of whatever place counts as paid.
pub(super) fn settle_points(set: &CampaignSet, basket: &Basket, evaluation: &mut Evaluation) {
    if evaluation.points.is_empty() {
        return;
    }
    let left = left_of_lines(set, basket, evaluation);
    for award in &mut evaluation.points {
        let own = basket.lines_of(set.compiled[award.campaign.at()].target);
        award.base = places(own, own).map(|at| left[at].or_zero()).sum();
    }
}

/// What each line counts for of what a campaign gives points on; they add up to its base.
pub(super) fn points_by_line(
    set: &CampaignSet,
    basket: &Basket,
    evaluation: &Evaluation,
    campaign: Rank,
) -> Vec<(LineNo, Money)> {
    let (left, own) =
        (left_of_lines(set, basket, evaluation), basket.lines_of(set.compiled[campaign.at()].target));
    let of_line = |at: usize| (basket.slots[at].no, left[at].or_zero());
    places(own, own).map(of_line).filter(|(_, left)| left.is_positive()).collect()
}

/// By place: what all proposals leave of a line.
fn left_of_lines(set: &CampaignSet, basket: &Basket, evaluation: &Evaluation) -> Vec<Money> {
    let mut left: Vec<Money> = (0..basket.slots.len()).map(|at| worth(basket, at)).collect();
    for (line, share) in allocate(set, basket, evaluation).into_iter().flat_map(|one| one.shares) {
        if let Ok(at) = basket.slots.binary_search_by_key(&line, |slot| slot.no) {
            left[at] -= share;
        }
    }
    left
}

/// What a line has to bear discounts with: nothing where it is brought back, or where campaigns leave it alone.
fn worth(basket: &Basket, at: usize) -> Money {
    let total = if basket.has(ALL, at) { basket.slots[at].total.max(0) } else { 0 };
    Money::from_minor(total / FINE)
}

/// What a line must keep of what it has left, from before a proposal that took from it on.
struct Floor {
    /// The place of that proposal.
    after: usize,
    slot: usize,
    least: Money,
}

fn floors(set: &CampaignSet, basket: &Basket, proposals: &[Proposal]) -> Vec<Floor> {
    let floor = |(after, proposal): (usize, &Proposal)| {
        let compiled = &set.compiled[proposal.campaign.at()];
        let line = proposal.line.filter(|_| compiled.has_floor())?;
        let slot = basket.slots.binary_search_by_key(&line, |slot| slot.no).ok()?;
        let least = Money::from_minor(compiled.floor(&basket.slots[slot]) / FINE);
        Some(Floor { after, slot, least })
    };
    proposals.iter().enumerate().filter_map(floor).collect()
}

fn document_shares(
    (set, basket): (&CampaignSet, &Basket),
    (proposal, in_sets): (&Proposal, &[(usize, Money)]),
    kept: &[Money],
    left: &mut [Money],
) -> Vec<(LineNo, Money)> {
    let compiled = &set.compiled[proposal.campaign.at()];
    let mut shares = vec![Money::ZERO; left.len()];
    let bearing = bearing(compiled, basket);
    let most = |at: usize, left: &[Money]| {
        let above = (left[at] - kept[at]).or_zero();
        room(compiled, basket, at, left[at].or_zero()).min(above)
    };
    let mut rest = proposal.amount;
    if !in_sets.is_empty() {
        let mut weights = vec![Money::ZERO; left.len()];
        for (at, worth) in in_sets {
            weights[*at] = most(*at, left).min(*worth);
        }
        rest = spread(rest, &weights, &mut shares, left);
    }
    let weights: Vec<Money> =
        (0..left.len()).map(|at| if bearing[at] { most(at, left) } else { Money::ZERO }).collect();
    rest = spread(rest, &weights, &mut shares, left);
    if rest.is_positive() {
        let above = |at: usize| {
            let own = compiled.above_floor(&basket.slots[at], left[at].or_zero().minor() * FINE);
            (left[at] - kept[at]).or_zero().min(Money::from_minor(own / FINE))
        };
        let weights: Vec<Money> = (0..left.len()).map(above).collect();
        rest = spread(rest, &weights, &mut shares, left);
    }
    if rest.is_positive() {
        let weights: Vec<Money> = left.iter().map(|left| left.or_zero()).collect();
        rest = spread(rest, &weights, &mut shares, left);
    }
    // Only carts with fractions of minor units come here: the lines' whole units do not add up to their value.
    let is_worth = |at: usize| basket.has(ALL, at) && basket.slots[at].total > 0;
    let even: Vec<Money> = (0..left.len()).map(|at| Money::from_minor(i64::from(is_worth(at)))).collect();
    if rest.is_positive() && even.iter().any(|weight| weight.is_positive()) {
        for (share, part) in shares.iter_mut().zip(rest.split(&even)) {
            *share += part;
        }
    }
    let numbered = basket.slots.iter().map(|slot| slot.no).zip(shares);
    numbered.filter(|(_, share)| !share.is_zero()).collect()
}

/// Whole minor units, rounded up.
const fn minor_up(fine: i64) -> Money {
    Money::from_minor(-(-fine).div_euclid(FINE))
}

/// Shares out as much of an amount as the weights hold, and answers the rest.
fn spread(amount: Money, weights: &[Money], shares: &mut [Money], left: &mut [Money]) -> Money {
    let held = amount.min(weights.iter().copied().sum());
    if !held.is_positive() {
        return amount;
    }
    for (at, part) in held.split(weights).into_iter().enumerate() {
        shares[at] += part;
        left[at] -= part;
    }
    amount - held
}

/// The lines a document-level proposal is about.
fn bearing(compiled: &Compiled, basket: &Basket) -> Vec<bool> {
    let mut bearing = vec![false; basket.slots.len()];
    compiled.bearers(basket).for_each(|at| bearing[at] = true);
    bearing
}

impl Compiled {
    /// The places of the lines that get cheaper by a document-level proposal, rising.
    pub(super) fn bearers<'a>(&'a self, basket: &'a Basket) -> impl Iterator<Item = usize> + 'a {
        let own = basket.lines_of(self.target);
        let (one, other, parts) = match &self.plan {
            Plan::BuyGet(terms) => match terms.of {
                Some(of) => (basket.lines_of(of), basket.lines_of(of), None),
                None => (own, basket.lines_of(terms.among), None),
            },
            Plan::Gift { of, .. } => (basket.lines_of(*of), basket.lines_of(*of), None),
            Plan::Sets { parts, .. } => (own, own, Some(parts)),
            Plan::Nothing
            | Plan::Off { .. }
            | Plan::Products { .. }
            | Plan::FixedPrice { .. }
            | Plan::Tiers { .. }
            | Plan::Points { .. } => (own, own, None),
        };
        let fits = move |at: &usize| {
            parts.is_none_or(|parts| parts.iter().any(|(target, _)| basket.has(*target, *at)))
        };
        places(one, other).filter(fits)
    }
}

/// What a campaign may take of what a line has left.
fn room(compiled: &Compiled, basket: &Basket, at: usize, left: Money) -> Money {
    if !compiled.limits_lines() {
        return left;
    }
    Money::from_minor(compiled.room(&basket.slots[at], left.minor() * FINE) / FINE)
}
