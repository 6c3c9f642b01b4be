//! What a sale says to whoever brings goods of it back.

use saleflex_core::{
    ids::{DocumentId, DocumentNumber, LineNo},
    money::Money,
    quantity::Quantity,
};

/// A sale that goods may come back from.
#[derive(Clone, Debug, PartialEq)]
pub struct Sold {
    /// Its identity.
    pub id: DocumentId,
    /// Its number.
    pub number: DocumentNumber,
    /// What can still come back.
    pub lines: Vec<SoldLine>,
}

/// A line that can still come back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SoldLine {
    /// Its number on the sale.
    pub line: LineNo,
    /// Its name.
    pub name: String,
    /// How many are left.
    pub left: Quantity,
    /// What they are worth together.
    pub value: Money,
    /// Why none of them may come back.
    pub refusal: Option<String>,
}

/// A row of a list of things found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found<T> {
    /// What it is.
    pub id: T,
    /// Its columns.
    pub cells: Vec<String>,
}
