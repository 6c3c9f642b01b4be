//! What a document moves: sold, brought back, promised. A fact, never refused.

use alloc::{collections::BTreeMap, vec::Vec};

use chrono::NaiveDate;

use super::{
    Batch, BatchNo, Book, Cause, Item, Level, Movement, MovementKind, Place, Posting, PostingNumber,
    SerialNo, Stock, StockMovement, pick,
};
use crate::{
    authority::Authority,
    ids::{DocumentId, LineNo, LocationId, PostingId, ProductId},
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
    let mut levels = BTreeMap::<Place, Level>::new();
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
    let mut levels = BTreeMap::<Place, Level>::new();
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

/// What of a sale is still out, by product and batch: what it took, less what came back since.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StillOut(BTreeMap<ProductId, Vec<(Option<Batch>, Stock)>>);

impl StillOut {
    /// From what the sale and its returns moved so far.
    pub fn of<'a>(moved: impl IntoIterator<Item = &'a StockMovement>) -> Self {
        let mut out = Self::default();
        for movement in moved {
            let parts = out.0.entry(movement.product).or_default();
            let no = |batch: &Option<Batch>| batch.as_ref().map(|batch| batch.no.clone());
            match parts.iter_mut().find(|(batch, _)| no(batch) == no(&movement.batch)) {
                Some((_, part)) => *part -= movement.change,
                None => parts.push((movement.batch.clone(), -movement.change)),
            }
        }
        // Nobody knows which of them come back: those that were to be sold first are taken to, so that nothing is taken to
        // be good for longer than it may be.
        for parts in out.0.values_mut() {
            parts.sort_by_key(|(batch, _)| match batch {
                Some(batch) => (false, batch.expiry.is_none(), batch.expiry, Some(batch.no.clone())),
                None => (true, true, None, None),
            });
        }
        out
    }

    /// Names the batches of what comes back of the sale, wherever it goes; the parts of a movement add up to it. What the
    /// sale took from no batch, and pieces with numbers, come back to none.
    pub fn name(mut self, movements: Vec<StockMovement>) -> Vec<StockMovement> {
        let mut named = Vec::new();
        for movement in movements {
            let parts = self.0.get_mut(&movement.product);
            let is_named = movement.batch.is_some() || !movement.serials.is_empty();
            let (Some(parts), MovementKind::Return, false) = (parts, movement.kind, is_named) else {
                named.push(movement);
                continue;
            };
            let mut left = movement.change;
            for (batch, out) in parts.iter_mut().filter(|(batch, _)| batch.is_some()) {
                let part = left.min(out.or_zero());
                if part.is_positive() {
                    *out -= part;
                    left -= part;
                    named.push(StockMovement { change: part, batch: batch.clone(), ..movement.clone() });
                }
            }
            if left.is_positive() {
                named.push(StockMovement { change: left, ..movement });
            }
        }
        named
    }
}

/// Undoes what a cancelled document moved: the same goods, batches and pieces come back, as a posting of its own.
pub fn restore(book: &Book, original: &Posting, facts: DocumentFacts) -> Posting {
    let mut levels = BTreeMap::<Place, Level>::new();
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

    #[test]
    fn what_comes_back_of_a_sale_goes_to_its_batches_the_first_to_expire_first_and_no_more_than_it_took() {
        let product = ProductId::new(uuid::Uuid::from_u128(1));
        let batch = |no: &str, expiry: &str| {
            Some(Batch { no: BatchNo::parse(no).unwrap(), produced: None, expiry: expiry.parse().ok() })
        };
        let (late, soon) = (batch("late", "2025-05-01"), batch("soon", "2025-04-10"));
        let moved = |kind, change: i32, batch: &Option<Batch>| StockMovement {
            batch: batch.clone(),
            ..StockMovement::new(product, kind, Stock::whole(change))
        };
        let (sale, back) = (MovementKind::Sale, MovementKind::Return);
        let so_far =
            [moved(sale, -5, &late), moved(sale, -4, &soon), moved(sale, -2, &None), moved(back, 3, &soon)];
        let named = StillOut::of(&so_far).name(alloc::vec![moved(back, 4, &None), moved(back, 4, &None)]);
        let expected =
            [moved(back, 1, &soon), moved(back, 3, &late), moved(back, 2, &late), moved(back, 2, &None)];
        assert_eq!(named, expected);
        let other = StockMovement::new(ProductId::new(uuid::Uuid::from_u128(2)), back, Stock::whole(1));
        assert_eq!(StillOut::of(&so_far).name(alloc::vec![other.clone()]), [other], "not of this sale");
    }
}
