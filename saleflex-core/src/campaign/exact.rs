//! Amounts and counts finer than account, so that nothing is rounded before the one rounding of a proposal.

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

use crate::{
    money::{AmountError, Currency, Money, parse_decimal},
    quantity::{Percent, Quantity},
};

/// Ten-thousandths in a whole: of a minor unit, of a piece, of a percent.
pub(super) const FINE: i64 = 10_000;

/// An amount in ten-thousandths of a minor unit. A till's own lines have whole minor units; carts of other systems
/// may bring more digits, which count until a proposal is rounded.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct FineMoney(i64);

impl FineMoney {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of account. Sizes beyond [`Money::MAX`] are cut to it.
    pub fn from_money(amount: Money) -> Self {
        Self(amount.minor().clamp(-Money::MAX.minor(), Money::MAX.minor()) * FINE)
    }

    /// A decimal number of major units.
    ///
    /// # Errors
    /// [`AmountError::TooPrecise`] for more than four digits below the minor unit, [`AmountError::TooLarge`] beyond
    /// [`Money::MAX`].
    pub fn from_decimal(major: Decimal, currency: &Currency) -> Result<Self, AmountError> {
        let digits = currency.minor_digits() + 4;
        let fine = scaled(major, digits)?;
        if fine.unsigned_abs() > Money::MAX.minor().unsigned_abs() * FINE.unsigned_abs() {
            return Err(AmountError::TooLarge);
        }
        Ok(Self(fine))
    }

    /// Reads a decimal number of major units.
    ///
    /// # Errors
    /// As [`FineMoney::from_decimal`], and [`AmountError::Malformed`].
    pub fn parse(text: &str, currency: &Currency) -> Result<Self, AmountError> {
        Self::from_decimal(parse_decimal(text)?, currency)
    }

    /// Ten-thousandths of a minor unit.
    pub const fn fine(self) -> i64 {
        self.0
    }

    /// The whole minor units in it, towards zero.
    pub const fn whole(self) -> Money {
        Money::from_minor(self.0 / FINE)
    }
}

impl From<Money> for FineMoney {
    fn from(amount: Money) -> Self {
        Self::from_money(amount)
    }
}

/// A quantity on a line in ten-thousandths; nothing and less are possible on carts of other systems.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct FineQuantity(i64);

impl FineQuantity {
    /// So many pieces.
    pub fn pieces(pieces: u32) -> Self {
        Self(i64::from(pieces) * FINE)
    }

    /// Reads a decimal number.
    ///
    /// # Errors
    /// [`AmountError::TooPrecise`] for more than four digits after the point, [`AmountError::TooLarge`] beyond
    /// 9,999,999, [`AmountError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        const MOST: i64 = 9_999_999 * FINE;
        let fine = scaled(parse_decimal(text)?, 4)?;
        if (-MOST..=MOST).contains(&fine) { Ok(Self(fine)) } else { Err(AmountError::TooLarge) }
    }

    /// Ten-thousandths of a piece.
    pub const fn fine(self) -> i64 {
        self.0
    }

    /// The whole pieces in it; none below nothing.
    pub const fn whole(self) -> i64 {
        if self.0 > 0 { self.0 / FINE } else { 0 }
    }
}

impl From<Quantity> for FineQuantity {
    fn from(quantity: Quantity) -> Self {
        Self(scaled(quantity.decimal(), 4).unwrap_or(0))
    }
}

/// A percentage as a whole number of ten-thousandths of a percent, at most the whole.
pub(super) fn fine_percent(percent: Percent) -> i64 {
    scaled(percent.decimal(), 4).unwrap_or(0).min(100 * FINE)
}

/// `rate` (see [`fine_percent`]) of an amount, rounded down: whole fine units are enough to round a proposal by.
pub(super) fn part(amount: i64, rate: i64) -> i64 {
    const WHOLE: i64 = 100 * FINE;
    match amount.checked_mul(rate) {
        Some(product) => product / WHOLE,
        None => i64::try_from(i128::from(amount) * i128::from(rate) / i128::from(WHOLE)).unwrap_or(i64::MAX),
    }
}

/// A proposal's minor units: half and more up, but never more than `most` (D4).
pub(super) fn round(fine: i64, most: i64) -> i64 {
    let up = (fine + FINE / 2) / FINE;
    if up * FINE > most { fine.min(most) / FINE } else { up }
}

fn scaled(value: Decimal, digits: u32) -> Result<i64, AmountError> {
    let value = value.normalize();
    if value.scale() > digits {
        return Err(AmountError::TooPrecise { digits });
    }
    let factor = Decimal::from(10_u64.pow(digits));
    value.checked_mul(factor).and_then(|value| value.to_i64()).ok_or(AmountError::TooLarge)
}
