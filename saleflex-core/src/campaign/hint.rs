//! What little more would unlock a campaign or make it give more, and exactly what that saves.

use alloc::{vec, vec::Vec};

use super::{
    basket::CartError,
    best::{Best, Proof, Resolution},
    compile::CampaignSet,
    compiled::Compiled,
    evaluator::Evaluator,
    exact::FINE,
    index::TargetNo,
    plan::{BuyGet, Plan},
    proposal::{Evaluation, Proposal, Rank},
};
use crate::{ids::LineNo, money::Money, quantity::Percent};

mod lacking;
mod offer;

pub use offer::Offer;

/// How many offers are searched for in the time that one sale may take.
const PARTS_OF_EFFORT: u32 = 20;

/// Pieces of an offer that are tried one by one, whatever they may bring.
const FEW: u32 = 5;
/// Evaluations beyond those few pieces, for all offers together: there is one for each number of pieces that may be
/// enough for what a campaign lacks.
const MOST_FURTHER: u32 = 200;

/// Units of two offers together that are tried at most.
const MOST_TOGETHER: u32 = 4;
/// Offers of one kind of goods that are tried together with another at most.
const MOST_OF_KIND: usize = 4;

/// Something to add, and what it brings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Hint {
    /// The campaign that gives more.
    pub campaign: Rank,
    /// The offer, by the number of its line.
    pub offer: LineNo,
    /// How many units of it, pieces or steps of its measure; one less brings nothing.
    pub units: u32,
    /// Another offer that is needed as well, and how many units of it: where goods of several kinds are lacking.
    pub beside: Option<(LineNo, u32)>,
    /// How much more all campaigns together give then; nothing less where the campaign gives points.
    pub saving: Money,
    /// How many times the points lines are worth then, in percent, and which value of lines; none where the campaign gives
    /// money.
    pub earns: Option<(Percent, Money)>,
}

/// What one offer is tried for.
struct Trial<'t> {
    offer: &'t Offer,
    resolution: Resolution,
    before: &'t Evaluation,
    /// What is due without it.
    due: Option<Money>,
    /// The campaigns that it did not bring further yet.
    open: Vec<Rank>,
    /// Evaluations that are left for many units.
    further: &'t mut u32,
    hints: &'t mut Vec<Hint>,
}

/// The numbers of units that may bring a campaign further, both ends included.
struct Reach {
    campaign: Rank,
    first: u32,
    last: u32,
}

impl Reach {
    fn has(&self, campaign: Rank, units: u32) -> bool {
        self.campaign == campaign && (self.first..=self.last).contains(&units)
    }
}

