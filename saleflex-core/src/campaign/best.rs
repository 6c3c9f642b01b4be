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
//! **What cannot win is not tried.** `Search::bound` says how much a choice can come to at most from here on, and how much
//! one that ends with a certain campaign can. The search begins with what each end is worth after everything before it
//! (`Search::try_ends`); ends that cannot come to as much are not looked at again.
//!
//! Each time a campaign is applied or weighed counts against an [effort](DEFAULT_EFFORT). What the search begins with applies
//! each campaign so many times at the most, however many there are, and is done in any case; when the effort is spent, the
//! choice that is being made is made to its end, and the answer is the best one found and the most that any other could give.

use alloc::{vec, vec::Vec};

use super::{
    evaluator::Evaluator,
    pass::{Mark, Pass},
    proposal::{Evaluation, Rank},
};
use crate::{adjustment::ResolutionRule, money::Money};

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

impl Resolution {
    /// The choice that saves the most, within the [usual effort](DEFAULT_EFFORT).
    pub const BEST: Self = Self::BestForCustomer { effort: DEFAULT_EFFORT };
}

impl ResolutionRule {
    /// How to resolve by it.
    pub const fn resolution(self) -> Resolution {
        match self {
            Self::Priority => Resolution::Priority,
            Self::Best => Resolution::BEST,
        }
    }
}

/// An effort that proves nearly every basket: of the generator's with 50 lines under 200 campaigns, all of the first 20,000.
/// Spending it takes about a tenth of a second on a basket of that size; each application reads the lines it is about.
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
        let Searched { best, .. } = self.search(effort);
        best
    }

    /// The same choice where the search comes to its end within an effort, so that a larger one finds no other, not even
    /// one that saves as much; none where it does not.
    pub(super) fn settled_best(&mut self, effort: u32) -> Option<Evaluation> {
        let Searched { best, is_cut } = self.search(effort);
        (!is_cut).then_some(best.evaluation)
    }

    fn search(&mut self, effort: u32) -> Searched {
        let (eligible, pass) = self.pass();
        let mut search = Search::begin(pass, eligible, effort);
        let alone = search.try_alone();
        search.try_ends();
        search.keep_below(alone.as_ref());
        search.leave_out_ends();
        search.run();
        search.choose_between(alone);
        search.conclude();
        let (is_cut, proof) = (search.is_cut, search.proof);
        search.pass.given.evaluation = search.best;
        let best = Best { evaluation: self.evaluation().clone(), proof };
        self.pass().1.given.gap = best.gap();
        Searched { best, is_cut }
    }

    /// Evaluates by either policy, whatever the set's own is.
    pub fn resolve(&mut self, resolution: Resolution) -> Best {
        match resolution {
            Resolution::Priority => Best { evaluation: self.by_priority().clone(), proof: Proof::Optimal },
            Resolution::BestForCustomer { effort } => self.best_for_customer(effort),
        }
    }
}

/// How often ends are left out before the search begins.
const MOST_ROUNDS: usize = 3;

/// A choice not yet tried: everything as at `mark`, and the campaign before `next` left out.
struct Branch {
    next: usize,
    mark: Mark,
}

/// What a search came to, and whether the effort cut it short.
struct Searched {
    best: Best,
    is_cut: bool,
}

struct Search<'p> {
    pass: Pass<'p>,
    candidates: Candidates,
    /// Innermost last.
    branches: Vec<Branch>,
    best: Evaluation,
    /// Minor units a choice must exceed to be kept; below nothing before the first choice.
    best_total: i64,
    /// By candidate: minor units that no choice exceeds which ends with it, below where the bound was asked last.
    ends: Vec<i64>,
    /// Minor units that no choice of campaigns that stand beside others exceeds.
    most: i64,
    effort: u32,
    /// A choice that could have been better was not tried, because the effort was spent.
    is_cut: bool,
    proof: Proof,
}

