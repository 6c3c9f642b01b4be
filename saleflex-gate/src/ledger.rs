//! What has taken effect, once each.
//!
//! **Invariant:** an entry and its effects are written in one transaction. The unique key decides between repeats:
//! whoever finds it taken gets the first answer again. Other content under a taken key is kept beside the entry and
//! is never in force.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::db::{self, Answers, DatabaseError, Each, Form, Row, Rows, Session, Together, Value};

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

/// How entries come in.
static ENTRY: Form = Form {
    table: "ledger",
    common: &[("company_id", "uuid"), ("terminal_id", "uuid"), ("received_at", "bigint")],
    own: &[
        ("kind", "text"),
        ("entity_id", "uuid"),
        ("revision", "bigint"),
        ("digest", "text"),
        ("body", "text"),
        ("epoch", "uuid"),
        ("seq", "bigint"),
    ],
    key: &["kind", "entity_id", "revision"],
};
/// How it comes in that something was noted.
static FLAG: Form = Form {
    table: "ledger_flag",
    common: &[("company_id", "uuid"), ("terminal_id", "uuid"), ("flag", "text")],
    own: &[("kind", "text"), ("entity_id", "uuid"), ("revision", "bigint")],
    key: &["kind", "entity_id", "revision"],
};

/// Enters, or finds out that the key is taken.
pub(crate) fn enter(
    session: &mut dyn Session,
    key: &Key,
    content: Content<'_>,
    now: DateTime<Utc>,
) -> Result<Entered, DatabaseError> {
    let mut together = Together::default();
    let asked = together.add(taken(&[key]));
    let known = Digests::of(&together.ask(session)?, (&asked, key.terminal))?;
    let entered = enter_all(session, &[(key, content)], known, now)?;
    entered.into_iter().next().ok_or(DatabaseError::Column { column: 0, expected: "an entry" })
}

/// Asks which keys of one terminal are taken, and by what, and which other terminals gave out the same identities; not those of
/// records that every till may change, whose identity is no till's own.
pub(crate) fn taken(keys: &[&Key]) -> Option<Each> {
    let sql = "SELECT kind, entity_id, revision, digest, terminal_id FROM ledger \
               WHERE company_id = $1 AND kind = $3 AND entity_id = $4 AND revision = $5 \
               AND (kind <> 'customer' OR terminal_id = $2)";
    about(keys, sql)
}

/// The digests of what stands under keys of one terminal, and who else gave out what.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    own: BTreeMap<Event, String>,
    /// What other terminals gave out too, and which.
    pub(crate) others: Vec<(Event, Uuid)>,
}

impl Digests {
    /// Those of a terminal that [`taken`] was answered with.
    pub(crate) fn of(
        answers: &Answers,
        (asked, terminal): (&Range<usize>, Uuid),
    ) -> Result<Self, DatabaseError> {
        let mut digests = Self::default();
        for row in answers.of(asked) {
            let (event, of) = (event(row)?, row.id(4)?);
            if of == terminal {
                digests.own.insert(event, row.text(3)?.to_owned());
            } else {
                digests.others.push((event, of));
            }
        }
        Ok(digests)
    }
}

