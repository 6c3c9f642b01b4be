//! Points that somebody else keeps: what is known of them here, what they hold for documents, what they are to be told.
//!
//! Nothing of it is history: it is what was heard last. What was earned and redeemed stands in the ledger.

use rusqlite::{Connection, OptionalExtension, params};
use saleflex_core::{
    ids::{CustomerId, DocumentId, ProgramId},
    loyalty::{Cause, LedgerRow, Membership, PointsKind, Standing},
    quantity::Points,
};

use crate::{
    error::Error,
    file::codec::{Col, Name, get},
};

/// What the keeper said of a member last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// The balance; none where nobody is known there.
    pub(crate) balance: Option<Points>,
    /// What may be spent, without what the keeper holds.
    pub(crate) available: Option<Points>,
    /// The code of the tier; none where it says none.
    pub(crate) tier: Option<String>,
    /// The end of the journal then, or when that one began to keep them.
    pub(crate) at: i64,
}

/// What was heard of a member last; nothing where nobody was asked.
pub(crate) fn heard(connection: &Connection, customer: CustomerId) -> Result<Heard, Error> {
    let mut select = connection
        .prepare_cached("SELECT balance, available, heard, tier FROM points_elsewhere WHERE customer = ?1")?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Heard { balance: get(row, 0)?, available: get(row, 1)?, at: row.get(2)?, tier: row.get(3)? })
    };
    Ok(select.query_row([Col(customer)], read).optional()?.unwrap_or_default())
}

/// Keeps what the keeper says of a member; none: nobody is known there. `at` is the end of the journal. What it held for
/// documents that are finished by then is in what it says. A tier is said by an answer to a look-up alone, and stays until
/// another is.
pub(crate) fn hear(
    connection: &Connection,
    customer: CustomerId,
    standing: Option<&Standing>,
    at: i64,
) -> Result<(), Error> {
    let points = standing.map(|standing| (Col(standing.balance), Col(standing.available))).unzip();
    let tier = standing.and_then(|standing| standing.tier.as_deref());
    connection
        .prepare_cached(
            "INSERT INTO points_elsewhere (customer, balance, available, heard, tier) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (customer) DO UPDATE SET balance = excluded.balance, available = excluded.available, \
             heard = excluded.heard, tier = coalesce(excluded.tier, tier)",
        )?
        .execute(params![Col(customer), points.0, points.1, at, tier])?;
    connection
        .prepare_cached(
            "DELETE FROM points_leave WHERE customer = ?1 AND document IN (SELECT id FROM document)",
        )?
        .execute([Col(customer)])?;
    Ok(())
}

/// How many points the keeper holds for a document.
pub(crate) fn leave(connection: &Connection, document: DocumentId) -> Result<Points, Error> {
    let mut select = connection.prepare_cached("SELECT points FROM points_leave WHERE document = ?1")?;
    Ok(select.query_row([Col(document)], |row| get(row, 0)).optional()?.unwrap_or_default())
}

/// The keeper holds so many points for a document, instead of those it held before; nothing: none any more.
pub(crate) fn set_leave(
    connection: &Connection,
    document: DocumentId,
    customer: CustomerId,
    points: Points,
) -> Result<(), Error> {
    if !points.is_positive() {
        connection
            .prepare_cached("DELETE FROM points_leave WHERE document = ?1")?
            .execute([Col(document)])?;
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO points_leave (document, customer, points) VALUES (?1, ?2, ?3) \
             ON CONFLICT (document) DO UPDATE SET customer = excluded.customer, points = excluded.points",
        )?
        .execute(params![Col(document), Col(customer), Col(points)])?;
    Ok(())
}

/// What a member's documents redeemed here in entries after one, without the keeper's leave.
pub(crate) fn redeemed_since(
    connection: &Connection,
    customer: CustomerId,
    seq: i64,
) -> Result<Points, Error> {
    let mut select = connection
        .prepare_cached("SELECT entry FROM points_entry WHERE customer = ?1 AND kind = ?2 AND seq > ?3")?;
    let rows = select.query_map(params![Col(customer), Name(PointsKind::Redeemed), seq], |row| {
        crate::file::codec::get_json::<LedgerRow>(row, 0)
    })?;
    let mut redeemed = Points::ZERO;
    for row in rows {
        let row = row?;
        let Cause::Sale { document } = row.cause else { continue };
        if leave(connection, document)? == Points::ZERO {
            redeemed = redeemed - row.points;
        }
    }
    Ok(redeemed)
}

