//! One person in two records: refused where a telephone shows it at once, found where more signs point to it.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::{Customer, PhoneKey, PhoneRules, search::folded};
use crate::ids::CustomerId;

/// Another live customer has the telephone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("customer {by} has this telephone number")]
pub struct PhoneTaken {
    /// Who; the cashier may want that customer instead.
    pub by: CustomerId,
}

/// Whether a customer may have a telephone: no other **live** customer does.
///
/// # Errors
/// [`PhoneTaken`] with the other customer.
pub fn check_phone<'a>(
    key: Option<&PhoneKey>,
    of: CustomerId,
    others: impl IntoIterator<Item = &'a Customer>,
) -> Result<(), PhoneTaken> {
    let Some(key) = key else { return Ok(()) };
    let other = others
        .into_iter()
        .find(|other| other.id != of && other.is_live() && other.phone_key.as_ref() == Some(key));
    other.map_or(Ok(()), |other| Err(PhoneTaken { by: other.id }))
}

/// What a change of the dialling rules does to the keys of all customers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rekeyed {
    /// Customers with another key than before, by id.
    pub changed: BTreeMap<CustomerId, Option<PhoneKey>>,
    /// Customers that would share a key with an older one: they have none until somebody looks.
    pub clashes: Vec<(CustomerId, PhoneTaken)>,
}

/// Works the keys of all customers out anew, in one step. The oldest record keeps a key that several would have.
pub fn rekey<'a>(customers: impl IntoIterator<Item = &'a Customer>, rules: &PhoneRules) -> Rekeyed {
    let mut live: Vec<&Customer> = customers.into_iter().filter(|customer| customer.is_live()).collect();
    live.sort_by_key(|customer| (customer.registered_at.instant, customer.id));
    let mut holders: BTreeMap<PhoneKey, CustomerId> = BTreeMap::new();
    let mut rekeyed = Rekeyed::default();
    for customer in live {
        let mut key = customer.details.phone_key(rules);
        if let Some(wanted) = &key {
            match holders.get(wanted) {
                Some(by) => {
                    rekeyed.clashes.push((customer.id, PhoneTaken { by: *by }));
                    key = None;
                }
                None => {
                    holders.insert(wanted.clone(), customer.id);
                }
            }
        }
        if key != customer.phone_key {
            rekeyed.changed.insert(customer.id, key);
        }
    }
    rekeyed
}

/// A sign that two records are one person.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Likeness {
    /// The same telephone.
    Phone,
    /// The same e-mail address, ignoring case.
    Email,
    /// The same national or tax id.
    PublicId,
    /// The same names, ignoring case, and the same date of birth.
    NameAndBirth,
    /// The same names, ignoring case, and the same postal code.
    NameAndZip,
}

/// Two records that may be one person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Duplicate {
    /// The older record.
    pub older: CustomerId,
    /// The newer one.
    pub newer: CustomerId,
    /// What is alike, the strongest sign first.
    pub likeness: Vec<Likeness>,
}

/// Live records that may be one person, the most alike first. Each record is paired with the oldest that is like it. One
/// whose telephone has no key, since another has it, is found by what `rules` make of it.
pub fn duplicates<'a>(
    customers: impl IntoIterator<Item = &'a Customer>,
    rules: &PhoneRules,
) -> Vec<Duplicate> {
    let mut people: Vec<&Customer> =
        customers.into_iter().filter(|customer| customer.is_live() && !customer.is_walk_in).collect();
    people.sort_by_key(|customer| (customer.registered_at.instant, customer.id));
    let mut oldest: BTreeMap<(Likeness, String), CustomerId> = BTreeMap::new();
    let mut pairs: BTreeMap<(CustomerId, CustomerId), Vec<Likeness>> = BTreeMap::new();
    for person in people {
        for sign in signs(person, rules) {
            let first = *oldest.entry(sign.clone()).or_insert(person.id);
            if first != person.id {
                let likeness = pairs.entry((first, person.id)).or_default();
                if !likeness.contains(&sign.0) {
                    likeness.push(sign.0);
                }
            }
        }
    }
    let mut found: Vec<Duplicate> =
        pairs.into_iter().map(|((older, newer), likeness)| Duplicate { older, newer, likeness }).collect();
    found.sort_by(|one, other| {
        other.likeness.len().cmp(&one.likeness.len()).then_with(|| one.likeness.cmp(&other.likeness))
    });
    found
}

fn signs(person: &Customer, rules: &PhoneRules) -> Vec<(Likeness, String)> {
    let details = &person.details;
    let names = alloc::format!("{}\n{}", folded(&details.name), folded(&details.last_name));
    let mut signs = Vec::new();
    let key = person.phone_key.clone().or_else(|| details.phone_key(rules));
    signs.extend(key.iter().map(|key| (Likeness::Phone, key.as_str().into())));
    signs.extend(details.email.iter().map(|email| (Likeness::Email, folded(email))));
    signs.extend(details.national_id.iter().map(|id| (Likeness::PublicId, alloc::format!("n{id}"))));
    signs.extend(details.tax_id.iter().map(|id| (Likeness::PublicId, alloc::format!("t{id}"))));
    let born = details.date_of_birth.iter();
    signs.extend(born.map(|born| (Likeness::NameAndBirth, alloc::format!("{names}\n{born}"))));
    let zips = details.address.zip.iter();
    signs.extend(zips.map(|zip| (Likeness::NameAndZip, alloc::format!("{names}\n{}", folded(zip)))));
    signs
}
