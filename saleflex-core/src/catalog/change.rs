//! Filling the catalog and changing it: everything is checked, and a change is taken whole or not at all.

mod check;
mod containers;

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    Catalog, CatalogError, CatalogErrors, ListPrice, PriceList, Product, ProductBarcode, ProductDetails,
    Reference, Unit, reference::Index, row::Slot,
};
use crate::ids::ProductId;

pub(super) use self::check::{ChangeView, ChangedRecord};
use self::check::{Links, Plan};

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
    /// What some of them are beyond what a line needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ProductDetails>,
    /// Other prices of some of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price_lists: Vec<PriceList>,
}

/// A change of products, barcodes, details and price lists. Removals come first, so what one product gives up another
/// may take.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CatalogChange {
    /// Products to take out with all their barcodes, details and list prices; unknown ones are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_products: Vec<ProductId>,
    /// Barcodes to take out; unknown ones are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_barcodes: Vec<String>,
    /// Price lists to take out; unknown ones are passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_price_lists: Vec<String>,
    /// Products to insert or, where the id is known, to replace; a replaced product keeps its barcodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// Barcodes to insert or, where the product has them already, to change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<ProductBarcode>,
    /// Details to put in the place of what the products had; [none](ProductDetails::none) takes them away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<ProductDetails>,
    /// Price lists to insert or, where the code is known, to replace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price_lists: Vec<PriceList>,
    /// Prices to put on lists, or to take off them, and nothing else of them: on those that are there once this change's stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_prices: Vec<ListPrice>,
}

/// Fills a catalog record by record, so that a store can read its rows without holding them all twice.
///
/// Products come before their barcodes, details and list prices. What is not valid is left out and remembered.
#[derive(Debug)]
pub struct CatalogBuilder {
    catalog: Catalog,
    errors: Vec<CatalogError>,
    /// Whose barcode was added last.
    last_owner: Option<Slot>,
}

impl CatalogBuilder {
    /// Begins with what products refer to.
    pub fn new(reference: Reference) -> Self {
        let mut errors = Vec::new();
        let index = Index::build(reference, &mut errors);
        Self { catalog: Catalog::with_index(index), errors, last_owner: None }
    }

    /// Makes room for so many products and barcodes more. It saves time, and adding more than that is no fault.
    pub fn reserve(&mut self, products: usize, barcodes: usize) {
        self.catalog.reserve(products, barcodes);
    }

    /// Adds a product.
    pub fn add_product(&mut self, product: Product) {
        let found = self.errors.len();
        if self.catalog.slot_of_id(product.id).is_some() {
            self.errors.push(CatalogError::DuplicateProduct { product: product.id });
        }
        self.catalog.check_product(&product, &Plan::default(), &mut self.errors);
        if self.errors.len() == found {
            self.catalog.insert_product(product);
        }
    }

    /// Adds a barcode of a product added before.
    pub fn add_barcode(&mut self, barcode: &ProductBarcode) {
        let found = self.errors.len();
        let owner = self.owner(barcode.product);
        let taken = self.catalog.slot_of_barcode(&barcode.barcode);
        let taken_by = taken.map(|slot| self.catalog.row(self.catalog.barcode_row(slot).product).id);
        let known = (owner.is_some(), taken_by);
        self.catalog.check_barcode(barcode, known, &Plan::default(), &mut self.errors);
        if let Some(owner) = owner.filter(|_| self.errors.len() == found) {
            self.catalog.insert_barcode(barcode, owner);
        }
        self.last_owner = owner;
    }

    /// Where a product is. Barcodes mostly come in the order of their products: the last one's and the next are tried
    /// before the product is looked up among all.
    fn owner(&self, product: ProductId) -> Option<Slot> {
        let next = self.last_owner.map_or(0, |last| last.at() + 1);
        let near = self.last_owner.into_iter().chain(Slot::after(next));
        let found = near.filter_map(|slot| self.catalog.product_at(slot)).find(|near| near.id() == product);
        found.map_or_else(|| self.catalog.slot_of_id(product), |found| Some(found.slot()))
    }