/// What a member's documents hold without the keeper's leave, but for one of them where it is named.
pub(crate) fn held_beside(
    connection: &Connection,
    member: &Membership,
    document: Option<DocumentId>,
) -> Result<Points, Error> {
    let mut held = Points::ZERO;
    for (other, points) in member.holds.iter().filter(|(other, _)| Some(**other) != document) {
        held = held + (*points - leave(connection, *other)?).or_zero();
    }
    Ok(held)
}

/// Follows a row of the ledger, so that what was heard stays true until it is heard anew. What the keeper holds for a
/// sale is off what may be spent already.
pub(super) fn follow(connection: &Connection, row: &LedgerRow) -> Result<(), Error> {
    let mut update = connection.prepare_cached(
        "UPDATE points_elsewhere SET balance = balance + ?2, available = available + ?3 WHERE customer = ?1",
    )?;
    let is_held = if let (PointsKind::Redeemed, Cause::Sale { document }) = (row.kind, row.cause) {
        !leave(connection, document)?.is_zero()
    } else {
        false
    };
    let spendable = if is_held { Points::ZERO } else { row.points };
    update.execute(params![Col(row.customer), Col(row.points), Col(spendable)])?;
    Ok(())
}

/// The keeper is to be told of completed documents.
pub(crate) fn queue(connection: &Connection, seq: i64, documents: &[DocumentId]) -> Result<(), Error> {
    for document in documents {
        connection
            .prepare_cached("INSERT OR IGNORE INTO points_untold (document, seq) VALUES (?1, ?2)")?
            .execute(params![Col(*document), seq])?;
    }
    Ok(())
}

/// The documents that the keeper is to be told of, in order, with their entries.
pub(crate) fn untold(connection: &Connection) -> Result<Vec<(DocumentId, i64)>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT document, seq FROM points_untold WHERE refused IS NULL ORDER BY seq, document",
    )?;
    let untold = select.query_map([], |row| Ok((get(row, 0)?, row.get(1)?)))?;
    Ok(untold.collect::<Result<_, _>>()?)
}

/// The keeper was told of a document, or would not hear of it.
pub(crate) fn told(
    connection: &Connection,
    document: DocumentId,
    refused: Option<&str>,
) -> Result<(), Error> {
    let sql = match refused {
        Some(_) => "UPDATE points_untold SET refused = ?2 WHERE document = ?1",
        None => "DELETE FROM points_untold WHERE document = ?1 AND ?2 IS NULL",
    };
    connection.prepare_cached(sql)?.execute(params![Col(document), refused])?;
    Ok(())
}

/// What was heard counts no longer: the points of a program may be kept by somebody else now. When it was heard stays: what
/// was redeemed since is known to nobody but the till.
pub(crate) fn forget(connection: &Connection) -> Result<(), Error> {
    connection.execute("UPDATE points_elsewhere SET balance = NULL, available = NULL, tier = NULL", [])?;
    Ok(())
}

/// Two records are one person: what was heard of the survivor may count the points of both already, or of one, which nobody here
/// can tell. It is as if nobody had been asked, but for the tier and for what was redeemed since.
pub(crate) fn make_one(
    connection: &Connection,
    survivor: CustomerId,
    absorbed: CustomerId,
) -> Result<(), Error> {
    connection.execute("DELETE FROM points_elsewhere WHERE customer = ?1", [Col(absorbed)])?;
    // Nothing is open for which points of a record are held that is merged: what is left is of what was completed.
    connection.execute("DELETE FROM points_leave WHERE customer = ?1", [Col(absorbed)])?;
    connection.execute(
        "UPDATE points_elsewhere SET balance = NULL, available = NULL WHERE customer = ?1",
        [Col(survivor)],
    )?;
    Ok(())
}

/// Somebody else keeps the points of a program from the end of the journal on. What its members redeemed until then was
/// redeemed of what the till kept itself.
pub(super) fn begin(connection: &Connection, program: ProgramId) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO points_elsewhere (customer, heard) \
         SELECT customer, (SELECT coalesce(max(seq), 0) FROM event) FROM membership WHERE program = ?1 \
         ON CONFLICT (customer) DO UPDATE SET heard = excluded.heard",
        [Col(program)],
    )?;
    Ok(())
}

/// Another life of the file begins: what is to be told is told by the one it was copied from.
pub(crate) fn live_on(connection: &Connection) -> Result<(), Error> {
    forget(connection)?;
    connection.execute("DELETE FROM points_leave", [])?;
    connection.execute("DELETE FROM points_untold", [])?;
    Ok(())
}
