//! Barcodes that carry more than a number: weighed goods with their weight or price inside.
//!
//! A mask says which digits of a barcode of one length and beginning are the product's code, and which are a
//! quantity, a weight or a price.
//!
//! **Invariant:** a [`BarcodeMask`] was checked when it was made: all parts lie inside the barcode, none overlaps
//! another, and there is a code part.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use super::{
    barcode::{self, CheckDigitMismatch},
    text,
};

/// Longest barcode, in characters.
pub const LONGEST_BARCODE: u8 = 50;
/// Longest prefix of a mask, in digits.
const LONGEST_STARTING_DIGITS: u8 = 10;
/// Longest product code, in digits.
const LONGEST_CODE: u8 = 20;
/// Longest number inside a barcode, in digits: as many as the largest amount of account has.
const LONGEST_NUMBER: u8 = 13;

/// The number of a mask; of two that fit a barcode equally well the lower one is tried first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct MaskNo(pub u32);

impl fmt::Display for MaskNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Some digits of a barcode.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Digits {
    /// Where they begin, from 0.
    pub start: u8,
    /// How many they are.
    pub length: u8,
}

impl Digits {
    /// The digits at a place.
    pub const fn new(start: u8, length: u8) -> Self {
        Self { start, length }
    }

    const fn end(self) -> u16 {
        self.start as u16 + self.length as u16
    }

    const fn overlaps(self, other: Self) -> bool {
        (self.start as u16) < other.end() && (other.start as u16) < self.end()
    }

    fn of(self, barcode: &str) -> Option<&str> {
        barcode.get(usize::from(self.start)..usize::from(self.end()))
    }
}

/// What digits of a barcode may mean.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// The product's code.
    Code,
    /// Whole units.
    Quantity,
    /// Thousandths of the product's unit: grams for kilograms.
    Weight,
    /// The line total in minor units.
    Price,
    /// A variant's colour.
    Colour,
    /// A variant's size.
    Size,
    /// The starting digits by which the mask knows its barcodes.
    StartingDigits,
    /// The check digit at the end.
    CheckDigit,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "code",
            Self::Quantity => "quantity",
            Self::Weight => "weight",
            Self::Price => "price",
            Self::Colour => "colour",
            Self::Size => "size",
            Self::StartingDigits => "starting digits",
            Self::CheckDigit => "check digit",
        })
    }
}

/// A mask as it is stored and edited, not yet checked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MaskDefinition {
    /// Its number; of two masks that fit equally well the lower one is tried first.
    pub no: MaskNo,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// How many digits its barcodes have.
    pub length: u8,
    /// The digits they begin with.
    pub starting_digits: String,
    /// Where the product's code is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Digits>,
    /// Where a number of whole units is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Digits>,
    /// Where a weight is, in thousandths of the product's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Digits>,
    /// Where the line total is, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Digits>,
    /// Where the colour of a variant is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Digits>,
    /// Where the size of a variant is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Digits>,
    /// Whether the last digit is a GS1 check digit; a scan with a wrong one is then refused.
    #[serde(default)]
    pub has_check_digit: bool,
}

impl MaskDefinition {
    fn parts(&self) -> impl Iterator<Item = (Part, Digits)> {
        [
            (Part::Code, self.code),
            (Part::Quantity, self.quantity),
            (Part::Weight, self.weight),
            (Part::Price, self.price),
            (Part::Colour, self.colour),
            (Part::Size, self.size),
        ]
        .into_iter()
        .filter_map(|(part, digits)| digits.map(|digits| (part, digits)))
    }

