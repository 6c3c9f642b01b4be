//! What has taken effect, once each.
//!
//! **Invariant:** an entry and its effects are written in one transaction. The unique key decides between repeats:
//! whoever finds it taken gets the first answer again. Other content under a taken key is kept beside the entry and
//! is never in force.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{DatabaseError, Row, Session, Statement, Value};

/// The key of an entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Key {
    pub(crate) company: Uuid,
    pub(crate) terminal: Uuid,
    pub(crate) kind: String,
    pub(crate) entity: Uuid,
    pub(crate) revision: i64,
}

/// What an entry holds beside its key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content<'a> {
    /// Of the content: bytes of our own tills, values of older ones.
    pub(crate) digest: &'a str,
    /// As it came.
    pub(crate) body: &'a str,
    /// The till's file and the place in its sequence.
    pub(crate) place: Option<(Uuid, i64)>,
}

/// What became of an entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Entered {
    /// It is new: its effects are the caller's to write, in the same transaction.
    New,
    /// It had taken effect before.
    Repeated,
    /// Its key has other content; this one is kept aside.
    Differs,
}

/// What the hub noticed.
pub(crate) mod flag {
    /// Other content came under the same key.
    pub(crate) const CONTENT_MISMATCH: &str = "content_mismatch";
    /// The terminal has used the printed number for another document.
    pub(crate) const NUMBER_REUSED: &str = "number_reused";
    /// Another terminal has sent the same identity.
    pub(crate) const CLONED_TERMINAL: &str = "cloned_terminal";
    /// A completed document came without lines, as older terminals send it.
    pub(crate) const NO_LINES: &str = "no_lines";
    /// The document came after its period was closed.
    pub(crate) const LATE: &str = "late";
    /// An amount cannot be read; the document counts as nothing in sums.
    pub(crate) const AMOUNT_UNREADABLE: &str = "amount_unreadable";
    /// The content cannot be read by this program; it is kept as it came.
    pub(crate) const UNREADABLE: &str = "unreadable";
    /// The figures are not what the document comes to when it is derived anew.
    pub(crate) const DRIFT: &str = "drift";
    /// Campaigns give something else than stands on the sale, judged anew by the set and the counts that it names.
    pub(crate) const CAMPAIGN_DRIFT: &str = "campaign_drift";
    /// A campaign or coupon was used beyond what was lent to the till.
    pub(crate) const OVER_QUOTA: &str = "over_quota";
    /// The closure counts more documents than the hub has of its period.
    pub(crate) const OPEN_RECEIPTS: &str = "open_receipts";
}

impl Key {
    fn values(&self) -> Vec<Value> {
        let Self { company, terminal, kind, entity, revision } = self;
        vec![(*company).into(), (*terminal).into(), kind.into(), (*entity).into(), (*revision).into()]
    }
}

/// Enters, or finds out that the key is taken.
pub(crate) fn enter(
    session: &mut dyn Session,
    key: &Key,
    content: Content<'_>,
    now: DateTime<Utc>,
) -> Result<Entered, DatabaseError> {
    let Statement { sql, values } = entry(key, content, now);
    let entered = session.query(&sql, &values)?;
    outcome(session, (key, content), &entered, now)
}

/// What enters an event; it answers with a row if the key was free.
pub(crate) fn entry(key: &Key, content: Content<'_>, now: DateTime<Utc>) -> Statement {
    let mut values = key.values();
    values.extend([
        content.digest.into(),
        content.body.into(),
        now.timestamp_millis().into(),
        content.place.map(|(epoch, _)| epoch).into(),
        content.place.map(|(_, seq)| seq).into(),
    ]);
    Statement::new(
        "INSERT INTO ledger (company_id, terminal_id, kind, entity_id, revision, digest, body, received_at, \
         epoch, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (company_id, terminal_id, kind, entity_id, revision) DO NOTHING RETURNING revision",
        values,
    )
}

