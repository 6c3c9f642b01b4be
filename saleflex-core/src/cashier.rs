//! Who may do what: capabilities, and a manager's approval, recorded with both names.

use alloc::collections::BTreeSet;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{authority::Authority, ids::CashierId};

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
}

impl Capability {
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
    /// Sells.
    Cashier,
    /// Takes goods in and out and counts them; sells nothing.
    StockClerk,
    /// Sells, approves and closes.
    Manager,
    /// Everything.
    Administrator,
}

impl Role {
    /// What the role may do.
    pub fn capabilities(self) -> BTreeSet<Capability> {
        use Capability::{
            CampaignWrite, CatalogWrite, Closure, FormWrite, Override, RoleAssign, Sell, SettingsWrite,
            StockAdjust, StockIssue, StockReceive, StockTransfer, StocktakeApprove, StocktakeCount,
            StocktakeOpen,
        };
        let manager = [
            Sell,
            Override,
            Closure,
            CatalogWrite,
            StockReceive,
            StockIssue,
            StockAdjust,
            StockTransfer,
            StocktakeOpen,
            StocktakeCount,
            StocktakeApprove,
        ];
        match self {
            Self::Cashier => [Sell].into(),
            Self::StockClerk => [StockReceive, StockIssue, StocktakeCount].into(),
            Self::Manager => manager.into(),
            Self::Administrator => {
                let more = [FormWrite, CampaignWrite, RoleAssign, SettingsWrite];
                manager.into_iter().chain(more).collect()
            }
        }
    }
}

/// The cashier at the till, as far as deciding needs to know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct OnDuty {
    /// Who.
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
    /// Vouches that this person was identified just now, by a secret or a badge of their own, and agreed to the act
    /// it is made for. Whoever calls it answers for that: core cannot see people.
    pub const fn of_identified(approver: OnDuty) -> Self {
        Self { by: approver, reason: None }
    }

    /// The same, with what the approver said. It is frozen with the act's events.
    pub fn because(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }

    /// Who approved.
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
/// The capability that is missing.
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
