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

use super::{Finding, Tampering, check, hold, receipts::Receipts};
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

/// Where a closed period stands: its event, the documents before and at its end, its identity.
type Place = (Option<i64>, i64, Option<i64>, Uuid);
/// Where the open period stands: its number, the documents before and at its end.
type Span = (i64, i64, Option<i64>);

pub(super) struct Rows<'a> {
    connection: &'a Connection,
    last_document: i64,
    /// The period that is open after the entries seen so far.
    period: Option<Period>,
    /// The least number of a period from here on.
    least_period: ClosureNumber,
    /// How many lives of the file were before the present one.
    earlier_lives: i64,
    receipts: Receipts,
}

impl<'a> Rows<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            last_document: 0,
            period: None,
            least_period: ClosureNumber(1),
            earlier_lives: 0,
            receipts: Receipts::default(),
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
        if let Some(period) = &self.period {
            self.receipts.of_entry(entry, period.number);
        }
        if let Some(closure) = entry.closure() {
            check!(self.closure(closure, entry.entity, seq, documents));
            self.last_document = documents;
            self.receipts.begin();
            self.receipts.begin_in_life(self.earlier_lives);
            let next = closure.next_period();
            self.period = Some(Period { number: next.number.max(self.least_period), ..next });
        }
        if let Event::EpochBegan { closes_as, .. } = &entry.event {
            self.earlier_lives += 1;
            self.receipts.begin_in_life(self.earlier_lives);
            if let Some(period) = self.period.as_mut().filter(|_| closes_as.is_some()) {
                period.closes_as = *closes_as;
            }
        }
        if let Event::PeriodLifted { next, closes_as } = &entry.event {
            self.lift(*next, *closes_as, documents);
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
                closes_as: None,
            });
        }
        Ok(Ok(()))
    }

    /// The open period keeps its number and closes under another one, or takes it where it has no document yet.
    fn lift(&mut self, next: ClosureNumber, closes_as: bool, documents: i64) {
        self.least_period = self.least_period.max(next);
        let is_blank = documents == self.last_document;
        let Some(period) = &mut self.period else { return };
        if closes_as {
            period.closes_as = Some(next);
        } else if is_blank {
            (period.number, period.closes_as) = (next, None);
            self.receipts.begin();
        }
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
        Ok(self.begins_at(closure.number(), first_receipt))
    }

    /// Whether the receipts of the period that was open so far begin where its documents do.
    fn begins_at(&self, closure: ClosureNumber, stored: i64) -> Result<(), Tampering> {
        match self.receipts.first() {
            Some(expected) if stored != i64::from(expected) => {
                Err(Tampering::FirstReceiptChanged { closure, stored, expected })
            }
            None if u32::try_from(stored).is_err() => Err(Tampering::ClosureChanged { closure }),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the numbers of the period that is open go on behind the last one that a document of it has.
    fn goes_on_behind(&self, closure: ClosureNumber) -> Finding {
        let sql = "SELECT max(receipt) FROM number WHERE closure = ?1";
        let stored: Option<i64> = self.connection.query_row(sql, [closure.0], |row| row.get(0))?;
        let expected = self.receipts.last();
        hold!(stored == expected.map(i64::from), Tampering::LastReceiptChanged { closure, stored, expected });
        Ok(Ok(()))
    }

    /// What must hold when every event was seen.
    pub(super) fn end(&self, closures: i64) -> Finding {
        let closed: i64 =
            self.connection
                .query_row("SELECT count(*) FROM closure WHERE seq IS NOT NULL", [], |row| row.get(0))?;
        let closure = self.period.as_ref().map_or(self.least_period, |period| period.number);
        let what = Tampering::ClosureChanged { closure };
        // The number stands in a column of its own, by which the period is closed.
        let sql = "SELECT number, after_document, last_document, first_receipt, period FROM closure WHERE seq IS NULL";
        let stored: Option<(Span, i64, Option<Period>)> = self
            .connection
            .query_row(sql, [], |row| {
                // One that cannot be read is not the one that is open.
                Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?, get_json(row, 4).ok()))
            })
            .optional()?;
        let Some((span, first_receipt, period)) = stored else { return Ok(Err(what)) };
        hold!(closed == closures && span == (i64::from(closure.0), self.last_document, None), what);
        hold!(period.is_some() && period == self.period, what);
        if let Err(what) = self.begins_at(closure, first_receipt) {
            return Ok(Err(what));
        }
        self.goes_on_behind(closure)
    }
}
