//! What came from a hub and waits to be taken over, and where the till is in the hub's changes.
//!
//! [`Inbox`] is the receiver's side: it has a connection of its own, like [`crate::exchange::outbox::Outbox`]. A page and its
//! cursor are kept in one transaction; the till takes over what waits with [`crate::Till::take_over`], between two
//! documents. **Invariant:** of two states of a row the one with the higher version stays, in whatever order they
//! come, and no row is passed over: one that does not fit stays with the reason.

use std::{collections::BTreeMap, fs::File, sync::Arc};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use saleflex_core::ids::ProductId;
use uuid::Uuid;

use crate::{
    error::Error,
    exchange::quotas::{self, Granted, QuotaPolicy},
    file::codec::{Col, get},
};

mod message;

pub use self::message::Message;
pub(crate) use self::message::{mark_read, unread};

/// A row as a hub sent it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PulledRow {
    /// The table of the hub that it is a row of.
    pub resource: String,
    /// The identity it has at the hub.
    pub id: Uuid,
    /// Rises with each change of it.
    pub version: u64,
    /// Whether it is gone.
    pub is_deleted: bool,
    /// Whether the till has what it said when it was taken over last. A page that comes says nothing of that.
    pub was_taken: bool,
    /// The barcode that the till took of it last, where it is a row of one. A page that comes says nothing of that.
    pub taken_as: Option<String>,
    /// Why it did not fit when it was tried last. A page that comes says nothing of that.
    pub held_for: Option<String>,
    /// The fields, a JSON object as it came.
    pub fields: String,
}

/// A page of changes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PulledPage {
    /// The rows, in the hub's order.
    pub rows: Vec<PulledRow>,
    /// Where the next page starts.
    pub cursor: String,
    /// Whether there is one already.
    pub has_more: bool,
    /// Who decides in which domain, in the words of the wire, in the place of what the hub said before; none: it said
    /// nothing.
    pub authority: Option<BTreeMap<String, String>>,
}

/// Where a till is in the changes of a hub.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PullState {
    /// The place; none before the first page.
    pub cursor: Option<String>,
    /// When the last page came.
    pub pulled_at: Option<DateTime<Utc>>,
    /// Rows that wait to be taken over.
    pub waiting: u64,
    /// Those of them that did not fit when it was tried.
    pub held: u64,
    /// Who decides in which domain, as the hub said last, in the words of the wire.
    pub authority: BTreeMap<String, String>,
}

/// What rows say that no till takes over: a row that changed in nothing else is no news, and what people of the till changed
/// since stays as it is.
const SILENT: &str = "'$.updated_at', '$.sms_consent', '$.sms_consent_at', '$.email_consent', '$.email_consent_at', \
                      '$.marketing_consent', '$.marketing_consent_at', '$.changed_at'";

/// What came for one connector. It may live in another thread than the till.
#[derive(Debug)]
pub struct Inbox {
    connector: String,
    connection: Connection,
    _lock: Arc<File>,
}

impl Inbox {
    pub(crate) const fn new(connector: String, connection: Connection, lock: Arc<File>) -> Self {
        Self { connector, connection, _lock: lock }
    }

