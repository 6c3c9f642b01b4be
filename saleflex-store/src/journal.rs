//! The journal: one row for each committed command, frozen bytes under a hash chain.
//!
//! **Invariant:** the bytes carry identities of customers, never what the customer table knows of them, so that a
//! person can be erased and the chain stays whole. What a cashier types freely (a parking name, a note, a reason) is
//! frozen as typed.

use rusqlite::{Connection, OptionalExtension, params, params_from_iter, types::Value};
use saleflex_core::{
    checkout::Effects,
    closure::Closure,
    document::{ENGINE_VERSION, Event},
    ids::{CashierId, ClosureNumber},
    money::Money,
    time::Moment,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    codec::{Col, Column, get, offset_min},
    error::Error,
};

mod fact;

pub use fact::Fact;

/// The version of the frozen bytes.
pub const SCHEMA_VERSION: u32 = 1;

/// A digest of the chain.
pub type Hash = [u8; 32];

/// What one committed command left behind. Its canonical JSON, in the order of these fields and without blanks, is
/// what the journal freezes and a hub receives.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Committed {
    /// The version of this shape.
    pub schema: u32,
    /// The version of the rules it was priced by, [`saleflex_core::document::ENGINE_VERSION`].
    pub engine: u32,
    /// What it is about: a document, a closure, a customer. Of an exchange, the return it began with.
    pub entity: Uuid,
    /// When.
    pub at: Moment,
    /// By whom; none when the till did it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<CashierId>,
    /// The period that was open.
    pub period: ClosureNumber,
    /// What happened to a document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// What followed from it.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub effects: Effects,
    /// The period it closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closure: Option<Box<Closure>>,
    /// What else happened at the till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact>,
}

fn is_nothing(effects: &Effects) -> bool {
    *effects == Effects::default()
}

/// What kind of record it is. The names are those of the wire.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum RecordKind {
    /// A step of a document that is not finished, or the drawer opened. It stays at the till: the finished
    /// document tells it all.
    Step,
    /// A finished document with all its effects.
    Transaction,
    /// A closed period.
    Closure,
    /// A customer added or changed.
    Customer,
    /// Goods received, counted or adjusted.
    StockMovement,
    /// Log-ins, settings, reference data: the till's own affairs.
    Till,
}

impl RecordKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Step, Self::Transaction, Self::Closure, Self::Customer, Self::StockMovement, Self::Till];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Transaction => "transaction",
            Self::Closure => "closure",
            Self::Customer => "customer",
            Self::StockMovement => "stock_movement",
            Self::Till => "till",
        }
    }

    /// Whether it is sent to configured connectors.
    pub const fn travels(self) -> bool {
        matches!(self, Self::Transaction | Self::Closure | Self::Customer | Self::StockMovement)
    }
}

impl Committed {
    /// A record in which nothing has happened yet.
    pub(crate) fn new(entity: Uuid, at: Moment, cashier: Option<CashierId>, period: ClosureNumber) -> Self {
        Self {
            schema: SCHEMA_VERSION,
            engine: ENGINE_VERSION,
            entity,
            at,
            cashier,
            period,
            events: Vec::new(),
            effects: Effects::default(),
            closure: None,
            fact: None,
        }
    }

    /// What kind of record it is.
    pub fn kind(&self) -> RecordKind {
        match &self.fact {
            Some(fact) => fact.kind(),
            None if self.closure.is_some() => RecordKind::Closure,
            None if self.effects.completed.is_empty() && self.effects.cancelled.is_none() => RecordKind::Step,
            None => RecordKind::Transaction,
        }
    }

    /// Among records of one kind about one entity the higher is the later. A finished document and a closure have
    /// 1: they never change.
    fn revision(&self, seq: i64) -> i64 {
        match (&self.fact, self.kind()) {
            (Some(Fact::CustomerChanged { revision, .. }), _) => i64::from(*revision),
            (_, RecordKind::Step | RecordKind::Till) => seq,
            _ => 1,
        }
    }

    /// Which period it belongs to, or closes.
    fn depends_on_closure(&self) -> Option<ClosureNumber> {
        matches!(self.kind(), RecordKind::Transaction | RecordKind::Closure).then_some(self.period)
    }

    /// The columns that repeat the payload: kind, entity, revision, period, version, time and its offset.
    pub(crate) fn columns(&self, seq: i64) -> [Value; 7] {
        [
            Value::Text(self.kind().name().to_owned()),
            self.entity.to_value(),
            Value::Integer(self.revision(seq)),
            self.depends_on_closure().to_value(),
            Value::Integer(self.schema.into()),
            self.at.instant.to_value(),
            Value::Integer(offset_min(&self.at)),
        ]
    }

