//! A supplier.

use saleflex_core::inventory::order::Supplier;
use saleflex_store::{Error, Till};

use super::super::{Entered, Fields, Model, Reader, Saved, Shape, Unsaved, Value};
use crate::{listing::RowId, text::Text};

/// A supplier.
pub(crate) struct SupplierModel;

impl Model for SupplierModel {
    fn shape(&self) -> &'static Shape {
        &Shape {
            form: "SUPPLIER",
            panel: "SUPPLIER_PANEL",
            definition: include_str!("../../../forms/supplier.toml"),
            event: "SUPPLIER_ADD",
            fields: &["CODE", "NAME", "CONTACT", "LEAD_DAYS", "IS_ACTIVE"],
        }
    }

    fn load(&self, till: &mut Till, _: &Text, of: Option<RowId>) -> Result<Fields, Error> {
        let known = known(till, of)?;
        let known = known.as_ref();
        Ok(vec![
            ("CODE", Value::text(known.map(|known| &known.code))),
            ("NAME", Value::text(known.map(|known| &known.name))),
            ("CONTACT", Value::text(known.and_then(|known| known.contact.as_ref()))),
            ("LEAD_DAYS", Value::text(known.map(|known| known.lead_days))),
            ("IS_ACTIVE", Value::Flag(known.is_none_or(|known| known.is_active))),
        ])
    }

    fn save(&self, till: &mut Till, text: &Text, of: Option<RowId>, entered: &Entered) -> Saved {
        let id = known(till, of)?.map(|known| known.id);
        let mut read = Reader::new(entered, text, till);
        let (code, name) = (read.needed("CODE", 20), read.needed("NAME", 100));
        let lead_days = read.number("LEAD_DAYS").unwrap_or_default();
        read.finish()?;
        let supplier = Supplier {
            id: id.unwrap_or_else(|| till.new_supplier_id()),
            code,
            name,
            contact: entered.optional("CONTACT"),
            lead_days,
            is_active: entered.flag("IS_ACTIVE"),
        };
        till.save_supplier(supplier).map_err(|error| match error {
            Error::Taken { code } => Unsaved::taken(text, "CODE", &code),
            other => Unsaved::Till(other),
        })
    }
}

fn known(till: &Till, of: Option<RowId>) -> Result<Option<Supplier>, Error> {
    let Some(RowId::Supplier(id)) = of else { return Ok(None) };
    Ok(till.suppliers()?.into_iter().find(|supplier| supplier.id == id))
}
