//! What each benefit comes to.

use alloc::{collections::BTreeMap, vec::Vec};
use core::cmp::Ordering;

use super::{Pass, Turn};
use crate::{
    campaign::{
        basket::{Slot, places},
        benefit::{Choice, Per, TierBy},
        exact::{FINE, part},
        index::TargetNo,
        plan::{BuyGet, Cut, Plan, PlanRow},
        units::{
            self, ExactSum, UnitLine, Units, WHOLE, cheapest_of_groups, count, most_groups, sort_by_price,
        },
        unmet::{UnitsOf, Unmet},
    },
    money::Money,
};

impl<'a> Pass<'a> {
    pub(super) fn carry_out(&mut self, turn: Turn<'a>) -> Result<(), Unmet> {
        match &turn.compiled.plan {
            Plan::Nothing => Err(Unmet::Inactive),
            Plan::Off { cut, per: Per::Document } => {
                self.off_document(&turn, *cut);
                Ok(())
            }
            Plan::Off { cut, per } => {
                self.off_lines(turn, *cut, *per);
                Ok(())
            }
            Plan::Products { of, rows } => self.off_products(turn, *of, rows),
            Plan::FixedPrice { price } => {
                self.fixed_price(turn, *price);
                Ok(())
            }
            Plan::Sets { parts, price } => self.sets(&turn, parts, *price),
            Plan::Tiers { by, steps } => self.tiers(&turn, *by, steps),
            Plan::BuyGet(terms) => match terms.of {
                None => self.buy_get_same(&turn, terms),
                Some(of) => self.buy_get_other(&turn, terms, of),
            },
            Plan::Gift { of, quantity } => self.gift(&turn, *of, *quantity),
            Plan::Points { percent } => {
                self.award(&turn, *percent);
                Ok(())
            }
        }
    }

    /// A share has a ceiling, an amount has the base (A4).
    fn off_document(&mut self, turn: &Turn<'_>, cut: Cut) {
        let fine = taken(cut, turn.base, turn.compiled.per_proposal);
        self.propose_document(turn, fine, turn.base, cut.rate());
    }

    fn off_lines(&mut self, mut turn: Turn<'_>, cut: Cut, per: Per) {
        let basket = self.basket;
        let lines = basket.lines_of(turn.compiled.target);
        let of_units = matches!((cut, per), (Cut::Amount(_), Per::Unit));
        // A line that others took whole leaves its turn to another, perhaps dearer: whoever asks for the most that can be
        // given does not count.
        let is_counted = turn.compiled.times < i64::MAX && !self.given.is_relaxed;
        let turns = is_counted.then(|| self.turns(&turn, cut, of_units));
        for at in places(lines, lines) {
            let (net, units) = (self.net(at), basket.slots[at].units());
            let left = turns.as_ref().map_or(i64::MAX, |turns| turns.get(&at).copied().unwrap_or(0));
            let fine = match cut {
                _ if left == 0 => continue,
                Cut::Amount(amount) if of_units => {
                    off_units(amount, left.min(units), net, basket.slots[at].quantity)
                }
                Cut::Amount(_) | Cut::Rate(..) => taken(cut, net, turn.compiled.per_proposal),
            };
            turn.ceiling -= self.propose_line(&turn, at, fine, net, cut.rate());
        }
    }

    /// How many lines, or units on them, have a turn where there are not enough of them: those on which the most is given,
    /// whichever was rung up first; ties by line.
    fn turns(&self, turn: &Turn<'_>, cut: Cut, of_units: bool) -> BTreeMap<usize, i64> {
        let lines = self.basket.lines_of(turn.compiled.target);
        let mut worth: Vec<Worth> = Vec::new();
        for at in places(lines, lines) {
            let (slot, net) = (&self.basket.slots[at], self.net(at));
            let most = if turn.compiled.limits_lines() { turn.compiled.room(slot, net) } else { net };
            match cut {
                Cut::Amount(amount) if of_units => worth.extend(Worth::of_units(at, slot, net, amount, most)),
                Cut::Amount(_) | Cut::Rate(..) => {
                    let fine = taken(cut, net, turn.compiled.per_proposal);
                    worth.push(Worth { at, turns: i64::from(net > 0), each: (fine.min(most).into(), 1) });
                }
            }
        }
        worth.sort_by(|one, other| other.cmp_each(one));
        let mut left = turn.compiled.times;
        let mut given = BTreeMap::new();
        for Worth { at, turns, .. } in worth {
            *given.entry(at).or_default() += turns.min(left);
            left -= turns.min(left);
        }
        given
    }

