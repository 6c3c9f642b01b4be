//! Stock: what is stored is the fold of what the entries move, from what the till was made with.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};
use saleflex_core::{
    digest::Digest,
    ids::{PurchaseOrderId, StockCountId, TransferId},
    inventory::{
        Item, Level, Movement, Place, Stock, StockAct, count::StockCount, order::PurchaseOrder,
        transfer::Transfer,
    },
    journal::{Entry, Event, Opening, opening_stock},
};

use super::{Finding, Tampering, check, hold};
use crate::{
    error::Error,
    file::codec::Col,
    goods::stock::{self, MovementRecord, cost, papers},
};

pub(super) struct Goods<'a> {
    connection: &'a Connection,
    /// What the till was made with, if the levels and movements of now are right.
    opening: BTreeMap<Place, Opening>,
    opening_stock: Digest,
    levels: BTreeMap<Place, Level>,
    last: BTreeMap<Place, i64>,
    kept: BTreeSet<Item>,
    movements: i64,
    /// Pieces with numbers that moved, each as often as it did.
    pieces: i64,
    postings: i64,
    transfers: BTreeMap<TransferId, Transfer>,
    orders: BTreeMap<PurchaseOrderId, PurchaseOrder>,
    counts: BTreeMap<StockCountId, StockCount>,
}

impl<'a> Goods<'a> {
    pub(super) fn new(connection: &'a Connection) -> Result<Self, Error> {
        let opening = stock::opening(connection)?;
        let level = |opening: &Opening| Level { on_hand: opening.on_hand, ..Level::default() };
        let levels = opening.iter().map(|(place, opening)| (*place, level(opening)));
        Ok(Self {
            connection,
            levels: levels.collect(),
            kept: opening.keys().map(|place| place.item).collect(),
            opening,
            opening_stock: Digest::default(),
            last: BTreeMap::new(),
            movements: 0,
            pieces: 0,
            postings: 0,
            transfers: BTreeMap::new(),
            orders: BTreeMap::new(),
            counts: BTreeMap::new(),
        })
    }

    /// Follows an entry, and compares the rows it left.
    pub(super) fn of_entry(&mut self, entry: &Entry, seq: i64) -> Finding {
        if let Event::TillCreated { opening_stock, .. } = &entry.event {
            self.opening_stock = *opening_stock;
        }
        let effects = &entry.effects;
        let mut line = 0;
        if let Some(counter) = effects.counter {
            for movement in &effects.stock {
                let movement = movement.at(counter, Stock::ZERO);
                if self.kept.contains(&movement.item()) {
                    line += 1;
                    check!(self.movement(&movement, seq, line));
                }
            }
        }
        if let Some(posting) = effects.posting.as_deref() {
            let stored =
                "SELECT 1 FROM stock_posting WHERE seq = ?1 AND id = ?2 AND kind = ?3 AND counter = ?4";
            if let Some(number) = &posting.number {
                let key =
                    params![seq, Col(posting.id), crate::file::codec::Name(number.kind), number.counter];
                hold!(self.connection.prepare_cached(stored)?.exists(key)?, Tampering::StockChanged);
                self.postings += 1;
            }
            for movement in &posting.movements {
                line += 1;
                check!(self.movement(movement, seq, line));
            }
        }
        if let Event::Stock(act) = &entry.event {
            self.paper(act);
        }
        Ok(Ok(()))
    }

    /// The next stored movement is this one, and leads on from where the one before at its place stopped.
    fn movement(&mut self, movement: &Movement, seq: i64, line: i64) -> Finding {
        self.movements += 1;
        let no = self.movements;
        let place = movement.place;
        let level = self.levels.entry(place).or_default();
        level.fold(movement);
        let expected = MovementRecord {
            no,
            seq,
            place,
            kind: movement.kind,
            change: movement.change,
            after: level.figure(movement.kind),
            batch: movement.batch.as_ref().map(|batch| batch.no.clone()),
            unit_cost: movement.unit_cost,
        };
        let previous = self.last.insert(place, no);
        self.kept.insert(place.item);
        let stored = stock::movement(self.connection, no)?;
        hold!(stored == Some((expected, previous, line)), Tampering::StockChanged);
        let serials: BTreeSet<_> = movement.serials.iter().collect();
        for serial in serials {
            hold!(stock::has_moved(self.connection, serial, no)?, Tampering::StockChanged);
            self.pieces += 1;
        }
        Ok(Ok(()))
    }

