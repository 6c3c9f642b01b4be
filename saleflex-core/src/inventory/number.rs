//! The numbers people use for postings.

use alloc::string::String;
use core::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What kind of posting a number is for; each has its own counter.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NumberKind {
    /// `SALE`
    Sale,
    /// `RTN`
    Return,
    /// `RCV`
    Receipt,
    /// `ISS`
    Issue,
    /// `ADJ`
    Adjustment,
    /// `TRF`
    Transfer,
}

impl NumberKind {
    /// How the number begins.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Sale => "SALE",
            Self::Return => "RTN",
            Self::Receipt => "RCV",
            Self::Issue => "ISS",
            Self::Adjustment => "ADJ",
            Self::Transfer => "TRF",
        }
    }
}

/// A number such as `RCV-20250406-T1-17`, without gaps within a terminal and kind.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PostingNumber {
    /// What it is for.
    pub kind: NumberKind,
    /// The business day.
    pub date: NaiveDate,
    /// The terminal's short name.
    pub terminal: String,
    /// One more than the last of this kind at the terminal.
    pub counter: u32,
}

impl fmt::Display for PostingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, date, terminal, counter } = self;
        write!(f, "{}-{}-{terminal}-{counter}", kind.prefix(), date.format("%Y%m%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_type_day_terminal_and_counter_i14() {
        let date = NaiveDate::from_ymd_opt(2025, 4, 6).unwrap();
        let number = PostingNumber { kind: NumberKind::Receipt, date, terminal: "T1".into(), counter: 17 };
        assert_eq!(number.to_string(), "RCV-20250406-T1-17");
    }
}
