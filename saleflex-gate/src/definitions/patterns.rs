//! The memory that the patterns of all campaigns of a store may take together.
//!
//! What stands in the books stays in force, whatever it takes: an earlier version may have taken more. What is written must
//! keep to the bound, or take no more than before.

use std::collections::BTreeSet;

use saleflex_core::campaign::MOST_PATTERN_BYTES;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Session},
    offers::in_force::InForce,
    registry,
};

/// Whether a row may bring a pattern.
pub(super) fn may_be_in(resource: &str, body: &Map<String, Json>) -> bool {
    let names_pattern = |body: &Map<String, Json>| {
        let text = Json::Object(body.clone()).to_string();
        text.contains("\"pattern\"") || text.contains("PATTERN")
    };
    matches!(resource, "campaigns" | "campaign_rules") && names_pattern(body)
}

/// What the patterns take in the store that a row is for, or in the one of all stores where they take the most.
pub(super) fn most_bytes(
    session: &mut dyn Session,
    company: Uuid,
    store: Option<Uuid>,
) -> Result<usize, DatabaseError> {
    // Of stores that have no campaigns of their own, one is as good as another.
    let rows = session.query(
        "SELECT DISTINCT store_id FROM definition WHERE company_id = $1 AND store_id IS NOT NULL AND is_deleted = 0 \
         AND resource IN ('campaigns', 'campaign_rules')",
        &[company.into()],
    )?;
    let any = "SELECT store_id FROM store WHERE company_id = $1 ORDER BY store_id LIMIT 1";
    let any = session.query(any, &[company.into()])?;
    let mut stores = BTreeSet::from_iter(store);
    for row in rows.iter().chain(&any).filter(|_| store.is_none()) {
        stores.extend(row.optional_id(0)?);
    }
    let mut most = 0;
    for id in stores {
        let Some(place) = registry::store_by_id(session, company, id)? else { continue };
        if let Ok(in_force) = InForce::read(session, company, &place)? {
            most = most.max(in_force.pattern_bytes());
        }
    }
    Ok(most)
}

/// Refuses patterns that take more than they may, and more than before.
pub(super) fn check_growth(before: usize, after: usize) -> Result<(), ApiError> {
    if after <= MOST_PATTERN_BYTES.max(before) {
        return Ok(());
    }
    let most = MOST_PATTERN_BYTES / 1_048_576;
    Err(ApiError::unprocessable(
        "field_invalid",
        format!("the patterns of all campaigns together take more than {most} MiB of memory"),
    ))
}
