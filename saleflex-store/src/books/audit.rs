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

/// The acts that a search finds, the latest first, behind so many of them.
pub(crate) fn search(
    connection: &Connection,
    search: &AuditSearch,
    mut skip: usize,
    limit: usize,
) -> Result<Vec<AuditRow>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT seq, record FROM audit WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2) \
         AND (?3 IS NULL OR document = ?3) ORDER BY no DESC",
    )?;
    let mut rows = select.query(params![Col(search.from), Col(search.until), Col(search.document)])?;
    let mut found = Vec::new();
    while found.len() < limit {
        let Some(row) = rows.next()? else { break };
        let row = AuditRow { seq: row.get(0)?, record: get_json(row, 1)? };
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
    let mut select = connection.prepare_cached("SELECT record FROM audit WHERE seq = ?1 ORDER BY no")?;
    let mut rows = select.query(params![seq])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(AuditRow { seq, record: get_json(row, 0)? });
    }
    Ok(found)
}
