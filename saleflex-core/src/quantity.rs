//! What is not an amount of account: quantities, unit prices, percents, exchange rates, points.
//!
//! Each is an exact decimal with stated bounds, checked where it is made, so that later arithmetic cannot
//! overflow and equal values have equal bytes.

use core::{
    fmt,
    iter::Sum,
    ops::{Add, Neg, Sub},
};

use rust_decimal::Decimal;
use serde::{
    Deserialize, Serialize,
    de::{self, Visitor},
};

use crate::{
    money::{AmountError, Currency, Money, Rounding, parse_decimal},
    written,
};

/// Reads a number from its text, which it keeps no copy of: a journal is full of them.
struct Reader<T>(fn(&str) -> Result<T, AmountError>);

impl<T> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

macro_rules! decimal {
    ($($(#[$doc:meta])* $name:ident: $digits:literal digits, $least:expr, $most:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(serialize_with = "written::decimal")] Decimal);

        impl $name {
            /// The most there can be.
            pub const MAX: Self = Self($most);

            /// Checks the bounds stated at the type.
            ///
            /// # Errors
            /// [`AmountError::TooPrecise`], [`AmountError::TooSmall`] or [`AmountError::TooLarge`].
            pub fn try_new(value: Decimal) -> Result<Self, AmountError> {
                let value = value.normalize();
                if value.scale() > $digits {
                    Err(AmountError::TooPrecise { digits: $digits })
                } else if value < $least {
                    Err(AmountError::TooSmall)
                } else if value > $most {
                    Err(AmountError::TooLarge)
                } else {
                    Ok(Self(value))
                }
            }

            /// Reads a plain decimal number such as `1.25`.
            ///
            /// # Errors
            /// As [`Self::try_new`], and [`AmountError::Malformed`].
            pub fn parse(text: &str) -> Result<Self, AmountError> {
                parse_decimal(text).and_then(Self::try_new)
            }

            /// The number itself.
            pub const fn decimal(self) -> Decimal {
                self.0
            }
        }

        impl fmt::Display for $name {
            /// The shortest form, without trailing zeros.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Reader(Self::parse))
            }
        }
    )*};
}

decimal! {
    /// How much of a thing: above nothing, up to 9,999,999 of its unit, at most 4 fraction digits.
    Quantity: 4 digits, Decimal::from_parts(1, 0, 0, false, 4), Decimal::from_parts(9_999_999, 0, 0, false, 0);
    /// The price of one unit: nothing or more, below 100,000,000,000, at most 4 fraction digits.
    UnitPrice: 4 digits, Decimal::ZERO, Decimal::from_parts(1_215_752_191, 23, 0, false, 0);
    /// A percentage: 0 to 1,000 %, at most 4 fraction digits (8.875 % sales tax fits).
    Percent: 4 digits, Decimal::ZERO, Decimal::from_parts(1_000, 0, 0, false, 0);
    /// How much foreign currency one unit of the document's currency buys: above nothing, at most 8 fraction
    /// digits, so that one direction is stored with at least six significant digits (D-PAY-08).
    ExchangeRate: 8 digits, Decimal::from_parts(1, 0, 0, false, 8), Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
    /// Loyalty points for one unit of the currency: 0 to 10,000, at most 6 fraction digits (a point per 100,000 fits).
    PointRate: 6 digits, Decimal::ZERO, Decimal::from_parts(10_000, 0, 0, false, 0);
    /// How much of the base of its kind a unit is: above nothing, up to 1,000,000, at most 12 fraction digits (an ounce is
    /// 0.028349523125 of a kilogram).
    UnitFactor: 12 digits, Decimal::from_parts(1, 0, 0, false, 12), Decimal::from_parts(1_000_000, 0, 0, false, 0);
    /// How many times over points are earned: 0 to 1,000, at most 4 fraction digits.
    Multiplier: 4 digits, Decimal::ZERO, Decimal::from_parts(1_000, 0, 0, false, 0);
}

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(Decimal::ONE);

    /// Whether there is no fraction.
    pub fn is_whole(self) -> bool {
        self.0.is_integer()
    }

    /// Both together.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] beyond the bound.
    pub fn plus(self, other: Self) -> Result<Self, AmountError> {
        Self::try_new(self.0 + other.0)
    }

    /// This many times another quantity, such as three packs of six.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`], or [`AmountError::TooPrecise`] where the product has more than 4 fraction digits.
    pub fn times(self, other: Self) -> Result<Self, AmountError> {
        Self::try_new(self.0 * other.0)
    }
}

