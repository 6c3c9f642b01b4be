//! PINs: a quick log-in at a registered terminal, of whoever has a role in its store.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{password, standing};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
};

/// A person who has a PIN.
pub(crate) struct Holder {
    pub(crate) user: Uuid,
    hash: String,
}

/// That a PIN is one.
///
/// # Errors
/// `pin_invalid`.
pub(crate) fn check(pin: &str) -> Result<(), ApiError> {
    let is_flat = pin.bytes().collect::<BTreeSet<_>>().len() < 2;
    if (4..=8).contains(&pin.len()) && pin.bytes().all(|digit| digit.is_ascii_digit()) && !is_flat {
        return Ok(());
    }
    Err(ApiError::unprocessable("pin_invalid", "a PIN has 4 to 8 digits, not all the same"))
}

/// Those who have a PIN and a role in one of the stores; of the whole company for none.
pub(crate) fn holders(
    session: &mut dyn Session,
    company: Uuid,
    stores: &BTreeSet<Uuid>,
) -> Result<Vec<Holder>, DatabaseError> {
    let rows = session.query(
        "SELECT m.user_id, m.pin_hash FROM membership m JOIN hub_user u ON u.user_id = m.user_id \
         WHERE m.company_id = $1 AND m.pin_hash IS NOT NULL AND m.is_active = 1 AND u.is_active = 1 \
         ORDER BY m.user_id",
        &[company.into()],
    )?;
    let mut holders = Vec::new();
    for row in &rows {
        let user = row.id(0)?;
        let standing = standing::of(session, company, user)?;
        let is_there = standing.is_some_and(|standing| {
            let sees = standing.sees();
            stores.is_empty() || stores.iter().any(|store| sees.holds_store(*store))
        });
        if is_there {
            holders.push(Holder { user, hash: row.text(1)?.to_owned() });
        }
    }
    Ok(holders)
}

/// Whose PIN it is. Costs a hash for each of them: the caller counts the tries.
pub(crate) fn whose(pin: &str, holders: &[Holder]) -> Option<Uuid> {
    holders.iter().find(|holder| password::fits(pin, &holder.hash)).map(|holder| holder.user)
}

/// Gives a member a PIN.
pub(crate) fn put(
    session: &mut dyn Session,
    company: Uuid,
    user: Uuid,
    hash: &str,
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE membership SET pin_hash = $3 WHERE company_id = $1 AND user_id = $2",
        &[company.into(), user.into(), hash.into()],
    )?;
    Ok(())
}
