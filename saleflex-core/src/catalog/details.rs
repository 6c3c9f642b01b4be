//! What a product is beyond what a line needs: its maker, words on it, attributes, and which cell of a matrix of sizes
//! and colours it is.
//!
//! A variant is a product of its own, with its own code, barcodes, price and stock; what the variants of one style have
//! in common is the style's name. **Invariant:** no two products are the same cell of a style, and at most one of them
//! is the style's default.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Catalog, CatalogError, Field, ProductRef, reference::check_text, text::shown};
use crate::ids::{BrandId, ProductId};

/// Longest name of a style, a size or a colour.
const LONGEST_CELL: usize = 20;
/// Heaviest packing: more is a mistake in the unit.
const HEAVIEST_TARE_G: u32 = 100_000;
/// Longest tag.
const LONGEST_TAG: usize = 50;
/// Longest name of an attribute.
const LONGEST_ATTRIBUTE: usize = 100;
/// Longest text of an attribute.
const LONGEST_VALUE: usize = 500;
/// Most tags and most attributes of a product: beyond that somebody imported the wrong column.
const MOST: usize = 100;

/// The maker of products, or the name they are sold under.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Brand {
    /// The maker's id.
    pub id: BrandId,
    /// What people call it, 1–50 characters.
    pub name: String,
    /// Who makes it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
}

/// What a product is beyond what a line needs.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProductDetails {
    /// The product that these are the details of.
    pub product: ProductId,
    /// The maker, one of those the catalog lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<BrandId>,
    /// Words that campaigns and reports group by.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// What is to be known of it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Attribute>,
    /// Which cell of which style it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<Variant>,
    /// The article that the deposit on its bottle or crate is charged by, one for each unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ProductId>,
    /// What its packing weighs, in grams: a scale's weight is sold without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tare_g: Option<u32>,
}

/// The value of an attribute.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// A number, exact.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(NaiveDate),
    /// Anything else, up to 500 characters.
    Text(String),
}

impl Attribute {
    /// What a typed text most likely means: a day, a number, yes or no, else a text.
    ///
    /// ```
    /// use saleflex_core::catalog::Attribute;
    ///
    /// assert_eq!(Attribute::read("yes"), Attribute::Flag(true));
    /// assert!(matches!(Attribute::read("2.50"), Attribute::Number(_)));
    /// assert!(matches!(Attribute::read("2026-01-31"), Attribute::Date(_)));
    /// assert_eq!(Attribute::read("cotton"), Attribute::Text("cotton".into()));
    /// ```
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if let Ok(date) = text.parse() {
            return Self::Date(date);
        }
        match (text, crate::money::parse_decimal(text)) {
            (_, Ok(number)) => Self::Number(number),
            ("yes" | "true", _) => Self::Flag(true),
            ("no" | "false", _) => Self::Flag(false),
            _ => Self::Text(text.into()),
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Flag(true) => f.write_str("yes"),
            Self::Flag(false) => f.write_str("no"),
            Self::Date(date) => date.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// One cell of a style's matrix.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Variant {
    /// What all variants have in common, such as the code of the shirt; 1–20 characters.
    pub style: String,
    /// The size, where the style has sizes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// The colour, where the style has colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Whether it is the one shown first.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_default: bool,
}

impl Variant {
    /// Its place in the matrix.
    fn cell(&self) -> (Option<&str>, Option<&str>) {
        (self.size.as_deref(), self.colour.as_deref())
    }
}

impl ProductDetails {
    /// Details that say nothing.
    pub const fn none(product: ProductId) -> Self {
        Self {
            product,
            brand: None,
            tags: BTreeSet::new(),
            attributes: BTreeMap::new(),
            variant: None,
            container: None,
            tare_g: None,
        }
    }

    /// Whether they say nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::none(self.product)
    }

