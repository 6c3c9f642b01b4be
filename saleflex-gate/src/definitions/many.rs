//! Rows of one resource that are written together, as those of a file are.
//!
//! Whoever writes them has looked at what a row by itself is looked at for; nothing of it is looked for here.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{CASHIERS, editing, next_changes, phones, price_lists, rules::Rule};
use crate::{
    db::{DatabaseError, Form, Rows, Session},
    ids::new_id,
    offers::in_force::CAMPAIGNS,
};

static ROW: Form = Form {
    table: "definition",
    common: &[
        ("company_id", "uuid"),
        ("resource", "text"),
        ("store_id", "uuid"),
        ("is_deleted", "bigint"),
        ("updated_at", "bigint"),
    ],
    own: &[
        ("definition_id", "uuid"),
        ("version", "bigint"),
        ("body", "text"),
        ("code", "text"),
        ("overrides", "uuid"),
    ],
    key: &["definition_id"],
};

/// What is said of a row that was there. Whose it is, and in whose place it stands, stays.
const ANEW: &str = "ON CONFLICT (company_id, resource, definition_id) DO UPDATE SET version = excluded.version, \
     body = excluded.body, updated_at = excluded.updated_at, code = excluded.code";

/// A row to write.
#[derive(Debug)]
pub(crate) struct ToWrite {
    /// The row that changes; none: it is new.
    pub(crate) id: Option<Uuid>,
    /// The row of the company that it takes the place of.
    pub(crate) overrides: Option<Uuid>,
    /// All that it says.
    pub(crate) body: Map<String, Json>,
}

/// Whether rows of a resource may be written together: of the others more is looked at than themselves, or more is in them than
/// is shown.
pub(crate) fn goes_together(rule: &Rule) -> bool {
    !matches!(rule.resource, CASHIERS | CAMPAIGNS | phones::CUSTOMERS | price_lists::LISTS)
}

/// Writes rows of a store, or of all. Each gets a number of its own, in their order.
pub(crate) fn write(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, rows): (Option<Uuid>, Vec<ToWrite>),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    if rows.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let last = next_changes(session, company, count)?;
    let common =
        vec![company.into(), rule.resource.into(), store.into(), false.into(), now.timestamp_millis().into()];
    let mut written = Rows::new(&ROW, ANEW, common);
    for (row, version) in rows.into_iter().zip(last - count + 1..) {
        let ToWrite { id, overrides, mut body } = row;
        let id = id.unwrap_or_else(|| begun(&mut body, now));
        body.insert("updated_at".to_owned(), editing::naive(now).into());
        let key = rule.key_of(&body).map(str::to_owned);
        let text = Json::Object(body).to_string();
        written.push([id.into(), version.into(), text.into(), key.into(), overrides.into()]);
    }
    session.send_rows(written)
}

/// Says of a new row what each says for itself, and answers its identity.
fn begun(body: &mut Map<String, Json>, now: DateTime<Utc>) -> Uuid {
    let id = new_id(now);
    body.insert("id".to_owned(), id.to_string().into());
    body.insert("created_at".to_owned(), editing::naive(now).into());
    body.insert("is_deleted".to_owned(), false.into());
    id
}
