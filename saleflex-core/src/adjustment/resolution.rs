//! How a store's campaigns are chosen from. It stands below both: campaigns, which resolve by it, and documents, which
//! say by which they were priced.

use serde::{Deserialize, Serialize};

/// What a store says of it: how its campaigns are chosen from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResolutionRule {
    /// By priority, the larger first.
    #[default]
    Priority,
    /// What saves the customer the most.
    Best,
}

impl ResolutionRule {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 2] = [Self::Priority, Self::Best];

    /// The word of it, as in settings and on documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Best => "best",
        }
    }

    /// Whether it is the first choice, which need not be said.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
