//! Documents and closures as people read them: found, listed, and shown whole.

use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;
use saleflex_core::document::{Completed, Document};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    ApiError,
    access::{Reach, Wanted},
    closures,
    db::{DatabaseError, Row, Session, Value},
    feed,
    office::intake,
    request::{Listed, Order},
};

pub(crate) mod corrections;
mod places;
mod priced;
mod receipts;
mod searching;

pub(crate) use self::{
    corrections::Corrections,
    places::Place,
    priced::PricedBy,
    receipts::{Paper, receipt},
};

/// A document in a list.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = DocumentHead)]
pub(crate) struct Head {
    /// Its identity.
    pub(crate) id: Uuid,
    /// The terminal it was made at.
    pub(crate) terminal_id: Uuid,
    /// The terminal's code.
    pub(crate) terminal_code: String,
    /// The store.
    pub(crate) store_id: Uuid,
    /// Its number, such as `20261121-0001-000007`; together with store and terminal it is unique.
    pub(crate) number: Option<String>,
    /// The period it counts in.
    pub(crate) closure_number: Option<i64>,
    /// `completed` or `cancelled`.
    pub(crate) status: String,
    /// Which paper.
    pub(crate) document_type: Option<String>,
    /// What it did: `sale`, `return` and so on.
    pub(crate) transaction_type: Option<String>,
    /// When it was opened, by the store's clock.
    pub(crate) occurred_at: Option<String>,
    /// What it comes to, after discounts.
    #[schema(value_type = Option<String>, example = "24.50")]
    pub(crate) total: Option<Decimal>,
    /// The currency of that; none of one that came before hubs noted it.
    #[schema(example = "GBP")]
    pub(crate) currency: Option<String>,
    /// Whether it was rung up in training: then it counts nowhere. Of one that came before hubs noted it, false.
    pub(crate) is_training: bool,
    /// Who finished it, where that is known.
    pub(crate) cashier_id: Option<Uuid>,
    /// When it came here.
    pub(crate) received_at: DateTime<Utc>,
    /// What the hub noticed about it.
    pub(crate) flags: Vec<String>,
}

/// A document as it was delivered.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct Delivered {
    /// Its head.
    #[serde(flatten)]
    pub(crate) head: Head,
    /// As it came: the event of our own tills, the tree of older ones.
    #[schema(value_type = Object)]
    pub(crate) body: Json,
    /// By which rules it was priced, as it says itself; none of one that was cancelled, and of what this hub cannot read.
    pub(crate) priced_by: Option<PricedBy>,
}

/// A closed period.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct ClosureHead {
    /// Its identity.
    pub(crate) id: Uuid,
    /// The terminal it was made at.
    pub(crate) terminal_id: Uuid,
    /// The terminal's code.
    pub(crate) terminal_code: String,
    /// The store.
    pub(crate) store_id: Uuid,
    /// Its readable number.
    pub(crate) number: Option<String>,
    /// The number of the period.
    pub(crate) closure_number: Option<i64>,
    /// The day it is booked under.
    pub(crate) closed_on: Option<String>,
    /// What was sold in it, before discounts of whole documents.
    #[schema(value_type = Option<String>, example = "1204.50")]
    pub(crate) gross: Option<Decimal>,
    /// The currency of that; none of one that came before hubs noted it.
    #[schema(example = "GBP")]
    pub(crate) currency: Option<String>,
    /// How many documents of it are here.
    pub(crate) documents_here: i64,
    /// Whether everything that belongs to the period is here.
    pub(crate) is_complete: bool,
    /// How many events or documents of the period are still to come, or are set aside at the till.
    pub(crate) missing: i64,
    /// When it came here.
    pub(crate) received_at: DateTime<Utc>,
}

/// A closed period as it was delivered, and what its till corrected of it since.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(crate) struct DeliveredClosure {
    /// Its head.
    #[serde(flatten)]
    pub(crate) head: ClosureHead,
    /// As it came.
    #[schema(value_type = Object)]
    pub(crate) body: Json,
    /// The corrections that its till made since, in order, each as it came, of those that this hub can read; one of a newer till
    /// is flagged as an event that cannot be read. The closure stays as it was.
    #[schema(value_type = Vec<Object>)]
    pub(crate) corrections: Vec<Json>,
    /// The numbers of corrections of the period that are not here and come before one that is.
    pub(crate) corrections_missing: Vec<u32>,
}

