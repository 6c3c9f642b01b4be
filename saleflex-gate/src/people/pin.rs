//! PINs: a quick log-in at a registered terminal, of whoever has a role in its store.
//!
//! All PINs of a company are hashed with one salt. Equal PINs have equal hashes, so that nobody is given a role where
//! somebody else has the same PIN, and a log-in costs one hash whatever the number of people.

use std::collections::BTreeSet;

use saleflex_core::digest::Digest;
use uuid::Uuid;

use super::{password, standing};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
};

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

/// The hash of a PIN in a company. Takes as long as that of a password.
pub(crate) fn hash(company: Uuid, pin: &str) -> String {
    let salt = Digest::of_parts([b"saleflex-gate pins 1".as_slice(), company.as_bytes().as_slice()]);
    password::hash_with(pin, salt.bytes())
}

/// Those who have a PIN of this hash and a role in a store.
pub(crate) fn holders(
    session: &mut dyn Session,
    company: Uuid,
    (hash, store): (&str, Uuid),
) -> Result<Vec<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT m.user_id FROM membership m JOIN hub_user u ON u.user_id = m.user_id \
         WHERE m.company_id = $1 AND m.pin_hash = $2 AND m.is_active = 1 AND u.is_active = 1 ORDER BY m.user_id",
        &[company.into(), hash.into()],
    )?;
    let mut holders = Vec::new();
    for row in &rows {
        let user = row.id(0)?;
        if standing::of(session, company, user)?.is_some_and(|standing| standing.sees().holds_store(store)) {
            holders.push(user);
        }
    }
    Ok(holders)
}

/// That nobody who works where a person works has the same PIN.
///
/// # Errors
/// `pin_taken`.
pub(crate) fn is_alone(session: &mut dyn Session, company: Uuid, user: Uuid) -> Result<(), ApiError> {
    let rows = session.query(
        "SELECT other.user_id FROM membership own JOIN membership other ON other.company_id = own.company_id \
         AND other.pin_hash = own.pin_hash AND other.user_id <> own.user_id \
         WHERE own.company_id = $1 AND own.user_id = $2 AND other.is_active = 1",
        &[company.into(), user.into()],
    )?;
    if rows.is_empty() {
        return Ok(());
    }
    let Some(here) = standing::of(session, company, user)?.map(|standing| standing.sees()) else {
        return Ok(());
    };
    for row in &rows {
        let there = standing::of(session, company, row.id(0)?)?.map(|standing| standing.sees());
        if there.is_some_and(|there| here.meets(&there)) {
            return Err(taken());
        }
    }
    Ok(())
}

/// Two who work in one store and have the same PIN, as old PINs and roles may leave them.
pub(crate) type Pairs = BTreeSet<(Uuid, Uuid)>;

/// Those pairs as they stand.
pub(crate) fn pairs(session: &mut dyn Session, company: Uuid) -> Result<Pairs, DatabaseError> {
    let rows = session.query(
        "SELECT one.user_id, other.user_id FROM membership one JOIN membership other \
         ON other.company_id = one.company_id AND other.pin_hash = one.pin_hash AND other.user_id > one.user_id \
         WHERE one.company_id = $1 AND one.is_active = 1 AND other.is_active = 1",
        &[company.into()],
    )?;
    let mut pairs = Pairs::new();
    for row in &rows {
        let (one, other) = (row.id(0)?, row.id(1)?);
        let here = standing::of(session, company, one)?.map(|standing| standing.sees());
        let there = standing::of(session, company, other)?.map(|standing| standing.sees());
        if here.zip(there).is_some_and(|(here, there)| here.meets(&there)) {
            pairs.insert((one, other));
        }
    }
    Ok(pairs)
}

/// That a change of tags, regions or stores brought no two together who have the same PIN. Those who were `before` stay:
/// what others change is not the place to part them.
///
/// # Errors
/// `pin_taken`.
pub(crate) fn are_apart(session: &mut dyn Session, company: Uuid, before: &Pairs) -> Result<(), ApiError> {
    if pairs(session, company)?.is_subset(before) { Ok(()) } else { Err(taken()) }
}

fn taken() -> ApiError {
    ApiError::conflict("pin_taken", "somebody of these stores has the same PIN: choose another first")
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
