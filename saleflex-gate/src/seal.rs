//! What the hub has to read again, kept sealed under its own secret: passcodes that old terminals can only compare readable,
//! and the secrets of people's authenticators.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, aead::Aead};
use saleflex_core::digest::Digest;

const NONCE: usize = 12;

/// Seals and opens under one secret.
#[derive(Clone)]
pub(crate) struct Seal(ChaCha20Poly1305);

impl Seal {
    pub(crate) fn new(secret: &str) -> Self {
        let key = Digest::of_parts([b"saleflex-gate passcodes 1".as_slice(), secret.as_bytes()]);
        Self(ChaCha20Poly1305::new(key.bytes().into()))
    }

    /// The text, sealed; none if it is beyond what can be sealed.
    pub(crate) fn seal(&self, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("the operating system has randomness");
        let sealed = self.0.encrypt(&nonce.into(), text.as_bytes()).ok()?;
        Some(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed under this secret; none for anything else.
    pub(crate) fn open(&self, sealed: &str) -> Option<String> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        String::from_utf8(self.0.decrypt(&nonce.into(), sealed).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_secret_opens_and_nothing_readable_is_kept() {
        let seal = Seal::new("a secret");
        let sealed = seal.seal("7719").expect("a short text");
        assert!(!sealed.contains("7719"));
        assert_eq!(seal.open(&sealed).as_deref(), Some("7719"));
        assert_eq!(Seal::new("another").open(&sealed), None);
        assert_eq!(seal.open("7719"), None);
        assert_ne!(seal.seal("7719"), Some(sealed));
    }
}