    fn paper(&mut self, act: &StockAct) {
        if let Some(transfer) = act.transfer() {
            self.transfers.insert(transfer.id, transfer.clone());
        } else if let Some(order) = act.order() {
            self.orders.insert(order.id, order.clone());
        } else if let StockAct::CountOpened(count) = act {
            self.counts.insert(count.id, count.clone());
        } else if let StockAct::Count { count, step } = act
            && let Some(count) = self.counts.get_mut(count)
        {
            count.apply(step);
        }
    }

    /// What must hold when every event was seen.
    pub(super) fn end(&self) -> Finding {
        let count = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let rows =
            (count("SELECT count(*) FROM stock_movement")?, count("SELECT count(*) FROM stock_posting")?);
        hold!(rows == (self.movements, self.postings), Tampering::StockChanged);
        hold!(opening_stock(&self.opening) == self.opening_stock, Tampering::StockChanged);
        let stored = stock::all(self.connection)?;
        hold!(stored.len() == self.levels.len(), Tampering::StockChanged);
        for (place, level) in stored {
            let folded = self.levels.get(&place);
            let figures = folded.map(|level| (level.on_hand, level.reserved, level.damaged, level.totals));
            let is_right = figures == Some((level.on_hand, level.reserved, level.damaged, level.totals));
            hold!(is_right, Tampering::StockChanged);
            let last = stock::last_movement(self.connection, place)?;
            hold!(last == self.last.get(&place).copied(), Tampering::StockChanged);
        }
        check!(self.pieces());
        check!(self.costs());
        self.papers()
    }

    /// Batches and pieces with numbers.
    fn pieces(&self) -> Finding {
        let count = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (mut batches, mut serials) = (0, 0);
        for (place, level) in &self.levels {
            batches += whole(level.batches.len());
            serials += whole(level.serials.len());
            if !level.batches.is_empty() || !level.serials.is_empty() {
                let stored = stock::level(self.connection, *place)?;
                hold!(stored.as_ref() == Some(level), Tampering::StockChanged);
            }
        }
        let rows = (count("SELECT count(*) FROM stock_batch")?, count("SELECT count(*) FROM stock_serial")?);
        hold!(rows == (batches, serials), Tampering::StockChanged);
        let moved = count("SELECT count(*) FROM stock_serial_movement")?;
        hold!(moved == self.pieces, Tampering::StockChanged);
        Ok(Ok(()))
    }

    /// What items are worth is the fold of their movements.
    fn costs(&self) -> Finding {
        for (item, kept) in cost::all_kept(self.connection)? {
            let costing = kept.valuation.costing();
            let folded = cost::from_the_start(self.connection, item, costing, kept.as_of)?;
            hold!(folded == Some(kept.valuation), Tampering::StockChanged);
        }
        Ok(Ok(()))
    }

    fn papers(&self) -> Finding {
        let transfers: BTreeMap<_, _> = papers::transfers(self.connection, false)?
            .into_iter()
            .map(|(_, transfer)| (transfer.id, transfer))
            .collect();
        hold!(transfers == self.transfers, Tampering::StockPaperChanged);
        let open = papers::transfers(self.connection, true)?.len();
        let expected = self.transfers.values().filter(|transfer| !transfer.is_done()).count();
        hold!(open == expected, Tampering::StockPaperChanged);
        let orders = papers::orders(self.connection, false)?.into_iter().map(|order| (order.id, order));
        hold!(orders.collect::<BTreeMap<_, _>>() == self.orders, Tampering::StockPaperChanged);
        hold!(papers::counts(self.connection)?.len() == self.counts.len(), Tampering::StockPaperChanged);
        for (id, count) in &self.counts {
            hold!(papers::count(self.connection, *id)?.as_ref() == Some(count), Tampering::StockPaperChanged);
        }
        Ok(Ok(()))
    }
}
