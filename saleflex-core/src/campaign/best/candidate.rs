//! What the search knows of each campaign before it begins.

use alloc::vec::Vec;

use super::no_lines;
use crate::campaign::{
    basket::Basket,
    benefit::{Per, TierBy},
    compiled::{Compiled, LaneBits},
    definition::Exclusivity,
    exact::{FINE, fine_percent},
    index::TargetNo,
    pass::Pass,
    plan::{Cut, Plan, SetPrice},
    proposal::Rank,
    units::WHOLE,
    unmet::Unmet,
};

/// What a campaign reads, and where it books what it gives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// Reads what is left of its lines, and takes from them.
    Line,
    /// Reads the base, which every document-level amount has lowered already.
    Base,
    /// Reads what is left of its lines, and takes from the document: what it takes the next reader sees again.
    Units,
    /// Reads the units as sets, dearest first; a lower price can make another set.
    Sets,
    /// No money.
    Points,
}

/// A campaign that could give something.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) rank: Rank,
    pub(super) shape: Shape,
    pub(super) exclusivity: Exclusivity,
    pub(super) lane: LaneBits,
    /// The lines it reads or takes from.
    pub(super) lines: Vec<u64>,
    /// The least base, fine.
    pub(super) least: Option<i64>,
    /// Fine, rising: bases at which it begins to give, to give more, or stops.
    pub(super) bounds: Vec<i64>,
    /// Whether it has steps of its base.
    pub(super) has_steps: bool,
    /// Fine: the most that combinable campaigns before it give together.
    pub(super) potential_before: i64,
    /// Whether what was taken off the document before may leave it less of lines it must leave a floor of. Each such
    /// campaign counts all of that anew, so that it may be lost more than once.
    pub(super) feels_document: bool,
    /// Whether an amount it takes from a line may be lost twice to those after it.
    pub(super) is_tangled: bool,
    /// Ten-thousandths of a percent: how much of an amount it takes from a line those after it give less, at most.
    loss: i64,
    /// How many roundings may add a minor unit each to that loss.
    roundings: i64,
}

/// All of them, in the order of the pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    pub(super) list: Vec<Candidate>,
    /// Those that stand by themselves only.
    pub(super) alone: Vec<Rank>,
}

impl Candidates {
    /// Weighs each eligible campaign on the untouched basket; those that can never give anything are left out.
    pub(super) fn of(pass: &mut Pass<'_>, eligible: &[u64]) -> Self {
        let mut found = Self::default();
        let mut potential = 0_i64;
        for rank in pass.basket.met(eligible) {
            let compiled = &pass.set.compiled[rank.at()];
            if compiled.exclusivity == Exclusivity::Alone {
                found.alone.push(rank);
                continue;
            }
            let Some(most) = most_on_its_own(pass, rank) else { continue };
            found.list.push(Candidate::new(rank, pass, potential, most));
            if compiled.exclusivity == Exclusivity::Combinable {
                potential = potential.saturating_add(most);
            }
        }
        found.find_losses(pass);
        found
    }

    /// Says of each what those after it may lose by what it takes.
    pub(super) fn find_losses(&mut self, pass: &Pass<'_>) {
        for at in 0..self.list.len() {
            let (before, later) = self.list.split_at_mut(at + 1);
            if let Some(candidate) = before.last_mut().filter(|candidate| candidate.shape == Shape::Line) {
                candidate.find_losses(pass, later);
            }
        }
    }

    /// Keeps those of which `keep` says so by their place, and answers whether any was left out.
    pub(super) fn retain(&mut self, keep: impl Fn(usize, &Candidate) -> bool) -> bool {
        let (before, mut at) = (self.list.len(), 0);
        self.list.retain(|candidate| {
            at += 1;
            keep(at - 1, candidate)
        });
        self.list.len() < before
    }
}

impl Candidate {
    fn new(rank: Rank, pass: &Pass<'_>, potential_before: i64, most: i64) -> Self {
        let compiled = &pass.set.compiled[rank.at()];
        let mut shape = shape_of(compiled);
        let of_base = matches!(compiled.plan, Plan::Off { .. } | Plan::Tiers { .. });
        // What floors leave is more than it can ever take.
        if of_base && shape == Shape::Units && pass.room_of(compiled) - potential_before >= most {
            shape = Shape::Base;
        }
        let above = pass.above_floor(compiled).filter(|_| shape == Shape::Line);
        Self {
            rank,
            shape,
            feels_document: above.is_some_and(|above| above - potential_before < most),
            exclusivity: compiled.exclusivity,
            lane: compiled.lane,
            lines: lines_of(compiled, pass.basket),
            least: compiled.least,
            bounds: bounds_of(compiled, pass),
            has_steps: matches!(&compiled.plan, Plan::Tiers { by: TierBy::Value, .. }),
            potential_before,
            is_tangled: false,
            loss: 0,
            roundings: 0,
        }
    }

    /// Whether nothing may follow it.
    pub(super) fn is_end(&self) -> bool {
        self.exclusivity != Exclusivity::Combinable
    }

