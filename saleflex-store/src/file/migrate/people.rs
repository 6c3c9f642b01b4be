//! What the fourth step makes of a till that has worked before: the index and the audit trail of its journal, and the
//! capabilities that its people's roles have got since.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params};
use rusqlite_migration::HookResult;
use saleflex_core::{
    cashier::{Capability, Role},
    ids::CashierId,
};

use super::trail;
use crate::{
    books::{audit, index},
    error::Error,
    file::codec::{Col, Json, get, get_json},
};

/// Fills the new tables.
pub(super) fn fill(transaction: &Transaction<'_>) -> HookResult {
    let failed = |cause: Error| rusqlite_migration::HookError::Hook(cause.to_string());
    read_journal(transaction).map_err(failed)?;
    widen_roles(transaction).map_err(failed)
}

fn read_journal(transaction: &Transaction<'_>) -> Result<(), Error> {
    trail::each_entry(transaction, |seq, entry, before| {
        index::write(transaction, seq, entry)?;
        audit::write(transaction, seq, entry, before)
    })
}

/// What a manager and an administrator held before the first step's release ended.
const MANAGER: [Capability; 4] =
    [Capability::Sell, Capability::Override, Capability::Closure, Capability::CatalogWrite];
const ADMINISTRATOR: [Capability; 4] =
    [Capability::FormWrite, Capability::CampaignWrite, Capability::RoleAssign, Capability::SettingsWrite];

/// Whoever holds all that a role held gets what it holds now; a set of somebody's own stays as it is.
fn widen_roles(transaction: &Transaction<'_>) -> Result<(), Error> {
    let mut select = transaction.prepare("SELECT id, capabilities FROM cashier")?;
    let cashiers = select.query_map([], |row| Ok((get(row, 0)?, get_json(row, 1)?)))?;
    for (id, held) in cashiers.collect::<Result<Vec<(CashierId, BTreeSet<Capability>)>, _>>()? {
        let holds = |capabilities: &[Capability]| capabilities.iter().all(|one| held.contains(one));
        let role = match (holds(&MANAGER), holds(&ADMINISTRATOR)) {
            (true, true) => Role::Administrator,
            (true, false) => Role::Manager,
            (false, _) => continue,
        };
        let mut wider: BTreeSet<Capability> = held.union(&role.capabilities()).copied().collect();
        // A later release lets managers keep the cashiers: whoever was one before is given that by name.
        if role == Role::Manager && !held.contains(&Capability::RoleAssign) {
            wider.remove(&Capability::RoleAssign);
        }
        write(transaction, id, &wider)?;
    }
    Ok(())
}

fn write(
    transaction: &Transaction<'_>,
    id: CashierId,
    capabilities: &BTreeSet<Capability>,
) -> Result<(), Error> {
    let sql = "UPDATE cashier SET capabilities = ?1 WHERE id = ?2";
    transaction.execute(sql, params![Json(capabilities), Col(id)])?;
    Ok(())
}
