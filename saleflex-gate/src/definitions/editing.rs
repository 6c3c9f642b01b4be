//! Rows of definitions as people and programs change them.
//!
//! **Invariant:** a row changes only for whoever names the version they read; what changes is a change that tills
//! take, in the transaction that writes it down.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use saleflex_core::money::CurrencyCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    CASHIERS, NewRow,
    closure_templates::TEMPLATES,
    fields, filters, next_change, overriding, parts, patterns, people, phones, price_lists, put, references,
    rules::{self, Rule, invalid},
    told,
};
use crate::{
    ApiError,
    access::Reach,
    db::{DatabaseError, Question, Row, Session, Value},
    ids::new_id,
    registry::regions,
    request::Order,
};

/// A row as it stands.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[schema(as = Definition)]
pub(crate) struct Stored {
    /// Its identity.
    pub(crate) id: Uuid,
    /// The number of its last change, also its `ETag`.
    pub(crate) version: i64,
    /// The store it is for; none: all stores.
    pub(crate) store_id: Option<Uuid>,
    /// The region in whose stores it holds; none: not by their region.
    pub(crate) region_id: Option<Uuid>,
    /// The row of the company that it takes the place of in its store, whose tills know it under that identity; none: it
    /// takes none's.
    pub(crate) overrides: Option<Uuid>,
    /// Whether it is gone. Tills are told for 90 days.
    pub(crate) is_deleted: bool,
    /// When it last changed.
    pub(crate) updated_at: DateTime<Utc>,
    /// Its fields, in the names of the resource.
    #[schema(value_type = Object)]
    pub(crate) row: Map<String, Json>,
}

/// A row to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDefinition, example = json!({"row": {
    "code": "2001", "name": "Tea", "sale_price": "3.40", "fk_department_main_group_id": "018f0000-0000-7000-8000-000000000001",
}}))]
pub(crate) struct ToMake {
    /// The store it is for; absent: all stores.
    #[serde(default)]
    pub(crate) store_id: Option<Uuid>,
    /// The region in whose stores it holds, those of the regions in it among them; of price lists alone.
    #[serde(default)]
    pub(crate) region_id: Option<Uuid>,
    /// Its identity, if the caller has one; that makes a repeat safe.
    #[serde(default)]
    pub(crate) id: Option<Uuid>,
    /// Its fields.
    #[schema(value_type = Object)]
    pub(crate) row: Map<String, Json>,
}

/// Fields to change; what is absent stays, what is null is emptied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DefinitionChange, example = json!({"row": {"sale_price": "3.60"}}))]
pub(crate) struct ToChange {
    /// The fields.
    #[schema(value_type = Object)]
    pub(crate) row: Map<String, Json>,
}

pub(super) const STORED: &str = "SELECT definition_id, version, store_id, is_deleted, updated_at, body, resource, \
     overrides, region_id FROM definition WHERE company_id = $1 AND resource = $2";

pub(super) fn stored(row: &Row) -> Result<Stored, DatabaseError> {
    let body = serde_json::from_str::<Map<String, Json>>(row.text(5)?);
    let mut body = body.map_err(|_| DatabaseError::Column { column: 5, expected: "a JSON object" })?;
    if row.text(6)? == CASHIERS {
        body.remove("password");
    }
    Ok(Stored {
        id: row.id(0)?,
        version: row.integer(1)?,
        store_id: row.optional_id(2)?,
        region_id: row.optional_id(8)?,
        overrides: row.optional_id(7)?,
        is_deleted: row.flag(3)?,
        updated_at: row.time(4)?,
        row: body,
    })
}

/// Which rows are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Changed after this number, or before it where the latest come first.
    pub(crate) since: i64,
    pub(crate) with_deleted: bool,
    pub(crate) key: Option<String>,
    pub(crate) store: Option<Uuid>,
    /// Changed then or later.
    pub(crate) updated_since: Option<DateTime<Utc>>,
    /// No other terminal's own.
    pub(crate) terminal: Option<Uuid>,
    pub(crate) order: Order,
    /// What fields of the rows hold.
    pub(crate) fields: Vec<filters::Wanted>,
}

