//! The figures inside a barcode: GS1 check digits, and the two ways to write one American number.

use alloc::{format, string::String};
use core::fmt;

use super::text;

/// The barcodes of the GS1 family that end with a check digit and are told apart by their length.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Symbology {
    /// Eight digits.
    Ean8,
    /// Twelve digits.
    UpcA,
    /// Thirteen digits.
    Ean13,
}

impl Symbology {
    /// Which of them a text is by its length; `None` for another length or where not every character is a digit.
    pub fn of(barcode: &str) -> Option<Self> {
        let symbology = match barcode.len() {
            8 => Self::Ean8,
            12 => Self::UpcA,
            13 => Self::Ean13,
            _ => return None,
        };
        text::is_digits(barcode).then_some(symbology)
    }
}

impl fmt::Display for Symbology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ean8 => "EAN-8",
            Self::UpcA => "UPC-A",
            Self::Ean13 => "EAN-13",
        })
    }
}

/// The check digit that belongs behind `digits` (GS1 General Specifications 7.9: weights 3 and 1 in turn from the
/// right, up to the next multiple of ten). `None` unless there is at least one digit and nothing else.
pub fn check_digit(digits: &str) -> Option<u8> {
    if digits.is_empty() || !text::is_digits(digits) {
        return None;
    }
    let sum = digits.bytes().rev().enumerate().fold(0, |sum: u8, (at, byte)| {
        let weight = if at % 2 == 0 { 3 } else { 1 };
        (sum + (byte - b'0') * weight) % 10
    });
    Some((10 - sum) % 10)
}

/// Compares the last digit of `barcode` with the one the others ask for; `None` when it is shorter than two
/// characters or not all digits.
pub(super) fn compare(barcode: &str) -> Option<Result<(), CheckDigitMismatch>> {
    let (digits, last) = barcode.split_at_checked(barcode.len().checked_sub(1)?)?;
    let found = last.parse().ok()?;
    let expected = check_digit(digits)?;
    Some(if expected == found { Ok(()) } else { Err(CheckDigitMismatch { expected, found }) })
}

/// The last digit of a barcode is not the one its other digits ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("check digit is {found}, should be {expected}")]
pub struct CheckDigitMismatch {
    /// The digit that would be right.
    pub expected: u8,
    /// The digit that is there.
    pub found: u8,
}

/// What is odd about a barcode that may be stored all the same.
///
/// Many shops live with barcodes of their own making, so these are shown where barcodes are entered and never when
/// one is scanned.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BarcodeWarning {
    /// It has the length of a GS1 barcode and the wrong check digit.
    #[error("{symbology}: {mismatch}")]
    CheckDigit {
        /// The kind of barcode that its length makes it.
        symbology: Symbology,
        /// The digit it ends with and the one it should.
        mismatch: CheckDigitMismatch,
    },
}

/// What is odd about a barcode as it is entered; a text that is no EAN-8, UPC-A or EAN-13 has nothing to verify.
///
/// ```
/// use saleflex_core::catalog::barcode;
///
/// assert_eq!(barcode::verify("4006381333931"), None);
/// let warning = barcode::verify("4006381333932").unwrap();
/// assert_eq!(warning.to_string(), "EAN-13: check digit is 2, should be 1");
/// ```
pub fn verify(barcode: &str) -> Option<BarcodeWarning> {
    let symbology = Symbology::of(barcode)?;
    let mismatch = compare(barcode)?.err()?;
    Some(BarcodeWarning::CheckDigit { symbology, mismatch })
}

/// The same number in its other spelling: a UPC-A is an EAN-13 with a zero before it, and scanners send either.
pub fn upc_ean_counterpart(barcode: &str) -> Option<String> {
    match Symbology::of(barcode)? {
        Symbology::UpcA => Some(format!("0{barcode}")),
        Symbology::Ean13 => barcode.strip_prefix('0').map(String::from),
        Symbology::Ean8 => None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn check_digits_agree_with_published_examples() {
        // GS1 General Specifications, the ISBN manual, and the Wikipedia articles on EAN and UPC.
        for barcode in
            ["6291041500213", "4006381333931", "9780306406157", "73513537", "96385074", "036000291452"]
        {
            assert!(Symbology::of(barcode).is_some());
            assert_eq!(verify(barcode), None, "{barcode}");
        }
        assert_eq!(check_digit("629104150021"), Some(3));
        assert_eq!(check_digit("03600029145"), Some(2));
    }

    #[test]
    fn a_wrong_check_digit_is_a_warning_that_names_the_right_one() {
        let mismatch = CheckDigitMismatch { expected: 4, found: 5 };
        assert_eq!(
            verify("96385075"),
            Some(BarcodeWarning::CheckDigit { symbology: Symbology::Ean8, mismatch })
        );
    }

    #[test]
    fn what_is_no_gs1_barcode_has_nothing_to_verify() {
        for text in ["", "7", "ABC-123", "12345678901234", "٣٣٣٣", "400638133393X"] {
            assert_eq!(verify(text), None, "{text:?}");
        }
        assert_eq!(check_digit(""), None);
        assert_eq!(check_digit("12a"), None);
        assert_eq!(verify(&"9".repeat(10_000)), None);
        assert!(check_digit(&"9".repeat(10_000)).is_some());
    }

    #[test]
    fn a_upc_a_and_an_ean_13_are_one_number_apart_by_a_leading_zero() {
        assert_eq!(upc_ean_counterpart("036000291452").as_deref(), Some("0036000291452"));
        assert_eq!(upc_ean_counterpart("0036000291452").as_deref(), Some("036000291452"));
        assert_eq!(upc_ean_counterpart("4006381333931"), None);
        assert_eq!(upc_ean_counterpart("09638507"), None);
    }

    proptest! {
        #[test]
        fn every_single_wrong_digit_is_detected(payload in "[0-9]{7}|[0-9]{11}|[0-9]{12}", at in 0_usize..13, change in 1_u8..10) {
            let right = payload.clone() + &check_digit(&payload).unwrap().to_string();
            prop_assert_eq!(verify(&right), None);
            let mut bytes = right.into_bytes();
            let at = at % bytes.len();
            bytes[at] = b'0' + (bytes[at] - b'0' + change) % 10;
            prop_assert!(verify(core::str::from_utf8(&bytes).unwrap()).is_some());
        }

        #[test]
        fn any_text_is_taken_without_panic(text in "\\PC*|[0-9]*") {
            let _ = (verify(&text), check_digit(&text), upc_ean_counterpart(&text));
        }

        #[test]
        fn the_zero_rule_goes_there_and_back(upc in "[0-9]{12}") {
            let ean = upc_ean_counterpart(&upc).unwrap();
            prop_assert_eq!(upc_ean_counterpart(&ean), Some(upc));
        }
    }
}
