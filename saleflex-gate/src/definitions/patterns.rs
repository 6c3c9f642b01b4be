//! The memory that the patterns of all campaigns of a store may take together.
//!
//! What stands in the books stays in force, whatever it takes: an earlier version may have taken more. What is written must
//! keep to the bound, or take no more than before.
//!
//! Every pattern that a row names counts, those of rules that a whole definition leaves unread among them: they come into
//! force when that goes.

use std::collections::{BTreeMap, BTreeSet};

use saleflex_core::campaign::{MOST_PATTERN_BYTES, OriginalRule, Pattern};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::{
    ApiError,
    db::{DatabaseError, Session},
    offers::in_force::{CAMPAIGNS, RULES, read, whole},
};

/// Patterns by the store they are for; none: all stores.
pub(super) type Written = BTreeMap<Option<Uuid>, BTreeSet<Pattern>>;

/// The patterns that a row names.
pub(super) fn named(resource: &str, body: &Map<String, Json>) -> BTreeSet<Pattern> {
    let row = Json::Object(body.clone());
    match resource {
        CAMPAIGNS => match whole(&row) {
            Some(Ok(campaign)) => campaign.patterns().cloned().collect(),
            Some(Err(_)) | None => BTreeSet::new(),
        },
        RULES => {
            let rule = read::<OriginalRule>(RULES, &row).ok();
            rule.and_then(|rule| rule.pattern()).into_iter().collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Refuses what was written where the patterns of its store, or of one of all stores, take more than they may, and more
/// than before. Where none is new nothing is measured.
pub(super) fn check_growth(before: &Written, after: &Written, store: Option<Uuid>) -> Result<(), ApiError> {
    let own = after.keys().copied().filter(|of| of.is_some() && (store.is_none() || *of == store));
    for place in own.chain([None]) {
        let (were, are) = (together(before, place), together(after, place));
        let taken = if are.is_subset(&were) { 0 } else { bytes(&are) };
        if taken > MOST_PATTERN_BYTES && taken > bytes(&were) {
            let most = MOST_PATTERN_BYTES / 1_048_576;
            return Err(ApiError::unprocessable(
                "field_invalid",
                format!("the patterns of all campaigns together take more than {most} MiB of memory"),
            ));
        }
    }
    Ok(())
}

/// The patterns of a store: its own and those of all stores, equal ones once.
fn together(written: &Written, store: Option<Uuid>) -> BTreeSet<&Pattern> {
    [Some(&None), store.is_some().then_some(&store)]
        .into_iter()
        .flatten()
        .filter_map(|of| written.get(of))
        .flatten()
        .collect()
}

/// What patterns take. One is made ready after the other and none is kept, so that looking takes little memory.
fn bytes(patterns: &BTreeSet<&Pattern>) -> usize {
    patterns.iter().map(|pattern| pattern.bytes()).fold(0, usize::saturating_add)
}

/// The patterns that are in the books.
pub(super) fn written(session: &mut dyn Session, company: Uuid) -> Result<Written, DatabaseError> {
    let rows = session.query(
        "SELECT store_id, resource, body FROM definition WHERE company_id = $1 AND is_deleted = 0 \
         AND resource IN ('campaigns', 'campaign_rules') AND lower(body) LIKE '%pattern%'",
        &[company.into()],
    )?;
    let mut written = Written::new();
    for row in &rows {
        let body: Map<String, Json> = serde_json::from_str(row.text(2)?)
            .map_err(|_| DatabaseError::Column { column: 2, expected: "a JSON object" })?;
        written.entry(row.optional_id(0)?).or_default().extend(named(row.text(1)?, &body));
    }
    Ok(written)
}