impl UnitPrice {
    /// Free of charge.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The price of one when an amount is given for one.
    ///
    /// # Errors
    /// [`AmountError::TooSmall`] below nothing, [`AmountError::TooLarge`] beyond the bound of a price.
    pub fn from_money(amount: Money, currency: &Currency) -> Result<Self, AmountError> {
        Self::try_new(currency.decimal(amount))
    }

    /// Whether the unit costs nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// What so many units cost.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] beyond [`Money::MAX`].
    pub fn times(
        self,
        quantity: Quantity,
        currency: &Currency,
        rounding: Rounding,
    ) -> Result<Money, AmountError> {
        let exact = self.0.checked_mul(quantity.decimal()).ok_or(AmountError::TooLarge)?;
        currency.round(exact, rounding)
    }
}

impl Percent {
    /// No part.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The whole.
    pub const HUNDRED: Self = Self(Decimal::ONE_HUNDRED);

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// This percentage of an amount. At most 1,000 % of [`Money::MAX`], so it always fits.
    #[must_use]
    pub fn of(self, amount: Money, rounding: Rounding) -> Money {
        let exact = Decimal::from(amount.minor()) * self.0 / Decimal::ONE_HUNDRED;
        let minor = rounding.round(exact, 0);
        Money::from_minor(i64::try_from(minor).unwrap_or(if minor.is_sign_negative() {
            i64::MIN
        } else {
            i64::MAX
        }))
    }
}

impl PointRate {
    /// No points.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

impl Default for PointRate {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Multiplier {
    /// As they are.
    pub const ONE: Self = Self(Decimal::ONE);
}

impl ExchangeRate {
    /// What a foreign amount is worth in `base`: `round(foreign / rate)`.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] beyond [`Money::MAX`].
    pub fn to_base(
        self,
        foreign: Money,
        foreign_currency: &Currency,
        base: &Currency,
        rounding: Rounding,
    ) -> Result<Money, AmountError> {
        let exact = foreign_currency.decimal(foreign).checked_div(self.0).ok_or(AmountError::TooLarge)?;
        base.round(exact, rounding)
    }

    /// What an amount costs in foreign money, rounded up so that it always settles.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] beyond [`Money::MAX`].
    pub fn to_foreign(
        self,
        amount: Money,
        base: &Currency,
        foreign_currency: &Currency,
    ) -> Result<Money, AmountError> {
        let exact = base.decimal(amount).checked_mul(self.0).ok_or(AmountError::TooLarge)?;
        foreign_currency.round(exact, Rounding::Up)
    }
}

/// Loyalty points: whole, may be negative after a claw-back.
///
/// One booking moves at most [`Points::MAX`], and no member has more; whoever takes points from outside asks
/// [`Points::bounded`]. What is written to a file or the network, and what is read from there, is at most a thousand times
/// that, so that whatever was written can be read and nine thousand figures that were stored add up. Sums of what is
/// within these bounds are exact; beyond them they stop at the edges of an `i64` and never wrap.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "i64")]
pub struct Points(i64);

/// The largest sum of points that is written and read: a thousand times [`Points::MAX`].
const MOST_POINTS_STORED: i64 = 1_000 * Points::MAX.0;

impl Points {
    /// None.
    pub const ZERO: Self = Self(0);
    /// The most that one booking moves and that a member has: a million million, above any real one, and few enough that
    /// nine million bookings add up in an `i64`.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// So many points. What comes from outside is looked at by [`Points::bounded`], or read as [`TryFrom`] does.
    pub const fn new(points: i64) -> Self {
        Self(points)
    }

    /// How many they are.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The points if their number is within [`Points::MAX`].
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] otherwise.
    pub const fn bounded(self) -> Result<Self, AmountError> {
        if self.0 > Self::MAX.0 || self.0 < -Self::MAX.0 { Err(AmountError::TooLarge) } else { Ok(self) }
    }

    /// Whether there are more than none.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether there are none.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// [`Points::is_zero`] in the shape that serialisation asks for.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) const fn is_zero_ref(&self) -> bool {
        self.is_zero()
    }

    /// Whether fewer than none are left, as after a claw-back.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// These points, or none where they are negative.
    #[must_use]
    pub fn or_zero(self) -> Self {
        self.max(Self::ZERO)
    }

