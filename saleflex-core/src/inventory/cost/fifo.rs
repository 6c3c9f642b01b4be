//! First in, first out: each delivery is a layer at its own cost, and the oldest goes first.

use alloc::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Flow, Value};
use crate::{inventory::Stock, quantity::UnitPrice};

/// So much at one cost.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Layer {
    /// How much is left of it, or is owed.
    pub quantity: Stock,
    /// What one unit cost.
    pub unit_cost: UnitPrice,
}

impl Layer {
    fn value(&self) -> Value {
        Value::of(self.quantity, self.unit_cost)
    }
}

/// Stock in layers, the oldest first; or, where more was sold than came, what is owed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Fifo {
    layers: VecDeque<Layer>,
    /// Sold before it came, at what it was taken to cost; only where there is no layer.
    owed: VecDeque<Layer>,
    last_cost: UnitPrice,
}

impl Default for Fifo {
    fn default() -> Self {
        Self { layers: VecDeque::new(), owed: VecDeque::new(), last_cost: UnitPrice::ZERO }
    }
}

impl Fifo {
    /// One layer, or so much owed.
    pub(super) fn starting(on_hand: Stock, unit_cost: UnitPrice) -> Self {
        let mut fifo = Self { last_cost: unit_cost, ..Self::default() };
        if on_hand.is_negative() {
            fifo.take(-on_hand);
        } else {
            push(&mut fifo.layers, Layer { quantity: on_hand, unit_cost });
        }
        fifo
    }

    /// The layers, the oldest first.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter()
    }

    /// What the last delivery cost.
    pub const fn last_cost(&self) -> UnitPrice {
        self.last_cost
    }

    /// How much is on hand; below nothing where some is owed.
    pub fn on_hand(&self) -> Stock {
        let sum = |layers: &VecDeque<Layer>| layers.iter().map(|layer| layer.quantity).sum::<Stock>();
        sum(&self.layers) - sum(&self.owed)
    }

    /// What the layers are worth, less what is owed.
    pub fn value(&self) -> Value {
        let sum = |layers: &VecDeque<Layer>| layers.iter().map(Layer::value).sum::<Value>();
        sum(&self.layers) - sum(&self.owed)
    }

    pub(super) fn put(&mut self, quantity: Stock, unit_cost: UnitPrice) -> Flow {
        let mut left = quantity;
        let mut revalued = Value::ZERO;
        while let Some(owed) = self.owed.front_mut()
            && left.is_positive()
        {
            let paid = owed.quantity.min(left);
            revalued += Value::of(paid, owed.unit_cost) - Value::of(paid, unit_cost);
            owed.quantity -= paid;
            left -= paid;
            if owed.quantity.is_zero() {
                self.owed.pop_front();
            }
        }
        push(&mut self.layers, Layer { quantity: left, unit_cost });
        self.last_cost = unit_cost;
        Flow { inward: Value::of(quantity, unit_cost), outward: Value::ZERO, revalued }
    }

    pub(super) fn take(&mut self, quantity: Stock) -> Flow {
        let mut left = quantity;
        let mut outward = Value::ZERO;
        while let Some(layer) = self.layers.front_mut()
            && left.is_positive()
        {
            let taken = layer.quantity.min(left);
            outward += Value::of(taken, layer.unit_cost);
            layer.quantity -= taken;
            left -= taken;
            if layer.quantity.is_zero() {
                self.layers.pop_front();
            }
        }
        let owed = Layer { quantity: left, unit_cost: self.last_cost };
        outward += owed.value();
        push(&mut self.owed, owed);
        Flow { outward, ..Flow::default() }
    }
}

/// Adds a layer, to the last one where it has the same cost.
fn push(layers: &mut VecDeque<Layer>, layer: Layer) {
    match layers.back_mut() {
        _ if layer.quantity.is_zero() => {}
        Some(last) if last.unit_cost == layer.unit_cost => last.quantity += layer.quantity,
        _ => layers.push_back(layer),
    }
}
