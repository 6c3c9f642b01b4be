//! A cashier: names, role, whether they may log in, and a PIN to begin with.

use saleflex_core::{cashier::Role, ids::CashierId, time::Moment};
use saleflex_store::{
    Error, Till,
    cashier::{BADGE_CHARS, Cashier, NewCashier},
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
/// Longest number in a register of people or employees.
const LONGEST_IDENTITY_NUMBER: usize = 24;
/// Longest description.
const LONGEST_DESCRIPTION: usize = 100;
/// How a moment is shown.
const TIME: &str = "%Y-%m-%d %H:%M";
/// Shortest PIN.
const SHORTEST_SECRET: usize = 4;

impl Model for CashierModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "CASHIER_CONFIG",
            panel: "CASHIER",
            definition: include_str!("../../forms/cashier_config.toml"),
            event: "ADD_NEW_CASHIER",
            fields: &[
                "USER_NAME",
                "NAME",
                "ROLE",
                "IS_ACTIVE",
                "SECRET",
                "SECRET_AGAIN",
                "IDENTITY_NUMBER",
                "DESCRIPTION",
                "BADGE",
                "CREATED",
                "LAST_LOG_IN",
            ],
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
        let at = |moment: fn(&Cashier) -> Option<Moment>| {
            let moment = known.as_ref().and_then(moment);
            Value::Fixed(moment.map_or_else(String::new, |at| at.local.format(TIME).to_string()))
        };
        let of = |text: fn(&Cashier) -> Option<&String>| Value::text(known.as_ref().and_then(text));
        Ok(vec![
            ("USER_NAME", Value::text(known.as_ref().map(|known| &known.user_name))),
            ("NAME", Value::text(known.as_ref().map(|known| &known.name))),
            ("ROLE", Value::Choice { options, at: role.unwrap_or(roles.len()) }),
            ("IS_ACTIVE", Value::Flag(known.as_ref().is_none_or(|known| known.is_active))),
            ("SECRET", Value::secret()),
            ("SECRET_AGAIN", Value::secret()),
            ("IDENTITY_NUMBER", of(|known| known.identity_number.as_ref())),
            ("DESCRIPTION", of(|known| known.description.as_ref())),
            ("BADGE", of(|known| known.badge.as_ref())),
            ("CREATED", at(|known| known.created_at)),
            ("LAST_LOG_IN", at(|known| known.last_log_in)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = cashier(till, of)?;
        let mut read = Reader::new(entered, text, till);
        let user_name = read.needed("USER_NAME", LONGEST_USER_NAME);
        let name = read.needed("NAME", LONGEST_NAME);
        let identity_number = at_most(&mut read, "IDENTITY_NUMBER", LONGEST_IDENTITY_NUMBER);
        let description = at_most(&mut read, "DESCRIPTION", LONGEST_DESCRIPTION);
        let badge = at_most(&mut read, "BADGE", *BADGE_CHARS.end());
        let is_badge = |typed: &String| {
            BADGE_CHARS.contains(&typed.len()) && typed.bytes().all(|typed| typed.is_ascii_alphanumeric())
        };
        // One of an older version may be shorter: it stays until another takes its place.
        let is_kept = known.as_ref().is_some_and(|known| known.badge == badge);
        if !is_kept && !badge.as_ref().is_none_or(is_badge) {
            let least = BADGE_CHARS.start().to_string();
            read.fault("BADGE", text.fill(Key::BadgeSigns, &[("least", &least)]));
        }
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
                identity_number,
                description,
                badge: badge.clone(),
                capabilities: role.unwrap_or(known.capabilities),
                ..known
            };
            change(till, changed, secret)
        } else {
            let new = NewCashier::with_role(&user_name, &name, secret, Role::Cashier);
            let capabilities = role.unwrap_or_else(|| new.capabilities.clone());
            let must_change_secret = true;
            let badge = badge.clone();
            let new =
                NewCashier { must_change_secret, capabilities, identity_number, description, badge, ..new };
            till.add_cashier(&new).map(drop)
        };
        saved.map_err(|error| match error {
            Error::Taken { code } if Some(&code) == badge.as_ref() => Unsaved::taken(text, "BADGE", &code),
            Error::Taken { code } => Unsaved::taken(text, "USER_NAME", &code),
            other => Unsaved::Till(other),
        })
    }
}

/// A text that may be missing.
fn at_most(read: &mut Reader<'_>, name: &'static str, most: usize) -> Option<String> {
    let text = read.entered.optional(name)?;
    if text.chars().count() > most {
        read.fault(name, read.text.fill(Key::FieldTooLong, &[("most", &most.to_string())]));
    }
    Some(text)
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
