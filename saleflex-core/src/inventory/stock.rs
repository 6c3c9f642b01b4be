//! How much stock there is or moves: signed, exact, bounded where it enters.

use alloc::string::{String, ToString};
use core::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
    str::FromStr,
};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    money::{AmountError, parse_decimal},
    quantity::Quantity,
    written,
};

/// A quantity of stock in the item's stock unit; below nothing for what leaves, or is missing.
///
/// What enters is at most [`Stock::MAX`] in size with at most 4 fraction digits, so a hundred thousand million of them
/// add up without overflow; sums are plain `+`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Stock(#[serde(serialize_with = "written::decimal")] Decimal);

/// Fraction digits, as those of a [`Quantity`].
const DIGITS: u32 = 4;

impl Stock {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The most that may be stated at once: a hundred million million. In ten-thousandths it fits a 64-bit column
    /// with room for what sales take below.
    pub const MAX: Self = Self(Decimal::from_parts(276_447_232, 23_283, 0, false, 0));

    /// Checks the bounds stated at the type.
    ///
    /// # Errors
    /// [`AmountError::TooPrecise`], [`AmountError::TooSmall`] or [`AmountError::TooLarge`].
    pub fn try_new(value: Decimal) -> Result<Self, AmountError> {
        let value = value.normalize();
        if value.scale() > DIGITS {
            Err(AmountError::TooPrecise { digits: DIGITS })
        } else if value > Self::MAX.0 {
            Err(AmountError::TooLarge)
        } else if value < -Self::MAX.0 {
            Err(AmountError::TooSmall)
        } else {
            Ok(Self(value))
        }
    }

    /// Reads a plain decimal number such as `-1.25`.
    ///
    /// # Errors
    /// As [`Self::try_new`], and [`AmountError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        parse_decimal(text).and_then(Self::try_new)
    }

    /// So many whole units.
    pub fn whole(units: i32) -> Self {
        Self(Decimal::from(units))
    }

    /// The number itself.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is above nothing.
    pub fn is_positive(self) -> bool {
        self > Self::ZERO
    }

    /// Whether it is below nothing.
    pub fn is_negative(self) -> bool {
        self < Self::ZERO
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// This much, or nothing where it is below.
    #[must_use]
    pub fn or_zero(self) -> Self {
        self.max(Self::ZERO)
    }

    /// The same as the quantity of a line, where one can have it.
    pub fn quantity(self) -> Option<Quantity> {
        Quantity::try_new(self.0).ok()
    }

    /// Whether it has no more fraction digits than a unit allows.
    pub fn has_decimals(self, most: u8) -> bool {
        self.0.normalize().scale() <= u32::from(most)
    }
}

impl FromStr for Stock {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        Self::parse(text)
    }
}

impl From<Quantity> for Stock {
    fn from(quantity: Quantity) -> Self {
        Self(quantity.decimal())
    }
}

impl fmt::Display for Stock {
    /// The shortest form, without trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for Stock {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| serde::de::Error::custom(error.to_string()))
    }
}

impl Add for Stock {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self((self.0 + other.0).normalize())
    }
}

impl AddAssign for Stock {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Stock {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl SubAssign for Stock {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Stock {
    type Output = Self;

    fn neg(self) -> Self {
        // Nothing has no sign, so that equal values have equal bytes.
        if self.is_zero() { Self::ZERO } else { Self(-self.0) }
    }
}

impl Sum for Stock {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact_decimals_i2() {
        let left = Stock::parse("2.5").unwrap() - Stock::parse("0.75").unwrap();
        assert_eq!(left.to_string(), "1.75");
    }

    #[test]
    fn the_bounds_hold_where_a_quantity_enters() {
        assert_eq!(Stock::MAX.to_string(), "100000000000000");
        assert_eq!(Stock::parse("100000000000000.0001"), Err(AmountError::TooLarge));
        assert_eq!(Stock::parse("-100000000000001"), Err(AmountError::TooSmall));
        assert_eq!(Stock::parse("0.00001"), Err(AmountError::TooPrecise { digits: 4 }));
    }

    #[test]
    fn nothing_has_one_form() {
        assert_eq!((-Stock::ZERO).to_string(), "0");
        assert_eq!((Stock::whole(1) - Stock::parse("1.0").unwrap()).to_string(), "0");
    }
}
