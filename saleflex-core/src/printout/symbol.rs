//! Barcodes and QR codes as black and white, for what has no printer to draw them.

use alloc::{string::String, vec, vec::Vec};

use barcoders::sym::{code128::Code128, ean8::EAN8, ean13::EAN13};
use qrcodegen_no_heap::{QrCode, QrCodeEcc, Version};

use super::bitmap::Bitmap;
use crate::catalog::barcode::check_digit;

/// Whether the last of some digits is the check digit of the others.
pub(super) fn has_right_check_digit(code: &str) -> bool {
    let split = code.len().checked_sub(1).and_then(|at| code.split_at_checked(at));
    split.is_some_and(|(digits, last)| check_digit(digits).is_some_and(|digit| last.parse() == Ok(digit)))
}

/// A QR code without the white frame it needs; none for more than a code can hold.
pub(super) fn qr(text: &str) -> Option<Bitmap> {
    let mut scratch = vec![0; Version::MAX.buffer_len()];
    let mut out = vec![0; Version::MAX.buffer_len()];
    let (least, most) = (Version::MIN, Version::MAX);
    let code =
        QrCode::encode_text(text, &mut scratch, &mut out, QrCodeEcc::Medium, least, most, None, true).ok()?;
    let side = code.size();
    let mut bitmap = Bitmap::try_new(usize::try_from(side).ok()?, usize::try_from(side).ok()?).ok()?;
    for (row, y) in (0..side).enumerate() {
        for (column, x) in (0..side).enumerate() {
            bitmap.set(column, row, code.get_module(x, y));
        }
    }
    Some(bitmap)
}

/// How the characters of a CODE128 barcode are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum CodeSet {
    /// One symbol a character.
    B,
    /// One symbol for two digits.
    C,
}

impl CodeSet {
    /// The set that takes less room for all of `data`.
    pub(super) fn of(data: &str) -> Self {
        let digits =
            data.len() >= 4 && data.len().is_multiple_of(2) && data.bytes().all(|byte| byte.is_ascii_digit());
        if digits { Self::C } else { Self::B }
    }

    /// How many of the narrowest bars wide a barcode of `data` is: start, symbols, check and the longer stop.
    pub(super) fn modules(data: &str) -> usize {
        let symbols = match Self::of(data) {
            Self::B => data.len(),
            Self::C => data.len() / 2,
        };
        (symbols + 2) * 11 + 13
    }
}

/// The bars of a CODE128 barcode, `true` for black.
pub(super) fn code128(data: &str) -> Option<Vec<bool>> {
    let set = match CodeSet::of(data) {
        CodeSet::B => '\u{181}',
        CodeSet::C => '\u{106}',
    };
    let mut text = String::from(set);
    text.push_str(data);
    Some(bars(&Code128::new(text).ok()?.encode()))
}

/// The bars of an EAN-13 or EAN-8 barcode, `true` for black.
pub(super) fn ean(data: &str) -> Option<Vec<bool>> {
    let encoded = match data.len() {
        8 => EAN8::new(data).ok()?.encode(),
        13 => EAN13::new(data).ok()?.encode(),
        _ => return None,
    };
    Some(bars(&encoded))
}

fn bars(modules: &[u8]) -> Vec<bool> {
    modules.iter().map(|module| *module == 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barcode_is_as_wide_as_it_is_counted() {
        for data in ["20260312-0007-000001", "12345678", "1234567", "A", "0000"] {
            assert_eq!(code128(data).unwrap().len(), CodeSet::modules(data), "{data}");
        }
        assert_eq!(ean("4006381333931").unwrap().len(), 95);
        assert_eq!(ean("96385074").unwrap().len(), 67);
    }

    #[test]
    fn check_digits_are_checked() {
        assert!(has_right_check_digit("4006381333931") && has_right_check_digit("96385074"));
        assert!(!has_right_check_digit("4006381333930") && !has_right_check_digit(""));
    }

    #[test]
    fn a_text_beyond_a_qr_code_has_none() {
        assert!(qr(&"x".repeat(3000)).is_none());
        assert_eq!(qr("saleflex").unwrap().width(), 21);
    }
}
