//! What is stocked, and what is known of its pieces: batches and serial numbers.

use core::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BatchNo, Stock};
use crate::ids::{LocationId, ProductId, VariantId};

/// What is stocked on its own: a product, or one variant of it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Item {
    /// The product.
    pub product: ProductId,
    /// Which of its variants, where it has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<VariantId>,
}

impl From<ProductId> for Item {
    fn from(product: ProductId) -> Self {
        Self { product, variant: None }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.product.fmt(f)?;
        self.variant.map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

/// An item at a location: what has a level.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Place {
    /// The item that lies there.
    pub item: Item,
    /// The location it lies at.
    pub location: LocationId,
}

/// What is known of an item's pieces.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// Nothing.
    #[default]
    Quantity,
    /// Every receipt names its batch; what leaves is taken first expired, first out.
    Batches,
    /// Every piece has a serial number.
    Serials,
}

/// The rules of an item, as the catalog has them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ItemRules {
    /// Fraction digits a quantity may have.
    pub decimals: u8,
    /// What is known of its pieces.
    #[serde(default)]
    pub tracking: Tracking,
    /// It may be sold and issued beyond what is there.
    #[serde(default)]
    pub negative_stock: bool,
}

/// A batch as a delivery states it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Batch {
    /// The batch's number, as its maker or supplier gives it.
    pub no: BatchNo,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub produced: Option<NaiveDate>,
    /// The last day it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<NaiveDate>,
}

/// When to reorder an item, and how much a location should hold. Nothing means: no such level.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Limits {
    /// At or below it stock is low.
    pub minimum: Stock,
    /// What to fill up to.
    pub maximum: Stock,
    /// At or below it an order is proposed.
    pub reorder_point: Stock,
    /// How much to order; nothing: up to the maximum.
    pub reorder_quantity: Stock,
    /// How many units the supplier packs together, so that whole packs are ordered; nothing: any number.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub pack: Stock,
}

fn is_nothing(stock: &Stock) -> bool {
    stock.is_zero()
}

impl Limits {
    /// Whether so much is too little: there is a minimum, and it is not exceeded.
    pub fn is_low(&self, on_hand: Stock) -> bool {
        self.minimum.is_positive() && on_hand <= self.minimum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_is_low_only_where_there_is_a_minimum_i9() {
        let low = |minimum, on_hand| {
            Limits { minimum: Stock::whole(minimum), ..Limits::default() }.is_low(Stock::whole(on_hand))
        };
        assert!(low(5, 5));
        assert!(!low(5, 6));
        assert!(!low(0, 0));
        assert!(!low(0, -3));
        assert!(low(1, -3));
    }
}
