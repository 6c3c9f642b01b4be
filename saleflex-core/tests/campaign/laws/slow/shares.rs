//! What lines are left with once everything is shared out, for points that are worth so many times.

use saleflex_core::{campaign::Campaign, money::Money};

use super::{Slow, exact::Exact, has_floor};

impl Slow<'_> {
    /// What is left of each line.
    pub(super) fn left_of_lines(&self) -> Vec<Money> {
        let worth = |at: usize| Money::from_minor(self.total(at).or_zero().floor());
        let mut left: Vec<Money> = (0..self.lines.len()).map(worth).collect();
        for (given, bearing) in self.given.iter().zip(&self.bearing) {
            if given.line.is_some() {
                left[bearing[0]] -= given.amount;
            }
        }
        for at in 0..self.given.len() {
            if self.given[at].line.is_none() {
                self.share_out(at, &mut left);
            }
        }
        left
    }

    /// Shares a proposal on the document out: to the units that sets are made of, to the lines it is about, then to all, each
    /// above its floors as long as that is possible.
    fn share_out(&self, at: usize, left: &mut [Money]) {
        let campaign = self.campaign(at);
        let above_kept = |line: usize, left: &[Money]| (left[line] - self.kept(at, line)).or_zero();
        let is_bearing = |line: usize| self.bearing[at].contains(&line);
        let mut rest = self.given[at].amount;
        for step in 0..4 {
            let weight = |line: usize, left: &[Money]| match step {
                0 => self
                    .most_of(campaign, line, left[line])
                    .min(above_kept(line, left))
                    .min(self.in_sets(at, line)),
                1 if !is_bearing(line) => Money::ZERO,
                1 => self.most_of(campaign, line, left[line]).min(above_kept(line, left)),
                2 => self.above(campaign, line, left[line]).min(above_kept(line, left)),
                _ => left[line].or_zero(),
            };
            let weights: Vec<Money> = (0..left.len()).map(|line| weight(line, left)).collect();
            let held = rest.min(weights.iter().copied().sum());
            if held.is_positive() {
                for (left, part) in left.iter_mut().zip(held.split(&weights)) {
                    *left -= part;
                }
                rest -= held;
            }
        }
        if rest.is_positive() {
            let is_worth = |line| Money::from_minor(i64::from(self.total(line).is_positive()));
            let even: Vec<Money> = (0..left.len()).map(is_worth).collect();
            for (left, part) in left.iter_mut().zip(rest.split(&even)) {
                *left -= part;
            }
        }
    }

    /// What the units of a line cost that are in the sets of a proposal.
    fn in_sets(&self, at: usize, line: usize) -> Money {
        let units = self.in_sets.get(&at).into_iter().flatten().filter(|unit| unit.line == line);
        Money::from_minor(units.map(|unit| unit.price).sum::<Exact>().ceiling())
    }

    fn campaign(&self, at: usize) -> &Campaign {
        let id = self.given[at].campaign;
        self.definitions.iter().find(|one| one.id == id).expect("what gave something is defined")
    }

    /// What a line must keep, because a campaign with a floor took from it later.
    fn kept(&self, at: usize, line: usize) -> Money {
        let later = (at + 1..self.given.len()).filter(|&later| {
            self.given[later].line.is_some()
                && self.bearing[later] == [line]
                && has_floor(self.campaign(later))
        });
        later.map(|later| self.floor(self.campaign(later), line)).max().unwrap_or(Money::ZERO)
    }

    fn floor(&self, campaign: &Campaign, line: usize) -> Money {
        Money::from_minor(self.floor_of(campaign, line))
    }

    /// What is left of a line above the floor of a campaign.
    fn above(&self, campaign: &Campaign, line: usize, left: Money) -> Money {
        if has_floor(campaign) {
            (left.or_zero() - self.floor(campaign, line)).or_zero()
        } else {
            left.or_zero()
        }
    }

    /// The same, and no more than its ceiling a line.
    fn most_of(&self, campaign: &Campaign, line: usize, left: Money) -> Money {
        let above = self.above(campaign, line, left);
        campaign.limits.per_line.map_or(above, |most| above.min(most))
    }

    /// What a line must be left with by a campaign, in minor units.
    pub(super) fn floor_of(&self, campaign: &Campaign, line: usize) -> i64 {
        let lowest = campaign.limits.lowest_price.map_or(Exact::ZERO, Exact::money);
        let cost = self.lines[line].item.cost.map_or(Exact::ZERO, Exact::total);
        let floor = if campaign.limits.cost_floor { lowest.max(cost) } else { lowest };
        (floor * Exact::quantity(self.lines[line].quantity).or_zero()).ceiling()
    }
}
