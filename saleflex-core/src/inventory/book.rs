//! Levels as the fold of what moved.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Batch, BatchNo, Item, Movement, MovementKind, Place, Posting, SerialNo, Stock};
use crate::ids::PostingId;

/// What there is of one batch at one place.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct BatchLevel {
    /// How much of the batch is there, damaged goods among it.
    pub on_hand: Stock,
    /// Of that, damaged.
    pub damaged: Stock,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub produced: Option<NaiveDate>,
    /// The last day it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<NaiveDate>,
}

impl BatchLevel {
    /// Whether its last good day is past.
    pub fn is_expired(&self, on: NaiveDate) -> bool {
        self.expiry.is_some_and(|expiry| expiry < on)
    }

    /// What of it is not damaged.
    pub fn sound(&self) -> Stock {
        (self.on_hand - self.damaged).or_zero()
    }
}

/// What came and went, added up.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Totals {
    /// What was delivered.
    pub received: Stock,
    /// What was sold.
    pub sold: Stock,
    /// Brought back by customers.
    pub returned: Stock,
    /// Issued or wasted.
    pub issued: Stock,
    /// Put right, either way.
    pub adjusted: Stock,
}

/// What there is of an item at a location.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Level {
    /// There; below nothing when more was sold than the books knew of.
    pub on_hand: Stock,
    /// Of that, promised to orders.
    pub reserved: Stock,
    /// Of that, damaged.
    pub damaged: Stock,
    /// The batches, by number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub batches: BTreeMap<BatchNo, BatchLevel>,
    /// How often a piece came more often than it went: 1 when it is there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub serials: BTreeMap<SerialNo, i32>,
    /// What came and went.
    pub totals: Totals,
}

impl Level {
    /// What lies there past its date, without what is damaged anyway.
    pub fn expired(&self, on: NaiveDate) -> Stock {
        self.batches.values().filter(|batch| batch.is_expired(on)).map(BatchLevel::sound).sum()
    }

    /// The last good day of what lies there past its date: the latest, where there are several.
    pub fn last_expiry(&self, on: NaiveDate) -> Option<NaiveDate> {
        let lies_there = |batch: &&BatchLevel| batch.is_expired(on) && batch.sound().is_positive();
        self.batches.values().filter(lies_there).filter_map(|batch| batch.expiry).max()
    }

    /// What lies there in no batch, of goods that are kept in batches, and the last good day of all these that are known,
    /// once it is past: nobody knows of any that are good for longer. None before.
    pub fn undated(&self, on: NaiveDate) -> Option<(Stock, NaiveDate)> {
        let days: Option<Vec<NaiveDate>> = self.batches.values().map(|batch| batch.expiry).collect();
        let last = days?.into_iter().max().filter(|last| *last < on)?;
        let undated = self.unbatched() - self.damaged_unbatched();
        undated.is_positive().then_some((undated, last))
    }

    /// What may be sold or sent elsewhere, before the floor of nothing: below nothing where more is promised or gone
    /// than was there.
    pub fn free(&self, on: NaiveDate) -> Stock {
        self.on_hand - self.reserved - self.damaged - self.expired(on)
    }

    /// What may be sold.
    pub fn available(&self, on: NaiveDate) -> Stock {
        self.free(on).or_zero()
    }

    /// What belongs to no batch.
    pub fn unbatched(&self) -> Stock {
        self.on_hand - self.batches.values().map(|batch| batch.on_hand).sum()
    }

    /// What is damaged of what belongs to no batch.
    pub fn damaged_unbatched(&self) -> Stock {
        self.damaged - self.batches.values().map(|batch| batch.damaged).sum()
    }

    /// Whether the piece with this number is there.
    pub fn has(&self, serial: &SerialNo) -> bool {
        self.serials.get(serial).is_some_and(|&times| times > 0)
    }

    /// The figure a movement of this kind changes.
    pub fn figure(&self, kind: MovementKind) -> Stock {
        if kind.is_reservation() {
            self.reserved
        } else if kind.is_on_hand() {
            self.on_hand
        } else {
            self.damaged
        }
    }

