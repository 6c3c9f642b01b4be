//! Fractions, so that nothing is rounded where the rules do not say so.

use std::{
    cmp::Ordering,
    iter::Sum,
    ops::{Add, Div, Mul, Sub},
};

use saleflex_core::{
    campaign::{FineMoney, FineQuantity},
    money::Money,
    quantity::Percent,
};

/// A fraction in lowest terms; of minor units, of pieces, of a whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Exact {
    over: i128,
    /// Above nothing.
    under: i128,
}

impl Exact {
    pub(super) const ZERO: Self = Self { over: 0, under: 1 };

    fn new(over: i128, under: i128) -> Self {
        let (mut one, mut other) = (over.abs(), under);
        while other != 0 {
            (one, other) = (other, one % other);
        }
        Self { over: over / one, under: under / one }
    }

    pub(super) fn whole(number: i64) -> Self {
        Self::new(number.into(), 1)
    }

    pub(super) fn money(amount: Money) -> Self {
        Self::whole(amount.minor())
    }

    pub(super) fn total(amount: FineMoney) -> Self {
        Self::new(amount.fine().into(), 10_000)
    }

    pub(super) fn quantity(quantity: FineQuantity) -> Self {
        Self::new(quantity.fine().into(), 10_000)
    }

    /// A percentage as a part of the whole.
    pub(super) fn percent(percent: Percent) -> Self {
        let decimal = percent.decimal();
        Self::new(decimal.mantissa(), 100 * 10_i128.pow(decimal.scale()))
    }

    pub(super) fn floor(self) -> i64 {
        i64::try_from(self.over.div_euclid(self.under)).expect("amounts are small")
    }

    pub(super) fn ceiling(self) -> i64 {
        -Self { over: -self.over, ..self }.floor()
    }

    /// Half and more up.
    pub(super) fn rounded(self) -> i64 {
        (self + Self::new(1, 2)).floor()
    }

    pub(super) const fn is_positive(self) -> bool {
        self.over > 0
    }

    pub(super) fn or_zero(self) -> Self {
        self.max(Self::ZERO)
    }
}

impl Add for Exact {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.over * other.under + other.over * self.under, self.under * other.under)
    }
}

impl Sub for Exact {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self { over: -other.over, ..other }
    }
}

impl Mul for Exact {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self::new(self.over * other.over, self.under * other.under)
    }
}

impl Div for Exact {
    type Output = Self;

    /// By what is above nothing.
    fn div(self, other: Self) -> Self {
        Self::new(self.over * other.under, self.under * other.over)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.over * other.under).cmp(&(other.over * self.under))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