    fn off_products(&mut self, mut turn: Turn<'_>, of: TargetNo, rows: &[PlanRow]) -> Result<(), Unmet> {
        let basket = self.basket;
        let mut met = false;
        for at in places(basket.lines_of(turn.compiled.target), basket.lines_of(of)) {
            met = true;
            let net = self.net(at);
            if net == 0 {
                continue;
            }
            let (product, quantity) = (basket.slots[at].product, basket.slots[at].quantity);
            let from = rows.partition_point(|row| row.product < product);
            for row in rows[from..].iter().take_while(|row| row.product == product) {
                if quantity < row.least || quantity > row.most {
                    continue;
                }
                let fine = taken(row.cut, net, turn.compiled.per_proposal);
                let amount = self.propose_line(&turn, at, fine, net, row.cut.rate());
                turn.ceiling -= amount;
                if amount > 0 {
                    break;
                }
            }
        }
        if met { Ok(()) } else { Err(Unmet::NoLines) }
    }

    fn fixed_price(&mut self, mut turn: Turn<'_>, price: i64) {
        let basket = self.basket;
        let lines = basket.lines_of(turn.compiled.target);
        for at in places(lines, lines) {
            let net = self.net(at);
            let wanted = i128::from(price) * i128::from(basket.slots[at].quantity.max(0)) / i128::from(FINE);
            let fine = net.saturating_sub(i64::try_from(wanted).unwrap_or(i64::MAX));
            turn.ceiling -= self.propose_line(&turn, at, fine, net, None);
        }
    }

    fn tiers(&mut self, turn: &Turn<'_>, by: TierBy, steps: &[(i64, Cut)]) -> Result<(), Unmet> {
        let actual = match by {
            TierBy::Value => turn.base,
            TierBy::Quantity => {
                let lines = self.basket.lines_of(turn.compiled.target);
                places(lines, lines).map(|at| self.basket.slots[at].units()).sum()
            }
        };
        let reached = steps.iter().rev().find(|(from, _)| *from <= actual);
        if let Some((_, cut)) = reached {
            self.off_document(turn, *cut);
            return Ok(());
        }
        let needed = steps.first().map_or(0, |(from, _)| *from);
        Err(match by {
            TierBy::Quantity => Unmet::TooFewUnits { of: UnitsOf::Bought, needed, actual },
            TierBy::Value => Unmet::BelowTier {
                needed: Money::from_minor(needed / FINE),
                actual: Money::from_minor(actual / FINE),
            },
        })
    }

    /// Bought and got are of the same units.
    fn buy_get_same(&mut self, turn: &Turn<'_>, terms: &BuyGet) -> Result<(), Unmet> {
        let basket = self.basket;
        let pool = places(basket.lines_of(turn.compiled.target), basket.lines_of(terms.among));
        let mut units = self.take_units();
        self.collect(pool, &mut units);
        let (actual, group) = (count(&units), terms.buy + terms.get);
        let groups = (actual / group).min(turn.compiled.times);
        let mut sum = ExactSum::default();
        if groups > 0 {
            sort_by_price(&mut units);
            match terms.choice {
                Choice::Cheapest => units::first(&units, groups * terms.get, terms.rate, &mut sum),
                Choice::CheapestOfGroup => {
                    cheapest_of_groups(&units, terms.buy, terms.get, groups, terms.rate, &mut sum);
                }
            }
        }
        self.given.units = units;
        if groups == 0 {
            return Err(Unmet::TooFewUnits { of: UnitsOf::Bought, needed: group, actual });
        }
        let fine = sum.floor().min(turn.compiled.per_proposal).min(turn.base);
        self.propose_document(turn, fine, turn.base, None);
        Ok(())
    }

    /// Units bought here make units there cheaper; a unit that is in both counts once.
    fn buy_get_other(&mut self, turn: &Turn<'_>, terms: &BuyGet, of: TargetNo) -> Result<(), Unmet> {
        let basket = self.basket;
        let among = terms.among;
        let bought = places(basket.lines_of(turn.compiled.target), basket.lines_of(among));
        let bought: i64 = bought.map(|at| basket.slots[at].units()).sum();
        let is_both = |at: usize| basket.has(turn.compiled.target, at) && basket.has(among, at);
        let mut units = self.take_units();
        let lines = basket.lines_of(of);
        self.collect(places(lines, lines), &mut units);
        let shared: i64 = units.iter().filter(|line| is_both(line.slot)).map(|line| line.units).sum();
        let only_bought = bought - shared;
        let groups = most_groups(terms.buy, terms.get, only_bought, count(&units) - shared, shared);
        let groups = groups.min(turn.compiled.times);
        sort_by_price(&mut units);
        let mut sum = ExactSum::default();
        let mut wanted = groups * terms.get;
        let mut free_of_shared = shared - (groups * terms.buy - only_bought).max(0);
        for line in &units {
            let most = if is_both(line.slot) { free_of_shared } else { i64::MAX };
            let taken = line.units.min(wanted).min(most);
            if is_both(line.slot) {
                free_of_shared -= taken;
            }
            wanted -= taken;
            sum.add(line, taken, terms.rate);
        }
        let got = count(&units);
        self.given.units = units;
        if groups == 0 {
            let short = bought < terms.buy;
            let (of, needed, actual) =
                if short { (UnitsOf::Bought, terms.buy, bought) } else { (UnitsOf::Got, terms.get, got) };
            return Err(Unmet::TooFewUnits { of, needed, actual });
        }
        let left = self.left();
        self.propose_document(turn, sum.floor().min(turn.compiled.per_proposal), left, None);
        Ok(())
    }

