//! What people decide about memberships besides selling. What follows from it stands in the effects.

use serde::{Deserialize, Serialize};

use crate::{
    authority::Authority,
    ids::{CardId, CustomerId, PointsGrantId},
};

/// What was done to memberships.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "act", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoyaltyAct {
    /// A customer became a member, or is one again.
    Enrolled {
        /// The customer who is a member now.
        customer: CustomerId,
    },
    /// A membership was suspended, ended or taken up again.
    StatusSet {
        /// The member whose membership it is.
        customer: CustomerId,
    },
    /// Points were given or taken by a person. The reason stands with the grant.
    Granted {
        /// The grant that was decided on.
        grant: PointsGrantId,
        /// The member whose points they are.
        customer: CustomerId,
        /// Who decided, and who approved it where that took a manager.
        authority: Authority,
    },
    /// A member brought a customer.
    Referred {
        /// The customer who was brought.
        newcomer: CustomerId,
        /// The member who brought them.
        by: CustomerId,
    },
    /// A card was given or blocked.
    CardSet {
        /// The card that was given or blocked.
        card: CardId,
        /// The member whose card it is.
        customer: CustomerId,
    },
    /// Balances that were kept without a program became memberships.
    BalancesTakenOver,
}

impl LoyaltyAct {
    /// Whom it is about, where it is about one.
    pub const fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::Enrolled { customer }
            | Self::StatusSet { customer }
            | Self::Granted { customer, .. }
            | Self::Referred { newcomer: customer, .. }
            | Self::CardSet { customer, .. } => Some(*customer),
            Self::BalancesTakenOver => None,
        }
    }
}
