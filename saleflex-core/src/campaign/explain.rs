//! One verdict for each campaign of the set: what it gave, what beat it, or the first thing that is not met.
//!
//! Asked for after an evaluation, and never on the way to one. A verdict is true in this sense: change only what it
//! names, and the campaign gives something.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{
    compiled::Compiled,
    definition::Exclusivity,
    evaluator::Evaluator,
    pass::Pass,
    proposal::{Evaluation, Rank},
    unmet::Unmet,
};
use crate::{ids::LineNo, money::Money};

/// What became of one campaign.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// The campaign it is about.
    pub campaign: Rank,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a campaign.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It gave something.
    Applied {
        /// What it gave; nothing where it gave points.
        amount: Money,
        /// The lines that bear it, by rising number; of points those that earn them.
        lines: Vec<LineNo>,
    },
    /// It would have given something, but not beside these.
    Beaten {
        /// What it would give after them, could it stand beside them.
        amount: Money,
        /// Those that stand in its way, in their order: what was applied instead, and what would be in their place. Of very
        /// many not all are named: what would be in their place is asked twenty times, and no more than two hundred times for
        /// all campaigns together.
        by: Vec<Rank>,
    },
    /// It may stand beside all that was given, but that leaves it nothing.
    NothingLeft {
        /// What it would give without these.
        amount: Money,
        /// Those that took what it counts on, in their order.
        by: Vec<Rank>,
    },
    /// It gives nothing here; this is the first reason.
    Unmet(Unmet),
}

impl Evaluator<'_> {
    /// One verdict for each campaign, in the order of the set, on an evaluation of this basket: that of
    /// [`Evaluator::evaluate`] or of [`Evaluator::best_for_customer`].
    pub fn explain(&mut self, evaluation: &Evaluation) -> Vec<Verdict> {
        let (set, context, gap) = (self.set(), self.context().clone(), self.gap());
        let applied = applied(evaluation);
        let (_, mut pass) = self.pass();
        pass.begin();
        let judge = |campaign: Rank| {
            let outcome = match set.check_eligible(campaign, &context) {
                Err(unmet) => Outcome::Unmet(unmet),
                Ok(()) if applied.contains(&campaign) => apply(&mut pass, campaign),
                Ok(()) => match pass.weigh_by_itself(campaign) {
                    Ok(amount) => Outcome::Beaten { amount, by: beaten_by(&pass, campaign, &applied) },
                    Err(unmet) => Outcome::Unmet(unmet),
                },
            };
            Verdict { campaign, outcome }
        };
        let mut verdicts: Vec<Verdict> = set.ranks().map(judge).collect();
        if self.by_priority() == evaluation {
            let mut left = MOST_ROUNDS_IN_ALL;
            for verdict in &mut verdicts {
                if let Outcome::Beaten { by, .. } = &mut verdict.outcome {
                    let most = MOST_ROUNDS.min(left);
                    left -= self.add_next(verdict.campaign, by, most);
                }
            }
        }
        let mut left = MOST_ROUNDS_IN_ALL;
        for Verdict { campaign, outcome } in &mut verdicts {
            if *outcome == Outcome::Unmet(Unmet::NothingToGive)
                && let Some((amount, by)) = self.without(*campaign, evaluation, &applied, &mut left)
            {
                *outcome = Outcome::NothingLeft { amount, by };
            }
        }
        let given = self.pass().1.given;
        given.evaluation.clone_from(evaluation);
        given.gap = gap;
        self.name_lines(&mut verdicts);
        verdicts
    }

    /// Says of each campaign that gave something which lines bear it.
    fn name_lines(&mut self, verdicts: &mut [Verdict]) {
        let allocations = self.allocate();
        let (_, pass) = self.pass();
        for Verdict { campaign, outcome } in verdicts {
            let Outcome::Applied { lines, .. } = outcome else { continue };
            let own = allocations.iter().filter(|one| one.proposal.campaign == *campaign);
            let bearing: BTreeSet<LineNo> =
                own.flat_map(|one| one.shares.iter().map(|(line, _)| *line)).collect();
            lines.extend(bearing);
            if pass.given.evaluation.points.iter().any(|award| award.campaign == *campaign) {
                let slots = &pass.basket.slots;
                let earning = pass.set.compiled[campaign.at()].bearers(pass.basket);
                lines.extend(earning.filter(|at| slots[*at].total > 0).map(|at| slots[at].no));
            }
        }
    }
}

/// How often it is asked what would beat a campaign next.
const MOST_ROUNDS: usize = 20;
/// How often for all campaigns together, each time at the price of an evaluation: a customer waits for the answer.
const MOST_ROUNDS_IN_ALL: usize = 200;

impl Evaluator<'_> {
    /// Adds to what beats a campaign what would beat it in their place, until it gives something without all of them, or
    /// gives nothing whatever is left out; in at most so many rounds, each of which adds at least one. Answers how many it
    /// took.
    fn add_next(&mut self, campaign: Rank, by: &mut Vec<Rank>, most: usize) -> usize {
        let (eligible, mut pass) = self.pass();
        let mut rounds = 0;
        while rounds < most {
            rounds += 1;
            pass.begin();
            let mut applied = BTreeSet::new();
            for rank in pass.basket.met(eligible) {
                if pass.is_ended() {
                    break;
                }
                if !by.contains(&rank) && pass.apply(rank).is_ok() {
                    applied.insert(rank);
                }
            }
            let next = apart(&pass, campaign, &applied);
            if applied.contains(&campaign) || next.is_empty() {
                break;
            }
            by.extend(next);
        }
        by.sort_unstable();
        rounds
    }
}

/// The campaigns that gave something.
fn applied(evaluation: &Evaluation) -> BTreeSet<Rank> {
    let proposals = evaluation.proposals.iter().map(|proposal| proposal.campaign);
    proposals.chain(evaluation.points.iter().map(|award| award.campaign)).collect()
}

fn apply(pass: &mut Pass<'_>, campaign: Rank) -> Outcome {
    match pass.apply(campaign) {
        Ok(amount) => Outcome::Applied { amount, lines: Vec::new() },
        Err(unmet) => Outcome::Unmet(unmet),
    }
}

/// Of those applied, the ones it does not stand beside; where it stands beside each, all of them: together they are
/// the better choice.
fn beaten_by(pass: &Pass<'_>, campaign: Rank, applied: &BTreeSet<Rank>) -> Vec<Rank> {
    let apart = apart(pass, campaign, applied);
    if apart.is_empty() { applied.iter().copied().collect() } else { apart }
}

/// Of those applied, the ones it does not stand beside.
fn apart(pass: &Pass<'_>, campaign: Rank, applied: &BTreeSet<Rank>) -> Vec<Rank> {
    let compiled = |rank: Rank| &pass.set.compiled[rank.at()];
    let is_apart = |other: &Rank| {
        let (first, then) = if *other < campaign { (*other, campaign) } else { (campaign, *other) };
        !compiled(first).may_precede(compiled(then))
    };
    applied.iter().copied().filter(is_apart).collect()
}

impl Compiled {
    /// Whether another campaign may be applied after this one.
    pub(super) fn may_precede(&self, other: &Self) -> bool {
        self.exclusivity == Exclusivity::Combinable
            && other.exclusivity != Exclusivity::Alone
            && self.lane.stands_beside(other.lane)
    }
}

mod without;

#[cfg(test)]
mod tests;
