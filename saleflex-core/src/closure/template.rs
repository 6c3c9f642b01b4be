//! What the law of a country wants of a closure, as data: templates that name figures, and filling them.
//!
//! A [`Template`] lists named fields and, for each, the [`Figure`] it shows. [`Templates::resolve`] layers the
//! templates for a place: country first, then state or province over it, field by field; where neither is known, the
//! default. So a shop adds a country by writing a file.
//!
//! The files that come with this crate are [`BUILT_IN`], as text: this crate reads no format, the shell parses them
//! (TOML) into [`Template`] by its `Deserialize`.
//!
//! **Invariant:** what a template shows is computed from the [`Report`](super::Report) alone, so the figures of a
//! month are those of the template over the month's report.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Serialize};

use super::ExemptionKind;
use crate::{
    catalog::DepartmentNo,
    document::DocumentType,
    money::{CurrencyCode, Money},
    quantity::{Percent, UnitPrice},
    tax::{JurisdictionLevel, TaxMode, TaxRate},
    tender::{TenderKind, TipKind},
};

mod built_in;
mod fill;
#[cfg(test)]
mod tests;

pub use self::{
    built_in::{BUILT_IN, PARTS},
    fill::{CountryFigures, JurisdictionRow, RateRow, Value},
};

/// A country by ISO 3166-1 (`DE`) or one of its parts by ISO 3166-2 (`US-CA`).
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Region(String);

impl Region {
    /// Reads a code: two capital letters, and for a part a hyphen and one to three capital letters or digits.
    ///
    /// # Errors
    /// [`TemplateError::BadRegion`] for any other text.
    pub fn parse(code: &str) -> Result<Self, TemplateError> {
        let (country, part) = match code.split_once('-') {
            Some((country, part)) => (country, Some(part)),
            None => (code, None),
        };
        let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_part = |part: &str| {
            (1..=3).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        if is_country && part.is_none_or(is_part) {
            Ok(Self(code.to_string()))
        } else {
            Err(TemplateError::BadRegion)
        }
    }

    /// The code, such as `GB` or `US-NY`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its code within the country; none of a whole country.
    pub fn part(&self) -> Option<&str> {
        self.0.split_once('-').map(|(_, part)| part)
    }

    /// The country it belongs to.
    #[must_use]
    pub fn country(&self) -> Self {
        Self(self.0.chars().take(2).collect())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).map_err(|error| serde::de::Error::custom(error.to_string()))
    }
}

/// A template as a file holds it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name, such as `US-CA`.
    pub name: String,
    /// Raised with every change: a closure keeps the version it was made by.
    pub version: u32,
    /// Where it holds; the default where the list is empty.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// What a new shop there starts with.
    #[serde(default)]
    pub set_up: Option<SetUp>,
    /// The fields by their dotted names, such as `vat_by_rate.standard_rate`.
    #[serde(default)]
    pub fields: BTreeMap<String, Figure>,
}

/// What a new shop starts with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The currency of its tills.
    pub currency: CurrencyCode,
    /// Whether prices contain tax.
    pub tax_mode: TaxMode,
    /// The smallest coin, where there is none of one minor unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cash_step: Option<Money>,
    /// Its tax rates.
    #[serde(default)]
    pub tax_rates: Vec<TaxRate>,
}

impl SetUp {
    /// The numbers of the rates that goods bear unless somebody says otherwise: of each who levies tax the first.
    pub fn usual_taxes(&self) -> Vec<u16> {
        let mut levied = BTreeSet::new();
        let usual = self.tax_rates.iter().filter(|rate| levied.insert(&rate.jurisdiction));
        usual.map(|rate| rate.no).collect()
    }
}

/// What a field shows.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Figure {
    /// A percentage, for reference.
    Percent(Percent),
    /// An amount in major units, for reference.
    Amount(UnitPrice),
    /// Yes or no, for reference.
    Flag(bool),
    /// How many documents of some types.
    DocumentCount(DocumentFilter),
    /// What they came to before document-level adjustments.
    DocumentAmount(DocumentFilter),
    /// What some taxes were applied to, exempt amounts not included.
    Taxable(TaxFilter),
    /// What those taxes come to.
    Tax(TaxFilter),
    /// What would have borne those taxes and was exempt.
    Exempt(TaxFilter),
    /// Taxable amount, tax and exempt amount by who levies it, on one level of government.
    ByJurisdiction(JurisdictionLevel),
    /// Taxable amount, tax and exempt amount by rate.
    ByRate(TaxFilter),
    /// Documents that were exempt for some reasons.
    ExemptionCount(BTreeSet<ExemptionKind>),
    /// What they came to.
    ExemptionAmount(BTreeSet<ExemptionKind>),
    /// Tips that came in some ways.
    Tips(BTreeSet<TipKind>),
    /// What some tenders brought, less change and refunds.
    Tendered(BTreeSet<TenderKind>),
    /// Sales without tax of the departments that the shop counts among a class, such as `gift_card`.
    ClassSales(String),
    /// Sales to customers who are known.
    CustomerSales,
    /// Sales to members of a loyalty program.
    MemberSales,
    /// An amount that people declare at closing, by its name.
    Declared(String),
    /// Free for the shop; empty.
    Free,
}

/// Which documents a figure is of.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentFilter {
    /// Of these types.
    pub types: BTreeSet<DocumentType>,
    /// Cancelled ones; else completed ones.
    pub cancelled: bool,
}

