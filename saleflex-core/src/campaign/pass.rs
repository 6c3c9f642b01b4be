//! One pass: campaigns applied one after the other to the lines of a basket.
//!
//! **Invariant:** the sum of all proposals never exceeds the value of the lines (D2), and each amount is rounded
//! once, when it is proposed.

use alloc::vec::Vec;

use super::{
    basket::{ALL, Basket, Slot, Sum},
    cart::{CartTender, Context},
    compile::CampaignSet,
    compiled::{Compiled, LaneBits},
    definition::{Exclusivity, TenderTerms},
    exact::{FINE, fine_percent, part, round},
    index::TargetNo,
    proposal::{Evaluation, PointsAward, Proposal, Rank},
    units::Units,
    unmet::Unmet,
};
use crate::{ids::TenderNo, money::Money, quantity::Percent};

mod asking;
mod exchange;
mod give;
mod memo;
mod sets;

pub(super) use memo::Memo;

/// What a pass has given so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    /// Fine, by slot: line-level proposals.
    off: Vec<i64>,
    /// Fine: document-level proposals.
    document: i64,
    /// Fine: both.
    total: i64,
    /// Fine: the value of all lines, what is brought back not counted.
    worth: i64,
    lanes: Lanes,
    pub(super) evaluation: Evaluation,
    /// What another choice could give more at most.
    pub(super) gap: Money,
    /// Changes of `off`, to take back.
    journal: Vec<(usize, i64)>,
    /// By target: what line-level proposals took of its lines.
    taken: Vec<i64>,
    pub(super) units: Units,
    more_units: Units,
    /// How often a campaign was applied or weighed since the pass began.
    pub(super) applies: u32,
    /// Lanes and bounds of the base are not asked: what a campaign could give at most.
    is_relaxed: bool,
}

/// Which campaigns gave something, as far as others must know.
#[derive(Clone, Copy, Debug, Default)]
struct Lanes {
    last: Option<Rank>,
    ended: bool,
    groups: u64,
    /// Groups that every campaign so far stacks with, negated so that nothing so far is zero.
    without: u64,
}

/// A point of a pass to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    document: i64,
    total: i64,
    lanes: Lanes,
    proposals: usize,
    points: usize,
    in_sets: usize,
    journal: usize,
}

/// A pass over a basket.
pub(super) struct Pass<'a> {
    pub(super) set: &'a CampaignSet,
    pub(super) context: &'a Context,
    pub(super) basket: &'a Basket,
    /// By rising number.
    pub(super) tenders: &'a [CartTender],
    pub(super) given: &'a mut Given,
}

/// What holds for the campaign being applied.
#[derive(Clone, Copy)]
struct Turn<'a> {
    rank: Rank,
    compiled: &'a Compiled,
    tender: Option<TenderNo>,
    /// Fine: what the campaign is about, after all proposals so far.
    base: i64,
    /// Minor units the campaign may still give on this document.
    ceiling: i64,
}

impl<'a> Pass<'a> {
    /// Starts anew: nothing given.
    pub(super) fn begin(&mut self) {
        let given = &mut *self.given;
        given.off.clear();
        given.off.resize(self.basket.slots.len(), 0);
        given.taken.clear();
        given.taken.resize(self.basket.sums.len(), 0);
        given.document = 0;
        given.total = 0;
        given.gap = Money::ZERO;
        given.applies = 0;
        given.is_relaxed = false;
        given.lanes = Lanes::default();
        given.journal.clear();
        given.evaluation.proposals.clear();
        given.evaluation.points.clear();
        given.evaluation.in_sets.clear();
        given.worth = self.basket.sums[ALL as usize].positive;
    }

    /// Where the pass stands, to come back to by [`Pass::rewind`].
    pub(super) fn mark(&self) -> Mark {
        let given = &*self.given;
        Mark {
            document: given.document,
            total: given.total,
            lanes: given.lanes,
            proposals: given.evaluation.proposals.len(),
            points: given.evaluation.points.len(),
            in_sets: given.evaluation.in_sets.len(),
            journal: given.journal.len(),
        }
    }

