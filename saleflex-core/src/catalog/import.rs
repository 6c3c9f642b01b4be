//! Taking products over from a table, such as the export of another system, or from objects with the same names.
//!
//! One line is one product, known by its code: a code the catalog has is updated, another one is new, and products
//! the table does not name stay as they are. Columns come in any order and only `code` has to be there; what a
//! column that is missing would say stays as it was.
//!
//! | column | holds |
//! |---|---|
//! | `code` | the product's code |
//! | `name`, `short_name` | texts; a blank short name takes it away |
//! | `sale_price`, `purchase_price` | decimal point, no grouping; a blank purchase price takes it away. What is sold by the piece costs no fraction of the smallest unit of money |
//! | `department` | the number of a main or sub department |
//! | `tax_no` | numbers of its own tax rates with `\|` between; blank: the department's |
//! | `unit` | a unit's code; blank: `PCS`, or `KG` where it is sold by weight |
//! | `barcodes` | all its barcodes with `\|` between; `*6` behind one sells six units, `=0.90` sells a unit at that price |
//! | `min_stock`, `opening_stock` | how much is to be on the shelf at least, and is there at the start: whole numbers of what is counted in pieces |
//! | `allow_discount`, `allow_returns` | `yes` or `no`; blank: yes |
//! | `allow_negative_stock` | whether it may be sold beyond its stock: `yes` or `no`; blank: no |
//! | `sold_by_weight` | `yes` or `no`; `yes` asks for a unit that measures, with fractions or in whole grams |
//! | `minimum_age` | the age a buyer must have; blank: none |
//! | `price_rule` | `fixed`, `open` or `may_be_free`; blank: fixed |
//! | `brand` | the name of a maker that is known; blank: none |
//! | `tags` | words with `\|` between |
//! | `attributes` | `name=value` with `\|` between |
//! | `style`, `size`, `colour` | which variant it is of what; a blank style: of nothing |
//! | `is_default_variant` | `yes` or `no`; blank: no |
//! | `container` | the code of the article that the deposit on its bottle is charged by, of the catalog or of any line; blank: none |
//!
//! **Invariant:** what [`Import::accept`] hands out is valid together: applied to the catalog it was read against,
//! it is not refused.

mod cells;
mod clash;
mod named;
mod prices;

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

use rust_decimal::Decimal;

use self::cells::{Against, Layout, read_product, too_fine};
pub use self::{named::NamedRecord, prices::PriceImport};
use super::{
    BarcodeWarning, Catalog, CatalogChange, CatalogError, Product, ProductBarcode, ProductDetails, barcode,
};
use crate::{
    ids::ProductId,
    money::{AmountError, Currency},
};

/// The line the names of the columns stand on.
pub const HEADER_LINE: u64 = 1;

