//! Sets of units at a price: price for n, mix and match, bundles.
//!
//! Each part takes the dearest units that fit it, one part after the other. Where parts take the same goods, one may find
//! lacking what another took, or be left with goods so cheap that the set saves nothing: from then on sets are made by
//! exchange, of the dearest units that make a set at all.

use alloc::vec::Vec;

use super::{Given, Pass, Turn, exchange};
use crate::campaign::{
    basket::places,
    exact::FINE,
    index::TargetNo,
    plan::{Cut, SetPrice},
    proposal::InSet,
    units::{ExactSum, UnitLine, Units, WHOLE, sort_by_price},
    unmet::{UnitsOf, Unmet},
};

impl Pass<'_> {
    /// Makes sets from the dearest units down for as long as a set saves something.
    pub(super) fn sets(
        &mut self,
        turn: &Turn<'_>,
        parts: &[(TargetNo, i64)],
        price: SetPrice,
    ) -> Result<(), Unmet> {
        let basket = self.basket;
        let mut units = self.take_units();
        let in_a_part = |at: &usize| parts.iter().any(|(target, _)| basket.has(*target, *at));
        let own = basket.lines_of(turn.compiled.target);
        self.collect(places(own, own).filter(in_a_part), &mut units);
        sort_by_price(&mut units);
        units.reverse();
        let mut picked = core::mem::take(&mut self.given.more_units);
        let mut sum = ExactSum::default();
        let mut fixed = 0_i64;
        let mut sets = 0;
        let mut lacking = None;
        let mut exchanges = false;
        while sets < turn.compiled.times {
            picked.clear();
            lacking = self.make_set(parts, &mut units, &mut picked, &mut exchanges).err();
            if lacking.is_some() {
                break;
            }
            let mut saved = saving(price, &picked);
            // One part alone takes the dearest there are.
            if saved.is_none() && !exchanges && parts.len() > 1 && self.set.exchanges() {
                exchanges = true;
                put_back(&mut units, &mut picked);
                exchange::dearest_set(self.basket, parts, &mut units, &mut picked);
                saved = saving(price, &picked);
            }
            let Some((rate, off)) = saved else {
                put_back(&mut units, &mut picked);
                break;
            };
            // The same picks again, as often as every line has units for them.
            let more = picked.iter().map(|line| remaining(&units, line) / line.units).min().unwrap_or(0);
            let again = more.min(turn.compiled.times - sets - 1);
            let rounds = 1 + again;
            for line in &picked {
                sum.add(line, line.units * rounds, rate);
                take(&mut units, line, line.units * again);
            }
            fixed = fixed.saturating_add(off_fixed(price, off).saturating_mul(rounds));
            sets += rounds;
        }
        self.given.more_units = picked;
        self.given.units = units;
        if sets == 0 {
            return Err(lacking.unwrap_or(Unmet::NothingToGive));
        }
        let fine = sum.floor().saturating_add(fixed).min(turn.compiled.per_proposal).min(turn.base);
        let before = self.given.evaluation.proposals.len();
        self.propose_document(turn, fine, turn.base, None);
        if self.given.evaluation.proposals.len() > before {
            self.note_sets(before);
        }
        Ok(())
    }

    /// Notes which units are in the sets of a proposal: those that were there and are left no more.
    fn note_sets(&mut self, proposal: usize) {
        let Given { units, evaluation, .. } = &mut *self.given;
        for line in units.iter() {
            let slot = &self.basket.slots[line.slot];
            let taken = slot.units() - line.units;
            if taken > 0 {
                evaluation.in_sets.push(InSet { proposal, line: slot.no, worth: line.worth(taken) });
            }
        }
    }

    /// Takes the units of one more set out of `units` and notes them in `picked`. `exchanges` says whether sets are made by
    /// exchange, and is set where that begins.
    ///
    /// # Errors
    /// [`Unmet::TooFewUnits`]: the first part that no exchange fills beside those before it; `units` are as they were.
    fn make_set(
        &self,
        parts: &[(TargetNo, i64)],
        units: &mut Units,
        picked: &mut Vec<UnitLine>,
        exchanges: &mut bool,
    ) -> Result<(), Unmet> {
        let mut first = 0;
        if !*exchanges {
            let pick =
                |(at, part): (usize, &(TargetNo, i64))| Some((at, self.pick(*part, units, picked).err()?));
            let Some((at, lacking)) = parts.iter().enumerate().find_map(pick) else { return Ok(()) };
            let (target, quantity) = parts[at];
            // The part has taken what was left of its goods; more of them is only where others took it.
            let fits = picked.iter().filter(|line| self.basket.has(target, line.slot));
            let is_out = fits.map(|line| line.units).sum::<i64>() == quantity - lacking;
            if is_out || !self.set.exchanges() {
                put_back(units, picked);
                return Err(too_few(at, quantity, lacking));
            }
            put_back(units, picked);
            (*exchanges, first) = (true, at);
        }
        if exchange::dearest_set(self.basket, parts, units, picked) {
            return Ok(());
        }
        let lacks = |at: usize| {
            let lacking = exchange::lacking(self.basket, &parts[..=at], units);
            (lacking > 0).then(|| too_few(at, parts[at].1, lacking))
        };
        picked.clear();
        Err((first..parts.len()).find_map(lacks).unwrap_or(Unmet::NothingToGive))
    }

    /// Takes the dearest units that fit a part out of `units` and notes them in `picked`.
    ///
    /// # Errors
    /// How many units the part lacks.
    fn pick(
        &self,
        (target, quantity): (TargetNo, i64),
        units: &mut Units,
        picked: &mut Vec<UnitLine>,
    ) -> Result<(), i64> {
        let mut wanted = quantity;
        for line in units.iter_mut() {
            if wanted == 0 {
                break;
            }
            let taken = line.units.min(wanted);
            if taken == 0 || !self.basket.has(target, line.slot) {
                continue;
            }
            line.units -= taken;
            wanted -= taken;
            match picked.iter_mut().find(|known| known.slot == line.slot) {
                Some(known) => known.units += taken,
                None => picked.push(UnitLine { units: taken, ..*line }),
            }
        }
        if wanted == 0 { Ok(()) } else { Err(wanted) }
    }
}

