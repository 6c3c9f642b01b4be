//! Messages at tills: until somebody there has read them, or nobody needs to any more.

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_sync::wire::{Notification, notification::NotificationKind};
use uuid::Uuid;

use super::{Told, tell};
use crate::{
    ApiError, Hub,
    db::{DatabaseError, Session, Tenant, Value},
};

/// For how long people at a till may leave what they have to see, before those who look after the store are told.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);
/// How often it is looked for.
const EVERY: std::time::Duration = std::time::Duration::from_secs(60);
/// How many messages are listed at once: what is read makes room for the others.
const MOST: i64 = 500;

/// The messages of a terminal that stand, the oldest first.
pub(crate) fn list(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    (only_unread, since): (bool, Option<DateTime<Utc>>),
    now: DateTime<Utc>,
) -> Result<Vec<Notification>, DatabaseError> {
    let unread = if only_unread { "AND read_at IS NULL" } else { "" };
    let sql = format!(
        "SELECT notification_id, kind, title, body, created_at, expires_at, requires_ack FROM notification \
         WHERE company_id = $1 AND terminal_id = $2 AND created_at >= $3 \
         AND (expires_at IS NULL OR expires_at > $4) {unread} ORDER BY created_at, notification_id LIMIT $5"
    );
    let since = since.map_or(0, |since| since.timestamp_millis());
    let asked = [company.into(), terminal.into(), since.into(), now.timestamp_millis().into(), MOST.into()];
    let rows = session.query(&sql, &asked)?;
    let messages = rows.iter().map(|row| {
        Ok(Notification {
            id: row.id(0)?,
            kind: NotificationKind::of(row.text(1)?),
            title: row.text(2)?.to_owned(),
            body: row.text(3)?.to_owned(),
            source_terminal_id: None,
            created_at: row.time(4)?,
            expires_at: row.optional_time(5)?,
            requires_ack: row.flag(6)?,
        })
    });
    messages.collect()
}

/// Marks messages of a terminal read, one or all; how many there are of them.
pub(crate) fn read(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    one: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    let mut asked: Vec<Value> = vec![company.into(), terminal.into(), now.timestamp_millis().into()];
    let which = match one {
        Some(id) => {
            asked.push(id.into());
            "AND notification_id = $4"
        }
        None => "AND read_at IS NULL",
    };
    let sql = format!(
        "UPDATE notification SET read_at = COALESCE(read_at, $3) WHERE company_id = $1 AND terminal_id = $2 {which}"
    );
    session.execute(&sql, &asked)
}

/// A message that nobody at its terminal said they saw in time.
struct Missed {
    company: Uuid,
    id: Uuid,
    store: Uuid,
    terminal: String,
    title: String,
}

fn missed(session: &mut dyn Session, now: DateTime<Utc>) -> Result<Vec<Missed>, DatabaseError> {
    let rows = session.query(
        "SELECT n.company_id, n.notification_id, t.store_id, t.terminal_code, n.title FROM notification n \
         JOIN terminal t ON t.company_id = n.company_id AND t.terminal_id = n.terminal_id \
         WHERE n.requires_ack = 1 AND n.read_at IS NULL AND n.missed_at IS NULL \
         AND (n.created_at <= $1 OR n.expires_at <= $2) ORDER BY n.created_at, n.notification_id LIMIT $3",
        &[(now - PATIENCE).timestamp_millis().into(), now.timestamp_millis().into(), MOST.into()],
    )?;
    let missed = rows.iter().map(|row| {
        let (terminal, title) = (row.text(3)?.to_owned(), row.text(4)?.to_owned());
        Ok(Missed { company: row.id(0)?, id: row.id(1)?, store: row.id(2)?, terminal, title })
    });
    missed.collect()
}

impl Hub {
    /// Tells those who look after a store of messages that somebody at a till of it had to see and nobody said they saw, once
    /// each, and answers how many those are. The service does it every minute.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses; then nobody was told.
    pub async fn tell_missed_messages(&self) -> Result<u64, ApiError> {
        let now = self.now();
        let missed = self.books.read(Tenant::Platform, move |books| Ok::<_, ApiError>(missed(books, now)?));
        let missed = missed.await?;
        if missed.is_empty() {
            return Ok(0);
        }
        let told = self.books.write(Tenant::Platform, move |session| {
            let mut told = 0;
            for Missed { company, id, store, terminal, title } in &missed {
                let is_news = session.execute(
                    "UPDATE notification SET missed_at = $3 WHERE company_id = $1 AND notification_id = $2 \
                     AND read_at IS NULL AND missed_at IS NULL",
                    &[(*company).into(), (*id).into(), now.timestamp_millis().into()],
                )?;
                if is_news > 0 {
                    let heading = format!("{terminal}: nobody has seen it");
                    let said = ("message_missed", heading.as_str(), title.as_str());
                    tell(session, *company, Told::Managers(*store), said, now)?;
                    told += 1;
                }
            }
            Ok::<_, ApiError>(told)
        });
        told.await
    }
}

/// Looks every minute for what nobody has seen, for as long as it is polled.
pub(crate) async fn every_minute(hub: Hub) {
    loop {
        tokio::time::sleep(EVERY).await;
        match hub.tell_missed_messages().await {
            Ok(0) => {}
            Ok(messages) => tracing::info!(messages, "told of messages that nobody has seen"),
            Err(error) => tracing::error!(code = error.code, "could not tell what nobody saw; tried again"),
        }
    }
}
