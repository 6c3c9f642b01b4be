//! What stands above and below every receipt: of the company, and of a store in the place of that.
//!
//! **Invariant:** a place has one row of them, under the place's own identity; it says which level it is of, so that a till lays
//! the store's over the company's, and what is set for the till itself over both.

use chrono::{DateTime, Utc};
use saleflex_sync::managed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{NewRow, put, rules::invalid};
use crate::{
    ApiError,
    db::{DatabaseError, Session},
};

/// The resource of these rows.
pub(crate) use saleflex_sync::managed::TEXTS;

/// Texts above and below every receipt.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"header": "High Street 1\nVAT 123", "footer": "Thank you"}))]
pub(crate) struct ReceiptTexts {
    /// Above, lines with line breaks between. None: what the company says, or else each till.
    pub(crate) header: Option<String>,
    /// Below.
    pub(crate) footer: Option<String>,
}

/// The texts of a place; none of a store: those of the company.
pub(crate) fn of(
    session: &mut dyn Session,
    company: Uuid,
    store: Option<Uuid>,
) -> Result<ReceiptTexts, DatabaseError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = $2 AND definition_id = $3 \
         AND is_deleted = 0",
        &[company.into(), TEXTS.into(), store.unwrap_or(company).into()],
    )?;
    let Some(row) = rows.first() else { return Ok(ReceiptTexts::default()) };
    let body = serde_json::from_str::<Json>(row.text(0)?);
    let body = body.map_err(|_| DatabaseError::Column { column: 0, expected: "texts" })?;
    let [header, footer] = ["header", "footer"].map(|name| body[name].as_str().map(str::to_owned));
    Ok(ReceiptTexts { header, footer })
}

/// Sets the texts of a place, in the place of all before.
///
/// # Errors
/// `field_invalid` for texts that fit on no paper.
pub(crate) fn set(
    session: &mut dyn Session,
    (company, store): (Uuid, Option<Uuid>),
    texts: &ReceiptTexts,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    check(texts)?;
    let (id, level) = (store.unwrap_or(company), if store.is_some() { "store" } else { "company" });
    let body = json!({
        "id": id, "level": level, "header": texts.header, "footer": texts.footer, "is_deleted": false,
    });
    let Json::Object(body) = body else { return Err(ApiError::internal()) };
    put(session, company, &[NewRow { resource: TEXTS, id, store, terminal: None, body }], now)?;
    Ok(())
}

/// That a till can print them.
fn check(texts: &ReceiptTexts) -> Result<(), ApiError> {
    for (name, text) in [("header", &texts.header), ("footer", &texts.footer)] {
        let Some(text) = text else { continue };
        let paper = Map::from_iter([("paper".to_owned(), json!({name: text}))]);
        managed::laid_over(&saleflex_core::settings::Settings::default(), &paper)
            .map_err(|cause| invalid(name, &format!("fits on no paper: {cause}")))?;
    }
    Ok(())
}
