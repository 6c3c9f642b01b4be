//! Departments of a hub by their identities. A till knows a department by its number alone, and two tills may have
//! brought two departments of one number to the hub: one of them has the number here, the other waits and says why.

use std::collections::BTreeMap;

use saleflex_core::catalog::DepartmentNo;
use saleflex_store::inbox::PulledRow;
use uuid::Uuid;

use super::{Fields, fields};

/// Which department of the hub has which number.
pub(super) struct Departments {
    pub(super) numbers: BTreeMap<Uuid, DepartmentNo>,
    /// Those whose number another one has, and why they wait.
    pub(super) beaten: BTreeMap<Uuid, String>,
    /// The rows of those.
    pub(super) ousted: Vec<PulledRow>,
}

impl Departments {
    /// Of the rows that are there. Of several with one number the lowest identity has it: every till decides alike,
    /// in whatever order the rows came.
    pub(super) fn of(mut rows: Vec<PulledRow>) -> Self {
        rows.sort_by_key(|row| row.id);
        let mut departments = Self { numbers: BTreeMap::new(), beaten: BTreeMap::new(), ousted: Vec::new() };
        let mut held: BTreeMap<DepartmentNo, (Uuid, String)> = BTreeMap::new();
        for row in rows {
            let map = fields(&row);
            let Ok(no) = Fields(&map).department() else { continue };
            if let Some((id, name)) = held.get(&no) {
                let why = format!("department number {} belongs to {name} ({id})", no.0);
                departments.beaten.insert(row.id, why);
                departments.ousted.push(row);
                continue;
            }
            held.insert(no, (row.id, Fields(&map).text("name").unwrap_or_default()));
            departments.numbers.insert(row.id, no);
        }
        departments
    }

    /// The number of a department.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub(super) fn number(&self, id: Uuid) -> Result<DepartmentNo, String> {
        let missing =
            || self.beaten.get(&id).cloned().unwrap_or_else(|| format!("department {id} is missing"));
        self.numbers.get(&id).copied().ok_or_else(missing)
    }
}
