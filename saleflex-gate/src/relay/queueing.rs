//! What is queued for the company's hub: an event in the transaction in which it takes effect, and, when a hub gets its
//! upstream late, everything that came before.
//!
//! Older terminals count none of what they send. Their store's hub gives each thing that they tell a place in a sequence of
//! its own, so that the company's hub can tell what it lacks.

use chrono::{DateTime, Utc};
use saleflex_core::{digest::Digest, ids::ClosureNumber, journal::Entry};
use saleflex_sync::wire::{
    Counter, EventKind, PeriodLink, Person, PushItem, PushRequest, SCHEMA_VERSION, Sender,
    push::OLDER_PAYLOAD,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::{Books, DatabaseError, Question, Row, Session, Tenant, Value},
    definitions::told,
    feed, ids,
    ledger::Key,
};

/// How many events are queued in one transaction when a hub catches up.
const AT_ONCE: i64 = 200;

/// The envelope around a queued event, without its content.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Head {
    pub(super) sender: Sender,
    pub(super) epoch: Uuid,
    #[serde(default)]
    pub(super) epoch_after: u64,
    /// How many events the till had set aside.
    #[serde(default)]
    pub(super) quarantined: u64,
    pub(super) seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) depends_on_closure: Option<PeriodLink>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) missing: Vec<u64>,
    pub(super) created_at: DateTime<chrono::FixedOffset>,
    pub(super) schema_version: u32,
    pub(super) payload_hash: Digest,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) counters: Vec<Counter>,
    /// The people whom it is about, until they are erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) people: Vec<Person>,
    /// The content, where it is not what is in force under the key: an older terminal sent something else under it later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) differing: Option<String>,
}

impl Head {
    /// The period that it belongs to or closes.
    pub(super) fn period(&self) -> Option<ClosureNumber> {
        self.depends_on_closure.map(PeriodLink::period)
    }
}

/// Which store's hub brought an event, and its place in that hub's queue. Where it is this hub itself, its identity is
/// nil.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Brought {
    pub(crate) node: Uuid,
    pub(crate) life: Uuid,
    pub(crate) no: i64,
}

impl Brought {
    /// The columns of an event that nobody forwarded, or of one that somebody did.
    pub(crate) fn columns(of: Option<Self>) -> [Value; 3] {
        of.map_or([Value::Null, Value::Null, Value::Null], |Self { node, life, no }| {
            [node.into(), life.into(), no.into()]
        })
    }
}

/// Queues an event of our own tills that takes effect now.
pub(crate) fn queue(
    session: &mut dyn Session,
    key: &Key,
    (request, item): (&PushRequest, &PushItem),
    now: DateTime<Utc>,
) -> Result<Brought, DatabaseError> {
    // Whoever is erased is looked for beside events of customers, and nobody is kept beside others.
    let people: &[Person] = if item.kind == EventKind::Customer { &item.people } else { &[] };
    if !people.is_empty() {
        // Whoever is erased this very moment is by when that is asked, or finds what is queued here. The queue is waited for
        // first, as by whoever queues anything.
        for sql in [
            "UPDATE upstream SET queued = queued WHERE company_id = $1",
            "UPDATE company SET changes = changes WHERE company_id = $1",
        ] {
            session.send(sql, &[key.company.into()])?;
        }
    }
    let head = Head {
        sender: request.sender.clone(),
        epoch: request.epoch,
        epoch_after: request.epoch_after,
        quarantined: request.quarantined,
        seq: item.seq,
        depends_on_closure: item.depends_on_closure,
        missing: item.missing.clone(),
        created_at: item.created_at,
        schema_version: item.schema_version,
        payload_hash: item.payload_hash,
        counters: Vec::new(),
        people: told::not_erased(session, key.company, people)?,
        differing: None,
    };
    enqueue(session, key, &head, now)
}

/// Queues what an older terminal sent and takes effect now, with the counters that came with it.
pub(crate) fn queue_older(
    session: &mut dyn Session,
    key: &Key,
    (body, counters): (&str, &[(String, i64)]),
    now: DateTime<Utc>,
) -> Result<Brought, DatabaseError> {
    let head = older(session, key, (body, counters), now)?;
    enqueue(session, key, &head, now)
}

