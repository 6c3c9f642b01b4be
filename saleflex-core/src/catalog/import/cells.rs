//! From the cells of one line to a product.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use rust_decimal::Decimal;

use super::{Column, ImportProblem, ImportedProduct, Record};
use crate::{
    catalog::{
        Attribute, Catalog, DepartmentNo, Permissions, PriceRule, Product, ProductBarcode, ProductDetails,
        ProductRef, Unit, text::shown,
    },
    ids::ProductId,
    money::{AmountError, Currency, parse_decimal},
    quantity::{Quantity, UnitPrice},
};

/// The unit of what is sold by weight where the table names none.
const WEIGHT_UNIT: &str = "KG";

/// Where which column stands.
pub(super) struct Layout {
    columns: Vec<Option<Column>>,
}

impl Layout {
    /// `None` without a column of codes: nothing can then be read.
    pub(super) fn read(header: &[String], problems: &mut Vec<ImportProblem>) -> Option<Self> {
        let mut columns = Vec::new();
        for name in header {
            // Spreadsheets mark the beginning of a file with a byte order mark.
            let name = name.trim_start_matches('\u{FEFF}').trim();
            let column = Column::ALL.iter().copied().find(|column| column.name().eq_ignore_ascii_case(name));
            match column {
                None => problems.push(ImportProblem::UnknownColumn { name: shown(name) }),
                Some(column) if columns.contains(&Some(column)) => {
                    problems.push(ImportProblem::DuplicateColumn { column });
                }
                Some(_) => {}
            }
            columns.push(column);
        }
        let has_code = columns.contains(&Some(Column::Code));
        if !has_code {
            problems.push(ImportProblem::MissingColumn { column: Column::Code });
        }
        has_code.then_some(Self { columns })
    }

    /// The trimmed text of a cell; `None` when the table has no such column.
    fn text<'a>(&self, record: &'a Record, column: Column) -> Option<&'a str> {
        let at = self.columns.iter().position(|other| *other == Some(column))?;
        record.cells.get(at).map(|cell| cell.trim())
    }
}

/// What the lines of a table are read against: the catalog, and each other.
pub(super) struct Against<'a> {
    catalog: &'a Catalog,
    currency: &'a Currency,
    /// The products that the table brings, whatever line they stand on.
    new: BTreeMap<&'a str, ProductId>,
}

impl<'a> Against<'a> {
    pub(super) fn new(
        rows: &[(&'a Layout, &'a Record)],
        catalog: &'a Catalog,
        currency: &'a Currency,
        mut mint: impl FnMut() -> ProductId,
    ) -> Self {
        let mut new = BTreeMap::new();
        for (layout, record) in
            rows.iter().filter(|(layout, record)| record.cells.len() == layout.columns.len())
        {
            let code = layout.text(record, Column::Code).unwrap_or_default();
            if !code.is_empty() && catalog.product_by_code(code).is_none() {
                new.entry(code).or_insert_with(&mut mint);
            }
        }
        Self { catalog, currency, new }
    }

    pub(super) const fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// The product that has a code or will have it.
    fn product(&self, code: &str) -> Option<ProductId> {
        self.catalog.product_by_code(code).map(ProductRef::id).or_else(|| self.new.get(code).copied())
    }

    fn unit(&self, code: &str) -> Option<&'a Unit> {
        self.catalog.units().iter().find(|unit| unit.code == code)
    }
}

/// The cells of one line, and what was found wrong with them.
struct Cells<'a> {
    layout: &'a Layout,
    record: &'a Record,
    problems: &'a mut Vec<ImportProblem>,
}

