//! Passwords and PINs: argon2id, and nothing else is kept.

use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use crate::{ApiError, ids};

/// The fewest characters of a password.
pub(crate) const SHORTEST: usize = 10;
/// The most bytes of a password: more only costs time.
const LONGEST: usize = 200;
const SALT: usize = 16;
const HASH: usize = 32;

/// The memory of one hash, used by one after the other: a hub under a storm of log-ins stays as small as before.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// KiB and passes, with one lane: as a till hashes, and as strong as 19 MiB with two passes.
const STRONG: (u32, u32) = (7 * 1024, 5);
/// What tests hash with. A release build knows no such thing.
const WEAK: (u32, u32) = (8, 1);

const fn strength() -> (u32, u32) {
    if cfg!(all(feature = "weak-secrets", debug_assertions)) { WEAK } else { STRONG }
}

fn derive(secret: &str, salt: &[u8], (memory, passes): (u32, u32)) -> [u8; HASH] {
    let params =
        Params::new(memory, passes, 1, Some(HASH)).expect("the parameters are within argon2's bounds");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    memory.resize(argon2.params().block_count(), Block::default());
    let mut out = [0; HASH];
    argon2
        .hash_password_into_with_memory(secret.as_bytes(), salt, &mut out, memory.as_mut_slice())
        .expect("salt, hash and memory have the sizes that argon2 asks");
    out
}

/// The hash of a secret, as text that names how it was made.
pub(crate) fn hash(secret: &str) -> String {
    hash_with(secret, &ids::random::<SALT>())
}

/// The same with a salt of the caller's.
pub(crate) fn hash_with(secret: &str, salt: &[u8]) -> String {
    hash_as(secret, salt, strength())
}

fn hash_as(secret: &str, salt: &[u8], strength: (u32, u32)) -> String {
    let (salt_text, (memory, passes)) = (STANDARD_NO_PAD.encode(salt), strength);
    let hash = STANDARD_NO_PAD.encode(derive(secret, salt, strength));
    format!("$argon2id$v=19$m={memory},t={passes},p=1${salt_text}${hash}")
}

/// Whether a secret is the one of a hash.
pub(crate) fn fits(secret: &str, hash: &str) -> bool {
    let mut parts = hash.rsplit('$');
    let stored = parts.next().and_then(|part| STANDARD_NO_PAD.decode(part).ok());
    let salt = parts.next().and_then(|part| STANDARD_NO_PAD.decode(part).ok());
    let (Some(stored), Some(salt)) = (stored, salt.filter(|salt| salt.len() == SALT)) else { return false };
    let is_weak = strength() == WEAK && hash.contains("$m=8,t=1,p=1$");
    let derived = derive(secret, &salt, if is_weak { WEAK } else { STRONG });
    let differ = stored.iter().zip(derived).fold(0, |differ, (one, other)| differ | (one ^ other));
    stored.len() == HASH && differ == 0
}

/// Spends the time of a check where there is nothing to check, so that a name that is not known takes as long.
pub(crate) fn pretend(secret: &str) {
    derive(secret, &[0; SALT], strength());
}

/// That a password is one to take.
///
/// # Errors
/// `password_too_weak`.
pub(crate) fn check(password: &str, username: &str) -> Result<(), ApiError> {
    let message = if password.chars().count() < SHORTEST {
        "a password has at least 10 characters"
    } else if password.len() > LONGEST {
        "a password has at most 200 bytes"
    } else if password.to_lowercase().contains(&username.to_lowercase()) {
        "a password does not contain the user name"
    } else {
        return Ok(());
    };
    Err(ApiError::unprocessable("password_too_weak", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_secret_only_and_says_how_it_was_made() {
        let hash = hash_as("correct horse", &[7; SALT], STRONG);
        assert!(hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{hash}");
        assert!(fits("correct horse", &hash));
        assert!(!fits("correct horsf", &hash));
        for broken in ["", "$", "$argon2id$v=19$m=7168,t=5,p=1$$", "x$AAAA$AAAA"] {
            assert!(!fits("", broken), "{broken}");
        }
        let [one, other] = [(); 2].map(|()| super::hash("correct horse"));
        assert_ne!(one, other, "each has a salt of its own");
    }

    #[test]
    fn short_endless_and_telling_passwords_are_refused() {
        assert!(check("long enough", "ayse").is_ok());
        for weak in ["short", "x".repeat(201).as_str(), "my name is AYSE"] {
            assert_eq!(check(weak, "ayse").unwrap_err().code, "password_too_weak", "{weak}");
        }
    }
}