/// Queues what an older terminal sent under a key that other content has: the company's hub keeps it aside as this one does,
/// and tells whoever manages the store.
pub(crate) fn queue_differing(
    session: &mut dyn Session,
    key: &Key,
    (body, counters): (&str, &[(String, i64)]),
    now: DateTime<Utc>,
) -> Result<Brought, DatabaseError> {
    let head = Head { differing: Some(body.to_owned()), ..older(session, key, (body, counters), now)? };
    enqueue(session, key, &head, now)
}

fn older(
    session: &mut dyn Session,
    key: &Key,
    (body, counters): (&str, &[(String, i64)]),
    at: DateTime<Utc>,
) -> Result<Head, DatabaseError> {
    let next = session.query(
        "INSERT INTO older_sequence (company_id, terminal_id, epoch, last_seq) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (company_id, terminal_id) DO UPDATE SET last_seq = older_sequence.last_seq + 1 \
         RETURNING epoch, last_seq",
        &[key.company.into(), key.terminal.into(), ids::new_id(at).into()],
    )?;
    let next = next.first().ok_or(DatabaseError::Column { column: 0, expected: "a sequence" })?;
    let counter = |(name, value): &(String, i64)| {
        Some(Counter { name: name.clone(), value: u64::try_from(*value).ok()? })
    };
    Ok(Head {
        sender: sender_of(session, (key.company, key.terminal))?,
        epoch: next.id(0)?,
        epoch_after: 0,
        quarantined: 0,
        seq: next.integer(1)?.unsigned_abs(),
        depends_on_closure: None,
        missing: Vec::new(),
        created_at: at.fixed_offset(),
        schema_version: OLDER_PAYLOAD,
        payload_hash: Digest::of(body.as_bytes()),
        counters: counters.iter().filter_map(counter).collect(),
        people: Vec::new(),
        differing: None,
    })
}

fn enqueue(
    session: &mut dyn Session,
    key: &Key,
    head: &Head,
    now: DateTime<Utc>,
) -> Result<Brought, DatabaseError> {
    let company = key.company;
    let queued = session.query(
        "INSERT INTO upstream (company_id, queued, life) VALUES ($1, 1, $2) \
         ON CONFLICT (company_id) DO UPDATE SET queued = upstream.queued + 1, \
         life = COALESCE(upstream.life, excluded.life) RETURNING queued, life",
        &[company.into(), ids::new_id(now).into()],
    )?;
    let queued = queued.first().ok_or(DatabaseError::Column { column: 0, expected: "a number" })?;
    let brought = Brought { node: Uuid::nil(), life: queued.id(1)?, no: queued.integer(0)? };
    let unwritable = |_| DatabaseError::Column { column: 6, expected: "an envelope that is JSON" };
    let head = serde_json::to_string(head).map_err(unwritable)?;
    session.send(
        "INSERT INTO relay (company_id, no, terminal_id, kind, entity_id, revision, head, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending')",
        &[
            company.into(),
            brought.no.into(),
            key.terminal.into(),
            (&key.kind).into(),
            key.entity.into(),
            key.revision.into(),
            head.into(),
        ],
    )?;
    Ok(brought)
}

/// Leaves nothing of a person who was erased in what waits to be forwarded, or was: it may go once more.
pub(crate) fn forget(
    session: &mut dyn Session,
    (company, customer): (Uuid, Uuid),
) -> Result<(), DatabaseError> {
    let rows = session.query(
        "SELECT no, head FROM relay WHERE company_id = $1 AND kind = 'customer' AND head LIKE $2",
        &[company.into(), format!("%{customer}%").into()],
    )?;
    for row in &rows {
        let unreadable = |_| DatabaseError::Column { column: 1, expected: "an envelope that is JSON" };
        let mut head: Head = serde_json::from_str(row.text(1)?).map_err(unreadable)?;
        head.people.retain(|person| person.id() != Some(customer));
        let head = serde_json::to_string(&head).map_err(unreadable)?;
        let sql = "UPDATE relay SET head = $3 WHERE company_id = $1 AND no = $2";
        session.execute(sql, &[company.into(), row.integer(0)?.into(), head.into()])?;
    }
    Ok(())
}

