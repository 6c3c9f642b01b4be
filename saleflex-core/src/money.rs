//! How much: exact amounts of account in minor units, currencies, rounding, and splitting without loss.
//!
//! **Invariant:** no float ever touches an amount. A [`Money`] cannot hold a fraction of a minor unit; whatever
//! is not yet an amount of account (a unit price, a rate) is a decimal type of [`crate::quantity`] and becomes
//! `Money` by one explicit call that names its [`Rounding`].

use alloc::{
    format,
    string::{String, ToString},
};
use core::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

mod splitting;
mod stored;

/// An amount of account: whole minor units of *the document's* currency (pence, kuruş, fils; yen as they are).
///
/// One amount that enters a document is at most [`Money::MAX`] in size, so a sum of 900,000 of them cannot
/// overflow; sums are plain `+`. What is written to a file or the network, and what is read from there, is at most 900
/// times [`Money::MAX`], so that a thousand sums that were stored add up as well: a larger one fails to be written,
/// and whatever was written can be read. Beyond that adding stops the program, in every build profile: an
/// amount never wraps.
///
/// ```
/// use saleflex_core::money::Money;
///
/// let shares = Money::from_minor(100).split(&[Money::from_minor(1); 3]);
/// assert_eq!(shares.iter().map(|share| share.minor()).collect::<Vec<_>>(), [34, 33, 33]);
/// ```
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "i64")]
pub struct Money(i64);

/// Why adding cannot fail: what comes from outside is bounded where it enters, and no sum has so many parts.
const BOUNDED: &str = "amounts are bounded where they enter, so that their sums fit";

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The smallest amount that is not nothing.
    pub const ONE_MINOR: Self = Self(1);
    /// The largest amount a line, tender or document may have: ten thousand thousand million minor units, above
    /// any real sale even in currencies of many zeros, and small enough that 900,000 of them add up in an `i64`.
    pub const MAX: Self = Self(10_000_000_000_000);

    /// An amount from minor units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The amount in minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Whether the amount is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// [`Money::is_zero`] in the shape that serialisation asks for.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) const fn is_zero_ref(&self) -> bool {
        self.is_zero()
    }

    /// Whether the amount is above nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether the amount is below nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The amount if its size is within [`Money::MAX`].
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] otherwise.
    pub const fn bounded(self) -> Result<Self, AmountError> {
        if self.0 > Self::MAX.0 || self.0 < -Self::MAX.0 { Err(AmountError::TooLarge) } else { Ok(self) }
    }

    /// This amount, or nothing where it is negative.
    #[must_use]
    pub fn or_zero(self) -> Self {
        self.max(Self::ZERO)
    }

    /// The share `part / whole` of this amount, rounded as said. `whole` must not be nothing; nothing of nothing
    /// is nothing.
    #[must_use]
    pub fn share(self, part: Self, whole: Self, rounding: Rounding) -> Self {
        if whole.is_zero() {
            return Self::ZERO;
        }
        Self(rounding.divide(i128::from(self.0) * i128::from(part.0), i128::from(whole.0)))
    }

    /// The nearest multiple of `step` (a smallest coin), rounded as said. A step of nothing or one changes
    /// nothing.
    #[must_use]
    pub fn to_step(self, step: Self, rounding: Rounding) -> Self {
        if step.0 <= 1 {
            return self;
        }
        Self(rounding.divide(i128::from(self.0), i128::from(step.0)).saturating_mul(step.0))
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect(BOUNDED))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect(BOUNDED))
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.checked_neg().expect(BOUNDED))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// How a fraction of a minor unit becomes a whole one. Named at each call; nothing rounds by habit.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half and more away from zero, on the absolute value: −1.235 becomes −1.24. The rule of receipts.
    #[default]
    HalfUp,
    /// Half to the even neighbour.
    HalfEven,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

impl Rounding {
    /// Rounds a decimal to `digits` fraction digits.
    pub fn round(self, value: Decimal, digits: u32) -> Decimal {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::Down => RoundingStrategy::ToZero,
            Self::Up => RoundingStrategy::AwayFromZero,
        };
        value.round_dp_with_strategy(digits, strategy)
    }

    /// `numerator / denominator` as whole minor units; the answer saturates at the edges of `i64`.
    fn divide(self, numerator: i128, denominator: i128) -> i64 {
        let sign = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
        let (numerator, denominator) = (numerator.unsigned_abs(), denominator.unsigned_abs());
        let (whole, rest) = (numerator / denominator, numerator % denominator);
        let up = match self {
            Self::HalfUp => rest >= denominator - rest,
            Self::HalfEven => rest > denominator - rest || (rest == denominator - rest && whole % 2 == 1),
            Self::Down => false,
            Self::Up => rest > 0,
        };
        let size = i64::try_from(whole + u128::from(up)).unwrap_or(i64::MAX);
        sign * size
    }
}