impl Evaluator<'_> {
    /// For each campaign and offer, the fewest units that unlock the campaign or take it to its next step; carried out, a
    /// hint puts the offer in with its units. A few pieces are tried one by one; more of them, and any measure, only for a
    /// campaign that lacks a value or a number of units, and no longer than a bounded number of evaluations. A campaign
    /// about several kinds of goods that no single offer unlocks is tried with two offers, the fewest units that do. The
    /// basket is as before, and so is its evaluation. Where the best choice is searched for, each offer has a small part of
    /// the usual effort, and the first choice that it does not prove ends the hints: many long searches would keep a
    /// customer waiting.
    ///
    /// # Errors
    /// [`CartError::SameNumber`] for an offer whose number is taken; else as [`Evaluator::put_line`].
    pub fn hints(&mut self, offers: &[Offer]) -> Result<Vec<Hint>, CartError> {
        if let Some(taken) = offers.iter().find(|offer| self.has_line(offer.no())) {
            return Err(CartError::SameNumber(taken.no().0));
        }
        let due = self.context().due;
        let found = self.find_hints(offers);
        // Whatever came of it, the evaluation is that of the basket.
        self.set_due(due);
        self.evaluate();
        let mut hints = found?;
        hints.sort_by_key(|hint| (hint.campaign, hint.offer));
        Ok(hints)
    }

    fn find_hints(&mut self, offers: &[Offer]) -> Result<Vec<Hint>, CartError> {
        let resolution = match self.set().rule().resolution() {
            Resolution::Priority => Resolution::Priority,
            Resolution::BestForCustomer { effort } => {
                Resolution::BestForCustomer { effort: effort / PARTS_OF_EFFORT }
            }
        };
        let Best { evaluation: before, proof } = self.resolve(resolution);
        if proof != Proof::Optimal {
            return Ok(Vec::new());
        }
        let ranks: Vec<Rank> = self.eligible().collect();
        let due = self.context().due;
        let (mut hints, mut further) = (Vec::new(), MOST_FURTHER);
        for offer in offers {
            let set = self.set();
            let open = ranks.iter().copied().filter(|rank| may_grow(set, *rank, &before)).collect();
            let (before, further, hints) = (&before, &mut further, &mut hints);
            let tried = self.try_offer(Trial { offer, resolution, before, due, open, further, hints });
            self.remove_line(offer.no());
            self.set_due(due);
            if tried? != Proof::Optimal {
                return Ok(core::mem::take(hints));
            }
        }
        let is_open =
            |rank: &Rank| !gives(&before, *rank) && !hints.iter().any(|hint: &Hint| hint.campaign == *rank);
        for campaign in ranks.into_iter().filter(is_open).collect::<Vec<_>>() {
            let (hint, proof) = self.try_pairs(campaign, offers, resolution, &before)?;
            if proof != Proof::Optimal {
                return Ok(hints);
            }
            hints.extend(hint);
        }
        Ok(hints)
    }

    fn try_offer(&mut self, mut trial: Trial<'_>) -> Result<Proof, CartError> {
        let pieces = if trial.offer.is_pieces() { FEW } else { 0 };
        for units in 1..=pieces {
            let proof = self.try_units(units, &mut trial, |_| true)?;
            if proof != Proof::Optimal {
                return Ok(proof);
            }
        }
        let reaches = self.reaches(&trial)?;
        if !trial.offer.is_pieces() {
            return self.try_measures(&reaches, &mut trial);
        }
        let mut tried = pieces;
        while *trial.further > 0 {
            let open =
                reaches.iter().filter(|reach| reach.last > tried && trial.open.contains(&reach.campaign));
            let Some(next) = open.map(|reach| reach.first.max(tried + 1)).min() else { break };
            (tried, *trial.further) = (next, *trial.further - 1);
            // Of any other campaign nobody knows what the numbers between would have brought.
            let is_asked = |campaign| reaches.iter().any(|reach| reach.has(campaign, next));
            let proof = self.try_units(next, &mut trial, is_asked)?;
            if proof != Proof::Optimal {
                return Ok(proof);
            }
        }
        Ok(Proof::Optimal)
    }

    /// The least measure for each campaign that lacks something: what it lacks, or where discounts lower what counts the least
    /// between that and enough, found by halves.
    fn try_measures(&mut self, reaches: &[Reach], trial: &mut Trial<'_>) -> Result<Proof, CartError> {
        for &Reach { campaign, first, last } in reaches {
            let (mut short, mut tried, mut found) = (first.saturating_sub(1), first, None);
            while *trial.further > 0 {
                *trial.further -= 1;
                let (gain, proof) = self.gain_of(tried, trial, campaign)?;
                if proof != Proof::Optimal {
                    return Ok(proof);
                }
                match gain {
                    Some(gain) => found = Some((tried, gain)),
                    None => short = tried,
                }
                tried = match found {
                    Some((enough, _)) => short.midpoint(enough),
                    None => last,
                };
                if tried <= short {
                    break;
                }
            }
            let is_least = |(units, _): &(u32, _)| *units == short + 1;
            if let Some((units, (saving, earns))) = found.filter(is_least) {
                let offer = trial.offer.no();
                trial.hints.push(Hint { campaign, offer, units, beside: None, saving, earns });
                trial.open.retain(|open| *open != campaign);
            }
        }
        Ok(Proof::Optimal)
    }

    /// What so many units of an offer bring to one campaign.
    fn gain_of(
        &mut self,
        units: u32,
        trial: &Trial<'_>,
        campaign: Rank,
    ) -> Result<(Option<Gain>, Proof), CartError> {
        let Some(line) = trial.offer.line_of(units) else { return Ok((None, Proof::Optimal)) };
        self.put_line(&line)?;
        self.set_due(trial.due.map(|due| due + line.total.whole()));
        let Best { evaluation: after, proof } = self.resolve(trial.resolution);
        Ok((self.gain(campaign, trial.before, &after), proof))
    }

    /// Puts so many units of an offer in, and notes which of some campaigns they bring further.
    fn try_units(
        &mut self,
        units: u32,
        trial: &mut Trial<'_>,
        is_asked: impl Fn(Rank) -> bool,
    ) -> Result<Proof, CartError> {
        if trial.open.is_empty() {
            return Ok(Proof::Optimal);
        }
        let Some(line) = trial.offer.line_of(units) else { return Ok(Proof::Optimal) };
        self.put_line(&line)?;
        // What is bought more is owed more: ways to pay that were taken pay a smaller share of it.
        self.set_due(trial.due.map(|due| due + line.total.whole()));
        let Best { evaluation: after, proof } = self.resolve(trial.resolution);
        if proof != Proof::Optimal {
            return Ok(proof);
        }
        let (before, offer) = (trial.before, trial.offer.no());
        trial.open.retain(|&campaign| {
            let gain = is_asked(campaign).then(|| self.gain(campaign, before, &after)).flatten();
            let hint =
                gain.map(|(saving, earns)| Hint { campaign, offer, units, beside: None, saving, earns });
            trial.hints.extend(hint);
            gain.is_none()
        });
        Ok(Proof::Optimal)
    }

    /// For which campaigns more units than a few are worth a trial, and how many: no fewer than what is lacking, and some
    /// more, since discounts may lower what counts. Of a campaign that gives something already each number is tried.
    fn reaches(&mut self, trial: &Trial<'_>) -> Result<Vec<Reach>, CartError> {
        let Some(one) = trial.offer.line_of(1) else { return Ok(Vec::new()) };
        self.put_line(&one)?;
        let targets = self.targets_of(trial.offer.no()).to_vec();
        self.remove_line(trial.offer.no());
        let set = self.set();
        // What a piece costs may decide which targets take it, and changes with the number of them by its rounding.
        let is_settled = !set.targets.asks_price();
        let given_fine = trial.before.total().minor().saturating_mul(FINE);
        let (_, pass) = self.pass();
        let reach = |&campaign: &Rank| {
            let is_given = gives(trial.before, campaign);
            let (compiled, given) = (&set.compiled[campaign.at()], is_given.then_some(given_fine));
            let lacking = lacking::lacking(pass.basket, compiled, trial.offer, &targets, given)?;
            let may_skip = is_settled && !is_given;
            if trial.offer.is_pieces() {
                let first = if may_skip { lacking } else { 1 };
                return Some(Reach { campaign, first, last: lacking.saturating_add(FEW) });
            }
            // Discounts lower what counts: as much again as they came to is enough, unless they grow faster than the goods.
            let lowered = given_fine.saturating_mul(2);
            let enough = trial.offer.line_of(lacking).map(|line| line.total.fine().saturating_add(lowered));
            let last = enough.and_then(|enough| trial.offer.worth(enough)).unwrap_or(lacking);
            may_skip.then_some(Reach { campaign, first: lacking, last: last.max(lacking) })
        };
        Ok(trial.open.iter().filter_map(reach).collect())
    }

    /// Of all two offers that unlock a campaign together, the fewest units, and of those the most saved.
    fn try_pairs(
        &mut self,
        campaign: Rank,
        offers: &[Offer],
        resolution: Resolution,
        before: &Evaluation,
    ) -> Result<(Option<Hint>, Proof), CartError> {
        let set = self.set();
        let kinds = kinds(&set.compiled[campaign.at()]);
        if kinds.len() < 2 {
            return Ok((None, Proof::Optimal));
        }
        let (fitting, due) = (self.fitting(&kinds, offers)?, self.context().due);
        for together in 2..=MOST_TOGETHER {
            let mut best: Option<Hint> = None;
            for (one, other) in pairs(&fitting) {
                for units in 1..together {
                    let put = [(one, units), (other, together - units)];
                    let gained = self.gain_of_both(put, resolution, campaign, before);
                    for (offer, _) in put {
                        self.remove_line(offer.no());
                    }
                    self.set_due(due);
                    let Some((gain, proof)) = gained? else { continue };
                    if proof != Proof::Optimal {
                        return Ok((None, proof));
                    }
                    let Some((saving, earns)) = gain else { continue };
                    if best.is_none_or(|best| saving > best.saving) {
                        let beside = Some((other.no(), together - units));
                        best = Some(Hint { campaign, offer: one.no(), units, beside, saving, earns });
                    }
                }
            }
            if best.is_some() {
                return Ok((best, Proof::Optimal));
            }
        }
        Ok((None, Proof::Optimal))
    }

    /// Of each of these targets the first offers that it takes.
    fn fitting<'o>(&mut self, kinds: &[TargetNo], offers: &'o [Offer]) -> Result<Vec<&'o Offer>, CartError> {
        let (mut fitting, mut found) = (Vec::new(), vec![0; kinds.len()]);
        for offer in offers.iter().filter(|offer| offer.is_pieces()) {
            self.put_line(&offer.line)?;
            let targets = self.targets_of(offer.no());
            let mut is_wanted = false;
            for (kind, found) in kinds.iter().zip(&mut found) {
                if *found < MOST_OF_KIND && targets.contains(kind) {
                    *found += 1;
                    is_wanted = true;
                }
            }
            self.remove_line(offer.no());
            if is_wanted {
                fitting.push(offer);
            }
        }
        Ok(fitting)
    }

    /// What both bring to one campaign, which are left in the basket; none where an offer has not so many units.
    fn gain_of_both(
        &mut self,
        put: [(&Offer, u32); 2],
        resolution: Resolution,
        campaign: Rank,
        before: &Evaluation,
    ) -> Result<Option<(Option<Gain>, Proof)>, CartError> {
        for (offer, wanted) in put {
            let Some(line) = offer.line_of(wanted) else { return Ok(None) };
            self.put_line(&line)?;
            self.set_due(self.context().due.map(|due| due + line.total.whole()));
        }
        let Best { evaluation: after, proof } = self.resolve(resolution);
        Ok(Some((self.gain(campaign, before, &after), proof)))
    }

    /// What all campaigns give more, and how one gives points, where that one gives more in the last evaluation than before.
    /// The same share of more goods is no more.
    fn gain(&self, campaign: Rank, before: &Evaluation, after: &Evaluation) -> Option<Gain> {
        let saving = after.total() - before.total();
        if let Some(percent) = points(after, campaign) {
            let is_new = points(before, campaign).is_none() && !saving.is_negative();
            return is_new.then(|| (saving, Some((percent, self.points_base(campaign)))));
        }
        let is_more = given(after, campaign) > given(before, campaign) && saving.is_positive();
        let is_tiers = matches!(&self.set().compiled[campaign.at()].plan, Plan::Tiers { .. });
        let rate = share(before, campaign);
        let is_same_share = is_tiers && rate.is_some() && rate == share(after, campaign);
        (is_more && !is_same_share).then_some((saving, None))
    }
}