impl<'p> Search<'p> {
    fn begin(mut pass: Pass<'p>, eligible: &[u64], effort: u32) -> Self {
        pass.begin();
        let candidates = Candidates::of(&mut pass, eligible);
        Self {
            pass,
            candidates,
            branches: Vec::new(),
            best: Evaluation::default(),
            best_total: -1,
            ends: Vec::new(),
            most: i64::MAX,
            effort,
            is_cut: false,
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
            let Ok(amount) = self.pass.apply(rank) else { continue };
            if is_harmless && self.candidates.list[at].is_worth(amount.minor()) {
                continue;
            }
            self.branches.push(Branch { next: at + 1, mark });
            if self.best_total >= 0 && !self.is_spent() && self.bound(at + 1) <= self.best_total {
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

    /// Whether the effort is spent.
    const fn is_spent(&self) -> bool {
        self.pass.given.applies >= self.effort
    }

    /// Goes back to the last choice that may still be better; nothing where there is none.
    fn next_branch(&mut self) -> Option<usize> {
        if self.most <= self.best_total {
            return None;
        }
        while let Some(branch) = self.branches.pop() {
            if self.is_spent() {
                self.is_cut = true;
                self.proof = Proof::Open { most: Money::from_minor(self.most) };
                return None;
            }
            self.pass.rewind(branch.mark);
            if self.bound(branch.next) > self.best_total {
                return Some(branch.next);
            }
        }
        None
    }

    /// What stands by itself only is tried by itself: the first of those that save the most.
    fn try_alone(&mut self) -> Option<Evaluation> {
        let nothing = self.pass.mark();
        let mut best: Option<Evaluation> = None;
        for rank in core::mem::take(&mut self.candidates.alone) {
            if self.pass.apply(rank).is_ok() {
                let alone = &self.pass.given.evaluation;
                if best.as_ref().is_none_or(|best| alone.total() > best.total()) {
                    best = Some(alone.clone());
                }
            }
            self.pass.rewind(nothing);
        }
        best
    }

    /// Asks for choices that save as much as one that stands by itself.
    fn keep_below(&mut self, alone: Option<&Evaluation>) {
        let least = alone.map_or(-1, |alone| alone.total().minor() - 1);
        self.best_total = self.best_total.max(least);
    }

    /// What stands by itself is the choice where it saves more than all others, or as much with a campaign of higher
    /// priority than the first of the other choice.
    fn choose_between(&mut self, alone: Option<Evaluation>) {
        let Some(alone) = alone else { return };
        let order = alone.total().cmp(&self.best.total());
        let is_before = match (first(&alone), first(&self.best)) {
            (Some(own), Some(other)) => own < other,
            (own, _) => own.is_some(),
        };
        if order.is_gt() || order.is_eq() && is_before {
            self.best = alone;
        }
    }

    /// Everything before an end, and the end, is a choice; and so is everything without any. The best of them is kept
    /// until the search finds as much: of several choices that save the same, it comes to the right one first.
    fn try_ends(&mut self) {
        let nothing = self.pass.mark();
        for at in 0..self.candidates.list.len() {
            let before = self.pass.mark();
            let rank = self.candidates.list[at].rank;
            if self.pass.apply(rank).is_ok() && self.pass.is_ended() {
                self.keep_as_good();
                self.pass.rewind(before);
            }
        }
        self.keep_as_good();
        self.pass.rewind(nothing);
    }

    /// Keeps the choice that stands until another is found that saves as much.
    fn keep_as_good(&mut self) {
        let total = self.pass.total();
        if total > self.best.total().minor() {
            self.best_total = total - 1;
            self.best.clone_from(&self.pass.given.evaluation);
        }
    }

    /// Leaves out the ends that cannot come to as much as what was found. Without them others are worth more for sure,
    /// which can rule out more of them.
    fn leave_out_ends(&mut self) {
        for _ in 0..MOST_ROUNDS {
            self.most = self.bound(0);
            let (ends, least) = (&self.ends, self.best_total);
            let can_win = |at: usize| ends.get(at).is_some_and(|most| *most > least);
            if !self.candidates.retain(|at, candidate| !candidate.is_end() || can_win(at)) {
                return;
            }
            self.candidates.find_losses(&self.pass);
        }
        self.most = self.bound(0);
    }

    /// An effort that was spent may have left nothing open that is better.
    fn conclude(&mut self) {
        if let Proof::Open { most } = self.proof
            && most <= self.best.total()
        {
            self.proof = Proof::Optimal;
        }
    }

    /// Whether applying the campaign at a place blocks no later one, and endangers no later one's bounds.
    fn is_harmless(&self, at: usize) -> bool {
        let list = &self.candidates.list;
        let (candidate, later) = (&list[at], &list[at + 1..]);
        let is_blocked = |other: &Candidate| candidate.is_end() || !candidate.lane.stands_beside(other.lane);
        let matters = |later: &usize| self.can_matter(*later);
        let mut others = (at + 1..).zip(later).filter(|(later, _)| matters(later));
        if others.any(|(_, other)| is_blocked(other) && self.pass.takes(other.rank)) {
            return false;
        }
        let mut later = (at + 1..list.len()).filter(matters);
        if candidate.books_on_document() && later.clone().any(|later| list[later].feels_document) {
            return false;
        }
        candidate.shape == Shape::Points || later.all(|later| !self.endangers(at, later))
    }

    /// Whether a later campaign can be part of a choice that is better than the best so far; of one that does not end
    /// a choice it is not asked.
    fn can_matter(&self, later: usize) -> bool {
        let is_end = self.candidates.list[later].is_end();
        !is_end || self.ends.get(later).is_none_or(|most| *most > self.best_total)
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
        other.is_at_risk(self.pass.bases(other.rank), other.potential_before - candidate.potential_before)
    }
}

/// The campaign of the highest priority that gave something.
fn first(evaluation: &Evaluation) -> Option<Rank> {
    let proposed = evaluation.proposals.first().map(|proposal| proposal.campaign);
    let awarded = evaluation.points.first().map(|award| award.campaign);
    proposed.into_iter().chain(awarded).min()
}

/// A row of bits as wide as another, all off.
fn no_lines(like: &[u64]) -> Vec<u64> {
    vec![0; like.len()]
}

#[cfg(test)]
mod tests;
