//! Filling the catalog and changing it: everything is checked, and a change is taken whole or not at all.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{
    Catalog, CatalogError, CatalogErrors, DepartmentNo, Field, LONGEST_BARCODE, Product, ProductBarcode,
    Reference, Unit,
    listing::Listing,
    reference::{Index, TaxProblem, check_text},
    text::shown,
};
use crate::ids::ProductId;

/// Longest code of a product.
const LONGEST_CODE: usize = 20;
/// Longest name of a product.
const LONGEST_NAME: usize = 100;
/// Longest short name of a product.
const LONGEST_SHORT_NAME: usize = 50;

/// All records of a catalog.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CatalogRecords {
    /// What products refer to.
    #[serde(flatten)]
    pub reference: Reference,
    /// Products.
    #[serde(default)]
    pub products: Vec<Product>,
    /// Their barcodes.
    #[serde(default)]
    pub barcodes: Vec<ProductBarcode>,
}

/// A change of products and barcodes. Removals come first, so what one product gives up another may take.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CatalogChange {
    /// Products to take out with all their barcodes; unknown ones are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_products: Vec<ProductId>,
    /// Barcodes to take out; unknown ones are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_barcodes: Vec<String>,
    /// Products to insert or, where the id is known, to replace; a replaced product keeps its barcodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// Barcodes to insert or, where the product has them already, to change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<ProductBarcode>,
}

/// Fills a catalog record by record, so that a store can read its rows without holding them all twice.
///
/// Products come before their barcodes. What is not valid is left out and remembered.
#[derive(Debug)]
pub struct CatalogBuilder {
    catalog: Catalog,
    errors: Vec<CatalogError>,
}

impl CatalogBuilder {
    /// Begins with what products refer to.
    pub fn new(reference: Reference) -> Self {
        let mut errors = Vec::new();
        let index = Index::build(reference, &mut errors);
        Self { catalog: Catalog::with_index(index), errors }
    }

    /// Adds a product.
    pub fn add_product(&mut self, product: Product) {
        let found = self.errors.len();
        if self.catalog.slot_of_id(product.id).is_some() {
            self.errors.push(CatalogError::DuplicateProduct { product: product.id });
        }
        self.catalog.check_product(&product, &Plan::default(), &mut self.errors);
        if self.errors.len() == found {
            self.catalog.put_product(product);
        }
    }

    /// Adds a barcode of a product added before.
    pub fn add_barcode(&mut self, barcode: &ProductBarcode) {
        let found = self.errors.len();
        if let Some(slot) = self.catalog.slot_of_barcode(&barcode.barcode) {
            let owner = self.catalog.row(self.catalog.barcode_row(slot).product).id;
            self.errors.push(CatalogError::BarcodeTaken { barcode: barcode.barcode.clone(), owner });
        } else {
            self.catalog.check_barcode(barcode, &Plan::default(), &mut self.errors);
        }
        if self.errors.len() == found {
            self.catalog.put_barcode(barcode);
        }
    }

    /// The catalog if every record was valid.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that was wrong.
    pub fn build(self) -> Result<Catalog, CatalogErrors> {
        let (catalog, errors) = self.build_valid();
        if errors.is_empty() { Ok(catalog) } else { Err(CatalogErrors(errors)) }
    }

    /// The catalog of the valid records, and what was wrong with the others: for a till that must open although
    /// somebody broke a product.
    pub fn build_valid(mut self) -> (Catalog, Vec<CatalogError>) {
        self.catalog.relist();
        (self.catalog, self.errors)
    }
}

/// What a change will have done by the time a record of it is checked.
#[derive(Debug, Default)]
struct Plan<'a> {
    removed_products: BTreeSet<ProductId>,
    removed_barcodes: BTreeSet<&'a str>,
    /// Products that are replaced: their old codes are free.
    replaced: BTreeSet<ProductId>,
    codes: BTreeMap<&'a str, ProductId>,
    barcodes: BTreeMap<&'a str, ProductId>,
}

/// A change whose records lie elsewhere.
#[derive(Debug, Default)]
pub(super) struct ChangeView<'a> {
    pub(super) removed_products: &'a [ProductId],
    pub(super) removed_barcodes: Vec<&'a str>,
    pub(super) products: Vec<&'a Product>,
    pub(super) barcodes: Vec<&'a ProductBarcode>,
}

