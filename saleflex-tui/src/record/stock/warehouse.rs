//! A warehouse: what it is for, and what may be done there.

use saleflex_core::{
    ids::LocationId,
    inventory::{Warehouse, WarehouseKind},
};
use saleflex_store::{Error, Till};

use super::{
    super::{Entered, Fields, Model, Reader, Saved, Shape, Value},
    location::unsaved,
};
use crate::{
    listing::RowId,
    text::{Key, Text},
};

/// The warehouse of a location; of none a new one.
pub(crate) struct WarehouseModel;

/// What a warehouse is for, and what each is called.
const KINDS: [(WarehouseKind, Key); 6] = [
    (WarehouseKind::SalesFloor, Key::WarehouseSalesFloor),
    (WarehouseKind::Backroom, Key::WarehouseBackroom),
    (WarehouseKind::Main, Key::WarehouseMain),
    (WarehouseKind::ColdStorage, Key::WarehouseColdStorage),
    (WarehouseKind::Security, Key::WarehouseSecurity),
    (WarehouseKind::Temporary, Key::WarehouseTemporary),
];

impl Model for WarehouseModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "WAREHOUSE",
            panel: "WAREHOUSE_PANEL",
            definition: include_str!("../../../forms/warehouse.toml"),
            event: "WAREHOUSE_ADD",
            fields: &["CODE", "NAME", "KIND", "RECEIVES", "SHIPS", "COUNTS", "IS_ACTIVE"],
        }
    }

    fn load(&self, till: &mut Till, text: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of);
        let kind = known.map(|known| known.kind);
        let at = KINDS.iter().position(|(of, _)| Some(*of) == kind).unwrap_or(0);
        let options = KINDS.iter().map(|(_, key)| text.word(*key).to_owned()).collect();
        let may = |allows: fn(&Warehouse) -> bool| Value::Flag(known.is_none_or(allows));
        Ok(vec![
            ("CODE", Value::text(known.map(|known| &known.code))),
            ("NAME", Value::text(known.map(|known| &known.name))),
            ("KIND", Value::Choice { options, at }),
            ("RECEIVES", may(|known| known.receives)),
            ("SHIPS", may(|known| known.ships)),
            ("COUNTS", may(|known| known.counts)),
            ("IS_ACTIVE", may(|known| known.is_active)),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let known = known(till, of).cloned();
        let mut read = Reader::new(entered, text, till);
        let (code, name) = (read.needed("CODE", 20), read.needed("NAME", 100));
        read.finish()?;
        let kind = KINDS.get(entered.choice("KIND")).map(|(kind, _)| *kind);
        // A kind that a newer program gave it is not taken away by one that does not know it.
        let kept =
            known.as_ref().map(|known| known.kind).filter(|kind| !KINDS.iter().any(|(of, _)| of == kind));
        let Some(kind) = kept.or(kind) else { return Ok(()) };
        let warehouse = Warehouse {
            id: known.as_ref().map_or_else(|| till.new_warehouse_id(), |known| known.id),
            code,
            name,
            store: known.map_or_else(|| till.identity().store, |known| known.store),
            kind,
            is_active: entered.flag("IS_ACTIVE"),
            receives: entered.flag("RECEIVES"),
            ships: entered.flag("SHIPS"),
            counts: entered.flag("COUNTS"),
        };
        till.save_sites(vec![warehouse], Vec::new()).map_err(|error| unsaved(text, error))
    }
}

fn known(till: &Till, of: Option<RowId>) -> Option<&Warehouse> {
    let id: LocationId = if let Some(RowId::Location(id)) = of { id } else { return None };
    till.sites().warehouse_of(id)
}
