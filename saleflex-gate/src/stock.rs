//! What is on the shelves of stores by what tills delivered, and every movement that led to it.
//!
//! **Invariant:** a document or a posting moves goods once, whatever kind of event brings it, however often and from
//! whichever till, and by its own lines what it has lines of, whenever movements are told beside it; the level of a product is
//! the sum of its movements. What documents that are put aside hold back stays at their tills, so that letting it go moves
//! nothing here.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use saleflex_core::{
    ids::{DocumentId, LocationId, ProductId},
    inventory::{Cause, MovementKind},
    journal::{Entry, Event, FirstShelves},
};
use saleflex_sync::goods::RESOURCE;
use uuid::Uuid;

use crate::{
    db::{self, Answers, Care, DatabaseError, Each, Session, Together, Value},
    e4,
};

pub(crate) mod counted;
mod entering;
mod holding;
mod known;
mod levels;
mod listed;
mod openings;
mod shelves;

use self::known::Known;
pub(crate) use self::{
    holding::{hold_beside, number},
    listed::{Filter, StockMovement, movements},
    shelves::{LevelFilter, StockLevel, levels},
};

/// The most that one movement moves, a thousand million of a unit: levels and sums of movements stay far within a column,
/// however many a till delivers.
const MOST_E4: i64 = 10_000_000_000_000;
/// Where the movements of a document stand that were told beside it: behind all of its own, and within what JSON counts to.
const BESIDE: i64 = 1 << 52;

/// Goods of a product that came onto the shelves or left them.
#[derive(Clone, Debug)]
struct Movement {
    /// The document or the posting that moved them, and its place in it.
    source: (Uuid, i64),
    product: ProductId,
    kind: String,
    /// In ten-thousandths.
    change: i64,
    at: DateTime<Utc>,
    /// Where in the store, as far as it is known.
    location: Option<Uuid>,
    /// The count that booked it.
    count: Option<Uuid>,
}

/// A product, why it moves, and where.
type What = (ProductId, MovementKind, Option<Uuid>);

/// What events move on the shelves of their store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved(Vec<Movement>);

impl Moved {
    /// What an event moves, and whether that is all of it.
    pub(crate) fn of(entry: &Entry) -> (Self, bool) {
        let (mut moved, mut is_whole) = (Self::default(), true);
        let effects = &entry.effects;
        let count = effects.posting.as_ref().and_then(|posting| {
            let Cause::Count { count } = posting.cause else { return None };
            Some(count.uuid())
        });
        let mut add = |source: (Uuid, usize), (product, kind, location): What, change: Decimal| {
            if !kind.is_on_hand() {
                return;
            }
            // A quantity beyond that moves nothing, which is told; the event itself keeps it.
            match e4::of(change).filter(|change| change.saturating_abs() <= MOST_E4) {
                Some(change) => {
                    moved.add(source, (product, &named(kind)), change, entry.at.instant);
                    moved.place_last(location, count);
                }
                None => is_whole = false,
            }
        };
        let completed = effects.completed.first().map(|sale| sale.document().id);
        let finished = completed.or_else(|| effects.cancelled.as_ref().map(|one| one.document().id));
        let document = finished.map_or(entry.entity, DocumentId::uuid);
        for (position, movement) in effects.stock.iter().enumerate() {
            let location = effects.counter.map(LocationId::uuid);
            let what = (movement.product, movement.kind, location);
            add((document, position), what, movement.change.decimal());
        }
        // What moves between places of a store adds up to nothing, so a store has one level a product here.
        if let Some(posting) = &effects.posting {
            for (position, movement) in posting.movements.iter().enumerate() {
                let location = Some(movement.place.location.uuid());
                let what = (movement.place.item.product, movement.kind, location);
                add((posting.id.uuid(), position), what, movement.change.decimal());
            }
        }
        // No movement led to what a till was made with.
        if let Event::HubChosen { shelves: Some(shelves), .. } = &entry.event {
            is_whole &= moved.open(entry.entity, shelves);
        }
        (moved, is_whole)
    }

