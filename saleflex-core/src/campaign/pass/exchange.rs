//! A set out of goods that several of its parts take: which units there are, whichever part each stands for.
//!
//! Units are looked at from the dearest down, and each is taken for which room can be made: where its own parts are full, by
//! letting units that stand for them stand for others. No unit that was taken is given up again, so what is taken is worth
//! at least as much as any other set, and there is one wherever the goods make one.

use alloc::{vec, vec::Vec};

use super::sets::take;
use crate::campaign::{
    basket::Basket,
    index::TargetNo,
    units::{UnitLine, Units},
};

/// Takes the dearest units that make a set out of `units`, which are the dearest first, and notes them in `picked`; whether
/// they make one, and else `units` are as they were.
pub(super) fn dearest_set(
    basket: &Basket,
    parts: &[(TargetNo, i64)],
    units: &mut Units,
    picked: &mut Vec<UnitLine>,
) -> bool {
    let mut set = Exchange::of(basket, parts);
    picked.clear();
    for line in units.iter().filter(|line| line.units > 0) {
        let taken = set.place(line);
        if taken > 0 {
            picked.push(UnitLine { units: taken, ..*line });
        }
    }
    if set.lacking() > 0 {
        return false;
    }
    for line in picked {
        take(units, line, line.units);
    }
    true
}

/// How many units are lacking for one set of some parts.
pub(super) fn lacking(basket: &Basket, parts: &[(TargetNo, i64)], units: &[UnitLine]) -> i64 {
    let mut set = Exchange::of(basket, parts);
    for line in units {
        set.place(line);
    }
    set.lacking()
}

/// A set being made.
struct Exchange<'a> {
    basket: &'a Basket,
    parts: &'a [(TargetNo, i64)],
    /// By part: how many units it still wants.
    wanted: Vec<i64>,
    /// By part: the slots of the units that stand for it, and how many of each.
    held: Vec<Vec<(usize, i64)>>,
    /// By part: whether no room can be made in it any more. What stands for such a part fits no other than such.
    is_closed: Vec<bool>,
}

/// How a part was come to in search of room: from the unit itself, or from another part, by what stands for that one.
#[derive(Clone, Copy)]
enum Step {
    Unit,
    Part { from: usize, slot: usize },
}

impl<'a> Exchange<'a> {
    fn of(basket: &'a Basket, parts: &'a [(TargetNo, i64)]) -> Self {
        let wanted = parts.iter().map(|(_, quantity)| *quantity).collect();
        let (held, is_closed) = (vec![Vec::new(); parts.len()], vec![false; parts.len()]);
        Self { basket, parts, wanted, held, is_closed }
    }

    fn lacking(&self) -> i64 {
        self.wanted.iter().sum()
    }

    /// Takes as many units of a line as there is room for, and answers how many.
    fn place(&mut self, line: &UnitLine) -> i64 {
        let mut left = line.units;
        while left > 0 {
            let Some((part, steps)) = self.find_room(line.slot) else { break };
            left -= self.move_in(line.slot, left, part, &steps);
        }
        line.units - left
    }

    /// A part with room for a unit of a slot, and how each part on the way was come to; the shortest way.
    fn find_room(&mut self, slot: usize) -> Option<(usize, Vec<Option<Step>>)> {
        let mut steps: Vec<Option<Step>> = vec![None; self.parts.len()];
        let mut open: Vec<usize> = (0..self.parts.len()).filter(|part| !self.is_closed[*part]).collect();
        let mut reached: Vec<usize> = Vec::new();
        self.reach(slot, Step::Unit, &mut open, (&mut steps, &mut reached));
        let mut next = 0;
        while let Some(&part) = reached.get(next) {
            if self.wanted[part] > 0 {
                return Some((part, steps));
            }
            for &(slot, _) in &self.held[part] {
                self.reach(slot, Step::Part { from: part, slot }, &mut open, (&mut steps, &mut reached));
            }
            next += 1;
        }
        for part in reached {
            self.is_closed[part] = true;
        }
        None
    }

    /// Goes from a slot to all parts that take it and were not come to before.
    fn reach(
        &self,
        slot: usize,
        step: Step,
        open: &mut Vec<usize>,
        (steps, reached): (&mut [Option<Step>], &mut Vec<usize>),
    ) {
        open.retain(|&part| {
            let is_taken = self.basket.has(self.parts[part].0, slot);
            if is_taken {
                steps[part] = Some(step);
                reached.push(part);
            }
            !is_taken
        });
    }

    /// Moves what stands in the way, and takes units of a slot; answers how many, at least one.
    fn move_in(&mut self, slot: usize, most: i64, room: usize, steps: &[Option<Step>]) -> i64 {
        let mut count = most.min(self.wanted[room]);
        let mut at = room;
        while let Some(Step::Part { from, slot }) = steps[at] {
            count = count.min(self.held_of(from, slot));
            at = from;
        }
        self.wanted[room] -= count;
        at = room;
        while let Some(Step::Part { from, slot }) = steps[at] {
            self.hold(at, slot, count);
            self.hold(from, slot, -count);
            at = from;
        }
        self.hold(at, slot, count);
        count
    }

    fn held_of(&self, part: usize, slot: usize) -> i64 {
        self.held[part].iter().find(|held| held.0 == slot).map_or(0, |held| held.1)
    }

    fn hold(&mut self, part: usize, slot: usize, count: i64) {
        let held = &mut self.held[part];
        match held.iter_mut().find(|held| held.0 == slot) {
            Some(known) => known.1 += count,
            None => held.push((slot, count)),
        }
        held.retain(|held| held.1 > 0);
    }
}