    /// All that is wrong with it; nothing when it can become a [`BarcodeMask`].
    pub fn check(&self) -> Vec<MaskError> {
        let mut errors = Vec::new();
        if self.length == 0 || self.length > LONGEST_BARCODE {
            errors.push(MaskError::Length { length: self.length, most: LONGEST_BARCODE });
        }
        let prefix = self.starting_digits.len();
        if prefix > usize::from(LONGEST_STARTING_DIGITS.min(self.length))
            || !text::is_digits(&self.starting_digits)
        {
            errors.push(MaskError::StartingDigits { most: LONGEST_STARTING_DIGITS.min(self.length) });
        }
        if self.code.is_none() {
            errors.push(MaskError::CodeMissing);
        }
        for (part, digits) in self.parts() {
            let most = if part == Part::Code { LONGEST_CODE } else { LONGEST_NUMBER };
            if digits.length == 0 || digits.length > most {
                errors.push(MaskError::PartLength { part, length: digits.length, most });
            }
            if digits.end() > u16::from(self.length) {
                errors.push(MaskError::Outside { part, end: digits.end(), length: self.length });
            }
        }
        self.check_overlaps(&mut errors);
        errors
    }

    fn check_overlaps(&self, errors: &mut Vec<MaskError>) {
        let mut parts: Vec<(Part, Digits)> = self.parts().collect();
        if self.has_check_digit {
            parts.push((Part::CheckDigit, Digits::new(self.length.saturating_sub(1), 1)));
        }
        let prefix = u8::try_from(self.starting_digits.len()).unwrap_or(u8::MAX);
        parts.push((Part::StartingDigits, Digits::new(0, prefix)));
        for (at, &(first, digits)) in parts.iter().enumerate() {
            for &(second, others) in parts.iter().skip(at + 1) {
                // Scales exist that print the whole code in front: its beginning is what marks the barcode.
                let code_in_front = first == Part::Code && second == Part::StartingDigits;
                if digits.overlaps(others) && !code_in_front {
                    errors.push(MaskError::Overlap { first, second });
                }
            }
        }
    }
}

/// What is wrong with the definition of a mask.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// Barcodes are 1 to 50 characters long.
    #[error("length {length} is not within 1 to {most}")]
    Length {
        /// The length asked for.
        length: u8,
        /// The longest there is.
        most: u8,
    },
    /// The starting digits are not digits, or too many.
    #[error("starting digits must be at most {most} digits")]
    StartingDigits {
        /// How many there may be.
        most: u8,
    },
    /// Nothing says which product it is.
    #[error("there is no code part")]
    CodeMissing,
    /// A part has no digits, or more than its number can have.
    #[error("{part} part has {length} digits, not 1 to {most}")]
    PartLength {
        /// The part that is too short or too long.
        part: Part,
        /// How many digits it has.
        length: u8,
        /// The most it may have.
        most: u8,
    },
    /// A part ends behind the barcode's end.
    #[error("{part} part ends at {end}, behind the barcode's {length} digits")]
    Outside {
        /// The part that ends too late.
        part: Part,
        /// The place behind its last digit, from 0.
        end: u16,
        /// How many digits the barcode has.
        length: u8,
    },
    /// Two parts share digits.
    #[error("{first} and {second} overlap")]
    Overlap {
        /// One part.
        first: Part,
        /// The other.
        second: Part,
    },
}

/// A checked mask.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BarcodeMask {
    definition: MaskDefinition,
    code: Digits,
}

impl BarcodeMask {
    /// Checks a definition.
    ///
    /// # Errors
    /// All that [`MaskDefinition::check`] finds.
    pub fn try_new(definition: MaskDefinition) -> Result<Self, Vec<MaskError>> {
        let errors = definition.check();
        match definition.code {
            Some(code) if errors.is_empty() => Ok(Self { definition, code }),
            _ => Err(errors),
        }
    }

    /// What it was made from.
    pub const fn definition(&self) -> &MaskDefinition {
        &self.definition
    }

    /// Whether the mask speaks for this barcode: all digits, its length, its beginning.
    pub fn fits(&self, barcode: &str) -> bool {
        barcode.len() == usize::from(self.definition.length)
            && barcode.starts_with(self.definition.starting_digits.as_str())
            && text::is_digits(barcode)
    }