/// Which documents are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) store: Option<Uuid>,
    pub(crate) terminal: Option<Uuid>,
    pub(crate) cashier: Option<Uuid>,
    pub(crate) status: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) number: Option<String>,
    /// That its number or its content holds.
    pub(crate) text: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) flag: Option<String>,
    /// That came here then or later.
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) order: Order,
}

/// That something was noticed about a document.
const FLAGGED: &str = "EXISTS (SELECT 1 FROM ledger_flag f WHERE f.company_id = d.company_id \
     AND f.terminal_id = d.terminal_id AND f.kind = 'transaction' \
     AND f.entity_id = COALESCE(d.entity_id, d.document_id) AND f.flag = {})";

impl Head {
    /// Its place in lists.
    pub(crate) fn place(&self) -> String {
        Place(self.received_at.timestamp_millis(), self.id).to_string()
    }
}

impl ClosureHead {
    /// The number of the period, where it has one as our tills count.
    pub(crate) fn period(&self) -> Option<u32> {
        self.closure_number.and_then(|number| u32::try_from(number).ok())
    }

    /// Its place in lists.
    pub(crate) fn place(&self) -> String {
        Place(self.received_at.timestamp_millis(), self.id).to_string()
    }
}

const HEAD: &str = "SELECT d.document_id, d.terminal_id, t.terminal_code, t.store_id, d.unique_id, d.closure_number, \
     d.status, d.document_type, d.transaction_type, d.occurred_at, COALESCE(d.due_e4, d.total_e4), \
     d.cashier_id, d.received_at, COALESCE(d.entity_id, d.document_id) AS entity_id, d.is_training, d.currency \
     FROM document d \
     JOIN terminal t ON t.company_id = d.company_id AND t.terminal_id = d.terminal_id WHERE d.company_id = $1";

fn head(session: &mut dyn Session, company: Uuid, row: &Row) -> Result<Head, DatabaseError> {
    let text = |column| row.optional_text(column).map(|text| text.map(str::to_owned));
    let flags = session.query(
        "SELECT flag FROM ledger_flag WHERE company_id = $1 AND terminal_id = $2 AND kind = 'transaction' \
         AND entity_id = $3 ORDER BY flag",
        &[company.into(), row.id(1)?.into(), row.id(13)?.into()],
    )?;
    Ok(Head {
        id: row.id(0)?,
        terminal_id: row.id(1)?,
        terminal_code: row.text(2)?.to_owned(),
        store_id: row.id(3)?,
        number: text(4)?,
        closure_number: row.optional_integer(5)?,
        status: row.text(6)?.to_owned(),
        document_type: text(7)?,
        transaction_type: text(8)?,
        occurred_at: text(9)?,
        total: row.optional_integer(10)?.map(intake::amount),
        currency: text(15)?,
        is_training: row.flag(14)?,
        cashier_id: row.optional_id(11)?,
        received_at: row.time(12)?,
        flags: flags.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<_, _>>()?,
    })
}

/// Documents within reach in an order, after a place. Where a text is looked for, a part may be short and others follow.
pub(crate) fn list(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &Filter),
    (after, limit): (Place, i64),
) -> Result<Listed<Head>, DatabaseError> {
    if let Some(text) = &filter.text {
        return searching::list(session, company, (reach, filter, text), (after, limit));
    }
    let (sql, values) = part(company, (reach, filter), (after, limit + 1));
    let rows = session.query(&sql, &values)?;
    let heads = rows.iter().map(|row| head(session, company, row)).collect::<Result<_, _>>()?;
    Ok(Listed::part(heads, limit, Head::place))
}

/// The statement for them, whatever text is looked for, and its parameters.
fn part(
    company: Uuid,
    (reach, filter): (&Reach, &Filter),
    (after, limit): (Place, i64),
) -> (String, Vec<Value>) {
    let values = [company.into(), after.0.into(), after.1.into()];
    let wanted = Wanted::within(reach, ("t.store_id", Some("d.terminal_id")), values)
        .and("t.store_id =", filter.store)
        .and("d.terminal_id =", filter.terminal)
        .and("d.cashier_id =", filter.cashier)
        .and("d.status =", filter.status.as_deref())
        .and("d.transaction_type =", filter.kind.as_deref())
        .and("d.unique_id =", filter.number.as_deref())
        .and("d.occurred_at >=", filter.from.as_deref())
        .and("d.occurred_at <", filter.until.as_deref())
        .and("d.received_at >=", filter.since.map(|since| since.timestamp_millis()))
        .where_in(FLAGGED, filter.flag.as_deref());
    let (after, by) = Place::sql(filter.order, "d.received_at", "d.document_id");
    wanted.page(&format!("{HEAD} AND {after}"), &by, limit)
}

