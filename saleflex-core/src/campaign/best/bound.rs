//! How much a choice can come to at most.
//!
//! What a campaign gives never grows by what was given before it. So the campaigns that are left, all applied without
//! asking lanes and bounds of the base, give at least what any choice of them does; at most one that nothing may follow
//! counts, and it last. That needs amounts that are not lost more than once to later campaigns; what does not keep to it
//! (sets of several parts, steps near their edge, tangled lines, floors that the document may reach) is not applied but
//! added, as the most it could give by itself.

use alloc::vec::Vec;

use super::{Candidate, Candidates, Search, Shape};
use crate::{
    campaign::{
        basket::places,
        compiled::LaneBits,
        exact::{FINE, part},
        pass::Pass,
        plan::{Cut, Plan, SetPrice},
        proposal::Rank,
        units::{UnitLine, WHOLE},
    },
    money::Money,
};

/// How a campaign that is left counts towards a bound.
#[derive(Clone, Copy)]
enum Weight {
    /// It cannot give anything any more.
    Dead,
    /// By applying it.
    Applied,
    /// By applying it where that is worth what others lose, else by the most it can give.
    Tangled(i64),
    /// By the most it can give, in minor units.
    Added(i64),
}

/// How often campaigns that do not stand beside each other are told apart for one bound.
const MOST_SPLITS: usize = 2;

impl Search<'_> {
    /// Minor units: what no choice from a place on exceeds, with everything given so far. `ends` then says it of those
    /// that end with a certain campaign.
    pub(super) fn bound(&mut self, from: usize) -> i64 {
        self.ends.clear();
        self.ends.resize(self.candidates.list.len(), i64::MIN);
        let weights = self.weigh(from);
        self.bound_split(from, &weights, MOST_SPLITS)
    }

    /// Campaigns that do not stand beside each other are never in one choice: either those of a lane are left out, or
    /// all that may not stand beside them.
    fn bound_split(&mut self, from: usize, weights: &[Weight], splits: usize) -> i64 {
        let Some(lane) = self.first_apart(from, weights).filter(|_| splits > 0) else {
            return self.bound_together(from, weights);
        };
        let list = &self.candidates.list[from..];
        let without = |leaves: &dyn Fn(LaneBits) -> bool| -> Vec<Weight> {
            let lanes = list.iter().map(|candidate| candidate.lane);
            lanes.zip(weights).map(|(lane, known)| if leaves(lane) { Weight::Dead } else { *known }).collect()
        };
        let apart = without(&|other| other == lane);
        let beside = without(&|other| is_apart(lane, other));
        let most = self.bound_split(from, &apart, splits - 1);
        most.max(self.bound_split(from, &beside, splits - 1))
    }

    /// The lane of the first campaign that another may not stand beside.
    fn first_apart(&self, from: usize, weights: &[Weight]) -> Option<LaneBits> {
        let counted = self.candidates.list[from..].iter().zip(weights);
        let lanes = counted.filter(|(_, weight)| !matches!(weight, Weight::Dead)).map(|one| one.0.lane);
        let (groups, with) =
            lanes.clone().fold((0, u64::MAX), |(groups, with), lane| (groups | lane.group, with & lane.with));
        if groups & !with == 0 {
            return None;
        }
        // Thousands of campaigns have few lanes.
        let mut each: Vec<LaneBits> = Vec::new();
        for lane in lanes {
            if !each.contains(&lane) {
                each.push(lane);
            }
        }
        each.iter().copied().find(|lane| each.iter().any(|other| is_apart(*lane, *other)))
    }

    fn bound_together(&mut self, from: usize, weights: &[Weight]) -> i64 {
        let (total, before) = (self.pass.total(), self.pass.mark());
        let most = total + self.pass.left() / FINE;
        let (mut added, mut best) = (0, total);
        self.pass.relax(true);
        for ((at, candidate), &weight) in self.candidates.list.iter().enumerate().skip(from).zip(weights) {
            let so_far = self.pass.total() + added;
            let mark = self.pass.mark();
            let more = match weight {
                Weight::Dead => continue,
                Weight::Added(most) => most,
                Weight::Applied | Weight::Tangled(_) => {
                    self.pass.apply(candidate.rank).map_or(0, Money::minor)
                }
            };
            best = best.max(so_far + more);
            if candidate.is_end() {
                self.pass.rewind(mark);
                self.ends[at] = self.ends[at].max((so_far + more).min(most));
                continue;
            }
            match weight {
                Weight::Added(most) => added += most,
                Weight::Tangled(most) if !candidate.is_worth(more) => {
                    self.pass.rewind(mark);
                    added += most;
                }
                Weight::Dead | Weight::Applied | Weight::Tangled(_) => {}
            }
        }
        best = best.max(self.pass.total() + added);
        self.pass.relax(false);
        self.pass.rewind(before);
        best.min(most)
    }

    /// How each campaign from a place on counts, as things stand.
    fn weigh(&mut self, from: usize) -> Vec<Weight> {
        let Candidates { list, .. } = &self.candidates;
        let list = list.get(from..).unwrap_or_default();
        let taken_before = list.first().map_or(0, |first| first.potential_before);
        let pass = &mut self.pass;
        let weight = |candidate: &Candidate| {
            if !pass.takes(candidate.rank) {
                return Weight::Dead;
            }
            let base = pass.signed_base(candidate.rank);
            if candidate.least.is_some_and(|least| base < least) {
                return Weight::Dead;
            }
            let most_taken = candidate.potential_before - taken_before;
            let is_on_edge =
                candidate.has_steps && candidate.is_at_risk(pass.bases(candidate.rank), most_taken);
            if candidate.shape == Shape::Sets || is_on_edge {
                Weight::Added(pass.ceiling(candidate.rank) / FINE)
            } else if candidate.is_tangled || candidate.feels_document {
                let mark = pass.mark();
                pass.relax(true);
                let most = pass.apply(candidate.rank).map_or(0, Money::minor);
                pass.relax(false);
                pass.rewind(mark);
                if candidate.feels_document { Weight::Added(most) } else { Weight::Tangled(most) }
            } else {
                Weight::Applied
            }
        };
        list.iter().map(weight).collect()
    }
}

