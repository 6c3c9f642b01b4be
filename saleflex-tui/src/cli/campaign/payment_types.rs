//! The table of tender types that rules of the original name by identity: what a file says, and what the till's hubs sent.

use std::{fs, path::Path};

use anyhow::Context;
use saleflex_core::campaign::PaymentTypes;
use saleflex_store::Till;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// The name of the table, at hubs and in files.
const TABLE: &str = "payment_types";

/// A row of the table; what else it holds is not asked.
#[derive(Debug, Deserialize)]
struct Row {
    id: Uuid,
    type_name: String,
}

/// The tender types that the till's hubs sent, and those of a file with the table alone.
pub(super) fn known(till: &Till, file: Option<&Path>) -> anyhow::Result<PaymentTypes> {
    let mut types = PaymentTypes::default();
    for connector in till.connectors() {
        let rows = till.pulled_rows(connector, TABLE)?.into_iter().filter(|row| !row.is_deleted);
        let name = |fields: &str| {
            let fields: Value = serde_json::from_str(fields).ok()?;
            Some(fields.get("type_name")?.as_str()?.to_owned())
        };
        types.0.extend(rows.filter_map(|row| Some((row.id, name(&row.fields)?))));
    }
    if let Some(file) = file {
        let written = fs::read(file).with_context(|| file.display().to_string())?;
        let table: Value = serde_json::from_slice(&written).with_context(|| file.display().to_string())?;
        let table = if table.is_array() { rows(&table) } else { of_file(&table) };
        types.0.extend(table.with_context(|| file.display().to_string())?.0);
    }
    Ok(types)
}

/// The tender types that a file of campaigns brings along: `payment_types` beside them, or in its `catalog`.
pub(super) fn of_file(file: &Value) -> anyhow::Result<PaymentTypes> {
    let table = file.get(TABLE).or_else(|| file.get("catalog").and_then(|catalog| catalog.get(TABLE)));
    table.map_or(Ok(PaymentTypes::default()), |table| rows(table).context(TABLE))
}

fn rows(table: &Value) -> anyhow::Result<PaymentTypes> {
    let rows = Vec::<Row>::deserialize(table)?;
    Ok(PaymentTypes(rows.into_iter().map(|row| (row.id, row.type_name)).collect()))
}
