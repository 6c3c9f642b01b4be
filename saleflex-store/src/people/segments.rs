//! Segments on disk: which there are, who is in them, and what they ask about customers.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    customer::segment::{Roster, Segment, SegmentChange, SegmentMember},
    ids::{CustomerId, SegmentId},
};

use crate::{
    error::Error,
    file::codec::{Col, Json, get, get_json},
};

mod facts;

pub(crate) use self::facts::Asker;

/// How many customers a criterion would gather.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SegmentCount {
    /// How many customers meet it.
    pub matching: u64,
    /// How many customers there are.
    pub of: u64,
}

/// The segments, in the order of lists.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Segment>, Error> {
    let mut select = connection.prepare("SELECT definition FROM segment")?;
    let segments = select.query_map([], |row| get_json::<Segment>(row, 0))?;
    let mut segments = segments.collect::<Result<Vec<_>, _>>()?;
    sort(&mut segments);
    Ok(segments)
}

/// Puts segments into the order of lists.
pub(crate) fn sort(segments: &mut [Segment]) {
    segments.sort_by(|one, other| {
        (one.display_order, &one.name, one.id).cmp(&(other.display_order, &other.name, other.id))
    });
}

pub(crate) fn put(connection: &Connection, segment: &Segment) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO segment (id, code, definition) VALUES (?1, ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, definition = excluded.definition",
        params![Col(segment.id), segment.code, Json(segment)],
    )?;
    Ok(())
}

/// The rows of a customer.
pub(crate) fn roster(connection: &Connection, customer: CustomerId) -> Result<Roster, Error> {
    let mut select =
        connection.prepare_cached("SELECT segment, state FROM segment_member WHERE customer = ?1")?;
    let rows = select.query_map([Col(customer)], |row| Ok((get(row, 0)?, get_json(row, 1)?)))?;
    Ok(Roster::from_rows(rows.collect::<Result<Vec<_>, _>>()?))
}

/// The rows of every customer.
pub(crate) fn rosters(connection: &Connection) -> Result<BTreeMap<CustomerId, Roster>, Error> {
    let mut select = connection.prepare("SELECT customer, segment, state FROM segment_member")?;
    let mut rows = select.query([])?;
    let mut read: BTreeMap<CustomerId, Vec<(SegmentId, SegmentMember)>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        read.entry(get(row, 0)?).or_default().push((get(row, 1)?, get_json(row, 2)?));
    }
    Ok(read.into_iter().map(|(customer, rows)| (customer, Roster::from_rows(rows))).collect())
}

/// Writes who joins and leaves.
pub(crate) fn write<'a>(
    connection: &Connection,
    changes: impl IntoIterator<Item = &'a SegmentChange>,
) -> Result<(), Error> {
    for change in changes {
        let (customer, segment) = (change.customer(), change.segment());
        let mut select = connection
            .prepare_cached("SELECT state FROM segment_member WHERE customer = ?1 AND segment = ?2")?;
        let known: Option<SegmentMember> =
            select.query_row(params![Col(customer), Col(segment)], |row| get_json(row, 0)).optional()?;
        let mut roster = Roster::from_rows(known.map(|row| (segment, row)));
        roster.apply(change);
        let Some(row) = roster.rows().get(&segment) else { continue };
        let mut upsert = connection.prepare_cached(
            "INSERT INTO segment_member (customer, segment, is_active, state) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (customer, segment) DO UPDATE SET is_active = excluded.is_active, state = excluded.state",
        )?;
        upsert.execute(params![Col(customer), Col(segment), row.is_active, Json(row)])?;
    }
    Ok(())
}

/// How many are in a segment, of the records in use.
pub(crate) fn count(connection: &Connection, segment: SegmentId) -> Result<u64, Error> {
    let sql = "SELECT count(*) FROM segment_member s JOIN customer c ON c.id = s.customer \
               WHERE s.segment = ?1 AND s.is_active AND c.standing = '\"live\"'";
    let members: i64 = connection.query_row(sql, [Col(segment)], |row| row.get(0))?;
    Ok(members.unsigned_abs())
}

/// Who is in a segment.
pub(crate) fn members(
    connection: &Connection,
    segment: SegmentId,
    limit: u32,
) -> Result<Vec<CustomerId>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT s.customer FROM segment_member s JOIN customer c ON c.id = s.customer \
         WHERE s.segment = ?1 AND s.is_active AND c.standing = '\"live\"' ORDER BY c.search LIMIT ?2",
    )?;
    let members = select.query_map(params![Col(segment), limit], |row| get(row, 0))?;
    Ok(members.collect::<Result<_, _>>()?)
}