    /// The frozen bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(Error::Journal)
    }

    /// Reads frozen bytes.
    ///
    /// # Errors
    /// [`Error::Journal`] when they are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(bytes).map_err(Error::Journal)
    }
}

/// The end of the chain.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ChainHead {
    /// The last event's place.
    pub seq: i64,
    /// Its link of the chain; zeros before the first event.
    pub hash: Hash,
}

impl ChainHead {
    /// The end of the chain when one more payload is appended.
    #[must_use]
    pub(crate) fn then(&self, payload_hash: &Hash) -> Self {
        let hash = Sha256::new().chain_update(self.hash).chain_update(payload_hash).finalize();
        Self { seq: self.seq + 1, hash: hash.into() }
    }
}

/// What the row of an event says besides its payload.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Marks {
    /// The caller's identity of the command.
    pub(crate) command_id: Option<Uuid>,
    /// What the open document comes to: net due and paid.
    pub(crate) totals: Option<(Money, Money)>,
}

/// Appends a record; answers the new end of the chain.
pub(crate) fn append(
    connection: &Connection,
    epoch: i64,
    head: &ChainHead,
    record: &Committed,
    marks: &Marks,
) -> Result<ChainHead, Error> {
    let payload = record.to_bytes()?;
    let payload_hash: Hash = Sha256::digest(&payload).into();
    let head = head.then(&payload_hash);
    let mut insert = connection.prepare_cached(
        "INSERT INTO event (seq, epoch, payload, payload_hash, chain_hash, command_id, net_due, paid, kind, \
         entity_id, revision, depends_on_closure, schema_version, created_at, offset_min) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    let own = [
        Value::Integer(head.seq),
        Value::Integer(epoch),
        Value::Blob(payload),
        Value::Blob(payload_hash.to_vec()),
        Value::Blob(head.hash.to_vec()),
        marks.command_id.to_value(),
        marks.totals.map(|(net_due, _)| net_due).to_value(),
        marks.totals.map(|(_, paid)| paid).to_value(),
    ];
    insert.execute(params_from_iter(own.into_iter().chain(record.columns(head.seq))))?;
    Ok(head)
}

/// The end of the stored chain.
pub(crate) fn head(connection: &Connection) -> Result<ChainHead, Error> {
    let last = "SELECT seq, chain_hash FROM event ORDER BY seq DESC LIMIT 1";
    let head = connection.query_row(last, [], |row| Ok(ChainHead { seq: row.get(0)?, hash: row.get(1)? }));
    Ok(head.optional()?.unwrap_or_default())
}

/// The record at a place of the journal.
pub(crate) fn read(connection: &Connection, seq: i64) -> Result<Committed, Error> {
    let mut select = connection.prepare_cached("SELECT payload FROM event WHERE seq = ?1")?;
    let payload: Vec<u8> = select.query_row([seq], |row| row.get(0))?;
    Committed::from_bytes(&payload)
}

/// The record that was committed under a caller's identity, if there is one.
pub(crate) fn find_command(connection: &Connection, id: Uuid) -> Result<Option<(i64, Committed)>, Error> {
    let mut select = connection.prepare_cached("SELECT seq, payload FROM event WHERE command_id = ?1")?;
    let found = select.query_row([Col(id)], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
    found.map(|(seq, payload)| Ok((seq, Committed::from_bytes(&payload)?))).transpose()
}

/// An event of an open document, with what the document came to.
pub(crate) struct Step {
    pub(crate) seq: i64,
    pub(crate) record: Committed,
    pub(crate) totals: Option<(Money, Money)>,
}

/// The later events of one entity, in order.
pub(crate) fn steps(connection: &Connection, entity: Uuid, after: i64) -> Result<Vec<Step>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT seq, payload, net_due, paid FROM event WHERE seq > ?1 AND entity_id = ?2 ORDER BY seq",
    )?;
    let mut rows = select.query(params![after, Col(entity)])?;
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        let payload: Vec<u8> = row.get(1)?;
        let net_due: Option<Money> = get(row, 2)?;
        let totals = net_due.zip(get(row, 3)?);
        steps.push(Step { seq: row.get(0)?, record: Committed::from_bytes(&payload)?, totals });
    }
    Ok(steps)
}
