//! SHA-256: what vouches for bytes that must not change.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of some bytes: 64 lower-case hexadecimal digits as text and in JSON.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest that was computed before.
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of these parts, one behind the other.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self(parts.into_iter().fold(Sha256::new(), Sha256::chain_update).finalize().into())
    }

    /// The digest itself.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a digest is 64 lower-case hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_the_sha_256_everybody_computes() {
        let digest = Digest::of(b"abc");
        let published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), published);
        assert_eq!(Digest::of_parts([b"a".as_slice(), b"", b"bc"]), digest);
        assert_eq!(format!("{digest:?}"), published);
    }

    #[test]
    fn only_64_lower_case_digits_are_one() {
        let good = "0".repeat(64);
        assert_eq!(Digest::parse(&good), Some(Digest::default()));
        for text in ["", "0", &"A".repeat(64), &"g".repeat(64), &"0".repeat(63), &"0".repeat(65)] {
            assert_eq!(Digest::parse(text), None, "{text}");
            assert!(serde_json::from_str::<Digest>(&format!("\"{text}\"")).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_digest_survives_text_and_json(bytes: [u8; 32]) {
            let digest = Digest::new(bytes);
            prop_assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
            let json = serde_json::to_string(&digest).unwrap();
            prop_assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        }
    }
}
