//! Documents by a text that somebody looks for.
//!
//! No index holds what documents say, so the hub reads them one after another: at most [`LOOKED_AT`] in a request, whatever
//! the books hold. It reads them itself, since databases differ in the letters whose case they fold.

use saleflex_core::customer::folded;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Filter, Head, Place, head, part};
use crate::{
    access::Reach,
    db::{DatabaseError, Row, Session},
    request::Listed,
};

/// So many documents are looked at in a request; the cursor it answers with goes on behind them.
const LOOKED_AT: i64 = 1_000;
/// So many are read at a time.
const AT_A_TIME: i64 = 100;

/// Where the content stands behind what a head is made of.
const CONTENT: usize = 16;

/// Those of the documents that are asked for whose number or content holds a text, in whatever case.
pub(super) fn list(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter, text): (&Reach, &Filter, &str),
    (mut after, limit): (Place, i64),
) -> Result<Listed<Head>, DatabaseError> {
    let (text, most) = (folded(text), usize::try_from(limit).unwrap_or_default());
    let mut items = Vec::new();
    for _ in 0..LOOKED_AT / AT_A_TIME {
        let candidates = candidates(session, company, (reach, filter), after)?;
        for row in &candidates {
            if holds(row, &text)? {
                // What is found behind a full part only says that there is more.
                if items.len() >= most {
                    return Ok(Listed { items, next_cursor: Some(after.to_string()) });
                }
                items.push(head(session, company, row)?);
            }
            after = Place(row.time(12)?.timestamp_millis(), row.id(0)?);
        }
        if i64::try_from(candidates.len()).is_ok_and(|count| count < AT_A_TIME) {
            return Ok(Listed::whole(items));
        }
    }
    Ok(Listed { items, next_cursor: Some(after.to_string()) })
}

/// Documents after a place, each with the latest that its terminal delivered of it.
fn candidates(
    session: &mut dyn Session,
    company: Uuid,
    (reach, filter): (&Reach, &Filter),
    after: Place,
) -> Result<Vec<Row>, DatabaseError> {
    let (sql, values) = part(company, (reach, filter), (after, AT_A_TIME));
    // Around those that are chosen already: before, each one that is sorted would be read whole.
    let sql = format!(
        "SELECT f.*, (SELECT l.body FROM ledger l WHERE l.company_id = $1 AND l.terminal_id = f.terminal_id \
         AND l.kind = 'transaction' AND l.entity_id = f.entity_id ORDER BY l.revision DESC LIMIT 1) \
         FROM ({sql}) f ORDER BY {}",
        filter.order.by(&["f.received_at", "f.document_id"])
    );
    session.query(&sql, &values)
}

/// Whether a document's number or anything that its content says holds a text; what the names of its fields hold says nothing.
fn holds(row: &Row, text: &str) -> Result<bool, DatabaseError> {
    if row.optional_text(4)?.is_some_and(|number| folded(number).contains(text)) {
        return Ok(true);
    }
    let content = row.optional_text(CONTENT)?.and_then(|content| serde_json::from_str::<Json>(content).ok());
    Ok(content.is_some_and(|content| says(&content, text)))
}

/// Whether a text stands in any value.
fn says(value: &Json, text: &str) -> bool {
    match value {
        Json::String(said) => folded(said).contains(text),
        Json::Array(all) => all.iter().any(|one| says(one, text)),
        Json::Object(fields) => fields.values().any(|one| says(one, text)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}
