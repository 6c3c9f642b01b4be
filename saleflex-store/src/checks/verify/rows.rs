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
    books::drafts,
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

pub(super) struct Rows<'a> {
    connection: &'a Connection,
    last_document: i64,
    /// The period that is open after the entries seen so far.
    period: Option<Period>,
    /// The least number of a period from here on.
    least_period: ClosureNumber,
}

impl<'a> Rows<'a> {
    pub(super) const fn new(connection: &'a Connection) -> Self {
        Self { connection, last_document: 0, period: None, least_period: ClosureNumber(1) }
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
            check!(self.closure(closure, seq, documents));
            self.last_document = documents;
            let next = closure.next_period();
            self.period = Some(Period { number: next.number.max(self.least_period), ..next });
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
                began: Vec::new(),
                foreign_left: BTreeMap::new(),
            });
        }
        Ok(Ok(()))
    }

    fn closure(&self, closure: &Closure, seq: i64, documents: i64) -> Finding {
        let what = Tampering::ClosureChanged { closure: closure.number() };
        let sql = "SELECT seq, after_document, last_document, period FROM closure WHERE number = ?1";
        let stored = self
            .connection
            .query_row(sql, [closure.number().0], |row| {
                Ok(((row.get(0)?, row.get(1)?, row.get(2)?), get_json(row, 3)?))
            })
            .optional()?;
        let expected = (Some(seq), self.last_document, Some(documents));
        hold!(stored == Some((expected, closure.period.clone())), what);
        hold!(self.period.as_ref() == Some(&closure.period), what);
        Ok(Ok(()))
    }

    /// What must hold when every event was seen.
    pub(super) fn end(&self, closures: i64) -> Finding {
        let count = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let open = crate::books::closures::open(self.connection)?;
        let closed = count("SELECT count(*) FROM closure WHERE seq IS NOT NULL")?;
        let is_right = closed == closures
            && open.after_document == self.last_document
            && self.period.as_ref() == Some(&open.period);
        hold!(is_right, Tampering::ClosureChanged { closure: open.period.number });
        Ok(Ok(()))
    }
}
