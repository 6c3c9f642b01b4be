//! A member's points, spending and tier: the fold of the member's changes.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Cause, LedgerRow, Lots, LoyaltyChange, Occasion, PointsKind, Program};
use crate::{
    customer::Spending,
    ids::{CustomerId, DocumentId, DocumentNumber, ProgramId},
    quantity::Points,
    time::Moment,
};

/// A customer's membership; there is at most one a customer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Membership {
    /// The customer whose membership it is.
    pub customer: CustomerId,
    /// The program it is of.
    pub program: ProgramId,
    /// When the customer became a member.
    pub enrolled_at: Moment,
    /// Whether the member earns and redeems.
    pub status: MemberStatus,
    /// The code of the tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Since when the member no longer reaches the tier and keeps it for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_since: Option<NaiveDate>,
    /// Points by the day they expire.
    pub lots: Lots,
    /// Points ever credited, less those taken back; at most [`Points::MAX`]. Spending and expiry never lower it.
    pub lifetime: Points,
    /// Points that open documents hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holds: BTreeMap<DocumentId, Points>,
    /// What was bought.
    pub spending: Spending,
    /// The code of the tier that whoever else keeps the points says. It is beside the fold, and goes before what that comes to.
    #[serde(skip)]
    pub kept_tier: Option<String>,
}

/// Whether a member earns and redeems.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// Earns and redeems.
    #[default]
    Active,
    /// Switched off by a person: neither earns nor redeems.
    Suspended,
    /// Left, or merged; coming back continues the old membership.
    Ended,
}

impl Membership {
    /// A membership that begins now, with nothing yet.
    pub fn new(customer: CustomerId, program: ProgramId, enrolled_at: Moment) -> Self {
        Self {
            customer,
            program,
            enrolled_at,
            status: MemberStatus::Active,
            tier: None,
            grace_since: None,
            lots: Lots::default(),
            lifetime: Points::ZERO,
            holds: BTreeMap::new(),
            spending: Spending::default(),
            kept_tier: None,
        }
    }

    /// The sum of the ledger's rows; below nothing where points are owed.
    pub fn balance(&self) -> Points {
        self.lots.balance()
    }

    /// Points held by open documents.
    pub fn held(&self) -> Points {
        self.holds.values().copied().sum()
    }

    /// Points that may be spent: the balance less what open documents hold.
    pub fn available(&self) -> Points {
        self.balance() - self.held()
    }

    /// Points a document may redeem: what is available, and what it holds itself.
    pub fn available_to(&self, document: DocumentId) -> Points {
        self.available() + self.holds.get(&document).copied().unwrap_or_default()
    }

    /// Points a document may redeem on a date: what ran out and nobody holds is not there, whether it is written off yet or
    /// not.
    pub fn spendable_on(&self, date: NaiveDate, document: DocumentId) -> Points {
        self.available_to(document) - self.over_on(date)
    }

    /// Points whose last day is before a date and that no open document holds. What is held is what runs out first, since that
    /// is spent first: it stays until its document ends.
    pub fn over_on(&self, date: NaiveDate) -> Points {
        (self.lots.expired_on(date) - self.held()).or_zero()
    }

    /// So much of a booking as the member may have: a balance, and what is owed, is at most [`Points::MAX`].
    pub(super) fn room_for(&self, points: Points) -> Points {
        let balance = self.balance();
        if points.is_positive() {
            points.min((Points::MAX - balance).or_zero())
        } else {
            points.max(-(Points::MAX + balance).or_zero())
        }
    }

    /// Whether the member earns and redeems.
    pub fn is_active(&self) -> bool {
        self.status == MemberStatus::Active
    }