/// What became of an entry, by the answer to [`entry`].
pub(crate) fn outcome(
    session: &mut dyn Session,
    (key, content): (&Key, Content<'_>),
    entered: &[Row],
    now: DateTime<Utc>,
) -> Result<Entered, DatabaseError> {
    if !entered.is_empty() {
        return Ok(Entered::New);
    }
    let stored = session.query(
        "SELECT digest FROM ledger WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 AND entity_id = $4 \
         AND revision = $5",
        &key.values(),
    )?;
    if stored.iter().any(|row| row.text(0).is_ok_and(|digest| digest == content.digest)) {
        return Ok(Entered::Repeated);
    }
    let mut values = key.values();
    values.extend([content.digest.into(), content.body.into(), now.timestamp_millis().into()]);
    session.later(
        "INSERT INTO ledger_variant (company_id, terminal_id, kind, entity_id, revision, digest, body, \
         received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (company_id, terminal_id, kind, entity_id, revision, digest) DO NOTHING",
        values,
    )?;
    note(session, key, flag::CONTENT_MISMATCH)?;
    tracing::warn!(kind = key.kind, entity = %key.entity, terminal = %key.terminal, "other content under a taken key");
    Ok(Entered::Differs)
}

/// Notes something about an entry, once.
pub(crate) fn note(session: &mut dyn Session, key: &Key, flag: &str) -> Result<(), DatabaseError> {
    let mut values = key.values();
    values.push(flag.into());
    session.later(
        "INSERT INTO ledger_flag (company_id, terminal_id, kind, entity_id, revision, flag) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (company_id, terminal_id, kind, entity_id, revision, flag) DO NOTHING",
        values,
    )
}

/// What was noted about an entry.
pub(crate) fn flags(session: &mut dyn Session, key: &Key) -> Result<BTreeSet<String>, DatabaseError> {
    let Statement { sql, values } = noted(key);
    names(&session.query(&sql, &values)?)
}

/// Asks what was noted about an entry. By its whole key, for many entries too: a database that knows nothing yet about
/// its tables would go to them by another way, past everything that a terminal ever sent.
pub(crate) fn noted(key: &Key) -> Statement {
    Statement::new(
        "SELECT flag FROM ledger_flag WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 \
         AND entity_id = $4 AND revision = $5",
        key.values(),
    )
}

/// The flags of an answer to [`noted`].
pub(crate) fn names(noted: &[Row]) -> Result<BTreeSet<String>, DatabaseError> {
    noted.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// A record that every till may change: its identity is no till's own.
const SHARED: &str = "customer";

/// Asks which other terminals gave out the identity of an event.
pub(crate) fn clones(key: &Key) -> Statement {
    let mut values = key.values();
    values.push(SHARED.into());
    Statement::new(
        "SELECT terminal_id FROM ledger WHERE company_id = $1 AND entity_id = $4 AND kind = $3 AND revision = $5 \
         AND terminal_id <> $2 AND kind <> $6",
        values,
    )
}

/// Notes on an event and on its others what was answered to [`clones`].
pub(crate) fn note_clones(session: &mut dyn Session, key: &Key, others: &[Row]) -> Result<(), DatabaseError> {
    for row in others {
        note(session, key, flag::CLONED_TERMINAL)?;
        note(session, &Key { terminal: row.id(0)?, ..key.clone() }, flag::CLONED_TERMINAL)?;
    }
    Ok(())
}

/// Notes that the same terminal gave one printed number to two things, on both, and that two terminals gave out one
/// identity, on both. `table` and `id` name where documents or closures stand.
pub(crate) fn note_collisions(
    session: &mut dyn Session,
    key: &Key,
    (table, id): (&str, &str),
    unique_id: Option<&str>,
) -> Result<(), DatabaseError> {
    let mut others = Vec::new();
    if let Some(unique_id) = unique_id {
        let sql = format!(
            "SELECT {id}, terminal_id FROM {table} WHERE company_id = $1 AND terminal_id = $2 AND unique_id = $3 \
             AND {id} <> $4"
        );
        let values = [key.company.into(), key.terminal.into(), unique_id.into(), key.entity.into()];
        others.extend(session.query(&sql, &values)?.into_iter().map(|row| (row, flag::NUMBER_REUSED)));
    }
    let sql = format!(
        "SELECT {id}, terminal_id FROM {table} WHERE company_id = $1 AND {id} = $2 AND terminal_id <> $3"
    );
    let values = [key.company.into(), key.entity.into(), key.terminal.into()];
    others.extend(session.query(&sql, &values)?.into_iter().map(|row| (row, flag::CLONED_TERMINAL)));
    for (row, flag) in others {
        note(session, key, flag)?;
        let other = Key { entity: row.id(0)?, terminal: row.id(1)?, ..key.clone() };
        note(session, &other, flag)?;
    }
    Ok(())
}