/// One document, whole.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(
    session: &mut dyn Session,
    company: Uuid,
    reach: &Reach,
    id: Uuid,
) -> Result<Delivered, ApiError> {
    let reached = ("t.store_id", Some("d.terminal_id"));
    let (within, values) = Wanted::within(reach, reached, [company.into(), id.into()]).all();
    // Two tills that are copies of one another may have delivered the same: the first one stands for both.
    let sql = format!("{HEAD} AND d.document_id = $2 AND {within} ORDER BY d.received_at, d.terminal_id");
    let rows = session.query(&sql, &values)?;
    let row = rows.first().ok_or_else(ApiError::not_found)?;
    let head = head(session, company, row)?;
    let body = body(session, (company, head.terminal_id), ("transaction", row.id(13)?))?;
    let priced_by = closures::read(&body.to_string()).and_then(|(entry, _)| PricedBy::of(&entry, id));
    Ok(Delivered { head, body, priced_by })
}

/// A finished document as a till of ours delivered it; none where none did, or it cannot be read.
pub(crate) fn finished(
    session: &mut dyn Session,
    company: Uuid,
    id: Uuid,
) -> Result<Option<Document>, DatabaseError> {
    let rows = session.query(
        "SELECT terminal_id, COALESCE(entity_id, document_id) FROM document WHERE company_id = $1 \
         AND document_id = $2 ORDER BY received_at, terminal_id",
        &[company.into(), id.into()],
    )?;
    let Some(row) = rows.first() else { return Ok(None) };
    let text = latest(session, (company, row.id(0)?), ("transaction", row.id(1)?))?;
    let entry = text.and_then(|text| closures::read(&text)).map(|(entry, _)| entry);
    let mut documents = entry.iter().flat_map(|entry| &entry.effects.completed).map(Completed::document);
    Ok(documents.find(|document| document.id.uuid() == id).cloned())
}

fn body(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    (kind, entity): (&str, Uuid),
) -> Result<Json, ApiError> {
    let text = latest(session, (company, terminal), (kind, entity))?.ok_or_else(ApiError::not_found)?;
    serde_json::from_str(&text).map_err(|_| ApiError::internal())
}

/// The latest that a terminal delivered of something, as it came.
fn latest(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    (kind, entity): (&str, Uuid),
) -> Result<Option<String>, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM ledger WHERE company_id = $1 AND terminal_id = $2 AND kind = $3 AND entity_id = $4 \
         ORDER BY revision DESC",
        &[company.into(), terminal.into(), kind.into(), entity.into()],
    )?;
    rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
}

const CLOSURE: &str = "SELECT c.closure_id, c.terminal_id, t.terminal_code, t.store_id, c.unique_id, \
     c.closure_number, c.closed_on, c.gross_e4, c.received_at, (SELECT count(*) FROM document d \
     WHERE d.company_id = c.company_id AND d.terminal_id = c.terminal_id AND d.closure_number = c.closure_number), \
     c.document_count, l.epoch, l.seq, c.currency \
     FROM closure c JOIN terminal t ON t.company_id = c.company_id AND t.terminal_id = c.terminal_id \
     LEFT JOIN ledger l ON l.company_id = c.company_id AND l.terminal_id = c.terminal_id AND l.kind = 'closure' \
     AND l.entity_id = c.closure_id AND l.revision = 1 WHERE c.company_id = $1";

/// How much of a closed period is not here: of our tills by the numbers of its events, which begin behind the closure
/// before; of older ones by the documents that the closure counts.
fn missing(session: &mut dyn Session, company: Uuid, row: &Row) -> Result<i64, DatabaseError> {
    if let Some(counted) = row.optional_integer(10)? {
        return Ok((counted - row.integer(9)?).max(0));
    }
    let Some(place) = row.optional_id(11)?.zip(row.optional_integer(12)?) else { return Ok(0) };
    missing_before(session, (company, row.id(1)?), place)
}

