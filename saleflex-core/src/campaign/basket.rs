//! The lines of a cart as a pass reads them: whole numbers in slots, and for each target a row of bits.

use alloc::{sync::Arc, vec, vec::Vec};

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::{
    cart::{CartItem, CartLine},
    compile::CampaignSet,
    exact::FINE,
    index::TargetNo,
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

/// The most lines of a cart; more than any till's document may have.
pub const MOST_LINES: usize = 10_000;

/// The number of the target that takes every line: the first of every set.
pub(super) const ALL: TargetNo = 0;
/// A product no row names.
const NO_PRODUCT: u32 = u32::MAX;

/// An item looked up before, and its targets.
type KnownItem = (Arc<CartItem>, Arc<[TargetNo]>);

/// A line in whole numbers.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) no: LineNo,
    pub(super) is_live: bool,
    pub(super) total: i64,
    pub(super) quantity: i64,
    pub(super) product: u32,
    /// What one unit cost, fine; nothing where it is not known.
    pub(super) cost: i64,
    pub(super) targets: Arc<[TargetNo]>,
}

/// The value of a target's lines, fine.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Sum {
    pub(super) lines: u32,
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
    /// Σ of sizes, for the bound.
    size: i64,
    marks: Vec<u8>,
    known: HashMap<ProductId, KnownItem, FxBuildHasher>,
}

impl Basket {
    pub(super) fn new(set: &CampaignSet) -> Self {
        let stride = 4;
        let targets = set.targets.len();
        let (bits, sums) = (vec![0; stride * targets], vec![Sum::default(); targets]);
        Self { stride, bits, sums, marks: vec![0; targets], ..Self::default() }
    }

    /// Puts a line in, or in the place of the one with its number.
    pub(super) fn put(&mut self, set: &CampaignSet, line: &CartLine) -> Result<(), CartError> {
        let found = self.slots.binary_search_by_key(&line.no, |slot| slot.no);
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
                self.set_bits(at, false);
                self.live += usize::from(!self.slots[at].is_live);
                self.slots[at] = slot;
                self.set_bits(at, true);
            }
            Err(at) if at == self.slots.len() => {
                self.live += 1;
                self.slots.push(slot);
                if self.slots.len() > self.stride * 64 {
                    self.rebuild();
                } else {
                    self.set_bits(at, true);
                }
            }
            Err(at) => {
                self.live += 1;
                self.slots.insert(at, slot);
                self.rebuild();
            }
        }
        Ok(())
    }

    /// Takes a line out; whether there was one.
    pub(super) fn remove(&mut self, no: LineNo) -> bool {
        let Ok(at) = self.slots.binary_search_by_key(&no, |slot| slot.no) else { return false };
        if !self.slots[at].is_live {
            return false;
        }
        self.set_bits(at, false);
        let slot = &mut self.slots[at];
        self.size -= slot.total.abs();
        slot.is_live = false;
        slot.total = 0;
        slot.quantity = 0;
        slot.targets = Arc::from([]);
        self.live -= 1;
        if self.slots.len() > 64 && self.live < self.slots.len() / 2 {
            self.slots.retain(|slot| slot.is_live);
            self.rebuild();
        }
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
        let product = line.item.product.and_then(|id| set.products.get(&id)).copied();
        Slot {
            no: line.no,
            is_live: true,
            total: line.total.fine(),
            quantity: line.quantity.fine(),
            product: product.unwrap_or(NO_PRODUCT),
            cost: line.item.cost.map_or(0, |cost| cost.fine().max(0)),
            targets: self.targets_of(set, line),
        }
    }

    fn targets_of(&mut self, set: &CampaignSet, line: &CartLine) -> Arc<[TargetNo]> {
        let item = &line.item;
        let known = item.product.and_then(|id| self.known.get(&id));
        if let Some((same, targets)) = known
            && (Arc::ptr_eq(same, item) || same == item)
            && !set.targets.asks_price()
        {
            return Arc::clone(targets);
        }
        let targets: Arc<[TargetNo]> = set.targets.targets_of(item, unit_price(line), &mut self.marks).into();
        if let Some(id) = item.product {
            self.known.insert(id, (Arc::clone(item), Arc::clone(&targets)));
        }
        targets
    }

    fn set_bits(&mut self, at: usize, on: bool) {
        let (word, bit) = (at / 64, 1_u64 << (at % 64));
        let Some(slot) = self.slots.get(at) else { return };
        let sign = if on { 1 } else { -1 };
        for &target in slot.targets.iter() {
            if let Some(sum) = self.sums.get_mut(target as usize) {
                sum.lines = if on { sum.lines + 1 } else { sum.lines - 1 };
                sum.signed += sign * slot.total;
                sum.positive += sign * slot.total.max(0);
            }
            if let Some(bits) = self.bits.get_mut(target as usize * self.stride + word) {
                if on { *bits |= bit } else { *bits &= !bit }
            }
        }
    }

    fn rebuild(&mut self) {
        let targets = self.marks.len();
        self.stride = self.slots.len().div_ceil(64).next_power_of_two().max(4);
        self.bits.clear();
        self.bits.resize(self.stride * targets, 0);
        self.sums.fill(Sum::default());
        for at in 0..self.slots.len() {
            self.set_bits(at, true);
        }
    }
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
