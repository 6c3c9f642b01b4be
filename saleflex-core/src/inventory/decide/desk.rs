//! Where a posting is put together: the book as it would be after the movements so far.

use alloc::{borrow::Cow, collections::BTreeMap, vec::Vec};

use chrono::NaiveDate;

use super::Facts;
use crate::{
    ids::LocationId,
    inventory::{BatchNo, Book, Item, ItemRules, Level, Movement, Place, SerialNo, Stock, StockRefusal},
};

pub(in crate::inventory) struct Desk<'a> {
    book: &'a Book,
    facts: &'a Facts<'a>,
    touched: BTreeMap<Place, Level>,
    movements: Vec<Movement>,
}

impl<'a> Desk<'a> {
    pub(in crate::inventory) const fn new(book: &'a Book, facts: &'a Facts<'a>) -> Self {
        Self { book, facts, touched: BTreeMap::new(), movements: Vec::new() }
    }

    pub(in crate::inventory) const fn facts(&self) -> &'a Facts<'a> {
        self.facts
    }

    pub(in crate::inventory) fn rules(&self, item: Item) -> Result<&'a ItemRules, StockRefusal> {
        self.facts.items.get(&item.product).ok_or(StockRefusal::UnknownItem { item })
    }

    pub(in crate::inventory) fn level(&self, place: Place) -> Cow<'_, Level> {
        match self.touched.get(&place).or_else(|| self.book.level(place)) {
            Some(level) => Cow::Borrowed(level),
            None => Cow::Owned(Level::default()),
        }
    }

    /// Where a piece is after the movements so far.
    pub(in crate::inventory) fn location_of(&self, item: Item, serial: &SerialNo) -> Option<LocationId> {
        let moved = self.touched.iter().find(|(place, level)| place.item == item && level.has(serial));
        let place = moved
            .map(|(place, _)| *place)
            .or_else(|| self.book.place_of(item, serial).filter(|place| !self.touched.contains_key(place)))?;
        Some(place.location)
    }

    /// The expiry of a batch as any location knows it.
    pub(in crate::inventory) fn known_expiry(&self, item: Item, batch: &BatchNo) -> Option<NaiveDate> {
        let touched = self.touched.iter().map(|(place, level)| (*place, level));
        let mut levels = touched.chain(self.book.levels_of(item)).filter(|(place, _)| place.item == item);
        levels.find_map(|(_, level)| level.batches.get(batch)?.expiry)
    }

    pub(in crate::inventory) fn push(&mut self, movement: Movement) -> Result<(), StockRefusal> {
        let after = movement.after();
        if after.abs() > Stock::MAX {
            return Err(StockRefusal::TooMuch { item: movement.item(), level: after, most: Stock::MAX });
        }
        let book = self.book;
        let level = self
            .touched
            .entry(movement.place)
            .or_insert_with(|| book.level(movement.place).cloned().unwrap_or_default());
        level.fold(&movement);
        self.movements.push(movement);
        Ok(())
    }

    pub(in crate::inventory) const fn len(&self) -> usize {
        self.movements.len()
    }

    pub(in crate::inventory) fn movements_from(&self, first: usize) -> Vec<Movement> {
        self.movements.iter().skip(first).cloned().collect()
    }

    pub(in crate::inventory) fn into_movements(self) -> Vec<Movement> {
        self.movements
    }
}
