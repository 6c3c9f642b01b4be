//! What the screen asks about: answering changes nothing.

use chrono::{DateTime, NaiveDate, Utc};
use saleflex_core::{
    catalog::Named,
    closure::Span,
    ids::{CampaignId, CashierId, ClosureNumber, CouponId, DocumentId, ProductId},
};
use uuid::Uuid;

use crate::listing::{Query, RowId};

/// Something to look up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Question {
    /// Price and stock of a code.
    Product(Named, String),
    /// Products with a piece of text in them.
    Products(String),
    /// Customers with a piece of text in them.
    Customers(String),
    /// The rows of a list screen.
    List {
        /// Its form.
        form: &'static str,
        /// Which rows.
        query: Query,
    },
    /// The fields of a record.
    Record {
        /// Its form.
        form: &'static str,
        /// Which; none: a new one, or the only one there is.
        of: Option<RowId>,
    },
    /// The fields of a record that follow others, which were changed.
    Followed {
        /// Its form.
        form: &'static str,
        /// What stands in those others.
        values: Vec<String>,
    },
    /// The sale of a receipt number, and what can still come back of it.
    Receipt(String),
    /// The X report.
    XReport,
    /// What there is to know before the period is closed.
    Closing,
    /// A copy of the last receipt.
    LastReceipt,
    /// A copy of the receipt of a finished document.
    Copy(DocumentId),
    /// Every line of a finished document, also what was voided.
    Detail(DocumentId),
    /// A copy of the Z report of a closed period.
    ZCopy(ClosureNumber),
    /// What the time clock says of a cashier.
    TimeSheet(CashierId),
    /// A work session: whose, and since when.
    Session(CashierId, DateTime<Utc>),
    /// The acts of an entry of the audit trail.
    Audit(i64),
    /// A message of the hub in full.
    Message(Uuid),
    /// How many customers the rules of a segment would gather, as they were typed.
    Gathered(String),
    /// The shelf label of a product.
    Label(ProductId),
    /// What a campaign was used for, by day and sale by sale.
    CampaignUses(CampaignId),
    /// The slip of a coupon.
    CouponSlip(CouponId),
    /// The way along the shelves for a parked document, to print.
    PickSheet(DocumentId),
    /// Whether what was typed of a box is what a parked document wants.
    Packed(DocumentId, String),
    /// What the closed periods of a day, month or year come to.
    Rollup(Span),
    /// How a cashier did from one business date to another.
    Performance(CashierId, NaiveDate, NaiveDate),
    /// What was sold under a code from one business date to another, and what came back of it.
    ProductSold(String, NaiveDate, NaiveDate),
    /// What is wrong with the till.
    CheckUp,
    /// A copy of the till beside it.
    BackUp,
}
