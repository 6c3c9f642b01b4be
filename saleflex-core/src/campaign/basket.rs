//! The lines of a cart as a pass reads them: whole numbers in slots, and for each target a row of bits.

use alloc::{boxed::Box, sync::Arc, vec, vec::Vec};

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::{
    cart::{CartItem, CartLine},
    compile::CampaignSet,
    eligible::set_bit,
    exact::FINE,
    index::{ProductNo, TargetNo},
    proposal::Rank,
};
use crate::{
    ids::{LineNo, ProductId},
    money::Money,
};

/// Why a line cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CartError {
    /// The lines together come to more than [`Money::MAX`], counted without sign.
    #[error("the lines come to more than an amount can be")]
    TooLarge,
    /// More lines than a cart may have.
    #[error("more than {most} lines")]
    TooManyLines {
        /// How many there may be.
        most: usize,
    },
    /// Two lines or two tenders have one number.
    #[error("the number {0} stands twice")]
    SameNumber(u32),
}

/// The most lines of a cart: as many as a document can be allowed to have.
pub const MOST_LINES: usize = 100_000;

/// The number of the target that takes every line: the first of every set.
pub(super) const ALL: TargetNo = 0;
/// An item looked up before, its product's number and its targets.
type KnownItem = (Arc<CartItem>, ProductNo, Box<[TargetNo]>);

/// A line in whole numbers.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) no: LineNo,
    pub(super) is_live: bool,
    pub(super) total: i64,
    pub(super) quantity: i64,
    pub(super) product: ProductNo,
    /// What one unit cost, fine; nothing where it is not known.
    pub(super) cost: i64,
    /// Where its targets begin, and how many there are.
    listed: (usize, usize),
}

/// The value of a target's lines, fine.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Sum {
    /// As wide as the others: without a gap between them a set's sums are cleared at once, however many they are.
    pub(super) lines: u64,
    /// What is brought back lowers it (D12).
    pub(super) signed: i64,
    /// What is brought back counts as nothing.
    pub(super) positive: i64,
}

impl Slot {
    /// Whole units; none below nothing.
    pub(super) const fn units(&self) -> i64 {
        if self.quantity > 0 { self.quantity / FINE } else { 0 }
    }
}

/// The lines, by rising number. A removed line leaves a dead slot, so that the others keep their bits.
#[derive(Clone, Debug, Default)]
pub(super) struct Basket {
    pub(super) slots: Vec<Slot>,
    live: usize,
    /// Words a target.
    stride: usize,
    bits: Vec<u64>,
    /// By target.
    pub(super) sums: Vec<Sum>,
    /// A bit for each campaign with a line in its target.
    met: Vec<u64>,
    /// The targets of all slots, one slot's after the other's, with gaps where slots were changed.
    listed: Vec<TargetNo>,
    gaps: usize,
    /// Σ of sizes, for the bound.
    size: i64,
    marks: Vec<u8>,
    /// Only where codes are read.
    known: HashMap<ProductId, KnownItem, FxBuildHasher>,
    /// How many slots had their bits set, over and over where lines were put in between.
    #[cfg(test)]
    pub(super) placed: usize,
}

impl Basket {
    /// Nothing yet, and room for so many lines.
    pub(super) fn new(set: &CampaignSet, lines: usize) -> Self {
        let (lines, targets) = (lines.min(MOST_LINES), set.targets.len());
        let stride = stride(lines);
        Self {
            slots: Vec::with_capacity(lines),
            stride,
            bits: vec![0; stride * targets],
            sums: vec![Sum::default(); targets],
            met: vec![0; set.len().div_ceil(64)],
            listed: Vec::with_capacity(4 * lines),
            marks: vec![0; targets],
            ..Self::default()
        }
    }

    /// Where a line stands, or where it would.
    pub(super) fn place(&self, no: LineNo) -> Result<usize, usize> {
        // A basket grows at its end.
        if self.slots.last().is_none_or(|last| last.no < no) {
            return Err(self.slots.len());
        }
        self.slots.binary_search_by_key(&no, |slot| slot.no)
    }