    /// What multiplying exact decimals comes to, rounded down once at the end; between none and [`Self::MAX`].
    pub(crate) fn floor_product(factors: &[Decimal]) -> Self {
        let mut product: i128 = 1;
        let mut scale = 0_u32;
        for factor in factors {
            if !factor.is_sign_positive() || factor.is_zero() {
                return Self::ZERO;
            }
            let factor = factor.normalize();
            product = product.saturating_mul(factor.mantissa());
            scale += factor.scale();
        }
        let whole = 10_i128.checked_pow(scale).map_or(0, |unit| product / unit);
        i64::try_from(whole).map_or(Self::MAX, |points| Self(points).min(Self::MAX))
    }
}

impl TryFrom<i64> for Points {
    type Error = AmountError;

    /// Points that were stored.
    fn try_from(points: i64) -> Result<Self, AmountError> {
        if (-MOST_POINTS_STORED..=MOST_POINTS_STORED).contains(&points) {
            Ok(Self(points))
        } else {
            Err(AmountError::TooLarge)
        }
    }
}

impl Serialize for Points {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(points) = Self::try_from(self.0).map_err(<S::Error as serde::ser::Error>::custom)?;
        serializer.serialize_i64(points)
    }
}

impl Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Points {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::CurrencyCode;

    fn currency(code: &str) -> Currency {
        Currency::of(CurrencyCode::parse(code).unwrap())
    }

    #[test]
    fn bounds_are_checked_where_a_value_is_made() {
        assert_eq!(Quantity::parse("0"), Err(AmountError::TooSmall));
        assert_eq!(Quantity::parse("-1"), Err(AmountError::TooSmall));
        assert_eq!(Quantity::parse("10000000"), Err(AmountError::TooLarge));
        assert_eq!(Quantity::parse("0.00001"), Err(AmountError::TooPrecise { digits: 4 }));
        assert_eq!(Quantity::parse("1.50").unwrap().to_string(), "1.5");
        assert_eq!(UnitPrice::parse("99999999999").map(|price| price.to_string()), Ok("99999999999".into()));
        assert_eq!(UnitPrice::parse("100000000000"), Err(AmountError::TooLarge));
        assert_eq!(Percent::parse("8.875").unwrap().to_string(), "8.875");
    }

    #[test]
    fn points_have_bounds_where_they_come_from_outside_and_whatever_was_written_is_read() {
        assert_eq!(Points::MAX.bounded(), Ok(Points(1_000_000_000_000)));
        assert_eq!((-Points::MAX).bounded(), Ok(Points(-1_000_000_000_000)));
        for beyond in [Points::MAX.0 + 1, -Points::MAX.0 - 1, i64::MAX, i64::MIN] {
            assert_eq!(Points(beyond).bounded(), Err(AmountError::TooLarge), "{beyond}");
        }
        let most = Points(MOST_POINTS_STORED);
        for sum in [most, -most] {
            let written = serde_json::to_string(&sum).unwrap();
            assert_eq!(serde_json::from_str::<Points>(&written).unwrap(), sum);
        }
        for beyond in [MOST_POINTS_STORED + 1, -MOST_POINTS_STORED - 1, i64::MAX, i64::MIN] {
            assert!(serde_json::to_string(&Points(beyond)).is_err(), "{beyond}");
            assert!(serde_json::from_str::<Points>(&beyond.to_string()).is_err(), "{beyond}");
        }
        let sum: Points = core::iter::repeat_n(most, 9_000).sum();
        assert_eq!(sum, Points(9_000 * MOST_POINTS_STORED), "exactly");
    }

    #[test]
    fn twenty_times_four_ninety_nine_is_exact_d_doc_01() {
        let total = UnitPrice::parse("4.99").unwrap().times(
            Quantity::parse("20").unwrap(),
            &currency("GBP"),
            Rounding::HalfUp,
        );
        assert_eq!(total, Ok(Money::from_minor(9980)));
    }

    #[test]
    fn foreign_money_is_asked_for_rounded_up_and_worth_what_the_rate_says() {
        let (gbp, eur) = (currency("GBP"), currency("EUR"));
        let rate = ExchangeRate::parse("1.18").unwrap();
        assert_eq!(rate.to_foreign(Money::from_minor(1694), &gbp, &eur), Ok(Money::from_minor(1999)));
        assert_eq!(
            rate.to_base(Money::from_minor(2000), &eur, &gbp, Rounding::HalfUp),
            Ok(Money::from_minor(1695))
        );
    }
}
