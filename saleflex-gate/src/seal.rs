//! What the hub has to read again, kept sealed under its own secret: passcodes that old terminals can only compare readable,
//! and the secrets of people's authenticators. What it can draw again from that secret is kept nowhere.

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, aead::Aead};
use saleflex_core::digest::Digest;
use uuid::Uuid;

const NONCE: usize = 12;

/// Seals, opens and draws under one secret.
#[derive(Clone)]
pub(crate) struct Seal {
    cipher: ChaCha20Poly1305,
    /// From which passcodes are drawn.
    source: Digest,
}

impl Seal {
    pub(crate) fn new(secret: &str) -> Self {
        let key = Digest::of_parts([b"saleflex-gate passcodes 1".as_slice(), secret.as_bytes()]);
        let source = Digest::of_parts([b"saleflex-gate passcodes 2".as_slice(), secret.as_bytes()]);
        Self { cipher: ChaCha20Poly1305::new(key.bytes().into()), source }
    }

    /// The text, sealed; none if it is beyond what can be sealed.
    pub(crate) fn seal(&self, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).expect("the operating system has randomness");
        let sealed = self.cipher.encrypt(&nonce.into(), text.as_bytes()).ok()?;
        Some(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed under this secret; none for anything else.
    pub(crate) fn open(&self, sealed: &str) -> Option<String> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        String::from_utf8(self.cipher.decrypt(&nonce.into(), sealed).ok()?).ok()
    }

    /// What nobody who has not the secret can work out, the same each time for the same two.
    pub(crate) fn draw(&self, terminal: Uuid, subject: Uuid) -> Digest {
        let parts =
            [self.source.bytes().as_slice(), terminal.as_bytes().as_slice(), subject.as_bytes().as_slice()];
        Digest::of_parts(parts)
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

    #[test]
    fn what_is_drawn_is_of_the_secret_and_of_both_names() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let seal = Seal::new("a secret");
        assert_eq!(seal.draw(one, two), Seal::new("a secret").draw(one, two));
        let others = [seal.draw(two, one), seal.draw(one, one), Seal::new("another").draw(one, two)];
        assert!(!others.contains(&seal.draw(one, two)));
    }
}