    /// The campaigns that are allowed and have a line in their target, in order.
    pub(super) fn met<'a>(&'a self, allowed: &'a [u64]) -> impl Iterator<Item = Rank> + 'a {
        places(&self.met, allowed).map(Rank::nth)
    }

    /// Whether a campaign has a line in its target.
    pub(super) fn is_met(&self, rank: Rank) -> bool {
        has_bit(&self.met, rank)
    }

    /// The first campaign from a place on that is allowed, has a line in its target, and is not among `others`.
    pub(super) fn next_met(&self, allowed: &[u64], others: &[u64], from: usize) -> Option<usize> {
        let mut word = from / 64;
        let mut ahead = u64::MAX << (from % 64);
        loop {
            let open = self.met.get(word)? & allowed.get(word)? & !others.get(word)? & ahead;
            if open != 0 {
                return Some(word * 64 + open.trailing_zeros() as usize);
            }
            (word, ahead) = (word + 1, u64::MAX);
        }
    }

    /// The targets of a slot.
    pub(super) fn targets(&self, at: usize) -> &[TargetNo] {
        let (from, count) = self.slots[at].listed;
        &self.listed[from..from + count]
    }

    /// Puts a line in, or in the place of the one with its number.
    pub(super) fn put(&mut self, set: &CampaignSet, line: &CartLine) -> Result<(), CartError> {
        let found = self.place(line.no);
        let before = found.ok().and_then(|at| self.slots.get(at));
        let freed = before.map_or(0, |slot| slot.total.abs());
        let size = self.size - freed + line.total.fine().abs();
        if size > Money::MAX.minor() * FINE {
            return Err(CartError::TooLarge);
        }
        if self.live >= MOST_LINES && !before.is_some_and(|slot| slot.is_live) {
            return Err(CartError::TooManyLines { most: MOST_LINES });
        }
        self.size = size;
        let slot = self.slot(set, line);
        match found {
            Ok(at) => {
                self.set_bits(set, at, false);
                self.gaps += self.slots[at].listed.1;
                self.live += usize::from(!self.slots[at].is_live);
                self.slots[at] = slot;
                self.set_bits(set, at, true);
                self.close_gaps();
            }
            Err(at) if at == self.slots.len() => {
                self.live += 1;
                self.slots.push(slot);
                if self.slots.len() > self.stride * 64 {
                    self.rebuild(set);
                } else {
                    self.set_bits(set, at, true);
                }
            }
            Err(at) => {
                self.live += 1;
                self.slots.insert(at, slot);
                self.rebuild(set);
            }
        }
        Ok(())
    }

    /// Takes a line out; whether there was one.
    pub(super) fn remove(&mut self, set: &CampaignSet, no: LineNo) -> bool {
        let Ok(at) = self.place(no) else { return false };
        if !self.slots[at].is_live {
            return false;
        }
        self.set_bits(set, at, false);
        let slot = &mut self.slots[at];
        self.size -= slot.total.abs();
        slot.is_live = false;
        slot.total = 0;
        slot.quantity = 0;
        self.gaps += core::mem::take(&mut slot.listed).1;
        self.live -= 1;
        if self.slots.len() > 64 && self.live < self.slots.len() / 2 {
            self.slots.retain(|slot| slot.is_live);
            self.rebuild(set);
        }
        self.close_gaps();
        true
    }

    /// The bits of a target's lines.
    pub(super) fn lines_of(&self, target: TargetNo) -> &[u64] {
        let from = target as usize * self.stride;
        self.bits.get(from..from + self.stride).unwrap_or_default()
    }

