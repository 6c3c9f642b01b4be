//! What happens to memberships: the typed effects of an event.

use alloc::{collections::BTreeSet, string::String};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cause, LedgerRow, MemberStatus, PointsKind};
use crate::{
    customer::Spending,
    ids::{CardId, CashierId, CustomerId, DocumentId, ProgramId, StoreId},
    money::Money,
    quantity::Points,
    time::Moment,
};

/// When, where and by whom something is done.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Occasion {
    /// When it was done.
    pub at: Moment,
    /// The store it was done in.
    pub store: StoreId,
    /// By which cashier; none for a step that runs by date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<CashierId>,
}

/// One thing that happens to a membership. A till sends these, never balances, and a hub adds them up.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoyaltyChange {
    /// A customer became a member, with nothing yet.
    Enrolled {
        /// The customer who became a member.
        customer: CustomerId,
        /// The program they joined.
        program: ProgramId,
        /// When, where and by whom.
        occasion: Occasion,
    },
    /// A membership was suspended, ended or taken up again.
    StatusSet {
        /// The member whose membership it is.
        customer: CustomerId,
        /// What it is now.
        status: MemberStatus,
        /// When, where and by whom.
        occasion: Occasion,
    },
    /// Points were credited or debited.
    PointsBooked {
        /// The row of the ledger, with what it credits or debits.
        row: LedgerRow,
    },
    /// A sale counts for the member.
    SaleCounted {
        /// The member who bought.
        customer: CustomerId,
        /// The completed sale.
        document: DocumentId,
        /// What it counts for.
        amount: Money,
        /// When it was made.
        at: Moment,
    },
    /// Goods of a sale came back and count no longer.
    SaleReturned {
        /// The member who brought goods back.
        customer: CustomerId,
        /// The completed return.
        document: DocumentId,
        /// What came back with this return.
        amount: Money,
        /// The local date of the sale.
        sold: NaiveDate,
        /// Whether nothing of the sale is left.
        is_whole: bool,
    },
    /// The member has another tier.
    TierChanged {
        /// The member who has the tier now.
        customer: CustomerId,
        /// The code of the tier.
        tier: String,
        /// The local date of the change.
        on: NaiveDate,
    },
    /// The member no longer reaches the tier and keeps it for a while; with none, reaches it again.
    GraceSet {
        /// The member whose tier it is.
        customer: CustomerId,
        /// The local date since which the tier is no longer reached; none: it is reached again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<NaiveDate>,
    },
    /// An open document holds points, instead of those it held before.
    PointsHeld {
        /// The member whose points are held.
        customer: CustomerId,
        /// The open document that holds them.
        document: DocumentId,
        /// How many it holds from now on, in all.
        points: Points,
    },
    /// A document holds no points any more.
    PointsReleased {
        /// The member whose points are free again.
        customer: CustomerId,
        /// The document that held them.
        document: DocumentId,
    },
    /// A card was given, replaced or blocked. Its number stands in the card's row alone.
    CardSet {
        /// The card that was given, replaced or blocked.
        card: CardId,
        /// The member whose card it is.
        customer: CustomerId,
        /// Whether it still opens the membership.
        is_valid: bool,
        /// When, where and by whom.
        occasion: Occasion,
    },
    /// Two records were one person: what one bought and ever earned moved to the other.
    HistoryMoved {
        /// The record that is no member any more.
        from: CustomerId,
        /// The member who has the history now.
        to: CustomerId,
        /// What was bought.
        spending: Spending,
        /// Points ever credited.
        lifetime: Points,
    },
}

/// What makes a change the same as another one: it is made once.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ChangeKey {
    /// A row of the ledger.
    Row(CustomerId, PointsKind, Cause),
    /// A sale counted.
    Sale(DocumentId),
    /// A refund counted.
    Refund(DocumentId),
    /// A merge.
    Merge(CustomerId),
}

impl LoyaltyChange {
    /// Whose memberships it happens to: one, or both of a merge, the one that goes first.
    pub fn customers(&self) -> impl Iterator<Item = CustomerId> {
        let (one, other) = match self {
            Self::Enrolled { customer, .. }
            | Self::StatusSet { customer, .. }
            | Self::SaleCounted { customer, .. }
            | Self::SaleReturned { customer, .. }
            | Self::TierChanged { customer, .. }
            | Self::GraceSet { customer, .. }
            | Self::PointsHeld { customer, .. }
            | Self::PointsReleased { customer, .. }
            | Self::CardSet { customer, .. } => (*customer, None),
            Self::PointsBooked { row } => (row.customer, None),
            Self::HistoryMoved { from, to, .. } => (*from, Some(*to)),
        };
        core::iter::once(one).chain(other)
    }

    /// Whether it happens to a customer's membership.
    pub fn concerns(&self, who: CustomerId) -> bool {
        self.customers().any(|customer| customer == who)
    }

    /// Whether others than the till it happens at have to hear of it. What an open document holds is its till's own, and
    /// tiers are what each works out by all that it knows.
    pub const fn travels(&self) -> bool {
        match self {
            Self::Enrolled { .. }
            | Self::StatusSet { .. }
            | Self::PointsBooked { .. }
            | Self::SaleCounted { .. }
            | Self::SaleReturned { .. }
            | Self::CardSet { .. }
            | Self::HistoryMoved { .. } => true,
            Self::TierChanged { .. }
            | Self::GraceSet { .. }
            | Self::PointsHeld { .. }
            | Self::PointsReleased { .. } => false,
        }
    }

    /// Its key, where doing it twice would count twice.
    pub const fn key(&self) -> Option<ChangeKey> {
        match self {
            Self::PointsBooked { row } => Some(ChangeKey::Row(row.customer, row.kind, row.cause)),
            Self::SaleCounted { document, .. } => Some(ChangeKey::Sale(*document)),
            Self::SaleReturned { document, .. } => Some(ChangeKey::Refund(*document)),
            Self::HistoryMoved { from, .. } => Some(ChangeKey::Merge(*from)),
            Self::Enrolled { .. }
            | Self::StatusSet { .. }
            | Self::TierChanged { .. }
            | Self::GraceSet { .. }
            | Self::PointsHeld { .. }
            | Self::PointsReleased { .. }
            | Self::CardSet { .. } => None,
        }
    }
}

/// What was booked before. A store answers from its unique index, a test from a set.
pub trait Booked {
    /// Whether a change of this key was made.
    fn holds(&self, key: &ChangeKey) -> bool;

    /// Whether a member was given points for bringing somebody; never where that is not kept.
    fn has_brought(&self, _member: CustomerId) -> bool {
        false
    }

    /// Whether anybody was given points for bringing a member, or the member for being brought; never where that is not
    /// kept. Where one of the two gets none, the row of the other says it.
    fn was_brought(&self, _member: CustomerId) -> bool {
        false
    }
}

impl Booked for BTreeSet<ChangeKey> {
    fn holds(&self, key: &ChangeKey) -> bool {
        self.contains(key)
    }

    fn has_brought(&self, member: CustomerId) -> bool {
        let brings = |key: &ChangeKey| {
            matches!(key, ChangeKey::Row(customer, _, Cause::Referral { referred })
                if *customer == member && *referred != member)
        };
        self.iter().any(brings)
    }

    fn was_brought(&self, member: CustomerId) -> bool {
        let is_about = |key: &ChangeKey| matches!(key, ChangeKey::Row(_, _, Cause::Referral { referred }) if *referred == member);
        self.iter().any(is_about)
    }
}

impl<F: Fn(&ChangeKey) -> bool> Booked for F {
    fn holds(&self, key: &ChangeKey) -> bool {
        self(key)
    }
}
