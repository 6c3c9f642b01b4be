//! Badges that choose their cashier at log-in.

use std::io::Write;

use clap::Args;
use saleflex_store::cashier::Cashier;
use serde_json::json;

use super::{
    super::{Call, answer, customer::logged_in},
    find,
};

/// Whose badge says what.
#[derive(Args, Clone, Debug)]
pub struct SetBadge {
    /// Whose, by user name.
    cashier: String,
    /// What it says: at most 32 letters and digits [default: they have none any more].
    badge: Option<String>,
    /// Who does it.
    #[arg(long, value_name = "NAME")]
    user: String,
}

impl SetBadge {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = logged_in(call, &self.user)?;
        let id = find(&till, &self.cashier)?;
        if let Some(known) = till.cashier(id).cloned() {
            let changed = Cashier { badge: self.badge.clone(), ..known };
            till.change_cashier(changed).map_err(|error| call.words(&error))?;
        }
        let badge = till.cashier(id).and_then(|known| known.badge.clone());
        answer(out, &json!({ "cashier": self.cashier, "badge": badge }))
    }
}