    /// Whether it takes from the document.
    pub(super) const fn books_on_document(&self) -> bool {
        matches!(self.shape, Shape::Base | Shape::Units | Shape::Sets)
    }

    /// What those after it may lose by what it takes from its lines.
    fn find_losses(&mut self, pass: &Pass<'_>, later: &[Self]) {
        let mut tangled = no_lines(&self.lines);
        let mut booked = no_lines(&self.lines);
        let (mut losses, mut worst_end, mut roundings) = (0_i64, 0_i64, 0);
        for other in later.iter().filter(|other| self.meets(&other.lines)) {
            let reads = matches!(other.shape, Shape::Line | Shape::Units);
            for (place, own) in other.lines.iter().enumerate() {
                let shared = own & self.lines[place];
                tangled[place] |= if reads { shared & booked[place] } else { 0 };
                tangled[place] |= if other.shape == Shape::Sets { shared } else { 0 };
                booked[place] |= if other.books_on_document() { shared } else { 0 };
            }
            let compiled = &pass.set.compiled[other.rank.at()];
            let least_base = pass.positive_base(other.rank).saturating_sub(other.potential_before);
            if other.shape == Shape::Base && is_out_of_reach(compiled, least_base) {
                continue;
            }
            let slope = slope_of(compiled, other.shape);
            if other.exclusivity == Exclusivity::Combinable {
                losses = losses.saturating_add(slope);
            } else {
                worst_end = worst_end.max(slope);
            }
            roundings += match other.shape {
                Shape::Line => count_shared(&self.lines, &other.lines),
                Shape::Base | Shape::Units | Shape::Sets | Shape::Points => 1,
            };
        }
        self.roundings = roundings;
        self.is_tangled = tangled.iter().any(|word| *word != 0);
        self.loss = losses.saturating_add(worst_end);
    }

    /// Whether taking so many minor units from its lines is worth what those after it may give less.
    pub(super) fn is_worth(&self, amount: i64) -> bool {
        let kept = i128::from(amount) * i128::from(WHOLE.saturating_sub(self.loss));
        !self.is_tangled || kept >= i128::from(self.roundings) * i128::from(WHOLE)
    }

    /// Whether one of its bounds lies where one of its [bases](Pass::bases) may fall to from here.
    pub(super) fn is_at_risk(&self, bases: [i64; 2], most_taken: i64) -> bool {
        let may_cross = |base: i64, bound: i64| base >= bound && base - most_taken < bound;
        self.bounds.iter().any(|bound| bases.iter().any(|base| may_cross(*base, *bound)))
    }

    /// Whether one of its lines is among these.
    pub(super) fn meets(&self, lines: &[u64]) -> bool {
        self.lines.iter().zip(lines).any(|(own, other)| own & other != 0)
    }
}

/// Fine: the most a campaign can give, which it gives on the untouched basket; nothing where it gives nothing there.
fn most_on_its_own(pass: &mut Pass<'_>, rank: Rank) -> Option<i64> {
    let compiled = &pass.set.compiled[rank.at()];
    let untouched = pass.mark();
    pass.relax(true);
    let given = pass.apply(rank);
    pass.relax(false);
    pass.rewind(untouched);
    // The base only falls, so a least purchase that is not met now never is.
    if compiled.least.is_some_and(|least| pass.signed_base(rank) < least) {
        return None;
    }
    let is_weighed =
        matches!(compiled.plan, Plan::Tiers { by: TierBy::Value, .. }) || is_sets(&compiled.plan);
    match given {
        Err(Unmet::NoLines | Unmet::Condition { .. } | Unmet::NoTender) => None,
        _ if is_weighed => Some(pass.ceiling(rank)),
        Ok(amount) => Some(amount.minor().saturating_mul(FINE)),
        Err(_) => None,
    }
}

/// Whether what a plan gives can jump when its lines have a little less left: sets of several parts, or at an amount off.
/// Sets of one part are the dearest units, so many at a time: as much less is given as those have lost, at most.
fn is_sets(plan: &Plan) -> bool {
    match plan {
        Plan::Sets { parts, price } => parts.len() != 1 || matches!(price, SetPrice::Off(Cut::Amount(_))),
        Plan::Nothing
        | Plan::Off { .. }
        | Plan::Products { .. }
        | Plan::FixedPrice { .. }
        | Plan::Tiers { .. }
        | Plan::BuyGet(_)
        | Plan::Gift { .. }
        | Plan::Points { .. } => false,
    }
}

fn shape_of(compiled: &Compiled) -> Shape {
    if is_sets(&compiled.plan) {
        return Shape::Sets;
    }
    match &compiled.plan {
        Plan::Points { .. } | Plan::Nothing => Shape::Points,
        Plan::Off { per: Per::Line | Per::Unit, .. } | Plan::Products { .. } | Plan::FixedPrice { .. } => {
            Shape::Line
        }
        Plan::BuyGet(_) | Plan::Gift { .. } | Plan::Sets { .. } => Shape::Units,
        Plan::Off { per: Per::Document, .. } | Plan::Tiers { .. } if compiled.limits_lines() => Shape::Units,
        Plan::Off { per: Per::Document, .. } | Plan::Tiers { .. } => Shape::Base,
    }
}

