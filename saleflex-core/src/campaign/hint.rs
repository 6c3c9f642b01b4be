//! What little more would unlock a campaign or make it give more, and exactly what that saves.

use alloc::{vec, vec::Vec};

use super::{
    basket::CartError,
    best::{Best, Proof, Resolution},
    cart::CartLine,
    compile::{CampaignSet, Compiled},
    evaluator::Evaluator,
    exact::{FineMoney, FineQuantity},
    index::TargetNo,
    plan::{BuyGet, Plan},
    proposal::{Evaluation, Rank},
};
use crate::{ids::LineNo, money::Money};

/// How many offers are searched for in the time that one sale may take.
const PARTS_OF_EFFORT: u32 = 20;

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
    /// How many units of it; one less brings nothing.
    pub units: u32,
    /// Another offer that is needed as well, and how many units of it: where goods of several kinds are lacking.
    pub beside: Option<(LineNo, u32)>,
    /// How much more all campaigns together give then.
    pub saving: Money,
}

/// Goods that may be added to a basket.
#[derive(Clone, Debug)]
pub struct Offer {
    line: CartLine,
    totals: Vec<Money>,
}

impl Offer {
    /// Goods as a line under a number that is free, and what one unit of them comes to, two, and so on: each as a sale
    /// rounds it, which need not be so many times the first. So many units are tried.
    pub const fn new(line: CartLine, totals: Vec<Money>) -> Self {
        Self { line, totals }
    }

    /// The number of its line.
    pub const fn no(&self) -> LineNo {
        self.line.no
    }

    /// The line of each number of units, from one.
    fn lines(&self) -> impl Iterator<Item = (u32, CartLine)> {
        (1..).zip(&self.totals).map(|(units, total)| {
            let (quantity, total) = (FineQuantity::pieces(units), FineMoney::from_money(*total));
            (units, CartLine { quantity, total, ..self.line.clone() })
        })
    }
}

