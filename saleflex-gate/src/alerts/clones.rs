//! Two terminals that gave out one identity at the same instant.
//!
//! Of two deliveries the later finds what the earlier gave out. On a server two that come at the same instant do not see each
//! other: what moves goods is refused to one of them, which looks once more then; for everything else neither waits, and it is
//! looked for afterwards, within a minute.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Noticed;
use crate::{
    ApiError, Hub,
    db::{DatabaseError, Row, Session, Tenant},
    ledger::{self, Key, flag},
    registry,
};

/// How often it is looked for.
const EVERY: Duration = Duration::from_secs(60);
/// How far back then: to before the last time, and for as long as a delivery may take. The daily sweep looks further.
const OF_LATE: TimeDelta = TimeDelta::minutes(5);

impl Hub {
    /// Notes what several terminals gave out under one identity at the same instant, a short while ago, and tells those who look
    /// after the stores, once. The service does it every minute.
    ///
    /// # Errors
    /// [`ApiError`] with the code `database_unavailable` or `internal` when the database refuses.
    pub async fn note_clones(&self) -> Result<(), ApiError> {
        self.note_clones_within(OF_LATE).await
    }

    /// The same of a longer while.
    pub(crate) async fn note_clones_within(&self, while_ago: TimeDelta) -> Result<(), ApiError> {
        let now = self.now();
        let since = now - while_ago;
        let companies =
            self.books.read(Tenant::Platform, move |session| Ok::<_, ApiError>(heard_of(session, since)?));
        for company in companies.await? {
            // Looked for beside whoever writes: there is hardly ever any.
            let missed = self.books.read(Tenant::Company(company), move |session| {
                missed(session, company, since).map_err(ApiError::from)
            });
            if missed.await?.is_empty() {
                continue;
            }
            let noted = self.books.write(Tenant::Company(company), move |session| {
                note_missed(session, company, (since, now)).map_err(ApiError::from)
            });
            noted.await?;
        }
        Ok(())
    }
}

/// Looks every minute, for as long as it is polled.
pub(crate) async fn every_minute(hub: Hub) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = hub.note_clones().await {
            tracing::error!(code = error.code, "could not look for terminals of one identity; tried again");
        }
    }
}

/// The companies of which something came since an instant.
fn heard_of(session: &mut dyn Session, since: DateTime<Utc>) -> Result<Vec<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT c.company_id FROM company c WHERE EXISTS (SELECT 1 FROM ledger l WHERE l.company_id = c.company_id \
         AND l.received_at >= $1) ORDER BY c.company_id",
        &[since.timestamp_millis().into()],
    )?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// What came since an instant under one identity from several terminals of a company and was not noted.
fn missed(session: &mut dyn Session, company: Uuid, since: DateTime<Utc>) -> Result<Vec<Row>, DatabaseError> {
    // They came at one instant, so that both did since then.
    session.query(
        "SELECT l.kind, l.entity_id, l.revision, l.terminal_id FROM ledger l WHERE l.company_id = $1 \
         AND l.received_at >= $2 AND l.kind <> 'customer' AND EXISTS (SELECT 1 FROM ledger o WHERE o.company_id = $1 \
         AND o.received_at >= $2 AND o.kind = l.kind AND o.entity_id = l.entity_id AND o.revision = l.revision \
         AND o.terminal_id <> l.terminal_id) AND NOT EXISTS (SELECT 1 FROM ledger_flag f WHERE f.company_id = $1 \
         AND f.terminal_id = l.terminal_id AND f.kind = l.kind AND f.entity_id = l.entity_id \
         AND f.revision = l.revision AND f.flag = $3) ORDER BY l.received_at, l.terminal_id, l.entity_id",
        &[company.into(), since.timestamp_millis().into(), flag::CLONED_TERMINAL.into()],
    )
}

/// Notes it on all of them, and tells those who look after the stores. Once more finds nothing.
fn note_missed(
    session: &mut dyn Session,
    company: Uuid,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), DatabaseError> {
    let mut noticed: BTreeMap<Uuid, Noticed> = BTreeMap::new();
    for row in &missed(session, company, since)? {
        let (kind, entity, terminal) = (row.text(0)?.to_owned(), row.id(1)?, row.id(3)?);
        let key = Key { company, terminal, kind, entity, revision: row.integer(2)? };
        // Another process of the hub may have come first.
        if !ledger::note_anew(session, &key, flag::CLONED_TERMINAL)? {
            continue;
        }
        noticed.entry(terminal).or_default().add(&key.event(), &[flag::CLONED_TERMINAL.to_owned()]);
    }
    for (terminal, noticed) in noticed {
        if let Some(terminal) = registry::terminal_by_id(session, company, terminal)? {
            noticed.raise(session, (company, &terminal), now)?;
        }
    }
    Ok(())
}
