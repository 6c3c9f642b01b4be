//! Who keeps the points: this till, the hub, or somebody else; one way to ask them all.

use alloc::{collections::BTreeMap, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    Booked, Card, CardNumber, CompletedSale, HoldRefusal, LoyaltyChange, Membership, NotCounted, Occasion,
    Program, RefundRecord, SaleRecord, card_in, complete_sale, hold, release, reverse_refund,
};
use crate::{
    customer::{Customer, PhoneKey},
    ids::{CustomerId, DocumentId},
    quantity::Points,
};

/// Who keeps the points of a program.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The till itself.
    #[default]
    Local,
    /// The hub. Where it cannot be reached, earning is computed here and waits, and redeeming is limited.
    Gate {
        /// The most points redeemed while it cannot be reached; nothing: none.
        offline_limit: Points,
    },
    /// Another system, reached through the hub. Where it cannot be reached, as with [`Self::Gate`].
    External {
        /// The most points redeemed while it cannot be reached; nothing: none.
        offline_limit: Points,
    },
}

impl Mode {
    /// Whether the till keeps them itself.
    pub fn is_local(&self) -> bool {
        *self == Self::Local
    }

    /// The name other systems know it by; a receipt names the authority that counted its points.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Local => "LOCAL",
            Self::Gate { .. } => "GATE",
            Self::External { .. } => "EXTERNAL",
        }
    }
}

/// The points a document may redeem while whoever keeps them cannot be reached. `known` is what was last known of them,
/// the document's own held ones counted as there; `spent` is what the member's other documents redeemed or hold here without
/// the keeper's leave since the keeper was last heard of them.
pub fn redeemable_offline(mode: Mode, known: Points, spent: Points) -> Points {
    match mode {
        Mode::Local => known,
        Mode::Gate { offline_limit } | Mode::External { offline_limit } => {
            known.min(offline_limit.or_zero() - spent.or_zero()).or_zero()
        }
    }
}

/// By what a member is looked up.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Who {
    /// By the customer's id.
    Customer(CustomerId),
    /// By the key of the telephone.
    Phone(PhoneKey),
    /// By the number of a card.
    Card(CardNumber),
}

/// What an authority knows of a member.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// The customer who is the member.
    pub customer: CustomerId,
    /// The balance; below nothing where points are owed.
    pub balance: Points,
    /// What may be spent.
    pub available: Points,
    /// The code of the tier.
    pub tier: Option<alloc::string::String>,
    /// Whether the member has had their welcome there: then a till that meets them for the first time gives none.
    pub is_welcomed: bool,
}

/// Why an authority does not do what it is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// It does not answer: earning waits, redeeming goes by [`redeemable_offline`].
    #[error("the loyalty authority cannot be reached")]
    Unreachable,
    /// Nobody is known by this.
    #[error("nobody is known by this")]
    Unknown,
    /// The points cannot be held.
    #[error(transparent)]
    NotHeld(#[from] HoldRefusal),
    /// The document does not count for the member.
    #[error(transparent)]
    NotCounted(#[from] NotCounted),
}

/// Keeps points. Everything is keyed by the document: asking twice does once and answers the same.
pub trait PointsAuthority {
    /// Finds a member.
    ///
    /// # Errors
    /// [`AuthorityError::Unreachable`] and [`AuthorityError::Unknown`].
    fn lookup(&mut self, who: &Who) -> Result<Standing, AuthorityError>;

    /// Holds points for a document, instead of those it held before.
    ///
    /// # Errors
    /// Also [`AuthorityError::NotHeld`].
    fn reserve(
        &mut self,
        customer: CustomerId,
        document: DocumentId,
        points: Points,
    ) -> Result<Standing, AuthorityError>;

    /// Gives up what a document holds.
    ///
    /// # Errors
    /// As [`Self::lookup`].
    fn release(&mut self, customer: CustomerId, document: DocumentId) -> Result<Standing, AuthorityError>;

    /// Counts a completed sale with the points it earned and redeemed.
    ///
    /// # Errors
    /// Also [`AuthorityError::NotCounted`].
    fn commit(&mut self, sale: &CompletedSale, occasion: Occasion) -> Result<Standing, AuthorityError>;

    /// Counts a completed refund.
    ///
    /// # Errors
    /// Also [`AuthorityError::NotCounted`].
    fn reverse(
        &mut self,
        sale: &SaleRecord,
        refund: &RefundRecord,
        occasion: Occasion,
    ) -> Result<Standing, AuthorityError>;
}

/// The authority of mode `LOCAL`: memberships at hand, changes gathered for the caller to commit.
pub struct LocalAuthority<'a> {
    program: &'a Program,
    memberships: BTreeMap<CustomerId, Membership>,
    customers: &'a [Customer],
    cards: &'a [Card],
    booked: &'a dyn Booked,
    changes: Vec<LoyaltyChange>,
}