impl Evaluator<'_> {
    /// For each campaign and offer, the fewest units that unlock the campaign or take it to its next step; carried out, a
    /// hint puts the offer in with its units. A campaign about several kinds of goods that no single offer unlocks is tried
    /// with two offers, the fewest units that do. The basket is as before, and so is its evaluation. Where the best choice
    /// is searched for, each offer has a small part of the usual effort, and the first choice that it does not prove ends
    /// the hints: many long searches would keep a customer waiting.
    ///
    /// # Errors
    /// [`CartError::SameNumber`] for an offer whose number is taken; else as [`Evaluator::put_line`].
    pub fn hints(&mut self, offers: &[Offer]) -> Result<Vec<Hint>, CartError> {
        if let Some(taken) = offers.iter().find(|offer| self.has_line(offer.no())) {
            return Err(CartError::SameNumber(taken.no().0));
        }
        let found = self.find_hints(offers);
        // Whatever came of it, the evaluation is that of the basket.
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
        let mut hints = Vec::new();
        for offer in offers {
            let tried = self.try_offer(offer, resolution, &ranks, &before, &mut hints);
            self.remove_line(offer.no());
            if tried? != Proof::Optimal {
                return Ok(hints);
            }
        }
        let is_open = |rank: &Rank| {
            given(&before, *rank).is_zero() && !hints.iter().any(|hint: &Hint| hint.campaign == *rank)
        };
        for campaign in ranks.into_iter().filter(is_open).collect::<Vec<_>>() {
            let (hint, proof) = self.try_pairs(campaign, offers, resolution, &before)?;
            if proof != Proof::Optimal {
                return Ok(hints);
            }
            hints.extend(hint);
        }
        Ok(hints)
    }

    fn try_offer(
        &mut self,
        offer: &Offer,
        resolution: Resolution,
        ranks: &[Rank],
        before: &Evaluation,
        hints: &mut Vec<Hint>,
    ) -> Result<Proof, CartError> {
        let set = self.set();
        let mut open: Vec<Rank> = ranks.iter().copied().filter(|rank| may_grow(set, *rank, before)).collect();
        for (units, line) in offer.lines() {
            if open.is_empty() {
                break;
            }
            self.put_line(&line)?;
            let Best { evaluation: after, proof } = self.resolve(resolution);
            if proof != Proof::Optimal {
                return Ok(proof);
            }
            let saving = after.total() - before.total();
            open.retain(|&campaign| {
                let is_reached = given(&after, campaign) > given(before, campaign) && saving.is_positive();
                if is_reached {
                    hints.push(Hint { campaign, offer: offer.no(), units, beside: None, saving });
                }
                !is_reached
            });
        }
        Ok(Proof::Optimal)
    }

    /// Of all two offers that unlock a campaign together, the fewest units, and of those the most saved.
    fn try_pairs(
        &mut self,
        campaign: Rank,
        offers: &[Offer],
        resolution: Resolution,
        before: &Evaluation,
    ) -> Result<(Option<Hint>, Proof), CartError> {
        let kinds = kinds(&self.set().compiled[campaign.at()]);
        if kinds.len() < 2 {
            return Ok((None, Proof::Optimal));
        }
        let fitting = self.fitting(&kinds, offers)?;
        for together in 2..=MOST_TOGETHER {
            let mut best: Option<Hint> = None;
            for (one, other) in pairs(&fitting) {
                for units in 1..together {
                    let put = [(one, units), (other, together - units)];
                    let tried = self.try_both(put, resolution);
                    for (offer, _) in put {
                        self.remove_line(offer.no());
                    }
                    let Some(Best { evaluation: after, proof }) = tried? else { continue };
                    if proof != Proof::Optimal {
                        return Ok((None, proof));
                    }
                    let saving = after.total() - before.total();
                    let is_better = best.is_none_or(|best| saving > best.saving);
                    if given(&after, campaign).is_positive() && saving.is_positive() && is_better {
                        let beside = Some((other.no(), together - units));
                        best = Some(Hint { campaign, offer: one.no(), units, beside, saving });
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
        for offer in offers {
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

    /// The evaluation with both in the basket, which are left there; none where an offer has not so many units.
    fn try_both(
        &mut self,
        put: [(&Offer, u32); 2],
        resolution: Resolution,
    ) -> Result<Option<Best>, CartError> {
        for (offer, wanted) in put {
            let Some((_, line)) = offer.lines().find(|(units, _)| *units == wanted) else { return Ok(None) };
            self.put_line(&line)?;
        }
        Ok(Some(self.resolve(resolution)))
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

/// Whether more goods are worth a hint: a share of whatever is bought is none, once it is given.
fn may_grow(set: &CampaignSet, rank: Rank, before: &Evaluation) -> bool {
    let goes_by_steps = matches!(
        &set.compiled[rank.at()].plan,
        Plan::Sets { .. } | Plan::Tiers { .. } | Plan::BuyGet(_) | Plan::Gift { .. }
    );
    goes_by_steps || given(before, rank).is_zero()
}

fn given(evaluation: &Evaluation, campaign: Rank) -> Money {
    let own = evaluation.proposals.iter().filter(|proposal| proposal.campaign == campaign);
    own.map(|proposal| proposal.amount).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adjustment::ResolutionRule,
        campaign::{
            tests::{campaign, cart, line, minor, off, product},
            *,
        },
    };

    /// A line of one unit at a price in whole minor units, as an offer of up to five.
    fn offer(line: &CartLine) -> Offer {
        let one = line.total.whole().minor();
        Offer::new(line.clone(), (1..=5).map(|units| minor(one * units)).collect())
    }

    #[test]
    fn what_a_line_comes_to_decides_and_not_so_many_times_a_rounded_piece() {
        // A piece at 0.125 is 0.13, four are 0.50: no step of 0.52 is reached by four.
        let mut step = campaign(1, "STEP", off("10"));
        step.limits.least_purchase = Some(minor(52));
        let set = CampaignSet::compile(vec![step]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart(vec![])).unwrap();
        let totals = [13, 25, 38, 50, 63].map(minor).to_vec();
        let hints = evaluator.hints(&[Offer::new(line(1, 1, "1", 13), totals)]).unwrap();
        assert_eq!(hints.iter().map(|hint| (hint.units, hint.saving)).collect::<Vec<_>>(), [(5, minor(6))]);
    }

    #[test]
    fn a_hint_is_worth_what_the_rule_of_the_set_gives() {
        let mut step = campaign(2, "STEP", off("30"));
        step.limits.least_purchase = Some(minor(1_000));
        (step.lane.priority, step.lane.exclusivity) = (1, Exclusivity::Last);
        let mut tenth = campaign(1, "TENTH", off("10"));
        (tenth.lane.priority, tenth.lane.exclusivity) = (9, Exclusivity::Last);
        let set = CampaignSet::compile(vec![tenth, step]).unwrap();
        let hints = |set: &CampaignSet| {
            let mut evaluator = Evaluator::of(set, &cart(vec![line(1, 1, "1", 800)])).unwrap();
            let before = evaluator.evaluate().total();
            let added = line(2, 1, "1", 800);
            let hints = evaluator.hints(&[offer(&added)]).unwrap();
            evaluator.put_line(&added).unwrap();
            (hints.first().map(|hint| hint.saving), evaluator.evaluate().total() - before)
        };
        assert_eq!(hints(&set), (None, minor(80)));
        assert_eq!(hints(&set.resolved_by(ResolutionRule::Best)), (Some(minor(400)), minor(400)));
    }

    #[test]
    fn one_more_and_the_cheapest_is_free_saves_exactly_what_the_hint_says() {
        let terms = Benefit::BuyGet {
            buy: 2,
            get: 1,
            percent: crate::quantity::Percent::HUNDRED,
            among: None,
            of: None,
            choice: Choice::Cheapest,
        };
        let set = CampaignSet::compile(vec![campaign(1, "A", terms)]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "2", 800)])).unwrap();
        let added = line(9, 2, "1", 249);
        let hints = evaluator.hints(&[offer(&added)]).unwrap();
        let rank = set.ranks().next().unwrap();
        let saving = minor(249);
        assert_eq!(hints, [Hint { campaign: rank, offer: LineNo(9), units: 1, beside: None, saving }]);
        assert_eq!(evaluator.evaluate().total(), Money::ZERO);
        evaluator.put_line(&added).unwrap();
        assert_eq!(evaluator.evaluate().total(), hints[0].saving);
    }

    #[test]
    fn a_hint_names_the_fewest_units_that_reach_a_least_purchase() {
        let mut basket = campaign(1, "A", off("10"));
        basket.limits.least_purchase = Some(minor(1_000));
        let set = CampaignSet::compile(vec![basket]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 500)])).unwrap();
        let hints = evaluator.hints(&[offer(&line(9, 2, "1", 200))]).unwrap();
        assert_eq!((hints[0].units, hints[0].saving), (3, minor(110)));
        evaluator.put_line(&line(9, 2, "2", 400)).unwrap();
        assert_eq!(evaluator.evaluate().total(), Money::ZERO);
        evaluator.put_line(&line(9, 2, "3", 600)).unwrap();
        assert_eq!(evaluator.evaluate().total(), hints[0].saving);
    }

    #[test]
    fn a_set_that_lacks_two_kinds_of_goods_is_hinted_with_both_and_the_fewest_units() {
        let of = |number| Target::of(vec![Selector::Product(product(number))]);
        let part = |number, quantity| BundlePart { of: of(number), quantity };
        let parts = vec![part(1, 1), part(2, 1), part(3, 2)];
        let meal = campaign(1, "MEAL", Benefit::Bundle { parts, price: BundlePrice::Fixed(minor(600)) });
        let set = CampaignSet::compile(vec![meal]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 400)])).unwrap();
        // Cheap and dear drinks, a snack of which two are needed, and what no part is about.
        let goods = [line(5, 2, "1", 150), line(6, 2, "1", 200), line(7, 3, "1", 100), line(8, 4, "1", 900)];
        let offers: Vec<Offer> = goods.iter().map(offer).collect();
        let hints = evaluator.hints(&offers).unwrap();
        let campaign = set.ranks().next().unwrap();
        let (beside, saving) = (Some((LineNo(7), 2)), minor(200));
        assert_eq!(hints, [Hint { campaign, offer: LineNo(6), units: 1, beside, saving }]);
        evaluator.put_line(&goods[1]).unwrap();
        evaluator.put_line(&line(7, 3, "1", 100)).unwrap();
        assert_eq!(evaluator.evaluate().total(), Money::ZERO, "one snack is not enough");
        evaluator.put_line(&line(7, 3, "2", 200)).unwrap();
        assert_eq!(evaluator.evaluate().total(), saving);
    }

    #[test]
    fn a_share_that_is_given_already_and_a_number_that_is_taken_make_no_hint() {
        let set = CampaignSet::compile(vec![campaign(1, "A", off("10"))]).unwrap();
        let mut evaluator = Evaluator::of(&set, &cart(vec![line(1, 1, "1", 500)])).unwrap();
        assert_eq!(evaluator.hints(&[offer(&line(9, 2, "1", 200))]), Ok(vec![]));
        assert_eq!(evaluator.hints(&[offer(&line(1, 2, "1", 200))]), Err(CartError::SameNumber(1)));
    }
}