/// Whether campaigns of two lanes are never in one choice. Of one lane that does not stand beside itself there may be
/// one.
fn is_apart(one: LaneBits, other: LaneBits) -> bool {
    one != other && !one.stands_beside(other)
}

impl Pass<'_> {
    /// Fine, whole minor units: what a campaign cannot exceed, now or after more was given.
    pub(super) fn ceiling(&mut self, rank: Rank) -> i64 {
        // It looks through the goods as applying does.
        self.given.applies = self.given.applies.saturating_add(1);
        let compiled = &self.set.compiled[rank.at()];
        let base = self.positive_base(rank);
        let fine = match &compiled.plan {
            Plan::Sets { parts, price } => self.most_of_sets(rank, parts, *price),
            Plan::Tiers { steps, .. } => {
                let of_step = |(_, cut): &(i64, Cut)| match *cut {
                    Cut::Rate(rate, _) => part(base, rate).min(compiled.per_proposal),
                    Cut::Amount(amount) => amount.min(base),
                };
                // The base only falls: a step that is not reached never is.
                let reached = steps.iter().take_while(|step| step.0 <= base);
                reached.map(of_step).max().unwrap_or(0)
            }
            // Others are weighed by applying them.
            Plan::Nothing
            | Plan::Off { .. }
            | Plan::Products { .. }
            | Plan::FixedPrice { .. }
            | Plan::BuyGet(_)
            | Plan::Gift { .. }
            | Plan::Points { .. } => self.left(),
        };
        let minor = (fine.max(0) / FINE).saturating_add(1).min(compiled.per_document).min(self.left() / FINE);
        minor.saturating_mul(FINE)
    }

    /// Fine: no set saves more than its units cost above their even share of the set's price, and there are no more
    /// sets than the scarcest part allows.
    fn most_of_sets(&mut self, rank: Rank, parts: &[(u32, i64)], price: SetPrice) -> i64 {
        let compiled = &self.set.compiled[rank.at()];
        let basket = self.basket;
        let own = basket.lines_of(compiled.target);
        let in_a_part = |at: &usize| parts.iter().any(|(target, _)| basket.has(*target, *at));
        let mut units = self.take_units();
        self.collect(places(own, own).filter(in_a_part), &mut units);
        units.sort_unstable_by(|one, other| other.by_price(one));
        let of_part = |target: u32| -> i64 {
            units.iter().filter(|line| basket.has(target, line.slot)).map(|line| line.units).sum()
        };
        let sets = parts.iter().map(|(target, each)| of_part(*target) / each).min().unwrap_or(0);
        let sets = sets.min(compiled.times);
        let size: i64 = parts.iter().map(|part| part.1).sum();
        let share = match price {
            SetPrice::Fixed(price) => price / size,
            SetPrice::Off(_) => 0,
        };
        let mut wanted = sets.saturating_mul(size);
        let mut value = 0_i64;
        for line in &units {
            let taken = line.units.min(wanted);
            wanted -= taken;
            value = value.saturating_add(above(line, taken, share));
        }
        self.given.units = units;
        match price {
            SetPrice::Fixed(_) => value,
            SetPrice::Off(Cut::Rate(rate, _)) => part(value, rate.min(WHOLE)) + 1,
            SetPrice::Off(Cut::Amount(amount)) => amount.saturating_mul(sets).min(value),
        }
        .min(compiled.per_proposal)
    }
}

/// Fine, rounded up: how much units cost above a price.
fn above(line: &UnitLine, units: i64, price: i64) -> i64 {
    let value = (i128::from(line.net) * i128::from(FINE) * i128::from(units) + i128::from(line.quantity) - 1)
        / i128::from(line.quantity);
    let value = i64::try_from(value).unwrap_or(i64::MAX);
    value.saturating_sub(price.saturating_mul(units)).max(0)
}
