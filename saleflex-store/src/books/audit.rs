//! The audit trail on disk: a row for every sensitive act, computed from its entry and written with it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};
use saleflex_core::{
    audit::{self, AuditRecord, AuditSearch},
    catalog::Reference,
    document::Document,
    journal::Entry,
    settings::Settings,
};
use serde_json::{Map, Value};

use crate::{
    error::Error,
    file::codec::{Col, Json, get_json},
};

/// A sensitive act and where its entry stands in the journal; what was said and why is found there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditRow {
    /// Its place in the trail, from 1: the first act that was ever done here.
    pub no: i64,
    /// The place of its entry, for [`crate::Till::entry`].
    pub seq: i64,
    /// What was done, by whom, to what.
    pub record: AuditRecord,
}

/// A setting, or a record that products refer to, that was changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SettingChange {
    /// Its key, such as `policy.max_lines`.
    pub key: String,
    /// What it was, as JSON; none: it was not set.
    pub was: Option<String>,
    /// What it became; none: it is not set any more.
    pub became: Option<String>,
}

impl SettingChange {
    /// What differs between two settings, by key.
    ///
    /// # Errors
    /// [`Error::Json`] where settings cannot be written as JSON.
    pub(crate) fn between(was: &Settings, became: &Settings) -> Result<Vec<Self>, Error> {
        let json = |settings: &Settings| serde_json::to_value(settings).map_err(Error::Json);
        Ok(Self::of_values(&json(was)?, &json(became)?))
    }

    /// What differs between reference records, by kind and number: `tax_rate.1.percent`, `department.3.name`.
    ///
    /// # Errors
    /// [`Error::Json`] where records cannot be written as JSON.
    pub(crate) fn between_references(was: &Reference, became: &Reference) -> Result<Vec<Self>, Error> {
        Ok(Self::of_values(&by_number(was)?, &by_number(became)?))
    }

    fn of_values(was: &Value, became: &Value) -> Vec<Self> {
        let flat = |value: &Value| {
            let mut flat = BTreeMap::new();
            flatten(value, String::new(), &mut flat);
            flat
        };
        let (was, became) = (flat(was), flat(became));
        let keys: BTreeSet<&String> = was.keys().chain(became.keys()).collect();
        let change = |key: &String| {
            let (was, became) = (was.get(key).cloned(), became.get(key).cloned());
            (was != became).then(|| Self { key: key.clone(), was, became })
        };
        keys.into_iter().filter_map(change).collect()
    }
}

