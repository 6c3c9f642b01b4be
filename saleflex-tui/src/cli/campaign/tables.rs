//! The original's tables that its campaigns name by identity: what a file says, and what the till's hubs sent.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context;
use saleflex_core::{
    campaign::{DepartmentKey, OriginalCampaign, PaymentTypes},
    catalog::{DepartmentNo, one_a_number},
};
use saleflex_store::Till;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The field that names a campaign's type by its code.
pub(super) const KIND: &str = "campaign_type_code";
/// The field that names it by its identity.
pub(super) const KIND_ID: &str = "fk_campaign_type_id";

/// What is known of the tables.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    /// The tender types.
    pub(super) tenders: PaymentTypes,
    /// The numbers of departments.
    numbers: BTreeMap<Uuid, DepartmentNo>,
    /// The codes of campaign types, and whether they are in force.
    kinds: BTreeMap<Uuid, (String, bool)>,
}

/// The tables as hubs and files name them; what else a row holds is not asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rows {
    payment_types: Vec<TenderType>,
    campaign_types: Vec<Coded>,
    department_main_groups: Vec<Coded>,
    department_sub_groups: Vec<Coded>,
}

#[derive(Debug, Deserialize)]
struct TenderType {
    id: Uuid,
    type_name: String,
}

#[derive(Debug, Deserialize)]
struct Coded {
    id: Uuid,
    code: String,
    is_active: Option<bool>,
}

impl Tables {
    /// What the till's hubs sent, and what a file with tables alone says: an object of them, or a list of tender types.
    pub(super) fn known(till: &Till, file: Option<&Path>) -> anyhow::Result<Self> {
        let mut tables = Self::default();
        for connector in till.connectors() {
            tables.take(Rows {
                payment_types: pulled(till, connector, "payment_types")?,
                campaign_types: pulled(till, connector, "campaign_types")?,
                department_main_groups: pulled(till, connector, "department_main_groups")?,
                department_sub_groups: pulled(till, connector, "department_sub_groups")?,
            });
        }
        if let Some(file) = file {
            let place = || file.display().to_string();
            let said = of_file(file).with_context(place)?;
            tables.add(&said).with_context(place)?;
        }
        Ok(tables)
    }

    /// Adds what a file of campaigns brings along: tables beside them, or in its `catalog`.
    pub(super) fn add(&mut self, file: &Value) -> anyhow::Result<()> {
        for place in [file.get("catalog"), Some(file)].into_iter().flatten().filter(|place| place.is_object())
        {
            self.take(serde_path_to_error::deserialize(place)?);
        }
        Ok(())
    }

    fn take(&mut self, rows: Rows) {
        self.tenders.0.extend(rows.payment_types.into_iter().map(|row| (row.id, row.type_name)));
        let departments = rows.department_main_groups.into_iter().chain(rows.department_sub_groups);
        let number = |row: Coded| Some((row.id, DepartmentNo(row.code.trim().parse().ok()?)));
        self.numbers.extend(one_a_number(departments.filter_map(number)));
        let kind = |row: Coded| (row.id, (row.code, row.is_active.unwrap_or(true)));
        self.kinds.extend(rows.campaign_types.into_iter().map(kind));
    }

    /// Writes the code of a campaign's type into a row that names it by its identity alone.
    pub(super) fn name_kind(&self, row: &mut Value) {
        let id = row.get(KIND_ID).and_then(Value::as_str).and_then(|id| Uuid::parse_str(id).ok());
        let known = id.and_then(|id| self.kinds.get(&id));
        if let (Some((code, is_active)), Some(fields)) = (known, row.as_object_mut()) {
            fields.entry(KIND).or_insert_with(|| code.as_str().into());
            fields.entry("campaign_type_active").or_insert((*is_active).into());
        }
    }

    /// Names the departments of a row's rules as lines of the till name theirs. Answers with the fields of those that no
    /// number is known of.
    pub(super) fn number_departments(&self, row: &mut OriginalCampaign) -> Vec<String> {
        row.number_departments(|id| self.numbers.get(&id).copied());
        let named = row.departments().into_iter();
        named.filter(|(_, id)| DepartmentKey::new(*id).number().is_none()).map(|(field, _)| field).collect()
    }

    /// Names the departments of a row's rules by the identities that they have in the tables.
    pub(super) fn identify_departments(&self, row: &mut OriginalCampaign) {
        let known = self.numbers.iter();
        let known: BTreeMap<Uuid, Uuid> =
            known.map(|(id, number)| (DepartmentKey::from(*number).uuid(), *id)).collect();
        row.rename_departments(|key| known.get(&key).copied());
    }
}

/// What a file with tables alone says.
fn of_file(file: &Path) -> anyhow::Result<Value> {
    let said: Value = serde_json::from_slice(&fs::read(file)?)?;
    Ok(if said.is_array() { json!({ "payment_types": said }) } else { said })
}

/// The rows of a table that a hub sent. One that cannot be read names nothing.
fn pulled<T: DeserializeOwned>(till: &Till, connector: &str, table: &str) -> anyhow::Result<Vec<T>> {
    let rows = till.pulled_rows(connector, table)?.into_iter().filter(|row| !row.is_deleted);
    let read = rows.filter_map(|row| {
        let mut fields: Map<String, Value> = serde_json::from_str(&row.fields).ok()?;
        fields.insert("id".to_owned(), row.id.to_string().into());
        serde_json::from_value(Value::Object(fields)).ok()
    });
    Ok(read.collect())
}
