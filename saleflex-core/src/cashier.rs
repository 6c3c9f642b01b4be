//! People at the till: what they may do, when they work, how they do.
//!
//! Capabilities say who may; an [`Approval`] is a second person's word with both names. [`access`] maps screens and
//! acts to them, [`lock`] holds a till for whoever left it, [`session`] and [`time_clock`] record work and breaks,
//! [`metrics`] and [`target`] measure it, [`rating`] is what people say of it, [`tip_pool`] shares out tips.

use alloc::collections::BTreeSet;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{authority::Authority, ids::CashierId};

pub mod access;
mod limits;
pub mod lock;
pub mod metrics;
pub mod note;
pub mod rating;
pub mod session;
pub mod target;
pub mod time_clock;
pub mod tip_pool;

pub use self::limits::Limits;

/// What a cashier may do. The names are those of the hub's role matrix.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub enum Capability {
    /// Sell, take tenders, suspend and resume, read the X report.
    #[serde(rename = "pos.sell")]
    Sell,
    /// Approve what needs a second pair of eyes.
    #[serde(rename = "pos.override")]
    Override,
    /// Close the period, declare the drawer.
    #[serde(rename = "pos.closure")]
    Closure,
    /// Change products, departments, tax rates.
    #[serde(rename = "catalog.write")]
    CatalogWrite,
    /// Change layouts, labels, receipt texts.
    #[serde(rename = "form.write")]
    FormWrite,
    /// Change campaigns.
    #[serde(rename = "campaign.write")]
    CampaignWrite,
    /// Change cashiers and their roles.
    #[serde(rename = "role.assign")]
    RoleAssign,
    /// Change the till's settings.
    #[serde(rename = "settings.write")]
    SettingsWrite,
    /// Take goods in.
    #[serde(rename = "stock.receive")]
    StockReceive,
    /// Take goods out other than by selling them: own use, waste, damage.
    #[serde(rename = "stock.issue")]
    StockIssue,
    /// Put a level right.
    #[serde(rename = "stock.adjust")]
    StockAdjust,
    /// Move goods between locations.
    #[serde(rename = "stock.transfer")]
    StockTransfer,
    /// Begin a stock count.
    #[serde(rename = "stocktake.open")]
    StocktakeOpen,
    /// Count in it.
    #[serde(rename = "stocktake.count")]
    StocktakeCount,
    /// Agree to what was counted.
    #[serde(rename = "stocktake.approve")]
    StocktakeApprove,
    /// Read reports of closed periods, of cashiers and of departments.
    #[serde(rename = "report.view")]
    ReportView,
    /// Search the audit trail.
    #[serde(rename = "audit.read")]
    AuditRead,
}

impl Capability {
    /// All capabilities, in the order screens list them.
    pub const ALL: [Self; 17] = [
        Self::Sell,
        Self::Override,
        Self::Closure,
        Self::CatalogWrite,
        Self::FormWrite,
        Self::CampaignWrite,
        Self::RoleAssign,
        Self::SettingsWrite,
        Self::StockReceive,
        Self::StockIssue,
        Self::StockAdjust,
        Self::StockTransfer,
        Self::StocktakeOpen,
        Self::StocktakeCount,
        Self::StocktakeApprove,
        Self::ReportView,
        Self::AuditRead,
    ];

    /// Its name, such as `pos.sell`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sell => "pos.sell",
            Self::Override => "pos.override",
            Self::Closure => "pos.closure",
            Self::CatalogWrite => "catalog.write",
            Self::FormWrite => "form.write",
            Self::CampaignWrite => "campaign.write",
            Self::RoleAssign => "role.assign",
            Self::SettingsWrite => "settings.write",
            Self::StockReceive => "stock.receive",
            Self::StockIssue => "stock.issue",
            Self::StockAdjust => "stock.adjust",
            Self::StockTransfer => "stock.transfer",
            Self::StocktakeOpen => "stocktake.open",
            Self::StocktakeCount => "stocktake.count",
            Self::StocktakeApprove => "stocktake.approve",
            Self::ReportView => "report.view",
            Self::AuditRead => "audit.read",
        }
    }
}

impl core::fmt::Display for Capability {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// The standard sets of capabilities.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Sells, and closes nothing.
    Cashier,
    /// Takes goods in and out and counts them; sells nothing.
    StockClerk,
    /// Sells, approves and closes, and keeps the cashiers of the store, as far as they hold no more than a manager.
    Manager,
    /// Has every capability.
    Administrator,
}

impl Role {
    /// What the role may do.
    pub fn capabilities(self) -> BTreeSet<Capability> {
        use Capability::{
            AuditRead, CatalogWrite, Closure, Override, ReportView, RoleAssign, Sell, StockAdjust,
            StockIssue, StockReceive, StockTransfer, StocktakeApprove, StocktakeCount, StocktakeOpen,
        };
        let manager = [
            Sell,
            Override,
            Closure,
            CatalogWrite,
            RoleAssign,
            StockReceive,
            StockIssue,
            StockAdjust,
            StockTransfer,
            StocktakeOpen,
            StocktakeCount,
            StocktakeApprove,
            ReportView,
            AuditRead,
        ];
        match self {
            Self::Cashier => [Sell].into(),
            Self::StockClerk => [StockReceive, StockIssue, StocktakeCount].into(),
            Self::Manager => manager.into(),
            Self::Administrator => Capability::ALL.into(),
        }
    }
}