impl<'a> From<&'a CatalogChange> for ChangeView<'a> {
    fn from(change: &'a CatalogChange) -> Self {
        Self {
            removed_products: &change.removed_products,
            removed_barcodes: change.removed_barcodes.iter().map(String::as_str).collect(),
            products: change.products.iter().collect(),
            barcodes: change.barcodes.iter().collect(),
        }
    }
}

/// Which record of a change an error is about, by its position.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ChangedRecord {
    Product(usize),
    Barcode(usize),
}

impl Catalog {
    /// A catalog from all its records.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that is wrong with them.
    pub fn from_records(records: CatalogRecords) -> Result<Self, CatalogErrors> {
        let mut builder = CatalogBuilder::new(records.reference);
        for product in records.products {
            builder.add_product(product);
        }
        for barcode in &records.barcodes {
            builder.add_barcode(barcode);
        }
        builder.build()
    }

    /// Whether a change would be taken, without taking it: a store writes it to disk first.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that is wrong with the change.
    pub fn validate(&self, change: &CatalogChange) -> Result<(), CatalogErrors> {
        let errors = self.check(&ChangeView::from(change));
        if errors.is_empty() {
            Ok(())
        } else {
            Err(CatalogErrors(errors.into_iter().map(|(_, error)| error).collect()))
        }
    }

    /// Changes products and barcodes, all of them or none.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that is wrong with the change; the catalog is then as it was.
    pub fn apply(&mut self, change: CatalogChange) -> Result<(), CatalogErrors> {
        self.validate(&change)?;
        for &id in &change.removed_products {
            self.take_product(id);
        }
        for barcode in &change.removed_barcodes {
            self.take_barcode(barcode);
        }
        for product in change.products {
            self.put_product(product);
        }
        for barcode in &change.barcodes {
            self.put_barcode(barcode);
        }
        if self.listing.is_worn() {
            self.relist();
        }
        Ok(())
    }

    /// Inserts a product or replaces the one with its id.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that is wrong with it; the catalog is then as it was.
    pub fn upsert(&mut self, product: Product) -> Result<(), CatalogErrors> {
        self.apply(CatalogChange { products: [product].into(), ..CatalogChange::default() })
    }

    /// Takes a product out with all its barcodes; answers whether it was there.
    pub fn remove(&mut self, product: ProductId) -> bool {
        let was_there = self.take_product(product);
        if self.listing.is_worn() {
            self.relist();
        }
        was_there
    }

    /// Puts other tax rates, departments, units and masks in the place of the present ones.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that is wrong with them, and every product that would lose its department, unit or tax; the catalog is
    /// then as it was.
    pub fn replace_reference(&mut self, reference: Reference) -> Result<(), CatalogErrors> {
        let mut errors = Vec::new();
        let index = Index::build(reference, &mut errors);
        for product in self.products() {
            let links =
                Links { code: product.code(), department: product.department(), unit: &product.unit().code };
            links.check(product.row().own_taxes(), &index, &mut errors);
        }
        if !errors.is_empty() {
            return Err(CatalogErrors(errors));
        }
        let old = core::mem::replace(&mut self.index, index);
        self.relink_units(&old.units);
        Ok(())
    }

    fn relist(&mut self) {
        self.listing = Listing::of(self);
    }

    /// Points every product at its unit's place in the present list, where all of them were found before.
    fn relink_units(&mut self, old: &[Unit]) {
        let slots: Vec<_> = old.iter().map(|unit| self.index.unit_slot(&unit.code)).collect();
        for row in self.rows_mut() {
            row.unit = slots[row.unit.at()].expect("every product's unit was checked");
        }
    }

