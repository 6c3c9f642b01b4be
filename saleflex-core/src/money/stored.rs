//! Amounts on their way to a file or the network and back.
//!
//! **Invariant:** what was written can be read.

use serde::{Serialize, Serializer};

use super::{AmountError, Money};

/// The largest sum that is written and read, in minor units: 900 times [`Money::MAX`].
const LARGEST_STORED: i64 = 900 * Money::MAX.0;

impl TryFrom<i64> for Money {
    type Error = AmountError;

    /// An amount that was stored.
    fn try_from(minor: i64) -> Result<Self, AmountError> {
        if (-LARGEST_STORED..=LARGEST_STORED).contains(&minor) {
            Ok(Self(minor))
        } else {
            Err(AmountError::TooLarge)
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(minor) = Self::try_from(self.0).map_err(<S::Error as serde::ser::Error>::custom)?;
        serializer.serialize_i64(minor)
    }
}

impl From<Money> for i64 {
    fn from(amount: Money) -> Self {
        amount.0
    }
}
