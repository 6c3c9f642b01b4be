//! All that can be wrong with a change, found before anything is changed.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use super::{
    super::{
        Brand, Catalog, CatalogError, DepartmentNo, Field, LONGEST_BARCODE, ListPrice, PriceList, Product,
        ProductBarcode, ProductDetails, ProductRef,
        details::Styles,
        reference::{Index, TaxProblem, check_text},
        text::shown,
    },
    CatalogChange,
};
use crate::ids::ProductId;

/// Longest code of a product.
const LONGEST_CODE: usize = 20;
/// Longest name of a product.
const LONGEST_NAME: usize = 100;
/// Longest short name of a product.
const LONGEST_SHORT_NAME: usize = 50;

/// What a change will have done by the time a record of it is checked.
#[derive(Debug, Default)]
pub(super) struct Plan<'a> {
    pub(super) removed_products: BTreeSet<ProductId>,
    removed_barcodes: BTreeSet<&'a str>,
    /// Products that are new or replaced, as they will be: their old codes are free.
    pub(super) replaced: BTreeMap<ProductId, &'a Product>,
    codes: BTreeMap<&'a str, ProductId>,
    barcodes: BTreeMap<&'a str, ProductId>,
}

/// A change whose records lie elsewhere.
#[derive(Debug, Default)]
pub(in crate::catalog) struct ChangeView<'a> {
    pub(in crate::catalog) removed_products: &'a [ProductId],
    pub(in crate::catalog) removed_barcodes: Vec<&'a str>,
    pub(in crate::catalog) products: Vec<&'a Product>,
    pub(in crate::catalog) barcodes: Vec<&'a ProductBarcode>,
    pub(in crate::catalog) details: Vec<&'a ProductDetails>,
    pub(in crate::catalog) removed_price_lists: &'a [String],
    pub(in crate::catalog) price_lists: &'a [PriceList],
    pub(in crate::catalog) list_prices: &'a [ListPrice],
}

impl<'a> From<&'a CatalogChange> for ChangeView<'a> {
    fn from(change: &'a CatalogChange) -> Self {
        Self {
            removed_products: &change.removed_products,
            removed_barcodes: change.removed_barcodes.iter().map(String::as_str).collect(),
            products: change.products.iter().collect(),
            barcodes: change.barcodes.iter().collect(),
            details: change.details.iter().collect(),
            removed_price_lists: &change.removed_price_lists,
            price_lists: &change.price_lists,
            list_prices: &change.list_prices,
        }
    }
}

/// Which record of a change an error is about, by its position.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::catalog) enum ChangedRecord {
    Product(usize),
    Barcode(usize),
    Details(usize),
    PriceList(usize),
    ListPrice(usize),
}

impl Catalog {
    /// All that is wrong with a change, and where in it.
    pub(in crate::catalog) fn check(&self, change: &ChangeView<'_>) -> Vec<(ChangedRecord, CatalogError)> {
        let mut plan = Plan {
            removed_products: change.removed_products.iter().copied().collect(),
            removed_barcodes: change.removed_barcodes.iter().copied().collect(),
            replaced: change.products.iter().map(|product| (product.id, *product)).collect(),
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
            let ProductBarcode { barcode: text, product, .. } = barcode;
            let taken_by = plan.barcodes.get(text.as_str()).copied();
            let taken_by =
                taken_by.or_else(|| self.owner_of_barcode(text, &plan).filter(|owner| owner != product));
            self.check_barcode(barcode, (self.will_exist(*product, &plan), taken_by), &plan, &mut errors);
            plan.barcodes.entry(&barcode.barcode).or_insert(barcode.product);
            all.extend(errors.into_iter().map(|error| (ChangedRecord::Barcode(at), error)));
        }
        self.check_details(change, &plan, &mut |at, error| all.push((ChangedRecord::Details(at), error)));
        self.check_containers(change, &plan, &mut |record, error| all.push((record, error)));
        self.check_price_lists(change, &plan, &mut |at, error| {
            all.push((ChangedRecord::PriceList(at), error));
        });
        self.check_list_prices(change, &plan, &mut |at, error| {
            all.push((ChangedRecord::ListPrice(at), error));
        });
        all
    }