    /// All that is wrong with a change, and where in it.
    pub(super) fn check(&self, change: &ChangeView<'_>) -> Vec<(ChangedRecord, CatalogError)> {
        let mut plan = Plan {
            removed_products: change.removed_products.iter().copied().collect(),
            removed_barcodes: change.removed_barcodes.iter().copied().collect(),
            replaced: change.products.iter().map(|product| product.id).collect(),
            ..Plan::default()
        };
        let mut all = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, product) in change.products.iter().enumerate() {
            let mut errors = Vec::new();
            if !seen.insert(product.id) {
                errors.push(CatalogError::DuplicateProduct { product: product.id });
            }
            self.check_product(product, &plan, &mut errors);
            plan.codes.entry(&product.code).or_insert(product.id);
            all.extend(errors.into_iter().map(|error| (ChangedRecord::Product(at), error)));
        }
        for (at, barcode) in change.barcodes.iter().enumerate() {
            let mut errors = Vec::new();
            self.check_barcode(barcode, &plan, &mut errors);
            plan.barcodes.entry(&barcode.barcode).or_insert(barcode.product);
            all.extend(errors.into_iter().map(|error| (ChangedRecord::Barcode(at), error)));
        }
        all
    }

    fn check_product(&self, product: &Product, plan: &Plan<'_>, errors: &mut Vec<CatalogError>) {
        let Product { id, code, name, .. } = product;
        check_text(code, Field::Code, code, LONGEST_CODE, errors);
        check_text(code, Field::Name, name, LONGEST_NAME, errors);
        if let Some(short_name) = &product.short_name {
            check_text(code, Field::ShortName, short_name, LONGEST_SHORT_NAME, errors);
        }
        if let Some(owner) = self.owner_of_code(code, plan).filter(|owner| owner != id) {
            errors.push(CatalogError::CodeTaken { code: code.clone(), owner });
        }
        if let Some(owner) = self.owner_of_barcode(code, plan).filter(|owner| owner != id) {
            errors.push(CatalogError::CodeIsBarcode { code: code.clone(), owner });
        }
        let links = Links { code, department: product.department, unit: &product.unit };
        links.check(product.taxes.as_deref().unwrap_or_default(), &self.index, errors);
        if let (Some(from), Some(until)) = (product.sellable_from, product.sellable_until)
            && until < from
        {
            errors.push(CatalogError::SellableWindow { code: shown(code), from, until });
        }
    }

    fn check_barcode(&self, barcode: &ProductBarcode, plan: &Plan<'_>, errors: &mut Vec<CatalogError>) {
        let ProductBarcode { barcode, product, .. } = barcode;
        check_text(barcode, Field::Barcode, barcode, usize::from(LONGEST_BARCODE), errors);
        let stays = self.slot_of_id(*product).is_some() && !plan.removed_products.contains(product);
        if !stays && !plan.replaced.contains(product) {
            errors.push(CatalogError::UnknownProduct { barcode: shown(barcode), product: *product });
        }
        if let Some(&owner) = plan.barcodes.get(barcode.as_str()) {
            errors.push(CatalogError::BarcodeTaken { barcode: barcode.clone(), owner });
        } else if let Some(owner) = self.owner_of_barcode(barcode, plan).filter(|owner| owner != product) {
            errors.push(CatalogError::BarcodeTaken { barcode: barcode.clone(), owner });
        }
        if let Some(owner) = self.owner_of_code(barcode, plan).filter(|owner| owner != product) {
            errors.push(CatalogError::BarcodeIsCode { barcode: barcode.clone(), owner });
        }
    }

    fn owner_of_code(&self, code: &str, plan: &Plan<'_>) -> Option<ProductId> {
        if let Some(&owner) = plan.codes.get(code) {
            return Some(owner);
        }
        let owner = self.row(self.slot_of_code(code)?).id;
        (!plan.replaced.contains(&owner) && !plan.removed_products.contains(&owner)).then_some(owner)
    }

    /// Who has a barcode once the removals of the plan are done.
    fn owner_of_barcode(&self, barcode: &str, plan: &Plan<'_>) -> Option<ProductId> {
        let owner = self.row(self.barcode_row(self.slot_of_barcode(barcode)?).product).id;
        let is_removed = plan.removed_barcodes.contains(barcode) || plan.removed_products.contains(&owner);
        (!is_removed).then_some(owner)
    }
}

/// What a product refers to.
struct Links<'a> {
    code: &'a str,
    department: DepartmentNo,
    unit: &'a str,
}

impl Links<'_> {
    fn check(&self, own_taxes: &[u16], index: &Index, errors: &mut Vec<CatalogError>) {
        let &Self { code, department, unit } = self;
        if index.unit_slot(unit).is_none() {
            errors.push(CatalogError::UnknownUnit { code: shown(code), unit: shown(unit) });
        }
        if !index.departments.contains_key(&department) {
            errors.push(CatalogError::UnknownDepartment { code: shown(code), department });
            return;
        }
        match index.tax_numbers(own_taxes, department) {
            Err(TaxProblem::Unknown { tax_no }) if own_taxes.contains(&tax_no) => {
                errors.push(CatalogError::UnknownProductTax { code: shown(code), tax_no });
            }
            Err(TaxProblem::None) => errors.push(CatalogError::NoTax { code: shown(code), department }),
            // A department's fault is told once, at the department.
            Ok(_) | Err(TaxProblem::Unknown { .. } | TaxProblem::NoMain) => {}
        }
    }
}
