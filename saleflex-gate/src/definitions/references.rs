//! What rows refer to by identities.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Each, Session},
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
    let mut known = Known::default();
    known.ask(session, company, [body])?;
    known.leads_nowhere(body).map_or(Ok(()), |field| Err(unknown(field)))
}

/// The refusal of a row with a field that leads nowhere.
pub(crate) fn unknown(field: String) -> ApiError {
    let error = ApiError::unprocessable("reference_unknown", format!("`{field}` leads nowhere"));
    ApiError { detail: Some(field), ..error }
}

/// What a row refers to, by its fields.
fn named(body: &Map<String, Json>) -> impl Iterator<Item = (&String, Uuid)> {
    let fields = body.iter().filter(|(field, _)| {
        // Who made a row may have left; the server's and the store's identities are no definitions.
        field.starts_with("fk_")
            && !field.contains("cashier")
            && !matches!(field.as_str(), "fk_server_id" | "fk_store_id" | "fk_terminal_id")
    });
    fields.filter_map(|(field, value)| Some((field, Uuid::parse_str(value.as_str()?).ok()?)))
}

/// Whether what rows refer to is there, each asked for once.
#[derive(Debug, Default)]
pub(crate) struct Known(BTreeMap<Uuid, bool>);

impl Known {
    /// Asks for what rows refer to and nobody asked for yet.
    pub(crate) fn ask<'a>(
        &mut self,
        session: &mut dyn Session,
        company: Uuid,
        rows: impl IntoIterator<Item = &'a Map<String, Json>>,
    ) -> Result<(), DatabaseError> {
        let sql = "SELECT definition_id FROM definition WHERE company_id = $1 AND definition_id = $2 \
             AND is_deleted = 0 AND overrides IS NULL";
        let mut there = Each::new(sql, &["uuid"], vec![company.into()]);
        let mut is_any = false;
        for (_, id) in rows.into_iter().flat_map(named) {
            if let Entry::Vacant(place) = self.0.entry(id) {
                place.insert(false);
                there.about([id.into()]);
                is_any = true;
            }
        }
        if !is_any {
            return Ok(());
        }
        for row in session.ask_all(vec![there.into()])?.iter().flatten() {
            self.0.insert(row.id(0)?, true);
        }
        Ok(())
    }

    /// The first field of a row that was asked about which refers to what is not there.
    pub(crate) fn leads_nowhere(&self, body: &Map<String, Json>) -> Option<String> {
        let nowhere = named(body).find(|(_, id)| self.0.get(id) != Some(&true));
        nowhere.map(|(field, _)| field.clone())
    }
}
