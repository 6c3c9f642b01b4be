//! Gift cards by their numbers, which are kept nowhere: a card is known by what its number comes to.

use alloc::string::String;
use core::fmt;

use uuid::Uuid;

use crate::{digest::Digest, ids::GiftCardId};

/// The fewest digits of a number: fewer are guessed.
const SHORTEST: usize = 12;
/// The most.
const LONGEST: usize = 24;
/// What is mixed in, so that the digest of a number serves nothing else.
const PURPOSE: &[u8] = b"saleflex gift card 1";

/// The same for what a new number is made from.
const MINTED: &[u8] = b"saleflex voucher 1";
/// Digits of a new number before its check digit.
const DIGITS_MINTED: usize = 15;

/// The number of a gift card, as it is typed or scanned.
#[derive(Clone, Eq, PartialEq)]
pub struct GiftCardNumber(String);

/// A text that is no number of a gift card.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a gift card's number has {SHORTEST} to {LONGEST} digits")]
pub struct NotAGiftCard;

impl GiftCardNumber {
    /// Takes 12 to 24 digits; spaces and dashes between them do not count.
    ///
    /// # Errors
    /// [`NotAGiftCard`].
    ///
    /// ```
    /// use saleflex_core::tender::GiftCardNumber;
    ///
    /// let card = GiftCardNumber::parse("6035 7100 1234 5678 905")?;
    /// assert_eq!(card.last4(), "8905");
    /// assert_eq!(card.id(), GiftCardNumber::parse("6035710012345678905")?.id());
    /// # Ok::<(), saleflex_core::tender::NotAGiftCard>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, NotAGiftCard> {
        let digits: String = text.trim().chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
        let is_number = digits.bytes().all(|digit| digit.is_ascii_digit());
        if is_number && (SHORTEST..=LONGEST).contains(&digits.len()) {
            Ok(Self(digits))
        } else {
            Err(NotAGiftCard)
        }
    }

    /// The number of a new card: sixteen digits that nobody guesses who does not know the identity it is made from, which is
    /// drawn at random, the last of them a check digit.
    pub fn minted(from: Uuid) -> Self {
        let digest = Digest::of_parts([MINTED, from.as_bytes().as_slice()]);
        let mut digits: String =
            digest.bytes().iter().take(DIGITS_MINTED).map(|byte| char::from(b'0' + byte % 10)).collect();
        digits.push(luhn(&digits));
        Self(digits)
    }

    /// The digits, for the paper that its owner gets.
    pub(crate) fn digits(&self) -> &str {
        &self.0
    }

    /// The card. Nobody finds the number from it but by trying them.
    pub fn id(&self) -> GiftCardId {
        let digest = Digest::of_parts([PURPOSE, self.0.as_bytes()]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.bytes()[..16]);
        GiftCardId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// What may be shown of it.
    pub fn last4(&self) -> &str {
        self.0.get(self.0.len() - 4..).unwrap_or_default()
    }
}

/// The check digit behind digits, as cards have it: it tells every digit mistyped.
fn luhn(digits: &str) -> char {
    let sum: u8 = digits.bytes().rev().zip([2, 1].into_iter().cycle()).fold(0, |sum, (digit, weight)| {
        let weighed = (digit - b'0') * weight;
        (sum + weighed / 10 + weighed % 10) % 10
    });
    char::from(b'0' + (10 - sum) % 10)
}

impl fmt::Debug for GiftCardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GiftCardNumber(…{})", self.last4())
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn a_number_is_the_same_card_however_it_is_written_and_is_never_shown() {
        let card = GiftCardNumber::parse("6035-7100 1234-5678 905").unwrap();
        assert_eq!(card.id(), GiftCardNumber::parse(" 6035710012345678905 ").unwrap().id());
        assert_ne!(card.id(), GiftCardNumber::parse("6035710012345678906").unwrap().id());
        assert_eq!(format!("{card:?}"), "GiftCardNumber(…8905)");
        assert_eq!(card.id().uuid().get_version_num(), 8);
    }

    #[test]
    fn a_minted_number_is_one_of_a_card_with_its_check_digit_and_no_other() {
        assert_eq!(luhn("7992739871"), '3');
        let minted = |no| GiftCardNumber::minted(Uuid::from_u128(no));
        let card = minted(1);
        assert_eq!(card.digits().len(), 16);
        assert_eq!(GiftCardNumber::parse(card.digits()).unwrap(), card);
        let (digits, check) = card.digits().split_at(15);
        assert_eq!(check, format!("{}", luhn(digits)));
        assert_ne!(card.id(), minted(2).id());
    }

    #[test]
    fn what_is_too_short_too_long_or_no_digits_is_no_number() {
        for wrong in ["", "12345678901", "1234567890123456789012345", "60357100123456A", "١٢٣٤٥٦٧٨٩٠١٢"]
        {
            assert_eq!(GiftCardNumber::parse(wrong), Err(NotAGiftCard), "{wrong}");
        }
    }
}
