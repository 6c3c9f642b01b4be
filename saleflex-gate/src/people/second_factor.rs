//! The second factor of a log-in: codes of an authenticator, and codes for the day on which that is lost.
//!
//! **Invariants:** a code opens one log-in: of the authenticator's none that is as old as the last one, of the others each
//! once. The authenticator's secret is kept sealed under the hub's own, of the others only hashes. Nothing is asked of a
//! person before they have shown that their authenticator works.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::digest::Digest;
use uuid::Uuid;

use super::password;
use crate::{
    db::{DatabaseError, Session},
    ids,
};

pub(crate) mod totp;

/// For how long a secret that was given out waits for its first code.
const WAITS: TimeDelta = TimeDelta::hours(1);
/// How many codes there are for the day on which the authenticator is lost.
const RECOVERY_CODES: usize = 10;
/// The most characters of a code that are looked at.
pub(crate) const LONGEST: usize = 40;

/// What a person has as a second factor.
#[derive(Debug)]
pub(crate) struct Factor {
    /// The authenticator's secret, sealed.
    pub(crate) sealed: String,
    /// Whether a log-in asks for it.
    pub(crate) is_on: bool,
    /// When it was begun.
    begun_at: DateTime<Utc>,
}

impl Factor {
    /// Whether it waits for its first code, at an instant.
    pub(crate) fn waits(&self, now: DateTime<Utc>) -> bool {
        !self.is_on && now - self.begun_at < WAITS
    }
}

/// What a person has; none for most.
pub(crate) fn of(session: &mut dyn Session, user: Uuid) -> Result<Option<Factor>, DatabaseError> {
    let rows = session.query(
        "SELECT sealed_secret, confirmed_at, begun_at FROM second_factor WHERE user_id = $1",
        &[user.into()],
    )?;
    let found = rows.first().map(|row| {
        let is_on = row.optional_integer(1)?.is_some();
        Ok(Factor { sealed: row.text(0)?.to_owned(), is_on, begun_at: row.time(2)? })
    });
    found.transpose()
}

/// How many codes are left for the day on which the authenticator is lost.
pub(crate) fn codes_left(session: &mut dyn Session, user: Uuid) -> Result<i64, DatabaseError> {
    let sql = "SELECT count(*) FROM recovery_code WHERE user_id = $1 AND used_at IS NULL";
    session.query(sql, &[user.into()])?.first().map_or(Ok(0), |row| row.integer(0))
}

/// Begins with a secret, in the place of one that still waits; whether it began: not where one is on.
pub(crate) fn begin(
    session: &mut dyn Session,
    user: Uuid,
    sealed: &str,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let begun = session.execute(
        "INSERT INTO second_factor (user_id, sealed_secret, last_step, begun_at) VALUES ($1, $2, 0, $3) \
         ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, begun_at = excluded.begun_at \
         WHERE second_factor.confirmed_at IS NULL",
        &[user.into(), sealed.into(), now.timestamp_millis().into()],
    )?;
    Ok(begun > 0)
}

/// Asks for it from now on, since its first code was shown; whether it was this that turned it on.
pub(crate) fn turn_on(
    session: &mut dyn Session,
    user: Uuid,
    (sealed, step): (&str, i64),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let turned = session.execute(
        "UPDATE second_factor SET confirmed_at = $4, last_step = $3 \
         WHERE user_id = $1 AND sealed_secret = $2 AND confirmed_at IS NULL",
        &[user.into(), sealed.into(), step.into(), now.timestamp_millis().into()],
    )?;
    Ok(turned > 0)
}

/// Uses up a code of the authenticator, and all that are older; false when it was used before.
pub(crate) fn use_step(session: &mut dyn Session, user: Uuid, step: i64) -> Result<bool, DatabaseError> {
    let taken = session.execute(
        "UPDATE second_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL",
        &[user.into(), step.into()],
    )?;
    Ok(taken > 0)
}

/// Uses up another code by its hash; false when there is none such, or no more.
pub(crate) fn use_code(
    session: &mut dyn Session,
    user: Uuid,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let taken = session.execute(
        "UPDATE recovery_code SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
        &[user.into(), hash.into(), now.timestamp_millis().into()],
    )?;
    Ok(taken > 0)
}

/// Gives a person other codes; those before are void.
pub(crate) fn put_codes(
    session: &mut dyn Session,
    user: Uuid,
    hashes: &[String],
) -> Result<(), DatabaseError> {
    session.execute("DELETE FROM recovery_code WHERE user_id = $1", &[user.into()])?;
    for hash in hashes {
        let sql = "INSERT INTO recovery_code (user_id, code_hash) VALUES ($1, $2)";
        session.execute(sql, &[user.into(), hash.into()])?;
    }
    Ok(())
}

/// Takes everything away: a log-in asks for the password alone. Whether one was on.
pub(crate) fn remove(session: &mut dyn Session, user: Uuid) -> Result<bool, DatabaseError> {
    let was_on = of(session, user)?.is_some_and(|factor| factor.is_on);
    session.execute("DELETE FROM recovery_code WHERE user_id = $1", &[user.into()])?;
    session.execute("DELETE FROM second_factor WHERE user_id = $1", &[user.into()])?;
    Ok(was_on)
}

/// New codes for the day on which the authenticator is lost, and their hashes. Takes as long as so many passwords.
pub(crate) fn new_codes(user: Uuid) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| ids::new_code()).collect();
    let hashes = codes.iter().map(|code| hash(user, code)).collect();
    (codes, hashes)
}

/// The hash of such a code, however it is typed. All of a person's have one salt: a log-in costs one hash and not ten.
pub(crate) fn hash(user: Uuid, code: &str) -> String {
    let salt = Digest::of_parts([b"saleflex-gate recovery codes 1".as_slice(), user.as_bytes().as_slice()]);
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    password::hash_with(&plain.to_uppercase(), salt.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed_and_another_persons_is_another() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (codes, hashes) = new_codes(one);
        assert_eq!((codes.len(), hashes.len()), (10, 10));
        let typed = codes[3].to_lowercase().replace('-', " ");
        assert_eq!(hash(one, &typed), hashes[3]);
        assert_ne!(hash(other, &codes[3]), hashes[3]);
        assert!(!hashes.concat().contains(&codes[3]) && !totp::is_one(&codes[3]));
    }
}
