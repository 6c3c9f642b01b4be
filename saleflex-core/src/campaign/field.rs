//! What is wrong with a definition, field by field: said before it is saved.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use super::{
    index::MOST_PATTERN_BYTES,
    pattern::{Pattern, PatternError, REGEX_BYTES},
};

/// The longest pattern, in characters.
const LONGEST_PATTERN: usize = 250;

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
pub(super) struct Findings {
    found: Vec<FieldError>,
    /// What the patterns looked at so far take together.
    pattern_bytes: usize,
}

impl Findings {
    pub(super) fn add(&mut self, field: impl Into<String>, reason: FieldReason) {
        self.found.push(FieldError { field: field.into(), reason });
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
        self.found
    }

    /// A pattern that can be used. Looking at one costs as much as making it ready: once all before it take more memory
    /// than a till has for them, no more is looked at.
    pub(super) fn pattern(&mut self, field: &str, pattern: &Pattern) {
        if pattern.as_str().chars().count() > LONGEST_PATTERN {
            return self.add(field, FieldReason::TooLong { most: LONGEST_PATTERN });
        }
        let most = MOST_PATTERN_BYTES;
        let looked_at = if self.pattern_bytes > most {
            Err(PatternError::TogetherTooLarge { most })
        } else {
            pattern.compile()
        };
        let (bytes, error) = match looked_at {
            Ok(matcher) => (matcher.bytes(), None),
            Err(error @ PatternError::Regex(_)) => (REGEX_BYTES, Some(error)),
            Err(error @ (PatternError::Empty | PatternError::TogetherTooLarge { .. })) => (0, Some(error)),
        };
        self.pattern_bytes = self.pattern_bytes.saturating_add(bytes);
        if let Some(error) = error {
            self.add(field, FieldReason::Pattern(error.to_string()));
        }
    }
}
