//! The departments of the shop, each main department before those that belong to it.

use saleflex_core::{catalog::Department, money::Money};
use saleflex_store::{Error, Till};

use super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
    view,
};

/// Departments by number.
pub(crate) struct Departments;

impl Listing for Departments {
    fn form(&self) -> &'static str {
        "DEPARTMENT_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../forms/department_list.toml")
    }

    fn event(&self) -> &'static str {
        "SET_DEPARTMENT_DEFINITION"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["DEPARTMENT_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleDepartments, none: Key::DepartmentsNone, hint: Key::HintDepartments }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::number(Key::ColumnRecordNo, 6),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnBelongsTo, 12),
                Heading::text(Key::ColumnTaxRate, 22),
                Heading::number(Key::ColumnHighest, 12),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let catalog = till.catalog();
        let tax = |no: &u16| {
            let known = catalog.tax_rates().find(|rate| rate.no == *no);
            known.map_or_else(|| no.to_string(), |rate| rate.name.clone())
        };
        let row = |department: &Department| ListRow {
            id: RowId::Department(department.no),
            cells: vec![
                department.no.to_string(),
                department.name.clone(),
                department.main.map(|main| main.to_string()).unwrap_or_default(),
                department.taxes.iter().map(tax).collect::<Vec<_>>().join(", "),
                department.max_price.map(|price| view::price(till.currency(), price)).unwrap_or_default(),
            ],
            total: Money::ZERO,
            is_dim: false,
        };
        let mut departments: Vec<&Department> = catalog.departments().collect();
        departments.sort_by_key(|department| (department.main.unwrap_or(department.no), department.no));
        let mut rows: Vec<ListRow> = departments.into_iter().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("DEPARTMENT", Some(row.id))
    }
}