    /// Takes back everything since the mark.
    pub(super) fn rewind(&mut self, mark: Mark) {
        let given = &mut *self.given;
        while given.journal.len() > mark.journal {
            if let Some((slot, before)) = given.journal.pop() {
                let back = given.off[slot] - before;
                given.off[slot] = before;
                for &target in self.basket.targets(slot) {
                    given.taken[target as usize] -= back;
                }
            }
        }
        given.document = mark.document;
        given.total = mark.total;
        given.lanes = mark.lanes;
        given.evaluation.proposals.truncate(mark.proposals);
        given.evaluation.points.truncate(mark.points);
        given.evaluation.in_sets.truncate(mark.in_sets);
    }

    /// Fine: what can still be given on all lines together.
    pub(super) const fn left(&self) -> i64 {
        self.given.worth - self.given.total
    }

    /// Minor units given so far.
    pub(super) const fn total(&self) -> i64 {
        self.given.total / FINE
    }

    /// Whether a campaign may stand beside all that gave something.
    pub(super) fn takes(&self, rank: Rank) -> bool {
        self.given.lanes.takes(&self.set.compiled[rank.at()])
    }

    /// Fine: the base of a campaign as its bounds are asked of it, before it counts as nothing where it is below.
    pub(super) fn signed_base(&self, rank: Rank) -> i64 {
        let target = self.set.compiled[rank.at()].target;
        self.sum(target).signed - self.given.document
    }

    /// Fine: the base of a campaign as its amount is taken from it.
    pub(super) fn positive_base(&self, rank: Rank) -> i64 {
        let target = self.set.compiled[rank.at()].target;
        (self.sum(target).positive - self.given.document).max(0)
    }

    /// What the lines of a target come to after line-level proposals.
    fn sum(&self, target: TargetNo) -> Sum {
        let Sum { lines, signed, positive } = self.basket.sums[target as usize];
        let taken = self.given.taken[target as usize];
        Sum { lines, signed: signed - taken, positive: positive - taken }
    }

    /// What a campaign would give here beside nothing else; nothing is given.
    ///
    /// # Errors
    /// [`Unmet`]: why it would give nothing even so.
    pub(super) fn weigh_by_itself(&mut self, rank: Rank) -> Result<Money, Unmet> {
        let mark = self.mark();
        self.given.lanes = Lanes::default();
        let given = self.apply(rank);
        self.rewind(mark);
        given
    }

    /// From here on, lanes, bounds of the base and how many lines may have it are not asked, or are again.
    pub(super) const fn relax(&mut self, is_relaxed: bool) {
        self.given.is_relaxed = is_relaxed;
    }

    /// Whether nothing may follow what was given.
    pub(super) const fn is_ended(&self) -> bool {
        self.given.lanes.ended
    }

    /// Applies a campaign that is eligible, and answers what it gave.
    ///
    /// # Errors
    /// [`Unmet`]: then nothing was given, and nothing is blocked (A13).
    pub(super) fn apply(&mut self, rank: Rank) -> Result<Money, Unmet> {
        let set = self.set;
        let compiled = &set.compiled[rank.at()];
        self.given.applies = self.given.applies.saturating_add(1);
        self.check_lane(compiled)?;
        let mark = self.mark();
        if let Err(unmet) = self.give(rank, compiled) {
            self.rewind(mark);
            return Err(unmet);
        }
        let proposals = &self.given.evaluation.proposals[mark.proposals..];
        let amount: Money = proposals.iter().map(|proposal| proposal.amount).sum();
        if proposals.is_empty() && self.given.evaluation.points.len() == mark.points {
            return Err(Unmet::NothingToGive);
        }
        if !self.given.is_relaxed {
            self.given.lanes.join(rank, compiled);
        }
        Ok(amount)
    }

    fn check_lane(&self, compiled: &Compiled) -> Result<(), Unmet> {
        match self.given.lanes.last {
            Some(with) if !self.given.is_relaxed && !self.given.lanes.takes(compiled) => {
                Err(Unmet::Stacking { with })
            }
            _ => Ok(()),
        }
    }