/// Which taxes a figure is of: those that meet everything said.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaxFilter {
    /// At this rate.
    pub percent: Option<Percent>,
    /// With this name.
    pub name: Option<String>,
    /// Levied on this level.
    pub level: Option<JurisdictionLevel>,
    /// Levied by this one.
    pub jurisdiction: Option<String>,
    /// Levied by nobody who is named.
    pub unassigned: bool,
}

/// What the shop knows beside its documents.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Inputs {
    /// Which departments belong to a class of a template, such as `gift_card` or `bottle_deposit`.
    pub classes: BTreeMap<String, BTreeSet<DepartmentNo>>,
    /// Amounts declared at closing, by name.
    pub declared: BTreeMap<String, Money>,
}

impl Figure {
    /// The class of departments it is of.
    pub fn class(&self) -> Option<&str> {
        if let Self::ClassSales(class) = self { Some(class) } else { None }
    }

    /// The name of the amount that people declare for it.
    pub fn declared(&self) -> Option<&str> {
        if let Self::Declared(name) = self { Some(name) } else { None }
    }
}

impl Template {
    /// Checks what a file may get wrong.
    ///
    /// # Errors
    /// [`TemplateError::BadName`] and [`TemplateError::Nested`] with the field.
    pub fn check(&self) -> Result<(), TemplateError> {
        for name in self.fields.keys() {
            let is_part = |part: &str| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            };
            if !name.split('.').all(is_part) {
                return Err(TemplateError::BadName { name: name.clone() });
            }
            let inside = name.match_indices('.').filter_map(|(at, _)| name.get(..at));
            if let Some(outer) = inside.into_iter().find(|outer| self.fields.contains_key(*outer)) {
                return Err(TemplateError::Nested { outer: outer.to_string(), name: name.clone() });
            }
        }
        Ok(())
    }
}

/// Why a text is no template.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Not a code of ISO 3166-1 or 3166-2.
    #[error("a region is a code such as DE or US-CA")]
    BadRegion,
    /// A field's name is not lower-case words with underscores, joined by points.
    #[error("`{name}` is no field name")]
    BadName {
        /// The name of the field.
        name: String,
    },
    /// A field is also a group of fields.
    #[error("`{outer}` is a field and cannot hold `{name}`")]
    Nested {
        /// The field that others are named within.
        outer: String,
        /// What would be within it.
        name: String,
    },
    /// There is no default among the templates.
    #[error("no template without regions: the default is missing")]
    NoDefault,
}

/// All templates that a shop has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Templates {
    by_region: BTreeMap<Region, Resolved>,
    default: Resolved,
}

/// A template for one place: its layers, and their fields laid over each other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resolved {
    /// The fields of all layers, laid over each other.
    pub template: Template,
    /// Names and versions of the layers, the most general first.
    pub layers: Vec<(String, u32)>,
}

impl Templates {
    /// Checks templates and puts them together; a later one is laid over an earlier one of the same region, field by field,
    /// so a shop's own come after [`BUILT_IN`] and name what they add or change.
    ///
    /// # Errors
    /// As [`Template::check`]; [`TemplateError::NoDefault`].
    pub fn new(templates: impl IntoIterator<Item = Template>) -> Result<Self, TemplateError> {
        let mut by_region: BTreeMap<Region, Resolved> = BTreeMap::new();
        let mut default: Option<Resolved> = None;
        for template in templates {
            template.check()?;
            let template = Resolved::of(template);
            for region in &template.template.regions {
                if let Some(known) = by_region.get_mut(region) {
                    known.lay(&template);
                } else {
                    by_region.insert(region.clone(), template.clone());
                }
            }
            if template.template.regions.is_empty() {
                match &mut default {
                    Some(known) => known.lay(&template),
                    None => default = Some(template),
                }
            }
        }
        Ok(Self { by_region, default: default.ok_or(TemplateError::NoDefault)? })
    }

    /// The regions that have a template of their own.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.by_region.keys()
    }

    /// The template for a place: that of the country with that of the part over it; whichever of the two is known;
    /// else the default.
    pub fn resolve(&self, region: &Region) -> Resolved {
        let country = region.country();
        let part = (*region != country).then_some(region);
        let mut layers =
            [Some(&country), part].into_iter().flatten().filter_map(|one| self.by_region.get(one));
        let mut resolved = layers.next().unwrap_or(&self.default).clone();
        for layer in layers {
            resolved.lay(layer);
        }
        resolved
    }
}

impl Resolved {
    /// Of one template alone.
    fn of(template: Template) -> Self {
        Self { layers: Vec::from([(template.name.clone(), template.version)]), template }
    }

    /// Lays a template over what is there: its fields take the place of those of the same name, and of those they
    /// cannot stand beside.
    fn lay(&mut self, over: &Self) {
        self.layers.extend(over.layers.iter().cloned());
        let over = &over.template;
        let fields = &mut self.template.fields;
        for (name, figure) in &over.fields {
            fields.retain(|below, _| !is_within(below, name) && !is_within(name, below));
            fields.insert(name.clone(), figure.clone());
        }
        self.template.name.clone_from(&over.name);
        self.template.version = over.version;
        self.template.regions.clone_from(&over.regions);
        if over.set_up.is_some() {
            self.template.set_up.clone_from(&over.set_up);
        }
    }
}

/// Whether a dotted name lies within a group: `a.b` lies within `a`.
fn is_within(name: &str, group: &str) -> bool {
    name.strip_prefix(group).is_some_and(|rest| rest.starts_with('.'))
}
