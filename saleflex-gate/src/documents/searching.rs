//! Documents by a text that somebody looks for.

use serde_json::Value as Json;
use uuid::Uuid;

use super::{Head, latest};
use crate::db::{DatabaseError, Session};

/// Whether a document's number or anything that its content says holds a text; what the names of its fields hold says nothing.
pub(super) fn holds(
    session: &mut dyn Session,
    company: Uuid,
    (head, text): (&Head, &str),
) -> Result<bool, DatabaseError> {
    if head.number.as_ref().is_some_and(|number| number.to_lowercase().contains(text)) {
        return Ok(true);
    }
    let entities = session.query(
        "SELECT COALESCE(entity_id, document_id) FROM document \
         WHERE company_id = $1 AND terminal_id = $2 AND document_id = $3",
        &[company.into(), head.terminal_id.into(), head.id.into()],
    )?;
    let Some(entity) = entities.first() else { return Ok(false) };
    let body = latest(session, (company, head.terminal_id), ("transaction", entity.id(0)?))?;
    let body = body.and_then(|body| serde_json::from_str::<Json>(&body).ok());
    Ok(body.is_some_and(|body| says(&body, text)))
}

/// Whether a text stands in any value.
fn says(value: &Json, text: &str) -> bool {
    match value {
        Json::String(said) => said.to_lowercase().contains(text),
        Json::Array(all) => all.iter().any(|one| says(one, text)),
        Json::Object(fields) => fields.values().any(|one| says(one, text)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}
