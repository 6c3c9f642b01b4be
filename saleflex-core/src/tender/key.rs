//! What pressing a tender key means.

use crate::money::Money;

/// A tender key as it was pressed: on which screen, with what typed before.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct TenderKey {
    /// The amount on the key itself, such as a note of 20.
    pub preset: Option<Money>,
    /// The amount typed before.
    pub typed: Option<Money>,
    /// Whether the key alone settles the balance, as on the sale screen; the payment screen asks for an amount.
    pub settles_balance: bool,
}

/// An amount has to be typed before this key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("enter an amount first")]
pub struct AmountNeeded;

impl TenderKey {
    /// The amount meant; `None` is the balance. The key's own amount wins over a typed one.
    ///
    /// # Errors
    /// [`AmountNeeded`] where neither is there and the key alone settles nothing.
    pub fn amount(self) -> Result<Option<Money>, AmountNeeded> {
        match self.preset.or(self.typed.filter(|typed| typed.is_positive())) {
            Some(amount) => Ok(Some(amount)),
            None if self.settles_balance => Ok(None),
            None => Err(AmountNeeded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_own_amount_wins_then_the_typed_one_then_the_balance_where_one_press_settles() {
        let amount = |minor| Some(Money::from_minor(minor));
        let key = |preset, typed, settles_balance| TenderKey { preset, typed, settles_balance }.amount();
        assert_eq!(key(amount(2000), amount(500), true), Ok(amount(2000)));
        assert_eq!(key(None, amount(500), false), Ok(amount(500)));
        assert_eq!(key(None, None, true), Ok(None));
        assert_eq!(key(None, amount(0), true), Ok(None));
        assert_eq!(key(None, None, false), Err(AmountNeeded));
        assert_eq!(key(None, amount(0), false), Err(AmountNeeded));
    }
}
