//! Every column of a row as older terminals keep it: a table, `columns.csv`.
//!
//! They write a row with all of its columns and leave out one that lacks what their tables ask for. A column is named alone,
//! with what it holds where nobody said anything (`is_active:true`), and with a `!` where it cannot be empty (`no!:0`).

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value as Json};

const TABLE: &str = include_str!("columns.csv");

#[derive(Clone, Debug)]
struct Column {
    name: &'static str,
    /// What it holds where nobody said anything.
    unsaid: Json,
    /// Whether it cannot be empty.
    is_required: bool,
}

/// Gives a row each column that it lacks, and what stands for nothing to one that cannot be empty. What is there stays.
pub(super) fn complete(resource: &str, row: &mut Map<String, Json>) {
    for Column { name, unsaid, is_required } in of(resource) {
        if row.get(*name).is_none_or(|value| *is_required && value.is_null()) {
            row.insert((*name).to_owned(), unsaid.clone());
        }
    }
}

fn of(resource: &str) -> &'static [Column] {
    static COLUMNS: LazyLock<BTreeMap<&str, Vec<Column>>> =
        LazyLock::new(|| parse(TABLE).expect("the committed table is whole, as a test checks"));
    COLUMNS.get(resource).map_or(&[], Vec::as_slice)
}

fn parse(table: &'static str) -> Option<BTreeMap<&'static str, Vec<Column>>> {
    let resources = table.lines().skip(1).map(|line| {
        let (resource, columns) = line.split_once(',')?;
        Some((resource, columns.split(' ').map(column).collect::<Option<_>>()?))
    });
    resources.collect()
}

fn column(written: &'static str) -> Option<Column> {
    let (name, unsaid) = match written.split_once(':') {
        Some((name, unsaid)) => (name, serde_json::from_str(unsaid).ok()?),
        None => (written, Json::Null),
    };
    let required = name.strip_suffix('!');
    Some(Column { name: required.unwrap_or(name), unsaid, is_required: required.is_some() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::definitions::RESOURCES;

    #[test]
    fn a_row_gets_the_columns_that_it_lacks_and_keeps_what_it_has() {
        assert!(RESOURCES.into_iter().all(|resource| of(resource).iter().any(|column| column.name == "id")));
        let mut row = json!({"id": "1", "no": null, "is_active": null, "name": "Ece", "of_ours": 7});
        let row = row.as_object_mut().unwrap();
        complete("cashiers", row);
        assert_eq!((&row["name"], &row["of_ours"]), (&json!("Ece"), &json!(7)));
        assert_eq!((&row["no"], &row["last_name"]), (&json!(0), &json!("")), "what cannot be empty");
        assert_eq!(row["is_active"], Json::Null, "was said, and can be empty");
        row.remove("is_active");
        complete("cashiers", row);
        assert_eq!((&row["is_active"], &row["login_at"]), (&json!(true), &Json::Null));
    }
}
