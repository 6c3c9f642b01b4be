//! What is for sale: products, departments, units, barcodes, and what a lookup finds.
//!
//! **Invariant:** a [`Sellable`] is a snapshot. A document keeps the snapshot its line was sold with, so a later
//! change of the catalog never touches a document.

pub mod barcode;
mod change;
mod details;
mod error;
mod find;
pub mod import;
mod index;
mod listing;
pub mod mask;
mod measure;
mod number;
mod price_list;
mod reference;
mod row;
mod search;
mod table;
mod text;

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    ids::ProductId,
    money::Money,
    quantity::{Quantity, UnitPrice},
    tax::TaxRate,
};

pub use self::{
    barcode::BarcodeWarning,
    change::{CatalogBuilder, CatalogChange, CatalogRecords},
    details::{Attribute, Brand, ProductDetails, Variant},
    error::{CatalogError, CatalogErrors, Field, LookupError},
    find::{Named, PriceLabel},
    index::{Catalog, ProductRef},
    mask::{BarcodeMask, Digits, LONGEST_BARCODE, MaskDefinition, MaskError, MaskNo, MaskReading, Part},
    measure::{Measure, MeasureError, MeasureKind, is_measured, read_in},
    number::{BatchNo, NumberError, SerialNo},
    price_list::{ListPrice, PriceList},
    reference::Reference,
    text::{TextError, is_unprintable},
};

/// The number of a department: 1–99 a main department, 100 and above a sub department.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct DepartmentNo(pub u32);

/// Which department has which number, of those that a company's hub knows by their identities: of several with one number the
/// lowest identity has it, so that every till and hub decides alike, in whatever order they came.
pub fn one_a_number(
    departments: impl IntoIterator<Item = (Uuid, DepartmentNo)>,
) -> BTreeMap<Uuid, DepartmentNo> {
    let by_identity: BTreeMap<Uuid, DepartmentNo> = departments.into_iter().collect();
    let mut taken = BTreeSet::new();
    by_identity.into_iter().filter(|(_, number)| taken.insert(*number)).collect()
}

impl DepartmentNo {
    /// Whether the number is that of a main department.
    pub const fn is_main(self) -> bool {
        self.0 < 100
    }
}

impl fmt::Display for DepartmentNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A group of products, and the price limit and tax of what is sold by its key.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Department {
    /// Its number; 1–99 main, 100 and above sub.
    pub no: DepartmentNo,
    /// What keys and receipts call it.
    pub name: String,
    /// The main department of a sub department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main: Option<DepartmentNo>,
    /// The numbers of its tax rates; a sub department without takes its main department's.
    #[serde(default)]
    pub taxes: Vec<u16>,
    /// Highest price accepted for one unit; equal is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<UnitPrice>,
}

/// What a quantity counts.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Unit {
    /// `PCS`, `KG`, `LT` …
    pub code: String,
    /// Fraction digits a quantity may have; 0 for pieces.
    pub decimals: u8,
    /// What it measures, where its code does not say it: a pound, an ounce, a crate of twelve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
}

impl Unit {
    /// What is counted in pieces: `PCS`.
    pub fn piece() -> Self {
        Self { code: String::from("PCS"), decimals: 0, measure: None }
    }

    /// Whether goods are measured in it, not counted: by its fraction digits, or by what it measures, such as whole grams.
    pub fn is_measure(&self) -> bool {
        self.decimals > 0 || self.measures().is_some_and(|measure| measure.kind != MeasureKind::Count)
    }

    /// Whether a quantity has no more fraction digits than the unit allows.
    pub fn allows(&self, quantity: Quantity) -> bool {
        quantity.decimal().scale() <= u32::from(self.decimals)
    }
}

/// How a product is priced at the till.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceRule {
    /// The catalog's price; a price of nothing is refused.
    #[default]
    Fixed,
    /// The cashier types the price.
    Open,
    /// The catalog's price, which may be nothing: samples, free gifts.
    MayBeFree,
}

/// What may be done with a product once it is on a line.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Permissions {
    /// A cashier may give a discount on it.
    pub discount: bool,
    /// It may be brought back.
    pub returns: bool,
    /// It may be sold beyond what is in stock.
    pub negative_stock: bool,
}

impl Default for Permissions {
    /// What goods whose stock is kept may be: no more of them is sold than is there. Of other goods any number is.
    fn default() -> Self {
        Self { discount: true, returns: true, negative_stock: false }
    }
}

