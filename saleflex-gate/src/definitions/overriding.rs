//! What a store has in the place of a row of its company.
//!
//! **Invariant:** who asks for what holds in a store is given one row of the two, under the identity that the company's has:
//! what names it leads there, whichever of them holds. The store's goes with the company's; where it goes alone, the company's
//! is told anew.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    NewRow,
    editing::{self, Stored},
    parts, put,
    rules::{self, Rule, invalid},
};
use crate::{
    ApiError,
    db::{DatabaseError, Session, Value},
    registry::regions,
};

/// What every row says for itself.
const OF_EACH: [&str; 4] = ["id", "is_deleted", "created_at", "updated_at"];

/// The rows as a store knows them, to be read in the place of the table, whose columns they have: the company is the first
/// parameter, the store that of this number. A row that the store gave up stands there once more as what holds since: `is_back`.
pub(crate) fn told(store: usize) -> String {
    let or_companys = |column: &str, none: &str| {
        format!(
            "CASE WHEN d.overrides IS NULL OR d.is_deleted = 0 THEN d.{column} ELSE COALESCE((SELECT c.{column} \
             FROM definition c WHERE c.company_id = d.company_id AND c.resource = d.resource \
             AND c.definition_id = d.overrides), {none}) END AS {column}"
        )
    };
    format!(
        "(SELECT d.company_id, d.resource, COALESCE(d.overrides, d.definition_id) AS definition_id, d.store_id, \
         d.terminal_id, d.version, d.updated_at, d.overrides, {}, {}, \
         CASE WHEN d.overrides IS NULL OR d.is_deleted = 0 THEN 0 ELSE 1 END AS is_back \
         FROM definition d WHERE {}) definition",
        or_companys("is_deleted", "1"),
        or_companys("body", "d.body"),
        holds_in("d", store)
    )
}

/// That a row of the table, by the name it has in the statement, holds in a store, the parameter of that number beside the
/// company's, the first.
pub(super) fn holds_in(table: &str, store: usize) -> String {
    let above = regions::above(&format!("s.store_id = ${store}"));
    format!(
        "({table}.store_id IS NULL OR {table}.store_id = ${store}) \
         AND ({table}.region_id IS NULL OR {table}.region_id IN ({above})) \
         AND NOT EXISTS (SELECT 1 FROM definition o WHERE o.company_id = {table}.company_id \
         AND o.resource = {table}.resource AND o.overrides = {table}.definition_id \
         AND o.store_id = ${store} AND o.is_deleted = 0)"
    )
}

/// The rows of a resource that hold in a store.
pub(crate) fn bodies(
    session: &mut dyn Session,
    company: Uuid,
    store: Uuid,
    resource: &str,
) -> Result<Vec<Json>, DatabaseError> {
    let sql = format!(
        "SELECT body, definition_id, overrides FROM {} WHERE company_id = $1 AND resource = $2 \
         AND is_deleted = 0 AND is_back = 0 ORDER BY definition_id",
        told(3)
    );
    let rows = session.query(&sql, &[company.into(), resource.into(), store.into()])?;
    let bodies = rows.iter().map(|row| {
        let body = serde_json::from_str(row.text(0)?);
        let mut body: Json =
            body.map_err(|_| DatabaseError::Column { column: 0, expected: "a JSON object" })?;
        if let (Json::Object(fields), Some(_)) = (&mut body, row.optional_text(2)?) {
            fields.insert("id".to_owned(), row.text(1)?.into());
        }
        Ok(body)
    });
    bodies.collect()
}

/// The row of the company that a row of a store takes the place of; none where there is none.
///
/// # Errors
/// `key_taken` where the store has another in its place.
pub(super) fn base(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    body: &Map<String, Json>,
    store: Option<Uuid>,
) -> Result<Option<Stored>, ApiError> {
    let Some((store, named)) = store.zip(rule.overridden.first()) else { return Ok(None) };
    let mut sql = format!("{} AND store_id IS NULL AND is_deleted = 0", editing::STORED);
    let mut values: Vec<Value> = vec![company.into(), rule.resource.into()];
    if rule.key.is_some() {
        let Some(key) = rule.key_of(body) else { return Ok(None) };
        sql.push_str(" AND code = $3");
        values.push(key.into());
    }
    let rows = session.query(&sql, &values)?.iter().map(editing::stored).collect::<Result<Vec<_>, _>>()?;
    // What is known by its key was found by that.
    let is_same = |row: &Stored| {
        rule.key.is_some()
            || rule.overridden.iter().all(|field| {
                row.row.get(*field).unwrap_or(&Json::Null) == body.get(*field).unwrap_or(&Json::Null)
            })
    };
    let Some(base) = rows.into_iter().find(is_same) else { return Ok(None) };
    if rule.key.is_none() && !in_place_of(session, (company, rule.resource, base.id), Some(store))?.is_empty()
    {
        return Err(rules::key_taken(named));
    }
    Ok(Some(base))
}

