//! Customers, as far as selling needs them.

use std::fmt;

use saleflex_core::{ids::CustomerId, money::Money};

/// A customer.
#[derive(Clone, Eq, PartialEq)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// The code of the customer's card, unique.
    pub code: String,
    /// The name.
    pub name: String,
    /// The telephone number as typed, where there is one.
    pub phone: Option<String>,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<Money>,
    /// What is unpaid.
    pub account_balance: Money,
}

impl fmt::Debug for Customer {
    /// Without what identifies a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("account_limit", &self.account_limit)
            .field("account_balance", &self.account_balance)
            .finish_non_exhaustive()
    }
}

/// A customer to be made.
#[derive(Clone)]
pub struct NewCustomer {
    /// The code of the customer's card, 1–50 characters, unique.
    pub code: String,
    /// The name, 1–100 characters.
    pub name: String,
    /// The telephone number, as typed.
    pub phone: Option<String>,
    /// What may stay unpaid; none: no account.
    pub account_limit: Option<Money>,
}

impl fmt::Debug for NewCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCustomer").field("account_limit", &self.account_limit).finish_non_exhaustive()
    }
}