/// The rows of a resource in the order of their changes, one way or the other: those of the company, and of the stores within
/// reach.
pub(crate) fn list(
    session: &mut dyn Session,
    of: (Uuid, &Rule),
    (reach, filter): (&Reach, &Filter),
    limit: i64,
) -> Result<Vec<Stored>, DatabaseError> {
    let most = usize::try_from(limit).unwrap_or_default();
    let (mut since, mut rows) = (filter.since, Vec::new());
    loop {
        let found = part(session, of, (reach, filter, since), limit)?;
        let is_last = found.len() < most;
        since = found.last().map_or(since, |row| row.version);
        // What the database finds by the texts of rows may hold it elsewhere.
        let holds = |row: &Stored| filter.fields.iter().all(|wanted| wanted.is_in(&row.row));
        rows.extend(found.into_iter().filter(holds));
        if is_last || rows.len() >= most {
            rows.truncate(most);
            return Ok(rows);
        }
    }
}

/// The rows behind a place that may hold what is asked for.
fn part(
    session: &mut dyn Session,
    of: (Uuid, &Rule),
    within: (&Reach, &Filter, i64),
    limit: i64,
) -> Result<Vec<Stored>, DatabaseError> {
    let (sql, values) = asked(of, within, limit);
    session.query(&sql, &values)?.iter().map(stored).collect()
}

/// Asks for them.
fn asked(
    (company, rule): (Uuid, &Rule),
    (reach, filter, since): (&Reach, &Filter, i64),
    limit: i64,
) -> Question {
    let mut values: Vec<Value> = vec![company.into(), rule.resource.into(), since.into()];
    let within = reach.condition("store_id", None, &mut values);
    let mut conditions = vec![format!("(store_id IS NULL OR {within})")];
    if !reach.is_company() {
        let stores = reach.condition("s.store_id", None, &mut values);
        conditions.push(format!("(region_id IS NULL OR region_id IN ({}))", regions::above(&stores)));
    }
    if !filter.with_deleted {
        conditions.push("is_deleted = 0".to_owned());
    }
    if let Some(key) = &filter.key {
        values.push(key.as_str().into());
        conditions.push(format!("code = ${}", values.len()));
    }
    if let Some(store) = filter.store {
        values.push(store.into());
        conditions.push(overriding::holds_in("definition", values.len()));
    }
    if let Some(terminal) = filter.terminal {
        values.push(terminal.into());
        conditions.push(format!("(terminal_id IS NULL OR terminal_id = ${})", values.len()));
    }
    if let Some(since) = filter.updated_since {
        values.push(since.timestamp_millis().into());
        conditions.push(format!("updated_at >= ${}", values.len()));
    }
    for wanted in &filter.fields {
        let patterns = wanted.patterns().map(|pattern| {
            values.push(pattern.into());
            format!("lower(body) LIKE lower(CAST(${} AS text)) ESCAPE '!'", values.len())
        });
        conditions.push(format!("({})", patterns.join(" OR ")));
    }
    values.push(limit.into());
    // What a key leads to is a row or two: in the order of an index it would be looked for among all rows of the company.
    let version = if filter.key.is_some() { "+version" } else { "version" };
    let sql = format!(
        "{STORED} AND {version} {} $3 AND {} ORDER BY {} LIMIT ${}",
        filter.order.behind(),
        conditions.join(" AND "),
        filter.order.by(&[version]),
        values.len()
    );
    (sql, values)
}

/// One row, gone or not.
///
/// # Errors
/// `not_found`.
pub(crate) fn one(
    session: &mut dyn Session,
    company: Uuid,
    rule: &Rule,
    id: Uuid,
) -> Result<Stored, ApiError> {
    let sql = format!("{STORED} AND definition_id = $3");
    let rows = session.query(&sql, &[company.into(), rule.resource.into(), id.into()])?;
    Ok(stored(rows.first().ok_or_else(ApiError::not_found)?)?)
}

