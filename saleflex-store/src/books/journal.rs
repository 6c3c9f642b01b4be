//! The journal on disk: one row for each committed command, frozen bytes under a hash chain.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, ffi, params, params_from_iter, types::Value};
use saleflex_core::{
    digest::Digest,
    journal::{ChainHead, CommandMark, Entry, EventKind},
    money::Money,
};
use uuid::Uuid;

use crate::{
    error::Error,
    file::codec::{Col, Column, get, offset_min},
};

/// The columns that repeat the payload: kind, entity, revision, period, version, time, its offset, and the caller's
/// identity of the command.
pub(crate) fn columns(entry: &Entry, seq: i64) -> [Value; 8] {
    [
        Value::Text(entry.kind().name().to_owned()),
        entry.entity.to_value(),
        // What does not travel replaces nothing: its place tells what is later.
        Value::Integer(entry.revision().map_or(seq, i64::from)),
        entry.depends_on_closure().to_value(),
        Value::Integer(entry.schema.into()),
        entry.at.instant.to_value(),
        Value::Integer(offset_min(&entry.at)),
        entry.command.map(|command| command.id).to_value(),
    ]
}

/// Calls a function with each entry of a kind that was committed after an instant, in order.
pub(crate) fn for_each_since(
    connection: &Connection,
    (kind, since): (EventKind, DateTime<Utc>),
    mut visit: impl FnMut(&Entry),
) -> Result<(), Error> {
    let sql = "SELECT payload FROM event WHERE kind = ?1 AND created_at > ?2 ORDER BY seq";
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query(params![kind.name(), Col(since)])?;
    while let Some(row) = rows.next()? {
        let payload: Vec<u8> = row.get(0)?;
        visit(&Entry::from_bytes(&payload)?);
    }
    Ok(())
}

/// What the open document comes to: net due and paid. It stands beside the payload, to check a replay against.
pub(crate) type Totals = (Money, Money);

/// Appends an entry; answers the new end of the chain.
pub(crate) fn append(
    connection: &Connection,
    epoch: i64,
    head: &ChainHead,
    entry: &Entry,
    totals: Option<Totals>,
) -> Result<ChainHead, Error> {
    let payload = entry.to_bytes()?;
    let payload_hash = Digest::of(&payload);
    let head = head.then(&payload_hash);
    let mut insert = connection.prepare_cached(
        "INSERT INTO event (seq, epoch, payload, payload_hash, chain_hash, net_due, paid, kind, entity_id, \
         revision, depends_on_closure, schema_version, created_at, offset_min, command_id) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    let own = [
        Value::Integer(head.seq),
        Value::Integer(epoch),
        Value::Blob(payload),
        payload_hash.to_value(),
        head.link.to_value(),
        totals.map(|(net_due, _)| net_due).to_value(),
        totals.map(|(_, paid)| paid).to_value(),
    ];
    insert
        .execute(params_from_iter(own.into_iter().chain(columns(entry, head.seq))))
        .map_err(not_appended)?;
    Ok(head)
}

/// A place that is taken is one that another program wrote to, behind this one's back.
fn not_appended(cause: rusqlite::Error) -> Error {
    let is_taken =
        cause.sqlite_error().is_some_and(|failed| failed.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY);
    if is_taken { Error::Overtaken } else { cause.into() }
}

/// The end of the stored chain.
pub(crate) fn head(connection: &Connection) -> Result<ChainHead, Error> {
    let last = "SELECT seq, chain_hash FROM event ORDER BY seq DESC LIMIT 1";
    let head = connection.query_row(last, [], |row| Ok(ChainHead { seq: row.get(0)?, link: get(row, 1)? }));
    Ok(head.optional()?.unwrap_or_default())
}

/// The entry at a place of the journal.
pub(crate) fn read(connection: &Connection, seq: i64) -> Result<Entry, Error> {
    let mut select = connection.prepare_cached("SELECT payload FROM event WHERE seq = ?1")?;
    let payload: Vec<u8> = select.query_row([seq], |row| row.get(0))?;
    Ok(Entry::from_bytes(&payload)?)
}

/// The entry that was committed under a caller's identity, if there is one and it was the same command.
pub(crate) fn find_command(
    connection: &Connection,
    command: &CommandMark,
) -> Result<Option<(i64, Entry)>, Error> {
    let mut select = connection.prepare_cached("SELECT seq, payload FROM event WHERE command_id = ?1")?;
    let found = select.query_row([Col(command.id)], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)));
    let Some((seq, payload)) = found.optional()? else { return Ok(None) };
    let entry = Entry::from_bytes(&payload)?;
    if entry.command != Some(*command) {
        return Err(Error::IdentityReused { id: command.id, seq });
    }
    Ok(Some((seq, entry)))
}

/// The entries about one entity between two places, behind the first and up to the second, in order.
pub(crate) fn about(
    connection: &Connection,
    entity: Uuid,
    (after, last): (i64, i64),
) -> Result<Vec<Entry>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT payload FROM event WHERE seq > ?1 AND seq <= ?2 AND entity_id = ?3 ORDER BY seq",
    )?;
    let mut rows = select.query(params![after, last, Col(entity)])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(Entry::from_bytes(&row.get::<_, Vec<u8>>(0)?)?);
    }
    Ok(entries)
}

/// An entry about an open document, with what the document came to.
pub(crate) struct Step {
    pub(crate) seq: i64,
    pub(crate) entry: Entry,
    pub(crate) totals: Option<Totals>,
}

/// The later entries about one entity, in order.
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
        steps.push(Step { seq: row.get(0)?, entry: Entry::from_bytes(&payload)?, totals });
    }
    Ok(steps)
}
