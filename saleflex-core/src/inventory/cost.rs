//! What stock is worth: moving average or first in, first out.
//!
//! A valuation follows one item through the shop; transfers leave it alone. **Invariant:** what came in, less what
//! went out, plus what was revalued is what is on hand, to the last digit ([`Flow`]).

use core::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub},
};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Movement, MovementKind, Stock};
use crate::{
    money::{AmountError, Rounding},
    quantity::UnitPrice,
};

pub use self::{
    average::MovingAverage,
    fifo::{Fifo, Layer},
};

mod average;
mod fifo;

/// Fraction digits of an average cost.
const COST_DIGITS: u32 = 4;

/// What stock is worth, an exact amount: what was paid for it (quantity times unit cost, up to 8 fraction digits) less what
/// left; below nothing for what was sold before it came.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Value(#[serde(with = "rust_decimal::serde::str")] Decimal);

impl Value {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The most one delivery may be worth: a million million. A hundred million of them add up exactly.
    pub const MAX: Self = Self(Decimal::from_parts(3_567_587_328, 232, 0, false, 0));

    /// What so many units are worth.
    pub fn of(quantity: Stock, unit_cost: UnitPrice) -> Self {
        let exact = quantity.decimal().checked_mul(unit_cost.decimal());
        let most = if quantity.is_negative() { Decimal::MIN } else { Decimal::MAX };
        Self(exact.unwrap_or(most).normalize())
    }

    /// The number itself.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// Rounded to a number of fraction digits, for paper.
    #[must_use]
    pub fn rounded(self, digits: u32) -> Decimal {
        Rounding::HalfUp.round(self.0, digits)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        rust_decimal::serde::str::deserialize(deserializer).map(|value| Self(value.normalize()))
    }
}

impl Add for Value {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0).normalize())
    }
}

impl AddAssign for Value {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Value {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Value {
    type Output = Self;

    fn neg(self) -> Self {
        if self.0.is_zero() { Self::ZERO } else { Self(-self.0) }
    }
}

impl Sum for Value {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// How stock is valued.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Costing {
    /// At the average of what it cost.
    #[default]
    MovingAverage,
    /// What came first is taken to go first.
    Fifo,
}

/// What a movement does to the value of stock.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Flow {
    /// The value that came in.
    pub inward: Value,
    /// The value that went out: the cost of what was sold, issued or lost.
    pub outward: Value,
    /// What goods that left before they came turned out to cost less than they were taken to, or, below nothing, more.
    pub revalued: Value,
    /// The part of that which was sold; the rest was used, lost or sent back.
    pub revalued_sales: Value,
}

impl Flow {
    /// By how much the value on hand changed.
    pub fn net(&self) -> Value {
        self.inward - self.outward + self.revalued
    }
}

/// What an item's stock is worth.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "costing")]
pub enum Valuation {
    /// At the moving average.
    MovingAverage(MovingAverage),
    /// In layers, the oldest first.
    Fifo(Fifo),
}

impl Valuation {
    /// The valuation of nothing on hand.
    pub fn new(costing: Costing) -> Self {
        match costing {
            Costing::MovingAverage => Self::MovingAverage(MovingAverage::default()),
            Costing::Fifo => Self::Fifo(Fifo::default()),
        }
    }

    /// So much on hand at a cost, or below nothing, sold at it before it came.
    pub fn starting(costing: Costing, on_hand: Stock, unit_cost: UnitPrice) -> Self {
        match costing {
            Costing::MovingAverage => Self::MovingAverage(MovingAverage::new(on_hand, unit_cost)),
            Costing::Fifo => Self::Fifo(Fifo::starting(on_hand, unit_cost)),
        }
    }

    /// Which way of valuing it is.
    pub const fn costing(&self) -> Costing {
        match self {
            Self::MovingAverage(_) => Costing::MovingAverage,
            Self::Fifo(_) => Costing::Fifo,
        }
    }

    /// Takes a movement in, in the order they were booked. What does not change what the shop owns has no flow. Goods
    /// that come in at no stated cost count as what the last ones are worth; first in, first out, those that were sold and
    /// come back as what they left at.
    pub fn apply(&mut self, movement: &Movement) -> Flow {
        if !movement.kind.is_owned() {
            return Flow::default();
        }
        let Movement { kind, change, unit_cost, .. } = *movement;
        if change.is_positive() {
            match self {
                Self::MovingAverage(average) => average.put(change, unit_cost),
                Self::Fifo(fifo) if kind == MovementKind::Return && unit_cost.is_none() => {
                    fifo.put_back(change)
                }
                Self::Fifo(fifo) => fifo.put(change, unit_cost.unwrap_or(fifo.last_cost())),
            }
        } else {
            match self {
                Self::MovingAverage(average) => average.take(-change, kind == MovementKind::Sale),
                Self::Fifo(fifo) if kind == MovementKind::Sale => fifo.sell(-change),
                Self::Fifo(fifo) => fifo.take(-change),
            }
        }
    }

    /// What one more unit is taken to be worth.
    pub fn unit_cost(&self) -> UnitPrice {
        match self {
            Self::MovingAverage(average) => average.unit_cost(),
            Self::Fifo(fifo) => fifo.last_cost(),
        }
    }

    /// How much is on hand.
    pub fn on_hand(&self) -> Stock {
        match self {
            Self::MovingAverage(average) => average.on_hand(),
            Self::Fifo(fifo) => fifo.on_hand(),
        }
    }

    /// What it is worth.
    pub fn value(&self) -> Value {
        match self {
            Self::MovingAverage(average) => average.value(),
            Self::Fifo(fifo) => fifo.value(),
        }
    }
}

/// A cost with the digits costs have.
fn rounded(cost: Decimal) -> Result<UnitPrice, AmountError> {
    UnitPrice::try_new(Rounding::HalfUp.round(cost, COST_DIGITS))
}

#[cfg(test)]
mod tests;
