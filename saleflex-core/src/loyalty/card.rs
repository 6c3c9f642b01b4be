//! Loyalty cards: a number that opens a membership.

use alloc::string::String;
use core::fmt;

use super::{LoyaltyChange, Occasion};
use crate::ids::{CardId, CustomerId};

/// The number on a card: 1–100 visible characters, capital letters and digits compared alike. It leads to a person, so
/// it is hidden from `Debug` and never part of an event.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CardNumber(String);

impl CardNumber {
    /// A number as typed or scanned: blanks and hyphens do not count.
    ///
    /// # Errors
    /// [`CardRefusal::NotANumber`] where nothing is left, or too much, or something invisible.
    pub fn parse(typed: &str) -> Result<Self, CardRefusal> {
        let kept = typed.chars().filter(|character| !character.is_whitespace() && *character != '-');
        let number: String = kept.flat_map(char::to_uppercase).collect();
        let is_number = (1..=100).contains(&number.chars().count()) && !number.chars().any(char::is_control);
        if is_number { Ok(Self(number)) } else { Err(CardRefusal::NotANumber) }
    }

    /// The number, for a column.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardNumber {
    /// Without the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(…)")
    }
}

/// A card. Rows are kept, so that a blocked number is recognised.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Card {
    /// The card's id, which stays when its number is blocked.
    pub id: CardId,
    /// Its number, unique among all cards there ever were.
    pub number: CardNumber,
    /// The member it was given to.
    pub customer: CustomerId,
    /// Whether it opens the membership.
    pub status: CardStatus,
}

/// Whether a card opens the membership.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CardStatus {
    /// It does.
    #[default]
    Valid,
    /// Lost or stolen.
    Blocked,
}

/// Why a card does not serve.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CardRefusal {
    /// What was typed is no number.
    #[error("that is no card number")]
    NotANumber,
    /// Nobody has it.
    #[error("nobody has this card")]
    Unknown,
    /// It was blocked.
    #[error("the card is blocked")]
    Blocked {
        /// The member it was given to.
        customer: CustomerId,
    },
    /// The number was given out before.
    #[error("the card belongs to customer {by}")]
    Taken {
        /// The customer who has or had it.
        by: CustomerId,
    },
    /// A product is known by it: whoever scans the card would sell that.
    #[error("a product is known by this number")]
    IsProduct,
}

impl Card {
    /// Gives a card to a member. Giving the same card to the same member again changes nothing.
    ///
    /// # Errors
    /// [`CardRefusal::Taken`] where somebody has the number, [`CardRefusal::Blocked`] where it was blocked.
    pub fn issue<'a>(
        id: CardId,
        number: CardNumber,
        customer: CustomerId,
        cards: impl IntoIterator<Item = &'a Self>,
        occasion: Occasion,
    ) -> Result<(Self, Option<LoyaltyChange>), CardRefusal> {
        match cards.into_iter().find(|card| card.number == number) {
            None => {
                let change = LoyaltyChange::CardSet { card: id, customer, is_valid: true, occasion };
                Ok((Self { id, number, customer, status: CardStatus::Valid }, Some(change)))
            }
            Some(known) if known.status == CardStatus::Blocked => {
                Err(CardRefusal::Blocked { customer: known.customer })
            }
            Some(known) if known.customer == customer => Ok((known.clone(), None)),
            Some(known) => Err(CardRefusal::Taken { by: known.customer }),
        }
    }

    /// Blocks a card for good; none where it is.
    pub fn block(&mut self, occasion: Occasion) -> Option<LoyaltyChange> {
        if self.status == CardStatus::Blocked {
            return None;
        }
        self.status = CardStatus::Blocked;
        let Self { id: card, customer, .. } = *self;
        Some(LoyaltyChange::CardSet { card, customer, is_valid: false, occasion })
    }
}

/// The card of a number, and with it the member.
///
/// # Errors
/// [`CardRefusal::Unknown`] and [`CardRefusal::Blocked`].
pub fn card_in<'a>(
    cards: impl IntoIterator<Item = &'a Card>,
    number: &CardNumber,
) -> Result<&'a Card, CardRefusal> {
    let card = cards.into_iter().find(|card| card.number == *number).ok_or(CardRefusal::Unknown)?;
    match card.status {
        CardStatus::Valid => Ok(card),
        CardStatus::Blocked => Err(CardRefusal::Blocked { customer: card.customer }),
    }
}
