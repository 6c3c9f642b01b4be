//! Forgotten passwords: a secret that is good once, for an hour, and sent to the person's own address.
//!
//! **Invariant:** only its digest is kept, and a password that is set with it ends every session of the person.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    session,
    user::{self, User},
};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
    ids::{digest, new_secret},
    mail::Letter,
};

/// For how long it is good.
const GOOD: TimeDelta = TimeDelta::hours(1);

/// Gives out a secret for a person. Those given out before are void.
pub(crate) fn issue(
    session: &mut dyn Session,
    user: Uuid,
    now: DateTime<Utc>,
) -> Result<String, DatabaseError> {
    void(session, user, now)?;
    let secret = new_secret();
    session.execute(
        "INSERT INTO password_reset (digest, user_id, expires_at) VALUES ($1, $2, $3)",
        &[digest(&secret).into(), user.into(), (now + GOOD).timestamp_millis().into()],
    )?;
    Ok(secret)
}

fn void(session: &mut dyn Session, user: Uuid, now: DateTime<Utc>) -> Result<(), DatabaseError> {
    let sql = "UPDATE password_reset SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    session.execute(sql, &[user.into(), now.timestamp_millis().into()]).map(drop)
}

/// Whose secret it is, if it is still good.
pub(crate) fn find(
    session: &mut dyn Session,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Option<User>, DatabaseError> {
    let rows = session.query(
        "SELECT user_id FROM password_reset WHERE digest = $1 AND used_at IS NULL AND expires_at > $2",
        &[digest(secret).into(), now.timestamp_millis().into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let user = user::by_id(session, row.id(0)?)?;
    Ok(user.filter(|user| user.is_active))
}

/// Sets a password with a secret: it is used up, and every session ends.
///
/// # Errors
/// `reset_invalid` when somebody else was faster.
pub(crate) fn put_password(
    session: &mut dyn Session,
    (secret, user, hash): (&str, Uuid, &str),
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let changed = session.execute(
        "UPDATE password_reset SET used_at = $3 WHERE digest = $1 AND user_id = $2 AND used_at IS NULL \
         AND expires_at > $3",
        &[digest(secret).into(), user.into(), now.timestamp_millis().into()],
    )?;
    if changed == 0 {
        return Err(invalid());
    }
    void(session, user, now)?;
    user::put_password(session, user, hash)?;
    session::end_others(session, user, None, now)?;
    Ok(())
}

/// That a secret is none, or no longer.
pub(crate) fn invalid() -> ApiError {
    ApiError::unprocessable("reset_invalid", "the token is unknown, used or over: ask for another")
}

/// The letter in the person's language.
pub(crate) fn letter(to: &str, user: &User, secret: &str, link: Option<&str>) -> Letter {
    let shown = link.map_or_else(|| secret.to_owned(), |link| link.replace("{token}", secret));
    let is_turkish = user.locale.as_deref().is_some_and(|locale| locale.starts_with("tr"));
    let name = &user.username;
    let (subject, text) = if is_turkish {
        (
            "Yeni şifre",
            format!(
                "{name} kullanıcısı için yeni bir şifre istendi. Bir saat içinde, bir kez geçerlidir:\n\n{shown}\n\n\
                 Siz istemediyseniz hiçbir şey yapmayın: şifreniz değişmez."
            ),
        )
    } else {
        (
            "Another password",
            format!(
                "Another password was asked for the user {name}. Good once, within an hour:\n\n{shown}\n\n\
                 If it was not you, do nothing: your password stays as it is."
            ),
        )
    };
    Letter { to: to.to_owned(), subject: subject.to_owned(), text }
}
