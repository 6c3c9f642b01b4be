//! Suppliers, and orders to them that deliveries answer, whole or in parts.
//!
//! **Invariant:** what was received against a line never exceeds what was ordered by more than the policy allows.

use alloc::{string::String, vec::Vec};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    Book, Command, Facts, Item, LineFault, Posting, Stock, StockPolicy, StockRefusal, Use,
    command::{Receive, ReceiveLine},
    decide,
    decide::{check_count, check_size},
    refusal::{Listed, every_line},
};
use crate::{
    cashier::Capability,
    ids::{LocationId, PurchaseOrderId, SupplierId},
    quantity::UnitPrice,
};

/// Who goods are bought from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Supplier {
    /// The supplier's id.
    pub id: SupplierId,
    /// Their code, unique.
    pub code: String,
    /// Their name.
    pub name: String,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Days from an order to its delivery.
    #[serde(default)]
    pub lead_days: u16,
    /// Whether orders go to them.
    pub is_active: bool,
}

impl Supplier {
    /// Whether code and name are there and fit a line.
    pub fn is_valid(&self) -> bool {
        let fits = |text: &str, most| !text.trim().is_empty() && text.chars().take(most + 1).count() <= most;
        fits(&self.code, 20) && fits(&self.name, 100)
    }
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Written, goods are expected.
    Open,
    /// All of it came.
    Received,
    /// Nothing more is expected, whatever is missing.
    Closed,
}

/// One item of an order.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OrderLine {
    /// The item that was ordered.
    pub item: Item,
    /// How much was ordered.
    pub ordered: Stock,
    /// How much came so far.
    pub received: Stock,
    /// What one unit is to cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<UnitPrice>,
}

impl OrderLine {
    /// What is still to come.
    pub fn open(&self) -> Stock {
        (self.ordered - self.received).or_zero()
    }
}

/// An order to a supplier.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PurchaseOrder {
    /// The order's id, which deliveries name.
    pub id: PurchaseOrderId,
    /// The number people use for it.
    pub number: String,
    /// The supplier who delivers.
    pub supplier: SupplierId,
    /// The location that goods go to.
    pub location: LocationId,
    /// When it was written.
    pub ordered_on: NaiveDate,
    /// Where it stands.
    pub state: OrderState,
    /// What was ordered, each item once.
    pub lines: Vec<OrderLine>,
}

/// Why an order refuses a step; nothing is done then.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderRefusal {
    /// As any stock command.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
    /// Nothing more is expected of it.
    #[error("order {order} is closed")]
    Closed {
        /// The order of which nothing more is expected.
        order: PurchaseOrderId,
    },
    /// An item that is on the order twice.
    #[error("item {item} is on the order twice")]
    Twice {
        /// The item that is there twice.
        item: Item,
    },
    /// An item that was not ordered.
    #[error("item {item} was not ordered")]
    NotOrdered {
        /// The item that came.
        item: Item,
    },
    /// More than was ordered and may be delivered beyond it.
    #[error("{given} of {item} delivered, {most} may still come")]
    TooMuch {
        /// The item that came.
        item: Item,
        /// What the delivery brings of it.
        given: Stock,
        /// What may still come, with what the policy allows beyond the order.
        most: Stock,
    },
    /// Lines that cannot be, of an order or a delivery with more than one: all of them.
    #[error("{}", Listed(faults))]
    Lines {
        /// What is wrong, by line.
        faults: Vec<LineFault<Self>>,
    },
}

impl PurchaseOrder {
    /// Checks an order before it is written.
    ///
    /// # Errors
    /// [`OrderRefusal`] by what is wrong.
    pub fn check(&self, facts: &Facts<'_>) -> Result<(), OrderRefusal> {
        facts.authority(Capability::StockReceive)?;
        check_count(self.lines.len())?;
        facts.check(self.location, Use::Receive)?;
        let mut seen = alloc::collections::BTreeSet::new();
        let look = |line: &OrderLine| {
            let item = line.item;
            let rules = facts.items.get(&item.product).ok_or(StockRefusal::UnknownItem { item })?;
            if !line.ordered.is_positive() {
                return Err(StockRefusal::NotPositive { item, given: line.ordered }.into());
            }
            check_size(item, line.ordered, rules.decimals)?;
            if seen.insert(item) { Ok(()) } else { Err(OrderRefusal::Twice { item }) }
        };
        every_line(&self.lines, |line| line.item, look, |faults| OrderRefusal::Lines { faults })
    }

    /// Takes a delivery in that answers it, whole or in part; what cost is not stated is the order's.
    ///
    /// # Errors
    /// [`OrderRefusal`]; then nothing is done.
    pub fn receive(
        &self,
        book: &Book,
        lines: Vec<ReceiveLine>,
        reference: Option<String>,
        facts: Facts<'_>,
    ) -> Result<(Self, Posting), OrderRefusal> {
        if self.state != OrderState::Open {
            return Err(OrderRefusal::Closed { order: self.id });
        }
        let mut order = self.clone();
        let answer = |line: &ReceiveLine| {
            let known = order.lines.iter_mut().find(|known| known.item == line.item);
            let known = known.ok_or(OrderRefusal::NotOrdered { item: line.item })?;
            let most = (with_over_delivery(known.ordered, facts.policy) - known.received).or_zero();
            if line.quantity > most {
                return Err(OrderRefusal::TooMuch { item: line.item, given: line.quantity, most });
            }
            known.received += line.quantity.or_zero();
            Ok(())
        };
        every_line(&lines, |line| line.item, answer, |faults| OrderRefusal::Lines { faults })?;
        let agreed = |item| self.lines.iter().find(|known| known.item == item)?.unit_cost;
        let priced = |line: ReceiveLine| ReceiveLine {
            unit_cost: line.unit_cost.or_else(|| agreed(line.item)),
            ..line
        };
        if order.lines.iter().all(|line| line.open().is_zero()) {
            order.state = OrderState::Received;
        }
        let command = Command::Receive(Receive {
            location: self.location,
            lines: lines.into_iter().map(priced).collect(),
            supplier: Some(self.supplier),
            supplier_name: None,
            order: Some(self.id),
            reference,
            reason: None,
        });
        let posting = decide(book, &command, facts)?;
        Ok((order, posting))
    }

    /// Expects nothing more of it.
    ///
    /// # Errors
    /// [`OrderRefusal`] when it is closed or the cashier may not.
    pub fn close(&self, facts: &Facts<'_>) -> Result<Self, OrderRefusal> {
        facts.authority(Capability::StockReceive)?;
        if self.state != OrderState::Open {
            return Err(OrderRefusal::Closed { order: self.id });
        }
        Ok(Self { state: OrderState::Closed, ..self.clone() })
    }
}

/// What may come of a line in all: what was ordered and what may be delivered beyond it, down to four digits.
fn with_over_delivery(ordered: Stock, policy: &StockPolicy) -> Stock {
    let beyond = ordered.decimal() * policy.over_delivery.decimal() / Decimal::ONE_HUNDRED;
    ordered + Stock::try_new(beyond.trunc_with_scale(4)).unwrap_or(Stock::ZERO)
}
