//! Which capability each act asks for.
//!
//! An act is either done alone by a holder, or
//! started by anybody who sells and approved by a holder of `pos.override`; limits that make an act need approval
//! are the store's settings.

use serde::{Deserialize, Serialize};

use super::{Approval, Capability, OnDuty, authorise};
use crate::authority::Authority;

/// A sensitive act. What is not listed (adding a line, taking a tender) needs `pos.sell` and is no entry of the audit
/// trail.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Act {
    /// A line taken back.
    VoidLine,
    /// A tender taken back.
    VoidTender,
    /// The quantity of a line changed.
    ChangeQuantity,
    /// A line sold at another price.
    OverridePrice,
    /// A discount or markup on a line.
    AdjustLine,
    /// A discount or surcharge on a document.
    AdjustDocument,
    /// A sale without tax.
    ExemptFromTax,
    /// A document closed without effect.
    CancelDocument,
    /// Goods back.
    Return,
    /// Goods bought from somebody, who is paid from the drawer.
    BuyGoods,
    /// The drawer opened without a sale.
    OpenDrawer,
    /// Money in or out of the drawer.
    MoveCash,
    /// A function of a screen that is not for everybody, used with somebody's word.
    UseFunction,
    /// The drawer counted.
    CountDrawer,
    /// A count of the drawer that was entered and not accepted.
    CountRefused,
    /// A buyer who was too young for what they wanted.
    AgeRefused,
    /// Paper that was printed before, printed once more.
    Reprint,
    /// A period closed.
    ClosePeriod,
    /// A closed period corrected.
    CorrectClosure,
    /// Logged in.
    LogIn,
    /// Logged out.
    LogOut,
    /// A log-in that was refused.
    LogInRefused,
    /// The till locked.
    Lock,
    /// The till unlocked by its cashier.
    Unlock,
    /// The locked till taken over from its cashier.
    TakeOver,
    /// A work session or the time clock.
    Attendance,
    /// A record of the time clock corrected.
    CorrectAttendance,
    /// Tips shared out.
    DistributeTips,
    /// A target set or changed.
    SetTarget,
    /// What was said of a cashier's service, entered.
    RateCashier,
    /// A note written on a work session or a break. On one's own whoever works writes.
    NoteSession,
    /// A cashier or a role changed.
    ChangeCashier,
    /// A secret changed.
    ChangeSecret,
    /// Products or prices changed.
    ChangeCatalog,
    /// Tax rates, departments, units or barcode masks changed.
    ChangeReference,
    /// Campaigns or coupons changed.
    ChangeCampaigns,
    /// An exchange rate changed.
    ChangeRate,
    /// Settings changed.
    ChangeSettings,
    /// Stock corrected.
    AdjustStock,
    /// A customer's record changed.
    ChangeCustomer,
    /// Points given or taken by hand.
    GrantPoints,
    /// Two customers merged, one taken out of use or erased, a membership suspended.
    RemoveCustomer,
    /// A delivery written off.
    DiscardDelivery,
    /// The till made, or a copy of its file taken into use.
    StartTill,
}

/// What an act asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Nothing: it happens to anybody.
    Anybody,
    /// The capability, of whoever does it.
    Alone(Capability),
    /// The capability, of whoever does it or of an approver.
    Approved(Capability),
    /// `pos.sell`; above the store's limit as [`Rule::Approved`] with `pos.override`.
    ApprovedAboveLimit,
}

impl Act {
    /// What it asks for.
    pub const fn rule(self) -> Rule {
        match self {
            Self::VoidLine
            | Self::VoidTender
            | Self::ChangeQuantity
            | Self::AdjustLine
            | Self::CancelDocument
            | Self::CountDrawer => Rule::ApprovedAboveLimit,
            Self::OverridePrice
            | Self::AdjustDocument
            | Self::ExemptFromTax
            | Self::Return
            | Self::BuyGoods
            | Self::OpenDrawer
            | Self::MoveCash
            | Self::GrantPoints
            | Self::CorrectAttendance => Rule::Approved(Capability::Override),
            Self::ClosePeriod | Self::CorrectClosure | Self::DistributeTips => {
                Rule::Approved(Capability::Closure)
            }
            // Whoever works here comes and goes, sells or not.
            Self::LogIn
            | Self::LogOut
            | Self::LogInRefused
            | Self::CountRefused
            | Self::AgeRefused
            | Self::StartTill
            | Self::Lock
            | Self::Unlock
            | Self::TakeOver
            | Self::Attendance
            | Self::ChangeSecret => Rule::Anybody,
            // What a function asks for its screen says.
            Self::ChangeCustomer | Self::Reprint | Self::UseFunction => Rule::Alone(Capability::Sell),
            Self::SetTarget | Self::RateCashier | Self::NoteSession | Self::RemoveCustomer => {
                Rule::Alone(Capability::Override)
            }
            Self::ChangeCashier => Rule::Alone(Capability::RoleAssign),
            Self::ChangeCatalog | Self::ChangeReference | Self::ChangeRate => {
                Rule::Alone(Capability::CatalogWrite)
            }
            Self::ChangeCampaigns => Rule::Alone(Capability::CampaignWrite),
            Self::ChangeSettings | Self::DiscardDelivery => Rule::Alone(Capability::SettingsWrite),
            Self::AdjustStock => Rule::Alone(Capability::StockAdjust),
        }
    }