    /// Adds a movement, by its place in a document or a posting.
    pub(crate) fn add(
        &mut self,
        (source, position): (Uuid, usize),
        (product, kind): (ProductId, &str),
        change: i64,
        at: DateTime<Utc>,
    ) {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let (kind, location, count) = (kind.to_owned(), None, None);
        self.0.push(Movement { source: (source, position), product, kind, change, at, location, count });
    }

    /// Adds a movement that was told beside the document whose goods it moves.
    pub(crate) fn add_beside(
        &mut self,
        (document, movement): (Uuid, Uuid),
        what: (ProductId, &str),
        change: i64,
        at: DateTime<Utc>,
    ) {
        self.add((document, 0), what, change, at);
        if let Some(last) = self.0.last_mut() {
            // Of identities that one machine counts up either half may be the same in all.
            let (high, low) = movement.as_u64_pair();
            last.source.1 = BESIDE + i64::try_from((high ^ low) % (1 << 51)).unwrap_or_default();
        }
    }

    /// Adds what a till was made with; whether that is all of it.
    fn open(&mut self, source: Uuid, shelves: &FirstShelves) -> bool {
        let mut is_whole = true;
        for (position, (product, level)) in shelves.on_hand.iter().enumerate() {
            let level = e4::of(level.decimal()).filter(|level| level.saturating_abs() <= MOST_E4);
            let Some(level) = level else {
                is_whole = false;
                continue;
            };
            self.add((source, position), (*product, openings::OPENING), level, shelves.as_of);
            self.place_last(Some(shelves.location.uuid()), None);
        }
        is_whole
    }

    /// Says of the last movement where it was, and which count booked it.
    fn place_last(&mut self, location: Option<Uuid>, count: Option<Uuid>) {
        if let Some(last) = self.0.last_mut() {
            (last.location, last.count) = (location, count);
        }
    }

    /// Adds what another event moves, but for what an event before moves already: two kinds of events may number the
    /// movements of a document differently.
    pub(crate) fn append(&mut self, other: &Self) {
        self.append_all([other]);
    }

    /// Adds what other events move, one after the other.
    pub(crate) fn append_all<'a>(&mut self, others: impl IntoIterator<Item = &'a Self>) {
        let mut here = Known::default();
        here.add_all(&self.0);
        for other in others {
            let new: Vec<Movement> = other.0.iter().filter_map(|one| here.left(one)).collect();
            here.add_all(&new);
            self.0.extend(new);
        }
    }

    /// The documents and postings that goods are moved of.
    fn sources(&self) -> BTreeSet<Uuid> {
        self.0.iter().map(|one| one.source.0).collect()
    }

    /// What moves of one product, in ten-thousandths.
    #[cfg(test)]
    pub(crate) fn of_product(&self, product: ProductId) -> i64 {
        self.0.iter().filter(|one| one.product == product).map(|one| one.change).sum()
    }
}

