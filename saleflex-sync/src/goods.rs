//! Goods that a hub moves in the books of a till: the row that tells the till of it.
//!
//! **Invariant:** hub and till book it under one identity, so that the till's own delivery of it moves nothing at the hub
//! once more.

use chrono::{DateTime, Utc};
use saleflex_core::{
    ids::ProductId,
    inventory::{Cause, MovementKind, Stock},
    quantity::UnitPrice,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The resource under which they travel, a row for each posting, to the one till whose books it is in.
pub const RESOURCE: &str = "stock_postings";

/// What somebody did with goods at a hub. Its identity is the row's.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HubPosting {
    /// Who did it, by their identity at the hub.
    pub by: Uuid,
    /// When, by the till's clock as far as the hub knows it; none where an older hub does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// What it comes from.
    pub cause: Cause,
    /// The code of the location; none: where the till sells from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The paper it refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What moved, in order.
    pub lines: Vec<HubLine>,
}

/// One product of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct HubLine {
    /// The product.
    pub product_id: ProductId,
    /// What kind of movement it is.
    pub kind: MovementKind,
    /// By how much the level changes.
    pub change: Stock,
    /// What one unit cost, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<UnitPrice>,
}
