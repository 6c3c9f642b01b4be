//! Rows that an older terminal was given and nobody made, kept as the company's own from the first time that one needs them: they
//! are listed, changed and removed as all others are.
//!
//! **Invariant:** a row is kept under the identity that it was given with, and once; one that people took away stays away for as
//! long as it is told that it is gone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::Value as Json;
use uuid::Uuid;

use super::given::{KEPT, Made, identity};
use crate::{
    authority::{self, Deciders},
    db::{DatabaseError, Form, Row, Rows, Session},
    definitions::{Definition, rules},
};

/// A row to keep: its resource, identity, content and key.
type Kept = (&'static str, Uuid, String, String);

/// How one comes in.
static ROW: Form = Form {
    table: "definition",
    common: &[("company_id", "uuid"), ("is_deleted", "bigint"), ("updated_at", "bigint")],
    own: &[
        ("resource", "text"),
        ("definition_id", "uuid"),
        ("version", "bigint"),
        ("body", "text"),
        ("code", "text"),
    ],
    key: &["resource", "definition_id"],
};

/// Whether a row is one that was kept for stores that lack it: those whose data came whole do not.
pub(super) fn is_the_companys(row: &Definition) -> bool {
    let key = || rules::of(&row.resource).and_then(|rule| rule.key_of(&row.body));
    row.store.is_none()
        && KEPT.contains(&row.resource.as_str())
        && key().is_some_and(|key| identity(&row.resource, key) == row.id)
}

/// Keeps what was given. Not where another hub decides (`deciders` of a store's hub), and nothing of a key that somebody has made
/// a row of meanwhile, in whichever store.
pub(crate) fn keep(
    session: &mut dyn Session,
    company: Uuid,
    (made, is_of_a_store): (Vec<Made>, bool),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let deciders = if is_of_a_store { authority::of(session, company)? } else { Deciders::new() };
    let is_decided_here = |resource: &str| {
        !is_of_a_store || !authority::is_of_the_company(&deciders, &authority::domain_of(resource))
    };
    let made: Vec<Made> = made.into_iter().filter(|(resource, _)| is_decided_here(resource)).collect();
    if made.is_empty() {
        return Ok(());
    }
    // The counter's row is locked first: what two terminals lack at once is kept once. What is kept is counted when it is
    // written: a change without any would be told to every till.
    session.execute("UPDATE company SET changes = changes WHERE company_id = $1", &[company.into()])?;
    let taken = session.query(
        "SELECT resource, code FROM definition WHERE company_id = $1 AND is_deleted = 0 AND code IS NOT NULL \
         AND resource IN ('campaign_types', 'countries', 'currencies', 'transaction_discount_types', \
         'transaction_document_types', 'payment_types')",
        &[company.into()],
    )?;
    let taken = taken.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())));
    let taken: BTreeSet<(String, String)> = taken.collect::<Result<_, DatabaseError>>()?;
    let kept: Vec<Kept> = made
        .into_iter()
        .filter_map(|(resource, row)| {
            let key = rules::of(resource)?.key_of(&row)?.to_owned();
            let id = Uuid::parse_str(row.get("id")?.as_str()?).ok()?;
            Some((resource, id, Json::Object(row).to_string(), key))
        })
        .filter(|(resource, _, _, key)| !taken.contains(&((*resource).to_owned(), key.clone())))
        .collect();
    write(session, company, kept, now)
}

fn write(
    session: &mut dyn Session,
    company: Uuid,
    kept: Vec<Kept>,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    if kept.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(kept.len()).unwrap_or(i64::MAX);
    let last = session.query(
        "UPDATE company SET changes = changes + $2 WHERE company_id = $1 RETURNING changes",
        &[company.into(), count.into()],
    )?;
    let last = last.first().map_or(Ok(count), |row: &Row| row.integer(0))?;
    let once = "ON CONFLICT (company_id, resource, definition_id) DO NOTHING";
    let mut rows = Rows::new(&ROW, once, vec![company.into(), 0_i64.into(), now.timestamp_millis().into()]);
    for ((resource, id, body, key), version) in kept.into_iter().zip(last - count + 1..) {
        rows.push([resource.into(), id.into(), version.into(), body.into(), key.into()]);
    }
    session.send_rows(rows)
}
