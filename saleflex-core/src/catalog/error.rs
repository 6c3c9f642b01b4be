//! What can be wrong with catalog records, and why a lookup finds nothing to sell.

use alloc::string::String;
use core::fmt;

use chrono::NaiveDate;

use super::{DepartmentNo, MaskError, MaskNo, barcode::CheckDigitMismatch, mask::Part, text::TextError};
use crate::{
    ids::{BrandId, ProductId},
    money::AmountError,
};

/// A text of a catalog record.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Field {
    /// The code of a product or unit.
    Code,
    /// A name.
    Name,
    /// The short name of a product.
    ShortName,
    /// The text of a barcode.
    Barcode,
    /// A word on a product.
    Tag,
    /// The name or the text of an attribute.
    Attribute,
    /// The style, size or colour of a variant.
    Style,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code => "code",
            Self::Name => "name",
            Self::ShortName => "short name",
            Self::Barcode => "barcode",
            Self::Tag => "tag",
            Self::Attribute => "attribute",
            Self::Style => "style, size or colour",
        })
    }
}

/// One thing that is wrong with a record of the catalog. Products are told by their code, as people know them.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A code, name or barcode that cannot be one.
    #[error("{field} of {of} {source}")]
    Text {
        /// The record: a product's code, a number, a barcode.
        of: String,
        /// Which of its texts.
        field: Field,
        /// What is wrong with it.
        source: TextError,
    },
    /// Two tax rates with one number.
    #[error("tax rate {no} is defined twice")]
    DuplicateTaxRate {
        /// The number that both have.
        no: u16,
    },
    /// Two changes of one tax rate on one date.
    #[error("tax rate {no} changes twice on {from}")]
    DuplicateTaxChange {
        /// The number of the rate.
        no: u16,
        /// The date on which both begin.
        from: NaiveDate,
    },
    /// A change of a tax rate that does not exist.
    #[error("tax rate {no}, which is to change on {from}, is unknown")]
    ChangeOfUnknownTax {
        /// The number of the rate.
        no: u16,
        /// The date on which it would begin.
        from: NaiveDate,
    },
    /// Two units with one code.
    #[error("unit {code} is defined twice")]
    DuplicateUnit {
        /// The code that both have.
        code: String,
    },
    /// A unit whose quantities would have more fraction digits than a quantity can have.
    #[error("unit {code} has {decimals} decimals, more than {most}")]
    UnitDecimals {
        /// The unit's code.
        code: String,
        /// The fraction digits that it asks for.
        decimals: u8,
        /// The most fraction digits a quantity has.
        most: u8,
    },
    /// Two departments with one number.
    #[error("department {no} is defined twice")]
    DuplicateDepartment {
        /// The number that both have.
        no: DepartmentNo,
    },
    /// Departments are numbered from 1.
    #[error("a department cannot have the number 0")]
    DepartmentZero,
    /// A main department that claims to belong to another.
    #[error("department {no} is a main department and cannot belong to {main}")]
    MainBelowMain {
        /// The main department.
        no: DepartmentNo,
        /// The department it claims to belong to.
        main: DepartmentNo,
    },
    /// A sub department that names no main department (D-DOC-19).
    #[error("sub department {no} has no main department")]
    NoMainDepartment {
        /// The sub department.
        no: DepartmentNo,
    },
    /// A sub department whose main department does not exist or is none (D-DOC-19).
    #[error("sub department {no} belongs to {main}, which is no main department")]
    UnknownMainDepartment {
        /// The sub department.
        no: DepartmentNo,
        /// The department it names, which is missing or a sub department itself.
        main: DepartmentNo,
    },
    /// A department with a tax rate that does not exist.
    #[error("department {no} has the unknown tax rate {tax_no}")]
    UnknownDepartmentTax {
        /// The number of the department.
        no: DepartmentNo,
        /// The number of the rate it names.
        tax_no: u16,
    },
    /// Two masks with one number.
    #[error("barcode mask {no} is defined twice")]
    DuplicateMask {
        /// The number that both have.
        no: MaskNo,
    },
    /// A mask that cannot take barcodes apart.
    #[error("barcode mask {no}: {source}")]
    Mask {
        /// The number of the mask.
        no: MaskNo,
        /// What is wrong with it.
        source: MaskError,
    },
    /// Two products with one identity.
    #[error("product {product} is there twice")]
    DuplicateProduct {
        /// The identity that both have.
        product: ProductId,
    },
    /// Two products with one code.
    #[error("code {code} belongs to product {owner} already")]
    CodeTaken {
        /// The code that both would have.
        code: String,
        /// The product that has it.
        owner: ProductId,
    },
    /// A product's code is the barcode of another product.
    #[error("code {code} is a barcode of product {owner}")]
    CodeIsBarcode {
        /// The code, of one product, that is a barcode of another.
        code: String,
        /// The product with that barcode.
        owner: ProductId,
    },
    /// A product in a department that does not exist.
    #[error("product {code} is in the unknown department {department}")]
    UnknownDepartment {
        /// The product's code.
        code: String,
        /// The department it names.
        department: DepartmentNo,
    },
    /// A product with a unit that does not exist.
    #[error("product {code} has the unknown unit {unit}")]
    UnknownUnit {
        /// The product's code.
        code: String,
        /// The code of the unit it names.
        unit: String,
    },
    /// A product with a tax rate of its own that does not exist.
    #[error("product {code} has the unknown tax rate {tax_no}")]
    UnknownProductTax {
        /// The product's code.
        code: String,
        /// The number of the rate it names.
        tax_no: u16,
    },
    /// A product that no tax rate is found for: not at itself, its sub department or its main department.
    #[error("product {code} has no tax rate, nor has its department {department}")]
    NoTax {
        /// The product's code.
        code: String,
        /// The department it is in, whose main department has no rate either.
        department: DepartmentNo,
    },
    /// Packing heavier than any.
    #[error("product {code} has a tare of {grams} g, more than {most}")]
    Tare {
        /// The product's code.
        code: String,
        /// What its packing would weigh, in grams.
        grams: u32,
        /// The heaviest there is, in grams.
        most: u32,
    },
    /// A product that would be for sale until before it is.
    #[error("product {code} is sellable until {until}, before {from}")]
    SellableWindow {
        /// The product's code.
        code: String,
        /// The first day it would be for sale.
        from: NaiveDate,
        /// The last day it would be for sale.
        until: NaiveDate,
    },
    /// Two barcodes with one text.
    #[error("barcode {barcode} belongs to product {owner} already")]
    BarcodeTaken {
        /// The text of the barcode.
        barcode: String,
        /// The product that has it.
        owner: ProductId,
    },
    /// A barcode that is the code of another product.
    #[error("barcode {barcode} is the code of product {owner}")]
    BarcodeIsCode {
        /// The text of the barcode.
        barcode: String,
        /// The product with that code.
        owner: ProductId,
    },
    /// Two makers with one identity.
    #[error("brand {name} is defined twice")]
    DuplicateBrand {
        /// The name of the maker that would come second.
        name: String,
    },
    /// A product in a container that is no product.
    #[error("the container of product {code} is the unknown product {container}")]
    UnknownContainer {
        /// The product's code.
        code: String,
        /// The product it names as its container.
        container: ProductId,
    },
    /// A container that cannot be one.
    #[error(
        "product {container} cannot be the container of {code}: both are counted in pieces, a container has a fixed price that is not nothing and comes in no other"
    )]
    UnfitContainer {
        /// The product's code.
        code: String,
        /// The product it names as its container.
        container: ProductId,
    },
    /// Details with a maker that does not exist.
    #[error("product {code} is of the unknown brand {brand}")]
    UnknownBrand {
        /// The product's code.
        code: String,
        /// The maker it names.
        brand: BrandId,
    },
    /// Details of a product that does not exist.
    #[error("details of the unknown product {product}")]
    DetailsOfNothing {
        /// The product they name.
        product: ProductId,
    },
    /// More tags or attributes than a product can have.
    #[error("product {code} has {found} tags or attributes, more than {most}")]
    TooManyDetails {
        /// The product's code.
        code: String,
        /// How many it has, tags or attributes.
        found: usize,
        /// How many of them it may have.
        most: usize,
    },
    /// A style has this size and colour already.
    #[error("product {code}: product {owner} is this size and colour of {style} already")]
    VariantTaken {
        /// The product's code.
        code: String,
        /// The style that both are variants of.
        style: String,
        /// The product that is this variant.
        owner: ProductId,
    },
    /// A style with two variants that are shown first.
    #[error("product {code}: product {owner} is the default of {style} already")]
    TwoDefaults {
        /// The product's code.
        code: String,
        /// The style that both are variants of.
        style: String,
        /// The product that is its default.
        owner: ProductId,
    },
    /// A price list that would end before it begins.
    #[error("price list {list} ends on {until}, before {from}")]
    PriceListWindow {
        /// The list's code.
        list: String,
        /// The first day it would hold.
        from: NaiveDate,
        /// The last day it would hold.
        until: NaiveDate,
    },
    /// Two price lists with one code.
    #[error("price list {list} is defined twice")]
    DuplicatePriceList {
        /// The code that both have.
        list: String,
    },
    /// A price for a list that is not there.
    #[error("there is no price list {list}")]
    UnknownPriceList {
        /// The code that it names.
        list: String,
    },
    /// A price list with a product that does not exist.
    #[error("price list {list} prices the unknown product {product}")]
    PriceOfNothing {
        /// The list's code.
        list: String,
        /// The product it prices.
        product: ProductId,
    },
    /// A barcode of a product that does not exist.
    #[error("barcode {barcode} belongs to the unknown product {product}")]
    UnknownProduct {
        /// The text of the barcode.
        barcode: String,
        /// The product it names.
        product: ProductId,
    },
}

