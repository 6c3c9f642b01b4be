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
    compile::CampaignSet,
    compiled::Compiled,
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
    let mut sharing = Sharing::of(set, basket, evaluation);
    let share_out = |(at, proposal): (usize, &Proposal)| {
        let shares = if let Some(line) = proposal.line {
            vec![(line, proposal.amount)]
        } else {
            sharing.share_out(evaluation, at);
            let numbered = basket.slots.iter().map(|slot| slot.no).zip(sharing.shares.iter().copied());
            numbered.filter(|(_, share)| !share.is_zero()).collect()
        };
        Allocation { proposal: *proposal, shares }
    };
    evaluation.proposals.iter().enumerate().map(share_out).collect()
}

/// What each line counts for of what a campaign gives points on: what is left of it once every proposal is shared out. Of
/// points that count many times, no discount of whatever place counts as paid.
pub(super) fn points_by_line(
    set: &CampaignSet,
    basket: &Basket,
    evaluation: &Evaluation,
    campaign: Rank,
) -> Vec<(LineNo, Money)> {
    let mut sharing = Sharing::of(set, basket, evaluation);
    for (at, _) in evaluation.proposals.iter().enumerate().filter(|(_, proposal)| proposal.line.is_none()) {
        sharing.share_out(evaluation, at);
    }
    let own = basket.lines_of(set.compiled[campaign.at()].target);
    let of_line = |at: usize| (basket.slots[at].no, sharing.left[at].or_zero());
    places(own, own).map(of_line).filter(|(_, left)| left.is_positive()).collect()
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

/// Document-level proposals being shared out, one after the other. Its rows are by place, and used again for each.
struct Sharing<'a> {
    set: &'a CampaignSet,
    basket: &'a Basket,
    floors: Vec<Floor>,
    /// What lines have left.
    left: Vec<Money>,
    /// What they must keep of it.
    kept: Vec<Money>,
    /// In which proportion they bear the next part of a proposal, and how much of it at most.
    weights: Vec<Money>,
    /// What they bear of the proposal that was shared out last.
    shares: Vec<Money>,
}

impl<'a> Sharing<'a> {
    /// Every line-level proposal is borne by its line, whenever it came.
    fn of(set: &'a CampaignSet, basket: &'a Basket, evaluation: &Evaluation) -> Self {
        let mut left: Vec<Money> = (0..basket.slots.len()).map(|at| worth(basket, at)).collect();
        for proposal in &evaluation.proposals {
            if let Some(at) = proposal.line.and_then(|line| basket.place(line).ok()) {
                left[at] -= proposal.amount;
            }
        }
        let [kept, weights, shares] = [(); 3].map(|()| vec![Money::ZERO; left.len()]);
        let floors = floors(set, basket, &evaluation.proposals);
        Self { set, basket, floors, left, kept, weights, shares }
    }

    /// Shares out the proposal at a place.
    fn share_out(&mut self, evaluation: &Evaluation, at: usize) {
        let (set, basket, proposal) = (self.set, self.basket, &evaluation.proposals[at]);
        let compiled = &set.compiled[proposal.campaign.at()];
        self.shares.fill(Money::ZERO);
        self.kept.fill(Money::ZERO);
        for floor in self.floors.iter().filter(|floor| floor.after > at) {
            self.kept[floor.slot] = self.kept[floor.slot].max(floor.least);
        }
        let rest = self.share_in_sets(evaluation, at, compiled);
        self.weights.fill(Money::ZERO);
        for slot in compiled.bearers(basket) {
            self.weights[slot] = self.most(compiled, slot);
        }
        let mut rest = self.spread(rest);
        if rest.is_positive() {
            self.weigh(|sharing, slot| {
                let own =
                    compiled.above_floor(&basket.slots[slot], sharing.left[slot].or_zero().minor() * FINE);
                sharing.above(slot).min(Money::from_minor(own / FINE))
            });
            rest = self.spread(rest);
        }
        if rest.is_positive() {
            self.weigh(|sharing, slot| sharing.left[slot].or_zero());
            rest = self.spread(rest);
        }
        // Only carts with fractions of minor units come here: the lines' whole units do not add up to their value.
        let is_worth = |slot: usize| basket.has(ALL, slot) && basket.slots[slot].total > 0;
        if rest.is_positive() && (0..basket.slots.len()).any(is_worth) {
            self.weigh(|_, slot| Money::from_minor(i64::from(is_worth(slot))));
            for (at, part) in rest.split(&self.weights).into_iter().enumerate() {
                self.bear(at, part);
            }
        }
    }

    /// Shares out what the units bear that the sets of a proposal are made of, and answers the rest.
    fn share_in_sets(&mut self, evaluation: &Evaluation, at: usize, compiled: &Compiled) -> Money {
        let mut in_sets = evaluation.in_sets.iter().filter(|one| one.proposal == at).peekable();
        let amount = evaluation.proposals[at].amount;
        if in_sets.peek().is_none() {
            return amount;
        }
        self.weights.fill(Money::ZERO);
        for one in in_sets {
            if let Ok(slot) = self.basket.place(one.line) {
                self.weights[slot] = self.most(compiled, slot).min(minor_up(one.worth));
            }
        }
        self.spread(amount)
    }

    /// Weighs each line.
    fn weigh(&mut self, weight: impl Fn(&Self, usize) -> Money) {
        for slot in 0..self.weights.len() {
            self.weights[slot] = weight(self, slot);
        }
    }

    /// What a line has left above what it must keep.
    fn above(&self, slot: usize) -> Money {
        (self.left[slot] - self.kept[slot]).or_zero()
    }

    /// The most that a campaign may still take of a line.
    fn most(&self, compiled: &Compiled, slot: usize) -> Money {
        room(compiled, self.basket, slot, self.left[slot].or_zero()).min(self.above(slot))
    }

    /// Shares out as much of an amount as the weights hold, and answers the rest.
    fn spread(&mut self, amount: Money) -> Money {
        let most: Money = self.weights.iter().copied().sum();
        let held = amount.min(most);
        if !held.is_positive() {
            return amount;
        }
        if held == most {
            // All that each may bear: in proportion it would come to the same.
            for at in 0..self.weights.len() {
                self.bear(at, self.weights[at]);
            }
            return amount - held;
        }
        for (at, part) in held.split(&self.weights).into_iter().enumerate() {
            self.bear(at, part);
        }
        amount - held
    }

    /// Notes what a line bears of the proposal.
    fn bear(&mut self, at: usize, part: Money) {
        self.shares[at] += part;
        self.left[at] -= part;
    }
}

/// Whole minor units, rounded up.
const fn minor_up(fine: i64) -> Money {
    Money::from_minor(-(-fine).div_euclid(FINE))
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