/// Reference records under what names each of them.
fn by_number(reference: &Reference) -> Result<Value, Error> {
    let Reference { tax_rates, tax_changes, departments, units, masks, brands } = reference;
    let mut all = Map::new();
    let mut put = |kind: &str, name: String, record: Result<Value, serde_json::Error>| {
        let kind = all.entry(kind.to_owned()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(records) = kind {
            records.insert(name, record.map_err(Error::Json)?);
        }
        Ok::<_, Error>(())
    };
    for rate in tax_rates {
        put("tax_rate", rate.no.to_string(), serde_json::to_value(rate))?;
    }
    for change in tax_changes {
        put("tax_change", format!("{}@{}", change.no, change.valid_from), serde_json::to_value(change))?;
    }
    for department in departments {
        put("department", department.no.to_string(), serde_json::to_value(department))?;
    }
    for unit in units {
        put("unit", unit.code.clone(), serde_json::to_value(unit))?;
    }
    for mask in masks {
        put("mask", mask.no.to_string(), serde_json::to_value(mask))?;
    }
    for brand in brands {
        put("brand", brand.name.clone(), serde_json::to_value(brand))?;
    }
    Ok(Value::Object(all))
}

fn flatten(value: &Value, key: String, flat: &mut BTreeMap<String, String>) {
    let Value::Object(fields) = value else {
        flat.insert(key, value.to_string());
        return;
    };
    for (name, value) in fields {
        let below = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        flatten(value, below, flat);
    }
}

/// Writes the acts of an entry. `before` is the document it is about, as it stood before.
pub(crate) fn write(
    connection: &Connection,
    seq: i64,
    entry: &Entry,
    before: Option<&Document>,
) -> Result<(), Error> {
    audit::records(entry, before).iter().try_for_each(|record| insert(connection, seq, record))
}

/// Writes one act of an entry behind those that are there.
pub(crate) fn insert(connection: &Connection, seq: i64, record: &AuditRecord) -> Result<(), Error> {
    let mut insert =
        connection.prepare_cached("INSERT INTO audit (seq, at, document, record) VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![seq, Col(record.at.instant), Col(record.subject.document()), Json(record)])?;
    Ok(())
}

/// Looks at every act, the latest first.
const ANY_TIME: &str = "SELECT no, seq, record FROM audit WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2) \
    AND (?3 IS NULL OR document = ?3) AND no < ?4 ORDER BY no DESC LIMIT ?5 OFFSET ?6";
/// The same of some days: those before and after them are not looked at, however many acts there are.
const BETWEEN: &str = "SELECT no, seq, record FROM audit INDEXED BY audit_at WHERE at >= ?1 AND at < ?2 \
    AND (?3 IS NULL OR document = ?3) AND no < ?4 ORDER BY no DESC LIMIT ?5 OFFSET ?6";

/// The acts that a search finds before a place in the trail, the latest first, behind so many of them.
pub(crate) fn search(
    connection: &Connection,
    search: &AuditSearch,
    before: i64,
    mut skip: usize,
    limit: usize,
) -> Result<Vec<AuditRow>, Error> {
    let is_between = search.from.is_some() && search.until.is_some();
    // What the columns answer is counted where they lie; the other acts have to be read to be counted.
    let is_of_columns = search.person.is_none() && search.acts.is_empty() && !search.approved_only;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let (most, skipped) = if is_of_columns { (number(limit), number(skip)) } else { (-1, 0) };
    if is_of_columns {
        skip = 0;
    }
    let mut select = connection.prepare_cached(if is_between { BETWEEN } else { ANY_TIME })?;
    let (from, until, document) = (Col(search.from), Col(search.until), Col(search.document));
    let mut rows = select.query(params![from, until, document, before, most, skipped])?;
    let mut found = Vec::new();
    while found.len() < limit {
        let Some(row) = rows.next()? else { break };
        let row = AuditRow { no: row.get(0)?, seq: row.get(1)?, record: get_json(row, 2)? };
        if !search.finds(&row.record) {
            continue;
        }
        if skip == 0 {
            found.push(row);
        } else {
            skip -= 1;
        }
    }
    Ok(found)
}

/// The acts of an entry, in order.
pub(crate) fn of_entry(connection: &Connection, seq: i64) -> Result<Vec<AuditRow>, Error> {
    let mut select = connection.prepare_cached("SELECT no, record FROM audit WHERE seq = ?1 ORDER BY no")?;
    let mut rows = select.query(params![seq])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(AuditRow { no: row.get(0)?, seq, record: get_json(row, 1)? });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use saleflex_core::{
        audit::Subject,
        cashier::access::Act,
        ids::{CashierId, DocumentId},
        time::Moment,
    };
    use uuid::Uuid;

    use super::*;
    use crate::file::migrate;

    fn minute(minute: i64) -> DateTime<Utc> {
        let began: DateTime<Utc> = "2026-03-12T10:00:00Z".parse().unwrap();
        began + TimeDelta::minutes(minute)
    }

    /// A thousand acts, one a minute, of which somebody agreed to every tenth.
    fn thousand() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate::to_newest(&mut connection).unwrap();
        // The entries that the acts are of are not what is looked at here.
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        for number in 0..1_000 {
            let record = AuditRecord {
                at: Moment::utc(minute(number)),
                cashier: Some(CashierId::new(Uuid::from_u128(1))),
                approved_by: (number % 10 == 0).then(|| CashierId::new(Uuid::from_u128(2))),
                act: Act::VoidLine,
                subject: Subject::Document(DocumentId::new(Uuid::from_u128(3))),
                before: None,
                after: None,
            };
            insert(&connection, number + 1, &record).unwrap();
        }
        connection
    }

    #[test]
    fn a_long_trail_is_read_in_parts_and_pages_that_are_the_whole() {
        let connection = thousand();
        let of = |wanted: &AuditSearch, before, skip, limit| {
            search(&connection, wanted, before, skip, limit).unwrap()
        };
        let all = AuditSearch::default();
        let whole = of(&all, i64::MAX, 0, 2_000);
        assert_eq!((whole.len(), whole[0].no, whole[999].no), (1_000, 1_000, 1));
        let (mut parts, mut before) = (Vec::new(), i64::MAX);
        loop {
            let part = of(&all, before, 0, 300);
            let Some(end) = part.last() else { break };
            before = end.no;
            parts.extend(part);
        }
        assert_eq!(parts, whole);
        assert_eq!(of(&all, i64::MAX, 250, 100), whole[250..350]);
        let agreed = AuditSearch { approved_only: true, ..AuditSearch::default() };
        let known: Vec<AuditRow> =
            whole.iter().filter(|row| row.record.approved_by.is_some()).cloned().collect();
        assert_eq!(of(&agreed, i64::MAX, 10, 20), known[10..30], "what has to be read is counted, too");
    }

    #[test]
    fn days_of_a_long_trail_are_found_by_their_index() {
        let connection = thousand();
        let some =
            AuditSearch { from: Some(minute(100)), until: Some(minute(200)), ..AuditSearch::default() };
        let found = search(&connection, &some, i64::MAX, 5, 10).unwrap();
        let numbers: Vec<i64> = found.iter().map(|row| row.no).collect();
        // Minute 199 is act 200, the latest of them; five are passed by.
        assert_eq!(numbers, (186..=195).rev().collect::<Vec<_>>());
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {BETWEEN}")).unwrap();
        let nothing = [None::<i64>; 6];
        let mut steps = plan.query(rusqlite::params_from_iter(nothing)).unwrap();
        let mut told = String::new();
        while let Some(step) = steps.next().unwrap() {
            told += &step.get::<_, String>(3).unwrap();
        }
        assert!(told.contains("USING INDEX audit_at"), "{told}");
    }
}
