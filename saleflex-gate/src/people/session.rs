//! What a person has open: a session with a family of refresh tokens, each good once.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    db::{DatabaseError, Session},
    ids::{digest, new_id, new_secret},
};

/// For how long a refresh token is good.
pub(crate) const REFRESH: TimeDelta = TimeDelta::days(30);
/// For how long an access token is good.
pub(crate) const ACCESS: TimeDelta = TimeDelta::minutes(15);

/// Something a person has open.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct OpenSession {
    /// Its identity.
    pub(crate) id: Uuid,
    /// Since when.
    pub(crate) created_at: DateTime<Utc>,
    /// When its token was last renewed.
    pub(crate) last_used_at: DateTime<Utc>,
    /// From which address it was opened.
    pub(crate) address: Option<String>,
    /// The company it is for.
    pub(crate) company_id: Option<Uuid>,
    /// Whether it is the one that asks.
    pub(crate) is_current: bool,
}

/// A session as a request finds it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Found {
    pub(crate) id: Uuid,
    pub(crate) user: Uuid,
    pub(crate) company: Option<Uuid>,
    /// The terminal it was opened at, where it was opened at one.
    pub(crate) terminal: Option<Uuid>,
}

/// What became of a refresh token.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Refreshed {
    /// It was good: the session, and the token that takes its place.
    Next(Found, String),
    /// It is unknown or over.
    Unknown,
    /// It was used before: whoever holds the other copy, the session is over for both.
    Reused(Found),
}

/// Opens a session and answers its first refresh token.
pub(crate) fn open(
    session: &mut dyn Session,
    (user, company): (Uuid, Option<Uuid>),
    (terminal, address): (Option<Uuid>, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(Found, String), DatabaseError> {
    let id = new_id(now);
    session.execute(
        "INSERT INTO user_session (session_id, user_id, company_id, terminal_id, address, created_at, \
         last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
        &[
            id.into(),
            user.into(),
            company.into(),
            terminal.into(),
            address.into(),
            now.timestamp_millis().into(),
        ],
    )?;
    Ok((Found { id, user, company, terminal }, issue(session, id, now)?))
}

fn issue(session: &mut dyn Session, of: Uuid, now: DateTime<Utc>) -> Result<String, DatabaseError> {
    let secret = new_secret();
    session.execute(
        "INSERT INTO refresh_token (digest, session_id, expires_at) VALUES ($1, $2, $3)",
        &[digest(&secret).into(), of.into(), (now + REFRESH).timestamp_millis().into()],
    )?;
    Ok(secret)
}

/// Takes a refresh token and gives the next one. The caller's transaction must stand also when it was reused: that
/// is what ends the session.
pub(crate) fn refresh(
    session: &mut dyn Session,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Refreshed, DatabaseError> {
    let now_ms = now.timestamp_millis();
    let rows = session.query(
        "SELECT s.session_id, s.user_id, s.company_id, t.used_at, t.expires_at, s.ended_at, u.is_active, \
         s.terminal_id \
         FROM refresh_token t JOIN user_session s ON s.session_id = t.session_id \
         JOIN hub_user u ON u.user_id = s.user_id WHERE t.digest = $1",
        &[digest(secret).into()],
    )?;
    let Some(row) = rows.first() else { return Ok(Refreshed::Unknown) };
    let company = row.optional_id(2)?;
    let found = Found { id: row.id(0)?, user: row.id(1)?, company, terminal: row.optional_id(7)? };
    let is_over = row.integer(4)? <= now_ms || row.optional_integer(5)?.is_some() || !row.flag(6)?;
    if is_over {
        return Ok(Refreshed::Unknown);
    }
    // Two requests at once with the same token: one of them finds it used.
    let taken = session.execute(
        "UPDATE refresh_token SET used_at = $2 WHERE digest = $1 AND used_at IS NULL",
        &[digest(secret).into(), now_ms.into()],
    )?;
    if taken == 0 {
        end(session, found.id, now)?;
        return Ok(Refreshed::Reused(found));
    }
    session.execute(
        "UPDATE user_session SET last_used_at = $2 WHERE session_id = $1",
        &[found.id.into(), now_ms.into()],
    )?;
    Ok(Refreshed::Next(found, issue(session, found.id, now)?))
}

/// The session of an access token, if it is still open and its person may log in.
pub(crate) fn find(session: &mut dyn Session, id: Uuid) -> Result<Option<Found>, DatabaseError> {
    let rows = session.query(
        "SELECT s.session_id, s.user_id, s.company_id, s.terminal_id FROM user_session s \
         JOIN hub_user u ON u.user_id = s.user_id WHERE s.session_id = $1 AND s.ended_at IS NULL AND u.is_active = 1",
        &[id.into()],
    )?;
    let found = rows.first().map(|row| {
        let company = row.optional_id(2)?;
        Ok(Found { id: row.id(0)?, user: row.id(1)?, company, terminal: row.optional_id(3)? })
    });
    found.transpose()
}

/// Ends a session: its tokens are void from now on.
pub(crate) fn end(session: &mut dyn Session, id: Uuid, now: DateTime<Utc>) -> Result<u64, DatabaseError> {
    session.execute(
        "UPDATE user_session SET ended_at = $2 WHERE session_id = $1 AND ended_at IS NULL",
        &[id.into(), now.timestamp_millis().into()],
    )
}

/// Ends all sessions of a person but one.
pub(crate) fn end_others(
    session: &mut dyn Session,
    user: Uuid,
    kept: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    session.execute(
        "UPDATE user_session SET ended_at = $3 WHERE user_id = $1 AND ended_at IS NULL AND session_id <> $2",
        &[user.into(), kept.unwrap_or_default().into(), now.timestamp_millis().into()],
    )
}

/// Ends all sessions that are for a company, of one person or of all.
pub(crate) fn end_of_company(
    session: &mut dyn Session,
    company: Uuid,
    user: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    let sql = "UPDATE user_session SET ended_at = $2 WHERE company_id = $1 AND ended_at IS NULL";
    let mut values = vec![company.into(), now.timestamp_millis().into()];
    let Some(user) = user else { return session.execute(sql, &values) };
    values.push(user.into());
    session.execute(&format!("{sql} AND user_id = $3"), &values)
}

/// Chooses the company of a session.
pub(crate) fn choose(session: &mut dyn Session, id: Uuid, company: Uuid) -> Result<(), DatabaseError> {
    let sql = "UPDATE user_session SET company_id = $2 WHERE session_id = $1";
    session.execute(sql, &[id.into(), company.into()])?;
    Ok(())
}

/// What a person has open, the latest first.
pub(crate) fn list(
    session: &mut dyn Session,
    user: Uuid,
    current: Uuid,
) -> Result<Vec<OpenSession>, DatabaseError> {
    let rows = session.query(
        "SELECT session_id, created_at, last_used_at, address, company_id FROM user_session \
         WHERE user_id = $1 AND ended_at IS NULL ORDER BY session_id DESC",
        &[user.into()],
    )?;
    let listed = rows.iter().map(|row| {
        let id = row.id(0)?;
        Ok(OpenSession {
            id,
            created_at: row.time(1)?,
            last_used_at: row.time(2)?,
            address: row.optional_text(3)?.map(str::to_owned),
            company_id: row.optional_id(4)?,
            is_current: id == current,
        })
    });
    listed.collect()
}
