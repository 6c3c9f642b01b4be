//! What campaigns came to in the last pass by priority, so that the next works out only those that see a difference.

use alloc::vec::Vec;

use super::Pass;
use crate::campaign::{
    basket::{Basket, clear_bit, has_bit},
    compile::CampaignSet,
    compiled::Compiled,
    eligible::set_bit,
    exact::FINE,
    proposal::{Evaluation, InSet, PointsAward, Proposal, Rank},
    unmet::Unmet,
};

/// What each campaign came to in the last pass by priority, for as long as it would come to the same.
///
/// A campaign sees the lines of the targets it names, what campaigns before it took off these lines, and mostly what they
/// took off the document. As long as all of that is as it was, it gives the same and need not be worked out: **remembered**
/// is of each campaign that was tried that it gave nothing, or what it gave.
///
/// **Forgotten** is what a campaign came to
/// - that looks at a line which is put in, changed or taken out;
/// - that looks at a line, or at the document, off which a campaign before it takes another amount than in the last pass;
/// - that stands behind one that ends the pass, and was not come to;
/// - that gave something, where no whole minor unit of the basket is left after it, then or now; or that gave nothing where
///   none was left. As long as one is left, what is left has cut no amount.
///
/// All is forgotten where something else than such a pass gives or takes back, such as the search for the best choice.
///
/// **Never remembered** is what a condition, a way to pay or a budget decides. It is asked in each pass, and so is which
/// campaigns the document allows and which may stand beside what was given, so that a change of tenders, customer, coupons,
/// counts or time need not be told.
///
/// **Invariant:** when a pass comes to a campaign of which something is known, all that this campaign sees is as it was when
/// the last pass came to it. Kept are a bit for each campaign and the last evaluation, whatever the basket went through.
#[derive(Clone, Debug, Default)]
pub(in crate::campaign) struct Memo {
    /// A bit for each campaign of which it is known what it comes to: what stands among the givers, else nothing.
    known: Vec<u64>,
    /// The campaigns that gave something, in order.
    givers: Vec<Giver>,
    /// Those of the pass before, while a pass is made.
    before: Vec<Giver>,
    /// What these gave.
    last: Evaluation,
}

/// A campaign that gave something, and where what it gave begins and ends in its evaluation.
#[derive(Clone, Copy, Debug)]
struct Giver {
    rank: Rank,
    from: Place,
    to: Place,
}

/// A place in an evaluation.
#[derive(Clone, Copy, Debug)]
struct Place {
    proposals: usize,
    points: usize,
    in_sets: usize,
}

impl Place {
    /// Where an evaluation goes on.
    const fn end_of(evaluation: &Evaluation) -> Self {
        let Evaluation { proposals, points, in_sets } = evaluation;
        Self { proposals: proposals.len(), points: points.len(), in_sets: in_sets.len() }
    }
}

impl Giver {
    fn proposals(self, evaluation: &Evaluation) -> &[Proposal] {
        evaluation.proposals.get(self.from.proposals..self.to.proposals).unwrap_or_default()
    }

    fn points(self, evaluation: &Evaluation) -> &[PointsAward] {
        evaluation.points.get(self.from.points..self.to.points).unwrap_or_default()
    }

    fn in_sets(self, evaluation: &Evaluation) -> &[InSet] {
        evaluation.in_sets.get(self.from.in_sets..self.to.in_sets).unwrap_or_default()
    }
}

impl Memo {
    /// Forgets everything.
    pub(in crate::campaign) fn clear(&mut self) {
        self.known.fill(0);
        self.givers.clear();
    }

    /// Forgets what campaigns came to that look at the targets of a line: before it is changed, and again afterwards.
    pub(in crate::campaign) fn forget_line(&mut self, set: &CampaignSet, basket: &Basket, at: usize) {
        set.sight.clear_lookers(&mut self.known, basket.targets(at), 0);
    }

    /// A pass by priority over what the last one, if it was this memo's, has left in `pass`.
    pub(in crate::campaign) fn go_through(&mut self, pass: &mut Pass<'_>, eligible: &[u64]) {
        core::mem::swap(&mut self.last, &mut pass.given.evaluation);
        core::mem::swap(&mut self.before, &mut self.givers);
        self.givers.clear();
        self.known.resize(pass.set.len().div_ceil(64), 0);
        pass.begin();
        let is_of_use = self.known.iter().any(|word| *word != 0);
        let (mut from, mut next) = (0, 0);
        while !pass.is_ended() {
            let giver = self.before.get(next).copied();
            let unknown = pass.basket.next_met(eligible, &self.known, from);
            let at = match (unknown, giver.map(|giver| giver.rank.at())) {
                (Some(unknown), Some(giver)) => unknown.min(giver),
                (Some(at), None) | (None, Some(at)) => at,
                (None, None) => break,
            };
            let (rank, giver) = (Rank::nth(at), giver.filter(|giver| giver.rank.at() == at));
            next += usize::from(giver.is_some());
            from = at + 1;
            let is_allowed = has_bit(eligible, rank) && pass.basket.is_met(rank);
            if !self.repeat(pass, rank, giver.filter(|_| is_allowed)) {
                self.try_anew(pass, rank, giver, is_allowed, is_of_use);
            }
        }
        if pass.is_ended() {
            clear_from(&mut self.known, from);
        }
    }