/// Enters what one terminal gave out, in its order, and answers of each what became of it. Of two under one key the first is
/// entered. What is known of the keys holds until then: whoever enters anything of a terminal has locked its row.
pub(crate) fn enter_all(
    session: &mut dyn Session,
    entries: &[(&Key, Content<'_>)],
    Digests { own: mut known, .. }: Digests,
    now: DateTime<Utc>,
) -> Result<Vec<Entered>, DatabaseError> {
    let Some((Key { company, terminal, .. }, _)) = entries.first() else { return Ok(Vec::new()) };
    let of_all = vec![(*company).into(), (*terminal).into(), now.timestamp_millis().into()];
    // A key that is taken all the same is refused: nobody applies what another applies.
    let mut rows = Rows::new(&ENTRY, "", of_all);
    let mut entered = Vec::with_capacity(entries.len());
    for (key, content) in entries {
        entered.push(match known.get(&key.event()) {
            None => {
                known.insert(key.event(), content.digest.to_owned());
                rows.push([
                    (&key.kind).into(),
                    key.entity.into(),
                    key.revision.into(),
                    content.digest.into(),
                    content.body.into(),
                    content.place.map(|(epoch, _)| epoch).into(),
                    content.place.map(|(_, seq)| seq).into(),
                ]);
                Entered::New
            }
            Some(stored) if stored == content.digest => Entered::Repeated,
            Some(_) => Entered::Differs { is_news: false },
        });
    }
    session.send_rows(rows)?;
    for ((key, content), entered) in entries.iter().zip(&mut entered) {
        if matches!(entered, Entered::Differs { .. }) {
            *entered = keep_aside(session, key, *content, now)?;
        }
    }
    Ok(entered)
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
    let mut rows = flags_of((key.company, key.terminal), flag);
    rows.push([(&key.kind).into(), key.entity.into(), key.revision.into()]);
    session.send_rows(rows)
}

/// The same; whether it was not noted before.
pub(crate) fn note_anew(session: &mut dyn Session, key: &Key, flag: &str) -> Result<bool, DatabaseError> {
    let mut values = key.values();
    values.push(flag.into());
    let noted = session.execute(
        "INSERT INTO ledger_flag (company_id, terminal_id, kind, entity_id, revision, flag) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (company_id, terminal_id, kind, entity_id, revision, flag) DO NOTHING",
        &values,
    )?;
    Ok(noted > 0)
}

/// No entries yet of a terminal of which the same is noted, once each.
fn flags_of((company, terminal): (Uuid, Uuid), flag: &str) -> Rows {
    let once = "ON CONFLICT (company_id, terminal_id, kind, entity_id, revision, flag) DO NOTHING";
    Rows::new(&FLAG, once, vec![company.into(), terminal.into(), flag.into()])
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

/// A question about entries of one terminal by their keys, with company and terminal before kind, identity and revision: by
/// what stands in a stretch of its sequence, a database that knows nothing yet of its tables goes past everything that the
/// terminal ever sent. It answers kind, identity, revision and whatever is asked for.
fn about(keys: &[&Key], sql: &'static str) -> Option<Each> {
    let Key { company, terminal, .. } = keys.first()?;
    let mut each = Each::new(sql, &["text", "uuid", "bigint"], vec![(*company).into(), (*terminal).into()]);
    for key in keys {
        each.about([(&key.kind).into(), key.entity.into(), key.revision.into()]);
    }
    Some(each)
}

/// The event that a row begins with.
fn event(row: &Row) -> Result<Event, DatabaseError> {
    Ok((row.text(0)?.to_owned(), row.id(1)?, row.integer(2)?))
}

/// Asks what was noted about entries of one terminal.
pub(crate) fn noted(keys: &[&Key]) -> Option<Each> {
    let sql = "SELECT kind, entity_id, revision, flag FROM ledger_flag \
               WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 AND entity_id = $4 AND revision = $5";
    about(keys, sql)
}

/// Adds what [`noted`] was answered with.
pub(crate) fn add_noted<'a>(
    noted: &mut Noted,
    rows: impl Iterator<Item = &'a Row>,
) -> Result<(), DatabaseError> {
    for row in rows {
        noted.entry(event(row)?).or_default().insert(row.text(3)?.to_owned());
    }
    Ok(())
}

/// What is noted about new events of a terminal while they are applied: it is written when all are in.
#[derive(Debug, Default)]
pub(crate) struct Notes(RefCell<BTreeMap<&'static str, BTreeSet<Event>>>);

impl Notes {
    /// Notes something about an event, once.
    pub(crate) fn add(&self, key: &Key, flag: &'static str) {
        self.0.borrow_mut().entry(flag).or_default().insert(key.event());
    }

    /// Writes it, and answers it by the events.
    pub(crate) fn write(
        self,
        session: &mut dyn Session,
        (company, terminal): (Uuid, Uuid),
    ) -> Result<Noted, DatabaseError> {
        let mut noted = Noted::new();
        for (flag, events) in self.0.into_inner() {
            let mut rows = flags_of((company, terminal), flag);
            for (kind, entity, revision) in events {
                rows.push([(&kind).into(), entity.into(), revision.into()]);
                noted.entry((kind, entity, revision)).or_default().insert(flag.to_owned());
            }
            session.send_rows(rows)?;
        }
        Ok(noted)
    }
}

/// Notes that another terminal gave out the identity of one of these new events, on both, and adds it to what is `noted`.
pub(crate) fn note_clones(
    session: &mut dyn Session,
    (new, others): (&[&Key], &[(Event, Uuid)]),
    noted: &mut Noted,
) -> Result<(), DatabaseError> {
    let new: BTreeMap<Event, &Key> = new.iter().map(|key| (key.event(), *key)).collect();
    for (event, terminal) in others {
        let Some(key) = new.get(event) else { continue };
        note(session, key, flag::CLONED_TERMINAL)?;
        note(session, &Key { terminal: *terminal, ..(*key).clone() }, flag::CLONED_TERMINAL)?;
        noted.entry(event.clone()).or_default().insert(flag::CLONED_TERMINAL.to_owned());
    }
    Ok(())
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
