//! Finding a customer by what a cashier types.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{Customer, PhoneKey, PhoneRules};

/// The most customers a search lists.
pub const MOST_FOUND: usize = 500;

/// What is looked for: a text within a name, the telephone as typed or the e-mail address, ignoring case, or the
/// telephone itself, however it is written. An empty text finds everyone.
#[derive(Clone, Eq, PartialEq)]
pub struct Search {
    term: String,
    key: Option<PhoneKey>,
}

impl fmt::Debug for Search {
    /// Without what was typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Search(…)")
    }
}

impl Search {
    /// A search for a text as typed.
    pub fn new(term: &str, rules: &PhoneRules) -> Self {
        Self { term: folded(term.trim()), key: PhoneKey::normalise(term, rules) }
    }

    /// Whether a customer is among what is looked for: live, and not the walk-in.
    pub fn finds(&self, customer: &Customer) -> bool {
        if !customer.is_live() || customer.is_walk_in {
            return false;
        }
        let details = &customer.details;
        let texts =
            [Some(&details.name), Some(&details.last_name), details.phone.as_ref(), details.email.as_ref()];
        texts.into_iter().flatten().any(|text| folded(text).contains(&self.term))
            || (self.key.is_some() && self.key == customer.phone_key)
    }

    /// Those found, by last name and name, at most [`MOST_FOUND`].
    pub fn among<'a>(&self, customers: impl IntoIterator<Item = &'a Customer>) -> Vec<&'a Customer> {
        let mut found: Vec<&Customer> =
            customers.into_iter().filter(|customer| self.finds(customer)).collect();
        found.sort_by_cached_key(|customer| {
            let details = &customer.details;
            (folded(&details.last_name), folded(&details.name), customer.id)
        });
        found.truncate(MOST_FOUND);
        found
    }
}

/// A text for comparing without regard to case. The four Turkish letters i are one: a cashier types what the keyboard
/// has, and `İZMİR`, `izmir` and `IZMIR` are one town.
pub fn folded(text: &str) -> String {
    const DOTLESS: char = '\u{131}';
    const COMBINING_DOT: char = '\u{307}';
    let lower = text.chars().flat_map(char::to_lowercase).filter(|letter| *letter != COMBINING_DOT);
    lower.map(|letter| if letter == DOTLESS { 'i' } else { letter }).collect()
}
