//! Departments of a hub by their identities. A till knows a department by its number alone, and two tills may have
//! brought two departments of one number to the hub: one of them has the number here, the other waits and says why.

use std::collections::BTreeMap;

use saleflex_core::catalog::{DepartmentNo, one_a_number};
use saleflex_store::inbox::PulledRow;
use uuid::Uuid;

use super::fields;
use crate::fitting::rows::Fields;

/// Which department of the hub has which number.
pub(super) struct Departments {
    pub(super) numbers: BTreeMap<Uuid, DepartmentNo>,
    /// Those whose number another one has, and why they wait.
    pub(super) beaten: BTreeMap<Uuid, String>,
    /// The rows of those.
    pub(super) ousted: Vec<PulledRow>,
}

impl Departments {
    /// Of the rows that are there.
    pub(super) fn of(mut rows: Vec<PulledRow>) -> Self {
        rows.sort_by_key(|row| row.id);
        let number = |row: &PulledRow| Fields(&fields(row)).department().ok();
        let numbered: Vec<(PulledRow, DepartmentNo)> =
            rows.into_iter().filter_map(|row| number(&row).map(|no| (row, no))).collect();
        let numbers = one_a_number(numbered.iter().map(|(row, no)| (row.id, *no)));
        let holder = |no: DepartmentNo| {
            let (row, _) =
                numbered.iter().find(|(row, other)| *other == no && numbers.contains_key(&row.id))?;
            Some((Fields(&fields(row)).text("name").unwrap_or_default(), row.id))
        };
        let mut departments = Self { numbers: BTreeMap::new(), beaten: BTreeMap::new(), ousted: Vec::new() };
        for (row, no) in numbered.iter().filter(|(row, _)| !numbers.contains_key(&row.id)) {
            let Some((name, id)) = holder(*no) else { continue };
            let why = format!("department number {} belongs to {name} ({id})", no.0);
            departments.beaten.insert(row.id, why);
            departments.ousted.push(row.clone());
        }
        Self { numbers, ..departments }
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
