//! People who log in at the till.

use std::{collections::BTreeSet, fmt};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash,
};
use chrono::{DateTime, Duration, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    cashier::{Capability, OnDuty, Role},
    catalog::is_unprintable,
    ids::CashierId,
    time::Moment,
};
use uuid::Uuid;

use crate::{
    error::Error,
    file::codec::{Col, Json, get, get_json},
};

/// A cashier as the till knows one. The secret is kept as a salted hash and never handed out.
#[derive(Clone, Eq, PartialEq)]
pub struct Cashier {
    /// The cashier's id, which events carry.
    pub id: CashierId,
    /// The name typed at log-in; upper and lower case are the same.
    pub user_name: String,
    /// The name on screen and receipt.
    pub name: String,
    /// What they may do.
    pub capabilities: BTreeSet<Capability>,
    /// Whether they may log in.
    pub is_active: bool,
    /// Whether the secret must be changed before anything else is done.
    pub must_change_secret: bool,
    /// Their number in a register of people or of employees.
    pub identity_number: Option<String>,
    /// What else is to be known of them.
    pub description: Option<String>,
    /// What their badge says, by which a scanner chooses them at log-in; upper and lower case are the same. It names them
    /// and is no secret.
    pub badge: Option<String>,
    /// When they were added. The till says it: changing it changes nothing.
    pub created_at: Option<Moment>,
    /// When they logged in last; none before the first time. The till says it: changing it changes nothing.
    pub last_log_in: Option<Moment>,
}

impl Cashier {
    pub(crate) fn new(id: CashierId, new: &NewCashier, now: Moment) -> Self {
        Self {
            id,
            user_name: new.user_name.trim().to_owned(),
            name: new.name.trim().to_owned(),
            capabilities: new.capabilities.clone(),
            is_active: true,
            must_change_secret: new.must_change_secret,
            identity_number: trimmed(new.identity_number.as_deref()),
            description: trimmed(new.description.as_deref()),
            badge: trimmed(new.badge.as_deref()),
            created_at: Some(now),
            last_log_in: None,
        }
    }

    /// Whether both names are there, no text is too long, and the badge is one. The one they had `before` stays, also
    /// one of an older version that is too short for a new one.
    pub(crate) fn is_valid(&self, before: Option<&str>) -> bool {
        let badge = self.badge.as_deref().filter(|badge| Some(*badge) != before);
        are_names(&self.user_name, &self.name)
            && are_particulars(self.identity_number.as_deref(), self.description.as_deref())
            && badge.is_none_or(is_badge)
    }

    /// Whether a badge is theirs.
    pub fn has_badge(&self, badge: &str) -> bool {
        self.badge.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(badge))
    }

    /// The same with texts as they are stored, without blanks around them.
    pub(crate) fn trimmed(mut self) -> Self {
        self.user_name = self.user_name.trim().to_owned();
        self.name = self.name.trim().to_owned();
        self.identity_number = trimmed(self.identity_number.as_deref());
        self.description = trimmed(self.description.as_deref());
        self.badge = trimmed(self.badge.as_deref());
        self
    }

    /// The cashier as deciding sees one.
    pub fn on_duty(&self) -> OnDuty {
        OnDuty { id: self.id, capabilities: self.capabilities.clone() }
    }
}

