//! Who and what: one newtype for each thing that has an identity.
//!
//! Ids are UUIDs (version 7, so that they sort by age) minted by the caller: core has no clock and no
//! randomness. Numbers that people read and type (a receipt number, a department) are their own types.

use core::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID minted by the caller.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID itself, for columns and wire formats.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

id! {
    /// A document, for its whole life: from its first line through completion to every later refund of it.
    DocumentId;
    /// A product of the catalog.
    ProductId;
    /// A variant of a product: one cell of its matrix of sizes and colours.
    VariantId;
    /// A warehouse: a back room, a sales floor, a cold store.
    WarehouseId;
    /// A place in a warehouse where stock lies.
    LocationId;
    /// One posting of stock movements; doing it twice is told by this id.
    PostingId;
    /// A transfer that is on its way.
    TransferId;
    /// A stock count.
    StockCountId;
    /// Who goods are bought from.
    SupplierId;
    /// An order to a supplier.
    PurchaseOrderId;
    /// A cashier: anyone who logs in at a till.
    CashierId;
    /// A customer. Documents carry this id and never a name or a phone number.
    CustomerId;
    /// A store of the company.
    StoreId;
    /// A till.
    TerminalId;
    /// A campaign, through all its versions.
    CampaignId;
    /// A coupon: one code that unlocks one campaign.
    CouponId;
    /// A group of customers.
    SegmentId;
    /// The maker of products.
    BrandId;
    /// A loyalty program.
    ProgramId;
    /// A loyalty card, whatever number it carries.
    CardId;
    /// A gift card: what its number comes to, the same on every machine.
    GiftCardId;
    /// A credit or debit of points that a person decided, so that doing it twice books it once.
    PointsGrantId;
}

/// The position of a line in its document, from 1, never reused within the document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct LineNo(pub u32);

/// The position of a tender in its document, from 1, never reused within the document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct TenderNo(pub u32);

/// The position of a document-level adjustment in its document, from 1, never reused within the document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct AdjustmentNo(pub u32);

impl fmt::Display for LineNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for TenderNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number people use for a document, such as `20250406-0002-000001`: the local date it was opened, the
/// closure period, the receipt within the period. Unique within a till; [`DocumentId`] is unique everywhere.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct DocumentNumber {
    /// Local calendar date when the document was opened.
    pub date: NaiveDate,
    /// The period the document belongs to.
    pub closure: ClosureNumber,
    /// The receipt within the period, from 1.
    pub receipt: u32,
}

impl fmt::Display for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}-{:06}", self.date.format("%Y%m%d"), self.closure.0, self.receipt)
    }
}

/// The number of a closure period of a till: grows by one at each Z report and never resets.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct ClosureNumber(pub u32);

impl ClosureNumber {
    /// The period after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The closure's readable id, such as `20250406-0002`; `opened` is the local date the period was opened.
    pub const fn on(self, opened: NaiveDate) -> ClosureLabel {
        ClosureLabel { opened, number: self }
    }
}

/// A closure's readable id, shown as `YYYYMMDD-NNNN`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ClosureLabel {
    opened: NaiveDate,
    number: ClosureNumber,
}

impl fmt::Display for ClosureLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.opened.format("%Y%m%d"), self.number.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_number_shows_date_closure_and_receipt_and_widens_when_they_outgrow_their_digits() {
        let date = NaiveDate::from_ymd_opt(2025, 4, 6).unwrap();
        let number = DocumentNumber { date, closure: ClosureNumber(2), receipt: 1 };
        assert_eq!(number.to_string(), "20250406-0002-000001");
        let wide = DocumentNumber { date, closure: ClosureNumber(12_345), receipt: 1_234_567 };
        assert_eq!(wide.to_string(), "20250406-12345-1234567");
        assert_eq!(ClosureNumber(37).on(date).to_string(), "20250406-0037");
    }
}
