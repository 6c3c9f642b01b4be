//! What has taken effect, once each.
//!
//! **Invariant:** an entry and its effects are written in one transaction. The unique key decides between repeats:
//! whoever finds it taken gets the first answer again. Other content under a taken key is kept beside the entry and
//! is never in force.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{DatabaseError, Session, Value};

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
    Differs {
        /// Whether this content came for the first time.
        is_news: bool,
    },
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
    /// Another event of the same life of the till has the same number: two files go on under one name.
    pub(crate) const FORKED: &str = "forked";
    /// The closure names documents of its period that are set aside at the till.
    pub(crate) const GAP: &str = "gap";
    /// The closure counts more documents than the hub has of its period.
    pub(crate) const OPEN_RECEIPTS: &str = "open_receipts";
}

/// An event of a terminal that is known: kind, entity and revision.
pub(crate) type Event = (String, Uuid, i64);

impl Key {
    pub(crate) fn event(&self) -> Event {
        (self.kind.clone(), self.entity, self.revision)
    }

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
    let mut values = key.values();
    values.extend([
        content.digest.into(),
        content.body.into(),
        now.timestamp_millis().into(),
        content.place.map(|(epoch, _)| epoch).into(),
        content.place.map(|(_, seq)| seq).into(),
    ]);
    let entered = session.execute(
        "INSERT INTO ledger (company_id, terminal_id, kind, entity_id, revision, digest, body, received_at, \
         epoch, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (company_id, terminal_id, kind, entity_id, revision) DO NOTHING",
        &values,
    )?;
    if entered == 1 {
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
    values.truncate(8);
    let kept = session.execute(
        "INSERT INTO ledger_variant (company_id, terminal_id, kind, entity_id, revision, digest, body, \
         received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (company_id, terminal_id, kind, entity_id, revision, digest) DO NOTHING",
        &values,
    )?;
    note(session, key, flag::CONTENT_MISMATCH)?;
    tracing::warn!(kind = key.kind, entity = %key.entity, terminal = %key.terminal, "other content under a taken key");
    Ok(Entered::Differs { is_news: kept > 0 })
}

/// Notes something about an entry, once.
pub(crate) fn note(session: &mut dyn Session, key: &Key, flag: &str) -> Result<(), DatabaseError> {
    let mut values = key.values();
    values.push(flag.into());
    session.execute(
        "INSERT INTO ledger_flag (company_id, terminal_id, kind, entity_id, revision, flag) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (company_id, terminal_id, kind, entity_id, revision, flag) DO NOTHING",
        &values,
    )?;
    Ok(())
}

/// What was noted about an entry.
pub(crate) fn flags(session: &mut dyn Session, key: &Key) -> Result<BTreeSet<String>, DatabaseError> {
    let rows = session.query(
        "SELECT flag FROM ledger_flag WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 \
         AND entity_id = $4 AND revision = $5",
        &key.values(),
    )?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// What was noted about the events of a stretch of a till's sequence, event by event as [`Key::event`] names them.
pub(crate) fn flags_between(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    (first, last): (i64, i64),
) -> Result<BTreeMap<Event, BTreeSet<String>>, DatabaseError> {
    let rows = session.query(
        "SELECT f.kind, f.entity_id, f.revision, f.flag FROM ledger l JOIN ledger_flag f \
         ON f.company_id = l.company_id AND f.terminal_id = l.terminal_id AND f.kind = l.kind \
         AND f.entity_id = l.entity_id AND f.revision = l.revision \
         WHERE l.company_id = $1 AND l.terminal_id = $2 AND l.epoch = $3 AND l.seq >= $4 AND l.seq <= $5",
        &[company.into(), terminal.into(), epoch.into(), first.into(), last.into()],
    )?;
    let mut noted: BTreeMap<Event, BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        let event = (row.text(0)?.to_owned(), row.id(1)?, row.integer(2)?);
        noted.entry(event).or_default().insert(row.text(3)?.to_owned());
    }
    Ok(noted)
}

/// A record that every till may change: its identity is no till's own.
const SHARED: &str = "customer";

/// Notes on both, for the events of a stretch of a till's sequence: that another terminal gave out the identity of one,
/// and that another event has the number of one.
pub(crate) fn note_copies(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    (first, last): (i64, i64),
) -> Result<(), DatabaseError> {
    let stretch = "l.company_id = $1 AND l.terminal_id = $2 AND l.epoch = $3 AND l.seq >= $4 AND l.seq <= $5";
    let sql = format!(
        "SELECT 1, l.kind, l.entity_id, l.revision, o.terminal_id, o.kind, o.entity_id, o.revision \
         FROM ledger l JOIN ledger o ON o.company_id = l.company_id AND o.entity_id = l.entity_id \
         AND o.kind = l.kind AND o.revision = l.revision AND o.terminal_id <> l.terminal_id \
         WHERE {stretch} AND l.kind <> $6 UNION ALL \
         SELECT 0, l.kind, l.entity_id, l.revision, o.terminal_id, o.kind, o.entity_id, o.revision \
         FROM ledger l JOIN ledger o ON o.company_id = l.company_id AND o.terminal_id = l.terminal_id \
         AND o.epoch = l.epoch AND o.seq = l.seq \
         AND (o.entity_id <> l.entity_id OR o.kind <> l.kind OR o.revision <> l.revision) WHERE {stretch}"
    );
    let values = [company.into(), terminal.into(), epoch.into(), first.into(), last.into(), SHARED.into()];
    for row in &session.query(&sql, &values)? {
        let flag = if row.flag(0)? { flag::CLONED_TERMINAL } else { flag::FORKED };
        let key = |terminal, at| {
            let (kind, entity, revision) = (row.text(at)?.to_owned(), row.id(at + 1)?, row.integer(at + 2)?);
            Ok::<_, DatabaseError>(Key { company, terminal, kind, entity, revision })
        };
        note(session, &key(terminal, 1)?, flag)?;
        note(session, &key(row.id(4)?, 5)?, flag)?;
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