macro_rules! columns {
    ($($variant:ident $name:literal,)*) => {
        /// A column of the table.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum Column {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Column {
            /// Every column there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in the first line.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

columns! {
    Code "code",
    Name "name",
    ShortName "short_name",
    SalePrice "sale_price",
    PurchasePrice "purchase_price",
    Department "department",
    TaxNo "tax_no",
    Unit "unit",
    Barcodes "barcodes",
    MinStock "min_stock",
    OpeningStock "opening_stock",
    AllowNegativeStock "allow_negative_stock",
    AllowDiscount "allow_discount",
    AllowReturns "allow_returns",
    SoldByWeight "sold_by_weight",
    MinimumAge "minimum_age",
    PriceRule "price_rule",
    Brand "brand",
    Tags "tags",
    Attributes "attributes",
    Style "style",
    Size "size",
    Colour "colour",
    IsDefaultVariant "is_default_variant",
    Container "container",
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One line of the table, split into its cells.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Record {
    /// The line in the file it began on, from 1.
    pub line: u64,
    /// The texts of its cells.
    pub cells: Vec<String>,
}

/// A product as a line of the table gives it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImportedProduct {
    /// The line it stands on, from 1.
    pub line: u64,
    /// Whether the catalog did not have its code.
    pub is_new: bool,
    /// The product as it will be.
    pub product: Product,
    /// Its barcodes, where the table has a column for them.
    pub barcodes: Vec<ProductBarcode>,
    /// The barcodes it has and will no longer have.
    pub removed_barcodes: Vec<String>,
    /// What else it is, where the table says anything of it.
    pub details: Option<ProductDetails>,
    /// How much of it is on the shelf at the start.
    pub opening_stock: Option<Decimal>,
    /// How much of it there should be at least.
    pub min_stock: Option<Decimal>,
}

/// What is wrong with one line.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ImportError {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: ImportProblem,
}

/// What can be wrong with a line.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportProblem {
    /// A column that is needed is not there; only `code` is needed for products that exist.
    #[error("there is no column {column}")]
    MissingColumn {
        /// The column that is not there.
        column: Column,
    },
    /// A column nobody knows, most likely a misspelt one.
    #[error("there is no such column as {name}")]
    UnknownColumn {
        /// What it is called.
        name: String,
    },
    /// A column that is there twice.
    #[error("column {column} is there twice")]
    DuplicateColumn {
        /// The column that is there twice.
        column: Column,
    },
    /// More or fewer cells than columns.
    #[error("{found} cells where there are {expected} columns")]
    CellCount {
        /// The number of columns.
        expected: usize,
        /// The number of cells.
        found: usize,
    },
    /// A line that is not UTF-8.
    #[error("the text is not UTF-8")]
    NotText,
    /// A line that is no JSON object.
    #[error("the line is no JSON object")]
    NotObject,
    /// A list or an object where a text or a number stands.
    #[error("{name} is a list or an object, not a text or a number")]
    NotScalar {
        /// What it is called.
        name: String,
    },
    /// A cell that must not be blank.
    #[error("{column} is blank")]
    Blank {
        /// The column of the blank cell.
        column: Column,
    },
    /// A cell that should hold a number.
    #[error("{column} {found}: {source}")]
    Number {
        /// The column of the cell.
        column: Column,
        /// The text of the cell, which is no number.
        found: String,
        /// Why that is none.
        source: AmountError,
    },
    /// A cell that should hold one of a few words.
    #[error("{column} {found}: expected {expected}")]
    Choice {
        /// The column of the cell.
        column: Column,
        /// The text of the cell, which is none of them.
        found: String,
        /// The words it may hold.
        expected: &'static str,
    },
    /// A code that an earlier line has.
    #[error("code {code} stands on line {first_line} already")]
    DuplicateCode {
        /// The code that both lines have.
        code: String,
        /// The earlier line.
        first_line: u64,
    },
    /// Sold by weight in a unit that counts pieces.
    #[error("sold by weight, but unit {unit} is counted in whole pieces")]
    WholeUnit {
        /// The code of the unit.
        unit: String,
    },
    /// More is to be there at least than there may be at most.
    #[error("{column} {found}: at most {most} are to be there")]
    AboveMaximum {
        /// The column of the cell.
        column: Column,
        /// What it says.
        found: Decimal,
        /// How many there may be.
        most: Decimal,
    },
    /// A column of a table of prices that is needed is not there.
    #[error("there is no column {name}")]
    MissingPriceColumn {
        /// The name of the column that is not there.
        name: &'static str,
    },
    /// A code that no product has.
    #[error("no product has the code {code}")]
    UnknownCode {
        /// The code that no product has.
        code: String,
    },
    /// A price that is none.
    #[error("price {found}: {source}")]
    Price {
        /// The text that stands for the price.
        found: String,
        /// Why that is none.
        source: AmountError,
    },
    /// A maker that nobody entered.
    #[error("there is no brand {name}")]
    NoBrand {
        /// What it is called.
        name: String,
    },
    /// An attribute that is not `name=value`.
    #[error("attribute {found}: expected name=value")]
    Attribute {
        /// The text that stands for the attribute.
        found: String,
    },
    /// The catalog cannot take the product or one of its barcodes.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The same for what another product is or has.
    #[error("{}", clash::in_words(error, other, *line))]
    Clash {
        /// What the catalog says.
        error: CatalogError,
        /// The code of the other product.
        other: String,
        /// The line of the table that it stands on, where it stands on one.
        line: Option<u64>,
    },
}

/// Something odd that may be taken over all the same.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ImportWarning {
    /// A barcode that looks mistyped.
    Barcode {
        /// The line it stands on, from 1.
        line: u64,
        /// The text of the barcode.
        barcode: String,
        /// What is odd about it.
        warning: BarcodeWarning,
    },
    /// A price of nothing that the till will refuse to sell at.
    NoPrice {
        /// The line it stands on, from 1.
        line: u64,
        /// The product's code.
        code: String,
    },
}

impl fmt::Display for ImportWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Barcode { line, barcode, warning } => write!(f, "line {line}: {barcode}: {warning}"),
            Self::NoPrice { line, code } => write!(f, "line {line}: product {code} has no price"),
        }
    }
}

/// Whether the valid lines of a table with faults are taken over.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Acceptance {
    /// All lines or none.
    #[default]
    Whole,
    /// The valid lines.
    Partial,
}

/// Every fault of a table, by line; there is at least one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ImportErrors(pub Vec<ImportError>);

impl core::error::Error for ImportErrors {}

impl fmt::Display for ImportErrors {
    /// One fault a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.0.iter();
        if let Some(first) = lines.next() {
            write!(f, "{first}")?;
        }
        lines.try_for_each(|error| write!(f, "\n{error}"))
    }
}

/// What was read from a table: the valid lines and all faults of the others.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Import {
    products: Vec<ImportedProduct>,
    errors: Vec<ImportError>,
    warnings: Vec<ImportWarning>,
}

