//! Discounts and surcharges, on a line and on a whole document.

mod claw_back;
mod coupon;
mod resolution;

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    authority::Authority,
    ids::{AdjustmentNo, CampaignId, LineNo, TenderNo},
    money::Money,
    quantity::{Percent, Points},
    tax::TaxRate,
};

pub use self::{
    claw_back::{ClawBack, Refunded},
    coupon::{AppliedCoupon, CouponRefusal},
    resolution::ResolutionRule,
};

/// Whether a price goes down or up.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKind {
    /// Down.
    Discount,
    /// Up: a markup on a line, a surcharge on a document.
    Surcharge,
}

impl AdjustmentKind {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Discount => "discount",
            Self::Surcharge => "surcharge",
        }
    }
}

/// By how much, as it was entered.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentValue {
    /// A share of what it is applied to.
    Percent(Percent),
    /// A fixed amount.
    Amount(Money),
}

/// A discount or markup on one line, in the order entered: each is computed on what the earlier ones left.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LineAdjustment {
    /// Down or up.
    pub kind: AdjustmentKind,
    /// What was entered: a percentage or an amount.
    pub value: AdjustmentValue,
    /// What it comes to; a percent is computed anew when the quantity or price of the line changes.
    pub amount: Money,
    /// Why, frozen as typed; none where nothing was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who gave it, and who approved it where that took a manager.
    pub authority: Authority,
}

/// Why a document-level adjustment exists; closures sum discounts by it.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdjustmentSource {
    /// A regular's or employee's discount.
    Personal,
    /// A manager's decision.
    Manager,
    /// To make good for something.
    CustomerSatisfaction,
    /// A discount of a product.
    Product,
    /// Points turned into money.
    Loyalty {
        /// How many points it cost.
        points: Points,
    },
    /// A campaign.
    Campaign {
        /// The campaign's code, for print.
        code: String,
        /// Which, where it is known: it is counted by identity, the code is for print (D19).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<CampaignId>,
        /// The line it is given on; none where it is given on the document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<LineNo>,
        /// The tender that earned it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tender: Option<TenderNo>,
    },
    /// A charge for service.
    ServiceCharge,
    /// A charge for delivery.
    DeliveryFee,
    /// A charge for a way of paying or ordering.
    ConvenienceFee,
}

impl AdjustmentSource {
    /// A campaign of which no more than its code is known.
    pub fn campaign(code: impl Into<String>) -> Self {
        Self::Campaign { code: code.into(), id: None, line: None, tender: None }
    }

    /// The line a campaign gives this on, where it is one line's.
    pub const fn line(&self) -> Option<LineNo> {
        if let Self::Campaign { line, .. } = self { *line } else { None }
    }

    /// Whether a campaign gave it.
    pub const fn is_campaign(&self) -> bool {
        matches!(self, Self::Campaign { .. })
    }

    /// Whether people give it and take it back, rather than a rule.
    pub const fn is_by_hand(&self) -> bool {
        !matches!(self, Self::Campaign { .. } | Self::Loyalty { .. })
    }

    /// The points it cost, where it turns points into money.
    pub const fn points(&self) -> Option<Points> {
        if let Self::Loyalty { points } = self { Some(*points) } else { None }
    }

    /// The code closures and receipts list it under.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Manager => "manager",
            Self::CustomerSatisfaction => "customer_satisfaction",
            Self::Product => "product",
            Self::Loyalty { .. } => "loyalty",
            Self::Campaign { .. } => "campaign",
            Self::ServiceCharge => "service_charge",
            Self::DeliveryFee => "delivery_fee",
            Self::ConvenienceFee => "convenience_fee",
        }
    }
}

/// A discount or surcharge on the whole document, shared out to its lines so that tax follows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DocumentAdjustment {
    /// Its position on the document.
    pub no: AdjustmentNo,
    /// Down or up.
    pub kind: AdjustmentKind,
    /// What it is given for.
    pub source: AdjustmentSource,
    /// What was entered: a percentage or an amount; of campaigns and points the amount.
    pub value: AdjustmentValue,
    /// What it comes to: the sum of its shares.
    pub amount: Money,
    /// What each line bears of it; only lines it may touch are listed.
    pub shares: Vec<(LineNo, Money)>,
    /// A surcharge's own tax rates; without, its share is taxed as the line that bears it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<TaxRate>,
    /// A code printed with it, at most 15 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why, in words as typed; of a campaign, what the customer reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who gave it, and who approved it where that took a manager; of a campaign, who sold.
    pub authority: Authority,
}
