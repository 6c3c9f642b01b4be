//! Where goods lie.

use std::io::Write;

use anyhow::Context;
use clap::Args;
use saleflex_core::{ids::WarehouseId, inventory::Location};
use saleflex_store::Till;

use super::super::{Call, doing::Doing};

/// A location as it is to be.
#[derive(Args, Clone, Debug)]
pub struct SetLocation {
    /// Its code, such as `SHELF-3`.
    code: String,
    /// What it is called [default: as before; of a new one, its code].
    #[arg(long)]
    name: Option<String>,
    /// The code of the warehouse it is in [default: as before].
    #[arg(long, value_name = "CODE")]
    warehouse: Option<String>,
    /// Nothing moves there at present, and why; an empty reason lets goods move again.
    #[arg(long, value_name = "WHY")]
    blocked: Option<String>,
    /// Whether it is in use.
    #[arg(long, value_name = "BOOL")]
    active: Option<bool>,
    #[command(flatten)]
    doing: Doing,
}

impl SetLocation {
    pub(super) fn run(&self, call: &Call<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut till = self.doing.till(call)?;
        let before = till.sites().locations().find(|known| known.code == self.code).cloned();
        let warehouse = self.warehouse.as_deref().map(|code| warehouse(&till, code)).transpose()?;
        let mut location = match (before, warehouse) {
            (Some(before), _) => before,
            (None, None) => anyhow::bail!("{}: a new location needs --warehouse", self.code),
            (None, Some(warehouse)) => Location {
                id: till.new_location_id(),
                code: self.code.clone(),
                name: self.code.clone(),
                warehouse,
                parent: None,
                is_active: true,
                blocked: None,
                pick_sequence: 0,
            },
        };
        location.warehouse = warehouse.unwrap_or(location.warehouse);
        location.is_active = self.active.unwrap_or(location.is_active);
        if let Some(name) = &self.name {
            location.name.clone_from(name);
        }
        if let Some(why) = &self.blocked {
            location.blocked = Some(why.clone()).filter(|why| !why.trim().is_empty());
        }
        till.save_sites(Vec::new(), vec![location.clone()]).map_err(|error| call.words(&error))?;
        self.doing.say(out, &location, None)
    }
}

fn warehouse(till: &Till, code: &str) -> anyhow::Result<WarehouseId> {
    let mut all = till.sites().warehouses();
    let known = all.find(|warehouse| warehouse.code.eq_ignore_ascii_case(code));
    known.map(|warehouse| warehouse.id).with_context(|| format!("there is no warehouse {code}"))
}
