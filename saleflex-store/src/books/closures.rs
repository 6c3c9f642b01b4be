//! Periods: exactly one is open; a closed one never changes.

use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::{
    closure::{Closure, Copied, Period},
    ids::ClosureNumber,
    journal::Event,
};
use uuid::Uuid;

use crate::{
    books::{
        documents::{self, Span},
        journal,
        totals::Totals,
    },
    error::Error,
    file::codec::{Col, Json, get, get_json},
};

/// The open period, and where its documents and numbers begin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OpenPeriod {
    pub(crate) id: Uuid,
    pub(crate) period: Period,
    pub(crate) first_receipt: u32,
    pub(crate) after_document: i64,
}

impl OpenPeriod {
    /// Its documents so far.
    pub(crate) const fn span(&self) -> Span {
        Span { after: self.after_document, last: None }
    }

    pub(crate) fn write(&self, connection: &Connection) -> Result<(), Error> {
        connection.execute(
            "INSERT INTO closure (number, id, period, first_receipt, after_document) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                Col(self.period.number),
                Col(self.id),
                Json(&self.period),
                self.first_receipt,
                self.after_document
            ],
        )?;
        Ok(())
    }

    /// Marks it as closed by an event, with its last document.
    pub(crate) fn close(&self, connection: &Connection, seq: i64, last_document: i64) -> Result<(), Error> {
        connection.execute(
            "UPDATE closure SET seq = ?1, last_document = ?2 WHERE number = ?3",
            params![seq, last_document, Col(self.period.number)],
        )?;
        Ok(())
    }
}

/// More receipts than a period has: a till prints one in a second for a day.
const RECEIPTS_OF_A_LIFE: u32 = 100_000;
/// As many blocks as six digits hold; a file that is restored more often stays in the last one.
const MOST_COPIES: u32 = 9;

/// Where the receipts of a period begin in a life of the file, by how many lives were before: each of the first ten has a
/// block of numbers of its own, so that whatever became of the others, none gives out a number of theirs. Later ones
/// share the tenth block, and a hub flags a number that comes twice.
pub(crate) fn first_receipt(earlier_lives: i64) -> u32 {
    u32::try_from(earlier_lives).unwrap_or(MOST_COPIES).min(MOST_COPIES) * RECEIPTS_OF_A_LIFE + 1
}

/// The open period in another life of the file: its receipts are counted from here on, and its closure is another one
/// than the one that the file it was copied from will make, under another number.
pub(crate) fn live_on(connection: &Connection, open: &OpenPeriod) -> Result<(), Error> {
    let sql = "UPDATE closure SET id = ?1, first_receipt = ?2, period = ?3 WHERE seq IS NULL";
    connection.execute(sql, params![Col(open.id), open.first_receipt, Json(&open.period)])?;
    Ok(())
}

/// What of the documents of the open period was sold in each of the lives before the present one.
pub(crate) fn copied(connection: &Connection, open: &OpenPeriod) -> Result<Vec<Copied>, Error> {
    let mut select = connection.prepare_cached("SELECT id, first_seq FROM epoch ORDER BY no")?;
    let lives = select.query_map([], |row| Ok((get::<Uuid>(row, 0)?, row.get::<_, i64>(1)?)))?;
    let lives: Vec<(Uuid, i64)> = lives.collect::<Result<_, _>>()?;
    let mut copied = Vec::new();
    for ((epoch, first), (_, end)) in lives.iter().zip(lives.iter().skip(1)) {
        let sold = documents::finished_between(connection, *first, *end)?;
        let Some(last) = sold.last.filter(|last| *last > open.after_document.max(sold.after)) else {
            continue;
        };
        let part = Span { after: open.after_document.max(sold.after), last: Some(last) };
        let documents = last.unsigned_abs();
        copied.push(Copied { epoch: *epoch, documents, report: Totals::of(connection, part)?.report });
    }
    Ok(copied)
}

