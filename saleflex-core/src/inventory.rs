//! Stock: what there is, where, since when and at what cost, as a fold of what moved.
//!
//! A [`Command`] on a [`Book`] is decided by [`decide()`] into one [`Posting`], or refused; [`Book::apply`] books
//! it, once. **Invariant:** a level is the sum of its movements, in whatever order they arrive. What is available is
//! computed and never kept: on hand, less what is reserved, damaged or expired. What a document moves is a fact
//! that is never refused ([`document::post`]): whether it might be sold was asked before ([`sellable::check`]).

mod book;
pub mod command;
pub mod cost;
pub mod count;
mod decide;
pub mod document;
mod item;
mod movement;
mod number;
mod pick;
mod policy;
mod refusal;
pub mod reorder;
pub mod report;
pub mod sellable;
mod site;
mod stock;
pub mod transfer;

use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use self::{
    book::{Applied, BatchLevel, Book, Level, Totals},
    command::Command,
    decide::{Facts, decide},
    item::{Batch, BatchNo, Item, ItemRules, Limits, NumberError, Place, SerialNo, Tracking},
    movement::{AdjustmentKind, Cause, IssueKind, Movement, Posting},
    number::{NumberKind, PostingNumber},
    pick::pick,
    policy::StockPolicy,
    refusal::StockRefusal,
    site::{Location, LocationProblem, NoSalesLocation, SiteError, Sites, Use, Warehouse, WarehouseKind},
    stock::Stock,
};
use crate::ids::ProductId;

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

/// One movement of one product.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StockMovement {
    /// What moves.
    pub product: ProductId,
    /// Why.
    pub kind: MovementKind,
    /// By how much what is on the shelf changes, or for a reservation, what is promised.
    #[serde(with = "rust_decimal::serde::str")]
    pub change: Decimal,
}

/// Adds movements of the same product and kind up, in the order they first appear.
pub fn combine(movements: impl IntoIterator<Item = StockMovement>) -> Vec<StockMovement> {
    let mut combined: Vec<StockMovement> = Vec::new();
    for movement in movements {
        let same =
            |known: &&mut StockMovement| known.product == movement.product && known.kind == movement.kind;
        match combined.iter_mut().find(same) {
            Some(known) => known.change = (known.change + movement.change).normalize(),
            None => combined.push(movement),
        }
    }
    combined
}
