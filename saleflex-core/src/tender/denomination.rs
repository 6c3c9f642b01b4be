//! Which notes and coins a currency has: to count a drawer by, and to tell what nobody hands over.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::money::{CurrencyCode, Money};

/// The notes and coins of a currency, each list from the largest value down.
///
/// [`Denominations::of`] knows the currencies of the field; a shop that wants others (a note that was withdrawn, a
/// currency that is not listed) keeps its own list as settings.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Denominations {
    /// Values of notes, in minor units.
    pub notes: Vec<Money>,
    /// Values of coins, in minor units.
    pub coins: Vec<Money>,
}

/// Notes and coins in circulation by the central banks' lists, in minor units.
const CIRCULATING: &[(&str, &[i64], &[i64])] = &[
    ("AED", &[100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 500], &[100, 50, 25]),
    ("AUD", &[10_000, 5000, 2000, 1000, 500], &[200, 100, 50, 20, 10, 5]),
    ("CAD", &[10_000, 5000, 2000, 1000, 500], &[200, 100, 25, 10, 5]),
    ("CHF", &[100_000, 20_000, 10_000, 5000, 2000, 1000], &[500, 200, 100, 50, 20, 10, 5]),
    ("CZK", &[500_000, 200_000, 100_000, 50_000, 20_000, 10_000], &[5000, 2000, 1000, 500, 200, 100]),
    ("DKK", &[50_000, 20_000, 10_000, 5000], &[2000, 1000, 500, 200, 100, 50]),
    ("EUR", &[50_000, 20_000, 10_000, 5000, 2000, 1000, 500], &[200, 100, 50, 20, 10, 5, 2, 1]),
    ("GBP", &[5000, 2000, 1000, 500], &[200, 100, 50, 20, 10, 5, 2, 1]),
    (
        "HUF",
        &[2_000_000, 1_000_000, 500_000, 200_000, 100_000, 50_000],
        &[20_000, 10_000, 5000, 2000, 1000, 500],
    ),
    ("JPY", &[10_000, 5000, 2000, 1000], &[500, 100, 50, 10, 5, 1]),
    ("KWD", &[20_000, 10_000, 5000, 1000, 500, 250], &[100, 50, 20, 10, 5]),
    ("NOK", &[100_000, 50_000, 20_000, 10_000, 5000], &[2000, 1000, 500, 100]),
    ("PLN", &[50_000, 20_000, 10_000, 5000, 2000, 1000], &[500, 200, 100, 50, 20, 10, 5, 2, 1]),
    ("SEK", &[100_000, 50_000, 20_000, 10_000, 5000, 2000], &[1000, 500, 200, 100]),
    ("TRY", &[20_000, 10_000, 5000, 2000, 1000, 500], &[500, 100, 50, 25, 10, 5]),
    ("USD", &[10_000, 5000, 2000, 1000, 500, 200, 100], &[100, 50, 25, 10, 5, 1]),
];

impl Denominations {
    /// The notes and coins of a currency; none where the currency is not listed.
    pub fn of(code: CurrencyCode) -> Option<Self> {
        let (_, notes, coins) = CIRCULATING.iter().find(|(listed, ..)| *listed == code.as_str())?;
        let money = |values: &[i64]| values.iter().copied().map(Money::from_minor).collect();
        Some(Self { notes: money(notes), coins: money(coins) })
    }

    /// The largest note; none where the currency is not listed.
    pub fn largest_note(code: CurrencyCode) -> Option<Money> {
        Self::of(code)?.notes.into_iter().max()
    }

    /// Whether there is a note or coin of this value.
    pub fn has(&self, value: Money) -> bool {
        self.notes.contains(&value) || self.coins.contains(&value)
    }

    /// Every value once, from the largest down, as a counting screen lists them.
    pub fn values(&self) -> Vec<Money> {
        let mut values: Vec<Money> = self.notes.iter().chain(&self.coins).copied().collect();
        values.sort_by_key(|value| core::cmp::Reverse(*value));
        values.dedup();
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_currency_has_its_values_from_the_largest_down() {
        for (code, notes, coins) in CIRCULATING {
            assert!(CurrencyCode::parse(code).is_ok(), "{code}");
            for values in [notes, coins] {
                assert!(!values.is_empty() && values.is_sorted_by(|one, other| one > other), "{code}");
            }
        }
        assert!(CIRCULATING.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn a_value_that_is_note_and_coin_is_listed_once() {
        let lira = Denominations::of(CurrencyCode::parse("TRY").unwrap()).unwrap();
        let five = Money::from_minor(500);
        assert_eq!(lira.values().iter().filter(|value| **value == five).count(), 1);
        assert!(lira.has(five) && !lira.has(Money::from_minor(300)));
        assert_eq!(Denominations::of(CurrencyCode::parse("XTS").unwrap()), None);
    }
}
