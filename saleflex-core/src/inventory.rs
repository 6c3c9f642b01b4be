//! What moves on the shelves because of a document.

use alloc::vec::Vec;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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
}

impl MovementKind {
    /// Whether the movement changes what is promised instead of what is on the shelf.
    pub const fn is_reservation(self) -> bool {
        matches!(self, Self::Reserve | Self::Release)
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
