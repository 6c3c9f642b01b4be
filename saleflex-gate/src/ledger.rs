//! What has taken effect, once each.
//!
//! **Invariant:** an entry and its effects are written in one transaction. The unique key decides between repeats:
//! whoever finds it taken gets the first answer again. Other content under a taken key is kept beside the entry and
//! is never in force.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{self, DatabaseError, Question, Row, Session, Value};

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
    /// The document was priced by another version of the rules than this program's, or is of a shape that it does not know whole:
    /// its figures are not derived anew.
    pub(crate) const NOT_REDERIVED: &str = "not_rederived";
    /// What campaigns gave on the sale is not judged anew: by another version of their engine, by a set that this hub does not
    /// know, by one that takes too long, or by none that it names.
    pub(crate) const NOT_REJUDGED: &str = "not_rejudged";
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
/// What was noted about events.
pub(crate) type Noted = BTreeMap<Event, BTreeSet<String>>;

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
    let entered = enter_all(session, &[(key, content)], now)?;
    entered.into_iter().next().ok_or(DatabaseError::Column { column: 0, expected: "an entry" })
}

/// Enters what one terminal gave out, in its order, and answers of each what became of it. Of two under one key the first is
/// entered.
pub(crate) fn enter_all(
    session: &mut dyn Session,
    entries: &[(&Key, Content<'_>)],
    now: DateTime<Utc>,
) -> Result<Vec<Entered>, DatabaseError> {
    let (mut insertions, mut rest) = (Vec::new(), entries);
    while let Some((piece, behind)) = db::piece(rest) {
        insertions.push(insertion(piece, now));
        rest = behind;
    }
    let mut inserted = BTreeSet::new();
    for row in session.query_all(&insertions)?.iter().flatten() {
        inserted.insert(event(row)?);
    }
    let is_new: Vec<bool> = entries.iter().map(|(key, _)| inserted.remove(&key.event())).collect();
    let met = entries.iter().zip(&is_new).filter(|(_, is_new)| !**is_new);
    let met: Vec<&Key> = met.map(|((key, _), _)| *key).collect();
    let digests = digests(session, &met)?;
    let mut entered = Vec::with_capacity(entries.len());
    for ((key, content), is_new) in entries.iter().zip(is_new) {
        let stored = digests.get(&key.event()).map(String::as_str);
        entered.push(if is_new {
            Entered::New
        } else if stored == Some(content.digest) {
            Entered::Repeated
        } else {
            keep_aside(session, key, *content, now)?
        });
    }
    Ok(entered)
}

/// The statement that enters some of what one terminal gave out, and answers which of it is new.
fn insertion(entries: &[(&Key, Content<'_>)], now: DateTime<Utc>) -> Question {
    let Key { company, terminal, .. } = *entries[0].0;
    let mut values: Vec<Value> = vec![company.into(), terminal.into(), now.timestamp_millis().into()];
    let mut places = Vec::with_capacity(entries.len());
    for (key, content) in entries {
        let of: Vec<String> =
            (values.len() + 1..=values.len() + 7).map(|place| format!("${place}")).collect();
        places.push(format!("($1, $2, $3, {})", of.join(", ")));
        values.extend([
            (&key.kind).into(),
            key.entity.into(),
            key.revision.into(),
            content.digest.into(),
            content.body.into(),
            content.place.map(|(epoch, _)| epoch).into(),
            content.place.map(|(_, seq)| seq).into(),
        ]);
    }
    let sql = format!(
        "INSERT INTO ledger (company_id, terminal_id, received_at, kind, entity_id, revision, digest, body, \
         epoch, seq) VALUES {} ON CONFLICT (company_id, terminal_id, kind, entity_id, revision) DO NOTHING \
         RETURNING kind, entity_id, revision",
        places.join(", ")
    );
    (sql, values)
}

/// The digests of entries of one terminal.
fn digests(session: &mut dyn Session, keys: &[&Key]) -> Result<BTreeMap<Event, String>, DatabaseError> {
    let sql = "SELECT kind, entity_id, revision, digest FROM ledger \
               WHERE company_id = $1 AND terminal_id = $2 AND kind = $3";
    let mut digests = BTreeMap::new();
    for row in session.query_all(&questions(keys, sql))?.iter().flatten() {
        digests.insert(event(row)?, row.text(3)?.to_owned());
    }
    Ok(digests)
}

/// Keeps other content under a taken key.
fn keep_aside(
    session: &mut dyn Session,
    key: &Key,
    content: Content<'_>,
    now: DateTime<Utc>,
) -> Result<Entered, DatabaseError> {
    let mut values = key.values();
    values.extend([content.digest.into(), content.body.into(), now.timestamp_millis().into()]);
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

/// Whether a key is taken, by whatever content.
pub(crate) fn has(session: &mut dyn Session, key: &Key) -> Result<bool, DatabaseError> {
    let found = session.query(
        "SELECT 1 FROM ledger WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 AND entity_id = $4 \
         AND revision = $5",
        &key.values(),
    )?;
    Ok(!found.is_empty())
}

/// Notes something about an entry, once.
pub(crate) fn note(session: &mut dyn Session, key: &Key, flag: &str) -> Result<(), DatabaseError> {
    note_all(session, &[key], flag)
}

/// Notes the same about entries of one terminal, once each.
pub(crate) fn note_all(session: &mut dyn Session, keys: &[&Key], flag: &str) -> Result<(), DatabaseError> {
    let mut rest = keys;
    while let Some((piece, behind)) = db::piece(rest) {
        let mut values: Vec<Value> = vec![piece[0].company.into(), piece[0].terminal.into(), flag.into()];
        let mut places = Vec::with_capacity(piece.len());
        for key in piece {
            let next = values.len() + 1;
            places.push(format!("($1, $2, $3, ${next}, ${}, ${})", next + 1, next + 2));
            values.extend([(&key.kind).into(), key.entity.into(), key.revision.into()]);
        }
        let sql = format!(
            "INSERT INTO ledger_flag (company_id, terminal_id, flag, kind, entity_id, revision) VALUES {} \
             ON CONFLICT (company_id, terminal_id, kind, entity_id, revision, flag) DO NOTHING",
            places.join(", ")
        );
        session.send(&sql, &values)?;
        rest = behind;
    }
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

/// Questions about entries of one terminal by their keys, kind by kind: by what stands in a stretch of its sequence, a
/// database that knows nothing yet of its tables goes past everything that the terminal ever sent. `sql` is asked with
/// company, terminal and kind before the identities, and answers kind, identity, revision and whatever is asked for.
fn questions(keys: &[&Key], sql: &str) -> Vec<Question> {
    let mut kinds: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
    for key in keys {
        kinds.entry(&key.kind).or_default().push(key);
    }
    let mut questions = Vec::new();
    for (kind, keys) in kinds {
        for keys in keys.chunks(db::MOST_NAMED) {
            let ids: Vec<Uuid> = keys.iter().map(|key| key.entity).collect();
            let (places, named) = db::named(4, &ids);
            let mut values: Vec<Value> = vec![keys[0].company.into(), keys[0].terminal.into(), kind.into()];
            values.extend(named);
            questions.push((format!("{sql} AND entity_id IN ({places})"), values));
        }
    }
    questions
}

/// The event that a row begins with.
fn event(row: &Row) -> Result<Event, DatabaseError> {
    Ok((row.text(0)?.to_owned(), row.id(1)?, row.integer(2)?))
}

/// A record that every till may change: its identity is no till's own.
const SHARED: &str = "customer";

/// Notes that another terminal gave out the identity of one of these new events, on both. Answers what is noted of each and of
/// those whose keys were `met` before, and what else is to be known: all of it is asked at once, since each question by
/// itself is a way to the database and back.
pub(crate) fn note_clones(
    session: &mut dyn Session,
    (new, met): (&[&Key], &[&Key]),
    further: impl IntoIterator<Item = Question>,
) -> Result<(Noted, Vec<Vec<Row>>), DatabaseError> {
    let own: Vec<&Key> = new.iter().copied().filter(|key| key.kind != SHARED).collect();
    let clones = questions(
        &own,
        "SELECT kind, entity_id, revision, terminal_id FROM ledger \
         WHERE company_id = $1 AND terminal_id <> $2 AND kind = $3",
    );
    let flags = questions(
        &[new, met].concat(),
        "SELECT kind, entity_id, revision, flag FROM ledger_flag \
         WHERE company_id = $1 AND terminal_id = $2 AND kind = $3",
    );
    let counts = [clones.len(), flags.len()];
    let asked: Vec<Question> = clones.into_iter().chain(flags).chain(further).collect();
    let mut answers = session.query_all(&asked)?.into_iter();
    let [clones, flags] = counts.map(|count| answers.by_ref().take(count).flatten().collect::<Vec<Row>>());
    let mut noted = Noted::new();
    for row in &flags {
        noted.entry(event(row)?).or_default().insert(row.text(3)?.to_owned());
    }
    let own: BTreeMap<Event, &Key> = own.iter().map(|key| (key.event(), *key)).collect();
    for row in &clones {
        let Some(key) = own.get(&event(row)?) else { continue };
        note(session, key, flag::CLONED_TERMINAL)?;
        note(session, &Key { terminal: row.id(3)?, ..(*key).clone() }, flag::CLONED_TERMINAL)?;
        noted.entry(key.event()).or_default().insert(flag::CLONED_TERMINAL.to_owned());
    }
    Ok((noted, answers.collect()))
}

/// Notes that several events of the terminal have one of these numbers in one life of its file, on all of them, and adds it to
/// what is `noted`.
pub(crate) fn note_forks(
    session: &mut dyn Session,
    (company, terminal, epoch): (Uuid, Uuid, Uuid),
    numbers: &[i64],
    noted: &mut Noted,
) -> Result<(), DatabaseError> {
    for numbers in numbers.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(4, numbers);
        let sql = format!(
            "SELECT kind, entity_id, revision, seq FROM ledger \
             WHERE company_id = $1 AND terminal_id = $2 AND epoch = $3 AND seq IN ({places})"
        );
        let mut values: Vec<Value> = vec![company.into(), terminal.into(), epoch.into()];
        values.extend(named);
        let mut numbered: BTreeMap<i64, Vec<Key>> = BTreeMap::new();
        for row in &session.query(&sql, &values)? {
            let (kind, entity, revision) = event(row)?;
            let key = Key { company, terminal, kind, entity, revision };
            numbered.entry(row.integer(3)?).or_default().push(key);
        }
        for key in numbered.values().filter(|keys| keys.len() > 1).flatten() {
            note(session, key, flag::FORKED)?;
            noted.entry(key.event()).or_default().insert(flag::FORKED.to_owned());
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
