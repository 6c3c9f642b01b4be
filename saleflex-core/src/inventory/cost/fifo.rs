//! First in, first out: each delivery is a layer at its own cost, and the oldest goes first. What was sold and comes back
//! costs what it left at, and is the first to go again.

use alloc::{collections::VecDeque, vec::Vec};

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
    /// What was sold last and did not come back, the latest last.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    gone: VecDeque<Layer>,
    last_cost: UnitPrice,
}

/// As many costs of what was sold are remembered.
const MOST_GONE: usize = 16;

impl Default for Fifo {
    fn default() -> Self {
        let none = VecDeque::new;
        Self { layers: none(), owed: none(), gone: none(), last_cost: UnitPrice::ZERO }
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
        let (rest, revalued) = self.fill_owed(Layer { quantity, unit_cost });
        self.learn(quantity - rest.quantity, unit_cost);
        push(&mut self.layers, rest);
        self.last_cost = unit_cost;
        Flow { inward: Value::of(quantity, unit_cost), outward: Value::ZERO, revalued }
    }

    /// Takes what was sold in again, the latest first; what nobody remembers costs what the last delivery did.
    pub(super) fn put_back(&mut self, quantity: Stock) -> Flow {
        let (mut left, mut flow) = (quantity, Flow::default());
        while left.is_positive() {
            let part = match self.gone.pop_back() {
                Some(mut last) => {
                    let part = Layer { quantity: last.quantity.min(left), ..last };
                    last.quantity -= part.quantity;
                    push(&mut self.gone, last);
                    part
                }
                None => Layer { quantity: left, unit_cost: self.last_cost },
            };
            left -= part.quantity;
            flow.inward += part.value();
            let (rest, revalued) = self.fill_owed(part);
            flow.revalued += revalued;
            push_front(&mut self.layers, rest);
        }
        flow
    }

    pub(super) fn take(&mut self, quantity: Stock) -> Flow {
        let outward = self.oldest(quantity).iter().map(Layer::value).sum();
        Flow { outward, ..Flow::default() }
    }

    /// The same of what is sold, which may come back.
    pub(super) fn sell(&mut self, quantity: Stock) -> Flow {
        let parts = self.oldest(quantity);
        for part in &parts {
            push(&mut self.gone, *part);
        }
        self.forget();
        Flow { outward: parts.iter().map(Layer::value).sum(), ..Flow::default() }
    }

    /// So much of what was sold before it came left at what it came at: what was sold just before that which is owed still.
    fn learn(&mut self, mut paid: Stock, unit_cost: UnitPrice) {
        let mut owed: Stock = self.owed.iter().map(|layer| layer.quantity).sum();
        let mut learnt = VecDeque::new();
        while let Some(Layer { quantity, unit_cost: known }) = self.gone.pop_back() {
            let later = quantity.min(owed);
            let now = (quantity - later).min(paid);
            for (quantity, unit_cost) in [(later, known), (now, unit_cost), (quantity - later - now, known)] {
                push_front(&mut learnt, Layer { quantity, unit_cost });
            }
            owed -= later;
            paid -= now;
        }
        self.gone = learnt;
        self.forget();
    }

    /// Of more costs than are remembered, those of what was sold longest ago are not.
    fn forget(&mut self) {
        while self.gone.len() > MOST_GONE {
            self.gone.pop_front();
        }
    }

    /// Fills what is owed; answers what is left, and how much less what was sold before it came turns out to have cost.
    fn fill_owed(&mut self, layer: Layer) -> (Layer, Value) {
        let Layer { quantity: mut left, unit_cost } = layer;
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
        (Layer { quantity: left, unit_cost }, revalued)
    }

    /// Takes out what came first; what is not there is owed, at what the last delivery cost.
    fn oldest(&mut self, quantity: Stock) -> Vec<Layer> {
        let (mut left, mut parts) = (quantity, Vec::new());
        while let Some(layer) = self.layers.front_mut()
            && left.is_positive()
        {
            let taken = layer.quantity.min(left);
            parts.push(Layer { quantity: taken, unit_cost: layer.unit_cost });
            layer.quantity -= taken;
            left -= taken;
            if layer.quantity.is_zero() {
                self.layers.pop_front();
            }
        }
        let owed = Layer { quantity: left, unit_cost: self.last_cost };
        push(&mut self.owed, owed);
        parts.push(owed);
        parts
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

/// The same before the first.
fn push_front(layers: &mut VecDeque<Layer>, layer: Layer) {
    match layers.front_mut() {
        _ if layer.quantity.is_zero() => {}
        Some(first) if first.unit_cost == layer.unit_cost => first.quantity += layer.quantity,
        _ => layers.push_front(layer),
    }
}
