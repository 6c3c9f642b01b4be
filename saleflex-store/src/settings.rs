//! What differs from till to till and may be changed by someone who may.

use saleflex_core::document::Policy;
use serde::{Deserialize, Serialize};

/// A till's settings.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Settings {
    /// The store's rules.
    pub policy: Policy,
    /// What becomes of a document that was open when the till stopped.
    pub recovery: RecoveryRule,
    /// Training: documents never count.
    pub training: bool,
}

/// What becomes of a document that was open when the till stopped.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryRule {
    /// It is open again.
    #[default]
    Continue,
    /// It is put aside.
    Park,
    /// It is closed without effect.
    Cancel,
}
