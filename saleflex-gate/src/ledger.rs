//! What has taken effect, once each.
//!
//! **Invariant:** an entry and its effects are written in one transaction. The unique key decides between repeats:
//! whoever finds it taken gets the first answer again. Other content under a taken key is kept beside the entry and
//! is never in force.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{self, DatabaseError, Row, Session, Value};

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
    /// The content as it came, byte for byte.
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
    /// The document or the closure counts in another currency than its store: it is kept, and in none of the store's sums.
    pub(crate) const CURRENCY_DIFFERS: &str = "currency_differs";
    /// Something was taken of a gift card that is blocked or over.
    pub(crate) const CARD_UNUSABLE: &str = "card_unusable";
    /// More was given back onto gift cards than they had paid of the sale; it is booked, since the return was made.
    pub(crate) const OVER_REFUND: &str = "over_refund";
    /// A campaign or coupon was used beyond what was lent to the till.
    pub(crate) const OVER_QUOTA: &str = "over_quota";
    /// The document names a campaign or a coupon that the hub does not know: it counts as no use of any.
    pub(crate) const OFFER_UNKNOWN: &str = "offer_unknown";
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

/// Whether an entry is there with this content.
pub(crate) fn holds(session: &mut dyn Session, key: &Key, digest: &str) -> Result<bool, DatabaseError> {
    let mut values = key.values();
    values.push(digest.into());
    let found = session.query(
        "SELECT 1 FROM ledger WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 AND entity_id = $4 \
         AND revision = $5 AND digest = $6",
        &values,
    )?;
    Ok(!found.is_empty())
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

/// A question about entries of one terminal by their keys, kind by kind: by what stands in a stretch of its sequence, a
/// database that knows nothing yet of its tables goes past everything that the terminal ever sent. `sql` is asked with
/// company, terminal and kind before the identities, and answers identity, revision and whatever is asked for.
fn ask(
    session: &mut dyn Session,
    keys: &[&Key],
    sql: &str,
    mut answered: impl FnMut(&mut dyn Session, Event, &Row) -> Result<(), DatabaseError>,
) -> Result<(), DatabaseError> {
    let mut kinds: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
    for key in keys {
        kinds.entry(&key.kind).or_default().push(key);
    }
    for (kind, keys) in kinds {
        for keys in keys.chunks(db::MOST_NAMED) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.entity).collect();
            let (places, named) = db::named(4, &ids);
            let mut values: Vec<Value> = vec![keys[0].company.into(), keys[0].terminal.into(), kind.into()];
            values.extend(named);
            let rows = session.query(&format!("{sql} AND entity_id IN ({places})"), &values)?;
            for row in &rows {
                answered(session, (kind.to_owned(), row.id(0)?, row.integer(1)?), row)?;
            }
        }
    }
    Ok(())
}

/// What was noted about events of one terminal, event by event as [`Key::event`] names them.
pub(crate) fn flags_of(
    session: &mut dyn Session,
    keys: &[&Key],
) -> Result<BTreeMap<Event, BTreeSet<String>>, DatabaseError> {
    let mut noted: BTreeMap<Event, BTreeSet<String>> = BTreeMap::new();
    let sql = "SELECT entity_id, revision, flag FROM ledger_flag \
               WHERE company_id = $1 AND terminal_id = $2 AND kind = $3";
    ask(session, keys, sql, |_, event, row| {
        noted.entry(event).or_default().insert(row.text(2)?.to_owned());
        Ok(())
    })?;
    Ok(noted)
}

/// A record that every till may change: its identity is no till's own.
const SHARED: &str = "customer";

/// Notes that another terminal gave out the identity of one of these events, on both.
pub(crate) fn note_clones(session: &mut dyn Session, keys: &[&Key]) -> Result<(), DatabaseError> {
    let own: Vec<&Key> = keys.iter().copied().filter(|key| key.kind != SHARED).collect();
    let events: BTreeMap<Event, &Key> = own.iter().map(|key| (key.event(), *key)).collect();
    let sql = "SELECT entity_id, revision, terminal_id FROM ledger \
               WHERE company_id = $1 AND terminal_id <> $2 AND kind = $3";
    ask(session, &own, sql, |session, event, other| {
        let Some(key) = events.get(&event) else { return Ok(()) };
        note(session, key, flag::CLONED_TERMINAL)?;
        note(session, &Key { terminal: other.id(2)?, ..(*key).clone() }, flag::CLONED_TERMINAL)
    })
}

/// Notes that other events of the terminal have the numbers of these in one life of its file, on all of them.
pub(crate) fn note_forks(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    numbers: &[i64],
) -> Result<(), DatabaseError> {
    for numbers in numbers.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(4, numbers);
        let sql = format!(
            "SELECT seq, kind, entity_id, revision FROM ledger \
             WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3 AND seq IN ({places})"
        );
        let mut values: Vec<Value> = vec![company.into(), terminal.into(), epoch.into()];
        values.extend(named);
        let mut numbered: BTreeMap<i64, Vec<Key>> = BTreeMap::new();
        for row in &session.query(&sql, &values)? {
            let (kind, entity, revision) = (row.text(1)?.to_owned(), row.id(2)?, row.integer(3)?);
            let key = Key { company, terminal, kind, entity, revision };
            numbered.entry(row.integer(0)?).or_default().push(key);
        }
        for key in numbered.values().filter(|keys| keys.len() > 1).flatten() {
            note(session, key, flag::FORKED)?;
        }
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
