//! New identities and new secrets, from the clock that is passed and the operating system's randomness.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use saleflex_core::digest::Digest;
use uuid::{Builder, Uuid};

/// An identity that sorts by its time.
///
/// # Panics
/// When the operating system has no randomness to give, which no program can mend.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random::<10>()).into_uuid()
}

/// A secret of 256 bits, as text that may stand in an address.
pub(crate) fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// A code for a person to type: twelve characters that cannot be mistaken for one another, 60 bits.
pub(crate) fn new_code() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
    let letters: Vec<char> = random::<12>().into_iter().map(letter).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// What is kept of a secret. It needs no salt: nobody guesses 256 bits.
pub(crate) fn digest(secret: &str) -> String {
    Digest::of(secret.as_bytes()).to_string()
}

/// The identity of what a digest was taken of: the same wherever it is worked out.
pub(crate) fn of_digest(digest: &Digest) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// Any number drawn evenly from all of them.
pub(crate) fn random_number() -> u32 {
    u32::from_ne_bytes(random::<4>())
}

/// Bytes of the operating system's randomness.
pub(crate) fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}
