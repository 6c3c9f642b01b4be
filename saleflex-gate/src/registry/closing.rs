//! Stores that close: at once, or at a time that was said before.
//!
//! **Invariant:** a store closes once for each time that was said, however many processes look after it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{close_store, terminals::GRACE};
use crate::{
    ApiError, Hub,
    audit::Actor,
    db::{DatabaseError, Tenant},
    desk::Desk,
};

/// How far ahead it is said.
pub(crate) const FURTHEST: TimeDelta = TimeDelta::days(400);
/// How long from one look for stores that are due to the next.
const EVERY: Duration = Duration::from_secs(60);

/// Closes a store: its terminals are suspended, and deliver what they hold for another three days.
pub(crate) fn close(desk: &mut Desk<'_>, store: Uuid) -> Result<(), DatabaseError> {
    close_store(desk.session, desk.company, store, Some(desk.now))?;
    let until = (desk.now + GRACE).timestamp_millis();
    desk.session.execute(
        "UPDATE terminal SET state = 'suspended', push_until = $3 \
         WHERE company_id = $1 AND store_id = $2 AND state = 'active'",
        &[desk.company.into(), store.into(), until.into()],
    )?;
    desk.note("store.closed", ("store", store), Some(store), json!({}))
}

/// Says when a store closes, in the place of what was said before. One that is closed stays as it is.
pub(crate) fn close_later(desk: &mut Desk<'_>, store: Uuid, at: DateTime<Utc>) -> Result<(), DatabaseError> {
    let said = desk.session.execute(
        "UPDATE store SET closing_at = $3 WHERE company_id = $1 AND store_id = $2 AND closed_at IS NULL",
        &[desk.company.into(), store.into(), at.timestamp_millis().into()],
    )?;
    if said == 0 {
        return Ok(());
    }
    desk.note("store.closing", ("store", store), Some(store), json!({"effective": at}))
}

/// Closes a store that is due; whether it still was.
fn close_due(desk: &mut Desk<'_>, store: Uuid) -> Result<bool, ApiError> {
    let due = desk.session.execute(
        "UPDATE store SET closing_at = NULL WHERE company_id = $1 AND store_id = $2 AND closing_at <= $3",
        &[desk.company.into(), store.into(), desk.now.timestamp_millis().into()],
    )?;
    if due > 0 {
        close(desk, store)?;
    }
    Ok(due > 0)
}

impl Hub {
    /// Closes the stores of which it was said that they close by now, and answers how many. The service does it every
    /// minute.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses; those that were closed
    /// beside the one it refused are closed.
    pub async fn close_due_stores(&self) -> Result<u64, ApiError> {
        let now = self.now();
        let due = self.books.read(Tenant::Platform, move |session| {
            let rows = session.query(
                "SELECT company_id, store_id FROM store WHERE closing_at <= $1 ORDER BY closing_at, store_id",
                &[now.timestamp_millis().into()],
            )?;
            let due = rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?)));
            Ok::<Vec<(Uuid, Uuid)>, ApiError>(due.collect::<Result<_, DatabaseError>>()?)
        });
        // A store that cannot be closed keeps no other open.
        let (mut closed, mut failed) = (0, None);
        for (company, store) in due.await? {
            let was_due = self.act((company, Actor::Operator), move |desk| close_due(desk, store));
            match was_due.await {
                Ok(was_due) => closed += u64::from(was_due),
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(closed), Err)
    }
}

/// Closes what is due every minute, for as long as it is polled.
pub(crate) async fn every_minute(hub: Hub) {
    loop {
        tokio::time::sleep(EVERY).await;
        match hub.close_due_stores().await {
            Ok(0) => {}
            Ok(stores) => tracing::info!(stores, "closed stores that were due"),
            Err(error) => tracing::error!(code = error.code, "could not close what is due; tried again"),
        }
    }
}
