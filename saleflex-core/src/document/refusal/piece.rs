//! Why a command about pieces with serial numbers was not carried out.

use alloc::string::String;

use chrono::NaiveDate;

use crate::{
    catalog::SerialNo,
    ids::{DocumentNumber, LineNo},
    quantity::Quantity,
};

/// Why pieces are not sold or brought back so. Nothing changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PieceRefusal {
    /// The pieces of a line have serial numbers, and it is not said which they are.
    #[error("{quantity} of {name} have serial numbers: say which")]
    Needed {
        /// The line of the open document; of a return with the receipt, that of the sale.
        line: LineNo,
        /// What it sells or brings back.
        name: String,
        /// How many.
        quantity: Quantity,
    },
    /// Not one serial number for each piece, or numbers of goods that have none.
    #[error("{given} serial numbers for {quantity} of {name}")]
    Count {
        /// What it is.
        name: String,
        /// How many pieces.
        quantity: Quantity,
        /// How many numbers.
        given: usize,
    },
    /// The line brings named pieces back: take it back and enter those that do come back.
    #[error("the pieces of line {line} are named: void it and enter it anew")]
    Named {
        /// The line.
        line: LineNo,
    },
    /// A piece stands on the document already.
    #[error("serial number {serial} is on the document already")]
    Twice {
        /// Which.
        serial: SerialNo,
    },
    /// A piece is not where the till sells from: it never came, lies elsewhere, or is gone.
    #[error("serial number {serial} is not in stock here")]
    Absent {
        /// Which.
        serial: SerialNo,
    },
    /// A piece was sold and is not back.
    #[error("serial number {serial} was sold on {on}, document {document}")]
    Sold {
        /// Which.
        serial: SerialNo,
        /// The business date.
        on: NaiveDate,
        /// The document that sold it.
        document: DocumentNumber,
    },
    /// A piece of goods that may be sold beyond their stock is not known to lie where the till sells from. Look again; a
    /// command that says it was counted is carried out.
    #[error("serial number {serial} of {name} is not in stock here: look again")]
    Doubted {
        /// Which.
        serial: SerialNo,
        /// What it is.
        name: String,
    },
    /// A piece that is brought in lies in the shop.
    #[error("serial number {serial} is in stock: it cannot be brought in")]
    Present {
        /// Which.
        serial: SerialNo,
    },
    /// A piece that comes back is none of those that were sold, or came back before.
    #[error("serial number {serial} is none of those that can still be returned")]
    NotSold {
        /// Which.
        serial: SerialNo,
    },
}