/// Makes a row.
///
/// # Errors
/// `key_taken`, `field_invalid`, `already_there` for an identity that other content has, `too_many_rows` of price lists.
pub(crate) fn make(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    new: ToMake,
    now: DateTime<Utc>,
) -> Result<Stored, ApiError> {
    // The counter's row is locked first: two who make rows of one key follow one another, and the second finds it taken.
    next_change(session, company)?;
    let id = new.id.unwrap_or_else(|| new_id(now));
    let mut body = new.row;
    rule.trim(&mut body);
    body.insert("id".to_owned(), id.to_string().into());
    for field in ["created_at", "updated_at"] {
        body.entry(field).or_insert_with(|| naive(now).into());
    }
    body.entry("is_deleted").or_insert(false.into());
    if rule.resource == phones::CUSTOMERS {
        people::stated(&Map::new(), &mut body, now);
        told::stated(&Map::new(), &mut body, now);
    }
    complete(session, (company, rule), &mut body, |_| true)?;
    if let Ok(known) = one(session, company, rule, id) {
        let base = Some(&known).filter(|known| known.overrides.is_some());
        rule.check(&overriding::filled(&body, base), |_| true)?;
        let same = match known.overrides {
            Some(_) => lasting(&body).all(|(name, value)| known.row.get(name) == Some(value)),
            None => lasting(&known.row).eq(lasting(&body)),
        };
        let is_there = known.store_id == new.store_id && known.region_id == new.region_id;
        return if same && is_there && !known.is_deleted {
            Ok(known)
        } else {
            Err(ApiError::conflict("already_there", "a row of this identity holds something else"))
        };
    }
    let base = overriding::base(session, (company, rule), &body, new.store_id)?;
    let body = overriding::filled(&body, base.as_ref());
    rule.check(&body, |_| true)?;
    if let Some(region) = new.region_id {
        price_lists::check_region(session, (company, rule), (new.store_id, region))?;
    }
    if rule.resource == price_lists::LISTS {
        price_lists::check_room(session, company, new.store_id)?;
    }
    let base = base.map(|base| base.id);
    free_key(session, (company, rule), &body, (id, new.store_id, base))?;
    references::check(session, company, &body)?;
    rules::costs_something(&body, &currencies(session, company, new.store_id)?)?;
    let made = write(session, (company, rule), (id, new.store_id), body, now)?;
    if base.is_none() && new.region_id.is_none() {
        return Ok(made);
    }
    overriding::put_place(session, (company, rule), (id, base, new.region_id))?;
    one(session, company, rule, id)
}

/// What a row says beside when it was written.
fn lasting(row: &Map<String, Json>) -> impl Iterator<Item = (&String, &Json)> {
    row.iter().filter(|(name, _)| !name.ends_with("_at"))
}

