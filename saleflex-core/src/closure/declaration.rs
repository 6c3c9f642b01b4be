//! What was counted in the drawer.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::drawer::OverShortReason;
use crate::money::{AmountError, CurrencyCode, Money};

/// What a cashier counted before closing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Declaration {
    /// Money of the till's own currency.
    pub counted: CashCount,
    /// Money of other currencies, in their own minor units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign: BTreeMap<CurrencyCode, CashCount>,
    /// What stays in the drawer for the next period, the rest goes to the safe; everything stays where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub float_left: Option<Money>,
    /// The same of foreign currencies; of one that is not named everything stays.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign_left: BTreeMap<CurrencyCode, Money>,
    /// Why it differs from what is expected, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Amounts that the country's figures ask people for, by name: the tips that staff got and report.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub declared: BTreeMap<String, Money>,
    /// Why it differs, as reports sum it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_short: Option<OverShortReason>,
}

impl Declaration {
    /// A plain amount that all stays in the drawer.
    pub const fn amount(counted: Money) -> Self {
        Self {
            counted: CashCount::Amount(counted),
            foreign: BTreeMap::new(),
            float_left: None,
            foreign_left: BTreeMap::new(),
            declared: BTreeMap::new(),
            reason: None,
            over_short: None,
        }
    }

    /// What was counted of each foreign currency less what should lie there; currencies that agree, and those that
    /// nobody counted, are left out.
    ///
    /// # Errors
    /// As [`CashCount::total`].
    pub fn foreign_differences(
        &self,
        expected: &BTreeMap<CurrencyCode, Money>,
    ) -> Result<BTreeMap<CurrencyCode, Money>, AmountError> {
        let mut differences = BTreeMap::new();
        for (code, count) in &self.foreign {
            let difference = count.total()? - expected.get(code).copied().unwrap_or_default();
            if !difference.is_zero() {
                differences.insert(*code, difference);
            }
        }
        Ok(differences)
    }
}

/// A count of notes and coins.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CashCount {
    /// The sum alone.
    Amount(Money),
    /// Piece by piece.
    Denominations(Vec<Denomination>),
}

/// Notes or coins of one value.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Denomination {
    /// What one of them is worth.
    pub value: Money,
    /// How many of them.
    pub count: u32,
}

impl CashCount {
    /// What was counted together.
    ///
    /// # Errors
    /// [`AmountError::TooSmall`] below nothing, [`AmountError::TooLarge`] beyond [`Money::MAX`].
    pub fn total(&self) -> Result<Money, AmountError> {
        let minor = match self {
            Self::Amount(amount) => i128::from(amount.minor()),
            Self::Denominations(pieces) => {
                if pieces.iter().any(|piece| piece.value.is_negative()) {
                    return Err(AmountError::TooSmall);
                }
                pieces.iter().map(|piece| i128::from(piece.value.minor()) * i128::from(piece.count)).sum()
            }
        };
        let total = Money::from_minor(i64::try_from(minor).map_err(|_| AmountError::TooLarge)?).bounded()?;
        if total.is_negative() { Err(AmountError::TooSmall) } else { Ok(total) }
    }
}
