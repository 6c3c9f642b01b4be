//! Rows that events left behind in other tables.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use saleflex_core::{
    closure::{Closure, Period},
    ids::{ClosureNumber, DocumentId, DocumentNumber},
    journal::{Entry, Event},
    money::Money,
};
use uuid::Uuid;

use super::{Finding, Tampering, check, hold};
use crate::{
    books::{closures, drafts},
    error::Error,
    file::codec::{get, get_json},
};

/// An unfinished document as it is stored.
pub(super) struct StoredDraft {
    pub(super) slot: i64,
    pub(super) id: DocumentId,
    pub(super) root: Uuid,
    pub(super) snapshot: Option<Vec<u8>>,
}

/// Where a closed period stands: its event, the documents before and at its end, its identity.
type Place = (Option<i64>, i64, Option<i64>, Uuid);

pub(super) struct Rows<'a> {
    connection: &'a Connection,
    last_document: i64,
    /// The period that is open after the entries seen so far.
    period: Option<Period>,
    /// The least number of a period from here on.
    least_period: ClosureNumber,
    /// How many lives of the file were before the present one.
    earlier_lives: i64,
    /// Where the receipts of the open period begin. Of a till's first period the journal does not say it.
    first_receipt: Option<u32>,
}

impl<'a> Rows<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            last_document: 0,
            period: None,
            least_period: ClosureNumber(1),
            earlier_lives: 0,
            first_receipt: None,
        }
    }

    pub(super) fn epoch(&self, no: i64) -> Result<Option<Uuid>, Error> {
        let mut select = self.connection.prepare_cached("SELECT id FROM epoch WHERE no = ?1")?;
        Ok(select.query_row([no], |row| get(row, 0)).optional()?)
    }

    pub(super) fn owner_of_number(&self, number: DocumentNumber) -> Result<Option<DocumentId>, Error> {
        drafts::document_of_number(self.connection, number.closure, number.receipt)
    }

    pub(super) fn drafts(&self) -> Result<Vec<StoredDraft>, Error> {
        let mut select = self.connection.prepare("SELECT slot, id, root, snapshot FROM draft")?;
        let drafts = select.query_map([], |row| {
            Ok(StoredDraft { slot: row.get(0)?, id: get(row, 1)?, root: get(row, 2)?, snapshot: row.get(3)? })
        })?;
        Ok(drafts.collect::<Result<_, _>>()?)
    }

    /// Compares what one event left in the table of closures.
    pub(super) fn of_event(&mut self, entry: &Entry, seq: i64, documents: i64) -> Finding {
        if let Some(closure) = entry.closure() {
            check!(self.closure(closure, entry.entity, seq, documents));
            self.last_document = documents;
            self.first_receipt = Some(closures::first_receipt(self.earlier_lives));
            let next = closure.next_period();
            self.period = Some(Period { number: next.number.max(self.least_period), ..next });
        }
        if let Event::EpochBegan { .. } = &entry.event {
            self.earlier_lives += 1;
            self.first_receipt = Some(closures::first_receipt(self.earlier_lives));
        }
        if let Event::PeriodLifted { next } = &entry.event {
            self.least_period = self.least_period.max(*next);
            if let Some(period) = self.period.as_mut().filter(|_| documents == self.last_document) {
                period.number = *next;
            }
        }
        if let Event::TillCreated { store, terminal, currency, .. } = &entry.event {
            self.period = Some(Period {
                number: entry.period,
                store: *store,
                terminal: *terminal,
                currency: *currency,
                opened_at: entry.at,
                opened_by: None,
                left_in_drawer: Money::ZERO,
                in_drawers: None,
                foreign_left: BTreeMap::new(),
            });
        }
        Ok(Ok(()))
    }

    fn closure(&self, closure: &Closure, id: Uuid, seq: i64, documents: i64) -> Finding {
        let what = Tampering::ClosureChanged { closure: closure.number() };
        let sql = "SELECT seq, after_document, last_document, id, first_receipt, period FROM closure \
                   WHERE number = ?1";
        let stored: Option<(Place, i64, Period)> = self
            .connection
            .query_row(sql, [closure.number().0], |row| {
                Ok(((row.get(0)?, row.get(1)?, row.get(2)?, get(row, 3)?), row.get(4)?, get_json(row, 5)?))
            })
            .optional()?;
        let Some((place, first_receipt, period)) = stored else { return Ok(Err(what)) };
        hold!(place == (Some(seq), self.last_document, Some(documents), id), what);
        hold!(period == closure.period && self.period.as_ref() == Some(&closure.period), what);
        hold!(self.begins_at(closure.number(), first_receipt)?, what);
        Ok(Ok(()))
    }

    /// Whether the receipts of the period that was open so far begin there. Those of a till's first period begin where its
    /// maker said, but no later than the first number that was given out.
    fn begins_at(&self, period: ClosureNumber, first_receipt: i64) -> Result<bool, Error> {
        if let Some(expected) = self.first_receipt {
            return Ok(first_receipt == i64::from(expected));
        }
        let sql = "SELECT min(receipt) FROM number WHERE closure = ?1";
        let given_out: Option<i64> = self.connection.query_row(sql, [period.0], |row| row.get(0))?;
        let is_number = u32::try_from(first_receipt).is_ok();
        Ok(is_number && given_out.is_none_or(|least| first_receipt <= least))
    }

    /// What must hold when every event was seen.
    pub(super) fn end(&self, closures: i64) -> Finding {
        let count = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let open = closures::open(self.connection)?;
        let closed = count("SELECT count(*) FROM closure WHERE seq IS NOT NULL")?;
        // It stands in a column of its own, by which it is closed.
        let number = count("SELECT number FROM closure WHERE seq IS NULL")?;
        let ended = count("SELECT count(last_document) FROM closure WHERE seq IS NULL")?;
        let is_right = closed == closures
            && ended == 0
            && number == i64::from(open.period.number.0)
            && open.after_document == self.last_document
            && self.period.as_ref() == Some(&open.period)
            && self.begins_at(open.period.number, open.first_receipt.into())?;
        hold!(is_right, Tampering::ClosureChanged { closure: open.period.number });
        Ok(Ok(()))
    }
}
