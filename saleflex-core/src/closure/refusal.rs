//! Why a drawer was not counted, or a period not closed.

use super::drawer::DrawerNo;
use crate::{
    cashier::Capability,
    ids::{ClosureNumber, DocumentNumber},
    money::{AmountError, AmountIn},
};

/// Why a period was not closed. Nothing changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The cashier may not do this, and nobody who may has approved it. Ask a manager.
    #[error("needs the approval of someone with {capability}")]
    ApprovalNeeded {
        /// What the approver must hold.
        capability: Capability,
    },
    /// A document with lines or payments is open. Finish, suspend or cancel it first.
    #[error("document {number} is open")]
    DocumentOpen {
        /// The open one.
        number: DocumentNumber,
    },
    /// The till is in training: nothing of it counts, and no drawer is counted and no period closed for it. End the training
    /// first.
    #[error("no drawer is counted and no period closed in training")]
    Training,
    /// Nothing happened in the period and nothing is suspended.
    #[error("period {} has no documents", closure.0)]
    EmptyPeriod {
        /// The number of the open period.
        closure: ClosureNumber,
    },
    /// The store wants the drawer counted.
    #[error("count the drawer first")]
    DeclarationNeeded,
    /// One of several drawers was not counted for closing, or cash has moved since.
    #[error("count drawer {} first", drawer.0)]
    DrawerNotCounted {
        /// The drawer that must be counted.
        drawer: DrawerNo,
    },
    /// The count does not fit an amount, or is below nothing.
    #[error("the count: {0}")]
    Count(#[from] AmountError),
    /// There is no such note or coin.
    #[error("there is no note or coin of {value}")]
    NoSuchDenomination {
        /// The note or coin that was counted and is none of the currency's.
        value: AmountIn,
    },
    /// More would stay in the drawer than was counted, or less than nothing.
    #[error("{float} cannot stay in the drawer, {counted} was counted")]
    FloatAboveCount {
        /// What was to stay.
        float: AmountIn,
        /// What was counted in the drawer.
        counted: AmountIn,
    },
    /// It is said what stays in the drawer, and the period stays open: nothing moves by a count. What goes to the safe
    /// before is a cash drop.
    #[error("only a count for closing says what stays in the drawer")]
    StaysAtClosingOnly,
    /// Amounts are declared with a count that is neither for closing nor a hand-over: it may be done as often as anybody
    /// likes, and they would count each time.
    #[error("amounts are declared with a count for closing or a hand-over")]
    DeclaredInBetween,
    /// The difference is above what the store accepts without a reason.
    #[error("the drawer differs by {difference}, more than {limit}: give a reason")]
    ReasonNeeded {
        /// Counted less expected.
        difference: AmountIn,
        /// The largest difference, over or short, that needs no reason.
        limit: AmountIn,
        /// The drawer is counted blind: whoever counts it is not told the difference.
        is_blind: bool,
    },
}

impl Refusal {
    /// Whether whoever counted learns by it that the drawer differs from what it should hold: what they entered is kept
    /// before they are told.
    pub const fn tells_of_difference(&self) -> bool {
        matches!(self, Self::ReasonNeeded { .. } | Self::ApprovalNeeded { capability: Capability::Override })
    }
}
