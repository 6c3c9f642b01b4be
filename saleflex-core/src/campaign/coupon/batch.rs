//! Coupons made in one go, with codes that cannot be guessed and do not survive a typing slip.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use super::{Coupon, CouponKind};
use crate::ids::{CampaignId, CouponId};

/// Digits and capitals without I, L, O and U, which are misread: five bits a character.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random characters of a code: 60 bits, so that a million codes leave one guess in a million million.
const RANDOM: usize = 12;

/// A batch of coupons of one campaign.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Batch {
    /// The campaign they unlock.
    pub campaign: CampaignId,
    /// What each code begins with, before a dash.
    pub prefix: String,
    /// How each may be used.
    pub kind: CouponKind,
}

/// Why a batch cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Two codes came out the same: the random bytes are not random.
    #[error("the random bytes repeat")]
    Repeats,
}

/// Why a typed text is no code of a batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// It has another length or other characters.
    #[error("not a coupon code")]
    Malformed,
    /// The last character does not fit the others.
    #[error("mistyped")]
    CheckCharacter,
}

impl Batch {
    /// Makes one coupon for each identity and its eight random bytes, both minted by the caller.
    ///
    /// # Errors
    /// [`BatchError::Repeats`] when two codes are the same.
    pub fn mint(
        &self,
        seeds: impl IntoIterator<Item = (CouponId, [u8; 8])>,
    ) -> Result<Vec<Coupon>, BatchError> {
        let mut codes = BTreeSet::new();
        let coupon = |(id, random): (CouponId, [u8; 8])| {
            let code = self.code(random);
            if !codes.insert(code.clone()) {
                return Err(BatchError::Repeats);
            }
            let barcode = Some(code.clone());
            Ok(Coupon { barcode, ..Coupon::new(id, code, self.campaign, self.kind) })
        };
        seeds.into_iter().map(coupon).collect()
    }

    fn code(&self, random: [u8; 8]) -> String {
        let bits = u64::from_be_bytes(random);
        let values: Vec<usize> =
            (0..RANDOM).map(|at| usize::try_from(bits >> (at * 5) & 31).unwrap_or(0)).collect();
        let mut code = String::with_capacity(self.prefix.len() + RANDOM + 2);
        if !self.prefix.is_empty() {
            code.push_str(&self.prefix);
            code.push('-');
        }
        for value in values.iter().copied().chain([check_value(&values)]) {
            code.push(char::from(ALPHABET[value]));
        }
        code
    }
}

/// Whether a typed text, its prefix included, is a whole code of a batch: no slip of one character and no swap of two
/// neighbours passes. Letters are read in any case.
///
/// # Errors
/// [`CodeError`].
pub fn check_code(text: &str) -> Result<(), CodeError> {
    let text = super::unlocking(text);
    let body = text.rsplit_once('-').map_or(text.as_str(), |(_, body)| body);
    let value = |byte| ALPHABET.iter().position(|known| *known == byte);
    let values: Option<Vec<usize>> = body.bytes().map(value).collect();
    let values = values.filter(|values| values.len() == RANDOM + 1).ok_or(CodeError::Malformed)?;
    let (check, random) = values.split_last().ok_or(CodeError::Malformed)?;
    if *check == check_value(random) { Ok(()) } else { Err(CodeError::CheckCharacter) }
}

/// A sum in the field of 32 elements, each place weighted by a different power of a generator: a changed character
/// and a swap of any two change it.
fn check_value(values: &[usize]) -> usize {
    values.iter().rev().fold(0, |sum, value| double(sum ^ value))
}

/// Twice a number of five bits in the field over x⁵ + x² + 1.
const fn double(value: usize) -> usize {
    let twice = value << 1;
    if twice > 31 { (twice ^ 0b10_0101) & 31 } else { twice }
}