    /// Where the till is.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn state(&self) -> Result<PullState, Error> {
        state(&self.connection, &self.connector)
    }

    /// Keeps a page with its cursor and with who decides, in one transaction: no row waits under what the hub said
    /// earlier. The same page again changes nothing, and a row that changed in nothing that tills take over is not taken
    /// again. With the last page of a snapshot every row that the snapshot did not hold is gone, but for people: tills know
    /// them first, hubs keep for good whom they put away, and one whose books were put back has yet to hear of them again.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn keep(&mut self, now: DateTime<Utc>, page: &PulledPage) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute("INSERT OR IGNORE INTO pull (connector) VALUES (?1)", [&self.connector])?;
        let (snapshots, is_snapshot): (i64, bool) = transaction.query_row(
            "SELECT snapshots, is_snapshot FROM pull WHERE connector = ?1",
            [&self.connector],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut upsert = transaction.prepare_cached(&format!(
            "INSERT INTO inbox (connector, resource, id, version, is_deleted, fields, seen_in) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (connector, resource, id) DO UPDATE SET \
             seen_in = excluded.seen_in, \
             is_taken = CASE WHEN excluded.version > version \
             AND (json_remove(excluded.fields, {SILENT}), excluded.is_deleted) \
             <> (json_remove(fields, {SILENT}), is_deleted) THEN 0 ELSE is_taken END, \
             held_for = CASE WHEN excluded.version > version THEN NULL ELSE held_for END, \
             is_deleted = CASE WHEN excluded.version > version THEN excluded.is_deleted ELSE is_deleted END, \
             fields = CASE WHEN excluded.version > version THEN excluded.fields ELSE fields END, \
             version = max(version, excluded.version)",
        ))?;
        for row in &page.rows {
            let version = i64::try_from(row.version).unwrap_or(i64::MAX);
            upsert.execute(params![
                self.connector,
                row.resource,
                Col(row.id),
                version,
                row.is_deleted,
                row.fields,
                snapshots
            ])?;
        }
        drop(upsert);
        // A hub that has not heard yet that a person was erased here is not listened to: nothing of them is kept.
        transaction.execute(
            "UPDATE inbox SET fields = '{}', is_taken = 1, held_for = NULL WHERE connector = ?1 \
             AND resource = 'customers' AND is_taken = 0 \
             AND id IN (SELECT id FROM customer WHERE standing LIKE '{\"erased\"%')",
            [&self.connector],
        )?;
        let is_whole = is_snapshot && !page.has_more;
        if is_whole {
            transaction.execute(
                "UPDATE inbox SET is_deleted = 1, is_taken = 0, held_for = NULL \
                 WHERE connector = ?1 AND seen_in < ?2 AND is_deleted = 0 AND resource <> 'customers'",
                params![self.connector, snapshots],
            )?;
        }
        let authority = page.authority.as_ref().and_then(|told| serde_json::to_string(told).ok());
        transaction.execute(
            "UPDATE pull SET cursor = ?2, pulled_at = ?3, is_snapshot = ?4, authority = coalesce(?5, authority) \
             WHERE connector = ?1",
            params![self.connector, page.cursor, Col(now), is_snapshot && !is_whole, authority],
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Forgets the place: the next page is the first of a snapshot. What is known stays until the snapshot is whole, and
    /// counts as older than anything in it: a hub that was restored counts its versions from before.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn start_over(&mut self) -> Result<(), Error> {
        let transaction = self.connection.transaction()?;
        transaction.execute(
            "UPDATE pull SET cursor = NULL, is_snapshot = 1, snapshots = snapshots + 1 WHERE connector = ?1",
            [&self.connector],
        )?;
        transaction.execute("UPDATE inbox SET version = 0 WHERE connector = ?1", [&self.connector])?;
        transaction.commit()?;
        Ok(())
    }

    /// What to ask the hub of shares of limits.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn quotas(&mut self) -> Result<quotas::Request, Error> {
        quotas::asked(&mut self.connection, &self.connector)
    }

    /// Whether the hub must hear of a share before the usual time.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn quotas_wait(&self) -> Result<bool, Error> {
        quotas::waits(&self.connection, &self.connector)
    }

    /// Whether something is left of a share.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn holds_shares(&self) -> Result<bool, Error> {
        quotas::holds(&self.connection, &self.connector)
    }

    /// Keeps what the hub granted on a request, and what it wants of a till without a share.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn keep_quotas(
        &mut self,
        now: DateTime<Utc>,
        (request, policy): (&quotas::Request, QuotaPolicy),
        granted: &[Granted],
    ) -> Result<(), Error> {
        let to = (self.connector.as_str(), now);
        quotas::keep(&mut self.connection, to, (request, policy), granted)
    }

    /// Keeps messages that are not known yet; answers how many.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn keep_messages(&mut self, messages: &[Message]) -> Result<u64, Error> {
        message::keep(&mut self.connection, messages)
    }

    /// Messages that somebody has read and the hub does not know it yet.
    ///
    /// # Errors
    /// [`Error::Database`] when the file cannot be read.
    pub fn read_messages(&self) -> Result<Vec<Uuid>, Error> {
        message::unreported(&self.connection)
    }

    /// The hub knows that a message was read.
    ///
    /// # Errors
    /// [`Error::DiskFull`] or [`Error::Database`] when the file cannot be written.
    pub fn message_reported(&mut self, id: Uuid) -> Result<(), Error> {
        message::reported(&self.connection, id)
    }
}