/// The name that a kind of movement has in JSON.
fn named(kind: MovementKind) -> String {
    let name = serde_json::to_value(kind).ok();
    name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What is asked of movements before they are booked.
#[derive(Debug)]
pub(crate) struct Asked {
    before: Range<usize>,
    counts: Range<usize>,
}

/// Asks which of these movements were booked before, and what other tills put right after them.
pub(crate) fn ask(together: &mut Together, of: (Uuid, Uuid, Uuid), moved: &[&Moved]) -> Asked {
    let (company, ..) = of;
    let movements = || moved.iter().flat_map(|moved| &moved.0);
    let before = "SELECT source_id, position, product_id, kind, change_e4 FROM stock_movement \
                  WHERE company_id = $1 AND source_id = $2";
    let mut each = Each::new(before, &["uuid"], vec![company.into()]);
    let sources: BTreeSet<Uuid> = movements().map(|one| one.source.0).collect();
    for source in &sources {
        each.about([(*source).into()]);
    }
    let before = together.add((!sources.is_empty()).then_some(each));
    Asked { before, counts: together.add(counted::counts_of_others(of, movements())) }
}

/// Moves the stock of a store by what did not move before.
pub(crate) fn book(
    session: &mut dyn Session,
    of @ (company, store, _): (Uuid, Uuid, Uuid),
    moved: &Moved,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    session.hold(moved.hold(), number((company, store)))?;
    let mut together = Together::default();
    let asked = ask(&mut together, of, &[moved]);
    let answers = together.ask(session)?;
    book_known(session, of, (moved, &answers, &asked), (Care::Special, now))
}

/// The same for whoever held the shelves and has asked already, product by product in the order of their identities: two tills that sold the same
/// things in another order do not wait for each other for ever. What another till moved meanwhile of the same document is
/// refused where the usual care is taken, since nobody waits to hear what came in.
pub(crate) fn book_known(
    session: &mut dyn Session,
    (company, store, terminal): (Uuid, Uuid, Uuid),
    (moved, answers, asked): (&Moved, &Answers, &Asked),
    (care, now): (Care, DateTime<Utc>),
) -> Result<(), DatabaseError> {
    let (mut before, mut here) = (Known::default(), BTreeSet::new());
    let sources = moved.sources();
    for row in answers.of(&asked.before) {
        let source = (row.id(0)?, row.integer(1)?);
        // More may have been asked about than moves.
        if sources.contains(&source.0) {
            let goods = (ProductId::new(row.id(2)?), row.text(3)?.to_owned());
            before.add(source, goods, row.integer(4)?);
            here.insert(source);
        }
    }
    let mut opened = openings::Opened::of(session, (company, store, terminal), moved)?;
    // What the till had heard of when it made each of the new movements.
    let (mut heard, mut new, mut knew) = (BTreeSet::new(), Vec::new(), Vec::new());
    for one in &moved.0 {
        let Some(left) = before.take(one) else {
            heard.insert(one.source.0);
            continue;
        };
        if opened.is_told(&left) {
            continue;
        }
        let shared = opened.shared(&left);
        for one in std::iter::once(left).chain(shared) {
            new.push(one);
            knew.push(heard.clone());
        }
    }
    let counts = answers.of(&asked.counts);
    let taken_back = counted::fit(session, (company, store, terminal), (&mut new, &knew, counts), now)?;
    told(session, (company, terminal), &before.into_sources(), now)?;
    let mut by_terminal: Vec<(Uuid, Vec<Movement>)> =
        std::iter::once((terminal, new)).chain(taken_back).collect();
    for (_, movements) in &mut by_terminal {
        // What stands twice among them is new once.
        movements.retain(|movement| here.insert(movement.source));
    }
    by_terminal.retain(|(_, movements)| !movements.is_empty());
    let written = entering::write(session, (company, store), by_terminal, (care, now))?;
    let mut changes: BTreeMap<Uuid, i64> = BTreeMap::new();
    for movement in written {
        let sum = changes.entry(movement.product.uuid()).or_default();
        *sum = sum.saturating_add(movement.change);
    }
    levels::raise(session, (company, store), changes, now)
}

/// What was moved here and now comes from its till is told of no more: a till that begins anew does not book it again.
fn told(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    before: &BTreeSet<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let sources: Vec<Uuid> = before.iter().copied().collect();
    for sources in sources.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(5, sources);
        let sql = format!(
            "UPDATE definition SET is_deleted = 1, updated_at = $4 WHERE company_id = $1 AND resource = $2 \
             AND terminal_id = $3 AND is_deleted = 0 AND definition_id IN ({places})"
        );
        let of: [Value; 4] =
            [company.into(), RESOURCE.into(), terminal.into(), now.timestamp_millis().into()];
        let values: Vec<Value> = of.into_iter().chain(named).collect();
        session.send(&sql, &values)?;
    }
    Ok(())
}

