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
        /// The product's name.
        name: String,
        /// How many pieces have to be named.
        quantity: Quantity,
    },
    /// Not one serial number for each piece, or numbers of goods that have none.
    #[error("{given} serial numbers for {quantity} of {name}")]
    Count {
        /// The product's name.
        name: String,
        /// How many pieces the line has.
        quantity: Quantity,
        /// How many serial numbers were given.
        given: usize,
    },
    /// The line brings named pieces back: take it back and enter those that do come back.
    #[error("the pieces of line {line} are named: void it and enter it anew")]
    Named {
        /// The line of the open return.
        line: LineNo,
    },
    /// A piece stands on the document already.
    #[error("serial number {serial} is on the document already")]
    Twice {
        /// The number that is there twice, on the document or in the command.
        serial: SerialNo,
    },
    /// A piece is not where the till sells from: it never came, lies elsewhere, or is gone.
    #[error("serial number {serial} is not in stock here")]
    Absent {
        /// The number of the piece that is not here.
        serial: SerialNo,
    },
    /// A piece was sold and is not back.
    #[error("serial number {serial} was sold on {on}, document {document}")]
    Sold {
        /// The number of the piece that was sold.
        serial: SerialNo,
        /// The business date of the sale.
        on: NaiveDate,
        /// The number of the document that sold it.
        document: DocumentNumber,
    },
    /// A piece of goods that may be sold beyond their stock is not known to lie where the till sells from. Look again; a
    /// command that says it was counted is carried out.
    #[error("serial number {serial} of {name} is not in stock here: look again")]
    Doubted {
        /// The number of the piece that is not known to lie here.
        serial: SerialNo,
        /// The product's name.
        name: String,
    },
    /// A piece that is brought in lies in the shop.
    #[error("serial number {serial} is in stock: it cannot be brought in")]
    Present {
        /// The number of the piece that lies in the shop.
        serial: SerialNo,
    },
    /// A piece that comes back is none of those that were sold, or came back before.
    #[error("serial number {serial} is none of those that can still be returned")]
    NotSold {
        /// The number that is none of those left.
        serial: SerialNo,
    },
}