/// The cashier at the till, as far as deciding needs to know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OnDuty {
    /// The cashier's id, which events carry.
    pub id: CashierId,
    /// What they may do.
    pub capabilities: BTreeSet<Capability>,
}

impl OnDuty {
    /// A cashier with the capabilities of a role.
    pub fn with_role(id: CashierId, role: Role) -> Self {
        Self { id, capabilities: role.capabilities() }
    }

    /// Whether the cashier may do this alone.
    pub fn may(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

/// A second person was identified at the till and agreed to one act.
///
/// It cannot be copied or stored, and whatever decides takes it by value: one approval is good for one command. A
/// till gives one out when the approver has proved who they are.
///
/// ```compile_fail,E0382
/// # use saleflex_core::cashier::{Approval, OnDuty, Role};
/// # let manager = OnDuty::with_role(saleflex_core::ids::CashierId::new(uuid::Uuid::nil()), Role::Manager);
/// let approval = Approval::of_identified(manager);
/// let first = Some(approval);
/// let second = Some(approval); // used up
/// ```
#[derive(Debug, Eq, PartialEq)]
#[must_use = "nothing is approved until the approval goes with a command"]
pub struct Approval {
    by: OnDuty,
    reason: Option<String>,
}

impl Approval {
    /// Vouches that this person was identified just now, by a secret of their own, and agreed to the act
    /// it is made for. Whoever calls it answers for that: core cannot see people.
    pub const fn of_identified(approver: OnDuty) -> Self {
        Self { by: approver, reason: None }
    }

    /// The same, with what the approver said. It is frozen with the act's events.
    pub fn because(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }

    /// The same for both halves of one act, such as tips that are shared out and paid out with it.
    pub fn for_both(self) -> [Self; 2] {
        [Self { by: self.by.clone(), reason: self.reason.clone() }, self]
    }

    /// The manager whose approval it is.
    pub const fn by(&self) -> CashierId {
        self.by.id
    }

    /// Why, in their words.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// An act by `cashier` that needs `capability`: done alone by a holder, or approved by one.
///
/// # Errors
/// The [`Capability`] that is missing.
pub(crate) fn authorise(
    cashier: &OnDuty,
    approval: Option<&Approval>,
    capability: Capability,
) -> Result<Authority, Capability> {
    let approver = approval.filter(|approval| approval.by.may(capability));
    match approver {
        Some(approval) => Ok(Authority { cashier: cashier.id, approved_by: Some(approval.by.id) }),
        None if cashier.may(capability) => Ok(Authority { cashier: cashier.id, approved_by: None }),
        None => Err(capability),
    }
}

/// Whether someone may give others these capabilities: who assigns roles gives only what they hold.
///
/// # Errors
/// The first [`Capability`] that is missing: the one to assign roles, else the first that the grantor lacks.
pub fn may_grant(grantor: &OnDuty, capabilities: &BTreeSet<Capability>) -> Result<(), Capability> {
    let needed = core::iter::once(&Capability::RoleAssign).chain(capabilities);
    needed.into_iter().find(|capability| !grantor.may(**capability)).map_or(Ok(()), |missing| Err(*missing))
}

/// A shop's own role: a named set of capabilities.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RoleDefinition {
    /// Its code, such as `shift_leader`.
    pub code: String,
    /// What screens call it.
    pub name: String,
    /// What its holders may do.
    pub capabilities: BTreeSet<Capability>,
    /// How much they may do alone, where that is not as the store has it for everybody.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_grants_what_they_lack() {
        let id = CashierId::new(Uuid::nil());
        let owner = OnDuty::with_role(id, Role::Administrator);
        assert_eq!(may_grant(&owner, &Role::Administrator.capabilities()), Ok(()));
        let cashier = OnDuty::with_role(id, Role::Cashier);
        assert_eq!(may_grant(&cashier, &Role::Cashier.capabilities()), Err(Capability::RoleAssign));
        let manager = OnDuty::with_role(id, Role::Manager);
        assert_eq!(may_grant(&manager, &Role::Manager.capabilities()), Ok(()));
        assert_eq!(may_grant(&manager, &Role::Administrator.capabilities()), Err(Capability::FormWrite));
    }

    #[test]
    fn each_role_holds_what_the_one_below_holds() {
        let [cashier, manager, administrator] =
            [Role::Cashier, Role::Manager, Role::Administrator].map(Role::capabilities);
        assert!(cashier.is_subset(&manager) && manager.is_subset(&administrator));
        assert_eq!(administrator.len(), Capability::ALL.len());
    }
}
