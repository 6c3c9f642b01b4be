//! The digest by which a document names the definitions that priced it.

use core::fmt;

use sha2::{Digest, Sha256};

use super::{compile::CompileError, definition::Campaign};
use crate::adjustment::ResolutionRule;

/// The version of the rules by which this engine prices; a completed document names it (ruling 12).
pub const ENGINE_VERSION: &str = "5";

/// The digest of a definition in canonical form, or of all definitions of a set: equal definitions have equal hashes,
/// and so have equal sets, in whatever order they were given.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Reads a hash as it is shown; none where it is no hash.
    pub fn parse(shown: &str) -> Option<Self> {
        let digits = shown.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..digits.len()).step_by(2)) {
            *byte = u8::from_str_radix(shown.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    pub(super) fn of(campaign: &Campaign) -> Result<Self, CompileError> {
        let bytes = serde_json::to_vec(campaign).map_err(|_| CompileError::Unwritable(campaign.id))?;
        Ok(Self(Sha256::digest(bytes).into()))
    }

    /// Of a set: its definitions by rising identity, and the rules they are read by.
    pub(super) fn of_all<'a>(definitions: impl Iterator<Item = &'a Self>, rule: ResolutionRule) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(ENGINE_VERSION);
        if !rule.is_default() {
            hasher.update(rule.code());
        }
        definitions.for_each(|definition| hasher.update(definition.0));
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