impl Import {
    /// Reads a table whose first line `header` is.
    ///
    /// Everything is checked against `catalog`, which stays as it is, and `currency`, which prices are in. `mint` makes
    /// the identities of new products.
    pub fn read(
        header: &[String],
        records: impl IntoIterator<Item = Record>,
        catalog: &Catalog,
        currency: &Currency,
        mint: impl FnMut() -> ProductId,
    ) -> Self {
        let mut import = Self::default();
        let mut problems = Vec::new();
        let layout = Layout::read(header, &mut problems);
        import.fail(HEADER_LINE, problems);
        let Some(layout) = layout else { return import };
        let records: Vec<Record> = records.into_iter().collect();
        let rows: Vec<(&Layout, &Record)> = records.iter().map(|record| (&layout, record)).collect();
        import.take(&rows, &Against::new(&rows, catalog, currency, mint));
        import
    }

    /// Reads lines, each laid out in its own way.
    fn take(&mut self, rows: &[(&Layout, &Record)], against: &Against<'_>) {
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        let mut known = BTreeMap::new();
        for (layout, record) in rows {
            let mut problems = Vec::new();
            let product = read_product(layout, record, against, &mut problems);
            if let Some(product) = product {
                let code = &product.product.code;
                known.entry(product.product.id).or_insert_with(|| (code.clone(), record.line));
                if let Some(&first_line) = lines.get(code) {
                    problems.push(ImportProblem::DuplicateCode { code: code.clone(), first_line });
                } else {
                    lines.insert(code.clone(), record.line);
                }
                if problems.is_empty() {
                    self.products.push(product);
                }
            }
            self.fail(record.line, problems);
        }
        self.settle(against.catalog(), &known);
        self.warn();
        self.errors.sort_by_key(|error| error.line);
    }

    /// Remembers a line that could not be read as a record.
    pub fn reject(&mut self, line: u64, problem: ImportProblem) {
        self.fail(line, [problem]);
        self.errors.sort_by_key(|error| error.line);
    }

    /// Leaves products out in which something is wrong beyond the catalog, and remembers what. `catalog` is what the table
    /// was read against: what cannot stand without them is left out too.
    pub fn leave_out(
        &mut self,
        catalog: &Catalog,
        mut wrong: impl FnMut(&ImportedProduct) -> Option<ImportProblem>,
    ) {
        let named = |one: &ImportedProduct| (one.product.id, (one.product.code.clone(), one.line));
        let named = self.products.iter().map(named).collect();
        let errors = &mut self.errors;
        self.products.retain(|product| {
            let found = wrong(product).map(|problem| ImportError { line: product.line, problem });
            let is_good = found.is_none();
            errors.extend(found);
            is_good
        });
        self.settle(catalog, &named);
        self.errors.sort_by_key(|error| error.line);
    }

    /// All faults, by line.
    pub fn errors(&self) -> &[ImportError] {
        &self.errors
    }

    /// What is odd about the valid lines.
    pub fn warnings(&self) -> &[ImportWarning] {
        &self.warnings
    }

    /// The valid lines.
    ///
    /// # Errors
    /// [`ImportErrors`]: all faults, unless the valid lines are wanted all the same.
    pub fn accept(self, acceptance: Acceptance) -> Result<Vec<ImportedProduct>, ImportErrors> {
        match acceptance {
            Acceptance::Whole if !self.errors.is_empty() => Err(ImportErrors(self.errors)),
            Acceptance::Whole | Acceptance::Partial => Ok(self.products),
        }
    }

    fn fail(&mut self, line: u64, problems: impl IntoIterator<Item = ImportProblem>) {
        self.errors.extend(problems.into_iter().map(|problem| ImportError { line, problem }));
    }

    fn warn(&mut self) {
        for ImportedProduct { line, product, barcodes, .. } in &self.products {
            if product.price.is_zero() && product.price_rule == super::PriceRule::Fixed {
                self.warnings.push(ImportWarning::NoPrice { line: *line, code: product.code.clone() });
            }
            self.warnings.extend(barcodes.iter().filter_map(|ProductBarcode { barcode, .. }| {
                let warning = barcode::verify(barcode)?;
                Some(ImportWarning::Barcode { line: *line, barcode: barcode.clone(), warning })
            }));
        }
    }
}

/// The change that takes imported products over.
impl FromIterator<ImportedProduct> for CatalogChange {
    fn from_iter<I: IntoIterator<Item = ImportedProduct>>(products: I) -> Self {
        let mut change = Self::default();
        for imported in products {
            change.removed_barcodes.extend(imported.removed_barcodes);
            change.products.push(imported.product);
            change.barcodes.extend(imported.barcodes);
            change.details.extend(imported.details);
        }
        change
    }
}

#[cfg(test)]
mod tests;
