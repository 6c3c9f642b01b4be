//! The best choice for the customer: the campaigns to apply, of all that could be, so that the most is saved.
//!
//! A choice is a set of campaigns, applied in the order of the pass: by priority, at most one that nothing may follow,
//! and it last. What one gives depends on those before it, so choices are searched depth first, applying each campaign
//! before leaving it out; the first choice tried is the plain pass. Two things keep the search small.
//!
//! **Nothing is left out without need.** Whatever a campaign takes, a later one whose amount is a share or an amount of
//! what is left gives at most so much less. So a campaign that blocks no later one and endangers no later one's bounds
//! (`Search::is_harmless`), and whose amount is more than what all later ones together may lose by it
//! ([`Candidate::is_worth`]), is part of a best choice, and leaving it out is not tried.
//!
//! **What cannot win is not tried.** `Search::bound` says how much a choice can come to at most from here on.
//!
//! Every step counts against an [effort](DEFAULT_EFFORT); when it is spent, the answer is the best choice found and the
//! most that any other could give.

use alloc::{vec, vec::Vec};

use super::{
    definition::Exclusivity,
    evaluator::Evaluator,
    pass::{Mark, Pass},
    proposal::{Evaluation, Rank},
};
use crate::money::Money;

mod bound;
mod candidate;

use candidate::{Candidate, Candidates, Shape};

/// How campaigns that could all apply are chosen from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Resolution {
    /// One pass by priority: each campaign that gives something is taken.
    #[default]
    Priority,
    /// The choice that saves the most.
    BestForCustomer {
        /// How many times a campaign may be applied or weighed in search of it.
        effort: u32,
    },
}

/// An effort that proves nearly every basket: of the generator's with 50 lines under 200 campaigns, 998 in 1,000.
pub const DEFAULT_EFFORT: u32 = 400_000;

/// The best choice that was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Best {
    /// What it gives.
    pub evaluation: Evaluation,
    /// Whether there is a better one.
    pub proof: Proof,
}

/// What is known of the choices that were not tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Proof {
    /// None saves more.
    Optimal,
    /// The effort was spent; none saves more than `most`, which is above what was found.
    Open {
        /// Upper bound of what any choice saves.
        most: Money,
    },
}

impl Best {
    /// How much more another choice could save at most; nothing where that was ruled out.
    pub fn gap(&self) -> Money {
        match self.proof {
            Proof::Optimal => Money::ZERO,
            Proof::Open { most } => most - self.evaluation.total(),
        }
    }
}

impl Evaluator<'_> {
    /// The choice of campaigns that saves the most, found within an effort. Of several that save the same, the one
    /// that applies campaigns of higher priority. [`Evaluator::allocate`] then shares out what it gives.
    pub fn best_for_customer(&mut self, effort: u32) -> Best {
        let (eligible, pass) = self.pass();
        let mut search = Search::begin(pass, eligible, effort);
        search.try_alone();
        search.run();
        search.pass.given.evaluation.clone_from(&search.best);
        Best { evaluation: search.best, proof: search.proof }
    }

    /// Evaluates by either policy.
    pub fn resolve(&mut self, resolution: Resolution) -> Best {
        match resolution {
            Resolution::Priority => Best { evaluation: self.evaluate().clone(), proof: Proof::Optimal },
            Resolution::BestForCustomer { effort } => self.best_for_customer(effort),
        }
    }
}

/// A choice not yet tried: everything as at `mark`, and the campaign before `next` left out.
struct Branch {
    next: usize,
    mark: Mark,
}

struct Search<'p> {
    pass: Pass<'p>,
    candidates: Candidates,
    /// Innermost last.
    branches: Vec<Branch>,
    best: Evaluation,
    /// Minor units of `best`; below nothing before the first choice.
    best_total: i64,
    left: u32,
    proof: Proof,
}