    /// Adds the details of a product added before. A maker that nobody knows and a container that is not there or cannot
    /// be one are left out of them, and the rest stays.
    pub fn add_details(&mut self, mut details: ProductDetails) {
        self.drop_unknown_brand(&mut details);
        self.drop_unfit_container(&mut details);
        let found = self.errors.len();
        let change = ChangeView { details: [&details].into(), ..ChangeView::default() };
        self.catalog.check_details(&change, &Plan::default(), &mut |_, error| self.errors.push(error));
        if self.errors.len() == found {
            self.catalog.put_details(details);
        }
    }

    fn drop_unknown_brand(&mut self, details: &mut ProductDetails) {
        let found = self.errors.len();
        self.catalog.check_brand(details, &self.catalog.index.brands, &mut self.errors);
        if self.errors.len() > found {
            details.brand = None;
        }
    }

    fn drop_unfit_container(&mut self, details: &mut ProductDetails) {
        let found = self.errors.len();
        let change = ChangeView { details: [&*details].into(), ..ChangeView::default() };
        self.catalog.check_containers(&change, &Plan::default(), &mut |_, error| self.errors.push(error));
        if self.errors.len() > found {
            details.container = None;
        }
    }

    /// Adds a price list; of products that are not there it loses the prices.
    pub fn add_price_list(&mut self, mut list: PriceList) {
        let found = self.errors.len();
        if self.catalog.price_list(&list.code).is_some() {
            self.errors.push(CatalogError::DuplicatePriceList { list: list.code.clone() });
        }
        list.check(&mut self.errors);
        if self.errors.len() > found {
            return;
        }
        let PriceList { code, prices, .. } = &mut list;
        prices.retain(|&product, _| {
            let is_known = self.catalog.slot_of_id(product).is_some();
            if !is_known {
                self.errors.push(CatalogError::PriceOfNothing { list: code.clone(), product });
            }
            is_known
        });
        self.catalog.prices.lists.insert(list.code.clone(), list);
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
    pub fn build_valid(self) -> (Catalog, Vec<CatalogError>) {
        (self.catalog, self.errors)
    }
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
        for details in records.details {
            builder.add_details(details);
        }
        for list in records.price_lists {
            builder.add_price_list(list);
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

    /// Changes products, barcodes, details and price lists, all of them or none.
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
        for details in change.details {
            self.put_details(details);
        }
        for list in &change.removed_price_lists {
            self.prices.lists.remove(list);
        }
        for list in change.price_lists {
            self.prices.lists.insert(list.code.clone(), list);
        }
        for price in &change.list_prices {
            self.prices.put(price);
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
        self.take_product(product)
    }

    /// Puts other tax rates, departments, units and masks in the place of the present ones.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that is wrong with them, and every product that would lose its department, unit or tax; the catalog is
    /// then as it was.
    pub fn replace_reference(&mut self, reference: Reference) -> Result<(), CatalogErrors> {
        let index = self.index_of(reference)?;
        let old = core::mem::replace(&mut self.index, index);
        self.relink_units(&old.units);
        Ok(())
    }

    /// Whether reference data could be [put in the place](Catalog::replace_reference) of what is there.
    ///
    /// # Errors
    /// [`CatalogErrors`]: all that is wrong.
    pub fn validate_reference(&self, reference: &Reference) -> Result<(), CatalogErrors> {
        self.index_of(reference.clone()).map(drop)
    }

    fn index_of(&self, reference: Reference) -> Result<Index, CatalogErrors> {
        let mut errors = Vec::new();
        let index = Index::build(reference, &mut errors);
        for product in self.products() {
            let links =
                Links { code: product.code(), department: product.department(), unit: &product.unit().code };
            links.check(product.row().own_taxes(), &index, &mut errors);
        }
        for details in self.details.values() {
            self.check_brand(details, &index.brands, &mut errors);
        }
        self.check_container_units(&index.units, &mut |error| errors.push(error));
        if errors.is_empty() { Ok(index) } else { Err(CatalogErrors(errors)) }
    }

    /// Points every product at its unit's place in the present list, where all of them were found before.
    fn relink_units(&mut self, old: &[Unit]) {
        let slots: Vec<_> = old.iter().map(|unit| self.index.unit_slot(&unit.code)).collect();
        for row in self.rows_mut() {
            row.unit = slots[row.unit.at()].expect("every product's unit was checked");
        }
    }
}
