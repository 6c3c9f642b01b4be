//! How far what a store's hub forwards has come, as those who look after the store see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Head;
use crate::{
    access::{Reach, Wanted},
    db::{DatabaseError, Row, Session, Value},
};

/// So many of what is set aside are named.
const NAMED: i64 = 100;

/// What is on its way to the company's hub.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RelayState {
    /// Whether the hub forwards: a store's hub does whose settings name another.
    forwards: bool,
    /// How many events wait to be forwarded, by their kinds.
    waiting: BTreeMap<String, i64>,
    /// When the oldest of those came about at its till.
    oldest_waiting: Option<DateTime<Utc>>,
    /// How many events the company's hub would not take, and wait for a person.
    set_aside: i64,
    /// The first 100 of them.
    refused: Vec<SetAside>,
    /// When changes of the company's hub came last; none: never.
    pulled_at: Option<DateTime<Utc>>,
}

/// An event that the company's hub would not take.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetAside {
    /// Its number in the queue, by which `saleflex-gate relay release` and `write-off` know it.
    no: i64,
    /// The terminal that delivered it.
    terminal_id: Uuid,
    /// Its kind, such as `transaction`.
    kind: String,
    /// What it is about.
    entity_id: Uuid,
    /// The code of the refusal.
    code: Option<String>,
    /// What was said beside.
    detail: Option<String>,
}

/// What waits of the terminals within reach, and what is set aside of them.
pub(crate) fn read(
    session: &mut dyn Session,
    company: Uuid,
    (reach, forwards): (&Reach, bool),
) -> Result<RelayState, DatabaseError> {
    let (within, values) =
        Wanted::within(reach, ("t.store_id", Some("r.terminal_id")), [company.into()]).all();
    let queue = Queued { within, values };
    let waits = "r.state IN ('pending', 'in_flight')";
    let aside = "r.state = 'quarantined' AND r.written_off_at IS NULL";
    let waiting = queue.ask(session, "r.kind, count(*)", waits, "GROUP BY r.kind ORDER BY r.kind")?;
    let oldest = queue.ask(session, "r.head", waits, "ORDER BY r.no LIMIT 1")?;
    let set_aside = queue.ask(session, "count(*)", aside, "")?;
    let named = "r.no, r.terminal_id, r.kind, r.entity_id, r.last_code, r.last_detail";
    let refused = queue.ask(session, named, aside, &format!("ORDER BY r.no LIMIT {NAMED}"))?;
    let pulled = session.query("SELECT pulled_at FROM upstream WHERE company_id = $1", &[company.into()])?;
    let counted = |row: &Row| Ok::<_, DatabaseError>((row.text(0)?.to_owned(), row.integer(1)?));
    Ok(RelayState {
        forwards,
        waiting: waiting.iter().map(counted).collect::<Result<_, _>>()?,
        oldest_waiting: oldest.first().map(came_about).transpose()?,
        set_aside: set_aside.first().map_or(Ok(0), |row| row.integer(0))?,
        refused: refused.iter().map(one).collect::<Result<_, _>>()?,
        pulled_at: pulled.first().map_or(Ok(None), |row| row.optional_time(0))?,
    })
}

/// The queue of the terminals within reach.
struct Queued {
    within: String,
    values: Vec<Value>,
}

impl Queued {
    fn ask(
        &self,
        session: &mut dyn Session,
        what: &str,
        which: &str,
        order: &str,
    ) -> Result<Vec<Row>, DatabaseError> {
        let Self { within, values } = self;
        let sql = format!(
            "SELECT {what} FROM relay r JOIN terminal t ON t.company_id = r.company_id \
             AND t.terminal_id = r.terminal_id WHERE r.company_id = $1 AND {which} AND {within} {order}"
        );
        session.query(&sql, values)
    }
}

fn came_about(row: &Row) -> Result<DateTime<Utc>, DatabaseError> {
    let unreadable = |_| DatabaseError::Column { column: 0, expected: "an envelope that is JSON" };
    let head: Head = serde_json::from_str(row.text(0)?).map_err(unreadable)?;
    Ok(head.created_at.to_utc())
}

fn one(row: &Row) -> Result<SetAside, DatabaseError> {
    Ok(SetAside {
        no: row.integer(0)?,
        terminal_id: row.id(1)?,
        kind: row.text(2)?.to_owned(),
        entity_id: row.id(3)?,
        code: row.optional_text(4)?.map(str::to_owned),
        detail: row.optional_text(5)?.map(str::to_owned),
    })
}
