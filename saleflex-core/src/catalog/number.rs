//! The numbers that makers and suppliers print on goods: of a batch, of one piece.

use alloc::{string::String, vec::Vec};
use core::{borrow::Borrow, fmt};

use serde::{Deserialize, Serialize};

/// Longest number of a batch, longest serial number.
const LONGEST_NUMBER: usize = 50;

/// Why a text is no batch or serial number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Nothing is there, or blanks only.
    #[error("the number is empty")]
    Empty,
    /// More characters than fit.
    #[error("the number has {length} characters, more than {most}")]
    TooLong {
        /// The characters that were given.
        length: usize,
        /// The most characters a number has.
        most: usize,
    },
    /// A character that cannot be printed.
    #[error("the number holds a character that cannot be printed")]
    Unprintable,
}

macro_rules! number {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads 1 to 50 printable characters; blanks around them are dropped.
            ///
            /// # Errors
            /// [`NumberError`] by what is wrong.
            pub fn parse(text: &str) -> Result<Self, NumberError> {
                let text = text.trim();
                let length = text.chars().take(LONGEST_NUMBER * 2).count();
                if length == 0 {
                    Err(NumberError::Empty)
                } else if length > LONGEST_NUMBER {
                    Err(NumberError::TooLong { length, most: LONGEST_NUMBER })
                } else if text.chars().any(char::is_control) {
                    Err(NumberError::Unprintable)
                } else {
                    Ok(Self(text.into()))
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

number! {
    /// The number of a batch: goods made or delivered together, with one expiry date.
    BatchNo;
    /// The serial number of one piece.
    SerialNo;
}

impl SerialNo {
    /// Reads several numbers, with commas, slashes or blanks between them. One that holds such a character itself stands
    /// in quotation marks.
    ///
    /// # Errors
    /// [`NumberError`] of the first that is none.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, NumberError> {
        let mut numbers = Vec::new();
        let mut rest = text.trim_start_matches(is_separator);
        while !rest.is_empty() {
            let (number, after) = if let Some(quoted) = rest.strip_prefix(QUOTE) {
                quoted.split_once(QUOTE).unwrap_or((quoted, ""))
            } else {
                rest.split_once(is_separator).unwrap_or((rest, ""))
            };
            numbers.push(Self::parse(number)?);
            rest = after.trim_start_matches(is_separator);
        }
        Ok(numbers)
    }
}

/// Stands around a number that holds a separator.
const QUOTE: char = '"';

/// Whether a character stands between two numbers.
fn is_separator(char: char) -> bool {
    char.is_whitespace() || char == ',' || char == '/'
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_number_has_1_to_50_printable_characters() {
        assert_eq!(BatchNo::parse(" L1 ").map(|no| no.to_string()), Ok("L1".into()));
        assert_eq!(BatchNo::parse("  "), Err(NumberError::Empty));
        assert_eq!(SerialNo::parse(&"9".repeat(51)), Err(NumberError::TooLong { length: 51, most: 50 }));
        assert_eq!(SerialNo::parse("a\nb"), Err(NumberError::Unprintable));
    }

    #[test]
    fn numbers_stand_apart_by_commas_slashes_and_blanks_unless_they_are_quoted() {
        let read = |text| {
            SerialNo::parse_list(text).map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let three: Vec<_> = ["A-1", "A-2", "A-3"].map(Into::into).into();
        for text in ["A-1,A-2,A-3", "A-1/A-2/A-3", "A-1 A-2  A-3", " A-1, A-2 / A-3,", "\"A-1\"A-2 \"A-3"] {
            assert_eq!(read(text), Ok(three.clone()), "{text}");
        }
        assert_eq!(read("\"A/1, b\""), Ok(["A/1, b".into()].into()));
        assert_eq!(read(" , "), Ok(Vec::new()));
        assert_eq!(read("A,\"\""), Err(NumberError::Empty));
    }
}