/// Numbers before this one were used in another life of the file.
pub(crate) fn keep_least(connection: &Connection, least: ClosureNumber) -> Result<(), Error> {
    connection.execute("UPDATE till SET least_period = ?1", [Col(least)])?;
    Ok(())
}

/// The least number that a period may have.
pub(crate) fn least(connection: &Connection) -> Result<ClosureNumber, Error> {
    Ok(connection.query_row("SELECT least_period FROM till", [], |row| get(row, 0))?)
}

/// Gives the open period another number.
pub(crate) fn renumber(connection: &Connection, period: &Period) -> Result<(), Error> {
    let sql = "UPDATE closure SET number = ?1, period = ?2 WHERE seq IS NULL";
    connection.execute(sql, params![Col(period.number), Json(period)])?;
    Ok(())
}

/// The open period; there is always one in a whole file.
pub(crate) fn open(connection: &Connection) -> Result<OpenPeriod, Error> {
    let sql = "SELECT id, period, first_receipt, after_document FROM closure WHERE seq IS NULL";
    Ok(connection.query_row(sql, [], |row| {
        Ok(OpenPeriod {
            id: get(row, 0)?,
            period: get_json(row, 1)?,
            first_receipt: row.get(2)?,
            after_document: row.get(3)?,
        })
    })?)
}

/// A closed period with its documents.
pub(crate) struct Closed {
    pub(crate) seq: i64,
    pub(crate) span: Span,
    pub(crate) number: ClosureNumber,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Closed> {
    let span = Span { after: row.get(1)?, last: row.get(2)? };
    Ok(Closed { seq: row.get(0)?, span, number: get(row, 3)? })
}

const CLOSED: &str = "SELECT seq, after_document, last_document, number FROM closure WHERE seq IS NOT NULL";

/// A closed period, by its number or by the one that it closed under.
pub(crate) fn closed(connection: &Connection, number: ClosureNumber) -> Result<Option<Closed>, Error> {
    let mut select = connection.prepare_cached(&format!("{CLOSED} AND number = ?1"))?;
    if let Some(closed) = select.query_row([Col(number)], read).optional()? {
        return Ok(Some(closed));
    }
    let sql = format!("{CLOSED} AND number < ?1 AND json_extract(period, '$.closes_as') = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([Col(number)], read).optional()?)
}

/// The closed period before another one.
pub(crate) fn before(connection: &Connection, number: ClosureNumber) -> Result<Option<Closed>, Error> {
    let mut select =
        connection.prepare_cached(&format!("{CLOSED} AND number < ?1 ORDER BY number DESC LIMIT 1"))?;
    Ok(select.query_row([Col(number)], read).optional()?)
}

/// Between which places of the journal the entries of a period stand: behind the first, up to the second.
pub(crate) fn entries_of(connection: &Connection, number: ClosureNumber) -> Result<(i64, i64), Error> {
    let mut select = connection.prepare_cached(
        "SELECT coalesce((SELECT max(seq) FROM closure WHERE number < ?1), 0), \
         coalesce((SELECT seq FROM closure WHERE number = ?1), ?2)",
    )?;
    Ok(select.query_row(params![Col(number), i64::MAX], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The closed periods behind so many of them, the latest first.
pub(crate) fn page(connection: &Connection, skip: u32, limit: u32) -> Result<Vec<Closed>, Error> {
    let mut select =
        connection.prepare_cached(&format!("{CLOSED} ORDER BY number DESC LIMIT ?1 OFFSET ?2"))?;
    let rows = select.query_map([limit, skip], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many periods began after the one of a number.
pub(crate) fn since(connection: &Connection, number: ClosureNumber) -> Result<u32, Error> {
    let sql = "SELECT count(*) FROM closure WHERE number > ?1";
    Ok(connection.query_row(sql, [Col(number)], |row| row.get(0))?)
}

/// The record of a closed period.
pub(crate) fn record(connection: &Connection, closed: &Closed) -> Result<Closure, Error> {
    let Event::PeriodClosed(closure) = journal::read(connection, closed.seq)?.event else {
        return Err(Error::Contradiction { seq: closed.seq });
    };
    Ok(*closure)
}
