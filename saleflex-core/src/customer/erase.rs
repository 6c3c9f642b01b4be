//! The right to know and the right to be forgotten. Fiscal records stay; the person does not.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::Serialize;

use super::{Consent, Consents, Customer, CustomerChange, CustomerDetails, Gender, Source, Standing};
use crate::{ids::CustomerId, money::Money, time::Moment};

/// What still binds the shop and the person.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Holding {
    /// What is unpaid on the customer's account; below nothing: what the shop owes.
    pub account_balance: Money,
    /// Documents that are open or put aside for the customer.
    pub open_documents: u32,
}

/// What an erasure leaves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Erasure {
    /// The record and every record merged into it, with nothing of the person left.
    pub records: Vec<Customer>,
    /// What happened, for the journal: ids and the time, nothing of the person.
    pub change: CustomerChange,
}

/// Why a person is not erased.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotErasable {
    /// Nobody to forget.
    #[error("the customer without a name is nobody")]
    WalkIn,
    /// It was done already.
    #[error("the customer was erased already")]
    AlreadyDone,
    /// The record belongs to another one now: erase that.
    #[error("the customer was merged into customer {into}")]
    Merged {
        /// The record to erase instead.
        into: CustomerId,
    },
    /// Money is owed, one way or the other.
    #[error("the customer's account is not settled")]
    AccountOpen {
        /// What is unpaid; below nothing where the shop owes.
        balance: Money,
    },
    /// A document waits for the customer.
    #[error("{count} documents wait for the customer")]
    DocumentsOpen {
        /// How many documents are open or put aside.
        count: u32,
    },
}

/// Forgets a person: `customer`, and of `absorbed` the records that were merged into it. Ids and the date of
/// registration stay, so that documents and their sums keep their meaning.
///
/// # Errors
/// A [`NotErasable`]; then nothing changes.
pub fn erase<'a>(
    customer: &Customer,
    absorbed: impl IntoIterator<Item = &'a Customer>,
    holding: Holding,
    at: Moment,
) -> Result<Erasure, NotErasable> {
    match customer.standing {
        _ if customer.is_walk_in => return Err(NotErasable::WalkIn),
        Standing::Erased { .. } => return Err(NotErasable::AlreadyDone),
        Standing::Merged { into } => return Err(NotErasable::Merged { into }),
        Standing::Live | Standing::Deleted => {}
    }
    if !holding.account_balance.is_zero() {
        return Err(NotErasable::AccountOpen { balance: holding.account_balance });
    }
    if holding.open_documents > 0 {
        return Err(NotErasable::DocumentsOpen { count: holding.open_documents });
    }
    let absorbed: Vec<&Customer> = absorbed.into_iter().filter(|other| other.id != customer.id).collect();
    let mut known = alloc::vec![customer.id];
    let mut records = alloc::vec![forgotten(customer, at)];
    // A record may have been merged into one that was merged itself: look until nothing new is found.
    loop {
        let next = absorbed.iter().find(|other| {
            let into_known = matches!(other.standing, Standing::Merged { into } if known.contains(&into));
            into_known && !known.contains(&other.id)
        });
        let Some(next) = next else { break };
        known.push(next.id);
        records.push(forgotten(next, at));
    }
    Ok(Erasure { records, change: CustomerChange::Erased { customers: known, at } })
}

fn forgotten(customer: &Customer, at: Moment) -> Customer {
    Customer {
        id: customer.id,
        details: CustomerDetails::default(),
        phone_key: None,
        consents: Consents::default(),
        registered_at: customer.registered_at,
        source: Source::default(),
        is_walk_in: false,
        standing: Standing::Erased { at },
        revision: customer.revision.saturating_add(1),
    }
}

/// Everything a record says of a person, for that person. The shell adds documents, points and segments.
#[derive(Clone, Eq, PartialEq, Serialize)]
pub struct Export {
    /// The customer's id.
    pub id: CustomerId,
    /// First name.
    pub name: String,
    /// Last name.
    pub last_name: String,
    /// Telephone as typed.
    pub phone: Option<String>,
    /// The telephone in the form by which it is found.
    pub phone_key: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Street, district, town, postal code.
    pub address: [Option<String>; 4],
    /// A remark about the person.
    pub note: Option<String>,
    /// Date of birth.
    pub date_of_birth: Option<chrono::NaiveDate>,
    /// The gender as the person said it.
    pub gender: Option<Gender>,
    /// National id.
    pub national_id: Option<String>,
    /// Tax id.
    pub tax_id: Option<String>,
    /// Preferences.
    pub preferences: Vec<String>,
    /// Everything agreed to and taken back.
    pub consents: Vec<Consent>,
    /// Since when the person is known.
    pub registered_at: Moment,
    /// Where the person registered.
    pub source: Source,
}

impl core::fmt::Debug for Export {
    /// Without what identifies a person.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Export").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Everything a record says of a person.
pub fn export(customer: &Customer) -> Export {
    let details = customer.details.clone();
    let address = details.address;
    Export {
        id: customer.id,
        name: details.name,
        last_name: details.last_name,
        phone: details.phone,
        phone_key: customer.phone_key.as_ref().map(|key| key.as_str().to_string()),
        email: details.email,
        address: [address.street, address.area, address.town, address.zip],
        note: details.note,
        date_of_birth: details.date_of_birth,
        gender: details.gender,
        national_id: details.national_id,
        tax_id: details.tax_id,
        preferences: details.preferences.into_iter().collect(),
        consents: customer.consents.statements().to_vec(),
        registered_at: customer.registered_at,
        source: customer.source,
    }
}