    /// Takes a barcode apart; `None` when the mask does not [fit](Self::fits).
    ///
    /// # Errors
    /// [`CheckDigitMismatch`] when the mask has a check digit and the barcode's is wrong.
    pub fn read<'a>(&self, barcode: &'a str) -> Result<Option<MaskReading<'a>>, CheckDigitMismatch> {
        if !self.fits(barcode) {
            return Ok(None);
        }
        if self.definition.has_check_digit {
            barcode::compare(barcode).unwrap_or(Ok(()))?;
        }
        let suffix = |digits: Option<Digits>| {
            digits.and_then(|digits| digits.of(barcode)).filter(|part| part.bytes().any(|byte| byte != b'0'))
        };
        // At most 13 digits, so a number always fits.
        let number = |digits: Option<Digits>| suffix(digits).and_then(|part| part.parse().ok());
        Ok(self.code.of(barcode).map(|code| MaskReading {
            code,
            colour: suffix(self.definition.colour),
            size: suffix(self.definition.size),
            quantity: number(self.definition.quantity),
            weight: number(self.definition.weight),
            price: number(self.definition.price),
        }))
    }

    /// The order in which masks are tried: longest beginning first, then the lower number.
    pub(super) fn precedence(&self) -> impl Ord + use<> {
        (core::cmp::Reverse(self.definition.starting_digits.len()), self.definition.no)
    }
}