    fn give(&mut self, rank: Rank, compiled: &'a Compiled) -> Result<(), Unmet> {
        let campaign = self.set.campaign(rank);
        if let Some(test) = &compiled.test {
            self.test(test, rank).map_err(|(question, why)| Unmet::Condition { question, why })?;
        }
        let sum = self.sum(compiled.target);
        if sum.lines == 0 {
            return Err(Unmet::NoLines);
        }
        if !self.given.is_relaxed {
            compiled.check_purchase(sum.signed - self.given.document)?;
        }
        let base = (sum.positive - self.given.document).max(0);
        // Asked after the goods: how a customer pays is decided last.
        let tender = compiled.tender.as_ref().map(|terms| self.anchor(terms, base)).transpose()?;
        let spent = || self.context.uses.get(&campaign.id).map_or(Money::ZERO, |uses| uses.spent);
        let budget = compiled.budget.map_or(i64::MAX, |budget| (budget - spent()).minor());
        let above = self.above_floor(compiled).map_or(i64::MAX, |above| above / FINE);
        let ceiling = compiled.per_document.min(budget).min(above);
        self.carry_out(Turn { rank, compiled, tender, base, ceiling })
    }

    /// The tender that carries the discount: the first of those that earn it.
    fn anchor(&self, terms: &TenderTerms, base: i64) -> Result<TenderNo, Unmet> {
        let mut passing = self.tenders.iter().filter(|tender| terms.of.has(tender.method)).peekable();
        let anchor = passing.peek().ok_or(Unmet::NoTender)?.no;
        let needed = part(self.payable(base), fine_percent(terms.least_share));
        // The tenders of a cart are not bounded: more than any document owes is enough.
        let paid = passing.map(|tender| tender.amount.minor()).fold(0, i64::saturating_add);
        // Where no share is asked for, the amounts do not count at all (A8): not even what was paid back.
        if needed > 0 && paid.saturating_mul(FINE) < needed && !self.given.is_relaxed {
            return Err(Unmet::TenderShare { needed: minor_above(needed), actual: Money::from_minor(paid) });
        }
        Ok(anchor)
    }

    /// Fine: what a share of a base is counted of. Whatever else lowers what is due, who pays all of it pays the whole.
    pub(super) fn payable(&self, base: i64) -> i64 {
        self.context.due.map_or(base, |due| base.min(due.or_zero().minor().saturating_mul(FINE)))
    }

    /// Fine: what is left of a line after line-level proposals; nothing of what is brought back.
    fn net(&self, at: usize) -> i64 {
        (self.basket.slots[at].total.max(0) - self.given.off[at]).max(0)
    }

    /// Proposes on the document. `fine` is the exact amount, `most` what it is taken from.
    fn propose_document(&mut self, turn: &Turn<'_>, fine: i64, most: i64, rate: Option<Percent>) {
        let is_limited = turn.compiled.limits_lines();
        let most = if is_limited { most.min(self.room_of(turn.compiled)) } else { most };
        let amount = self.capped(turn, fine, most);
        if amount > 0 {
            self.given.document += amount * FINE;
            self.push(turn, None, amount, rate);
        }
    }

    /// Proposes on a line, and answers the minor units; nothing where it rounds to nothing.
    fn propose_line(
        &mut self,
        turn: &Turn<'_>,
        at: usize,
        fine: i64,
        net: i64,
        rate: Option<Percent>,
    ) -> i64 {
        let most =
            if turn.compiled.limits_lines() { turn.compiled.room(&self.basket.slots[at], net) } else { net };
        let amount = self.capped(turn, fine, most);
        if amount > 0 {
            self.take_off_line(at, amount);
            self.push(turn, Some(at), amount, rate);
        }
        amount
    }

    /// Notes minor units that were taken off a line.
    fn take_off_line(&mut self, at: usize, amount: i64) {
        self.given.journal.push((at, self.given.off[at]));
        self.given.off[at] += amount * FINE;
        for &target in self.basket.targets(at) {
            self.given.taken[target as usize] += amount * FINE;
        }
    }

    /// Minor units of a proposal: rounded once, then cut by what is left of all lines and of the campaign.
    fn capped(&self, turn: &Turn<'_>, fine: i64, most: i64) -> i64 {
        round(fine.max(0), most).min(self.left() / FINE).min(turn.ceiling)
    }

    fn push(&mut self, turn: &Turn<'_>, at: Option<usize>, amount: i64, rate: Option<Percent>) {
        self.given.total += amount * FINE;
        let line = at.map(|at| self.basket.slots[at].no);
        let amount = Money::from_minor(amount);
        let proposal = Proposal { campaign: turn.rank, line, tender: turn.tender, amount, rate };
        self.given.evaluation.proposals.push(proposal);
    }

