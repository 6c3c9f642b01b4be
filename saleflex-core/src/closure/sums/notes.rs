//! Notes and coins of other currencies.

use alloc::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Absorb;
use crate::money::{CurrencyCode, Money};

/// Foreign notes and coins, each currency in its own minor units. One of which nothing is left is not listed, so that the
/// same notes are the same sums whichever way they were added up.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ForeignNotes(BTreeMap<CurrencyCode, Money>);

impl ForeignNotes {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// So much of each currency, below nothing where more went out than came in.
    pub fn amounts(&self) -> impl Iterator<Item = (CurrencyCode, Money)> {
        self.0.iter().map(|(code, amount)| (*code, *amount))
    }

    /// Adds so much of a currency, or takes it away.
    pub(in crate::closure) fn add(&mut self, code: CurrencyCode, amount: Money) {
        *self.0.entry(code).or_default() += amount;
        self.0.retain(|_, sum| !sum.is_zero());
    }
}

impl Absorb for ForeignNotes {
    fn absorb(&mut self, other: &Self) {
        other.amounts().for_each(|(code, amount)| self.add(code, amount));
    }

    fn release(&mut self, other: &Self) {
        other.amounts().for_each(|(code, amount)| self.add(code, -amount));
    }
}
