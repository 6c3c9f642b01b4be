//! The rows that are known by keys, asked for together.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    editing::{self, Stored},
    rules::Rule,
};
use crate::db::{DatabaseError, Each, Session};

/// Of rows of other stores no more is asked than that they have the key.
const OF_A_KEY: &str = "SELECT definition_id, version, store_id, is_deleted, updated_at, \
     CASE WHEN store_id IS NULL OR store_id = $3 THEN body ELSE '{}' END AS body, resource, overrides, region_id, code \
     FROM definition WHERE company_id = $1 AND resource = $2 AND code = $4 AND is_deleted = 0";

/// The rows that have keys, of whichever store they are, by their keys: what the company's and a store's say, and that others
/// are there.
pub(crate) fn rows(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (store, keys): (Option<Uuid>, &BTreeSet<&str>),
) -> Result<BTreeMap<String, Vec<Stored>>, DatabaseError> {
    let mut found = BTreeMap::<String, Vec<Stored>>::new();
    if keys.is_empty() {
        return Ok(found);
    }
    let mut asked = Each::new(OF_A_KEY, &["text"], vec![company.into(), rule.resource.into(), store.into()]);
    for key in keys {
        asked.about([(*key).into()]);
    }
    for row in session.ask_all(vec![asked.into()])?.iter().flatten() {
        found.entry(row.text(9)?.to_owned()).or_default().push(editing::stored(row)?);
    }
    Ok(found)
}
