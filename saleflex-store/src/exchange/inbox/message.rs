//! Messages for the people at a till.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::{
    error::Error,
    file::codec::{Col, get},
};

/// A message that a hub sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its identity: the same message again is not a second one.
    pub id: Uuid,
    /// What it is about, by its name on the wire.
    pub kind: String,
    /// A heading, shown above the message.
    pub title: String,
    /// The words of the message.
    pub body: String,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it is void; none: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether somebody has to say that they saw it.
    pub requires_ack: bool,
}

pub(super) fn keep(connection: &mut Connection, messages: &[Message]) -> Result<u64, Error> {
    let transaction = connection.transaction()?;
    let mut kept = 0;
    for message in messages {
        kept += transaction.execute(
            "INSERT OR IGNORE INTO notification \
             (id, kind, title, body, created_at, expires_at, requires_ack) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                Col(message.id),
                message.kind,
                message.title,
                message.body,
                Col(message.created_at),
                Col(message.expires_at),
                message.requires_ack,
            ],
        )?;
    }
    transaction.commit()?;
    Ok(u64::try_from(kept).unwrap_or(u64::MAX))
}

pub(super) fn unreported(connection: &Connection) -> Result<Vec<Uuid>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT id FROM notification WHERE (read_at IS NULL OR is_reported = 0) \
         AND read_at IS NOT NULL AND is_reported = 0",
    )?;
    let ids = select.query_map([], |row| get(row, 0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

pub(super) fn reported(connection: &Connection, id: Uuid) -> Result<(), Error> {
    connection.execute("UPDATE notification SET is_reported = 1 WHERE id = ?1", [Col(id)])?;
    Ok(())
}

/// Messages that nobody has read and that are not void, the oldest first.
pub(crate) fn unread(connection: &Connection, now: DateTime<Utc>) -> Result<Vec<Message>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT id, kind, title, body, created_at, expires_at, requires_ack FROM notification \
         WHERE (read_at IS NULL OR is_reported = 0) AND read_at IS NULL \
         AND (expires_at IS NULL OR expires_at > ?1) ORDER BY created_at, id",
    )?;
    let messages = select.query_map([Col(now)], |row| {
        Ok(Message {
            id: get(row, 0)?,
            kind: row.get(1)?,
            title: row.get(2)?,
            body: row.get(3)?,
            created_at: get(row, 4)?,
            expires_at: get(row, 5)?,
            requires_ack: row.get(6)?,
        })
    })?;
    Ok(messages.collect::<Result<_, _>>()?)
}

/// Somebody has read a message; answers whether there was one to read.
pub(crate) fn mark_read(connection: &Connection, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let sql = "UPDATE notification SET read_at = ?2 WHERE id = ?1 AND read_at IS NULL";
    Ok(connection.execute(sql, params![Col(id), Col(now)])? > 0)
}
