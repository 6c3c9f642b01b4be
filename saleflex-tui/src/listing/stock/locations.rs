//! Where goods lie: locations, their warehouses, and why nothing moves at some of them.

use saleflex_core::{inventory::Location, money::Money};
use saleflex_store::{Error, Till};

use super::super::{Heading, ListRow, Listed, Listing, Query, RowId, Words};
use crate::{
    app::State,
    effect::Effect,
    text::{Key, Text},
};

/// Where goods lie.
pub(crate) struct Locations;

impl Listing for Locations {
    fn form(&self) -> &'static str {
        "LOCATION_LIST"
    }

    fn definition(&self) -> &'static str {
        include_str!("../../../forms/location_list.toml")
    }

    fn event(&self) -> &'static str {
        "LOCATION_LIST_FORM"
    }

    fn row_events(&self) -> &'static [&'static str] {
        &["LOCATION_DETAIL", "WAREHOUSE_ROW"]
    }

    fn words(&self) -> Words {
        Words { title: Key::TitleLocations, none: Key::PickNone, hint: Key::HintLocations }
    }

    fn headings(&self) -> &'static [Heading] {
        const {
            &[
                Heading::text(Key::ColumnCode, 16),
                Heading::text(Key::ColumnName, 0),
                Heading::text(Key::ColumnWarehouse, 18),
                Heading::text(Key::ColumnState, 18),
            ]
        }
    }

    fn load(&self, till: &mut Till, text: &Text, query: &Query) -> Result<Listed, Error> {
        let sites = till.sites();
        let row = |location: &Location| {
            let warehouse = sites.warehouse_of(location.id).map(|warehouse| warehouse.name.clone());
            let blocked = location.blocked.clone().unwrap_or_default();
            let state = if location.is_active { blocked } else { text.word(Key::StateOff).to_owned() };
            ListRow {
                id: RowId::Location(location.id),
                cells: vec![
                    location.code.clone(),
                    location.name.clone(),
                    warehouse.unwrap_or_default(),
                    state,
                ],
                total: Money::ZERO,
                is_dim: !location.is_active,
            }
        };
        let mut rows: Vec<ListRow> = sites.locations().map(row).collect();
        rows.sort_by(|one, other| one.cells.cmp(&other.cells));
        rows.retain(|row| row.holds(&query.term));
        Ok(Listed { rows, ..Listed::default() })
    }

    fn act(&self, state: &mut State, row: &ListRow, event: &str) -> Vec<Effect> {
        if event == "WAREHOUSE_ROW" {
            return state.open_record("WAREHOUSE", Some(row.id));
        }
        state.open_record("LOCATION", Some(row.id))
    }
}