/// Changes a row that is at `version`.
///
/// # Errors
/// `stale` when it is at another, `not_found` when it is gone, `key_taken`, `field_invalid`.
pub(crate) fn change(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (id, version): (Uuid, i64),
    mut change: ToChange,
    now: DateTime<Utc>,
) -> Result<Stored, ApiError> {
    rule.trim(&mut change.row);
    // The counter's row is locked first: two who read the same version follow one another, and the second is stale.
    next_change(session, company)?;
    let before = current(session, company, rule, (id, version))?;
    let mut body = full_body(session, company, rule, id)?;
    let named: BTreeSet<String> = change.row.keys().cloned().collect();
    // What is said as it stood is nothing new, whoever took it.
    let news = change.row.iter().filter(|(field, value)| body.get(*field) != Some(*value));
    let news: BTreeSet<String> = news.map(|(field, _)| field.clone()).collect();
    overriding::stays(&before, rule, &news)?;
    fields::mend(rule.resource, &mut body);
    for (field, value) in change.row {
        if field == "id" || field == "is_deleted" {
            return Err(ApiError::unprocessable("field_invalid", format!("`{field}` is not changed")));
        }
        // Tills know a list or a template by its code alone: under another it would stand there twice.
        let is_known_by_it = matches!(rule.resource, price_lists::LISTS | TEMPLATES);
        if is_known_by_it && field == "code" && body.get("code") != Some(&value) {
            return Err(invalid("code", "is not changed: tills know the row by it"));
        }
        if news.contains(&field) {
            body.insert(field, value);
        }
    }
    body.insert("updated_at".to_owned(), naive(now).into());
    if rule.resource == phones::CUSTOMERS {
        people::stated(&before.row, &mut body, now);
        told::stated(&before.row, &mut body, now);
    }
    complete(session, (company, rule), &mut body, |field| named.contains(field))?;
    let mut checked = body.clone();
    if rule.resource == CASHIERS {
        checked.remove("password");
    }
    rule.check(&checked, |field| news.contains(field))?;
    free_key(session, (company, rule), &body, (id, before.store_id, before.overrides))?;
    references::check(session, company, &checked)?;
    rules::costs_something(&checked, &currencies(session, company, before.store_id)?)?;
    let changed = write(session, (company, rule), (id, before.store_id), body, now)?;
    overriding::follow_key(session, (company, rule), (&changed, &news), now)?;
    Ok(changed)
}

/// Marks a row as gone that is at `version`. Doing it again changes nothing.
///
/// # Errors
/// `stale`, `not_found`.
pub(crate) fn remove(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (id, version): (Uuid, i64),
    now: DateTime<Utc>,
) -> Result<Stored, ApiError> {
    let number = next_change(session, company)?;
    current(session, company, rule, (id, version))?;
    session.execute(
        "UPDATE definition SET is_deleted = 1, version = $4, updated_at = $5 \
         WHERE company_id = $1 AND resource = $2 AND definition_id = $3",
        &[company.into(), rule.resource.into(), id.into(), number.into(), now.timestamp_millis().into()],
    )?;
    parts::follow(session, company, (rule.resource, id), now)?;
    overriding::follow(session, company, (rule.resource, id), now)?;
    one(session, company, rule, id)
}

fn current(
    session: &mut dyn Session,
    company: Uuid,
    rule: &Rule,
    (id, version): (Uuid, i64),
) -> Result<Stored, ApiError> {
    let before = one(session, company, rule, id)?;
    if before.is_deleted {
        return Err(ApiError::not_found());
    }
    if before.version != version {
        return Err(ApiError::stale());
    }
    Ok(before)
}

/// The row with what is never shown of it.
fn full_body(
    session: &mut dyn Session,
    company: Uuid,
    rule: &Rule,
    id: Uuid,
) -> Result<Map<String, Json>, ApiError> {
    let rows = session.query(
        "SELECT body FROM definition WHERE company_id = $1 AND resource = $2 AND definition_id = $3",
        &[company.into(), rule.resource.into(), id.into()],
    )?;
    let text = rows.first().ok_or_else(ApiError::not_found)?.text(0)?.to_owned();
    serde_json::from_str(&text).map_err(|_| ApiError::internal())
}

fn write(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    (id, store): (Uuid, Option<Uuid>),
    body: Map<String, Json>,
    now: DateTime<Utc>,
) -> Result<Stored, ApiError> {
    let names_patterns = !patterns::named(rule.resource, &body).is_empty();
    let before = names_patterns.then(|| patterns::written(session, company)).transpose()?;
    put(session, company, &[NewRow { resource: rule.resource, id, store, terminal: None, body }], now)?;
    if let Some(before) = before {
        patterns::check_growth(&before, &patterns::written(session, company)?, store)?;
    }
    one(session, company, rule, id)
}

/// Works out what a row is known by, where that follows from its other fields.
fn complete(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    body: &mut Map<String, Json>,
    is_named: impl Fn(&str) -> bool,
) -> Result<(), DatabaseError> {
    if rule.resource == phones::CUSTOMERS {
        phones::Dialling::of(session, company)?.complete(body, is_named);
    }
    Ok(())
}