impl<'p> Search<'p> {
    fn begin(mut pass: Pass<'p>, eligible: &[Rank], effort: u32) -> Self {
        pass.begin();
        let candidates = Candidates::of(&mut pass, eligible);
        Self {
            pass,
            candidates,
            branches: Vec::new(),
            best: Evaluation::default(),
            best_total: -1,
            left: effort,
            proof: Proof::Optimal,
        }
    }

    fn run(&mut self) {
        let mut at = 0;
        loop {
            self.descend(at);
            self.note();
            match self.next_branch() {
                Some(next) => at = next,
                None => return,
            }
        }
    }

    /// Applies everything from a place on, and remembers where leaving out could matter.
    fn descend(&mut self, from: usize) {
        for at in from..self.candidates.list.len() {
            if self.pass.is_ended() {
                return;
            }
            let candidate = &self.candidates.list[at];
            let rank = candidate.rank;
            if !self.pass.takes(rank) {
                continue;
            }
            let mark = self.pass.mark();
            let is_harmless = self.is_harmless(at);
            self.left = self.left.saturating_sub(1);
            let Ok(amount) = self.pass.apply(rank) else { continue };
            if is_harmless && self.candidates.list[at].is_worth(amount.minor()) {
                continue;
            }
            self.branches.push(Branch { next: at + 1, mark });
            if self.best_total >= 0 && self.bound(at + 1) <= self.best_total {
                return;
            }
        }
    }

    /// Keeps the choice that stands, where it is better than the best before.
    fn note(&mut self) {
        let total = self.pass.total();
        if total > self.best_total {
            self.best_total = total;
            self.best.clone_from(&self.pass.given.evaluation);
        }
    }

    /// Goes back to the last choice that may still be better; nothing where there is none.
    fn next_branch(&mut self) -> Option<usize> {
        while let Some(branch) = self.branches.pop() {
            self.pass.rewind(branch.mark);
            let bound = self.bound(branch.next);
            if bound <= self.best_total {
                continue;
            }
            if self.left > 0 {
                return Some(branch.next);
            }
            let most = match self.proof {
                Proof::Open { most } => most.minor().max(bound),
                Proof::Optimal => bound,
            };
            self.proof = Proof::Open { most: Money::from_minor(most) };
        }
        None
    }

    /// What stands by itself only is tried by itself.
    fn try_alone(&mut self) {
        let nothing = self.pass.mark();
        for rank in core::mem::take(&mut self.candidates.alone) {
            if self.pass.apply(rank).is_ok() {
                self.note();
            }
            self.pass.rewind(nothing);
        }
    }

    /// Whether applying the campaign at a place blocks no later one, and endangers no later one's bounds.
    fn is_harmless(&self, at: usize) -> bool {
        let list = &self.candidates.list;
        let (candidate, later) = (&list[at], &list[at + 1..]);
        let is_last = candidate.exclusivity != Exclusivity::Combinable;
        let is_blocked = |other: &Candidate| is_last || !candidate.lane.stands_beside(other.lane);
        if later.iter().any(|other| is_blocked(other) && self.pass.takes(other.rank)) {
            return false;
        }
        candidate.shape == Shape::Points || (at + 1..list.len()).all(|later| !self.endangers(at, later))
    }

    /// Whether what is given from here on could bring a later campaign over one of its bounds.
    fn endangers(&self, at: usize, later: usize) -> bool {
        let (candidate, other) = (&self.candidates.list[at], &self.candidates.list[later]);
        let is_floor = other.least.is_some() && other.bounds.len() == 1;
        if other.bounds.is_empty()
            || is_floor && candidate.shape == Shape::Line && !candidate.meets(&other.lines)
        {
            return false;
        }
        let base = self.pass.signed_base(other.rank);
        other.is_at_risk(base, other.potential_before - candidate.potential_before)
    }
}

/// A row of bits as wide as another, all off.
fn no_lines(like: &[u64]) -> Vec<u64> {
    vec![0; like.len()]
}