impl core::fmt::Debug for LocalAuthority<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LocalAuthority").field("changes", &self.changes).finish_non_exhaustive()
    }
}

impl<'a> LocalAuthority<'a> {
    /// Keeps the points of these members.
    pub fn new(
        program: &'a Program,
        memberships: impl IntoIterator<Item = Membership>,
        customers: &'a [Customer],
        cards: &'a [Card],
        booked: &'a dyn Booked,
    ) -> Self {
        let memberships = memberships.into_iter().map(|known| (known.customer, known)).collect();
        Self { program, memberships, customers, cards, booked, changes: Vec::new() }
    }

    /// What changed since the last time it was asked.
    pub fn take_changes(&mut self) -> Vec<LoyaltyChange> {
        core::mem::take(&mut self.changes)
    }

    fn member(&self, customer: CustomerId) -> Result<&Membership, AuthorityError> {
        self.memberships.get(&customer).ok_or(AuthorityError::Unknown)
    }

    fn make(
        &mut self,
        customer: CustomerId,
        changes: Vec<LoyaltyChange>,
    ) -> Result<Standing, AuthorityError> {
        let member = self.memberships.get_mut(&customer).ok_or(AuthorityError::Unknown)?;
        member.apply_all(&changes);
        self.changes.extend(changes);
        Ok(Standing {
            customer,
            balance: member.balance(),
            available: member.available(),
            tier: member.tier.clone(),
            is_welcomed: true,
        })
    }

    /// Whether a change was made before, here or in what was gathered since.
    fn is_booked(&self, key: &super::ChangeKey) -> bool {
        self.booked.holds(key) || self.changes.iter().any(|change| change.key().as_ref() == Some(key))
    }
}

impl PointsAuthority for LocalAuthority<'_> {
    fn lookup(&mut self, who: &Who) -> Result<Standing, AuthorityError> {
        let customer = match who {
            Who::Customer(customer) => *customer,
            Who::Phone(key) => {
                let has =
                    |customer: &&Customer| customer.is_live() && customer.phone_key.as_ref() == Some(key);
                self.customers.iter().find(has).ok_or(AuthorityError::Unknown)?.id
            }
            Who::Card(number) => card_in(self.cards, number).map_err(|_| AuthorityError::Unknown)?.customer,
        };
        self.make(customer, Vec::new())
    }

    fn reserve(
        &mut self,
        customer: CustomerId,
        document: DocumentId,
        points: Points,
    ) -> Result<Standing, AuthorityError> {
        let change = hold(self.member(customer)?, document, points)?;
        self.make(customer, change.into_iter().collect())
    }

    fn release(&mut self, customer: CustomerId, document: DocumentId) -> Result<Standing, AuthorityError> {
        let change = release(self.member(customer)?, document);
        self.make(customer, change.into_iter().collect())
    }

    fn commit(&mut self, sale: &CompletedSale, occasion: Occasion) -> Result<Standing, AuthorityError> {
        let booked = |key: &super::ChangeKey| self.is_booked(key);
        let changes = complete_sale(self.member(sale.customer)?, sale, self.program, occasion, &booked)?;
        self.make(sale.customer, changes)
    }

    fn reverse(
        &mut self,
        sale: &SaleRecord,
        refund: &RefundRecord,
        occasion: Occasion,
    ) -> Result<Standing, AuthorityError> {
        let booked = |key: &super::ChangeKey| self.is_booked(key);
        let member = self.member(sale.customer)?;
        let changes = reverse_refund(member, sale, refund, self.program, occasion, &booked)?;
        self.make(sale.customer, changes)
    }
}
