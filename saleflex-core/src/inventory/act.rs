//! What people did with stock, as a journal keeps it. What moved stands beside it, as the posting of the entry.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    Limits, Location, Place, Tracking, Warehouse,
    count::{CountStep, StockCount},
    order::{PurchaseOrder, Supplier},
    transfer::Transfer,
};
use crate::ids::{ProductId, StockCountId};

/// What was done with stock.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StockAct {
    /// Goods moved, as the posting says: received, issued, put right, transferred at once, set apart.
    Moved,
    /// Goods were sent on their way.
    Sent(Transfer),
    /// Goods that were on their way arrived, or were given up: the transfer as it stands now.
    Arrived(Transfer),
    /// A count began.
    CountOpened(StockCount),
    /// Something happened to a count.
    Count {
        /// The count that it happened to.
        count: StockCountId,
        /// What happened to it.
        step: CountStep,
    },
    /// A supplier was added or changed.
    SupplierSaved(Supplier),
    /// An order was written or changed.
    OrderSaved(PurchaseOrder),
    /// A delivery answered an order: the order as it stands now.
    OrderReceived(PurchaseOrder),
    /// When to reorder an item was set.
    LimitsSet {
        /// The item and the location they are for.
        place: Place,
        /// The limits from now on.
        limits: Limits,
    },
    /// What is known of a product's pieces was set.
    TrackingSet {
        /// The product whose pieces they are.
        product: ProductId,
        /// What is known of them from now on.
        tracking: Tracking,
    },
    /// Warehouses and locations were added or changed.
    SitesSaved {
        /// The warehouses that were added or changed.
        warehouses: Vec<Warehouse>,
        /// The locations that were added or changed.
        locations: Vec<Location>,
    },
}

impl StockAct {
    /// Whether goods moved, so that the entry has a posting: also one of a count that found no difference.
    pub const fn moves(&self) -> bool {
        matches!(
            self,
            Self::Moved
                | Self::Sent(_)
                | Self::Arrived(_)
                | Self::OrderReceived(_)
                | Self::Count { step: CountStep::Approved, .. }
        )
    }

    /// The transfer it is about, as it stands after it.
    pub const fn transfer(&self) -> Option<&Transfer> {
        if let Self::Sent(transfer) | Self::Arrived(transfer) = self { Some(transfer) } else { None }
    }

    /// The order it is about, as it stands after it.
    pub const fn order(&self) -> Option<&PurchaseOrder> {
        if let Self::OrderSaved(order) | Self::OrderReceived(order) = self { Some(order) } else { None }
    }
}
