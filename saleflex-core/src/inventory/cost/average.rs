//! Moving average: a delivery shifts the average, what leaves goes at it.
//!
//! **Invariant:** what is kept is what the stock is worth, an amount. What one unit costs follows from it, so that however
//! the average has to be rounded, what was paid is what left and what is still there.

use serde::{Deserialize, Serialize};

use super::{COST_DIGITS, Flow, Value, rounded};
use crate::{inventory::Stock, money::Rounding, quantity::UnitPrice};

/// Stock at its moving average cost.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MovingAverage {
    on_hand: Stock,
    /// What `on_hand` is worth; below nothing, what is owed is taken to cost.
    worth: Value,
    /// What one unit was taken to cost when there last was one.
    last_cost: UnitPrice,
}

impl Default for MovingAverage {
    fn default() -> Self {
        Self { on_hand: Stock::ZERO, worth: Value::ZERO, last_cost: UnitPrice::ZERO }
    }
}

impl MovingAverage {
    /// Stock that was there before, at a known average.
    pub fn new(on_hand: Stock, unit_cost: UnitPrice) -> Self {
        Self { on_hand, worth: Value::of(on_hand, unit_cost), last_cost: unit_cost }
    }

    /// How much is on hand.
    pub const fn on_hand(&self) -> Stock {
        self.on_hand
    }

    /// What one unit costs on average, rounded half up; where nothing is there, what it cost when there last was one.
    pub fn unit_cost(&self) -> UnitPrice {
        if !self.on_hand.is_positive() {
            return self.last_cost;
        }
        let average = self.worth.decimal().checked_div(self.on_hand.decimal()).map(rounded);
        // The average of costs lies between them; it is out of bounds only where their sum was.
        average.and_then(Result::ok).unwrap_or(self.last_cost)
    }

    /// What that is worth; below nothing, what is owed is taken to cost.
    pub const fn value(&self) -> Value {
        self.worth
    }

    /// Takes goods in; without a stated cost, at what the others are worth, which leaves the average as it is. What was
    /// sold before it came turns out to have cost what it comes at.
    pub(super) fn put(&mut self, quantity: Stock, cost: Option<UnitPrice>) -> Flow {
        let inward = match cost {
            Some(cost) => Value::of(quantity, cost),
            None if self.on_hand.is_positive() => self.worth.share(quantity, self.on_hand),
            None => Value::of(quantity, self.last_cost),
        };
        let filled = (-self.on_hand).or_zero().min(quantity);
        let revalued = if filled.is_positive() {
            -self.worth.share(filled, self.on_hand.abs()) - inward.share(filled, quantity)
        } else {
            Value::ZERO
        };
        self.on_hand += quantity;
        self.worth += inward + revalued;
        self.last_cost = cost.unwrap_or(self.last_cost);
        if self.on_hand.is_positive() {
            self.last_cost = self.unit_cost();
        }
        Flow { inward, outward: Value::ZERO, revalued }
    }

    /// Takes goods out at the average; the last of them take along all that is left, and what was not there is taken to
    /// cost as much as they did.
    pub(super) fn take(&mut self, quantity: Stock) -> Flow {
        self.last_cost = self.unit_cost();
        let there = self.on_hand.or_zero().min(quantity);
        let of_what_is_there =
            if there.is_positive() { self.worth.share(there, self.on_hand) } else { Value::ZERO };
        let outward = of_what_is_there + Value::of(quantity - there, self.last_cost);
        self.on_hand -= quantity;
        self.worth = self.worth - outward;
        Flow { outward, ..Flow::default() }
    }
}

impl Value {
    /// The part of it that `part` of `whole` is worth, with the digits of a cost; all of it for the whole. `whole` is above
    /// nothing.
    fn share(self, part: Stock, whole: Stock) -> Self {
        if part == whole {
            return self;
        }
        let (all, part, whole) = (self.decimal(), part.decimal(), whole.decimal());
        let product = all.checked_mul(part).and_then(|product| product.checked_div(whole));
        // So much that the product cannot be told is worth the same by the share it is.
        let exact = product.or_else(|| part.checked_div(whole).and_then(|share| all.checked_mul(share)));
        exact.map_or(Self::ZERO, |exact| Self(Rounding::HalfUp.round(exact, COST_DIGITS).normalize()))
    }
}
