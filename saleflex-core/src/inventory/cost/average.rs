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
    /// What of that left otherwise than by a sale.
    #[serde(default)]
    lost: Owed,
    /// What one unit was taken to cost when there last was one.
    last_cost: UnitPrice,
}

/// So much that left before it came, and what it was taken to cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
struct Owed {
    quantity: Stock,
    worth: Value,
}

impl Default for MovingAverage {
    fn default() -> Self {
        Self::new(Stock::ZERO, UnitPrice::ZERO)
    }
}

impl MovingAverage {
    /// Stock that was there before, at a known average.
    pub fn new(on_hand: Stock, unit_cost: UnitPrice) -> Self {
        let worth = Value::of(on_hand, unit_cost);
        Self { on_hand, worth, lost: Owed::default(), last_cost: unit_cost }
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

    /// Takes goods in; without a stated cost, at what the others are worth, which leaves the average as it is. What left
    /// before it came turns out to have cost what it comes at, what was sold of it first.
    pub(super) fn put(&mut self, quantity: Stock, cost: Option<UnitPrice>) -> Flow {
        let inward = match cost {
            Some(cost) => Value::of(quantity, cost),
            None if self.on_hand.is_positive() => self.worth.share(quantity, self.on_hand),
            None => Value::of(quantity, self.last_cost),
        };
        let (revalued, revalued_sales) = self.fill_owed(quantity, inward);
        self.on_hand += quantity;
        self.worth += inward + revalued;
        self.last_cost = cost.unwrap_or(self.last_cost);
        if self.on_hand.is_positive() {
            self.last_cost = self.unit_cost();
        }
        Flow { inward, outward: Value::ZERO, revalued, revalued_sales }
    }

    /// How much less what is owed turns out to have cost, all of it and what was sold, when so much comes in at so much.
    fn fill_owed(&mut self, quantity: Stock, inward: Value) -> (Value, Value) {
        let owed = (-self.on_hand).or_zero();
        let filled = owed.min(quantity);
        if !filled.is_positive() {
            return (Value::ZERO, Value::ZERO);
        }
        let sold = Owed { quantity: owed - self.lost.quantity, worth: -self.worth - self.lost.worth };
        let of_sold = sold.quantity.min(filled);
        let paid = inward.share(filled, quantity);
        let paid_for_sold = paid.share(of_sold, filled);
        let known_lost = self.lost.worth.share(filled - of_sold, self.lost.quantity);
        self.lost.quantity -= filled - of_sold;
        self.lost.worth = self.lost.worth - known_lost;
        let revalued_sales = sold.worth.share(of_sold, sold.quantity) - paid_for_sold;
        (revalued_sales + known_lost - (paid - paid_for_sold), revalued_sales)
    }

    /// Takes goods out at the average; the last of them take along all that is left, and what was not there is taken to
    /// cost as much as they did.
    pub(super) fn take(&mut self, quantity: Stock, is_sale: bool) -> Flow {
        self.last_cost = self.unit_cost();
        let there = self.on_hand.or_zero().min(quantity);
        let of_what_is_there = self.worth.share(there, self.on_hand);
        let owed = Owed { quantity: quantity - there, worth: Value::of(quantity - there, self.last_cost) };
        if !is_sale {
            self.lost.quantity += owed.quantity;
            self.lost.worth += owed.worth;
        }
        let outward = of_what_is_there + owed.worth;
        self.on_hand -= quantity;
        self.worth = self.worth - outward;
        Flow { outward, ..Flow::default() }
    }
}

impl Value {
    /// The part of it that `part` of `whole` is worth, with the digits of a cost; all of it for the whole, nothing for
    /// nothing. `whole` is above nothing where `part` is.
    fn share(self, part: Stock, whole: Stock) -> Self {
        if part.is_zero() {
            return Self::ZERO;
        }
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
