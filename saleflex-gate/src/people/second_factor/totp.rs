//! Codes that change every half minute, as authenticators make them: RFC 6238 with HMAC-SHA-1 and six digits, which is what
//! all of them know.

use chrono::{DateTime, Utc};
use ring::hmac;

use crate::ids;

/// The bytes of a secret: as many as the hash has, as RFC 4226 advises.
const SECRET: usize = 20;
/// For how many seconds a code is shown.
const STEP_SECONDS: i64 = 30;
/// By how many steps a clock may be off, either way.
const SLACK: i64 = 1;
/// How many codes there are.
const CODES: u32 = 1_000_000;
/// The letters of base 32 (RFC 4648).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret, in base 32, as people type it into an authenticator.
pub(crate) fn new_secret() -> String {
    encoded(&ids::random::<SECRET>())
}

/// What an authenticator reads as a picture: whose secret it is, and what for.
pub(crate) fn address(username: &str, secret: &str) -> String {
    let name = percent_encoded(username);
    format!(
        "otpauth://totp/SaleFlex:{name}?secret={secret}&issuer=SaleFlex&algorithm=SHA1&digits=6&period=30"
    )
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex(byte >> 4), hex(byte & 0x0F)]);
        }
    }
    encoded
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or_default().to_ascii_uppercase()
}

/// Whether a text has the shape of a code.
pub(crate) fn is_one(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// The step that a code is of at an instant; none for any other text, and for what is no secret.
pub(crate) fn step_of(secret: &str, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &decoded(secret)?);
    let present = now.timestamp().div_euclid(STEP_SECONDS);
    (present - SLACK..=present + SLACK).find(|step| code_of(&key, *step) == code)
}

fn code_of(key: &hmac::Key, step: i64) -> String {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    // The last four bits say where the four bytes begin that make the code.
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0F);
    let taken = bytes.iter().skip(offset).take(4);
    let number = taken.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    format!("{:06}", (number & 0x7FFF_FFFF) % CODES)
}

/// Twenty bytes fill up thirty-two letters: nothing is left over.
fn encoded(bytes: &[u8; SECRET]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let place = u8::try_from((held >> bits) & 31).unwrap_or_default();
            text.push(char::from(ALPHABET[usize::from(place)]));
        }
    }
    text
}

fn decoded(secret: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for letter in secret.bytes() {
        let place = ALPHABET.iter().position(|known| *known == letter)?;
        held = (held << 5) | u32::try_from(place).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `12345678901234567890`, the secret of RFC 6238, appendix B.
    const OF_THE_STANDARD: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_standard() {
        assert_eq!(encoded(b"12345678901234567890"), OF_THE_STANDARD);
        assert_eq!(decoded(OF_THE_STANDARD).unwrap(), b"12345678901234567890");
        // The last six of its eight digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = DateTime::from_timestamp(second, 0).unwrap();
            assert_eq!(step_of(OF_THE_STANDARD, code, now), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_before_and_behind_its_own_and_no_longer() {
        let at = |second| step_of(OF_THE_STANDARD, "287082", DateTime::from_timestamp(second, 0).unwrap());
        assert_eq!([at(0), at(29), at(30), at(59), at(89)], [Some(1); 5]);
        assert_eq!([at(90), at(-1)], [None; 2]);
    }

    #[test]
    fn nothing_else_is_a_code_and_nothing_else_a_secret() {
        let now = DateTime::from_timestamp(59, 0).unwrap();
        for wrong in ["", "287083", "28708", "2870820", "94287082"] {
            assert_eq!(step_of(OF_THE_STANDARD, wrong, now), None, "{wrong}");
        }
        assert_eq!(step_of("gezd", "287082", now), None);
        assert!(is_one("012345") && !is_one("12345") && !is_one("1234567") && !is_one("12345a"));
    }

    #[test]
    fn a_name_stands_in_an_address_whatever_its_letters() {
        let address = address("ayşe", "GEZD");
        assert!(
            address.starts_with("otpauth://totp/SaleFlex:ay%C5%9Fe?secret=GEZD&issuer=SaleFlex"),
            "{address}"
        );
        let [one, other] = [(); 2].map(|()| new_secret());
        assert!(one != other && one.len() == 32 && decoded(&one).is_some_and(|bytes| bytes.len() == 20));
    }
}
