//! Why a document bears no tax, as closures count it.

use serde::{Deserialize, Serialize};

use crate::document::TaxExemption;

/// The reasons for an exemption that closures and country templates tell apart. A document stores the reason as it
/// was given; one that is a code of this list counts under it, any other as [`ExemptionKind::Other`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExemptionKind {
    /// A diplomat.
    Diplomatic,
    /// A traveller who takes the goods out of the country.
    Tourist,
    /// The buyer owes the tax.
    ReverseCharge,
    /// Delivered to a business in another country of the European Union.
    IntraEu,
    /// Delivered outside the country or the European Union.
    Export,
    /// The buyer will sell it on.
    Resale,
    /// A public body, school or charity.
    Organisation,
    /// Any other reason.
    Other,
}

impl ExemptionKind {
    /// All kinds, in the order reports list them.
    pub const ALL: [Self; 8] = [
        Self::Diplomatic,
        Self::Tourist,
        Self::ReverseCharge,
        Self::IntraEu,
        Self::Export,
        Self::Resale,
        Self::Organisation,
        Self::Other,
    ];

    /// The code a till stores as the reason, such as `reverse_charge`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Diplomatic => "diplomatic",
            Self::Tourist => "tourist",
            Self::ReverseCharge => "reverse_charge",
            Self::IntraEu => "intra_eu",
            Self::Export => "export",
            Self::Resale => "resale",
            Self::Organisation => "organisation",
            Self::Other => "other",
        }
    }

    /// The kind of an exemption.
    pub fn of(exemption: &TaxExemption) -> Self {
        let reason = exemption.reason.trim();
        let kind = Self::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(reason));
        kind.unwrap_or(Self::Other)
    }
}
