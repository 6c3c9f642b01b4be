//! People who log in at the till.

use std::{collections::BTreeSet, fmt};

use saleflex_core::{
    cashier::{Capability, OnDuty, Role},
    ids::CashierId,
};

/// A cashier as the till knows one. The secret is kept as a salted hash and never handed out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cashier {
    /// Who.
    pub id: CashierId,
    /// The name typed at log-in; upper and lower case are the same.
    pub user_name: String,
    /// The name on screen and receipt.
    pub name: String,
    /// What they may do.
    pub capabilities: BTreeSet<Capability>,
    /// Whether they may log in.
    pub is_active: bool,
    /// Whether the secret must be changed at the next log-in.
    pub must_change_secret: bool,
}

impl Cashier {
    /// The cashier as deciding sees one.
    pub fn on_duty(&self) -> OnDuty {
        OnDuty { id: self.id, capabilities: self.capabilities.clone() }
    }
}

/// A cashier to be made.
#[derive(Clone)]
pub struct NewCashier {
    /// The name typed at log-in, 1–50 characters.
    pub user_name: String,
    /// The name on screen and receipt, 1–100 characters.
    pub name: String,
    /// Password or PIN.
    pub secret: String,
    /// What they may do.
    pub capabilities: BTreeSet<Capability>,
    /// Whether the secret must be changed at the first log-in.
    pub must_change_secret: bool,
}

impl NewCashier {
    /// A cashier with the capabilities of a role.
    pub fn with_role(user_name: &str, name: &str, secret: &str, role: Role) -> Self {
        Self {
            user_name: user_name.to_owned(),
            name: name.to_owned(),
            secret: secret.to_owned(),
            capabilities: role.capabilities(),
            must_change_secret: false,
        }
    }
}

impl fmt::Debug for NewCashier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewCashier")
            .field("user_name", &self.user_name)
            .field("capabilities", &self.capabilities)
            .finish_non_exhaustive()
    }
}