/// Any two of them, each pair once.
fn pairs<'o>(offers: &[&'o Offer]) -> Vec<(&'o Offer, &'o Offer)> {
    let after = |at: usize| offers.get(at + 1..).unwrap_or_default();
    offers.iter().enumerate().flat_map(|(at, one)| after(at).iter().map(|other| (*one, *other))).collect()
}

/// The kinds of goods that a campaign needs beside each other.
fn kinds(compiled: &Compiled) -> Vec<TargetNo> {
    match &compiled.plan {
        Plan::Sets { parts, .. } => parts.iter().map(|(target, _)| *target).collect(),
        Plan::BuyGet(BuyGet { of: Some(of), .. }) | Plan::Gift { of, .. } => {
            Vec::from([compiled.target, *of])
        }
        Plan::BuyGet(_)
        | Plan::FixedPrice { .. }
        | Plan::Nothing
        | Plan::Off { .. }
        | Plan::Points { .. }
        | Plan::Products { .. }
        | Plan::Tiers { .. } => Vec::new(),
    }
}

/// How much more all campaigns give, and how many times the points one of them gives, on which value of lines.
type Gain = (Money, Option<(Percent, Money)>);

/// Whether more goods are worth a hint: a share of whatever is bought is none, once it is given.
fn may_grow(set: &CampaignSet, rank: Rank, before: &Evaluation) -> bool {
    let goes_by_steps = matches!(
        &set.compiled[rank.at()].plan,
        Plan::Sets { .. } | Plan::Tiers { .. } | Plan::BuyGet(_) | Plan::Gift { .. }
    );
    goes_by_steps || !gives(before, rank)
}

/// Whether a campaign gives anything.
fn gives(evaluation: &Evaluation, campaign: Rank) -> bool {
    own(evaluation, campaign).next().is_some() || points(evaluation, campaign).is_some()
}

fn given(evaluation: &Evaluation, campaign: Rank) -> Money {
    own(evaluation, campaign).map(|proposal| proposal.amount).sum()
}

/// The share a campaign gives.
fn share(evaluation: &Evaluation, campaign: Rank) -> Option<Percent> {
    own(evaluation, campaign).find_map(|proposal| proposal.rate)
}

fn own(evaluation: &Evaluation, campaign: Rank) -> impl Iterator<Item = &Proposal> {
    evaluation.proposals.iter().filter(move |proposal| proposal.campaign == campaign)
}

/// How many times the points a campaign gives.
fn points(evaluation: &Evaluation, campaign: Rank) -> Option<Percent> {
    evaluation.points.iter().find(|award| award.campaign == campaign).map(|award| award.percent)
}

#[cfg(test)]
mod tests;