    /// What it is given on is known when all is given.
    fn award(&mut self, turn: &Turn<'_>, percent: Percent) {
        self.given.evaluation.points.push(PointsAward { campaign: turn.rank, percent });
    }

    /// Fine: how much of the lines that get cheaper the campaign may take.
    pub(super) fn room_of(&self, compiled: &Compiled) -> i64 {
        let room = |at: usize| compiled.room(&self.basket.slots[at], self.net(at));
        compiled.bearers(self.basket).map(room).sum()
    }

    /// Fine: how much of its lines a campaign with a floor may take; none without one. What was taken off the document
    /// before counts as if these lines bore all of it: who bears it is not known before all is given.
    pub(super) fn above_floor(&self, compiled: &Compiled) -> Option<i64> {
        if !compiled.has_floor() {
            return None;
        }
        let above = |at: usize| compiled.above_floor(&self.basket.slots[at], self.net(at));
        let above: i64 = compiled.bearers(self.basket).map(above).sum();
        Some((above - self.given.document).max(0))
    }
}

impl Lanes {
    /// Whether a campaign may stand beside all that gave something.
    fn takes(&self, compiled: &Compiled) -> bool {
        let LaneBits { group, with } = compiled.lane;
        !self.ended
            && compiled.exclusivity != Exclusivity::Alone
            && self.groups & !with == 0
            && group & self.without == 0
    }

    fn join(&mut self, rank: Rank, compiled: &Compiled) {
        self.last = Some(rank);
        self.ended |= compiled.exclusivity != Exclusivity::Combinable;
        self.groups |= compiled.lane.group;
        self.without |= !compiled.lane.with;
    }
}

impl Compiled {
    /// Whether the base, which is never below nothing, is within the bounds of the purchase.
    pub(super) fn check_purchase(&self, signed: i64) -> Result<(), Unmet> {
        let base = signed.max(0);
        if let Some(needed) = self.least.filter(|least| base < *least) {
            return Err(Unmet::BelowPurchase { needed: minor_below(needed), actual: minor_below(base) });
        }
        if let Some(most) = self.most.filter(|most| base > *most) {
            return Err(Unmet::AbovePurchase { most: minor_below(most), actual: minor_above(base) });
        }
        Ok(())
    }

    /// Whether lines limit what the campaign may take of them.
    pub(super) const fn limits_lines(&self) -> bool {
        self.has_floor() || self.per_line.is_some()
    }

    /// Whether there is a price below which the campaign takes no unit.
    pub(super) const fn has_floor(&self) -> bool {
        self.lowest_price.is_some() || self.cost_floor
    }

    /// Fine: how much of what is left of a line the campaign may take, by its floor and its ceiling a line.
    pub(super) fn room(&self, slot: &Slot, net: i64) -> i64 {
        self.above_floor(slot, net).min(self.per_line.unwrap_or(i64::MAX))
    }

    /// Fine: how much of what is left of a line lies above the lowest price and the shop's cost, of which one counts
    /// in whole minor units, so that what lines have left adds up when it is shared out.
    pub(super) fn above_floor(&self, slot: &Slot, net: i64) -> i64 {
        if !self.has_floor() {
            return net.max(0);
        }
        (net - net.rem_euclid(FINE)).saturating_sub(self.floor(slot)).max(0)
    }

    /// Fine, whole minor units: what the campaign must leave of a line.
    pub(super) fn floor(&self, slot: &Slot) -> i64 {
        let lowest = self.lowest_price.unwrap_or(0).max(if self.cost_floor { slot.cost } else { 0 });
        let floor = i128::from(lowest) * i128::from(slot.quantity.max(0));
        let minor = (floor + SQUARE - 1) / SQUARE;
        i64::try_from(minor).unwrap_or(i64::MAX).saturating_mul(FINE)
    }
}

/// What a price times a quantity, both fine, has in a minor unit.
const SQUARE: i128 = FINE as i128 * FINE as i128;

/// Whole minor units, rounded down.
const fn minor_below(fine: i64) -> Money {
    Money::from_minor(fine.div_euclid(FINE))
}

/// Whole minor units, rounded up.
const fn minor_above(fine: i64) -> Money {
    Money::from_minor(-(-fine).div_euclid(FINE))
}