/// What a row of a store says with what it leaves to the company's.
pub(super) fn filled(body: &Map<String, Json>, base: Option<&Stored>) -> Map<String, Json> {
    let mut filled = body.clone();
    for (field, value) in base.into_iter().flat_map(|base| &base.row) {
        if !OF_EACH.contains(&field.as_str()) {
            filled.entry(field.as_str()).or_insert_with(|| value.clone());
        }
    }
    filled
}

/// Says of a row whose place of the company's it takes, and in which region it holds.
pub(super) fn put_place(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (id, base, region): (Uuid, Option<Uuid>, Option<Uuid>),
) -> Result<(), DatabaseError> {
    session.execute(
        "UPDATE definition SET overrides = $4, region_id = $5 \
         WHERE company_id = $1 AND resource = $2 AND definition_id = $3",
        &[company.into(), rule.resource.into(), id.into(), base.into(), region.into()],
    )?;
    Ok(())
}

/// That a row which takes the place of another stays in that.
///
/// # Errors
/// `field_invalid` for a field by which it does.
pub(super) fn stays(row: &Stored, rule: &Rule, news: &BTreeSet<String>) -> Result<(), ApiError> {
    let moved = rule.overridden.iter().find(|field| row.overrides.is_some() && news.contains(**field));
    moved.map_or(Ok(()), |field| Err(invalid(field, "is not changed: the row stands for the company's")))
}

/// Lets what stands in the place of a row be known by what that one is known by now.
pub(super) fn follow_key(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (base, news): (&Stored, &BTreeSet<String>),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let moved: Vec<&str> = rule.overridden.iter().copied().filter(|field| news.contains(*field)).collect();
    if moved.is_empty() || base.store_id.is_some() {
        return Ok(());
    }
    let mut rows = Vec::new();
    for row in in_place_of(session, (company, rule.resource, base.id), None)? {
        let mut body = row.row;
        for field in &moved {
            body.insert((*field).to_owned(), base.row.get(*field).cloned().unwrap_or_default());
        }
        body.insert("updated_at".to_owned(), editing::naive(now).into());
        rows.push(NewRow { resource: rule.resource, id: row.id, store: row.store_id, terminal: None, body });
    }
    put(session, company, &rows, now).map(drop)
}

/// Takes away what stands in the place of a row that goes.
pub(super) fn follow(
    session: &mut dyn Session,
    company: Uuid,
    (resource, id): (&str, Uuid),
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    for row in in_place_of(session, (company, resource, id), None)? {
        parts::remove(session, company, (resource, row.id), now)?;
    }
    Ok(())
}

/// What stands in the place of a row, in one store or in all.
fn in_place_of(
    session: &mut dyn Session,
    (company, resource, id): (Uuid, &str, Uuid),
    store: Option<Uuid>,
) -> Result<Vec<Stored>, DatabaseError> {
    let sql = format!("{} AND overrides = $3 AND is_deleted = 0", editing::STORED);
    let rows = session.query(&sql, &[company.into(), resource.into(), id.into()])?;
    let mut rows = rows.iter().map(editing::stored).collect::<Result<Vec<_>, _>>()?;
    rows.retain(|row| store.is_none() || row.store_id == store);
    Ok(rows)
}

/// One row that a terminal may have, gone or not.
///
/// # Errors
/// `not_found`, also for another terminal's own.
pub(crate) fn one_at(
    session: &mut dyn Session,
    of @ (company, rule): (Uuid, &Rule),
    (id, store, terminal): (Uuid, Uuid, Uuid),
) -> Result<Stored, ApiError> {
    if let Some(own) = in_place_of(session, (company, rule.resource, id), Some(store))?.pop() {
        return as_known(session, of, own);
    }
    let sql = format!(
        "{} AND definition_id = $3 AND overrides IS NULL AND (terminal_id IS NULL OR terminal_id = $4)",
        editing::STORED
    );
    let values = [company.into(), rule.resource.into(), id.into(), terminal.into()];
    let rows = session.query(&sql, &values)?;
    Ok(editing::stored(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// A row as devices of its store know it: under the identity of the one that it takes the place of, which holds again where it
/// is gone.
///
/// # Errors
/// When the books cannot be read.
pub(crate) fn as_known(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    mut row: Stored,
) -> Result<Stored, ApiError> {
    let Some(base) = row.overrides.take() else { return Ok(row) };
    if row.is_deleted {
        match editing::one(session, company, rule, base) {
            Ok(back) => return Ok(Stored { version: row.version, ..back }),
            Err(error) if error.code == "not_found" => {}
            Err(error) => return Err(error),
        }
    }
    row.id = base;
    row.row.insert("id".to_owned(), base.to_string().into());
    Ok(row)
}