    /// Takes a movement in.
    pub fn fold(&mut self, movement: &Movement) {
        let Movement { kind, change, .. } = *movement;
        if kind.is_reservation() {
            self.reserved += change;
            return;
        }
        let batch = movement.batch.as_ref().map(|batch| self.batch(batch));
        if !kind.is_on_hand() {
            if let Some(batch) = batch {
                batch.damaged += change;
            }
            self.damaged += change;
            return;
        }
        if let Some(batch) = batch {
            batch.on_hand += change;
        }
        self.on_hand += change;
        self.fold_serials(movement);
        self.totals.fold(kind, change);
    }

    /// The level of a batch; of two statements about its dates the earlier holds, whichever came first.
    fn batch(&mut self, batch: &Batch) -> &mut BatchLevel {
        let level = self.batches.entry(batch.no.clone()).or_default();
        level.expiry = level.expiry.into_iter().chain(batch.expiry).min();
        level.produced = level.produced.into_iter().chain(batch.produced).min();
        level
    }

    fn fold_serials(&mut self, movement: &Movement) {
        let step = if movement.change.is_negative() { -1 } else { 1 };
        for serial in &movement.serials {
            let times = self.serials.entry(serial.clone()).or_default();
            *times = times.saturating_add(step);
            if *times == 0 {
                self.serials.remove(serial);
            }
        }
    }
}

impl Totals {
    fn fold(&mut self, kind: MovementKind, change: Stock) {
        match kind {
            MovementKind::Receipt | MovementKind::Purchase => self.received += change,
            MovementKind::Sale => self.sold -= change,
            MovementKind::Return => self.returned += change,
            MovementKind::Issue | MovementKind::Waste => self.issued -= change,
            MovementKind::Adjustment => self.adjusted += change.abs(),
            MovementKind::TransferOut
            | MovementKind::TransferIn
            | MovementKind::Reserve
            | MovementKind::Release
            | MovementKind::Damage => {}
        }
    }
}

/// Whether a posting did anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Applied {
    /// It was booked.
    Now,
    /// It was booked before; nothing changed.
    AlreadyDone,
}

/// The levels of some items: all, or as many as a decision looks at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Book {
    levels: BTreeMap<Place, Level>,
    posted: BTreeSet<PostingId>,
}

impl Book {
    /// Puts a level in that was read from elsewhere.
    pub fn set(&mut self, place: Place, level: Level) {
        self.levels.insert(place, level);
    }

    /// Takes note of a posting that the levels hold already.
    pub fn note(&mut self, posting: PostingId) {
        self.posted.insert(posting);
    }

    /// Books a posting whole; one that was booked changes nothing.
    pub fn apply(&mut self, posting: &Posting) -> Applied {
        if !self.posted.insert(posting.id) {
            return Applied::AlreadyDone;
        }
        for movement in &posting.movements {
            self.levels.entry(movement.place).or_default().fold(movement);
        }
        Applied::Now
    }

    /// Whether a posting was booked.
    pub fn has(&self, posting: PostingId) -> bool {
        self.posted.contains(&posting)
    }

    /// The level at a place, where there ever was one.
    pub fn level(&self, place: Place) -> Option<&Level> {
        self.levels.get(&place)
    }

    /// What is there, nothing where nothing is known.
    pub fn on_hand(&self, place: Place) -> Stock {
        self.level(place).map_or(Stock::ZERO, |level| level.on_hand)
    }

    /// All levels, by item and location.
    pub fn levels(&self) -> impl Iterator<Item = (Place, &Level)> {
        self.levels.iter().map(|(place, level)| (*place, level))
    }

    /// The levels of an item, by location.
    pub fn levels_of(&self, item: Item) -> impl Iterator<Item = (Place, &Level)> {
        self.levels().filter(move |(place, _)| place.item == item)
    }

    /// The place that holds the piece with this number.
    pub fn place_of(&self, item: Item, serial: &SerialNo) -> Option<Place> {
        self.levels_of(item).find(|(_, level)| level.has(serial)).map(|(place, _)| place)
    }
}