impl CatalogError {
    /// The other product that it speaks of, where it does.
    pub(super) const fn other(&self) -> Option<ProductId> {
        if let Self::CodeTaken { owner: other, .. }
        | Self::CodeIsBarcode { owner: other, .. }
        | Self::BarcodeTaken { owner: other, .. }
        | Self::BarcodeIsCode { owner: other, .. }
        | Self::VariantTaken { owner: other, .. }
        | Self::TwoDefaults { owner: other, .. }
        | Self::UnknownContainer { container: other, .. }
        | Self::UnfitContainer { container: other, .. } = self
        {
            Some(*other)
        } else {
            None
        }
    }
}

/// Everything that is wrong with a catalog or a change of it; there is at least one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub struct CatalogErrors(pub alloc::vec::Vec<CatalogError>);

impl fmt::Display for CatalogErrors {
    /// The first error, and how many more there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("the catalog is not valid"),
            [only] => only.fmt(f),
            [first, rest @ ..] => write!(f, "{first}, and {} more", rest.len()),
        }
    }
}

/// Why nothing can be sold for what was entered.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// Only blanks were entered.
    #[error("nothing was entered")]
    NothingEntered,
    /// No barcode, code or mask knows it.
    #[error("no product is known as {entered}")]
    NotFound {
        /// What was entered, cut to what a message can show.
        entered: String,
    },
    /// The product was taken out of sale.
    #[error("{name} ({code}) is not for sale")]
    Inactive {
        /// The product's code.
        code: String,
        /// The product's name.
        name: String,
    },
    /// The product is not for sale yet.
    #[error("{name} ({code}) is not for sale before {from}")]
    NotYetSellable {
        /// The product's code.
        code: String,
        /// The product's name.
        name: String,
        /// The first business date it is for sale.
        from: NaiveDate,
    },
    /// The product is no longer for sale.
    #[error("{name} ({code}) was for sale until {until}")]
    NoLongerSellable {
        /// The product's code.
        code: String,
        /// The product's name.
        name: String,
        /// The last business date it was for sale.
        until: NaiveDate,
    },
    /// A barcode with weight or price inside was misread.
    #[error("{barcode} was misread: {source}")]
    Misread {
        /// The barcode as it was read.
        barcode: String,
        /// The digits that differ.
        source: CheckDigitMismatch,
    },
    /// A number inside a barcode is beyond what a line can have.
    #[error("{part} in {barcode}: {source}")]
    EmbeddedNumber {
        /// The barcode as it was read.
        barcode: String,
        /// Which part of it.
        part: Part,
        /// The bound it is beyond.
        source: AmountError,
    },
    /// There is no department with this number.
    #[error("there is no department {no}")]
    UnknownDepartment {
        /// The number that was entered.
        no: DepartmentNo,
    },
    /// The sub department's main department is missing, so nobody knows its tax (D-DOC-19).
    #[error("the main department of {no} is missing")]
    MainDepartmentMissing {
        /// The sub department that was entered, or that the product is in.
        no: DepartmentNo,
    },
    /// No tax rate is known for what would be sold; it is refused rather than sold without tax.
    #[error("department {no} has no tax rate")]
    NoTax {
        /// The department of what would be sold.
        no: DepartmentNo,
    },
}
