//! Persons: registered once, for every company they work in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::password;
use crate::{
    ApiError,
    db::{DatabaseError, Row, Session},
    ids::new_id,
    text,
};

/// A person, as shown to themselves and to those who administer them.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct User {
    /// Their identity.
    pub(crate) id: Uuid,
    /// The name they log in with; its case does not count.
    pub(crate) username: String,
    /// First name.
    pub(crate) first_name: String,
    /// Last name.
    pub(crate) last_name: String,
    /// Where to write to.
    pub(crate) email: Option<String>,
    /// The language they read, such as `tr`.
    pub(crate) locale: Option<String>,
    /// Whether they may log in.
    pub(crate) is_active: bool,
}

/// What a person gives to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "ayse.yilmaz", "password": "seven quiet bridges"}))]
pub(crate) struct NewUser {
    /// The name to log in with: 3 to 64 letters, digits, dots, dashes and underscores.
    pub(crate) username: String,
    /// At least 10 characters.
    #[schema(format = Password)]
    pub(crate) password: String,
    /// Where to write to.
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// First name.
    #[serde(default)]
    pub(crate) first_name: String,
    /// Last name.
    #[serde(default)]
    pub(crate) last_name: String,
    /// At a store's hub: the code that its first start printed. Whoever registers with it owns the company.
    #[serde(default)]
    #[schema(format = Password)]
    pub(crate) setup_code: Option<String>,
}

/// What a person changes of themselves; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"first_name": "Ayşe", "locale": "tr"}))]
pub(crate) struct UserChange {
    /// First name.
    pub(crate) first_name: Option<String>,
    /// Last name.
    pub(crate) last_name: Option<String>,
    /// Where to write to.
    pub(crate) email: Option<String>,
    /// The language they read.
    pub(crate) locale: Option<String>,
}

const USER: &str = "SELECT user_id, username, first_name, last_name, email, locale, is_active FROM hub_user";

fn user(row: &Row) -> Result<User, DatabaseError> {
    Ok(User {
        id: row.id(0)?,
        username: row.text(1)?.to_owned(),
        first_name: row.text(2)?.to_owned(),
        last_name: row.text(3)?.to_owned(),
        email: row.optional_text(4)?.map(str::to_owned),
        locale: row.optional_text(5)?.map(str::to_owned),
        is_active: row.flag(6)?,
    })
}

/// How names are compared.
pub(crate) fn key(username: &str) -> String {
    username.trim().to_lowercase()
}

fn check(new: &NewUser) -> Result<(), ApiError> {
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let length = new.username.chars().count();
    if !(3..=64).contains(&length) || !new.username.chars().all(is_plain) {
        let message = "a user name has 3 to 64 letters, digits, dots, dashes and underscores";
        return Err(ApiError::unprocessable("username_invalid", message));
    }
    password::check(&new.password, &new.username)?;
    text::email(new.email.as_deref())?;
    text::within("first_name", &new.first_name, 0..=100)?;
    text::within("last_name", &new.last_name, 0..=100)
}

/// Registers a person. The password is hashed outside of any transaction: `hash` is that hash.
///
/// # Errors
/// `username_taken`, and what a field is refused with.
pub(crate) fn register(
    session: &mut dyn Session,
    new: &NewUser,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<User, ApiError> {
    let id = new_id(now);
    let entered = session.execute(
        "INSERT INTO hub_user (user_id, username, username_key, password_hash, first_name, last_name, email, \
         is_active, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT (username_key) DO NOTHING",
        &[
            id.into(),
            new.username.as_str().into(),
            key(&new.username).into(),
            hash.into(),
            new.first_name.as_str().into(),
            new.last_name.as_str().into(),
            new.email.as_deref().into(),
            now.timestamp_millis().into(),
        ],
    )?;
    if entered == 0 {
        return Err(ApiError::conflict("username_taken", "somebody else has this user name"));
    }
    by_id(session, id)?.ok_or_else(ApiError::internal)
}

/// Checks what a person gives to register and hashes the password.
///
/// # Errors
/// What a field is refused with.
pub(crate) fn prepare(new: &NewUser) -> Result<String, ApiError> {
    check(new)?;
    Ok(password::hash(&new.password))
}

/// A person by identity.
pub(crate) fn by_id(session: &mut dyn Session, id: Uuid) -> Result<Option<User>, DatabaseError> {
    let rows = session.query(&format!("{USER} WHERE user_id = $1"), &[id.into()])?;
    rows.first().map(user).transpose()
}

/// A person by name.
pub(crate) fn by_name(session: &mut dyn Session, username: &str) -> Result<Option<User>, DatabaseError> {
    let rows = session.query(&format!("{USER} WHERE username_key = $1"), &[key(username).into()])?;
    rows.first().map(user).transpose()
}

/// The hash of a person's password.
pub(crate) fn password_hash(session: &mut dyn Session, id: Uuid) -> Result<String, DatabaseError> {
    let rows = session.query("SELECT password_hash FROM hub_user WHERE user_id = $1", &[id.into()])?;
    let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "a person" })?;
    row.text(0).map(str::to_owned)
}

/// Gives a person another password.
pub(crate) fn put_password(session: &mut dyn Session, id: Uuid, hash: &str) -> Result<(), DatabaseError> {
    let values = [id.into(), hash.into()];
    session.execute("UPDATE hub_user SET password_hash = $2 WHERE user_id = $1", &values)?;
    Ok(())
}

/// Changes what a person says of themselves.
///
/// # Errors
/// What a field is refused with.
pub(crate) fn change(session: &mut dyn Session, id: Uuid, change: &UserChange) -> Result<User, ApiError> {
    text::email(change.email.as_deref())?;
    for (field, value) in [("first_name", &change.first_name), ("last_name", &change.last_name)] {
        text::within(field, value.as_deref().unwrap_or_default(), 0..=100)?;
    }
    text::within("locale", change.locale.as_deref().unwrap_or_default(), 0..=16)?;
    session.execute(
        "UPDATE hub_user SET first_name = COALESCE($2, first_name), last_name = COALESCE($3, last_name), \
         email = COALESCE($4, email), locale = COALESCE($5, locale) WHERE user_id = $1",
        &[
            id.into(),
            change.first_name.as_deref().into(),
            change.last_name.as_deref().into(),
            change.email.as_deref().into(),
            change.locale.as_deref().into(),
        ],
    )?;
    by_id(session, id)?.ok_or_else(ApiError::internal)
}
