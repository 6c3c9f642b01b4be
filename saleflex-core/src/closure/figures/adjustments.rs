//! Discounts, markups and surcharges of a document, by what a report sums them by.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    adjustment::{AdjustmentKind, AdjustmentSource, DocumentAdjustment},
    document::Document,
    money::Money,
};

/// A discount, markup or surcharge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AdjustmentFigures {
    /// What kind of adjustment it is.
    pub adjustment_type: AdjustmentType,
    /// What it came to.
    pub amount: Money,
    /// Total of the lines it applied to, before it.
    pub affected: Money,
}

/// What a report sums discounts, markups and surcharges by.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdjustmentType {
    /// A regular's or employee's discount.
    Personal,
    /// A manager's decision.
    Manager,
    /// To make good for something.
    CustomerSatisfaction,
    /// A discount of a product.
    Product,
    /// Points turned into money.
    Loyalty,
    /// A campaign.
    Campaign,
    /// A discount on one line.
    Line,
    /// A markup on one line.
    Markup,
    /// A charge for service.
    ServiceCharge,
    /// A charge for delivery.
    DeliveryFee,
    /// A charge for a way of paying or ordering.
    ConvenienceFee,
    /// Any other surcharge on a whole document.
    Surcharge,
}

impl AdjustmentType {
    /// The code it is stored and listed under, such as `customer_satisfaction`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::Manager => "manager",
            Self::CustomerSatisfaction => "customer_satisfaction",
            Self::Product => "product",
            Self::Loyalty => "loyalty",
            Self::Campaign => "campaign",
            Self::Line => "line",
            Self::Markup => "markup",
            Self::ServiceCharge => "service_charge",
            Self::DeliveryFee => "delivery_fee",
            Self::ConvenienceFee => "convenience_fee",
            Self::Surcharge => "surcharge",
        }
    }

    /// Whether it lowers what is paid; the others raise it.
    pub const fn is_discount(self) -> bool {
        !matches!(
            self,
            Self::Markup | Self::ServiceCharge | Self::DeliveryFee | Self::ConvenienceFee | Self::Surcharge
        )
    }

    /// The type of a document-level adjustment.
    pub const fn of(adjustment: &DocumentAdjustment) -> Self {
        use AdjustmentKind::{Discount, Surcharge};
        match (adjustment.kind, &adjustment.source) {
            (Surcharge, AdjustmentSource::ServiceCharge) => Self::ServiceCharge,
            (Surcharge, AdjustmentSource::DeliveryFee) => Self::DeliveryFee,
            (Surcharge, AdjustmentSource::ConvenienceFee) => Self::ConvenienceFee,
            (Surcharge, _) => Self::Surcharge,
            (Discount, AdjustmentSource::Personal) => Self::Personal,
            (Discount, AdjustmentSource::CustomerSatisfaction) => Self::CustomerSatisfaction,
            (Discount, AdjustmentSource::Product) => Self::Product,
            (Discount, AdjustmentSource::Loyalty { .. }) => Self::Loyalty,
            (Discount, AdjustmentSource::Campaign { .. }) => Self::Campaign,
            // Money off a charge is somebody's decision.
            (
                Discount,
                AdjustmentSource::Manager
                | AdjustmentSource::ServiceCharge
                | AdjustmentSource::DeliveryFee
                | AdjustmentSource::ConvenienceFee,
            ) => Self::Manager,
        }
    }
}

/// What one campaign gave on a document, or what of it goes back with one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CampaignFigures {
    /// Its code.
    pub code: String,
    /// Σ of what it gave on single lines.
    pub on_lines: Money,
    /// Σ of what it gave on the document.
    pub on_documents: Money,
    /// What of it went back with the goods of a return.
    pub back: Money,
}

/// What each campaign gave on a document, those that gave nothing left out.
pub(super) fn campaigns(document: &Document) -> Vec<CampaignFigures> {
    let mut by_code: BTreeMap<&String, (Money, Money)> = BTreeMap::new();
    for adjustment in document.adjustments.iter().filter(|adjustment| !adjustment.amount.is_zero()) {
        let AdjustmentSource::Campaign { code, line, .. } = &adjustment.source else { continue };
        let (on_lines, on_documents) = by_code.entry(code).or_default();
        *(if line.is_some() { on_lines } else { on_documents }) += adjustment.amount;
    }
    let figures = |(code, (on_lines, on_documents)): (&String, (Money, Money))| CampaignFigures {
        code: code.clone(),
        on_lines,
        on_documents,
        back: Money::ZERO,
    };
    by_code.into_iter().map(figures).collect()
}

/// What of each campaign's discounts goes back with a return.
pub(super) fn campaigns_back(by_code: &BTreeMap<String, Money>) -> Vec<CampaignFigures> {
    let figures = |(code, back): (&String, &Money)| CampaignFigures {
        code: code.clone(),
        on_lines: Money::ZERO,
        on_documents: Money::ZERO,
        back: *back,
    };
    by_code.iter().map(figures).collect()
}

/// Those of a document that took effect, its lines' own among them.
pub(super) fn adjustments(document: &Document) -> Vec<AdjustmentFigures> {
    let on_document = document.adjustments.iter().map(|adjustment| {
        let lines = adjustment.shares.iter().filter_map(|(no, _)| document.line(*no));
        AdjustmentFigures {
            adjustment_type: AdjustmentType::of(adjustment),
            amount: adjustment.amount,
            affected: lines.map(|line| line.total).sum(),
        }
    });
    let on_lines = document.active_lines().flat_map(|line| {
        line.adjustments.iter().scan(line.gross, |left, adjustment| {
            let affected = *left;
            let adjustment_type = match adjustment.kind {
                AdjustmentKind::Discount => AdjustmentType::Line,
                AdjustmentKind::Surcharge => AdjustmentType::Markup,
            };
            match adjustment.kind {
                AdjustmentKind::Discount => *left -= adjustment.amount,
                AdjustmentKind::Surcharge => *left += adjustment.amount,
            }
            Some(AdjustmentFigures { adjustment_type, amount: adjustment.amount, affected })
        })
    });
    // One that the floor of its line clamped to nothing took no effect.
    on_document.chain(on_lines).filter(|adjustment| !adjustment.amount.is_zero()).collect()
}
