//! A location where goods lie.

use saleflex_core::{
    ids::WarehouseId,
    inventory::{Location, SiteError, Warehouse},
};
use saleflex_store::{Error, Till};

use super::super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// A location; of none a new one.
pub(crate) struct LocationModel;

impl Model for LocationModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "LOCATION",
            panel: "LOCATION_PANEL",
            definition: include_str!("../../../forms/location.toml"),
            event: "LOCATION_ADD",
            fields: &["CODE", "NAME", "WAREHOUSE", "PICK_SEQUENCE", "BLOCKED", "IS_ACTIVE"],
        }
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of);
        let of_counter = till.counter().and_then(|id| till.sites().warehouse_of(id));
        let warehouse = known.map(|known| known.warehouse).or_else(|| of_counter.map(|known| known.id));
        let warehouses = warehouses(till, known.map(|known| known.warehouse));
        let at = warehouses.iter().position(|(id, _)| Some(*id) == warehouse).unwrap_or(0);
        let options = warehouses.into_iter().map(|(_, name)| name).collect();
        Ok(vec![
            ("CODE", Value::text(known.map(|known| &known.code))),
            ("NAME", Value::text(known.map(|known| &known.name))),
            ("WAREHOUSE", Value::Choice { options, at }),
            ("PICK_SEQUENCE", Value::text(known.map(|known| known.pick_sequence))),
            ("BLOCKED", Value::text(known.and_then(|known| known.blocked.as_ref()))),
            ("IS_ACTIVE", Value::Flag(known.is_none_or(|known| known.is_active))),
        ])
    }

    fn warning(&self, till: &Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Option<String> {
        let location = known(till, of).filter(|known| known.is_active && !entered.flag("IS_ACTIVE"))?;
        let kept = till.stock_report().ok()?;
        let is_there = |row: &&saleflex_store::stock::StockRow| {
            row.place.location == location.id && !row.level.on_hand.is_zero()
        };
        let count = kept.iter().filter(is_there).count();
        (count > 0).then(|| text.fill(Key::LocationHasStock, &[("count", &count.to_string())]))
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = known(till, of).cloned();
        let warehouses = warehouses(till, known.as_ref().map(|known| known.warehouse));
        let mut read = Reader::new(entered, text, till);
        let (code, name) = (read.needed("CODE", 50), read.needed("NAME", 100));
        let pick_sequence = read.number("PICK_SEQUENCE").unwrap_or_default();
        read.finish()?;
        let Some((warehouse, _)) = warehouses.get(entered.choice("WAREHOUSE")) else { return Ok(()) };
        let location = Location {
            id: known.as_ref().map_or_else(|| till.new_location_id(), |known| known.id),
            code,
            name,
            warehouse: *warehouse,
            parent: known.as_ref().and_then(|known| known.parent),
            is_active: entered.flag("IS_ACTIVE"),
            blocked: entered.optional("BLOCKED"),
            pick_sequence,
        };
        till.save_sites(Vec::new(), vec![location]).map_err(|error| unsaved(text, error))
    }
}

/// Why it is not saved: beside its code where another has it.
pub(super) fn unsaved(text: &Text, error: Error) -> Unsaved {
    let faults = if let Error::Sites(faults) = &error { faults.as_slice() } else { &[] };
    let taken = faults
        .iter()
        .find_map(|fault| if let SiteError::Duplicate { code } = fault { Some(code.clone()) } else { None });
    taken.map_or(Unsaved::Till(error), |code| Unsaved::taken(text, "CODE", &code))
}

fn known(till: &Till, of: Option<RowId>) -> Option<&Location> {
    let Some(RowId::Location(id)) = of else { return None };
    till.sites().location(id)
}

/// The warehouses in use and the one it is in, by code.
fn warehouses(till: &Till, present: Option<WarehouseId>) -> Vec<(WarehouseId, String)> {
    let is_offered = |known: &&Warehouse| known.is_active || Some(known.id) == present;
    let mut all: Vec<_> = till.sites().warehouses().filter(is_offered).collect();
    all.sort_by(|one, other| one.code.cmp(&other.code));
    all.into_iter().map(|known| (known.id, format!("{} {}", known.code, known.name))).collect()
}