    /// What is wrong with them by themselves; `code` is what the product is known by.
    pub(super) fn check(&self, code: &str, errors: &mut Vec<CatalogError>) {
        for tag in &self.tags {
            check_text(&code, Field::Tag, tag, LONGEST_TAG, errors);
        }
        if let Some(grams) = self.tare_g.filter(|grams| *grams > HEAVIEST_TARE_G) {
            errors.push(CatalogError::Tare { code: code.into(), grams, most: HEAVIEST_TARE_G });
        }
        for (name, value) in &self.attributes {
            check_text(&code, Field::Attribute, name, LONGEST_ATTRIBUTE, errors);
            if let Attribute::Text(text) = value {
                check_text(&code, Field::Attribute, text, LONGEST_VALUE, errors);
            }
        }
        let found = self.tags.len().max(self.attributes.len());
        if found > MOST {
            errors.push(CatalogError::TooManyDetails { code: shown(code), found, most: MOST });
        }
        let Some(variant) = &self.variant else { return };
        check_text(&code, Field::Style, &variant.style, LONGEST_CELL, errors);
        for text in [&variant.size, &variant.colour].into_iter().flatten() {
            check_text(&code, Field::Style, text, LONGEST_CELL, errors);
        }
    }
}

/// The products of the styles that a change names, as they will be when it is done.
#[derive(Debug, Default)]
pub(super) struct Styles<'a> {
    variants: BTreeMap<&'a str, Vec<(ProductId, &'a Variant)>>,
}

impl<'a> Styles<'a> {
    /// `stays` tells of a product whether its details are neither changed nor taken out.
    pub(super) fn of(
        catalog: &'a Catalog,
        changed: &[&'a ProductDetails],
        stays: impl Fn(ProductId) -> bool,
    ) -> Self {
        let mut variants: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for details in changed {
            if let Some(variant) = &details.variant {
                variants.entry(&variant.style).or_default().push((details.product, variant));
            }
        }
        for (style, of_style) in &mut variants {
            let known = catalog.styles.get(*style).into_iter().flatten();
            let kept = known.filter(|product| stays(**product));
            of_style.extend(
                kept.filter_map(|product| Some((*product, catalog.details.get(product)?.variant.as_ref()?))),
            );
        }
        Self { variants }
    }

    /// What keeps a product from being the variant it wants to be.
    pub(super) fn check(&self, code: &str, details: &ProductDetails, errors: &mut Vec<CatalogError>) {
        let Some(variant) = &details.variant else { return };
        let (code, style) = (|| shown(code), || shown(&variant.style));
        for (owner, other) in self.others(details.product, variant) {
            if other.cell() == variant.cell() {
                errors.push(CatalogError::VariantTaken { code: code(), style: style(), owner });
            }
            if other.is_default && variant.is_default {
                errors.push(CatalogError::TwoDefaults { code: code(), style: style(), owner });
            }
        }
    }

    fn others(
        &self,
        product: ProductId,
        variant: &Variant,
    ) -> impl Iterator<Item = (ProductId, &'a Variant)> {
        let of_style = self.variants.get(variant.style.as_str());
        of_style.into_iter().flatten().copied().filter(move |(id, _)| *id != product)
    }
}

impl Catalog {
    /// What a product is beyond what a line needs, where anything is known.
    pub fn details(&self, product: ProductId) -> Option<&ProductDetails> {
        self.details.get(&product)
    }

    /// Whether the deposit on some product's bottle or crate is charged by this one.
    pub fn is_container(&self, product: ProductId) -> bool {
        self.containers.contains_key(&product)
    }

    /// The articles that deposits are charged by, by code.
    pub fn containers(&self) -> Vec<ProductRef<'_>> {
        let mut containers: Vec<_> = self.containers.keys().filter_map(|id| self.product(*id)).collect();
        containers.sort_by_key(|container| container.code());
        containers
    }

    /// All makers, by name.
    pub fn brands(&self) -> &[Brand] {
        &self.index.brands
    }

    /// The variants of a style: the default first, then by code.
    pub fn variants<'a>(&'a self, style: &str) -> Vec<(&'a Variant, ProductRef<'a>)> {
        let of_style = |id: &ProductId| Some((self.details.get(id)?.variant.as_ref()?, self.product(*id)?));
        let mut variants: Vec<_> =
            self.styles.get(style).into_iter().flatten().filter_map(of_style).collect();
        variants.sort_by_key(|(variant, product)| (!variant.is_default, product.code()));
        variants
    }
}