/// A currency as a till uses it: code, minor digits and the smallest coin.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "StoredCurrency")]
pub struct Currency {
    code: CurrencyCode,
    minor_digits: u8,
    cash_step: Money,
}

/// The currencies of ISO 4217 by their number of minor digits; every other one has two.
const NO_MINOR_DIGITS: [&str; 17] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
    "XOF", "XPF",
];
const THREE_MINOR_DIGITS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
const FOUR_MINOR_DIGITS: [&str; 2] = ["CLF", "UYW"];

/// A currency as it was written; whatever else a file holds is refused where it is read.
#[derive(Deserialize)]
struct StoredCurrency {
    code: CurrencyCode,
    minor_digits: u8,
    cash_step: Money,
}

impl TryFrom<StoredCurrency> for Currency {
    type Error = AmountError;

    fn try_from(stored: StoredCurrency) -> Result<Self, AmountError> {
        const MOST_MINOR_DIGITS: u8 = 4;
        let StoredCurrency { code, minor_digits, cash_step } = stored;
        if minor_digits > MOST_MINOR_DIGITS {
            return Err(AmountError::TooPrecise { digits: u32::from(MOST_MINOR_DIGITS) });
        }
        if !cash_step.is_positive() {
            return Err(AmountError::TooSmall);
        }
        Ok(Self { code, minor_digits, cash_step: cash_step.bounded()? })
    }
}

impl Currency {
    /// The currency of a code, with the number of minor digits that ISO 4217 gives it and no cash rounding. A code
    /// that the standard does not know has two.
    pub fn of(code: CurrencyCode) -> Self {
        let among = |codes: &[&str]| codes.contains(&code.as_str());
        let minor_digits = if among(&NO_MINOR_DIGITS) {
            0
        } else if among(&THREE_MINOR_DIGITS) {
            3
        } else if among(&FOUR_MINOR_DIGITS) {
            4
        } else {
            2
        };
        Self { code, minor_digits, cash_step: Money::ONE_MINOR }
    }

    /// The same currency paid in coins of `step` and more: 0.05 francs, 1 krona.
    #[must_use]
    pub fn with_cash_step(self, step: Money) -> Self {
        Self { cash_step: step.clamp(Money::ONE_MINOR, Money::MAX), ..self }
    }

    /// The ISO 4217 code.
    pub const fn code(&self) -> CurrencyCode {
        self.code
    }

    /// Fraction digits of an amount: 0 to 4.
    pub fn minor_digits(&self) -> u32 {
        u32::from(self.minor_digits)
    }

    /// The smallest coin; one minor unit where cash is not rounded.
    pub const fn cash_step(&self) -> Money {
        self.cash_step
    }

    /// Turns a decimal number of major units into an amount.
    ///
    /// # Errors
    /// [`AmountError::TooLarge`] beyond [`Money::MAX`].
    pub fn round(&self, major: Decimal, rounding: Rounding) -> Result<Money, AmountError> {
        let minor = rounding.round(major, self.minor_digits());
        let minor = minor.checked_mul(self.scale()).ok_or(AmountError::TooLarge)?;
        i64::try_from(minor).map_err(|_| AmountError::TooLarge).and_then(|minor| Money(minor).bounded())
    }

    /// The amount in major units with exactly the currency's fraction digits.
    pub fn decimal(&self, amount: Money) -> Decimal {
        Decimal::new(amount.0, self.minor_digits())
    }

    /// The amount as text without a symbol: `1234.50`, `-0.05`, `1250` for yen.
    pub fn format(&self, amount: Money) -> String {
        self.decimal(amount).to_string()
    }

    /// Reads an amount such as `12.34`: digits, at most one point, at most the currency's fraction digits, an
    /// optional sign.
    ///
    /// # Errors
    /// [`AmountError::Malformed`] for anything else, [`AmountError::TooPrecise`] for too many fraction digits,
    /// [`AmountError::TooLarge`] beyond [`Money::MAX`].
    pub fn parse(&self, text: &str) -> Result<Money, AmountError> {
        let value = parse_decimal(text)?;
        if value.normalize().scale() > self.minor_digits() {
            return Err(AmountError::TooPrecise { digits: self.minor_digits() });
        }
        self.round(value, Rounding::HalfUp)
    }

