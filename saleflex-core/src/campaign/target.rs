//! Which lines and tenders a campaign is about.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};
use uuid::Uuid;

use super::pattern::Pattern;
use crate::{
    catalog::DepartmentNo,
    ids::{BrandId, ProductId},
    money::Money,
    tender::TenderKind,
};

/// A department by its identity at head office, or by its number where a till knows no other. It is written as an identity, and
/// read by its number as well: `18` or `"18"`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct DepartmentKey(Uuid);

impl DepartmentKey {
    /// A department by its identity.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The identity at head office, or the till's number in the form of one.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The till's number, where it is one in the form of an identity.
    pub fn number(self) -> Option<DepartmentNo> {
        u32::try_from(self.0.as_u128()).ok().filter(|number| *number > 0).map(DepartmentNo)
    }
}

impl<'de> Deserialize<'de> for DepartmentKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadDepartment)
    }
}

struct ReadDepartment;

impl Visitor<'_> for ReadDepartment {
    type Value = DepartmentKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the number of a department or its identity")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<DepartmentKey, E> {
        let known = u32::try_from(number).map(|number| DepartmentNo(number).into());
        known.map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: de::Error>(self, written: &str) -> Result<DepartmentKey, E> {
        let by_number = || Some(DepartmentNo(written.parse().ok()?).into());
        let known = Uuid::parse_str(written).ok().map(DepartmentKey).or_else(by_number);
        known.ok_or_else(|| E::invalid_value(de::Unexpected::Str(written), &self))
    }
}

impl From<DepartmentNo> for DepartmentKey {
    /// The number as an identity: the last digits of an otherwise empty UUID.
    fn from(number: DepartmentNo) -> Self {
        Self(Uuid::from_u128(u128::from(number.0)))
    }
}

/// Lines that match at least one of `include` (all lines where it is empty) and none of `exclude`.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Target {
    /// What a line is to match, any of these; empty: every line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Selector>,
    /// What keeps a line out, any of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Selector>,
}

impl Target {
    /// Every line.
    pub const fn all() -> Self {
        Self { include: Vec::new(), exclude: Vec::new() }
    }

    /// The lines that match one of these.
    pub const fn of(include: Vec<Selector>) -> Self {
        Self { include, exclude: Vec::new() }
    }
}

/// One thing a line can be known by.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Selector {
    /// The product.
    Product(ProductId),
    /// The main department.
    Department(DepartmentKey),
    /// The sub department.
    Category(DepartmentKey),
    /// The maker.
    Brand(BrandId),
    /// A pattern that the product's code or one of its barcodes follows.
    Pattern(Pattern),
    /// The style that the product is a variant of, by its name: all sizes and colours of it.
    Style(String),
    /// A word that stands on the product.
    Tag(String),
    /// The price of one unit, both ends included.
    UnitPrice {
        /// The lowest price; none: no lower end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<Money>,
        /// The highest price; none: no upper end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<Money>,
    },
    /// A kind of rule this engine does not know, which no line follows (A17).
    Unknown(String),
}

/// Tenders of at least one of `include` (all where it is empty) and none of `exclude`.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TenderTarget {
    /// What a tender is to be, any of these; empty: every tender.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<TenderMethod>,
    /// What keeps a tender out, any of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<TenderMethod>,
}

impl TenderTarget {
    /// Whether a tender of this method is meant.
    pub fn has(&self, method: TenderMethod) -> bool {
        let named = |list: &[TenderMethod]| method != TenderMethod::Unknown && list.contains(&method);
        !named(&self.exclude) && (self.include.is_empty() || named(&self.include))
    }
}

/// How a tender was paid, as campaigns see it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderMethod {
    /// A tender of this kind.
    Kind(TenderKind),
    /// Points, where another system books them as a tender.
    Points,
    /// A method that no rule can name: it never matches, neither an include nor an exclude.
    Unknown,
}