/// How much of a product is on the shelves of a store, in ten-thousandths; with an instant, of what moved up to it.
pub(crate) fn on_hand(
    session: &mut dyn Session,
    (company, store, product): (Uuid, Uuid, Uuid),
    until: Option<DateTime<Utc>>,
) -> Result<i64, DatabaseError> {
    let until = until.map_or(i64::MAX, |until| until.timestamp_millis());
    let rows = session.query(
        &format!(
            "SELECT {} - (SELECT {} FROM stock_movement m WHERE m.company_id = $1 AND m.store_id = $2 \
             AND m.product_id = $3 AND m.moved_at > $4) FROM stock_level l WHERE l.company_id = $1 \
             AND l.store_id = $2 AND l.product_id = $3",
            e4::sum("l.on_hand_e4"),
            e4::sum("m.change_e4"),
        ),
        &[company.into(), store.into(), product.into(), until.into()],
    )?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// The products that were ever moved on the shelves of a store.
pub(crate) fn products(
    session: &mut dyn Session,
    (company, store): (Uuid, Uuid),
) -> Result<Vec<Uuid>, DatabaseError> {
    let rows = session.query(
        "SELECT product_id FROM stock_level WHERE company_id = $1 AND store_id = $2 ORDER BY product_id",
        &[company.into(), store.into()],
    )?;
    rows.iter().map(|row| row.id(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Hold;

    #[test]
    fn what_one_event_moves_is_moved_by_no_other_of_the_same_request() {
        let (bread, document, at) =
            (ProductId::new(Uuid::from_u128(7)), Uuid::from_u128(9), DateTime::UNIX_EPOCH);
        let of = |source: Uuid, position: usize| {
            let mut moved = Moved::default();
            moved.add((source, position), (bread, "sale"), -10_000, at);
            moved
        };
        assert_eq!(of(document, 0).hold(), Hold::Shared);
        let mut moved = of(document, 0);
        moved.append(&of(document, 1));
        assert_eq!(moved.of_product(bread), -10_000);
        moved.append(&of(Uuid::from_u128(10), 1));
        assert_eq!(moved.of_product(bread), -20_000);
    }

    #[test]
    fn goods_of_a_document_are_moved_by_its_lines_or_by_movements_that_name_it_and_each_of_those_once() {
        let (bread, document, at) =
            (ProductId::new(Uuid::from_u128(7)), Uuid::from_u128(9), DateTime::UNIX_EPOCH);
        let beside = |movement: u128| {
            let mut moved = Moved::default();
            moved.add_beside((document, Uuid::from_u128(movement)), (bread, "sale"), -10_000, at);
            moved
        };
        assert_eq!(beside(1).hold(), Hold::Alone, "its lines may come from another till at the same instant");
        let mut own = Moved::default();
        own.add((document, 0), (bread, "sale"), -10_000, at);
        let mut first = own.clone();
        first.append(&beside(1));
        assert_eq!(first.of_product(bread), -10_000, "its lines came first");
        let mut first = beside(1);
        first.append(&beside(2));
        assert_eq!(first.of_product(bread), -20_000, "its movements came first");
        first.append(&own);
        assert_eq!(first.of_product(bread), -10_000, "and its lines have the word");
        first.append(&own);
        first.append(&beside(3));
        assert_eq!(first.of_product(bread), -10_000);
        // By the clock and the machine: the half that is drawn elsewhere is the same in both.
        let mut several = beside(1);
        for clock in [0x1000_u128, 0x1001] {
            several.append(&beside(clock << 96 | 0x11ef_9a3b_0242_ac12_0002));
        }
        let places: BTreeSet<i64> = several.0.iter().map(|one| one.source.1).collect();
        assert!(places.len() == 3 && places.iter().all(|place| (BESIDE..1 << 53).contains(place)));
    }
}