/// How many events of a period of ours are not here, by the place of its closure in its till's sequence.
pub(crate) fn missing_before(
    session: &mut dyn Session,
    (company, terminal): (Uuid, Uuid),
    (epoch, seq): (Uuid, i64),
) -> Result<i64, DatabaseError> {
    let of: [Value; 4] = [company.into(), terminal.into(), epoch.into(), seq.into()];
    let before = session.query(
        "SELECT max(p.seq) FROM ledger p WHERE p.company_id = $1 AND p.terminal_id = $2 AND p.epoch = $3 \
         AND p.seq < $4 AND p.kind = 'closure'",
        &of,
    )?;
    let before = before.first().map_or(Ok(None), |row| row.optional_integer(0))?;
    let before = match before {
        Some(before) => before,
        None => i64::try_from(feed::begins_after(session, (company, terminal, epoch))?).unwrap_or(i64::MAX),
    };
    let mut values = of.to_vec();
    values.push(before.into());
    let here = session.query(
        "SELECT count(DISTINCT x.seq) FROM ledger x WHERE x.company_id = $1 AND x.terminal_id = $2 \
         AND x.epoch = $3 AND x.seq <= $4 AND x.seq > $5",
        &values,
    )?;
    let here = here.first().map_or(Ok(0), |row| row.integer(0))?;
    Ok((seq - before - here).max(0))
}

fn closure(session: &mut dyn Session, company: Uuid, row: &Row) -> Result<ClosureHead, DatabaseError> {
    let missing = missing(session, company, row)?;
    let text = |column| row.optional_text(column).map(|text| text.map(str::to_owned));
    Ok(ClosureHead {
        id: row.id(0)?,
        terminal_id: row.id(1)?,
        terminal_code: row.text(2)?.to_owned(),
        store_id: row.id(3)?,
        number: text(4)?,
        closure_number: row.optional_integer(5)?,
        closed_on: text(6)?,
        gross: row.optional_integer(7)?.map(intake::amount),
        currency: text(13)?,
        received_at: row.time(8)?,
        documents_here: row.integer(9)?,
        is_complete: missing == 0,
        missing,
    })
}

/// Which closures.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClosureFilter {
    pub(crate) store: Option<Uuid>,
    pub(crate) terminal: Option<Uuid>,
    /// Booked under this day or later.
    pub(crate) from: Option<NaiveDate>,
    /// Booked under this day or earlier.
    pub(crate) until: Option<NaiveDate>,
    /// That came here then or later.
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) order: Order,
}

/// Closures within reach in an order, after a place.
pub(crate) fn closures(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &ClosureFilter),
    (after, limit): (Place, i64),
) -> Result<Vec<ClosureHead>, DatabaseError> {
    let values = [company.into(), after.0.into(), after.1.into()];
    // Older terminals write the time behind the day.
    let behind = filter.until.map(|day| day.checked_add_days(Days::new(1)).unwrap_or(day).to_string());
    let wanted = Wanted::within(reach, ("t.store_id", Some("c.terminal_id")), values)
        .and("t.store_id =", filter.store)
        .and("c.terminal_id =", filter.terminal)
        .and("c.closed_on >=", filter.from.map(|day| day.to_string()))
        .and("c.closed_on <", behind)
        .and("c.received_at >=", filter.since.map(|since| since.timestamp_millis()));
    let (after, by) = Place::sql(filter.order, "c.received_at", "c.closure_id");
    let (sql, values) = wanted.page(&format!("{CLOSURE} AND {after}"), &by, limit);
    let rows = session.query(&sql, &values)?;
    rows.iter().map(|row| closure(session, company, row)).collect()
}

/// One closure, whole, and what its till corrected of its periods.
///
/// # Errors
/// `not_found`.
pub(crate) fn one_closure(
    session: &mut dyn Session,
    company: Uuid,
    reach: &Reach,
    id: Uuid,
) -> Result<(DeliveredClosure, Corrections), ApiError> {
    let reached = ("t.store_id", Some("c.terminal_id"));
    let (within, values) = Wanted::within(reach, reached, [company.into(), id.into()]).all();
    let sql = format!("{CLOSURE} AND c.closure_id = $2 AND {within} ORDER BY c.received_at, c.terminal_id");
    let rows = session.query(&sql, &values)?;
    let head = closure(session, company, rows.first().ok_or_else(ApiError::not_found)?)?;
    let body = body(session, (company, head.terminal_id), ("closure", id))?;
    let all = Corrections::read(session, (company, head.terminal_id))?;
    let (mut corrections, mut corrections_missing) = (Vec::new(), Vec::new());
    if let Some(period) = head.period() {
        for one in all.of(period) {
            corrections.push(serde_json::from_str(&one.body).map_err(|_| ApiError::internal())?);
        }
        corrections_missing = all.missing(period);
    }
    Ok((DeliveredClosure { head, body, corrections, corrections_missing }, all))
}
