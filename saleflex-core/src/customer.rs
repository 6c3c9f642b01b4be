//! Who buys: identity by telephone, consents, duplicates, erasure, and the segments people fall into.
//!
//! **Invariant:** what identifies a person stays in their record. It is hidden from `Debug`, has no serialised form
//! except the [`Export`] a person asks for, and events carry [`CustomerId`]s only: so a person can be erased and the
//! journal stays whole.

use alloc::{string::String, vec::Vec};
use core::{fmt, slice};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ids::CustomerId, time::Moment};

mod consent;
mod details;
mod duplicate;
mod erase;
mod merge;
mod part;
mod phone;
mod search;
pub mod segment;
mod spending;

pub use self::{
    consent::{Channel, Consent, Consents, Purpose, Source},
    details::{
        Address, BuyerGaps, CustomerDetails, DetailsError, Field, Gender, VIP_PREFERENCES, read_preferences,
    },
    duplicate::{Duplicate, Likeness, PhoneTaken, Rekeyed, check_phone, duplicates, rekey},
    erase::{Erasure, Export, Holding, NotErasable, erase, export},
    merge::{Merge, MergeRefusal, merge, resolve},
    part::RecordPart,
    phone::{CallingCode, NoCallingCode, PhoneKey, PhoneRules, TrunkPrefix},
    search::{MOST_FOUND, Search, folded},
    spending::Spending,
};

/// The customer everyone is who gives no name, unless a company has another one flagged: the same at every till.
pub const WALK_IN: CustomerId = CustomerId::new(Uuid::from_u128(0x5a1e_f1e8_0000_7000_8000_0000_0000_0001));

/// A customer.
#[derive(Clone, Eq, PartialEq)]
pub struct Customer {
    /// The customer's id, which documents carry in place of the person.
    pub id: CustomerId,
    /// What identifies and describes the person.
    pub details: CustomerDetails,
    /// The key of the telephone; none without a telephone.
    pub phone_key: Option<PhoneKey>,
    /// What the person agreed to.
    pub consents: Consents,
    /// When the record was made.
    pub registered_at: Moment,
    /// Where the person registered.
    pub source: Source,
    /// Whether this is the customer everyone is who gives no name.
    pub is_walk_in: bool,
    /// Whether the record is in use.
    pub standing: Standing,
    /// How often the record was changed, its making included.
    pub revision: u32,
}

impl fmt::Debug for Customer {
    /// Without what identifies a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("is_walk_in", &self.is_walk_in)
            .field("standing", &self.standing)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

impl Customer {
    /// A customer registered now, the key of the telephone worked out.
    pub fn register(
        id: CustomerId,
        details: CustomerDetails,
        rules: &PhoneRules,
        at: Moment,
        source: Source,
    ) -> Self {
        Self {
            id,
            phone_key: details.phone_key(rules),
            details,
            consents: Consents::default(),
            registered_at: at,
            source,
            is_walk_in: false,
            standing: Standing::Live,
            revision: 1,
        }
    }

    /// The customer everyone is who gives no name, for a company that has none yet: with the flag and [`WALK_IN`].
    pub fn walk_in(at: Moment) -> Self {
        let details = CustomerDetails {
            name: String::from("Walk-in"),
            last_name: String::from("Customer"),
            ..CustomerDetails::default()
        };
        Self { is_walk_in: true, ..Self::register(WALK_IN, details, &PhoneRules::default(), at, Source::Pos) }
    }

    /// The record with other details, the key of the telephone worked out anew.
    ///
    /// # Errors
    /// [`NotEditable`] for the walk-in customer and for a record that is no longer in use.
    pub fn change(&self, details: CustomerDetails, rules: &PhoneRules) -> Result<Self, NotEditable> {
        if self.is_walk_in {
            return Err(NotEditable::WalkIn);
        }
        if !self.is_live() {
            return Err(NotEditable::NotLive { standing: self.standing });
        }
        Ok(Self {
            phone_key: details.phone_key(rules),
            details,
            revision: self.revision.saturating_add(1),
            ..self.clone()
        })
    }