/// Where a till is in the changes of a hub.
pub(crate) fn state(connection: &Connection, connector: &str) -> Result<PullState, Error> {
    let place = connection
        .query_row("SELECT cursor, pulled_at, authority FROM pull WHERE connector = ?1", [connector], |row| {
            Ok((row.get(0)?, get(row, 1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    let (cursor, pulled_at, authority) = place.unwrap_or_default();
    // What is no map was not written by this program: the hub says it again with every page.
    let authority = serde_json::from_str(&authority).unwrap_or_default();
    let waiting = "SELECT count(*), count(held_for) FROM inbox WHERE connector = ?1 AND is_taken = 0";
    let (waiting, held): (i64, i64) =
        connection.query_row(waiting, [connector], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let [waiting, held] = [waiting, held].map(|count| u64::try_from(count).unwrap_or_default());
    Ok(PullState { cursor, pulled_at, waiting, held, authority })
}

/// A row that did not fit when it was tried, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeldRow {
    /// The table of the hub that it is a row of.
    pub resource: String,
    /// The identity it has at the hub.
    pub id: Uuid,
    /// Why it has to wait.
    pub held_for: String,
}

/// At most so many rows that did not fit.
pub(crate) fn held(connection: &Connection, connector: &str, limit: u32) -> Result<Vec<HeldRow>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT resource, id, held_for FROM inbox WHERE connector = ?1 AND is_taken = 0 \
         AND held_for IS NOT NULL ORDER BY resource, id LIMIT ?2",
    )?;
    let rows = select.query_map(params![connector, limit], |row| {
        Ok(HeldRow { resource: row.get(0)?, id: get(row, 1)?, held_for: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

const ROWS: &str = "SELECT resource, id, version, is_deleted, fields, was_taken, held_for, taken_as FROM inbox \
                    WHERE connector = ?1 AND resource = ?2";

/// The rows of a resource.
pub(crate) fn rows(
    connection: &Connection,
    connector: &str,
    resource: &str,
) -> Result<Vec<PulledRow>, Error> {
    let mut select = connection.prepare_cached(ROWS)?;
    let rows = select.query_map(params![connector, resource], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Those of them that wait, the ones that did not fit before behind the others.
pub(crate) fn waiting(
    connection: &Connection,
    connector: &str,
    resource: &str,
    most: usize,
) -> Result<Vec<PulledRow>, Error> {
    let sql = format!("{ROWS} AND is_taken = 0 ORDER BY held_for IS NOT NULL, version LIMIT ?3");
    let mut select = connection.prepare_cached(&sql)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = select.query_map(params![connector, resource, most], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows that wait and say no more than that somebody was erased, in the same order.
pub(crate) fn waiting_erasures(
    connection: &Connection,
    connector: &str,
    most: usize,
) -> Result<Vec<PulledRow>, Error> {
    let sql = format!(
        "{ROWS} AND is_taken = 0 AND is_deleted = 1 AND fields LIKE '%\"is_erased\":true%' \
         ORDER BY held_for IS NOT NULL, version LIMIT ?3"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = select.query_map(params![connector, "customers", most], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<PulledRow> {
    Ok(PulledRow {
        resource: row.get(0)?,
        id: get(row, 1)?,
        version: u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default(),
        is_deleted: row.get(3)?,
        fields: row.get(4)?,
        was_taken: row.get(5)?,
        held_for: row.get(6)?,
        taken_as: row.get(7)?,
    })
}

/// The rows of barcodes.
pub(crate) const BARCODES: &str = "product_barcodes";

/// What barcodes of products were before, as the hubs say of those that the till has.
pub(crate) fn old_barcodes(connection: &Connection) -> Result<BTreeMap<ProductId, Vec<String>>, Error> {
    // In the words of the index: what hubs say of most barcodes is not looked at.
    let mut select = connection.prepare_cached(
        "SELECT CAST(json_extract(fields, '$.fk_product_id') AS TEXT), \
         CAST(json_extract(fields, '$.old_barcode') AS TEXT) FROM inbox \
         WHERE resource = 'product_barcodes' AND json_extract(fields, '$.old_barcode') <> '' \
         AND is_taken AND NOT is_deleted ORDER BY connector, id",
    )?;
    let mut rows = select.query([])?;
    let mut old: BTreeMap<ProductId, Vec<String>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (product, barcode): (Option<String>, String) = (row.get(0)?, row.get(1)?);
        let product = product.and_then(|id| Uuid::parse_str(id.trim()).ok());
        // An older hub writes nothing as `None`.
        let barcode = Some(barcode.trim()).filter(|text| !text.is_empty() && *text != "None");
        if let Some((product, barcode)) = product.zip(barcode) {
            old.entry(ProductId::new(product)).or_default().push(barcode.to_owned());
        }
    }
    Ok(old)
}

/// What became of a row that waited.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Taken {
    /// The table of the hub that it is a row of.
    pub resource: String,
    /// The identity it has at the hub.
    pub id: Uuid,
    /// The version that was looked at: one that came meanwhile waits on.
    pub version: u64,
    /// Why it has to wait on; none: it is taken over, or nothing of it concerns the till.
    pub held_for: Option<String>,
}

/// Notes what became of rows.
pub(crate) fn mark(connection: &Connection, connector: &str, taken: &[Taken]) -> Result<(), Error> {
    let mut update = connection.prepare_cached(
        "UPDATE inbox SET is_taken = ?5 IS NULL, held_for = ?5, \
         was_taken = CASE WHEN ?5 IS NULL THEN NOT is_deleted ELSE was_taken END, \
         taken_as = CASE WHEN ?5 IS NOT NULL THEN taken_as \
         WHEN resource = 'product_barcodes' AND NOT is_deleted THEN json_extract(fields, '$.barcode') END \
         WHERE connector = ?1 AND resource = ?2 AND id = ?3 AND version = ?4",
    )?;
    for row in taken {
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        update.execute(params![connector, row.resource, Col(row.id), version, row.held_for])?;
    }
    Ok(())
}
