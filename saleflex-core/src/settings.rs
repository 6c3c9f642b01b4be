//! What differs from till to till and may be changed by someone who may.

use serde::{Deserialize, Serialize};

use crate::{closure::ClosingPolicy, document::Policy, loyalty::RedemptionPolicy};

/// A till's settings.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Settings {
    /// The store's rules of selling.
    pub policy: Policy,
    /// The store's rules of closing.
    pub closing: ClosingPolicy,
    /// The loyalty program's rules of redeeming; none: points buy nothing.
    pub redemption: Option<RedemptionPolicy>,
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