/// A product of the catalog.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Product {
    /// The product's id.
    pub id: ProductId,
    /// The code typed at the till; unique among live products, 1–20 printable characters.
    pub code: String,
    /// Its name, 1–100 characters.
    pub name: String,
    /// The name used on keys, lines and receipts where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_name: Option<String>,
    /// Price of one unit.
    pub price: UnitPrice,
    /// How it is priced.
    #[serde(default)]
    pub price_rule: PriceRule,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_price: Option<UnitPrice>,
    /// Its department, main or sub.
    pub department: DepartmentNo,
    /// Its own tax rates; without, its department's hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<u16>>,
    /// The code of its unit.
    pub unit: String,
    /// What may be done with it.
    #[serde(default)]
    pub permissions: Permissions,
    /// The age a buyer must have, where the law asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<u8>,
    /// Days it may be brought back within; the store's rule where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_days: Option<u16>,
    /// First business date it is for sale, where limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sellable_from: Option<NaiveDate>,
    /// Last business date it is for sale, where limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sellable_until: Option<NaiveDate>,
    /// Whether it is for sale at all.
    pub is_active: bool,
}

impl Product {
    /// A product for sale at a fixed price. The rest is left to its department and the store, and may be set by struct
    /// update: nothing is forbidden, it is for sale on any day, its taxes are its department's.
    ///
    /// ```
    /// use saleflex_core::{catalog::{DepartmentNo, Product}, ids::ProductId, quantity::UnitPrice};
    /// use uuid::Uuid;
    ///
    /// let id = ProductId::new(Uuid::from_u128(1));
    /// let price = UnitPrice::parse("12.50")?;
    /// let wine = Product {
    ///     minimum_age: Some(18),
    ///     ..Product::new(id, "WINE", "Red wine", price, DepartmentNo(3), "PCS")
    /// };
    /// assert!(wine.is_active && wine.permissions.discount);
    /// # Ok::<(), saleflex_core::money::AmountError>(())
    /// ```
    pub fn new(
        id: ProductId,
        code: impl Into<String>,
        name: impl Into<String>,
        price: UnitPrice,
        department: DepartmentNo,
        unit: impl Into<String>,
    ) -> Self {
        Self {
            id,
            code: code.into(),
            name: name.into(),
            short_name: None,
            price,
            price_rule: PriceRule::default(),
            cost_price: None,
            department,
            taxes: None,
            unit: unit.into(),
            permissions: Permissions::default(),
            minimum_age: None,
            return_days: None,
            sellable_from: None,
            sellable_until: None,
            is_active: true,
        }
    }
}

/// A barcode of a product.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProductBarcode {
    /// The text a scanner sends, compared as text: leading zeros count.
    pub barcode: String,
    /// The product that it sells.
    pub product: ProductId,
    /// The price of one unit sold by this barcode, in a pack too; wins over the product's where it is not nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<UnitPrice>,
    /// How many units one scan sells.
    pub pack_quantity: Quantity,
}

/// What a lookup found: everything a line needs to know, as it stands now.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sellable {
    /// The product; none for a sale by department key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// The product's code, or the department's number.
    pub code: String,
    /// The barcode that was read, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    /// The name on screen and receipt.
    pub name: String,
    /// The main department.
    pub department: DepartmentNo,
    /// The sub department, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_department: Option<DepartmentNo>,
    /// What quantities count.
    pub unit: Unit,
    /// Price of one unit: the barcode's own, else that of a price list, else the product's.
    pub price: UnitPrice,
    /// How it is priced.
    #[serde(default)]
    pub price_rule: PriceRule,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_price: Option<UnitPrice>,
    /// Highest price its department accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<UnitPrice>,
    /// The taxes on it; never empty in a valid catalog (a rate of 0 % is a rate).
    pub taxes: Vec<TaxRate>,
    /// What may be done with it.
    #[serde(default)]
    pub permissions: Permissions,
    /// The age a buyer must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<u8>,
    /// Days it may be brought back within.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_days: Option<u16>,
    /// How many units one scan sells.
    pub pack_quantity: Quantity,
    /// A quantity that was inside the barcode (weighed goods).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded_quantity: Option<Quantity>,
    /// A price that was inside the barcode: it **is** the line total, never multiplied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded_total: Option<Money>,
    /// The bottle or crate it is sold in, where a deposit is charged for it: one for each unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Box<Self>>,
    /// Whether it is such a container itself, whose empties are taken back.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub is_container: bool,
    /// Whether every piece has a serial number, which a line that leaves the shop or comes back names.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub has_serials: bool,
}

#[cfg(test)]
mod tests;