/// That a part lacks so many of its units.
const fn too_few(part: usize, needed: i64, lacking: i64) -> Unmet {
    Unmet::TooFewUnits { of: UnitsOf::Part(part), needed, actual: needed - lacking }
}

/// What a set of these units saves: a rate of its exact value, or an amount; none where that is nothing.
fn saving(price: SetPrice, picked: &[UnitLine]) -> Option<(i64, i64)> {
    let mut exact = ExactSum::default();
    for line in picked {
        exact.add(line, line.units, WHOLE);
    }
    let value = exact.floor();
    let (rate, off) = match price {
        SetPrice::Fixed(price) if value > price => (WHOLE, -price),
        SetPrice::Fixed(_) => (0, 0),
        SetPrice::Off(Cut::Rate(rate, _)) => (rate, 0),
        SetPrice::Off(Cut::Amount(amount)) => (0, amount.min(value / FINE * FINE)),
    };
    (off > 0 || rate != 0).then_some((rate, off))
}

/// The part of a saving that is a whole amount.
const fn off_fixed(price: SetPrice, off: i64) -> i64 {
    match price {
        SetPrice::Fixed(_) | SetPrice::Off(Cut::Amount(_)) => off,
        SetPrice::Off(Cut::Rate(..)) => 0,
    }
}

fn remaining(units: &[UnitLine], line: &UnitLine) -> i64 {
    units.iter().find(|known| known.slot == line.slot).map_or(0, |known| known.units)
}

/// Puts what was picked back.
fn put_back(units: &mut [UnitLine], picked: &mut Vec<UnitLine>) {
    for line in picked.drain(..) {
        take(units, &line, -line.units);
    }
}

pub(super) fn take(units: &mut [UnitLine], line: &UnitLine, taken: i64) {
    if let Some(known) = units.iter_mut().find(|known| known.slot == line.slot) {
        known.units -= taken;
    }
}
