//! Moving average: a delivery shifts the average, what leaves goes at it.

use serde::{Deserialize, Serialize};

use super::{Flow, Value, rounded};
use crate::{inventory::Stock, quantity::UnitPrice};

/// Stock at its moving average cost.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MovingAverage {
    on_hand: Stock,
    unit_cost: UnitPrice,
}

impl Default for MovingAverage {
    fn default() -> Self {
        Self { on_hand: Stock::ZERO, unit_cost: UnitPrice::ZERO }
    }
}

impl MovingAverage {
    /// Stock that was there before, at a known average.
    pub const fn new(on_hand: Stock, unit_cost: UnitPrice) -> Self {
        Self { on_hand, unit_cost }
    }

    /// How much is on hand.
    pub const fn on_hand(&self) -> Stock {
        self.on_hand
    }

    /// What one unit costs on average.
    pub const fn unit_cost(&self) -> UnitPrice {
        self.unit_cost
    }

    /// What is on hand at the average.
    pub fn value(&self) -> Value {
        Value::of(self.on_hand, self.unit_cost)
    }

    pub(super) fn put(&mut self, quantity: Stock, cost: UnitPrice) -> Flow {
        let before = self.value();
        let held = self.on_hand.or_zero();
        let worth = Value::of(held, self.unit_cost) + Value::of(quantity, cost);
        let average = worth.decimal().checked_div((held + quantity).decimal()).map(rounded);
        // The average of two costs lies between them; it is out of bounds only where the sum was.
        self.unit_cost = average.and_then(Result::ok).unwrap_or(cost);
        self.on_hand += quantity;
        let inward = Value::of(quantity, cost);
        Flow { inward, outward: Value::ZERO, revalued: self.value() - before - inward }
    }

    pub(super) fn take(&mut self, quantity: Stock) -> Flow {
        let outward = Value::of(quantity, self.unit_cost);
        self.on_hand -= quantity;
        Flow { outward, ..Flow::default() }
    }
}