    /// Follows a change. Changes of other members leave it as it is.
    pub fn apply(&mut self, change: &LoyaltyChange) {
        if !change.concerns(self.customer) {
            return;
        }
        match change {
            LoyaltyChange::PointsBooked { row } => self.book(row),
            LoyaltyChange::SaleCounted { document, amount, at, .. } => {
                self.holds.remove(document);
                self.spending.count(*amount, at.local);
            }
            LoyaltyChange::SaleReturned { amount, sold, is_whole, .. } => {
                self.spending.uncount(*amount, *sold, *is_whole);
            }
            LoyaltyChange::TierChanged { tier, .. } => {
                self.tier = Some(tier.clone());
                self.grace_since = None;
            }
            LoyaltyChange::GraceSet { since, .. } => self.grace_since = *since,
            LoyaltyChange::StatusSet { status, .. } => self.status = *status,
            LoyaltyChange::PointsHeld { document, points, .. } => {
                self.holds.insert(*document, *points);
            }
            LoyaltyChange::PointsReleased { document, .. } => {
                self.holds.remove(document);
            }
            LoyaltyChange::HistoryMoved { from, spending, lifetime, .. } => {
                if *from == self.customer {
                    self.spending = Spending::default();
                    self.lifetime = Points::ZERO;
                    self.status = MemberStatus::Ended;
                } else {
                    self.spending = self.spending.joined(spending);
                    self.lifetime = (self.lifetime + *lifetime).min(Points::MAX);
                }
            }
            LoyaltyChange::Enrolled { .. } | LoyaltyChange::CardSet { .. } => {}
        }
    }

    /// Follows changes in their order.
    pub fn apply_all<'a>(&mut self, changes: impl IntoIterator<Item = &'a LoyaltyChange>) {
        changes.into_iter().for_each(|change| self.apply(change));
    }

    fn book(&mut self, row: &LedgerRow) {
        self.lots.book(row.points, row.expires);
        self.lifetime = (self.lifetime + row.lifetime()).or_zero().min(Points::MAX);
    }

    /// The membership of a ledger: the fold of all changes of one customer; none before the enrolment.
    pub fn replay<'a>(
        customer: CustomerId,
        changes: impl IntoIterator<Item = &'a LoyaltyChange>,
    ) -> Option<Self> {
        let mut membership: Option<Self> = None;
        for change in changes {
            match (&mut membership, change) {
                (None, LoyaltyChange::Enrolled { customer: enrolled, program, occasion })
                    if *enrolled == customer =>
                {
                    membership = Some(Self::new(customer, *program, occasion.at));
                }
                (Some(membership), change) => membership.apply(change),
                (None, _) => {}
            }
        }
        membership
    }
}

/// A membership being changed: what happens is applied at once, so that each step sees the one before.
pub(super) struct Draft {
    pub(super) membership: Membership,
    pub(super) changes: Vec<LoyaltyChange>,
    pub(super) occasion: Occasion,
    /// Whether the till that books keeps the points itself, and writes off what runs out.
    is_kept_here: bool,
}

impl Draft {
    pub(super) fn of(membership: &Membership, occasion: Occasion) -> Self {
        Self { membership: membership.clone(), changes: Vec::new(), occasion, is_kept_here: false }
    }

    /// The same by a member's program.
    pub(super) fn by(self, program: &Program) -> Self {
        Self { is_kept_here: program.mode.is_local(), ..self }
    }

    pub(super) fn make(&mut self, change: LoyaltyChange) {
        self.membership.apply(&change);
        self.changes.push(change);
    }

    /// Books points, where there are any; what goes beyond the most that a member may have is never there.
    pub(super) fn book(&mut self, kind: PointsKind, points: Points, cause: Cause, rest: Rest) {
        let points = self.membership.room_for(points);
        if points.is_zero() {
            return;
        }
        let is_debit = points.is_negative() && kind != PointsKind::Expired;
        let held_over = Some(self.today()).filter(|_| is_debit && self.is_kept_here);
        let held_over = held_over.and_then(|today| self.membership.lots.taken_over(-points, today));
        let row = LedgerRow {
            customer: self.membership.customer,
            kind,
            points,
            balance_after: self.membership.balance() + points,
            cause,
            receipt: rest.receipt,
            expires: rest.expires,
            held_over,
            occasion: self.occasion,
        };
        self.make(LoyaltyChange::PointsBooked { row });
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.occasion.at.local.date()
    }
}

/// What a row may carry besides its points.
#[derive(Clone, Copy, Default)]
pub(super) struct Rest {
    pub(super) receipt: Option<DocumentNumber>,
    pub(super) expires: Option<NaiveDate>,
}