    /// Whether a line is in a target.
    pub(super) fn has(&self, target: TargetNo, at: usize) -> bool {
        self.lines_of(target).get(at / 64).is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    fn slot(&mut self, set: &CampaignSet, line: &CartLine) -> Slot {
        let from = self.listed.len();
        let product = self.find_targets(set, line);
        Slot {
            no: line.no,
            is_live: true,
            total: line.total.fine(),
            quantity: line.quantity.fine(),
            product,
            cost: line.item.cost.map_or(0, |cost| cost.fine().max(0)),
            listed: (from, self.listed.len() - from),
        }
    }

    /// Adds the targets of a line to those listed, and answers its product's number.
    fn find_targets(&mut self, set: &CampaignSet, line: &CartLine) -> ProductNo {
        let item = &line.item;
        let is_kept = set.targets.asks_codes() && !set.targets.asks_price();
        let kept_as = item.product.filter(|_| is_kept);
        if let Some((same, product, targets)) = kept_as.and_then(|id| self.known.get(&id))
            && (Arc::ptr_eq(same, item) || same == item)
        {
            self.listed.extend_from_slice(targets);
            return *product;
        }
        let from = self.listed.len();
        let product = set.targets.find_targets(item, || unit_price(line), &mut self.marks, &mut self.listed);
        if let Some(id) = kept_as {
            self.known.insert(id, (Arc::clone(item), product, self.listed[from..].into()));
        }
        product
    }

    fn set_bits(&mut self, set: &CampaignSet, at: usize, on: bool) {
        #[cfg(test)]
        {
            self.placed += usize::from(on);
        }
        let (word, bit) = (at / 64, 1_u64 << (at % 64));
        let Slot { total, listed: (from, count), .. } = self.slots[at];
        let sign = if on { 1 } else { -1 };
        for &target in &self.listed[from..from + count] {
            let sum = &mut self.sums[target as usize];
            let had_lines = sum.lines > 0;
            sum.lines = if on { sum.lines + 1 } else { sum.lines - 1 };
            sum.signed += sign * total;
            sum.positive += sign * total.max(0);
            if had_lines != (sum.lines > 0) {
                for &rank in set.readers.of_target(target) {
                    if on { set_bit(&mut self.met, rank) } else { clear_bit(&mut self.met, rank) }
                }
            }
            let bits = &mut self.bits[target as usize * self.stride + word];
            if on { *bits |= bit } else { *bits &= !bit }
        }
    }

    /// Sets all bits anew, where slots moved or have become too many for them.
    fn rebuild(&mut self, set: &CampaignSet) {
        self.stride = stride(self.slots.len());
        self.bits.clear();
        self.bits.resize(self.stride * self.sums.len(), 0);
        self.sums.fill(Sum::default());
        self.met.fill(0);
        for at in 0..self.slots.len() {
            self.set_bits(set, at, true);
        }
    }

    /// Lists the targets of all slots anew where more than half of what is listed belongs to none.
    fn close_gaps(&mut self) {
        if self.gaps < 256 || self.gaps < self.listed.len() / 2 {
            return;
        }
        let mut listed = Vec::with_capacity(self.listed.len() - self.gaps);
        for slot in &mut self.slots {
            let (from, count) = slot.listed;
            slot.listed.0 = listed.len();
            listed.extend_from_slice(&self.listed[from..from + count]);
        }
        (self.listed, self.gaps) = (listed, 0);
    }
}

/// Words that hold a bit for each of so many lines.
fn stride(lines: usize) -> usize {
    lines.div_ceil(64).next_power_of_two()
}

/// Clears the bit of a campaign.
pub(super) fn clear_bit(bits: &mut [u64], rank: Rank) {
    if let Some(word) = bits.get_mut(rank.at() / 64) {
        *word &= !(1 << (rank.at() % 64));
    }
}

/// Whether the bit of a campaign is set.
pub(super) fn has_bit(bits: &[u64], rank: Rank) -> bool {
    bits.get(rank.at() / 64).is_some_and(|word| word & (1 << (rank.at() % 64)) != 0)
}

/// What one unit of a line costs, fine and rounded down; the whole total where the quantity is nothing.
fn unit_price(line: &CartLine) -> i64 {
    let (total, quantity) = (line.total.fine(), line.quantity.fine());
    if quantity <= 0 {
        return total;
    }
    i64::try_from(i128::from(total) * i128::from(FINE) / i128::from(quantity)).unwrap_or(i64::MAX)
}

/// The places of the bits set in both rows, rising.
pub(super) fn places<'a>(one: &'a [u64], other: &'a [u64]) -> impl Iterator<Item = usize> + 'a {
    one.iter().zip(other).enumerate().flat_map(|(word, (one, other))| {
        let mut rest = one & other;
        core::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let at = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            Some(word * 64 + at)
        })
    })
}