fn bounds_of(compiled: &Compiled, pass: &Pass<'_>) -> Vec<i64> {
    let mut bounds: Vec<i64> = compiled.least.into_iter().collect();
    bounds.extend(compiled.most.map(|most| most.saturating_add(1)));
    if let Plan::Tiers { by: TierBy::Value, steps } = &compiled.plan {
        bounds.extend(steps.iter().map(|step| step.0));
    }
    if let Some(terms) = compiled.tender.as_ref().filter(|terms| !terms.least_share.is_zero()) {
        let paid = pass.tenders.iter().filter(|tender| terms.of.has(tender.method));
        // The tenders of a cart are not bounded: more than any document owes is enough.
        let paid: i64 = paid.map(|tender| tender.amount.minor()).fold(0, i64::saturating_add);
        // The least base of which the share is more than was paid.
        let above = (i128::from(paid) * i128::from(FINE) + 1) * i128::from(WHOLE);
        let share = i128::from(fine_percent(terms.least_share));
        let bound = i64::try_from((above + share - 1) / share).unwrap_or(i64::MAX);
        // Who pays the share of all that is due pays that of any base.
        bounds.extend(Some(bound).filter(|bound| pass.payable(*bound) == *bound));
    }
    bounds
}

/// Ten-thousandths of a percent: how much less a campaign gives at most where its lines have so much less left.
fn slope_of(compiled: &Compiled, shape: Shape) -> i64 {
    let of_cut = |cut: Cut| match cut {
        Cut::Rate(rate, _) => rate,
        Cut::Amount(_) => WHOLE,
    };
    match &compiled.plan {
        Plan::Nothing | Plan::Points { .. } => 0,
        plan if is_sets(plan) => i64::MAX,
        _ if compiled.limits_lines() && shape != Shape::Base => WHOLE,
        Plan::Off { cut, .. } | Plan::Sets { price: SetPrice::Off(cut), .. } => of_cut(*cut),
        Plan::Products { rows, .. } => rows.iter().map(|row| of_cut(row.cut)).max().unwrap_or(0),
        Plan::Tiers { steps, .. } => steps.iter().map(|(_, cut)| of_cut(*cut)).max().unwrap_or(0),
        Plan::BuyGet(terms) => terms.rate,
        Plan::FixedPrice { .. } | Plan::Gift { .. } | Plan::Sets { .. } => WHOLE,
    }
}

/// Whether a document-level amount is below every base it can meet, so that it is always given in full.
fn is_out_of_reach(compiled: &Compiled, least_base: i64) -> bool {
    let is_below = |cut: &Cut| matches!(cut, Cut::Amount(amount) if *amount <= least_base);
    match &compiled.plan {
        Plan::Off { cut, .. } => is_below(cut),
        Plan::Tiers { by: TierBy::Quantity, steps } => steps.iter().all(|(_, cut)| is_below(cut)),
        Plan::Nothing
        | Plan::Products { .. }
        | Plan::FixedPrice { .. }
        | Plan::Sets { .. }
        | Plan::Tiers { by: TierBy::Value, .. }
        | Plan::BuyGet(_)
        | Plan::Gift { .. }
        | Plan::Points { .. } => false,
    }
}

fn count_shared(one: &[u64], other: &[u64]) -> i64 {
    one.iter().zip(other).map(|(one, other)| i64::from((one & other).count_ones())).sum()
}

/// The lines a campaign reads or takes from.
fn lines_of(compiled: &Compiled, basket: &Basket) -> Vec<u64> {
    let mut lines = basket.lines_of(compiled.target).to_vec();
    let mut add = |target: TargetNo| {
        for (word, more) in lines.iter_mut().zip(basket.lines_of(target)) {
            *word |= more;
        }
    };
    match &compiled.plan {
        Plan::BuyGet(terms) => {
            add(terms.among);
            terms.of.into_iter().for_each(add);
        }
        Plan::Gift { of, .. } => add(*of),
        Plan::Sets { parts, .. } => parts.iter().for_each(|(target, _)| add(*target)),
        Plan::Products { of, .. } => {
            lines.iter_mut().zip(basket.lines_of(*of)).for_each(|(word, own)| *word &= own);
        }
        Plan::Nothing
        | Plan::Off { .. }
        | Plan::FixedPrice { .. }
        | Plan::Tiers { .. }
        | Plan::Points { .. } => {}
    }
    lines
}

impl LaneBits {
    /// Whether two campaigns may stand beside each other.
    pub(in crate::campaign) const fn stands_beside(self, other: Self) -> bool {
        self.group & !other.with == 0 && other.group & !self.with == 0
    }
}

impl Pass<'_> {
    /// Fine: the base of a campaign as the bounds of a purchase are asked of it, and as steps and shares of tenders are.
    /// They differ where something is brought back.
    pub(super) fn bases(&self, rank: Rank) -> [i64; 2] {
        [self.signed_base(rank), self.positive_base(rank)]
    }
}
