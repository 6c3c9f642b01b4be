//! Levels that one of several tills put right.
//!
//! A till that finds what is on a shelf books the difference to its own books, which know nothing of what the others moved
//! there. The hub does. **Invariant:** where a till put a level right, the hub's books say what it found, whatever other
//! tills moved before, and whether they told of it before or afterwards, also of goods that the till kept no books of until
//! then. Goods whose location is not known lie where others
//! do.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use saleflex_core::{
    inventory::{StockAct, count::CountStep},
    journal::{Entry, Event},
};
use saleflex_sync::wire::Heartbeat;
use uuid::Uuid;

use super::{Movement, openings::SHARED};
use crate::{
    db::{self, DatabaseError, Question, Row, Session, Value},
    e4,
};

/// The kind of what puts a level right at a till.
pub(super) const ADJUSTMENT: &str = "adjustment";
/// What takes a movement back that a count had seen.
const SEEN: &str = "counted";
/// Where movements stand that take others of their document or posting back.
pub(super) const BEHIND: i64 = 1_000_000_000;
/// How documents move goods.
const OF_DOCUMENTS: [&str; 3] = ["sale", "return", "purchase"];
/// What else moves goods, and says nothing of how many there are.
const GOES_ON: [&str; 5] = ["receipt", "issue", "waste", "transfer_out", "transfer_in"];
/// A clock that is so far off puts nothing in order.
const ASTRAY: TimeDelta = TimeDelta::days(1);