impl<'a> Cells<'a> {
    fn text(&self, column: Column) -> Option<&'a str> {
        self.layout.text(self.record, column)
    }

    /// Sets what a cell says; without its column everything stays as it was.
    fn set<T>(
        &mut self,
        column: Column,
        target: &mut T,
        parse: impl FnOnce(Column, &str) -> Result<T, ImportProblem>,
    ) {
        if let Some(text) = self.text(column) {
            match parse(column, text) {
                Ok(value) => *target = value,
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    /// A new product needs these columns; one the catalog has keeps what they would say.
    fn require(&mut self, columns: &[Column]) {
        for &column in columns {
            if self.text(column).is_none() {
                self.problems.push(ImportProblem::MissingColumn { column });
            }
        }
    }
}

/// Reads one line; `None` when it cannot even be said which product it is about.
pub(super) fn read_product(
    layout: &Layout,
    record: &Record,
    against: &Against<'_>,
    problems: &mut Vec<ImportProblem>,
) -> Option<ImportedProduct> {
    let (expected, found) = (layout.columns.len(), record.cells.len());
    if expected != found {
        problems.push(ImportProblem::CellCount { expected, found });
        return None;
    }
    let mut cells = Cells { layout, record, problems };
    let code = cells.text(Column::Code)?;
    if code.is_empty() {
        cells.problems.push(ImportProblem::Blank { column: Column::Code });
        return None;
    }
    let existing = against.catalog.product_by_code(code);
    let id = against.product(code)?;
    let product = existing.map_or_else(|| blank(id, code), ProductRef::to_product);
    let mut imported = ImportedProduct {
        line: record.line,
        is_new: existing.is_none(),
        product,
        barcodes: Vec::new(),
        removed_barcodes: Vec::new(),
        details: None,
        opening_stock: None,
        min_stock: None,
    };
    if imported.is_new {
        cells.require(&[Column::Name, Column::SalePrice, Column::Department]);
    }
    read_fields(&mut cells, &mut imported.product);
    read_unit(&mut cells, &mut imported.product, against);
    read_barcodes(&mut cells, &mut imported, existing);
    check_prices(&mut cells, &imported, against);
    read_details(&mut cells, &mut imported, against);
    cells.set(Column::OpeningStock, &mut imported.opening_stock, stock);
    cells.set(Column::MinStock, &mut imported.min_stock, stock);
    check_stock(&mut cells, &imported, against);
    Some(imported)
}

fn blank(id: ProductId, code: &str) -> Product {
    Product {
        id,
        code: code.to_string(),
        name: String::new(),
        short_name: None,
        price: UnitPrice::ZERO,
        price_rule: PriceRule::default(),
        cost_price: None,
        department: DepartmentNo(0),
        taxes: None,
        unit: Unit::piece().code,
        permissions: Permissions::default(),
        minimum_age: None,
        return_days: None,
        sellable_from: None,
        sellable_until: None,
        is_active: true,
    }
}

fn read_fields(cells: &mut Cells<'_>, product: &mut Product) {
    cells.set(Column::Name, &mut product.name, |column, text| filled(column, text).map(String::from));
    cells.set(Column::ShortName, &mut product.short_name, |_, text| Ok(some(text).map(String::from)));
    cells.set(Column::PriceRule, &mut product.price_rule, price_rule);
    let is_typed = product.price_rule == PriceRule::Open;
    cells.set(Column::SalePrice, &mut product.price, |column, text| match some(text) {
        None if is_typed => Ok(UnitPrice::ZERO),
        _ => filled(column, text).and_then(|text| number(column, text, UnitPrice::parse)),
    });
    cells.set(Column::PurchasePrice, &mut product.cost_price, |column, text| {
        some(text).map(|text| number(column, text, UnitPrice::parse)).transpose()
    });
    cells.set(Column::Department, &mut product.department, |column, text| {
        filled(column, text).and_then(|text| number(column, text, whole)).map(DepartmentNo)
    });
    cells.set(Column::TaxNo, &mut product.taxes, |column, text| {
        let number = |text: &str| number(column, text.trim(), whole);
        some(text).map(|text| text.split('|').map(number).collect()).transpose()
    });
    cells.set(Column::AllowNegativeStock, &mut product.permissions.negative_stock, no_unless_yes);
    cells.set(Column::AllowDiscount, &mut product.permissions.discount, yes_unless_no);
    cells.set(Column::AllowReturns, &mut product.permissions.returns, yes_unless_no);
    cells.set(Column::MinimumAge, &mut product.minimum_age, |column, text| {
        some(text).map(|text| number(column, text, whole)).transpose()
    });
}

fn read_unit(cells: &mut Cells<'_>, product: &mut Product, against: &Against<'_>) {
    let mut by_weight = false;
    cells.set(Column::SoldByWeight, &mut by_weight, no_unless_yes);
    cells.set(Column::Unit, &mut product.unit, |_, text| {
        let usual = if by_weight { WEIGHT_UNIT.to_string() } else { Unit::piece().code };
        Ok(some(text).map_or(usual, String::from))
    });
    if by_weight && cells.text(Column::Unit).is_none() && product.unit == Unit::piece().code {
        product.unit = WEIGHT_UNIT.to_string();
    }
    let unit = against.unit(&product.unit);
    if by_weight && unit.is_some_and(|unit| !unit.is_measure()) {
        cells.problems.push(ImportProblem::WholeUnit { unit: product.unit.clone() });
    }
}

/// The cell lists all barcodes the product will have: others it has now are removed.
fn read_barcodes(cells: &mut Cells<'_>, imported: &mut ImportedProduct, existing: Option<ProductRef<'_>>) {
    let Some(text) = cells.text(Column::Barcodes) else { return };
    for entry in some(text).into_iter().flat_map(|text| text.split('|')) {
        match barcode(entry.trim(), imported.product.id) {
            Ok(barcode) => imported.barcodes.push(barcode),
            Err(problem) => cells.problems.push(problem),
        }
    }
    let present = existing.into_iter().flat_map(ProductRef::barcodes).map(|present| present.barcode);
    imported.removed_barcodes =
        present.filter(|text| imported.barcodes.iter().all(|kept| kept.barcode != *text)).collect();
}

/// Prices that the line brings; one that was there before is no fault of the table's.
fn check_prices(cells: &mut Cells<'_>, imported: &ImportedProduct, against: &Against<'_>) {
    let Some(unit) = against.unit(&imported.product.unit) else { return };
    let own = cells.text(Column::SalePrice).map(|_| (Column::SalePrice, imported.product.price));
    let of_barcodes = imported.barcodes.iter().filter_map(|barcode| Some((Column::Barcodes, barcode.price?)));
    for (column, price) in own.into_iter().chain(of_barcodes) {
        if let Some(source) = too_fine(price, unit, against.currency) {
            cells.problems.push(ImportProblem::Number { column, found: price.to_string(), source });
        }
    }
}

/// How much there is and should be at least: no finer than goods of the unit are counted. What is there of known goods is
/// in their books, whatever the line says.
fn check_stock(cells: &mut Cells<'_>, imported: &ImportedProduct, against: &Against<'_>) {
    let Some(unit) = against.unit(&imported.product.unit) else { return };
    let digits = u32::from(unit.decimals);
    let opening = imported.opening_stock.filter(|_| imported.is_new);
    for (column, level) in [(Column::OpeningStock, opening), (Column::MinStock, imported.min_stock)] {
        if let Some(level) = level.filter(|level| level.normalize().scale() > digits) {
            let source = AmountError::TooPrecise { digits };
            cells.problems.push(ImportProblem::Number { column, found: level.to_string(), source });
        }
    }
}

/// What is wrong with a price of something counted in a unit: a piece that costs a fraction of the smallest unit of
/// money could not be paid, and most likely somebody slipped. What is measured, be it in whole grams, may have such a price.
pub(super) fn too_fine(price: UnitPrice, unit: &Unit, currency: &Currency) -> Option<AmountError> {
    let digits = currency.minor_digits();
    let is_too_fine = !unit.is_measure() && price.decimal().scale() > digits;
    is_too_fine.then_some(AmountError::TooPrecise { digits })
}

/// `text`, `text*pack`, `text=price` or `text*pack=price`.
fn barcode(entry: &str, product: ProductId) -> Result<ProductBarcode, ImportProblem> {
    let column = Column::Barcodes;
    let (rest, price) = match entry.split_once('=') {
        Some((rest, price)) => (rest.trim(), Some(number(column, price.trim(), UnitPrice::parse)?)),
        None => (entry, None),
    };
    let (text, pack_quantity) = match rest.split_once('*') {
        Some((text, pack)) => (text.trim(), number(column, pack.trim(), Quantity::parse)?),
        None => (rest, Quantity::ONE),
    };
    Ok(ProductBarcode { barcode: filled(column, text)?.to_string(), product, price, pack_quantity })
}

/// Columns that are missing leave what they would say as it was.
fn read_details(cells: &mut Cells<'_>, imported: &mut ImportedProduct, against: &Against<'_>) {
    let (product, catalog) = (imported.product.id, against.catalog);
    let known = catalog.details(product).cloned().unwrap_or_else(|| ProductDetails::none(product));
    let mut details = known.clone();
    cells.set(Column::Brand, &mut details.brand, |_, text| {
        let Some(name) = some(text) else { return Ok(None) };
        let brand = catalog.brands().iter().find(|brand| brand.name == name);
        brand.map(|brand| Some(brand.id)).ok_or_else(|| ImportProblem::NoBrand { name: shown(name) })
    });
    cells.set(Column::Tags, &mut details.tags, |_, text| {
        Ok(text.split('|').filter_map(|tag| some(tag.trim())).map(String::from).collect())
    });
    cells.set(Column::Attributes, &mut details.attributes, |_, text| {
        let entries = text.split('|').filter_map(|entry| some(entry.trim()));
        entries.map(attribute).collect()
    });
    let mut variant = details.variant.take().unwrap_or_default();
    cells.set(Column::Style, &mut variant.style, |_, text| Ok(text.to_string()));
    cells.set(Column::Size, &mut variant.size, |_, text| Ok(some(text).map(String::from)));
    cells.set(Column::Colour, &mut variant.colour, |_, text| Ok(some(text).map(String::from)));
    cells.set(Column::IsDefaultVariant, &mut variant.is_default, |column, text| {
        flag(column, text).map(|flag| flag.unwrap_or(false))
    });
    details.variant = Some(variant).filter(|variant| !variant.style.is_empty());
    cells.set(Column::Container, &mut details.container, |_, text| {
        let Some(code) = some(text) else { return Ok(None) };
        let article = against.product(code);
        article.map(Some).ok_or_else(|| ImportProblem::UnknownCode { code: shown(code) })
    });
    imported.details = (details != known).then_some(details);
}

/// `name=value`.
fn attribute(entry: &str) -> Result<(String, Attribute), ImportProblem> {
    let (name, value) =
        entry.split_once('=').ok_or_else(|| ImportProblem::Attribute { found: shown(entry) })?;
    Ok((name.trim().to_string(), Attribute::read(value)))
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn filled(column: Column, text: &str) -> Result<&str, ImportProblem> {
    some(text).ok_or(ImportProblem::Blank { column })
}

fn number<T>(
    column: Column,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, AmountError>,
) -> Result<T, ImportProblem> {
    parse(text).map_err(|source| ImportProblem::Number { column, found: shown(text), source })
}

/// A number without sign or fraction.
fn whole<T: TryFrom<u64>>(text: &str) -> Result<T, AmountError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value: u64 = if digits { text.parse().ok() } else { return Err(AmountError::Malformed) }
        .ok_or(AmountError::TooLarge)?;
    T::try_from(value).map_err(|_| AmountError::TooLarge)
}

fn stock(column: Column, text: &str) -> Result<Option<Decimal>, ImportProblem> {
    let level = |text: &str| match parse_decimal(text)? {
        zero if zero.is_zero() => Ok(Decimal::ZERO),
        more => Quantity::try_new(more).map(Quantity::decimal),
    };
    some(text).map(|text| number(column, text, level)).transpose()
}

fn flag(column: Column, text: &str) -> Result<Option<bool>, ImportProblem> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "yes" | "true" | "1" => Ok(Some(true)),
        "no" | "false" | "0" => Ok(Some(false)),
        _ => Err(ImportProblem::Choice { column, found: shown(text), expected: "yes or no" }),
    }
}

fn no_unless_yes(column: Column, text: &str) -> Result<bool, ImportProblem> {
    flag(column, text).map(|flag| flag.unwrap_or(false))
}

fn yes_unless_no(column: Column, text: &str) -> Result<bool, ImportProblem> {
    flag(column, text).map(|flag| flag.unwrap_or(true))
}

fn price_rule(column: Column, text: &str) -> Result<PriceRule, ImportProblem> {
    match text.to_ascii_lowercase().as_str() {
        "" | "fixed" => Ok(PriceRule::Fixed),
        "open" => Ok(PriceRule::Open),
        "may_be_free" => Ok(PriceRule::MayBeFree),
        _ => {
            Err(ImportProblem::Choice { column, found: shown(text), expected: "fixed, open or may_be_free" })
        }
    }
}
