//! Stock: what there is, where, since when and at what cost, as a fold of what moved.
//!
//! A [`Command`] on a [`Book`] is decided by [`decide()`] into one [`Posting`], or refused; [`Book::apply`] books
//! it, once. **Invariant:** a level is the sum of its movements, in whatever order they arrive. What is available is
//! computed and never kept: on hand, less what is reserved, damaged or expired. What a document moves is a fact
//! that is never refused ([`document::post`]): whether it might be sold was asked before ([`sellable::check`]).

pub mod act;
mod book;
pub mod command;
pub mod cost;
pub mod count;
mod decide;
pub mod document;
mod item;
mod movement;
mod number;
pub mod order;
mod pick;
mod policy;
mod refusal;
pub mod reorder;
pub mod report;
pub mod sellable;
mod site;
mod standard;
mod stock;
pub mod transfer;

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use self::{
    act::StockAct,
    book::{Applied, BatchLevel, Book, Level, Totals},
    command::Command,
    decide::{Facts, decide, opening},
    item::{Batch, Item, ItemRules, Limits, Place, Tracking},
    movement::{AdjustmentKind, Cause, IssueKind, Movement, Posting},
    number::{NumberKind, PostingNumber},
    pick::pick,
    policy::StockPolicy,
    refusal::{LineFault, StockRefusal},
    site::{Location, LocationProblem, NoSalesLocation, SiteError, Sites, Use, Warehouse, WarehouseKind},
    standard::standard,
    stock::Stock,
};
pub use crate::catalog::{BatchNo, NumberError, SerialNo};
use crate::{
    ids::{LocationId, ProductId},
    quantity::UnitPrice,
};

/// Why stock moves.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MovementKind {
    /// Sold or delivered: leaves the shelf.
    Sale,
    /// Brought back in a state to be sold again.
    Return,
    /// Bought from a customer.
    Purchase,
    /// Promised to an order: still on the shelf, no longer for sale.
    Reserve,
    /// No longer promised.
    Release,
    /// Delivered by a supplier.
    Receipt,
    /// Taken for the shop's own use.
    Issue,
    /// Lost: broken, spoilt, stolen.
    Waste,
    /// Put right: counted, found, written off.
    Adjustment,
    /// Sent to another location.
    TransferOut,
    /// Arrived from another location.
    TransferIn,
    /// Set apart as damaged, or mended: still there, not for sale.
    Damage,
}

impl MovementKind {
    /// Whether the movement changes what is promised instead of what is on the shelf.
    pub const fn is_reservation(self) -> bool {
        matches!(self, Self::Reserve | Self::Release)
    }

    /// Whether the movement changes what is on the shelf.
    pub const fn is_on_hand(self) -> bool {
        !matches!(self, Self::Reserve | Self::Release | Self::Damage)
    }

    /// Whether the movement changes what the shop owns, and with it what its stock is worth.
    pub const fn is_owned(self) -> bool {
        self.is_on_hand() && !matches!(self, Self::TransferOut | Self::TransferIn)
    }
}

/// What a document moves of one product, as the entry of its command keeps it: short, for most entries of a journal have
/// some.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StockMovement {
    /// The product that moves.
    pub product: ProductId,
    /// Why it moves.
    pub kind: MovementKind,
    /// By how much what is on the shelf changes, or for a reservation, what is promised.
    pub change: Stock,
    /// Where, if not where the till sells from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// The batch, where the product is kept in batches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    /// What one unit cost, of goods bought from a customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<UnitPrice>,
    /// Which pieces, where each has a serial number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
}

impl StockMovement {
    /// A movement where the till sells from, of goods without batches.
    pub const fn new(product: ProductId, kind: MovementKind, change: Stock) -> Self {
        Self { product, kind, change, location: None, batch: None, unit_cost: None, serials: Vec::new() }
    }

    /// The same as a movement of a book, at the location it names or at `counter`, from a level that was `before`.
    pub fn at(&self, counter: LocationId, before: Stock) -> Movement {
        let place = Place { item: self.product.into(), location: self.location.unwrap_or(counter) };
        Movement {
            batch: self.batch.clone(),
            unit_cost: self.unit_cost,
            serials: self.serials.clone(),
            ..Movement::new(self.kind, place, self.change, before)
        }
    }
}

/// Adds movements of the same product and kind at the same place up, in the order they first appear.
pub fn combine(movements: impl IntoIterator<Item = StockMovement>) -> Vec<StockMovement> {
    let mut combined: Vec<StockMovement> = Vec::new();
    for movement in movements {
        let same = |known: &&mut StockMovement| {
            known.product == movement.product
                && known.kind == movement.kind
                && known.location == movement.location
                && known.batch == movement.batch
                && known.unit_cost == movement.unit_cost
        };
        match combined.iter_mut().find(same) {
            Some(known) => {
                known.change += movement.change;
                known.serials.extend(movement.serials);
            }
            None => combined.push(movement),
        }
    }
    combined
}
