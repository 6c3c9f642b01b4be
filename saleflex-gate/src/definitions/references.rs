//! What rows refer to by identities.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Session},
};

/// That what a row refers to is there.
///
/// # Errors
/// `reference_unknown` with the field.
pub(super) fn check(
    session: &mut dyn Session,
    company: Uuid,
    body: &Map<String, Json>,
) -> Result<(), ApiError> {
    match leads_nowhere(session, company, body)? {
        None => Ok(()),
        Some(field) => Err(unknown(field)),
    }
}

/// The refusal of a row with a field that leads nowhere.
pub(crate) fn unknown(field: String) -> ApiError {
    let error = ApiError::unprocessable("reference_unknown", format!("`{field}` leads nowhere"));
    ApiError { detail: Some(field), ..error }
}

/// The first field of a row that refers to what is not there.
pub(crate) fn leads_nowhere(
    session: &mut dyn Session,
    company: Uuid,
    body: &Map<String, Json>,
) -> Result<Option<String>, DatabaseError> {
    let fields = body.iter().filter(|(field, _)| {
        // Who made a row may have left; the server's and the store's identities are no definitions.
        field.starts_with("fk_")
            && !field.contains("cashier")
            && !matches!(field.as_str(), "fk_server_id" | "fk_store_id" | "fk_terminal_id")
    });
    for (field, value) in fields {
        let Some(id) = value.as_str().and_then(|id| Uuid::parse_str(id).ok()) else { continue };
        let rows = session.query(
            "SELECT 1 FROM definition WHERE company_id = $1 AND definition_id = $2 AND is_deleted = 0 \
             AND overrides IS NULL LIMIT 1",
            &[company.into(), id.into()],
        )?;
        if rows.is_empty() {
            return Ok(Some(field.clone()));
        }
    }
    Ok(None)
}
