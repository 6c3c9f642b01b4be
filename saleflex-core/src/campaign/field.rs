//! What is wrong with a definition, field by field: said before it is saved.

use alloc::{string::String, vec::Vec};

use serde::Serialize;

/// A field that is wrong.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FieldError {
    /// The field's path, such as `discount_percentage` or `rules[2].rule_value`.
    pub field: String,
    /// What is wrong with it.
    pub reason: FieldReason,
}

/// Why a field is wrong.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldReason {
    /// It is needed and absent.
    #[error("missing")]
    Missing,
    /// It cannot be read.
    #[error("cannot be read")]
    Malformed,
    /// It is no name this engine knows.
    #[error("unknown")]
    Unknown,
    /// It is outside what is allowed.
    #[error("must be from {least} to {most}")]
    OutOfRange {
        /// The lowest value allowed, as text.
        least: String,
        /// The highest value allowed, as text.
        most: String,
    },
    /// It is below nothing, or nothing where something is needed.
    #[error("too small")]
    TooSmall,
    /// It is longer than its column.
    #[error("longer than {most} characters")]
    TooLong {
        /// The most characters its column holds.
        most: usize,
    },
    /// It comes before the field it must not come before.
    #[error("before {of}")]
    Before {
        /// The field that it comes before and must not.
        of: String,
    },
    /// It is the same as the field it must differ from.
    #[error("the same as {of}")]
    Same {
        /// The field that it must differ from.
        of: String,
    },
    /// It has no place beside another field.
    #[error("not beside {other}")]
    NotBeside {
        /// The field that it cannot stand beside.
        other: String,
    },
    /// It holds more than may be.
    #[error("more than {most}")]
    TooMany {
        /// How many there may be.
        most: usize,
    },
    /// It is nested deeper than may be.
    #[error("nested deeper than {most}")]
    TooDeep {
        /// How deep it may be.
        most: usize,
    },
    /// The pattern cannot be used.
    #[error("{0}")]
    Pattern(String),
}

/// Collects findings.
#[derive(Default)]
pub(super) struct Findings(Vec<FieldError>);

impl Findings {
    pub(super) fn add(&mut self, field: impl Into<String>, reason: FieldReason) {
        self.0.push(FieldError { field: field.into(), reason });
    }

    /// Where something must hold.
    pub(super) fn need(&mut self, holds: bool, field: impl Into<String>, reason: FieldReason) {
        if !holds {
            self.add(field, reason);
        }
    }

    /// A text that must be there and have at most so many characters.
    pub(super) fn text(&mut self, field: &str, value: &str, most: usize) {
        if value.trim().is_empty() {
            self.add(field, FieldReason::Missing);
        } else if value.chars().count() > most {
            self.add(field, FieldReason::TooLong { most });
        }
    }

    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.0
    }
}