    /// Gives what a campaign gave in the last pass; whether it is known to give that once more.
    fn repeat(&mut self, pass: &mut Pass<'_>, rank: Rank, giver: Option<Giver>) -> bool {
        let Some(giver) = giver.filter(|_| has_bit(&self.known, rank)) else { return false };
        let from = Place::end_of(&pass.given.evaluation);
        let is_given = pass.repeat(giver, &self.last);
        if is_given {
            self.givers.push(Giver { rank, from, to: Place::end_of(&pass.given.evaluation) });
        }
        is_given
    }

    /// Tries a campaign, where it is allowed, and forgets what those after it came to that see another outcome than the last.
    fn try_anew(
        &mut self,
        pass: &mut Pass<'_>,
        rank: Rank,
        giver: Option<Giver>,
        is_allowed: bool,
        is_of_use: bool,
    ) {
        let from = Place::end_of(&pass.given.evaluation);
        clear_bit(&mut self.known, rank);
        if is_allowed {
            let tried = pass.apply(rank);
            let is_decided_by_goods = !has_bit(pass.set.sight.beyond(), rank)
                && !matches!(tried, Err(Unmet::Stacking { .. }))
                && pass.left() >= FINE;
            if is_decided_by_goods {
                set_bit(&mut self.known, rank);
            }
            if tried.is_ok() {
                self.givers.push(Giver { rank, from, to: Place::end_of(&pass.given.evaluation) });
            }
        }
        if is_of_use {
            let gave = giver.map(|giver| giver.proposals(&self.last)).unwrap_or_default();
            let now = pass.given.evaluation.proposals.get(from.proposals..).unwrap_or_default();
            forget_differences(&mut self.known, pass, (gave, now), rank.at() + 1);
        }
    }
}

/// Forgets what campaigns from one on came to that look at what another amount is taken off than in the last pass.
fn forget_differences(
    known: &mut [u64],
    pass: &Pass<'_>,
    (gave, now): (&[Proposal], &[Proposal]),
    from: usize,
) {
    let is_same =
        |(one, other): &(&Proposal, &Proposal)| one.line == other.line && one.amount == other.amount;
    let same = gave.iter().zip(now).take_while(is_same).count();
    let sight = &pass.set.sight;
    for proposal in gave.iter().skip(same).chain(now.iter().skip(same)) {
        let Some(line) = proposal.line else {
            sight.clear_of_document(known, from);
            continue;
        };
        // What looked at a line that is gone was forgotten when it went.
        if let Ok(at) = pass.basket.place(line) {
            sight.clear_lookers(known, pass.basket.targets(at), from);
        }
    }
}

/// Clears the bits from a campaign on.
fn clear_from(bits: &mut [u64], from: usize) {
    let mut ahead = u64::MAX << (from % 64);
    for word in bits.iter_mut().skip(from / 64) {
        *word &= !ahead;
        ahead = u64::MAX;
    }
}

impl Pass<'_> {
    /// Gives once more what a campaign gave in the last pass, whose evaluation is `last`, where it may stand beside what was
    /// given and more than that is left; whether it does.
    fn repeat(&mut self, giver: Giver, last: &Evaluation) -> bool {
        let set = self.set;
        let compiled: &Compiled = &set.compiled[giver.rank.at()];
        let gave = giver.proposals(last);
        let amount: i64 = gave.iter().map(|proposal| proposal.amount.minor()).sum();
        if self.check_lane(compiled).is_err() || self.left() / FINE <= amount {
            return false;
        }
        let from = self.given.evaluation.proposals.len();
        for proposal in gave {
            let amount = proposal.amount.minor();
            match proposal.line.map(|line| self.basket.place(line)) {
                Some(Ok(at)) => self.take_off_line(at, amount),
                Some(Err(_)) => {}
                None => self.given.document += amount * FINE,
            }
        }
        self.given.total += amount * FINE;
        let evaluation = &mut self.given.evaluation;
        evaluation.proposals.extend_from_slice(gave);
        evaluation.points.extend_from_slice(giver.points(last));
        let in_sets = giver.in_sets(last).iter();
        let moved = |one: &InSet| InSet { proposal: one.proposal - giver.from.proposals + from, ..*one };
        evaluation.in_sets.extend(in_sets.map(moved));
        self.given.lanes.join(giver.rank, compiled);
        true
    }
}