/// The life of this hub's queue; it begins with the first question.
pub(crate) fn life(
    session: &mut dyn Session,
    company: Uuid,
    now: DateTime<Utc>,
) -> Result<Uuid, DatabaseError> {
    let rows = session.query(
        "INSERT INTO upstream (company_id, queued, life) VALUES ($1, 0, $2) ON CONFLICT (company_id) \
         DO UPDATE SET life = COALESCE(upstream.life, excluded.life) RETURNING life",
        &[company.into(), ids::new_id(now).into()],
    )?;
    rows.first().map_or(Ok(Uuid::nil()), |row| row.id(0))
}

/// The names by which a terminal is known.
fn sender_of(session: &mut dyn Session, (company, terminal): (Uuid, Uuid)) -> Result<Sender, DatabaseError> {
    let rows = session.query(
        "SELECT t.office_code, s.store_code, t.terminal_code FROM terminal t \
         JOIN store s ON s.company_id = t.company_id AND s.store_id = t.store_id \
         WHERE t.company_id = $1 AND t.terminal_id = $2",
        &[company.into(), terminal.into()],
    )?;
    let row = rows.first().ok_or(DatabaseError::Column { column: 0, expected: "a terminal" })?;
    let [office_code, store_code, terminal_code] =
        [row.text(0)?, row.text(1)?, row.text(2)?].map(str::to_owned);
    Ok(Sender { office_code, store_code, terminal_code })
}

/// Asks whether there is a queue of a company. Whoever takes something in asks it behind the lock of its terminal: before that
/// the answer may be older than the queue.
pub(crate) fn asked(company: Uuid) -> Question {
    ("SELECT 1 FROM upstream WHERE company_id = $1".to_owned(), vec![company.into()])
}

/// Notes that something takes effect here that is not queued: whoever catches up later has to look for it.
pub(crate) fn is_not_queued(session: &mut dyn Session, company: Uuid) -> Result<(), DatabaseError> {
    // The row stays locked until the event stands, so that nobody who catches up meanwhile misses it.
    let sql = "UPDATE upstream SET is_caught_up = 0 WHERE company_id = $1";
    session.send(sql, &[company.into()])
}

/// Whether all that took effect here is queued.
fn is_caught_up(session: &mut dyn Session, company: Uuid) -> Result<bool, DatabaseError> {
    let sql = "SELECT is_caught_up FROM upstream WHERE company_id = $1";
    session.query(sql, &[company.into()])?.first().map_or(Ok(false), |row| row.flag(0))
}

/// Queues what took effect here while this hub had none above it. Answers how many events; once more finds none.
pub(super) fn catch_up(books: &Books, company: Uuid, now: DateTime<Utc>) -> Result<u64, DatabaseError> {
    let (mut all, mut after) = (0, None);
    loop {
        let (queued, last) = books.write_waiting(Tenant::Company(company), |session| {
            if after.is_none() && !is_caught_up(session, company)? {
                // What is being taken in found no queue to wait for, and is over when this goes on. What comes next finds one.
                let sql = "UPDATE terminal SET number = number WHERE company_id = $1";
                session.execute(sql, &[company.into()])?;
            }
            life(session, company, now)?;
            if is_caught_up(session, company)? {
                return Ok((0, None));
            }
            // Whoever takes in something that is not queued waits here for this page, or this page for them.
            is_not_queued(session, company)?;
            let behind = behind(session, company, after)?;
            for row in &behind {
                again(session, company, row)?;
            }
            let is_last = i64::try_from(behind.len()).unwrap_or(AT_ONCE) < AT_ONCE;
            if is_last {
                let sql = "UPDATE upstream SET is_caught_up = 1 WHERE company_id = $1";
                session.execute(sql, &[company.into()])?;
            }
            let last = behind.last().filter(|_| !is_last).map(Arrival::of).transpose()?;
            Ok::<_, DatabaseError>((behind.len(), last))
        })?;
        all += u64::try_from(queued).unwrap_or_default();
        if last.is_none() {
            return Ok(all);
        }
        after = last;
    }
}

/// The place of an event in the order in which events came.
struct Arrival {
    received_at: i64,
    terminal: Uuid,
    seq: i64,
    entity: Uuid,
    kind: String,
    revision: i64,
}

impl Arrival {
    const fn first() -> Self {
        let (terminal, entity) = (Uuid::nil(), Uuid::nil());
        Self { received_at: i64::MIN, terminal, seq: 0, entity, kind: String::new(), revision: 0 }
    }