impl fmt::Debug for Cashier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cashier")
            .field("id", &self.id)
            .field("user_name", &self.user_name)
            .field("capabilities", &self.capabilities)
            .field("is_active", &self.is_active)
            .finish_non_exhaustive()
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
    /// Their number in a register of people or of employees, at most 24 characters.
    pub identity_number: Option<String>,
    /// What else is to be known of them, at most 100 characters.
    pub description: Option<String>,
    /// What their badge says, as many letters and digits as [`BADGE_CHARS`].
    pub badge: Option<String>,
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
            identity_number: None,
            description: None,
            badge: None,
        }
    }

    pub(crate) fn is_valid(&self) -> bool {
        are_names(&self.user_name, &self.name)
            && are_particulars(self.identity_number.as_deref(), self.description.as_deref())
            && self.badge.as_deref().is_none_or(is_badge)
            && is_secret(&self.secret)
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

const LONGEST_USER_NAME: usize = 50;
const LONGEST_NAME: usize = 100;
const LONGEST_IDENTITY_NUMBER: usize = 24;
const LONGEST_DESCRIPTION: usize = 100;
/// How short and how long a badge may be: nobody has one by accident, such as a few digits.
pub const BADGE_CHARS: std::ops::RangeInclusive<usize> = 8..=32;
/// Shortest PIN and longest password.
const SECRET_CHARS: std::ops::RangeInclusive<usize> = 4..=200;

fn are_names(user_name: &str, name: &str) -> bool {
    let fits = |text: &str, most: usize| {
        !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(is_unprintable)
    };
    fits(user_name, LONGEST_USER_NAME) && fits(name, LONGEST_NAME)
}

fn are_particulars(identity_number: Option<&str>, description: Option<&str>) -> bool {
    let fits = |text: Option<&str>, most: usize| {
        text.is_none_or(|text| text.trim().chars().count() <= most && !text.chars().any(is_unprintable))
    };
    fits(identity_number, LONGEST_IDENTITY_NUMBER) && fits(description, LONGEST_DESCRIPTION)
}

/// Whether a badge can say this: what every scanner reads and every keyboard types. None but blanks is no badge.
fn is_badge(text: &str) -> bool {
    let text = text.trim();
    let fits = text.is_empty() || BADGE_CHARS.contains(&text.len());
    fits && text.chars().all(|character| character.is_ascii_alphanumeric())
}

/// A text without blanks around it, where it has any other character.
fn trimmed(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Whether a text can be a secret.
pub(crate) fn is_secret(text: &str) -> bool {
    SECRET_CHARS.contains(&text.chars().count())
}

/// A user name as it is compared.
pub(crate) fn user_key(user_name: &str) -> String {
    user_name.trim().chars().take(LONGEST_USER_NAME).collect::<String>().to_lowercase()
}

/// KiB and passes of argon2id with one lane: as strong as the default of 19 MiB and two passes, and a till that must stay
/// small does not keep 19 MiB for its log-ins.
const STRONG: (u32, u32) = (7 * 1024, 5);
/// What tests hash with. A release build knows no such thing.
const WEAK: (u32, u32) = (8, 1);

fn hasher((memory, passes): (u32, u32)) -> Argon2<'static> {
    let params = Params::new(memory, passes, 1, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The salted hash of a secret, as a PHC string. A salt has to be unique, not secret, so an identity will do.
pub(crate) fn hash_secret(secret: &str, salt: Uuid) -> String {
    let is_weak = cfg!(all(feature = "weak-secrets", debug_assertions));
    hash_with(secret, salt, if is_weak { WEAK } else { STRONG })
}

fn hash_with(secret: &str, salt: Uuid, strength: (u32, u32)) -> String {
    let hash = hasher(strength).hash_password_with_salt(secret.as_bytes(), salt.as_bytes());
    hash.expect("secrets are short and a salt has 16 bytes").to_string()
}

/// Whether a secret is the one that was hashed.
pub(crate) fn is_right(secret: &str, hash: &str) -> bool {
    // How it was hashed stands in the hash.
    let fits = |hash| hasher(STRONG).verify_password(secret.as_bytes(), &hash).is_ok();
    PasswordHash::new(hash).is_ok_and(fits)
}

pub(crate) fn load(connection: &Connection) -> Result<Vec<Cashier>, Error> {
    let mut select = connection.prepare(
        "SELECT id, user_name, name, capabilities, is_active, must_change_secret, identity_number, description, \
         created_at, last_log_in, badge FROM cashier ORDER BY name, id",
    )?;
    let cashiers = select.query_map([], |row| {
        Ok(Cashier {
            id: get(row, 0)?,
            user_name: row.get(1)?,
            name: row.get(2)?,
            capabilities: get_json(row, 3)?,
            is_active: row.get(4)?,
            must_change_secret: row.get(5)?,
            identity_number: row.get(6)?,
            description: row.get(7)?,
            badge: row.get(10)?,
            created_at: row.get::<_, Option<Json<Moment>>>(8)?.map(|at| at.0),
            last_log_in: row.get::<_, Option<Json<Moment>>>(9)?.map(|at| at.0),
        })
    })?;
    Ok(cashiers.collect::<Result<_, _>>()?)
}

/// Inserts a cashier, or puts one in the place of the one with the same identity; the secret stays, and what the till
/// itself says of them.
pub(crate) fn write(connection: &Connection, cashier: &Cashier, secret_hash: &str) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO cashier (id, user_key, user_name, name, secret, capabilities, is_active, \
         must_change_secret, identity_number, description, created_at, badge) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
         ON CONFLICT (id) DO UPDATE SET user_key = excluded.user_key, user_name = excluded.user_name, \
         name = excluded.name, capabilities = excluded.capabilities, is_active = excluded.is_active, \
         must_change_secret = excluded.must_change_secret, identity_number = excluded.identity_number, \
         description = excluded.description, badge = excluded.badge",
        params![
            Col(cashier.id),
            user_key(&cashier.user_name),
            cashier.user_name,
            cashier.name,
            secret_hash,
            Json(&cashier.capabilities),
            cashier.is_active,
            cashier.must_change_secret,
            cashier.identity_number,
            cashier.description,
            cashier.created_at.map(Json),
            cashier.badge,
        ],
    )?;
    Ok(())
}

/// Keeps when a cashier logged in.
pub(crate) fn logged_in(connection: &Connection, id: CashierId, at: Moment) -> Result<(), Error> {
    let sql = "UPDATE cashier SET last_log_in = ?1 WHERE id = ?2";
    connection.execute(sql, params![Json(at), Col(id)])?;
    Ok(())
}

pub(crate) fn set_secret(connection: &Connection, id: CashierId, secret_hash: &str) -> Result<(), Error> {
    let sql = "UPDATE cashier SET secret = ?1, must_change_secret = 0, has_own_secret = 1 WHERE id = ?2";
    connection.execute(sql, params![secret_hash, Col(id)])?;
    Ok(())
}

/// Those who still have the secret they began with.
pub(crate) fn with_first_secret(connection: &Connection) -> Result<Vec<CashierId>, Error> {
    let mut select = connection.prepare_cached("SELECT id FROM cashier WHERE has_own_secret = 0")?;
    let ids = select.query_map([], |row| get(row, 0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The stored hash of a cashier's secret.
pub(crate) fn secret_hash(connection: &Connection, id: CashierId) -> Result<Option<String>, Error> {
    let sql = "SELECT secret FROM cashier WHERE id = ?1";
    Ok(connection.query_row(sql, [Col(id)], |row| row.get(0)).optional()?)
}

/// Failed attempts after which the next one has to wait.
const FREE_ATTEMPTS: u32 = 3;
/// The longest wait.
const LONGEST_WAIT_S: i64 = 300;
/// Attempts are forgotten after this long.
const FORGOTTEN_AFTER_S: i64 = 86_400;

/// From when on the next attempt is looked at, where one has to wait: 1, 2, 4 … seconds after the third failure,
/// at most five minutes.
pub(crate) fn delayed_until(
    connection: &Connection,
    user_key: &str,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let sql = "SELECT attempts, last_at FROM failed_log_in WHERE user_key = ?1";
    let failed = connection
        .query_row(sql, [user_key], |row| Ok((row.get::<_, u32>(0)?, get::<DateTime<Utc>>(row, 1)?)))
        .optional()?;
    let Some((attempts, last_at)) = failed else { return Ok(None) };
    let Some(doublings) = attempts.checked_sub(FREE_ATTEMPTS) else { return Ok(None) };
    let wait_s = 2_i64.checked_pow(doublings).unwrap_or(LONGEST_WAIT_S).min(LONGEST_WAIT_S);
    let until = last_at + Duration::seconds(wait_s);
    // A last attempt in the future means that the clock was set back: nobody waits for hours because of that.
    Ok((now < until && last_at <= now).then_some(until))
}

pub(crate) fn count_failure(
    connection: &Connection,
    user_key: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let oldest = now - Duration::seconds(FORGOTTEN_AFTER_S);
    connection.execute("DELETE FROM failed_log_in WHERE last_at < ?1", [Col(oldest)])?;
    connection.execute(
        "INSERT INTO failed_log_in (user_key, attempts, last_at) VALUES (?1, 1, ?2) \
         ON CONFLICT (user_key) DO UPDATE SET attempts = attempts + 1, last_at = excluded.last_at",
        params![user_key, Col(now)],
    )?;
    Ok(())
}

pub(crate) fn forget_failures(connection: &Connection, user_key: &str) -> Result<(), Error> {
    connection.execute("DELETE FROM failed_log_in WHERE user_key = ?1", [user_key])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_and_fits_its_secret_only() {
        let hash = hash_with("1234", Uuid::from_u128(7), STRONG);
        assert!(hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{hash}");
        assert!(is_right("1234", &hash));
        assert!(!is_right("12345", &hash));
        assert!(!is_right("1234", "nonsense"));
        assert_ne!(hash, hash_with("1234", Uuid::from_u128(8), STRONG));
        assert!(is_right("1234", &hash_with("1234", Uuid::from_u128(7), WEAK)), "each says how it was made");
    }

    #[test]
    fn secrets_and_particulars_are_not_shown() {
        let cashier = NewCashier::with_role("ann", "Ann", "very secret", Role::Cashier);
        assert!(!format!("{cashier:?}").contains("very secret"));
        let cashier = NewCashier {
            identity_number: Some("QQ 12 34 56 C".to_owned()),
            description: Some("has keys".to_owned()),
            badge: Some("B7780123".to_owned()),
            ..cashier
        };
        let now = Moment::utc(DateTime::UNIX_EPOCH);
        let known = Cashier::new(CashierId::new(Uuid::from_u128(1)), &cashier, now);
        let shown = format!("{cashier:?} {known:?}");
        assert!(!shown.contains("34 56") && !shown.contains("keys") && !shown.contains("7780"), "{shown}");
    }
}
