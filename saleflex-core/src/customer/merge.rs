//! Two records of one person become one; the history follows.
//!
//! Completed documents never change, so they keep the id they were made with: [`resolve`] leads from it to the
//! record in use. Points follow by their own rows (`loyalty::merge_memberships`).

use alloc::collections::BTreeMap;

use super::{Customer, CustomerChange, Standing};
use crate::ids::CustomerId;

/// What a merge leaves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Merge {
    /// The record in use, with what it lacked filled from the other.
    pub survivor: Customer,
    /// The other one, out of use. It keeps no telephone key.
    pub absorbed: Customer,
    /// What happened, for the journal.
    pub change: CustomerChange,
}

/// Why two records are not merged.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MergeRefusal {
    /// A customer is no duplicate of itself.
    #[error("a customer cannot be merged with itself")]
    Itself,
    /// Everyone who gives no name is nobody's duplicate.
    #[error("the customer without a name cannot be merged")]
    WalkIn,
    /// It was done already.
    #[error("the two customers are merged already")]
    AlreadyDone,
    /// Deleted, erased, or merged with somebody else.
    #[error("the record of customer {customer} is no longer in use")]
    NotLive {
        /// The record that is not in use.
        customer: CustomerId,
    },
    /// The open document is for the record that would go.
    #[error("a document is open for customer {customer}")]
    OnDocument {
        /// The record that would go.
        customer: CustomerId,
    },
}

/// Joins two records. The survivor's own details win; of consents, the later statement.
///
/// # Errors
/// A [`MergeRefusal`]; then nothing changes.
pub fn merge(survivor: &Customer, absorbed: &Customer) -> Result<Merge, MergeRefusal> {
    if survivor.id == absorbed.id {
        return Err(MergeRefusal::Itself);
    }
    if survivor.is_walk_in || absorbed.is_walk_in {
        return Err(MergeRefusal::WalkIn);
    }
    if absorbed.standing == (Standing::Merged { into: survivor.id }) {
        return Err(MergeRefusal::AlreadyDone);
    }
    for customer in [survivor, absorbed] {
        if !customer.is_live() {
            return Err(MergeRefusal::NotLive { customer: customer.id });
        }
    }
    let first = survivor.registered_at.instant <= absorbed.registered_at.instant;
    let mut details = survivor.details.filled_from(&absorbed.details);
    if survivor.phone_key.is_none() && absorbed.phone_key.is_some() {
        // A key without its text would be lost with the next change of the record.
        details.phone.clone_from(&absorbed.details.phone);
    }
    Ok(Merge {
        survivor: Customer {
            details,
            phone_key: survivor.phone_key.clone().or_else(|| absorbed.phone_key.clone()),
            consents: survivor.consents.joined(&absorbed.consents),
            // The person is known since the older of the two.
            registered_at: if first { survivor.registered_at } else { absorbed.registered_at },
            source: if first { survivor.source } else { absorbed.source },
            revision: survivor.revision.saturating_add(1),
            ..survivor.clone()
        },
        absorbed: Customer {
            phone_key: None,
            standing: Standing::Merged { into: survivor.id },
            revision: absorbed.revision.saturating_add(1),
            ..absorbed.clone()
        },
        change: CustomerChange::Merged { from: absorbed.id, into: survivor.id },
    })
}

/// The record in use for an id a document carries; `merged` maps each absorbed record to its survivor.
pub fn resolve(id: CustomerId, merged: &BTreeMap<CustomerId, CustomerId>) -> CustomerId {
    let mut at = id;
    // A chain is no longer than the map; a damaged one that turns in a circle ends where it is.
    for _ in 0..merged.len() {
        match merged.get(&at) {
            Some(next) => at = *next,
            None => break,
        }
    }
    at
}
