//! Documents that were put aside, completed or cancelled.

use chrono::NaiveDate;
use saleflex_core::{
    document::{Cancelled, Completed, Document, DocumentType, Draft, Kind, Suspended},
    ids::{CashierId, ClosureNumber, CustomerId, DocumentId, DocumentNumber},
    money::Money,
    time::Moment,
};
use uuid::Uuid;

/// How a stored document is named: by its identity or by the number people use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DocumentKey {
    /// The identity, which stays for life.
    Id(DocumentId),
    /// The number printed on the receipt.
    Number(DocumentNumber),
}

impl From<DocumentId> for DocumentKey {
    fn from(id: DocumentId) -> Self {
        Self::Id(id)
    }
}

impl From<DocumentNumber> for DocumentKey {
    fn from(number: DocumentNumber) -> Self {
        Self::Number(number)
    }
}

/// Reads a number as it is printed, such as `20250406-0002-000001`.
pub fn parse_number(text: &str) -> Option<DocumentNumber> {
    let mut parts = text.trim().split('-');
    let (date, closure, receipt) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || date.len() != 8 {
        return None;
    }
    Some(DocumentNumber {
        date: NaiveDate::parse_from_str(date, "%Y%m%d").ok()?,
        closure: ClosureNumber(closure.parse().ok()?),
        receipt: receipt.parse().ok()?,
    })
}

/// Reads what a scanner sends of a code on a receipt or a ticket: its identity, or its number. A scanner that types with
/// the keys of another layout sends other signs between the groups; those are taken as they come.
pub fn parse_scanned(text: &str) -> Option<DocumentKey> {
    const IDENTITY: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.trim().split(|sign: char| !sign.is_ascii_alphanumeric()).collect();
    if groups.iter().map(|group| group.len()).eq(IDENTITY) {
        return Uuid::parse_str(&groups.concat()).ok().map(|id| DocumentKey::Id(DocumentId::new(id)));
    }
    parse_number(&groups.join("-")).map(DocumentKey::Number)
}

/// A stored document in the state it is in.
#[derive(Clone, Debug)]
pub enum Found {
    /// It is open at the till now.
    Open(Box<Draft>),
    /// It was put aside.
    Suspended(Box<Suspended>),
    /// It is settled.
    Completed(Box<Completed>),
    /// It was closed without effect.
    Cancelled(Box<Cancelled>),
}

impl Found {
    /// Head and contents.
    pub fn document(&self) -> &Document {
        match self {
            Self::Open(draft) => draft.document(),
            Self::Suspended(suspended) => suspended.document(),
            Self::Completed(completed) => completed.document(),
            Self::Cancelled(cancelled) => cancelled.document(),
        }
    }
}

/// A suspended document as the list of parked ones shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Parked {
    /// Its identity, for [`crate::Request::resume`].
    pub id: DocumentId,
    /// The number people use.
    pub number: DocumentNumber,
    /// What it does: a plain sale, an order, a layaway.
    pub kind: Kind,
    /// The name it was put aside under.
    pub name: Option<String>,
    /// When it was put aside.
    pub suspended_at: Moment,
    /// The cashier who put it aside.
    pub suspended_by: CashierId,
    /// How many lines count.
    pub lines: u32,
    /// What is owed for it.
    pub net_due: Money,
    /// What was kept of what was paid on it already.
    pub paid: Money,
    /// What is still owed; below nothing where the shop owes.
    pub balance: Money,
}

/// A completed or cancelled document as a list shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentHead {
    /// The document's identity, for life.
    pub id: DocumentId,
    /// The number people use.
    pub number: DocumentNumber,
    /// What kind of paper.
    pub document_type: DocumentType,
    /// What it did.
    pub kind: Kind,
    /// Whether it was closed without effect.
    pub is_cancelled: bool,
    /// Made in training.
    pub is_training: bool,
    /// The customer on it; none for a walk-in.
    pub customer: Option<CustomerId>,
    /// The sale it refunds.
    pub original: Option<DocumentId>,
    /// When it was finished.
    pub finished_at: Moment,
    /// The cashier who finished it.
    pub finished_by: CashierId,
    /// The period it counts in.
    pub closure: ClosureNumber,
    /// What was owed for it.
    pub net_due: Money,
    /// The tax in it.
    pub tax: Money,
    /// What was paid for it, or back, before change.
    pub paid: Money,
    /// The change that was given.
    pub change: Money,
}

/// A number that was given out and is the own number of no finished document: that of a return whose exchange was given
/// up, of empties that went, or the one before a document moved to a later period.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PassedNumber {
    /// The number.
    pub number: DocumentNumber,
    /// The document that it leads to.
    pub to: DocumentHead,
}

impl PassedNumber {
    /// Whether the document moved to a later period, rather than that what had the number came to nothing.
    pub fn has_moved(&self) -> bool {
        self.to.number.closure != self.number.closure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanned_code_of_a_receipt_is_read_whatever_signs_a_keyboard_makes_of_its_dashes() {
        let id = "0195a4d2-5f3e-7abc-8def-0123456789ab";
        let key = DocumentKey::Id(DocumentId::new(Uuid::parse_str(id).unwrap()));
        for text in [id.to_owned(), id.to_uppercase(), id.replace('-', "*")] {
            assert_eq!(parse_scanned(&text), Some(key), "{text}");
        }
        let number = parse_number("20250406-0002-000001").map(DocumentKey::Number);
        assert_eq!(parse_scanned("20250406*0002*000001"), number);
        for text in ["5000157024671", "3*10106", "0195a4d25f3e7abc8def0123456789ab", "", "-", "a-b-c"] {
            assert_eq!(parse_scanned(text), None, "{text}");
        }
    }

    #[test]
    fn a_printed_number_is_read_back_and_nothing_else_is() {
        for text in ["20250406-0002-000001", "20250406-12345-1234567"] {
            assert_eq!(parse_number(text).unwrap().to_string(), text);
        }
        for text in
            ["", "20250406", "20250406-0002", "20250406-2-1-1", "20251306-0002-000001", "a-b-c", "-1-2-3"]
        {
            assert_eq!(parse_number(text), None, "{text}");
        }
    }
}