    fn gift(&mut self, turn: &Turn<'_>, of: TargetNo, quantity: i64) -> Result<(), Unmet> {
        let basket = self.basket;
        let mut units = self.take_units();
        let lines = basket.lines_of(of);
        self.collect(places(lines, lines), &mut units);
        sort_by_price(&mut units);
        let mut sum = ExactSum::default();
        units::first(&units, quantity.min(turn.compiled.times), WHOLE, &mut sum);
        let actual = count(&units);
        self.given.units = units;
        if actual == 0 {
            return Err(Unmet::TooFewUnits { of: UnitsOf::Got, needed: 1, actual });
        }
        let left = self.left();
        self.propose_document(turn, sum.floor().min(turn.compiled.per_proposal), left, None);
        Ok(())
    }

    pub(in crate::campaign) fn take_units(&mut self) -> Units {
        let mut units = core::mem::take(&mut self.given.units);
        units.clear();
        units
    }

    /// The whole units of lines with what is left of them.
    pub(in crate::campaign) fn collect(&self, lines: impl Iterator<Item = usize>, units: &mut Units) {
        for at in lines {
            let slot = &self.basket.slots[at];
            if slot.units() > 0 {
                let (units_here, net) = (slot.units(), self.net(at));
                units.push(UnitLine { slot: at, units: units_here, net, quantity: slot.quantity });
            }
        }
    }
}

/// What each of some turns on a line gives.
struct Worth {
    at: usize,
    turns: i64,
    /// Fine, over what is above nothing.
    each: (i128, i128),
}

impl Worth {
    /// Of an amount off units: so many turns give all of it, the next one what is left below the ceiling of the line, and
    /// further ones nothing.
    fn of_units(at: usize, slot: &Slot, net: i64, amount: i64, most: i64) -> impl Iterator<Item = Self> {
        let (amount, most) = (i128::from(amount), i128::from(most.max(0)));
        let under = if slot.units() > 0 { i128::from(slot.quantity) } else { 1 };
        let over = (amount * under).min(i128::from(net) * i128::from(FINE)).max(0);
        let full = if over > 0 { i64::try_from(most * under / over).unwrap_or(i64::MAX) } else { 0 };
        let full = full.min(slot.units());
        let rest = most * under - i128::from(full) * over;
        let last = i64::from(over > 0 && rest > 0 && full < slot.units());
        [Self { at, turns: full, each: (over, under) }, Self { at, turns: last, each: (rest, under) }]
            .into_iter()
            .filter(|worth| worth.turns > 0)
    }

    /// Whole parts first, so that no product grows beyond what is under them.
    fn cmp_each(&self, other: &Self) -> Ordering {
        let ((mine, my_under), (its, its_under)) = (self.each, other.each);
        let rests = || (mine % my_under * its_under).cmp(&(its % its_under * my_under));
        (mine / my_under).cmp(&(its / its_under)).then_with(rests)
    }
}

/// Fine: an amount off each of some units of a line, none of which goes below nothing; what is weighed beyond whole units
/// gives nothing.
fn off_units(amount: i64, units: i64, net: i64, quantity: i64) -> i64 {
    if units == 0 {
        return 0;
    }
    let worth = i128::from(net) * i128::from(units) * i128::from(FINE) / i128::from(quantity);
    amount.saturating_mul(units).min(i64::try_from(worth).unwrap_or(i64::MAX))
}

/// Fine: what a reward takes of an amount.
fn taken(cut: Cut, of: i64, ceiling: i64) -> i64 {
    match cut {
        Cut::Rate(rate, _) => part(of, rate).min(ceiling),
        Cut::Amount(amount) => amount.min(of),
    }
}
