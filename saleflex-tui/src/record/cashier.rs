//! A cashier: names, role, whether they may log in, and a PIN to begin with.

use saleflex_core::{cashier::Role, ids::CashierId};
use saleflex_store::{
    Error, Till,
    cashier::{Cashier, NewCashier},
};

use super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value, role};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A cashier.
pub(crate) struct CashierModel;

/// Longest user name.
const LONGEST_USER_NAME: usize = 50;
/// Longest name.
const LONGEST_NAME: usize = 100;
/// Shortest PIN.
const SHORTEST_SECRET: usize = 4;

impl Model for CashierModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CASHIER_CONFIG",
            panel: "CASHIER",
            definition: include_str!("../../forms/cashier_config.toml"),
            event: "ADD_NEW_CASHIER",
            fields: &["USER_NAME", "NAME", "ROLE", "IS_ACTIVE", "SECRET", "SECRET_AGAIN"],
        }
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = cashier(till, of)?;
        let roles = role::all(till, text);
        let of_known = |known: &Cashier| roles.iter().rposition(|one| one.capabilities == known.capabilities);
        let role = known.as_ref().map_or(Some(0), of_known);
        let mut options: Vec<String> = roles.iter().map(|one| one.name.clone()).collect();
        if role.is_none() {
            // Capabilities of their own, given elsewhere: they stay unless a role is chosen.
            options.push(text.word(Key::RoleOther).to_owned());
        }
        Ok(vec![
            ("USER_NAME", Value::text(known.as_ref().map(|known| &known.user_name))),
            ("NAME", Value::text(known.as_ref().map(|known| &known.name))),
            ("ROLE", Value::Choice { options, at: role.unwrap_or(roles.len()) }),
            ("IS_ACTIVE", Value::Flag(known.is_none_or(|known| known.is_active))),
            ("SECRET", Value::secret()),
            ("SECRET_AGAIN", Value::secret()),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = cashier(till, of)?;
        let mut read = Reader::new(entered, text, *till.currency());
        let user_name = read.needed("USER_NAME", LONGEST_USER_NAME);
        let name = read.needed("NAME", LONGEST_NAME);
        let secret = entered.text("SECRET");
        if (known.is_none() || !secret.is_empty()) && secret.chars().count() < SHORTEST_SECRET {
            read.fault("SECRET", text.word(Key::SetupSecretShort).to_owned());
        } else if secret != entered.text("SECRET_AGAIN") {
            read.fault("SECRET_AGAIN", text.word(Key::SetupSecretDiffers).to_owned());
        }
        read.finish()?;
        let role = role::all(till, text).into_iter().nth(entered.choice("ROLE"));
        let role = role.map(|role| role.capabilities);
        let saved = if let Some(known) = known {
            let changed = Cashier {
                user_name,
                name,
                is_active: entered.flag("IS_ACTIVE"),
                capabilities: role.unwrap_or(known.capabilities),
                ..known
            };
            change(till, changed, secret)
        } else {
            let new = NewCashier::with_role(&user_name, &name, secret, Role::Cashier);
            let capabilities = role.unwrap_or_else(|| new.capabilities.clone());
            till.add_cashier(&NewCashier { must_change_secret: true, capabilities, ..new }).map(drop)
        };
        saved.map_err(|error| match error {
            Error::Taken { code } => Unsaved::taken(text, "USER_NAME", &code),
            other => Unsaved::Till(other),
        })
    }
}

fn change(till: &mut Till, changed: Cashier, secret: &str) -> Result<(), Error> {
    let id = changed.id;
    till.change_cashier(changed)?;
    if secret.is_empty() { Ok(()) } else { till.reset_secret(id, secret) }
}

fn cashier(till: &Till, of: Option<RowId>) -> Result<Option<Cashier>, Error> {
    let Some(RowId::Cashier(id)) = of else { return Ok(None) };
    let known = till.cashier(id).cloned();
    known.map(Some).ok_or(Error::NoSuchCashier { cashier: id })
}

/// The identity of a row.
pub(crate) const fn row_id(id: CashierId) -> RowId {
    RowId::Cashier(id)
}