/// How far the clock of a till is ahead of the hub's, as its heartbeat said last; not at all where it said nothing, or its
/// clock is astray.
pub(crate) fn clock_ahead(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
) -> Result<TimeDelta, DatabaseError> {
    let rows = session.query(
        "SELECT telemetry, last_heartbeat_at FROM terminal WHERE company_id = $1 AND terminal_id = $2",
        &[company.into(), terminal.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(TimeDelta::zero()) };
    let heard = row.optional_text(0)?.and_then(|text| serde_json::from_str::<Heartbeat>(text).ok());
    let ahead = heard.zip(row.optional_time(1)?).map(|(heard, at)| heard.clock - at);
    Ok(ahead.filter(|ahead| ahead.abs() < ASTRAY).unwrap_or_default())
}

/// Notes when a place was counted last: the differences are booked later.
pub(crate) fn note(session: &mut dyn Session, company: Uuid, entry: &Entry) -> Result<(), DatabaseError> {
    let Event::Stock(act) = &entry.event else { return Ok(()) };
    let StockAct::Count { count, step: CountStep::Found { place, .. } } = act.as_ref() else { return Ok(()) };
    session.send(
        "INSERT INTO stock_found (company_id, count_id, product_id, location_id, found_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (company_id, count_id, product_id, location_id) DO UPDATE SET found_at = \
         CASE WHEN excluded.found_at > stock_found.found_at THEN excluded.found_at ELSE stock_found.found_at END",
        &[
            company.into(),
            count.uuid().into(),
            place.item.product.uuid().into(),
            place.location.uuid().into(),
            entry.at.instant.timestamp_millis().into(),
        ],
    )
}

/// Fits new movements of a till to what others moved and found: a level that it put right is less what they had moved there
/// by then, and what people moved at the hub that it did not know of: it knew of the sources beside each movement. Answers
/// what takes movements back again that somebody's count had seen before they came, by that till, by what
/// [`counts_of_others`] was answered with.
pub(super) fn fit<'a>(
    session: &mut dyn Session,
    (company, store, terminal): (Uuid, Uuid, Uuid),
    (new, knew, counts): (&mut [Movement], &[BTreeSet<Uuid>], impl Iterator<Item = &'a Row>),
    now: DateTime<Utc>,
) -> Result<BTreeMap<Uuid, Vec<Movement>>, DatabaseError> {
    let mut own: BTreeMap<(Uuid, Option<Uuid>), DateTime<Utc>> = BTreeMap::new();
    let mut anywhere: BTreeMap<Uuid, DateTime<Utc>> = BTreeMap::new();
    let is_corrected = new.iter().any(|movement| movement.kind == ADJUSTMENT);
    let ahead = if is_corrected { clock_ahead(session, (company, terminal))? } else { TimeDelta::zero() };
    for (at, knew) in knew.iter().enumerate() {
        let (before, rest) = new.split_at_mut(at.min(new.len()));
        let Some(movement) = rest.first_mut().filter(|movement| movement.kind == ADJUSTMENT) else {
            continue;
        };
        super::told(session, (company, terminal), knew, now)?;
        if let Some(found_at) = found_at(session, company, movement)? {
            movement.at = found_at;
        }
        let product = movement.product.uuid();
        let put_right = PutRight {
            there: own.insert((product, movement.location), movement.at),
            anywhere: anywhere.get(&product).copied(),
        };
        anywhere.entry(product).and_modify(|last| *last = (*last).max(movement.at)).or_insert(movement.at);
        let others = moved_by_others(session, (company, store, terminal), (&*movement, put_right), ahead)?;
        let unkept = sold_unkept(session, (company, store, terminal), (&*movement, before))?;
        movement.change = movement.change.saturating_sub(others).saturating_sub(unkept);
    }
    let counts = if is_corrected {
        // Some of them were found earlier than they say.
        let found = session.query_all(&counts_of_others((company, store, terminal), new.iter()))?;
        found.iter().flatten().map(Count::of).collect::<Result<Vec<_>, _>>()?
    } else {
        counts.map(Count::of).collect::<Result<Vec<_>, _>>()?
    };
    let mut taken_back: BTreeMap<Uuid, Vec<Movement>> = BTreeMap::new();
    for movement in new.iter() {
        let saw = |count: &&Count| {
            count.product == movement.product.uuid()
                && count.at > movement.at
                && (count.location.is_none()
                    || movement.location.is_none()
                    || count.location == movement.location)
        };
        if let Some(count) = counts.iter().filter(saw).min_by_key(|count| count.at) {
            let (source, position) = movement.source;
            taken_back.entry(count.terminal).or_default().push(Movement {
                source: (source, position.saturating_add(BEHIND)),
                kind: SEEN.to_owned(),
                change: movement.change.saturating_neg(),
                ..movement.clone()
            });
        }
    }
    Ok(taken_back)
}

/// When what a count booked was found.
fn found_at(
    session: &mut dyn Session,
    company: Uuid,
    movement: &Movement,
) -> Result<Option<DateTime<Utc>>, DatabaseError> {
    let Some((count, location)) = movement.count.zip(movement.location) else { return Ok(None) };
    let rows = session.query(
        "SELECT found_at FROM stock_found WHERE company_id = $1 AND count_id = $2 AND product_id = $3 \
         AND location_id = $4",
        &[company.into(), count.into(), movement.product.uuid().into(), location.into()],
    )?;
    rows.first().map(|row| row.time(0)).transpose()
}

/// When the till put a product right before, as far as the same delivery says it.
#[derive(Clone, Copy, Debug)]
struct PutRight {
    /// At the same place.
    there: Option<DateTime<Utc>>,
    /// At whatever place.
    anywhere: Option<DateTime<Utc>>,
}

/// What other tills moved at a place since the till put it right last, up to now, and what people moved at the hub in its
/// books that it has not brought back yet: it had not heard of it when it looked. What its books and those of others were opened
/// with is there once. What has no place is counted once a product,
/// at the place that is put right first. The hub's own corrections stand under the till whose books had the goods: it knows
/// of them. What people moved at the hub was moved by the hub's clock, which the till's is `ahead` of.
fn moved_by_others(
    session: &mut dyn Session,
    (company, store, terminal): (Uuid, Uuid, Uuid),
    (movement, put_right): (&Movement, PutRight),
    ahead: TimeDelta,
) -> Result<i64, DatabaseError> {
    let at = "(m.moved_at + CASE WHEN m.terminal_id = $4 THEN CAST($9 AS bigint) ELSE 0 END)";
    let [there, anywhere] = [put_right.there, put_right.anywhere]
        .map(|since| since.map_or(i64::MIN, |since| since.timestamp_millis()));
    let rows = session.query(
        &format!(
            "SELECT {} FROM stock_movement m WHERE m.company_id = $1 \
             AND m.store_id = $2 AND m.product_id = $3 AND (m.terminal_id <> $4 OR m.kind = '{SHARED}' OR EXISTS \
             (SELECT 1 FROM definition d WHERE d.company_id = $1 AND d.resource = 'stock_postings' \
             AND d.definition_id = m.source_id AND d.terminal_id = $4 AND d.is_deleted = 0)) \
             AND (m.location_id = $5 OR m.location_id IS NULL) AND {at} <= $6 AND {at} > \
             CASE WHEN m.location_id IS NULL THEN CAST($8 AS bigint) ELSE CAST($7 AS bigint) END \
             AND {at} > COALESCE((SELECT max(o.moved_at) FROM stock_movement o WHERE o.company_id = $1 \
             AND o.store_id = $2 AND o.product_id = $3 AND o.terminal_id = $4 AND o.kind = 'adjustment' \
             AND (m.location_id IS NULL OR o.location_id = $5 OR o.location_id IS NULL) AND o.moved_at <= $6), \
             CAST($7 AS bigint))",
            e4::sum("m.change_e4"),
        ),
        &[
            company.into(),
            store.into(),
            movement.product.uuid().into(),
            terminal.into(),
            movement.location.into(),
            movement.at.timestamp_millis().into(),
            there.into(),
            anywhere.into(),
            ahead.num_milliseconds().into(),
        ],
    )?;
    rows.first().map_or(Ok(0), |row| row.integer(0))
}

/// What documents of the till itself moved of goods before it kept books of them, which began with the first that moved them
/// otherwise: there it changed no level. Nothing where it was made with them, or put them right before.
fn sold_unkept(
    session: &mut dyn Session,
    (company, store, terminal): (Uuid, Uuid, Uuid),
    (movement, before): (&Movement, &[Movement]),
) -> Result<i64, DatabaseError> {
    let is_there =
        |other: &&Movement| (other.product, other.location) == (movement.product, movement.location);
    let before = before.iter().filter(is_there);
    let is_of_document = |other: &&Movement| OF_DOCUMENTS.contains(&other.kind.as_str());
    let own = "m.company_id = $1 AND m.store_id = $2 AND m.product_id = $3 AND m.terminal_id = $4 \
               AND (m.location_id = $5 OR m.location_id IS NULL)";
    let mut of: Vec<Value> = vec![
        company.into(),
        store.into(),
        movement.product.uuid().into(),
        terminal.into(),
        movement.location.into(),
    ];
    let named = |kinds: &[&str]| kinds.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
    let (documents, goes_on) = (named(&OF_DOCUMENTS), named(&GOES_ON));
    let begun = format!(
        "SELECT min(CASE WHEN m.kind NOT IN ({documents}) THEN m.moved_at END), \
         count(CASE WHEN m.kind NOT IN ({documents}, {goes_on}) THEN 1 END) FROM stock_movement m WHERE {own}"
    );
    let rows = session.query(&begun, &of)?;
    let Some(row) = rows.first() else { return Ok(0) };
    let is_known = |other: &Movement| !GOES_ON.contains(&other.kind.as_str());
    if row.integer(1)? > 0 || before.clone().filter(|other| !is_of_document(other)).any(is_known) {
        return Ok(0);
    }
    let others = before.clone().filter(|other| !is_of_document(other)).map(|other| other.at);
    let first = others.chain(row.optional_time(0)?).min().unwrap_or(movement.at);
    of.push(first.timestamp_millis().into());
    let sold = format!(
        "SELECT {} FROM stock_movement m WHERE {own} AND m.kind IN ({documents}) AND m.moved_at < $6",
        e4::sum("m.change_e4")
    );
    let rows = session.query(&sold, &of)?;
    let sold = rows.first().map_or(Ok(0), |row| row.integer(0))?;
    let beside = before.filter(|other| is_of_document(other) && other.at < first);
    Ok(beside.fold(sold, |sum, other| sum.saturating_add(other.change)))
}

/// A level that another till put right.
struct Count {
    product: Uuid,
    location: Option<Uuid>,
    terminal: Uuid,
    at: DateTime<Utc>,
}

impl Count {
    /// One that [`counts_of_others`] was answered with.
    fn of(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            product: row.id(0)?,
            location: row.optional_id(1)?,
            terminal: row.id(2)?,
            at: row.time(3)?,
        })
    }
}

/// Asks what other tills put right after the earliest of these movements.
pub(super) fn counts_of_others<'a>(
    (company, store, terminal): (Uuid, Uuid, Uuid),
    movements: impl Iterator<Item = &'a Movement> + Clone,
) -> Vec<Question> {
    let Some(earliest) = movements.clone().map(|movement| movement.at).min() else { return Vec::new() };
    let products: BTreeSet<Uuid> = movements.map(|movement| movement.product.uuid()).collect();
    let products: Vec<Uuid> = products.into_iter().collect();
    let mut questions = Vec::new();
    for products in products.chunks(db::MOST_NAMED) {
        let (places, named) = db::named(5, products);
        // The kind stands in the statement, so that the index of such movements alone is read.
        let sql = format!(
            "SELECT product_id, location_id, terminal_id, moved_at FROM stock_movement WHERE company_id = $1 \
             AND store_id = $2 AND kind = 'adjustment' AND terminal_id <> $3 AND moved_at > $4 \
             AND product_id IN ({places})"
        );
        let of: [Value; 4] =
            [company.into(), store.into(), terminal.into(), earliest.timestamp_millis().into()];
        questions.push((sql, of.into_iter().chain(named).collect()));
    }
    questions
}
