//! The store's rules for stock.

use serde::{Deserialize, Serialize};

use super::{Stock, cost::Costing};
use crate::{ids::LocationId, quantity::Percent};

/// The store's rules for stock.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct StockPolicy {
    /// Where sales come from; without, the sales floor's first location.
    pub sales_location: Option<LocationId>,
    /// Whether stock is asked when a line is rung up.
    pub check_at_ring_up: bool,
    /// Whether a suspended ordinary sale holds its goods back. Orders and layaways always do.
    pub reserve_suspended: bool,
    /// An adjustment of more than this needs a manager besides the one who adjusts; without, none does.
    pub approve_above: Option<Stock>,
    /// How much more than ordered may be delivered.
    pub over_delivery: Percent,
    /// How stock is valued.
    pub costing: Costing,
    /// How many days before its date a batch is on the expiry list.
    pub expiry_warning_days: u16,
}

impl Default for StockPolicy {
    fn default() -> Self {
        Self {
            sales_location: None,
            check_at_ring_up: true,
            reserve_suspended: false,
            approve_above: None,
            over_delivery: Percent::ZERO,
            costing: Costing::MovingAverage,
            expiry_warning_days: 7,
        }
    }
}
