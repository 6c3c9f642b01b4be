//! What moved: postings of one or more movements, each of one item at one location.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{Batch, Item, MovementKind, Place, PostingNumber, SerialNo, Stock};
use crate::{
    authority::Authority,
    ids::{DocumentId, LineNo, LocationId, PostingId, PurchaseOrderId, StockCountId, SupplierId, TransferId},
    quantity::UnitPrice,
    time::Moment,
};

/// Why a level was put right by hand.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum AdjustmentKind {
    /// A few items are counted, now and then.
    #[default]
    CycleCount,
    /// Everything is counted.
    PhysicalCount,
    /// Something is missing.
    Loss,
    /// Something is broken.
    Damage,
    /// Something turned up.
    Found,
    /// Something is no longer worth keeping in the books.
    WriteOff,
}

/// Why goods are taken out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IssueKind {
    /// For the shop's own use.
    OwnUse,
    /// Back to the supplier.
    SupplierReturn,
    /// Broken.
    Broken,
    /// Past its date, or spoilt before.
    Spoilt,
    /// Stolen.
    Stolen,
}

impl IssueKind {
    /// Whether it is a loss.
    pub const fn is_waste(self) -> bool {
        matches!(self, Self::Broken | Self::Spoilt | Self::Stolen)
    }
}

/// What a posting comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "type")]
#[non_exhaustive]
pub enum Cause {
    /// A document was completed, suspended, resumed or cancelled.
    Document {
        /// The document whose goods moved or are held.
        document: DocumentId,
    },
    /// A delivery.
    Receipt {
        /// The supplier who delivered, where they are in the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supplier: Option<SupplierId>,
        /// Their name as it was entered, where they are not in the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supplier_name: Option<String>,
        /// The order it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<PurchaseOrderId>,
    },
    /// Goods were taken out.
    Issue {
        /// Why they were taken out.
        kind: IssueKind,
    },
    /// A level was put right: the difference counts, whatever was sold since the counter looked.
    Adjustment {
        /// Why it was put right.
        kind: AdjustmentKind,
        /// What the counter's books said.
        expected: Stock,
        /// What the counter found.
        counted: Stock,
    },
    /// A stock count was approved.
    Count {
        /// The count whose differences were booked.
        count: StockCountId,
    },
    /// Goods went from one location to another.
    Transfer {
        /// The transfer, where goods are on their way for a while.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer: Option<TransferId>,
    },
    /// Goods were set apart as damaged, or mended.
    Condition,
    /// Products came into the catalog with goods on the shelf.
    Opening,
}

/// One item moved at one location.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Movement {
    /// What kind of movement it is, which says what `change` changes.
    pub kind: MovementKind,
    /// The item and the location.
    #[serde(flatten)]
    pub place: Place,
    /// By how much the level changed; of a reservation, what is reserved; of damage, what is damaged.
    pub change: Stock,
    /// What that level was before, as far as the books knew.
    pub before: Stock,
    /// Where it came from or went to, of a transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<LocationId>,
    /// The line of the document that moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineNo>,
    /// The sale that goods came back from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<(DocumentId, LineNo)>,
    /// The batch that moved; none for goods in no certain batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Batch>,
    /// The pieces, where each has a number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNo>,
    /// What one unit cost, where goods came in at a known cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_cost: Option<UnitPrice>,
}

impl Movement {
    /// A movement of which nothing else is known.
    pub const fn new(kind: MovementKind, place: Place, change: Stock, before: Stock) -> Self {
        Self {
            kind,
            place,
            change,
            before,
            counterpart: None,
            line: None,
            origin: None,
            batch: None,
            serials: Vec::new(),
            unit_cost: None,
        }
    }

    /// The item that moved.
    pub const fn item(&self) -> Item {
        self.place.item
    }

    /// The level afterwards, as far as the books knew.
    pub fn after(&self) -> Stock {
        self.before + self.change
    }
}

/// Movements that are booked together, or not at all, and only once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Posting {
    /// Its identity: what was booked under it is not booked again.
    pub id: PostingId,
    /// The number people use for it, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<PostingNumber>,
    /// What it comes from.
    pub cause: Cause,
    /// When it was booked.
    pub moment: Moment,
    /// Who did it, and who approved it where that took a manager.
    pub authority: Authority,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The paper it refers to, such as a delivery note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What moved, in order.
    pub movements: Vec<Movement>,
}
