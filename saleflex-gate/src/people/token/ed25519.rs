//! Ed25519 for the library of tokens, from the cryptography that the calls to other hubs bring along already: a second
//! library of that kind would only take its minute of every build.
//!
//! **Invariant:** no other algorithm signs or verifies anything, whatever a token or a caller names.

use std::sync::Once;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{ErrorKind, Result},
};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use signature::{Error, Signer, Verifier};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    // They read sets of keys, and the hub reads none.
    key_utils: KeyUtils::new_unimplemented(),
};

static CHOSEN: Once = Once::new();

/// Makes this the algorithm of the process; from the second time on it does nothing.
///
/// # Panics
/// When other code of the process has chosen another provider before: nothing here could be signed by it.
pub(super) fn choose() {
    CHOSEN.call_once(|| {
        PROVIDER.install_default().expect("the hub alone makes tokens in its process");
    });
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the library asks with a reference")]
fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if *algorithm != Algorithm::EdDSA {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    let pair = Ed25519KeyPair::from_seed_unchecked(key.as_bytes());
    Ok(Box::new(Pair(pair.map_err(|_| ErrorKind::InvalidEddsaKey)?)))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the library asks with a reference")]
fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    if *algorithm != Algorithm::EdDSA {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Ok(Box::new(Public(UnparsedPublicKey::new(&ED25519, key.try_get_as_bytes()?.to_vec()))))
}

struct Pair(Ed25519KeyPair);

impl Signer<Vec<u8>> for Pair {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for Pair {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct Public(UnparsedPublicKey<Vec<u8>>);

impl Verifier<Vec<u8>> for Public {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        self.0.verify(message, signature).map_err(|_| Error::new())
    }
}

impl JwtVerifier for Public {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}