    fn scale(&self) -> Decimal {
        Decimal::from(10_u32.pow(self.minor_digits()))
    }

    /// The sign printed before an amount: `£`, `₺`, or the code where there is none.
    pub fn symbol(&self) -> &str {
        match self.code.as_str() {
            "GBP" => "£",
            "USD" => "$",
            "EUR" => "€",
            "TRY" => "₺",
            "JPY" | "CNY" => "¥",
            "KRW" => "₩",
            "INR" => "₹",
            "AUD" => "A$",
            "CAD" => "C$",
            "CHF" => "Fr",
            _ => self.code.as_str(),
        }
    }

    /// The amount together with this currency, for messages.
    pub const fn amount(self, amount: Money) -> AmountIn {
        AmountIn { amount, currency: self }
    }

    /// The amount with its symbol as receipts print it, a sign before it: `£12.34`, `-£0.05`, `¥1250`.
    pub fn show(&self, amount: Money) -> String {
        let figures = self.format(amount);
        match figures.strip_prefix('-') {
            Some(size) => format!("-{}{size}", self.symbol()),
            None => format!("{}{figures}", self.symbol()),
        }
    }
}

/// An amount together with its currency, for messages: shown as `£12.34`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AmountIn {
    /// How much, in minor units of the currency.
    pub amount: Money,
    /// The currency of the amount.
    pub currency: Currency,
}

impl fmt::Display for AmountIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.currency.show(self.amount))
    }
}

/// Three capital letters of ISO 4217.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// Reads a code such as `GBP`.
    ///
    /// # Errors
    /// [`AmountError::UnknownCurrency`] unless it is exactly three letters A–Z.
    pub const fn parse(code: &str) -> Result<Self, AmountError> {
        match code.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z', c @ b'A'..=b'Z'] => Ok(Self([*a, *b, *c])),
            _ => Err(AmountError::UnknownCurrency),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CurrencyCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CurrencyCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(|error| serde::de::Error::custom(error.to_string()))
    }
}

/// Longest text read as a number: more digits than any bound of this crate allows.
const LONGEST_NUMBER: usize = 40;

/// Reads a plain decimal number: an optional sign, digits, at most one point; no exponent, no grouping.
///
/// # Errors
/// [`AmountError::Malformed`] for any other shape, [`AmountError::TooLarge`] for more digits than a decimal holds.
pub fn parse_decimal(text: &str) -> Result<Decimal, AmountError> {
    if text.len() > LONGEST_NUMBER {
        return Err(AmountError::TooLarge);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let has_digit = digits.bytes().any(|byte| byte.is_ascii_digit());
    let points = digits.bytes().filter(|&byte| byte == b'.').count();
    if !plain || !has_digit || points > 1 {
        return Err(AmountError::Malformed);
    }
    Decimal::from_str_exact(text).map_err(|_| AmountError::TooLarge)
}

/// Reads a number as other software writes one: as [`parse_decimal`], or with an exponent behind it (`1E+2`, `0E-8`).
///
/// # Errors
/// As [`parse_decimal`].
pub fn parse_number(text: &str) -> Result<Decimal, AmountError> {
    let Some((number, exponent)) = text.split_once(['e', 'E']) else { return parse_decimal(text) };
    if text.len() > LONGEST_NUMBER {
        return Err(AmountError::TooLarge);
    }
    // Both sides are judged here: whoever multiplies them reads more, and rounds.
    parse_decimal(number)?;
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::Malformed);
    }
    Decimal::from_scientific(text).map_err(|_| AmountError::TooLarge)
}

/// Why a text or number is no amount.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// The text is not a plain decimal number.
    #[error("not a number")]
    Malformed,
    /// More fraction digits than the kind of number has.
    #[error("more than {digits} digits after the point")]
    TooPrecise {
        /// How many are allowed.
        digits: u32,
    },
    /// Beyond the stated bound of the type.
    #[error("the number is too large")]
    TooLarge,
    /// Below the smallest value allowed, such as a quantity of nothing.
    #[error("the number is too small")]
    TooSmall,
    /// Not an ISO 4217 code.
    #[error("a currency code is three capital letters")]
    UnknownCurrency,
}

#[cfg(test)]
mod tests;