    fn of(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            received_at: row.time(6)?.timestamp_millis(),
            terminal: row.id(0)?,
            seq: row.optional_integer(8)?.unwrap_or_default(),
            entity: row.id(2)?,
            kind: row.text(1)?.to_owned(),
            revision: row.integer(3)?,
        })
    }
}

/// Events behind a place in the order in which they came that are not queued. Only that they are not says so: the clock may
/// have been set back since.
fn behind(
    session: &mut dyn Session,
    company: Uuid,
    after: Option<Arrival>,
) -> Result<Vec<Row>, DatabaseError> {
    let after = after.unwrap_or_else(Arrival::first);
    session.query(
        "SELECT l.terminal_id, l.kind, l.entity_id, l.revision, l.digest, l.body, l.received_at, l.epoch, l.seq \
         FROM ledger l WHERE l.company_id = $1 \
         AND (l.received_at, l.terminal_id, COALESCE(l.seq, 0), l.entity_id, l.kind, l.revision) \
         > ($3, $4, $5, $6, $7, $8) AND NOT EXISTS (SELECT 1 FROM relay r WHERE r.company_id = l.company_id \
         AND r.terminal_id = l.terminal_id AND r.kind = l.kind AND r.entity_id = l.entity_id \
         AND r.revision = l.revision) \
         ORDER BY l.received_at, l.terminal_id, COALESCE(l.seq, 0), l.entity_id, l.kind, l.revision LIMIT $2",
        &[
            company.into(),
            AT_ONCE.into(),
            after.received_at.into(),
            after.terminal.into(),
            after.seq.into(),
            after.entity.into(),
            after.kind.into(),
            after.revision.into(),
        ],
    )
}

/// Queues an event as it stands in the ledger.
fn again(session: &mut dyn Session, company: Uuid, row: &Row) -> Result<(), DatabaseError> {
    let key = Key {
        company,
        terminal: row.id(0)?,
        kind: row.text(1)?.to_owned(),
        entity: row.id(2)?,
        revision: row.integer(3)?,
    };
    let (body, received_at) = (row.text(5)?, row.time(6)?);
    let Some((epoch, seq)) = row.optional_id(7)?.zip(row.optional_integer(8)?) else {
        let head = older(session, &key, (body, &[]), received_at)?;
        enqueue(session, &key, &head, received_at)?;
        return differing_again(session, &key);
    };
    let entry = Entry::from_bytes(body.as_bytes()).ok();
    let link = |entry: &Entry| {
        let number = entry.depends_on_closure()?;
        let closes = EventKind::of(&key.kind) == EventKind::Closure;
        Some(if closes { PeriodLink::Closes(number) } else { PeriodLink::BelongsTo(number) })
    };
    let of = (company, key.terminal, epoch);
    let head = Head {
        sender: sender_of(session, (company, key.terminal))?,
        epoch,
        epoch_after: feed::begins_after(session, of)?,
        quarantined: 0,
        seq: seq.unsigned_abs(),
        depends_on_closure: entry.as_ref().and_then(link),
        missing: if key.kind == EventKind::Closure.as_str() { feed::gaps(session, of)? } else { Vec::new() },
        created_at: received_at.fixed_offset(),
        schema_version: entry.as_ref().map_or(SCHEMA_VERSION, |entry| entry.schema),
        payload_hash: Digest::of(body.as_bytes()),
        counters: Vec::new(),
        people: entry.map_or(Ok(Vec::new()), |entry| told::rows_of(session, company, &entry))?,
        differing: None,
    };
    enqueue(session, &key, &head, received_at).map(drop)
}

/// Queues what came under the key of an older terminal's item beside what is in force.
fn differing_again(session: &mut dyn Session, key: &Key) -> Result<(), DatabaseError> {
    let variants = session.query(
        "SELECT body, received_at FROM ledger_variant WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 \
         AND entity_id = $4 AND revision = $5 ORDER BY received_at, digest",
        &[
            key.company.into(),
            key.terminal.into(),
            (&key.kind).into(),
            key.entity.into(),
            key.revision.into(),
        ],
    )?;
    for row in &variants {
        queue_differing(session, key, (row.text(0)?, &[]), row.time(1)?)?;
    }
    Ok(())
}
