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

/// So much that left before it came.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Owed {
    quantity: Stock,
    /// What one was taken to cost.
    unit_cost: UnitPrice,
    /// Whether it left otherwise than by a sale, so that it does not come back.
    #[serde(default)]
    is_lost: bool,
}

/// Stock in layers, the oldest first; or, where more left than came, what is owed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Fifo {
    layers: VecDeque<Layer>,
    /// Left before it came, the first first; only where there is no layer. What was sold of it is what was sold last of `gone`.
    owed: VecDeque<Owed>,
    /// What was sold last and did not come back, the latest last.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    gone: VecDeque<Layer>,
    last_cost: UnitPrice,
}

/// As many costs of what was sold are remembered.
const MOST_GONE: usize = 16;

impl Default for Fifo {
    fn default() -> Self {
        Self {
            layers: VecDeque::new(),
            owed: VecDeque::new(),
            gone: VecDeque::new(),
            last_cost: UnitPrice::ZERO,
        }
    }
}

impl Fifo {
    /// One layer, or so much owed.
    pub(super) fn starting(on_hand: Stock, unit_cost: UnitPrice) -> Self {
        let mut fifo = Self { last_cost: unit_cost, ..Self::default() };
        if on_hand.is_negative() {
            fifo.oldest(-on_hand, false);
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
        let there: Stock = self.layers.iter().map(|layer| layer.quantity).sum();
        there - self.owed.iter().map(|owed| owed.quantity).sum::<Stock>()
    }

    /// What the layers are worth, less what is owed.
    pub fn value(&self) -> Value {
        let there: Value = self.layers.iter().map(Layer::value).sum();
        there - self.owed.iter().map(|owed| Value::of(owed.quantity, owed.unit_cost)).sum::<Value>()
    }

    pub(super) fn put(&mut self, quantity: Stock, unit_cost: UnitPrice) -> Flow {
        let mut flow = Flow { inward: Value::of(quantity, unit_cost), ..Flow::default() };
        let (rest, sold) = self.fill_owed(Layer { quantity, unit_cost }, &mut flow);
        self.learn(sold, unit_cost);
        push(&mut self.layers, rest);
        self.last_cost = unit_cost;
        flow
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
            let there = self.owe_no_more(part, &mut flow);
            let (rest, _) = self.fill_owed(there, &mut flow);
            push_front(&mut self.layers, rest);
        }
        flow
    }

    /// Takes out what does not come back: used, lost, sent back to its supplier.
    pub(super) fn take(&mut self, quantity: Stock) -> Flow {
        let outward = self.oldest(quantity, true).iter().map(Layer::value).sum();
        Flow { outward, ..Flow::default() }
    }

    /// The same of what is sold, which may come back.
    pub(super) fn sell(&mut self, quantity: Stock) -> Flow {
        let parts = self.oldest(quantity, false);
        for part in &parts {
            push(&mut self.gone, *part);
        }
        self.forget();
        Flow { outward: parts.iter().map(Layer::value).sum(), ..Flow::default() }
    }

    /// So much of what was sold before it came left at what it came at: what was sold just before that which is owed still.
    fn learn(&mut self, mut paid: Stock, unit_cost: UnitPrice) {
        let sold = self.owed.iter().filter(|owed| !owed.is_lost);
        let mut owed: Stock = sold.map(|owed| owed.quantity).sum();
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

    /// Fills what is owed, the first first; answers what is left, and how much of what was sold it filled.
    fn fill_owed(&mut self, layer: Layer, flow: &mut Flow) -> (Layer, Stock) {
        let Layer { quantity: mut left, unit_cost } = layer;
        let mut sold = Stock::ZERO;
        while let Some(owed) = self.owed.front_mut()
            && left.is_positive()
        {
            let paid = owed.quantity.min(left);
            let revalued = Value::of(paid, owed.unit_cost) - Value::of(paid, unit_cost);
            flow.revalued += revalued;
            if !owed.is_lost {
                flow.revalued_sales += revalued;
                sold += paid;
            }
            owed.quantity -= paid;
            left -= paid;
            if owed.quantity.is_zero() {
                self.owed.pop_front();
            }
        }
        (Layer { quantity: left, unit_cost }, sold)
    }

    /// What was sold before it came and comes back is owed no more, the latest first; answers what is left.
    fn owe_no_more(&mut self, back: Layer, flow: &mut Flow) -> Layer {
        let Layer { quantity: mut left, unit_cost } = back;
        for owed in self.owed.iter_mut().rev().filter(|owed| !owed.is_lost) {
            let part = owed.quantity.min(left);
            let revalued = Value::of(part, owed.unit_cost) - Value::of(part, unit_cost);
            flow.revalued += revalued;
            flow.revalued_sales += revalued;
            owed.quantity -= part;
            left -= part;
        }
        self.owed.retain(|owed| owed.quantity.is_positive());
        Layer { quantity: left, unit_cost }
    }

    /// Takes out what came first; what is not there is owed, at what the last delivery cost.
    fn oldest(&mut self, quantity: Stock, is_lost: bool) -> Vec<Layer> {
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
        let unit_cost = self.last_cost;
        if left.is_positive() {
            self.owe(Owed { quantity: left, unit_cost, is_lost });
            parts.push(Layer { quantity: left, unit_cost });
        }
        parts
    }

    fn owe(&mut self, owed: Owed) {
        match self.owed.back_mut() {
            Some(last) if (last.unit_cost, last.is_lost) == (owed.unit_cost, owed.is_lost) => {
                last.quantity += owed.quantity;
            }
            Some(_) | None => self.owed.push_back(owed),
        }
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
