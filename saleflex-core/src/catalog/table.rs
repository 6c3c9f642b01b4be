//! Rows of one kind in memory.

use alloc::vec::Vec;

use super::row::Slot;

/// Rows with stable positions; a freed position is used again.
#[derive(Clone, Debug)]
pub(super) struct Table<T> {
    pub(super) rows: Vec<Option<T>>,
    free: Vec<Slot>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), free: Vec::new() }
    }
}

impl<T> Table<T> {
    pub(super) fn insert(&mut self, row: T) -> Slot {
        if let Some(slot) = self.free.pop() {
            self.rows[slot.at()] = Some(row);
            return slot;
        }
        let slot =
            Slot::after(self.rows.len()).expect("four thousand million rows do not fit a till's memory");
        self.rows.push(Some(row));
        slot
    }

    pub(super) fn remove(&mut self, slot: Slot) -> Option<T> {
        let row = self.rows[slot.at()].take()?;
        self.free.push(slot);
        Some(row)
    }

    pub(super) fn get(&self, slot: Slot) -> &T {
        self.rows[slot.at()].as_ref().expect("a slot that is handed out has a row")
    }

    pub(super) fn get_mut(&mut self, slot: Slot) -> &mut T {
        self.rows[slot.at()].as_mut().expect("a slot that is handed out has a row")
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Slot, &T)> {
        let slots = (0..).map_while(Slot::after);
        slots.zip(&self.rows).filter_map(|(slot, row)| row.as_ref().map(|row| (slot, row)))
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len() - self.free.len()
    }

    /// Makes room for so many rows more.
    pub(super) fn reserve(&mut self, more: usize) {
        self.rows.reserve_exact(more);
    }
}
