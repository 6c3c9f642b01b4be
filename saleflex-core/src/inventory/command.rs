//! What people do with stock, one type a command.
//!
//! Quantities stand as they were entered; [`super::decide()`] refuses what is nothing, below nothing or too fine.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{AdjustmentKind, Batch, BatchNo, IssueKind, Item, Place, SerialNo, Stock};
use crate::{
    ids::{LocationId, PurchaseOrderId, SupplierId},
    quantity::UnitPrice,
};

/// What people do with stock.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Takes a delivery in.
    Receive(Receive),
    /// Takes goods out other than by selling them.
    Issue(Issue),
    /// Puts one level right.
    Adjust(Adjust),
    /// Moves goods from one location to another at once; for goods that travel see [`super::transfer`].
    Transfer(Transfer),
    /// Sets goods apart as damaged, or takes them back.
    SetApart(SetApart),
}

/// A delivery.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Receive {
    /// The location the goods go to.
    pub location: LocationId,
    /// What came, one line for each item and batch.
    pub lines: Vec<ReceiveLine>,
    /// The supplier who delivered; none where they are not in the list or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<SupplierId>,
    /// Their name, where they are not in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_name: Option<String>,
    /// The order it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<PurchaseOrderId>,
    /// The delivery note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Anything worth remembering, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One item of a delivery.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReceiveLine {
    /// The item that came.
    pub item: Item,
    /// How much came, in the item's unit; above nothing.
    pub quantity: Stock,
    /// What one unit cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<UnitPrice>,
    /// The batch it is of; an item that is kept by batches needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    /// The numbers of the pieces, one for each where the item has serial numbers; none otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
}

/// One item that is taken somewhere.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MoveLine {
    /// The item that is taken.
    pub item: Item,
    /// How much, in the item's unit; above nothing.
    pub quantity: Stock,
    /// Of which batch; without, first expired, first out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchNo>,
    /// Which pieces, one number for each where the item has serial numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
}

/// Goods taken out other than by selling them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Issue {
    /// Why the goods leave, which says whether they count as waste.
    pub kind: IssueKind,
    /// The location they are taken from.
    pub location: LocationId,
    /// What is taken, one line for each item and batch.
    pub lines: Vec<MoveLine>,
    /// Why, in words; never empty.
    pub reason: String,
}

/// A level put right.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Adjust {
    /// The item and the location whose level is put right.
    pub place: Place,
    /// Why the level was wrong.
    #[serde(default)]
    pub kind: AdjustmentKind,
    /// What the counter's books said; without, what ours say now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Stock>,
    /// What is there: of the batch where one is named, else of all.
    pub counted: Stock,
    /// The batch that was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    /// The pieces that are there, of an item with serial numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Goods moved from one location to another.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Transfer {
    /// The location the goods leave.
    pub from: LocationId,
    /// The location they come to, another than the first.
    pub to: LocationId,
    /// What is moved, one line for each item and batch.
    pub lines: Vec<MoveLine>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Goods set apart as damaged, or taken back.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SetApart {
    /// The item and the location whose goods they are.
    pub place: Place,
    /// How much, in the item's unit; above nothing.
    pub quantity: Stock,
    /// The batch they are of; none for goods in no certain batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchNo>,
    /// Whether they are good again.
    #[serde(default)]
    pub mended: bool,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
