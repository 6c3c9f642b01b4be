//! All that can be wrong with a change, found before anything is changed.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use super::{
    super::{
        Brand, Catalog, CatalogError, DepartmentNo, Field, LONGEST_BARCODE, PriceList, PriceRule, Product,
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
    removed_products: BTreeSet<ProductId>,
    removed_barcodes: BTreeSet<&'a str>,
    /// Products that are replaced: their old codes are free.
    replaced: BTreeSet<ProductId>,
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
    pub(in crate::catalog) price_lists: &'a [PriceList],
}

impl<'a> From<&'a CatalogChange> for ChangeView<'a> {
    fn from(change: &'a CatalogChange) -> Self {
        Self {
            removed_products: &change.removed_products,
            removed_barcodes: change.removed_barcodes.iter().map(String::as_str).collect(),
            products: change.products.iter().collect(),
            barcodes: change.barcodes.iter().collect(),
            details: change.details.iter().collect(),
            price_lists: &change.price_lists,
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
}

impl Catalog {
    /// All that is wrong with a change, and where in it.
    pub(in crate::catalog) fn check(&self, change: &ChangeView<'_>) -> Vec<(ChangedRecord, CatalogError)> {
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
        self.check_details(change, &plan, &mut |at, error| all.push((ChangedRecord::Details(at), error)));
        self.check_price_lists(change, &plan, &mut |at, error| {
            all.push((ChangedRecord::PriceList(at), error));
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
        let stays = |details: &&ProductDetails| {
            !replaced.contains(&details.product) && !plan.removed_products.contains(&details.product)
        };
        let kept = self.details.values().filter(stays);
        let styles = Styles::of(kept.chain(change.details.iter().copied()));
        for (at, details) in change.details.iter().enumerate() {
            let mut errors = Vec::new();
            let product = details.product;
            if !self.will_exist(product, plan) {
                found(at, CatalogError::DetailsOfNothing { product });
                continue;
            }
            let new = change.products.iter().find(|one| one.id == product).map(|one| one.code.as_str());
            let known = || self.product(product).map_or("", ProductRef::code);
            let code = new.unwrap_or_else(known);
            details.check(code, &mut errors);
            styles.check(code, details, &mut errors);
            self.check_brand(details, &self.index.brands, &mut errors);
            self.check_container(code, details, change, plan, &mut errors);
            for error in errors {
                found(at, error);
            }
        }
    }

    /// A container is an article counted in pieces at a fixed price, which comes in no container itself; what it is
    /// charged with is counted in pieces too.
    fn check_container(
        &self,
        code: &str,
        details: &ProductDetails,
        change: &ChangeView<'_>,
        plan: &Plan<'_>,
        errors: &mut Vec<CatalogError>,
    ) {
        let Some(container) = details.container else { return };
        if !self.will_exist(container, plan) {
            errors.push(CatalogError::UnknownContainer { code: shown(code), container });
            return;
        }
        let is_counted = |id: ProductId| {
            let new = change.products.iter().find(|one| one.id == id);
            let known = self.product(id);
            let unit = new.map(|one| one.unit.as_str()).or_else(|| Some(known?.unit().code.as_str()));
            let rule = new.map(|one| one.price_rule).or_else(|| Some(known?.price_rule()));
            let pieces = self.index.units.iter().find(|known| Some(known.code.as_str()) == unit);
            (pieces.is_some_and(|unit| unit.decimals == 0), rule == Some(PriceRule::Fixed))
        };
        let changed = change.details.iter().find(|one| one.product == container).copied();
        let in_another = changed.or_else(|| self.details.get(&container));
        let is_inside = in_another.is_some_and(|known| known.container.is_some());
        let holds_others = self.is_container(details.product);
        let is_fit = is_counted(container) == (true, true) && is_counted(details.product).0;
        if container == details.product || is_inside || holds_others || !is_fit {
            errors.push(CatalogError::UnfitContainer { code: shown(code), container });
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

    fn will_exist(&self, product: ProductId, plan: &Plan<'_>) -> bool {
        let stays = self.slot_of_id(product).is_some() && !plan.removed_products.contains(&product);
        stays || plan.replaced.contains(&product)
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

    pub(super) fn check_barcode(
        &self,
        barcode: &ProductBarcode,
        plan: &Plan<'_>,
        errors: &mut Vec<CatalogError>,
    ) {
        let ProductBarcode { barcode, product, .. } = barcode;
        check_text(barcode, Field::Barcode, barcode, usize::from(LONGEST_BARCODE), errors);
        if !self.will_exist(*product, plan) {
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
