//! Why a document bears no tax.

use serde::{Deserialize, Serialize};

use super::TaxExemption;

/// The reasons for an exemption that closures and country templates tell apart. A document keeps the one that was chosen,
/// beside the words; where none was, words that are a code of this list count under it, any other as
/// [`ExemptionKind::Other`].
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

    /// Its code, such as `reverse_charge`.
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

    /// The kind of a code, however its letters are written.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(code))
    }

    /// The kind of an exemption.
    pub fn of(exemption: &TaxExemption) -> Self {
        let by_words = || Self::from_code(exemption.reason.trim());
        exemption.kind.or_else(by_words).unwrap_or(Self::Other)
    }
}
