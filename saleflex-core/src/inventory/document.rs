//! What a document moves: sold, brought back, promised. A fact, never refused.

use alloc::vec::Vec;

use super::{
    Batch, BatchNo, Book, Cause, Item, Level, Movement, MovementKind, Place, Posting, PostingNumber,
    SerialNo, Stock, pick,
};
use crate::{
    authority::Authority,
    ids::{DocumentId, LineNo, LocationId, PostingId},
    quantity::{Quantity, UnitPrice},
    time::Moment,
};

/// What a live line of a document moves. Lines that were voided, and lines without a product, move nothing and are
/// not given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LineMove {
    /// The line.
    pub line: LineNo,
    /// [`MovementKind::Sale`], [`Return`](MovementKind::Return), [`Purchase`](MovementKind::Purchase),
    /// [`Reserve`](MovementKind::Reserve) or [`Release`](MovementKind::Release).
    pub kind: MovementKind,
    /// What.
    pub item: Item,
    /// How much, in the stock unit; always above nothing.
    pub quantity: Quantity,
    /// Where, if not where the document sells from.
    pub location: Option<LocationId>,
    /// Of which batch, where that is known.
    pub batch: Option<BatchNo>,
    /// Which pieces.
    pub serials: Vec<SerialNo>,
    /// The sale that goods come back from.
    pub origin: Option<(DocumentId, LineNo)>,
    /// What one unit cost, of goods bought from a customer.
    pub unit_cost: Option<UnitPrice>,
}

/// What all lines of a document share.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentFacts {
    /// The document.
    pub document: DocumentId,
    /// A fresh id, or one derived from the document's so that doing it twice is told.
    pub posting: PostingId,
    /// The posting's number, where it gets one of its own.
    pub number: Option<PostingNumber>,
    /// Now.
    pub moment: Moment,
    /// By whose word.
    pub authority: Authority,
    /// Where it sells from ([`super::Sites::sales_location`]).
    pub location: LocationId,
}

/// Puts the movements of a document's lines together, in line order. What leaves without a named batch goes first
/// expired, first out; levels may fall below nothing.
pub fn post(book: &Book, lines: &[LineMove], facts: DocumentFacts) -> Posting {
    let mut levels = alloc::collections::BTreeMap::<Place, Level>::new();
    let mut movements = Vec::new();
    for line in lines {
        let place = Place { item: line.item, location: line.location.unwrap_or(facts.location) };
        let level = levels.entry(place).or_insert_with(|| book.level(place).cloned().unwrap_or_default());
        for movement in parts(level, place, line, &facts) {
            level.fold(&movement);
            movements.push(movement);
        }
    }
    let DocumentFacts { document, posting, number, moment, authority, .. } = facts;
    let cause = Cause::Document { document };
    Posting { id: posting, number, cause, moment, authority, reason: None, reference: None, movements }
}

fn parts(level: &Level, place: Place, line: &LineMove, facts: &DocumentFacts) -> Vec<Movement> {
    let quantity = Stock::from(line.quantity);
    let leaves = matches!(line.kind, MovementKind::Sale | MovementKind::Release);
    let parts = match &line.batch {
        Some(no) => Vec::from([(Some(named(level, no)), quantity)]),
        None if line.kind == MovementKind::Sale && line.serials.is_empty() => {
            pick(level, quantity, facts.moment.business_date)
        }
        None => Vec::from([(None, quantity)]),
    };
    let mut before = level.figure(line.kind);
    let movement = |(batch, part): (Option<Batch>, Stock)| {
        let change = if leaves { -part } else { part };
        let movement = Movement {
            line: Some(line.line),
            origin: line.origin,
            batch,
            serials: line.serials.clone(),
            unit_cost: line.unit_cost,
            ..Movement::new(line.kind, place, change, before)
        };
        before = movement.after();
        movement
    };
    parts.into_iter().map(movement).collect()
}

fn named(level: &Level, no: &BatchNo) -> Batch {
    let known = level.batches.get(no).copied().unwrap_or_default();
    Batch { no: no.clone(), produced: known.produced, expiry: known.expiry }
}

/// Undoes what a cancelled document moved: the same goods, batches and pieces come back, as a posting of its own.
pub fn restore(book: &Book, original: &Posting, facts: DocumentFacts) -> Posting {
    let mut levels = alloc::collections::BTreeMap::<Place, Level>::new();
    let mut movements = Vec::new();
    for sold in original.movements.iter().filter(|movement| movement.kind == MovementKind::Sale) {
        let level =
            levels.entry(sold.place).or_insert_with(|| book.level(sold.place).cloned().unwrap_or_default());
        let movement = Movement {
            origin: sold.line.map(|line| (facts.document, line)),
            kind: MovementKind::Return,
            change: -sold.change,
            before: level.on_hand,
            ..sold.clone()
        };
        level.fold(&movement);
        movements.push(movement);
    }
    let DocumentFacts { document, posting, number, moment, authority, .. } = facts;
    let cause = Cause::Document { document };
    Posting { id: posting, number, cause, moment, authority, reason: None, reference: None, movements }
}