    pub(super) fn check_details(
        &self,
        change: &ChangeView<'_>,
        plan: &Plan<'_>,
        found: &mut dyn FnMut(usize, CatalogError),
    ) {
        if change.details.is_empty() {
            return;
        }
        let replaced: BTreeSet<ProductId> = change.details.iter().map(|details| details.product).collect();
        let stays = |product| !replaced.contains(&product) && !plan.removed_products.contains(&product);
        let styles = Styles::of(self, &change.details, stays);
        for (at, details) in change.details.iter().enumerate() {
            let mut errors = Vec::new();
            let product = details.product;
            if !self.will_exist(product, plan) {
                found(at, CatalogError::DetailsOfNothing { product });
                continue;
            }
            let new = plan.replaced.get(&product).map(|one| one.code.as_str());
            let known = || self.product(product).map_or("", ProductRef::code);
            let code = new.unwrap_or_else(known);
            details.check(code, &mut errors);
            styles.check(code, details, &mut errors);
            self.check_brand(details, &self.index.brands, &mut errors);
            for error in errors {
                found(at, error);
            }
        }
    }

    pub(super) fn check_brand(
        &self,
        details: &ProductDetails,
        brands: &[Brand],
        errors: &mut Vec<CatalogError>,
    ) {
        let Some(brand) = details.brand else { return };
        if brands.iter().all(|known| known.id != brand) {
            let code = self.product(details.product).map_or_else(String::new, |one| shown(one.code()));
            errors.push(CatalogError::UnknownBrand { code, brand });
        }
    }

    fn check_price_lists(
        &self,
        change: &ChangeView<'_>,
        plan: &Plan<'_>,
        found: &mut dyn FnMut(usize, CatalogError),
    ) {
        let mut seen = BTreeSet::new();
        for (at, list) in change.price_lists.iter().enumerate() {
            let mut errors = Vec::new();
            let code = || shown(&list.code);
            if !seen.insert(&list.code) {
                errors.push(CatalogError::DuplicatePriceList { list: code() });
            }
            list.check(&mut errors);
            let unknown = list.prices.keys().filter(|product| !self.will_exist(**product, plan));
            errors.extend(unknown.map(|&product| CatalogError::PriceOfNothing { list: code(), product }));
            for error in errors {
                found(at, error);
            }
        }
    }

    fn check_list_prices(
        &self,
        change: &ChangeView<'_>,
        plan: &Plan<'_>,
        found: &mut dyn FnMut(usize, CatalogError),
    ) {
        let new: BTreeSet<&str> = change.price_lists.iter().map(|list| list.code.as_str()).collect();
        let stays =
            |code: &String| !change.removed_price_lists.contains(code) && self.price_list(code).is_some();
        for (at, ListPrice { list, product, price }) in change.list_prices.iter().enumerate() {
            if !new.contains(list.as_str()) && !stays(list) {
                found(at, CatalogError::UnknownPriceList { list: shown(list) });
            } else if price.is_some() && !self.will_exist(*product, plan) {
                found(at, CatalogError::PriceOfNothing { list: shown(list), product: *product });
            }
        }
    }

    pub(super) fn will_exist(&self, product: ProductId, plan: &Plan<'_>) -> bool {
        let stays = self.slot_of_id(product).is_some() && !plan.removed_products.contains(&product);
        stays || plan.replaced.contains_key(&product)
    }

    pub(super) fn check_product(&self, product: &Product, plan: &Plan<'_>, errors: &mut Vec<CatalogError>) {
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

    /// All that is wrong with a barcode, told whether its product will be there and which one has its text.
    pub(super) fn check_barcode(
        &self,
        barcode: &ProductBarcode,
        (has_product, taken_by): (bool, Option<ProductId>),
        plan: &Plan<'_>,
        errors: &mut Vec<CatalogError>,
    ) {
        let ProductBarcode { barcode, product, .. } = barcode;
        check_text(barcode, Field::Barcode, barcode, usize::from(LONGEST_BARCODE), errors);
        if !has_product {
            errors.push(CatalogError::UnknownProduct { barcode: shown(barcode), product: *product });
        }
        if let Some(owner) = taken_by {
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
        (!plan.replaced.contains_key(&owner) && !plan.removed_products.contains(&owner)).then_some(owner)
    }

    /// Who has a barcode once the removals of the plan are done.
    fn owner_of_barcode(&self, barcode: &str, plan: &Plan<'_>) -> Option<ProductId> {
        let owner = self.row(self.barcode_row(self.slot_of_barcode(barcode)?).product).id;
        let is_removed = plan.removed_barcodes.contains(barcode) || plan.removed_products.contains(&owner);
        (!is_removed).then_some(owner)
    }
}

/// What a product refers to.
pub(super) struct Links<'a> {
    pub(super) code: &'a str,
    pub(super) department: DepartmentNo,
    pub(super) unit: &'a str,
}

impl Links<'_> {
    pub(super) fn check(&self, own_taxes: &[u16], index: &Index, errors: &mut Vec<CatalogError>) {
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