/// That no other row that is in force at the same place has the key, but the one that it takes the place of.
fn free_key(
    session: &mut dyn Session,
    (company, rule): (Uuid, &Rule),
    body: &Map<String, Json>,
    (id, store, base): (Uuid, Option<Uuid>, Option<Uuid>),
) -> Result<(), ApiError> {
    let Some(key) = rule.key_of(body) else { return Ok(()) };
    if is_taken(session, (company, rule.resource), key, (id, store, base))? {
        return Err(rules::key_taken(rule.key.unwrap_or_default()));
    }
    Ok(())
}

/// Whether another row that is in force at the same place has a key: neither `base`, the one that a row of a store takes the
/// place of, nor one that takes the place of this one.
pub(super) fn is_taken(
    session: &mut dyn Session,
    (company, resource): (Uuid, &str),
    key: &str,
    (id, store, base): (Uuid, Option<Uuid>, Option<Uuid>),
) -> Result<bool, DatabaseError> {
    let rows = session.query(
        "SELECT store_id FROM definition WHERE company_id = $1 AND resource = $2 AND code = $3 \
         AND definition_id <> $4 AND definition_id <> $5 AND is_deleted = 0 \
         AND (overrides IS NULL OR overrides <> $4)",
        &[company.into(), resource.into(), key.into(), id.into(), base.unwrap_or(id).into()],
    )?;
    let mut others = rows.iter().map(|row| row.optional_id(0)).collect::<Result<Vec<_>, _>>()?;
    if resource == phones::CUSTOMERS {
        let earlier = phones::Dialling::of(session, company)?.earlier(session, company, (key, id))?;
        others.extend(earlier.into_iter().map(|(_, store)| store));
    }
    Ok(others.into_iter().any(|other| other.is_none() || store.is_none() || other == store))
}

/// The currencies of the stores that a row is for.
pub(crate) fn currencies(
    session: &mut dyn Session,
    company: Uuid,
    store: Option<Uuid>,
) -> Result<Vec<CurrencyCode>, DatabaseError> {
    let rows =
        session.query("SELECT store_id, currency FROM store WHERE company_id = $1", &[company.into()])?;
    let mut codes = Vec::new();
    for row in &rows {
        if store.is_none_or(|store| row.id(0).is_ok_and(|id| id == store)) {
            // A store of an older hub may have a currency that is none.
            codes.extend(CurrencyCode::parse(row.text(1)?));
        }
    }
    Ok(codes)
}

/// How old terminals write an instant.
pub(super) fn naive(now: DateTime<Utc>) -> String {
    now.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What is written down of a change: the names of the fields, not what they hold of people.
pub(crate) fn summary(rule: &Rule, row: &Map<String, Json>) -> Json {
    json!({"resource": rule.resource, "fields": row.keys().collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Books, Sqlite, Tenant};

    #[test]
    fn a_row_of_a_key_is_looked_for_by_it_and_not_among_all_rows_of_the_company() {
        let books = Books::open(Sqlite::in_memory().unwrap()).unwrap();
        let rule = rules::of("products").unwrap();
        let plan = |filter: Filter| {
            let (sql, values) = asked((Uuid::nil(), rule), (&Reach::of_stores([]), &filter, 0), 10);
            let planned = books.write_waiting(Tenant::Platform, |session| {
                session.query(&format!("EXPLAIN QUERY PLAN {sql}"), &values)
            });
            let steps = planned.unwrap();
            steps.iter().map(|step| step.text(3).unwrap().to_owned()).collect::<Vec<_>>().join("; ")
        };
        let by_key = plan(Filter { key: Some("2001".to_owned()), ..Filter::default() });
        assert!(by_key.contains("definition_by_code"), "{by_key}");
        let in_order = plan(Filter::default());
        assert!(in_order.contains("definition_by_version"), "{in_order}");
    }
}
