//! Two terminals that gave out one identity at the same instant.
//!
//! Of two deliveries the later finds what the earlier gave out. On a server two that come at the same instant do not see each
//! other: what moves goods is refused to one of them, which looks once more then; for everything else neither waits, and it is
//! looked for afterwards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Noticed;
use crate::{
    db::{DatabaseError, Row, Session},
    ledger::{self, Key, flag},
    registry,
};

/// What came since an instant under one identity from several terminals of a company and was not noted.
pub(crate) fn missed(
    session: &mut dyn Session,
    company: Uuid,
    since: DateTime<Utc>,
) -> Result<Vec<Row>, DatabaseError> {
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
pub(crate) fn note_missed(
    session: &mut dyn Session,
    company: Uuid,
    (since, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), DatabaseError> {
    let mut noticed: BTreeMap<Uuid, Noticed> = BTreeMap::new();
    for row in &missed(session, company, since)? {
        let (kind, entity, terminal) = (row.text(0)?.to_owned(), row.id(1)?, row.id(3)?);
        let key = Key { company, terminal, kind, entity, revision: row.integer(2)? };
        ledger::note(session, &key, flag::CLONED_TERMINAL)?;
        noticed.entry(terminal).or_default().add(&key.event(), &[flag::CLONED_TERMINAL.to_owned()]);
    }
    for (terminal, noticed) in noticed {
        if let Some(terminal) = registry::terminal_by_id(session, company, terminal)? {
            noticed.raise(session, (company, &terminal), now)?;
        }
    }
    Ok(())
}
