//! Rows that events left behind in other tables.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;
use saleflex_core::{
    closure::{Closure, Period},
    digest::Digest,
    ids::{ClosureNumber, DocumentId, DocumentNumber, ProductId},
    inventory::StockMovement,
    journal::{Entry, Event, opening_stock},
    money::Money,
};
use uuid::Uuid;

use super::{Finding, Tampering, check, hold};
use crate::{
    codec::{Level, get, get_json, name_of},
    drafts,
    error::Error,
};

/// A movement as it is stored.
#[derive(Debug)]
struct Moved {
    no: i64,
    product: ProductId,
    kind: String,
    change: Decimal,
    after: Decimal,
    previous: Option<i64>,
}

/// What was last seen of a product's stock.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    last: i64,
    on_hand: Option<Decimal>,
    promised: Option<Decimal>,
    /// What was on the shelf when the till was made; none: no stock was kept.
    opening: Option<Decimal>,
}

/// An unfinished document as it is stored.
pub(super) struct StoredDraft {
    pub(super) slot: i64,
    pub(super) id: DocumentId,
    pub(super) root: Uuid,
    pub(super) snapshot: Option<Vec<u8>>,
}

pub(super) struct Rows<'a> {
    connection: &'a Connection,
    stock: HashMap<ProductId, Seen>,
    opening_stock: Digest,
    last_movement: i64,
    last_document: i64,
    /// The period that is open after the entries seen so far.
    period: Option<Period>,
    /// The least number of a period from here on.
    least_period: ClosureNumber,
}

impl<'a> Rows<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        let (stock, opening_stock) = (HashMap::new(), Digest::default());
        Self {
            connection,
            stock,
            opening_stock,
            last_movement: 0,
            last_document: 0,
            period: None,
            least_period: ClosureNumber(1),
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

    /// Compares what one event left in the tables of closures and stock.
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
        if let Event::TillCreated { store, terminal, currency, opening_stock, .. } = &entry.event {
            self.opening_stock = *opening_stock;
            self.period = Some(Period {
                number: entry.period,
                store: *store,
                terminal: *terminal,
                currency: *currency,
                opened_at: entry.at,
                opened_by: None,
                left_in_drawer: Money::ZERO,
                foreign_left: BTreeMap::new(),
            });
        }
        let moved = self.moved(seq)?;
        if let Event::StockSet { product, before, now, .. } = &entry.event {
            let seen = self.stock.entry(*product).or_default();
            if seen.on_hand.is_none() {
                (seen.on_hand, seen.opening) = (*before, *before);
            }
            hold!(seen.on_hand == *before, Tampering::StockChanged);
            let is_right = |one: &Moved| one.product == *product && one.kind == "set" && one.after == *now;
            hold!(moved.len() == 1 && moved.iter().all(is_right), Tampering::StockChanged);
        } else {
            check!(self.movements(&entry.effects.stock, &moved));
        }
        for one in &moved {
            check!(self.follow(one));
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

    fn moved(&self, seq: i64) -> Result<Vec<Moved>, Error> {
        // Movements lie in the order of their events, so the next ones are this event's or a later one's.
        let mut select = self.connection.prepare_cached(
            "SELECT no, product, kind, change, after, previous, seq FROM stock_movement WHERE no > ?1 \
             ORDER BY no",
        )?;
        let mut rows = select.query(params![self.last_movement])?;
        let mut moved = Vec::new();
        while let Some(row) = rows.next()? {
            if row.get::<_, i64>(6)? != seq {
                break;
            }
            moved.push(Moved {
                no: row.get(0)?,
                product: get(row, 1)?,
                kind: row.get(2)?,
                change: get::<Level>(row, 3)?.0,
                after: get::<Level>(row, 4)?.0,
                previous: row.get(5)?,
            });
        }
        Ok(moved)
    }

    /// The stored movements are those of the event, of products whose stock was kept then.
    fn movements(&self, of_event: &[StockMovement], moved: &[Moved]) -> Finding {
        let mut stored = moved.iter().peekable();
        for movement in of_event {
            let is_it = |one: &&Moved| one.product == movement.product && one.kind == name_of(&movement.kind);
            match stored.next_if(|one| is_it(one)) {
                Some(one) => hold!(one.change == movement.change, Tampering::StockChanged),
                None => hold!(!self.stock.contains_key(&movement.product), Tampering::StockChanged),
            }
        }
        hold!(stored.next().is_none(), Tampering::StockChanged);
        Ok(Ok(()))
    }

    /// A movement names the one before of its product and leads on from where that one stopped.
    fn follow(&mut self, one: &Moved) -> Finding {
        hold!(one.no == self.last_movement + 1, Tampering::StockChanged);
        self.last_movement = one.no;
        let is_reservation = matches!(one.kind.as_str(), "reserve" | "release");
        let seen = self.stock.entry(one.product).or_default();
        hold!(one.previous.unwrap_or_default() == seen.last, Tampering::StockChanged);
        let level = if is_reservation { &mut seen.promised } else { &mut seen.on_hand };
        let is_first = level.is_none();
        let before = level.unwrap_or(if is_reservation || one.kind == "set" {
            Decimal::ZERO
        } else {
            one.after - one.change
        });
        hold!(before + one.change == one.after, Tampering::StockChanged);
        *level = Some(one.after);
        if is_first && !is_reservation && one.kind != "set" {
            seen.opening = Some(before);
        }
        seen.last = one.no;
        Ok(Ok(()))
    }

    /// What must hold when every event was seen.
    pub(super) fn end(&self, closures: i64) -> Finding {
        let count = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let movements = count("SELECT count(*) FROM stock_movement")?;
        hold!(movements == self.last_movement, Tampering::StockChanged);
        let open = crate::closures::open(self.connection)?;
        let closed = count("SELECT count(*) FROM closure WHERE seq IS NOT NULL")?;
        let is_right = closed == closures
            && open.after_document == self.last_document
            && self.period.as_ref() == Some(&open.period);
        hold!(is_right, Tampering::ClosureChanged { closure: open.period.number });
        self.levels()
    }

    /// Every level is what the movements lead to, from what the till was made with.
    fn levels(&self) -> Finding {
        let mut opening = BTreeMap::new();
        let mut select =
            self.connection.prepare("SELECT product, on_hand, promised, last_movement FROM stock")?;
        let mut rows = select.query([])?;
        let mut moved = 0;
        while let Some(row) = rows.next()? {
            let product: ProductId = get(row, 0)?;
            let on_hand = get::<Level>(row, 1)?.0;
            let stored = (get::<Level>(row, 2)?.0, row.get::<_, Option<i64>>(3)?);
            let Some(seen) = self.stock.get(&product) else {
                hold!(stored == (Decimal::ZERO, None), Tampering::StockChanged);
                opening.insert(product, on_hand);
                continue;
            };
            moved += 1;
            hold!(seen.on_hand.is_none_or(|seen| seen == on_hand), Tampering::StockChanged);
            hold!(stored == (seen.promised.unwrap_or_default(), Some(seen.last)), Tampering::StockChanged);
            // Where only promises moved, the shelf is as it was.
            let first = if seen.on_hand.is_none() { Some(on_hand) } else { seen.opening };
            opening.extend(first.map(|level| (product, level)));
        }
        hold!(moved == self.stock.len(), Tampering::StockChanged);
        hold!(opening_stock(&opening) == self.opening_stock, Tampering::StockChanged);
        Ok(Ok(()))
    }
}
