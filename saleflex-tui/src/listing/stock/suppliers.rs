//! Suppliers.

use saleflex_core::money::Money;
use saleflex_store::{Error, Till};

use super::super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Who goods are bought from.
pub(crate) struct Suppliers;

impl Listing for Suppliers {
    fn form(&self) -> &'static str {
        "SUPPLIER_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/supplier_list.toml")
    }

    fn event(&self) -> &'static str {
        "SUPPLIER_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["SUPPLIER_DETAIL"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleSuppliers, none: Key::PickNone, hint: Key::HintSuppliers }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 20),
                Heading::text(Key::ColumnName, 0),
                Heading::number(Key::ColumnLeadDays, 14),
            ]
        }
    }

    fn load(&self, till: &mut Till, _: &Text, query: &Query) -> Result<Listed, Error> {
        let row = |supplier: saleflex_core::inventory::order::Supplier| ListRow {
            id: RowId::Supplier(supplier.id),
            cells: vec![supplier.code, supplier.name, supplier.lead_days.to_string()],
            total: Money::ZERO,
            is_dim: !supplier.is_active,
        };
        let mut rows: Vec<ListRow> = till.suppliers()?.into_iter().map(row).collect();
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, _: &str) -> Vec<Effect> {
        state.open_record("SUPPLIER", Some(row.id))
    }
}