/// What a mask read in a barcode. A part of zeros counts as absent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MaskReading<'a> {
    /// The product's code, with its leading zeros.
    pub code: &'a str,
    /// A variant's colour.
    pub colour: Option<&'a str>,
    /// A variant's size.
    pub size: Option<&'a str>,
    /// Whole units.
    pub quantity: Option<i64>,
    /// Thousandths of the product's unit.
    pub weight: Option<i64>,
    /// The line total in minor units.
    pub price: Option<i64>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The mask of the original's seed: 19 digits, code, weight and price of six each.
    pub(crate) fn weighed_goods() -> MaskDefinition {
        MaskDefinition {
            no: MaskNo(1),
            description: "weighed goods".into(),
            length: 19,
            starting_digits: "1".into(),
            code: Some(Digits::new(1, 6)),
            quantity: None,
            weight: Some(Digits::new(7, 6)),
            price: Some(Digits::new(13, 6)),
            colour: None,
            size: None,
            has_check_digit: false,
        }
    }

    #[test]
    fn a_weighed_goods_barcode_is_taken_apart_d_doc_17() {
        let mask = BarcodeMask::try_new(weighed_goods()).unwrap();
        let reading = mask.read("1000002001250006875").unwrap().unwrap();
        assert_eq!((reading.code, reading.weight, reading.price), ("000002", Some(1250), Some(6875)));
        assert_eq!(reading.quantity, None);
    }

    #[test]
    fn a_part_of_zeros_counts_as_absent() {
        let mask = BarcodeMask::try_new(weighed_goods()).unwrap();
        let reading = mask.read("1000002001250000000").unwrap().unwrap();
        assert_eq!((reading.weight, reading.price), (Some(1250), None));
    }

    #[test]
    fn a_mask_fits_only_digits_of_its_length_and_beginning() {
        let mask = BarcodeMask::try_new(weighed_goods()).unwrap();
        for other in
            ["2000002001250006875", "100000200125000687", "10000020012500068755", "100000200125000687X", ""]
        {
            assert_eq!(mask.read(other), Ok(None), "{other}");
        }
    }

    #[test]
    fn a_wrong_check_digit_refuses_the_scan() {
        let definition = MaskDefinition {
            length: 13,
            starting_digits: "2".into(),
            code: Some(Digits::new(1, 5)),
            weight: None,
            price: Some(Digits::new(6, 6)),
            has_check_digit: true,
            ..weighed_goods()
        };
        let mask = BarcodeMask::try_new(definition).unwrap();
        let digits = "200042001234";
        let right = barcode::check_digit(digits).unwrap();
        let reading = mask.read(&format!("{digits}{right}")).map(|reading| reading.unwrap().price);
        assert_eq!(reading, Ok(Some(1234)));
        let wrong = (right + 1) % 10;
        assert_eq!(
            mask.read(&format!("{digits}{wrong}")),
            Err(CheckDigitMismatch { expected: right, found: wrong })
        );
    }

    #[test]
    fn a_mask_is_refused_when_a_part_lies_outside_or_overlaps_or_the_code_is_missing() {
        let outside = MaskDefinition { price: Some(Digits::new(14, 6)), ..weighed_goods() };
        assert_eq!(outside.check(), [MaskError::Outside { part: Part::Price, end: 20, length: 19 }]);
        let overlap = MaskDefinition { weight: Some(Digits::new(6, 6)), ..weighed_goods() };
        assert_eq!(overlap.check(), [MaskError::Overlap { first: Part::Code, second: Part::Weight }]);
        let no_code = MaskDefinition { code: None, ..weighed_goods() };
        assert_eq!(no_code.check(), [MaskError::CodeMissing]);
        assert_eq!(BarcodeMask::try_new(no_code), Err(vec![MaskError::CodeMissing]));
    }

    #[test]
    fn all_faults_of_a_mask_are_told_at_once() {
        let bad = MaskDefinition {
            length: 60,
            starting_digits: "1x".into(),
            weight: Some(Digits::new(7, 0)),
            price: Some(Digits::new(250, 14)),
            ..weighed_goods()
        };
        assert_eq!(
            bad.check(),
            [
                MaskError::Length { length: 60, most: 50 },
                MaskError::StartingDigits { most: 10 },
                MaskError::PartLength { part: Part::Weight, length: 0, most: 13 },
                MaskError::PartLength { part: Part::Price, length: 14, most: 13 },
                MaskError::Outside { part: Part::Price, end: 264, length: 60 },
            ]
        );
    }

    #[test]
    fn a_part_may_not_hide_the_check_digit_or_the_beginning() {
        let over_check = MaskDefinition { has_check_digit: true, ..weighed_goods() };
        assert_eq!(over_check.check(), [MaskError::Overlap { first: Part::Price, second: Part::CheckDigit }]);
        let over_start = MaskDefinition { starting_digits: "10000000".into(), ..weighed_goods() };
        assert_eq!(
            over_start.check(),
            [MaskError::Overlap { first: Part::Weight, second: Part::StartingDigits }]
        );
    }

    fn any_part() -> impl Strategy<Value = Option<Digits>> {
        prop::option::of((any::<u8>(), any::<u8>()).prop_map(|(start, length)| Digits::new(start, length)))
    }

    proptest! {
        #[test]
        fn any_definition_and_any_barcode_are_taken_without_panic(
            (length, has_check_digit) in (any::<u8>(), any::<bool>()),
            starting_digits in "[0-9]{0,3}|\\PC{0,20}",
            (code, quantity, weight) in (any_part(), any_part(), any_part()),
            (price, colour, size) in (any_part(), any_part(), any_part()),
            text in "[0-9]{0,60}|\\PC{0,60}",
        ) {
            let definition = MaskDefinition {
                no: MaskNo(1), description: String::new(), length, starting_digits,
                code, quantity, weight, price, colour, size, has_check_digit,
            };
            if let Ok(mask) = BarcodeMask::try_new(definition) {
                let _ = mask.read(&text);
            }
        }

        #[test]
        fn what_a_scale_prints_is_what_the_mask_reads(code in 0_i64..1_000_000, weight in 1_i64..1_000_000, price in 1_i64..1_000_000) {
            let mask = BarcodeMask::try_new(weighed_goods()).unwrap();
            let barcode = format!("1{code:06}{weight:06}{price:06}");
            let reading = mask.read(&barcode).unwrap().unwrap();
            prop_assert_eq!(reading.code.parse(), Ok(code));
            prop_assert_eq!((reading.weight, reading.price), (Some(weight), Some(price)));
        }
    }
}