    /// Whether the record is in use.
    pub const fn is_live(&self) -> bool {
        matches!(self.standing, Standing::Live)
    }
}

/// Whether a record is in use. Rows are kept either way: documents carry their ids.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In use.
    #[default]
    Live,
    /// Taken out of use; the person is still known.
    Deleted,
    /// Found to be the same person as another customer, who has the history now.
    Merged {
        /// The customer who has the history now.
        into: CustomerId,
    },
    /// The person is no longer known.
    Erased {
        /// When the person was erased.
        at: Moment,
    },
}

/// Why a customer's record is not changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotEditable {
    /// The customer everyone is who gives no name.
    #[error("the customer without a name cannot be changed")]
    WalkIn,
    /// Deleted, merged or erased.
    #[error("the customer's record is no longer in use")]
    NotLive {
        /// What became of it.
        standing: Standing,
    },
}

/// What happened to a customer: ids, times and names of parts, never the person. The details travel beside the journal.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CustomerChange {
    /// Added or changed.
    Saved {
        /// The customer who was added or changed.
        customer: CustomerId,
        /// 1 when added, one more with each change.
        revision: u32,
        /// What was changed; nothing of one who was added.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<RecordPart>,
    },
    /// Added from a file, all of them or none.
    Imported {
        /// The customers who were added.
        customers: Vec<CustomerId>,
    },
    /// Agreed to something, or took it back.
    ConsentRecorded {
        /// The customer who said it.
        customer: CustomerId,
        /// What was said.
        consent: Consent,
    },
    /// Taken out of use.
    Deleted {
        /// The customer whose record was taken out of use.
        customer: CustomerId,
    },
    /// Two records were one person.
    Merged {
        /// The record that is no longer used.
        from: CustomerId,
        /// The one that has the history now.
        into: CustomerId,
    },
    /// The person is no longer known.
    Erased {
        /// Who, and whoever was merged into them.
        customers: Vec<CustomerId>,
        /// When the person was erased.
        at: Moment,
    },
    /// Joined or left a segment.
    Segment(segment::SegmentChange),
}

impl CustomerChange {
    /// Whose record it is about; of a merge, the one in use; of several, the first.
    pub fn customer(&self) -> CustomerId {
        match self {
            Self::Saved { customer, .. }
            | Self::ConsentRecorded { customer, .. }
            | Self::Deleted { customer }
            | Self::Merged { into: customer, .. } => *customer,
            Self::Imported { customers } | Self::Erased { customers, .. } => {
                customers.first().copied().unwrap_or(WALK_IN)
            }
            Self::Segment(change) => change.customer(),
        }
    }

    /// Whose details go beside it to whoever receives it: by an id alone nobody there knows them.
    pub fn described(&self) -> &[CustomerId] {
        match self {
            Self::Saved { customer, .. }
            | Self::ConsentRecorded { customer, .. }
            | Self::Merged { into: customer, .. } => slice::from_ref(customer),
            Self::Imported { customers } => customers,
            Self::Deleted { .. } | Self::Erased { .. } | Self::Segment(_) => &[],
        }
    }
}

/// The walk-in customer among those of a company: live and flagged, the oldest where there are several. None: make
/// [`Customer::walk_in`].
pub fn walk_in<'a>(customers: impl IntoIterator<Item = &'a Customer>) -> Option<&'a Customer> {
    let flagged = customers.into_iter().filter(|customer| customer.is_walk_in && customer.is_live());
    flagged.min_by_key(|customer| (customer.registered_at.instant, customer.id))
}

/// What campaigns and messages see of a customer.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct MarketingProfile {
    /// The codes of the live segments the customer is in, in alphabetical order.
    pub segments: Vec<String>,
    /// The code of the loyalty tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// How the customer may be written to.
    pub channels: Vec<Channel>,
}

#[cfg(test)]
mod tests;