    /// Whether this cashier may do it, with this approval, which is spent; `above_limit` says whether the store's limit is passed.
    ///
    /// # Errors
    /// The capability that is missing. Where a [`Rule`] allows it, an approver may hold it instead.
    #[expect(clippy::needless_pass_by_value, reason = "an approval is good for one act")]
    pub fn authorise(
        self,
        cashier: &OnDuty,
        approval: Option<Approval>,
        above_limit: bool,
    ) -> Result<Authority, Capability> {
        let alone = |capability| authorise(cashier, None, capability);
        match self.rule() {
            Rule::Anybody => Ok(Authority { cashier: cashier.id, approved_by: None }),
            Rule::Alone(capability) => alone(capability),
            Rule::Approved(capability) => authorise(cashier, approval.as_ref(), capability),
            Rule::ApprovedAboveLimit if above_limit => {
                authorise(cashier, approval.as_ref(), Capability::Override)
            }
            Rule::ApprovedAboveLimit => alone(Capability::Sell),
        }
    }
}

/// Whether this cashier may use a function of a screen that asks for a capability: as its holder, or by the word of one.
///
/// # Errors
/// The capability, where neither holds it.
#[expect(clippy::needless_pass_by_value, reason = "an approval is good for one act")]
pub fn use_function(
    cashier: &OnDuty,
    approval: Option<Approval>,
    capability: Capability,
) -> Result<Authority, Capability> {
    authorise(cashier, approval.as_ref(), capability)
}

/// Whether this cashier may go on a break where the store wants it agreed to: as a holder of `pos.override`, or by the
/// word of one.
///
/// # Errors
/// The capability, where neither holds it.
pub fn take_break(cashier: &OnDuty, approval: Option<&Approval>) -> Result<Authority, Capability> {
    authorise(cashier, approval, Capability::Override)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{cashier::Role, ids::CashierId};

    fn someone(no: u128, role: Role) -> OnDuty {
        OnDuty::with_role(CashierId::new(Uuid::from_u128(no)), role)
    }

    #[test]
    fn an_act_that_needs_approval_is_started_by_anybody_and_agreed_to_by_a_holder() {
        let [ann, max] = [someone(1, Role::Cashier), someone(2, Role::Manager)];
        let approval = || Some(Approval::of_identified(max.clone()));
        let both = Authority { cashier: ann.id, approved_by: Some(max.id) };
        for act in [Act::OverridePrice, Act::Return, Act::OpenDrawer, Act::MoveCash] {
            assert_eq!(act.authorise(&ann, None, false), Err(Capability::Override));
            assert_eq!(act.authorise(&ann, approval(), false), Ok(both));
            assert_eq!(act.authorise(&max, None, false).map(|by| by.approved_by), Ok(None));
        }
        assert_eq!(Act::VoidLine.authorise(&ann, None, false).map(|by| by.approved_by), Ok(None));
        assert_eq!(Act::VoidLine.authorise(&ann, None, true), Err(Capability::Override));
        assert_eq!(Act::VoidLine.authorise(&ann, approval(), true), Ok(both));
    }

    #[test]
    fn what_is_done_alone_cannot_be_approved_by_another() {
        let ann = someone(1, Role::Cashier);
        let approval = Approval::of_identified(someone(2, Role::Administrator));
        let refused = Act::ChangeSettings.authorise(&ann, Some(approval), false);
        assert_eq!(refused, Err(Capability::SettingsWrite));
    }
}
