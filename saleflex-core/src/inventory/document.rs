//! What a document moves: sold, brought back, promised. A fact, never refused.

use alloc::vec::Vec;

use chrono::NaiveDate;

use super::{
    Batch, BatchNo, Book, Cause, Item, Level, Movement, MovementKind, Place, Posting, PostingNumber,
    SerialNo, Stock, StockMovement, pick,
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
    /// The line of the document.
    pub line: LineNo,
    /// [`MovementKind::Sale`], [`Return`](MovementKind::Return), [`Purchase`](MovementKind::Purchase),
    /// [`Reserve`](MovementKind::Reserve) or [`Release`](MovementKind::Release).
    pub kind: MovementKind,
    /// The item that moves.
    pub item: Item,
    /// How much, in the stock unit; always above nothing.
    pub quantity: Quantity,
    /// Where, if not where the document sells from.
    pub location: Option<LocationId>,
    /// The batch it is of; none where the document does not say.
    pub batch: Option<BatchNo>,
    /// The numbers of the pieces, where the line names them.
    pub serials: Vec<SerialNo>,
    /// The sale that goods come back from.
    pub origin: Option<(DocumentId, LineNo)>,
    /// What one unit cost, of goods bought from a customer.
    pub unit_cost: Option<UnitPrice>,
}

/// What all lines of a document share.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocumentFacts {
    /// The document that moves goods.
    pub document: DocumentId,
    /// A fresh id, or one derived from the document's so that doing it twice is told.
    pub posting: PostingId,
    /// The posting's number, where it gets one of its own.
    pub number: Option<PostingNumber>,
    /// When it is booked.
    pub moment: Moment,
    /// Who moved the document on, and who approved it where that took a manager.
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

/// Names the batches of what leaves, first expired, first out, where the book knows batches of a product at `counter`;
/// the parts of a movement add up to it.
pub fn name_batches(
    movements: Vec<StockMovement>,
    book: &Book,
    counter: LocationId,
    on: NaiveDate,
) -> Vec<StockMovement> {
    let mut levels = alloc::collections::BTreeMap::<Place, Level>::new();
    let mut named = Vec::new();
    for movement in movements {
        let place = movement.at(counter, Stock::ZERO).place;
        let level = levels.entry(place).or_insert_with(|| book.level(place).cloned().unwrap_or_default());
        let is_named = movement.batch.is_some();
        let is_of_pieces = !movement.serials.is_empty();
        if movement.kind != MovementKind::Sale || is_named || is_of_pieces || level.batches.is_empty() {
            named.push(movement);
            continue;
        }
        for (batch, part) in pick(level, -movement.change, on) {
            let part = StockMovement { change: -part, batch, ..movement.clone() };
            level.fold(&part.at(counter, Stock::ZERO));
            named.push(part);
        }
    }
    named
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ProductId;

    fn batch(no: &str, expiry: &str) -> (BatchNo, super::super::BatchLevel) {
        let level = super::super::BatchLevel {
            on_hand: Stock::whole(3),
            expiry: expiry.parse().ok(),
            ..Default::default()
        };
        (BatchNo::parse(no).unwrap(), level)
    }

    #[test]
    fn what_is_sold_leaves_the_batch_that_expires_first_and_parts_add_up() {
        let product = ProductId::new(uuid::Uuid::from_u128(1));
        let counter = LocationId::new(uuid::Uuid::from_u128(2));
        let place = Place { item: product.into(), location: counter };
        let mut book = Book::default();
        let batches = [batch("late", "2025-05-01"), batch("soon", "2025-04-10")].into();
        book.set(place, Level { on_hand: Stock::whole(6), batches, ..Level::default() });
        let sold = StockMovement::new(product, MovementKind::Sale, Stock::whole(-4));
        let on = "2025-04-06".parse().unwrap();
        let named = name_batches(alloc::vec![sold.clone(), sold.clone()], &book, counter, on);
        let parts: Vec<_> = named
            .iter()
            .map(|part| (part.batch.as_ref().map(|batch| batch.no.as_str()), part.change.to_string()))
            .collect();
        let expected = [(Some("soon"), "-3"), (Some("late"), "-1"), (Some("late"), "-2"), (None, "-2")];
        assert_eq!(parts, expected.map(|(no, change)| (no, change.into())));
        let other = name_batches(alloc::vec![sold.clone()], &Book::default(), counter, on);
        assert_eq!(other, [sold]);
    }
}
